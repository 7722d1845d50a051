//! Parts that fail and are repaired in time, each by itself, and what the structure says of it.

use super::atom::Atom;
use super::formula::{Formula, GateId};
use super::reading::Reading;
use super::splitting::{Draws, Process};
use super::structure::Structure;
use crate::law::{Law, Sampler, Ziggurat};
use crate::model::Model;

/// The level at which nothing succeeds: all members of a cut set are down.
pub const DOWN: u32 = 2_520;
/// Cycles of up and down that a part of other than exponential laws has gone through at the start,
/// at least; at most six times as many.
const CYCLES_BEFORE: f64 = 10.0;
/// How often a law is asked for a time beyond the age of a part, before the known one is kept.
const TRIES: u32 = 64;

/// Up and down again.
#[derive(Clone, Debug)]
struct Clock {
    /// Which of the parts in use.
    part: usize,
    /// Time up and time down, with their means.
    laws: [(Sampler, f64); 2],
    /// Whether a law forgets: exponential.
    forgets: [bool; 2],
}

/// The parts that some roots of a structure depend on and that fail, as a process.
///
/// The level of a state is that of the cut set which is nearest to being down: the share of its
/// members that are. Whether it *is* down the formula decides and not the cut sets, so that cut
/// sets which are left out or wrong cost time, not truth.
#[derive(Clone, Debug)]
pub struct Parts<'s> {
    formula: &'s Formula,
    roots: Vec<GateId>,
    clocks: Vec<Clock>,
    /// By part: its number as an atom, and of how many clocks it is down when all are.
    numbers: Vec<(usize, u32)>,
    /// By atom: its part, where it fails.
    part_of: Vec<Option<usize>>,
    sets: Vec<Vec<usize>>,
    /// By part: the sets that hold it.
    sets_of: Vec<Vec<usize>>,
}

/// Who is down, and until when.
#[derive(Clone, Debug)]
pub struct State {
    now: f64,
    /// By clock: since and until when it is as it is, and whether that is down.
    phases: Vec<(f64, f64, bool)>,
    /// By part: how many of its clocks are down.
    down: Vec<u32>,
    level: u32,
}

/// Parts in use that fail, but for how long at a time is not stated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untimed(pub Vec<Atom>);

impl<'s> Parts<'s> {
    /// What `roots` depend on, `None` where none of it fails; `sets` are cut sets of them, by
    /// number.
    ///
    /// # Errors
    /// Where a part states a share of time down but not for how long at a time.
    pub fn of(
        model: &Model,
        structure: &'s Structure,
        roots: &[GateId],
        sets: &[Vec<usize>],
    ) -> Result<Option<Self>, Untimed> {
        let formula = &structure.formula;
        let mut found = Self {
            formula,
            roots: roots.to_vec(),
            clocks: Vec::new(),
            numbers: Vec::new(),
            part_of: vec![None; structure.atoms.count()],
            sets: Vec::new(),
            sets_of: Vec::new(),
        };
        let mut untimed = Vec::new();
        for number in formula.atoms_under(roots) {
            let atom = structure.atoms.atom(number);
            let Some(outage) = atom.outage(model).filter(|outage| outage.share > 0.0) else {
                continue;
            };
            let Some(times) = &outage.times else {
                untimed.push(atom);
                continue;
            };
            let part = found.numbers.len();
            found.part_of[number] = Some(part);
            found.numbers.push((number, times.each));
            let clock = Clock {
                part,
                laws: [&times.up, &times.down].map(|law| (Sampler::new(law), law.mean())),
                forgets: [&times.up, &times.down].map(|law| matches!(law, Law::Exponential { .. })),
            };
            found
                .clocks
                .extend(std::iter::repeat_n(clock, times.each as usize));
        }
        if !untimed.is_empty() {
            return Err(Untimed(untimed));
        }
        if found.numbers.is_empty() {
            return Ok(None);
        }
        found.sets_of = vec![Vec::new(); found.numbers.len()];
        for set in sets {
            // A set with a part that never fails is never down.
            let members: Option<Vec<usize>> =
                set.iter().map(|&number| found.part_of[number]).collect();
            let Some(members) = members.filter(|members| !members.is_empty()) else {
                continue;
            };
            for &member in &members {
                found.sets_of[member].push(found.sets.len());
            }
            found.sets.push(members);
        }
        Ok(Some(found))
    }

    /// How many of them run up and down.
    pub fn clocks(&self) -> usize {
        self.clocks.len()
    }

    /// Levels that a state can have above 0, ascending; the last is [`DOWN`].
    pub fn levels(&self) -> Vec<u32> {
        let of = |set: &Vec<usize>| {
            let size = set.len() as u32;
            (1..size).map(move |down| DOWN * down / size)
        };
        let mut levels: Vec<u32> = self.sets.iter().flat_map(of).collect();
        levels.push(DOWN);
        levels.sort_unstable();
        levels.dedup();
        levels
    }

    /// The longest mean time down of a part, ns.
    pub fn longest_repair(&self) -> f64 {
        let repairs = self.clocks.iter().map(|clock| clock.laws[1].1);
        repairs.fold(0.0, f64::max)
    }

    /// A state as it is found at any time: each part has gone through many cycles.
    pub fn start(&self, draws: &mut Draws) -> State {
        let mut state = State {
            now: 0.0,
            phases: Vec::with_capacity(self.clocks.len()),
            down: vec![0; self.numbers.len()],
            level: 0,
        };
        for clock in &self.clocks {
            let cycle = clock.laws[0].1 + clock.laws[1].1;
            let is_down;
            let (since, until);
            if clock.forgets == [true, true] {
                is_down = draws.fraction() * cycle < clock.laws[1].1;
                (since, until) = (0.0, clock.time(is_down, draws));
            } else {
                let before = CYCLES_BEFORE * (1.0 + 5.0 * draws.fraction());
                let (mut from, mut to, mut down) = (-before * cycle, -before * cycle, true);
                while to <= 0.0 {
                    down = !down;
                    (from, to) = (to, to + clock.time(down, draws));
                }
                (since, until, is_down) = (from, to, down);
            }
            state.phases.push((since, until, is_down));
            state.down[clock.part] += u32::from(is_down);
        }
        state.level = self.level_of(&state.down);
        state
    }

    fn is_down(&self, part: usize, down: &[u32]) -> bool {
        down[part] == self.numbers[part].1
    }

    fn level_of(&self, down: &[u32]) -> u32 {
        let lost: Vec<usize> = (0..down.len())
            .filter(|&part| self.is_down(part, down))
            .collect();
        if lost.is_empty() {
            return 0;
        }
        let is_lost = |atom: usize| self.part_of[atom].is_some_and(|part| self.is_down(part, down));
        let works = self.formula.holds(Reading::Possible, is_lost);
        if !self.roots.iter().all(|root| works[root.index()]) {
            return DOWN;
        }
        let mut nearest = 0;
        for &set in lost.iter().flat_map(|&part| &self.sets_of[part]) {
            let members = &self.sets[set];
            let gone = members.iter().filter(|&&member| self.is_down(member, down));
            nearest = nearest.max(DOWN * gone.count() as u32 / members.len() as u32);
        }
        nearest.min(DOWN - 1)
    }
}

impl Clock {
    /// A time up or down.
    fn time(&self, down: bool, draws: &mut Draws) -> f64 {
        let law = &self.laws[usize::from(down)].0;
        law.sample(draws.word(), Ziggurat::get())
    }
}

impl Process for Parts<'_> {
    type State = State;

    fn level(&self, state: &State) -> u32 {
        state.level
    }

    fn step(&self, state: &mut State, draws: &mut Draws) -> f64 {
        let (mut next, mut at) = (0, f64::INFINITY);
        for (clock, &(_, until, _)) in state.phases.iter().enumerate() {
            if until < at {
                (next, at) = (clock, until);
            }
        }
        let (clock, passed) = (&self.clocks[next], (at - state.now).max(0.0));
        let down = !state.phases[next].2;
        state.now = at;
        state.phases[next] = (at, at + clock.time(down, draws), down);
        let count = &mut state.down[clock.part];
        let was_lost = *count == self.numbers[clock.part].1;
        *count = if down { *count + 1 } else { *count - 1 };
        if was_lost || self.is_down(clock.part, &state.down) {
            state.level = self.level_of(&state.down);
        }
        passed
    }

    /// What is left of each time is drawn anew, given the age of the part.
    fn split(&self, state: &State, draws: &mut Draws) -> State {
        let mut other = state.clone();
        for (clock, phase) in self.clocks.iter().zip(&mut other.phases) {
            let (since, until, down) = *phase;
            if clock.forgets[usize::from(down)] {
                phase.1 = state.now + clock.time(down, draws);
                continue;
            }
            let beyond = (0..TRIES)
                .map(|_| since + clock.time(down, draws))
                .find(|&end| end > state.now);
            phase.1 = beyond.unwrap_or(until);
        }
        other
    }
}
