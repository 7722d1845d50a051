//! Words that are known and not built yet. They are refused by name, never ignored.

/// What to do with a word that is not built yet; `None` for words that nobody knows.
pub fn later(word: &str) -> Option<&'static str> {
    LATER.contains(&word).then_some("leave it out")
}

/// Fields, kinds, steps, laws and policies of the format that later versions bring.
const LATER: [&str; 54] = [
    // Top level.
    "tables",
    "abort_if",
    // Shared by all kinds, and machines.
    "failure",
    "cost",
    "iops",
    "memory",
    "managed",
    // Kinds and infrastructure.
    "Storage",
    "Router",
    "Executor",
    // Infrastructure fields.
    "bandwidth",
    "buffer",
    // Fields of kinds.
    "sharing",
    "slow_start",
    "routing",
    "disk",
    "disks",
    "limits",
    "open_files",
    "processes",
    "executors",
    "event_loop",
    "gc",
    "overhead",
    "crash_when",
    "delegates",
    "refresh",
    "shield",
    "stub",
    "detection",
    "spares",
    "item",
    "rows",
    // Links.
    "connect_timeout",
    "discovery",
    // Steps.
    "Lock",
    "Submit",
    "Await",
    "Fail",
    "Query",
    "Read",
    "Page",
    // Disciplines and policies.
    "Cookie",
    // Workloads and classes.
    "Batch",
    "generator",
    "client",
    "Reload",
    "agents",
    // Faults.
    "Hang",
    "Grey",
    "Cut",
    "Lossy",
    "Flood",
    "Corrupt",
];
