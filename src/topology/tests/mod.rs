//! Whole files: what they become, and what is said when they are wrong.

#![allow(clippy::float_cmp)] // numbers are read as they are written

mod accepted;
mod ailments;
mod defaults;
mod deploys;
mod fallbacks;
mod kinds;
mod memory;
mod presets;
mod refused;
mod refused_alarms;
mod refused_failures;
mod refused_groups;
mod refused_guards;
mod refused_links;
mod refused_load;
mod refused_scaling;
mod refused_users;
mod replay;

use std::path::Path;

use super::{Loaded, load_source};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity, Source};
use crate::model::{Component, Model};

/// A file with every kind and most words.
const SHOP: &str = r#"(
    name: "shop",
    machines: { "m.large": (cores: 4, speed: 2, nic: "1Gbps") },
    infrastructure: {
        "h1": Host(machine: "m.large"),
        "h2": Host(cores: 2, discipline: Fcfs),
        "sw1": Switch(latency: "1ms"),
        "sw2": Switch(),
    },
    components: {
        "dns": Dns(to: "lb", health: ()),
        "cdn": Cdn(to: "web", hit: 0.9, latency: "2ms"),
        "lb": LoadBalancer(to: "app", health: (), standby: Vrrp()),
        "web": WebServer(service: "1ms"),
        "app": AppServer(
            replicas: 3, on: ["h1", "h2"],
            operations: {
                "buy": [Cpu("5ms"), Call("db.insert"), Call("pay")],
                "default": [Cpu("2ms"), Cached(in: "cache", miss: [Call("db.select")])],
            },
        ),
        "cache": Cache(hit: 0.8, copies: 2),
        "db": Database(
            machine: "m.large", read_replicas: 1,
            operations: { "select": [Cpu("1ms")], "insert": [Cpu("1ms"), Disk("4ms")] },
        ),
        "pay": External(latency: "80ms"),
    },
    links: {
        "app -> db": (pool: 20, via: AnyOf(["sw1", "sw2"]), health: ()),
        "app -> pay": (timeout: "2s", retry: (backoff: Doubling(from: "1ms", cap: "1s"))),
    },
    entry: { "static": "cdn", "default": "dns" },
    classes: { "buy": (deadline: "2s") },
    journeys: { "visit": [Request(class: "look"), Request(class: "buy", think: "1s")] },
    workload: {
        "users": Open(rate: "10/s", journeys: { "visit": 1 }),
        "crawl": Closed(users: 5, mix: { "static": 1 }),
    },
    faults: [
        Crash(target: "app/2", at: "1m", lasts: "10s"), Slow(target: "db", factor: 4, at: "2m"),
    ],
    objectives: ["buy: p95 < 100ms"],
    run: (duration: "5m"),
)"#;

/// Loads a text; files that it names are sought in `folder`.
fn load_in(folder: &Path, text: &str) -> (Option<Loaded>, Diagnostics) {
    load_source::<&str>(Source::new("f.ron", text), folder, "--set", &[])
}

/// The model of a text without any error.
fn model(text: &str) -> Model {
    let (loaded, problems) = load_in(Path::new(""), text);
    assert!(!problems.has_errors(), "{}", problems.human(false));
    loaded.unwrap().model
}

/// [`SHOP`] with the first occurrence of `old` replaced.
fn shop_with(old: &str, new: &str) -> String {
    assert!(SHOP.contains(old), "{old}");
    SHOP.replacen(old, new, 1)
}

/// The component called `name`.
fn component<'m>(model: &'m Model, name: &str) -> &'m Component {
    model.component(model.component_named(name).unwrap())
}

/// The errors of a text: what stands at the place, and the message.
fn errors(text: &str) -> Vec<(String, String)> {
    let (loaded, problems) = load_in(Path::new(""), text);
    problems.list().iter().for_each(has_place_and_remedy);
    let errors = problems
        .list()
        .iter()
        .filter(|problem| problem.severity == Severity::Error);
    let errors: Vec<_> = errors
        .map(|problem| {
            let place = problem.span.clone().map(|span| text[span].to_owned());
            (place.unwrap_or_default(), problem.message.clone())
        })
        .collect();
    assert_eq!(loaded.is_none(), !errors.is_empty());
    errors
}

/// Each problem says where it is and what to write, below or in the message itself.
fn has_place_and_remedy(problem: &Diagnostic) {
    let words = ["expected", "units of", "needs the field", "write", "leave"];
    let says = |word: &&str| problem.message.contains(*word);
    let is_cured = !problem.help.is_empty() || words.iter().any(says);
    assert!(problem.span.is_some() && is_cured, "{problem:#?}");
}

/// What of [`SHOP`] is replaced, by what, the place at fault, and how the message begins.
type Case<'t> = (&'t str, &'t str, &'t str, &'t str);

/// Each case replaces a text of [`SHOP`] and gets exactly one error, at its place.
fn check_refused(cases: &[Case<'_>]) {
    for (old, new, place, message) in cases {
        let found = errors(&shop_with(old, new));
        assert_eq!(found.len(), 1, "{new}: {found:?}");
        assert_eq!(found[0].0, *place, "{new}: {}", found[0].1);
        assert!(found[0].1.starts_with(message), "{new}: {}", found[0].1);
    }
}
