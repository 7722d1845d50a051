//! Profiles that are loads: what each asks, and its loads.
//!
//! Loads count in loads of the file, which is the traffic expected.

use super::kind::{Given, Profile};
use super::legs::{LegPlan, MINUTE};
use super::takeovers;
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
const SOAKED: f64 = 1_000_000.0;
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
        Profile::Stress => {
            "where does it saturate, is that noticed, do others take over, does it come back?"
        }
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

/// Which leg of [`overload`] it is in.
pub const OVERLOAD: usize = 2;

/// The load expected, a climb, overload held until every takeover has been tried, and the load
/// expected again: for twice as long as the backlog takes to be worked off where mean demands are
/// all that counts.
fn overload(name: &str, load: f64, given: &Given) -> Vec<LegPlan> {
    let climb = 2 * MINUTE;
    let hold = takeovers::length(&given.losses).max(3 * MINUTE);
    let over = (load - given.bound_factor).max(0.0);
    let climbing = over / (load - 1.0).max(1e-9) * climb as f64 / 2.0;
    let lost = given.bound_factor * takeovers::gap_s(&given.losses) * 1e9;
    let backlog = over * (hold as f64 + climbing) + lost;
    let drain = backlog / (given.bound_factor - 1.0).max(1e-9);
    let after = (2.0 * drain).clamp(AFTER.0 as f64, AFTER.1 as f64);
    vec![
        LegPlan::held("expected", 1.0, 2 * MINUTE),
        LegPlan::ramp("climb", (1.0, load), climb),
        LegPlan::held(name, load, hold),
        LegPlan::held("after", 1.0, after as u64),
    ]
}
