//! The same seed gives the same bytes, whatever the number of threads and however often; another
//! seed gives others (S38).

use std::path::Path;
use std::process::Command;

/// The result of a command as JSON, without the lines of wall time.
fn result(command: &str, rest: &[&str], seed: &str, jobs: &str) -> Vec<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/determinism/steady.ron");
    let mut process = Command::new(env!("CARGO_BIN_EXE_linchpin"));
    process.arg(command).arg(file).args(rest);
    process.args(["--seed", seed, "--jobs", jobs, "--quiet", "--json", "-"]);
    let output = process.output().unwrap();
    let code = output.status.code();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        matches!(code, Some(0 | 4 | 99)),
        "{command} {rest:?}: {code:?} {said}"
    );
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let (timed, kept): (Vec<String>, Vec<String>) = lines
        .into_iter()
        .partition(|line| line.contains("\"wall_s\""));
    assert!(!timed.is_empty(), "no wall time in {command}");
    assert!(kept.len() > 30, "{command}: {text}");
    kept
}

/// Checks a command with `rest` of its arguments.
fn check(command: &str, rest: &[&str]) {
    let first = result(command, rest, "1", "1");
    let second = result(command, rest, "1", "2");
    let place = first.iter().zip(&second).position(|(a, b)| a != b);
    let pair = place.map(|place| (&first[place], &second[place]));
    assert!(first == second, "{command}: two threads change {pair:?}");
    let numbers = |lines: &[String]| -> Vec<String> {
        let is_head = |line: &&String| !line.contains("\"seed\"");
        lines.iter().filter(is_head).cloned().collect()
    };
    let other = result(command, rest, "2", "2");
    assert_ne!(
        numbers(&first),
        numbers(&other),
        "{command}: the seed changes nothing"
    );
}

#[test]
fn a_run_has_the_same_bytes() {
    check("run", &["--requests", "2000", "--replications", "4"]);
}

#[test]
fn a_run_that_stops_by_precision_has_the_same_bytes() {
    check("run", &["--precision", "10%"]);
}

#[test]
fn a_run_with_faults_and_stages_has_the_same_bytes() {
    check(
        "run",
        &[
            "--set",
            "users.stages=[Ramp(to: \"200/s\", over: \"2s\"), Hold(\"2s\")]",
            "--set",
            "faults=[Crash(target: \"app/any\", at: \"1s\", lasts: \"1s\")]",
            "--replications",
            "4",
        ],
    );
}

#[test]
fn a_curve_has_the_same_bytes() {
    check(
        "curve",
        &["--requests", "500", "--replications", "3", "--steps", "3"],
    );
}

#[test]
fn a_capacity_has_the_same_bytes() {
    check(
        "capacity",
        &["--after", "app/1 pause @5s for 1s", "--within", "50%"],
    );
}

#[test]
fn a_highest_load_has_the_same_bytes() {
    check("capacity", &["--within", "20%", "--set", "run.cap=20000"]);
}

#[test]
fn a_drill_has_the_same_bytes() {
    let alarm = "alarms.a=(when: \"mean > 1ms\", every: \"1s\", \
                 respond: [Replace(target: \"app/1\", takes: \"1s\")])";
    let fault = "faults=[Crash(target: \"app/1\", at: \"2s\", lasts: \"20s\")]";
    check("drill", &["--set", fault, "--set", alarm, "--report", "-"]);
}

#[test]
fn single_points_have_the_same_bytes() {
    check("spof", &["--replications", "3", "--rate", "5/s"]);
}

#[test]
fn rare_events_have_the_same_bytes() {
    let law = "app.failure=(mtbf: Exponential(\"100h\"), mttr: Exponential(\"1h\"))";
    for method in ["splitting", "monte-carlo"] {
        let asked = ["--structural", "--replications", "30", "--method", method];
        check("spof", &[&asked[..], &["--set", law]].concat());
    }
}

#[test]
fn a_comparison_has_the_same_bytes() {
    check(
        "compare",
        &[
            "--variant",
            "out: app.replicas=4",
            "--requests",
            "500",
            "--replications",
            "4",
        ],
    );
}
