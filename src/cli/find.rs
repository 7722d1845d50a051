//! `linchpin capacity --find`: the fewest nodes, or the cheapest machine, that carry a load.

use super::arguments::{CapacityArguments, Crowd};
use super::exit::Exit;
use super::output;
use super::progress::Bar;
use super::result::{self, Finished};
use super::{load, settings};
use crate::diagnostic::Diagnostics;
use crate::experiment::fewest::Values;
use crate::experiment::result::fewest::Value;
use crate::experiment::settings::{Load, Settings};
use crate::experiment::{self, ExperimentError, FewestSettings};
use crate::report;
use crate::syntax::path::{self, To};
use crate::topology::{Loaded, load_source};
use std::path::Path;

/// Most of a whole number that is looked at unless told otherwise.
const MOST: u32 = 1_000;

/// Runs the command with `--find PATH`.
pub fn simulate(arguments: &CapacityArguments, find: &str) -> Result<Exit, Exit> {
    let output = &arguments.output;
    settings::refuse_set("--find", find, &arguments.input.set)?;
    let loaded = load::load(&arguments.input, output.quiet, &output.look)?;
    let file = Reader {
        loaded: &loaded,
        arguments,
        find,
    };
    let asked = FewestSettings {
        find: find.to_owned(),
        values: file.values()?,
        survive: arguments.survive.unwrap_or(0),
        component: file.component()?,
    };
    result::prepare(output)?;
    let bar = Bar::new(output.quiet);
    let settings = Settings {
        jobs: arguments.jobs.map_or(0, usize::from),
        replications: arguments.replications,
        load: load_of(arguments),
        stop: settings::stop_on_interrupt()?,
        progress: &bar,
        topology: result::topology_id(&loaded, &arguments.input.set),
        ..Settings::new(arguments.seed)
    };
    let rebuild = |value: &Value| Some(file.with(value).ok()?.model);
    let found = experiment::fewest(&loaded.model, &settings, &asked, &rebuild);
    bar.clear();
    let found = found.map_err(|error| match error {
        ExperimentError::Refused => Exit::InvalidModel,
        other => result::refused(&other),
    })?;
    let exit = result::ending(found.partial, found.exit_code());
    result::publish(
        output,
        &Finished {
            json: &|| report::json::pretty(&found),
            files: &|| report::files_of_fewest(&found),
            text: &|style| report::render_fewest(&found, style),
            exit,
        },
    )
}

fn load_of(arguments: &CapacityArguments) -> Option<Load> {
    let rate = arguments.rate.map(|rate| Load::Rate(rate.per_second()));
    rate.or(match arguments.users {
        Some(Crowd::So(users)) => Some(Load::Users(users)),
        Some(Crowd::OfTheFile) | None => None,
    })
}

/// The file, and what is turned in it.
struct Reader<'a> {
    loaded: &'a Loaded,
    arguments: &'a CapacityArguments,
    find: &'a str,
}

impl Reader<'_> {
    /// The file with a value at the path; problems are shown.
    fn with(&self, value: &Value) -> Result<Loaded, Exit> {
        let (loaded, problems) = self.read(value);
        let look = &self.arguments.output.look;
        loaded.filter(|_| !problems.has_errors()).ok_or_else(|| {
            output::show_problems(&problems, look);
            load::failure(&problems)
        })
    }

    fn read(&self, value: &Value) -> (Option<Loaded>, Diagnostics) {
        let value = match value {
            Value::Whole(number) => number.to_string(),
            Value::Machine(name) => format!("{name:?}"),
        };
        let file = &self.arguments.input.file;
        let folder = file.parent().unwrap_or(Path::new(""));
        let assignment = format!("{}={value}", self.find);
        load_source(self.loaded.source.clone(), folder, "--find", &[assignment])
    }

    /// Names on the path, in order.
    fn names(&self) -> Result<Vec<String>, Exit> {
        let steps = path::parse(self.find)
            .ok()
            .filter(|(steps, end)| *end == self.find.len() && steps.len() > 1);
        let Some((steps, _)) = steps else {
            let problem = "write a path of the file, as in app.replicas or app.machine";
            return Err(settings::usage("--find", self.find, &problem));
        };
        let name = |step: path::Step| match step.to {
            To::Name(name) => name,
            To::Item(place) => place.to_string(),
        };
        Ok(steps.into_iter().map(name).collect())
    }

    /// The component that the path belongs to, if any.
    fn component(&self) -> Result<Option<String>, Exit> {
        let mut names = self.names()?;
        if names[0] == "components" {
            names.remove(0);
        }
        let first = names.swap_remove(0);
        let known = self.loaded.model.component_named(&first);
        Ok(known.map(|_| first))
    }

    /// Machines where the path ends in `machine`; else whole numbers from the least that the file
    /// takes.
    fn values(&self) -> Result<Values, Exit> {
        let names = self.names()?;
        if names.last().is_some_and(|name| name == "machine") {
            return self.machines();
        }
        let takes = |number| {
            let (loaded, problems) = self.read(&Value::Whole(number));
            loaded.is_some() && !problems.has_errors()
        };
        let least = u32::from(!takes(0));
        if least == 1 && !takes(1) {
            self.with(&Value::Whole(1))?;
        }
        let most = self.arguments.most.unwrap_or(MOST);
        Ok(Values::Whole(least.min(most), most))
    }

    fn machines(&self) -> Result<Values, Exit> {
        if self.arguments.most.is_some() {
            let problem = "machines are tried in the order of their price: leave --most out";
            output::warn(&format!("error: {problem}"));
            return Err(Exit::Usage);
        }
        let entries = self.loaded.tree.entries("machines");
        let names: Vec<String> = entries.into_iter().map(|(name, ..)| name).collect();
        if names.is_empty() {
            let problem = "the file has no machines: write machines: { \"m.large\": (cores: 4, \
                           cost: \"140/month\") }";
            return Err(settings::usage("--find", self.find, &problem));
        }
        Ok(Values::Machines(names))
    }
}
