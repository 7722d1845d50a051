//! The value of an expression over the results of one or several runs.

use std::collections::BTreeMap;
use std::f64::consts::TAU;

use serde_json::Value;

use super::{Node, Path};

/// What a run has shown.
#[derive(Clone)]
pub struct Evidence<'a> {
    /// The result of all replications together.
    pub pooled: &'a Value,
    /// The results of the single ones; empty unless a function asks for them.
    pub singles: Vec<&'a Value>,
}

/// Evidence by name of the run.
pub type Runs<'a> = BTreeMap<String, Evidence<'a>>;

/// Functions over single replications.
const OVER_REPLICATIONS: [&str; 2] = ["spread", "average"];

/// Whether a node looks at single replications.
pub fn needs_singles(node: &Node) -> bool {
    match node {
        Node::Number(_) | Node::Path(_) => false,
        Node::Binary(_, left, right) => needs_singles(left) || needs_singles(right),
        Node::Call(name, list) => {
            OVER_REPLICATIONS.contains(&name.as_str()) || list.iter().any(needs_singles)
        }
    }
}

/// Whether a node looks at all replications together.
pub fn needs_pooled(node: &Node) -> bool {
    match node {
        Node::Number(_) => false,
        Node::Path(_) => true,
        Node::Binary(_, left, right) => needs_pooled(left) || needs_pooled(right),
        Node::Call(name, list) => {
            !OVER_REPLICATIONS.contains(&name.as_str()) && list.iter().any(needs_pooled)
        }
    }
}

/// The value of `node`.
pub fn evaluate(node: &Node, runs: &Runs<'_>) -> Result<f64, String> {
    match node {
        Node::Number(value) => Ok(*value),
        Node::Path(path) => number(place(path, evidence(path, runs)?.pooled)?, path),
        Node::Binary(operator, left, right) => {
            let (left, right) = (evaluate(left, runs)?, evaluate(right, runs)?);
            Ok(match operator {
                '+' => left + right,
                '-' => left - right,
                '*' => left * right,
                _ => left / right,
            })
        }
        Node::Call(name, list) => call(name, list, runs),
    }
}

/// The run that a path leads into.
pub fn evidence<'a>(path: &Path, runs: &'a Runs<'a>) -> Result<&'a Evidence<'a>, String> {
    match &path.run {
        Some(name) => runs.get(name),
        None => runs.values().next(),
    }
    .ok_or_else(|| format!("no run for {path:?}"))
}

/// What stands at a path.
pub fn place<'a>(path: &Path, root: &'a Value) -> Result<&'a Value, String> {
    let mut here = root;
    for key in &path.keys {
        let next = match key.parse::<usize>() {
            Ok(index) if here.is_array() => here.get(index),
            _ => here.get(key),
        };
        here = next.ok_or_else(|| format!("nothing at `{key}` of {:?}", path.keys))?;
    }
    Ok(here)
}

fn number(value: &Value, path: &Path) -> Result<f64, String> {
    let plain = if value.is_object() {
        &value["value"]
    } else {
        value
    };
    plain
        .as_f64()
        .ok_or_else(|| format!("{:?} is no number: {value}", path.keys))
}

fn call(name: &str, list: &[Node], runs: &Runs<'_>) -> Result<f64, String> {
    let value = |index: usize| -> Result<f64, String> {
        let node = list
            .get(index)
            .ok_or_else(|| format!("{name}: too few values"))?;
        evaluate(node, runs)
    };
    match name {
        "sqrt" => Ok(value(0)?.sqrt()),
        "max" => Ok(value(0)?.max(value(1)?)),
        "spread" => Ok(mean_and_sd(&each(&list[0], runs)?).1),
        "average" => Ok(mean_and_sd(&each(&list[0], runs)?).0),
        "amplitude" => Ok(wave(&series(&list[0], runs)?, value(1)?).0),
        "lag" => Ok(wave(&series(&list[0], runs)?, value(1)?).1),
        "at" => at(&series(&list[0], runs)?, value(1)?),
        "below" => below(&series(&list[0], runs)?, value(1)?, value(2)?),
        _ => Err(format!("no function is called {name}")),
    }
}

/// The values of `node` in the single replications of its run.
fn each<'a>(node: &Node, runs: &Runs<'a>) -> Result<Vec<f64>, String> {
    let most = runs.values().map(|one| one.singles.len()).max();
    let alone = |index: usize| -> Runs<'a> {
        let pick = |(name, one): (&String, &Evidence<'a>)| {
            let pooled = one.singles.get(index).copied().unwrap_or(one.pooled);
            let singles = Vec::new();
            (name.clone(), Evidence { pooled, singles })
        };
        runs.iter().map(pick).collect()
    };
    (0..most.unwrap_or(0))
        .map(|index| evaluate(node, &alone(index)))
        .collect()
}

fn mean_and_sd(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|one| (one - mean).powi(2)).sum();
    (mean, (squares / (count - 1.0)).sqrt())
}

/// Middle of each stretch of time, s, its length, s, and the value of the last key in it.
fn series(node: &Node, runs: &Runs<'_>) -> Result<Vec<(f64, f64, f64)>, String> {
    let Node::Path(path) = node else {
        return Err("a path such as series.in_system is needed".to_owned());
    };
    let (field, way) = path.keys.split_last().ok_or("an empty path")?;
    let way = Path {
        run: path.run.clone(),
        keys: way.to_vec(),
    };
    let points = place(&way, evidence(path, runs)?.pooled)?;
    let points = points
        .as_array()
        .ok_or_else(|| format!("{:?} is no list", way.keys))?;
    let read = |point: &Value| {
        let length = point["length_s"].as_f64()?;
        let middle = point["at_s"].as_f64()? + length / 2.0;
        Some((middle, length, point[field].as_f64()?))
    };
    Ok(points.iter().filter_map(read).collect())
}

/// Amplitude of the wave of this period in a series over whole periods from time 0, and how far
/// its peak lies behind that of `sin(2 pi t / period)`, s.
///
/// Values are averages over stretches of time, which flattens a wave by `sin(x)/x` with `x` half
/// a stretch in radians; this is put right.
fn wave(points: &[(f64, f64, f64)], period: f64) -> (f64, f64) {
    let end = points.last().map_or(0.0, |point| point.0 + point.1 / 2.0);
    let whole = (end / period + 1e-9).floor() * period;
    let (mut sines, mut cosines, mut time) = (0.0, 0.0, 0.0);
    for &(middle, length, value) in points {
        if middle < 0.0 || middle + length / 2.0 > whole * (1.0 + 1e-9) {
            continue;
        }
        let angle = TAU * middle / period;
        let half = TAU * length / period / 2.0;
        let flattened = half.sin() / half;
        sines += value * angle.sin() * length / flattened;
        cosines += value * angle.cos() * length / flattened;
        time += length;
    }
    let (sines, cosines) = (2.0 * sines / time, 2.0 * cosines / time);
    let behind = (-cosines).atan2(sines) / TAU * period;
    (sines.hypot(cosines), behind)
}

/// The value in the stretch that holds the time `t`, s.
fn at(points: &[(f64, f64, f64)], t: f64) -> Result<f64, String> {
    points
        .iter()
        .find(|(middle, length, _)| (middle - t).abs() <= length / 2.0)
        .map(|point| point.2)
        .ok_or_else(|| format!("the series does not reach {t} s"))
}

/// The first time from `after`, s, at which the value is at most `level`.
fn below(points: &[(f64, f64, f64)], level: f64, after: f64) -> Result<f64, String> {
    points
        .iter()
        .find(|(middle, _, value)| *middle >= after && *value <= level)
        .map(|point| point.0)
        .ok_or_else(|| format!("never at most {level} after {after} s"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::parse::parse;
    use super::*;

    fn value(text: &str, pooled: &Value, singles: &[Value]) -> f64 {
        let evidence = Evidence {
            pooled,
            singles: singles.iter().collect(),
        };
        let runs = Runs::from([("main".to_owned(), evidence)]);
        evaluate(&parse(text).unwrap(), &runs).unwrap()
    }

    #[test]
    fn estimates_and_counts_are_numbers() {
        let result = json!({"a": {"value": 6.0, "ci95": [5.0, 7.0]}, "b": {"c": 3}});
        assert_eq!(value("a / b.c - 1", &result, &[]), 1.0);
        assert_eq!(value("main@b.c", &result, &[]), 3.0);
    }

    #[test]
    fn the_spread_is_that_between_replications() {
        let singles = [json!({"n": 1.0}), json!({"n": 3.0})];
        assert_eq!(value("average(n)", &json!({}), &singles), 2.0);
        let sd = value("spread(n)", &json!({}), &singles);
        assert!((sd - 2.0_f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn a_wave_is_found_with_amplitude_and_lag() {
        // Averages of 50 + 30 sin(2 pi (t - 0.5) / 10) over stretches of 1 s.
        let mean = |t: f64| {
            let angle = |t: f64| TAU * (t - 0.5) / 10.0;
            50.0 + 30.0 * (angle(t).cos() - angle(t + 1.0).cos()) / (TAU / 10.0)
        };
        let points: Vec<Value> = (0..45)
            .map(|t| json!({"at_s": t, "length_s": 1.0, "x": mean(f64::from(t))}))
            .collect();
        let result = json!({ "series": points });
        assert!((value("amplitude(series.x, 10)", &result, &[]) - 30.0).abs() < 1e-9);
        assert!((value("lag(series.x, 10)", &result, &[]) - 0.5).abs() < 1e-9);
        assert!((value("at(series.x, 3.2)", &result, &[]) - mean(3.0)).abs() < 1e-12);
    }
}
