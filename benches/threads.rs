//! What a second thread over replications is worth, and that it changes no byte.
//!
//! `cargo bench --bench threads` runs, in turn, one process of two threads and two processes of
//! one thread at once, which share out the same replications, and compares the time until all
//! are done: two threads should reach at least 0.9 of the throughput of two processes (median of
//! the rounds). Beside it stands the same ratio of CPU time, which tells work that threads cost
//! each other from processors that others keep busy. Then the files of one and two threads are compared byte for byte, but for the
//! lines of wall time. `-- --requests N --rounds R` set the length of a replication and the
//! repetitions. Needs two idle processors.

#![expect(clippy::print_stdout, reason = "its output is the result")]

#[path = "support/arguments.rs"]
mod arguments;
#[path = "support/cpu.rs"]
mod cpu;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use arguments::number;
use cpu::children_ns;

const WORKLOADS: [&str; 5] = ["w1", "w2", "w3", "w4", "w5"];
/// Replications of the process of two threads; each of the two processes runs half of them.
const REPLICATIONS: u64 = 20;
/// Least throughput of two threads as a share of that of two processes.
const GOAL: f64 = 0.9;

fn main() -> ExitCode {
    match table(number("--requests", 500_000), number("--rounds", 5)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn table(requests: u64, rounds: u64) -> Result<bool, String> {
    println!(
        "{REPLICATIONS} replications of {requests} requests, medians of {rounds}; millions of \
         requests per second of wall time"
    );
    println!("workload  two threads  two processes  ratio  range         CPU ratio  bytes");
    let mut good = true;
    for workload in WORKLOADS {
        let (mut threads, mut processes) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            threads.push(time(vec![run(workload, requests, 2, 2)])?);
            let half = || run(workload, requests, 1, 1);
            processes.push(time(vec![half(), half()])?);
        }
        let ratios = |part: fn(&Spent) -> f64| -> Vec<f64> {
            let pairs = processes.iter().zip(&threads);
            sorted(pairs.map(|(two, one)| part(two) / part(one)).collect())
        };
        let cpu = median(&ratios(|spent| spent.cpu_s));
        let ratios = ratios(|spent| spent.wall_s);
        let ratio = median(&ratios);
        let same = same_bytes(workload, requests / 10)?;
        good &= ratio >= GOAL && same;
        let speed = |times: &[Spent]| {
            let walls = sorted(times.iter().map(|spent| spent.wall_s).collect());
            (REPLICATIONS * requests) as f64 / median(&walls) / 1e6
        };
        println!(
            "{workload:8} {:12.2} {:14.2} {ratio:6.2}  {:.2} to {:.2}  {cpu:9.2}  {}",
            speed(&threads),
            speed(&processes),
            ratios[0],
            ratios[ratios.len() - 1],
            if same { "equal" } else { "DIFFER" },
        );
    }
    Ok(good)
}

/// `parts` halves of the replications on `jobs` threads; no pilot, all statistics.
fn run(workload: &str, requests: u64, jobs: u64, parts: u64) -> Command {
    let file =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("topologies/theory/{workload}.ron"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_linchpin"));
    command
        .arg("run")
        .arg(file)
        .args(["--quiet", "--warm-up", "0s"]);
    command.args(["--jobs", &jobs.to_string()]);
    command.args(["--requests", &requests.to_string()]);
    command.args(["--replications", &(parts * REPLICATIONS / 2).to_string()]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// What commands took.
struct Spent {
    /// From the start of all of them to the end of the last, s.
    wall_s: f64,
    /// CPU time of all of them, s.
    cpu_s: f64,
}

/// Starts all commands at once and waits for them.
fn time(commands: Vec<Command>) -> Result<Spent, String> {
    let (start, before) = (Instant::now(), children_ns()?);
    let children: Vec<_> = commands
        .into_iter()
        .map(|mut command| command.spawn().map_err(|problem| problem.to_string()))
        .collect();
    for child in children {
        let status = child?.wait().map_err(|problem| problem.to_string())?;
        if !status.success() {
            return Err(format!("linchpin ended with {status}"));
        }
    }
    Ok(Spent {
        wall_s: start.elapsed().as_secs_f64(),
        cpu_s: (children_ns()? - before) / 1e9,
    })
}

/// Whether one and two threads write the same files.
fn same_bytes(workload: &str, requests: u64) -> Result<bool, String> {
    let files = |jobs: u64| -> Result<Vec<(String, Vec<u8>)>, String> {
        let folder = tempfile::tempdir().map_err(|problem| problem.to_string())?;
        let mut command = run(workload, requests, jobs, 2);
        command.arg("--out").arg(folder.path());
        time(vec![command])?;
        contents(folder.path()).map_err(|problem| problem.to_string())
    };
    Ok(files(1)? == files(2)?)
}

/// Names and bytes of the files of a folder by name, without lines of wall time.
fn contents(folder: &Path) -> std::io::Result<Vec<(String, Vec<u8>)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let bytes = std::fs::read(entry.path())?;
        let lines = bytes.split_inclusive(|&byte| byte == b'\n');
        let kept = lines.filter(|line| !line.windows(8).any(|word| word == b"\"wall_s\""));
        let name = entry.file_name().to_string_lossy().into_owned();
        found.push((name, kept.collect::<Vec<_>>().concat()));
    }
    found.sort();
    Ok(found)
}

fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values
}

fn median(sorted: &[f64]) -> f64 {
    sorted[sorted.len() / 2]
}
