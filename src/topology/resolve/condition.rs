//! Conditions: `[SCOPE ":"] METRIC (< | <= | > | >=) QUANTITY ["of successes"] ["within" SHARE]`.
//!
//! SCOPE is a class, or a component for what a component alone has. METRIC is `mean`, `p50` ...
//! `p99.9`, `max`, `error rate`, `availability`, `throughput`, `goodput`, `late`, `cpu`, `disk`,
//! `threads`, `connections` or `queue`.

use std::ops::Range;
use std::str::FromStr;

use crate::diagnostic::nearest;
use crate::model::{ClassId, Comparison, ComponentId, Metric, Objective, Scope};
use crate::quantity::{QuantityError, Rate, Time, percent, short};

/// What is wrong with a condition, and where in its text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ConditionError {
    /// What is wrong, in one line.
    pub message: String,
    /// Bytes of the condition.
    pub range: Range<usize>,
    /// What to write instead.
    pub help: Option<String>,
}

/// What a condition may name.
pub trait Subjects {
    /// The class called so.
    fn class(&self, name: &str) -> Option<ClassId>;
    /// The component called so, and those of its resources that have a utilisation.
    fn component(&self, name: &str) -> Option<(ComponentId, Vec<&'static str>)>;
    /// Whether a journey or link is called so.
    fn is_other(&self, name: &str) -> bool;
    /// All names that may stand before the colon.
    fn names(&self) -> Vec<&str>;
}

/// A stretch of a condition.
#[derive(Clone, Copy, Debug)]
struct Piece<'t> {
    text: &'t str,
    from: usize,
}

impl Piece<'_> {
    /// The bytes `range` of it, without white space around.
    fn cut(self, range: Range<usize>) -> Self {
        let part = &self.text[range.clone()];
        let start = part.len() - part.trim_start().len();
        Self {
            text: part.trim(),
            from: self.from + range.start + start,
        }
    }

    /// Its first word and the rest.
    fn word(self) -> (Self, Self) {
        let end = self
            .text
            .find(char::is_whitespace)
            .unwrap_or(self.text.len());
        (self.cut(0..end), self.cut(end..self.text.len()))
    }

    fn refuse(self, message: impl Into<String>, help: Option<String>) -> ConditionError {
        let range = self.from..self.from + self.text.len();
        ConditionError {
            message: message.into(),
            range,
            help,
        }
    }
}

/// What the quantity of a metric is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Time,
    Share,
    Rate,
    Number,
}

/// Words that metrics are made of, in the order of help.
const METRICS: [(&str, Metric, Unit); 13] = [
    ("mean", Metric::Mean, Unit::Time),
    ("max", Metric::Max, Unit::Time),
    ("error rate", Metric::ErrorRate, Unit::Share),
    ("availability", Metric::Availability, Unit::Share),
    ("throughput", Metric::Throughput, Unit::Rate),
    ("goodput", Metric::Goodput, Unit::Rate),
    ("late", Metric::Late, Unit::Share),
    ("cpu", Metric::Utilisation("cpu"), Unit::Share),
    ("disk", Metric::Utilisation("disk"), Unit::Share),
    ("memory", Metric::Utilisation("memory"), Unit::Share),
    ("threads", Metric::Utilisation("threads"), Unit::Share),
    (
        "connections",
        Metric::Utilisation("connections"),
        Unit::Share,
    ),
    ("queue", Metric::Queue, Unit::Number),
];

/// Reads a condition.
///
/// # Errors
/// A text that is none, with its place.
pub fn parse(text: &str, subjects: &dyn Subjects) -> Result<Objective, ConditionError> {
    let whole = Piece { text, from: 0 };
    // The arrow of a link's name compares nothing.
    let mut signs = text.match_indices(['<', '>']).map(|(at, _)| at);
    let Some(at) = signs.find(|at| !text[..*at].ends_with('-')) else {
        let help = "a condition is like `p95 < 60ms`, `error rate < 0.1%`, `was: cpu <= 60%`";
        return Err(whole.refuse("this compares nothing", Some(help.to_owned())));
    };
    let or_equal = text[at + 1..].starts_with('=');
    let comparison = match (text.as_bytes()[at], or_equal) {
        (b'<', false) => Comparison::Less,
        (b'<', true) => Comparison::AtMost,
        (_, false) => Comparison::Greater,
        (_, true) => Comparison::AtLeast,
    };
    let left = whole.cut(0..at);
    let (subject, metric) = match left.text.rfind(':') {
        Some(colon) => (
            Some(left.cut(0..colon)),
            left.cut(colon + 1..left.text.len()),
        ),
        None => (None, left),
    };
    let (metric, unit) = read_metric(metric)?;
    let (quantity, rest) = whole.cut(at + 1 + usize::from(or_equal)..text.len()).word();
    let bound = read_bound(quantity, unit)?;
    let (of_successes, within) = read_tail(rest, metric)?;
    Ok(Objective {
        text: text.to_owned(),
        scope: read_scope(subject, left, metric, subjects)?,
        metric,
        comparison,
        bound,
        of_successes,
        within,
    })
}

fn read_metric(metric: Piece<'_>) -> Result<(Metric, Unit), ConditionError> {
    let words: Vec<&str> = metric.text.split_whitespace().collect();
    let name = words.join(" ");
    if let Some((_, metric, unit)) = METRICS.iter().find(|(known, ..)| *known == name) {
        return Ok((*metric, *unit));
    }
    if name == "hit ratio" {
        let help = "leave this condition out".to_owned();
        return Err(metric.refuse(format!("`{name}` is not built yet"), Some(help)));
    }
    // The exponent is read with the digits, so that p99.9 is the number nearest to 0.999.
    let digits = name
        .strip_prefix('p')
        .filter(|digits| !digits.contains(['e', 'E']));
    let number = digits.and_then(|digits| format!("{digits}e-2").parse::<f64>().ok());
    match number {
        Some(number) if number > 0.0 && number < 1.0 => Ok((Metric::Quantile(number), Unit::Time)),
        Some(_) => {
            let help = Some("write p50, p95, p99 or p99.9".to_owned());
            Err(metric.refuse("a percentile lies between p0 and p100", help))
        }
        None => {
            let names = || {
                METRICS
                    .iter()
                    .map(|(name, ..)| *name)
                    .chain(["p50", "p95", "p99"])
            };
            let help = match nearest(&name, names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("metrics: {}", names().collect::<Vec<_>>().join(", ")),
            };
            Err(metric.refuse(format!("`{}` is no metric", short(&name)), Some(help)))
        }
    }
}

fn read_bound(quantity: Piece<'_>, unit: Unit) -> Result<f64, ConditionError> {
    let refuse = |error: QuantityError| quantity.refuse(error.to_string(), None);
    match unit {
        Unit::Time => Time::from_str(quantity.text)
            .map(Time::seconds)
            .map_err(refuse),
        Unit::Rate => Rate::from_str(quantity.text)
            .map(Rate::per_second)
            .map_err(refuse),
        Unit::Share => percent(quantity.text).map_err(refuse),
        Unit::Number => {
            let number = quantity.text.parse::<f64>().ok();
            number
                .filter(|number| number.is_finite() && *number >= 0.0)
                .ok_or_else(|| {
                    let found = short(quantity.text);
                    quantity.refuse(
                        format!("expected a number of 0 or more, found \"{found}\""),
                        None,
                    )
                })
        }
    }
}

/// What follows the quantity.
fn read_tail(mut rest: Piece<'_>, metric: Metric) -> Result<(bool, Option<f64>), ConditionError> {
    let (mut of_successes, mut within) = (false, None);
    while !rest.text.is_empty() {
        let (word, after) = rest.word();
        let (second, after) = after.word();
        match (word.text, second.text) {
            ("of", "successes") if matches!(metric, Metric::Quantile(_)) => of_successes = true,
            ("of", "successes") => {
                let message = "only percentiles count failed requests as missing them";
                return Err(word.refuse(message, Some("leave `of successes` out".to_owned())));
            }
            ("within", share) if !share.is_empty() => {
                let share = percent(share);
                within = Some(share.map_err(|error| second.refuse(error.to_string(), None))?);
            }
            ("for", _) => {
                let help = Some("leave it out".to_owned());
                return Err(word.refuse("`for` is not built yet", help));
            }
            _ => {
                let help = "after the quantity may stand `of successes` and `within 1%`";
                return Err(rest.refuse("this is not understood here", Some(help.to_owned())));
            }
        }
        rest = after;
    }
    Ok((of_successes, within))
}

fn read_scope(
    subject: Option<Piece<'_>>,
    left: Piece<'_>,
    metric: Metric,
    subjects: &dyn Subjects,
) -> Result<Scope, ConditionError> {
    let needs_component = matches!(metric, Metric::Utilisation(_) | Metric::Queue);
    let Some(subject) = subject else {
        if needs_component {
            let help = format!("name it: `was: {}`", left.text);
            return Err(left.refuse("a component must be named for this", Some(help)));
        }
        return Ok(Scope::All);
    };
    let name = subject.text;
    match (subjects.class(name), subjects.component(name)) {
        (Some(class), _) if !needs_component => Ok(Scope::Class(class)),
        (_, Some((id, resources))) if needs_component => match metric {
            Metric::Utilisation(resource) if !resources.contains(&resource) => {
                let help = format!("`{name}` has: {}", resources.join(", "));
                Err(left.refuse(format!("`{name}` has no {resource}"), Some(help)))
            }
            _ => Ok(Scope::Component(id)),
        },
        (Some(_), _) => {
            let help = Some("name a component".to_owned());
            Err(subject.refuse(format!("`{name}` is a class and has none of these"), help))
        }
        (_, Some(_)) => {
            let help = "name a class, or leave the name out for all requests".to_owned();
            Err(subject.refuse(
                "this is measured for requests, not for components",
                Some(help),
            ))
        }
        (None, None) if subjects.is_other(name) => {
            let help = Some("name a class or a component".to_owned());
            Err(subject.refuse("conditions on journeys and links are not built yet", help))
        }
        (None, None) => {
            let help = match nearest(name, subjects.names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "write a class, a component, or no name for all requests".to_owned(),
            };
            let message = format!("there is no class or component `{}`", short(name));
            Err(subject.refuse(message, Some(help)))
        }
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // bounds are read as they are written
mod tests {
    use super::*;

    struct Shop;

    impl Subjects for Shop {
        fn class(&self, name: &str) -> Option<ClassId> {
            (name == "order").then_some(ClassId(3))
        }
        fn component(&self, name: &str) -> Option<(ComponentId, Vec<&'static str>)> {
            (name == "was").then_some((ComponentId(2), vec!["cpu", "threads"]))
        }
        fn is_other(&self, name: &str) -> bool {
            name == "buy" || name == "was -> db"
        }
        fn names(&self) -> Vec<&str> {
            vec!["order", "was"]
        }
    }

    fn read(text: &str) -> Objective {
        parse(text, &Shop).unwrap()
    }

    #[test]
    fn the_conditions_of_the_examples_are_understood() {
        let objective = read("p95 < 60ms");
        assert_eq!(objective.metric, Metric::Quantile(0.95));
        assert_eq!((objective.scope, objective.bound), (Scope::All, 0.06));
        let objective = read("order: p99 <= 1s of successes within 1%");
        assert_eq!(objective.scope, Scope::Class(ClassId(3)));
        assert_eq!(objective.comparison, Comparison::AtMost);
        assert_eq!(
            (objective.of_successes, objective.within),
            (true, Some(0.01))
        );
        let objective = read("availability >= 99.9%");
        assert_eq!(objective.comparison, Comparison::AtLeast);
        assert!((objective.bound - 0.999).abs() < 1e-12);
        let objective = read("was:cpu<=60%");
        assert_eq!(objective.scope, Scope::Component(ComponentId(2)));
        assert_eq!(objective.metric, Metric::Utilisation("cpu"));
        assert_eq!(read("throughput > 2000/s").bound, 2000.0);
        assert_eq!(read("p99.9 < 1s").metric, Metric::Quantile(0.999));
        assert_eq!(read("was: queue < 12.5").bound, 12.5);
        assert_eq!(read("error  rate < 0.001").bound, 0.001);
    }

    #[test]
    fn a_fault_is_shown_at_its_words() {
        let cases = [
            ("p95 = 60ms", "p95 = 60ms", "this compares nothing"),
            ("p95 < 60", "60", "\"60\" has no unit"),
            ("p95 <", "", "expected a time like"),
            ("thruput > 5/s", "thruput", "`thruput` is no metric"),
            ("p100 < 1s", "p100", "a percentile lies between"),
            (
                "hit ratio < 5%",
                "hit ratio",
                "`hit ratio` is not built yet",
            ),
            ("p95 < 1s for 5m", "for", "`for` is not built yet"),
            ("p95 < 1s or so", "or so", "this is not understood here"),
            ("mean < 1s of successes", "of", "only percentiles"),
            ("p95 < 1s within 7", "7", "expected a share"),
            (
                "oder: p95 < 1s",
                "oder",
                "there is no class or component `oder`",
            ),
            (
                "buy: p95 < 1s",
                "buy",
                "conditions on journeys and links are not built yet",
            ),
            (
                "was -> db: p95 < 1s",
                "was -> db",
                "conditions on journeys and links are not built yet",
            ),
            ("was: p95 < 1s", "was", "this is measured for requests"),
            ("order: cpu < 5%", "order", "`order` is a class"),
            ("cpu < 5%", "cpu", "a component must be named"),
            ("was: disk < 5%", "was: disk", "`was` has no disk"),
            ("error rate < 101%", "101%", "expected a share"),
        ];
        for (text, place, message) in cases {
            let error = parse(text, &Shop).unwrap_err();
            assert_eq!(&text[error.range.clone()], place, "{text}");
            assert!(
                error.message.starts_with(message),
                "{text}: {}",
                error.message
            );
        }
    }
}
