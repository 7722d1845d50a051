//! What every simulating command does with its result.

use super::arguments::OutputArguments;
use super::exit::Exit;
use super::output;
use crate::experiment::result::TopologyId;
use crate::report::write::WriteError;
use crate::report::{self, File, Style};
use crate::topology::Loaded;
use std::fmt::Display;
use std::path::Path;

/// A finished result and its renderings, made only when somebody asks for them.
pub struct Finished<'a> {
    /// `--json`
    pub json: &'a dyn Fn() -> String,
    /// `-o`
    pub files: &'a dyn Fn() -> Vec<File>,
    /// For people.
    pub text: &'a dyn Fn(&Style) -> String,
    /// How the command ends.
    pub exit: Exit,
}

/// The head of results.
pub fn topology_id(loaded: &Loaded, set: &[String]) -> TopologyId {
    TopologyId {
        name: loaded.model.name.clone(),
        digest: loaded.digest.clone(),
        set: set.to_vec(),
        injected: Vec::new(),
    }
}

/// Opens the targets before the work starts, so that a bad path fails in the first second.
///
/// # Errors
/// [`Exit::Failure`] when a target cannot be written.
pub fn prepare(output: &OutputArguments) -> Result<(), Exit> {
    if let Some(file) = &output.json {
        prepare_file(file)?;
    }
    output.out.as_deref().map_or(Ok(()), prepare_folder)
}

/// The same for one file; `-` is always there.
///
/// # Errors
/// [`Exit::Failure`] when it is a directory, or its folder cannot be written.
pub fn prepare_file(file: &Path) -> Result<(), Exit> {
    if file == Path::new("-") {
        return Ok(());
    }
    report::write::prepare_file(file).map_err(|error| unwritable(&error))
}

fn prepare_folder(dir: &Path) -> Result<(), Exit> {
    report::write::prepare(dir).map_err(|error| unwritable(&error))
}

fn unwritable(error: &WriteError) -> Exit {
    output::warn(&format!("error: {error}"));
    Exit::Failure
}

/// A model that an experiment cannot run as asked.
pub fn refused(error: &dyn Display) -> Exit {
    output::warn(&format!("error: {error}"));
    Exit::Usage
}

/// How a command with a judged result ends, unless it was interrupted.
pub fn ending(partial: bool, code: u8) -> Exit {
    if partial {
        Exit::Interrupted
    } else {
        exit(code)
    }
}

/// The exit code of a judged result.
pub fn exit(code: u8) -> Exit {
    match code {
        0 => Exit::Success,
        4 => Exit::Undecided,
        99 => Exit::ObjectiveFailed,
        _ => Exit::Failure,
    }
}

/// Writes files, JSON and text as asked for; returns how the command ends.
///
/// # Errors
/// [`Exit::Failure`] when something cannot be written.
pub fn publish(output: &OutputArguments, finished: &Finished<'_>) -> Result<Exit, Exit> {
    let mut saved = Vec::new();
    if let Some(dir) = &output.out {
        let written = report::write::write_all(dir, &(finished.files)());
        let paths = written.map_err(|error| {
            output::warn(&format!("error: {error}"));
            Exit::Failure
        })?;
        saved.extend(paths.iter().map(|path| path.display().to_string()));
    }
    if let Some(path) = &output.json {
        output::write_to(path, &(finished.json)())?;
        if path == Path::new("-") {
            return Ok(finished.exit);
        }
        saved.push(path.display().to_string());
    }
    if !output.quiet {
        let style = output::style(&output.look);
        let closing = report::render_closing(&saved, finished.exit as u8, &style);
        output::print(&((finished.text)(&style) + &closing))?;
    }
    Ok(finished.exit)
}
