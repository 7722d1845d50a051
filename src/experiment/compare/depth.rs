//! What is asked of each design beside its run.

use super::candidate::Candidate;
use crate::experiment::highest::{HighestSettings, highest, ready};
use crate::experiment::result::PointClass;
use crate::experiment::result::compare::{DesignCapacity, DesignLosses};
use crate::experiment::run::ExperimentError;
use crate::experiment::settings::{Load, Settings};
use crate::experiment::spof::{SpofSettings, spof};

/// How close the interval of a highest load is to be, as a share of it.
const WITHIN: f64 = 0.02;

/// What is asked of each design beside its run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    /// The highest load that keeps its objectives.
    pub capacity: bool,
    /// Single points and availability, by structure.
    pub losses: bool,
}

impl Depth {
    /// The highest load of a design, along the load that the settings name.
    pub(super) fn capacity_of(
        self,
        design: &Candidate,
        settings: &Settings<'_>,
    ) -> Result<Option<DesignCapacity>, ExperimentError> {
        if !self.capacity || settings.is_stopped() {
            return Ok(None);
        }
        highest_of(design, settings).map(Some)
    }

    /// What the losses of a design do.
    pub(super) fn losses_of(
        self,
        design: &Candidate,
        settings: &Settings<'_>,
    ) -> Result<Option<DesignLosses>, ExperimentError> {
        if !self.losses || settings.is_stopped() {
            return Ok(None);
        }
        losses_of(design, settings).map(Some)
    }
}

/// Refuses a design that has no highest load, before anything is run.
///
/// # Errors
/// As [`highest`], with the name of the design.
pub fn ready_for_highest(
    design: &Candidate,
    settings: &Settings<'_>,
) -> Result<(), ExperimentError> {
    let (own, asked) = asked(settings);
    let ready = ready(&design.model, &own, asked);
    ready.map(drop).map_err(|error| named(design, error))
}

/// What is asked of each design for its highest load.
fn asked<'a>(settings: &Settings<'a>) -> (Settings<'a>, HighestSettings) {
    let asked = HighestSettings {
        within: WITHIN,
        users: matches!(settings.load, Some(Load::Users(_))),
    };
    let own = Settings {
        load: None,
        replications: None,
        requests: None,
        ..settings.clone()
    };
    (own, asked)
}

/// The highest load at which a design keeps its objectives; lengths and number are those of the
/// search.
///
/// # Errors
/// As [`highest`], with the name of the design.
pub fn highest_of(
    design: &Candidate,
    settings: &Settings<'_>,
) -> Result<DesignCapacity, ExperimentError> {
    let (own, asked) = asked(settings);
    let found = highest(&design.model, &own, asked).map_err(|error| named(design, error))?;
    Ok(DesignCapacity {
        axis: found.axis,
        load: found.load,
        ci95: found.ci95,
        at_least: found.at_least,
        binding: found.binding.map(|one| one.objective),
    })
}

/// Single points and availability of a design, by structure.
///
/// # Errors
/// As [`spof`], with the name of the design.
pub fn losses_of(
    design: &Candidate,
    settings: &Settings<'_>,
) -> Result<DesignLosses, ExperimentError> {
    let asked = SpofSettings {
        structural_only: true,
        order: 1,
        ..SpofSettings::default()
    };
    let found = spof(&design.model, settings, &asked).map_err(|error| named(design, error))?;
    let structural = found.single_points.iter();
    let structural = structural.filter(|one| one.class == Some(PointClass::Structural));
    Ok(DesignLosses {
        single_points: structural.map(|one| one.component.clone()).collect(),
        availability: found.expected.as_ref().map(|one| one.availability),
        downtime_minutes_per_year: found.expected.map(|one| one.downtime_minutes_per_year),
    })
}

fn named(design: &Candidate, error: ExperimentError) -> ExperimentError {
    match error {
        ExperimentError::Question(text) => {
            ExperimentError::Question(format!("{}: {text}", design.name))
        }
        other => other,
    }
}
