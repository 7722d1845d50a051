//! Memories: what they become, and what is refused.

use super::*;
use crate::model::{FaultKind, Memory, Swap};

const MIB: u64 = 1 << 20;
const APP: &str = "replicas: 3";

/// The memory of the application servers of [`SHOP`] with this in their brackets.
fn of_app(fields: &str) -> Option<Memory> {
    let model = model(&shop_with(APP, &format!("replicas: 3, {fields}")));
    component(&model, "app").memory.clone()
}

#[test]
fn a_memory_in_full_and_with_its_defaults() {
    let full = of_app(
        "memory: (size: \"2GiB\", base: \"300MiB\", per_request: \"2MiB\", leak: \"10KiB\", \
         swap: (above: 0.75, slowdown: 4)), boot: \"20s\"",
    );
    let expected = Memory {
        size: 2048 * MIB,
        base: 300 * MIB,
        per_request: 2 * MIB,
        leak: 10 * 1024,
        swap: Some(Swap {
            above: 1536 * MIB,
            slowdown: 4.0,
        }),
        boot: 20_000_000_000,
    };
    assert_eq!(full, Some(expected));
    let plain = of_app("memory: (size: \"2GiB\")").unwrap();
    assert_eq!((plain.base, plain.per_request, plain.leak), (0, MIB, 0));
    assert_eq!((plain.swap, plain.boot), (None, 60_000_000_000));
    assert_eq!(of_app("boot: \"20s\""), None);
}

/// A machine with memory gives it to the nodes that stand on it by themselves.
#[test]
fn a_machine_brings_its_memory() {
    let with = |memory: &str| {
        let text = shop_with(
            "(cores: 4, speed: 2,",
            &format!("(cores: 4, {memory}speed: 2,"),
        );
        component(&model(&text), "db").memory.clone()
    };
    assert_eq!(
        with("memory: \"8GiB\", ").map(|one| one.size),
        Some(8192 * MIB)
    );
    assert_eq!(with(""), None);
}

#[test]
fn what_is_no_memory() {
    let with = |memory: &str| format!("replicas: 3, memory: {memory}");
    for (memory, place, message) in [
        (
            "(base: \"1GiB\")",
            "(base: \"1GiB\")",
            "nothing says how much memory a node has",
        ),
        (
            "(size: \"1500KiB\")",
            "\"1500KiB\"",
            "memory comes in whole MiB",
        ),
        ("(size: \"0B\")", "\"0B\"", "memory comes in whole MiB"),
        (
            "(size: \"1GiB\", base: \"1GiB\")",
            "(size: \"1GiB\", base: \"1GiB\")",
            "the first request fills all of the memory",
        ),
        (
            "(size: \"8MiB\", base: \"6MiB\", swap: (above: 0.5, slowdown: 2))",
            "(size: \"8MiB\", base: \"6MiB\", swap: (above: 0.5, slowdown: 2))",
            "memory is short before the first request",
        ),
        (
            "(size: \"8MiB\", swap: (above: 0.5, slowdown: 1))",
            "(above: 0.5, slowdown: 1)",
            "`slowdown` is how many times as long work takes",
        ),
        (
            "(size: \"8MiB\", swap: (above: 1.0, slowdown: 2))",
            "(above: 1.0, slowdown: 2)",
            "`above` is a share of the memory between 0 and 1",
        ),
        ("(size: \"8Mb\")", "\"8Mb\"", ""),
    ] {
        check_refused(&[(APP, &with(memory), place, message)]);
    }
    check_refused(&[
        (
            "latency: \"80ms\"",
            "latency: \"80ms\", memory: (size: \"8MiB\")",
            "(size: \"8MiB\")",
            "a External has no threads or connections that hold memory",
        ),
        (
            "infrastructure: {",
            "infrastructure: { \"h3\": Host(machine: \"big\"),",
            "\"big\"",
            "",
        ),
    ]);
}

/// Memory of a machine on which nobody has memory of its own.
#[test]
fn memory_of_a_host_is_not_shared_out() {
    let text = shop_with(
        "machines: {",
        "machines: { \"big\": (cores: 4, memory: \"8GiB\"),",
    );
    let text = text.replacen("Host(machine: \"m.large\")", "Host(machine: \"big\")", 1);
    let found = errors(&text);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0, "\"8GiB\"");
    assert_eq!(found[0].1, "nothing on `big` has memory that could run out");
}

#[test]
fn a_leak_needs_memory() {
    const OLD: &str = "Crash(target: \"app/2\"";
    let with = |target: &str, bytes: &str| {
        format!("Leak(target: \"{target}\", per_request: \"{bytes}\", at: \"1m\"), {OLD}")
    };
    check_refused(&[(
        OLD,
        &with("app", "1MiB"),
        "\"app\"",
        "`app` has no memory that could run out",
    )]);
    let text = shop_with(APP, "replicas: 3, memory: (size: \"1GiB\")");
    let leak = |bytes: &str| text.replacen(OLD, &with("app/2", bytes), 1);
    assert_eq!(model(&leak("2KiB")).faults[0].kind, FaultKind::Leak(2048));
    let found = errors(&leak("0B"));
    assert_eq!((found.len(), found[0].0.as_str()), (1, "\"0B\""));
}
