//! Reading a topology for a command: problems are shown, the rest is a model.

use super::arguments::{FileArguments, LookArguments};
use super::exit::Exit;
use super::output;
use crate::diagnostic::{Diagnostics, Source};
use crate::topology::{self, Loaded};
use std::path::Path;

/// Reads a file with its assignments, lints it, and shows what is wrong or doubtful on stderr.
///
/// # Errors
/// [`Exit::InvalidModel`] when it holds an error, [`Exit::Failure`] when it cannot be read.
pub fn load(input: &FileArguments, quiet: bool, look: &LookArguments) -> Result<Loaded, Exit> {
    load_with(&input.file, (&input.set, ("--inject", &[])), quiet, look)
}

/// The same from its parts, with faults added.
///
/// # Errors
/// As [`load`].
pub fn load_with(
    file: &Path,
    (assignments, faults): (&[String], (&str, &[String])),
    quiet: bool,
    look: &LookArguments,
) -> Result<Loaded, Exit> {
    shown(
        topology::load_injected(file, assignments, faults),
        quiet,
        look,
    )
}

/// A file that has been read, with further assignments of this flag.
///
/// # Errors
/// As [`load`].
pub fn load_changed(
    (file, source): (&Path, &Source),
    (flag, assignments): (&str, &[String]),
    quiet: bool,
    look: &LookArguments,
) -> Result<Loaded, Exit> {
    let folder = file.parent().unwrap_or(Path::new(""));
    let found = topology::load_source(source.clone(), folder, flag, assignments);
    shown(found, quiet, look)
}

/// What was loaded, after its problems have been shown.
fn shown(
    (loaded, problems): (Option<Loaded>, Diagnostics),
    quiet: bool,
    look: &LookArguments,
) -> Result<Loaded, Exit> {
    if problems.has_errors() || !quiet {
        output::show_problems(&problems, look);
    }
    loaded
        .filter(|_| !problems.has_errors())
        .ok_or_else(|| failure(&problems))
}

/// Unreadable files are failures of reading, everything else is an invalid model.
pub fn failure(problems: &Diagnostics) -> Exit {
    let unreadable = crate::diagnostic::code::UNREADABLE;
    if problems
        .list()
        .iter()
        .any(|problem| problem.code == unreadable)
    {
        Exit::Failure
    } else {
        Exit::InvalidModel
    }
}
