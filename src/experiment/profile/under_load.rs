//! Profiles that are loads: what each asks, its loads, and when its answer is good.
//!
//! Loads count in loads of the file, which is the traffic expected.

use super::kind::{Given, Profile};
use super::legs::{Course, LegPlan, MINUTE};
use crate::experiment::result::profile::{Exhaustion, ProfileSummary};
use crate::experiment::result::{RunResult, Verdict};
use crate::experiment::words;
use crate::model::Objective;

/// Steps of a load test.
const STEPS: u32 = 10;
/// Load of a stress test over what mean demands allow.
const OVER: f64 = 1.5;
/// Load of a spike over that expected.
const SPIKE: f64 = 5.0;
/// Load of a smoke test.
const SMOKE: f64 = 0.01;
/// Shortest and longest soak, ns.
const SOAK: (u64, u64) = (30 * MINUTE, 8 * 60 * MINUTE);
/// Requests of a soak that is shortened for them.
const SOAKED: f64 = 2_000_000.0;
/// Shortest and longest time watched after an overload, ns.
const AFTER: (u64, u64) = (10 * MINUTE, 120 * MINUTE);
/// How far beyond its bandwidth the busiest path is loaded in a fatigue test.
const FATIGUE: f64 = 1.25;

/// What a profile asks.
pub fn question(profile: Profile) -> &'static str {
    match profile {
        Profile::Negative => {
            "which parts can be taken away under load without anybody missing them for long?"
        }
        Profile::Smoke => "does it work at all, under next to no load?",
        Profile::Performance => "how does it perform under the load expected?",
        Profile::Load => "does it go on answering while the load climbs to the one expected?",
        Profile::Stress => "where does it saturate, and does it come back from overload?",
        Profile::Spike => "does it take a sudden rush, and how soon is it as before?",
        Profile::Soak => "does it stay as it is for hours, or does something leak?",
        Profile::Fatigue => "what does more than its bandwidth do, and does it come back?",
    }
}

/// Leaves out the objectives that a profile breaks on purpose: all of them under overload, those
/// that ask for a load below it.
pub fn leave_out(profile: Profile, objectives: &mut Vec<Objective>) {
    match profile {
        Profile::Stress | Profile::Fatigue => objectives.clear(),
        Profile::Smoke | Profile::Load => objectives.retain(|one| !one.asks_for_load()),
        Profile::Performance | Profile::Spike | Profile::Soak | Profile::Negative => {}
    }
}

/// The loads.
pub fn legs(profile: Profile, given: &Given) -> Vec<LegPlan> {
    let held = LegPlan::held;
    match profile {
        Profile::Negative => Vec::new(),
        Profile::Smoke => vec![held("smoke", SMOKE, 5 * MINUTE)],
        Profile::Performance => vec![held("expected", 1.0, 5 * MINUTE)],
        Profile::Load => (1..=STEPS)
            .map(|step| {
                let load = f64::from(step) / f64::from(STEPS);
                held(&words::percent(load), load, MINUTE)
            })
            .collect(),
        Profile::Stress => overload("overload", OVER * given.bound_factor, given),
        Profile::Spike => vec![
            held("expected", 1.0, 2 * MINUTE),
            held("spike", SPIKE, MINUTE),
            held("after", 1.0, 10 * MINUTE),
        ],
        Profile::Soak => {
            let seconds = SOAKED / given.requests_per_s.max(1e-9);
            let length = (seconds * 1e9).clamp(SOAK.0 as f64, SOAK.1 as f64) as u64;
            vec![held("soak", 1.0, length)]
        }
        Profile::Fatigue => {
            let load = FATIGUE / given.bandwidth_used.unwrap_or(1.0);
            overload("beyond bandwidth", load.max(1.0), given)
        }
    }
}

/// The load expected, a climb, overload held, and the load expected again: for twice as long as the
/// backlog takes to be worked off where mean demands are all that counts.
fn overload(name: &str, load: f64, given: &Given) -> Vec<LegPlan> {
    let (climb, hold) = (2 * MINUTE, 3 * MINUTE);
    let over = (load - given.bound_factor).max(0.0);
    let climbing = over / (load - 1.0).max(1e-9) * climb as f64 / 2.0;
    let backlog = over * (hold as f64 + climbing);
    let drain = backlog / (given.bound_factor - 1.0).max(1e-9);
    let after = (2.0 * drain).clamp(AFTER.0 as f64, AFTER.1 as f64);
    vec![
        LegPlan::held("expected", 1.0, 2 * MINUTE),
        LegPlan::ramp("climb", (1.0, load), climb),
        LegPlan::held(name, load, hold),
        LegPlan::held("after", 1.0, after as u64),
    ]
}

/// How it went.
pub fn summary(profile: Profile, course: Course, run: &RunResult) -> ProfileSummary {
    let last = course.legs.len() - 1;
    let mut leaks = Vec::new();
    let mut back_after_s = None;
    let (passed, answer) = match profile {
        Profile::Smoke => smoke(&course, run),
        Profile::Negative | Profile::Performance => performance(&course, run),
        Profile::Load => climbed(&course, run),
        Profile::Stress | Profile::Spike | Profile::Fatigue => {
            back_after_s = course.back_after_s(last, 0);
            overloaded(profile, (&course, run), back_after_s)
        }
        Profile::Soak => {
            leaks = exhaustions(run);
            soaked(&leaks, run)
        }
    };
    ProfileSummary {
        name: profile.word(),
        question: question(profile),
        passed,
        answer,
        phases: Vec::new(),
        legs: course.legs,
        back_after_s,
        leaks,
    }
}

fn smoke(course: &Course, run: &RunResult) -> (bool, String) {
    match course.lost(0) {
        _ if run.requests.offered == 0 => {
            (false, "no request was sent: it says nothing".to_owned())
        }
        0 => (true, "every request was answered".to_owned()),
        lost => (false, format!("{lost} requests had no good answer")),
    }
}

fn performance(course: &Course, run: &RunResult) -> (bool, String) {
    let p95 = run.response_time_s.p95.value.map(words::time);
    let p95 = p95.unwrap_or_else(|| "no".to_owned());
    let rate = words::rate(course.legs[0].throughput_rps);
    let passed = !matches!(
        run.verdict,
        Verdict::Fail | Verdict::Saturated | Verdict::Capped
    );
    (
        passed,
        format!("{rate} answered, {p95} at the 95 % quantile"),
    )
}

fn climbed(course: &Course, run: &RunResult) -> (bool, String) {
    let worse = (1..course.legs.len()).find(|&leg| !course.is_like(leg, 0));
    match worse {
        Some(leg) => {
            let load = words::percent(course.legs[leg].load);
            (
                false,
                format!("from {load} of the expected load on it answers worse"),
            )
        }
        None if run.verdict == Verdict::Fail => {
            let text = "it goes on answering up to the expected load, and breaks an objective";
            (false, text.to_owned())
        }
        None => (
            true,
            "it goes on answering up to the expected load".to_owned(),
        ),
    }
}

fn overloaded(
    profile: Profile,
    (course, run): (&Course, &RunResult),
    back: Option<f64>,
) -> (bool, String) {
    let worst = course.legs.len() - 2;
    let leg = &course.legs[worst];
    let (offered, most) = (
        words::rate(leg.offered_rps),
        words::rate(leg.throughput_rps),
    );
    let lost = words::percent(leg.lost_share);
    let met = if profile == Profile::Spike {
        format!("of {offered} {lost} get no good answer")
    } else {
        format!("of {offered} it answers {most}")
    };
    let met = met + &alarms(run);
    match back {
        Some(0.0) => (true, format!("{met}; as before at once")),
        Some(seconds) => (
            true,
            format!("{met}; as before after {}", words::time(seconds)),
        ),
        None => (false, format!("{met}; it does not come back")),
    }
}

/// Which alarms fired, and when on average; nothing where the file has none.
fn alarms(run: &RunResult) -> String {
    let all = run.alarms.0.iter();
    let fired = all.filter_map(|(name, alarm)| {
        let [mean, ..] = alarm.first_at_s?;
        Some(format!("`{name}` after {}", words::time(mean)))
    });
    let fired: Vec<String> = fired.collect();
    match (run.alarms.0.is_empty(), fired.is_empty()) {
        (true, _) => String::new(),
        (false, true) => "; no alarm fires".to_owned(),
        (false, false) => format!("; alarms: {}", words::list(&fired)),
    }
}

/// Memories that fill up, the one that is full first first.
fn exhaustions(run: &RunResult) -> Vec<Exhaustion> {
    let parts = run.components.0.iter();
    let leak = |(name, part): &(String, crate::experiment::result::ComponentSummary)| {
        let memory = part.memory.as_ref()?;
        let grows = memory.left_bytes_per_s.ci95.map_or(0.0, |ends| ends.0);
        let grows = grows > 0.0 || memory.left_bytes_per_s.value? > 0.0;
        grows.then(|| Exhaustion {
            component: name.clone(),
            left_bytes_per_s: memory.left_bytes_per_s,
            full_after_s: memory.full_after_s,
            crashes: memory.crashes,
        })
    };
    let mut found: Vec<Exhaustion> = parts.filter_map(leak).collect();
    let first = |one: &Exhaustion| one.full_after_s.unwrap_or(f64::INFINITY);
    found.sort_by(|a, b| first(a).total_cmp(&first(b)));
    found
}

fn soaked(leaks: &[Exhaustion], run: &RunResult) -> (bool, String) {
    let grown = run.growth_per_s.is_some();
    match leaks.first() {
        Some(leak) => {
            let slope = leak.left_bytes_per_s.value.unwrap_or(0.0) * 3600.0 / f64::from(1 << 20);
            let full = leak.full_after_s.map(words::time).unwrap_or_default();
            let text = format!(
                "`{}` leaks {slope:.1} MiB an hour and node, and is full {full} after a start",
                leak.component
            );
            (false, text)
        }
        None if grown => (false, "more and more requests are inside".to_owned()),
        None if run.verdict == Verdict::Fail => (
            false,
            "nothing leaks, and an objective is broken".to_owned(),
        ),
        None => (true, "nothing grows".to_owned()),
    }
}
