//! Cures by trial: changes of the file, against which the same loss is tried again.

use std::collections::VecDeque;

use super::Felt;
use super::breaking::BROKEN_BEFORE;
use super::change::{about_a_gap, candidates, crowds, overriding};
use super::changed::{Outcome, Rest, counterpart, with};
use super::structural::cure_on_new_hosts;
use crate::experiment::replicate::Crew;
use crate::experiment::result::{PointClass, SinglePoint, SpofResult};
use crate::experiment::settings::Settings;
use crate::experiment::words;
use crate::model::Model;
use crate::reliability::{Atom, Structure, takeover_of};

/// The model of the same file with further assignments; `None` where they do not fit it.
pub type Reload<'a> = dyn Fn(&[String]) -> Option<Model> + Sync + 'a;

/// Added to what eases a point.
const EASED: &str = " (the gap that is left breaks no objective)";

/// Added to what structure asks for where that is not enough.
const SHORT: &str = " (under load that is not enough: an objective breaks with it)";

/// What a takeover that is added is called.
const FAILOVER: &str = "an automatic failover, found out soon";
/// What one is called that is there, or asked for, already.
const SOONER: &str = "a takeover that comes sooner";

/// On which changes of one point others are built, one after the other.
const ROUNDS: [Round; 4] = [Round::Passing, Round::Least, Round::Room, Round::Passing];

/// How many of these rounds the changes that structure asks for are past: what may be done about a
/// gap is tried on top of all of them.
const BUILT_ON: usize = 2;

/// What others are built on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Round {
    /// The cheapest change after which the point passes.
    Passing,
    /// The one with which least is lost.
    Least,
    /// Where it passes with none: the cheapest that helps, with more nodes.
    Room,
}

impl Round {
    /// What is tried on top.
    fn means(self) -> Means {
        match self {
            Round::Passing | Round::Least => about_a_gap,
            Round::Room => crowds,
        }
    }
}

/// Changes that may be made about a loss.
type Means = fn(&Model, Atom) -> Vec<Vec<String>>;

/// A point and the changes that are left to try.
struct Open {
    atom: Atom,
    /// Its place among the single points.
    place: usize,
    breaks: bool,
    /// The changes that structure asks for, with which the others begin, and the words of them.
    bases: Vec<Vec<String>>,
    words: String,
    /// What a takeover that is stated anew is called.
    takeover: &'static str,
    search: Search,
    /// Changes that help and are not enough, in the order tried.
    helpful: Vec<(Rest, Vec<String>)>,
    /// Those of them that seem to ease it.
    easing: Vec<Vec<String>>,
    /// How often changes were built on one of those.
    rounds: usize,
    /// What is left to try, each with the number of what it begins with.
    left: VecDeque<(usize, Vec<String>)>,
}

/// How far a search for a cure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Search {
    /// For a change that removes the point.
    Whole,
    /// Nothing removes it: for one with which it breaks no objective.
    Modest,
    /// One that eases it is found.
    Eased,
    /// One that removes it is found.
    Gone,
}

/// Fills in `cure` of the points that are felt: the first change that removes the point, or else
/// the first with which it breaks no objective any more. Points with the same change are tried in
/// one go.
pub fn fill(
    (model, structure): (&Model, &Structure),
    (crew, settings): (&Crew, &Settings<'_>),
    reload: &Reload<'_>,
    felt: &Felt,
    result: &mut SpofResult,
) {
    let mut open: Vec<Open> = Vec::new();
    for &(atom, breaks) in &felt.points {
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
            let lost = mine
                .iter()
                .map(|one| (one.atom, one.search == Search::Modest));
            let lost: Vec<(Atom, bool)> = lost.collect();
            let changed = reload(change);
            let found = changed.and_then(|it| {
                let before = (model, &felt.pilot, was_broken);
                with(before, &it, (crew, settings), &lost)
            });
            let found = found.unwrap_or_else(|| vec![Outcome::Stays; lost.len()]);
            for (one, outcome) in mine.into_iter().zip(found) {
                one.learn(change, outcome, &mut result.single_points);
            }
        }
        open.retain_mut(|one| {
            one.deepen(model, reload);
            one.be_modest();
            let is_left = !one.left.is_empty();
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
        let mut takeover = takeover_of(model, atom).map_or(FAILOVER, |_| SOONER);
        let changes: Vec<(usize, Vec<String>)> = if is_structural {
            bases.push(point.cure.clone());
            bases.extend(cure_on_new_hosts(model, structure, atom));
            bases.retain(|base| !base.is_empty());
            bases.dedup();
            words.clone_from(&point.fix);
            if words.contains("automatic failover") {
                takeover = SOONER;
            }
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
            takeover,
            search: Search::Whole,
            helpful: Vec::new(),
            easing: Vec::new(),
            rounds: if is_structural { BUILT_ON } else { 0 },
            left: changes.into(),
        })
    }

    /// What removes the point is its cure; where nothing does, the first that eases it. What is
    /// built on a change that is no good is not tried.
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
        let (found, gap) = match outcome {
            Outcome::Gone => (Search::Gone, ""),
            Outcome::Eased(_) if self.search == Search::Modest => (Search::Eased, EASED),
            Outcome::Eased(_) => return self.easing.push(change.to_vec()),
            Outcome::Felt(_) | Outcome::Stays => return,
        };
        self.search = found;
        self.left.clear();
        let point = &mut points[self.place];
        point.cure = change.to_vec();
        let first = self.bases.first();
        let is_further = |one: &&String| first.is_none_or(|first| !first.contains(one));
        let further: Vec<String> = change.iter().filter(is_further).cloned().collect();
        let further = in_words(&further, self.takeover);
        let words = [&self.words, &further].into_iter();
        let words: Vec<&str> = words.filter(|it| !it.is_empty()).map(|it| &**it).collect();
        point.fix = words.join("; ") + gap;
    }

    /// Of what was tried nothing removes the point: what shows only with a change that helps is met
    /// on top of it, first of the cheapest after which the point passes, then of the one with which
    /// least is lost; where it passes with none, with more nodes beside, and again on top of those.
    fn deepen(&mut self, model: &Model, reload: &Reload<'_>) {
        let is_on = self.search == Search::Whole;
        while is_on && self.left.is_empty() && self.rounds < ROUNDS.len() {
            let passing = self.helpful.iter().find(|(rest, _)| rest.passes);
            let least =
                |(one, _): &&(Rest, _), (other, _): &&(Rest, _)| one.lost.total_cmp(&other.lost);
            let round = ROUNDS[self.rounds];
            let base = match round {
                Round::Passing => passing,
                Round::Least => self.helpful.iter().min_by(least),
                Round::Room => self.helpful.first().filter(|_| passing.is_none()),
            };
            self.rounds += 1;
            if let Some((_, base)) = base {
                let all = further(model, reload, (self.atom, base), round.means());
                self.left = all.into_iter().map(|change| (0, change)).collect();
            }
        }
    }

    /// Nothing removes the point: what seems to ease one that breaks an objective is held against
    /// as many replications as that.
    fn be_modest(&mut self) {
        if self.search == Search::Whole && self.left.is_empty() && self.breaks {
            self.search = Search::Modest;
            let easing = std::mem::take(&mut self.easing);
            self.left = easing.into_iter().map(|change| (0, change)).collect();
        }
    }

    /// Nothing is left to try: what structure asks for is not enough under load.
    fn give_up(&self, points: &mut [SinglePoint]) {
        let is_found = matches!(self.search, Search::Eased | Search::Gone);
        if !self.bases.is_empty() && !is_found {
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
        let further = further(model, reload, (atom, base), about_a_gap).into_iter();
        all.extend(further.map(|change| (number, change)));
    }
    all
}

/// A change together with what may be done, where it is made, about the loss.
fn further(
    model: &Model,
    reload: &Reload<'_>,
    (atom, base): (Atom, &[String]),
    means: Means,
) -> Vec<Vec<String>> {
    let of = |changed: Model| {
        let atom = counterpart(model, &changed, atom)?;
        let further = means(&changed, atom);
        Some(further.iter().map(|one| overriding(base, one)).collect())
    };
    reload(base).and_then(of).unwrap_or_default()
}

/// What the assignments of a change come to.
fn in_words(change: &[String], takeover: &str) -> String {
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
        (".failover=", takeover),
        (
            ".ttl=",
            "answers of the name service that are kept for less long",
        ),
        ("infrastructure.", "new hosts"),
        (".detect=", "a lost path that is found out soon"),
        ("elsewhere: true", "a retry at another node"),
        (".retry.elsewhere=", "retries at other nodes"),
        ("backoff: \"0s\")", "a retry at once"),
        ("backoff: Doubling", "retries that outlast the gap"),
        (".backoff=Doubling", "retries that outlast the gap"),
        (".threads=", "room for those who wait"),
        (".connections=", "room for those who wait"),
        (".pool=", "room for those who wait"),
    ];
    let holds = |word: &str| change.iter().any(|one| one.contains(word));
    let found = words.iter().filter(|(word, _)| holds(word));
    let mut found: Vec<String> = found.map(|(_, words)| (*words).to_owned()).collect();
    found.dedup();
    words::list(&found)
}
