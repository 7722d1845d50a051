//! Pairs of parts that leave too little together (reliability 2(d): screened by the traffic
//! equations, confirmed by events).

use std::collections::BTreeMap;

use super::judge::Judge;
use super::trial::Bed;
use crate::experiment::replicate::Crew;
use crate::experiment::result::spof::ShortPair;
use crate::experiment::result::{SpofResult, Warning};
use crate::experiment::settings::Settings;
use crate::model::traffic::{Lost, Place, Station, Traffic};
use crate::model::{ComponentId, HostId, Model, NodeId, Role};
use crate::reliability::standing::lost_with;
use crate::reliability::{Atom, Reading, Structure};

/// Most sorts of parts of which all pairs are screened.
const SORTS_MAX: usize = 100;
/// Most pairs that are tried under load.
const CONFIRMED: usize = 5;

/// Parts that leave the same behind: nodes of one role, hosts with the same on them.
type Sort = (u8, Vec<(ComponentId, Role, Option<HostId>)>);

/// Two parts, how many pairs are like them, and the queue that they leave too full.
struct Pair {
    atoms: [Atom; 2],
    alike: u64,
    station: Station,
}

/// Screens all pairs of parts of which neither is a structural or capacity single point, and tries
/// those that overload something, the worst first.
pub fn fill(
    (model, structure): (&Model, &Structure),
    (bed, judge): (&Bed<'_>, &Judge<'_>),
    (crew, settings): (&Crew, &Settings<'_>),
    atoms: &[Atom],
    result: &mut SpofResult,
) {
    let points: Vec<&String> = result
        .single_points
        .iter()
        .filter(|point| point.breaks_objective)
        .map(|point| &point.component)
        .collect();
    let rest = atoms.iter().copied();
    let rest: Vec<Atom> = rest
        .filter(|atom| !points.iter().any(|point| *point == atom.name(model)))
        .collect();
    let sorts = sorts(model, &rest);
    if sorts.len() > SORTS_MAX {
        result.warnings.push(Warning {
            code: "pairs_left_out",
            text: format!(
                "{} sorts of parts: pairs that leave too little together are looked for among \
                 {SORTS_MAX} at most, and were not",
                sorts.len()
            ),
        });
        return;
    }
    let mut found = screened(model, structure, &sorts);
    found.sort_by(|a, b| b.station.utilisation.total_cmp(&a.station.utilisation));
    for (place, pair) in found.iter().enumerate() {
        let trial = (place < CONFIRMED && !settings.is_stopped())
            .then(|| bed.together(crew, settings, &pair.atoms))
            .flatten();
        let finding = trial.map(|trial| judge.first(pair.atoms[0], &trial));
        result.short_pairs.push(ShortPair {
            members: pair.atoms.map(|atom| atom.name(model).to_owned()),
            alike: pair.alike,
            overloaded: name(model, pair.station.place).to_owned(),
            resource: pair.station.resource,
            utilisation: pair.station.utilisation,
            breaks_objective: finding.as_ref().map(|finding| finding.breaks_objective),
            lost_share: finding.map(|finding| finding.lost_share),
        });
    }
}

fn sorts(model: &Model, atoms: &[Atom]) -> Vec<Vec<Atom>> {
    let mut sorts: BTreeMap<Sort, Vec<Atom>> = BTreeMap::new();
    for &atom in atoms {
        let lost = lost_with(model, atom);
        if lost.is_empty() {
            continue;
        }
        let is_node = matches!(atom, Atom::Node(_));
        let seats = lost.into_iter().map(|node| {
            let seat = model.node(node);
            (seat.component, seat.role, seat.host.filter(|_| is_node))
        });
        let sort = (u8::from(!is_node), seats.collect());
        sorts.entry(sort).or_default().push(atom);
    }
    let mut sorts: Vec<Vec<Atom>> = sorts.into_values().collect();
    sorts.sort();
    sorts
}

/// Pairs that do not stop anything and push a queue past its capacity that was not with both.
fn screened(model: &Model, structure: &Structure, sorts: &[Vec<Atom>]) -> Vec<Pair> {
    let traffic = Traffic::new(model);
    let full = |stations: Vec<Station>| -> BTreeMap<Place, Station> {
        let full = stations.into_iter().filter(|one| one.utilisation >= 1.0);
        full.map(|one| (one.place, one)).collect()
    };
    let Some(before) = traffic.open_stations(&Lost::none()).map(full) else {
        return Vec::new();
    };
    let whole = structure.works(Reading::Possible, &[]);
    let worst = |nodes: Vec<NodeId>| {
        let after = full(traffic.open_stations(&Lost::nodes(nodes))?);
        // The first of those that are asked for as much.
        let new = after
            .into_values()
            .rev()
            .filter(|one| !before.contains_key(&one.place));
        new.max_by(|a, b| a.utilisation.total_cmp(&b.utilisation))
    };
    let alone: Vec<bool> = sorts
        .iter()
        .map(|sort| worst(lost_with(model, sort[0])).is_some())
        .collect();
    let mut pairs = Vec::new();
    let mut known: Vec<Vec<NodeId>> = Vec::new();
    for (place, one) in sorts.iter().enumerate() {
        for (other_place, other) in sorts.iter().enumerate().skip(place) {
            if alone[place] || alone[other_place] {
                continue;
            }
            let is_same = place == other_place;
            let apart = apart(model, one, other, is_same);
            let Some(&atoms) = apart.first() else {
                continue;
            };
            if structure.works(Reading::Possible, &atoms) != whole {
                continue;
            }
            let nodes = nodes_of(model, &atoms);
            // A node and a host may stand for the same loss as two nodes.
            if known.contains(&nodes) {
                continue;
            }
            known.push(nodes.clone());
            let alike = apart.len() as u64;
            pairs.extend(worst(nodes).map(|station| Pair {
                atoms,
                alike,
                station,
            }));
        }
    }
    pairs
}

/// Pairs of one part of each sort that share no node.
fn apart(model: &Model, one: &[Atom], other: &[Atom], is_same: bool) -> Vec<[Atom; 2]> {
    let mut pairs = Vec::new();
    for (place, &first) in one.iter().enumerate() {
        let lost = lost_with(model, first);
        let rest = if is_same { &other[place + 1..] } else { other };
        for &second in rest {
            let shares = lost_with(model, second)
                .iter()
                .any(|node| lost.contains(node));
            if !shares {
                pairs.push([first, second]);
            }
        }
    }
    pairs
}

/// All nodes that are lost with two parts, ascending.
fn nodes_of(model: &Model, atoms: &[Atom]) -> Vec<NodeId> {
    let mut nodes: Vec<NodeId> = atoms
        .iter()
        .flat_map(|&atom| lost_with(model, atom))
        .collect();
    nodes.sort_unstable();
    nodes.dedup();
    nodes
}

fn name(model: &Model, place: Place) -> &str {
    match place {
        Place::Resource(node, _) | Place::NodeNic(node) => &model.node(node).name,
        Place::HostCpu(host) | Place::HostNic(host) => &model.hosts[host.index()].name,
    }
}
