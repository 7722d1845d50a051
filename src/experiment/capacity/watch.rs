//! One load under the trigger, watched until it is clear whether the system comes back.
//!
//! Watching ends when every replication answers as before and holds no more than before, or when
//! what is inside no longer shrinks. While it shrinks the watch goes on for half as long again as
//! the rest needs at the pace seen, so that a backlog B of a system that can do `c` and is sent
//! `k x load` is watched for at least B / (c - k x load).

use crate::engine::observation::Observations;
use crate::experiment::replicate::{Bench, Crew, Span};
use crate::experiment::result::Tried;
use crate::experiment::settings::Settings;
use crate::experiment::stretch::{Stretch, recovered};

/// Shortest watch after the trigger's end, ns, and in lengths of the trigger.
const SHORTEST: (u64, u64) = (300_000_000_000, 10);
/// Longest watch in shortest watches.
const LONGEST: u64 = 16;
/// Share of the watch, at its end, in which the system must be as before.
pub const TAIL: u64 = 10;
/// Buckets of the shortest watch.
const BUCKETS: u64 = 200;
/// From quarter to quarter what is inside changes by more than this share, or stands still.
pub const MOVES: f64 = 0.05;

/// Instants of a watch, ns from the start of the run.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// Uncounted start.
    pub lead_in: u64,
    /// Start of the first trigger.
    pub start: u64,
    /// End of the last.
    pub end: u64,
}

/// What one load showed.
pub struct Watched {
    /// How each replication ended.
    pub ends: Vec<End>,
    /// Length of the watch, ns.
    pub watch: u64,
    /// The replications; their counted window is the tail of the watch.
    pub runs: Vec<Observations>,
}

/// How a replication ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct End {
    /// Where it stands.
    pub state: State,
    /// Requests that ended before the trigger: what the rest is compared with.
    pub compared: u64,
    /// Share answered in time before the trigger and in the tail.
    pub answered: [f64; 2],
    /// Visits inside at the trigger's end and in the tail.
    pub inside: [f64; 2],
    /// From the trigger's end until it was back for good, ns.
    pub recovery: Option<u64>,
}

/// Where a replication stands at the end of its watch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum State {
    /// As before.
    Back,
    /// Not as before, and nothing moves towards it.
    Down,
    /// Not as before, and on its way: so many ns more at the pace seen.
    Clearing(u64),
}

impl Watched {
    /// Where fewer than this share were answered before the trigger, the load was not carried
    /// then: nothing is left to come back to.
    pub fn must_have_answered(&mut self, least: f64) {
        for end in self.ends.iter_mut().filter(|end| end.answered[0] < least) {
            (end.state, end.recovery) = (State::Down, None);
        }
    }

    /// Least share answered before the trigger in any replication.
    pub fn answered_before(&self) -> f64 {
        self.ends
            .iter()
            .map(|end| end.answered[0])
            .fold(1.0, f64::min)
    }

    /// What is told of it.
    pub fn tried(&self, load: f64) -> Tried {
        let ends = &self.ends;
        let mean =
            |of: &dyn Fn(&End) -> f64| ends.iter().map(of).sum::<f64>() / ends.len().max(1) as f64;
        let recoveries: Vec<f64> = ends
            .iter()
            .filter_map(|end| end.recovery)
            .map(|ns| ns as f64 / 1e9)
            .collect();
        let clears = |end: &End| matches!(end.state, State::Clearing(_));
        let is_down = |end: &End| end.state == State::Down;
        Tried {
            load,
            came_back: ends.iter().filter(|end| end.state == State::Back).count() as u32,
            of: ends.len() as u32,
            answered_before: mean(&|end| end.answered[0]),
            answered_after: mean(&|end| end.answered[1]),
            inside: [mean(&|end| end.inside[0]), mean(&|end| end.inside[1])],
            watched_s: self.watch as f64 / 1e9,
            recovery_s: (!recoveries.is_empty())
                .then(|| recoveries.iter().sum::<f64>() / recoveries.len() as f64),
            undecided: ends.iter().any(clears) && !ends.iter().any(is_down),
        }
    }
}

/// Watches `bench` until it is clear how every replication ends; `None` when interrupted.
pub fn watch(
    bench: &Bench<'_>,
    crew: &Crew,
    settings: &Settings<'_>,
    times: Times,
    replications: u32,
) -> Option<Watched> {
    let shortest = SHORTEST
        .0
        .max((times.end - times.start).saturating_mul(SHORTEST.1));
    let (mut watch, longest) = (shortest, shortest.saturating_mul(LONGEST));
    loop {
        let until = times.end.saturating_add(watch);
        let span = span(until, watch, times);
        let runs = bench.run(crew, settings, 0..replications, span);
        if runs.len() < replications as usize {
            return None;
        }
        let ends: Vec<End> = runs.iter().map(|run| judge(run, times, until)).collect();
        let left = ends.iter().filter_map(|end| match end.state {
            State::Clearing(left) => Some(left),
            State::Back | State::Down => None,
        });
        let is_down = ends.iter().any(|end| end.state == State::Down);
        match left.max() {
            Some(left) if watch < longest && !is_down => {
                let more = (left / 2).saturating_mul(3).max(watch / 2);
                watch = watch.saturating_add(more).min(longest);
            }
            _ => return Some(Watched { ends, watch, runs }),
        }
    }
}

/// All of it as a series, fine enough for what is before the trigger, its tail as the window.
fn span(until: u64, watch: u64, times: Times) -> Span {
    let before = times.start - times.lead_in / 2;
    let bucket_ns = (watch / BUCKETS).min(before / TAIL).max(1);
    Span {
        bucket_ns,
        bucket_cap: (until / bucket_ns + 2) as usize,
        ..Span::until(until - watch / TAIL, until, 0)
    }
}

fn judge(run: &Observations, times: Times, until: u64) -> End {
    let width = run.series.bucket_ns.max(1);
    let buckets = &run.series.buckets[..];
    let place = |at: u64| ((at / width) as usize).min(buckets.len());
    let part = |from: u64, to: u64| Stretch::of(&buckets[place(from).min(place(to))..place(to)]);
    let watch = until - times.end;
    // Half of the lead-in is as warm as it gets, and more to compare with.
    let before = part(times.lead_in / 2, times.start);
    let tail = part(until - watch / TAIL, until);
    let third = part(times.end + watch / 2, times.end + watch / 4 * 3);
    let last = part(times.end + watch / 4 * 3, until);
    let peak = buckets
        .get(place(times.end))
        .map_or(0, |bucket| bucket.inside);
    let answers = tail.answers_like(&before);
    let shrinks = last.inside < (1.0 - MOVES) * third.inside;
    let grows = last.inside > (1.0 + MOVES) * third.inside;
    let improves = last.answered() > third.answered() + MOVES;
    let state = if answers && tail.holds_like(&before) {
        State::Back
    } else if shrinks || improves {
        let pace = (third.inside - last.inside) / (watch / 4) as f64;
        let left = if shrinks {
            last.inside / pace
        } else {
            watch as f64
        };
        State::Clearing(left as u64)
    } else if answers && !grows {
        State::Back
    } else {
        State::Down
    };
    let after = &buckets[place(times.end)..place(until)];
    let recovery = recovered(after, &before) as u64 * width;
    End {
        state,
        compared: before.ended,
        answered: [before.answered(), tail.answered()],
        inside: [peak as f64, tail.inside],
        recovery: (state == State::Back).then_some(recovery),
    }
}
