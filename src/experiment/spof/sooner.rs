//! Takeovers that come sooner than the file's.

use super::cure::{checked_by, word};
use crate::model::{Component, Link, Model, Takeover};
use crate::reliability::Atom;

/// What a name service said may be kept for so long at the least, ns.
const TTL: u64 = 1_000_000_000;
/// Time between two advertisements of a balancer at the least, ns.
const ADVERT: u64 = 100_000_000;

/// Longest gap when everything acts as soon as it can, s: 0.4 s until the loss is found out, a
/// second until another node is in place or the answer of a name service is asked for again, and
/// some.
const AT_BEST_S: f64 = 2.0;

/// How much sooner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sooner {
    /// What finds a loss out does so within two seconds.
    Quickly,
    /// It does so within 0.4 s, and another node is in place within a second.
    AtBest,
}

impl Sooner {
    /// Longest time until a loss is found out, ns.
    fn detect(self) -> u64 {
        match self {
            Sooner::Quickly => 2_000_000_000,
            Sooner::AtBest => 400_000_000,
        }
    }

    /// How long a takeover that took `seconds` takes then at the most, s.
    pub fn gap_s(self, seconds: f64) -> f64 {
        match self {
            Sooner::Quickly => seconds,
            Sooner::AtBest => seconds.min(AT_BEST_S),
        }
    }

    /// Health checks that find a loss out within that time.
    fn checks(self) -> &'static str {
        match self {
            Sooner::Quickly => "(interval: \"1s\", fall: 2, rise: 2)",
            Sooner::AtBest => "(interval: \"200ms\", fall: 2, rise: 2)",
        }
    }

    /// Time from detection to the first request on the promoted node, of the file's own, ns.
    fn promote(self, own: u64) -> u64 {
        match self {
            Sooner::Quickly => own,
            Sooner::AtBest => own.min(1_000_000_000),
        }
    }
}

/// Assignments with which whatever moves the load away from `atom` acts sooner; empty where it is
/// as quick already.
pub fn sooner(model: &Model, atom: Atom, parts: &[&Component], how: Sooner) -> Vec<String> {
    let own = parts.iter().filter_map(|part| takeover(model, part, how));
    let mut set: Vec<String> = own.collect();
    for link in &model.links {
        // Who takes over an address or a role is not looked for by those who call.
        let callee = model.component(link.callee);
        let is_looked_for = callee.takeover == Takeover::None;
        if is_looked_for && parts.iter().any(|part| part.name == callee.name) {
            checks(model, link, how, &mut set);
        }
        let path = link.via.as_ref().filter(|path| path.detect > how.detect());
        if let (Atom::Switch(switch), Some(path)) = (atom, path)
            && path.options.iter().flatten().any(|&one| one == switch)
        {
            let detect = in_file(how.detect());
            set.push(format!("links.{:?}.detect={detect:?}", link.name));
        }
    }
    set
}

/// A promotion or a moving address that comes sooner.
fn takeover(model: &Model, part: &Component, how: Sooner) -> Option<String> {
    let name = word(&part.name);
    match part.takeover {
        Takeover::Promotion { detect, promote }
            if detect > how.detect() || promote > how.promote(promote) =>
        {
            let detect = in_file(detect.min(how.detect()));
            let promote = in_file(how.promote(promote));
            let voters = part.voters.map_or_else(String::new, |voters| {
                let name = &model.component(voters.component).name;
                let stays = if voters.steps_down {
                    ", steps_down: true"
                } else {
                    ""
                };
                format!(", voters: {name:?}{stays}")
            });
            let automatic = format!("Automatic(detect: {detect:?}, promote: {promote:?}{voters})");
            Some(format!("components.{name}.failover={automatic}"))
        }
        Takeover::Standby { give_back, .. } if give_back > ADVERT => {
            let advert = in_file(ADVERT);
            Some(format!(
                "components.{name}.standby=Vrrp(advert: {advert:?})"
            ))
        }
        _ => None,
    }
}

/// Health checks that are quicker, and answers of a name service that are kept for less long.
fn checks(model: &Model, link: &Link, how: Sooner, set: &mut Vec<String>) {
    let names = link.caller.component().and_then(|id| {
        let caller = model.component(id);
        Some((&caller.name, caller.names.as_ref()?))
    });
    let health = names.map_or(link.health.as_ref(), |(_, names)| names.health.as_ref());
    let mut also = |one: String| {
        if !set.contains(&one) {
            set.push(one);
        }
    };
    if health.is_some_and(|health| health.longest_detection() > how.detect()) {
        also(format!("{}={}", checked_by(model, link), how.checks()));
    }
    if let Some((name, _)) = names.filter(|(_, names)| names.ttl > TTL) {
        also(format!("components.{}.ttl={:?}", word(name), in_file(TTL)));
    }
}

/// A time as a file writes it.
fn in_file(ns: u64) -> String {
    match ns {
        _ if ns.is_multiple_of(1_000_000_000) => format!("{}s", ns / 1_000_000_000),
        _ if ns.is_multiple_of(1_000_000) => format!("{}ms", ns / 1_000_000),
        _ => format!("{ns}ns"),
    }
}
