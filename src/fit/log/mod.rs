//! Reading what others measured: one request a line, or one point of a load test a line.

mod access;
mod format;
mod instant;
mod k6_json;
mod lines;
mod record;
mod table;

use std::io::BufRead;

pub use format::Format;
use lines::{Line, Lines};
pub use record::{Log, Point, Reading, Sample, Why};

/// Most requests that are kept.
const SAMPLES_MAX: usize = 20_000_000;
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
        if let Some(why) = ignored(format, reading) {
            return Err(told(format!("this is {}, and {why}", format.words())));
        }
        let log = log.get_or_insert_with(|| Log::new(format));
        if log.format != format {
            let (one, other) = (log.format.words(), format.words());
            return Err(told(format!(
                "this is {other}, and the first file is {one}"
            )));
        }
        read_one(log, &mut lines, reading).map_err(told)?;
    }
    let log = log.ok_or_else(|| "no file is named".to_owned())?;
    Ok(log.read_through())
}

/// What of `reading` does nothing for a format, in words.
fn ignored(format: Format, reading: &Reading) -> Option<&'static str> {
    if reading.unit_s.is_some() && format.has_units() {
        Some("--unit says nothing: its numbers have their own units")
    } else if reading.one_class && !format.has_requests() {
        Some("--one-class says nothing: it has points, no requests")
    } else {
        None
    }
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
