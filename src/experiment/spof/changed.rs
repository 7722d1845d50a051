//! One change of the file, and what becomes of the losses that it is meant for.

use super::breaking::{PILOT_SHARE, base_of, examine, parts};
use super::judge::Judge;
use super::trial::{Bed, Trial};
use crate::experiment::pilot::{Pilot, pilot};
use crate::experiment::replicate::{Bench, Crew};
use crate::experiment::result::PointClass;
use crate::experiment::settings::Settings;
use crate::model::Model;
use crate::reliability::{Atom, Structure, single_points};

/// What a loss does with a change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    /// It is no point any more.
    Gone,
    /// It breaks no objective any more.
    Eased(Rest),
    /// It is no structural point, but breaks an objective.
    Felt(Rest),
    /// It is as bad as before, or something else is worse.
    Stays,
}

/// What a change leaves of a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rest {
    /// Whether it passes before the repair.
    pub passes: bool,
    /// Share of the requests lost.
    pub lost: f64,
}

/// Replications after which a change that is no good is given up.
const FEW: u32 = 2;

/// What each of these losses in `model` does in a changed one, each with whether it is worth
/// anything that it breaks no objective any more; `None` where nothing can be told of it. What few
/// replications, after the warm-up of the model as it was, show to be no good is not looked at
/// again.
pub fn with(
    (model, pilot_before, was_broken): (&Model, &Pilot, bool),
    changed: &Model,
    (crew, settings): (&Crew, &Settings<'_>),
    lost: &[(Atom, bool)],
) -> Option<Vec<Outcome>> {
    let changed = base_of(changed, settings).ok()?;
    let structure = Structure::of(&changed);
    let all = parts(&changed, &structure);
    let atoms = lost
        .iter()
        .map(|&(atom, _)| counterpart(model, &changed, atom));
    let atoms: Vec<Atom> = atoms.collect::<Option<_>>()?;
    let asked = |bed: &Bed<'_>, atoms: &[Atom]| {
        outcomes((&structure, bed), (crew, settings), atoms, was_broken)
    };
    let few = Settings {
        replications: Some(settings.replications.map_or(FEW, |all| all.min(FEW))),
        ..settings.clone()
    };
    let bed = Bed::new(Bench::new(&changed), pilot_before, &few, all.len());
    let mut seen = asked(&bed, &atoms)?;
    let is_good = |place: &usize| match seen[*place] {
        Outcome::Gone => true,
        Outcome::Eased(_) => lost[*place].1,
        Outcome::Felt(_) | Outcome::Stays => false,
    };
    let good: Vec<usize> = (0..seen.len()).filter(is_good).collect();
    if good.is_empty() {
        return Some(seen);
    }
    let found = pilot(&bed.bench, crew, settings, changed.run.cap / PILOT_SHARE)?;
    if found.grown.is_some() {
        return None;
    }
    let bed = Bed::new(bed.bench, &found, settings, all.len());
    let atoms: Vec<Atom> = good.iter().map(|&place| atoms[place]).collect();
    for (place, outcome) in good.into_iter().zip(asked(&bed, &atoms)?) {
        seen[place] = outcome;
    }
    Some(seen)
}

/// What each of these losses does on a bed.
fn outcomes(
    (structure, bed): (&Structure, &Bed<'_>),
    (crew, settings): (&Crew, &Settings<'_>),
    atoms: &[Atom],
    was_broken: bool,
) -> Option<Vec<Outcome>> {
    let model = bed.bench.model;
    let structural = single_points(model, structure);
    let baseline = bed.baseline(crew, settings)?;
    let judge = Judge::new(model, structure, bed, &baseline);
    if judge.breaks_already() && !was_broken {
        return None;
    }
    let trials = bed.crash_all(crew, settings, atoms);
    let outcome = |(&atom, trial): (&Atom, Option<Trial>)| {
        let trial = trial?;
        let mut points = structural.iter().filter(|point| point.is_structural());
        if points.any(|point| point.atom == atom) {
            return Some(Outcome::Stays);
        }
        let first = judge.first(atom, &trial);
        // Whether it comes back after its repair makes what stays away until then no better.
        let finding = if first.class.is_some() && !first.is_transient_candidate() {
            first
        } else {
            examine(bed, crew, settings, &judge, (atom, &trial))
        };
        let rest = Rest {
            passes: finding.class == Some(PointClass::Transient),
            lost: finding.lost_share,
        };
        Some(match finding.class {
            None => Outcome::Gone,
            Some(_) if finding.breaks_objective => Outcome::Felt(rest),
            Some(_) => Outcome::Eased(rest),
        })
    };
    atoms.iter().zip(trials).map(outcome).collect()
}

/// The part of `changed` that stands where `atom` stands in `model`: of a component the same place
/// behind the same leader, which company may have moved and renamed; else the same name.
pub fn counterpart(model: &Model, changed: &Model, atom: Atom) -> Option<Atom> {
    let all = parts(changed, &Structure::of(changed));
    let Atom::Node(node) = atom else {
        let is_same = |one: &&Atom| one.name(changed) == atom.name(model);
        return all.iter().find(is_same).copied();
    };
    let part = model.component(model.node(node).component);
    let mut shards = model.shards(part).enumerate();
    let (shard, place) = shards.find_map(|(shard, nodes)| {
        let place = nodes.iter().position(|&one| one == node)?;
        Some((shard, place))
    })?;
    let part = changed.component(changed.component_named(&part.name)?);
    let now = changed.shards(part).nth(shard)?.get(place)?;
    all.iter().find(|&&one| one == Atom::Node(*now)).copied()
}
