//! What size costs: starting, time per event and memory of a large topology beside a small one of
//! the same shape.
//!
//! `cargo bench --bench scale` measures 2,000 groups of five components and 50 nodes each (and
//! the entry before them) against one group: under the same load, so that as much is in flight,
//! and under as much load a group. `-- --groups N --requests N --rounds R` set the size, the
//! length and the repetitions. Times are those of the processor; each figure is measured in a
//! process of its own, the median counts.

#![expect(clippy::print_stdout, reason = "its output is the result")]

#[path = "../support/arguments.rs"]
mod arguments;
mod grid;

use std::process::{Command, ExitCode};
use std::sync::atomic::AtomicBool;

use linchpin::engine::plan::{End, Plan};
use linchpin::engine::{self, program::Program};
use linchpin::lower::lower;
use linchpin::topology;

use arguments::number;

/// Requests per second and group.
const RATE: f64 = 2_000.0;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let (groups, requests) = (number("--groups", 2_000), number("--requests", 1_000_000));
    let result = if arguments.iter().any(|argument| argument == "--measure") {
        measure(groups as usize, number("--load", groups), requests).map(|seen| seen.print())
    } else {
        table(groups, requests, number("--rounds", 3))
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

/// What one process has seen.
#[derive(Clone, Copy, Default)]
struct Seen {
    load_s: f64,
    lower_s: f64,
    first_s: f64,
    ns_per_event: f64,
    in_flight: f64,
    memory_kib: f64,
}

impl Seen {
    fn print(&self) {
        println!(
            "{} {} {} {} {} {}",
            self.load_s,
            self.lower_s,
            self.first_s,
            self.ns_per_event,
            self.in_flight,
            self.memory_kib
        );
    }

    fn read(text: &str) -> Option<Self> {
        let mut numbers = text.split_whitespace().map(str::parse);
        let mut next = || numbers.next()?.ok();
        Some(Self {
            load_s: next()?,
            lower_s: next()?,
            first_s: next()?,
            ns_per_event: next()?,
            in_flight: next()?,
            memory_kib: next()?,
        })
    }
}

/// Loads and checks, lowers, runs one request, and then so many.
fn measure(groups: usize, load: u64, requests: u64) -> Result<Seen, String> {
    let file = std::env::temp_dir().join(format!("linchpin-scale-{}.ron", std::process::id()));
    let text = grid::grid(groups, RATE * load as f64);
    std::fs::write(&file, text).map_err(|problem| problem.to_string())?;
    let start = cpu_s()?;
    let (loaded, problems) = topology::load::<&str>(&file, &[]);
    let load_s = cpu_s()? - start;
    let _ = std::fs::remove_file(&file);
    let model = loaded.ok_or_else(|| format!("{problems:?}"))?.model;
    let start = cpu_s()?;
    let program = lower(&model).program;
    let lower_s = cpu_s()? - start;
    let (first_s, _, _) = run(&program, 1)?;
    let (whole_s, events, in_flight) = run(&program, requests)?;
    Ok(Seen {
        load_s,
        lower_s,
        first_s,
        ns_per_event: (whole_s - first_s) * 1e9 / events as f64,
        in_flight,
        memory_kib: peak_kib(),
    })
}

/// Seconds, events and mean number in the system of one replication.
fn run(program: &Program, requests: u64) -> Result<(f64, u64, f64), String> {
    let plan = Plan {
        seed: 1,
        replication: 0,
        warm_up: 0,
        end: End::Requests(requests),
        drain: 0,
        in_flight_cap: 5_000_000,
        event_cap: u64::MAX,
        effects: Vec::new(),
        bucket_ns: 10_000_000,
        bucket_cap: 1_000,
        mark_ns: 0,
        scaling: None,
        busy_series: false,
        demand_bias: 1.0,
    };
    let start = cpu_s()?;
    let seen = engine::run(program, &plan, &AtomicBool::new(false));
    let length = (seen.window.1 - seen.window.0).max(1);
    let in_flight = seen.in_system.area as f64 / length as f64;
    Ok((cpu_s()? - start, seen.events, in_flight))
}

/// Seconds that this thread has been on a processor (Linux, kernel documentation of
/// `/proc/PID/schedstat`: the first field, in ns): whatever else the machine does.
fn cpu_s() -> Result<f64, String> {
    let text = std::fs::read_to_string("/proc/self/schedstat");
    let text = text.map_err(|problem| format!("/proc/self/schedstat: {problem}"))?;
    let first = text.split_whitespace().next().unwrap_or_default();
    let ns: f64 = first.parse().map_err(|_| "schedstat holds no number")?;
    Ok(ns / 1e9)
}

/// Peak of the resident memory (Linux, proc(5): `VmHWM`); 0 where nobody says.
fn peak_kib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok())
        .unwrap_or(0.0)
}

fn table(groups: u64, requests: u64, rounds: u64) -> Result<(), String> {
    let nodes = groups as usize * grid::NODES + 1;
    let components = groups as usize * grid::COMPONENTS + 1;
    println!("{components} components, {nodes} nodes; {requests} requests, medians of {rounds}");
    let small = median(1, 1, requests, rounds)?;
    let equal = median(groups, 1, requests, rounds)?;
    let scaled = median(groups, groups, requests, rounds)?;
    println!(
        "{:22} {:>8} {:>8} {:>8} {:>9} {:>9} {:>6} {:>9} {:>9}",
        "", "load s", "lower s", "first s", "in flight", "ns/event", "ratio", "MiB", "KiB/node"
    );
    let rows = [
        ("small", small),
        ("large, equal load", equal),
        ("large, load scaled", scaled),
    ];
    for (name, seen) in rows {
        let more = (seen.memory_kib - small.memory_kib) / (nodes - grid::NODES - 1).max(1) as f64;
        println!(
            "{name:22} {:8.3} {:8.3} {:8.3} {:9.0} {:9.1} {:6.2} {:9.1} {more:9.3}",
            seen.load_s,
            seen.lower_s,
            seen.first_s,
            seen.in_flight,
            seen.ns_per_event,
            seen.ns_per_event / small.ns_per_event,
            seen.memory_kib / 1024.0,
        );
    }
    let start = equal.load_s + equal.lower_s + equal.first_s;
    println!("loads, checks and starts in {start:.3} s");
    Ok(())
}

fn median(groups: u64, load: u64, requests: u64, rounds: u64) -> Result<Seen, String> {
    let own = std::env::current_exe().map_err(|problem| problem.to_string())?;
    let mut all = Vec::new();
    for _ in 0..rounds.max(1) {
        let output = Command::new(&own)
            .args(["--measure", "--groups", &groups.to_string()])
            .args(["--load", &load.to_string()])
            .args(["--requests", &requests.to_string()])
            .output()
            .map_err(|problem| problem.to_string())?;
        let text = String::from_utf8_lossy(&output.stdout);
        let seen = Seen::read(&text).ok_or_else(|| {
            format!(
                "a process failed: {}",
                String::from_utf8_lossy(&output.stderr)
            )
        })?;
        all.push(seen);
    }
    let middle = |field: fn(&Seen) -> f64| {
        let mut values: Vec<f64> = all.iter().map(field).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    Ok(Seen {
        load_s: middle(|seen| seen.load_s),
        lower_s: middle(|seen| seen.lower_s),
        first_s: middle(|seen| seen.first_s),
        ns_per_event: middle(|seen| seen.ns_per_event),
        in_flight: middle(|seen| seen.in_flight),
        memory_kib: middle(|seen| seen.memory_kib),
    })
}
