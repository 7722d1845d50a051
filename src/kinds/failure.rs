//! How parts fail and are repaired.

use super::{Blueprint, Site};
use crate::diagnostic::Diagnostic;
use crate::law::Law;
use crate::model::{Failure, Outage, Times};
use crate::schema::{self, At, FailureEffect, FailureOf, TimeLaw, code};

/// The failure law of a component: how its cores stop and go on, where they do, and how often a
/// node is down; with what is wrong in it.
pub(super) fn failure(
    site: &mut dyn Site,
    blueprint: &Blueprint,
) -> (Option<Failure>, Option<Outage>) {
    let Some(stated) = site.shared().failure.clone() else {
        return (None, None);
    };
    let pauses = stated.value.effect == Some(FailureEffect::Pause);
    let each_core = stated.value.of == Some(FailureOf::Cores);
    let (outage, laws) = match outage(&stated, |law| site.time(law)) {
        Ok(found) => found,
        Err(problem) => {
            site.report(*problem);
            return (None, None);
        }
    };
    if let Some((message, help)) = misplaced(site, blueprint, &stated.value) {
        let error = Diagnostic::error(code::CONFLICT, message).at(stated.span.clone());
        site.report(error.help(help));
    }
    let cores = blueprint.resources.iter().find(|resource| resource.is_cpu);
    let cores = cores.and_then(|cpu| cpu.servers).unwrap_or(1);
    let failure = laws.filter(|_| pauses).map(|(mtbf, mttr)| Failure {
        mtbf,
        mttr,
        each_core,
    });
    let together = if each_core { cores } else { 1 };
    (failure, Some(all_at_once(outage, together)))
}

/// What does not go with the component or its effect.
fn misplaced(
    site: &dyn Site,
    blueprint: &Blueprint,
    stated: &schema::Failure,
) -> Option<(&'static str, &'static str)> {
    let cpu = blueprint.resources.iter().find(|resource| resource.is_cpu);
    if stated.effect != Some(FailureEffect::Pause) {
        return (stated.of == Some(FailureOf::Cores)).then_some((
            "a crash takes the whole node, not single cores",
            "write `effect: Pause`, or leave `of` out",
        ));
    }
    match cpu {
        None => Some((
            "a pause stops cores, and this component has no CPU here",
            "leave `effect` out",
        )),
        Some(_) if site.shared().on.is_some() => Some((
            "a pause stops the cores of a node of its own, not those of a host",
            "leave `on` out, or `effect`",
        )),
        Some(cpu) if !cpu.rates.scaling.is_empty() => Some((
            "`scaling` does not say what fewer cores do",
            "leave `effect` or `scaling` out",
        )),
        Some(_) => None,
    }
}

/// Times up and down.
pub type UpAndDown = (Law, Law);

/// How often a part with this failure law is down, and its times up and down where it has them.
///
/// # Errors
/// What is wrong in it.
pub fn outage(
    stated: &At<schema::Failure>,
    mut time: impl FnMut(&TimeLaw) -> Law,
) -> Result<(Outage, Option<UpAndDown>), Box<Diagnostic>> {
    let wrong = |code, message: &str, help: &str| {
        let error = Diagnostic::error(code, message.to_owned()).at(stated.span.clone());
        Err(Box::new(error.help(help)))
    };
    let failure = &stated.value;
    let (mtbf, mttr) = match (&failure.mtbf, &failure.mttr, failure.unavailability) {
        (None, None, Some(_)) if failure.effect.is_some() || failure.of.is_some() => {
            return wrong(
                code::CONFLICT,
                "`unavailability` says how often, not what happens",
                "write `mtbf` and `mttr`, or leave `effect` and `of` out",
            );
        }
        (None, None, Some(share)) if share.value() >= 1.0 => {
            return wrong(
                code::RANGE,
                "a part that is always down is none",
                "write an `unavailability` below 1",
            );
        }
        (None, None, Some(share)) => {
            let outage = Outage {
                share: share.value(),
                mean_up: None,
                times: None,
            };
            return Ok((outage, None));
        }
        (Some(mtbf), Some(mttr), None) => (time(mtbf), time(mttr)),
        (_, _, Some(_)) => {
            return wrong(
                code::CONFLICT,
                "`unavailability` follows from `mtbf` and `mttr`",
                "leave `unavailability` out, or the two times",
            );
        }
        _ => {
            return wrong(
                code::MISSING,
                "a failure law has `mtbf` and `mttr`, or `unavailability` alone",
                "write `failure: (mtbf: Exponential(\"90d\"), mttr: \"2h\")`",
            );
        }
    };
    if mtbf.mean() <= 0.0 {
        return wrong(
            code::RANGE,
            "a time up of 0 would fail again at the same instant for ever",
            "write an `mtbf` of more than 0",
        );
    }
    let (up, down) = (mtbf.mean(), mttr.mean());
    let outage = Outage {
        share: down / (up + down),
        mean_up: Some(up),
        times: Some(Times {
            up: mtbf.clone(),
            down: mttr.clone(),
            each: 1,
        }),
    };
    Ok((outage, Some((mtbf, mttr))))
}

/// How often all of so many equal parts are down at once, each by itself: with q of each, q^n of
/// the time, begun n q^(n - 1) (1 - q) / mtbf often.
fn all_at_once(each: Outage, parts: u32) -> Outage {
    let others = libm::pow(each.share, f64::from(parts) - 1.0);
    let share = others * each.share;
    let begun = f64::from(parts) * others * (1.0 - each.share);
    Outage {
        share,
        mean_up: each.mean_up.map(|up| (1.0 - share) / begun * up),
        times: each.times.map(|times| Times {
            each: parts,
            ..times
        }),
    }
}
