//! A sweep comes to the same bytes however its work is shared, interrupted and put together.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::THREE_TIERS;
use crate::support::program::{Ran, folder, linchpin, root};

/// Twelve points that take no time.
const QUESTION: [&str; 9] = [
    THREE_TIERS,
    "--param",
    "rate=50/s..250/s/6",
    "--param",
    "was.replicas=1, 2",
    "--requests",
    "300",
    "--replications",
    "3",
];

/// The files of a directory by name.
fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(dir).unwrap();
    entries
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read(path).unwrap())
        })
        .collect()
}

#[track_caller]
fn same(dir: &Path, expected: &BTreeMap<String, Vec<u8>>) {
    let found = files(dir);
    let names: Vec<_> = found.keys().collect();
    assert_eq!(names, expected.keys().collect::<Vec<_>>());
    for (name, bytes) in expected {
        assert!(found[name] == *bytes, "{name} differs");
    }
}

fn whole(folder: &TempDir, name: &str, more: &[&str]) -> PathBuf {
    let out = folder.path().join(name);
    let flags = ["--quiet", "-o", out.to_str().unwrap()];
    linchpin(&[&["sweep"], &QUESTION[..], &flags[..], more].concat()).exits(0);
    out
}

/// A plan of the question in this folder.
fn plan(folder: &TempDir) -> PathBuf {
    let path = folder.path().join("sweep.plan");
    let flags = ["--quiet", "-o", path.to_str().unwrap()];
    linchpin(&[&["sweep", "plan"], &QUESTION[..], &flags[..]].concat()).exits(0);
    path
}

fn exec(plan: &Path, shard: &str, out: &Path) -> Ran {
    let (plan, out) = (plan.to_str().unwrap(), out.to_str().unwrap());
    linchpin(&["sweep", "exec", plan, "--shard", shard, "-o", out])
}

fn merge(plan: &Path, shares: &[&Path], out: &Path) -> Ran {
    let mut arguments = vec!["sweep", "merge", plan.to_str().unwrap(), "--quiet"];
    arguments.extend(shares.iter().map(|dir| dir.to_str().unwrap()));
    arguments.extend(["-o", out.to_str().unwrap()]);
    linchpin(&arguments)
}

#[test]
fn threads_and_shares_in_any_order_come_to_the_same_bytes() {
    let folder = folder();
    let expected = files(&whole(&folder, "one", &["--jobs", "1"]));
    assert!(expected.len() >= 5, "{:?}", expected.keys());
    same(&whole(&folder, "two", &["--jobs", "2"]), &expected);
    let plan = plan(&folder);
    let (left, right) = (folder.path().join("left"), folder.path().join("right"));
    for shard in [5, 2, 7, 1] {
        exec(&plan, &format!("{shard}/7"), &left).exits(0);
    }
    for shard in [6, 3, 4] {
        exec(&plan, &format!("{shard}/7"), &right).exits(0);
    }
    for (name, shares) in [("there", [&*left, &*right]), ("back", [&*right, &*left])] {
        let out = folder.path().join(name);
        merge(&plan, &shares, &out).exits(0);
        same(&out, &expected);
    }
    // Another cut, done twice in part: equal results for one point are one.
    exec(&plan, "1/2", &right).exits(0);
    let out = folder.path().join("twice");
    merge(&plan, &[&left, &right], &out).exits(0);
    same(&out, &expected);
}

#[test]
fn a_plan_is_the_same_bytes_and_a_share_is_done_once() {
    let folder = folder();
    let first = std::fs::read(plan(&folder)).unwrap();
    let path = plan(&folder);
    assert_eq!(first, std::fs::read(&path).unwrap());
    let out = folder.path().join("out");
    let done = exec(&path, "2/3", &out).exits(0);
    assert!(
        done.stdout
            .contains("4 of 4 points are done, 0 of them before"),
        "{}",
        done.stdout
    );
    let again = exec(&path, "2/3", &out).exits(0);
    assert!(
        again.stdout.contains("4 of them before"),
        "{}",
        again.stdout
    );
}

#[test]
fn a_missing_or_wrong_share_is_named() {
    let folder = folder();
    let path = plan(&folder);
    let (dir, out) = (folder.path().join("dir"), folder.path().join("out"));
    exec(&path, "1/3", &dir).exits(0);
    exec(&path, "3/3", &dir).exits(0);
    let ran = merge(&path, &[&dir], &out).exits(3);
    assert!(
        ran.stderr
            .contains("4 of 12 points are missing: 1, 4, 7, 10"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains("share 2/3 is not there"),
        "{}",
        ran.stderr
    );
    assert!(!ran.stderr.contains("share 1/3"), "{}", ran.stderr);
    assert!(!out.exists());
    // A share that was killed.
    let journal = dir.join("points-3-of-3.jsonl");
    let text = std::fs::read_to_string(&journal).unwrap();
    std::fs::write(&journal, &text[..text.len() - 40]).unwrap();
    let ran = merge(&path, &[&dir], &out).exits(3);
    assert!(
        ran.stderr
            .contains("share 3/3 has 1 of 4 points still to do"),
        "{}",
        ran.stderr
    );
    // A share of another plan.
    std::fs::write(&journal, text.replacen("\"plan\":\"", "\"plan\":\"0", 1)).unwrap();
    let ran = merge(&path, &[&dir], &out).exits(3);
    assert!(ran.stderr.contains("points-3-of-3.jsonl"), "{}", ran.stderr);
    assert!(
        exec(&path, "3/3", &dir)
            .exits(3)
            .stderr
            .contains("another directory")
    );
    // A result that was changed, beside the right one.
    let other = folder.path().join("other");
    exec(&path, "1/3", &other).exits(0);
    let journal = other.join("points-1-of-3.jsonl");
    let text = std::fs::read_to_string(&journal).unwrap();
    std::fs::write(&journal, text.replacen("\"events\":", "\"events\":1", 1)).unwrap();
    std::fs::remove_file(dir.join("points-3-of-3.jsonl")).unwrap();
    let ran = merge(&path, &[&dir, &other], &out).exits(3);
    assert!(
        ran.stderr.contains("point 0 has another result"),
        "{}",
        ran.stderr
    );
    // A line in the middle that cannot be read.
    std::fs::write(&journal, text.replacen("{\"point\":", "{\"paint\":", 1)).unwrap();
    assert!(
        exec(&path, "1/3", &other)
            .exits(3)
            .stderr
            .contains("line 2 is damaged")
    );
}

#[test]
fn what_is_no_share_of_the_plan_is_named() {
    let folder = folder();
    let path = plan(&folder);
    let (dir, out) = (folder.path().join("dir"), folder.path().join("out"));
    let ran = merge(&path, &[&path], &out).exits(3);
    assert!(
        ran.stderr.contains("no points of a sweep"),
        "{}",
        ran.stderr
    );
    exec(&path, "1/1", &dir).exits(0);
    let journal = dir.join("points.jsonl");
    let text = std::fs::read_to_string(&journal).unwrap();
    for (from, to) in [
        ("\"was.replicas\":1", "\"was.replicas\":7"),
        ("{\"point\":3,", "{\"point\":30,"),
    ] {
        assert!(text.contains(from), "{text}");
        std::fs::write(&journal, text.replacen(from, to, 1)).unwrap();
        let ran = merge(&path, &[&dir], &out).exits(3);
        assert!(
            ran.stderr.contains("is of no point of the plan"),
            "{}",
            ran.stderr
        );
    }
    assert!(!out.exists());
}

#[test]
fn a_plan_that_was_changed_is_refused() {
    let folder = folder();
    let path = plan(&folder);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replacen("\"seed\":1", "\"seed\":2", 1)).unwrap();
    let out = folder.path().join("out");
    assert!(exec(&path, "1/2", &out).exits(3).stderr.contains("changed"));
    std::fs::write(&path, "{}").unwrap();
    assert!(exec(&path, "1/2", &out).exits(3).stderr.contains("no plan"));
    for shard in ["0/2", "3/2", "x"] {
        exec(&path, shard, &out).exits(2);
    }
    exec(&folder.path().join("none"), "1/2", &out).exits(1);
}

/// A sweep of enough work to be interrupted, on one thread.
fn long(out: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_linchpin"))
        .arg("sweep")
        .args(QUESTION)
        .args(["--quiet", "--jobs", "1", "-o"])
        .arg(out)
        .current_dir(root())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Waits until so many lines stand in the journal.
fn wait_for(journal: &Path, lines: usize, child: &mut Child) {
    let mut waited = 0;
    loop {
        let text = std::fs::read_to_string(journal).unwrap_or_default();
        if text.lines().count() >= lines {
            return;
        }
        assert!(
            child.try_wait().unwrap().is_none(),
            "it ended before {lines} lines"
        );
        std::thread::sleep(Duration::from_millis(2));
        waited += 1;
        assert!(waited < 60_000, "no {lines} lines in two minutes");
    }
}

#[cfg(unix)]
#[test]
fn a_killed_sweep_goes_on_where_it_was() {
    let folder = folder();
    let expected = files(&whole(&folder, "one", &["--jobs", "2"]));
    let out = folder.path().join("killed");
    let journal = out.join("points.jsonl");
    for lines in [2, 5] {
        let mut child = long(&out);
        wait_for(&journal, lines, &mut child);
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let kept = std::fs::read_to_string(&journal).unwrap();
    assert!(
        kept.lines().count() < 13,
        "it was done before it was killed"
    );
    // The end of a line that a full disk or a lost machine cut off.
    std::fs::write(&journal, format!("{kept}{{\"point\":11,\"resu")).unwrap();
    let json = folder.path().join("result.json");
    let more = ["--json", json.to_str().unwrap()];
    same(&whole(&folder, "killed", &more), &expected);
    // What was done is not done again, and nothing is left to do.
    same(&whole(&folder, "killed", &[]), &expected);
    assert_eq!(std::fs::read(json).unwrap(), expected["summary.json"]);
}

#[cfg(unix)]
#[test]
fn an_interrupted_sweep_ends_with_130_and_marks_what_it_has() {
    let folder = folder();
    let out = folder.path().join("out");
    let mut child = long(&out);
    wait_for(&out.join("points.jsonl"), 3, &mut child);
    let interrupt = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(interrupt.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let text = std::fs::read_to_string(out.join("summary.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let done = json["points"].as_array().unwrap().len();
    assert_eq!(
        (json["partial"].as_bool(), json["planned"].as_u64()),
        (Some(true), Some(12))
    );
    assert!((2..12).contains(&done), "{done}");
    let expected = files(&whole(&folder, "one", &[]));
    same(&whole(&folder, "out", &[]), &expected);
}

#[test]
fn another_question_does_not_touch_earlier_results() {
    let folder = folder();
    let out = whole(&folder, "out", &[]);
    let before = files(&out);
    let flags = ["--seed", "2", "-o", out.to_str().unwrap()];
    let ran = linchpin(&[&["sweep"], &QUESTION[..], &flags[..]].concat()).exits(3);
    assert!(ran.stderr.contains("another directory"), "{}", ran.stderr);
    same(&out, &before);
    let taken = folder.path().join("taken");
    std::fs::write(&taken, "").unwrap();
    let below = taken.join("below");
    let flags = ["-o", below.to_str().unwrap()];
    linchpin(&[&["sweep"], &QUESTION[..], &flags[..]].concat()).exits(1);
}
