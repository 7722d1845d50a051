//! One group of nodes: who is in service, and for how long.

use super::seen::{ScaleStep, ScalerObservation};
use super::spec::{Past, Scaler};
use crate::engine::gauge::Gauge;

/// Where a node stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Post {
    /// It is not there.
    Absent,
    /// It boots until this time.
    Starting(u64),
    /// It is in service.
    Serving,
    /// It finishes what it has.
    Leaving,
}

/// A node of a group.
#[derive(Clone, Debug)]
struct Place {
    post: Post,
    /// What its use was at the last look, or when it came into service.
    used: u128,
    /// 1 while it can work: in service, or leaving.
    here: Gauge,
}

/// A group at work.
#[derive(Debug)]
pub(super) struct Group {
    places: Vec<Place>,
    memory: Past,
    /// The first look.
    first: u64,
    /// The last look.
    looked: u64,
    /// Whether it is known how much was used before it.
    took_stock: bool,
    in_service: Gauge,
    /// Those that cost money: booting, in service, leaving.
    running: Gauge,
    counts: ScalerObservation,
}

impl Group {
    /// The first ones in service.
    pub fn new(scaler: &Scaler, first_look: u64) -> Self {
        let start = scaler.start as usize;
        let place = |place: usize| {
            let mut here = Gauge::default();
            if place < start {
                here.up(0);
            }
            Place {
                post: if place < start {
                    Post::Serving
                } else {
                    Post::Absent
                },
                used: 0,
                here,
            }
        };
        let mut made = Self {
            places: (0..scaler.members.len()).map(place).collect(),
            memory: Past::default(),
            first: first_look,
            looked: 0,
            took_stock: scaler.from == 0,
            in_service: Gauge::default(),
            running: Gauge::default(),
            counts: ScalerObservation::default(),
        };
        made.note(0);
        made
    }

    /// How many nodes there can be.
    pub fn size(&self) -> usize {
        self.places.len()
    }

    /// Where a node stands.
    pub fn post(&self, place: usize) -> Post {
        self.places[place].post
    }

    /// When it is looked for the first time.
    pub fn first_look(&self) -> u64 {
        self.first
    }

    /// Whether it is known how much was used before the first look; it is, after this.
    pub fn takes_stock(&mut self) -> bool {
        std::mem::replace(&mut self.took_stock, true)
    }

    /// What the policy remembers.
    pub fn memory(&mut self) -> &mut Past {
        &mut self.memory
    }

    fn count(&self, is: impl Fn(Post) -> bool) -> usize {
        self.places.iter().filter(|place| is(place.post)).count()
    }

    /// Nodes in service, and nodes that boot.
    pub fn numbers(&self) -> (u32, u32) {
        let starting = |post| matches!(post, Post::Starting(_));
        let serving = self.count(|post| post == Post::Serving);
        (serving as u32, self.count(starting) as u32)
    }

    /// Whether some finish what they have.
    pub fn has_leaving(&self) -> bool {
        self.count(|post| post == Post::Leaving) > 0
    }

    /// Mean utilisation of the nodes in service since the last look, given the use of each as an
    /// area from the start; who came since was idle before. `None` where no time has passed.
    pub fn utilisation(&mut self, scaler: &Scaler, used: &[u128], now: u64) -> Option<f64> {
        let (mut busy, mut whole) = (0, 0);
        let passed = u128::from(now - self.looked);
        self.looked = now;
        let members = scaler.members.iter().zip(used);
        for (place, (member, &used)) in self.places.iter_mut().zip(members) {
            if place.post != Post::Serving {
                continue;
            }
            busy += used - place.used;
            whole += passed * u128::from(member.servers);
            place.used = used;
        }
        (whole > 0).then(|| busy as f64 / whole as f64)
    }

    /// Boots so many more until `due`: absent ones, then those that leave. Returns their places.
    pub fn start(&mut self, count: usize, due: u64, now: u64) -> Vec<usize> {
        let of = |wanted: Post| {
            let places = self.places.iter().enumerate();
            places
                .filter(move |(_, place)| place.post == wanted)
                .map(|(place, _)| place)
        };
        let started: Vec<usize> = of(Post::Absent)
            .chain(of(Post::Leaving))
            .take(count)
            .collect();
        for &place in &started {
            self.places[place].post = Post::Starting(due);
        }
        if !started.is_empty() {
            self.counts.outs += 1;
            self.counts.started += started.len() as u64;
        }
        self.note(now);
        started
    }

    /// Takes so many out: those that boot, the last first, then those in service, the last first.
    /// Returns the places of those that were in service.
    pub fn stop(&mut self, count: usize, now: u64) -> Vec<usize> {
        let mut rest = count;
        let mut left = Vec::new();
        for is_booting in [true, false] {
            for (number, place) in self.places.iter_mut().enumerate().rev() {
                let fits = match place.post {
                    Post::Starting(_) => is_booting,
                    Post::Serving => !is_booting,
                    Post::Absent | Post::Leaving => false,
                };
                if rest == 0 || !fits {
                    continue;
                }
                rest -= 1;
                if is_booting {
                    place.post = Post::Absent;
                } else {
                    place.post = Post::Leaving;
                    left.push(number);
                }
            }
        }
        self.counts.ins += 1;
        self.counts.stopped += (count - rest) as u64;
        self.note(now);
        left
    }

    /// A boot ends; whether the node is in service from now on.
    pub fn joins(&mut self, place: usize, used: u128, now: u64) -> bool {
        let one = &mut self.places[place];
        if one.post != Post::Starting(now) {
            return false;
        }
        one.post = Post::Serving;
        one.used = used;
        self.note(now);
        true
    }

    /// Those that leave and do not work any more are gone.
    pub fn release(&mut self, works: &[bool], now: u64) {
        for (place, works) in self.places.iter_mut().zip(works) {
            if place.post == Post::Leaving && !works {
                place.post = Post::Absent;
            }
        }
        self.note(now);
    }

    /// Keeps account of a change.
    fn note(&mut self, now: u64) {
        for place in &mut self.places {
            let here = matches!(place.post, Post::Serving | Post::Leaving);
            place.here.level_at(u64::from(here), now);
        }
        let serving = self.count(|post| post == Post::Serving) as u64;
        let running = self.count(|post| post != Post::Absent) as u64;
        self.in_service.level_at(serving, now);
        self.running.level_at(running, now);
        let step = ScaleStep {
            at: now,
            in_service: serving as u32,
            running: running as u32,
        };
        let steps = &mut self.counts.steps;
        let is_new = steps
            .last()
            .is_none_or(|last| (last.in_service, last.running) != (step.in_service, step.running));
        if is_new {
            steps.push(step);
        }
    }

    /// Opens the window.
    pub fn open(&mut self, now: u64) {
        self.places
            .iter_mut()
            .for_each(|place| place.here.open(now));
        self.in_service.open(now);
        self.running.open(now);
        let steps = std::mem::take(&mut self.counts.steps);
        self.counts = ScalerObservation {
            steps,
            ..ScalerObservation::default()
        };
    }

    /// What the window has shown.
    pub fn seen(&self, now: u64) -> ScalerObservation {
        ScalerObservation {
            in_service: self.in_service.level(now),
            running: self.running.level(now),
            ..self.counts.clone()
        }
    }

    /// How long each was not there in a window of this length, ns.
    pub fn absences(&self, now: u64, window: u64) -> impl Iterator<Item = u64> + '_ {
        let here = move |place: &Place| place.here.level(now).area as u64;
        self.places
            .iter()
            .map(move |place| window.saturating_sub(here(place)))
    }
}
