//! The phases in their order, and the model from their results.

use petgraph::graph::{DiGraph, NodeIndex};

use super::fault::Parts;
use super::{Resolved, Resolver};
use crate::diagnostic::Diagnostic;
use crate::kinds::Blueprint;
use crate::model::{Caller, Component, ComponentId, Link, LinkId, Model, NodeId};
use crate::schema::code;
use crate::syntax::tree::Kind;

impl Resolver<'_> {
    pub(super) fn run(mut self, complete: bool) -> Resolved {
        self.check_top();
        self.infrastructure();
        self.translate();
        self.memories();
        self.named_journeys();
        let workloads = self.workloads();
        self.refuse_strangers(&workloads);
        self.entries(&workloads);
        let links = self.finish_links();
        self.check_scaled();
        let (nodes, owned) = self.nodes();
        let parts = Parts {
            nodes: &nodes,
            owned: &owned,
            links: &links,
        };
        let faults = self.faults(parts);
        let alarms = self.alarms(parts);
        let groups = self.groups(parts);
        let run = self.settings();
        self.check_horizon(&run, &workloads, &faults);
        self.walk(&workloads, &links);
        self.contents_from_logs(&workloads);
        let objectives = self.objectives();
        if !complete || self.has_errors() {
            return Resolved {
                model: None,
                problems: self.problems,
            };
        }
        self.unused_places(&nodes, &links);
        let components = self.components(&owned);
        let graph = graph(components.len(), &links);
        let mut model = Model {
            name: self.file.name.clone().unwrap_or_default(),
            components,
            nodes,
            hosts: self.hosts,
            racks: self.racks,
            switches: self.switches,
            groups,
            links,
            classes: self.classes,
            journeys: self.journeys,
            workloads,
            faults,
            alarms,
            objectives,
            run,
            graph,
        };
        super::contents::guess_hits(&mut model);
        Resolved {
            model: Some(model),
            problems: self.problems,
        }
    }

    /// What every topology must say.
    fn check_top(&mut self) {
        let root = self.tree.root();
        let needed = [
            ("name", "\"shop\""),
            (
                "components",
                "{ \"app\": AppServer(cores: 2, service: \"5ms\") }",
            ),
            ("entry", "\"app\""),
            ("workload", "{ \"users\": Open(rate: \"10/s\") }"),
        ];
        for (field, example) in needed {
            let value = self.tree.get(root, field);
            let is_empty = value.is_some_and(
                |value| matches!(&value.kind, Kind::Map(entries) if entries.is_empty()),
            );
            if value.is_none() || is_empty {
                let problem = Diagnostic::error(code::MISSING, format!("`{field}` is missing"));
                let at = value.unwrap_or(root).head();
                self.problems
                    .push(problem.at(at).help(format!("write `{field}: {example}`")));
            }
        }
    }

    fn components(&mut self, owned: &[Vec<NodeId>]) -> Vec<Component> {
        let blueprints = std::mem::take(&mut self.blueprints);
        let all = blueprints.into_iter().flatten().zip(owned).enumerate();
        all.map(|(place, (blueprint, nodes))| self.finished(place, blueprint, nodes))
            .collect()
    }

    fn finished(&self, place: usize, blueprint: Blueprint, nodes: &[NodeId]) -> Component {
        Component {
            name: self.names.components.name(place).value.clone(),
            kind: self
                .kind(ComponentId::from(place))
                .map_or("", |kind| kind.word()),
            nodes: nodes.to_vec(),
            resources: blueprint.resources,
            threads: blueprint.threads,
            connections: blueprint.connections,
            operations: blueprint.operations,
            names: blueprint.names,
            takeover: blueprint.takeover,
            voters: blueprint.voters,
            queueing: blueprint.queueing,
            failure: blueprint.failure,
            outage: blueprint.outage,
            contents: blueprint.contents,
            memory: self.memories[place].clone(),
            sessions: blueprint.sessions,
            lag: blueprint.lag,
            autoscale: blueprint.autoscale,
            external: blueprint.external,
        }
    }
}

/// Who calls whom.
fn graph(components: usize, links: &[Link]) -> DiGraph<ComponentId, LinkId> {
    let mut graph = DiGraph::new();
    for place in 0..components {
        graph.add_node(ComponentId::from(place));
    }
    for (place, link) in links.iter().enumerate() {
        if let Caller::Component(caller) = link.caller {
            let ends = (
                NodeIndex::new(caller.index()),
                NodeIndex::new(link.callee.index()),
            );
            graph.add_edge(ends.0, ends.1, LinkId::from(place));
        }
    }
    graph
}
