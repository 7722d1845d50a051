//! A plan with everything around it: its name, its file, its topology.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::cli::arguments::{DesignChoice, LookArguments, SweepQuestion};
use crate::cli::exit::Exit;
use crate::cli::{load, output, result, settings};
use crate::diagnostic::{Diagnostics, Source};
use crate::experiment::result::sweep::DesignKind;
use crate::experiment::settings::{Settings, Silent};
use crate::experiment::sweep::{self, Design, Plan, Text};
use crate::model::parameter::{Parameter, Values};
use crate::syntax::digest::Digest;
use crate::syntax::overlap::covers;
use crate::topology::parameter::parameter;
use crate::topology::{self, Loaded};

/// The flag that parameters come from, for problems.
const FLAG: &str = "--param";

/// A plan, and where the files are that its topology names.
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// A stable name of everything in it.
    pub digest: String,
    /// The folder of the topology.
    folder: PathBuf,
}

/// The file of a plan.
#[derive(Serialize, Deserialize)]
struct PlanFile {
    /// Name of the content.
    plan: String,
    /// Folder of the topology.
    folder: PathBuf,
    content: Plan,
}

impl Planned {
    /// The plan that answers a question; every point of it has been loaded once.
    ///
    /// # Errors
    /// After saying what is wrong with topology, parameters or points.
    pub fn of_question(
        question: &SweepQuestion,
        quiet: bool,
        look: &LookArguments,
    ) -> Result<Self, Exit> {
        let parameters = parameters(&question.param, look)?;
        refuse_overwritten(&parameters, &question.input.set)?;
        let loaded = load::load(&question.input, quiet, look)?;
        let topology = result::topology_id(&loaded, &question.input.set);
        let settings = settings::settings_of(&question.simulation, topology.clone(), &Silent)?;
        let by = |name: &str| parameters.iter().any(|one| one.path == name);
        let flags = &question.simulation;
        let turned = (
            by("rate") || flags.rate.is_some(),
            by("users") || flags.users.is_some(),
        );
        let paths = parameters.iter().map(|one| &one.path);
        let written = question.input.set.iter().chain(paths);
        settings::refuse_hidden_load(turned, written, &loaded.model)?;
        let source = Text {
            name: loaded.source.name().to_owned(),
            text: loaded.source.text().to_string(),
        };
        let design = design(question, &parameters);
        let plan = Plan::new((topology, source), &parameters, design, &settings);
        let plan = plan.map_err(|error| result::refused(&error))?;
        let digest = digest(&plan);
        let parent = question.input.file.parent().unwrap_or(Path::new(""));
        let folder = std::path::absolute(parent).unwrap_or_else(|_| parent.to_owned());
        let planned = Self {
            plan,
            digest,
            folder,
        };
        planned.check(look)?;
        Ok(planned)
    }

    /// Reads the file of a plan.
    ///
    /// # Errors
    /// When it cannot be read, is no plan or another version's, or its topology has changed.
    pub fn read(path: &Path) -> Result<Self, Exit> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            output::warn(&format!("error: cannot read {}: {error}", path.display()));
            Exit::Failure
        })?;
        let file: PlanFile = serde_json::from_str(&text).map_err(|error| {
            let what =
                format!("this is no plan of a sweep ({error}); `linchpin sweep plan` writes one");
            damaged(path, &what)
        })?;
        let digest = digest(&file.content);
        if file.plan != digest {
            return Err(damaged(
                path,
                "the plan has been changed since it was written: write it anew",
            ));
        }
        let planned = Self {
            plan: file.content,
            digest,
            folder: file.folder,
        };
        let made_by = &planned.plan.linchpin;
        if made_by != env!("CARGO_PKG_VERSION") {
            let what =
                format!("linchpin {made_by} wrote this plan: use that version, or write it anew");
            return Err(damaged(path, &what));
        }
        let (loaded, problems) = planned.load(&[]);
        let Some(loaded) = loaded.filter(|_| !problems.has_errors()) else {
            output::warn(problems.human(false).trim_end());
            return Err(damaged(path, "its topology cannot be loaded"));
        };
        if loaded.digest != planned.plan.topology.digest {
            let what = "files that its topology names have changed since it was written";
            return Err(damaged(path, what));
        }
        Ok(planned)
    }

    /// The text of the file of this plan.
    pub fn file(&self) -> String {
        let file = PlanFile {
            plan: self.digest.clone(),
            folder: self.folder.clone(),
            content: self.plan.clone(),
        };
        let mut text = serde_json::to_string(&file).expect("a plan is plain data with text keys");
        text.push('\n');
        text
    }

    /// The topology with further assignments, and its problems.
    pub fn load(&self, assignments: &[String]) -> (Option<Loaded>, Diagnostics) {
        let Text { name, text } = &self.plan.source;
        let source = Source::new(name.clone(), text.as_str());
        topology::load_source(source, &self.folder, FLAG, assignments)
    }

    /// Loads every point, and puts its load on it.
    fn check(&self, look: &LookArguments) -> Result<(), Exit> {
        for number in 0..self.plan.points.len() {
            let (loaded, problems) = self.load(&self.plan.assignments(number));
            let Some(loaded) = loaded.filter(|_| !problems.has_errors()) else {
                output::show_problems(&problems, look);
                return Err(load::failure(&problems));
            };
            let settings = self
                .plan
                .settings_of(number, &Settings::new(self.plan.seed));
            sweep::ready(loaded.model, &settings).map_err(|error| result::refused(&error))?;
        }
        Ok(())
    }
}

/// Sixteen hexadecimal digits for everything in a plan.
fn digest(plan: &Plan) -> String {
    let text = serde_json::to_string(plan).expect("a plan is plain data with text keys");
    let mut digest = Digest::new();
    digest.add(text.as_bytes());
    digest.hex()
}

fn parameters(texts: &[String], look: &LookArguments) -> Result<Vec<Parameter>, Exit> {
    let one = |text: &String| {
        parameter(FLAG, text).map_err(|problem| {
            let mut problems = Diagnostics::new();
            let source = problems.add_source(Source::new(FLAG, text.as_str()));
            problems.extend(source, [*problem]);
            output::show_problems(&problems, look);
            Exit::Usage
        })
    };
    texts.iter().map(one).collect()
}

/// Refuses what a parameter would write over, so that nobody would see it.
fn refuse_overwritten(parameters: &[Parameter], set: &[String]) -> Result<(), Exit> {
    for (place, one) in parameters.iter().enumerate() {
        let path = &one.path;
        settings::refuse_set(FLAG, path, set)?;
        let mut before = parameters[..place].iter();
        let hides = |other: &&Parameter| covers(path, &other.path) || covers(&other.path, path);
        if let Some(other) = before.find(hides) {
            output::warn(&format!(
                "error: `{path}` is varied twice: one takes the place of the other, `{}`",
                other.path
            ));
            return Err(Exit::Usage);
        }
    }
    Ok(())
}

/// As the flags say; without them a grid, or a Latin hypercube where something is to be drawn.
fn design(question: &SweepQuestion, parameters: &[Parameter]) -> Design {
    if let Some(samples) = question.sobol {
        return Design {
            kind: DesignKind::Indices,
            samples: Some(samples),
        };
    }
    let draws = |one: &Parameter| matches!(one.values, Values::Drawn(_));
    let kind = match question.design {
        Some(DesignChoice::Latin) => DesignKind::Latin,
        Some(DesignChoice::Sobol) => DesignKind::Sobol,
        None if question.samples.is_some() || parameters.iter().any(draws) => DesignKind::Latin,
        Some(DesignChoice::Grid) | None => DesignKind::Grid,
    };
    Design {
        kind,
        samples: question.samples,
    }
}

/// Says what is wrong with a file of a sweep.
pub(super) fn damaged(path: &Path, what: &str) -> Exit {
    output::warn(&format!("error: {}: {what}", path.display()));
    Exit::InvalidModel
}
