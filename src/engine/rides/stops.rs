//! Where the fast path leads: entry points that do nothing but serve once, or nothing at all,
//! and then answer or hand the request on.

use crate::engine::hop::{Hop, Hops, Manner};
use crate::engine::id::LawId;
use crate::engine::ordered::chooses;
use crate::engine::plan::Plan;
use crate::engine::program::{Discipline, Part, Program, Step};
use crate::engine::visit::NONE;

/// What follows the service at a stop.
#[derive(Clone, Copy, Debug)]
pub enum Then {
    /// The answer.
    Answer,
    /// The call over which the request is handed on.
    Forward(u32),
    /// The same with a probability, by the draw of a key; else the answer.
    Perhaps {
        /// The probability.
        share: f64,
        /// Of the draw.
        key: u64,
        /// The call.
        call: u32,
    },
}

/// The service at a stop.
#[derive(Clone, Copy, Debug)]
pub struct Service {
    /// Where.
    pub station: u32,
    /// Of its demand.
    pub law: LawId,
    /// Of its draw.
    pub key: u64,
}

/// An entry point of the fast path, and the line of those who wait there.
#[derive(Clone, Copy, Debug)]
pub struct Stop {
    /// Whose node it is.
    pub component: u32,
    /// What is done there; `None`: requests only pass through.
    pub service: Option<Service>,
    /// What follows.
    pub then: Then,
    /// First in line, or [`NONE`].
    pub head: u32,
    /// Last in line.
    pub tail: u32,
}

/// All stops, and the number of each entry point's stop, or [`NONE`].
pub fn stops(program: &Program, plan: &Plan, hops: &Hops) -> (Vec<Stop>, Vec<u32>) {
    let mut stops = Vec::new();
    let mut numbers = vec![NONE; program.entries.len()];
    if !is_open_ground(program, plan, &hops.calls) {
        return (stops, numbers);
    }
    let ground = Ground::new(program, hops);
    let mut by_step = vec![NONE; program.steps.len()];
    let mut add = |place: usize, stop: Stop, numbers: &mut [u32]| {
        let number = &mut by_step[program.entries[place].index()];
        if *number == NONE {
            *number = stops.len() as u32;
            stops.push(stop);
        }
        numbers[place] = *number;
    };
    for place in 0..program.entries.len() {
        if let Some(stop) = ground.serving(place) {
            add(place, stop, &mut numbers);
        }
    }
    // Only to where requests are served: no way leads in a circle without time passing.
    let served = numbers.clone();
    for place in 0..program.entries.len() {
        if let Some(stop) = ground.passing(place, &served) {
            add(place, stop, &mut numbers);
        }
    }
    (stops, numbers)
}

/// Whether requests only pass from station to station, undisturbed, and always find a target.
fn is_open_ground(program: &Program, plan: &Plan, hops: &[Hop]) -> bool {
    let is_passing = |step: &Step| {
        matches!(
            step,
            Step::Serve { .. }
                | Step::Wait { .. }
                | Step::Chance { .. }
                | Step::Jump { .. }
                | Step::Acquire { .. }
                | Step::Forward { .. }
                | Step::Reply
        )
    };
    let has_target = |selector: &crate::engine::program::Selector| {
        selector.jar.is_none() && selector.targets.iter().any(|target| target.up)
    };
    // Of nodes that come and go it must be known who is where.
    let scales = plan.scaling.is_some() && !program.scalers.is_empty();
    plan.effects.is_empty()
        && !scales
        && program.failures.is_empty()
        && hops.iter().all(|hop| hop.manner != Manner::Full)
        && program.selectors.iter().all(has_target)
        && program.steps.iter().all(is_passing)
}

/// What is looked up of a program.
struct Ground<'a> {
    program: &'a Program,
    hops: &'a Hops,
    /// How many steps serve at a station.
    uses: Vec<u32>,
}

impl<'a> Ground<'a> {
    fn new(program: &'a Program, hops: &'a Hops) -> Self {
        let mut uses = vec![0; program.stations.len()];
        for step in &program.steps {
            if let Step::Serve { station, .. } = step {
                uses[station.index()] += 1;
            }
        }
        Self {
            program,
            hops,
            uses,
        }
    }

    fn component(&self, place: usize) -> u32 {
        let node = self.hops.ways[place].node;
        self.program.nodes[node as usize].component.0
    }

    /// An entry that serves once, at a plain station that no other step uses.
    fn serving(&self, place: usize) -> Option<Stop> {
        let first = self.program.entries[place].index();
        let Step::Serve {
            station,
            law,
            key,
            part: Part::Service,
        } = *self.program.steps.get(first)?
        else {
            return None;
        };
        let shape = &self.program.stations[station.index()];
        let is_plain = shape.discipline == Discipline::Fcfs
            && !chooses(shape)
            && shape.caps.is_empty()
            && self.uses[station.index()] == 1;
        let service = Service {
            station: station.0,
            law,
            key,
        };
        let then = self.then(first + 1)?;
        is_plain.then(|| self.stop(place, Some(service), then))
    }

    /// An entry that only hands on, to stops that serve.
    fn passing(&self, place: usize, served: &[u32]) -> Option<Stop> {
        let first = self.program.entries[place].index();
        let Step::Forward { call } = *self.program.steps.get(first)? else {
            return None;
        };
        let call_of = &self.program.calls[call.index()];
        let from = call_of.entries as usize;
        let targets = self.program.selectors[call_of.selector.index()]
            .targets
            .len();
        let all_serve = served[from..from + targets]
            .iter()
            .all(|&stop| stop != NONE);
        all_serve.then(|| self.stop(place, None, Then::Forward(call.0)))
    }

    fn stop(&self, place: usize, service: Option<Service>, then: Then) -> Stop {
        Stop {
            component: self.component(place),
            service,
            then,
            head: NONE,
            tail: NONE,
        }
    }

    /// What the steps from here on do, if it is as simple as that.
    fn then(&self, first: usize) -> Option<Then> {
        let step = |place: usize| self.program.steps.get(place).copied();
        match step(first)? {
            Step::Reply => Some(Then::Answer),
            Step::Forward { call } => Some(Then::Forward(call.0)),
            Step::Chance {
                share,
                key,
                otherwise,
            } => match (step(first + 1)?, step(otherwise.index())?) {
                (Step::Forward { call }, Step::Reply) => Some(Then::Perhaps {
                    share,
                    key,
                    call: call.0,
                }),
                _ => None,
            },
            _ => None,
        }
    }
}

impl Stop {
    /// Puts a rider at the end of the line.
    #[inline(always)]
    pub fn push(&mut self, riders: &mut [super::riders::Rider], slot: u32) {
        if self.head == NONE {
            self.head = slot;
        } else {
            riders[self.tail as usize].next = slot;
        }
        self.tail = slot;
    }

    /// Takes the first in line.
    #[inline(always)]
    pub fn pop(&mut self, riders: &[super::riders::Rider]) -> Option<u32> {
        let slot = self.head;
        if slot == NONE {
            return None;
        }
        self.head = riders[slot as usize].next;
        Some(slot)
    }
}
