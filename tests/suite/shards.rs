//! Shards of a cache and their copies: a copy answers for its own shard and for no other (S1, S50).

use linchpin::experiment::result::{PointClass, SinglePoint, SpofResult};
use linchpin::experiment::{Settings, SpofSettings, run, spof, spof_with_cures};

use crate::support::files::{assigned, written};

/// Two shards of two copies, behind two servers that learn of every loss.
const CACHE: &str = r#"(
    name: "shards",
    infrastructure: { "h1": Host(cores: 4), "h2": Host(cores: 4) },
    components: {
        "app": AppServer(replicas: 2, service: "1ms", calls: ["cache"]),
        "cache": Cache(
            nodes: 2, copies: 2, hit: 0.9, service: "1ms",
            failover: Automatic(detect: "5s", promote: "5s"),
        ),
    },
    links: { "users -> app": (health: (interval: "1s", fall: 2, rise: 2)) },
    entry: "app",
    workload: { "users": Open(rate: "100/s") },
    objectives: ["error rate < 1%"],
    run: (start: Cold, duration: "5m", replications: 5),
)"#;

/// Two shards that every request needs.
const CALLED: &str = r#"(
    name: "called",
    components: {
        "app": AppServer(operations: { "default": [Cpu("1ms"), Call("cache")] }),
        "cache": Cache(nodes: 2, hit: 1.0, service: "1ms"),
    },
    entry: "app",
    workload: { "users": Open(rate: "100/s") },
    objectives: ["error rate < 1%"],
    run: (start: Cold),
)"#;

const STORES: &str = r#"(
    name: "stores",
    components: {
        "app": AppServer(operations: { "default": [Call("a"), Call("b")] }),
        "a": Cache(nodes: 2, hit: 1.0, service: "1ms"),
        "b": Cache(nodes: 2, hit: 1.0, service: "1ms"),
    },
    entry: "app",
    workload: { "users": Open(rate: "100/s") },
    faults: [
        Crash(target: "a/1", at: "0s", lasts: "200s"),
        Crash(target: "b/1", at: "0s", lasts: "200s"),
    ],
    run: (start: Cold, duration: "200s", replications: 1),
)"#;

/// The cure of one shard of [`CALLED`] is that of the other, and leaves no node that is as bad.
#[test]
fn a_cure_of_a_shard_is_tried_where_its_keys_are_then() {
    let text = CALLED.replace("AppServer(", "AppServer(replicas: 2, ");
    let text = text.replace(
        "entry:",
        "links: { \"users -> app\": (health: (interval: \"200ms\")) }, entry:",
    );
    let load = |set: &[String]| written(&text, set);
    let reload = |set: &[String]| Some(load(set));
    let asked = SpofSettings::default();
    let settings = Settings::new(1);
    let found = spof_with_cures(&load(&[]), &settings, &asked, Some(&reload)).unwrap();
    let points = found.single_points.iter();
    let shards: Vec<&SinglePoint> = points
        .filter(|one| one.component.starts_with("cache/"))
        .collect();
    assert_eq!(shards.len(), 2, "{:?}", found.single_points);
    let cure = &shards[0].cure;
    assert!(!cure.is_empty() && *cure == shards[1].cure, "{shards:?}");
    let after = spof(&load(cure), &settings, &asked).unwrap();
    let mut left = after.single_points.iter();
    let bad = left.find(|one| one.component.starts_with("cache/") && one.breaks_objective);
    assert!(bad.is_none(), "{bad:?}");
}

fn structural(set: &[&str]) -> SpofResult {
    let asked = SpofSettings {
        structural_only: true,
        ..SpofSettings::default()
    };
    spof(&written(CACHE, set), &Settings::new(1), &asked).unwrap()
}

/// A node is down with 0.01: both copies of one of two shards with 1 - (1 - 0.0001)^2, both of
/// both with 0.0001^2.
#[test]
fn a_shard_is_lost_with_its_own_copies() {
    let found = structural(&["cache.failure=(unavailability: 0.01)"]);
    let expected = found
        .classes
        .get("default")
        .unwrap()
        .expected
        .as_ref()
        .unwrap();
    assert!(
        (expected.unavailability - 1e-8).abs() < 1e-15,
        "{expected:?}"
    );
    let partial = 1.0 - (1.0 - 1e-4_f64).powi(2);
    let some = expected.partly_unavailable;
    assert!((some - partial).abs() < 1e-12, "{some}, not {partial}");
}

/// One of two shards is gone: half of the requests, with a standard error of sqrt(0.25 / 20,000),
/// ask for its keys, and do so again however often they are sent, wherever that is done (S37, S50).
#[test]
fn a_request_asks_for_the_same_key_in_all_attempts() {
    let gone = "faults=[Crash(target: \"cache/1\", at: \"0s\", lasts: \"200s\")]";
    let sent_again = "=(retry: (attempts: 5, backoff: \"1ms\"))";
    for link in ["users -> app", "app -> cache"] {
        let retry = format!("links.{link:?}{sent_again}");
        let set = ["run.duration=\"200s\"", gone, &retry];
        let settings = Settings {
            replications: Some(1),
            ..Settings::new(1)
        };
        let found = run(&written(CALLED, &set), &settings).unwrap();
        let requests = &found.requests;
        let share = requests.failed as f64 / requests.offered as f64;
        let error = (0.25 / requests.offered as f64).sqrt();
        assert!((share - 0.5).abs() < 4.0 * error, "{link}: {share}");
    }
}

/// So do the copies of a call, which are attempts too (S15).
#[test]
fn copies_ask_for_the_same_key() {
    let behind = "\"web\": AppServer(service: \"0s\", calls: [\"app\"]), \"app\": AppServer(";
    let text = CALLED.replace("\"app\": AppServer(", behind);
    let text = text.replace("entry: \"app\"", "entry: \"web\"");
    let set = [
        "run=(start: Cold, duration: \"200s\", replications: 1)",
        "faults=[Crash(target: \"cache/1\", at: \"0s\", lasts: \"200s\")]",
        "links.\"web -> app\"=(hedge: (after: \"0.5ms\", at_most: 3))",
    ];
    let found = run(&written(&text, &set), &Settings::new(1)).unwrap();
    let requests = &found.requests;
    let share = requests.failed as f64 / requests.offered as f64;
    let error = (0.25 / requests.offered as f64).sqrt();
    assert!((share - 0.5).abs() < 4.0 * error, "{share}");
    assert!(found.links.get("web -> app").unwrap().hedges > 10_000);
}

/// Two stores of two shards, asked one after the other: what is asked of the one says nothing of
/// what is asked of the other. With a shard of each gone 1 - 0.5^2 of the requests fail, whichever
/// they are, and 1 - 0.5^4 where each is asked twice.
#[test]
fn two_calls_ask_for_different_keys() {
    let first = "faults[0].target=\"a/1\"";
    for (set, calls) in [
        (vec![first], 2),
        (vec!["faults[0].target=\"a/2\""], 2),
        (
            vec![
                first,
                "app.operations.default=[Call(\"a\"), Call(\"b\"), Call(\"a\"), Call(\"b\")]",
            ],
            4,
        ),
    ] {
        let found = run(&written(STORES, &set), &Settings::new(1)).unwrap();
        let requests = &found.requests;
        let share = requests.failed as f64 / requests.offered as f64;
        let expected = 1.0 - 0.5_f64.powi(calls);
        let error = (expected * (1.0 - expected) / requests.offered as f64).sqrt();
        assert!((share - expected).abs() < 4.0 * error, "{set:?}: {share}");
    }
}

/// Both copies of the first shard are down from 80 s until 250 s: half of 100/s fail all that time,
/// and for the 10 s from the first loss until its copy answers.
#[test]
fn the_copy_of_another_shard_does_not_answer() {
    let faults = r#"faults=[
        Crash(target: "cache/1", at: "60s", lasts: "190s"),
        Crash(target: "cache/2", at: "80s", lasts: "170s"),
    ]"#;
    let result = run(&written(CACHE, &[faults]), &Settings::new(1)).unwrap();
    let failed = result.requests.failed as f64 / f64::from(result.replications);
    let expected = 50.0 * (10.0 + 170.0);
    // Which key falls into which shard, and Poisson arrivals.
    assert!(
        (failed / expected - 1.0).abs() < 0.05,
        "{failed}, not {expected}"
    );
}

/// A host that holds both copies takes half of the requests with it until its repair; a copy on the
/// other host is the cure, and nothing says that somebody takes over by itself.
#[test]
fn a_host_with_all_copies_of_a_shard_is_a_point() {
    let crowded = r#"cache.on=["h1", "h1", "h2", "h2"]"#;
    let settings = Settings::new(1);
    let asked = SpofSettings::default();
    let base = written(CACHE, &[crowded]);
    let reload = |cure: &[String]| assigned(CACHE, &[&[crowded.to_owned()], cure].concat());
    let found = spof_with_cures(&base, &settings, &asked, Some(&reload)).unwrap();
    let point = |found: &SpofResult, name: &str| -> SinglePoint {
        let mut points = found.single_points.iter();
        let one = points.find(|point| point.component == name);
        one.unwrap_or_else(|| panic!("{name}: {points:?}")).clone()
    };
    let h1 = point(&found, "h1");
    assert_eq!(h1.class, Some(PointClass::Capacity));
    assert!(!h1.witness.contains("takes"), "{}", h1.witness);
    let placed = r#"components.cache.on=["h1", "h2", "h2", "h2"]"#;
    assert!(h1.cure.iter().any(|one| one == placed), "{:?}", h1.cure);
    let after = spof(&reload(&h1.cure).unwrap(), &settings, &asked).unwrap();
    let is_left = |one: &SinglePoint| one.component == "h1" && one.class == h1.class;
    assert!(!after.single_points.iter().any(is_left));
}
