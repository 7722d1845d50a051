//! `linchpin check`: what is wrong or doubtful, without simulating.

use super::arguments::{CheckArguments, MessageFormat};
use super::exit::Exit;
use super::{load, output};
use crate::diagnostic::Diagnostics;
use crate::topology::lint::LINTS;
use crate::topology::{self, defaults};
use std::path::Path;

/// Runs the command.
pub fn main(arguments: &CheckArguments) -> Exit {
    if arguments.explain_defaults
        && let Err(exit) = output::print(&defaults_text())
    {
        return exit;
    }
    if let Some(code) = &arguments.explain
        && let Err(exit) = explain(code)
    {
        return exit;
    }
    let mut worst = Exit::Success;
    for file in &arguments.files {
        worst = worse(worst, check(file, arguments));
    }
    worst
}

/// Checks one file.
fn check(file: &Path, arguments: &CheckArguments) -> Exit {
    let (loaded, problems) = topology::load(file, &arguments.set);
    if let Err(exit) = show(&problems, arguments) {
        return exit;
    }
    if problems.has_errors() {
        return load::failure(&problems);
    }
    if arguments.deny_warnings && !problems.is_empty() {
        return Exit::InvalidModel;
    }
    let told = arguments.quiet || arguments.look.message_format == MessageFormat::Json;
    if let Some(loaded) = loaded.filter(|_| !told) {
        let model = &loaded.model;
        let line = format!(
            "{}: {} components, {} nodes, {} links, {}\n",
            file.display(),
            model.components.len(),
            model.nodes.len(),
            model.links.len(),
            warnings(problems.list().len()),
        );
        return output::print(&line).err().unwrap_or(Exit::Success);
    }
    Exit::Success
}

fn warnings(count: usize) -> String {
    match count {
        0 => "no warnings".to_owned(),
        1 => "1 warning".to_owned(),
        count => format!("{count} warnings"),
    }
}

/// Problems are what `check` is asked for: as JSON they go to stdout, for people to stderr.
fn show(problems: &Diagnostics, arguments: &CheckArguments) -> Result<(), Exit> {
    match arguments.look.message_format {
        MessageFormat::Json => output::print(&problems.json()),
        MessageFormat::Human => {
            output::show_problems(problems, &arguments.look);
            Ok(())
        }
    }
}

fn worse(one: Exit, other: Exit) -> Exit {
    if one == Exit::Success || other == Exit::Failure {
        other
    } else {
        one
    }
}

/// Says what an advice means.
fn explain(code: &str) -> Result<(), Exit> {
    let lints: Vec<_> = LINTS
        .iter()
        .filter(|lint| code == "all" || lint.code == code)
        .collect();
    if lints.is_empty() {
        let known: Vec<&str> = LINTS.iter().map(|lint| lint.code).collect();
        output::warn(&format!(
            "error: no advice is called {code}; known: {}",
            known.join(", ")
        ));
        return Err(Exit::Usage);
    }
    lints.iter().try_for_each(|lint| {
        output::print(&format!(
            "{}: {}\n  {}\n",
            lint.code, lint.title, lint.explanation
        ))
    })
}

/// Every default, grouped by what it belongs to, with its source; those by name last.
fn defaults_text() -> String {
    let mut lines = Vec::new();
    let mut group = "";
    for preset in defaults::all().chain(defaults::by_name()) {
        if preset.of != group {
            group = preset.of;
            lines.push(format!(
                "{}{group}",
                if lines.is_empty() { "" } else { "\n" }
            ));
        }
        lines.push(format!(
            "  {}: {}\n      {}",
            preset.field, preset.value, preset.source
        ));
    }
    lines.join("\n") + "\n"
}
