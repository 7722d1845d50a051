//! What is read of a log, whoever wrote it.

use std::collections::BTreeMap;

use super::format::Format;

/// Why a line is not used; the first line of each is kept.
pub type Why = &'static str;

/// One request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// When it began, s; from where they count does not matter.
    pub start_s: f64,
    /// How long it took, s; `None` where the log does not say.
    pub duration_s: Option<f64>,
    /// Its class, by place among the names.
    pub class: u32,
    /// Whether the answer was good: no status of 500 or above, or what the log itself says.
    pub succeeded: bool,
    /// How many virtual users there were then, where the log says so.
    pub users: Option<f64>,
}

/// One stretch of a load test at one load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Users, threads or processors.
    pub load: f64,
    /// Completions per second.
    pub throughput_rps: f64,
}

/// All that was read.
#[derive(Clone, Debug)]
pub struct Log {
    /// What it was.
    pub format: Format,
    /// Requests, in the order of the files.
    pub samples: Vec<Sample>,
    /// Names of the classes.
    pub classes: Vec<String>,
    /// Points that were measured as such.
    pub points: Vec<Point>,
    /// Lines that are not used, by reason.
    pub rejected: BTreeMap<Why, u64>,
    /// The first line of each reason, from 1.
    pub rejected_at: BTreeMap<Why, u64>,
    /// The finest step of its durations, s: the smallest power of ten of which all are multiples.
    pub resolution_s: f64,
    names: BTreeMap<String, u32>,
    step: i32,
}

/// How a log is to be read.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// The format, where it is not to be found out.
    pub format: Option<Format>,
    /// What one is in the durations of an access log or a table, s; `None`: by the form of the
    /// number (a point means seconds) or of the header.
    pub unit_s: Option<f64>,
    /// All requests are one class.
    pub one_class: bool,
}

/// Longest request that is believed, s: a year.
const LONGEST_S: f64 = 31_536_000.0;
/// The finest step looked for in durations, as a power of ten of seconds.
const FINEST: i32 = -9;

impl Log {
    pub(super) fn new(format: Format) -> Self {
        Self {
            format,
            samples: Vec::new(),
            classes: Vec::new(),
            points: Vec::new(),
            rejected: BTreeMap::new(),
            rejected_at: BTreeMap::new(),
            resolution_s: 1.0,
            names: BTreeMap::new(),
            step: 0,
        }
    }

    pub(super) fn reject(&mut self, why: Why, line: u64) {
        *self.rejected.entry(why).or_default() += 1;
        self.rejected_at.entry(why).or_insert(line);
    }

    pub(super) fn class(&mut self, name: &str, reading: &Reading) -> u32 {
        let name = if reading.one_class { "all" } else { name };
        if let Some(known) = self.names.get(name) {
            return *known;
        }
        let id = self.classes.len() as u32;
        self.classes.push(name.to_owned());
        self.names.insert(name.to_owned(), id);
        id
    }

    pub(super) fn push(&mut self, sample: Sample) {
        if let Some(duration) = sample.duration_s {
            while self.step > FINEST && !is_multiple(duration, self.step) {
                self.step -= 1;
            }
        }
        self.samples.push(sample);
    }

    /// With the step of its durations, once all are there.
    pub(super) fn read_through(mut self) -> Self {
        self.resolution_s = libm::exp10(f64::from(self.step));
        self
    }
}

/// Whether a duration is a whole number of steps of so many powers of ten of a second.
fn is_multiple(duration_s: f64, step: i32) -> bool {
    let steps = duration_s * libm::exp10(f64::from(-step));
    (steps - libm::round(steps)).abs() <= f64::max(1e-6, 1e-12 * steps)
}

/// A duration of so many units, in s.
pub(super) fn duration(number: f64, unit_s: f64) -> Result<f64, Why> {
    let duration_s = number * unit_s;
    if duration_s.is_nan() {
        Err("the time of the request is no number")
    } else if duration_s < 0.0 {
        Err("the time of the request is negative")
    } else if duration_s > LONGEST_S {
        Err("the time of the request is longer than a year")
    } else {
        Ok(duration_s)
    }
}
