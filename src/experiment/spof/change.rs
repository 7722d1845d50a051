//! Changes that might remove a point that shows only under load, the cheapest first.

use super::again::{elsewhere, retries, room_to_wait};
use super::cure::{AUTOMATIC, Plan, word};
use super::room::rooms;
use super::sooner::{Sooner, sooner};
use crate::experiment::result::PointClass;
use crate::model::{Component, Model, Takeover};
use crate::reliability::standing::{loses_shard, lost_with};
use crate::reliability::{Atom, Mechanism, takeover_of};

/// Most changes that are tried for one part.
const TRIED: usize = 8;
/// Longest takeover that a caller is made to wait for, s.
const PATIENCE: f64 = 120.0;
/// How a takeover that is added can be timed at best, and how long it then takes, s.
const QUICK: (&str, f64) = ("Automatic(detect: \"1s\", promote: \"1s\")", 2.0);

/// Lists of assignments: what needs no machine before what does, few before many, one thing before
/// two.
pub fn candidates(model: &Model, atom: Atom, class: Option<PointClass>) -> Vec<Vec<String>> {
    let parts = components_lost(model, atom);
    let base = base(model, atom, &parts);
    let mut more = vec![Vec::new()];
    if class == Some(PointClass::Capacity) {
        more.extend(rooms(model, atom, &parts));
    }
    let mut both = Vec::new();
    for (place, room) in more.iter().enumerate() {
        for (further, extra) in extras(model, atom, &parts).into_iter().enumerate() {
            let set = overriding(&overriding(&base, room), &extra);
            both.push((place + further, set));
        }
        if let Some(quick) = quickly(model, atom, &parts, &base) {
            let quick = overriding(&quick, room);
            let calm = retries(model, atom, &parts, QUICK.1);
            both.push((place + 1, quick.clone()));
            both.push((place + 2, [quick, calm].concat()));
        }
    }
    both.sort_by_key(|(things, _)| *things);
    let mut found: Vec<Vec<String>> = Vec::new();
    for (_, set) in both {
        if !set.is_empty() && !found.contains(&set) {
            found.push(set);
        }
    }
    found.truncate(TRIED);
    found
}

/// What may be done about a loss that is felt for a time.
pub fn about_a_gap(model: &Model, atom: Atom) -> Vec<Vec<String>> {
    candidates(model, atom, Some(PointClass::Transient))
}

/// More nodes of what is lost, and nothing else.
pub fn crowds(model: &Model, atom: Atom) -> Vec<Vec<String>> {
    rooms(model, atom, &components_lost(model, atom))
}

/// Both lists; what the second assigns the first does not.
pub fn overriding(first: &[String], second: &[String]) -> Vec<String> {
    let path = |one: &String| one.split_once('=').map(|(path, _)| path.to_owned());
    let is_kept = |one: &&String| second.iter().all(|other| path(other) != path(one));
    let kept = first.iter().filter(is_kept);
    kept.chain(second).cloned().collect()
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
        let own = model.node(part.nodes[0]).component;
        let is_gone = part.nodes.iter().all(|node| lost.contains(node));
        if is_gone || loses_shard(model, own, &lost) {
            if plan.outlive(part).is_none() {
                return Vec::new();
            }
        } else if takeover_of(model, atom).is_none() {
            plan.watch(part);
        }
    }
    plan.set
}

/// The base with takeovers that are as fast as can be, where it adds them or moves those who take
/// over.
fn quickly(
    model: &Model,
    atom: Atom,
    parts: &[&Component],
    base: &[String],
) -> Option<Vec<String>> {
    let lost = lost_with(model, atom);
    let quick = base.iter().map(|one| one.replace(AUTOMATIC, QUICK.0));
    let mut quick: Vec<String> = quick.collect();
    for part in parts {
        let own = model.node(part.nodes[0]).component;
        let takes_over = matches!(part.takeover, Takeover::Standby { .. });
        if takes_over && part.voters.is_none() && loses_shard(model, own, &lost) {
            let path = format!("components.{}.failover", word(&part.name));
            quick.push(format!("{path}={}", QUICK.0));
        }
    }
    (quick != base).then_some(quick)
}

/// What callers and watchers can do about a gap: nothing, try another node at once, find out
/// sooner, try again until the takeover is over.
fn extras(model: &Model, atom: Atom, parts: &[&Component]) -> Vec<Vec<String>> {
    let takeover = takeover_of(model, atom);
    let seconds = takeover.map_or(0.0, |one| one.seconds);
    let finds_another = |one: crate::reliability::Recovery| {
        matches!(
            one.mechanism,
            Mechanism::HealthCheck | Mechanism::Ejection | Mechanism::Idle | Mechanism::NameService
        )
    };
    let mut extras = vec![Vec::new()];
    if takeover.is_none_or(finds_another) {
        extras.push(elsewhere(model, atom, parts));
    }
    if seconds <= 0.0 {
        return extras;
    }
    let outlasts = |sooner: &[String], seconds: f64| {
        let retries = retries(model, atom, parts, seconds);
        (seconds <= PATIENCE).then(|| [sooner, &retries].concat())
    };
    for how in [Sooner::Quickly, Sooner::AtBest] {
        let (sooner, gap_s) = (sooner(model, atom, parts, how), how.gap_s(seconds));
        let patient = outlasts(&sooner, gap_s);
        if !sooner.is_empty() {
            extras.push(sooner);
            extras.extend(patient.clone());
        }
        let room = room_to_wait(model, atom, parts, gap_s);
        if how == Sooner::AtBest && !room.is_empty() {
            extras.extend(patient.map(|patient| [patient, room].concat()));
        }
    }
    extras.extend(outlasts(&[], seconds));
    extras
}
