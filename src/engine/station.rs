//! Stations: first come, first served; and what is counted at any station.

use std::collections::BTreeMap;

use super::gauge::Gauge;
use super::observation::StationObservation;
use super::ordered::{Ordered, chooses};
use super::program::{self, Discipline};
use super::shared::Shared;
use super::visit::{Line, Visits};
use crate::law::mix;

/// How a station serves.
#[derive(Debug)]
pub enum Kind {
    /// In order of arrival, with a queue.
    Fcfs(Fcfs),
    /// All at once.
    Sharing(Box<Shared>),
    /// By choice.
    Ordered(Box<Ordered>),
}

/// A station at work.
#[derive(Debug)]
pub struct Station {
    /// How it serves.
    pub kind: Kind,
    /// A demand is multiplied by this: the plan's bias / speed.
    pub scale: f64,
    busy: Gauge,
    queue: Gauge,
    /// Servers that work, where some stop at times.
    up: Option<Box<Gauge>>,
    present_max: u64,
    served: u64,
    waiting_sum: u128,
    /// Service delivered, summed job by job, server-ns.
    pub delivered: u128,
    /// Where several components use it: each with the service delivered to it in the window.
    sharers: Box<[(u32, u128)]>,
}

/// Servers and queue of a first-come station.
#[derive(Debug)]
pub struct Fcfs {
    free: u32,
    line: Line,
    caps: Box<[Quota]>,
}

/// A node that may use only so many servers at once.
#[derive(Debug)]
struct Quota {
    node: u32,
    free: u32,
}

impl Fcfs {
    fn quota(&mut self, node: u32) -> Option<&mut Quota> {
        self.caps.iter_mut().find(|quota| quota.node == node)
    }

    fn may_start(&mut self, node: u32) -> bool {
        self.free > 0 && self.quota(node).is_none_or(|quota| quota.free > 0)
    }

    fn start(&mut self, node: u32) {
        self.free -= 1;
        if let Some(quota) = self.quota(node) {
            quota.free -= 1;
        }
    }
}

impl Station {
    /// As described, empty; demands are multiplied by `bias`, `base` is the seed of choices.
    pub fn new(station: &program::Station, bias: f64, base: u64) -> Self {
        let servers = station.servers.unwrap_or(u32::MAX);
        let caps = &station.caps;
        let kind = match station.discipline {
            _ if chooses(station) => {
                let seed = mix(base ^ super::hash(&station.name));
                Kind::Ordered(Box::new(Ordered::new(station, seed)))
            }
            Discipline::ProcessorSharing => Kind::Sharing(Box::new(Shared::new(station))),
            _ => Kind::Fcfs(Fcfs {
                free: servers,
                line: Line::EMPTY,
                caps: caps
                    .iter()
                    .map(|&(node, free)| Quota { node: node.0, free })
                    .collect(),
            }),
        };
        let up = station.rates.stops.then(|| {
            let mut up = Box::new(Gauge::default());
            up.level_at(servers.into(), 0);
            up
        });
        Self {
            kind,
            up,
            scale: 1.0 / station.speed * bias,
            busy: Gauge::default(),
            queue: Gauge::default(),
            present_max: 0,
            served: 0,
            waiting_sum: 0,
            delivered: 0,
            sharers: Box::default(),
        }
    }

    /// All stations of a program; demands are multiplied by `bias`, `base` is the seed of choices.
    pub fn all(program: &program::Program, bias: f64, base: u64) -> Vec<Self> {
        let new = |station| Self::new(station, bias, base);
        let mut stations: Vec<Self> = program.stations.iter().map(new).collect();
        let mut sharers: BTreeMap<usize, Vec<(u32, u128)>> = BTreeMap::new();
        for node in &program.nodes {
            for station in &node.stations {
                let sharers = sharers.entry(station.index()).or_default();
                if sharers.iter().all(|sharer| sharer.0 != node.component.0) {
                    sharers.push((node.component.0, 0));
                }
            }
        }
        for (station, sharers) in sharers {
            if sharers.len() > 1 {
                stations[station].sharers = sharers.into();
            }
        }
        stations
    }

    /// A job comes to a first-come station; whether it starts at once.
    pub fn line_up(&mut self, visits: &mut Visits, id: u32, now: u64) -> bool {
        let Kind::Fcfs(fcfs) = &mut self.kind else {
            unreachable!("a first-come station")
        };
        let node = visits[id].node;
        if !fcfs.may_start(node) {
            self.line_up_behind(visits, id, now);
            return false;
        }
        fcfs.start(node);
        self.busy.up(now);
        self.present_max = self.present_max.max(self.busy.count + self.queue.count);
        true
    }

    /// Whether it is a first-come station of which everybody may use all servers.
    #[inline(always)]
    pub fn is_plain(&self) -> bool {
        matches!(&self.kind, Kind::Fcfs(fcfs) if fcfs.caps.is_empty())
    }

    /// Takes a free server of a first-come station without caps.
    #[inline(always)]
    pub fn take_server(&mut self, now: u64) -> bool {
        let Kind::Fcfs(fcfs) = &mut self.kind else {
            unreachable!("a first-come station")
        };
        if fcfs.free == 0 {
            return false;
        }
        fcfs.free -= 1;
        self.busy.up(now);
        self.present_max = self.present_max.max(self.busy.count + self.queue.count);
        true
    }

    /// A job joins the queue of a first-come station.
    #[inline(always)]
    pub fn line_up_behind(&mut self, visits: &mut Visits, id: u32, now: u64) {
        let Kind::Fcfs(fcfs) = &mut self.kind else {
            unreachable!("a first-come station")
        };
        fcfs.line.push(visits, id);
        self.queue.up(now);
        self.present_max = self.present_max.max(self.busy.count + self.queue.count);
    }

    /// A job joins a queue that is kept elsewhere.
    #[inline(always)]
    pub fn one_waits(&mut self, now: u64) {
        self.queue.up(now);
        self.present_max = self.present_max.max(self.busy.count + self.queue.count);
    }

    /// The first of a queue that is kept elsewhere takes the server that has become free.
    #[inline(always)]
    pub fn one_starts(&mut self, now: u64) {
        self.queue.down(now);
    }

    /// A server becomes free, and nobody waits.
    #[inline(always)]
    pub fn one_rests(&mut self, now: u64) {
        let Kind::Fcfs(fcfs) = &mut self.kind else {
            unreachable!("a first-come station")
        };
        fcfs.free += 1;
        self.busy.down(now);
    }

    /// A server of a first-come station without caps becomes free; who starts next.
    #[inline(always)]
    pub fn next_plain(&mut self, visits: &mut Visits, now: u64) -> Option<u32> {
        let Kind::Fcfs(fcfs) = &mut self.kind else {
            unreachable!("a first-come station")
        };
        let next = fcfs.line.pop(visits);
        if next.is_some() {
            self.queue.down(now);
        } else {
            fcfs.free += 1;
            self.busy.down(now);
        }
        next
    }

    /// A server of a first-come station, used by `node`, becomes free; who starts next.
    pub fn next_in_line(&mut self, visits: &mut Visits, node: u32, now: u64) -> Option<u32> {
        let Kind::Fcfs(fcfs) = &mut self.kind else {
            unreachable!("a first-come station")
        };
        let next = if fcfs.caps.is_empty() {
            fcfs.line.pop(visits)
        } else {
            Self::first_allowed(fcfs, visits, node)
        };
        if next.is_some() {
            self.queue.down(now);
        } else {
            fcfs.free += u32::from(fcfs.caps.is_empty());
            self.busy.down(now);
        }
        next
    }

    /// With caps: gives the server back, then starts the first in line whose node may.
    fn first_allowed(fcfs: &mut Fcfs, visits: &mut Visits, node: u32) -> Option<u32> {
        fcfs.free += 1;
        if let Some(quota) = fcfs.quota(node) {
            quota.free += 1;
        }
        let mut id = fcfs.line.head;
        while id != super::visit::NONE {
            let node = visits[id].node;
            if fcfs.may_start(node) {
                fcfs.line.unlink(visits, id);
                fcfs.start(node);
                return Some(id);
            }
            id = visits[id].next;
        }
        None
    }

    /// A waiting job leaves the queue of a first-come station.
    pub fn drop_out(&mut self, visits: &mut Visits, id: u32, now: u64) {
        let Kind::Fcfs(fcfs) = &mut self.kind else {
            unreachable!("a first-come station")
        };
        fcfs.line.unlink(visits, id);
        self.queue.down(now);
    }

    /// One more job at a sharing station, which has let it in.
    #[inline]
    pub fn join(&mut self, now: u64) {
        let Kind::Sharing(shared) = &self.kind else {
            unreachable!("a sharing station")
        };
        if self.busy.count < shared.busy() {
            self.busy.up(now);
        } else {
            self.queue.up(now);
        }
        self.present_max = self.present_max.max(self.busy.count + self.queue.count);
    }

    /// `jobs` less at a sharing station, which has let them out.
    #[inline]
    pub fn part(&mut self, jobs: u64, now: u64) {
        let Kind::Sharing(shared) = &self.kind else {
            unreachable!("a sharing station")
        };
        let busy = shared.busy();
        for _ in 0..jobs {
            if self.busy.count > busy {
                self.busy.down(now);
            } else {
                self.queue.down(now);
            }
        }
    }

    /// So many servers stop or go on.
    pub fn turn(&mut self, servers: u32, is_up: bool, now: u64) {
        let up = self.up.as_mut().expect("a station whose servers stop");
        let change = u64::from(servers);
        let count = if is_up {
            up.count + change
        } else {
            up.count - change
        };
        up.level_at(count, now);
    }

    /// Counts what a station has now whose jobs do not come and go one by one.
    pub fn relevel(&mut self, now: u64) {
        let (busy, queued) = match &self.kind {
            Kind::Ordered(ordered) => (ordered.busy(), ordered.queued()),
            Kind::Sharing(shared) => (shared.busy(), shared.present() - shared.busy()),
            Kind::Fcfs(_) => return,
        };
        self.busy.level_at(busy, now);
        self.queue.level_at(queued, now);
        self.present_max = self.present_max.max(self.busy.count + self.queue.count);
    }

    /// A job of a component is done, after so much waiting and service.
    #[inline(always)]
    pub fn done(&mut self, component: u32, waiting: u64, service: u64) {
        self.served += 1;
        self.waiting_sum += u128::from(waiting);
        self.deliver(component, service);
    }

    /// A job of a component got service.
    #[inline(always)]
    pub fn deliver(&mut self, component: u32, service: u64) {
        self.delivered += u128::from(service);
        if self.sharers.is_empty() {
            return;
        }
        let mut sharers = self.sharers.iter_mut();
        if let Some(sharer) = sharers.find(|sharer| sharer.0 == component) {
            sharer.1 += u128::from(service);
        }
    }

    /// The busy servers of the window divided among those who share the station, by the service
    /// that was delivered to each: component and area.
    pub fn divided(&self, now: u64) -> impl Iterator<Item = (u32, u128)> + '_ {
        let busy = self.busy.level(now).area as f64;
        let all: u128 = self.sharers.iter().map(|sharer| sharer.1).sum();
        let share = move |service: u128| (busy * (service as f64 / all.max(1) as f64)) as u128;
        self.sharers
            .iter()
            .map(move |&(component, service)| (component, share(service)))
    }

    /// Area of busy servers from time 0, server-ns.
    pub fn busy_area(&self, now: u64) -> u128 {
        self.busy.area(now)
    }

    /// What `delivered` is held against: work done at full speed.
    pub fn work(&self, now: u64) -> u128 {
        let sharing = match &self.kind {
            Kind::Fcfs(_) => None,
            Kind::Sharing(shared) => shared.work(),
            Kind::Ordered(ordered) => Some(ordered.stood(now)),
        };
        sharing.unwrap_or_else(|| self.busy.area(now))
    }

    /// Opens the window.
    pub fn open(&mut self, now: u64) {
        self.busy.open(now);
        self.queue.open(now);
        if let Some(up) = &mut self.up {
            up.open(now);
        }
        self.present_max = self.busy.count + self.queue.count;
        self.served = 0;
        self.waiting_sum = 0;
        self.sharers.iter_mut().for_each(|sharer| sharer.1 = 0);
    }

    /// What was seen since.
    pub fn observe(&self, now: u64) -> StationObservation {
        let (busy, queue) = (self.busy.level(now), self.queue.level(now));
        StationObservation {
            busy,
            queue,
            up: self.up.as_ref().map(|up| up.level(now)).unwrap_or_default(),
            present: super::observation::Level {
                area: busy.area + queue.area,
                max: self.present_max,
            },
            absent_ns: 0,
            served: self.served,
            waiting_sum: self.waiting_sum,
        }
    }
}
