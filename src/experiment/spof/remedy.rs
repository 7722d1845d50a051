//! Cures of points that show only under load: changes of the file, tried by the same loss again.

use super::breaking::{BROKEN_BEFORE, PILOT_SHARE, base_of, examine, parts};
use super::change::candidates;
use super::judge::Judge;
use super::trial::{Bed, Trial};
use crate::experiment::pilot::pilot;
use crate::experiment::replicate::{Bench, Crew};
use crate::experiment::result::SpofResult;
use crate::experiment::settings::Settings;
use crate::experiment::words;
use crate::model::Model;
use crate::reliability::{Atom, Structure, single_points};

/// The model of the same file with further assignments; `None` where they do not fit it.
pub type Reload<'a> = dyn Fn(&[String]) -> Option<Model> + Sync + 'a;

/// What a loss does with a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// It is no point any more.
    Gone,
    /// It breaks no objective any more.
    Eased,
    /// It is as bad as before, or something else is worse.
    Stays,
}

/// A point and the changes that are left to try.
struct Open {
    /// Its place among the single points.
    place: usize,
    breaks: bool,
    left: std::vec::IntoIter<Vec<String>>,
}

/// Fills in `cure` of the points of `atoms`, each with whether it breaks an objective now. Points
/// with the same change are tried in one go.
pub fn fill(
    model: &Model,
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
        let class = result.single_points[place].class;
        let left = candidates(model, atom, class).into_iter();
        open.push(Open {
            place,
            breaks,
            left,
        });
    }
    let was_broken = result.warnings.iter().any(|one| one.code == BROKEN_BEFORE);
    settings.progress.phase("cures", None);
    while !open.is_empty() && !settings.is_stopped() {
        let next: Vec<Option<Vec<String>>> = open.iter_mut().map(|one| one.left.next()).collect();
        let mut changes: Vec<&Vec<String>> = next.iter().flatten().collect();
        changes.sort();
        changes.dedup();
        for change in changes {
            let mine: Vec<&Open> = open
                .iter()
                .zip(&next)
                .filter(|(_, own)| own.as_ref() == Some(change))
                .map(|(one, _)| one)
                .collect();
            let names: Vec<String> = mine
                .iter()
                .map(|one| result.single_points[one.place].component.clone())
                .collect();
            let changed = reload(change);
            let found = changed.and_then(|it| with(&it, (crew, settings), &names, was_broken));
            for (one, outcome) in mine.into_iter().zip(found.into_iter().flatten()) {
                let is_cured = match outcome {
                    Outcome::Gone => true,
                    Outcome::Eased => one.breaks,
                    Outcome::Stays => false,
                };
                if is_cured {
                    let point = &mut result.single_points[one.place];
                    point.cure.clone_from(change);
                    point.fix = in_words(change);
                }
            }
        }
        let mut tried = next.iter();
        open.retain(|one| {
            let is_left = tried.next().is_some_and(Option::is_some);
            is_left && result.single_points[one.place].cure.is_empty()
        });
    }
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
    ];
    let holds = |word: &str| change.iter().any(|one| one.contains(word));
    let found = words.iter().filter(|(word, _)| holds(word));
    let mut found: Vec<String> = found.map(|(_, words)| (*words).to_owned()).collect();
    found.dedup();
    words::list(&found)
}

/// What each of these losses does in a changed model; `None` where nothing can be told of it.
fn with(
    changed: &Model,
    (crew, settings): (&Crew, &Settings<'_>),
    names: &[String],
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
    // A part that has got company is `db/1` and no longer `db`.
    let atom_of = |name: &String| {
        let first = format!("{name}/1");
        let is = |atom: &&Atom| [name, &first].contains(&&atom.name(&changed).to_owned());
        all.iter().find(is).copied()
    };
    let atoms: Vec<Atom> = names.iter().map(atom_of).collect::<Option<_>>()?;
    let structural = single_points(&changed, &structure);
    let bed = Bed::new(bench, &found, settings, all.len());
    let baseline = bed.baseline(crew, settings)?;
    let judge = Judge::new(&changed, &structure, &bed, &baseline);
    if judge.breaks_already() && !was_broken {
        return None;
    }
    let trials = bed.crash_all(crew, settings, &atoms);
    let outcome = |(&atom, trial): (&Atom, Option<Trial>)| {
        let finding = examine(&bed, crew, settings, &judge, (atom, &trial?));
        let mut points = structural.iter().filter(|point| point.is_structural());
        Some(if points.any(|point| point.atom == atom) {
            Outcome::Stays
        } else if finding.class.is_none() {
            Outcome::Gone
        } else if finding.breaks_objective {
            Outcome::Stays
        } else {
            Outcome::Eased
        })
    };
    atoms.iter().zip(trials).map(outcome).collect()
}
