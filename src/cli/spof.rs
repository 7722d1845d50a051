//! `linchpin spof`: single points of failure.

use std::path::Path;

use super::arguments::SpofArguments;
use super::exit::Exit;
use super::progress::Bar;
use super::result::{self, Finished};
use super::{load, settings};
use crate::experiment;
use crate::experiment::spof::SpofSettings;
use crate::{report, topology};

/// Runs the command.
pub fn main(arguments: &SpofArguments) -> Exit {
    simulate(arguments).unwrap_or_else(|exit| exit)
}

fn simulate(arguments: &SpofArguments) -> Result<Exit, Exit> {
    let output = &arguments.output;
    let loaded = load::load(&arguments.input, output.quiet, &output.look)?;
    settings::refuse_set_load(&arguments.simulation, &arguments.input.set, &loaded.model)?;
    result::prepare(output)?;
    let bar = Bar::new(output.quiet);
    let topology = result::topology_id(&loaded, &arguments.input.set);
    let settings = settings::settings(&arguments.simulation, topology, &bar)?;
    let spof = SpofSettings {
        structural_only: arguments.structural,
        order: arguments.order,
        method: arguments.method.into(),
    };
    let input = &arguments.input;
    let reload = |more: &[String]| {
        let set = [&input.set, more].concat();
        Some(topology::load(&input.file, &set).0?.model)
    };
    // What came through a pipe cannot be read again.
    let is_file = input.file != Path::new("-");
    let reload: Option<&experiment::spof::Reload<'_>> = is_file.then_some(&reload);
    let found = experiment::spof_with_cures(&loaded.model, &settings, &spof, reload);
    bar.clear();
    let found = found.map_err(|error| result::refused(&error))?;
    let exit = result::ending(found.partial, if found.failed { 99 } else { 0 });
    result::publish(
        output,
        &Finished {
            json: &|| report::json::pretty(&found),
            files: &|| report::files_of_spof(&found),
            text: &|style| report::render_spof(&found, style),
            exit,
        },
    )
}
