//! Parts that wait for each other: for repair crews, for a place to run, or that fall together.

use std::collections::VecDeque;

use super::clock::{Clock, Draw, MOST};
use super::crash::crash_of;

use crate::model::{Fault, Group, Model, Part, Times};

/// What a member does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Now {
    /// It runs, and fails then.
    Running(u64),
    /// It stands by and cannot fail.
    Idle,
    /// It is down since then and waits for a crew.
    Waiting(u64),
    /// It is down since the first time and repaired at the second.
    Repaired(u64, u64),
}

/// A group and where its members are.
struct Play<'m> {
    group: &'m Group,
    clocks: Vec<Clock<'m>>,
    now: Vec<Now>,
    /// Members that wait for a crew, in the order of their failures.
    waiting: VecDeque<usize>,
    faults: Vec<Fault>,
}

/// The crashes of a group's members that begin before `until`: crews repair in the order of the
/// failures; the members up that come first in the file run, others stand by where spares are
/// cold; a common cause takes all that are up.
pub fn crashes(model: &Model, group: &Group, draw: Draw, until: u64) -> Vec<Fault> {
    let Some(times) = group.own.times.as_ref() else {
        return Vec::new();
    };
    let common = group
        .common
        .as_ref()
        .and_then(|common| common.times.as_ref());
    let mut common = common.map(|times: &Times| Clock::of(&group.name, times, draw));
    let mut all_at = common.as_mut().map_or(u64::MAX, Clock::up);
    let members = group.members.iter();
    let clocks = members.map(|&part| Clock::of(name(model, part), times, draw));
    let mut play = Play {
        group,
        clocks: clocks.collect(),
        now: vec![Now::Idle; group.members.len()],
        waiting: VecDeque::new(),
        faults: Vec::new(),
    };
    play.start(0);
    for _ in 0..MOST {
        let (at, member) = play.next();
        if at.min(all_at) >= until {
            break;
        }
        if all_at < at {
            let up = (0..play.now.len()).filter(|&member| play.is_up(member));
            for member in up.collect::<Vec<_>>() {
                play.fail(member, all_at);
            }
            play.start(all_at);
            let then = common.as_mut().map_or(u64::MAX, Clock::up);
            all_at = all_at.saturating_add(then);
            continue;
        }
        match play.now[member] {
            Now::Repaired(since, _) => play.back(member, (since, at)),
            Now::Running(_) => play.fail(member, at),
            Now::Idle | Now::Waiting(_) => {}
        }
        play.start(at);
    }
    play.finish()
}

fn name(model: &Model, part: Part) -> &str {
    match part {
        Part::Node(node) => &model.node(node).name,
        Part::Host(host) => &model.hosts[host.index()].name,
        Part::Rack(rack) => &model.racks[rack.index()].name,
        Part::Switch(switch) => &model.switches[switch.index()].name,
    }
}

impl Play<'_> {
    fn is_up(&self, member: usize) -> bool {
        matches!(self.now[member], Now::Running(_) | Now::Idle)
    }

    /// The next failure or repair, and whose.
    fn next(&self) -> (u64, usize) {
        let at = |now: &Now| match *now {
            Now::Running(at) | Now::Repaired(_, at) => at,
            Now::Idle | Now::Waiting(_) => u64::MAX,
        };
        let all = self.now.iter().map(at).enumerate();
        let next = all.map(|(member, at)| (at, member)).min();
        next.unwrap_or((u64::MAX, 0))
    }

    fn fail(&mut self, member: usize, at: u64) {
        self.now[member] = Now::Waiting(at);
        self.waiting.push_back(member);
    }

    fn back(&mut self, member: usize, (since, at): (u64, u64)) {
        let part = self.group.members[member];
        self.faults.push(crash_of(part, since, Some(at - since)));
        self.now[member] = Now::Idle;
    }

    /// Sends free crews to whoever waits, and has members run while there are places.
    fn start(&mut self, at: u64) {
        let Some(how) = self.group.coupling else {
            return;
        };
        let count = |now: &[Now], is: fn(&Now) -> bool| now.iter().filter(|now| is(now)).count();
        while count(&self.now, |now| matches!(now, Now::Repaired(..))) < how.crews as usize {
            let Some(member) = self.waiting.pop_front() else {
                break;
            };
            if let Now::Waiting(since) = self.now[member] {
                let done = at.saturating_add(self.clocks[member].down());
                self.now[member] = Now::Repaired(since, done);
            }
        }
        for member in 0..self.now.len() {
            let running = count(&self.now, |now| matches!(now, Now::Running(_)));
            if self.now[member] == Now::Idle && running < how.running as usize {
                let fails = at.saturating_add(self.clocks[member].up());
                self.now[member] = Now::Running(fails);
            }
        }
    }

    /// The crashes, with those that are not over.
    fn finish(mut self) -> Vec<Fault> {
        for (member, now) in self.now.iter().enumerate() {
            if let Now::Waiting(since) | Now::Repaired(since, _) = *now {
                let part = self.group.members[member];
                self.faults.push(crash_of(part, since, None));
            }
        }
        self.faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::Law;
    use crate::model::builder::{Builder, seconds};
    use crate::model::{Coupling, FaultTarget, NodeId, Outage};

    fn outage(up: Law, down: Law) -> Outage {
        Outage {
            share: down.mean() / (up.mean() + down.mean()),
            mean_up: Some(up.mean()),
            times: Some(Times { up, down, each: 1 }),
        }
    }

    fn model(parts: u32, own: Outage, (crews, running): (u32, u32)) -> Model {
        let mut b = Builder::new("t");
        b.component("a", parts);
        let mut model = b.build();
        model.groups.push(Group {
            name: "g".to_owned(),
            members: (0..parts).map(|node| Part::Node(NodeId(node))).collect(),
            own,
            common: None,
            coupling: Some(Coupling {
                crews,
                running,
                coverage: None,
            }),
        });
        model
    }

    fn of(faults: &[Fault], node: u32) -> Vec<(u64, Option<u64>)> {
        let target = FaultTarget::Nodes(vec![NodeId(node)]);
        let own = faults.iter().filter(|fault| fault.target == target);
        own.map(|fault| (fault.at / seconds(1), fault.lasts.map(|ns| ns / seconds(1))))
            .collect()
    }

    /// Up 90 s, repaired in 10 s, two parts. One crew: both fail at 90 s, the first is back at
    /// 100, the second at 110; they fail again at 190 and at 200, and nobody waits.
    #[test]
    fn one_crew_repairs_one_after_the_other() {
        let own = outage(Law::Constant(90e9), Law::Constant(10e9));
        let model = model(2, own, (1, 2));
        let found = crashes(&model, &model.groups[0], (1, 0), seconds(205));
        assert_eq!(of(&found, 0), [(90, Some(10)), (190, Some(10))]);
        assert_eq!(of(&found, 1), [(90, Some(20)), (200, None)]);
    }

    /// A cold spare ages only while it runs: it takes over at 90 s and fails at 180 s, when the
    /// first, back since 100 s, takes over; that one fails at 270 s.
    #[test]
    fn a_cold_spare_waits_for_its_turn() {
        let own = outage(Law::Constant(90e9), Law::Constant(10e9));
        let model = model(2, own, (1, 1));
        let found = crashes(&model, &model.groups[0], (1, 0), seconds(275));
        assert_eq!(of(&found, 0), [(90, Some(10)), (270, None)]);
        assert_eq!(of(&found, 1), [(180, Some(10))]);
    }

    /// At 50 s both fall; one crew has the first back at 60 and the second at 70.
    #[test]
    fn a_common_cause_takes_all_that_are_up() {
        let own = outage(Law::Constant(900e9), Law::Constant(10e9));
        let mut model = model(2, own, (1, 2));
        model.groups[0].common = Some(outage(Law::Constant(50e9), Law::Constant(10e9)));
        let found = crashes(&model, &model.groups[0], (1, 0), seconds(99));
        assert_eq!(of(&found, 0), [(50, Some(10))]);
        assert_eq!(of(&found, 1), [(50, Some(20))]);
    }

    /// The share of time with both down is that of the chain (R10: hot, one crew): with 1/90 s up
    /// and 1/10 s of repair 2 a^2 / (1 + 2 a + 2 a^2), a = 1/9; over 40 runs of 100,000 s, within
    /// four standard errors.
    #[test]
    fn both_are_down_as_often_as_the_chain_says() {
        let own = outage(
            Law::Exponential { mean: 90e9 },
            Law::Exponential { mean: 10e9 },
        );
        let model = model(2, own, (1, 2));
        let long = seconds(100_000);
        let shares: Vec<f64> = (0..40)
            .map(|replication| {
                let found = crashes(&model, &model.groups[0], (9, replication), long);
                let mut edges: Vec<(u64, i32)> = Vec::new();
                for fault in &found {
                    edges.push((fault.at, 1));
                    edges.push((fault.at + fault.lasts.unwrap_or(long - fault.at), -1));
                }
                edges.sort_unstable();
                let (mut both, mut down, mut last) = (0, 0, 0);
                for (at, change) in edges {
                    if down == 2 {
                        both += at.min(long) - last;
                    }
                    (down, last) = (down + change, at.min(long));
                }
                both as f64 / long as f64
            })
            .collect();
        let count = shares.len() as f64;
        let mean = shares.iter().sum::<f64>() / count;
        let spread: f64 = shares.iter().map(|share| (share - mean).powi(2)).sum();
        let error = (spread / (count - 1.0) / count).sqrt();
        let a = 1.0 / 9.0_f64;
        let truth = 2.0 * a * a / (1.0 + 2.0 * a + 2.0 * a * a);
        assert!(
            (mean - truth).abs() < 4.0 * error,
            "{mean} +/- {error}, {truth}"
        );
        assert!(error < truth / 20.0, "{error}");
    }
}
