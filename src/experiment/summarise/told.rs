//! Faults in words.

use super::super::words;
use crate::model::{FaultKind, FaultTarget, Model, NodeId};

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
        | FaultTarget::Link(_)
        | FaultTarget::Workload(_) => {
            vec![target_name(model, target).0]
        }
    }
}

/// How a fault is told of at its start and at its end.
pub(super) fn told(
    model: &Model,
    kind: &FaultKind,
    target: &str,
    are_many: bool,
) -> (String, String) {
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
        | FaultKind::FullDisk
        | FaultKind::Expire
        | FaultKind::Leak(_)
        | FaultKind::Overload(_) => told_of_part(kind, target, are_many),
    }
}

/// The same of a single part, of what it has a right to, and of who sends.
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
        FaultKind::Expire => (
            format!("the certificate or quota of {target} is over: all requests fail"),
            format!("the certificate or quota of {target} is renewed"),
        ),
        FaultKind::Leak(bytes) => (
            format!(
                "each request leaves {} KiB behind at {target}",
                words::number(*bytes as f64 / 1024.0)
            ),
            format!("no request leaves anything more behind at {target}"),
        ),
        FaultKind::Overload(factor) => (
            format!(
                "{target} {} {} times as often",
                verb("sends", "send"),
                words::number(*factor)
            ),
            format!("{target} {} as usual", verb("sends", "send")),
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
        FaultTarget::Workload(id) => (model.workloads[id.index()].name.clone(), false),
    }
}
