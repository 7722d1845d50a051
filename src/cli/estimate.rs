//! `linchpin estimate`: the analytic answer without simulation.

use super::arguments::EstimateArguments;
use super::exit::Exit;
use super::load;
use super::result::{self, Finished};
use crate::experiment::{self, Load};
use crate::quantity::Rate;
use crate::report;

/// Runs the command.
pub fn main(arguments: &EstimateArguments) -> Exit {
    answer(arguments).unwrap_or_else(|exit| exit)
}

fn answer(arguments: &EstimateArguments) -> Result<Exit, Exit> {
    let output = &arguments.output;
    let loaded = load::load(&arguments.input, output.quiet, &output.look)?;
    result::prepare(output)?;
    let rate = arguments.rate.map(Rate::per_second).map(Load::Rate);
    let load = rate.or(arguments.users.map(Load::Users));
    let topology = result::topology_id(&loaded, &arguments.input.set);
    let found = experiment::estimate(&loaded.model, load, topology);
    let found = found.map_err(|error| result::refused(&error))?;
    result::publish(
        output,
        &Finished {
            json: &|| report::json::pretty(&found),
            files: &|| report::files_of_estimate(&found),
            text: &|style| report::render_estimate(&found, style),
            exit: Exit::Success,
        },
    )
}
