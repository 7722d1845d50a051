//! What of a long run grows: straight lines through levels over time.

use crate::engine::observation::Observations;
use crate::experiment::result::profile::Slope;
use crate::experiment::sample::Sample;
use crate::experiment::summarise::components::read_all;
use crate::experiment::summarise::links::pool_of;
use crate::lower::Meter;
use crate::statistics::mean_of;

/// Share of its mean level by which something must have grown in the whole run to be said to
/// grow.
const GROWN: f64 = 0.1;

/// Share of what can be held from which on all of it is.
const FULL: f64 = 0.97;
/// Fewest levels that a line is drawn through.
const FEWEST: usize = 3;

/// The mean of a level between two states of a run, the earlier one first.
type Between<'a> = dyn Fn(&Observations, &Observations) -> Option<f64> + 'a;

/// Something whose level is followed.
struct Level<'a> {
    resource: String,
    unit: &'static str,
    /// What can be held at most.
    capacity: Option<u32>,
    between: Box<Between<'a>>,
}

/// The slopes of requests inside, of response times, and of threads and connections held, over
/// the marks of a sample.
pub fn slopes(sample: &Sample<'_>) -> Vec<Slope> {
    let levels = levels(sample);
    levels.iter().map(|level| slope(sample, level)).collect()
}

fn levels<'a>(sample: &'a Sample<'_>) -> Vec<Level<'a>> {
    let (model, lowered) = (sample.bench.model, &sample.bench.lowered);
    let mut found = vec![inside(), response()];
    for (part, list) in model.components.iter().zip(&lowered.map.components) {
        for resource in list {
            let is_pool = |meter: &Meter| matches!(meter, Meter::Pool(_));
            if resource.meters.iter().all(is_pool) {
                let name = format!("{} of `{}`", resource.name, part.name);
                found.push(held(name, resource.meters.clone(), resource.capacity));
            }
        }
    }
    for (place, link) in model.links.iter().enumerate() {
        if let Some((meters, capacity)) = pool_of(lowered, place) {
            let name = format!("connections of `{}`", link.name);
            found.push(held(name, meters, capacity));
        }
    }
    found
}

fn inside<'a>() -> Level<'a> {
    Level {
        resource: "requests inside".to_owned(),
        unit: "count",
        capacity: None,
        between: Box::new(|from, to| {
            let area = to.in_system.area.checked_sub(from.in_system.area)?;
            Some(area as f64 / length(from, to)?)
        }),
    }
}

fn response<'a>() -> Level<'a> {
    Level {
        resource: "response time".to_owned(),
        unit: "s",
        capacity: None,
        between: Box::new(|from, to| {
            let answered = |run: &Observations| {
                let classes = run.classes.iter();
                classes.map(|one| one.succeeded + one.late).sum::<u64>()
            };
            let time = |run: &Observations| {
                let classes = run.classes.iter();
                classes.map(|one| one.response_sum).sum::<u128>()
            };
            let count = answered(to).checked_sub(answered(from))?;
            let sum = time(to).checked_sub(time(from))?;
            (count > 0).then(|| sum as f64 / 1e9 / count as f64)
        }),
    }
}

fn held<'a>(resource: String, meters: Vec<Meter>, capacity: Option<u32>) -> Level<'a> {
    Level {
        resource,
        unit: "count",
        capacity,
        between: Box::new(move |from, to| {
            let area = |run| read_all(run, &meters).used.area;
            Some(area(to).checked_sub(area(from))? as f64 / length(from, to)?)
        }),
    }
}

/// ns.
fn length(from: &Observations, to: &Observations) -> Option<f64> {
    let length = to.window.1.checked_sub(from.window.1)?;
    (length > 0).then_some(length as f64)
}

fn slope(sample: &Sample<'_>, level: &Level<'_>) -> Slope {
    let lines: Vec<Line> = sample
        .runs
        .iter()
        .filter_map(|run| line(run, level))
        .collect();
    let slopes: Vec<f64> = lines
        .iter()
        .map(|line| line.slope_per_s * 3_600.0)
        .collect();
    let per_hour = mean_of(&slopes, sample.confidence);
    let mean = |of: fn(&Line) -> f64| lines.iter().map(of).sum::<f64>() / lines.len().max(1) as f64;
    let (centre, length_s) = (mean(|line| line.mean), mean(|line| line.length_s));
    let middle_s = mean(|line| line.middle_s);
    let per_s = per_hour.value.unwrap_or(0.0) / 3_600.0;
    let is_sure = per_hour.ci95.is_none_or(|(low, _)| low > 0.0);
    let grows = is_sure && per_s * length_s > GROWN * centre.abs();
    let full_after_s = level
        .capacity
        .filter(|_| grows && per_s > 0.0)
        .map(|most| (middle_s + (f64::from(most) - centre) / per_s).max(0.0));
    Slope {
        resource: level.resource.clone(),
        unit: level.unit,
        mean: mean(|line| line.of_all),
        per_hour,
        grows,
        full_after_s,
    }
}

/// A straight line by least squares.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Line {
    slope_per_s: f64,
    /// Mean level of what it goes through, in the middle of it.
    mean: f64,
    /// The middle, s from the start of the run.
    middle_s: f64,
    length_s: f64,
    /// Mean level of the whole run.
    of_all: f64,
}

/// Through the mean levels between the marks of a run, up to where all is held: from then on
/// nothing grows; `None`: fewer than three of them.
fn line(run: &Observations, level: &Level<'_>) -> Option<Line> {
    let point = |pair: &[Observations]| {
        let middle = (pair[0].window.1 as f64 + pair[1].window.1 as f64) / 2e9;
        let start = run.window.0 as f64 / 1e9;
        Some((middle - start, (level.between)(&pair[0], &pair[1])?))
    };
    let points: Vec<(f64, f64)> = run.marks.windows(2).filter_map(point).collect();
    let length_s = (run.window.1 - run.window.0) as f64 / 1e9;
    through(&points, length_s, level.capacity.map(f64::from))
}

fn through(all: &[(f64, f64)], length_s: f64, most: Option<f64>) -> Option<Line> {
    let is_full = |point: &(f64, f64)| most.is_some_and(|most| point.1 >= FULL * most);
    let until = all.iter().position(is_full).unwrap_or(all.len());
    let points = &all[..until.max(FEWEST).min(all.len())];
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let across: f64 = points.iter().map(|point| (point.0 - x).powi(2)).sum();
    let product: f64 = points
        .iter()
        .map(|point| (point.0 - x) * (point.1 - y))
        .sum();
    (points.len() >= FEWEST && across > 0.0).then(|| Line {
        slope_per_s: product / across,
        mean: y,
        middle_s: x,
        length_s: length_s * count / all.len() as f64,
        of_all: all.iter().map(|point| point.1).sum::<f64>() / all.len() as f64,
    })
}

#[cfg(test)]
mod tests {
    use super::through;

    /// By hand: through (0, 1), (1, 2), (2, 6) goes 3 + 2.5 (x - 1).
    #[test]
    fn the_line_of_least_squares() {
        let line = through(&[(0.0, 1.0), (1.0, 2.0), (2.0, 6.0)], 2.0, None).unwrap();
        assert!((line.slope_per_s - 2.5).abs() < 1e-12, "{line:?}");
        assert!((line.mean - 3.0).abs() < 1e-12, "{line:?}");
        assert_eq!(through(&[(0.0, 1.0), (1.0, 2.0)], 1.0, None), None);
        assert_eq!(through(&[(1.0, 1.0); 4], 1.0, None), None);
    }

    /// 10 a second up to 50, which are all: the line ends there.
    #[test]
    fn what_is_full_grows_no_more() {
        let level = |second: u32| (f64::from(second), f64::from(10 * second.min(5)));
        let points: Vec<(f64, f64)> = (0..20).map(level).collect();
        let line = through(&points, 20.0, Some(50.0)).unwrap();
        assert!((line.slope_per_s - 10.0).abs() < 1e-9, "{line:?}");
        let full = line.middle_s + (50.0 - line.mean) / line.slope_per_s;
        assert!((full - 5.0).abs() < 1e-9, "{line:?}");
        assert!((line.of_all - (100.0 + 15.0 * 50.0) / 20.0).abs() < 1e-9);
    }
}
