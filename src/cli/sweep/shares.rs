//! The steps of a sweep that many processes share.

use std::path::{Path, PathBuf};

use super::journal::{self, Journal, Points};
use super::planned::{Planned, damaged};
use super::shard::Shard;
use super::work::{publish, work};
use crate::cli::arguments::{SweepExecArguments, SweepMergeArguments, SweepPlanArguments};
use crate::cli::exit::Exit;
use crate::cli::progress::Bar;
use crate::cli::{output, result, settings};
use crate::experiment::settings::Settings;
use crate::experiment::sweep;
use crate::report::{number, write};

/// Points named in a message.
const NAMED: usize = 5;

/// `sweep plan`
pub fn plan(arguments: &SweepPlanArguments) -> Result<Exit, Exit> {
    let planned = Planned::of_question(&arguments.question, arguments.quiet, &arguments.look)?;
    result::prepare_file(&arguments.out)?;
    output::write_to(&arguments.out, &planned.file())?;
    if !arguments.quiet && arguments.out != Path::new("-") {
        let points = number::whole(planned.plan.points.len() as u64);
        let out = arguments.out.display();
        output::print(&format!(
            "  plan {} of {points} points written to {out}\n  \
             linchpin sweep exec {out} --shard 1/N -o DIR    each share, anywhere\n  \
             linchpin sweep merge {out} DIR -o OUT           once all are done\n",
            planned.digest
        ))?;
    }
    Ok(Exit::Success)
}

/// `sweep exec`
pub fn exec(arguments: &SweepExecArguments) -> Result<Exit, Exit> {
    let environment = |name: &str| std::env::var(name).ok();
    let shard = Shard::read(&arguments.shard, &environment)
        .map_err(|problem| settings::usage("--shard", &arguments.shard, &problem))?;
    let planned = Planned::read(&arguments.plan)?;
    write::prepare(&arguments.out).map_err(|error| {
        output::warn(&format!("error: {error}"));
        Exit::Failure
    })?;
    let wanted = shard.points(planned.plan.points.len());
    let path = arguments.out.join(shard.journal());
    let (journal, known) = Journal::open(&path, &planned)?;
    let before = known.len();
    let bar = Bar::new(arguments.quiet);
    let settings = Settings {
        jobs: arguments.jobs.map_or(0, usize::from),
        stop: settings::stop_on_interrupt()?,
        progress: &bar,
        ..Settings::new(planned.plan.seed)
    };
    let points = work(&planned, &wanted, (Some(&journal), known), &settings);
    bar.clear();
    let points = points?;
    let is_done = wanted.iter().all(|one| points.contains_key(one));
    if is_done {
        journal.settle(&points)?;
    }
    if !arguments.quiet {
        let of = number::whole(wanted.len() as u64);
        let done = number::whole(points.len() as u64);
        let Shard { number, count } = shard;
        let path = path.display();
        output::print(&format!(
            "  share {number}/{count}: {done} of {of} points are done, {before} of them before; in \
             {path}\n"
        ))?;
    }
    Ok(result::ending(!is_done, 0))
}

/// `sweep merge`
pub fn merge(arguments: &SweepMergeArguments) -> Result<Exit, Exit> {
    let planned = Planned::read(&arguments.plan)?;
    let (mut points, mut shards) = (Points::new(), Vec::new());
    for path in journals(&arguments.shares)? {
        let bytes = std::fs::read(&path).map_err(|error| unreadable(&path, &error))?;
        for point in journal::read(&path, &bytes, &planned)?.0 {
            journal::insert(&mut points, point, &path)?;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        shards.extend(Shard::of_journal(&name));
    }
    let planned_points = planned.plan.points.len();
    let missing: Vec<usize> = (0..planned_points)
        .filter(|one| !points.contains_key(one))
        .collect();
    if !missing.is_empty() {
        return Err(damaged(
            &arguments.plan,
            &incomplete(&missing, planned_points, &shards),
        ));
    }
    result::prepare(&arguments.output)?;
    if let Some(dir) = &arguments.output.out {
        let text = journal::text(&planned, &points);
        output::write_to(&dir.join(journal::NAME), &text)?;
    }
    publish(
        &arguments.output,
        &sweep::conclude(&planned.plan, &planned.digest, points),
    )
}

/// The journals in these directories, by name; a file is one itself.
fn journals(places: &[PathBuf]) -> Result<Vec<PathBuf>, Exit> {
    let mut found = Vec::new();
    for place in places {
        if place.is_file() {
            found.push(place.clone());
            continue;
        }
        let entries = std::fs::read_dir(place).map_err(|error| unreadable(place, &error))?;
        let mut own = Vec::new();
        for entry in entries {
            let path = entry.map_err(|error| unreadable(place, &error))?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name == journal::NAME || Shard::of_journal(&name).is_some() {
                own.push(path);
            }
        }
        if own.is_empty() {
            return Err(damaged(place, "no share of a sweep is in this directory"));
        }
        own.sort();
        found.extend(own);
    }
    Ok(found)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Exit {
    output::warn(&format!("error: cannot read {}: {error}", path.display()));
    Exit::Failure
}

/// Which points are missing, and by the names of the journals which shares.
fn incomplete(missing: &[usize], planned: usize, shards: &[Shard]) -> String {
    let names: Vec<String> = missing.iter().take(NAMED).map(usize::to_string).collect();
    let more = if missing.len() > NAMED { ", ..." } else { "" };
    let mut text = format!(
        "{} of {planned} points are missing: {}{more}",
        missing.len(),
        names.join(", ")
    );
    let counts: Vec<usize> = shards.iter().map(|shard| shard.count).collect();
    let Some(&count) = counts
        .first()
        .filter(|first| counts.iter().all(|one| one == *first))
    else {
        return text;
    };
    for number in 1..=count {
        let shard = Shard { number, count };
        let own = shard.points(planned);
        let left = own.iter().filter(|one| missing.contains(one)).count();
        if left > 0 {
            let what = if shards.contains(&shard) {
                format!("has {left} of {} points still to do", own.len())
            } else {
                "is not there".to_owned()
            };
            text = format!("{text}\n  share {number}/{count} {what}");
        }
    }
    text
}
