//! Failure laws acted out: crashes of every part by its own times up and down (S41).

use super::clock::{Clock, Draw, MOST};
use super::crash::crash_of;
use super::together;
use crate::model::{Fault, Model, NodeId, Outage, Part, Times};

/// Every part whose failure law is a crash, with its name and its times, in the order of the
/// model: nodes, hosts, racks, switches; of members of a group the times without their common
/// cause. A law that pauses cores is acted out by the engine.
pub fn parts(model: &Model) -> impl Iterator<Item = (Part, &str, &Times)> {
    let nodes = model.nodes.iter().enumerate().filter_map(|(number, node)| {
        let part = model.component(node.component);
        let times = times(part.outage.as_ref().filter(|_| part.failure.is_none()))?;
        Some((Part::Node(NodeId::from(number)), &*node.name, times))
    });
    let hosts = model.hosts.iter().enumerate().filter_map(|(number, host)| {
        let times = times(host.outage.as_ref())?;
        Some((Part::Host(number.into()), &*host.name, times))
    });
    let racks = model.racks.iter().enumerate().filter_map(|(number, rack)| {
        let times = times(rack.outage.as_ref())?;
        Some((Part::Rack(number.into()), &*rack.name, times))
    });
    let switches = model.switches.iter().enumerate();
    let switches = switches.filter_map(|(number, switch)| {
        let times = times(switch.outage.as_ref())?;
        Some((Part::Switch(number.into()), &*switch.name, times))
    });
    let all = nodes.chain(hosts).chain(racks).chain(switches);
    all.map(|(part, name, times)| {
        let group = model.group_of(part);
        let own = group.and_then(|group| group.own.times.as_ref());
        (part, name, own.unwrap_or(times))
    })
}

fn times(outage: Option<&Outage>) -> Option<&Times> {
    outage?.times.as_ref()
}

/// The crashes of one replication that begin before `until`, ns from the end of the lead-in. Every
/// part begins up. Parts that wait for each other are repaired as their group says.
pub fn crashes(model: &Model, draw: Draw, until: u64) -> Vec<Fault> {
    let mut faults = Vec::new();
    let coupled = |part| {
        let group = model.group_of(part);
        group.is_some_and(|group| group.coupling.is_some())
    };
    for (part, name, times) in parts(model).filter(|&(part, ..)| !coupled(part)) {
        alternate(name, times, draw, until, |at, lasts| {
            faults.push(crash_of(part, at, Some(lasts)));
        });
    }
    for group in &model.groups {
        if group.coupling.is_some() {
            faults.extend(together::crashes(model, group, draw, until));
        } else if let Some(times) = times(group.common.as_ref()) {
            alternate(&group.name, times, draw, until, |at, lasts| {
                let members = group.members.iter();
                faults.extend(members.map(|&part| crash_of(part, at, Some(lasts))));
            });
        }
    }
    faults
}

/// Calls `crash` with the start and the length of every time down that begins before `until`.
fn alternate(name: &str, times: &Times, draw: Draw, until: u64, mut crash: impl FnMut(u64, u64)) {
    let mut clock = Clock::of(name, times, draw);
    let mut now = 0_u64;
    for _ in 0..MOST {
        now = now.saturating_add(clock.up());
        if now >= until {
            break;
        }
        let lasts = clock.down();
        crash(now, lasts);
        now = now.saturating_add(lasts);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::Law;
    use crate::model::builder::{Builder, seconds};
    use crate::model::{FaultTarget, Model};

    fn outage(up: Law, down: Law) -> Outage {
        Outage {
            share: down.mean() / (up.mean() + down.mean()),
            mean_up: Some(up.mean()),
            times: Some(Times { up, down, each: 1 }),
        }
    }

    fn pair(up: Law, down: Law) -> Model {
        let mut b = Builder::new("t");
        b.component("a", 2);
        let mut model = b.build();
        model.components[0].outage = Some(outage(up, down));
        model
    }

    /// Up 90 s, down 10 s, by hand: down at 90, 190, 290 s for 10 s each.
    #[test]
    fn constant_times_alternate() {
        let (up, down) = (Law::Constant(90e9), Law::Constant(10e9));
        let found = crashes(&pair(up, down), (1, 0), seconds(300));
        let of = |node: u32| {
            let target = FaultTarget::Nodes(vec![NodeId(node)]);
            let own = found.iter().filter(move |fault| fault.target == target);
            own.map(|fault| (fault.at, fault.lasts)).collect::<Vec<_>>()
        };
        let ten = Some(seconds(10));
        let expected = [90, 190, 290].map(|at| (seconds(at), ten));
        assert_eq!((of(0), of(1)), (expected.to_vec(), expected.to_vec()));
        assert_eq!(found.len(), 6);
    }

    /// Down mttr / (mtbf + mttr) of a long time: 0.1 of 2,000 cycles; the variance of the time
    /// down in T is 2 q^2 (1 - q)^2 (mtbf + mttr) T with exponential laws.
    #[test]
    fn the_share_of_time_down_is_that_of_the_means() {
        let law = |mean: f64| Law::Exponential { mean };
        let model = pair(law(90e9), law(10e9));
        let long = seconds(200_000);
        let found = crashes(&model, (7, 3), long);
        for node in [0, 1] {
            let target = FaultTarget::Nodes(vec![NodeId(node)]);
            let own = found.iter().filter(|fault| fault.target == target);
            let down: u64 = own.filter_map(|fault| fault.lasts).sum();
            let share = down as f64 / long as f64;
            let error = (2.0 * 0.01 * 0.81 * 100.0 / 200_000.0_f64).sqrt();
            assert!((share - 0.1).abs() < 4.0 * error, "{share} +/- {error}");
        }
    }

    /// A part keeps its times whatever else there is, and others have other times (S37).
    #[test]
    fn times_belong_to_the_name() {
        let law = |mean: f64| Law::Exponential { mean };
        let model = pair(law(90e9), law(10e9));
        let mut more = model.clone();
        more.nodes[0].name = "b".to_owned();
        let of = |model: &Model, node, draw| {
            let target = FaultTarget::Nodes(vec![NodeId(node)]);
            let all = crashes(model, draw, seconds(10_000)).into_iter();
            let own = all.filter(|fault| fault.target == target);
            own.map(|fault| (fault.at, fault.lasts)).collect::<Vec<_>>()
        };
        assert_eq!(of(&model, 1, (1, 0)), of(&more, 1, (1, 0)));
        assert_ne!(of(&model, 0, (1, 0)), of(&more, 0, (1, 0)));
        assert_ne!(of(&model, 0, (1, 0)), of(&model, 1, (1, 0)));
        assert_ne!(of(&model, 0, (1, 0)), of(&model, 0, (1, 1)));
        assert_ne!(of(&model, 0, (1, 0)), of(&model, 0, (2, 0)));
    }
}
