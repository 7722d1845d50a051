//! Changes that might remove a point that shows only under load, the cheapest first.

use super::cure::{Plan, word};
use crate::experiment::result::PointClass;
use crate::model::{Component, Link, Model, NodeId, Role, Takeover};
use crate::reliability::standing::lost_with;
use crate::reliability::{Atom, Mechanism, takeover_of};

/// Most changes that are tried for one part.
const TRIED: usize = 6;
/// How many more nodes are tried, one after the other.
const MORE: [u32; 3] = [1, 2, 4];
/// The first pause of a patient caller, and the longest, s.
const PAUSES: (f64, f64) = (0.5, 8.0);
/// Longest takeover that a caller is made to wait for, s.
const PATIENCE: f64 = 120.0;
/// How soon a lost primary may be found out, ns.
const SOON: u64 = 2_000_000_000;

/// Lists of assignments: what needs no machine before what does, few before many.
pub fn candidates(model: &Model, atom: Atom, class: Option<PointClass>) -> Vec<Vec<String>> {
    let parts = components_lost(model, atom);
    let base = base(model, atom, &parts);
    let mut rooms: Vec<Vec<String>> = vec![Vec::new()];
    if class == Some(PointClass::Capacity) {
        rooms.extend(MORE.iter().map(|&more| room(model, atom, &parts, more)));
    }
    let mut found: Vec<Vec<String>> = Vec::new();
    for room in rooms {
        for extra in extras(model, atom, &parts) {
            let mut set = base.clone();
            set.extend(room.iter().chain(&extra).cloned());
            if !set.is_empty() && !found.contains(&set) {
                found.push(set);
            }
        }
    }
    found.truncate(TRIED);
    found
}

/// The components of which nodes are lost, each once.
fn components_lost(model: &Model, atom: Atom) -> Vec<&Component> {
    let nodes = lost_with(model, atom).into_iter();
    let mut ids: Vec<_> = nodes.map(|node| model.node(node).component).collect();
    ids.sort_unstable();
    ids.dedup();
    let parts = ids.into_iter().map(|id| model.component(id));
    parts.filter(|part| !part.external).collect()
}

/// What has to be there for anything else to help: another node where none is left, and callers
/// that find out.
fn base(model: &Model, atom: Atom, parts: &[&Component]) -> Vec<String> {
    let mut plan = Plan::of(model, atom);
    let lost = lost_with(model, atom);
    for part in parts {
        if part.nodes.iter().all(|node| lost.contains(node)) {
            if plan.outlive(part).is_none() {
                return Vec::new();
            }
        } else if takeover_of(model, atom).is_none() {
            plan.watch(part);
        }
    }
    plan.set
}

/// So many more nodes of the roles that are lost.
fn room(model: &Model, atom: Atom, parts: &[&Component], more: u32) -> Vec<String> {
    let lost = lost_with(model, atom);
    let mut set = Vec::new();
    for part in parts {
        let of = |role| {
            let is = move |node: &&NodeId| model.node(**node).role == role;
            part.nodes.iter().filter(is)
        };
        let is_pool = !matches!(part.kind, "Cache" | "Database" | "Queue" | "LoadBalancer");
        let nodes = match part.autoscale {
            Some(_) => "autoscale.min",
            None => "replicas",
        };
        for (role, field, counts) in [
            (Role::Member, nodes, is_pool),
            (Role::ReadReplica, "read_replicas", true),
        ] {
            if counts && of(role).any(|node| lost.contains(node)) {
                let count = of(role).count() as u32 + more;
                set.push(format!("components.{}.{field}={count}", word(&part.name)));
            }
        }
    }
    set
}

/// What callers and watchers can do about a gap: nothing, try another node at once, find out
/// sooner, try again until the takeover is over.
fn extras(model: &Model, atom: Atom, parts: &[&Component]) -> Vec<Vec<String>> {
    let takeover = takeover_of(model, atom);
    let seconds = takeover.map_or(0.0, |one| one.seconds);
    let finds_another = |one: crate::reliability::Recovery| {
        matches!(
            one.mechanism,
            Mechanism::HealthCheck | Mechanism::Ejection | Mechanism::Idle
        )
    };
    let mut extras = vec![Vec::new()];
    if takeover.is_none_or(finds_another) {
        extras.push(retries(model, parts, "(attempts: 2, backoff: \"0s\")"));
    }
    if seconds > 0.0 && seconds <= PATIENCE {
        let patient = retries(model, parts, &patient(seconds));
        let sooner = sooner(parts);
        if !sooner.is_empty() {
            extras.push(sooner.clone());
            extras.push([sooner, patient.clone()].concat());
        }
        extras.push(patient);
    }
    extras
}

/// A retry on every link to these parts that has none.
fn retries(model: &Model, parts: &[&Component], retry: &str) -> Vec<String> {
    let leads = |link: &&Link| {
        let callee = &model.component(link.callee).name;
        link.retry.is_none() && parts.iter().any(|part| part.name == *callee)
    };
    let links = model.links.iter().filter(leads);
    links
        .map(|link| format!("links.{:?}.retry={retry}", link.name))
        .collect()
}

/// Doubled pauses that together outlast so many seconds.
fn patient(seconds: f64) -> String {
    let (mut pause, longest) = PAUSES;
    let (mut waited, mut attempts) = (0.0, 1);
    while waited <= seconds {
        waited += pause;
        pause = (2.0 * pause).min(longest);
        attempts += 1;
    }
    format!("(attempts: {attempts}, backoff: Doubling(from: \"500ms\", cap: \"8s\"))")
}

/// Faster detection of a lost primary, where the file's is slower.
fn sooner(parts: &[&Component]) -> Vec<String> {
    let faster = |part: &&Component| match part.takeover {
        Takeover::Promotion { detect, promote } if detect > SOON => {
            let (name, promote) = (word(&part.name), in_file(promote));
            let detect = in_file(SOON);
            Some(format!(
                "components.{name}.failover=Automatic(detect: \"{detect}\", promote: \"{promote}\")"
            ))
        }
        _ => None,
    };
    parts.iter().filter_map(faster).collect()
}

/// A time as a file writes it.
fn in_file(ns: u64) -> String {
    match ns {
        _ if ns.is_multiple_of(1_000_000_000) => format!("{}s", ns / 1_000_000_000),
        _ if ns.is_multiple_of(1_000_000) => format!("{}ms", ns / 1_000_000),
        _ => format!("{ns}ns"),
    }
}
