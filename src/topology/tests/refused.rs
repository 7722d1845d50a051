//! What components, hosts and faults refuse, and where.

use super::*;

const UNKNOWN: &[Case] = &[
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
        "there is no component, host, rack, zone, feed or switch `ap`",
    ),
    ("app/2", "app/4", "4", "there is no node `app/4`"),
    ("app/2", "app/0", "0", "there is no node `app/0`"),
    ("app/2", "h1/2", "\"h1/2\"", "`h1` has no nodes"),
];

#[test]
fn names_that_stand_for_nothing() {
    check_refused(UNKNOWN);
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

const CONTRADICTIONS: &[Case] = &[
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
        "WebServer(service: \"1ms\"",
        "WebServer(discipline: Fcfs, contention: (sigma: 0.1, kappa: 0), service: \"1ms\"",
        "(sigma: 0.1, kappa: 0)",
        "contention is defined for",
    ),
    (
        "Host(cores: 2, discipline: Fcfs)",
        "Host(cores: 2, discipline: Fcfs, contention: (sigma: 0, kappa: 0.1))",
        "(sigma: 0, kappa: 0.1)",
        "contention is defined for",
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
        "a switch does no work to slow down",
    ),
    (
        "factor: 4",
        "factor: 2000000",
        "\"db\"",
        "nothing gets more than a million times slower",
    ),
    (
        "factor: 4",
        "factor: 4, at: \"1s\"), Pause(target: \"sw1\"",
        "\"sw1\"",
        "a switch does no work to pause",
    ),
    (
        "factor: 4",
        "factor: 4, at: \"1s\"), Pause(target: \"dns\"",
        "\"dns\"",
        "lookups at `dns` are no calls",
    ),
    (
        "factor: 4",
        "factor: 4, lasts: \"0s\"",
        "\"0s\"",
        "this time must be more than 0",
    ),
    (
        "factor: 4",
        "factor: 4, at: \"1s\"), BlackHole(target: \"sw1\"",
        "\"sw1\"",
        "a switch can only crash",
    ),
    (
        "factor: 4",
        "factor: 4, at: \"1s\"), BlackHole(target: \"dns\"",
        "\"dns\"",
        "lookups at `dns` are no calls",
    ),
    (
        "factor: 4",
        "factor: 4, at: \"1s\"), Loss(target: \"db\", share: 0",
        "0",
        "a share of 0 strikes nobody",
    ),
    (
        "factor: 4",
        "factor: 4, at: \"1s\"), Latency(target: \"db\", add: \"0s\"",
        "\"0s\"",
        "this time must be more than 0",
    ),
    (
        "factor: 4",
        "factor: 4, at: \"1s\"), Partition(from: \"db\", to: \"app/any\"",
        "\"app/any\"",
        "only `from` can be one of several",
    ),
    (
        "factor: 4",
        "factor: 4, at: \"1s\"), Errors(target: \"app -> bd\", share: 0.5",
        "\"app -> bd\"",
        "there is no link `app -> bd`",
    ),
    (
        "factor: 4",
        "factor: 4, at: \"1s\"), Crash(target: \"app -> db\"",
        "\"app -> db\"",
        "Crash strikes parts, not links",
    ),
    (
        "factor: 4",
        "factor: 4, at: \"1s\"), FullDisk(target: \"web\"",
        "\"web\"",
        "no disk is used at `web`",
    ),
    (
        "factor: 4",
        "factor: 4, at: \"1s\"), SlowDisk(factor: 2000000, target: \"db\"",
        "2000000",
        "nothing gets more than a million times slower",
    ),
    (
        "factor: 4",
        "factor: 4, at: \"1s\"), Flush(share: 1, target: \"cache\"",
        "\"cache\"",
        "`cache` has no contents to lose",
    ),
    (
        "factor: 4",
        "factor: 4, at: \"1s\"), DnsError(target: \"lb\"",
        "\"lb\"",
        "nobody asks `lb` for names",
    ),
    (
        "factor: 4",
        "factor: 4, at: \"1s\"), Bandwidth(to: \"1Mbps\", target: \"h2\"",
        "\"h2\"",
        "`h2` has no bandwidth",
    ),
    (
        "factor: 4",
        "factor: 4, at: \"1s\"), Bandwidth(to: \"2Gbps\", target: \"h1\"",
        "\"h1\"",
        "`h1` carries no more than that",
    ),
];

/// S1, S3, S5, S6.
#[test]
fn statements_that_contradict_each_other() {
    check_refused(CONTRADICTIONS);
}
