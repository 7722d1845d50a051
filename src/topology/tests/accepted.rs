//! Files that are right, and the two of the format's own description.

use super::*;
use crate::model::{Caller, Metric, WarmUp};

const MINIMAL: &str = r#"(
    name: "three tiers",
    components: {
        "lb":  LoadBalancer(to: "was"),
        "was": AppServer(
            replicas: 2, cores: 2, threads: 200, service: Exponential("8ms"), calls: ["db"],
        ),
        "db":  Database(cores: 8, service: Exponential("3ms")),
    },
    entry: "lb",
    workload: { "users": Open(rate: "150/s") },
    objectives: ["p95 < 60ms", "error rate < 0.1%"],
)"#;

/// Parts of the rich file that are not built yet, with the words that are refused.
const LATER: [(&str, &str, &[&str]); 10] = [
    ("Switch()", "Switch(cost: \"140/month\")", &["cost"]),
    (
        "Host(machine: \"m.large\")",
        "Host(machine: \"m.large\", memory: \"a\")",
        &["memory"],
    ),
    (
        "Switch()",
        "Switch(bandwidth: \"10Gbps\", buffer: \"4MiB\")",
        &["bandwidth", "buffer"],
    ),
    (
        "Call(\"pay\")",
        "Call(\"pay\"), Await(\"mail\")",
        &["Await"],
    ),
    (
        "Cache(hit: 0.8, copies: 2)",
        "Cache(sharing: Global, capacity: 50_000, ttl: \"10m\", keys: Zipf(items: 5, exponent: 1))",
        &["sharing"],
    ),
    (
        "read_replicas: 1",
        "read_replicas: 1, disk: Raid10(disks: 4)",
        &["disk"],
    ),
    (
        "\"pay\": External(latency: \"80ms\")",
        "\"pay\": Storage(capacity: 5)",
        &["Storage"],
    ),
    (
        "External(latency: \"80ms\")",
        "External(latency: \"80ms\", managed: true)",
        &["managed"],
    ),
    (
        "timeout: \"2s\"",
        "connect_timeout: \"1s\"",
        &["connect_timeout"],
    ),
    (
        "Open(rate: \"10/s\", journeys: { \"visit\": 1 })",
        "Batch(every: \"1h\")",
        &["Batch"],
    ),
];

#[test]
fn the_smallest_file_is_three_tiers() {
    let model = model(MINIMAL);
    let names: Vec<_> = model.nodes.iter().map(|node| &*node.name).collect();
    assert_eq!(names, ["lb", "was/1", "was/2", "db"]);
    let links: Vec<_> = model.links.iter().map(|link| &*link.name).collect();
    assert_eq!(links, ["lb -> was", "was -> db", "users -> lb"]);
    assert!(matches!(model.links[2].caller, Caller::Workload(_)));
    assert_eq!(model.classes[0].name, "default");
    assert_eq!(model.classes[0].entry, model.component_named("lb"));
    assert_eq!(model.objectives[1].metric, Metric::ErrorRate);
    assert_eq!(
        (model.run.warm_up, model.run.cap),
        (WarmUp::Auto, 10_000_000)
    );
    let edges = model.graph.raw_edges().iter();
    let edges: Vec<_> = edges
        .map(|edge| (edge.source().index(), edge.target().index()))
        .collect();
    assert_eq!(edges, [(0, 1), (1, 2)]);
}

#[test]
fn a_file_with_every_kind_is_accepted() {
    let model = model(SHOP);
    let kinds: Vec<_> = model
        .components
        .iter()
        .map(|component| component.kind)
        .collect();
    let all = [
        "Dns",
        "Cdn",
        "LoadBalancer",
        "WebServer",
        "AppServer",
        "Cache",
        "Database",
        "External",
    ];
    assert_eq!(kinds, all);
}

#[test]
fn what_comes_later_is_refused_by_name_and_nothing_else_is() {
    for (old, new, words) in LATER {
        let text = shop_with(old, new);
        for (place, message) in errors(&text) {
            assert!(words.contains(&&*place), "{new}: {place}: {message}");
            assert_eq!(message, format!("`{place}` is not built yet; leave it out"));
        }
        assert_eq!(
            errors(&text).len(),
            words.len(),
            "{new}: {:?}",
            errors(&text)
        );
    }
}

#[test]
fn problems_of_all_phases_are_found_in_one_pass() {
    let text = SHOP.replace("\"sw2\"])", "\"sw3\"])");
    let text = text
        .replace("hit: 0.9", "hit: 92")
        .replace("p95 < 100ms", "p95 < 100");
    let places: Vec<_> = errors(&text).into_iter().map(|(place, _)| place).collect();
    assert_eq!(places, ["92", "\"sw3\"", "100"]);
}

#[test]
fn a_flag_is_a_change_of_the_file() {
    let source = || Source::new("f.ron", MINIMAL);
    let set = ["was.replicas=4", "lb.policy=LeastConnections(ties: First)"];
    let (loaded, problems) = load_source(source(), Path::new(""), "--set", &set);
    assert!(problems.is_empty(), "{}", problems.human(false));
    let loaded = loaded.unwrap();
    assert_eq!(component(&loaded.model, "was").nodes.len(), 4);
    let (plain, _) = load_source::<&str>(source(), Path::new(""), "--set", &[]);
    assert_ne!(loaded.digest, plain.unwrap().digest);
    let (none, problems) = load_source(source(), Path::new(""), "--set", &["was.replicas=0"]);
    assert!(none.is_none());
    assert!(
        problems.human(false).contains("--> --set:1:14"),
        "{}",
        problems.human(false)
    );
}
