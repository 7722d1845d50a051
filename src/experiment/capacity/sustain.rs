//! What keeps a system down after its trigger is gone, read off a run in that state.

use crate::experiment::result::RunResult;
use crate::experiment::result::part::{ComponentSummary, LinkSummary};
use crate::experiment::words;
use crate::model::Model;

/// Attempts per call from which on a link repeats enough to matter.
const REPEATS: f64 = 1.2;
/// Utilisation from which on a resource has no room left.
const FULL: f64 = 0.98;
/// Share of the work done for nobody from which on it is worth a word.
const WASTED: f64 = 0.05;
/// Share of attempts that time out from which on timeouts are the reason.
const TIMED_OUT: f64 = 0.2;
/// Lookups that miss beyond those before from which on a cache is cold.
const COLDER: f64 = 0.05;

/// The circle that sustains the state, in words, and the attempts per call over the link that
/// repeats most, unless a cache that is cold matters too. `before` is the run under the same load
/// without the trigger.
pub fn circle(model: &Model, down: &RunResult, before: &RunResult) -> (Vec<String>, Option<f64>) {
    let mut found = Vec::new();
    let most = repeating(down);
    for (name, link) in &down.links.0 {
        found.extend(timed_out(name, link));
    }
    if let Some((name, link, times)) = most {
        found.push(repeats(model, name, link, times));
    }
    for (name, part) in &down.components.0 {
        found.extend(full(name, part));
    }
    let told = found.len();
    for (name, part) in &down.components.0 {
        let then = before.components.get(name);
        found.extend(then.and_then(|then| colder(name, part, then)));
    }
    // Where a cache is colder than in the bound, repeats alone do not tell the load.
    let is_cold = found.len() > told;
    (found, most.map(|(_, _, times)| times).filter(|_| !is_cold))
}

/// The link with the most attempts per call, if some are repeated.
fn repeating(down: &RunResult) -> Option<(&str, &LinkSummary, f64)> {
    let links = down.links.0.iter();
    links
        .filter_map(|(name, link)| Some((&**name, link, link.amplification?)))
        .filter(|(_, _, times)| *times > REPEATS)
        .max_by(|a, b| a.2.total_cmp(&b.2))
}

fn repeats(model: &Model, name: &str, link: &LinkSummary, times: f64) -> String {
    let known = model.links.iter().find(|one| one.name == name);
    let most = known
        .and_then(|one| one.retry.as_ref())
        .map(|retry| retry.attempts);
    let of = most
        .map(|most| format!(", of at most {most}"))
        .unwrap_or_default();
    let copies = if link.hedges > link.retries {
        "copies"
    } else {
        "tries"
    };
    // Attempts of the window over requests of the window: off by those at its ends.
    let times = format!("{times:.1}");
    let times = times.trim_end_matches(".0");
    format!("`{name}` sends every request {times} times{of} {copies}")
}

/// A resource without room, and how much of its work nobody waits for.
fn full(name: &str, part: &ComponentSummary) -> Option<String> {
    let (resource, busy) = part
        .resources
        .0
        .iter()
        .filter_map(|(resource, one)| Some((resource, one.utilisation.value?)))
        .max_by(|a, b| a.1.total_cmp(&b.1))?;
    if busy < FULL {
        return None;
    }
    let work = part
        .resources
        .get("cpu")
        .and_then(|cpu| cpu.mean_in_use.value);
    let wasted = work
        .zip(part.wasted_s.value)
        .filter(|(work, _)| *work > 0.0)
        .map(|(work, wasted)| (wasted / work).min(1.0))
        .filter(|share| *share >= WASTED);
    let of_it = wasted.map(|share| {
        format!(
            ", {} of its work for callers that have given up",
            words::percent(share)
        )
    });
    Some(format!(
        "`{name}` is full: {resource} busy {}{}",
        words::percent(busy),
        of_it.unwrap_or_default()
    ))
}

fn timed_out(name: &str, link: &LinkSummary) -> Option<String> {
    let share = link.timeouts as f64 / link.attempts.max(1) as f64;
    (share >= TIMED_OUT).then(|| {
        format!(
            "{} of the attempts over `{name}` time out",
            words::percent(share.min(1.0))
        )
    })
}

fn colder(name: &str, now: &ComponentSummary, then: &ComponentSummary) -> Option<String> {
    let ratio = |part: &ComponentSummary| part.cache.as_ref()?.hit_ratio.value;
    let (now, then) = (ratio(now)?, ratio(then)?);
    (now + COLDER < then).then(|| {
        format!(
            "`{name}` finds {} instead of {}: what it misses falls on what stands behind it",
            words::percent(now),
            words::percent(then)
        )
    })
}
