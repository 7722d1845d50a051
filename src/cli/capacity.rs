//! `linchpin capacity`: up to which load objectives are kept, or a system comes back after a
//! trigger.

use super::arguments::{CapacityArguments, Crowd, FileArguments};
use super::exit::Exit;
use super::progress::Bar;
use super::result::{self, Finished};
use super::{find, load, settings};
use crate::experiment::settings::Settings;
use crate::experiment::{self, CapacitySettings, HighestSettings};
use crate::report;

/// Runs the command.
pub fn main(arguments: &CapacityArguments) -> Exit {
    let ended = match &arguments.find {
        Some(path) => find::simulate(arguments, path),
        None => simulate(arguments),
    };
    ended.unwrap_or_else(|exit| exit)
}

fn simulate(arguments: &CapacityArguments) -> Result<Exit, Exit> {
    let output = &arguments.output;
    let FileArguments { file, set } = &arguments.input;
    let after = &arguments.after;
    if let Some(Crowd::So(users)) = arguments.users {
        let problem = "so many users are to be carried with --find; without it, leave the number \
                       out";
        return Err(settings::usage("--users", &users.to_string(), &problem));
    }
    let along_users = arguments.users.is_some();
    let mut loaded = load::load_with(file, (set, ("--after", after)), output.quiet, &output.look)?;
    // Injected faults stand behind those of the file.
    let own = loaded.model.faults.len() - after.len();
    loaded.model.faults.drain(..own);
    result::prepare(output)?;
    let bar = Bar::new(output.quiet);
    let settings = Settings {
        jobs: arguments.jobs.map_or(0, usize::from),
        replications: arguments.replications,
        stop: settings::stop_on_interrupt()?,
        progress: &bar,
        topology: result::topology_id(&loaded, set),
        ..Settings::new(arguments.seed)
    };
    let within = settings::share("--within", &arguments.within)?;
    if after.is_empty() {
        let asked = HighestSettings {
            within,
            users: along_users,
        };
        let found = experiment::highest(&loaded.model, &settings, asked);
        bar.clear();
        let found = found.map_err(|error| result::refused(&error))?;
        let exit = result::ending(found.partial, found.exit_code());
        return result::publish(
            output,
            &Finished {
                json: &|| report::json::pretty(&found),
                files: &|| report::files_of_highest(&found),
                text: &|style| report::render_highest(&found, style),
                exit,
            },
        );
    }
    let asked = CapacitySettings {
        within,
        after: after.clone(),
        users: along_users,
    };
    let found = experiment::capacity(&loaded.model, &settings, &asked);
    bar.clear();
    let found = found.map_err(|error| result::refused(&error))?;
    let exit = result::ending(found.partial, found.exit_code());
    result::publish(
        output,
        &Finished {
            json: &|| report::json::pretty(&found),
            files: &|| report::files_of_capacity(&found),
            text: &|style| report::render_capacity(&found, style),
            exit,
        },
    )
}
