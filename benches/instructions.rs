//! Instructions per request of the engine on the five timing workloads, counted by callgrind:
//! repeatable whatever else the machine does.
//!
//! `cargo bench --bench instructions` compares with `benches/instructions.json` and fails when a
//! workload needs over 5 % more; `-- --write` writes the counts anew. Counts hold for one
//! compiler: under another one the bench refuses to compare. Valgrind must be installed.

#![expect(clippy::print_stdout, reason = "its output is the result")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::atomic::AtomicBool;

use linchpin::engine::build::plan;
use linchpin::engine::plan::End;
use serde::{Deserialize, Serialize};

const WORKLOADS: [&str; 5] = ["w1", "w2", "w3", "w4", "w5"];
/// Requests of the short and the long run; what both have in common cancels out.
const REQUESTS: [u64; 2] = [20_000, 60_000];
/// Share by which a workload may need more instructions than committed.
const TOLERANCE: f64 = 0.05;

/// What is committed.
#[derive(Deserialize, Serialize)]
struct Committed {
    /// `rustc --version`.
    toolchain: String,
    /// Instructions per request by workload.
    instructions_per_request: BTreeMap<String, f64>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [mode, workload, requests, ..] if mode == "--run" => run(workload, requests),
        all => match compare(all.iter().any(|argument| argument == "--write")) {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => ExitCode::FAILURE,
            Err(problem) => {
                eprintln!("{problem}");
                ExitCode::FAILURE
            }
        },
    }
}

/// What callgrind looks at: one replication.
fn run(workload: &str, requests: &str) -> ExitCode {
    let file = root().join(format!("topologies/theory/{workload}.ron"));
    let (loaded, _) = linchpin::topology::load(&file, &Vec::<String>::new());
    let (Some(loaded), Ok(requests)) = (loaded, requests.parse()) else {
        return ExitCode::FAILURE;
    };
    let lowered = linchpin::lower::lower(&loaded.model);
    let mut plan = plan(1, End::Requests(requests));
    // As long as the whole run, so that buckets are not what is measured.
    plan.bucket_ns = u64::MAX / 1_000;
    let seen = linchpin::engine::run(&lowered.program, &plan, &AtomicBool::new(false));
    println!("{}", seen.classes[0].response_sum);
    ExitCode::SUCCESS
}

fn compare(write: bool) -> Result<bool, String> {
    let toolchain = toolchain()?;
    let file = root().join("benches/instructions.json");
    let counted = count_all()?;
    if write {
        let text = serde_json::to_string_pretty(&Committed {
            toolchain,
            instructions_per_request: counted,
        })
        .map_err(|problem| problem.to_string())?;
        return std::fs::write(&file, text + "\n")
            .map(|()| true)
            .map_err(|problem| format!("{}: {problem}", file.display()));
    }
    let committed = read(&file)?;
    if committed.toolchain != toolchain {
        return Err(format!(
            "the committed counts are of {}, this is {toolchain}: not comparable; write them anew \
             with -- --write",
            committed.toolchain
        ));
    }
    println!("workload  committed    counted   change");
    let mut good = true;
    for (workload, now) in counted {
        let Some(&before) = committed.instructions_per_request.get(&workload) else {
            return Err(format!("{workload} has no committed count"));
        };
        let change = now / before - 1.0;
        good &= change <= TOLERANCE;
        let verdict = if change > TOLERANCE { "  over 5 %" } else { "" };
        println!(
            "{workload:8} {before:10.1} {now:10.1} {:+7.2} %{verdict}",
            100.0 * change
        );
    }
    Ok(good)
}

fn read(file: &Path) -> Result<Committed, String> {
    let text = std::fs::read_to_string(file)
        .map_err(|problem| format!("{}: {problem}", file.display()))?;
    serde_json::from_str(&text).map_err(|problem| format!("{}: {problem}", file.display()))
}

fn count_all() -> Result<BTreeMap<String, f64>, String> {
    let mut counted = BTreeMap::new();
    for workload in WORKLOADS {
        let [short, long] = REQUESTS;
        let more = count(workload, long)? - count(workload, short)?;
        let each = more as f64 / (long - short) as f64;
        counted.insert(workload.to_owned(), (10.0 * each).round() / 10.0);
    }
    Ok(counted)
}

/// Instructions of one run as callgrind counts them.
fn count(workload: &str, requests: u64) -> Result<u64, String> {
    let own = std::env::current_exe().map_err(|problem| problem.to_string())?;
    // A profile of its own: callgrind renames a file that is in its way, even `/dev/null`.
    let folder = tempfile::tempdir().map_err(|problem| problem.to_string())?;
    let profile = folder.path().join("callgrind.out");
    let output = Command::new("valgrind")
        .arg("--tool=callgrind")
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .arg(own)
        .args(["--run", workload, &requests.to_string()])
        .output()
        .map_err(|problem| format!("valgrind: {problem}; install it (apt install valgrind)"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    let counted = text
        .lines()
        .find_map(|line| line.split_once("Collected :"))
        .and_then(|(_, count)| count.trim().parse().ok());
    counted.ok_or_else(|| format!("callgrind told no count for {workload}:\n{text}"))
}

fn toolchain() -> Result<String, String> {
    let output = Command::new("rustc")
        .arg("--version")
        .output()
        .map_err(|problem| format!("rustc: {problem}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
