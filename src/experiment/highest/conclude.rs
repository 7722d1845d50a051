//! What a search found, in words and numbers.

use super::fine::asked;
use super::root::Root;
use super::{End, Search, TOP};
use crate::experiment::load_axis::{bound, full_at, named, own};
use crate::experiment::result::highest::{Binding, HighestResult, LimitOf};
use crate::experiment::result::{LoadAxis, Verdict};
use crate::experiment::summarise::header;

/// Share of intervals that hold the true load.
const CONFIDENCE: f64 = 0.95;
/// Share of the bound that may be planned with (S36).
const PLANNED: f64 = 0.7;

impl Search<'_> {
    /// `limit`: the load below which was looked.
    pub(super) fn conclude(&self, limit: f64, end: End) -> HighestResult {
        let own = own(&self.base, self.axis);
        let (load, half) = match &end.crossing {
            Some(found) => match found.root {
                Root::At(load) => (Some(load), found.half),
                Root::Below | Root::Above => (None, None),
            },
            None => (None, None),
        };
        let ci95 = load
            .zip(half)
            .map(|(load, half)| (self.least(load - half), self.least(load + half)));
        // So many whole users, and a part of one, keep it: whole ones do.
        let load = load.map(|load| self.least(load));
        let objectives = asked(&self.base);
        let each = end.crossing.as_ref().map(|found| &found.each);
        let limits = objectives.iter().enumerate().map(|(place, one)| {
            let root = each.map(|each| each[place]);
            LimitOf {
                text: one.text.clone(),
                load: match root {
                    Some(Root::At(load)) => Some(self.least(load)),
                    _ => None,
                },
                kept_beyond: matches!(root, Some(Root::Above)) || end.is_above,
            }
        });
        let limits = limits.collect();
        let low = ci95.map_or(load, |(low, _)| Some(low));
        let low = if end.is_above { Some(TOP * limit) } else { low };
        let (verdict, verdict_reason) = self.verdict(own, (load, ci95), limit, &end);
        let binding = end.crossing.as_ref().and_then(|found| found.binding);
        let bound = bound(&self.base, self.axis);
        let busy = end.busiest.first().and_then(|one| one.utilisation.value);
        let full = full_at(bound, busy, end.busy_at);
        let mut busiest = end.busiest.into_iter();
        let bottleneck = busiest.next();
        let binding = binding.map(|place| Binding {
            objective: objectives[place].text.clone(),
            component: bottleneck.as_ref().map(|one| one.component.clone()),
            resource: bottleneck.as_ref().map(|one| one.resource.clone()),
        });
        HighestResult {
            header: header("capacity", self.settings, &self.base),
            replications: end.replications,
            wall_s: 0.0,
            axis: self.axis,
            load_of_file: own,
            verdict,
            verdict_reason,
            load,
            ci95,
            confidence: CONFIDENCE,
            binding,
            bottleneck,
            next: busiest.next(),
            bound,
            at_least: end.is_above.then(|| self.whole(TOP * limit)),
            recommended_max: low.map(|low| self.planned(low, full)),
            objectives: limits,
            tried: self.tried.clone(),
            partial: false,
            warnings: end.warnings,
        }
    }

    /// Not more than `load`: users are whole.
    fn least(&self, load: f64) -> f64 {
        match self.axis {
            LoadAxis::Rate => load,
            LoadAxis::Users => load.floor(),
        }
    }

    /// The load to plan with, where something is full at a load.
    fn planned(&self, low: f64, full: Option<f64>) -> f64 {
        self.least(full.map_or(low, |full| low.min(PLANNED * full)))
    }

    fn name(&self, load: f64) -> String {
        named(self.axis, load)
    }

    /// Nothing breaks an objective as long as it is carried.
    fn beyond(&self, own: f64, limit: f64) -> (Verdict, String) {
        let (own_name, top) = (self.name(own), self.name(self.whole(TOP * limit)));
        if own <= TOP * limit {
            let text = format!("every objective is kept up to {top}, the highest load looked at");
            (Verdict::Pass, text)
        } else if own > limit && self.axis == LoadAxis::Rate {
            let all = self.name(limit);
            let text = format!("the file's {own_name} is more than the {all} that can be carried");
            (Verdict::Fail, text)
        } else {
            let text =
                format!("the file's {own_name} lies above {top}, the highest load looked at");
            (Verdict::Undecided, text)
        }
    }

    /// Between which loads the one that was not found lies, as far as was looked.
    fn so_far(&self) -> String {
        let kept = self.tried.iter().rfind(|one| one.kept);
        let broken = self.tried.iter().find(|one| !one.kept);
        match (kept, broken) {
            (Some(low), Some(high)) if low.load < high.load => format!(
                "the load was not found: {} kept every objective so far, {} did not",
                self.name(low.load),
                self.name(high.load)
            ),
            (Some(low), _) => format!(
                "the load was not found: {} kept every objective so far",
                self.name(low.load)
            ),
            (None, Some(high)) => format!(
                "the load was not found: {} did not keep every objective",
                self.name(high.load)
            ),
            (None, None) => "the load was not found".to_owned(),
        }
    }

    /// Whether the load of the file keeps every objective.
    fn verdict(
        &self,
        own: f64,
        (load, ci95): (Option<f64>, Option<(f64, f64)>),
        limit: f64,
        end: &End,
    ) -> (Verdict, String) {
        let own_name = self.name(own);
        let Some(load) = load else {
            if end.is_above {
                return self.beyond(own, limit);
            }
            let none = self.tried.iter().all(|one| !one.kept) && !self.tried.is_empty();
            return if none && !self.settings.is_stopped() {
                let text = "no load that was tried keeps every objective".to_owned();
                (Verdict::Fail, text)
            } else {
                (Verdict::Undecided, self.so_far())
            };
        };
        let (low, high) = ci95.unwrap_or((load, load));
        let most = self.name(load);
        if own <= low {
            let text = format!("every objective is kept up to {most}; the file has {own_name}");
            (Verdict::Pass, text)
        } else if own > high {
            let text = format!("the file's {own_name} is more than the {most} that keeps them");
            (Verdict::Fail, text)
        } else {
            let text = format!("the file's {own_name} lies within the interval around {most}");
            (Verdict::Undecided, text)
        }
    }
}
