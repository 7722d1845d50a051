//! Crashes under load, run against the same draws without crash.

use crate::engine::observation::{Bucket, Observations};
use crate::engine::plan::End;
use crate::experiment::batches::Basis;
use crate::experiment::pilot::Pilot;
use crate::experiment::replicate::{Bench, Crew, Script, Span};
use crate::experiment::settings::Settings;
use crate::experiment::summarise::fold::Fold;
use crate::fault::crash_of;
use crate::model::Fault;
use crate::reliability::{Atom, takeover_of};
use crate::statistics::Confidence;

/// Shortest length of a tested fault, ns (S47).
const SHORTEST: u64 = 300_000_000_000;
/// Time watched after the repair for a state that does not come back, ns.
const AFTER: u64 = 300_000_000_000;
/// Shortest bucket in which losses are looked at, ns.
const SECOND: u64 = 1_000_000_000;
/// Requests that a bucket should hold over all replications.
const PER_BUCKET: u64 = 100;
/// Fewest and most replications of each crash.
const REPLICATIONS: (u64, u64) = (2, 5);
/// Events that all crashes together should cost.
const EFFORT: f64 = 80_000_000.0;

/// Where crashes are tried: the bench with its lead-in and the times of the trial.
pub struct Bed<'a> {
    /// The model and its program.
    pub bench: Bench<'a>,
    /// Start of the fault, ns: the system is warm.
    pub start: u64,
    /// Length of the fault, ns.
    pub length: u64,
    /// Length of a bucket, ns.
    pub bucket_ns: u64,
    /// Replications of each.
    pub replications: u32,
}

/// The replications of one crash (or of none).
pub struct Trial {
    /// The settled last third of the outage was counted; the series cover all of it.
    pub runs: Vec<Observations>,
}

/// Sums over the replications in one stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stretch {
    /// Offered.
    pub offered: u64,
    /// Answered in time.
    pub succeeded: u64,
    /// Failed.
    pub failed: u64,
    /// With an outcome.
    pub ended: u64,
}

impl<'a> Bed<'a> {
    /// Lengths and replications for crashing `parts` parts.
    pub fn new(bench: Bench<'a>, found: &Pilot, settings: &Settings<'_>, parts: usize) -> Self {
        let model = bench.model;
        let ttl = model
            .components
            .iter()
            .filter_map(|one| Some(one.names.as_ref()?.ttl))
            .max();
        let atoms = crate::reliability::Atoms::of(model);
        let detection = atoms
            .all()
            .filter_map(|atom| takeover_of(model, atom))
            .map(|recovery| (recovery.seconds * 1e9) as u64)
            .max();
        let longest = ttl
            .unwrap_or(0)
            .max(detection.unwrap_or(0))
            .saturating_mul(3);
        let length = SHORTEST.max(longest);
        let requests = found.requests_in(length).max(1) as f64;
        let cost = requests * found.events_per_request.max(1.0) * (parts + 1) as f64;
        let affordable = (EFFORT / cost) as u64;
        let chosen = affordable.clamp(REPLICATIONS.0, REPLICATIONS.1) as u32;
        let replications = settings.replications.unwrap_or(chosen).max(1);
        let full = found.time_for(PER_BUCKET / u64::from(replications));
        let bucket_ns = full.clamp(SECOND, (length / 30).max(SECOND));
        let whole = |ns: u64| ns.div_ceil(bucket_ns) * bucket_ns;
        let start = whole(found.truncation.saturating_mul(2).max(1));
        Self {
            bench,
            start,
            length: whole(length),
            bucket_ns,
            replications,
        }
    }

    /// End of the fault, ns.
    fn end(&self) -> u64 {
        self.start + self.length
    }

    fn span(&self, from: u64, to: u64) -> Span {
        Span {
            warm_up: from,
            end: End::At(to),
            drain: self.bench.model.run.drain,
            bucket_ns: self.bucket_ns,
            bucket_cap: 4 * (to / self.bucket_ns + 1) as usize,
            mark_ns: 0,
        }
    }

    fn settled(&self) -> Span {
        self.span(self.start + self.length / 3 * 2, self.end())
    }

    /// The crashes of these atoms at once, at 0 for the length of a trial; none of an atom that is
    /// no part.
    fn crashes(&self, atoms: &[Atom]) -> Vec<Fault> {
        let parts = atoms.iter().filter_map(|atom| atom.part());
        parts
            .map(|part| crash_of(part, 0, Some(self.length)))
            .collect()
    }

    fn one(
        &self,
        settings: &Settings<'_>,
        atoms: &[Atom],
        replication: u32,
        span: Span,
    ) -> Option<Observations> {
        let script = Script {
            faults: &self.crashes(atoms),
            after: self.start,
            with_laws: false,
        };
        let run = self.bench.one(settings, replication, span, script);
        settings.progress.step();
        run
    }

    fn all(
        &self,
        crew: &Crew,
        settings: &Settings<'_>,
        atoms: &[Atom],
        span: Span,
    ) -> Option<Trial> {
        let run = |number: usize| self.one(settings, atoms, number as u32, span);
        let runs = crew.map(self.replications as usize, run);
        Some(Trial {
            runs: runs.into_iter().collect::<Option<_>>()?,
        })
    }

    /// The same time without fault.
    pub fn baseline(&self, crew: &Crew, settings: &Settings<'_>) -> Option<Trial> {
        self.all(crew, settings, &[], self.settled())
    }

    /// The crash of all of `atoms` at once.
    pub fn together(&self, crew: &Crew, settings: &Settings<'_>, atoms: &[Atom]) -> Option<Trial> {
        self.all(crew, settings, atoms, self.settled())
    }

    /// The crash of each of `atoms`; `None` where it was interrupted.
    pub fn crash_all(
        &self,
        crew: &Crew,
        settings: &Settings<'_>,
        atoms: &[Atom],
    ) -> Vec<Option<Trial>> {
        let each = self.replications as usize;
        let span = self.settled();
        let runs = crew.map(atoms.len() * each, |task| {
            self.one(
                settings,
                &atoms[task / each..=task / each],
                (task % each) as u32,
                span,
            )
        });
        let mut runs = runs.into_iter();
        let trial = |_: &Atom| {
            let mine: Vec<Option<Observations>> = runs.by_ref().take(each).collect();
            Some(Trial {
                runs: mine.into_iter().collect::<Option<_>>()?,
            })
        };
        atoms.iter().map(trial).collect()
    }

    /// The crash with all of the outage counted.
    pub fn whole(&self, crew: &Crew, settings: &Settings<'_>, atom: Atom) -> Option<Trial> {
        self.all(crew, settings, &[atom], self.span(self.start, self.end()))
    }

    /// The crash with the time after the repair counted.
    pub fn after(&self, crew: &Crew, settings: &Settings<'_>, atom: Atom) -> Option<Trial> {
        self.all(
            crew,
            settings,
            &[atom],
            self.span(self.end(), self.end() + AFTER),
        )
    }

    /// The buckets of the fault, of this width, ns: from the first to before the last.
    pub fn places(&self, width: u64) -> (usize, usize) {
        ((self.start / width) as usize, (self.end() / width) as usize)
    }

    /// Buckets from the start to the end of the fault, summed over replications.
    pub fn outage(&self, trial: &Trial) -> Vec<Stretch> {
        trial.stretches(self.start, self.end())
    }

    /// Buckets of the last third of the time watched after the repair.
    pub fn long_after(&self, trial: &Trial) -> Vec<Stretch> {
        trial.stretches(self.end() + AFTER / 3 * 2, self.end() + AFTER)
    }
}

impl Trial {
    /// The replications as estimates are made from them.
    pub fn fold(&self) -> Fold<'_> {
        let exact = self.runs.iter().all(|run| !run.random);
        Fold {
            runs: &self.runs,
            confidence: Confidence::Fixed,
            basis: Basis::Replications,
            exact,
        }
    }

    /// The longest of the widths of the replications' buckets, ns.
    pub fn width(&self) -> u64 {
        let widths = self.runs.iter().map(|run| run.series.bucket_ns);
        widths.max().unwrap_or(1).max(1)
    }

    /// Sums over the replications in each bucket between two times, ns.
    fn stretches(&self, from: u64, to: u64) -> Vec<Stretch> {
        let width = self.width();
        let (first, last) = ((from / width) as usize, (to / width) as usize);
        let mut sums = vec![Stretch::default(); last.saturating_sub(first)];
        for run in &self.runs {
            let buckets = crate::experiment::summarise::breakdown::buckets_of(run, width);
            let counted = buckets.iter().skip(first);
            for (sum, bucket) in sums.iter_mut().zip(counted) {
                sum.add(bucket);
            }
        }
        sums
    }
}

impl Stretch {
    fn add(&mut self, bucket: &Bucket) {
        self.offered += bucket.offered;
        self.succeeded += bucket.succeeded;
        self.failed += bucket.failed;
        self.ended += bucket.succeeded + bucket.late + bucket.failed;
    }
}
