//! `linchpin compare --frontier`: every combination of some values, and those that nothing beats.

use super::arguments::CompareArguments;
use super::exit::Exit;
use super::progress::Bar;
use super::result::{self, Finished};
use super::{load, output, settings};
use crate::experiment::compare::Candidate;
use crate::experiment::frontier::MOST;
use crate::experiment::result::{Change, FrontierAxis};
use crate::experiment::{self};
use crate::report;
use crate::syntax::overlap::covers;
use crate::topology::{Loaded, load_source};
use std::path::Path;

/// Runs the command with `--frontier`.
pub fn simulate(arguments: &CompareArguments) -> Result<Exit, Exit> {
    let output = &arguments.output;
    let [file] = &arguments.files[..] else {
        output::warn("error: a frontier turns the values of one file: name one FILE");
        return Err(Exit::Usage);
    };
    if arguments.simulation.precision.is_some() {
        output::warn(
            "error: every point of a frontier has as many replications: write \
                      --replications N in place of --precision",
        );
        return Err(Exit::Usage);
    }
    let axes = axes(&arguments.frontier)?;
    for axis in &axes {
        settings::refuse_set("--frontier", &axis.path, &arguments.set)?;
    }
    // The file needs no value of its own where it is turned.
    let first = axes
        .iter()
        .map(|axis| format!("{}={}", axis.path, axis.values[0]));
    let set: Vec<String> = arguments.set.iter().cloned().chain(first).collect();
    let faults = ("--inject", &[][..]);
    let loaded = load::load_with(file, (&set, faults), output.quiet, &output.look)?;
    let mut designs = Vec::new();
    for values in combinations(&axes) {
        designs.push(design(arguments, (&loaded, file), &axes, &values)?);
    }
    result::prepare(output)?;
    let bar = Bar::new(output.quiet);
    let topology = result::topology_id(&loaded, &arguments.set);
    let settings = settings::settings(&arguments.simulation, topology, &bar)?;
    let found = experiment::frontier(&designs, axes, &settings, arguments.capacity);
    bar.clear();
    let found = found.map_err(|error| result::refused(&error))?;
    let exit = result::ending(found.partial, 0);
    result::publish(
        output,
        &Finished {
            json: &|| report::json::pretty(&found),
            files: &|| report::files_of_frontier(&found),
            text: &|style| report::render_frontier(&found, style),
            exit,
        },
    )
}

/// The axes of the flags, which have not too many combinations.
fn axes(flags: &[String]) -> Result<Vec<FrontierAxis>, Exit> {
    let mut found = Vec::new();
    for text in flags {
        found.push(axis(text).map_err(|problem| settings::usage("--frontier", text, &problem))?);
    }
    let twice = found.iter().enumerate().find(|(place, axis)| {
        let mut before = found[..*place].iter();
        before.any(|one| covers(&axis.path, &one.path) || covers(&one.path, &axis.path))
    });
    if let Some((place, _)) = twice {
        let problem = "its path has values already: give one list";
        return Err(settings::usage("--frontier", &flags[place], &problem));
    }
    let mut number = 1_usize;
    for axis in &found {
        number = number.saturating_mul(axis.values.len());
    }
    if number > MOST {
        output::warn(&format!(
            "error: {number} combinations are more than the {MOST} that a frontier looks at: name \
             fewer values"
        ));
        return Err(Exit::Usage);
    }
    Ok(found)
}

/// `PATH=A,B,C` or `PATH=1..4`; names of machines need no quotes.
fn axis(text: &str) -> Result<FrontierAxis, String> {
    const HOW: &str = "write PATH=VALUES, as in app.replicas=1..4 or app.machine=small,large";
    let (path, list) = text.split_once('=').ok_or(HOW)?;
    let path = path.trim();
    let values = match range(list)? {
        Some(values) => values,
        None => split(list),
    };
    if path.is_empty() || values.iter().any(String::is_empty) {
        return Err(HOW.to_owned());
    }
    let is_machine = path.ends_with(".machine");
    let quoted = |value: String| {
        if is_machine && !value.starts_with('"') {
            format!("{value:?}")
        } else {
            value
        }
    };
    let values: Vec<String> = values.into_iter().map(quoted).collect();
    if let Some(twice) = (1..values.len()).find(|&place| values[..place].contains(&values[place])) {
        return Err(format!("{} stands there twice", values[twice]));
    }
    Ok(FrontierAxis {
        path: path.to_owned(),
        values,
    })
}

/// Whole numbers from the first to the last; `None` where it is no range.
fn range(list: &str) -> Result<Option<Vec<String>>, String> {
    let Some((first, last)) = list.split_once("..") else {
        return Ok(None);
    };
    let (Ok(first), Ok(last)) = (first.trim().parse::<u32>(), last.trim().parse::<u32>()) else {
        return Ok(None);
    };
    if first > last || (last - first) as usize >= MOST {
        return Err(format!(
            "a range goes from a whole number to a larger one, over at most {MOST} of them"
        ));
    }
    Ok(Some(
        (first..=last).map(|number| number.to_string()).collect(),
    ))
}

/// The parts between commas outside of quotes and brackets.
fn split(list: &str) -> Vec<String> {
    let (mut parts, mut part, mut depth, mut is_text) = (Vec::new(), String::new(), 0_u32, false);
    let mut is_escaped = false;
    for letter in list.chars() {
        match letter {
            '"' if !is_escaped => is_text = !is_text,
            '(' | '[' | '{' if !is_text => depth += 1,
            ')' | ']' | '}' if !is_text => depth = depth.saturating_sub(1),
            ',' if !is_text && depth == 0 => {
                parts.push(std::mem::take(&mut part).trim().to_owned());
                continue;
            }
            _ => {}
        }
        is_escaped = letter == '\\' && !is_escaped;
        part.push(letter);
    }
    parts.push(part.trim().to_owned());
    parts
}

/// Every choice of one value an axis, the last axis turning fastest.
fn combinations(axes: &[FrontierAxis]) -> Vec<Vec<String>> {
    let mut all = vec![Vec::new()];
    for axis in axes {
        let longer = all.iter().flat_map(|values: &Vec<String>| {
            axis.values.iter().map(move |value| {
                let mut values = values.clone();
                values.push(value.clone());
                values
            })
        });
        all = longer.collect();
    }
    all
}

fn design(
    arguments: &CompareArguments,
    (base, file): (&Loaded, &Path),
    axes: &[FrontierAxis],
    values: &[String],
) -> Result<Candidate, Exit> {
    let assigned = axes.iter().zip(values);
    let assignments: Vec<String> = assigned
        .map(|(axis, value)| format!("{}={value}", axis.path))
        .collect();
    let folder = file.parent().unwrap_or(Path::new(""));
    let source = base.source.clone();
    let (loaded, problems) = load_source(source, folder, "--frontier", &assignments);
    let Some(loaded) = loaded.filter(|_| !problems.has_errors()) else {
        output::show_problems(&problems, &arguments.output.look);
        return Err(load::failure(&problems));
    };
    let changes = axes.iter().zip(values).map(|(axis, value)| Change {
        path: axis.path.clone(),
        before: None,
        after: Some(value.clone()),
    });
    let set = [&arguments.set[..], &assignments].concat();
    Ok(Candidate {
        name: assignments.join(", "),
        changes: changes.collect(),
        topology: result::topology_id(&loaded, &set),
        model: loaded.model,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_lists_or_ranges() {
        let values = |text: &str| axis(text).map(|axis| axis.values);
        assert_eq!(values("app.replicas=1..3").unwrap(), ["1", "2", "3"]);
        let machines = values("app.machine=small, \"big, one\"").unwrap();
        assert_eq!(machines, ["\"small\"", "\"big, one\""]);
        let laws = values("app.service=Constant(\"1ms\"),Gamma(mean: \"1ms\", cv: 2)").unwrap();
        assert_eq!(laws.len(), 2, "{laws:?}");
        for bad in [
            "app.replicas",
            "=1",
            "app.cores=1,,2",
            "app.cores=4..1",
            "app.cores=2,2",
        ] {
            assert!(values(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_last_axis_turns_fastest() {
        let axes = ["a.b=1,2", "a.c=3..4"].map(|text| axis(text).unwrap());
        let all = combinations(&axes);
        assert_eq!(all, [["1", "3"], ["1", "4"], ["2", "3"], ["2", "4"]]);
    }
}
