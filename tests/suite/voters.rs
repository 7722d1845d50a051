//! Takeovers that voters have to agree to, against pencil and paper: simulated, by structure and by
//! probability.

use linchpin::experiment::fewest::Values;
use linchpin::experiment::result::fewest::Value;
use linchpin::experiment::result::{PointClass, RunResult, SinglePoint, Verdict};
use linchpin::experiment::{FewestSettings, Settings, SpofSettings, fewest, run, spof};

use crate::support::files::{model, written};

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

/// Structural single points, what a reader would be told of them.
fn points(assignments: &[&str]) -> Vec<SinglePoint> {
    let settings = SpofSettings {
        structural_only: true,
        ..SpofSettings::default()
    };
    let found = spof(&model(QUORUM, assignments), &Settings::new(1), &settings).unwrap();
    let is_structural = |point: &SinglePoint| point.class == Some(PointClass::Structural);
    let mut points = found.single_points;
    points.retain(is_structural);
    points
}

/// The rack that holds the majority is a single point, and no rack of three is.
#[test]
fn the_rack_with_the_majority_is_a_single_point() {
    let names = |assignments: &[&str]| {
        let points = points(assignments).into_iter();
        points.map(|point| point.component).collect::<Vec<_>>()
    };
    assert_eq!(names(&[]), ["rA"]);
    assert!(names(&THIRD_RACK).is_empty());
    assert!(names(&["db.failover.voters=\"app\""]).is_empty());
}

/// What would help is said in words, and as assignments after which the point is gone and no other
/// has come: with two nodes of their own, with the majority of the monitors in one rack, with the
/// database and monitors in it, with a single monitor, alone or beside a node of the database.
#[test]
fn voters_that_a_loss_leaves_are_the_cure() {
    let monitors = |on: &str| {
        let count = on.split(", ").count();
        let calls = r#""read": [Call("db.select")], "write": [Call("db.update")]"#;
        format!(
            "components.app=AppServer(replicas: {count}, on: [{on}], operations: {{ {calls} }})"
        )
    };
    let hosts = ["h4", "h5", "h6"].map(|name| format!("infrastructure.{name}=Host(cores: 4)"));
    let elsewhere = "components.db.on=[\"h4\", \"h5\", \"h6\"]";
    let votes = "db.failover.voters=\"app\"";
    let two = ["db.read_replicas=1", "db.on=[\"h1\", \"h3\"]"];
    let one_rack = ["db.read_replicas=1", "db.on=[\"h1\", \"h2\"]"];
    let spread = monitors("\"h1\", \"h2\", \"h3\"");
    let only = monitors("\"h1\"");
    let new_hosts = hosts.each_ref().map(String::as_str);
    let on_racks = [&new_hosts[..], &[&spread, elsewhere, votes]].concat();
    let one = [&new_hosts[..], &[&only, elsewhere, votes]].concat();
    let with_both = [&one_rack[..], &[&spread, votes]].concat();
    let beside = [&two[..], &[&only, votes]].concat();
    let three = "let three nodes vote on the failover of db";
    let off = "keep more than half of the voters of db off rA";
    for (set, name, words) in [
        (&two[..], "db/1", three),
        (&two, "db/2", three),
        (&two, "h1", "vote on the failover of db, two of them off h1"),
        (&two, "rA", "vote on the failover of db, two of them off rA"),
        (&one_rack, "rA", three),
        (&one_rack, "h2", three),
        (&on_racks, "rA", off),
        (&with_both, "rA", off),
        (&with_both, "rA", "put db/1 and db/2 in different racks"),
        (&one, "app", three),
        (&one, "h1", three),
        (&beside, "app", three),
        (&beside, "h1", three),
    ] {
        let before = points(set);
        let point = before.iter().find(|one| one.component == name);
        let point = point.unwrap_or_else(|| panic!("{name} is no point of {set:?}"));
        assert!(point.fix.contains(words), "{}", point.fix);
        let cure: Vec<&str> = point.cure.iter().map(String::as_str).collect();
        assert!(!cure.is_empty(), "{name} of {set:?}");
        for left in points(&[set, &cure].concat()) {
            let is_old = before.iter().any(|one| one.component == left.component);
            assert!(is_old && left.component != name, "{cure:?}: {left:?}");
        }
    }
}

/// Of nodes that vote themselves one more than half stay; a manager that never fails promotes
/// the last one; without failover the primary may be the one that is lost.
#[test]
fn the_fewest_nodes_that_outlive_a_loss_keep_their_majority() {
    const DB: &str = r#"components.db=Database(read_replicas: 1, operations: {
        "select": [Cpu("1ms")], "update": [Cpu("1ms")],
    }"#;
    let found = |failover: &str, survive: u32| {
        let db = format!("{DB}{failover})");
        let find = "db.read_replicas".to_owned();
        let with = |value: &Value| {
            let Value::Whole(number) = value else {
                unreachable!("a number is sought");
            };
            Some(model(QUORUM, &[&db, &format!("{find}={number}")]))
        };
        let asked = FewestSettings {
            find: find.clone(),
            values: Values::Whole(1, 9),
            survive,
            component: Some("db".to_owned()),
        };
        fewest(&model(QUORUM, &[&db]), &Settings::new(1), &asked, &with).unwrap()
    };
    let automatic =
        |more: &str| format!(", failover: Automatic(detect: \"10s\", promote: \"20s\"{more})");
    let least = |more: &str, survive| found(&automatic(more), survive).found;
    for steps_down in ["", ", steps_down: true"] {
        let own = format!(", voters: \"db\"{steps_down}");
        assert_eq!(least(&own, 1), Some(Value::Whole(2)));
        assert_eq!(least(&own, 2), Some(Value::Whole(4)));
    }
    assert_eq!(least("", 2), Some(Value::Whole(2)));
    assert_eq!(least(", voters: \"app\"", 2), Some(Value::Whole(2)));
    let alone = found("", 1);
    assert_eq!((alone.verdict, &alone.found), (Verdict::Fail, &None));
    let reason = alone.tried[0].states[0].reason.as_deref();
    assert_eq!(reason, Some("nobody takes over from a lost primary of db"));
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
        let model = written::<&str>(&text, &[]);
        let settings = SpofSettings {
            structural_only: true,
            ..SpofSettings::default()
        };
        let found = spof(&model, &Settings::new(1), &settings).unwrap();
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
