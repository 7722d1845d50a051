//! Alarms: who finds out, and what is done then.

use super::fault::{Fault, FaultKind, FaultTarget};
use super::objective::Objective;
use super::{Model, NodeId};

/// A condition that somebody looks at from time to time.
#[derive(Clone, Debug, PartialEq)]
pub struct Alarm {
    /// Its name in the file.
    pub name: String,
    /// What is bad.
    pub when: Objective,
    /// Time between looks, ns; each looks at the time since the one before.
    pub every: u64,
    /// Bad looks in a row until it fires, at least 1.
    pub consecutive: u32,
    /// How urgent it is.
    pub grade: Grade,
    /// What is done when it fires for the first time, one after the other.
    pub respond: Vec<Response>,
}

/// How urgent an alarm is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    /// Somebody is called and acts now.
    Critical,
    /// Looked at in working hours.
    Warning,
}

impl Grade {
    /// The word of the file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Critical => "Critical",
            Self::Warning => "Warning",
        }
    }
}

/// A deed and how long it takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// What is done.
    pub means: Means,
    /// To what.
    pub target: FaultTarget,
    /// From the alarm, or from the end of the deed before, ns.
    pub takes: u64,
}

/// What can be done against a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// Another machine takes the place: ends whatever the old one had.
    Replace,
    /// The process is started anew: ends what is wrong with processes, not with hosts.
    Restart,
    /// The version before is put back: ends errors and leaks of a version, also of those nodes that
    /// would still have got it.
    RollBack,
    /// A better version is put in place: ends errors and leaks of one.
    HotFix,
    /// A certificate or a quota is renewed: nothing else ends that it is over.
    Renew,
}

impl Means {
    /// The word of the file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Replace => "Replace",
            Self::Restart => "Restart",
            Self::RollBack => "RollBack",
            Self::HotFix => "HotFix",
            Self::Renew => "Renew",
        }
    }
}

impl Means {
    /// Whether it also keeps what would begin later from beginning.
    pub fn prevents(self) -> bool {
        matches!(self, Self::RollBack | Self::HotFix)
    }
}

impl Response {
    /// Whether it ends this fault: it is done to the struck part, or to one that holds it, and is
    /// of use against it.
    pub fn ends(&self, model: &Model, fault: &Fault) -> bool {
        let is_process = matches!(fault.target, FaultTarget::Nodes(_) | FaultTarget::AnyOf(_));
        let helps = match (self.means, &fault.kind) {
            // The network between two sides, what is lost, and what every machine would do alike.
            (
                Means::Replace,
                FaultKind::Partition { .. }
                | FaultKind::Flush(_)
                | FaultKind::Errors(_)
                | FaultKind::Leak(_)
                | FaultKind::Expire,
            ) => false,
            (Means::Replace, _) => true,
            (Means::Restart, FaultKind::Crash | FaultKind::Pause) => is_process,
            (Means::Restart, _) => false,
            (Means::RollBack | Means::HotFix, kind) => {
                matches!(kind, FaultKind::Errors(_) | FaultKind::Leak(_))
            }
            (Means::Renew, kind) => *kind == FaultKind::Expire,
        };
        helps && covers(model, &self.target, &fault.target)
    }
}

/// Whether everything that `inner` names belongs to what `outer` names.
fn covers(model: &Model, outer: &FaultTarget, inner: &FaultTarget) -> bool {
    if outer == inner {
        return true;
    }
    let nodes: &[NodeId] = match inner {
        FaultTarget::Nodes(nodes) | FaultTarget::AnyOf(nodes) => nodes,
        FaultTarget::Host(host) => {
            let stands = |rack| model.hosts[host.index()].within.contains(&rack);
            return matches!(outer, FaultTarget::Rack(rack) if stands(*rack));
        }
        FaultTarget::Rack(_)
        | FaultTarget::Switch(_)
        | FaultTarget::Link(_)
        | FaultTarget::Workload(_) => return false,
    };
    nodes.iter().all(|node| match outer {
        FaultTarget::Nodes(own) | FaultTarget::AnyOf(own) => own.contains(node),
        FaultTarget::Host(host) => model.node(*node).host == Some(*host),
        FaultTarget::Rack(rack) => model.falls_with(*node, *rack),
        FaultTarget::Switch(_) | FaultTarget::Link(_) | FaultTarget::Workload(_) => false,
    })
}
