//! Words that terminal, CSV, Markdown and plots share.

use super::number::{self, Unit};
use crate::experiment::result::fewest::Value;
use crate::experiment::result::sweep::SettingValue;
use crate::experiment::result::{
    BottleneckFinding, Change, PointClass, PointVerdict, Route, Standing, Verdict,
};
use crate::model::parameter::Measure;

/// The word of a verdict, as in `summary.json`.
pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::Undecided => "undecided",
        Verdict::Saturated => "saturated",
        Verdict::Capped => "capped",
    }
}

/// The word of a class of S46; parts without one survived.
pub fn point_class(class: Option<PointClass>) -> &'static str {
    match class {
        Some(PointClass::Structural) => "structural",
        Some(PointClass::Capacity) => "capacity",
        Some(PointClass::Transient) => "transient",
        None => "survived",
    }
}

/// The word of what a crash did.
pub fn point_verdict(verdict: PointVerdict) -> &'static str {
    match verdict {
        PointVerdict::Masked => "masked",
        PointVerdict::Degraded => "degraded",
        PointVerdict::Transient => "transient",
        PointVerdict::Persistent => "persistent",
        PointVerdict::Cascading => "cascading",
        PointVerdict::Metastable => "metastable",
    }
}

/// How a part matters, in a word.
pub fn route(route: Route) -> &'static str {
    match route {
        Route::Direct => "direct",
        Route::SharedFate => "shared fate",
        Route::ControlPlane => "control plane",
    }
}

/// How a design stands among others, as in `summary.json`.
pub fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Front => "front",
        Standing::Beaten => "beaten",
        Standing::Undecided => "undecided",
        Standing::Overloaded => "overloaded",
        Standing::Unseen => "unseen",
    }
}

/// A value of a path of the file.
pub fn value(value: &Value) -> String {
    match value {
        Value::Whole(number) => number.to_string(),
        Value::Machine(name) => name.clone(),
    }
}

/// A resource with its place: `was.cpu`, or `was/2.cpu` where one node is busier than the rest.
pub fn resource(found: &BottleneckFinding) -> String {
    let place = found.node.as_ref().unwrap_or(&found.component);
    format!("{place}.{}", found.resource)
}

/// How a change reads: `was.replicas: 2 → 4`.
pub fn change(change: &Change) -> String {
    match (&change.before, &change.after) {
        (Some(before), Some(after)) => format!("{}: {before} → {after}", change.path),
        (None, Some(after)) => format!("{} added: {after}", change.path),
        (Some(before), None) => format!("{} removed (was {before})", change.path),
        (None, None) => change.path.clone(),
    }
}

/// A setting with few digits.
pub fn setting(value: &SettingValue) -> String {
    let unit = |text: &str| match Measure::read(text) {
        Some((Measure::Time, seconds)) => number::number(seconds, Unit::Seconds),
        Some((Measure::Rate, rate)) => number::number(rate, Unit::PerSecond),
        _ => text.to_owned(),
    };
    match value {
        SettingValue::Whole(whole) => whole.to_string(),
        SettingValue::Number(number) => number::number(*number, Unit::Count),
        SettingValue::Text(text) => unit(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn a_node_that_is_busier_than_the_rest_is_named() {
        let mut found = sample::run().bottlenecks.remove(0);
        assert_eq!(resource(&found), "was.cpu");
        found.node = Some("was/2".to_owned());
        assert_eq!(resource(&found), "was/2.cpu");
    }

    #[test]
    fn changes_read_as_before_and_after() {
        let told = |before: Option<&str>, after: Option<&str>| {
            let text = |text: &str| text.to_owned();
            change(&Change {
                path: "lb".to_owned(),
                before: before.map(text),
                after: after.map(text),
            })
        };
        assert_eq!(told(Some("2"), Some("4")), "lb: 2 → 4");
        assert_eq!(told(None, Some("4")), "lb added: 4");
        assert_eq!(told(Some("2"), None), "lb removed (was 2)");
    }

    #[test]
    fn verdicts_are_the_words_of_the_json() {
        for one in [
            Verdict::Pass,
            Verdict::Undecided,
            Verdict::Saturated,
            Verdict::Capped,
        ] {
            assert_eq!(serde_json::to_value(one).unwrap(), verdict(one));
        }
        let class = PointClass::Structural;
        assert_eq!(
            serde_json::to_value(class).unwrap(),
            point_class(Some(class))
        );
        let found = PointVerdict::Metastable;
        assert_eq!(serde_json::to_value(found).unwrap(), point_verdict(found));
    }
}
