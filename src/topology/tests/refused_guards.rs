//! What guards of links refuse, and where.

use super::*;

const GUARDS: &[Case] = &[
    (
        "cap: \"1s\")",
        "cap: \"1s\"), bucket: 5",
        "5",
        "nothing fills this bucket",
    ),
    (
        "cap: \"1s\")",
        "cap: \"1s\"), budget: 0.0",
        "0.0",
        "nothing is ever added to this budget",
    ),
    (
        "\"app -> db\"",
        "\"users -> dns\": (retry: (budget: 0.1)), \"app -> db\"",
        "0.1",
        "users share no `budget`",
    ),
    (
        "pool: 20",
        "pool: 20, breaker: (failure_rate: 0.0)",
        "0.0",
        "a breaker that opens at no failure",
    ),
    (
        "pool: 20",
        "pool: 20, breaker: (window: 50, minimum_calls: 60)",
        "60",
        "only the latest 50 calls are looked at",
    ),
    (
        "pool: 20",
        "pool: 20, breaker: (open: \"0s\")",
        "\"0s\"",
        "this time must be more than 0",
    ),
    (
        "\"app -> db\"",
        "\"users -> dns\": (breaker: ()), \"app -> db\"",
        "()",
        "users share no `breaker`",
    ),
    (
        "\"app -> db\"",
        "\"crawl -> cdn\": (eject: ()), \"app -> db\"",
        "()",
        "users share no `eject`",
    ),
    (
        "\"app -> db\"",
        "\"app -> cache\": (eject: ()), \"app -> db\"",
        "()",
        "the shards of a Cache are chosen by key",
    ),
    (
        "\"app -> db\"",
        "\"app -> cache\": (retry: (elsewhere: true)), \"app -> db\"",
        "true",
        "the shards of a Cache are chosen by key",
    ),
    (
        "\"app -> db\"",
        "\"users -> dns\": (retry: (elsewhere: true)), \"app -> db\"",
        "true",
        "there is only one target: a further try can only go there again",
    ),
    (
        "retry: (backoff",
        "retry: (elsewhere: true, backoff",
        "true",
        "there is only one target: a further try can only go there again",
    ),
    (
        "timeout: \"2s\"",
        "timeout: \"2s\", eject: ()",
        "()",
        "there is only one target",
    ),
    (
        "pool: 20",
        "pool: 20, eject: (most: 0.0)",
        "0.0",
        "one target may always be left out",
    ),
    (
        "pool: 20",
        "pool: 20, eject: (time: \"0s\")",
        "\"0s\"",
        "this time must be more than 0",
    ),
    (
        "pool: 20",
        "pool: 20, eject: (counted: Within(\"0s\"))",
        "Within(\"0s\")",
        "this time must be more than 0",
    ),
    (
        "pool: 20",
        "pool: 20, eject: (back: AtSweep(\"0s\"))",
        "AtSweep(\"0s\")",
        "this time must be more than 0",
    ),
    (
        "pool: 20",
        "pool: 20, eject: (again: Longer(\"9s\"))",
        "Longer(\"9s\")",
        "the longest ejection is shorter than the first",
    ),
    (
        "timeout: \"2s\", retry: (backoff: Doubling(from: \"1ms\", cap: \"1s\"))",
        "hedge: (after: \"5ms\"), breaker: ()",
        "(after: \"5ms\")",
        "`hedge` beside `retry`, `deadline`, `pool` or `breaker` is not built yet",
    ),
    (
        "\"app -> db\"",
        "\"users -> dns\": (fallback: Reply), \"app -> db\"",
        "Reply",
        "users have no answer of their own",
    ),
    (
        "\"app -> db\"",
        "\"app -> cache\": (fallback: Reply), \"app -> db\"",
        "Reply",
        "a lookup that fails is a miss",
    ),
    (
        "pool: 20",
        "pool: 20, bulkhead: 20",
        "20",
        "`bulkhead` lets 20 out",
    ),
    (
        "\"app -> db\"",
        "\"users -> dns\": (bulkhead: 7), \"app -> db\"",
        "7",
        "users share no `bulkhead`",
    ),
    (
        "\"app -> db\"",
        "\"users -> dns\": (rate_limit: \"5/s\"), \"app -> db\"",
        "\"5/s\"",
        "users share no `rate_limit`",
    ),
    (
        "pool: 20",
        "rate_limit: \"0/s\"",
        "\"0/s\"",
        "this limit lets nothing through",
    ),
    (
        "pool: 20",
        "rate_limit: (rate: \"5/s\", burst: 0)",
        "0",
        "expected a whole number from 1",
    ),
    (
        "External(latency: \"80ms\")",
        "External(latency: \"80ms\", rate_limit: \"0/s\")",
        "\"0/s\"",
        "this limit lets nothing through",
    ),
    (
        "\"app -> db\"",
        "\"dns -> lb\": (fallback: Reply), \"app -> db\"",
        "Reply",
        "`dns -> lb` hands requests over for good: nobody is left for `fallback`",
    ),
    (
        "\"app -> db\"",
        "\"dns -> lb\": (bulkhead: 7), \"app -> db\"",
        "7",
        "`dns -> lb` hands requests over for good: nobody is left for `bulkhead`",
    ),
    (
        "replicas: 3",
        "replicas: 3, threads: Unlimited, shed: Stale",
        "Stale",
        "`shed`: nobody waits for a thread of this component",
    ),
    (
        "replicas: 3",
        "replicas: 3, threads: Unlimited, last_first: (above: 5)",
        "(above: 5)",
        "`last_first`: nobody waits for a thread of this component",
    ),
];

#[test]
fn what_guards_refuse() {
    check_refused(GUARDS);
}

/// Nobody waits for the answer to a message, which is in its queue at once: there is nothing to
/// guard, and nothing to wait for.
#[test]
fn links_to_queues_have_no_guards() {
    let text = shop_with(
        "\"pay\": Ext",
        "\"post\": Queue(), \"clerk\": Worker(from: \"post\", service: \"1ms\"), \"pay\": Ext",
    );
    let text = text.replace("Call(\"pay\")]", "Publish(\"post\"), Call(\"pay\")]");
    for guard in [
        "breaker: ()",
        "bulkhead: 5",
        "rate_limit: \"5/s\"",
        "fallback: Reply",
        "latency: \"1ms\"",
        "bandwidth: \"1Gbps\"",
        "pool: 300",
        "timeout: \"1s\"",
        "deadline: \"1s\"",
        "retry: (attempts: 2)",
        "balance: Random",
        "health: ()",
    ] {
        let links = format!("links: {{ \"app -> post\": ({guard}),");
        let found = errors(&text.replace("links: {", &links));
        assert_eq!(found.len(), 1, "{guard}: {found:?}");
        let message = "nobody waits for the answer to a message";
        assert!(found[0].1.starts_with(message), "{guard}: {found:?}");
    }
    let both = "links: { \"app -> post\": (timeout: \"1s\", cancel: true),";
    let found = errors(&text.replace("links: {", both));
    let told = |field: &str| found.iter().any(|one| one.1.ends_with(field));
    assert!(told("for `timeout`") && told("for `cancel`"), "{found:?}");
}

/// A message has nobody who could have given up.
#[test]
fn messages_are_not_shed() {
    let text = shop_with(
        "\"pay\": Ext",
        "\"post\": Queue(), \"clerk\": Worker(from: \"post\", threads: 2, service: \"1ms\",
         shed: Stale), \"pay\": Ext",
    );
    let text = text.replace("Call(\"pay\")]", "Publish(\"post\"), Call(\"pay\")]");
    let found = errors(&text);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        found[0].1,
        "`shed`: nobody waits for the answer to a message"
    );
}

/// A queue without standbys has nobody to lead instead, and no `replicas`.
#[test]
fn who_leads_a_queue() {
    let text = shop_with(
        "\"pay\": Ext",
        "\"post\": Queue(failover: Automatic(detect: \"1s\", promote: \"1s\"), replicas: 2),
         \"clerk\": Worker(from: \"post\", service: \"1ms\"), \"pay\": Ext",
    );
    let text = text.replace("Call(\"pay\")]", "Publish(\"post\"), Call(\"pay\")]");
    let found = errors(&text);
    let told = |part: &str| found.iter().any(|one| one.1.contains(part));
    assert!(
        told("there is no node that could lead instead"),
        "{found:?}"
    );
    assert!(told("`standbys` are its further nodes"), "{found:?}");
}
