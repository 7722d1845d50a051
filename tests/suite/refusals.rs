//! What is refused before any work is done, and how it is told.

use std::time::{Duration, Instant};

use crate::support::program::{Ran, folder, linchpin, write};

const THREE_TIERS: &str = "topologies/three-tier.ron";
/// A file without objectives.
const QUEUE: &str = "topologies/features/central-queue.ron";
/// Work of many minutes.
const LONG: [&str; 4] = ["--requests", "10000000", "--replications", "50"];
/// What nothing that is refused at once takes.
const SOON: Duration = Duration::from_secs(30);

/// Runs a command that must end soon, with this code and these words, and without an answer.
#[track_caller]
fn refused(arguments: &[&str], code: i32, words: &[&str]) -> Ran {
    let begun = Instant::now();
    let ran = linchpin(arguments).exits(code);
    assert!(begun.elapsed() < SOON, "{arguments:?} took its time");
    for word in words {
        assert!(ran.stderr.contains(word), "{word}: {}", ran.stderr);
    }
    assert_eq!(ran.stdout, "", "{arguments:?}");
    ran
}

#[test]
fn a_directory_in_place_of_a_file_is_refused_before_the_work() {
    let folder = folder();
    let place = folder.path().to_str().unwrap();
    let words = [place, "a directory"];
    let two = ["--variant", "up: was.cores=8"];
    let param = ["--param", "was.replicas=1, 2"];
    for command in [
        &["run", THREE_TIERS][..],
        &["curve", THREE_TIERS],
        &["drill", THREE_TIERS],
        &["spof", THREE_TIERS],
        &[&["compare", THREE_TIERS][..], &two].concat(),
        &[&["sweep", THREE_TIERS][..], &param].concat(),
    ] {
        refused(&[command, &LONG, &["--json", place]].concat(), 1, &words);
    }
    for command in [
        &["capacity", THREE_TIERS][..],
        &["capacity", THREE_TIERS, "--find", "was.replicas"],
        &["estimate", THREE_TIERS],
        &["fit", "topologies/measured/ray-tracer.csv"],
    ] {
        refused(&[command, &["--json", place]].concat(), 1, &words);
    }
    let report = [&["drill", THREE_TIERS][..], &LONG, &["--report", place]].concat();
    refused(&report, 1, &words);
    let none_left = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(none_left, 0);
}

#[test]
fn what_is_varied_is_not_set_too() {
    let param = ["--param", "was.replicas=1, 2"];
    for set in ["was.replicas=5", "components.was.replicas=5"] {
        let question = [&["sweep", THREE_TIERS][..], &param, &["--set", set]].concat();
        refused(&question, 2, &["`was.replicas` is varied", set]);
    }
    let spelt = ["--param", "components.\"was\".replicas=3, 4"];
    let question = [&["sweep", THREE_TIERS][..], &param, &spelt].concat();
    refused(&question, 2, &["varied twice"]);
    // A part of what is set may well be varied.
    let service = "db.service=Exponential(\"4ms\")";
    let part = [
        "--param",
        "db.service[0]=\"2ms\", \"3ms\"",
        "--set",
        service,
    ];
    let few = ["--requests", "200", "--replications", "2", "--quiet"];
    linchpin(&[&["sweep", THREE_TIERS][..], &part, &few].concat()).exits(0);
}

#[test]
fn a_comparison_that_has_no_capacity_is_refused_before_the_work() {
    let frontier = ["compare", QUEUE, "--frontier", "app.replicas=3, 4"];
    let variant = ["compare", QUEUE, "--variant", "four: app.replicas=4"];
    for question in [&frontier, &variant] {
        let question = [&question[..], &LONG, &["--capacity"]].concat();
        refused(&question, 2, &["objectives"]);
    }
    let folder = folder();
    let out = folder.path().join("out");
    let more = ["--precision", "1%", "-o", out.to_str().unwrap()];
    refused(&[&frontier[..], &more].concat(), 2, &["--replications"]);
    assert!(!out.exists());
}

#[test]
fn a_wrong_path_of_a_variant_names_the_variant() {
    let wrong = ["--variant", "up: was.corez=4", "--set", "was.threads=100"];
    let ran = refused(
        &[&["compare", THREE_TIERS][..], &wrong].concat(),
        3,
        &["--variant up", "was.corez=4", "cores"],
    );
    assert!(!ran.stderr.contains("--set"), "{}", ran.stderr);
}

#[test]
fn a_load_below_zero_is_told_as_such() {
    for rate in ["-3/s", "-3"] {
        refused(&["run", THREE_TIERS, "--rate", rate], 2, &["--rate", rate]);
    }
    let words = ["a rate cannot be negative"];
    refused(&["run", THREE_TIERS, "--rate", "-3/s"], 2, &words);
    refused(&["estimate", THREE_TIERS, "--rate", "-3/s"], 2, &words);
    let users = ["run", THREE_TIERS, "--users", "-1"];
    refused(&users, 2, &["--users", "1 or more"]);
}

#[test]
fn one_replication_has_no_capacity() {
    let one = ["capacity", THREE_TIERS, "--replications", "1"];
    refused(&one, 2, &["--replications 2"]);
}

/// A percentile has no interval from two replications, and the answer says what would help.
#[test]
fn too_few_replications_for_a_percentile_are_told_with_a_remedy() {
    let ran = linchpin(&[
        "capacity",
        "topologies/theory/staffing.ron",
        "--find",
        "servers.replicas",
        "--rate",
        "4/s",
        "--replications",
        "2",
        "--set",
        "objectives=[\"p95 < 3.2s\"]",
    ]);
    let ran = ran.exits(4);
    let told = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for word in [
        "p95 < 3.2s has no interval",
        "takes 5",
        "more than --replications 2",
    ] {
        assert!(told.contains(word), "{word}: {}", ran.stdout);
    }
}

/// A coefficient that would be negative is held at 0, about which nothing has an interval.
#[test]
fn a_coefficient_at_its_bound_has_no_interval() {
    let folder = folder();
    let better = "load,throughput\n1,10\n2,20.8\n4,43\n8,89\n";
    let file = write(&folder, "better.csv", better);
    let found = linchpin(&["fit", file.to_str().unwrap(), "--json", "-"]);
    let usl = found.exits(0).json()["usl"].clone();
    for key in ["sigma", "kappa"] {
        assert_eq!(usl[key]["value"], 0.0, "{usl}");
        assert!(usl[key]["ci95"].is_null(), "{usl}");
        assert_eq!(usl[key]["reason"], "held at its bound");
    }
    assert!(usl["gamma_rps"]["ci95"].is_array(), "{usl}");
}
