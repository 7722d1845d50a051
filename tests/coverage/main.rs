//! How often 95 % intervals hold the truth, over many seeds.
//!
//! `cargo test --release --test coverage -- --seeds 400` prints the tables and writes
//! `reports/coverage.md` (add `--only NAME` for one model, which writes nothing). Called in any
//! other way, as plain `cargo test` does, it only checks itself on a few short runs.

#![expect(clippy::print_stdout, reason = "its output is the result")]

mod cases;
mod table;
mod truth;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use linchpin::experiment::result::RunResult;
use linchpin::experiment::{Settings, run};
use linchpin::model::Model;
use linchpin::statistics::Estimate;

use cases::{Case, cases};
use table::{Row, page, row};

/// Half-width aimed at by the fixed designs, as a share of the mean.
const HALF_WIDTH: f64 = 0.02;
/// Replications of the fixed design.
const REPLICATIONS: u32 = 20;

/// How the replications of a run come about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Design {
    /// 20 replications whose length is chosen beforehand for a half-width of about 2 %.
    Fixed,
    /// As shipped: automatic warm-up, stopped at 2 % (S32).
    Default,
    /// One replication as long as the fixed ones together, cut into batches.
    Batches,
}

/// What one seed gave.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// Mean response, s.
    pub mean: Estimate,
    /// Its 99th percentile, s.
    pub p99: Estimate,
    /// Counted requests.
    pub requests: u64,
}

/// A run of one design at one seed.
fn seen(model: &Model, design: Design, total: u64, seed: u64) -> Seen {
    let plain = Settings {
        jobs: 1,
        ..Settings::new(seed)
    };
    let fixed = |replications: u32| Settings {
        replications: Some(replications),
        requests: Some((total / u64::from(replications)).max(100)),
        ..plain.clone()
    };
    let settings = match design {
        Design::Fixed => fixed(REPLICATIONS),
        Design::Batches => fixed(1),
        Design::Default => plain,
    };
    let result: RunResult = run(model, &settings).expect("the case can be run");
    Seen {
        mean: result.response_time_s.mean,
        p99: result.response_time_s.p99,
        requests: result.requests.offered,
    }
}

/// Requests over all replications that give about the half-width aimed at: by one run.
fn requests_needed(model: &Model) -> u64 {
    let first = 400_000;
    let half = seen(model, Design::Fixed, first, 987_654_321)
        .mean
        .relative_half_width();
    let half = half.expect("twenty replications give an interval");
    (first as f64 * (half / HALF_WIDTH) * (half / HALF_WIDTH)) as u64
}

/// All seeds of a design, on two threads, in order of the seeds.
fn sweep(model: &Model, design: Design, total: u64, seeds: usize) -> Vec<Seen> {
    let (next, found) = (AtomicUsize::new(0), Mutex::new(vec![None; seeds]));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    if place >= seeds {
                        break;
                    }
                    let one = seen(model, design, total, place as u64 + 1);
                    found.lock().expect("no thread panics")[place] = Some(one);
                }
            });
        }
    });
    found
        .into_inner()
        .expect("no thread panics")
        .into_iter()
        .flatten()
        .collect()
}

/// The rows of one case: each design, mean and p99.
fn measure(case: &Case, seeds: usize) -> Vec<Row> {
    let total = requests_needed(&case.model);
    let designs = [Design::Fixed, Design::Default, Design::Batches];
    designs
        .into_iter()
        .flat_map(|design| {
            let all = sweep(&case.model, design, total, seeds);
            let of = |which: fn(&Seen) -> Estimate| -> Vec<(Estimate, u64)> {
                all.iter().map(|one| (which(one), one.requests)).collect()
            };
            let rows = [
                row(
                    case.name,
                    design,
                    "mean",
                    case.truth.mean,
                    &of(|one| one.mean),
                ),
                row(case.name, design, "p99", case.truth.p99, &of(|one| one.p99)),
            ];
            for row in &rows {
                eprintln!("{row}");
            }
            rows
        })
        .collect()
}

fn argument(name: &str) -> Option<String> {
    let mut all = std::env::args().skip_while(|argument| argument != name);
    all.next()?;
    all.next()
}

fn main() {
    let Some(seeds) = argument("--seeds").and_then(|text| text.parse().ok()) else {
        self_check();
        return;
    };
    let only = argument("--only");
    let rows: Vec<Row> = cases(only.as_deref())
        .iter()
        .flat_map(|case| measure(case, seeds))
        .collect();
    let text = page(&rows, seeds);
    println!("{text}");
    if only.is_none() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/coverage.md");
        std::fs::write(path, text).expect("reports/ can be written");
    }
}

/// Few short runs: every design gives an interval, and a table counts what it is given.
fn self_check() {
    println!("coverage: nothing dear without --seeds N; a check of itself:");
    let case = &cases(Some("M/M/1 0.5"))[0];
    for design in [Design::Fixed, Design::Batches] {
        let one = seen(&case.model, design, 40_000, 1);
        let (low, high) = one.mean.interval_at(0.999).expect("an interval");
        assert!(
            low < case.truth.mean && case.truth.mean < high,
            "{design:?}: {one:?}"
        );
    }
    truth::check();
    table::check();
    println!("coverage: ok");
}
