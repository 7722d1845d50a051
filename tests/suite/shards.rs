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
