//! What is marked on the axis of time: faults, repairs, and what those who watch made of them.

use std::collections::BTreeMap;

use super::super::{alarms, words};
use super::fold::seconds;
use super::told::{target_name, told};
use crate::control;
use crate::engine::id::SelectorId;
use crate::engine::program::{Effect, TimedEffect};
use crate::experiment::sample::Sample;
use crate::lower::Lowered;
use crate::model::{Fault, Means, Model, NodeId};

/// Most marks of a run; the earliest deeds of watchers stay.
const MOST: usize = 40;

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// When, s from the end of the lead-in.
    pub at_s: f64,
    /// What, in words.
    pub text: String,
    /// Whose doing it was.
    pub by: By,
}

impl Mark {
    fn new(at: u64, text: String, by: By) -> Self {
        let at_s = seconds(at);
        Self { at_s, text, by }
    }
}

/// Whose doing something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// It broke, or was whole again.
    Fault,
    /// A health check, a takeover, a promotion.
    Control,
    /// An alarm.
    Monitoring,
    /// Somebody who was called.
    Responder,
}

/// Scheduled faults by start and end, and in replication 0 who learns of them and when traffic
/// moves; s from the end of the lead-in.
fn marks(model: &Model, lowered: &Lowered, outages: &[Fault], seed: u64) -> Vec<Mark> {
    let mut marks = faults(model);
    let full = outages.iter().take(MOST.saturating_sub(marks.len()) / 2);
    marks.extend(full.flat_map(|outage| full_and_back(model, outage)));
    let all = [&model.faults[..], outages].concat();
    let effects = control::timeline_of(model, lowered, &all, seed, 0);
    let room = MOST.saturating_sub(marks.len());
    marks.extend(deeds(model, lowered, &effects).into_iter().take(room));
    marks.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
    marks
}

/// The marks of a sample, with its alarms and what was done, in replication 0.
pub fn of_sample(sample: &Sample<'_>, seed: u64) -> Vec<Mark> {
    let (model, lowered) = (sample.bench.model, &sample.bench.lowered);
    let Some(run) = sample.runs.first() else {
        return marks(model, lowered, &[], seed);
    };
    let outages = sample.bench.outages(run);
    if !sample.bench.is_watched {
        return marks(model, lowered, &outages, seed);
    }
    let fired = alarms::fired(model, lowered, run, sample.bench.lead_in, (seed, 0));
    let (faults, deeds) = alarms::answers(model, &fired);
    let went = Model {
        faults,
        ..model.clone()
    };
    let mut all = marks(&went, lowered, &outages, seed);
    for (alarm, times) in model.alarms.iter().zip(&fired) {
        let fires = format!("alarm {} fires", alarm.name);
        all.extend(
            times
                .first()
                .map(|at| Mark::new(*at, fires, By::Monitoring)),
        );
    }
    for deed in deeds {
        let response = &model.alarms[deed.alarm].respond[deed.response];
        let verb = match response.means {
            Means::Replace => "replaced",
            Means::Restart => "restarted",
            Means::RollBack => "rolled back",
            Means::HotFix => "fixed",
            Means::Renew => "renewed",
        };
        let (target, are_many) = target_name(model, &response.target);
        let is = if are_many { "are" } else { "is" };
        let text = format!("{target} {is} {verb}");
        all.push(Mark::new(deed.done, text, By::Responder));
    }
    all.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
    all
}

/// The crash of a node whose memory was full, and its return.
fn full_and_back(model: &Model, outage: &Fault) -> [Mark; 2] {
    let (name, _) = target_name(model, &outage.target);
    let back = outage.end().unwrap_or(outage.at);
    let full = format!("the memory of {name} is full: it crashes");
    [
        Mark::new(outage.at, full, By::Fault),
        Mark::new(back, format!("{name} is up again"), By::Fault),
    ]
}

fn faults(model: &Model) -> Vec<Mark> {
    let mut marks = Vec::new();
    // What was prevented never begins.
    let begins = |fault: &&Fault| fault.lasts != Some(0);
    for fault in model.faults.iter().filter(begins) {
        let (target, are_many) = target_name(model, &fault.target);
        let (start, end) = told(model, &fault.kind, &target, are_many);
        marks.push(Mark::new(fault.at, start, By::Fault));
        if let Some(lasts) = fault.lasts {
            marks.push(Mark::new(fault.at.saturating_add(lasts), end, By::Fault));
        }
    }
    marks
}

/// The first of each kind of deed: many callers that learn the same are told of once.
fn deeds(model: &Model, lowered: &Lowered, effects: &[TimedEffect]) -> Vec<Mark> {
    let mut believed: BTreeMap<(usize, u32), bool> = BTreeMap::new();
    let mut last: BTreeMap<String, String> = BTreeMap::new();
    let mut found = Vec::new();
    for timed in effects {
        if let Effect::Belief {
            selector,
            target,
            up,
            ..
        } = timed.effect
        {
            let seen = believed.insert((selector.index(), target), up);
            if seen.unwrap_or_else(|| is_asked(lowered, selector, target)) == up {
                // Only the order in which it is asked has changed.
                continue;
            }
        }
        let Some((about, text)) = deed(model, lowered, timed.effect) else {
            continue;
        };
        if last.get(&about) != Some(&text) {
            found.push(Mark::new(timed.at, text.clone(), By::Control));
            last.insert(about, text);
        }
    }
    found
}

/// Whether a caller asks a target while nothing has happened.
fn is_asked(lowered: &Lowered, selector: SelectorId, target: u32) -> bool {
    lowered.program.selectors[selector.index()].targets[target as usize].up
}

/// What a deed is about, and its words.
fn deed(model: &Model, lowered: &Lowered, effect: Effect) -> Option<(String, String)> {
    let name = |node: NodeId| &model.node(node).name;
    match effect {
        Effect::Belief {
            selector,
            target,
            up,
            ..
        } => {
            let node = lowered.map.views[selector.index()].targets[target as usize].node;
            let owner = &model.component(model.node(node).component).name;
            let node_name = name(node);
            let text = match (up, is_asked(lowered, selector, target)) {
                (true, false) => format!("callers of {owner} move to {node_name}"),
                (true, true) => format!("callers of {owner} use {node_name} again"),
                (false, _) => format!("callers of {owner} avoid {node_name}"),
            };
            Some((node_name.clone(), text))
        }
        Effect::Handover {
            store,
            address,
            holder,
        } => {
            let selector = lowered.program.stores[store.index()].selector;
            let targets = &lowered.map.views[selector.index()].targets;
            let owner = name(targets[address as usize].node);
            let holder = name(targets[holder as usize].node);
            let text = if owner == holder {
                format!("{owner} has its address back")
            } else {
                format!("{holder} takes over the address of {owner}")
            };
            Some((format!("address of {owner}"), text))
        }
        Effect::Lead { queue, seat } => {
            let part = model.component(lowered.map.queues[queue as usize]);
            let text = match seat {
                Some(seat) => format!("{} leads {}", name(part.nodes[seat as usize]), part.name),
                None => format!("nobody leads {}", part.name),
            };
            Some((format!("lead of {}", part.name), text))
        }
        Effect::Reroute(route, option) => {
            let switches = &lowered.map.paths[route.index()].options[option as usize];
            let names: Vec<String> = switches
                .iter()
                .map(|switch| model.switches[switch.index()].name.clone())
                .collect();
            let text = format!("traffic moves to the path over {}", words::list(&names));
            Some((format!("route {}", route.index()), text))
        }
        Effect::Crash(_)
        | Effect::Repair(_)
        | Effect::Speed(..)
        | Effect::Pause(..)
        | Effect::Gate(..)
        | Effect::Spell(..)
        | Effect::Rate(..)
        | Effect::Full(..)
        | Effect::Leak(..)
        | Effect::Nameless(..)
        | Effect::Flush(..)
        | Effect::Succeed(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::marks;
    use crate::lower::lower;
    use crate::model::builder::{Builder, constant, ms, seconds};
    use crate::model::{Fault, FaultKind, FaultTarget};

    /// A pair whose second node takes over 3 s after the loss of the first.
    #[test]
    fn the_takeover_is_marked_between_crash_and_repair() {
        let mut b = Builder::new("pair");
        let lb = b.pair("lb", seconds(3), seconds(1));
        b.cpu(lb, 1);
        let work = b.work(lb, "cpu", constant(ms(1)));
        b.operation(lb, "default", vec![work]);
        b.open("users", 1.0, &[("default", lb, 1.0)]);
        let first = b.model().components[lb.index()].nodes[0];
        b.fault(Fault {
            kind: FaultKind::Crash,
            target: FaultTarget::Nodes(vec![first]),
            at: seconds(10),
            lasts: Some(seconds(20)),
        });
        let model = b.build();
        let marks = marks(&model, &lower(&model), &[], 1);
        let at = |text: &str| {
            let found = marks.iter().find(|mark| mark.text == text);
            found.unwrap_or_else(|| panic!("{text}: {marks:?}")).at_s
        };
        let second = &model.nodes[first.index() + 1].name;
        let first = &model.node(first).name;
        assert!((at(&format!("{first} crashes")) - 10.0).abs() < 1e-9);
        assert!((at(&format!("{first} is repaired")) - 30.0).abs() < 1e-9);
        assert!((at(&format!("callers of lb move to {second}")) - 13.0).abs() < 1e-9);
    }

    #[test]
    fn several_nodes_have_a_verb_in_the_plural() {
        let mut b = Builder::new("two");
        let was = b.component("was", 2);
        b.operation(was, "default", Vec::new());
        b.open("users", 1.0, &[("default", was, 1.0)]);
        let nodes = b.model().components[was.index()].nodes.clone();
        for (kind, at) in [(FaultKind::Crash, 1), (FaultKind::Slow(4.0), 9)] {
            b.fault(Fault {
                kind,
                target: FaultTarget::Nodes(nodes.clone()),
                at: seconds(at),
                lasts: Some(seconds(2)),
            });
        }
        let model = b.build();
        let texts: Vec<String> = super::faults(&model)
            .into_iter()
            .map(|one| one.text)
            .collect();
        let expected = [
            "was/1 and was/2 crash",
            "was/1 and was/2 are repaired",
            "was/1 and was/2 become 4 times slower",
            "was/1 and was/2 are back to speed",
        ];
        assert_eq!(texts, expected);
    }
}
