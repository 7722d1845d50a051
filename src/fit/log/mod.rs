//! Reading what others measured: one request a line, or one point of a load test a line.

mod access;
mod format;
mod instant;
mod k6_json;
mod lines;
mod table;

use std::collections::BTreeMap;
use std::io::BufRead;

pub use format::Format;
use lines::{Line, Lines};

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

/// Most requests that are kept.
const SAMPLES_MAX: usize = 20_000_000;
/// The finest step looked for in durations, as a power of ten of seconds.
const FINEST: i32 = -9;

impl Log {
    fn new(format: Format) -> Self {
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

    fn reject(&mut self, why: Why, line: u64) {
        *self.rejected.entry(why).or_default() += 1;
        self.rejected_at.entry(why).or_insert(line);
    }

    fn class(&mut self, name: &str, reading: &Reading) -> u32 {
        let name = if reading.one_class { "all" } else { name };
        if let Some(known) = self.names.get(name) {
            return *known;
        }
        let id = self.classes.len() as u32;
        self.classes.push(name.to_owned());
        self.names.insert(name.to_owned(), id);
        id
    }

    fn push(&mut self, sample: Sample) {
        if let Some(duration) = sample.duration_s {
            while self.step > FINEST && !is_multiple(duration, self.step) {
                self.step -= 1;
            }
        }
        self.samples.push(sample);
    }
}

/// Whether a duration is a whole number of steps of so many powers of ten of a second.
fn is_multiple(duration_s: f64, step: i32) -> bool {
    let steps = duration_s * libm::exp10(f64::from(-step));
    (steps - libm::round(steps)).abs() <= f64::max(1e-6, 1e-12 * steps)
}

/// Reads files of one format, one after the other, each with its name for messages.
///
/// # Errors
/// A file of which the format cannot be told or differs from that of the first, that cannot be
/// read, or that is longer than what is kept.
pub fn read(files: Vec<(String, Box<dyn BufRead>)>, reading: &Reading) -> Result<Log, String> {
    let mut log: Option<Log> = None;
    for (name, source) in files {
        let mut lines = Lines::new(source);
        let told = |why: String| format!("{name}: {why}");
        let head = lines.head().map_err(|error| told(error.to_string()))?;
        let format = match reading.format {
            Some(format) => format,
            None => Format::of(&head).map_err(told)?,
        };
        let log = log.get_or_insert_with(|| Log::new(format));
        if log.format != format {
            let (one, other) = (log.format.words(), format.words());
            return Err(told(format!(
                "this is {other}, and the first file is {one}"
            )));
        }
        read_one(log, &mut lines, reading).map_err(told)?;
    }
    let mut log = log.ok_or_else(|| "no file is named".to_owned())?;
    log.resolution_s = libm::exp10(f64::from(log.step));
    Ok(log)
}

fn read_one(log: &mut Log, lines: &mut Lines, reading: &Reading) -> Result<(), String> {
    let mut columns = None;
    while let Some((number, line)) = lines.next().map_err(|error| error.to_string())? {
        let text = match line {
            Line::Text(text) if text.trim().is_empty() => continue,
            Line::Text(text) => text,
            Line::NotText => {
                log.reject("not UTF-8", number);
                continue;
            }
            Line::TooLong => {
                log.reject("line too long", number);
                continue;
            }
        };
        let used = match log.format {
            Format::Access => access::line(log, &text, reading),
            Format::K6Json => k6_json::line(log, &text, reading),
            Format::Jmeter | Format::K6Csv | Format::Ngrinder | Format::Table | Format::Points => {
                let Some(columns) = &columns else {
                    columns = Some(table::Columns::of(log.format, &text)?);
                    continue;
                };
                table::line(log, columns, &text, reading)
            }
        };
        if let Err(why) = used {
            log.reject(why, number);
        }
        if log.samples.len() > SAMPLES_MAX {
            return Err(format!(
                "more than {SAMPLES_MAX} requests: give a part of it"
            ));
        }
    }
    Ok(())
}
