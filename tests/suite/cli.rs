//! The program from outside: exit codes, flags, files, streams.

mod keys;
mod readme;

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::support::program::{folder, linchpin, linchpin_in, root, write};

const THREE_TIERS: &str = "topologies/three-tier.ron";
/// A run that takes no time, with enough requests to tell an error rate below 0.1 %.
const SHORT: [&str; 4] = ["--requests", "1200", "--replications", "5"];

fn run(more: &[&str]) -> crate::support::program::Ran {
    linchpin(&[&["run", THREE_TIERS], &SHORT[..], more].concat())
}

#[test]
fn a_run_that_keeps_its_objectives_ends_with_0_and_says_everything() {
    let ran = linchpin(&["run", THREE_TIERS, "--requests", "5000"]).exits(0);
    for word in [
        "VERDICT",
        "PASS",
        "BOTTLENECK",
        "was.cpu",
        "NEXT",
        "95 % interval",
        "exit 0",
    ] {
        assert!(ran.stdout.contains(word), "no {word} in\n{}", ran.stdout);
    }
}

#[test]
fn an_objective_that_fails_ends_with_99() {
    let ran = run(&["--set", "objectives=[\"p95 < 5ms\"]"]).exits(99);
    assert!(ran.stdout.contains("FAIL"), "{}", ran.stdout);
}

#[test]
fn an_interval_around_the_bound_ends_with_4() {
    let mean = "11.4ms";
    let ran = run(&["--set", &format!("objectives=[\"mean < {mean}\"]")]).exits(4);
    assert!(ran.stdout.contains("UNDECIDED"), "{}", ran.stdout);
}

#[test]
fn a_file_that_is_not_there_ends_with_1() {
    let ran = linchpin(&["run", "no-such-file.ron"]).exits(1);
    assert!(ran.stderr.contains("no-such-file.ron"), "{}", ran.stderr);
    assert_eq!(ran.stdout, "");
}

#[test]
fn wrong_usage_ends_with_2() {
    for arguments in [
        &["run"][..],
        &["no-such-command"],
        &["run", THREE_TIERS, "--no-such-flag"],
        &["run", THREE_TIERS, "--rate", "5", "--users", "5"],
        &["run", THREE_TIERS, "--precision", "150%"],
        &["run", THREE_TIERS, "--users", "5"],
        &["compare", THREE_TIERS],
        &["plan"],
    ] {
        let ran = linchpin(arguments).exits(2);
        assert!(
            ran.stderr.contains("error"),
            "{arguments:?}: {}",
            ran.stderr
        );
    }
}

#[test]
fn an_invalid_model_ends_with_3_and_says_where() {
    let ran = run(&["--set", "was.replicaz=4"]).exits(3);
    assert!(
        ran.stderr.contains("replicas"),
        "did you mean? {}",
        ran.stderr
    );
    let folder = folder();
    write(
        &folder,
        "broken.ron",
        "(name: \"x\", components: {\n  \"a\": AppServr() })",
    );
    let ran = linchpin_in(folder.path(), &["check", "broken.ron"]).exits(3);
    assert!(ran.stderr.contains("broken.ron:2"), "{}", ran.stderr);
    assert!(ran.stderr.contains("AppServer"), "{}", ran.stderr);
}

#[test]
fn set_changes_one_value() {
    let plain = run(&["--json", "-"]).exits(0).json();
    let larger = run(&["--json", "-", "--set", "was.replicas=4"])
        .exits(0)
        .json();
    let nodes = |json: &serde_json::Value| json["components"]["was"]["replicas"].as_u64();
    assert_eq!((nodes(&plain), nodes(&larger)), (Some(2), Some(4)));
    assert_eq!(larger["topology"]["set"][0], "was.replicas=4");
    assert_ne!(plain["topology"]["digest"], larger["topology"]["digest"]);
}

#[test]
fn quiet_prints_nothing() {
    let ran = run(&["--quiet"]).exits(0);
    assert_eq!((&*ran.stdout, &*ran.stderr), ("", ""));
}

#[test]
fn a_pipe_gets_no_colour_and_no_progress() {
    let ran = run(&[]).exits(0);
    assert!(!ran.stdout.contains('\u{1b}'), "{}", ran.stdout);
    assert_eq!(ran.stderr, "", "no bar where nobody watches");
    let coloured = run(&["--color", "always"]).exits(0);
    assert!(coloured.stdout.contains('\u{1b}'), "colour was asked for");
    let ascii = run(&["--ascii"]).exits(0);
    assert!(ascii.stdout.is_ascii(), "{}", ascii.stdout);
    let broken = run(&["--set", "was.replicaz=4"]).exits(3);
    assert!(!broken.stderr.contains('\u{1b}'), "{}", broken.stderr);
}

#[test]
fn files_are_written_where_they_are_wanted() {
    let folder = folder();
    let out = folder.path().join("a/b");
    let json = folder.path().join("result.json");
    let flags = [
        "-o",
        out.to_str().unwrap(),
        "--json",
        json.to_str().unwrap(),
    ];
    let ran = run(&flags).exits(0);
    for name in [
        "summary.json",
        "components.csv",
        "classes.csv",
        "links.csv",
        "timeseries.csv",
        "distribution.svg",
        "utilisation.svg",
        "timeseries.svg",
    ] {
        let bytes = std::fs::read(out.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert!(bytes.len() > 50, "{name} is nearly empty");
        assert!(
            ran.stdout.contains(name),
            "{name} is not named in\n{}",
            ran.stdout
        );
    }
    let read = |path: &Path| std::fs::read_to_string(path).unwrap();
    assert_eq!(read(&json), read(&out.join("summary.json")));
}

#[test]
fn a_place_that_cannot_be_written_fails_before_the_work() {
    let folder = folder();
    let taken = write(&folder, "taken", "");
    let below = taken.join("out");
    // Ten million requests would take minutes.
    let long = [
        "run",
        THREE_TIERS,
        "--requests",
        "10000000",
        "--replications",
        "50",
    ];
    for flags in [
        ["-o", below.to_str().unwrap()],
        ["--json", below.to_str().unwrap()],
    ] {
        let ran = linchpin(&[&long[..], &flags[..]].concat()).exits(1);
        assert!(ran.stderr.contains("taken"), "{}", ran.stderr);
    }
}

#[test]
fn the_defaults_of_products_are_listed_with_their_sources() {
    let ran = linchpin(&["check", "--explain-defaults"]).exits(0);
    let listed = "\npreset: Nginx\n  retry.backoff: \"0s\"\n      nginx 1.22, Module ";
    assert!(ran.stdout.contains(listed), "{}", ran.stdout);
    for product in ["Haproxy", "Envoy", "Resilience4j", "Tomcat"] {
        let heading = format!("\npreset: {product}\n  ");
        assert_eq!(ran.stdout.matches(&heading).count(), 1, "{product}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_linchpin"))
        .args(["check", "--explain-defaults"])
        .current_dir(root())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let status = child.wait().unwrap();
    let mut said = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    assert_eq!((status.code(), &*said), (Some(0), ""));
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_ends_with_130_and_marks_what_it_has() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_linchpin"))
        .args(["run", THREE_TIERS, "--requests", "20000"])
        .args(["--replications", "100000", "--json", "-"])
        .current_dir(root())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let out = child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || {
        let lines = BufReader::new(out).lines();
        lines
            .collect::<Result<Vec<String>, _>>()
            .unwrap()
            .join("\n")
    });
    std::thread::sleep(Duration::from_secs(3));
    let interrupt = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(interrupt.unwrap().success());
    let status = child.wait().unwrap();
    let text = reader.join().unwrap();
    assert_eq!(status.code(), Some(130), "{text}");
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["partial"], true);
    let done = json["replications"].as_u64().unwrap();
    assert!(done > 0 && done < 100_000, "{done}");
}

#[test]
fn every_starter_passes_check_without_a_warning() {
    let folder = folder();
    for template in ["single", "three-tier", "redundant", "cache-aside"] {
        let name = format!("{template}.ron");
        let new = ["new", &name, "--template", template];
        linchpin_in(folder.path(), &new).exits(0);
        let check = ["check", &name, "--deny-warnings"];
        let ran = linchpin_in(folder.path(), &check).exits(0);
        assert_eq!(ran.stderr, "", "{template}");
        let text = std::fs::read_to_string(folder.path().join(&name)).unwrap();
        assert!(text.contains("//"), "{template} has no comments");
        linchpin_in(folder.path(), &new).exits(1);
    }
}

#[test]
fn a_load_test_is_planned_as_in_the_notes() {
    let people = [
        "plan",
        "--dau",
        "1650000",
        "--visits",
        "2",
        "--peak-ratio",
        "10",
    ];
    let ran = linchpin(&people).exits(0);
    for figure in ["38.19/s", "381.9/s"] {
        assert!(
            ran.stdout.contains(figure),
            "no {figure} in\n{}",
            ran.stdout
        );
    }
    let users = [
        "plan",
        "--rate",
        "300/s",
        "--requests",
        "2",
        "--request-duration",
        "500ms",
    ];
    let users = [&users[..], &["--extra", "1s"]].concat();
    let ran = linchpin(&users).exits(0);
    assert!(ran.stdout.contains("300"), "{}", ran.stdout);
    let json = linchpin(&[&users[..], &["--json", "-"]].concat())
        .exits(0)
        .json();
    assert_eq!(json["vus"], 300);
}

#[test]
fn help_names_every_command_and_every_exit_code() {
    let ran = linchpin(&["--help"]).exits(0);
    for word in [
        "new", "check", "graph", "plan", "estimate", "fit", "run", "curve", "spof", "compare",
        "sweep",
    ] {
        assert!(
            ran.stdout.contains(&format!("\n  {word} ")),
            "{}",
            ran.stdout
        );
        linchpin(&[word, "--help"]).exits(0);
    }
    for code in ["0", "1", "2", "3", "4", "99", "130"] {
        assert!(
            ran.stdout.contains(&format!("\n  {code} ")),
            "{}",
            ran.stdout
        );
    }
}
