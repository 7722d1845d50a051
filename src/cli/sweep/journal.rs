//! Finished points on disk: one line each, in the order in which they were done.
//!
//! A process that is killed leaves at most a torn last line, which the next one drops. Once all
//! points are there the file is written anew in the order of the plan, so that its bytes tell
//! nothing of how they came about.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde::{Deserialize, Serialize};

use super::planned::{Planned, damaged};
use crate::cli::exit::Exit;
use crate::cli::output;
use crate::experiment::result::{Named, SweepPoint};
use crate::report::write;

/// Points by their number in the plan.
pub type Points = BTreeMap<usize, SweepPoint>;

/// Name of the journal of a whole sweep.
pub const NAME: &str = "points.jsonl";

/// The first line, and nothing but it: a plan, too, begins with its name.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    plan: String,
}

/// Any other line.
#[derive(Serialize, Deserialize)]
struct Line<P> {
    point: usize,
    result: P,
}

/// The line of a point, and the point as whoever reads the line finds it.
///
/// # Errors
/// Never for the results of this crate.
pub fn line(number: usize, point: &SweepPoint) -> Result<(String, SweepPoint), String> {
    let result = Line {
        point: number,
        result: point,
    };
    let mut text = serde_json::to_string(&result).map_err(|error| error.to_string())?;
    let read: Line<SweepPoint> = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    text.push('\n');
    Ok((text, read.result))
}

/// An open journal, which no other process may write.
pub struct Journal {
    path: PathBuf,
    head: String,
    kept: Mutex<Kept>,
}

/// What is on disk.
struct Kept {
    file: File,
    /// Bytes of whole lines.
    length: u64,
    /// A line could not be written: nothing follows it.
    is_broken: bool,
}

impl Journal {
    /// Opens or makes the journal at `path` and reads what is done already.
    ///
    /// # Errors
    /// When it cannot be read or written, another process writes it, or it belongs to another plan.
    pub fn open(path: &Path, planned: &Planned) -> Result<(Self, Points), Exit> {
        let failed = |error: std::io::Error| {
            output::warn(&format!("error: cannot write {}: {error}", path.display()));
            Exit::Failure
        };
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        let mut file = options.open(path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                output::warn(&format!(
                    "error: another process is at work on {}",
                    path.display()
                ));
                return Err(Exit::Failure);
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed)?;
        let head = head(&planned.digest);
        let (points, whole) = read(path, &bytes, planned)?;
        if whole < bytes.len() {
            file.set_len(whole as u64).map_err(failed)?;
        }
        let mut length = whole as u64;
        if whole == 0 {
            file.write_all(head.as_bytes()).map_err(failed)?;
            length = head.len() as u64;
        }
        let kept = Kept {
            file,
            length,
            is_broken: false,
        };
        let journal = Self {
            path: path.to_owned(),
            head,
            kept: Mutex::new(kept),
        };
        Ok((journal, points))
    }

    /// Adds a finished point; it has left the process when this returns.
    ///
    /// # Errors
    /// When it cannot be written, or an earlier one could not.
    pub fn add(&self, line: &str) -> Result<(), String> {
        let mut kept = self.kept.lock().expect("nobody panics with the lock");
        if kept.is_broken {
            return Err(format!("cannot write {}", self.path.display()));
        }
        match kept.file.write_all(line.as_bytes()) {
            Ok(()) => {
                kept.length += line.len() as u64;
                Ok(())
            }
            Err(error) => {
                kept.is_broken = true;
                // What is left of the line is dropped now, or else by whoever goes on.
                let _torn = kept.file.set_len(kept.length);
                Err(format!("cannot write {}: {error}", self.path.display()))
            }
        }
    }

    /// Writes the journal anew, in the order of the plan.
    ///
    /// # Errors
    /// [`Exit::Failure`] when it cannot be written; the old one is left as it is.
    pub fn settle(self, points: &Points) -> Result<(), Exit> {
        let text = whole(&self.head, points);
        write::write_file(&self.path, text.as_bytes()).map_err(|error| {
            output::warn(&format!("error: {error}"));
            Exit::Failure
        })
    }
}

/// The journal of a plan with these points.
pub fn text(planned: &Planned, points: &Points) -> String {
    whole(&head(&planned.digest), points)
}

fn whole(head: &str, points: &Points) -> String {
    let lines = points
        .iter()
        .filter_map(|(&number, point)| line(number, point).ok());
    let mut text = head.to_owned();
    lines.for_each(|(line, _)| text.push_str(&line));
    text
}

fn head(digest: &str) -> String {
    format!("{{\"plan\":\"{digest}\"}}\n")
}

/// The points of a journal and how many of its bytes are whole lines.
///
/// # Errors
/// When it belongs to another plan, a line other than the last is damaged, or one point has two
/// results.
pub fn read(path: &Path, bytes: &[u8], planned: &Planned) -> Result<(Points, usize), Exit> {
    let end = bytes
        .iter()
        .rposition(|&byte| byte == b'\n')
        .map_or(0, |at| at + 1);
    let mut points = Points::new();
    for (number, line) in (1..).zip(bytes[..end].split_inclusive(|&byte| byte == b'\n')) {
        if number == 1 {
            let head: Result<Head, _> = serde_json::from_slice(line);
            let head = head.map_err(|_| {
                let what = "these are no points of a sweep: name a directory that `linchpin sweep \
                            exec PLAN -o DIR` wrote";
                damaged(path, what)
            })?;
            if head.plan != planned.digest {
                let what = format!(
                    "it holds points of plan {}, not of {}: choose another directory, or remove it",
                    head.plan, planned.digest
                );
                return Err(damaged(path, &what));
            }
            continue;
        }
        let found: Result<Line<SweepPoint>, _> = serde_json::from_slice(line);
        let Ok(found) = found else {
            let what =
                format!("line {number} is damaged: remove that line, and its point is done again");
            return Err(damaged(path, &what));
        };
        if !fits(&found, planned) {
            let what = format!(
                "line {number} is of no point of the plan: point {} has other parameters there, or \
                 is not in it; the file was changed, so do this share again in another directory",
                found.point
            );
            return Err(damaged(path, &what));
        }
        let Line { point, result } = found;
        insert(&mut points, (point, result), path)?;
    }
    Ok((points, end))
}

/// Whether a line is about a point of the plan, with its parameters.
fn fits(line: &Line<SweepPoint>, planned: &Planned) -> bool {
    line.point < planned.plan.points.len()
        && line.result.parameters == Named(planned.plan.values(line.point))
}

/// Adds a point; the same result twice is one.
///
/// # Errors
/// [`Exit::InvalidModel`] when it is there with another result.
pub fn insert(
    points: &mut Points,
    (number, point): (usize, SweepPoint),
    path: &Path,
) -> Result<(), Exit> {
    let text = |point: &SweepPoint| line(number, point).map(|one| one.0);
    if let Some(known) = points.get(&number)
        && text(known) != text(&point)
    {
        let what = format!("point {number} has another result here than elsewhere");
        return Err(damaged(path, &what));
    }
    points.insert(number, point);
    Ok(())
}
