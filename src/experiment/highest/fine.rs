//! A close look at a few neighbouring loads with common random numbers (S37).

use std::ops::Range;

use super::root::{Root, half_width, margin, root};
use crate::engine::observation::Observations;
use crate::experiment::batches::Basis;
use crate::experiment::objectives::{Evidence, measure};
use crate::experiment::replicate::{Bench, Crew, Script, Span};
use crate::experiment::settings::Settings;
use crate::experiment::summarise::fold::Fold;
use crate::model::{Metric, Model, Objective};
use crate::statistics::Confidence;

/// Groups of replications of which one after the other is left out, where there are many: each
/// costs a measurement of all the others (B. Efron and R. Tibshirani 1993, *An Introduction to the
/// Bootstrap*, chapter 11, on the jackknife by groups).
const GROUPS: usize = 40;

/// Neighbouring loads, ascending, and what they showed so far.
pub struct Fine<'m> {
    /// The loads.
    pub loads: Vec<f64>,
    /// One bench a load.
    pub benches: Vec<Bench<'m>>,
    /// Replications by load, in index order.
    pub runs: Vec<Vec<Observations>>,
    /// Counted in each replication.
    pub span: Vec<Span>,
    objectives: Vec<&'m Objective>,
}

/// What the loads say.
#[derive(Clone, Debug)]
pub struct Crossing {
    /// Where the first objective is broken.
    pub root: Root,
    /// Which one; `None` where none is.
    pub binding: Option<usize>,
    /// Where each is.
    pub each: Vec<Root>,
    /// Half-width of the interval of the root; `None` where there is none.
    pub half: Option<f64>,
}

/// Objectives that a higher load can break.
pub fn asked(model: &Model) -> Vec<&Objective> {
    let all = model.objectives.iter();
    all.filter(|one| one.metric != Metric::Availability && !one.asks_for_load())
        .collect()
}

impl<'m> Fine<'m> {
    /// Loads with their models; `span` says what each counts.
    pub fn new(models: &'m [Model], loads: Vec<f64>, span: Vec<Span>) -> Self {
        let benches: Vec<Bench<'m>> = models.iter().map(Bench::new).collect();
        let objectives = models.first().map_or_else(Vec::new, asked);
        Self {
            runs: vec![Vec::new(); loads.len()],
            loads,
            benches,
            span,
            objectives,
        }
    }

    /// Replications up to `count` of every load; `None` when interrupted.
    pub fn extend(&mut self, crew: &Crew, settings: &Settings<'_>, count: u32) -> Option<()> {
        let first = self.runs[0].len() as u32;
        let each = (count - first) as usize;
        let made = crew.map(each * self.loads.len(), |task| {
            let (place, number) = (task / each, first + (task % each) as u32);
            let bench = &self.benches[place];
            let run = bench.one(settings, number, self.span[place], Script::NOTHING);
            settings.progress.step();
            run
        });
        let mut made = made.into_iter();
        for runs in &mut self.runs {
            for run in made.by_ref().take(each) {
                runs.push(run?);
            }
        }
        Some(())
    }

    /// What was measured at one load, by objective.
    pub fn measured(&self, place: usize) -> Vec<Option<f64>> {
        self.measured_from(place, &self.runs[place])
    }

    fn measured_from(&self, place: usize, runs: &[Observations]) -> Vec<Option<f64>> {
        let bench = &self.benches[place];
        let evidence = Evidence {
            model: bench.model,
            lowered: &bench.lowered,
            fold: Fold {
                runs,
                confidence: Confidence::Sequential,
                basis: Basis::Replications,
                exact: false,
            },
            grows: false,
        };
        let objectives = self.objectives.iter();
        objectives
            .map(|objective| measure(evidence, objective).value)
            .collect()
    }

    /// Roots of all objectives when these replications are left out of every load.
    fn roots(&mut self, without: Range<usize>) -> Vec<Root> {
        let mut margins = vec![Vec::new(); self.objectives.len()];
        for place in 0..self.loads.len() {
            let mut runs = std::mem::take(&mut self.runs[place]);
            let kept = runs.len() - without.len();
            let to_the_end = |runs: &mut [Observations]| {
                for (out, last) in without.clone().zip(kept..) {
                    runs.swap(out, last);
                }
            };
            to_the_end(&mut runs);
            let values = self.measured_from(place, &runs[..kept]);
            to_the_end(&mut runs);
            self.runs[place] = runs;
            for ((margins, value), objective) in
                margins.iter_mut().zip(values).zip(&self.objectives)
            {
                margins.push(margin(objective, value));
            }
        }
        let each = margins.iter();
        each.map(|margins| root(&self.loads, margins)).collect()
    }

    /// Where the first objective is broken, with its interval over the replications.
    pub fn crossing(&mut self) -> Crossing {
        let each = self.roots(0..0);
        let (binding, first) = lowest(&each);
        let mut half = None;
        if matches!(first, Root::At(_)) {
            let size = group(self.runs[0].len());
            let groups = (0..self.runs[0].len()).step_by(size);
            let left_out = groups.map(|first| match lowest(&self.roots(first..first + size)).1 {
                Root::At(load) => load,
                Root::Below => self.loads[0],
                Root::Above => self.loads[self.loads.len() - 1],
            });
            half = half_width(&left_out.collect::<Vec<_>>());
        }
        Crossing {
            root: first,
            binding,
            each,
            half,
        }
    }
}

/// Replications that are left out together of so many: one, or as many as leave [`GROUPS`] groups.
fn group(count: usize) -> usize {
    if count > GROUPS && count.is_multiple_of(GROUPS) {
        count / GROUPS
    } else {
        1
    }
}

/// The lowest of several roots, and whose it is.
fn lowest(roots: &[Root]) -> (Option<usize>, Root) {
    let rank = |root: &Root| match *root {
        Root::Below => f64::NEG_INFINITY,
        Root::At(load) => load,
        Root::Above => f64::INFINITY,
    };
    let all = roots.iter().enumerate();
    let first = all.min_by(|(_, a), (_, b)| rank(a).total_cmp(&rank(b)));
    match first {
        None | Some((_, Root::Above)) => (None, Root::Above),
        Some((place, root)) => (Some(place), *root),
    }
}
