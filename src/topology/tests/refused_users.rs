//! What users, classes, objectives and the run refuse, and where.

use super::*;

#[test]
fn workloads_that_say_nothing_or_too_much() {
    check_refused(&[
        ("users: 5, ", "", "\"crawl\"", "this workload has no users"),
        (
            "{ \"visit\": 1 }",
            "{ \"visit\": 0.5 }",
            "{ \"visit\": 0.5 }",
            "these shares add up to 0.5",
        ),
        (
            "{ \"visit\": 1 }",
            "{ \"visit\": 1 }, behind_proxy: 0.5",
            "0.5",
            "`behind_proxy` is a share",
        ),
        (
            "mix: {",
            "journeys: { \"visit\": 1 }, mix: {",
            "{ \"visit\": 1 }",
            "`mix` and `journeys`",
        ),
        (
            "{ \"visit\": 1 }",
            "{ \"visti\": 1 }",
            "\"visti\"",
            "there is no journey `visti`",
        ),
    ]);
    let text = shop_with("rate: \"10/s\", ", "");
    assert_eq!(errors(&text)[0].1, "this workload never sends a request");
    for silent in [
        "rate: Sine(mean: \"0/s\", amplitude: \"0/s\", period: \"10s\")",
        "stages: [Hold(\"10s\")]",
        "stages: [Hold(\"10s\"), Ramp(to: \"0/s\", over: \"10s\")]",
        "stages: [Ramp(to: \"10/s\"), Ramp(to: \"0/s\")]",
        "rate: \"5/s\", stages: [Ramp(to: \"0/s\")]",
    ] {
        let found = errors(&shop_with("rate: \"10/s\"", silent));
        assert_eq!(found.len(), 1, "{silent}: {found:?}");
        assert_eq!(found[0].1, "this workload never sends a request");
    }
    for heard in [
        "stages: [Ramp(to: \"10/s\")]",
        "rate: \"5/s\", stages: [Ramp(to: \"0/s\", over: \"1s\")]",
    ] {
        assert_eq!(errors(&shop_with("rate: \"10/s\"", heard)), []);
    }
    let text = shop_with("rate: \"10/s\"", "stages: []");
    let places: Vec<_> = errors(&text).into_iter().map(|(place, _)| place).collect();
    assert_eq!(places, ["\"users\"", "[]"]);
}

#[test]
fn classes_that_nobody_sends_or_answers() {
    check_refused(&[
        (
            "{ \"buy\": (",
            "{ \"by\": (",
            "\"by\"",
            "there is no class `by`",
        ),
        (
            "\"default\": \"dns\" }",
            "\"look\": \"dns\" }",
            "\"static\"",
            "class `buy` enters nowhere",
        ),
        (
            "\"static\": \"cdn\",",
            "\"statc\": \"cdn\",",
            "\"statc\"",
            "there is no class `statc`",
        ),
        (
            "\"default\": [Cpu",
            "\"other\": [Cpu",
            "\"app\"",
            "journey `visit` brings class `look` to `app`, which has no operation for it",
        ),
        (
            "\"default\": \"dns\" }",
            "\"default\": \"dsn\" }",
            "\"dsn\"",
            "there is no component",
        ),
    ]);
}

#[test]
fn a_journey_that_nobody_starts_is_doubtful() {
    let text = shop_with(
        "journeys: {",
        "journeys: { \"idle\": [Request(class: \"buy\")],",
    );
    let (loaded, problems) = load_in(Path::new(""), &text);
    assert!(loaded.is_some());
    let idle = "no workload starts the journey `idle`";
    let told = problems
        .list()
        .iter()
        .find(|problem| problem.message == idle);
    assert_eq!(told.unwrap().severity, Severity::Warning);
}

#[test]
fn objectives_are_shown_at_their_words() {
    check_refused(&[
        ("p95 < 100ms", "p95 < 100", "100", "\"100\" has no unit"),
        (
            "buy: p95",
            "by: p95",
            "by",
            "there is no class or component `by`",
        ),
        (
            "buy: p95 < 100ms",
            "pay: cpu < 5%",
            "pay: cpu",
            "`pay` has no cpu",
        ),
        (
            "buy: p95 < 100ms",
            "app -> db: p95 < 1s",
            "app -> db",
            "conditions on journeys and links",
        ),
    ]);
    let escaped = shop_with("p95 < 100ms", "\\u{70}95 < 100");
    assert_eq!(errors(&escaped)[0].0, "\"buy: \\u{70}95 < 100\"");
}

#[test]
fn the_run_ends_once_and_within_a_century() {
    check_refused(&[
        (
            "duration: \"5m\"",
            "duration: \"5m\", requests: 5",
            "5",
            "`requests` and `duration`",
        ),
        (
            "duration: \"5m\"",
            "duration: \"0s\"",
            "\"0s\"",
            "this time must be more than 0",
        ),
        (
            "duration: \"5m\"",
            "duration: \"40000d\"",
            "\"40000d\"",
            "this reaches more than 100",
        ),
        (
            "at: \"1m\"",
            "at: \"40000d\"",
            "\"40000d\"",
            "this reaches more than 100",
        ),
        (
            "duration: \"5m\"",
            "precision: \"0%\"",
            "\"0%\"",
            "a precision of 0 is never reached",
        ),
        (
            "duration: \"5m\"",
            "precision: 2",
            "2",
            "expected a precision like",
        ),
    ]);
}

/// S25.
#[test]
fn users_for_whom_no_time_passes_are_refused() {
    let text = |service: &str, think: &str, link: &str| {
        format!(
            "(name: \"n\", components: {{ \"a\": AppServer(service: {service}) }}, entry: \"a\",
              links: {{ {link} }}, workload: {{ \"u\": Closed(users: 1, think: {think}) }})"
        )
    };
    let found = errors(&text("\"0s\"", "\"0s\"", ""));
    assert_eq!((found[0].0.as_str(), found.len()), ("\"u\"", 1));
    assert!(found[0].1.starts_with("these users never think"));
    for (service, think, link) in [
        ("\"1ms\"", "\"0s\"", ""),
        ("\"0s\"", "\"1s\"", ""),
        ("\"0s\"", "\"0s\"", "\"u -> a\": (latency: \"1ms\")"),
    ] {
        assert_eq!(errors(&text(service, think, link)), []);
    }
}

#[test]
fn what_must_be_said_at_the_top_is_asked_for_beside_the_rest() {
    let text = shop_with("    name: \"shop\",\n", "").replace("hit: 0.9", "hit: 9");
    let messages: Vec<_> = errors(&text)
        .into_iter()
        .map(|(_, message)| message)
        .collect();
    assert_eq!(messages[0], "`name` is missing");
    assert!(messages[1].starts_with("expected a share"));
    let places: Vec<_> = errors("()").into_iter().map(|(place, _)| place).collect();
    assert_eq!(places, ["("; 4]);
}
