//! Words that stand for a primitive of the model as they are.

use std::ops::Range;

use super::{
    At, Checks, ConsistentHash, Contention, Discipline, Health, LeastConnections, OnFailure,
    Policy, PowerOf, StartState, Ties, filled, silent,
};
use crate::diagnostic::Diagnostic;
use crate::model;
use crate::quantity::{Count, Few, Time};
use crate::schema::code;
use crate::schema::preset::{CHOICES, POINTS, Preset, TIES};

impl Discipline {
    /// In the model.
    pub fn model(self) -> model::Discipline {
        match self {
            Self::ProcessorSharing => model::Discipline::ProcessorSharing,
            Self::Fcfs => model::Discipline::Fcfs,
            Self::Lcfs => model::Discipline::Lcfs,
            Self::RandomOrder => model::Discipline::RandomOrder,
            Self::LimitedSharing(jobs) => model::Discipline::LimitedSharing(jobs.get()),
            Self::Priority(priority) => model::Discipline::Priority {
                preemptive: priority.preemptive,
            },
        }
    }
}

impl Contention {
    /// In the model.
    pub fn model(self) -> model::Contention {
        model::Contention {
            sigma: self.sigma.value(),
            kappa: self.kappa.value(),
        }
    }
}

impl OnFailure {
    /// In the model.
    pub fn model(self) -> model::OnFailure {
        match self {
            Self::Continue => model::OnFailure::Continue,
            Self::Abandon => model::OnFailure::Abandon,
        }
    }
}

impl StartState {
    /// In the model.
    pub fn model(self) -> model::Start {
        match self {
            Self::Warm => model::Start::Warm,
            Self::Cold => model::Start::Cold,
        }
    }
}

impl Ties {
    /// In the model.
    pub fn model(self) -> model::Ties {
        match self {
            Self::Random => model::Ties::Random,
            Self::Rotation => model::Ties::Rotation,
            Self::First => model::Ties::First,
        }
    }
}

impl Policy {
    /// In the model, with what is left out filled in.
    pub fn model(&self) -> model::Policy {
        let ties = |ties: Option<Ties>| ties.unwrap_or_else(|| TIES.read()).model();
        match self {
            Self::RoundRobin => model::Policy::RoundRobin,
            Self::Weighted => model::Policy::Weighted,
            Self::Random => model::Policy::Random,
            Self::LeastConnections(stated) => {
                let stated: LeastConnections = stated.unwrap_or_default();
                model::Policy::LeastConnections(ties(stated.ties))
            }
            Self::PowerOf(stated) => {
                let stated: PowerOf = stated.unwrap_or_default();
                let choices: Few = stated.choices.unwrap_or_else(|| CHOICES.read());
                model::Policy::PowerOf {
                    choices: choices.get(),
                    ties: ties(stated.ties),
                }
            }
            Self::CentralQueue => model::Policy::LeastConnections(ties(None)),
            Self::SourceHash => model::Policy::SourceHash,
            Self::ConsistentHash(stated) => {
                let stated: ConsistentHash = stated.unwrap_or_default();
                let points: Few = stated.points.unwrap_or_else(|| POINTS.read());
                model::Policy::ConsistentHash {
                    points: points.get(),
                }
            }
        }
    }
}

impl Health {
    /// In the model, with what is left out filled in, and what is wrong with it.
    pub fn model(
        &self,
        interval: &Preset,
        fall: &Preset,
        rise: &Preset,
    ) -> (Option<model::Health>, Vec<Diagnostic>) {
        let Self::Checks(Checks {
            preset,
            interval: stated,
            fast,
            when_down,
            timeout,
            fall: falls,
            rise: rises,
        }) = self
        else {
            return (None, Vec::new());
        };
        let product = preset.as_ref();
        let count = |stated: &Option<Count>, preset: &Preset| {
            stated
                .unwrap_or_else(|| filled(product, preset).read())
                .get()
        };
        let fields = [*interval, *fall, *rise];
        let interval = stated
            .as_ref()
            .map_or_else(|| filled(product, interval).read(), |at| at.value);
        let or_interval =
            |time: &Option<At<Time>>| time.as_ref().map_or(interval, |at| at.value).nanos();
        let checks = model::Health {
            interval: interval.nanos(),
            fast: or_interval(fast),
            when_down: or_interval(when_down),
            timeout: or_interval(timeout),
            fall: count(falls, fall),
            rise: count(rises, rise),
        };
        let problems = silent(product, "health checks", &fields).into_iter();
        let times = [stated, fast, when_down, timeout];
        let zero = times.into_iter().flatten().find_map(positive);
        (Some(checks), problems.chain(zero).collect())
    }
}

/// What is wrong with a time that must not be zero.
pub fn positive(time: &At<Time>) -> Option<Diagnostic> {
    (time.value == Time::ZERO).then(|| must_be_positive(&time.span))
}

/// The refusal of a time that is zero.
pub fn must_be_positive(span: &Range<usize>) -> Diagnostic {
    Diagnostic::error(code::RANGE, "this time must be more than 0")
        .at(span.clone())
        .help("write one like \"1s\"")
}
