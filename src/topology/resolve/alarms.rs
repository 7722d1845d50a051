//! Alarms: conditions that somebody looks at, and what is done then.

use super::Resolver;
use super::condition::{ConditionError, parse};
use super::fault::Parts;
use crate::diagnostic::Diagnostic;
use crate::model::{Alarm, FaultKind, Grade, Means, Metric, Objective, Response, Scope};
use crate::quantity::Time;
use crate::schema::code;
use crate::schema::{self, At, CONSECUTIVE, EVERY, GRADE};

/// Shortest time between looks, ns.
const SHORTEST: u64 = 1_000_000_000;

impl Resolver<'_> {
    /// The alarms, in the order of the file.
    pub(super) fn alarms(&mut self, all: Parts<'_>) -> Vec<Alarm> {
        let file = self.file;
        let entries = file.alarms.iter();
        entries
            .filter_map(|(name, alarm)| self.alarm(&name.value, alarm, all))
            .collect()
    }

    fn alarm(&mut self, name: &str, alarm: &schema::Alarm, all: Parts<'_>) -> Option<Alarm> {
        let when = self.alarm_condition(&alarm.when);
        let every = self.period(alarm.every.as_ref());
        let grade = match alarm.grade.unwrap_or_else(|| GRADE.read()) {
            schema::Grade::Critical => Grade::Critical,
            schema::Grade::Warning => Grade::Warning,
        };
        let deeds = alarm.respond.iter();
        let respond = deeds.filter_map(|deed| self.response(deed, all)).collect();
        if let (Grade::Warning, Some(first)) = (grade, alarm.respond.first()) {
            self.problems.push(
                Diagnostic::error(code::CONFLICT, "nobody is called for a `Warning`")
                    .at(first.act().target.span.clone())
                    .help("leave `respond` out, or write `grade: Critical`"),
            );
        }
        Some(Alarm {
            name: name.to_owned(),
            when: when?,
            every,
            consecutive: alarm
                .consecutive
                .unwrap_or_else(|| CONSECUTIVE.read())
                .get(),
            grade,
            respond,
        })
    }

    fn period(&mut self, every: Option<&At<Time>>) -> u64 {
        let ns = every
            .map_or_else(|| EVERY.read(), |every| every.value)
            .nanos();
        if let Some(every) = every.filter(|_| ns < SHORTEST) {
            self.problems.push(
                Diagnostic::error(code::RANGE, "nobody looks more than once a second")
                    .at(every.span.clone())
                    .help("write `every: \"1s\"` or longer"),
            );
        }
        ns.max(SHORTEST)
    }

    /// A condition that can be seen in the counters of a short time: those of all requests, and
    /// how busy a CPU or disk is.
    fn alarm_condition(&mut self, text: &At<String>) -> Option<Objective> {
        let objective = match parse(&text.value, self) {
            Ok(objective) => objective,
            Err(error) => {
                self.refuse_condition(text, error);
                return None;
            }
        };
        let Some(wrong) = unseen(&objective).or_else(|| self.comes_and_goes(&objective)) else {
            return Some(objective);
        };
        self.refuse_condition(
            text,
            ConditionError {
                message: wrong.to_owned(),
                range: 0..text.value.len(),
                help: Some(
                    "write one like `p95 > 200ms`, `error rate > 5%`, `was: cpu > 90%`".into(),
                ),
            },
        );
        None
    }

    /// Why the use of nodes that come and go cannot be seen.
    fn comes_and_goes(&self, objective: &Objective) -> Option<&'static str> {
        let Scope::Component(id) = objective.scope else {
            return None;
        };
        let name = &self.names.components.name(id.index()).value;
        let scaled = self.file.components.get(name)?.shared.autoscale.as_ref();
        scaled.map(|_| "alarms on the use of nodes that come and go are not built yet")
    }

    fn response(&mut self, response: &schema::Response, all: Parts<'_>) -> Option<Response> {
        let act = response.act();
        let means = match response {
            schema::Response::Replace(_) => Means::Replace,
            schema::Response::Restart(_) => Means::Restart,
            schema::Response::RollBack(_) => Means::RollBack,
            schema::Response::HotFix(_) => Means::HotFix,
            schema::Response::Renew(_) => Means::Renew,
        };
        let against = match means {
            Means::Renew => FaultKind::Expire,
            _ => FaultKind::Crash,
        };
        let target = self.target(&against, &act.target, all)?;
        Some(Response {
            means,
            target,
            takes: act.takes.nanos(),
        })
    }
}

/// Why an alarm cannot see this.
fn unseen(objective: &Objective) -> Option<&'static str> {
    match (objective.scope, objective.metric) {
        _ if objective.within.is_some() => Some("an alarm has no `within`"),
        (Scope::Class(_), _) => Some("alarms on one class are not built yet"),
        (Scope::Component(_), Metric::Utilisation("cpu" | "disk")) => None,
        (Scope::Component(_), _) => Some("of a component an alarm sees `cpu` and `disk` only"),
        (Scope::All, Metric::Max) => Some("`max` of a short time is a single request"),
        (Scope::All, _) => None,
    }
}
