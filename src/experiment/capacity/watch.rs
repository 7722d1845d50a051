//! One load under the trigger, watched until it is clear whether the system comes back.
//!
//! Watching ends when every replication answers as before and holds no more than before, or as
//! the same draws do without trigger, or when what is inside no longer shrinks. While it shrinks
//! the watch goes on for half as long again as the rest needs at the pace seen, so that a backlog
//! B of a system that can do `c` and is sent `k x load` is watched for at least B / (c - k x load).

use crate::engine::observation::{Bucket, Observations};
use crate::experiment::replicate::{Bench, Crew, Span};
use crate::experiment::result::Tried;
use crate::experiment::settings::Settings;
use crate::experiment::stretch::{ERRORS, Stretch, recovered};
use crate::statistics::{Confidence, Estimate, share_of};

/// Shortest watch after the trigger's end, ns, and in lengths of the trigger.
const SHORTEST: (u64, u64) = (300_000_000_000, 10);
/// Longest watch in shortest watches.
const LONGEST: u64 = 16;
/// Share of the watch, at its end, in which the system must be as before.
pub const TAIL: u64 = 10;
/// Buckets of the shortest watch.
const BUCKETS: u64 = 200;
/// Parts of the later half of a watch that are taken as independent.
const SPELLS: usize = 10;
/// Times as many inside as at the trigger's end from which on a state is not coming back.
const GROWN: f64 = 2.0;
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
#[derive(Clone, Copy, Debug)]
pub struct End {
    /// Where it stands.
    pub state: State,
    /// Requests that ended before the trigger: what the rest is compared with.
    pub compared: u64,
    /// Share answered in time before the trigger and in the tail.
    pub answered: [f64; 2],
    /// Visits inside at the trigger's end and in the tail.
    pub inside: [f64; 2],
    /// From the trigger's end until everything was as before for good, ns.
    as_before_from: Option<u64>,
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
    /// No replication comes back: there is nothing to come back to.
    pub fn is_not_carried(&mut self) {
        for end in &mut self.ends {
            end.state = State::Down;
        }
    }

    /// The replications that are down, or else those that are not back.
    pub fn down(&self) -> Vec<Observations> {
        let of = |is_wanted: &dyn Fn(State) -> bool| -> Vec<Observations> {
            let ended = self.ends.iter().zip(&self.runs);
            let wanted = ended.filter(|(end, _)| is_wanted(end.state));
            wanted.map(|(_, run)| run.clone()).collect()
        };
        let down = of(&|state| state == State::Down);
        if down.is_empty() {
            of(&|state| state != State::Back)
        } else {
            down
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
            .filter_map(End::recovery)
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

/// Watches `bench` until it is clear how every replication ends, `calm` being the same without
/// trigger; `None` when interrupted.
pub fn watch(
    [bench, calm]: [&Bench<'_>; 2],
    crew: &Crew,
    settings: &Settings<'_>,
    times: Times,
    replications: u32,
) -> Option<Watched> {
    let shortest = SHORTEST
        .0
        .max((times.end - times.start).saturating_mul(SHORTEST.1));
    let (mut watch, longest) = (shortest, shortest.saturating_mul(LONGEST));
    let mut was_down = false;
    loop {
        let until = times.end.saturating_add(watch);
        let span = span(until, watch, times);
        let runs = bench.run(crew, settings, 0..replications, span);
        if runs.len() < replications as usize {
            return None;
        }
        let mut ends: Vec<End> = runs.iter().map(|run| judge(run, times, until)).collect();
        for (end, number) in ends.iter_mut().zip(0..) {
            if end.state == State::Down {
                let calm = calm.run(crew, settings, number..number + 1, span);
                let late = |run| part(run, until - watch / 2, until);
                end.compare(late(&runs[number as usize]), late(calm.first()?));
            }
        }
        let is_down = ends.iter().any(|end| end.state == State::Down);
        let is_known = ends.iter().all(|end| end.state == State::Back)
            || is_down && (was_down || grows(&ends));
        if is_known || watch >= longest {
            return Some(Watched { ends, watch, runs });
        }
        let left = ends.iter().filter_map(|end| match end.state {
            State::Clearing(left) => Some(left),
            State::Back | State::Down => None,
        });
        let more = left
            .max()
            .map_or(watch, |left| (left / 2).saturating_mul(3));
        watch = watch.saturating_add(more.max(watch / 2)).min(longest);
        was_down = is_down;
    }
}

/// Whether the replications that are not back hold so much more together than when the trigger
/// ended that chance has no part in it: what stands still or moves slowly is looked at once more,
/// for longer, before it is called down.
fn grows(ends: &[End]) -> bool {
    let left = ends.iter().filter(|end| end.state != State::Back);
    let sums = left.fold([0.0, 0.0], |[first, last], end| {
        [first + end.inside[0], last + end.inside[1]]
    });
    sums[1] > GROWN * sums[0]
}

/// Share answered without the trigger, `calm`, in as much time as was watched with it; `None` when
/// interrupted.
pub fn carried(
    calm: &Bench<'_>,
    crew: &Crew,
    settings: &Settings<'_>,
    times: Times,
    watched: &Watched,
) -> Option<f64> {
    let until = times.end.saturating_add(watched.watch);
    let (all, span) = (watched.ends.len(), span(until, watched.watch, times));
    let runs = calm.run(crew, settings, 0..all as u32, span);
    let seen = runs
        .iter()
        .flat_map(|run| part(run, times.lead_in / 2, until));
    let sum = Stretch::of(&seen.cloned().collect::<Vec<_>>());
    (runs.len() == all).then(|| sum.answered())
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

impl End {
    /// What fails near saturation comes in spells, longer than a tail: the later half of a watch
    /// that is as without the trigger, as far as can be told, is back, if the load is carried
    /// then as it was before.
    fn compare(&mut self, late: &[Bucket], calm: &[Bucket]) {
        let ends = |buckets: &[Bucket]| answered(buckets).ci95.unwrap_or((0.0, 1.0));
        let (late_ends, calm_ends) = (ends(late), ends(calm));
        let (late, calm) = (Stretch::of(late), Stretch::of(calm));
        let is_carried = calm.answered() >= self.answered[0] - MOVES;
        if is_carried && late_ends.1 + ERRORS >= calm_ends.0 && late.holds_like(&calm) {
            (self.state, self.as_before_from) = (State::Back, None);
        }
    }

    /// From the trigger's end until it was back for good, ns; `None` where it is not or cannot be
    /// told.
    fn recovery(&self) -> Option<u64> {
        self.as_before_from.filter(|_| self.state == State::Back)
    }
}

/// Share answered of what ended in these buckets, with what its spells leave open.
fn answered(buckets: &[Bucket]) -> Estimate {
    let spells = buckets.chunks(buckets.len().div_ceil(SPELLS).max(1));
    let counts: Vec<(u64, u64)> = spells
        .map(Stretch::of)
        .map(|spell| (spell.succeeded, spell.ended))
        .collect();
    share_of(&counts, Confidence::Fixed)
}

/// The buckets of a run between two instants, ns.
fn part(run: &Observations, from: u64, to: u64) -> &[Bucket] {
    let (width, buckets) = (run.series.bucket_ns.max(1), &run.series.buckets);
    let place = |at: u64| ((at / width) as usize).min(buckets.len());
    &buckets[place(from).min(place(to))..place(to)]
}

fn judge(run: &Observations, times: Times, until: u64) -> End {
    let part = |from: u64, to: u64| part(run, from, to);
    let stretch = |from: u64, to: u64| Stretch::of(part(from, to));
    let watch = until - times.end;
    // Half of the lead-in is as warm as it gets, and more to compare with.
    let before = stretch(times.lead_in / 2, times.start);
    let tail = stretch(until - watch / TAIL, until);
    let third = stretch(times.end + watch / 2, times.end + watch / 4 * 3);
    let last = stretch(times.end + watch / 4 * 3, until);
    let after = part(times.end, until);
    let peak = after.first().map_or(0, |bucket| bucket.inside);
    let answers = tail.answers_like(&before);
    let first = stretch(times.end, times.end + watch / 4);
    let shrunk = |from: &Stretch| last.inside < (1.0 - MOVES) * from.inside;
    let grows = last.inside > (1.0 + MOVES) * third.inside;
    let improves = last.answered() > third.answered() + MOVES;
    let state = if answers && tail.holds_like(&before) {
        State::Back
    } else if shrunk(&third) || shrunk(&first) {
        // A quarter apart, or three: chance hides a slow pace in the shorter time.
        let from_third = (third.inside - last.inside) / (watch / 4) as f64;
        let from_first = (first.inside - last.inside) / (watch / 4 * 3) as f64;
        State::Clearing((last.inside / from_third.max(from_first)) as u64)
    } else if improves {
        State::Clearing(watch)
    } else if answers && !grows {
        State::Back
    } else {
        State::Down
    };
    End {
        state,
        compared: before.ended,
        answered: [before.answered(), tail.answered()],
        inside: [peak as f64, tail.inside],
        as_before_from: Some(recovered(after, &before) as u64 * run.series.bucket_ns),
    }
}
