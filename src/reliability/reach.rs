//! What a request can reach: operations over calls, and the nodes that answer them.

use std::collections::BTreeMap;

use petgraph::graph::{DiGraph, NodeIndex};

use crate::model::{
    Call, Caller, Component, ComponentId, Health, Link, LinkId, Model, NameService, NodeId, Role,
    Step, Takeover, Tier,
};

/// An operation of a component.
pub(super) type Task = (ComponentId, usize);

/// The nodes of `component` that answer `tier` after the takeovers that exist. `seen`: callers
/// learn which nodes are down (health checks).
pub(super) fn answering(
    model: &Model,
    component: &Component,
    tier: Tier,
    seen: bool,
) -> Vec<NodeId> {
    let promotes = matches!(component.takeover, Takeover::Promotion { .. });
    let replaces = matches!(component.takeover, Takeover::Standby { .. });
    let has = |role| {
        component
            .nodes
            .iter()
            .any(|&node| model.node(node).role == role)
    };
    let answers = |role: Role| match (tier, role) {
        (Tier::Members, Role::Member)
        | (Tier::Primary, Role::Primary)
        | (Tier::Replicas, Role::ReadReplica) => true,
        (Tier::Replicas, Role::Primary) => promotes || seen || !has(Role::ReadReplica),
        (_, Role::Standby) => replaces || (promotes && tier != Tier::Members),
        (Tier::Primary, Role::ReadReplica) => promotes,
        _ => false,
    };
    component
        .nodes
        .iter()
        .copied()
        .filter(|&node| answers(model.node(node).role))
        .collect()
}

/// Whether a node answers `tier` only while its component's voters have a majority.
pub(super) fn needs_voters(model: &Model, component: &Component, tier: Tier, node: NodeId) -> bool {
    let Some(voters) = component.voters else {
        return false;
    };
    match (tier, model.node(node).role) {
        (Tier::Primary, Role::Primary) => voters.steps_down,
        (Tier::Primary, Role::ReadReplica) | (_, Role::Standby) => true,
        _ => false,
    }
}

/// The checks by which the left end of `link` learns which nodes at the right end are down: those
/// of the name service where it is one, since its clients go where it sends them.
pub(super) fn checks<'m>(model: &'m Model, link: &'m Link) -> Option<&'m Health> {
    match names(model, link) {
        Some(names) => names.health.as_ref(),
        None => link.health.as_ref(),
    }
}

/// The name service at the left end of `link`, where there is one.
pub(super) fn names<'m>(model: &'m Model, link: &Link) -> Option<&'m NameService> {
    match link.caller {
        Caller::Component(caller) => model.component(caller).names.as_ref(),
        Caller::Workload(_) => None,
    }
}

/// The operation that a call runs at `callee`.
pub(super) fn operation_of(callee: &Component, named: Option<&str>, class: &str) -> Option<usize> {
    match named {
        Some(name) => callee.operation_named(name),
        None => callee.operation_for(class),
    }
}

/// The links that a call may take.
pub(super) fn links_of(call: &Call) -> impl Iterator<Item = LinkId> {
    call.links
        .iter()
        .filter(|(_, weight)| *weight > 0.0)
        .map(|&(link, _)| link)
}

/// All operations that a request can reach, with an edge from each to the ones it calls.
pub(super) fn reachable(model: &Model, class: &str, first: Task) -> DiGraph<Task, ()> {
    let mut graph = DiGraph::new();
    let mut places: BTreeMap<Task, NodeIndex> = BTreeMap::from([(first, graph.add_node(first))]);
    let mut open = vec![first];
    while let Some(task) = open.pop() {
        let mut calls = Vec::new();
        collect_calls(
            &model.component(task.0).operations[task.1].steps,
            &mut calls,
        );
        for call in calls {
            for callee in links_of(call).map(|link| model.link(link).callee) {
                let operation = call.operation.as_deref();
                let Some(place) = operation_of(model.component(callee), operation, class) else {
                    continue;
                };
                let next = (callee, place);
                let end = *places.entry(next).or_insert_with(|| {
                    open.push(next);
                    graph.add_node(next)
                });
                graph.update_edge(places[&task], end, ());
            }
        }
    }
    graph
}

/// All calls in `steps`, in order.
pub(super) fn collect_calls<'s>(steps: &'s [Step], calls: &mut Vec<&'s Call>) {
    for step in steps {
        match step {
            Step::Call(call)
            | Step::Forward(call)
            | Step::Resolve(call)
            | Step::Publish { accept: call, .. } => calls.push(call),
            Step::Parallel(branches) | Step::Quorum { of: branches, .. } => {
                for branch in branches {
                    collect_calls(branch, calls);
                }
            }
            Step::Chance {
                then, otherwise, ..
            } => {
                collect_calls(then, calls);
                collect_calls(otherwise, calls);
            }
            Step::Repeat { steps, .. } | Step::Held { miss: steps, .. } => {
                collect_calls(steps, calls);
            }
            Step::Cached {
                lookup: call,
                miss: steps,
                ..
            }
            | Step::Fallback {
                call,
                instead: steps,
            } => {
                calls.push(call);
                collect_calls(steps, calls);
            }
            Step::Use { .. } | Step::Wait(_) | Step::Send { .. } | Step::Fail => {}
        }
    }
}
