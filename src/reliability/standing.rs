//! Which components a host or rack must not take with it.

use super::atom::Atom;
use super::reading::Reading;
use super::structure::Structure;
use crate::model::{ComponentId, Model, NodeId, Policy};

/// The nodes that are lost with `atom`, ascending.
pub fn lost_with(model: &Model, atom: Atom) -> Vec<NodeId> {
    let all = (0..model.nodes.len()).map(NodeId::from);
    match atom {
        Atom::Node(node) => vec![node],
        Atom::Host(host) => all
            .filter(|&node| model.node(node).host == Some(host))
            .collect(),
        Atom::Rack(rack) => model.nodes_in(rack).collect(),
        Atom::Switch(_) | Atom::Group(_) => Vec::new(),
    }
}

/// Whether a component whose nodes answer each for its own keys loses all copies of some of them.
pub fn loses_shard(model: &Model, component: ComponentId, lost: &[NodeId]) -> bool {
    let mut links = model.links.iter();
    let is_sharded = links.any(|link| link.callee == component && link.balance == Policy::Shard);
    let mut shards = model.shards(model.component(component));
    is_sharded && shards.any(|shard| shard.iter().all(|node| lost.contains(node)))
}

/// The components of which something must outlive `atom` so that these subjects (by place) do:
/// those whose nodes there stop one of them alone; where it takes the loss of several together,
/// as many as needed of these, in the order of the file.
pub fn needed_on(
    model: &Model,
    structure: &Structure,
    atom: Atom,
    (subjects, reading): (&[usize], Reading),
) -> Vec<ComponentId> {
    if let Atom::Node(node) = atom {
        return vec![model.node(node).component];
    }
    let lost = lost_with(model, atom);
    let mut groups: Vec<(ComponentId, Vec<Atom>)> = Vec::new();
    for node in lost {
        let component = model.node(node).component;
        match groups.iter_mut().find(|(known, _)| *known == component) {
            Some((_, nodes)) => nodes.push(Atom::Node(node)),
            None => groups.push((component, vec![Atom::Node(node)])),
        }
    }
    groups.sort_by_key(|&(component, _)| component);
    let each: Vec<&[Atom]> = groups.iter().map(|(_, nodes)| &nodes[..]).collect();
    let mut needed = vec![false; groups.len()];
    for &subject in subjects {
        let works = structure.works_without(reading, subject, &each);
        for (needed, works) in needed.iter_mut().zip(works) {
            *needed |= !works;
        }
    }
    let alone = needed.clone();
    let outlast = |needed: &[bool]| {
        let rest = groups.iter().zip(needed).filter(|(_, needed)| !**needed);
        let rest: Vec<Atom> = rest.flat_map(|((_, nodes), _)| nodes.clone()).collect();
        let works =
            |&subject: &usize| structure.works_without(reading, subject, &[&rest]) == [true];
        subjects.iter().all(works)
    };
    for place in 0..groups.len() {
        if outlast(&needed) {
            break;
        }
        needed[place] = true;
    }
    // Of those that stop something only together, some can do without the others.
    for place in (0..groups.len()).filter(|&place| !alone[place]) {
        if needed[place] {
            needed[place] = false;
            needed[place] = !outlast(&needed);
        }
    }
    let found = groups.iter().zip(needed).filter(|(_, needed)| *needed);
    found.map(|((component, _), _)| *component).collect()
}
