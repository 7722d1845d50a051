//! Loads one after the other, and how the service was under each.

use crate::engine::observation::Bucket;
use crate::experiment::result::profile::Leg;
use crate::experiment::sample::Sample;
use crate::experiment::scenario::at_peak;
use crate::experiment::stretch::{Stretch, recovered, sum_of, worse_from};
use crate::model::{Arrivals, Model, Stage};

/// ns.
pub const MINUTE: u64 = 60_000_000_000;

/// One stretch of a profile.
#[derive(Clone, Debug, PartialEq)]
pub struct LegPlan {
    /// For people.
    pub name: String,
    /// Load at its start, in loads of the file.
    pub from: f64,
    /// Load at its end.
    pub to: f64,
    /// How long, ns.
    pub length: u64,
}

impl LegPlan {
    /// At one load.
    pub fn held(name: &str, load: f64, length: u64) -> Self {
        Self::ramp(name, (load, load), length)
    }

    /// From one load to another.
    pub fn ramp(name: &str, (from, to): (f64, f64), length: u64) -> Self {
        Self {
            name: name.to_owned(),
            from,
            to,
            length,
        }
    }
}

/// Puts loads in the place of the model's stages and faults. Of users there is always one.
pub fn put(model: &mut Model, legs: &[LegPlan]) {
    *model = at_peak(model);
    model.run.duration = None;
    model.run.requests = None;
    for workload in &mut model.workloads {
        let (own, least, list) = match &mut workload.arrivals {
            Arrivals::Open {
                rate_per_s, stages, ..
            } => (*rate_per_s, 0.0, stages),
            Arrivals::Closed { users, stages, .. } => (f64::from(*users), 1.0, stages),
            Arrivals::Replay { .. } => continue,
        };
        let stage = |leg: &LegPlan| Stage {
            from: (own * leg.from).max(least),
            to: (own * leg.to).max(least),
            length: leg.length,
            mix: Vec::new(),
        };
        *list = legs.iter().map(stage).collect();
    }
}

/// What happened in each leg of a sample, all replications together.
pub struct Course {
    /// Each leg, in order.
    pub legs: Vec<Leg>,
    buckets: Vec<Vec<Bucket>>,
    width: u64,
    /// Replications.
    runs: usize,
}

impl Course {
    /// Of a run of a model under these legs.
    pub fn of(sample: &Sample<'_>, plan: &[LegPlan]) -> Self {
        let (width, sums) = sum_of(&sample.runs);
        let runs = sample.runs.len().max(1);
        let mut begun = 0_u64;
        let mut course = Self {
            legs: Vec::new(),
            buckets: Vec::new(),
            width,
            runs,
        };
        for leg in plan {
            let at = |time: u64| {
                let from = sample.bench.lead_in.saturating_add(time);
                ((from / width) as usize).min(sums.len())
            };
            let end = begun.saturating_add(leg.length);
            let own = &sums[at(begun)..at(end)];
            let sum = Stretch::of(own);
            let seconds = own.len() as f64 * width as f64 / 1e9 * runs as f64;
            course.legs.push(Leg {
                name: leg.name.clone(),
                from_s: begun as f64 / 1e9,
                to_s: end as f64 / 1e9,
                load: leg.to,
                offered_rps: sum.offered as f64 / seconds,
                throughput_rps: sum.succeeded as f64 / seconds,
                lost_share: 1.0 - sum.answered(),
            });
            course.buckets.push(own.to_vec());
            begun = end;
        }
        course
    }

    /// From the start of a leg until requests were answered as in another leg for good, and no more
    /// were inside than there, then and on average from then on, s; `None`: not within it.
    pub fn back_after_s(&self, leg: usize, before: usize) -> Option<f64> {
        let buckets = &self.buckets[leg];
        let sum = self.stretch(before);
        let holds = |part: &[Bucket]| Stretch::of(part).holds_like(&sum);
        let empty = (0..buckets.len())
            .find(|&place| holds(&buckets[place..=place]) && holds(&buckets[place..]))?;
        let back = recovered(buckets, &sum).max(empty);
        (back < buckets.len()).then(|| back as f64 * self.width as f64 / 1e9)
    }

    /// Requests answered in time per second in a part of a leg, whose ends are ns from its start,
    /// to the width of a stretch of the run.
    pub fn answered_rps(&self, leg: usize, (from, to): (u64, u64)) -> f64 {
        let buckets = &self.buckets[leg];
        let first = ((from / self.width) as usize).min(buckets.len());
        let last = (to.div_ceil(self.width) as usize).clamp(first, buckets.len());
        let own = &buckets[first..last];
        let seconds = own.len().max(1) as f64 * self.width as f64 / 1e9;
        Stretch::of(own).succeeded as f64 / seconds / self.runs as f64
    }

    /// Whether requests of a leg were answered as in another one all the time.
    pub fn is_like(&self, leg: usize, before: usize) -> bool {
        worse_from(&self.buckets[leg], &self.stretch(before)).is_none()
    }

    fn stretch(&self, leg: usize) -> Stretch {
        Stretch::of(&self.buckets[leg]).over(self.runs)
    }

    /// Requests that ended without a good answer in a leg.
    pub fn lost(&self, leg: usize) -> u64 {
        let sum = Stretch::of(&self.buckets[leg]);
        sum.ended - sum.succeeded
    }
}
