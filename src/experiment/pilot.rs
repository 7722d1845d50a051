//! The pilot of a steady run: how fast requests come, how long the transient is, how much the
//! mean varies (S30).

use super::batches::Basis;
use super::replicate::{Bench, Crew, Script, Span};
use super::scenario::Kind;
use super::settings::Settings;
use super::summarise::classes::Requests;
use super::summarise::fold::{Fold, window_s};
use super::verdict::{self, Overload};
use crate::engine::observation::Observations;
use crate::statistics::{Confidence, warm_up};

/// Requests of the probe that tells how fast they come.
const PROBE: u64 = 1_000;
/// Requests of a pilot replication at first.
const FIRST: u64 = 5_000;
/// Replications of a pilot.
const REPLICATIONS: u32 = 10;
/// The truncation point is good when it lies within this share of the pilot's length.
const GOOD_SHARE: usize = 10;
/// A backlog that grows by this share of what is offered needs no longer pilot.
const CLEAR_GROWTH: f64 = 0.05;

/// What the pilot found.
#[derive(Clone, Debug)]
pub struct Pilot {
    /// Cut off at the start of each replication, ns.
    pub truncation: u64,
    /// The transient seemed longer than the longest pilot could show.
    pub doubtful: bool,
    /// Requests per ns.
    pub requests_per_ns: f64,
    /// Events per request.
    pub events_per_request: f64,
    /// Length of a pilot replication, ns.
    pub length: u64,
    /// Relative standard deviation of the mean response of one pilot replication.
    pub spread: f64,
    /// Nothing was drawn at random (S44).
    pub exact: bool,
    /// More is offered than carried: the replications that show it, from time 0.
    pub grown: Option<Vec<Observations>>,
}

impl Pilot {
    /// About how long `requests` take, ns.
    pub fn time_for(&self, requests: u64) -> u64 {
        if self.requests_per_ns <= 0.0 {
            return self.length;
        }
        (requests as f64 / self.requests_per_ns).min(u64::MAX as f64 / 4.0) as u64
    }

    /// About how many requests come in `ns`.
    pub fn requests_in(&self, ns: u64) -> u64 {
        (ns as f64 * self.requests_per_ns) as u64
    }
}

/// Runs pilots of doubled length until the truncation point lies within a tenth of it, or one
/// more doubling would exceed `cap` requests over all pilot replications. Each looks from time 0.
/// `None` when interrupted.
pub fn pilot(bench: &Bench<'_>, crew: &Crew, settings: &Settings<'_>, cap: u64) -> Option<Pilot> {
    let probe = bench.one(
        settings,
        0,
        Span::requests(0, PROBE, 1_000, 0),
        Script::NOTHING,
    )?;
    let mut found = first_guess(&probe);
    found.exact &= !bench.draws_failures();
    let replications = if found.exact { 1 } else { REPLICATIONS };
    let cap = (cap / u64::from(replications)).max(FIRST);
    let mut requests = FIRST.max(probe.in_system.max.saturating_mul(10)).min(cap);
    loop {
        found.length = found.time_for(requests).max(1);
        let span = Span::until(0, found.length, 0);
        let runs = crew.map(replications as usize, |index| {
            bench.one(settings, index as u32, span, Script::NOTHING)
        });
        let runs: Vec<Observations> = runs.into_iter().collect::<Option<_>>()?;
        let is_last = requests.saturating_mul(2) > cap;
        if look(bench, &mut found, runs, is_last) {
            return Some(found);
        }
        requests *= 2;
    }
}

fn first_guess(probe: &Observations) -> Pilot {
    let offered: u64 = probe.classes.iter().map(|class| class.offered).sum();
    let length = probe.window.1.saturating_sub(probe.window.0);
    Pilot {
        truncation: 0,
        doubtful: false,
        requests_per_ns: if length == 0 {
            0.0
        } else {
            offered as f64 / length as f64
        },
        events_per_request: probe.events as f64 / offered.max(1) as f64,
        length: length.max(1),
        spread: 0.0,
        exact: !probe.random,
        grown: None,
    }
}

/// Takes over what these replications show; true if it is enough.
fn look(bench: &Bench<'_>, found: &mut Pilot, runs: Vec<Observations>, is_last: bool) -> bool {
    let (levels, width_s) = verdict::levels(&runs);
    let point = warm_up(&levels);
    let width = (width_s * 1e9).round() as u64;
    found.exact &= runs.iter().all(|run| !run.random);
    found.truncation = point.truncation as u64 * width;
    found.doubtful = point.doubt.is_some();
    let fold = Fold {
        runs: &runs,
        confidence: Confidence::Fixed,
        basis: Basis::Replications,
        exact: false,
    };
    learn(found, fold);
    let is_short = point.truncation * GOOD_SHARE <= point.buckets;
    if is_short && !found.doubtful {
        return true;
    }
    let overload = verdict::overload(bench.model, &bench.lowered, fold, Kind::Steady);
    if let Some(Overload::Growing(per_second)) = overload {
        let offered = Requests::all(fold).offered().value.unwrap_or(0.0);
        let clear = per_second.value.unwrap_or(0.0) > CLEAR_GROWTH * offered;
        if is_last || clear && !has_bounded_room(bench) {
            found.truncation = 0;
            found.doubtful = false;
            found.grown = Some(runs);
            return true;
        }
    }
    is_last
}

/// Rate, events and the spread of the mean response as these replications show them.
fn learn(found: &mut Pilot, fold: Fold<'_>) {
    let all = Requests::all(fold);
    let seconds: f64 = fold.runs.iter().map(window_s).sum();
    let offered: u64 = all.tallies.iter().map(|tally| tally.sum.offered).sum();
    let events: u64 = fold.runs.iter().map(|run| run.events).sum();
    if offered > 0 && seconds > 0.0 {
        found.requests_per_ns = offered as f64 / seconds / 1e9;
        found.events_per_request = events as f64 / offered as f64;
    }
    let means: Vec<f64> = all
        .tallies
        .iter()
        .filter(|tally| tally.answered() > 0)
        .map(|tally| tally.sum.response_sum as f64 / tally.answered() as f64)
        .collect();
    let moments = crate::statistics::estimate::mean_and_sd(&means);
    found.spread = moments.map_or(0.0, |(mean, sd)| if mean > 0.0 { sd / mean } else { 0.0 });
}

/// Whether some waiting room may fill up and end the growth.
fn has_bounded_room(bench: &Bench<'_>) -> bool {
    let pools = &bench.lowered.program.pools;
    pools
        .iter()
        .any(|pool| pool.capacity.is_some() && pool.room.is_some())
}
