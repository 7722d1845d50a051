//! `linchpin run`: one scenario and its verdict.

use super::arguments::{FileArguments, ProfileName, RunArguments};
use super::exit::Exit;
use super::progress::Bar;
use super::result::{self, Finished};
use super::{load, settings};
use crate::experiment::{self, Profile};
use crate::report;

/// Runs the command.
pub fn main(arguments: &RunArguments) -> Exit {
    simulate(arguments).unwrap_or_else(|exit| exit)
}

fn simulate(arguments: &RunArguments) -> Result<Exit, Exit> {
    let output = &arguments.output;
    let FileArguments { file, set } = &arguments.input;
    let changes = (&set[..], ("--inject", &arguments.inject[..]));
    let loaded = load::load_with(file, changes, output.quiet, &output.look)?;
    settings::refuse_set_load(&arguments.simulation, set, &loaded.model)?;
    result::prepare(output)?;
    let bar = Bar::new(output.quiet);
    let mut topology = result::topology_id(&loaded, set);
    topology.injected.clone_from(&arguments.inject);
    let mut settings = settings::settings(&arguments.simulation, topology, &bar)?;
    settings.with_failures = arguments.with_failures;
    for text in &arguments.share_above {
        settings.share_above.push(settings::share_question(text)?);
    }
    let found = match arguments.profile {
        None => experiment::run(&loaded.model, &settings),
        Some(name) => experiment::profile(&loaded.model, &settings, named(name)),
    };
    bar.clear();
    let found = found.map_err(|error| result::refused(&error))?;
    let exit = result::ending(found.partial, found.exit_code());
    result::publish(
        output,
        &Finished {
            json: &|| report::json::pretty(&found),
            files: &|| report::files_of_run(&found),
            text: &|style| report::render_run(&found, style),
            exit,
        },
    )
}

fn named(name: ProfileName) -> Profile {
    match name {
        ProfileName::Smoke => Profile::Smoke,
        ProfileName::Performance => Profile::Performance,
        ProfileName::Load => Profile::Load,
        ProfileName::Stress => Profile::Stress,
        ProfileName::Spike => Profile::Spike,
        ProfileName::Soak => Profile::Soak,
        ProfileName::Negative => Profile::Negative,
        ProfileName::Fatigue => Profile::Fatigue,
    }
}
