//! What is marked on the axis of time: faults, repairs, and what those who watch made of them.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{alarms, words};
use super::fold::seconds;
use crate::control;
use crate::engine::program::{Effect, TimedEffect};
use crate::experiment::sample::Sample;
use crate::lower::Lowered;
use crate::model::{Fault, FaultKind, FaultTarget, Means, Model, NodeId};

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
fn marks(model: &Model, lowered: &Lowered, seed: u64) -> Vec<Mark> {
    let mut marks = faults(model);
    let effects = control::timeline(model, lowered, seed, 0);
    let room = MOST.saturating_sub(marks.len());
    marks.extend(deeds(model, lowered, &effects).into_iter().take(room));
    marks.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
    marks
}

/// The marks of a sample, with its alarms and what was done, in replication 0.
pub fn of_sample(sample: &Sample<'_>, seed: u64) -> Vec<Mark> {
    let (model, lowered) = (sample.bench.model, &sample.bench.lowered);
    let Some(run) = sample.runs.first().filter(|_| sample.bench.is_watched) else {
        return marks(model, lowered, seed);
    };
    let fired = alarms::fired(model, lowered, run, sample.bench.lead_in, (seed, 0));
    let (faults, deeds) = alarms::answers(model, &fired);
    let went = Model {
        faults,
        ..model.clone()
    };
    let mut all = marks(&went, lowered, seed);
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
        };
        let (target, are_many) = target_name(model, &response.target);
        let is = if are_many { "are" } else { "is" };
        let text = format!("{target} {is} {verb}");
        all.push(Mark::new(deed.done, text, By::Responder));
    }
    all.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
    all
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

/// The names of the parts that a target may strike.
pub fn struck(model: &Model, target: &FaultTarget) -> Vec<String> {
    match target {
        FaultTarget::Nodes(nodes) | FaultTarget::AnyOf(nodes) => nodes
            .iter()
            .map(|&node| model.node(node).name.clone())
            .collect(),
        FaultTarget::Host(_)
        | FaultTarget::Rack(_)
        | FaultTarget::Switch(_)
        | FaultTarget::Link(_) => {
            vec![target_name(model, target).0]
        }
    }
}

/// How a fault is told of at its start and at its end.
fn told(model: &Model, kind: &FaultKind, target: &str, are_many: bool) -> (String, String) {
    let verb = |one: &'static str, many: &'static str| if are_many { many } else { one };
    let is = verb("is", "are");
    let share = |share: f64| words::percent(share);
    match kind {
        FaultKind::Crash => (
            format!("{target} {}", verb("crashes", "crash")),
            format!("{target} {is} repaired"),
        ),
        FaultKind::Slow(factor) => (
            format!(
                "{target} {} {} times slower",
                verb("becomes", "become"),
                words::number(*factor)
            ),
            format!("{target} {is} back to speed"),
        ),
        FaultKind::Pause => (
            format!("{target} {}", verb("pauses", "pause")),
            format!("{target} {} on", verb("goes", "go")),
        ),
        FaultKind::BlackHole => (
            format!("{target} {} a black hole", verb("becomes", "become")),
            format!("{target} {} again", verb("answers", "answer")),
        ),
        FaultKind::Partition { to, both } => {
            let (to, _) = target_name(model, to);
            let back = if *both { "" } else { ", one way" };
            (
                format!("{target} {is} cut off from {to}{back}"),
                format!("{target} {} {to} again", verb("reaches", "reach")),
            )
        }
        FaultKind::Latency(law) => (
            format!(
                "messages of {target} take {} more",
                words::time(law.mean() / 1e9)
            ),
            format!("messages of {target} are quick again"),
        ),
        FaultKind::Loss(part) => (
            format!("{} of the messages of {target} are lost", share(*part)),
            format!("no message of {target} is lost any more"),
        ),
        FaultKind::Errors(part) => (
            format!("{} of the requests to {target} fail", share(*part)),
            format!("{target} {} all requests again", verb("answers", "answer")),
        ),
        FaultKind::Reset(part) => (
            format!("{} of the answers of {target} are cut off", share(*part)),
            format!("all answers of {target} arrive again"),
        ),
        FaultKind::Bandwidth(_)
        | FaultKind::Flush(_)
        | FaultKind::DnsError
        | FaultKind::SlowDisk(_)
        | FaultKind::FullDisk => told_of_part(kind, target, are_many),
    }
}

/// The same of a single part.
fn told_of_part(kind: &FaultKind, target: &str, are_many: bool) -> (String, String) {
    let verb = |one: &'static str, many: &'static str| if are_many { many } else { one };
    match kind {
        FaultKind::Bandwidth(bps) => (
            format!(
                "the line of {target} carries {} Mbit/s",
                words::number(bps / 1e6)
            ),
            format!("the line of {target} is as wide as ever"),
        ),
        FaultKind::Flush(part) => (
            format!(
                "{target} {} {} of its contents",
                verb("loses", "lose"),
                words::percent(*part)
            ),
            String::new(),
        ),
        FaultKind::DnsError => (
            format!("{target} {} no lookups", verb("answers", "answer")),
            format!("{target} {} lookups again", verb("answers", "answer")),
        ),
        FaultKind::SlowDisk(factor) => (
            format!(
                "the disk of {target} is {} times slower",
                words::number(*factor)
            ),
            format!("the disk of {target} is back to speed"),
        ),
        FaultKind::FullDisk => (
            format!("the disk of {target} is full"),
            format!("the disk of {target} has room again"),
        ),
        _ => unreachable!("told of as a whole"),
    }
}

/// What is struck, and whether it is more than one thing.
pub(super) fn target_name(model: &Model, target: &FaultTarget) -> (String, bool) {
    let names = |nodes: &[NodeId]| {
        let names: Vec<String> = nodes
            .iter()
            .map(|&node| model.node(node).name.clone())
            .collect();
        words::list(&names)
    };
    match target {
        FaultTarget::Nodes(nodes) => (names(nodes), nodes.len() > 1),
        FaultTarget::AnyOf(nodes) => (format!("one of {}", names(nodes)), false),
        FaultTarget::Host(host) => (model.hosts[host.index()].name.clone(), false),
        FaultTarget::Rack(rack) => (model.racks[rack.index()].name.clone(), false),
        FaultTarget::Switch(switch) => (model.switches[switch.index()].name.clone(), false),
        FaultTarget::Link(link) => (model.link(*link).name.clone(), false),
    }
}

/// The first of each kind of deed: many callers that learn the same are told of once.
fn deeds(model: &Model, lowered: &Lowered, effects: &[TimedEffect]) -> Vec<Mark> {
    let mut crashed = BTreeSet::new();
    let mut last: BTreeMap<String, String> = BTreeMap::new();
    let mut found = Vec::new();
    for timed in effects {
        if let Effect::Crash(node) = timed.effect {
            crashed.insert(node.index());
        }
        let Some((about, text)) = deed(model, lowered, timed.effect, &crashed) else {
            continue;
        };
        if last.get(&about) != Some(&text) {
            found.push(Mark::new(timed.at, text.clone(), By::Control));
            last.insert(about, text);
        }
    }
    found
}

/// What a deed is about, and its words; `crashed` are the nodes that have crashed so far.
fn deed(
    model: &Model,
    lowered: &Lowered,
    effect: Effect,
    crashed: &BTreeSet<usize>,
) -> Option<(String, String)> {
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
            let text = match (up, crashed.contains(&node.index())) {
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
        | Effect::Nameless(..)
        | Effect::Flush(..) => None,
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
        let marks = marks(&model, &lower(&model), 1);
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
