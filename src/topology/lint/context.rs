//! What lints look at, and how they say what they saw.

use std::collections::BTreeSet;
use std::ops::Range;

use super::Places;
use crate::diagnostic::Diagnostic;
use crate::model::step::inner_lists;
use crate::model::traffic::{Estimate, Lost, Place, Station, Traffic};
use crate::model::{
    Call, Caller, ComponentId, Link, LinkId, Model, NodeId, Permits, Policy, Role, Step, WorkloadId,
};

/// A model with the estimates that several lints need, made once.
pub(super) struct Context<'a> {
    pub(super) model: &'a Model,
    pub(super) traffic: Traffic<'a>,
    /// `None` where requests go round in circles for ever.
    pub(super) estimate: Option<Estimate>,
    /// Queues under the open workloads with everything up whose share of the requests is known.
    pub(super) open: Vec<Station>,
    /// Components that a call chooses among by their load: how much reaches each is not known.
    by_load: BTreeSet<ComponentId>,
    places: &'a dyn Places,
}

impl<'a> Context<'a> {
    pub(super) fn new(model: &'a Model, places: &'a dyn Places) -> Self {
        let traffic = Traffic::new(model);
        let open = traffic.open_stations(&Lost::none()).unwrap_or_default();
        let mut made = Self {
            model,
            estimate: traffic.estimate(),
            open: Vec::new(),
            by_load: BTreeSet::new(),
            traffic,
            places,
        };
        let by_load = made.calls().filter(|call| {
            let policy = model.policy(call);
            call.links.len() > 1
                && matches!(policy, Policy::LeastConnections(_) | Policy::PowerOf { .. })
        });
        let links = by_load.flat_map(|call| &call.links);
        made.by_load = links.map(|&(link, _)| model.link(link).callee).collect();
        let known = open
            .into_iter()
            .filter(|station| made.knows_share(station.place));
        made.open = known.collect();
        made
    }

    /// Whether it is known how much of the requests reaches a queue.
    pub(super) fn knows_share(&self, place: Place) -> bool {
        let node = |node: NodeId| self.by_load.contains(&self.model.node(node).component);
        match place {
            Place::Resource(at, _) | Place::NodeNic(at) => !node(at),
            Place::HostCpu(host) | Place::HostNic(host) => {
                let nodes = (0..self.model.nodes.len()).map(NodeId::from);
                let mut here = nodes.filter(|&at| self.model.node(at).host == Some(host));
                !here.any(node)
            }
        }
    }

    /// Every call of every operation.
    pub(super) fn calls(&self) -> impl Iterator<Item = &'a Call> {
        self.steps().filter_map(|step| match step {
            Step::Call(call)
            | Step::Forward(call)
            | Step::Resolve(call)
            | Step::Cached { lookup: call, .. }
            | Step::Fallback { call, .. } => Some(call),
            _ => None,
        })
    }

    /// Every step of every operation, those inside others too.
    pub(super) fn steps(&self) -> impl Iterator<Item = &'a Step> {
        let parts = self.model.components.iter();
        let operations = parts.flat_map(|part| &part.operations);
        let mut pending: Vec<&'a Step> = operations.flat_map(|one| &one.steps).collect();
        std::iter::from_fn(move || {
            let step = pending.pop()?;
            pending.extend(inner_lists(step).into_iter().flatten());
            Some(step)
        })
    }

    /// Utilisation of a queue under the open workloads with everything up.
    pub(super) fn open_utilisation(&self, place: Place) -> f64 {
        let found = (self.open).binary_search_by(|station| station.place.cmp(&place));
        found.map_or(0.0, |found| self.open[found].utilisation)
    }

    /// All links with their ids.
    pub(super) fn links(&self) -> impl Iterator<Item = (LinkId, &'a Link)> {
        self.model
            .links
            .iter()
            .enumerate()
            .map(|(id, link)| (LinkId::from(id), link))
    }

    /// All components' ids.
    pub(super) fn components(&self) -> impl Iterator<Item = ComponentId> + use<> {
        (0..self.model.components.len()).map(ComponentId::from)
    }

    /// Name of a component.
    pub(super) fn name(&self, component: ComponentId) -> &'a str {
        &self.model.component(component).name
    }

    /// The component at the left end of a link.
    pub(super) fn caller(link: &Link) -> Option<ComponentId> {
        match link.caller {
            Caller::Component(component) => Some(component),
            Caller::Workload(_) => None,
        }
    }

    /// Nodes of a component that call and answer when nothing is lost.
    pub(super) fn active(&self, component: ComponentId) -> usize {
        let nodes = self.model.component(component).nodes.iter();
        nodes
            .filter(|&&node| self.model.node(node).role != Role::Standby)
            .count()
    }

    /// Threads of each node, where they are limited.
    pub(super) fn threads(&self, component: ComponentId) -> Option<u32> {
        let threads = self.model.component(component).threads;
        threads.and_then(|Permits { capacity, .. }| capacity)
    }

    /// A warning at the first of these paths where something is written.
    pub(super) fn warn(&self, code: &'static str, message: String, paths: &[String]) -> Diagnostic {
        let warning = Diagnostic::warning(code, message);
        match self.first(paths) {
            Some(span) => warning.at(span),
            None => warning,
        }
    }

    /// A warning about a component, at a field of it where that is written.
    pub(super) fn warn_component(
        &self,
        code: &'static str,
        message: String,
        component: ComponentId,
        fields: &[&str],
    ) -> Diagnostic {
        let whole = format!("components.{}", quoted(self.name(component)));
        let mut paths: Vec<_> = fields
            .iter()
            .map(|field| format!("{whole}.{field}"))
            .collect();
        paths.push(whole);
        self.warn(code, message, &paths)
    }

    /// A warning about a link, at a field of it where that is written, else at its left end.
    pub(super) fn warn_link(
        &self,
        code: &'static str,
        message: String,
        link: &Link,
        field: &str,
    ) -> Diagnostic {
        let whole = format!("links.{}", quoted(&link.name));
        let caller = match link.caller {
            Caller::Component(id) => format!("components.{}", quoted(self.name(id))),
            Caller::Workload(id) => self.workload_path(id),
        };
        self.warn(code, message, &[format!("{whole}.{field}"), whole, caller])
    }

    /// The path of a workload.
    pub(super) fn workload_path(&self, workload: WorkloadId) -> String {
        let name = &self.model.workloads[workload.index()].name;
        format!("workload.{}", quoted(name))
    }

    fn first(&self, paths: &[String]) -> Option<Range<usize>> {
        paths.iter().find_map(|path| self.places.find(path))
    }
}

/// How to write a field of a link as an assignment.
pub(super) fn set_link(link: &Link, field: &str, value: &str) -> String {
    format!("write `{field}: {value}` in `links.{}`", quoted(&link.name))
}

/// A name as a part of a path: quoted unless it is plain.
pub(super) fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    if !name.is_empty() && name.chars().all(plain) {
        name.to_owned()
    } else {
        format!("{name:?}")
    }
}

/// A time with three digits and a unit.
pub(super) fn time(seconds: f64) -> String {
    let (value, unit) = if seconds == 0.0 {
        (0.0, "s")
    } else if seconds < 1e-6 {
        (seconds * 1e9, "ns")
    } else if seconds < 1e-3 {
        (seconds * 1e6, "us")
    } else if seconds < 1.0 {
        (seconds * 1e3, "ms")
    } else {
        (seconds, "s")
    };
    format!("{}{unit}", number(value))
}

/// Nanoseconds as a time.
pub(super) fn nanos(time_ns: u64) -> String {
    time(time_ns as f64 / 1e9)
}

/// A number with three digits.
pub(super) fn number(value: f64) -> String {
    let digits: usize = match value.abs() {
        size if size >= 99.95 => 0,
        size if size >= 9.995 => 1,
        size if size >= 0.9995 => 2,
        _ => 3,
    };
    let text = format!("{value:.digits$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_have_three_digits() {
        assert_eq!(number(1234.5), "1234");
        assert_eq!(number(2.0), "2");
        assert_eq!(number(0.6667), "0.667");
        assert_eq!(time(0.013_815), "13.8ms");
        assert_eq!(nanos(90_000_000_000), "90s");
        assert_eq!(time(2.5e-7), "250ns");
    }

    #[test]
    fn only_plain_names_go_without_quotes() {
        assert_eq!(quoted("was-1"), "was-1");
        assert_eq!(quoted("was -> db"), "\"was -> db\"");
    }
}
