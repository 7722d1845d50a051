//! Where a single point stands on the way, and what to change.

use super::atom::Atom;
use super::formula::{Gate, GateId};
use super::reading::Reading;
use super::standing::{lost_with, needed_on};
use super::structure::{Hop, Structure};
use crate::model::{
    Caller, Component, ComponentId, HostId, Link, Model, NodeId, Path, RackKind, Role, SwitchId,
};

/// Most names of a list in words.
const LISTED: usize = 12;

/// Words for a finding.
pub(super) struct Explanation {
    pub(super) witness: String,
    pub(super) fix: String,
}

/// Explains why the first of `subjects` (by place) fails without `atom` in this reading, and what
/// would save all of them.
pub(super) fn explain(
    model: &Model,
    structure: &Structure,
    atom: Atom,
    subjects: &[usize],
    reading: Reading,
) -> Explanation {
    let removed = structure.atoms.number(atom);
    let holds = structure.formula.holds(reading, |number| number == removed);
    let (workload, hops) = shortest(structure, &holds, removed, subjects[0]);
    let fix = match atom {
        Atom::Node(node) => fix_node(model, node),
        Atom::Host(_) | Atom::Rack(_) => fix_place(model, structure, atom, (subjects, reading)),
        Atom::Switch(switch) => fix_switch(model, switch),
        Atom::Group(_) => String::new(),
    };
    let start = model.workloads[workload].name.clone();
    Explanation {
        witness: witness(model, start, &hops, atom),
        fix,
    }
}

/// The shortest chain of calls from a failing root down failing gates to the removed part: at a
/// choice that fails every way fails, so one way, the shortest, stands for all.
fn shortest(
    structure: &Structure,
    holds: &[bool],
    removed: usize,
    subject: usize,
) -> (usize, Vec<Hop>) {
    let gates = structure.formula.gates();
    let mut ways: Vec<Option<(usize, Option<GateId>)>> = vec![None; gates.len()];
    let mut hop_at: Vec<Option<Hop>> = vec![None; gates.len()];
    for (gate, hop) in &structure.hops {
        hop_at[gate.index()] = Some(*hop);
    }
    for (place, gate) in gates.iter().enumerate() {
        if holds[place] {
            continue;
        }
        if *gate == Gate::Up(removed) {
            ways[place] = Some((0, None));
            continue;
        }
        let below = gate
            .children()
            .into_iter()
            .filter_map(|child| ways[child.index()].map(|(length, _)| (length, child)));
        let own = usize::from(hop_at[place].is_some());
        ways[place] = below
            .min_by_key(|&(length, _)| length)
            .map(|(length, child)| (length + own, Some(child)));
    }
    let failing = structure.subjects[subject].roots.iter();
    let start = failing
        .filter(|(_, root)| ways[root.index()].is_some())
        .min_by_key(|(_, root)| ways[root.index()].map_or(usize::MAX, |(length, _)| length));
    let Some(&(workload, root)) = start else {
        return (0, Vec::new());
    };
    let mut hops = Vec::new();
    let mut next = Some(root);
    while let Some(gate) = next {
        hops.extend(hop_at[gate.index()]);
        next = ways[gate.index()].and_then(|(_, child)| child);
    }
    (workload.index(), hops)
}

/// The chain in words: switches of the link, the host where all nodes share one, the component.
fn witness(model: &Model, start: String, hops: &[Hop], atom: Atom) -> String {
    let mut words = vec![(start, None)];
    let mut place = None;
    for hop in hops {
        let path = hop.link.and_then(|link| model.link(link).via.as_ref());
        for (word, switch) in path.map(|path| switches(model, path)).unwrap_or_default() {
            words.push((word, switch.map(Atom::Switch)));
        }
        let callee = model.component(hop.callee);
        let host = common_host(model, callee);
        if let Some(host) = host.filter(|_| host != place) {
            words.push((
                model.hosts[host.index()].name.clone(),
                Some(Atom::Host(host)),
            ));
        }
        place = host;
        if let Atom::Rack(rack) = atom
            && callee
                .nodes
                .iter()
                .all(|&node| model.falls_with(node, rack))
        {
            let name = model.racks[rack.index()].name.clone();
            words.push((name, Some(atom)));
        }
        words.push((callee.name.clone(), None));
    }
    match (
        atom,
        words.iter().rposition(|(_, part)| *part == Some(atom)),
    ) {
        (Atom::Host(_) | Atom::Rack(_) | Atom::Switch(_) | Atom::Group(_), Some(last)) => {
            words.truncate(last + 1);
        }
        (Atom::Node(node), _)
            if words
                .last()
                .is_some_and(|(w, _)| *w == model.node(node).name) => {}
        _ => words.push((atom.name(model).to_owned(), None)),
    }
    words
        .into_iter()
        .map(|(word, _)| word)
        .collect::<Vec<_>>()
        .join(" -> ")
}

/// The switches of a path, one after the other; several options in one word.
fn switches(model: &Model, path: &Path) -> Vec<(String, Option<SwitchId>)> {
    let name = |switch: &SwitchId| model.switches[switch.index()].name.clone();
    if let [only] = &path.options[..] {
        return only
            .iter()
            .map(|switch| (name(switch), Some(*switch)))
            .collect();
    }
    let options: Vec<String> = path
        .options
        .iter()
        .map(|option| option.iter().map(name).collect::<Vec<_>>().join("+"))
        .collect();
    vec![(options.join("|"), None)]
}

/// The one host that all nodes of a component stand on.
fn common_host(model: &Model, component: &Component) -> Option<HostId> {
    let mut hosts = component.nodes.iter().map(|&node| model.node(node).host);
    let first = hosts.next()??;
    hosts.all(|host| host == Some(first)).then_some(first)
}

fn fix_node(model: &Model, node: NodeId) -> String {
    let own = model.node(node);
    let component = model.component(own.component);
    let name = &component.name;
    let has = |role| {
        component
            .nodes
            .iter()
            .any(|&other| model.node(other).role == role)
    };
    let elsewhere = if own.host.is_some() {
        " on another host"
    } else {
        ""
    };
    if component.external {
        return format!("{name} is not in your hands: call a second provider as well");
    }
    if component.kind == "Queue" && own.role == Role::Member {
        return format!("give {name} a standby with copies of its messages and automatic failover");
    }
    let outvoted: Vec<String> = model
        .outvoted(own.component, &[node])
        .map(|asking| model.component(asking).name.clone())
        .collect();
    if !outvoted.is_empty() {
        let asking = listed(&outvoted);
        return format!("let three nodes vote on the failover of {asking}");
    }
    if component.names.is_some() {
        return format!("add a second name server to {name}{elsewhere}");
    }
    if let Some(asking) = only_voter(model, own.component) {
        return format!(
            "add two nodes of {name}{elsewhere}: they vote on the failover of {asking}"
        );
    }
    match own.role {
        Role::Primary if component.kind == "Queue" => {
            format!("let a standby of {name} take over: automatic failover")
        }
        Role::Primary if has(Role::ReadReplica) || has(Role::Standby) => {
            format!("let a replica of {name} take over: automatic failover")
        }
        Role::Primary => format!("add a replica of {name}{elsewhere} and automatic failover"),
        Role::ReadReplica => {
            format!("give the links to {name} health checks, so that reads move to other nodes")
        }
        Role::Standby => format!("add a second standby to {name}"),
        Role::Member if component.nodes.len() > 1 => format!("keep a copy of each shard of {name}"),
        Role::Member if component.kind == "LoadBalancer" && is_entered(model, own.component) => {
            format!("add a standby for {name}{elsewhere} that takes over its address")
        }
        Role::Member => {
            format!("add a second node of {name}{elsewhere}, and health checks on the links to it")
        }
    }
}

/// Whether users or their name service call it, so that no balancer stands before it.
fn is_entered(model: &Model, component: ComponentId) -> bool {
    let enters = |link: &&Link| match link.caller {
        Caller::Workload(_) => true,
        Caller::Component(caller) => model.component(caller).names.is_some(),
    };
    model
        .links
        .iter()
        .filter(|link| link.callee == component)
        .any(|link| enters(&link))
}

fn fix_switch(model: &Model, switch: SwitchId) -> String {
    let name = &model.switches[switch.index()].name;
    let needs = |link: &&Link| {
        link.via
            .as_ref()
            .is_some_and(|path| path.options.iter().all(|way| way.contains(&switch)))
    };
    let links: Vec<String> = model
        .links
        .iter()
        .filter(needs)
        .map(|link| format!("\"{}\"", link.name))
        .collect();
    format!(
        "give {} a second way, AnyOf, that avoids {name}",
        listed(&links)
    )
}

/// What a host or rack must not take with it: of several nodes there one is to stand elsewhere, a
/// component that has others elsewhere needs a takeover, one that stands there alone another node.
fn fix_place(
    model: &Model,
    structure: &Structure,
    atom: Atom,
    asked: (&[usize], Reading),
) -> String {
    let (kind, on) = match atom {
        Atom::Rack(rack) => match model.racks[rack.index()].kind {
            RackKind::Feed => ("feed", "on"),
            kind => (kind.word(), "in"),
        },
        _ => ("host", "on"),
    };
    let lost = lost_with(model, atom);
    let (mut lonely, mut led, mut crowded) = (Vec::new(), Vec::new(), Vec::new());
    for id in needed_on(model, structure, atom, asked) {
        let component = model.component(id);
        let here = component.nodes.iter().filter(|node| lost.contains(node));
        let here: Vec<String> = here.map(|&node| model.node(node).name.clone()).collect();
        let mut votes = false;
        for asking in model.outvoted(id, &lost) {
            let words = off_place(model, asking, atom);
            if !crowded.contains(&words) {
                crowded.push(words);
            }
            let voters = model.component(asking).voters;
            // Its own nodes are spread, or others are for those of them that are left.
            votes |= here.len() < component.nodes.len()
                || voters.is_some_and(|voters| voters.component == id);
        }
        if votes {
            continue;
        }
        if component.kind == "Cache" && component.nodes.len() > 1 {
            crowded.extend(shards_apart(model, component, &lost, (on, kind)));
            continue;
        }
        if here.len() < component.nodes.len() {
            led.push(component.name.clone());
        } else if let Some(asking) = only_voter(model, id) {
            let name = &component.name;
            let words = format!(
                "add two nodes of {name} {on} other {kind}s than {}",
                atom.name(model)
            );
            crowded.push(format!("{words}: they vote on the failover of {asking}"));
        } else if here.len() > 1 {
            crowded.push(format!("put {} {on} different {kind}s", listed(&here)));
        } else {
            lonely.push(component.name.clone());
        }
    }
    if !led.is_empty() {
        crowded.push(format!(
            "let another node of {} take over: automatic failover",
            listed(&led)
        ));
    }
    if !lonely.is_empty() {
        crowded.push(format!(
            "give {} a second node, with takeover, {on} another {kind} than {}",
            listed(&lonely),
            atom.name(model)
        ));
    }
    crowded.join("; ")
}

/// Where the copies of shards that are lost with all of them should be.
fn shards_apart(
    model: &Model,
    component: &Component,
    lost: &[NodeId],
    (on, kind): (&str, &str),
) -> Vec<String> {
    let shards = model.shards(component);
    let gone = shards.filter(|shard| shard.iter().all(|node| lost.contains(node)));
    let words = |shard: &[NodeId]| {
        let names = shard.iter().map(|&node| model.node(node).name.clone());
        let names: Vec<String> = names.collect();
        match &names[..] {
            [only] => format!("keep a copy of {only} {on} another {kind}"),
            names => format!("put {} {on} different {kind}s", listed(names)),
        }
    };
    gone.map(words).collect()
}

/// Those who ask a component for its vote that has one node; `None` where nobody does.
fn only_voter(model: &Model, component: ComponentId) -> Option<String> {
    let names = model.asking(component).map(|part| part.name.clone());
    let names: Vec<String> = names.collect();
    (model.component(component).nodes.len() == 1 && !names.is_empty()).then(|| listed(&names))
}

/// How the votes on takeovers of a component would outlive the loss of a host or rack.
fn off_place(model: &Model, asking: ComponentId, place: Atom) -> String {
    let (asking, place) = (model.component(asking), place.name(model));
    let name = &asking.name;
    match model.voters(asking) {
        Some((voters, _)) if voters.len() < 3 => {
            format!("let three nodes vote on the failover of {name}, two of them off {place}")
        }
        _ => format!("keep more than half of the voters of {name} off {place}"),
    }
}

/// `a`, `a and b`, `a, b and c`; of very many the first.
fn listed(names: &[String]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        [first @ .., _] if first.len() >= LISTED => {
            let more = names.len() - LISTED;
            format!("{} and {more} more", names[..LISTED].join(", "))
        }
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
