//! What components, links, hosts and faults refuse, and where.

use super::*;

#[test]
fn names_that_stand_for_nothing() {
    check_refused(&[
            (
                "Dns(to: \"lb\"",
                "Dns(to: \"bl\"",
                "\"bl\"",
                "there is no component `bl`",
            ),
            (
                "Call(\"pay\")",
                "Call(\"pya\"), Call(\"pay\")",
                "pya",
                "there is no component `pya`",
            ),
            (
                "Call(\"db.insert\")",
                "Call(\"db.inset\")",
                "inset",
                "there is no operation of `db`",
            ),
            (
                "in: \"cache\"",
                "in: \"pay\"",
                "\"pay\"",
                "`pay` is no Cache, but a External",
            ),
            (
                "\"h1\", \"h2\"]",
                "\"h1\", \"h3\"]",
                "\"h3\"",
                "there is no host `h3`",
            ),
            (
                "\"h1\", \"h2\"]",
                "\"h1\", \"sw1\"]",
                "\"sw1\"",
                "`sw1` is a switch",
            ),
            (
                "AnyOf([\"sw1\"",
                "AnyOf([\"h1\"",
                "\"h1\"",
                "`h1` is a host",
            ),
            (
                "[\"sw1\", \"sw2\"]",
                "[[\"sw1\", \"sw9\"], \"sw2\"]",
                "\"sw9\"",
                "there is no switch",
            ),
            (
                "machine: \"m.large\", read",
                "machine: \"m.huge\", read",
                "\"m.huge\"",
                "there is no machine",
            ),
            (
                "\"app -> db\"",
                "\"app -> bd\"",
                "bd",
                "there is no component `bd`",
            ),
            (
                "\"app -> db\"",
                "\"ap -> db\"",
                "ap",
                "there is no component or workload `ap`",
            ),
            (
                "app/2",
                "ap/2",
                "\"ap/2\"",
                "there is no component, host or switch `ap`",
            ),
            ("app/2", "app/4", "4", "there is no node `app/4`"),
            ("app/2", "app/0", "0", "there is no node `app/0`"),
            ("app/2", "h1/2", "\"h1/2\"", "`h1` has no nodes"),
        ],
    );
}

#[test]
fn names_that_are_not_allowed() {
    check_refused(&[
        (
            "\"crawl\": C",
            "\"9\": C",
            "\"9\"",
            "the name `9` does not start with a letter",
        ),
        (
            "\"crawl\": C",
            "\"db\": C",
            "\"db\"",
            "`db` is also the name of a component",
        ),
        (
            "{ \"static\": 1 }",
            "{ \"a.b\": 0, \"static\": 1 }",
            "\"a.b\"",
            "the name `a.b` holds",
        ),
        (
            "\"app -> db\"",
            "\"app to db\"",
            "\"app to db\"",
            "a link is written",
        ),
    ]);
}

/// S1, S3, S5, S6.
#[test]
fn statements_that_contradict_each_other() {
    check_refused(&[
        (
            "read_replicas: 1,",
            "replicas: 2,",
            "2",
            "`replicas` does not say which nodes",
        ),
        (
            "copies: 2",
            "copies: 2, replicas: 2",
            "2",
            "`replicas` does not say which nodes",
        ),
        (
            "latency: \"80ms\"",
            "latency: \"80ms\", on: [\"h1\"]",
            "[\"h1\"]",
            "`on` does not fit",
        ),
        (
            "hit: 0.9,",
            "hit: 0.9, machine: \"m.large\",",
            "\"m.large\"",
            "a machine changes nothing",
        ),
        (
            "replicas: 3,",
            "replicas: 3, machine: \"m.large\",",
            "\"m.large\"",
            "on a host, the machine",
        ),
        (
            "replicas: 3,",
            "replicas: 3, discipline: Fcfs,",
            "Fcfs",
            "on a host, `discipline`",
        ),
        (
            "[\"h1\", \"h2\"]",
            "[\"h1\", \"h1\", \"h1\", \"h2\"]",
            "\"h2\"",
            "there are more hosts than nodes",
        ),
        ("[\"h1\", \"h2\"]", "[]", "[]", "no host is named"),
        (
            "Host(cores: 2, discipline: Fcfs)",
            "Host()",
            "\"h2\"",
            "nothing says how many cores",
        ),
        (
            "replicas: 3,",
            "replicas: 3, threads: Unlimited, backlog: 5,",
            "5",
            "nobody waits where",
        ),
        (
            "WebServer(",
            "WebServer(connections: Unlimited, contention: (sigma: 0, kappa: 0.1), ",
            "(sigma: 0, kappa: 0.1)",
            "with kappa above 0 and unlimited threads",
        ),
        (
            "replicas: 3,",
            "replicas: 3, service: \"1ms\",",
            "\"1ms\"",
            "`service` beside `operations`",
        ),
        (
            "service: \"1ms\"",
            "",
            "\"web\"",
            "nothing says what this component does",
        ),
        (
            "Vrrp()",
            "Vrrp(), replicas: 2",
            "Vrrp()",
            "a standby stands beside a single",
        ),
        (
            "copies: 2",
            "failover: Automatic(detect: \"1s\", promote: \"1s\")",
            "Automatic(detect: \"1s\", promote: \"1s\")",
            "there is no copy that could take over",
        ),
        (
            "read_replicas: 1",
            "failover: Automatic(detect: \"1s\", promote: \"1s\")",
            "Automatic(detect: \"1s\", promote: \"1s\")",
            "there is no node that could be promoted",
        ),
        (
            "read_replicas: 1",
            "read_replicas: 1, reads: []",
            "1",
            "no operation may be answered",
        ),
        (
            "read_replicas: 1",
            "read_replicas: 1, reads: [\"select\", \"selct\"]",
            "\"selct\"",
            "`selct` is no operation",
        ),
        (
            "to: \"app\"",
            "to: {\"app\": 2, \"web\": 1}, policy: SourceHash",
            "SourceHash",
            "this policy does not look at weights",
        ),
        (
            "factor: 4",
            "factor: 4, at: \"1s\"), Slow(target: \"dns\", factor: 2",
            "\"dns\"",
            "`dns` does no work",
        ),
        (
            "factor: 4",
            "factor: 4, at: \"1s\"), Slow(target: \"sw1\", factor: 2",
            "\"sw1\"",
            "a switch does no work",
        ),
    ]);
}

#[test]
fn links_that_do_not_fit() {
    check_refused(&[
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
            "via: AnyOf([\"sw1\", \"sw2\"])",
            "via: [\"sw1\"], detect: \"1s\"",
            "\"1s\"",
            "there is no other way",
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
    ]);
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
            "Parallel(times: 1_000, steps: [Parallel(times: 1_000, steps: [])])",
            "\"app\"",
            "1001006 steps are more than",
        ),
        (
            "replicas: 3",
            "replicas: 2_000",
            "2_000",
            "2000 nodes are more than",
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
