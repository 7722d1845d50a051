//! Cures by trial: changes of the file, against which the same loss is tried again.

use std::collections::VecDeque;

use super::breaking::{BROKEN_BEFORE, PILOT_SHARE, base_of, examine, parts};
use super::change::{candidates, overriding};
use super::judge::{Finding, Judge};
use super::structural::cure_on_new_hosts;
use super::trial::{Bed, Trial};
use crate::experiment::pilot::pilot;
use crate::experiment::replicate::{Bench, Crew};
use crate::experiment::result::{PointClass, SinglePoint, SpofResult};
use crate::experiment::settings::Settings;
use crate::experiment::words;
use crate::model::Model;
use crate::reliability::{Atom, Structure, single_points};

/// The model of the same file with further assignments; `None` where they do not fit it.
pub type Reload<'a> = dyn Fn(&[String]) -> Option<Model> + Sync + 'a;

/// Added to what eases a point.
const EASED: &str = " (the gap that is left breaks no objective)";

/// Added to what structure asks for where that is not enough.
const SHORT: &str = " (under load that is not enough: an objective breaks with it)";

/// What a loss does with a change.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Outcome {
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
struct Rest {
    /// Whether it passes before the repair.
    passes: bool,
    /// Share of the requests lost.
    lost: f64,
}

/// Most changes of one point on which others are built.
const ROUNDS: usize = 2;

/// A point and the changes that are left to try.
struct Open {
    atom: Atom,
    /// Its place among the single points.
    place: usize,
    breaks: bool,
    /// The changes that structure asks for, with which the others begin, and the words of them.
    bases: Vec<Vec<String>>,
    words: String,
    is_eased: bool,
    is_gone: bool,
    /// Changes that help and are not enough, in the order tried.
    helpful: Vec<(Rest, Vec<String>)>,
    /// How often changes were built on one of those.
    rounds: usize,
    /// What is left to try, each with the number of what it begins with.
    left: VecDeque<(usize, Vec<String>)>,
}

/// Fills in `cure` of the points of `atoms`, each with whether it breaks an objective now: the
/// first change that removes the point, or else the first with which it breaks no objective any
/// more. Points with the same change are tried in one go.
pub fn fill(
    (model, structure): (&Model, &Structure),
    (crew, settings): (&Crew, &Settings<'_>),
    reload: &Reload<'_>,
    atoms: &[(Atom, bool)],
    result: &mut SpofResult,
) {
    let mut open: Vec<Open> = Vec::new();
    for &(atom, breaks) in atoms {
        let name = atom.name(model);
        let mut points = result.single_points.iter();
        let Some(place) = points.position(|point| point.component == name) else {
            continue;
        };
        let point = &result.single_points[place];
        open.extend(Open::of(
            (model, structure),
            reload,
            (atom, breaks),
            (place, point),
        ));
    }
    let was_broken = result.warnings.iter().any(|one| one.code == BROKEN_BEFORE);
    settings.progress.phase("cures", None);
    while !open.is_empty() && !settings.is_stopped() {
        let next = open.iter_mut().map(|one| Some(one.left.pop_front()?.1));
        let next: Vec<Option<Vec<String>>> = next.collect();
        let mut changes: Vec<&Vec<String>> = next.iter().flatten().collect();
        changes.sort();
        changes.dedup();
        for change in changes {
            let mine: Vec<&mut Open> = open
                .iter_mut()
                .zip(&next)
                .filter(|(_, own)| own.as_ref() == Some(change))
                .map(|(one, _)| one)
                .collect();
            let lost: Vec<Atom> = mine.iter().map(|one| one.atom).collect();
            let changed = reload(change);
            let found =
                changed.and_then(|it| with((model, &it), (crew, settings), &lost, was_broken));
            let found = found.unwrap_or_else(|| vec![Outcome::Stays; lost.len()]);
            for (one, outcome) in mine.into_iter().zip(found) {
                one.learn(change, outcome, &mut result.single_points);
            }
        }
        open.retain_mut(|one| {
            one.deepen(model, reload);
            let is_left = !one.left.is_empty() && !one.is_gone;
            if !is_left {
                one.give_up(&mut result.single_points);
            }
            is_left
        });
    }
    if !open.is_empty() {
        let text = "interrupted before all changes were tried: more of the points may have a cure";
        result.warn("cures_cut_short", text);
    }
}

impl Open {
    /// Nothing tried yet; `None` where there is nothing to try.
    fn of(
        (model, structure): (&Model, &Structure),
        reload: &Reload<'_>,
        (atom, breaks): (Atom, bool),
        (place, point): (usize, &SinglePoint),
    ) -> Option<Self> {
        let is_structural = point.class == Some(PointClass::Structural);
        let (mut bases, mut words) = (Vec::new(), String::new());
        let changes: Vec<(usize, Vec<String>)> = if is_structural {
            bases.push(point.cure.clone());
            bases.extend(cure_on_new_hosts(model, structure, atom));
            bases.retain(|base| !base.is_empty());
            bases.dedup();
            words.clone_from(&point.fix);
            beyond_structure(model, reload, atom, &bases)
        } else {
            let all = candidates(model, atom, point.class).into_iter();
            all.map(|change| (0, change)).collect()
        };
        (!changes.is_empty()).then(|| Self {
            atom,
            place,
            breaks,
            bases,
            words,
            is_eased: false,
            is_gone: false,
            helpful: Vec::new(),
            rounds: if is_structural { ROUNDS } else { 0 },
            left: changes.into(),
        })
    }

    /// What removes the point is its cure, the first that eases it until then. What is built on a
    /// change that is no good is not tried.
    fn learn(&mut self, change: &[String], outcome: Outcome, points: &mut [SinglePoint]) {
        if outcome == Outcome::Stays {
            let is_base = |(_, base): &(usize, &Vec<String>)| **base == change;
            let base = self.bases.iter().enumerate().find(is_base);
            if let Some((bad, _)) = base {
                self.left.retain(|(number, _)| *number != bad);
            }
        }
        if let Outcome::Eased(rest) | Outcome::Felt(rest) = outcome {
            self.helpful.push((rest, change.to_vec()));
        }
        let gap = match outcome {
            Outcome::Gone => "",
            Outcome::Eased(_) if self.breaks && !self.is_eased => EASED,
            Outcome::Eased(_) | Outcome::Felt(_) | Outcome::Stays => return,
        };
        self.is_eased = true;
        self.is_gone = outcome == Outcome::Gone;
        let point = &mut points[self.place];
        point.cure = change.to_vec();
        let first = self.bases.first();
        let is_further = |one: &&String| first.is_none_or(|first| !first.contains(one));
        let further: Vec<String> = change.iter().filter(is_further).cloned().collect();
        let further = in_words(&further);
        let words = [&self.words, &further].into_iter();
        let words: Vec<&str> = words.filter(|it| !it.is_empty()).map(|it| &**it).collect();
        point.fix = words.join("; ") + gap;
    }

    /// Of what was tried nothing removes the point: what shows only with a change that helps is met
    /// on top of it, first of the cheapest after which the point passes, then of the one with which
    /// least is lost.
    fn deepen(&mut self, model: &Model, reload: &Reload<'_>) {
        while !self.is_gone && self.left.is_empty() && self.rounds < ROUNDS {
            let mut helpful = self.helpful.iter();
            let base = if self.rounds == 0 {
                helpful.find(|(rest, _)| rest.passes)
            } else {
                helpful.min_by(|(one, _), (other, _)| one.lost.total_cmp(&other.lost))
            };
            self.rounds += 1;
            if let Some((_, base)) = base {
                let all = further(model, reload, self.atom, base).into_iter();
                self.left = all.map(|change| (0, change)).collect();
            }
        }
    }

    /// Nothing is left to try: what structure asks for is not enough under load.
    fn give_up(&self, points: &mut [SinglePoint]) {
        if !self.bases.is_empty() && !self.is_eased {
            points[self.place].fix = format!("{}{SHORT}", self.words);
        }
    }
}

/// What structure asks for, and then the same with what may be felt of the takeover, each with the
/// number of its base.
fn beyond_structure(
    model: &Model,
    reload: &Reload<'_>,
    atom: Atom,
    bases: &[Vec<String>],
) -> Vec<(usize, Vec<String>)> {
    let mut all: Vec<(usize, Vec<String>)> = bases.iter().cloned().enumerate().collect();
    for (number, base) in bases.iter().enumerate() {
        let further = further(model, reload, atom, base).into_iter();
        all.extend(further.map(|change| (number, change)));
    }
    all
}

/// A change together with what may be done, where it is made, about a loss that is felt for a time.
fn further(model: &Model, reload: &Reload<'_>, atom: Atom, base: &[String]) -> Vec<Vec<String>> {
    let of = |changed: Model| {
        let atom = counterpart(model, &changed, atom)?;
        let further = candidates(&changed, atom, Some(PointClass::Transient));
        Some(further.iter().map(|one| overriding(base, one)).collect())
    };
    reload(base).and_then(of).unwrap_or_default()
}

/// The part of `changed` that stands where `atom` stands in `model`: of a component the same place
/// behind the same leader, which company may have moved and renamed; else the same name.
fn counterpart(model: &Model, changed: &Model, atom: Atom) -> Option<Atom> {
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

/// What the assignments of a change come to.
fn in_words(change: &[String]) -> String {
    let words = [
        (".health=()", "health checks on the links to it"),
        (
            ".health=(interval: \"2s",
            "health checks on the links to it",
        ),
        ("fall: 2, rise: 2", "quicker health checks"),
        (".standbys", "a standby that takes over"),
        (".standby=Vrrp()", "a standby that takes over"),
        (
            ".standby=Vrrp(advert",
            "more frequent advertisements of the pair",
        ),
        (".copies=", "a second one that takes over"),
        (".on=", "a node on another host"),
        ("replicas=", "more nodes"),
        (".autoscale.min=", "more nodes from the start"),
        (".failover=", "an automatic failover, found out soon"),
        (
            ".ttl=",
            "answers of the name service that are kept for less long",
        ),
        ("infrastructure.", "new hosts"),
        (".detect=", "a lost path that is found out soon"),
        (".retry=", "a retry of what was sent there"),
        (".retry.elsewhere=", "retries that go to another node"),
    ];
    let holds = |word: &str| change.iter().any(|one| one.contains(word));
    let found = words.iter().filter(|(word, _)| holds(word));
    let mut found: Vec<String> = found.map(|(_, words)| (*words).to_owned()).collect();
    found.dedup();
    words::list(&found)
}

/// What each of these losses in `model` does in a changed one; `None` where nothing can be told
/// of it.
fn with(
    (model, changed): (&Model, &Model),
    (crew, settings): (&Crew, &Settings<'_>),
    lost: &[Atom],
    was_broken: bool,
) -> Option<Vec<Outcome>> {
    let changed = base_of(changed, settings).ok()?;
    let structure = Structure::of(&changed);
    let bench = Bench::new(&changed);
    let found = pilot(&bench, crew, settings, changed.run.cap / PILOT_SHARE)?;
    if found.grown.is_some() {
        return None;
    }
    let all = parts(&changed, &structure);
    let atoms = lost.iter().map(|&atom| counterpart(model, &changed, atom));
    let atoms: Vec<Atom> = atoms.collect::<Option<_>>()?;
    let structural = single_points(&changed, &structure);
    let bed = Bed::new(bench, &found, settings, all.len());
    let baseline = bed.baseline(crew, settings)?;
    let judge = Judge::new(&changed, &structure, &bed, &baseline);
    if judge.breaks_already() && !was_broken {
        return None;
    }
    let trials = bed.crash_all(crew, settings, &atoms);
    let rest = |finding: &Finding| Rest {
        passes: finding.class == Some(PointClass::Transient),
        lost: finding.lost_share,
    };
    let outcome = |(&atom, trial): (&Atom, Option<Trial>)| {
        let finding = examine(&bed, crew, settings, &judge, (atom, &trial?));
        let mut points = structural.iter().filter(|point| point.is_structural());
        Some(if points.any(|point| point.atom == atom) {
            Outcome::Stays
        } else if finding.class.is_none() {
            Outcome::Gone
        } else if finding.breaks_objective {
            Outcome::Felt(rest(&finding))
        } else {
            Outcome::Eased(rest(&finding))
        })
    };
    atoms.iter().zip(trials).map(outcome).collect()
}
