//! The course of an incident in one replication.

use crate::engine::observation::{Bucket, Observations};
use crate::experiment::alarms::{answers, fired};
use crate::experiment::sample::Sample;
use crate::experiment::stretch::{Stretch, recovered, worse_from};
use crate::model::Fault;
use crate::theory::burn_rate::{ALERTS, BurnRate};

/// Who learned of it first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Witness {
    /// This alarm, by number.
    Alarm(usize),
    /// Customers who called.
    Customers,
}

/// Instants of one replication, ns from the end of the lead-in.
#[derive(Clone, Debug)]
pub struct Course {
    /// The first fault begins.
    pub occurred: u64,
    /// From when to when the service was not as before; `None`: it always was. Without an end it
    /// was not back when the run was over.
    pub felt: Option<(u64, Option<u64>)>,
    /// When and by whom it was detected.
    pub detected: Option<(u64, Witness)>,
    /// The last fault is over; `None`: some is not.
    pub whole: Option<u64>,
    /// Failed or late beyond the share of before.
    pub lost: f64,
    /// Requests a second before.
    pub rate_per_s: f64,
    /// Share of them answered in time; 1 where there were none.
    pub answered_before: f64,
    /// When each alert on the burn rate fires.
    pub burnt: Vec<Option<u64>>,
}

impl Course {
    /// The service is as before: at once where nothing was felt.
    pub fn restored(&self) -> Option<u64> {
        match self.felt {
            None => Some(self.occurred),
            Some((_, end)) => end,
        }
    }

    /// Everything is whole, and the service as before.
    pub fn ended(&self) -> Option<u64> {
        Some(self.whole?.max(self.restored()?))
    }
}

/// The course of replication `number` of a sample. Customers call `patience` ns after they have
/// begun to feel it; the budget allows the share `allowed` to fail.
pub fn course(
    sample: &Sample<'_>,
    number: usize,
    seed: u64,
    patience: u64,
    allowed: f64,
) -> Option<Course> {
    let (bench, run) = (&sample.bench, &sample.runs[number]);
    let (model, lead_in) = (bench.model, bench.lead_in);
    let alarms = fired(model, &bench.lowered, run, lead_in, (seed, number as u32));
    let faults = if bench.is_watched {
        answers(model, &alarms).0
    } else {
        model.faults.clone()
    };
    let occurred = faults.iter().map(|fault| fault.at).min()?;
    let horizon = run.window.1.saturating_sub(lead_in);
    let ends = faults.iter().map(Fault::end);
    let whole = ends.collect::<Option<Vec<u64>>>();
    let whole = whole.and_then(|ends| ends.into_iter().max());
    let whole = whole.filter(|end| *end <= horizon);
    let seen = Seen::of(run, lead_in, occurred);
    let felt = seen.felt();
    let alarm = alarms.iter().enumerate().filter_map(|(place, times)| {
        let first = times.iter().find(|at| **at >= occurred)?;
        Some((*first, Witness::Alarm(place)))
    });
    let called = felt.map(|(from, _)| (from.saturating_add(patience), Witness::Customers));
    let detected = alarm.chain(called).min_by_key(|(at, _)| *at);
    Some(Course {
        occurred,
        felt,
        detected: detected.filter(|(at, _)| *at <= horizon),
        whole,
        lost: seen.lost(),
        rate_per_s: seen.rate_per_s(),
        answered_before: seen.answered_before(),
        burnt: ALERTS
            .iter()
            .map(|alert| seen.burnt(alert, allowed))
            .collect(),
    })
}

/// A replication before and after the first fault.
struct Seen<'a> {
    after: &'a [Bucket],
    before: Stretch,
    before_s: f64,
    width: u64,
    occurred: u64,
    /// Start of `after`, ns from the end of the lead-in.
    from: u64,
}

impl<'a> Seen<'a> {
    fn of(run: &'a Observations, lead_in: u64, occurred: u64) -> Self {
        let width = run.series.bucket_ns.max(1);
        let buckets = &run.series.buckets[..];
        let place = |at: u64| ((at / width) as usize).min(buckets.len());
        // The bucket in which it happens belongs to what comes after.
        let split = place(lead_in.saturating_add(occurred));
        let first = place(lead_in / 2).min(split);
        let end = place(run.window.1).max(split);
        Self {
            after: &buckets[split..end],
            before: Stretch::of(&buckets[first..split]),
            before_s: ((split - first) as u64 * width) as f64 / 1e9,
            width,
            occurred,
            from: (split as u64 * width).saturating_sub(lead_in),
        }
    }

    fn at(&self, place: usize) -> u64 {
        self.from + place as u64 * self.width
    }

    fn felt(&self) -> Option<(u64, Option<u64>)> {
        let first = worse_from(self.after, &self.before)?;
        let back = recovered(self.after, &self.before);
        let end = (back < self.after.len()).then(|| self.at(back));
        Some((self.at(first).max(self.occurred), end))
    }

    fn rate_per_s(&self) -> f64 {
        if self.before_s > 0.0 {
            self.before.offered as f64 / self.before_s
        } else {
            0.0
        }
    }

    fn answered_before(&self) -> f64 {
        if self.before.ended > 0 {
            self.before.answered()
        } else {
            1.0
        }
    }

    fn lost(&self) -> f64 {
        let all = Stretch::of(self.after);
        let bad = (all.ended - all.succeeded) as f64;
        (bad - (1.0 - self.before.answered()) * all.ended as f64).max(0.0)
    }

    /// The end of the first bucket at which both windows have burnt enough. Before the fault
    /// nothing had failed, at the rate of that time.
    fn burnt(&self, alert: &BurnRate, allowed: f64) -> Option<u64> {
        let bad: Vec<f64> = self
            .after
            .iter()
            .map(|bucket| (bucket.late + bucket.failed) as f64)
            .collect();
        let over = |place: usize, length_s: f64| {
            let buckets = ((length_s * 1e9) as u64 / self.width).max(1) as usize;
            let first = (place + 1).saturating_sub(buckets);
            let failed: f64 = bad[first..=place].iter().sum();
            failed / (self.rate_per_s() * length_s)
        };
        let fires = |place: &usize| {
            let most = alert.threshold(allowed);
            over(*place, alert.long_s) >= most && over(*place, alert.short_s) >= most
        };
        (0..bad.len()).find(fires).map(|place| self.at(place + 1))
    }
}
