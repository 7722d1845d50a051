//! `linchpin sweep`: one model under many settings, in one go or in shares.

mod journal;
mod planned;
mod shard;
mod shares;
mod work;

use std::time::Instant;

use super::arguments::{SweepArguments, SweepStep, SweepWhole};
use super::exit::Exit;
use super::progress::Bar;
use super::{result, settings};
use crate::experiment::settings::Settings;
use crate::experiment::sweep;
use journal::{Journal, Points};
use planned::Planned;
use work::{publish, work};

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
