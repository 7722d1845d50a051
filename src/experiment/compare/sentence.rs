//! The verdict of a comparison: what one design costs, carries and survives beside another.

use crate::experiment::result::compare::{Design, DesignCapacity, DesignLosses, Difference};
use crate::experiment::result::{ObjectiveVerdict, Verdict};
use crate::experiment::words;

/// One sentence for each pair of designs that was compared.
pub fn sentence(designs: &[Design], differences: &[Difference]) -> String {
    let means = differences.iter();
    let means = means.filter(|one| one.metric == "response_time_s.mean");
    let each = means.map(|one| {
        let named = |name: &str| designs.iter().find(|design| design.name == name);
        let (a, b) = (named(&one.a), named(&one.b));
        let mut both = [a, b].into_iter().flatten();
        let full = both.find(|design| design.run.verdict == Verdict::Saturated);
        let mut parts = match full {
            Some(design) => vec![format!(
                "{} is saturated: its times grow with the run",
                design.name
            )],
            None => vec![speed(one)],
        };
        if let (Some(a), Some(b)) = (a, b) {
            parts.extend([a, b].into_iter().filter_map(broken));
            parts.extend(load(a, b));
            let told = cost(a, b);
            // Who was told of last needs no name.
            let is_subject = |part: &String| part.starts_with(&format!("{} ", b.name));
            let is_named = parts.last().is_some_and(is_subject);
            parts.extend(told.map(|told| {
                if is_named {
                    told
                } else {
                    format!("{} {told}", b.name)
                }
            }));
            parts.extend(losses(a, b));
        }
        words::list(&parts)
    });
    each.collect::<Vec<_>>().join("; ")
}

/// What a design does not keep.
fn broken(design: &Design) -> Option<String> {
    let failing = design.run.objectives.iter();
    let failing = failing.filter(|one| one.verdict == ObjectiveVerdict::Fail);
    let texts: Vec<String> = failing.map(|one| one.text.clone()).collect();
    (!texts.is_empty()).then(|| format!("{} breaks {}", design.name, words::list(&texts)))
}

fn speed(one: &Difference) -> String {
    match (one.difference.value, one.relative) {
        (Some(_), Some(share)) if one.significant => {
            let word = if share < 0.0 { "faster" } else { "slower" };
            format!(
                "{} is {} {word} than {}",
                one.b,
                words::percent(share.abs()),
                one.a
            )
        }
        (Some(_), _) => format!(
            "{} and {} are not distinguishable by mean response",
            one.a, one.b
        ),
        (None, _) => format!(
            "the mean responses of {} and {} cannot be compared: one of them was not measured",
            one.a, one.b
        ),
    }
}

/// A load is told apart where the intervals do not meet.
fn load(a: &Design, b: &Design) -> Option<String> {
    let (x, y) = (a.capacity.as_ref()?, b.capacity.as_ref()?);
    let ends = |one: &DesignCapacity| {
        let load = one.load?;
        Some(one.ci95.unwrap_or((load, load)))
    };
    let (Some((low_a, high_a)), Some((low_b, high_b))) = (ends(x), ends(y)) else {
        return Some("the load that one of them carries was not found".to_owned());
    };
    if low_a <= high_b && low_b <= high_a {
        return Some("the loads they carry are not distinguishable".to_owned());
    }
    let share = y.load? / x.load?;
    Some(format!(
        "{} carries {}x the load",
        b.name,
        words::number(share)
    ))
}

fn cost(a: &Design, b: &Design) -> Option<String> {
    let (x, y) = (a.run.cost.as_ref()?, b.run.cost.as_ref()?);
    if x.per_month <= 0.0 {
        return None;
    }
    let share = words::number(y.per_month / x.per_month);
    Some(if share == words::number(1.0) {
        "costs the same".to_owned()
    } else {
        format!("costs {share}x as much")
    })
}

fn losses(a: &Design, b: &Design) -> Option<String> {
    let (x, y) = (a.losses.as_ref()?, b.losses.as_ref()?);
    Some(format!("{} {}, {} {}", b.name, told(y), a.name, told(x)))
}

fn told(losses: &DesignLosses) -> String {
    match &losses.single_points[..] {
        [] => "outlives the loss of any one part".to_owned(),
        names => format!("does not outlive {}", words::list(names)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::Estimate;

    fn pair(a: &str, b: &str, value: f64, significant: bool) -> Difference {
        Difference {
            metric: "response_time_s.mean".to_owned(),
            a: a.to_owned(),
            b: b.to_owned(),
            difference: Estimate::exact(value),
            relative: Some(value),
            ci95: None,
            significant,
            gain: None,
        }
    }

    #[test]
    fn the_sentence_judges_every_pair() {
        let faster = sentence(&[], &[pair("out", "up", -0.5, true)]);
        assert_eq!(faster, "up is 50 % faster than out");
        let same = sentence(&[], &[pair("out", "up", -0.001, false)]);
        assert_eq!(same, "out and up are not distinguishable by mean response");
    }

    #[test]
    fn what_is_lost_is_named() {
        let losses = |names: &[&str]| DesignLosses {
            single_points: names.iter().map(|&name| name.to_owned()).collect(),
            availability: None,
            downtime_minutes_per_year: None,
        };
        assert_eq!(told(&losses(&[])), "outlives the loss of any one part");
        assert_eq!(told(&losses(&["lb", "db"])), "does not outlive lb and db");
    }
}
