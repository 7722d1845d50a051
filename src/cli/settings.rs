//! From flags to the settings of an experiment, and Ctrl-C.

use super::arguments::SimulationArguments;
use super::exit::Exit;
use super::output;
use crate::experiment::result::TopologyId;
use crate::experiment::settings::{Load, Progress, Settings, ShareQuestion};
use crate::model::{Arrivals, Model, WarmUp};
use crate::quantity::{Time, percent};
use crate::syntax::overlap::covers;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Settings as the flags say.
///
/// # Errors
/// [`Exit::Usage`] after saying which flag makes no sense.
pub fn settings<'a>(
    flags: &SimulationArguments,
    topology: TopologyId,
    progress: &'a dyn Progress,
) -> Result<Settings<'a>, Exit> {
    Ok(Settings {
        stop: stop_on_interrupt()?,
        ..settings_of(flags, topology, progress)?
    })
}

/// The same without watching for Ctrl-C.
///
/// # Errors
/// As [`settings`].
pub fn settings_of<'a>(
    flags: &SimulationArguments,
    topology: TopologyId,
    progress: &'a dyn Progress,
) -> Result<Settings<'a>, Exit> {
    Ok(Settings {
        jobs: flags.jobs.map_or(0, usize::from),
        replications: flags.replications,
        precision: flags
            .precision
            .as_deref()
            .map(|text| share("--precision", text))
            .transpose()?,
        requests: flags.requests,
        duration: flags.duration.map(Time::nanos),
        warm_up: flags.warm_up.map(|time| WarmUp::Fixed(time.nanos())),
        load: load(flags),
        progress,
        topology,
        ..Settings::new(flags.seed)
    })
}

fn load(flags: &SimulationArguments) -> Option<Load> {
    let rate = flags.rate.map(|rate| Load::Rate(rate.per_second()));
    rate.or(flags.users.map(Load::Users))
}

/// Reads a share that lies between 0 and 100 %, as in `2%`.
///
/// # Errors
/// [`Exit::Usage`] after saying what is wrong.
pub fn share(flag: &str, text: &str) -> Result<f64, Exit> {
    let share = percent(text).map_err(|problem| usage(flag, text, &problem))?;
    if share > 0.0 && share < 1.0 {
        return Ok(share);
    }
    Err(usage(
        flag,
        text,
        &"it lies between 0 and 100 %, both excluded",
    ))
}

/// Reads `NAME=TIME` of `--share-above`.
///
/// # Errors
/// [`Exit::Usage`] after saying what is wrong.
pub fn share_question(text: &str) -> Result<ShareQuestion, Exit> {
    let (subject, time) = text
        .split_once('=')
        .ok_or_else(|| usage("--share-above", text, &"write NAME=TIME, as in all=100ms"))?;
    let time: Time = time
        .parse()
        .map_err(|problem| usage("--share-above", text, &problem))?;
    Ok(ShareQuestion {
        subject: subject.to_owned(),
        threshold: time.nanos(),
    })
}

/// Says what is wrong with a flag.
pub fn usage(flag: &str, text: &str, problem: &dyn std::fmt::Display) -> Exit {
    output::warn(&format!(
        "error: invalid value '{text}' for '{flag}': {problem}"
    ));
    Exit::Usage
}

/// Refuses assignments that a flag which turns `path` writes over, so that nobody would see them.
///
/// # Errors
/// [`Exit::Usage`] with the first of them.
pub fn refuse_set(flag: &str, path: &str, set: &[String]) -> Result<(), Exit> {
    let Some(assignment) = set.iter().find(|assignment| covers(path, assignment)) else {
        return Ok(());
    };
    output::warn(&format!(
        "error: `{path}` is varied by {flag} and set by --set {assignment}: leave one of them out"
    ));
    Err(Exit::Usage)
}

/// Refuses assignments to the load of the only workload with a rate, or users, when that load is
/// turned as well: nobody would see them. Of several workloads they say in what proportion the
/// load comes.
///
/// # Errors
/// [`Exit::Usage`] with the first of them.
pub fn refuse_hidden_load<'a>(
    (rate, users): (bool, bool),
    mut written: impl Iterator<Item = &'a String>,
    model: &Model,
) -> Result<(), Exit> {
    let sole = |of: fn(&Arrivals) -> bool| {
        let mut workloads = model.workloads.iter().filter(|one| of(&one.arrivals));
        workloads.next().filter(|_| workloads.next().is_none())
    };
    let rates = sole(|one| matches!(one, Arrivals::Open { .. })).filter(|_| rate);
    let crowds = sole(|one| matches!(one, Arrivals::Closed { .. })).filter(|_| users);
    let paths = [(rates, "rate"), (crowds, "users")];
    let hidden = paths.map(|(one, field)| Some(format!("workload.{:?}.{field}", one?.name)));
    let meets = |text: &&String| hidden.iter().flatten().any(|path| covers(path, text));
    let Some(text) = written.find(meets) else {
        return Ok(());
    };
    output::warn(&format!(
        "error: the load takes the place of `{text}`: leave one of them out"
    ));
    Err(Exit::Usage)
}

/// The same for `--rate` and `--users` beside `--set`.
///
/// # Errors
/// As [`refuse_hidden_load`].
pub fn refuse_set_load(
    flags: &SimulationArguments,
    set: &[String],
    model: &Model,
) -> Result<(), Exit> {
    let turned = (flags.rate.is_some(), flags.users.is_some());
    refuse_hidden_load(turned, set.iter(), model)
}

/// A flag that the first Ctrl-C raises; the second one ends the process at once.
///
/// # Errors
/// [`Exit::Failure`] when interrupts cannot be watched for.
pub fn stop_on_interrupt() -> Result<Arc<AtomicBool>, Exit> {
    let stop = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&stop);
    let handler = move || {
        if raised.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(Exit::Interrupted as u8));
        }
    };
    ctrlc::set_handler(handler).map_err(|error| {
        output::warn(&format!("error: cannot watch for interrupts: {error}"));
        Exit::Failure
    })?;
    Ok(stop)
}
