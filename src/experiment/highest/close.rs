//! The close look: neighbouring loads with the same draws, until the crossing is known well enough.

use super::fine::{Crossing, Fine};
use super::root::Root;
use super::{End, Search, TOP};
use crate::experiment::ExperimentError;
use crate::experiment::load_axis::under;
use crate::experiment::pilot::pilot;
use crate::experiment::replicate::{Bench, Span};
use crate::experiment::result::{LoadAxis, Warning};
use crate::experiment::sample::{PILOT_SHARE, Sample};
use crate::experiment::scenario::Kind;
use crate::experiment::summarise::result;
use crate::model::Model;
use crate::statistics::Confidence;

/// Loads looked at closely.
const POINTS: u32 = 5;
/// Counted requests of a replication, unless the settings say otherwise.
const REQUESTS: u64 = 20_000;
/// Replications to begin with, and at most.
const REPLICATIONS: (u32, u32) = (10, 320);
/// Share of the precision asked for at which to stop: an interval at its very edge would leave it
/// as often as not in another run.
const SURE: f64 = 0.75;
/// Most times that the loads looked at are moved.
const MOVES: u32 = 4;

impl Search<'_> {
    /// Neighbouring loads with common draws until the interval is narrow enough.
    pub(super) fn close_look(
        &mut self,
        bracket: (f64, f64),
        bound: f64,
        within: f64,
    ) -> Result<End, ExperimentError> {
        let (mut low, mut high) = bracket;
        for _ in 0..MOVES {
            let loads = self.points(low, high, bound);
            let models = loads.iter().map(|&load| under(&self.base, self.axis, load));
            let models: Vec<Model> = models.collect::<Result<_, _>>()?;
            let Some((mut fine, warnings)) = self.fine(&models, loads.clone()) else {
                return Ok(End::nothing(false));
            };
            let Some(crossing) = self.narrow(&mut fine, within) else {
                return Ok(End::nothing(false));
            };
            let (first, last) = (loads[0], loads[loads.len() - 1]);
            let width = last - first;
            match crossing.root {
                Root::Below => (low, high) = ((first - width).max(first / 2.0), first),
                Root::Above if last < TOP * bound => {
                    (low, high) = (last, (last + width).min(TOP * bound));
                }
                Root::At(_) | Root::Above => return Ok(self.ended(fine, crossing, warnings)),
            }
        }
        let mut end = End::nothing(false);
        end.warnings.push(Warning {
            code: "no_crossing",
            text: "close looks did not find the load at which the first objective breaks: short \
                   and long runs do not agree"
                .to_owned(),
        });
        Ok(end)
    }

    /// Loads from below one to above the other.
    fn points(&self, low: f64, high: f64, bound: f64) -> Vec<f64> {
        let room = (high - low) / 4.0;
        let (from, to) = (low - room, (high + room).min(0.995 * bound).max(high));
        let step = (to - from) / f64::from(POINTS - 1);
        let all = (0..POINTS).map(|place| self.whole(from + step * f64::from(place)));
        let mut all: Vec<f64> = all.collect();
        all.dedup();
        all
    }

    /// The bench of a close look; `None` when interrupted.
    fn fine<'m>(&self, models: &'m [Model], loads: Vec<f64>) -> Option<(Fine<'m>, Vec<Warning>)> {
        self.settings.progress.phase("warm-up", None);
        let middle = &models[models.len() / 2];
        let cap = middle.run.cap / PILOT_SHARE;
        let found = pilot(&Bench::new(middle), &self.crew, self.settings, cap)?;
        let mut warnings = Vec::new();
        if found.doubtful {
            warnings.push(Warning {
                code: "warm_up_doubtful",
                text: "the warm-up seemed longer than could be looked at".to_owned(),
            });
        }
        let count = self.settings.requests.unwrap_or(REQUESTS);
        let length = found.time_for(count).max(1);
        // The same stretch of draws at every load: as many requests, at their own pace.
        let (own, drain) = (loads[models.len() / 2], middle.run.drain);
        let span = loads.iter().map(|load| {
            let scale = match self.axis {
                LoadAxis::Rate => own / load,
                LoadAxis::Users => 1.0,
            };
            let warm_up = (found.truncation as f64 * scale) as u64;
            Span::until(warm_up, warm_up + (length as f64 * scale) as u64, drain)
        });
        let span = span.collect();
        Some((Fine::new(models, loads, span), warnings))
    }

    /// Replications until the interval is narrow enough; `None` when interrupted.
    fn narrow(&self, fine: &mut Fine<'_>, within: f64) -> Option<Crossing> {
        let mut count = self.settings.replications.unwrap_or(REPLICATIONS.0);
        loop {
            let more = u64::from(count) * fine.loads.len() as u64;
            self.settings.progress.phase("close look", Some(more));
            fine.extend(&self.crew, self.settings, count)?;
            let crossing = fine.crossing();
            let Root::At(load) = crossing.root else {
                return Some(crossing);
            };
            let is_narrow = crossing
                .half
                .is_some_and(|half| half <= SURE * within * load);
            let is_fixed = self.settings.replications.is_some();
            if is_narrow || is_fixed || count >= REPLICATIONS.1 {
                return Some(crossing);
            }
            count = (2 * count).min(REPLICATIONS.1);
        }
    }

    /// What a close look found, with the resources at the highest load that it kept.
    fn ended(&mut self, mut fine: Fine<'_>, crossing: Crossing, warnings: Vec<Warning>) -> End {
        let replications = fine.runs[0].len() as u32;
        let at = match crossing.root {
            Root::At(load) => load,
            Root::Below => fine.loads[0],
            Root::Above => f64::INFINITY,
        };
        for place in 0..fine.loads.len() {
            let load = fine.loads[place];
            let measured = fine.measured(place);
            self.note(load, measured, load <= at, replications);
        }
        let below = fine.loads.iter().rposition(|&load| load <= at).unwrap_or(0);
        let busy_at = fine.loads[below];
        let runs = std::mem::take(&mut fine.runs[below]);
        let run = Sample {
            runs,
            bench: fine.benches.swap_remove(below),
            confidence: Confidence::Sequential,
            exact: false,
            kind: Kind::Steady,
            warm_up: fine.span[below].warm_up,
            target: None,
            partial: false,
            warnings: Vec::new(),
            batches: None,
        };
        let run = result(&run, self.settings);
        End {
            crossing: Some(crossing),
            replications,
            busiest: run.bottlenecks,
            busy_at,
            warnings,
            is_above: false,
        }
    }
}
