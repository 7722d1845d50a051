//! What is described and then used by nobody.

use std::collections::BTreeSet;

use super::Resolver;
use super::places::Place;
use super::users::journeys_of;
use crate::diagnostic::Diagnostic;
use crate::model::{JourneyId, Link, Node, RackKind, Workload};
use crate::schema::code;

impl Resolver<'_> {
    /// Journeys that no workload starts.
    pub(super) fn unused_journeys(&mut self, workloads: &[Workload]) {
        if self.file.workload.len() < self.names.workloads.len() {
            return;
        }
        let used: BTreeSet<JourneyId> = workloads.iter().flat_map(journeys_of).collect();
        for (place, journey) in self.journeys.iter().enumerate() {
            let Some(name) = self.names.journeys.place(&journey.name) else {
                continue;
            };
            if journey.named && !used.contains(&JourneyId::from(place)) {
                let message = format!("no workload starts the journey `{}`", journey.name);
                let span = self.names.journeys.name(name).span.clone();
                self.problems.push(
                    Diagnostic::warning(code::UNUSED, message)
                        .at(span)
                        .help("name it in `journeys` of a workload, or leave it out"),
                );
            }
        }
    }

    /// Hosts on which nothing runs, racks, zones and feeds of no host, and switches that no link
    /// crosses.
    pub(super) fn unused_places(&mut self, nodes: &[Node], links: &[Link]) {
        let hosts: BTreeSet<_> = nodes.iter().filter_map(|node| node.host).collect();
        let used = self
            .hosts
            .iter()
            .flat_map(|host| host.within.iter().chain(&host.fed_by));
        let racks: BTreeSet<_> = used.copied().collect();
        let paths = links.iter().filter_map(|link| link.via.as_ref());
        let crossed = paths.flat_map(|path| path.options.iter().flatten());
        let switches: BTreeSet<_> = crossed.copied().collect();
        for (place, id) in self.ids.iter().enumerate() {
            let name = self.names.infrastructure.name(place);
            let (message, help) = match id {
                Place::Host(id) if !hosts.contains(id) => (
                    format!("nothing runs on the host `{}`", name.value),
                    format!("name it in `on: [\"{}\"]` of a component", name.value),
                ),
                Place::Rack(id) if !racks.contains(id) => match self.racks[id.index()].kind {
                    RackKind::Feed => (
                        format!("no host draws power from the feed `{}`", name.value),
                        format!("name it in `feeds: [\"{}\"]` of a Host", name.value),
                    ),
                    kind => (
                        format!("no host stands in the {} `{}`", kind.word(), name.value),
                        format!("name it in `{}: \"{}\"` of a Host", kind.word(), name.value),
                    ),
                },
                Place::Switch(id) if !switches.contains(id) => (
                    format!("no link crosses the switch `{}`", name.value),
                    format!("name it in `via: [\"{}\"]` of a link", name.value),
                ),
                _ => continue,
            };
            self.problems.push(
                Diagnostic::warning(code::UNUSED, message)
                    .at(name.span.clone())
                    .help(help + ", or leave it out"),
            );
        }
    }
}
