//! Takeovers that voters have to agree to, against pencil and paper: simulated, by structure and by
//! probability.

use std::path::Path;

use linchpin::diagnostic::Source;
use linchpin::experiment::result::{PointClass, RunResult, SinglePoint};
use linchpin::experiment::{Settings, SpofSettings, run, spof};
use linchpin::topology::load_source;

use crate::support::files::model;

const QUORUM: &str = "topologies/failure/quorum.ron";
const THIRD_RACK: [&str; 2] = ["infrastructure.rC=Rack()", "infrastructure.h2.rack=\"rC\""];

fn failed(result: &RunResult, class: &str) -> f64 {
    let requests = &result.classes.get(class).unwrap().requests;
    requests.failed as f64 / f64::from(result.replications)
}

#[track_caller]
fn fail(assignments: &[&str], writes: f64, reads: f64) {
    let settings = Settings {
        replications: Some(20),
        ..Settings::new(1)
    };
    let result = run(&model(QUORUM, assignments), &settings).unwrap();
    for (class, expected) in [("write", writes), ("read", reads)] {
        let seen = failed(&result, class);
        // Counts of Poisson arrivals: 3 standard errors of the mean of 20, and those whose work was
        // lost at the instant of the crash.
        let margin = 3.0 * (expected / 20.0).sqrt() + 1.0;
        assert!(
            (seen - expected).abs() < margin,
            "{class}: {seen}, not {expected}"
        );
    }
}

/// 10 writes/s and 90 reads/s. The rack with two of three nodes is lost for 60 s, and the group
/// sees it back 10 s later.
#[test]
fn one_node_of_three_promotes_nobody() {
    fail(&[], 700.0, 450.0);
}

/// Monitors elsewhere, or nobody to ask: promoted 30 s after the loss.
#[test]
fn voters_elsewhere_promote_the_node_that_is_left() {
    fail(&["db.failover.voters=\"app\""], 300.0, 450.0);
    let alone = "db.failover=Automatic(detect: \"10s\", promote: \"20s\")";
    fail(&[alone], 300.0, 450.0);
}

/// Two of the monitors are lost with the primary, for 40 s: the third node is promoted 20 s after
/// they are back, at 120 s.
#[test]
fn a_promotion_starts_again_when_the_voters_are_back() {
    let lost = r#"faults=[
        Crash(target: "db/1", at: "60s", lasts: "110s"),
        Crash(target: "db/2", at: "0s", lasts: "3min"),
        Crash(target: "app/1", at: "60s", lasts: "40s"),
        Crash(target: "app/2", at: "60s", lasts: "40s"),
    ]"#;
    let checks = "links.\"users -> app\"=(health: (interval: \"100ms\", fall: 1, rise: 1))";
    let set = ["db.failover.voters=\"app\"", lost, checks];
    let settings = Settings {
        replications: Some(20),
        ..Settings::new(1)
    };
    let writes = failed(&run(&model(QUORUM, &set), &settings).unwrap(), "write");
    assert!((writes - 600.0).abs() < 20.0, "{writes}");
}

/// Two followers are lost: a primary that steps down takes no writes from `detect` after that until
/// `detect` after the first of them is back, one that does not goes on; reads go on on it.
#[test]
fn a_primary_without_its_followers_steps_down() {
    let faults = r#"faults=[
        Crash(target: "db/2", at: "0s", lasts: "2min"),
        Crash(target: "db/3", at: "60s", lasts: "60s"),
    ]"#;
    // Reads go to the two followers: half of them fail for 10 s, then all of them for 10 s.
    fail(&[faults], 600.0, 450.0 + 900.0);
    fail(
        &[faults, "db.failover.steps_down=false"],
        0.0,
        450.0 + 900.0,
    );
}

/// The rack that holds the majority is a single point, and no rack of three is.
#[test]
fn the_rack_with_the_majority_is_a_single_point() {
    let points = |assignments: &[&str]| {
        let settings = SpofSettings {
            structural_only: true,
            ..SpofSettings::default()
        };
        let found = spof(&model(QUORUM, assignments), &Settings::new(1), &settings).unwrap();
        let is_structural = |class: Option<PointClass>| class == Some(PointClass::Structural);
        let points = found.single_points.into_iter();
        let points = points.filter(|point| is_structural(point.class));
        points.map(|point| point.component).collect::<Vec<_>>()
    };
    assert_eq!(points(&[]), ["rA"]);
    assert!(points(&THIRD_RACK).is_empty());
    assert!(points(&["db.failover.voters=\"app\""]).is_empty());
}

/// What would help is said in words, and as assignments after which the point is gone: with two
/// nodes of their own, with the majority of the monitors in one rack, and with a single monitor.
#[test]
fn voters_that_a_loss_leaves_are_the_cure() {
    let settings = SpofSettings {
        structural_only: true,
        ..SpofSettings::default()
    };
    let monitors = r#"components.app=AppServer(replicas: 3, on: ["h1", "h2", "h3"], operations: {
        "read": [Call("db.select")], "write": [Call("db.update")],
    })"#;
    let elsewhere = "components.db.on=[\"h4\", \"h5\", \"h6\"]";
    let hosts = ["h4", "h5", "h6"].map(|name| format!("infrastructure.{name}=Host(cores: 4)"));
    let votes = "db.failover.voters=\"app\"";
    let two = ["db.read_replicas=1", "db.on=[\"h1\", \"h3\"]"];
    let on_racks = [monitors, &hosts[0], &hosts[1], &hosts[2], elsewhere, votes];
    let one = [monitors, "app.replicas=1", "app.on=[\"h1\"]", votes];
    let three_vote = "let three nodes vote on the failover of db";
    let off = "keep more than half of the voters of db off rA";
    for (set, name, words) in [
        (&two[..], "db/1", three_vote),
        (&two, "rA", off),
        (&on_racks, "rA", off),
        (&one, "app", three_vote),
    ] {
        let found = |set: &[&str]| spof(&model(QUORUM, set), &Settings::new(1), &settings).unwrap();
        let before = found(set);
        let is_it = |one: &&SinglePoint| one.component == name;
        let point = before.single_points.iter().find(is_it).expect(name);
        assert!(point.fix.contains(words), "{}", point.fix);
        let cure = point.cure.iter().map(String::as_str);
        let after = found(&set.iter().copied().chain(cure).collect::<Vec<_>>());
        assert!(
            !after.single_points.iter().any(|one| is_it(&one)),
            "{:?}",
            point.cure
        );
    }
}

const SHARES: &str = r#"(
    name: "shares",
    components: {
        "monitor": AppServer(replicas: 3, service: "1ms", failure: (unavailability: 0.1)),
        "db": Database(
            standbys: 1, read_replicas: 1, failure: (unavailability: 0.2),
            operations: { "write": [Cpu("1ms")], "read": [Cpu("1ms")] }, reads: ["read"],
            failover: Automatic(detect: "10s", promote: "20s", voters: "monitor"),
        ),
    },
    links: { "users -> db": (health: (interval: "1s")) },
    entry: "db",
    workload: { "users": Open(rate: "100/s", mix: { "read": 0.5, "write": 0.5 }) },
)"#;

/// A node is up with 0.8, a majority of three monitors with 3 x 0.9^2 x 0.1 + 0.9^3 = 0.972. A
/// write needs the primary, or one of two others and the majority; a read the primary or the
/// replica, or the standby and the majority. Who steps down needs the majority for every write.
#[test]
fn unavailability_by_hand() {
    let majority = 0.972;
    let unavailable = |steps_down: &str| {
        let text = SHARES.replace("\"monitor\")", &format!("\"monitor\"{steps_down})"));
        let source = Source::new("shares.ron", text);
        let (loaded, problems) = load_source::<&str>(source, Path::new(""), "--set", &[]);
        assert!(problems.is_empty(), "{}", problems.human(false));
        let settings = SpofSettings {
            structural_only: true,
            ..SpofSettings::default()
        };
        let found = spof(&loaded.unwrap().model, &Settings::new(1), &settings).unwrap();
        ["write", "read"].map(|class| {
            found
                .classes
                .get(class)
                .unwrap()
                .expected
                .as_ref()
                .unwrap()
                .unavailability
        })
    };
    let close = |seen: [f64; 2], expected: [f64; 2]| {
        for (seen, expected) in seen.into_iter().zip(expected) {
            assert!((seen - expected).abs() < 1e-12, "{seen}, not {expected}");
        }
    };
    let read = 0.2 * 0.2 * (1.0 - 0.8 * majority);
    let write = 0.2 * (1.0 - (1.0 - 0.2 * 0.2) * majority);
    close(unavailable(""), [write, read]);
    let write = 1.0 - (1.0 - 0.2_f64.powi(3)) * majority;
    close(unavailable(", steps_down: true"), [write, read]);
}
