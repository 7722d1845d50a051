//! CPU time per request of the whole command on the five timing workloads, beside a reference
//! program where one is given.
//!
//! `cargo bench --bench reference` runs `linchpin run topologies/theory/w1.ron ... w5.ron` with
//! one job and one replication, all statistics on. With `LINCHPIN_REFERENCE` naming a program
//! that is called as `PROGRAM pad1 N` ... `PROGRAM pad5 N`, `PROGRAM w4ps N`, both run in turn
//! and the medians are compared. Then W2 alone, with a constant timeout and with one of random
//! length on each request, in turn, and what either adds. `-- --requests N --rounds R` set the
//! length and the repetitions.

#![expect(clippy::print_stdout, reason = "its output is the result")]

#[path = "support/arguments.rs"]
mod arguments;
#[path = "support/cpu.rs"]
mod cpu;

use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use arguments::number;
use cpu::children_ns;

/// Name, topology, changes, name in the reference program.
const WORKLOADS: [(&str, &str, &[&str], &str); 6] = [
    ("W1", "w1", &[], "pad1"),
    ("W2", "w2", &[], "pad2"),
    ("W3", "w3", &[], "pad3"),
    ("W4", "w4", &[], "pad4"),
    (
        "W4, sharing",
        "w4",
        &["server.discipline=ProcessorSharing"],
        "w4ps",
    ),
    ("W5", "w5", &[], "pad5"),
];

/// A timeout on each request of W2 that seldom strikes: name, change, and the most that it may
/// add, ns per request.
const TIMEOUTS: [(&str, &str, f64); 2] = [
    (
        "constant",
        "links.\"users -> servers\".timeout=\"100s\"",
        20.0,
    ),
    (
        "random",
        "links.\"users -> servers\".timeout=Exponential(\"1000s\")",
        60.0,
    ),
];

fn main() -> ExitCode {
    let (requests, rounds) = (number("--requests", 3_000_000), number("--rounds", 5));
    let reference = std::env::var_os("LINCHPIN_REFERENCE").map(PathBuf::from);
    let done = table(requests, rounds, reference.as_ref());
    match done.and_then(|()| timeouts(requests, rounds)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn table(requests: u64, rounds: u64, reference: Option<&PathBuf>) -> Result<(), String> {
    println!("{requests} requests, medians of {rounds}; CPU time, ns per request");
    println!(
        "{:12} {:>9} {:>9} {:>6}",
        "workload", "linchpin", "reference", "ratio"
    );
    for (name, topology, changes, peer) in WORKLOADS {
        let (mut own, mut others) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            own.push(time(&mut linchpin(topology, changes, requests), requests)?);
            if let Some(program) = reference {
                let mut command = Command::new(program);
                command.args([peer, &requests.to_string()]);
                others.push(time(&mut command, requests)?);
            }
        }
        let own = median(own);
        if others.is_empty() {
            println!("{name:12} {own:9.1} {:>9} {:>6}", "-", "-");
        } else {
            let other = median(others);
            println!("{name:12} {own:9.1} {other:9.1} {:6.2}", own / other);
        }
    }
    Ok(())
}

/// W2 plain and with timeouts: medians, and the medians of what each round's pair differs by.
fn timeouts(requests: u64, rounds: u64) -> Result<(), String> {
    let mut plain = Vec::new();
    let mut timed = vec![Vec::new(); TIMEOUTS.len()];
    for _ in 0..rounds {
        plain.push(time(&mut linchpin("w2", &[], requests), requests)?);
        for (own, (_, change, _)) in timed.iter_mut().zip(TIMEOUTS) {
            own.push(time(&mut linchpin("w2", &[change], requests), requests)?);
        }
    }
    println!("\nW2, timeout  linchpin      adds  goal");
    println!("{:12} {:8.1}", "none", median(plain.clone()));
    for (own, (name, _, most)) in timed.into_iter().zip(TIMEOUTS) {
        let pairs = own.iter().zip(&plain);
        let added = median(pairs.map(|(with, without)| with - without).collect());
        println!("{name:12} {:8.1} {added:+9.1} {most:5.0}", median(own));
    }
    Ok(())
}

fn linchpin(topology: &str, changes: &[&str], requests: u64) -> Command {
    let file =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("topologies/theory/{topology}.ron"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_linchpin"));
    command.arg("run").arg(file).args([
        "--jobs",
        "1",
        "--replications",
        "1",
        "--quiet",
        "--requests",
        &requests.to_string(),
    ]);
    for change in changes {
        command.args(["--set", change]);
    }
    command
}

/// CPU time of a command in ns per request: what the system has booked for ended children.
fn time(command: &mut Command, requests: u64) -> Result<f64, String> {
    let before = children_ns()?;
    let status = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .map_err(|problem| format!("{}: {problem}", command.get_program().display()))?;
    if !status.success() {
        return Err(format!(
            "{} ended with {status}",
            command.get_program().display()
        ));
    }
    Ok((children_ns()? - before) / requests as f64)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
