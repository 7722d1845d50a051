//! What a search found, in words and numbers.

use super::{End, Search, Seen};
use crate::experiment::bill::bill;
use crate::experiment::load_axis::named;
use crate::experiment::result::fewest::{FewestResult, StateLook, TriedValue, Value};
use crate::experiment::result::{ObjectiveFinding, ObjectiveVerdict, Verdict};
use crate::experiment::summarise::header;
use crate::model::{Model, TooFew};
use crate::statistics::FEWEST_GROUPS;

impl Search<'_> {
    pub(super) fn conclude(mut self, base: &Model, end: &End) -> FewestResult {
        let (found, below) = match end {
            End::Found(found, below) => (Some(found.clone()), below.clone()),
            End::Open(found, open) => (found.clone(), found.as_ref().map(|_| open.clone())),
            End::Nothing(_) => (None, None),
        };
        let verdict = match end {
            _ if self.partial => Verdict::Undecided,
            End::Found(..) => Verdict::Pass,
            End::Open(..) => Verdict::Undecided,
            End::Nothing(_) => Verdict::Fail,
        };
        let verdict_reason = self.sentence(end);
        let seen = |value: &Value| self.seen.iter().find(|one| one.tried.value == *value);
        let broken = match end {
            End::Nothing(most) => Some(most),
            _ => below.as_ref(),
        };
        let binding = broken.and_then(seen).and_then(|one| binding(&one.tried));
        let shown = found.as_ref().or(broken).and_then(seen);
        let bottleneck = shown.and_then(|one| one.busiest.clone());
        let chosen = found.as_ref().and_then(|value| (self.rebuild)(value));
        let cost = chosen.as_ref().and_then(bill);
        self.order();
        FewestResult {
            header: header("capacity", self.settings, base),
            wall_s: 0.0,
            axis: self.axis,
            load: self.load,
            find: self.asked.find.clone(),
            survive: self.asked.survive,
            verdict,
            verdict_reason,
            found,
            below,
            binding,
            bottleneck,
            cost,
            tried: self.seen.into_iter().map(|one| one.tried).collect(),
            partial: self.partial,
            warnings: self.warnings,
        }
    }

    /// Numbers by size, machines by cost and name.
    fn order(&mut self) {
        self.seen.sort_by(|a, b| {
            let (a, b) = (rank(a), rank(b));
            a.0.total_cmp(&b.0).then_with(|| a.1.cmp(b.1))
        });
    }

    fn sentence(&self, end: &End) -> String {
        let load = named(self.axis, self.load);
        let lost = match self.asked.survive {
            0 => String::new(),
            1 => " with one node lost".to_owned(),
            more => format!(" with {more} nodes lost"),
        };
        if self.partial {
            return "interrupted before it was found".to_owned();
        }
        let name = |value: &Value| self.name(value);
        match end {
            End::Found(found, Some(below)) => format!(
                "{} keeps every objective at {load}{lost}, {} does not",
                name(found),
                name(below)
            ),
            End::Found(found, None) => format!(
                "{} keeps every objective at {load}{lost}, and there is nothing below it",
                name(found)
            ),
            End::Open(Some(found), open) => format!(
                "{} keeps every objective at {load}{lost}; whether {} does could not be told: {}",
                name(found),
                name(open),
                self.remedy(open)
            ),
            End::Open(None, open) => format!(
                "whether {} keeps every objective at {load}{lost} could not be told: {}",
                name(open),
                self.remedy(open)
            ),
            End::Nothing(most) => format!(
                "not even {} keeps every objective at {load}{lost}",
                name(most)
            ),
        }
    }

    /// What would tell whether a value keeps every objective.
    fn remedy(&self, open: &Value) -> String {
        let looks = self.seen.iter().filter(|one| one.tried.value == *open);
        let states = || looks.clone().flat_map(|one| &one.tried.states);
        let lacks_interval = |one: &ObjectiveFinding| {
            one.verdict == ObjectiveVerdict::Undecided && one.ci95.is_none()
        };
        let mut objectives = states().flat_map(|state| &state.objectives);
        let lacking = objectives.find(|one| lacks_interval(one));
        let done = states().map(|state| state.replications).max().unwrap_or(0);
        match (lacking, self.settings.replications) {
            (Some(one), Some(few)) => format!(
                "{} has no interval from so few (a percentile takes {FEWEST_GROUPS} \
                 replications at least, a mean 2): ask for more than --replications {few}, or \
                 leave it out",
                one.text
            ),
            (None, Some(few)) => format!(
                "a bound lies within the interval of {few} replications: ask for more \
                 --replications, or leave them out"
            ),
            (_, None) => format!(
                "a bound lies within the interval even of {done} replications: a bound further \
                 off can be told"
            ),
        }
    }

    fn name(&self, value: &Value) -> String {
        match value {
            Value::Whole(number) => format!("{}={number}", self.asked.find),
            Value::Machine(name) => format!("the machine `{name}`"),
        }
    }
}

fn rank(one: &Seen) -> (f64, &str) {
    match &one.tried.value {
        Value::Whole(number) => (f64::from(*number), ""),
        Value::Machine(name) => (one.tried.cost_per_month.unwrap_or(0.0), name),
    }
}

/// What is missing, in words.
pub(super) fn missing(model: &Model, few: TooFew) -> String {
    let name = |id| &model.component(id).name;
    match few {
        TooFew::Nodes => "no node is left".to_owned(),
        TooFew::Heirs(id) => format!("nobody takes over from a lost primary of {}", name(id)),
        TooFew::Voters(id) => format!("too few voters of {} are left", name(id)),
    }
}

/// The objective that is broken, or what else is wrong.
fn binding(tried: &TriedValue) -> Option<String> {
    let broken = |state: &&StateLook| state.kept == Some(false);
    let state = tried.states.iter().find(broken)?;
    let mut failed = state.objectives.iter();
    let failed = failed.find(|one| one.verdict == ObjectiveVerdict::Fail);
    match (failed, &state.reason) {
        (Some(one), _) => Some(one.text.clone()),
        (None, reason) => reason.clone(),
    }
}
