//! A sharing station with caps (S3): nodes that draw on one host, each with at most so many cores.
//!
//! Max-min fair: a job of group g runs at min(1, r, cap of g / jobs of g), with the largest r that
//! the cores allow (Bertsekas and Gallager, "Data Networks", section 6.5.2). Each group has a
//! clock of its own; without caps there is one group and one clock.

use super::processor::Processor;
use super::program;

/// One core, in units of 2^-52.
const ONE: u128 = 1 << 52;

/// A node with a cap, and its jobs.
#[derive(Debug)]
struct Group {
    node: u32,
    cap: u32,
    jobs: Processor,
}

/// The jobs of a sharing station.
#[derive(Debug)]
pub struct Shared {
    cores: u32,
    contention: (f64, f64),
    /// Jobs of nodes without cap.
    rest: Processor,
    groups: Vec<Group>,
    /// Time of the pending event; `u64::MAX`: none.
    pub scheduled: u64,
    /// Its ticket.
    pub ticket: u64,
}

impl Shared {
    /// As described, empty.
    pub fn new(station: &program::Station) -> Self {
        let cores = station.servers.unwrap_or(u32::MAX);
        let contention = station.contention;
        let group = |&(node, cap): &(super::id::NodeId, u32)| Group {
            node: node.0,
            cap,
            jobs: Processor::new(cores, contention),
        };
        Self {
            cores,
            contention,
            rest: Processor::new(cores, contention).scaled(&station.rates.scaling),
            groups: station.caps.iter().map(group).collect(),
            scheduled: u64::MAX,
            ticket: 0,
        }
    }

    fn jobs_of(&mut self, node: u32) -> &mut Processor {
        let group = self.groups.iter_mut().find(|group| group.node == node);
        group.map_or(&mut self.rest, |group| &mut group.jobs)
    }

    /// So many cores stop or go on; the clocks stand at now. Without any, jobs stand still.
    pub fn set_cores(&mut self, change: u32, is_up: bool) {
        self.cores = if is_up {
            self.cores + change
        } else {
            self.cores - change
        };
        self.rest.set_cores(self.cores);
    }

    /// Jobs present.
    pub fn present(&self) -> u64 {
        let groups: usize = self.groups.iter().map(|group| group.jobs.present()).sum();
        (self.rest.present() + groups) as u64
    }

    /// Moves the clocks to `now`.
    #[inline]
    pub fn advance(&mut self, now: u64) {
        self.rest.advance(now);
        for group in &mut self.groups {
            group.jobs.advance(now);
        }
    }

    /// Lets a job of a node in; the clocks stand at now. Whether the next event must be looked at.
    #[inline]
    pub fn enter(&mut self, id: u32, node: u32, demand: u64) -> bool {
        if self.groups.is_empty() {
            return self.rest.enter(id, demand);
        }
        self.jobs_of(node).enter(id, demand);
        self.divide();
        true
    }

    /// When the first job finishes.
    #[inline]
    pub fn next(&mut self) -> Option<u64> {
        let rest = self.rest.next();
        if self.groups.is_empty() {
            return rest;
        }
        let groups = self.groups.iter_mut().filter_map(|group| group.jobs.next());
        groups.chain(rest).min()
    }

    /// Takes out the job that finishes first; the clocks stand at now.
    #[inline]
    pub fn leave(&mut self) -> u32 {
        if self.groups.is_empty() {
            return self.rest.leave();
        }
        let due = self.next();
        let group = self
            .groups
            .iter_mut()
            .find_map(|group| (group.jobs.next() == due).then_some(&mut group.jobs));
        let id = group.unwrap_or(&mut self.rest).leave();
        self.divide();
        id
    }

    /// Takes out jobs of a node; the clocks stand at now.
    pub fn take_out(&mut self, node: u32, lost: &[u32]) {
        let jobs = self.jobs_of(node);
        for &id in lost {
            jobs.remove(id);
        }
        self.divide();
    }

    /// As [`Processor::stretch`], over all groups.
    pub fn stretch(&mut self, factor: impl Fn(u32) -> Option<f64>) {
        self.rest.stretch(&factor);
        for group in &mut self.groups {
            group.jobs.stretch(&factor);
        }
        self.divide();
    }

    /// Service that a job of the node, present all the time, would have attained, ns.
    #[inline]
    pub fn clock_ns(&self, node: u32) -> u64 {
        let group = self.groups.iter().find(|group| group.node == node);
        group.map_or(&self.rest, |group| &group.jobs).clock_ns()
    }

    /// Busy cores: each group uses at most its cap, all together at most all.
    #[inline]
    pub fn busy(&self) -> u64 {
        let capped = |group: &Group| group.jobs.present().min(group.cap as usize);
        let groups: usize = self.groups.iter().map(capped).sum();
        (self.rest.present() + groups).min(self.cores as usize) as u64
    }

    /// Work done at full speed where contention makes it differ from the busy area.
    pub fn work(&self) -> Option<u128> {
        let rest = self.rest.work()?;
        Some(
            rest + self
                .groups
                .iter()
                .filter_map(|group| group.jobs.work())
                .sum::<u128>(),
        )
    }

    /// Divides the cores among the groups, in units of 2^-52 cores per job: whoever is content
    /// with less than an equal share of what is left gets its fill first.
    fn divide(&mut self) {
        if self.groups.is_empty() {
            return;
        }
        let capped = self
            .groups
            .iter_mut()
            .map(|group| (Some(group.cap), &mut group.jobs));
        let mut sharers: Vec<(u128, u128, &mut Processor)> = capped
            .chain([(None, &mut self.rest)])
            .filter(|(_, jobs)| jobs.present() > 0)
            .map(|(cap, jobs)| {
                let n = jobs.present() as u128;
                let most = cap.map_or(ONE, |cap| (u128::from(cap) * ONE / n).min(ONE));
                (most, n, jobs)
            })
            .collect();
        sharers.sort_by_key(|&(most, ..)| most);
        let mut jobs_left: u128 = sharers.iter().map(|&(_, n, _)| n).sum();
        let n = jobs_left as f64;
        let (sigma, kappa) = self.contention;
        let drag = 1.0 + sigma * (n - 1.0) + kappa * n * (n - 1.0);
        let mut left = u128::from(self.cores) * ONE;
        for (most, n, jobs) in sharers {
            let rate = most.min(left / jobs_left);
            left -= rate * n;
            jobs_left -= n;
            let slowed = if drag > 1.0 {
                (rate as f64 / drag) as u64
            } else {
                rate as u64
            };
            jobs.impose(slowed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::id::NodeId;
    use crate::engine::program::{Discipline, Station};

    fn host(cores: u32, caps: &[(u32, u32)]) -> Shared {
        Shared::new(&Station {
            name: "host".into(),
            servers: Some(cores),
            discipline: Discipline::ProcessorSharing,
            speed: 1.0,
            contention: (0.0, 0.0),
            caps: caps
                .iter()
                .map(|&(node, cap)| (NodeId(node), cap))
                .collect(),
            rates: crate::engine::program::Rates::default(),
            queue: crate::engine::program::Impatience::default(),
        })
    }

    /// Two cores; node 0 may use one and has two jobs of 10, node 1 has one job of 10 on a core
    /// of its own: done at 10, the others at 20, whatever is idle.
    #[test]
    fn a_cap_holds_although_a_core_is_idle() {
        let mut host = host(2, &[(0, 1)]);
        host.enter(1, 0, 10);
        host.enter(2, 0, 10);
        host.enter(3, 1, 10);
        assert_eq!((host.next(), host.busy()), (Some(10), 2));
        host.advance(10);
        assert_eq!(host.leave(), 3);
        assert_eq!((host.next(), host.busy()), (Some(20), 1));
        host.advance(20);
        assert_eq!((host.leave(), host.next()), (1, Some(20)));
    }

    /// Two cores; node 0 capped at one with four jobs (1/4 each), node 1 with two jobs gets the
    /// other core (1/2 each); as soon as node 1 has one job left that runs at full speed.
    #[test]
    fn shares_are_max_min_fair() {
        let mut host = host(2, &[(0, 1)]);
        for id in 0..4 {
            host.enter(id, 0, 100);
        }
        host.enter(8, 1, 10);
        host.enter(9, 1, 20);
        // Equal shares would be 1/3, above the 1/4 that node 0 may take.
        assert_eq!(host.next(), Some(20));
        host.advance(20);
        assert_eq!(
            (host.leave(), host.clock_ns(0), host.clock_ns(1)),
            (8, 5, 10)
        );
        assert_eq!(host.next(), Some(30));
    }

    /// A cap that does not bind changes nothing to the ns.
    #[test]
    fn a_loose_cap_is_no_cap() {
        let run = |mut host: Shared| {
            let mut done = Vec::new();
            for id in 0..50u32 {
                let at = u64::from(id) * 12;
                while let Some(due) = host.next().filter(|&due| due <= at) {
                    host.advance(due);
                    done.push((host.leave(), due));
                }
                host.advance(at);
                host.enter(id, 0, 20 + u64::from(id % 5));
            }
            done
        };
        let (plain, loose) = (run(host(2, &[])), run(host(2, &[(0, 2)])));
        assert!(plain.len() > 30);
        assert_eq!(plain, loose);
    }
}
