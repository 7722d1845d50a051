//! Cores that stop and go on by a law.

use super::{Blueprint, Site};
use crate::diagnostic::Diagnostic;
use crate::model::Failure;
use crate::schema::code;
use crate::schema::{FailureEffect, FailureOf};

/// The failure law of a component, with what is wrong in it.
pub(super) fn failure(site: &mut dyn Site, blueprint: &Blueprint) -> Option<Failure> {
    let stated = site.shared().failure.clone()?;
    let is_on_host = site.shared().on.is_some();
    let cpu = blueprint.resources.iter().find(|resource| resource.is_cpu);
    let problem = match cpu {
        _ if stated.value.effect.unwrap_or(FailureEffect::Crash) == FailureEffect::Crash => Some((
            "failure laws that lose the work are not built yet",
            "write `effect: Pause` (work resumes), or plan a `Crash` under `faults`",
        )),
        None => Some((
            "failure laws stop cores, and this component has no CPU here",
            "leave `failure` out",
        )),
        Some(_) if is_on_host => Some((
            "failure laws stop the cores of a node of its own, not those of a host",
            "leave `on` out, or `failure`",
        )),
        Some(cpu) if !cpu.rates.scaling.is_empty() => Some((
            "`scaling` does not say what fewer cores do",
            "leave `failure` or `scaling` out",
        )),
        Some(_) => None,
    };
    if let Some((message, help)) = problem {
        let error = Diagnostic::error(code::CONFLICT, message).at(stated.span.clone());
        site.report(error.help(help));
    }
    let mtbf = site.time(&stated.value.mtbf);
    if mtbf.mean() <= 0.0 {
        let message = "a time up of 0 would fail again at the same instant for ever";
        let error = Diagnostic::error(code::RANGE, message).at(stated.span.clone());
        site.report(error.help("write an `mtbf` of more than 0"));
    }
    Some(Failure {
        mtbf,
        mttr: site.time(&stated.value.mttr),
        each_core: stated.value.of == Some(FailureOf::Cores),
    })
}
