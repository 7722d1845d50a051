//! What links, circles and steps refuse, and where.

use super::*;

const LINKS: &[Case] = &[
    (
        "\"app -> db\"",
        "\"web -> db\": (latency: \"1ms\"), \"app -> db\"",
        "\"web -> db\"",
        "`web` never calls `db`",
    ),
    (
        "\"app -> db\"",
        "\"users -> db\": (), \"app -> db\"",
        "\"users -> db\"",
        "`users` sends nothing to `db`",
    ),
    (
        "pool: 20",
        "pool_timeout: \"1s\"",
        "\"1s\"",
        "nobody waits for a connection",
    ),
    (
        "timeout: \"2s\", retry",
        "hedge: (after: \"5ms\"), retry",
        "(after: \"5ms\")",
        "`hedge` beside `retry`, `deadline`, `pool` or `breaker` is not built yet",
    ),
    (
        "\"app -> db\"",
        "\"app -> cache\": (hedge: (after: \"5ms\")), \"app -> db\"",
        "(after: \"5ms\")",
        "only one node of this component has the answer",
    ),
    (
        "\"app -> db\"",
        "\"users -> dns\": (hedge: (after: \"5ms\")), \"app -> db\"",
        "(after: \"5ms\")",
        "users send no copies",
    ),
    (
        "timeout: \"2s\", retry: (backoff: Doubling(from: \"1ms\", cap: \"1s\"))",
        "hedge: (after: \"0s\")",
        "\"0s\"",
        "this time must be more than 0",
    ),
    (
        "via: AnyOf([\"sw1\", \"sw2\"])",
        "via: [\"sw1\"], detect: \"1s\"",
        "\"1s\"",
        "there is no other way",
    ),
    (
        "via: AnyOf([\"sw1\", \"sw2\"])",
        "via: AnyOf([])",
        "AnyOf([])",
        "no switch is named here",
    ),
    (
        "via: AnyOf([\"sw1\", \"sw2\"])",
        "via: AnyOf([\"sw1\", []])",
        "[]",
        "no switch is named here",
    ),
    (
        "via: AnyOf([\"sw1\", \"sw2\"])",
        "via: []",
        "[]",
        "no switch is named here",
    ),
    ("to: \"app\"", "to: {}", "{}", "nobody is named here"),
    (
        "to: \"app\"",
        "to: \"app\", routes: [(class: \"buy\", to: {})]",
        "{}",
        "nobody is named here",
    ),
    (
        "timeout: \"2s\"",
        "timeout: \"0s\"",
        "\"0s\"",
        "this time must be more than 0",
    ),
    (
        "Doubling(from: \"1ms\", cap: \"1s\")",
        "\"1s\", jitter: Full",
        "Full",
        "only doubling pauses",
    ),
    (
        "cap: \"1s\"",
        "cap: \"1us\"",
        "(backoff: Doubling(from: \"1ms\", cap: \"1us\"))",
        "the longest pause is below",
    ),
    (
        "(backoff:",
        "(attempts: 1, backoff:",
        "1",
        "one attempt is no retry",
    ),
    (
        "\"app -> db\"",
        "\"lb -> app\": (balance: Random), \"app -> db\"",
        "Random",
        "a LoadBalancer chooses",
    ),
    (
        "\"app -> db\"",
        "\"lb -> app\": (health: ()), \"app -> db\"",
        "()",
        "a LoadBalancer checks",
    ),
    (
        "\"app -> db\"",
        "\"app -> cache\": (balance: Random), \"app -> db\"",
        "Random",
        "the shards of a Cache",
    ),
    (
        "\"app -> db\"",
        "\"dns -> lb\": (timeout: \"1s\"), \"app -> db\"",
        "\"1s\"",
        "`dns -> lb` hands requests over for good",
    ),
    (
        "\"app -> db\"",
        "\"users -> dns\": (pool: 5), \"app -> db\"",
        "5",
        "users share no pool",
    ),
    (
        "health: ()),\n        \"app -> pay\"",
        "health: (interval: \"0s\")),\n        \"app -> pay\"",
        "\"0s\"",
        "this time must be more than 0",
    ),
];

#[test]
fn routes_of_classes_that_nobody_sends_or_twice() {
    let routes = |routes: &str| format!("to: \"app\", routes: [{routes}]");
    let cases = [
        (
            "(class: \"by\", to: \"web\")",
            "\"by\"",
            "there is no class `by`",
        ),
        (
            "(class: \"buy\", to: \"web\"), (class: \"buy\", to: \"app\")",
            "\"buy\"",
            "class `buy` has a route already",
        ),
        (
            "(class: \"default\", to: \"web\")",
            "\"default\"",
            "`to` says where this class goes already",
        ),
        (
            "(class: \"buy\", to: {\"app\": 1, \"web\": 2}, policy: RoundRobin)",
            "RoundRobin",
            "this policy does not look at weights",
        ),
        (
            "(class: \"buy\", to: \"wbe\")",
            "\"wbe\"",
            "there is no component `wbe`",
        ),
    ];
    for (text, place, message) in cases {
        let found = errors(&shop_with("to: \"app\"", &routes(text)));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].1.starts_with(message), "{found:?}");
        assert_eq!(found[0].0, place);
    }
    let good = routes("(class: \"buy\", to: {\"app\": 1, \"web\": 1}, policy: LeastConnections)");
    assert_eq!(errors(&shop_with("to: \"app\"", &good)), []);
}

#[test]
fn queues_of_balancers_that_cannot_be() {
    let text = shop_with("to: \"app\"", "to: \"app\", maxconn: 3, policy: Random");
    assert_eq!(errors(&text), []);
    let text = text.replace("maxconn: 3", "layer: L4, maxconn: 3");
    let found = errors(&text);
    assert_eq!(found[0].0, "3");
    assert!(
        found[0]
            .1
            .starts_with("answers do not pass a balancer of layer 4")
    );
    let text = shop_with("to: \"app\"", "to: \"app\", policy: CentralQueue");
    let pool = text.replace(
        "\"app -> db\"",
        "\"lb -> app\": (pool: 9, pool_timeout: \"1s\"), \"app -> db\"",
    );
    let found = errors(&pool);
    assert_eq!((found.len(), &*found[0].0), (1, "9"), "{found:?}");
    assert_eq!(errors(&pool.replace("pool: 9, ", "")), []);
    let text = shop_with("pool: 20", "balance: CentralQueue");
    let found = errors(&text);
    assert_eq!(found[0].0, "CentralQueue");
    assert_eq!(found[0].1, "only a LoadBalancer has a queue of its own");
}

#[test]
fn links_that_do_not_fit() {
    check_refused(LINKS);
}

#[test]
fn links_under_one_to_are_alike() {
    let text = shop_with("to: \"app\"", "to: [\"app\"]");
    assert_eq!(errors(&text)[0].0, "[\"app\"]");
    let text = shop_with("to: \"app\"", "to: { \"app\": 1, \"web\": 1 }");
    let unlike = text.replace("\"app -> db\"", "\"lb -> web\": (pool: 3), \"app -> db\"");
    let found = errors(&unlike);
    assert_eq!(found[0].0, "\"lb -> web\"");
    assert_eq!(
        found[0].1,
        "`lb -> app` and `lb -> web` stand under one `to` and differ"
    );
    let alike = text.replace(
        "\"app -> db\"",
        "\"lb -> web\": (pool: 3), \"lb -> app\": (pool: 3), \"app -> db\"",
    );
    assert_eq!(errors(&alike), []);
}

#[test]
fn circles_of_calls_are_shown_with_their_path() {
    let text = shop_with("Call(\"pay\")]", "Call(\"pay\"), Call(\"web\")]").replace(
        "WebServer(service: \"1ms\")",
        "WebServer(service: \"1ms\", to: \"app\")",
    );
    let found = errors(&text);
    assert_eq!(found.len(), 1, "{found:?}");
    let circle = "calls go round in a circle: ";
    assert_eq!(found[0].1, format!("{circle}app.buy -> web -> app.buy"));
}

#[test]
fn circles_of_forwards_need_a_way_out() {
    let text = |steps: &str| {
        let steps = format!("AppServer(operations: {{ \"default\": [{steps}] }})");
        shop_with("WebServer(service: \"1ms\")", &steps)
    };
    assert_eq!(
        errors(&text(
            "Cpu(\"1ms\"), Chance(p: 0.5, then: [Forward(\"web\")])"
        )),
        []
    );
    let found = errors(&text("Cpu(\"1ms\"), Forward(\"web\")"));
    assert_eq!(found[0].0, "\"web\"");
    assert!(
        found[0]
            .1
            .starts_with("requests are handed round for ever: web -> web")
    );
    let found = errors(&text("Chance(p: 1, then: [Forward(\"web\")])"));
    assert!(found[0].1.starts_with("requests are handed round for ever"));
}

#[test]
fn branches_and_turns_that_do_nothing() {
    check_refused(&[
        ("Cpu(\"5ms\")", "Parallel([])", "[]", "nothing is done here"),
        (
            "Cpu(\"5ms\")",
            "Parallel([[Call(\"pay\")], []])",
            "[[Call(\"pay\")], []]",
            "nothing is done here",
        ),
        (
            "Cpu(\"5ms\")",
            "Parallel(times: 3, steps: [])",
            "Parallel",
            "nothing is done here",
        ),
        (
            "Cpu(\"5ms\")",
            "Repeat(times: 3, steps: [])",
            "Repeat",
            "nothing is done here",
        ),
    ]);
}

#[test]
fn steps_that_cannot_be() {
    check_refused(&[
        (
            "Call(\"db.insert\")",
            "Forward(\"web\"), Call(\"db.insert\")",
            "\"web\"",
            "the steps after this Forward never run",
        ),
        (
            "Call(\"db.insert\")",
            "Repeat(times: 2, steps: [Forward(\"web\")]), Call(\"db.insert\")",
            "\"web\"",
            "Forward cannot hand over",
        ),
        (
            "Cpu(\"5ms\")",
            "Parallel(times: 1_000, steps: [Parallel(times: 999, steps: [Disk(\"1ms\")])])",
            "\"app\"",
            "1000006 steps are more than",
        ),
        (
            "replicas: 3",
            "replicas: 2_000",
            "2_000",
            "2000 nodes are more than",
        ),
        (
            "Cpu(\"5ms\")",
            "Repeat(times: 1_000_001, steps: [Cpu(\"0s\")])",
            "1_000_001",
            "expected at most 1000000 times, found 1000001",
        ),
        (
            "Cpu(\"5ms\")",
            "Repeat(times: Geometric(1e12), steps: [Cpu(\"0s\")])",
            "Geometric(1e12)",
            "expected at most 1000000 times",
        ),
        (
            "replicas: 3",
            "replicas: 3, backlog: 1, full: Retry(after: \"0s\")",
            "Retry(after: \"0s\")",
            "whoever finds the room full",
        ),
        (
            "Cpu(\"5ms\")",
            "Cpu(Normal(mean: \"1ms\", cv: 0.7))",
            "Normal",
            "a Normal with cv 0.7",
        ),
        (
            "Cpu(\"5ms\")",
            "Cpu(Empirical(\"none.txt\"))",
            "\"none.txt\"",
            "cannot use `none.txt`",
        ),
    ]);
}
