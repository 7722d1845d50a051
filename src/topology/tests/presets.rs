//! What a product's name stands for, written out by hand.

use super::*;
use crate::schema::Product;
use crate::topology::defaults::by_name;

/// What of [`SHOP`] is replaced, by what, and by what with the same meaning.
const SAME: &[(&str, &str, &str)] = &[
    (
        "pool: 20",
        "retry: (preset: Haproxy)",
        "retry: (attempts: 4, backoff: \"1s\")",
    ),
    (
        "pool: 20",
        "retry: (preset: Nginx)",
        "retry: (attempts: 3, backoff: \"0s\", elsewhere: true)",
    ),
    (
        "pool: 20",
        "retry: (preset: Envoy)",
        "retry: (attempts: 2, backoff: Doubling(from: \"25ms\", cap: \"250ms\"), jitter: Full)",
    ),
    (
        "pool: 20",
        "retry: (preset: Resilience4j)",
        "retry: (attempts: 3, backoff: \"500ms\")",
    ),
    // What is written wins; jitter of doubling pauses says nothing about others.
    (
        "pool: 20",
        "retry: (preset: Envoy, attempts: 5, backoff: \"9ms\")",
        "retry: (attempts: 5, backoff: \"9ms\")",
    ),
    (
        "pool: 20",
        "retry: (preset: Envoy, jitter: Off)",
        "retry: (attempts: 2, backoff: Doubling(from: \"25ms\", cap: \"250ms\"), jitter: Off)",
    ),
    (
        "pool: 20",
        "retry: (preset: Haproxy, backoff: Doubling(from: \"1ms\", cap: \"9ms\"), budget: 0.1)",
        "retry: (attempts: 4, backoff: Doubling(from: \"1ms\", cap: \"9ms\"), jitter: Off,
         budget: 0.1, bucket: 100)",
    ),
    (
        "pool: 20",
        "breaker: (preset: Resilience4j)",
        "breaker: (failure_rate: 0.5, window: 100, minimum_calls: 100, open: \"60s\",
         half_open: 10)",
    ),
    (
        "pool: 20",
        "breaker: (preset: Resilience4j, window: 20, open: \"5s\")",
        "breaker: (failure_rate: 0.5, window: 20, minimum_calls: 20, open: \"5s\",
         half_open: 10)",
    ),
    (
        "pool: 20",
        "eject: (preset: Nginx)",
        "eject: (failures: 1, counted: Within(\"10s\"), time: \"10s\", again: Same,
         back: OnTrial, most: 1.0)",
    ),
    (
        "pool: 20",
        "eject: (preset: Envoy)",
        "eject: (failures: 5, counted: InARow, time: \"30s\", again: Longer(\"300s\"),
         back: AtSweep(\"10s\"), most: 0.1)",
    ),
    (
        "pool: 20",
        "eject: (preset: Envoy, failures: 3, back: OnTrial)",
        "eject: (failures: 3, counted: InARow, time: \"30s\", again: Longer(\"300s\"),
         back: OnTrial, most: 0.1)",
    ),
    (
        "\"sw2\"]), health: ()",
        "\"sw2\"]), health: (preset: Haproxy)",
        "\"sw2\"]), health: (interval: \"2s\", fall: 3, rise: 2)",
    ),
    (
        "to: \"lb\", health: ()",
        "to: \"lb\", health: (preset: Haproxy, rise: 7)",
        "to: \"lb\", health: (interval: \"2s\", fall: 3, rise: 7)",
    ),
    (
        "health: (), standby",
        "health: (preset: Haproxy, fall: 9), standby",
        "health: (interval: \"2s\", fall: 9, rise: 2), standby",
    ),
    (
        "replicas: 3,",
        "replicas: 3, preset: Tomcat,",
        "replicas: 3, threads: 200, backlog: 100,",
    ),
    (
        "replicas: 3,",
        "replicas: 3, preset: Tomcat, threads: 50,",
        "replicas: 3, threads: 50, backlog: 100,",
    ),
];

#[test]
fn a_preset_is_its_values_written_out() {
    for (old, named, written) in SAME {
        let [named_model, written_model] =
            [named, written].map(|new| format!("{:?}", model(&shop_with(old, new))));
        assert!(named_model == written_model, "{named}");
    }
}

/// A value that no field of the format has would never be read.
#[test]
fn every_value_is_filled_in_somewhere() {
    for preset in by_name() {
        let known = crate::topology::defaults::all().any(|one| one.field == preset.field);
        assert!(known, "{} of {}", preset.field, preset.of);
    }
    for product in Product::ALL {
        let heading = format!("preset: {}", product.word());
        assert!(!product.values().is_empty());
        assert!(product.values().iter().all(|value| value.of == heading));
    }
}

/// A product and its version, and where in its documentation.
#[test]
fn every_value_has_a_source_with_a_version() {
    for preset in by_name() {
        let (product, place) = preset.source.split_once(", ").unwrap();
        let version = product.rsplit(' ').next().unwrap();
        assert!(version.starts_with(|first: char| first.is_ascii_digit()));
        assert!(!place.is_empty());
    }
}

/// Each says with its remedy who does say something.
#[test]
fn a_preset_that_says_nothing_is_refused_with_those_that_do() {
    let cases = [
        (
            "pool: 20",
            "breaker: (preset: Nginx)",
            "breakers",
            "Resilience4j",
        ),
        (
            "pool: 20",
            "eject: (preset: Haproxy)",
            "ejection",
            "Nginx or Envoy",
        ),
        (
            "pool: 20",
            "retry: (preset: Tomcat)",
            "retries",
            "Haproxy or Nginx or Envoy or Resilience4j",
        ),
        (
            "health: (), standby",
            "health: (preset: Nginx), standby",
            "health checks",
            "Haproxy",
        ),
        (
            "\"sw2\"]), health: ()",
            "\"sw2\"]), health: (preset: Envoy)",
            "health checks",
            "Haproxy",
        ),
        (
            "to: \"lb\", health: ()",
            "to: \"lb\", health: (preset: Resilience4j)",
            "health checks",
            "Haproxy",
        ),
        (
            "replicas: 3,",
            "replicas: 3, preset: Haproxy,",
            "AppServers",
            "Tomcat",
        ),
    ];
    for (old, new, whose, who) in cases {
        let text = shop_with(old, new);
        let (_, problems) = load_in(Path::new(""), &text);
        let [problem] = problems.list() else {
            panic!("{new}: {problems:?}")
        };
        let place = &text[problem.span.clone().unwrap()];
        let said = format!("the preset {place} says nothing about {whose}");
        assert!(new.contains(&format!("preset: {place}")), "{new}: {place}");
        assert_eq!(problem.message, said);
        let help = format!("write {who}, or leave `preset` out");
        assert!(problem.help.contains(&help), "{:?}", problem.help);
    }
}
