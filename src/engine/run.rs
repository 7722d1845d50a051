//! The loop over events, and the one place that interprets steps.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};

use super::ailing::Ailing;
use super::cache::Caches;
use super::calendar::Agenda;
use super::cancel::Cancellable;
use super::crew::{Breaker, Stopped};
use super::guard::Guards;
use super::hop::Hops;
use super::id::LawId;
use super::journal::Journal;
use super::journey::Trips;
use super::key::{ID_LIMIT, Key, NUMBER_LIMIT, Rank};
use super::limit::Limits;
use super::line::Answers;
use super::mark::Marks;
use super::memory::{Course, Memories, Sequel};
use super::node::{Fate, Node};
use super::observation::{Cap, Ending, Observations};
use super::observe::Window;
use super::opens::Opens;
use super::plan::{End, Plan};
use super::pool::Pool;
use super::presence::Presence;
use super::probe::Probe;
use super::program::{Program, Step, TimedEffect};
use super::queue::Messages;
use super::replica::Replicas;
use super::rides::Riders;
use super::scale::Scalers;
use super::selector::Selector;
use super::session::Sessions;
use super::source::Source;
use super::station::Station;
use super::store::Store;
use super::timer::Lane;
use super::visit::{COUNTED, State, Visits};
use super::weather::Weather;
use crate::law::{Sampler, Ziggurat, mix, round};

/// Events between looks at caps and the stop flag.
const CHECK_EVERY: u64 = 4096;
/// S25: most events at one instant.
pub(super) const ONE_INSTANT: u64 = 1_000_000;

/// One replication at work.
#[derive(Debug)]
pub struct Engine<'a> {
    pub(super) program: &'a Program,
    pub(super) plan: &'a Plan,
    pub(super) now: u64,
    pub(super) agenda: Agenda,
    pub(super) visits: Visits,
    pub(super) journal: Journal,
    /// Visits that can go on at this instant, in order.
    pub(super) ready: VecDeque<u32>,
    pub(super) stations: Vec<Station>,
    pub(super) pools: Vec<Pool>,
    pub(super) lanes: Vec<Lane>,
    pub(super) limits: Limits,
    pub(super) guards: Guards,
    pub(super) scalers: Scalers,
    pub(super) breakers: Vec<Breaker>,
    pub(super) stopped: Stopped,
    pub(super) selectors: Vec<Selector>,
    pub(super) nodes: Vec<Node>,
    pub(super) fates: Vec<Fate>,
    pub(super) hops: Hops,
    pub(super) riders: Riders,
    /// Nodes whose speed is not the normal one.
    pub(super) slowed: u32,
    pub(super) gates: Vec<bool>,
    pub(super) routes: Vec<u32>,
    pub(super) weather: Weather,
    pub(super) ailing: Ailing,
    pub(super) memories: Memories,
    /// What follows when a memory is full.
    pub(super) sequel: Sequel<'a>,
    pub(super) stores: Vec<Store>,
    pub(super) sessions: Sessions,
    pub(super) replicas: Replicas,
    pub(super) opens: Opens,
    pub(super) cancellable: Cancellable,
    pub(super) answers: Answers,
    /// Targets that the current call of a visit was sent to, where further tries go elsewhere.
    pub(super) tried: BTreeMap<u32, Vec<u32>>,
    pub(super) caches: Caches,
    pub(super) sources: Vec<Source>,
    pub(super) trips: Trips,
    /// What was sent to queues.
    pub(super) messages: Messages,
    pub(super) probe: Probe,
    /// Who was where when the window was opened.
    pub(super) opened: Presence,
    /// What the window showed, once it is over.
    pub(super) window: Option<Window>,
    pub(super) marks: Marks,
    pub(super) effects: Vec<TimedEffect>,
    pub(super) next_effect: usize,
    /// Number of the node that stands for the clients.
    pub(super) clients: u32,
    /// Counted requests after which the window closes; `u64::MAX`: it closes by time.
    pub(super) quota: u64,
    /// The next time at which something is cut: window, bucket, drain.
    pub(super) boundary: u64,
    /// Visits that may still come to nodes before it is looked whether all did in one event.
    pub(super) fuel: u64,
    /// Number of the event when that was looked at last.
    pub(super) refuelled: u64,
    /// Set when the replication must stop.
    pub(super) ending: Option<Ending>,
    pub(super) events: u64,
    check_at: u64,
    instant: (u64, u64),
    pub(super) samplers: Vec<Sampler>,
    pub(super) tables: &'static Ziggurat,
}

impl<'a> Engine<'a> {
    pub(super) fn new(program: &'a Program, plan: &'a Plan, course: Course<'a>) -> Self {
        let base = mix(mix(plan.seed).wrapping_add(u64::from(plan.replication)));
        let clients = program.components.len() as u32;
        let components = program.nodes.iter().map(|node| node.component.0);
        let (hops, riders) = super::rides::ways(program, plan);
        let mut fate = Fate::default();
        fate.life.up(0);
        Self {
            program,
            plan,
            now: 0,
            agenda: Agenda::default(),
            visits: Visits::default(),
            journal: Journal::default(),
            ready: VecDeque::new(),
            stations: Station::all(program, plan.demand_bias, base),
            pools: program.pools.iter().map(Pool::new).collect(),
            lanes: Lane::all(&program.lanes),
            limits: Limits::default(),
            guards: Guards::new(program, base),
            scalers: Scalers::new(program, plan, base),
            breakers: Breaker::all(program, base),
            stopped: Stopped::default(),
            selectors: Selector::all(program, base),
            nodes: components.chain([clients]).map(Node::new).collect(),
            fates: vec![fate; program.nodes.len() + 1],
            sources: Source::all(program, base, (&hops, &riders)),
            hops,
            riders,
            slowed: 0,
            gates: vec![true; program.gates.len()],
            routes: vec![0; program.routes.len()],
            weather: Weather::new(program, plan),
            ailing: Ailing::default(),
            memories: Memories::new(program),
            sequel: Sequel(course),
            stores: Store::all(program),
            sessions: Sessions::new(program),
            replicas: Replicas::new(program),
            opens: Opens::default(),
            cancellable: Cancellable::new(program),
            answers: Answers::default(),
            tried: BTreeMap::new(),
            caches: Caches::new(program, base),
            trips: Trips::default(),
            messages: Messages::new(program.queues.len()),
            probe: Probe::new(program, plan),
            opened: Presence::default(),
            window: None,
            marks: Marks::new(program, plan),
            effects: super::effects::in_order(&plan.effects),
            next_effect: 0,
            clients: program.nodes.len() as u32,
            quota: match plan.end {
                End::At(_) => u64::MAX,
                End::Requests(requests) => requests,
            },
            boundary: 0,
            fuel: ONE_INSTANT,
            refuelled: u64::MAX,
            ending: None,
            events: 0,
            check_at: CHECK_EVERY.min(plan.event_cap),
            instant: (0, 0),
            samplers: program.laws.iter().map(crate::law::Law::sampler).collect(),
            tables: Ziggurat::get(),
        }
    }

    /// Runs to the end.
    pub(super) fn work(mut self, stop: &AtomicBool) -> Observations {
        self.begin();
        let ending = self.events(stop);
        self.observe(ending)
    }

    fn begin(&mut self) {
        self.warm_caches();
        self.fill_memories();
        self.begin_scaling();
        (0..self.selectors.len() as u32).for_each(|selector| self.regate(selector));
        self.set_boundary();
        if self.plan.warm_up == 0 {
            self.cross(0);
        }
        self.schedule_effect();
        self.schedule_failures();
        for source in 0..self.sources.len() as u32 {
            self.schedule_arrival(source);
            self.adjust_users(source);
        }
    }

    fn events(&mut self, stop: &AtomicBool) -> Ending {
        while let Some(key) = self.agenda.take() {
            if key.time() >= self.boundary {
                self.cross(key.time());
                if let Some(ending) = self.ending {
                    return ending;
                }
            }
            self.now = key.time();
            self.events += 1;
            if self.events >= self.check_at
                && let Some(ending) = self.check(stop)
            {
                return ending;
            }
            let mut current = match key.rank() {
                Rank::Served => self.served(key),
                Rank::Due => self.due(key),
                Rank::Turn => self.turn(key),
                Rank::Waited => self.waited(key),
                Rank::Answered => self.answered(key),
                Rank::Expired => self.expired(key.id()),
                Rank::Breaker => self.turn_breaker(key),
                Rank::Fault | Rank::Control => {
                    self.change(key.id());
                    None
                }
                Rank::Look => self.scale(key.id()),
                Rank::Return => self.comes_back(key.id()),
                Rank::Reached => self.reached(key),
                Rank::User => self.user(key),
                Rank::Arrival => self.arrival(key.id()),
            };
            loop {
                if let Some(id) = current {
                    current = self.go(id);
                } else if let Some(id) = self.ready.pop_front() {
                    current = self.resume(id);
                } else {
                    break;
                }
            }
        }
        self.run_dry();
        self.ending.unwrap_or(Ending::Complete)
    }

    /// Looks at what can end a replication early.
    #[cold]
    fn check(&mut self, stop: &AtomicBool) -> Option<Ending> {
        let same = if self.instant.0 == self.now {
            self.instant.1 + CHECK_EVERY
        } else {
            0
        };
        self.instant = (self.now, same);
        self.check_at = (self.events + CHECK_EVERY).min(self.plan.event_cap);
        if self.ending.is_none() {
            let full = self.agenda.number + 4 * CHECK_EVERY >= NUMBER_LIMIT
                || self.events >= self.plan.event_cap;
            if stop.load(Ordering::Relaxed) {
                self.ending = Some(Ending::Interrupted);
            } else if same > ONE_INSTANT {
                self.ending = Some(Ending::Capped(Cap::OneInstant));
            } else if full {
                self.ending = Some(Ending::Capped(Cap::Events));
            } else if self.visits.slots() + self.riders.slots() > ID_LIMIT - ID_LIMIT / 16 {
                self.ending = Some(Ending::Capped(Cap::InFlight));
            }
        }
        self.ending
    }

    /// Ends the replication before the next event.
    #[cold]
    pub(super) fn halt(&mut self, ending: Ending) {
        self.ending.get_or_insert(ending);
        self.check_at = 0;
    }

    /// Takes a step that [`Engine::go`] leaves to others; returns the visit that goes on at once.
    pub(super) fn step(&mut self, id: u32, step: Step) -> Option<u32> {
        match step {
            Step::Wait { law, key, .. } => self.wait(id, law, key),
            Step::Weigh { law, key } => self.weigh(id, law, key),
            Step::Land { back } => self.land(id, back),
            Step::Acquire { pool } => self.acquire(id, pool.0),
            Step::Occupy { memory } => self.occupy(id, memory.0),
            Step::Forward { call } => self.forward(id, call.0),
            Step::ForwardWithRoom { call } => self.forward_with_room(id, call.0),
            Step::Looked { cache, hit } => {
                let visit = &mut self.visits[id];
                visit.pc += 1;
                let counted = visit.is(COUNTED);
                self.probe.looked(cache.0, hit, counted);
                Some(id)
            }
            Step::Held { .. } | Step::Look { .. } | Step::Unreached { .. } | Step::Fill => {
                self.cache_step(id, step)
            }
            Step::Repeat { count, key, .. } => self.repeat(id, count, key),
            Step::Session { keeper } => {
                self.session(id, keeper);
                Some(id)
            }
            Step::Commit { replication } => {
                self.commit(id, replication);
                Some(id)
            }
            Step::Fork { first, count } => self.fork(id, (first, count), None),
            Step::Quorum { .. } => self.poll(id, step),
            Step::Needed => self.still_needed(id),
            Step::Limited { quota } => self.limited(id, quota),
            Step::Renew { key } => self.renew(id, key),
            Step::Spawn { node, entry, key } => self.spawn(id, node.0, entry.0, key),
            Step::Publish {
                queue,
                entries,
                key,
            } => self.publish(id, queue, entries, key),
            Step::Recall { store, fresh } => {
                self.recall(id, store.0, fresh.0);
                Some(id)
            }
            Step::Resolve { store, key } => self.resolve(id, store.0, key),
            Step::ForwardResolved { store, call } => self.forward_resolved(id, store.0, call.0),
            Step::Fail { reason } => self.finish(id, Some(reason)),
            Step::Serve { .. }
            | Step::Chance { .. }
            | Step::Jump { .. }
            | Step::Call { .. }
            | Step::Reply
            | Step::Carried => {
                unreachable!("taken by `go`, or left behind by a line")
            }
        }
    }

    /// Goes on with a visit that was given something, or is new.
    fn resume(&mut self, id: u32) -> Option<u32> {
        match self.visits[id].state {
            State::Permit => self.permitted(id),
            State::Connection => self.connected(id),
            State::Blocked => self.let_in(id),
            _ => Some(id),
        }
    }

    /// Puts an event; returns its ticket.
    #[inline]
    pub(super) fn put(&mut self, time: u64, rank: Rank, id: u32) -> u64 {
        self.agenda.put(time, rank, id)
    }

    /// A number that names one wait for ever.
    #[inline]
    pub(super) fn fresh(&mut self) -> u64 {
        self.agenda.fresh()
    }

    /// One draw of a law.
    #[inline]
    pub(super) fn draw(&self, law: LawId, word: u64) -> f64 {
        self.samplers[law.index()].sample(word, self.tables)
    }

    /// One draw of a law of times, ns.
    #[inline]
    pub(super) fn draw_ns(&self, law: LawId, word: u64) -> u64 {
        round(self.draw(law, word))
    }

    /// Wakes a visit if the event is still meant for it.
    #[inline]
    pub(super) fn wake(&mut self, key: Key) -> Option<u32> {
        let visit = &mut self.visits[key.id()];
        if visit.ticket != key.ticket() {
            return None;
        }
        visit.ticket = 0;
        Some(key.id())
    }
}
