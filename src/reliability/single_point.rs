//! Single points of failure, from the structure alone.

use super::atom::Atom;
use super::cut_set::losses;
use super::explain::{Explanation, explain};
use super::reading::Reading;
use super::structure::Structure;
use crate::model::Model;

/// A part whose loss, until it is repaired, takes away at least some requests whatever the
/// takeovers do.
#[derive(Clone, Debug, PartialEq)]
pub struct SinglePoint {
    /// Which.
    pub atom: Atom,
    /// Its name; a component with one node is its node.
    pub name: String,
    /// How it strikes.
    pub route: Route,
    /// What is lost, in the order of the structure's subjects; never empty.
    pub losses: Vec<Loss>,
    /// Whether the world outside owns it (S50: "not in your hands").
    pub external: bool,
    /// A shortest way to it on which everything fails: `users -> dns -> sw -> h1 -> nginx`.
    pub witness: String,
    /// What to change.
    pub fix: String,
}

impl SinglePoint {
    /// Whether some subject cannot succeed at all without it (S46: structural). Otherwise it
    /// takes a share: one shard's keys (S50), or one way that chance takes.
    pub fn is_structural(&self) -> bool {
        self.losses.iter().any(|loss| loss.whole)
    }
}

/// What one subject loses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loss {
    /// Place in `Structure::subjects`.
    pub subject: usize,
    /// Whether it cannot succeed at all.
    pub whole: bool,
    /// The share of its requests or journeys that is lost even if load finds everything that
    /// still works, 0 to 1; 1 where `whole`.
    pub share: f64,
}

/// How the loss of a part strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Route {
    /// It answers requests itself.
    Direct,
    /// Others stand on it: a host, a rack, a switch.
    SharedFate,
    /// It tells others where to go and carries no request: a name server.
    ControlPlane,
}

impl Route {
    /// How the loss of `atom` strikes.
    pub fn of(model: &Model, atom: Atom) -> Self {
        match atom {
            Atom::Node(node) => {
                let component = model.component(model.node(node).component);
                if component.names.is_some() {
                    Self::ControlPlane
                } else {
                    Self::Direct
                }
            }
            Atom::Host(_) | Atom::Rack(_) | Atom::Switch(_) | Atom::Group(_) => Self::SharedFate,
        }
    }
}

/// Removes every part in turn (exact, 64 at once) and returns those that some subject misses, in
/// the order of nodes, hosts, racks, switches. Subjects that cannot succeed with everything up are
/// left out (`Structure::hopeless`).
pub fn single_points(model: &Model, structure: &Structure) -> Vec<SinglePoint> {
    let mut used = structure.atoms_in_use();
    used.retain(|&number| structure.atoms.atom(number).part().is_some());
    let hopeless = structure.hopeless();
    let whole = losses(structure, Reading::Possible, &used, &[]);
    let some = losses(structure, Reading::Every, &used, &[]);
    let lost_by = |found: &[(usize, Vec<usize>)], number: usize| {
        let place = found.binary_search_by_key(&number, |&(atom, _)| atom);
        place.map_or_else(|_| Vec::new(), |place| found[place].1.clone())
    };
    let lossy = lossy_whole(structure);
    let before = structure.formula.share(|_| false);
    let mut points = Vec::new();
    for &number in &used {
        let whole = lost_by(&whole, number);
        let some = lost_by(&some, number);
        let hit: Vec<usize> = (0..structure.subjects.len())
            .filter(|subject| !hopeless.contains(subject))
            .filter(|subject| whole.contains(subject) || some.contains(subject))
            .collect();
        if hit.is_empty() {
            continue;
        }
        let after = structure.formula.share(|atom| atom == number);
        let losses: Vec<Loss> = hit
            .into_iter()
            .map(|subject| {
                let share = share_lost(structure, subject, &before, &after);
                let whole = whole.contains(&subject);
                Loss {
                    subject,
                    whole,
                    share: if whole { 1.0 } else { share },
                }
            })
            .filter(|loss| loss.whole || !lossy.contains(&loss.subject) || loss.share > 1e-9)
            .collect();
        if !losses.is_empty() {
            points.push(single_point(model, structure, number, losses));
        }
    }
    points
}

/// Subjects of which some requests fail with everything up (a `Fail` on one way).
fn lossy_whole(structure: &Structure) -> Vec<usize> {
    let works = structure.works(Reading::Every, &[]);
    (0..works.len())
        .filter(|&subject| !works[subject])
        .collect()
}

/// The lost share relative to what succeeds with everything up; over several senders the largest.
/// `before` and `after` are the shares of all gates.
fn share_lost(structure: &Structure, subject: usize, before: &[f64], after: &[f64]) -> f64 {
    let lost = structure.subjects[subject].roots.iter().map(|(_, root)| {
        let before = before[root.index()];
        if before > 0.0 {
            1.0 - after[root.index()] / before
        } else {
            0.0
        }
    });
    lost.fold(0.0, f64::max).clamp(0.0, 1.0)
}

fn single_point(
    model: &Model,
    structure: &Structure,
    number: usize,
    losses: Vec<Loss>,
) -> SinglePoint {
    let atom = structure.atoms.atom(number);
    let is_whole = losses.iter().any(|loss| loss.whole);
    let hit = losses.iter().filter(|loss| loss.whole == is_whole);
    let subjects: Vec<usize> = hit.map(|loss| loss.subject).collect();
    let reading = if is_whole {
        Reading::Possible
    } else {
        Reading::Every
    };
    let Explanation { witness, fix } = explain(model, structure, atom, &subjects, reading);
    SinglePoint {
        atom,
        name: atom.name(model).to_owned(),
        route: Route::of(model, atom),
        losses,
        external: atom.is_external(model),
        witness,
        fix,
    }
}
