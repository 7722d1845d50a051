//! Nodes that come and go, against pencil and paper.

use linchpin::experiment::result::RunResult;
use linchpin::experiment::result::scaling::ScalingSummary;
use linchpin::experiment::{CurveSettings, Settings, SpofSettings, curve, run, spof};
use linchpin::model::Model;

use crate::support::files::{model, written};

/// Nodes of one core, 9 ms a request: 100/s keep 0.9 cores busy, 300/s 2.7. A quarter of a node is
/// wanted: 3.6 nodes, of which 4 are within the tolerance or the next whole number, and 10.8, which
/// is 11. 100/s for a minute, 300/s for two, 100/s for seven.
const STEP: &str = r#"(
    name: "step",
    components: {
        "lb": LoadBalancer(to: "was", service: "0s"),
        "was": AppServer(
            cores: 1, threads: Unlimited, backlog: Unlimited,
            operations: { "default": [Cpu("9ms"), Wait("PAUSE")] },
            autoscale: (
                min: 4, max: 20, target: "cpu <= 25%", boot: "30s", at: "15s", stabilise: "60s",
            ),
        ),
    },
    entry: "lb",
    workload: {
        "users": Open(
            rate: "100/s", arrivals: Deterministic,
            stages: [
                Hold("60s"), Ramp(to: "300/s"), Hold("120s"), Ramp(to: "100/s"), Hold("120s"),
            ],
        ),
    },
    run: (start: Cold, replications: 3, duration: "600s"),
)"#;

fn step(pause: &str, assignments: &[&str]) -> Model {
    let text = STEP.replace("PAUSE", pause);
    written(&text, assignments)
}

fn played(pause: &str, assignments: &[&str]) -> RunResult {
    run(&step(pause, assignments), &Settings::new(1)).unwrap()
}

fn scaling(result: &RunResult) -> &ScalingSummary {
    let part = result.components.get("was").unwrap();
    part.autoscaling.as_ref().expect("it is autoscaled")
}

/// When the number in service changed, s, and to what; changes within a stretch show as a number
/// between.
fn changes(result: &RunResult) -> Vec<(f64, f64)> {
    let mut seen: Vec<(f64, f64)> = Vec::new();
    for point in &scaling(result).series {
        if seen
            .last()
            .is_none_or(|last| (last.1 - point.in_service).abs() > 1e-9)
        {
            seen.push((point.time_s, point.in_service));
        }
    }
    seen
}

/// Looks every 15 s from 15 s on. That of 75 s sees the step; 7 nodes boot for 30 s. That of 195 s
/// sees that 4 would do, and those of 60 s must agree: 255 s, as the last to want 11 was that of
/// 180 s. The leaving nodes are gone at the next look, 270 s.
#[test]
fn a_step_wants_the_nodes_of_arithmetic_at_its_looks() {
    let result = played("0s", &[]);
    assert_eq!(changes(&result), [(0.0, 4.0), (105.0, 11.0), (255.0, 4.0)]);
    let seen = scaling(&result);
    assert_eq!((seen.scale_outs, seen.started), (3, 21));
    assert_eq!((seen.scale_ins, seen.stopped), (3, 21));
    assert_eq!(seen.in_service.max, 11);
    let mean = seen.in_service.mean.value.unwrap();
    assert!((mean - (4.0 * 450.0 + 11.0 * 150.0) / 600.0).abs() < 1e-9);
    // Four all the time, seven from the decision to boot until they are gone.
    let hours = seen.node_hours.value.unwrap();
    assert!((hours * 3600.0 - (4.0 * 600.0 + 7.0 * (270.0 - 75.0))).abs() < 1e-6);
    // Seconds of work over seconds of nodes that could work.
    let busy = 0.9 * 60.0 + 2.7 * 120.0 + 0.9 * 420.0;
    let there = 4.0 * 600.0 + 7.0 * (270.0 - 105.0);
    let part = result.components.get("was").unwrap();
    let used = part.utilisation.value.unwrap();
    assert!((used / (busy / there) - 1.0).abs() < 1e-3, "{used}");
    assert_eq!((part.replicas, result.requests.failed), (20, 0));
    assert_eq!(result.kind, "terminating");
}

/// What is on a node that leaves is answered, 20 s later, and the node stays as long: to 285 s.
#[test]
fn a_node_that_leaves_finishes_what_it_has() {
    let result = played("20s", &[]);
    assert_eq!(changes(&result), [(0.0, 4.0), (105.0, 11.0), (255.0, 4.0)]);
    assert_eq!((result.requests.failed, result.requests.in_flight), (0, 0));
    let hours = scaling(&result).node_hours.value.unwrap();
    assert!((hours * 3600.0 - (4.0 * 600.0 + 7.0 * (285.0 - 75.0))).abs() < 1e-6);
}

#[test]
fn each_field_moves_the_number_as_it_says() {
    let after = |assignment: &str| changes(&played("0s", &[assignment]));
    let boot = after("was.autoscale.boot=\"60s\"");
    assert_eq!(boot, [(0.0, 4.0), (135.0, 11.0), (255.0, 4.0)]);
    let most = after("was.autoscale.max=8");
    assert_eq!(most, [(0.0, 4.0), (105.0, 8.0), (255.0, 4.0)]);
    // 200 s after the change of 75 s: the look of 285 s.
    let rest = after("was.autoscale.cooldown=\"200s\"");
    assert_eq!(rest, [(0.0, 4.0), (105.0, 11.0), (285.0, 4.0)]);
    let rare = after("was.autoscale.every=\"45s\"");
    // Looks at 15, 60, 105 s ..: that of 105 sees 2.7, and they boot until 135; that of 195 sees
    // 30 s of 2.7 and 15 of 0.9, 2.1, and wants 9; that of 240 wants 4, but 195 was within 60 s.
    let expected = [(0.0, 4.0), (135.0, 11.0), (240.0, 9.0), (285.0, 4.0)];
    assert_eq!(rare, expected);
    let more = after("was.replicas=6");
    assert_eq!(more[0], (0.0, 6.0));
    let fixed = played("0s", &["was.autoscale.max=4"]);
    let part = fixed.components.get("was").unwrap();
    assert!(part.autoscaling.is_none() && part.replicas == 4);
}

/// S27: without `at` the looks are at other times in each replication.
#[test]
fn looks_begin_at_random() {
    let text = STEP.replace("PAUSE", "0s").replace(" at: \"15s\",", "");
    let result = run(&written::<&str>(&text, &[]), &Settings::new(1)).unwrap();
    let between = |change: &&(f64, f64)| change.1 > 4.0 && change.1 < 11.0;
    let changes = changes(&result);
    let rising: Vec<_> = changes.iter().filter(|change| change.0 < 150.0).collect();
    let early = rising.iter().find(|change| change.1 > 4.0).unwrap();
    assert!((90.0..=105.0).contains(&early.0), "{changes:?}");
    assert!(
        rising.iter().copied().filter(between).count() > 0,
        "{changes:?}"
    );
}

/// The same bytes whatever the threads do.
#[test]
fn the_number_of_threads_changes_nothing() {
    let with = |jobs| {
        let settings = Settings {
            jobs,
            ..Settings::new(3)
        };
        let mut result = run(&step("0s", &[]), &settings).unwrap();
        result.wall_s = 0.0;
        serde_json::to_string(&result).unwrap()
    };
    assert_eq!(with(1), with(2));
}

/// The claims of the file: the numbers of its comment, and what its changes do.
#[test]
fn a_spike_outruns_the_boot_time() {
    let path = "topologies/failure/spike-and-boot.ron";
    let failed = |assignments: &[&str]| {
        let result = run(&model(path, assignments), &Settings::new(1)).unwrap();
        let share = result.requests.failed as f64 / result.requests.offered as f64;
        (share, changes(&result))
    };
    let (plain, changes) = failed(&[]);
    let least = changes
        .iter()
        .map(|change| change.1)
        .fold(f64::INFINITY, f64::min);
    let most = changes.iter().map(|change| change.1).fold(0.0, f64::max);
    assert!((4.0 - 1e-9..=4.0 + 1e-9).contains(&least) && (15.0..=20.0).contains(&most));
    let offered = 100.0 * 600.0 + 400.0 * 360.0;
    // Half of 400/s for 90 to 105 s, less what 1200 places take in, and what eight that are as busy
    // as can be do not carry until the rest has come.
    let half = 200.0 * 90.0 - 1200.0;
    assert!(
        plain > 0.9 * half / offered && plain < 2.0 * half / offered,
        "{plain}"
    );
    let (soon, _) = failed(&["was.autoscale.boot=\"5s\""]);
    assert!(soon < plain / 4.0, "{soon} of {plain}");
    let (room, _) = failed(&["was.autoscale.target=\"cpu <= 20%\""]);
    let (ready, _) = failed(&["was.replicas=16"]);
    assert_eq!((room, ready), (0.0, 0.0));
}

/// One number of nodes answers a question about loads; structure is that of the fewest.
#[test]
fn other_questions_say_which_number_they_take() {
    let model = step("0s", &["was.autoscale.min=1"]);
    let refused = curve(&model, &Settings::new(1), &CurveSettings::default());
    let text = refused.expect_err("it has no fixed number").to_string();
    assert!(text.contains("`was` has 1 to 20 nodes"), "{text}");
    let asked = SpofSettings {
        structural_only: true,
        ..SpofSettings::default()
    };
    let result = spof(&model, &Settings::new(1), &asked).unwrap();
    let single = |name: &str| result.single_points.iter().any(|one| one.component == name);
    assert!(
        single("was/1") && single("lb"),
        "{:?}",
        result.single_points
    );
    assert!(
        result
            .warnings
            .iter()
            .any(|warning| warning.code == "at_minimum")
    );
    let two = step("0s", &["was.autoscale.min=2"]);
    let result = spof(&two, &Settings::new(1), &asked).unwrap();
    let mut points = result.single_points.iter();
    assert!(points.all(|one| one.component == "lb"));
}
