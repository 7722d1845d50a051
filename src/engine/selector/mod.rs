//! Choice among nodes: one caller's view of a callee's nodes, and a policy.

mod consistent_hash;
mod cookie;
mod crowd;
mod gate;
mod least_connections;
mod other;
mod power_of;
mod random;
mod round_robin;
mod shard;
mod source_hash;
mod tally;
mod weighted;

use std::rc::Rc;

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

use super::id::PoolId;
use super::program::{self, Policy, Program, Ties};
use crate::law::mix;
use consistent_hash::{Ring, Rings};
use cookie::Jar;
use crowd::{ABSENT, Crowd, Crowds, DOWN, LEFT_OUT, View};
use tally::Tally;

/// What a choice may look at.
#[derive(Clone, Copy, Debug)]
pub struct Asker {
    /// Key of the visit that calls, whatever the attempt where keys choose.
    pub key: u64,
    /// Hash of the client's address.
    pub address: u64,
    /// Whose cookies it brings; [`NONE`]: nobody's.
    pub person: u32,
}

/// A selector at work.
#[derive(Debug)]
pub struct Selector {
    policy: Policy,
    /// Whether others count with it.
    has_peers: bool,
    /// The next in turn, or the one after the last chosen.
    turn: u32,
    crowd: Rc<Crowd>,
    /// Open requests, where somebody looks at them.
    counts: Option<Box<Counts>>,
    /// Where their keys begin.
    ring: Option<Rc<Ring>>,
    /// To whom each person belongs, where cookies say so.
    jar: Option<Jar>,
    random: Xoshiro256PlusPlus,
}

/// Open requests of a selector's targets.
#[derive(Debug)]
struct Counts {
    /// Most open requests of a target.
    limit: u32,
    /// Where callers wait for room.
    gate: Option<PoolId>,
    /// Further requests that those who stand can take.
    room: u64,
    /// Requests that this selector itself has open.
    open: u64,
    /// Requests open at each.
    tally: Tally,
    /// Those drawn for a choice, empty between choices.
    drawn: Vec<u32>,
}

impl Counts {
    /// Nothing open yet.
    fn new(selector: &program::Selector) -> Self {
        let ranked = matches!(selector.policy, Policy::LeastConnections { .. });
        Self {
            limit: selector.limit.map_or(u32::MAX, |limit| limit.0),
            gate: selector.limit.map(|limit| limit.1),
            room: 0,
            open: 0,
            tally: Tally::new(selector.targets.len(), ranked),
            drawn: Vec::new(),
        }
    }
}

/// Hash of a text, the same everywhere (FNV-1a, mixed).
pub fn hash(text: &str) -> u64 {
    mix(text.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    }))
}

impl Selector {
    /// All of a program; `base` is the word of seed and replication.
    pub fn all(program: &Program, base: u64) -> Vec<Self> {
        let (mut rings, mut crowds) = (Rings::default(), Crowds::default());
        let of = |one: &program::Selector| {
            let ring = rings.of(program, one, base);
            Self::new(one, base, crowds.of(&one.targets), ring)
        };
        let mut all: Vec<Self> = program.selectors.iter().map(of).collect();
        cookie::share(program, &mut all);
        all
    }

    fn new(
        selector: &program::Selector,
        base: u64,
        crowd: Rc<Crowd>,
        ring: Option<Rc<Ring>>,
    ) -> Self {
        let has_peers = !selector.peers.is_empty();
        let counts = has_peers || selector.limit.is_some() || selector.policy.looks_at_open();
        let mut made = Self {
            policy: selector.policy,
            has_peers,
            turn: 0,
            counts: counts.then(|| Box::new(Counts::new(selector))),
            crowd,
            ring,
            jar: None,
            random: Xoshiro256PlusPlus::seed_from_u64(mix(base ^ hash(&selector.name))),
        };
        if selector.limit.is_some() {
            made.refresh();
        } else if let Some(counts) = &mut made.counts {
            made.crowd.enrol(&mut counts.tally);
        }
        if matches!(made.policy, Policy::RoundRobin) && !made.crowd.views.is_empty() {
            made.turn = made.draw(made.crowd.views.len());
        }
        made
    }

    /// Whether open requests are counted, for its own policy or limit or for others.
    #[inline]
    pub fn counts(&self) -> bool {
        self.counts.is_some()
    }

    /// Whether somebody else has to know of what is opened and closed.
    #[inline]
    fn is_watched(&self) -> bool {
        self.has_peers || self.gate().is_some()
    }

    /// One more open request at a target; whether others have to know.
    #[inline]
    pub fn opened(&mut self, target: u32) -> bool {
        let counts = self.counts.as_mut().expect("it counts");
        counts.tally.opened(target);
        counts.open += 1;
        if counts.gate.is_some() {
            self.fills(target);
        }
        self.is_watched()
    }

    /// One less.
    #[inline]
    pub fn closed(&mut self, target: u32) -> bool {
        let counts = self.counts.as_mut().expect("it counts");
        counts.tally.closed(target);
        counts.open -= 1;
        if counts.gate.is_some() {
            self.empties(target);
        }
        self.is_watched()
    }

    /// One more that another selector has open at the same node.
    pub fn noticed(&mut self, target: u32) {
        self.opened(target);
        self.counts.as_mut().expect("it counts").open -= 1;
    }

    /// One less of those.
    pub fn forgot(&mut self, target: u32) {
        self.counts.as_mut().expect("it counts").open += 1;
        self.closed(target);
    }

    /// Changes the belief about a target.
    pub fn believe(&mut self, target: u32, up: bool, rank: u8) {
        let view = &mut Rc::make_mut(&mut self.crowd).views[target as usize];
        view.set(DOWN, !up);
        view.rank = rank;
        self.refresh();
    }

    /// Leaves a target out, or lets it in again.
    pub fn leave_out(&mut self, target: u32, out: bool) {
        Rc::make_mut(&mut self.crowd).views[target as usize].set(LEFT_OUT, out);
        self.refresh();
    }

    /// Takes a target into service, or out of it.
    pub fn serve(&mut self, target: u32, serves: bool) {
        Rc::make_mut(&mut self.crowd).views[target as usize].set(ABSENT, !serves);
        self.refresh();
    }

    /// Leaves nobody out.
    pub fn let_all_in(&mut self) {
        for view in &mut Rc::make_mut(&mut self.crowd).views {
            view.set(LEFT_OUT, false);
        }
        self.refresh();
    }

    /// How many are left out.
    pub fn left_out(&self) -> u64 {
        let views = self.crowd.views.iter();
        views.filter(|view| view.away & LEFT_OUT != 0).count() as u64
    }

    /// Whether anybody may be chosen, with room or not; who is left out could be, where not.
    pub fn has_somebody_in(&self) -> bool {
        self.crowd.views.iter().any(View::is_in)
    }

    /// Works out who takes part.
    fn refresh(&mut self) {
        let crowd = Rc::make_mut(&mut self.crowd);
        let Some(counts) = &mut self.counts else {
            crowd.rank(|_| u32::MAX);
            return;
        };
        let (limit, tally) = (counts.limit, &counts.tally);
        counts.room = crowd.rank(|place| limit.saturating_sub(tally.open(place)));
        crowd.enrol(&mut counts.tally);
    }

    /// Chooses a target; `None`: nobody is believed up.
    #[inline]
    pub fn choose(&mut self, asker: Asker) -> Option<u32> {
        if self.jar.is_some() {
            return cookie::choose(self, asker);
        }
        self.pick(asker)
    }

    /// Chooses by the policy.
    #[inline]
    fn pick(&mut self, asker: Asker) -> Option<u32> {
        if let ([only], None) = (self.crowd.views.as_slice(), &self.counts) {
            return (only.is_in() || self.policy == Policy::Shard).then_some(0);
        }
        if let Policy::Shard = self.policy {
            return shard::choose(self, asker);
        }
        if self.crowd.eligible.is_empty() {
            return None;
        }
        Some(match self.policy {
            Policy::RoundRobin => round_robin::choose(self),
            Policy::Weighted => weighted::choose(self),
            Policy::Random => random::choose(self),
            Policy::LeastConnections { ties } => least_connections::choose(self, ties),
            Policy::PowerOf { choices, ties } => power_of::choose(self, choices, ties),
            Policy::SourceHash => source_hash::choose(self, asker),
            Policy::ConsistentHash { .. } => return consistent_hash::choose(self, asker),
            Policy::Shard => unreachable!("handled above"),
        })
    }

    /// A number below `bound` from the selector's own stream.
    #[inline]
    fn draw(&mut self, bound: usize) -> u32 {
        ((u128::from(self.random.next_u64()) * bound as u128) >> 64) as u32
    }

    /// Settles a tie among `places`, which is not empty and ascending.
    fn settle(&mut self, places: &[u32], ties: Ties) -> u32 {
        let chosen = match ties {
            _ if places.len() == 1 => places[0],
            Ties::First => places[0],
            Ties::Random => places[self.draw(places.len()) as usize],
            Ties::Rotation => *places
                .iter()
                .find(|&&place| place >= self.turn)
                .unwrap_or(&places[0]),
        };
        self.turn = chosen + 1;
        chosen
    }

    #[cfg(test)]
    fn of(policy: Policy, weights: &[f64]) -> Self {
        let target = |&weight| program::Target {
            node: super::id::NodeId(0),
            weight,
            rank: 0,
            up: true,
        };
        let targets = weights.iter().map(target).collect();
        let ring = match policy {
            Policy::ConsistentHash { points } => {
                Some(Rc::new(Ring::of_places(weights.len(), points)))
            }
            _ => None,
        };
        let described = program::Selector {
            name: "lb".into(),
            policy,
            targets,
            limit: None,
            jar: None,
            eject: None,
            peers: Vec::new(),
        };
        let crowd = Crowds::default().of(&described.targets);
        Self::new(&described, 5, crowd, ring)
    }

    #[cfg(test)]
    fn tally(&mut self, draws: u64) -> Vec<u64> {
        let mut tally = vec![0; self.crowd.views.len()];
        for n in 0..draws {
            let asker = Asker {
                key: mix(n),
                address: mix(n + (1 << 40)),
                person: n as u32,
            };
            tally[self.choose(asker).expect("somebody is up") as usize] += 1;
        }
        tally
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::visit::NONE;

    const POLICIES: [Policy; 8] = [
        Policy::RoundRobin,
        Policy::Weighted,
        Policy::Random,
        Policy::LeastConnections { ties: Ties::Random },
        Policy::PowerOf {
            choices: 2,
            ties: Ties::Random,
        },
        Policy::SourceHash,
        Policy::ConsistentHash { points: 30_000 },
        Policy::Shard,
    ];

    #[test]
    fn equal_targets_get_equal_shares() {
        for policy in POLICIES {
            let tally = Selector::of(policy, &[1.0; 4]).tally(40_000);
            // Binomial standard deviation 87.
            assert!(
                tally.iter().all(|&n| n.abs_diff(10_000) < 450),
                "{policy:?} {tally:?}"
            );
        }
    }

    #[test]
    fn only_the_best_rank_believed_up_takes_part() {
        for policy in POLICIES
            .into_iter()
            .filter(|policy| *policy != Policy::Shard)
        {
            let mut selector = Selector::of(policy, &[1.0; 3]);
            selector.believe(1, false, 0);
            selector.believe(2, true, 1);
            assert_eq!(selector.tally(50), [50, 0, 0], "{policy:?}");
            selector.believe(0, false, 0);
            assert_eq!(selector.tally(50), [0, 0, 50], "{policy:?}");
            selector.believe(2, false, 1);
            let nobody = Asker {
                key: 1,
                address: 1,
                person: NONE,
            };
            assert_eq!(selector.choose(nobody), None);
        }
    }

    #[test]
    fn a_shard_that_is_down_is_still_asked() {
        let mut selector = Selector::of(Policy::Shard, &[1.0; 2]);
        selector.believe(0, false, 0);
        assert!(selector.tally(1000)[0] > 400);
    }
}
