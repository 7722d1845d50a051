//! Breaking parts under load, one after the other.

use super::judge::{Finding, Judge};
use super::served::Loss;
use super::structural;
use super::trial::{Bed, Trial};
use crate::experiment::replicate::Crew;
use crate::experiment::result::{PointClass, SpofResult};
use crate::experiment::run::ExperimentError;
use crate::experiment::scenario::{at_peak, put_load};
use crate::experiment::settings::Settings;
use crate::model::Model;
use crate::reliability::{Atom, Structure};

/// Share of `run.cap` that the pilot may spend.
pub const PILOT_SHARE: u64 = 4;
/// Code of the warning that an objective is broken with every part up.
pub const BROKEN_BEFORE: &str = "broken_before";
/// Parts that are tried at once.
const TOGETHER: usize = 4;

/// The model under its peak load, or the load that was asked for, with the fewest nodes.
pub fn base_of(model: &Model, settings: &Settings<'_>) -> Result<Model, ExperimentError> {
    let mut base = at_peak(&model.at_minimum());
    if let Some(load) = settings.load {
        put_load(&mut base, load)?;
    }
    Ok(base)
}

/// The parts in use that can be broken.
pub fn parts(model: &Model, structure: &Structure) -> Vec<Atom> {
    let used = structure.atoms_in_use().into_iter();
    used.map(|number| structure.atoms.atom(number))
        .filter(|atom| !atom.is_external(model) && atom.part().is_some())
        .collect()
}

/// What the crashes showed.
#[derive(Default)]
pub struct Broken {
    /// The points, with whether they break an objective or stop a class.
    pub felt: Vec<(Atom, bool)>,
    /// What each loss costs.
    pub losses: Vec<Loss>,
}

/// The crash of each of `atoms`.
pub fn break_all(
    (model, bed, judge): (&Model, &Bed<'_>, &Judge<'_>),
    (crew, settings): (&Crew, &Settings<'_>),
    atoms: &[Atom],
    result: &mut SpofResult,
) -> Broken {
    let mut broken = Broken::default();
    for chunk in atoms.chunks(TOGETHER) {
        let trials = bed.crash_all(crew, settings, chunk);
        for (&atom, trial) in chunk.iter().zip(trials) {
            let Some(trial) = trial else {
                result.partial = true;
                continue;
            };
            let finding = examine(bed, crew, settings, judge, (atom, &trial));
            structural::add(result, model, atom, &finding);
            broken.losses.push(Loss {
                atom,
                settled_share: finding.settled_share,
                transition_s: finding.transition_s,
            });
            let mut points = result.single_points.iter();
            if let Some(point) = points.find(|one| one.component == atom.name(model)) {
                let is_structural = point.class == Some(PointClass::Structural);
                let breaks = finding.breaks_objective || is_structural;
                broken.felt.push((atom, breaks));
            }
        }
    }
    broken
}

/// Judges one crash, with a further run where the first leaves a question.
pub fn examine(
    bed: &Bed<'_>,
    crew: &Crew,
    settings: &Settings<'_>,
    judge: &Judge<'_>,
    (atom, trial): (Atom, &Trial),
) -> Finding {
    let mut finding = judge.first(atom, trial);
    let is_felt = finding.class.is_some() || finding.lost_share > 0.0;
    let is_unnamed = finding.classes.is_empty() && is_felt;
    let is_candidate = finding.is_transient_candidate();
    if (is_unnamed || is_candidate)
        && let Some(whole) = bed.whole(crew, settings, atom)
    {
        if is_unnamed {
            judge.name_sufferers(&mut finding, &whole);
        }
        if is_candidate {
            judge.over_the_outage(&mut finding, &whole);
        }
    }
    if !is_candidate
        && finding.is_unrecovered()
        && let Some(after) = bed.after(crew, settings, atom)
    {
        judge.after_repair(&mut finding, &after);
    }
    finding
}
