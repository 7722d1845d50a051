//! `linchpin curve`: throughput and response time against load.

use super::arguments::CurveArguments;
use super::exit::Exit;
use super::progress::Bar;
use super::result::{self, Finished};
use super::{load, settings};
use crate::experiment;
use crate::experiment::curve::CurveSettings;
use crate::quantity::Rate;
use crate::report;

/// Runs the command.
pub fn main(arguments: &CurveArguments) -> Exit {
    simulate(arguments).unwrap_or_else(|exit| exit)
}

fn simulate(arguments: &CurveArguments) -> Result<Exit, Exit> {
    let output = &arguments.output;
    let loaded = load::load(&arguments.input, output.quiet, &output.look)?;
    settings::refuse_set_load(&arguments.simulation, &arguments.input.set, &loaded.model)?;
    result::prepare(output)?;
    let bar = Bar::new(output.quiet);
    let topology = result::topology_id(&loaded, &arguments.input.set);
    let settings = settings::settings(&arguments.simulation, topology, &bar)?;
    let curve = CurveSettings {
        from: arguments
            .from
            .as_deref()
            .map(|text| load_of("--from", text))
            .transpose()?,
        to: arguments
            .to
            .as_deref()
            .map(|text| load_of("--to", text))
            .transpose()?,
        steps: arguments.steps,
        margin: margin(arguments.margin)?,
    };
    let found = experiment::curve(&loaded.model, &settings, &curve);
    bar.clear();
    let found = found.map_err(|error| result::refused(&error))?;
    let exit = result::ending(found.partial, 0);
    result::publish(
        output,
        &Finished {
            json: &|| report::json::pretty(&found),
            files: &|| report::files_of_curve(&found),
            text: &|style| report::render_curve(&found, style),
            exit,
        },
    )
}

/// A load as a rate (`300/s`) or a number of users.
fn load_of(flag: &str, text: &str) -> Result<f64, Exit> {
    if let Ok(users) = text.parse::<u32>() {
        return Ok(f64::from(users));
    }
    let rate: Result<Rate, _> = text.parse();
    rate.map(Rate::per_second)
        .map_err(|problem| settings::usage(flag, text, &problem))
}

fn margin(share: f64) -> Result<f64, Exit> {
    if share > 0.0 && share <= 1.0 {
        return Ok(share);
    }
    Err(settings::usage(
        "--margin",
        &share.to_string(),
        &"it lies between 0 and 1",
    ))
}
