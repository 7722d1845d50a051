//! Groups whose parts depend on each other: which of them are down together, and how often.

use super::atom::{Atom, Atoms};
use super::markov::{ActiveStandby, Chain, Repairable, Spares};
use crate::model::{Group, GroupId, Model};

/// Nanoseconds of an hour.
const HOUR: f64 = 3.6e12;

/// A group of parts that are not independent, by the numbers of its parts.
///
/// Its parts are alike, so that whoever is down is any of them, all alike; a state of the chain is
/// spread over the choices of so many parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Coupled {
    /// Which group of the model.
    pub group: GroupId,
    /// Its members, then what stands for a takeover under way where there is one.
    events: Vec<usize>,
    members: usize,
    /// Who is down, and how often that is so: 0 to 1, together 1.
    cases: Vec<Case>,
    /// Rates per hour from case to case by which more is down.
    worse: Vec<(usize, usize, f64)>,
}

#[derive(Clone, Debug, PartialEq)]
struct Case {
    state: usize,
    /// By event.
    down: Vec<bool>,
    share: f64,
}

impl Coupled {
    /// The coupled groups of a model; `None` for one where nothing is ever repaired.
    pub fn all(model: &Model, atoms: Atoms) -> Vec<Self> {
        let groups = model.groups.iter().enumerate();
        groups
            .filter_map(|(place, group)| Self::of(group, place.into(), atoms))
            .collect()
    }

    fn of(group: &Group, id: GroupId, atoms: Atoms) -> Option<Self> {
        let together = Together::of(group)?;
        let chain = together.chain();
        let shares = chain.steady()?;
        let members = group.members.len();
        let mut events: Vec<usize> = group
            .members
            .iter()
            .map(|&part| atoms.number(part.into()))
            .collect();
        let takes_over = group.coupling.is_some_and(|how| how.coverage.is_some());
        events.extend(takes_over.then(|| atoms.number(Atom::Group(id))));
        let mut cases = Vec::new();
        for (state, &share) in shares.iter().enumerate() {
            let (failed, is_away) = together.seen(state);
            let of = choices(members, failed);
            let each = share / of.len() as f64;
            cases.extend(of.into_iter().map(|mut down| {
                down.extend(takes_over.then_some(is_away));
                Case {
                    state,
                    down,
                    share: each,
                }
            }));
        }
        let worse = worse(&chain, &cases);
        Some(Self {
            group: id,
            events,
            members,
            cases,
            worse,
        })
    }

    /// In how many ways its parts can be.
    pub fn cases(&self) -> usize {
        self.cases.len()
    }

    /// Its events by number.
    pub fn events(&self) -> &[usize] {
        &self.events
    }

    /// How often it is so, 0 to 1.
    pub fn share(&self, case: usize) -> f64 {
        self.cases[case].share
    }

    /// Writes 1 for what is down then and 0 for the others.
    pub fn put(&self, case: usize, down: &mut [f64]) {
        for (&event, &is_down) in self.events.iter().zip(&self.cases[case].down) {
            down[event] = f64::from(u8::from(is_down));
        }
    }

    /// Rates per hour from one case to another in which more is down.
    pub fn worse(&self) -> &[(usize, usize, f64)] {
        &self.worse
    }

    /// Share of time in which all of these events, by place, are down at once.
    pub fn joint(&self, events: &[usize]) -> f64 {
        let all = |case: &&Case| events.iter().all(|&event| case.down[event]);
        let down = self.cases.iter().filter(all);
        down.map(|case| case.share).sum()
    }

    /// Share of time without so many members that answer.
    pub fn short_of(&self, needed: u32) -> f64 {
        let is_short = |case: &&Case| {
            let (members, takeover) = case.down.split_at(self.members);
            let up = members.iter().filter(|down| !**down).count();
            up < needed as usize || takeover.contains(&true)
        };
        let short = self.cases.iter().filter(is_short);
        short.map(|case| case.share).sum()
    }

    /// Share of time of takeovers; 0 where they take none.
    pub fn takeover(&self) -> f64 {
        if self.events.len() > self.members {
            self.joint(&[self.members])
        } else {
            0.0
        }
    }

    /// Mean number of members that are down.
    pub fn mean_failed(&self) -> f64 {
        (0..self.members).map(|event| self.joint(&[event])).sum()
    }
}

/// All choices of `failed` of so many, as flags.
fn choices(of: usize, failed: usize) -> Vec<Vec<bool>> {
    (0..1_u32 << of)
        .filter(|set| set.count_ones() as usize == failed)
        .map(|set| (0..of).map(|place| (set >> place) & 1 == 1).collect())
        .collect()
}

/// Ways of the chain by which something goes down and nothing comes up, spread evenly over the
/// cases to which they can lead.
fn worse(chain: &Chain, cases: &[Case]) -> Vec<(usize, usize, f64)> {
    let holds = |more: &[bool], less: &[bool]| less.iter().zip(more).all(|(l, m)| *m || !*l);
    let mut ways = Vec::new();
    for (from, before) in cases.iter().enumerate() {
        for state in 0..chain.states() {
            let rate = chain.rate(before.state, state);
            if rate <= 0.0 {
                continue;
            }
            let to: Vec<usize> = (0..cases.len())
                .filter(|&to| {
                    let after = &cases[to];
                    after.state == state
                        && after.down != before.down
                        && holds(&after.down, &before.down)
                })
                .collect();
            let each = rate / to.len() as f64;
            ways.extend(to.into_iter().map(|to| (from, to, each)));
        }
    }
    ways
}

/// The chain of a group whose parts wait for each other.
enum Together {
    /// The number of those that failed.
    Counted(Repairable),
    /// Two, with takeovers.
    TakenOver(ActiveStandby),
}

impl Together {
    fn of(group: &Group) -> Option<Self> {
        let how = group.coupling?;
        let times = group.own.times.as_ref()?;
        let common = group.common.as_ref().and_then(|common| common.mean_up);
        let common = common.map_or(0.0, |up| HOUR / up);
        let (failure, repair) = (HOUR / times.up.mean(), HOUR / times.down.mean());
        let parts = group.members.len() as u32;
        let (crews, needed) = (how.crews, how.running);
        let spares = if how.running < parts {
            Spares::Cold
        } else {
            Spares::Hot
        };
        Some(match how.coverage {
            None => Self::Counted(Repairable {
                parts,
                failure,
                common,
                repair,
                crews,
                spares,
                needed,
            }),
            Some(coverage) => Self::TakenOver(ActiveStandby {
                failure,
                common,
                repair,
                crews,
                spares,
                coverage: coverage.share,
                takeover_h: coverage.takeover as f64 / HOUR,
                by_hand_h: coverage.by_hand as f64 / HOUR,
            }),
        })
    }

    fn chain(&self) -> Chain {
        match self {
            Self::Counted(parts) => parts.chain(),
            Self::TakenOver(pair) => pair.chain(),
        }
    }

    /// How many have failed in a state, and whether a takeover is under way.
    fn seen(&self, state: usize) -> (usize, bool) {
        match self {
            Self::TakenOver(_) if state > 2 => (1, true),
            Self::Counted(_) | Self::TakenOver(_) => (state, false),
        }
    }
}
