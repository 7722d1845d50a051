//! Counting and the page.

use std::fmt::{self, Display, Formatter, Write as _};

use linchpin::statistics::Estimate;

use super::Design;

/// One line of the table.
#[derive(Clone, Debug)]
pub struct Row {
    case: &'static str,
    design: Design,
    what: &'static str,
    /// s.
    truth: f64,
    /// Intervals that hold the truth, lie below it, lie above it, are missing.
    counts: [usize; 4],
    half_width: f64,
    requests: u64,
}

/// Counts the intervals of all seeds.
pub fn row(
    case: &'static str,
    design: Design,
    what: &'static str,
    truth: f64,
    found: &[(Estimate, u64)],
) -> Row {
    let mut counts = [0; 4];
    for (estimate, _) in found {
        let place = match estimate.ci95 {
            None => 3,
            Some((_, high)) if high < truth => 1,
            Some((low, _)) if low > truth => 2,
            Some(_) => 0,
        };
        counts[place] += 1;
    }
    let mut widths: Vec<f64> = found
        .iter()
        .filter_map(|one| one.0.relative_half_width())
        .collect();
    let mut requests: Vec<u64> = found.iter().map(|one| one.1).collect();
    widths.sort_by(f64::total_cmp);
    requests.sort_unstable();
    Row {
        case,
        design,
        what,
        truth,
        counts,
        half_width: widths.get(widths.len() / 2).copied().unwrap_or(f64::NAN),
        requests: requests.get(requests.len() / 2).copied().unwrap_or(0),
    }
}

impl Row {
    fn given(&self) -> usize {
        self.counts[..3].iter().sum()
    }

    fn share(&self) -> f64 {
        self.counts[0] as f64 / self.given().max(1) as f64
    }

    /// Wilson's 95 % interval of the coverage.
    fn wilson(&self) -> (f64, f64) {
        let (n, p, z) = (self.given().max(1) as f64, self.share(), 1.959_964);
        let (square, scale) = (z * z / n, 1.0 + z * z / n);
        let half = z / scale * (p * (1.0 - p) / n + square / (4.0 * n)).sqrt();
        let centre = (p + square / 2.0) / scale;
        (centre - half, centre + half)
    }

    /// Whether the coverage lies where it should: 92 to 98 %, as shipped 91 to 98 %.
    fn is_in_target(&self) -> bool {
        let least = if self.design == Design::Default {
            0.91
        } else {
            0.92
        };
        (least..=0.98).contains(&self.share())
    }
}

impl Display for Row {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (low, high) = self.wilson();
        write!(
            f,
            "| {} | {} | {:.5} | {:.1} % | {:.1}–{:.1} | {} | {} | {} | {:.2} % | {} | {} |",
            self.case,
            self.what,
            self.truth,
            100.0 * self.share(),
            100.0 * low,
            100.0 * high,
            self.counts[1],
            self.counts[2],
            self.counts[3],
            100.0 * self.half_width,
            self.requests,
            if self.is_in_target() { "yes" } else { "no" },
        )
    }
}

const HEAD: &str = "| model | what | truth, s | covered | 95 % of it | below | above | none \
    | median half-width | median requests | in target |\n\
    |---|---|---|---|---|---|---|---|---|---|---|\n";

/// The page of all tables.
pub fn page(rows: &[Row], seeds: usize) -> String {
    let mut text = format!(
        "# Coverage of 95 % intervals\n\n\
         Over {seeds} seeds, by `cargo test --release --test coverage -- --seeds {seeds}`.\n\
         `below` and `above` count intervals wholly below or above the truth, `none` runs without\n\
         one. Every truth is exact: `tests/coverage/truth.rs` says by which law.\n"
    );
    for (design, title) in [
        (
            Design::Fixed,
            "Fixed length: 20 replications for a half-width of about 2 % (target 92 to 98 %)",
        ),
        (
            Design::Default,
            "As shipped: automatic warm-up, stopped at 2 % (target 91 to 98 %)",
        ),
        (
            Design::Batches,
            "Batch means: one replication as long as the 20 together (target 92 to 98 %)",
        ),
    ] {
        let _ = write!(text, "\n## {title}\n\n{HEAD}");
        for row in rows.iter().filter(|row| row.design == design) {
            let _ = writeln!(text, "{row}");
        }
    }
    text
}

/// A pencil example.
pub fn check() {
    let around = |value| (Estimate::around(value, 1.0, 20), 100);
    let found = [around(10.5), around(8.0), around(12.0), around(10.0)];
    let row = row("pencil", Design::Fixed, "mean", 10.0, &found);
    assert_eq!(row.counts, [2, 1, 1, 0]);
    assert!((row.share() - 0.5).abs() < 1e-12 && !row.is_in_target());
    // Wilson for 2 of 4: 0.15 to 0.85.
    let (low, high) = row.wilson();
    assert!((low - 0.150).abs() < 1e-3 && (high - 0.850).abs() < 1e-3);
}
