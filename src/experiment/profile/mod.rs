//! Test profiles: runs with stages and questions of their own.

mod answers;
mod kind;
mod legs;
mod negative;
mod slopes;
mod takeovers;
mod under_load;

use std::time::Instant;

use super::load_axis::{axis, bound, full_at, own};
use super::replicate::Crew;
use super::result::{LoadAxis, RunResult, Verdict};
use super::run::ExperimentError;
use super::sample::sample;
use super::scenario::{at_peak, has_lead_in, put_load};
use super::settings::Settings;
use super::summarise::result;
use super::words;
use crate::model::Model;
use kind::Given;
pub use kind::Profile;
use legs::Course;

/// Runs `model` through a profile, whose stages and faults take the place of the model's.
///
/// # Errors
/// When the profile does not fit the model, and as of [`run`](super::run()).
pub fn profile(
    model: &Model,
    settings: &Settings<'_>,
    profile: Profile,
) -> Result<RunResult, ExperimentError> {
    let start = Instant::now();
    let mut base = model.clone();
    if let Some(load) = settings.load {
        put_load(&mut base, load)?;
    }
    if settings.duration.is_some() || settings.requests.is_some() {
        let text = "a profile has its own length: leave --duration and --requests out";
        return Err(ExperimentError::Question(text.to_owned()));
    }
    if !has_lead_in(&base) {
        let text = "a profile meets a system at work: it needs a load at the start, and \
                    `start: Warm`";
        return Err(ExperimentError::Question(text.to_owned()));
    }
    let mut found = match profile {
        Profile::Negative => taken_apart(&mut base, settings)?,
        _ => under_load(&mut base, settings, profile)?,
    };
    if let Some(summary) = found.profile.as_ref().filter(|summary| !summary.passed) {
        found.verdict_reason.clone_from(&summary.answer);
        found.verdict = Verdict::Fail;
    }
    if found.verdict == Verdict::Pass && found.objectives.is_empty() {
        let why = if model.objectives.is_empty() {
            "the file has no objectives"
        } else {
            "the objectives of the file are left out"
        };
        if let Some(summary) = &found.profile {
            found.verdict_reason = format!(
                "{why}: the verdict rests on the questions of the profile alone; {}",
                summary.answer
            );
        }
    }
    found.wall_s = start.elapsed().as_secs_f64();
    Ok(found)
}

fn taken_apart(base: &mut Model, settings: &Settings<'_>) -> Result<RunResult, ExperimentError> {
    let plan = negative::plan(base)?;
    negative::put(base, &plan);
    let sample = sample(base, &Crew::new(settings.jobs)?, settings);
    let mut found = result(&sample, settings);
    found.profile = Some(negative::summary(&sample, &plan));
    Ok(found)
}

fn under_load(
    base: &mut Model,
    settings: &Settings<'_>,
    profile: Profile,
) -> Result<RunResult, ExperimentError> {
    let crew = Crew::new(settings.jobs)?;
    let given = given(base, &crew, settings, profile)?;
    let plan = under_load::legs(profile, &given);
    legs::put(base, &plan);
    if !given.losses.is_empty() {
        let before = plan.iter().take(under_load::OVERLOAD).map(|leg| leg.length);
        base.faults = takeovers::faults(&given.losses, before.sum());
    }
    under_load::leave_out(profile, &mut base.objectives);
    let mut own = settings.clone();
    if profile == Profile::Soak {
        own.replications = settings.replications.or(Some(SOAKS));
        own.marked = true;
    }
    let sample = sample(base, &crew, &own);
    let mut found = result(&sample, &own);
    if !sample.runs.is_empty() {
        let course = Course::of(&sample, &plan);
        let summary = answers::summary(profile, (course, &given), (&sample, &found));
        if summary.passed && found.verdict == Verdict::Saturated {
            found.verdict = Verdict::Pass;
            found.verdict_reason.clone_from(&summary.answer);
        }
        found.profile = Some(summary);
    }
    Ok(found)
}

/// Replications of a soak, which is long.
const SOAKS: u32 = 6;
/// Share of the load that fills a bandwidth that all else must be able to carry for that to be
/// tested.
const REACHED: f64 = 0.9;
/// Events and relative half-width of the run that finds the busiest bandwidth, or pool.
const SHORT: (u64, f64) = (1_000_000, 0.1);

/// What the loads depend on, of what this profile needs.
fn given(
    base: &Model,
    crew: &Crew,
    settings: &Settings<'_>,
    profile: Profile,
) -> Result<Given, ExperimentError> {
    let peak = at_peak(base);
    let axis = axis(&peak, None, "a profile")?;
    let bound = bound(&peak, axis).map(|bound| bound / own(&peak, axis));
    let mut given = Given {
        bound_factor: bound.unwrap_or(1.0).max(1.0),
        requests_per_s: own(&peak, LoadAxis::Rate),
        bandwidth_used: None,
        losses: match profile {
            Profile::Stress => takeovers::losses(base),
            _ => Vec::new(),
        },
    };
    if !matches!(profile, Profile::Soak | Profile::Fatigue | Profile::Stress) {
        return Ok(given);
    }
    let short = Settings {
        effort: SHORT.0,
        aim: SHORT.1,
        replications: None,
        ..settings.clone()
    };
    let run = result(&sample(&peak, crew, &short), &short);
    if profile == Profile::Stress {
        let busiest = run.bottleneck.as_ref();
        let busiest = busiest.filter(|_| run.verdict != Verdict::Saturated);
        let busy = busiest.and_then(|one| one.utilisation.value);
        let factor = full_at(bound, busy, 1.0);
        given.bound_factor = factor.unwrap_or(1.0).max(1.0);
        return Ok(given);
    }
    given.requests_per_s = run.offered_rps.value.unwrap_or(given.requests_per_s);
    if profile == Profile::Fatigue {
        let links = |name: &str| peak.links.iter().any(|link| link.name == name);
        let busiest = run.bottlenecks.iter().find(|one| {
            one.resource.starts_with("nic") || links(&one.component) && one.resource != "pool"
        });
        let used = busiest.and_then(|one| one.utilisation.value);
        given.bandwidth_used = used.filter(|used| *used > 0.0);
        if given.bandwidth_used.is_none() {
            let text = "a fatigue test exceeds a bandwidth, and the file has none that is used: \
                        write `nic` in a machine or host, or `bandwidth` in a link";
            return Err(ExperimentError::Question(text.to_owned()));
        }
        // A little less than the bandwidth may be carried: the test goes beyond it.
        let full = given.bandwidth_used.map_or(1.0, |used| 1.0 / used);
        if let Some(bound) = bound.filter(|bound| *bound < REACHED * full) {
            let share = words::percent(bound / full);
            let text = format!(
                "no bandwidth can be exceeded: a processor or disk is full at {share} of the load \
                 that would fill it; `stress` tests that, or give it more room"
            );
            return Err(ExperimentError::Question(text));
        }
    }
    Ok(given)
}
