//! `linchpin compare`: designs side by side.

use std::path::Path;

use super::arguments::{CompareArguments, OutputArguments};
use super::exit::Exit;
use super::progress::Bar;
use super::result::{self, Finished};
use super::{frontier, load, output, settings};
use crate::experiment;
use crate::experiment::compare::{Candidate, Depth};
use crate::experiment::result::{Change, TopologyId};
use crate::report;
use crate::syntax::diff;
use crate::syntax::splice::{self, Variant};
use crate::topology::Loaded;

/// Runs the command.
pub fn main(arguments: &CompareArguments) -> Exit {
    let ended = if arguments.frontier.is_empty() {
        simulate(arguments)
    } else {
        frontier::simulate(arguments)
    };
    ended.unwrap_or_else(|exit| exit)
}

fn simulate(arguments: &CompareArguments) -> Result<Exit, Exit> {
    let output = &arguments.output;
    let designs = designs(arguments)?;
    if designs.len() < 2 {
        output::warn("error: compare needs two designs: name two files, or add --variant");
        return Err(Exit::Usage);
    }
    result::prepare(output)?;
    let bar = Bar::new(output.quiet);
    let topology = designs[0].topology.clone();
    let settings = settings::settings(&arguments.simulation, topology, &bar)?;
    let depth = Depth {
        capacity: arguments.capacity,
        losses: arguments.availability,
    };
    let found = experiment::compare_in_depth(&designs, &settings, depth);
    bar.clear();
    let found = found.map_err(|error| result::refused(&error))?;
    let exit = result::ending(found.partial, 0);
    // A page of its own has nothing of ours below it.
    let silent = OutputArguments {
        quiet: output.quiet || arguments.markdown,
        ..output.clone()
    };
    let exit = result::publish(
        &silent,
        &Finished {
            json: &|| report::json::pretty(&found),
            files: &|| report::files_of_compare(&found),
            text: &|style| report::render_compare(&found, style),
            exit,
        },
    )?;
    let is_read = output.json.as_deref() != Some(Path::new("-"));
    if arguments.markdown && !output.quiet && is_read {
        output::print(&report::markdown::compare(&found))?;
    }
    Ok(exit)
}

/// The files in order, then the variants of the first; with variants the first is called `base`.
fn designs(arguments: &CompareArguments) -> Result<Vec<Candidate>, Exit> {
    let look = &arguments.output.look;
    let quiet = arguments.output.quiet;
    let mut named: Vec<(String, Loaded, Vec<String>)> = Vec::new();
    for (place, file) in arguments.files.iter().enumerate() {
        let loaded = load::load_with(file, (&arguments.set, ("--inject", &[])), quiet, look)?;
        let stem = file
            .file_stem()
            .map_or("-".into(), |stem| stem.to_string_lossy());
        let is_base = place == 0 && !arguments.variant.is_empty();
        let name = if is_base {
            "base".to_owned()
        } else {
            stem.into_owned()
        };
        named.push((name, loaded, arguments.set.clone()));
    }
    for text in &arguments.variant {
        let Variant { name, assignments } = variant(text)?;
        let base = (arguments.files[0].as_path(), &named[0].1.source);
        let flag = format!("--variant {name}");
        let loaded = load::load_changed(base, (&flag, &assignments), quiet, look)?;
        let set = [&arguments.set[..], &assignments].concat();
        named.push((name, loaded, set));
    }
    distinct(&mut named);
    Ok(candidates(named))
}

fn variant(text: &str) -> Result<Variant, Exit> {
    splice::variant(text).map_err(|problem| settings::usage("--variant", text, &problem.message))
}

/// Equal names get a number.
fn distinct(named: &mut [(String, Loaded, Vec<String>)]) {
    for place in 1..named.len() {
        let earlier = named[..place]
            .iter()
            .filter(|other| other.0 == named[place].0)
            .count();
        if earlier > 0 {
            let numbered = format!("{} ({})", named[place].0, earlier + 1);
            named[place].0 = numbered;
        }
    }
}

fn candidates(named: Vec<(String, Loaded, Vec<String>)>) -> Vec<Candidate> {
    let base = named[0].1.tree.clone();
    named
        .into_iter()
        .enumerate()
        .map(|(place, (name, loaded, set))| {
            let changes = if place == 0 {
                Vec::new()
            } else {
                diff::diff(&base, &loaded.tree)
                    .into_iter()
                    .map(change)
                    .collect()
            };
            let topology: TopologyId = result::topology_id(&loaded, &set);
            Candidate {
                name,
                model: loaded.model,
                changes,
                topology,
            }
        })
        .collect()
}

fn change(change: diff::Change) -> Change {
    Change {
        path: change.path,
        before: change.before,
        after: change.after,
    }
}
