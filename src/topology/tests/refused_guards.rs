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
        "\"app -> db\"",
        "\"dns -> lb\": (retry: (budget: 0.1)), \"app -> db\"",
        "0.1",
        "clients of a name service share no `budget`",
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
        "\"dns -> lb\": (fallback: Reply), \"app -> db\"",
        "Reply",
        "a name service hands its clients on",
    ),
    (
        "\"app -> db\"",
        "\"app -> cache\": (fallback: Reply), \"app -> db\"",
        "Reply",
        "a lookup that fails is a miss",
    ),
    (
        "timeout: \"2s\", retry: (backoff: Doubling(from: \"1ms\", cap: \"1s\"))",
        "hedge: (after: \"5ms\"), fallback: Reply",
        "Reply",
        "`fallback` beside `hedge` is not built yet",
    ),
];

#[test]
fn what_guards_refuse() {
    check_refused(GUARDS);
}
