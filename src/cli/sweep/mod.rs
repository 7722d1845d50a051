//! `linchpin sweep`: one model under many settings, in one go or in shares.

mod journal;
mod planned;
mod shard;
mod shares;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::time::Instant;

use super::arguments::{OutputArguments, SweepArguments, SweepStep, SweepWhole};
use super::exit::Exit;
use super::progress::Bar;
use super::result::{self, Finished};
use super::{output, settings};
use crate::experiment::result::{SweepPoint, SweepResult};
use crate::experiment::settings::Settings;
use crate::experiment::sweep;
use crate::report;
use journal::Journal;
use planned::Planned;

/// Points by their number in the plan.
type Points = BTreeMap<usize, SweepPoint>;

/// Runs the command.
pub fn main(arguments: &SweepArguments) -> Exit {
    let done = match arguments {
        SweepArguments::Whole(whole) => in_one_go(whole),
        SweepArguments::Step(step) => match &**step {
            SweepStep::Plan(step) => shares::plan(step),
            SweepStep::Exec(step) => shares::exec(step),
            SweepStep::Merge(step) => shares::merge(step),
        },
    };
    done.unwrap_or_else(|exit| exit)
}

fn in_one_go(arguments: &SweepWhole) -> Result<Exit, Exit> {
    let start = Instant::now();
    let question = &arguments.question;
    let own = &arguments.output;
    let planned = Planned::of_question(question, own.quiet, &own.look)?;
    result::prepare(own)?;
    let journal = own.out.as_deref().map(|dir| dir.join(journal::NAME));
    let (journal, known) = match &journal {
        Some(path) => {
            Journal::open(path, &planned).map(|(journal, known)| (Some(journal), known))?
        }
        None => (None, Points::new()),
    };
    let wanted: Vec<usize> = (0..planned.plan.points.len()).collect();
    let bar = Bar::new(own.quiet);
    let settings = Settings {
        jobs: question.simulation.jobs.map_or(0, usize::from),
        stop: settings::stop_on_interrupt()?,
        progress: &bar,
        ..Settings::new(planned.plan.seed)
    };
    let points = work(&planned, &wanted, (journal.as_ref(), known), &settings);
    bar.clear();
    let points = points?;
    if let Some(journal) = journal.filter(|_| points.len() == wanted.len()) {
        journal.settle(&points)?;
    }
    let mut found = sweep::conclude(&planned.plan, &planned.digest, points);
    found.wall_s = start.elapsed().as_secs_f64();
    publish(own, &found)
}

/// Works off what is missing of `wanted`, keeping every point in the journal as soon as it is done.
///
/// # Errors
/// [`Exit::Usage`] when the model cannot be run so, [`Exit::Failure`] when the journal cannot be
/// written; finished points are kept either way.
fn work(
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
fn publish(own: &OutputArguments, found: &SweepResult) -> Result<Exit, Exit> {
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

/// Says what is wrong with a file of a sweep.
fn damaged(path: &Path, what: &str) -> Exit {
    output::warn(&format!("error: {}: {what}", path.display()));
    Exit::InvalidModel
}
