//! Which loads a curve looks at: a first set from bounds or flags, then more around the
//! saturation point.

use super::CurveSettings;
use super::findings::{Measured, peak_load};
use crate::engine::program::Program;
use crate::experiment::result::LoadAxis;
use crate::experiment::run::ExperimentError;
use crate::experiment::scenario::load_of;
use crate::experiment::traffic::{crowd, headroom};
use crate::model::Model;

/// Loads of an open curve as shares of the bound by mean demands; the bound is never exceeded,
/// so the last two lie beyond saturation.
const SHARES: [f64; 12] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.05, 1.2];
/// Users of a closed curve as multiples of the asymptotic crossing.
const CROWDS: [f64; 12] = [
    0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85, 1.0, 1.25, 1.5, 2.0, 3.0,
];
/// Neighbours of the saturation point may differ by this.
const APART: f64 = 0.02;
/// Factor by which a curve that does not saturate is prolonged, and how often.
const STRETCH: (f64, usize) = (1.5, 8);
/// Largest load in journeys per second that is tried without a bound.
const STEPS: u32 = 12;

/// The loads still to be looked at.
pub struct Plan {
    axis: LoadAxis,
    ahead: Vec<f64>,
    stretches: usize,
    is_fixed: bool,
}

impl Plan {
    /// The first loads: `steps` equal ones between `from` and `to` when given, otherwise shares
    /// of the bound that mean demands put on throughput (or of the number of users at which the
    /// asymptotes cross).
    ///
    /// # Errors
    /// When a range is empty or not positive.
    pub fn new(
        program: &Program,
        model: &Model,
        axis: LoadAxis,
        asked: &CurveSettings,
    ) -> Result<Self, ExperimentError> {
        let (rate, users) = load_of(model);
        let mut loads = match axis {
            LoadAxis::Rate => {
                let factor = headroom(program).filter(|factor| factor.is_finite());
                let bound = rate * factor.unwrap_or(1.0);
                scaled(&SHARES, bound)
            }
            LoadAxis::Users => {
                let crossing = crowd(program).unwrap_or(users).max(1.0);
                let most = crossing.max(users / CROWDS[CROWDS.len() - 1]);
                scaled(&CROWDS, most)
            }
        };
        let is_fixed = asked.to.is_some();
        if asked.from.is_some() || asked.to.is_some() || asked.steps.is_some() {
            let largest = loads.last().copied().unwrap_or(1.0);
            let from = asked
                .from
                .unwrap_or_else(|| loads.first().copied().unwrap_or(1.0));
            let to = asked.to.unwrap_or(largest.max(2.0 * from));
            let steps = asked.steps.unwrap_or(STEPS);
            loads = spread(from, to, steps)?;
        }
        let mut plan = Self {
            axis,
            ahead: Vec::new(),
            stretches: 0,
            is_fixed,
        };
        for load in loads {
            plan.push(load, &[]);
        }
        plan.ahead.reverse();
        Ok(plan)
    }

    /// The next load; `None` when the curve is complete.
    pub fn next(&mut self, known: &[Measured]) -> Option<f64> {
        if self.ahead.is_empty() {
            for load in self.more(known) {
                self.push(load, known);
            }
        }
        self.ahead.pop()
    }

    /// Adds a load unless it is known; users are whole.
    fn push(&mut self, load: f64, known: &[Measured]) {
        let load = match self.axis {
            LoadAxis::Rate => load,
            LoadAxis::Users => load.round().max(1.0),
        };
        let same = |other: f64| (other / load - 1.0).abs() < 1e-6;
        if !self.ahead.iter().any(|&other| same(other)) && !known.iter().any(|m| same(m.load)) {
            self.ahead.push(load);
        }
    }

    /// Loads that are missing: further out while throughput grows, then closer around its peak.
    fn more(&mut self, known: &[Measured]) -> Vec<f64> {
        let Some(last) = known.last() else {
            return Vec::new();
        };
        let Some(peak) = peak_load(known, self.axis == LoadAxis::Rate) else {
            return Vec::new();
        };
        if peak >= last.load && !self.is_fixed && self.stretches < STRETCH.1 {
            self.stretches += 1;
            return vec![last.load * STRETCH.0];
        }
        let place = known.iter().position(|m| m.load >= peak).unwrap_or(0);
        let mut found = Vec::new();
        if place > 0 {
            found.extend(self.between(known[place - 1].load, peak));
        }
        if place + 1 < known.len() {
            found.extend(self.between(peak, known[place + 1].load));
        }
        found
    }

    /// The middle of two loads that are too far apart.
    fn between(&self, low: f64, high: f64) -> Option<f64> {
        let wide = high / low > 1.0 + APART;
        match self.axis {
            LoadAxis::Rate => wide.then(|| (low * high).sqrt()),
            LoadAxis::Users => (wide && high - low > 1.0).then(|| low.midpoint(high).round()),
        }
    }
}

fn scaled(shares: &[f64], by: f64) -> Vec<f64> {
    shares.iter().map(|share| share * by).collect()
}

fn spread(from: f64, to: f64, steps: u32) -> Result<Vec<f64>, ExperimentError> {
    if !(from > 0.0 && to > from && to.is_finite()) || steps < 2 {
        let text = "a curve needs 0 < from < to and at least 2 steps".to_owned();
        return Err(ExperimentError::Question(text));
    }
    let width = (to - from) / f64::from(steps - 1);
    Ok((0..steps)
        .map(|step| from + width * f64::from(step))
        .collect())
}
