//! How many nodes of a component are in service.

use super::{Blueprint, Kind, Site};
use crate::diagnostic::Diagnostic;
use crate::model;
use crate::quantity::{Share, Time};
use crate::schema::autoscale::{COOLDOWN, EVERY, STABILISE, TOLERANCE};
use crate::schema::preset::Preset;
use crate::schema::{Autoscale, code, positive};

/// What the autoscaler of a component does; `None` where there is none.
pub(super) fn autoscale(
    site: &mut dyn Site,
    kind: &Kind,
    blueprint: &Blueprint,
) -> Option<model::Autoscale> {
    let stated = site.shared().autoscale.clone()?;
    if !matches!(kind, Kind::AppServer(_) | Kind::WebServer(_)) {
        let message = format!(
            "the nodes of a {} do not come and go by themselves",
            kind.word()
        );
        let problem = Diagnostic::error(code::CONFLICT, message).at(stated.span.clone());
        site.report(problem.help("leave `autoscale` out; an AppServer or a WebServer may have it"));
        return None;
    }
    let Autoscale { min, max, .. } = &stated.value;
    if min.value > max.value {
        let message = "the fewest nodes are more than the most";
        let problem = Diagnostic::error(code::RANGE, message).at(min.span.clone());
        site.report(problem.help("write a `min` of at most `max`"));
    }
    let start = start(site, &stated.value);
    let (resource, target) = site.target(&stated.value.target)?;
    if !has_limit(site, resource, blueprint) {
        let message = format!("nothing here has `{resource}` with a limit that could be used up");
        let problem = Diagnostic::error(code::CONFLICT, message);
        site.report(
            problem
                .at(stated.value.target.span.clone())
                .help("write another resource, such as `cpu <= 60%`"),
        );
    }
    let every = stated.value.every.as_ref();
    if let Some(zero) = every.and_then(positive) {
        site.report(zero);
    }
    let time = |stated: Option<Time>, preset: &Preset| {
        stated.unwrap_or_else(|| preset.read::<Time>()).nanos()
    };
    let terms = &stated.value;
    Some(model::Autoscale {
        min: min.value.get(),
        max: max.value.get(),
        start,
        resource,
        target,
        boot: terms.boot.value.nanos(),
        cooldown: time(terms.cooldown, &COOLDOWN),
        every: time(every.map(|every| every.value), &EVERY).max(1),
        first: terms.at.map(Time::nanos),
        tolerance: terms
            .tolerance
            .unwrap_or_else(|| TOLERANCE.read::<Share>())
            .value(),
        stabilise: time(terms.stabilise, &STABILISE),
    })
}

/// How many are in service at the start: `replicas`, or the fewest.
fn start(site: &mut dyn Site, autoscale: &Autoscale) -> u32 {
    let (min, max) = (autoscale.min.value, autoscale.max.value);
    let Some(replicas) = site.shared().replicas.clone() else {
        return min.get();
    };
    if min <= max && !(min..=max).contains(&replicas.value) {
        let message = format!(
            "`replicas` is how many are in service at the start, and {} is not from {} to {}",
            replicas.value.get(),
            min.get(),
            max.get()
        );
        let problem = Diagnostic::error(code::CONFLICT, message).at(replicas.span);
        site.report(problem.help("write one of those, or leave it out to start with `min`"));
    }
    replicas.value.get()
}

/// Whether it can be said how much of a resource is used.
fn has_limit(site: &dyn Site, resource: &str, blueprint: &Blueprint) -> bool {
    if resource == "threads" {
        return blueprint.threads.is_some_and(|one| one.capacity.is_some());
    }
    let on_host = site.shared().on.is_some() && resource == "cpu";
    let mut resources = blueprint.resources.iter();
    resources.any(|one| one.name == resource && (one.servers.is_some() || on_host))
}
