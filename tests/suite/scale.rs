//! Thousands of components: the same answers, complete files, short tables, and limits.

#[path = "../../benches/scale/grid.rs"]
mod grid;

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::program::{Ran, linchpin};

const GROUPS: usize = 400;
/// Requests per second and group: next to no waiting.
const RATE: f64 = 20.0;

fn written(folder: &TempDir, name: &str, text: &str) -> String {
    let file = folder.path().join(name);
    std::fs::write(&file, text).unwrap();
    file.to_string_lossy().into_owned()
}

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.stderr))
}

fn is_inside(estimate: &Value, expected: f64) -> bool {
    let end = |place: usize| estimate["ci95"][place].as_f64().unwrap();
    (end(0)..=end(1)).contains(&expected)
}

#[test]
fn two_thousand_components_answer_like_five() {
    let folder = TempDir::new().unwrap();
    let large = written(
        &folder,
        "large.ron",
        &grid::grid(GROUPS, RATE * GROUPS as f64),
    );
    let small = written(&folder, "small.ron", &grid::grid(1, RATE));
    let checked = linchpin(&["check", &large]);
    let summary = format!(
        "{} components, {} nodes",
        GROUPS * grid::COMPONENTS + 1,
        GROUPS * grid::NODES + 1
    );
    assert_eq!(checked.code, Some(0), "{}", checked.stderr);
    assert!((checked.stdout.clone() + &checked.stderr).contains(&summary));

    // The analytic answer of the small one holds for the large one, whose groups do as much.
    let theory = json(&linchpin(&["estimate", &small, "--json", "-"]));
    let expected = theory["workloads"]["users"]["response_time_s"]
        .as_f64()
        .unwrap();
    let output = folder.path().join("out");
    let arguments = [
        "--replications",
        "4",
        "--requests",
        "20000",
        "--seed",
        "7",
        "-o",
    ];
    let mut all = vec!["run", &large];
    all.extend(arguments);
    let folder_name = output.to_string_lossy();
    all.push(&folder_name);
    let ran = linchpin(&all);
    let text = std::fs::read_to_string(Path::new(&output).join("summary.json")).unwrap();
    let seen: Value = serde_json::from_str(&text).unwrap();
    assert!(
        is_inside(&seen["response_time_s"]["mean"], expected),
        "{} {expected}",
        seen["response_time_s"]["mean"]
    );
    assert!(is_inside(&seen["throughput_rps"], RATE * GROUPS as f64));
    let components = seen["components"].as_object().unwrap();
    assert_eq!(components.len(), GROUPS * grid::COMPONENTS + 1);
    // 20,000 requests, each once at a web server and an application server.
    let visits = |kind: &str| -> f64 {
        let these = components.iter().filter(|(name, _)| name.starts_with(kind));
        these
            .map(|(_, part)| part["throughput_rps"]["value"].as_f64().unwrap())
            .sum()
    };
    let throughput = seen["throughput_rps"]["value"].as_f64().unwrap();
    for kind in ["web", "app", "cache"] {
        assert!((visits(kind) / throughput - 1.0).abs() < 0.01, "{kind}");
    }
    // The terminal shows the busiest, and says that there are more: 40 rows of a line, 40 of
    // theory of two lines, and the rest, where there were thousands of each.
    assert!(ran.stdout.lines().count() < 300, "{}", ran.stdout);
    assert!(ran.stdout.contains("more"), "{}", ran.stdout);
}

#[test]
fn more_nodes_than_the_limit_are_refused_with_a_remedy() {
    let folder = TempDir::new().unwrap();
    let mut text = String::from("(name: \"t\", components: {");
    for part in 0..1_001 {
        let _ = write!(
            text,
            "\"c{part}\": AppServer(replicas: 1000, service: \"1ms\"), "
        );
    }
    text.push_str("}, entry: \"c0\", workload: {\"users\": Open(rate: \"1/s\")})");
    let ran = linchpin(&["check", &written(&folder, "many.ron", &text)]);
    assert_eq!(ran.code, Some(3));
    assert!(
        ran.stderr.contains("1001000 nodes in all: at most 1000000"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("\"c1000\""), "{}", ran.stderr);
    assert!(ran.stderr.contains("= help: "), "{}", ran.stderr);
}
