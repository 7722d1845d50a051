//! Stations that choose whom to serve next: last come first, at random, by priority with or
//! without preemption, a limited number at once, servers of unequal speed, rates that depend on
//! the number of jobs.
//!
//! A job stands on a *place* while it is served. Except under limited sharing a place is a
//! server; under limited sharing the servers divide themselves equally among the places. Work
//! that was begun and interrupted is kept and goes on where it stopped (preemptive resume; R.
//! Conway, W. Maxwell, L. Miller, *Theory of Scheduling*, 1967, chapter 8). An arriving job
//! takes the fastest free place; nobody moves when a faster one becomes free.

use super::gauge::Gauge;
use super::lineup::{Job, Waiting};
use super::program::{self, Discipline};

/// One job on its place.
#[derive(Clone, Copy, Debug)]
struct Serving {
    job: Job,
    /// Work per ns.
    rate: f64,
    /// Work left was accounted up to here.
    since: u64,
    /// When it stepped on the place.
    began: u64,
    /// When it is done at this rate.
    until: u64,
}

/// A server, or a share of all of them.
#[derive(Clone, Copy, Debug)]
struct Place {
    speed: f64,
    up: bool,
    serving: Option<Serving>,
}

impl Place {
    fn is_free(&self) -> bool {
        self.up && self.serving.is_none()
    }
}

/// What happened to a job.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Move {
    /// It stepped on a place.
    Starts(u32),
    /// It had to leave its place before it was done, after so long on it, ns.
    Stops(u32, u64),
}

/// A job that is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// Whose it was.
    pub visit: u32,
    /// How long it waited in all, ns.
    pub waited: u64,
    /// How long it stood on its last place, ns.
    pub stood: u64,
}

/// A station that chooses.
#[derive(Debug)]
pub struct Ordered {
    preemptive: bool,
    /// Servers, where their number limits what jobs on places get (limited sharing).
    shared_cores: Option<u32>,
    servers: u32,
    scaling: Vec<f64>,
    places: Vec<Place>,
    waiting: Waiting,
    number: u64,
    /// Jobs on places, over time.
    stand: Gauge,
    /// What has happened since it was last asked.
    pub moves: Vec<Move>,
    /// Time of the pending event; `u64::MAX`: none.
    pub scheduled: u64,
    /// Its ticket.
    pub ticket: u64,
}

/// Whether a station needs this file.
pub fn chooses(station: &program::Station) -> bool {
    let sharing = station.discipline == Discipline::ProcessorSharing;
    let plain = sharing || station.discipline == Discipline::Fcfs;
    let uneven = !station.rates.core_speeds.is_empty() || !station.rates.scaling.is_empty();
    let impatient = station.queue != program::Impatience::default();
    !plain || (!sharing && (uneven || impatient || station.rates.stops))
}

impl Ordered {
    /// As described, empty; `seed` is that of its choices at random.
    pub fn new(station: &program::Station, seed: u64) -> Self {
        let servers = station.servers.unwrap_or(1);
        let limit = match station.discipline {
            Discipline::LimitedSharing(jobs) => Some(jobs),
            _ => None,
        };
        let mut speeds = station.rates.core_speeds.clone();
        speeds.sort_by(|a, b| b.total_cmp(a));
        speeds.resize(limit.unwrap_or(servers) as usize, 1.0);
        let place = |speed| Place {
            speed,
            up: true,
            serving: None,
        };
        Self {
            preemptive: station.discipline == Discipline::Priority { preemptive: true },
            shared_cores: limit.map(|_| servers),
            servers,
            scaling: station.rates.scaling.clone(),
            places: speeds.into_iter().map(place).collect(),
            waiting: Waiting::new(station.discipline, seed),
            number: 0,
            stand: Gauge::default(),
            moves: Vec::new(),
            scheduled: u64::MAX,
            ticket: 0,
        }
    }

    /// Jobs on places.
    fn standing(&self) -> u64 {
        self.stand.count
    }

    /// Busy servers.
    pub fn busy(&self) -> u64 {
        let cores = self.shared_cores.map_or(u64::MAX, u64::from);
        self.standing().min(cores)
    }

    /// Jobs that no server is busy with.
    pub fn queued(&self) -> u64 {
        self.standing() - self.busy() + self.waiting.len() as u64
    }

    /// Whether a job on a place may get less than a server of its own.
    pub fn shares(&self) -> bool {
        self.shared_cores.is_some() || !self.scaling.is_empty()
    }

    /// Jobs without a place.
    pub fn lining(&self) -> u64 {
        self.waiting.len() as u64
    }

    /// Time that jobs have stood on places from time 0, ns.
    pub fn stood(&self, now: u64) -> u128 {
        self.stand.area(now)
    }

    /// How long a job stands on its place by now; `None`: it waits.
    pub fn stands(&self, visit: u32, now: u64) -> Option<u64> {
        let of = |serving: &Serving| (serving.job.visit == visit).then(|| now - serving.began);
        self.places
            .iter()
            .find_map(|place| place.serving.as_ref().and_then(of))
    }

    /// A job comes.
    pub fn enter(&mut self, visit: u32, node: u32, work: u64, priority: i32, now: u64) {
        self.number += 1;
        let job = Job {
            visit,
            node,
            left: work as f64,
            priority,
            number: self.number,
            begun: false,
            queued: now,
            waited: 0,
        };
        if let Some(place) = self.free_place() {
            self.start(place, job, now);
        } else if let Some(place) = self.weaker(priority) {
            self.stop(place, now);
            self.start(place, job, now);
        } else {
            self.waiting.push(job);
        }
        self.pace(now);
    }

    /// The place whose job gives way to one of this priority: the least urgent, of equals the
    /// one that came last.
    fn weaker(&self, priority: i32) -> Option<usize> {
        if !self.preemptive {
            return None;
        }
        let found = self.places.iter().enumerate().filter_map(|(at, place)| {
            let job = place.serving?.job;
            (job.priority < priority).then_some((job.priority, std::cmp::Reverse(job.number), at))
        });
        found.min().map(|(.., at)| at)
    }

    /// The fastest free place.
    fn free_place(&self) -> Option<usize> {
        self.places.iter().position(Place::is_free)
    }

    fn start(&mut self, at: usize, mut job: Job, now: u64) {
        job.waited += now - job.queued;
        job.begun = true;
        self.moves.push(Move::Starts(job.visit));
        self.stand.up(now);
        self.places[at].serving = Some(Serving {
            job,
            rate: 0.0,
            since: now,
            began: now,
            until: u64::MAX,
        });
    }

    /// Sends a job back into the queue, with what is left of its work.
    fn stop(&mut self, at: usize, now: u64) {
        let Some(serving) = self.places[at].serving.take() else {
            return;
        };
        let mut job = settled(serving, now).job;
        job.queued = now;
        self.stand.down(now);
        self.moves.push(Move::Stops(job.visit, now - serving.began));
        self.waiting.push(job);
    }

    /// Fills free places.
    fn refill(&mut self, now: u64) {
        while let Some(place) = self.free_place() {
            let Some(job) = self.waiting.pop() else { break };
            self.start(place, job, now);
        }
    }

    /// Gives every job the rate that is due to it now.
    fn pace(&mut self, now: u64) {
        let standing = self.standing() as f64;
        let present = self.stand.count as usize + self.waiting.len();
        let total = self
            .scaling
            .get(present.saturating_sub(1))
            .or(self.scaling.last());
        let shared = match (total, self.shared_cores) {
            (Some(total), _) => Some(total / standing),
            (None, Some(cores)) => Some((f64::from(cores) / standing).min(1.0)),
            (None, None) => None,
        };
        for place in &mut self.places {
            let rate = shared.unwrap_or(place.speed);
            if let Some(serving) = &mut place.serving
                && (serving.rate - rate).abs() > f64::EPSILON
            {
                let mut paced = settled(*serving, now);
                paced.rate = rate;
                paced.until = now.saturating_add((paced.job.left / rate).round() as u64);
                *serving = paced;
            }
        }
    }

    /// The place that is done first, and when.
    fn first(&self) -> Option<(u64, usize)> {
        let done = self.places.iter().enumerate().filter_map(|(at, place)| {
            let serving = place.serving.as_ref()?;
            Some((serving.until, serving.job.number, at))
        });
        done.min().map(|(until, _, at)| (until, at))
    }

    /// When the first job is done.
    pub fn next(&self) -> Option<u64> {
        self.first().map(|(until, _)| until)
    }

    /// Takes out the job that is done first; its place goes to who is next.
    ///
    /// # Panics
    /// If nobody is served.
    pub fn finish(&mut self, now: u64) -> Done {
        let (_, at) = self.first().expect("a due station serves somebody");
        self.take_from(at, now)
    }

    fn take_from(&mut self, at: usize, now: u64) -> Done {
        let serving = self.places[at].serving.take();
        let serving = serving.expect("the place is taken");
        self.stand.down(now);
        self.refill(now);
        self.pace(now);
        Done {
            visit: serving.job.visit,
            waited: serving.job.waited,
            stood: now - serving.began,
        }
    }

    /// Takes a waiting job out; whether it waited.
    pub fn drop_out(&mut self, visit: u32, now: u64) -> bool {
        let found = self.waiting.remove(visit);
        self.pace(now);
        found
    }

    /// Takes a job off its place before it is done; its place goes to who is next.
    pub fn abort(&mut self, visit: u32, now: u64) -> Option<Done> {
        let is_his = |place: &Place| place.serving.is_some_and(|s| s.job.visit == visit);
        let at = self.places.iter().position(is_his)?;
        Some(self.take_from(at, now))
    }

    /// A server, or all of them, stops or goes on; interrupted jobs go back into the queue.
    pub fn set_up(&mut self, server: Option<u32>, is_up: bool, now: u64) {
        if let Some(cores) = &mut self.shared_cores {
            let change = server.map_or(self.servers, |_| 1);
            *cores = if is_up {
                *cores + change
            } else {
                *cores - change
            };
        } else {
            let one = |server: u32| server as usize..server as usize + 1;
            let range = server.map_or(0..self.places.len(), one);
            self.places[range.clone()]
                .iter_mut()
                .for_each(|place| place.up = is_up);
            if !is_up {
                range.for_each(|at| self.stop(at, now));
            }
            self.refill(now);
        }
        self.pace(now);
    }

    /// Stretches the rest of the work of a node's jobs.
    pub fn stretch(&mut self, node: u32, factor: f64, now: u64) {
        let slow = |job: &mut Job| {
            if job.node == node {
                job.left *= factor;
            }
        };
        self.waiting.for_each(slow);
        for place in &mut self.places {
            if let Some(serving) = &mut place.serving {
                *serving = settled(*serving, now);
                slow(&mut serving.job);
                serving.rate = 0.0;
            }
        }
        self.pace(now);
    }
}

/// The same with its work accounted up to now.
fn settled(mut serving: Serving, now: u64) -> Serving {
    let done = (now - serving.since) as f64 * serving.rate;
    serving.job.left = (serving.job.left - done).max(0.0);
    serving.since = now;
    serving
}
