//! Retries against a loss: who waits for an answer asks again, there or at another node.

use std::collections::BTreeSet;

use super::cure::word;
use crate::model::traffic::Traffic;
use crate::model::{Backoff, Caller, Component, Link, LinkId, Model, Permits, Policy, Retry, Role};
use crate::reliability::Atom;

/// The first pause of a patient caller, and the longest, s.
const PAUSES: (f64, f64) = (0.5, 8.0);

/// Retries that outlast so many seconds, on every link on which somebody waits for an answer that
/// passes `atom` or comes from these parts and does not try for as long.
pub(super) fn retries(
    model: &Model,
    atom: Atom,
    parts: &[&Component],
    seconds: f64,
) -> Vec<String> {
    let (attempts, backoff) = patient(seconds);
    let links = waited_on(model, atom, parts).into_iter();
    let assignments = links.flat_map(|id| {
        let link = model.link(id);
        let path = format!("links.{:?}.retry", link.name);
        match &link.retry {
            None => vec![format!("{path}=(attempts: {attempts}, backoff: {backoff})")],
            Some(own) if waited_s(own) > seconds => Vec::new(),
            Some(_) => vec![
                format!("{path}.attempts={attempts}"),
                format!("{path}.backoff={backoff}"),
            ],
        }
    });
    assignments.collect()
}

/// All pauses of a call that fails for good together, s.
fn waited_s(retry: &Retry) -> f64 {
    let pause = |number: u32| match &retry.backoff {
        Backoff::Law(law) => law.mean(),
        Backoff::Doubling { from, cap, jitter } => {
            let longest = (*from as f64 * f64::from(number).exp2()).min(*cap as f64);
            longest * if *jitter { 0.5 } else { 1.0 }
        }
    };
    (0..retry.attempts - 1).map(pause).sum::<f64>() / 1e9
}

/// Room for those who wait out a gap of so many seconds, wherever they hold a thread or a
/// connection: at everybody on the way from the users to these parts.
pub(super) fn room_to_wait(
    model: &Model,
    atom: Atom,
    parts: &[&Component],
    seconds: f64,
) -> Vec<String> {
    let Some(load) = Traffic::new(model).estimate() else {
        return Vec::new();
    };
    let mut on_the_way = waited_on(model, atom, parts);
    let rate: f64 = on_the_way
        .iter()
        .map(|id| load.links[id.index()].rate)
        .sum();
    // Those who come until the first try after the gap, and as many again while they are served.
    let needed = rounded_up(rate * 2.0 * (seconds + PAUSES.0 + seconds));
    let is_short = |permits: Option<Permits>| {
        permits
            .and_then(|one| one.capacity)
            .is_some_and(|own| own < needed)
    };
    let mut set = BTreeSet::new();
    let mut asked: BTreeSet<&str> = parts.iter().map(|part| part.name.as_str()).collect();
    for part in parts.iter().filter(|part| part.kind == "Database") {
        let path = format!("components.{}", word(&part.name));
        if is_short(part.connections) {
            set.insert(format!("{path}.connections={needed}"));
        }
    }
    loop {
        for &id in &on_the_way {
            let link = model.link(id);
            if link.pool.is_some_and(|own| own < needed) {
                set.insert(format!("links.{:?}.pool={needed}", link.name));
            }
            let Some(caller) = link.caller.component() else {
                continue;
            };
            let caller = model.component(caller);
            if caller.kind == "AppServer" && is_short(caller.threads) {
                set.insert(format!(
                    "components.{}.threads={needed}",
                    word(&caller.name)
                ));
            }
            asked.insert(&caller.name);
        }
        let before = on_the_way.len();
        let further =
            links(model).filter(|(_, link)| asked.contains(&*model.component(link.callee).name));
        on_the_way.extend(further.map(|(id, _)| id));
        if on_the_way.len() == before {
            return set.into_iter().collect();
        }
    }
}

/// A retry at another node at once, on the same links and on those whose retries ask anybody.
pub(super) fn elsewhere(model: &Model, atom: Atom, parts: &[&Component]) -> Vec<String> {
    let links = waited_on(model, atom, parts).into_iter();
    links
        .filter_map(|id| {
            let link = model.link(id);
            let path = format!("links.{:?}.retry", link.name);
            let has_choice = has_choice(model, id);
            match &link.retry {
                None if has_choice => Some(format!(
                    "{path}=(attempts: 2, backoff: \"0s\", elsewhere: true)"
                )),
                None => Some(format!("{path}=(attempts: 2, backoff: \"0s\")")),
                Some(own) if has_choice && !own.elsewhere => Some(format!("{path}.elsewhere=true")),
                Some(_) => None,
            }
        })
        .collect()
}

/// Whether there is another node that a further try over a link may go to: behind a name, another
/// of those that it stands for.
fn has_choice(model: &Model, link: LinkId) -> bool {
    let callee = model.link(link).callee;
    let mut links = links(model);
    let named = links.find(|(_, one)| one.caller == Caller::Component(callee));
    let asked = match (&model.component(callee).names, named) {
        (Some(_), Some((named, _))) => named,
        _ => link,
    };
    let nodes = model.alike(asked).into_iter();
    let nodes = nodes.flat_map(|one| &model.component(model.link(one).callee).nodes);
    let answering = nodes.filter(|&&node| model.node(node).role != Role::Standby);
    model.link(asked).balance != Policy::Shard && answering.count() > 1
}

/// The links to these parts, or by way of a switch, and in place of those over which requests are
/// handed on, the ones to who hands them on; with each those that have to be like it.
fn waited_on(model: &Model, atom: Atom, parts: &[&Component]) -> BTreeSet<LinkId> {
    let handing_on = model.handing_on();
    let passes = |link: &Link| match (atom, &link.via) {
        (Atom::Switch(switch), Some(path)) => {
            path.options.iter().flatten().any(|&one| one == switch)
        }
        _ => false,
    };
    let mut asked: BTreeSet<&str> = parts.iter().map(|part| part.name.as_str()).collect();
    loop {
        let leading = links(model).filter(|(_, link)| {
            passes(link) || asked.contains(&*model.component(link.callee).name)
        });
        let is_left = |id: &LinkId| {
            handing_on.contains(id) || model.component(model.link(*id).callee).kind == "Queue"
        };
        let (on, waited): (Vec<_>, Vec<_>) = leading.partition(|(id, _)| is_left(id));
        let before = asked.len();
        let passing = on.iter().filter_map(|(_, link)| link.caller.component());
        asked.extend(passing.map(|caller| &*model.component(caller).name));
        if asked.len() == before {
            return waited
                .into_iter()
                .flat_map(|(id, _)| model.alike(id))
                .collect();
        }
    }
}

fn links(model: &Model) -> impl Iterator<Item = (LinkId, &Link)> {
    (0_usize..).map(LinkId::from).zip(&model.links)
}

/// Two digits, and zeros.
fn rounded_up(number: f64) -> u32 {
    let step = 10_f64.powi(number.max(1.0).log10() as i32 - 1).max(1.0);
    ((number / step).ceil() * step) as u32
}

/// Doubled pauses that together outlast so many seconds: how many tries, and the field.
fn patient(seconds: f64) -> (u32, &'static str) {
    let (mut pause, longest) = PAUSES;
    let (mut waited, mut attempts) = (0.0, 1);
    while waited <= seconds {
        waited += pause;
        pause = (2.0 * pause).min(longest);
        attempts += 1;
    }
    (attempts, "Doubling(from: \"500ms\", cap: \"8s\")")
}
