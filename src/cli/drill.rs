//! `linchpin drill`: an incident played through, and its report.

use super::arguments::{DrillArguments, FileArguments};
use super::exit::Exit;
use super::progress::Bar;
use super::result::{self, Finished};
use super::{load, output, settings};
use crate::experiment::result::DrillResult;
use crate::experiment::{self, DrillSettings};
use crate::report;
use std::path::Path;

/// Runs the command.
pub fn main(arguments: &DrillArguments) -> Exit {
    simulate(arguments).unwrap_or_else(|exit| exit)
}

fn simulate(arguments: &DrillArguments) -> Result<Exit, Exit> {
    let output = &arguments.output;
    let FileArguments { file, set } = &arguments.input;
    let changes = (&set[..], ("--inject", &arguments.inject[..]));
    let loaded = load::load_with(file, changes, output.quiet, &output.look)?;
    settings::refuse_set_load(&arguments.simulation, set, &loaded.model)?;
    result::prepare(output)?;
    result::prepare_file(&arguments.report)?;
    let bar = Bar::new(output.quiet);
    let mut topology = result::topology_id(&loaded, set);
    topology.injected.clone_from(&arguments.inject);
    let settings = settings::settings(&arguments.simulation, topology, &bar)?;
    let asked = DrillSettings {
        customers: arguments.customers.nanos(),
        announce: arguments.announce.nanos(),
    };
    let found = experiment::drill(&loaded.model, &settings, asked);
    bar.clear();
    let found = found.map_err(|error| result::refused(&error))?;
    let is_printed = arguments.report == Path::new("-");
    if !is_printed {
        output::write_to(&arguments.report, &report::incident::report(&found))?;
    }
    let exit = result::ending(found.partial, found.exit_code());
    let text = |style: &report::Style| page(&found, style, &arguments.report);
    result::publish(
        output,
        &Finished {
            json: &|| report::json::pretty(&found),
            files: &|| report::files_of_drill(&found),
            text: &text,
            exit,
        },
    )
}

/// The page with the place of the report, or the report itself.
fn page(found: &DrillResult, style: &report::Style, file: &Path) -> String {
    if file == Path::new("-") {
        return report::incident::report(found);
    }
    report::render_drill(found, &file.display().to_string(), style)
}
