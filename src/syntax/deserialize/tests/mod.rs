//! What the schema of the tests says to right and broken texts.

mod schema;

use super::*;
use crate::diagnostic::code;
use crate::quantity::{Count, Limit, Time};
use schema::{Erlang, Failure, Kind, Law, NamedLaw, Open, Sticky, Topology, Workload};

fn later(word: &str) -> Option<&'static str> {
    ["zone", "Queue"].contains(&word).then_some("leave it out")
}

fn loaded(text: &str) -> (Tree, Loaded<Topology>) {
    let tree = Tree::parse(text).unwrap();
    let loaded = load(&tree, later);
    (tree, loaded)
}

/// Every fault as `place: message`, then its help lines.
fn faults(text: &str) -> Vec<String> {
    let (_, loaded) = loaded(text);
    let line = |error: &Diagnostic| {
        let place = &text[error.span.clone().unwrap()];
        let lines: Vec<&str> = std::iter::once(&*error.message)
            .chain(error.help.iter().map(|help| &**help))
            .collect();
        format!("{place}: {}", lines.join("; "))
    };
    loaded.diagnostics.iter().map(line).collect()
}

/// The one fault of a component.
fn component(text: &str) -> String {
    let found = faults(&format!("(name: \"n\", components: {{\"a\": {text}}})"));
    assert_eq!(found.len(), 1, "{found:?}");
    found.into_iter().next().unwrap()
}

/// The one fault of an application server that is right but for `field`.
fn field(field: &str) -> String {
    component(&format!("AppServer(cores: 8, service: \"8ms\", {field})"))
}

#[test]
fn a_right_text_is_read_in_all_its_shapes() {
    let (tree, loaded) = loaded(
        r#"(
            name: "n",
            components: {
                "was": AppServer(
                    replicas: 2, on: ["h1"], cores: 0x8, threads: Unlimited,
                    service: Sum(["1ms", Exponential("8ms"), Erlang(mean: "5ms", stages: 2)]),
                    calls: ["db"], failure: (mtbf: "90d", mttr: Exponential("2h")),
                ),
                "lb": LoadBalancer(to: "was", sticky: Cookie),
                "x": AppServer(cores: 1, service: "8ms", threads: 200, failure: Server),
            },
            workload: { "u": Open(rate: "150/s", share: 0.5), "h": Hold("10m") },
            links: { "was -> db": (pool: 20) },
            entry: "lb",
            objectives: ["p95 < 60ms"],
        )"#,
    );
    assert_eq!(loaded.diagnostics, []);
    let topology = loaded.value.unwrap();
    assert_eq!((&*topology.name, topology.objectives.len()), ("n", 1));
    let entry = topology.entry.unwrap();
    assert_eq!(&tree.text()[entry.span], "\"lb\"");
    assert_eq!(topology.links["was -> db"].pool, Some(20));
    let was = &topology.components["was"];
    assert_eq!(was.shared.replicas, Count::new(2).ok());
    assert_eq!(was.shared.on.as_ref().unwrap()[0].value, "h1");
    let Kind::AppServer(server) = &was.kind else {
        panic!("{was:?}")
    };
    let milliseconds = |number: u64| Time::from_nanos(number * 1_000_000);
    let laws = vec![
        Law::Constant(milliseconds(1)),
        Law::Named(NamedLaw::Exponential(milliseconds(8))),
        Law::Named(NamedLaw::Erlang(Erlang {
            mean: milliseconds(5),
            stages: Count::new(2).unwrap(),
        })),
    ];
    assert_eq!(server.service, Law::Named(NamedLaw::Sum(laws)));
    assert_eq!(
        (server.cores.get(), server.threads),
        (8, Some(Limit::Unlimited))
    );
    assert_eq!(server.calls[0].value, "db");
    assert!(matches!(&server.failure, Some(Failure::Given(_))));
    let Kind::LoadBalancer(balancer) = &topology.components["lb"].kind else {
        panic!()
    };
    assert_eq!(balancer.sticky, Some(Sticky::Cookie));
    assert_eq!(balancer.to.value, "was");
    let Kind::AppServer(server) = &topology.components["x"].kind else {
        panic!()
    };
    assert_eq!(server.failure, Some(Failure::Server));
    assert!(matches!(topology.workload["h"], Workload::Hold(time) if time.to_string() == "10m"));
    assert!(
        matches!(&topology.workload["u"], Workload::Open(Open { rate, share: Some(_) })
            if rate.to_string() == "150/s")
    );
}

#[test]
fn unknown_names_are_shown_with_the_nearest_and_all_known() {
    assert_eq!(
        component("AppSrver(cores: 8)"),
        "AppSrver: `AppSrver` is not known here; did you mean `AppServer`?; \
         known: AppServer, LoadBalancer"
    );
    assert_eq!(
        field("coers: 8"),
        "coers: `AppServer` has no field `coers`; did you mean `cores`?; \
         fields: cores, threads, service, calls, failure; shared: replicas, on"
    );
    assert_eq!(
        field("failure: (MTBF: \"90d\", mttr: \"2h\")"),
        "MTBF: no field `MTBF` is known here; did you mean `mtbf`?; fields: mtbf, mttr"
    );
    assert_eq!(
        component("AppServer(cores: 8, service: Exponental(\"8ms\"))"),
        "Exponental: `Exponental` is not known here; did you mean `Exponential`?; \
         known: Exponential, Erlang, Sum"
    );
    let replica = field("replica: 2");
    assert!(replica.contains("did you mean `replicas`?"), "{replica}");
}

#[test]
fn what_is_not_built_yet_is_refused_by_name() {
    assert_eq!(
        field("zone: \"a\""),
        "zone: `zone` is not built yet; leave it out"
    );
    assert_eq!(
        component("Queue()"),
        "Queue: `Queue` is not built yet; leave it out"
    );
}

#[test]
fn a_missing_field_is_shown_at_the_name_that_needs_it() {
    assert_eq!(
        component("AppServer(service: \"8ms\")"),
        "AppServer: `AppServer` needs the field `cores`"
    );
    assert_eq!(
        field("failure: (mtbf: \"9d\")"),
        "(: the field `mttr` is missing"
    );
    assert_eq!(
        component("LoadBalancer"),
        "LoadBalancer: `LoadBalancer` needs `LoadBalancer(…)`"
    );
    assert_eq!(faults("()"), ["(: the field `name` is missing"]);
}

#[test]
fn a_wrong_shape_shows_the_whole_value_and_what_was_found() {
    let app = |cores: &str| component(&format!("AppServer(cores: {cores}, service: \"8ms\")"));
    let whole = "expected a whole number of 1 or more, found";
    assert_eq!(app("\"8\""), format!("\"8\": {whole} \"8\""));
    assert_eq!(app("8.5"), format!("8.5: {whole} 8.5"));
    assert_eq!(app("-8"), format!("-8: {whole} -8"));
    assert_eq!(app("inf"), format!("inf: {whole} inf"));
    assert_eq!(app("[8]"), format!("[8]: {whole} a list `[ ]`"));
    assert_eq!(app("'8'"), format!("'8': {whole} '8'"));
    assert_eq!(app("1..2"), format!("1..2: {whole} 1..2"));
    let digits = "9".repeat(1_000_000);
    let long = app(&digits);
    assert!(long.starts_with(&digits) && long.len() < digits.len() + 100);
    assert_eq!(
        field("calls: \"db\""),
        "\"db\": expected a list `[ ]`, found \"db\""
    );
    assert_eq!(
        field("calls: (\"db\")"),
        "(\"db\"): expected a list `[ ]`, found `( )`"
    );
    assert_eq!(
        component("AppServer(cores: 8, service: 8)"),
        "8: expected a time like \"8ms\" or a law like Exponential(\"8ms\"), found 8"
    );
}

#[test]
fn a_bad_unit_shows_the_whole_string() {
    assert_eq!(
        component("AppServer(cores: 8, service: Exponential(\"8sec\"))"),
        "\"8sec\": unknown unit `sec` in \"8sec\"; units of a time: ns, us, ms, s, m, h, d"
    );
}

#[test]
fn brackets_are_written_in_one_way() {
    assert_eq!(
        component("LoadBalancer(\"was\")"),
        "\"was\": `LoadBalancer` takes named parts: to, sticky"
    );
    assert_eq!(
        component("LoadBalancer((to: \"was\"))"),
        "(: one pair of brackets is enough here"
    );
    assert_eq!(
        component("LoadBalancer(to: \"was\", sticky: Cookie())"),
        "Cookie: `Cookie` stands without `( )`"
    );
    let link =
        |text: &str| faults(&format!("(name: \"n\", links: {{\"a -> b\": {text}}})")).join("|");
    assert_eq!(
        link("Link(pool: 3)"),
        "Link: expected `(…)` without a name; leave `Link` out"
    );
    assert_eq!(
        link("{\"pool\": 3}"),
        "{\"pool\": 3}: expected `( )` with named parts (pool), found a map `{ }`"
    );
    assert_eq!(
        link("(pool: -3)"),
        "-3: expected a whole number from 0 to 4294967295, found -3"
    );
}

#[test]
fn a_component_that_is_no_constructor_lists_the_kinds() {
    assert_eq!(
        component("\"AppServer\""),
        "\"AppServer\": expected one of AppServer, LoadBalancer, found \"AppServer\"; \
         write `AppServer` without quotes"
    );
    assert_eq!(
        component("(cores: 8)"),
        "(cores: 8): expected one of AppServer, LoadBalancer, found `( )`"
    );
}

#[test]
fn a_message_about_a_part_of_a_string_points_into_it() {
    let objective = |text: &str| faults(&format!("(name: \"n\", objectives: [{text}])")).join("|");
    assert_eq!(objective("\"가p95 ? 1\""), "?: no question marks; say it");
    assert_eq!(
        objective("\"\\u{41} ?\""),
        "\"\\u{41} ?\": no question marks; say it"
    );
}

#[test]
fn all_faults_are_reported_once_and_the_rest_is_read() {
    let text = r#"(
        name: 5,
        components: {
            "a": AppServer(cores: "8", service: Exponental("8ms"), coers: 3),
            "b": LoadBalancer(to: "a", sticky: Cooky, replicas: 0),
            "c": AppServer(cores: 1, service: Sum(["1ms", "2sec", Erlang(mean: 3, stages: 1)])),
            "d": LoadBalancer(to: "a"),
            "d": LoadBalancer(to: 7),
            "e": LoadBalancer(to: Some("a")),
        },
        workload: { "u": Open(rate: "5"), "h": Hold("1 s"), "v": Open(rate: "5/s", share: 50) },
        lnks: {},
        objectives: ["?"],
    )"#;
    let found = faults(text);
    let places: Vec<&str> = found
        .iter()
        .map(|line| line.split(": ").next().unwrap())
        .collect();
    assert_eq!(
        places,
        [
            "5",
            "\"8\"",
            "Exponental",
            "coers",
            "Cooky",
            "0",
            "\"2sec\"",
            "3",
            "\"d\"",
            "Some(\"a\")",
            "\"5\"",
            "\"1 s\"",
            "50",
            "lnks",
            "?",
        ],
        "{found:#?}"
    );
}

#[test]
fn what_is_right_is_read_although_other_parts_are_wrong() {
    let (_, loaded) = loaded(
        r#"(
            name: "n",
            components: {
                "a": AppServer(cores: "8", service: "1ms"),
                "b": LoadBalancer(to: "a", sticky: Cooky),
            },
            entry: 5,
        )"#,
    );
    assert_eq!(loaded.diagnostics.len(), 3);
    let topology = loaded.value.unwrap();
    assert_eq!(topology.components.keys().collect::<Vec<_>>(), ["b"]);
    assert!(topology.entry.is_none());
    let Kind::LoadBalancer(balancer) = &topology.components["b"].kind else {
        panic!()
    };
    assert!(balancer.sticky.is_none());
}

#[test]
fn very_many_faults_end() {
    let entries: Vec<String> = (0..1000).map(|i| format!("\"c{i}\": AppSrver()")).collect();
    let entries = entries.join(",");
    let (_, loaded) = loaded(&format!("(name: \"n\", components: {{{entries}}})"));
    assert!(loaded.value.is_none());
    let last = loaded.diagnostics.last().unwrap();
    assert_eq!(
        (loaded.diagnostics.len(), last.code),
        (MAX_FAULTS + 1, code::STOPPED)
    );
}
