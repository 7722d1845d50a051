//! The queue of a station that chooses.

use std::collections::BTreeMap;

use super::program::Discipline;
use crate::law::mix;

/// A job with its work.
#[derive(Clone, Copy, Debug)]
pub struct Job {
    /// Whose it is.
    pub visit: u32,
    /// Where the visit is.
    pub node: u32,
    /// Work left, ns on one server of speed 1.
    pub left: f64,
    /// The larger the more urgent.
    pub priority: i32,
    /// In order of arrival.
    pub number: u64,
    /// Whether some of it was done already.
    pub begun: bool,
    /// Waits since, ns.
    pub queued: u64,
    /// How long it waited before, ns.
    pub waited: u64,
}

/// Who comes first; the least goes first.
type Turn = (bool, i64, u64);

/// Those who wait.
#[derive(Debug)]
pub enum Waiting {
    /// In an order that is known when they come.
    Sorted {
        /// By turn.
        jobs: BTreeMap<Turn, Job>,
        /// Whose turn is looked for by visit.
        turns: BTreeMap<u32, Turn>,
        /// The order.
        by: Discipline,
    },
    /// Drawn when a server becomes free; who was interrupted goes first.
    Bag {
        /// In no order.
        jobs: Vec<Job>,
        /// State of the draws.
        word: u64,
    },
}

impl Waiting {
    /// Nobody.
    pub fn new(by: Discipline, seed: u64) -> Self {
        if by == Discipline::RandomOrder {
            return Self::Bag {
                jobs: Vec::new(),
                word: seed,
            };
        }
        Self::Sorted {
            jobs: BTreeMap::new(),
            turns: BTreeMap::new(),
            by,
        }
    }

    /// How many.
    pub fn len(&self) -> usize {
        match self {
            Self::Sorted { jobs, .. } => jobs.len(),
            Self::Bag { jobs, .. } => jobs.len(),
        }
    }

    /// One more.
    pub fn push(&mut self, job: Job) {
        match self {
            Self::Sorted { jobs, turns, by } => {
                let turn = turn(*by, &job);
                turns.insert(job.visit, turn);
                jobs.insert(turn, job);
            }
            Self::Bag { jobs, .. } => jobs.push(job),
        }
    }

    /// Whose turn it is.
    pub fn pop(&mut self) -> Option<Job> {
        match self {
            Self::Sorted { jobs, turns, .. } => {
                let (_, job) = jobs.pop_first()?;
                turns.remove(&job.visit);
                Some(job)
            }
            Self::Bag { jobs, word } => {
                if jobs.is_empty() {
                    return None;
                }
                let begun = jobs.iter().enumerate().filter(|(_, job)| job.begun);
                let first = begun.min_by_key(|(_, job)| job.number).map(|(at, _)| at);
                let at = first.unwrap_or_else(|| {
                    *word = mix(word.wrapping_add(1));
                    // Multiply-shift: uniform up to one in 2^64 / jobs.
                    ((u128::from(*word) * jobs.len() as u128) >> 64) as usize
                });
                Some(jobs.swap_remove(at))
            }
        }
    }

    /// Takes one out; whether it was there.
    pub fn remove(&mut self, visit: u32) -> bool {
        match self {
            Self::Sorted { jobs, turns, .. } => turns
                .remove(&visit)
                .is_some_and(|turn| jobs.remove(&turn).is_some()),
            Self::Bag { jobs, .. } => {
                let at = jobs.iter().position(|job| job.visit == visit);
                at.map(|at| jobs.swap_remove(at)).is_some()
            }
        }
    }

    /// Changes all.
    pub fn for_each(&mut self, change: impl Fn(&mut Job)) {
        match self {
            Self::Sorted { jobs, .. } => jobs.values_mut().for_each(change),
            Self::Bag { jobs, .. } => jobs.iter_mut().for_each(change),
        }
    }
}

/// The place in the order: without preemption begun work comes first, in order of arrival.
fn turn(by: Discipline, job: &Job) -> Turn {
    let rest = match by {
        Discipline::Lcfs if !job.begun => (0, u64::MAX - job.number),
        Discipline::Priority { .. } => (-i64::from(job.priority), job.number),
        _ => (0, job.number),
    };
    let ahead = job.begun && by != Discipline::Priority { preemptive: true };
    (!ahead, rest.0, rest.1)
}
