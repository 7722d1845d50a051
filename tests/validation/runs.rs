//! A topology that is run until its numbers are known well enough.

use std::path::Path;

use linchpin::engine::observation::Observations;
use linchpin::experiment::pilot::pilot;
use linchpin::experiment::replicate::{Bench, Crew, Span};
use linchpin::experiment::sample::{Design, Number, Sample, collect, sample};
use linchpin::experiment::scenario::Kind;
use linchpin::experiment::summarise;
use linchpin::experiment::{Settings, ShareQuestion};
use linchpin::model::{Model, WarmUp};
use linchpin::statistics::Confidence;
use linchpin::topology;
use serde_json::Value;

use crate::case::RunSpec;

/// A topology under one specification, with all replications so far.
pub struct Run<'a> {
    spec: RunSpec,
    settings: Settings<'static>,
    model: &'a Model,
    sample: Sample<'a>,
    /// What each replication counts, of a steady run.
    span: Option<Span>,
    /// The result of all replications together.
    pub pooled: Value,
    /// The results of the single replications, as far as somebody asked for them.
    singles: Vec<Value>,
}

/// Keys of a result that are long and of no use for a single replication.
const NOT_OF_SINGLES: [&str; 6] = [
    "series",
    "distribution",
    "breakdown_s",
    "theory",
    "bottlenecks",
    "marks",
];

/// Reads the model of a specification.
///
/// # Panics
/// When the topology is refused.
pub fn model(folder: &Path, spec: &RunSpec) -> Model {
    let set: Vec<&str> = spec.set.iter().map(String::as_str).collect();
    let (loaded, problems) = topology::load(&folder.join(&spec.topology), &set);
    match loaded {
        Some(mut loaded) => {
            loaded.model.run.with_failures = spec.with_failures;
            loaded.model
        }
        None => panic!("{}", problems.human(false)),
    }
}

fn nanoseconds(seconds: f64) -> u64 {
    (seconds * 1e9).round() as u64
}

impl<'a> Run<'a> {
    /// The first replications.
    pub fn start(model: &'a Model, spec: &RunSpec, seed: u64, crew: &Crew) -> Self {
        let question = |(subject, time): &(String, f64)| ShareQuestion {
            subject: subject.clone(),
            threshold: nanoseconds(*time),
        };
        let settings = Settings {
            share_above: spec.share_above.iter().map(question).collect(),
            warm_up: spec.warm_up_s.map(|s| WarmUp::Fixed(nanoseconds(s))),
            ..Settings::new(seed)
        };
        let (sample, span) = match Kind::of(model) {
            Kind::Steady => {
                let (sample, span) = steady(model, spec, &settings, crew);
                (sample, Some(span))
            }
            Kind::Terminating { .. } => (terminating(model, spec.first, &settings, crew), None),
        };
        let mut run = Self {
            spec: spec.clone(),
            settings,
            model,
            sample,
            span,
            pooled: Value::Null,
            singles: Vec::new(),
        };
        run.pool();
        run
    }

    fn pool(&mut self) {
        if !self.sample.exact {
            self.sample.confidence = Confidence::Sequential;
        }
        self.pooled = self.result();
    }

    fn result(&self) -> Value {
        let result = summarise::result(&self.sample, &self.settings);
        serde_json::to_value(&result).expect("a result is JSON")
    }

    /// Replications so far.
    pub fn replications(&self) -> usize {
        self.sample.runs.len()
    }

    /// Whether nothing is drawn at random (S44).
    pub fn is_exact(&self) -> bool {
        self.sample.exact
    }

    /// The replications.
    pub fn observations(&self) -> &[Observations] {
        &self.sample.runs
    }

    /// How it was run, in words.
    pub fn length(&self) -> String {
        if self.sample.exact {
            return "once, nothing is drawn".to_owned();
        }
        let offered = self.pooled["requests"]["offered"].as_u64().unwrap_or(0);
        format!(
            "{} x {}",
            self.replications(),
            offered / self.replications().max(1) as u64
        )
    }

    /// More replications, up to `wanted` or the most that the specification allows; false when
    /// there cannot be more.
    pub fn extend(&mut self, wanted: usize, crew: &Crew) -> bool {
        let (done, most) = (self.replications() as u32, self.spec.most);
        if self.sample.exact || done >= most {
            return false;
        }
        let wanted = (wanted as u32).clamp(done + 1, most);
        if let Some(span) = self.span {
            let bench = &self.sample.bench;
            let more = bench.run(crew, &self.settings, done..wanted, span);
            self.sample.runs.extend(more);
        } else {
            self.sample = terminating(self.model, wanted, &self.settings, crew);
            self.singles.clear();
        }
        self.pool();
        true
    }

    /// The results of the single replications; those known already are not made again.
    pub fn singles(&mut self) -> &[Value] {
        let mut new = self.sample.runs.split_off(self.singles.len());
        let mut known = std::mem::take(&mut self.sample.runs);
        for run in new.drain(..) {
            self.sample.runs = vec![run];
            let mut result = self.result();
            if let Some(keys) = result.as_object_mut() {
                keys.retain(|key, _| !NOT_OF_SINGLES.contains(&key.as_str()));
            }
            self.singles.push(result);
            known.append(&mut self.sample.runs);
        }
        self.sample.runs = known;
        &self.singles
    }

    /// The results with one group of neighbouring replications left out, for each of `groups`.
    pub fn without_each(&mut self, groups: usize) -> Vec<Value> {
        let count = self.replications();
        let mut results = Vec::with_capacity(groups);
        for group in 0..groups {
            let (from, to) = (group * count / groups, (group + 1) * count / groups);
            let out: Vec<Observations> = self.sample.runs.drain(from..to).collect();
            results.push(self.result());
            self.sample.runs.splice(from..from, out);
        }
        results
    }
}

fn steady<'a>(
    model: &'a Model,
    spec: &RunSpec,
    settings: &Settings<'_>,
    crew: &Crew,
) -> (Sample<'a>, Span) {
    let bench = Bench::new(model);
    let found = pilot(&bench, crew, settings, model.run.cap / 4).expect("nobody interrupts");
    let warm_up = match settings.warm_up {
        Some(WarmUp::Fixed(ns)) => ns,
        _ => found.truncation,
    };
    let length = match spec.length_s {
        Some(seconds) => nanoseconds(seconds),
        None => found.time_for(spec.requests).max(1),
    };
    let drain = if found.grown.is_some() {
        0
    } else {
        model.run.drain
    };
    let mut span = Span::until(warm_up, warm_up.saturating_add(length), drain);
    if spec.length_s.is_some() {
        // Many short replications: no development over time is kept of each.
        span.bucket_ns = warm_up.saturating_add(length);
        span.bucket_cap = 2;
    }
    let number = if found.exact { 1 } else { spec.first };
    let design = Design {
        span,
        number: Number::Fixed(number),
    };
    (collect(bench, crew, settings, design, found.exact), span)
}

/// Runs to the horizon; once if nothing is drawn.
fn terminating<'a>(
    model: &'a Model,
    number: u32,
    settings: &Settings<'static>,
    crew: &Crew,
) -> Sample<'a> {
    let times = |number: u32| Settings {
        replications: Some(number),
        ..settings.clone()
    };
    let once = sample(model, crew, &times(1));
    if once.exact {
        return once;
    }
    sample(model, crew, &times(number.max(2)))
}
