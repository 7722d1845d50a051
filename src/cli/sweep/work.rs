//! The points of a sweep worked off, and its result written.

use std::sync::Mutex;

use super::journal::{self, Journal, Points};
use super::planned::Planned;
use crate::cli::arguments::OutputArguments;
use crate::cli::exit::Exit;
use crate::cli::output;
use crate::cli::result::{self, Finished};
use crate::experiment::result::{SweepPoint, SweepResult};
use crate::experiment::settings::Settings;
use crate::experiment::sweep;
use crate::report;

/// Works off what is missing of `wanted`, keeping every point in the journal as soon as it is done.
///
/// # Errors
/// [`Exit::Usage`] when the model cannot be run so, [`Exit::Failure`] when the journal cannot be
/// written; finished points are kept either way.
pub(super) fn work(
    planned: &Planned,
    wanted: &[usize],
    (journal, known): (Option<&Journal>, Points),
    settings: &Settings<'_>,
) -> Result<Points, Exit> {
    let missing: Vec<usize> = wanted
        .iter()
        .copied()
        .filter(|one| !known.contains_key(one))
        .collect();
    if missing.is_empty() {
        return Ok(known);
    }
    let points = Mutex::new(known);
    let failure = Mutex::new(None);
    let keep = |number: usize, point: &SweepPoint| {
        let kept = journal::line(number, point).and_then(|(line, read)| {
            journal.map_or(Ok(()), |journal| journal.add(&line))?;
            Ok(read)
        });
        match kept {
            Ok(read) => {
                points
                    .lock()
                    .expect("nobody panics with the lock")
                    .insert(number, read);
                true
            }
            Err(problem) => {
                failure
                    .lock()
                    .expect("nobody panics with the lock")
                    .get_or_insert(problem);
                false
            }
        }
    };
    let reload = |set: &[String]| planned.load(set).0.map(|loaded| loaded.model);
    let ran = sweep::run_points(&planned.plan, &missing, &reload, settings, &keep);
    if let Some(problem) = failure.into_inner().expect("nobody panics with the lock") {
        output::warn(&format!("error: {problem}"));
        return Err(Exit::Failure);
    }
    ran.map_err(|error| result::refused(&error))?;
    Ok(points.into_inner().expect("nobody panics with the lock"))
}

/// Writes a result as asked for.
pub(super) fn publish(own: &OutputArguments, found: &SweepResult) -> Result<Exit, Exit> {
    let exit = result::ending(found.partial, 0);
    result::publish(
        own,
        &Finished {
            json: &|| report::json::pretty(found),
            files: &|| report::files_of_sweep(found),
            text: &|style| report::render_sweep(found, style),
            exit,
        },
    )
}
