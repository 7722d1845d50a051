//! The value of an expression with its interval.

use std::collections::BTreeMap;

use linchpin::statistics::{Confidence, Estimate, mean_of};
use serde_json::Value;

use crate::expression::{
    Evidence, Expression, Node, Path, Runs, evaluate, needs_pooled, needs_singles, place,
};
use crate::runs::Run;

/// Groups of replications of which one at a time is left out.
const GROUPS: usize = 20;

/// The estimate of the result where the expression is just that; otherwise by leaving out a group
/// of replications at a time (jackknife).
///
/// Source of the jackknife: A. Law, *Simulation Modeling and Analysis*, section 9.5.3.
pub fn estimate(
    expression: &Expression,
    names: &[String],
    runs: &mut BTreeMap<String, Run<'_>>,
) -> Result<Estimate, String> {
    if let [name] = names
        && let Some((path, factor)) = plain(&expression.root)
    {
        let found = place(path, &runs[name].pooled)?;
        if found.is_object() {
            let groups = runs[name].replications();
            return serde_json::from_value::<Estimate>(found.clone())
                .map(|one| Estimate { groups, ..one }.scaled(factor))
                .map_err(|error| format!("{}: {error}", expression.text));
        }
    }
    let mut seen: BTreeMap<String, Seen> = BTreeMap::new();
    for name in names {
        let run = runs.get_mut(name).expect("it is there");
        let seen_of = Seen::of(run, &expression.root);
        seen.insert(name.clone(), seen_of);
    }
    let value = |left_out: Option<(&String, usize)>| {
        let mut evidence = Runs::new();
        for (name, one) in &seen {
            let group = left_out
                .filter(|(of, _)| *of == name)
                .map(|(_, group)| group);
            evidence.insert(name.clone(), one.evidence(&runs[name].pooled, group));
        }
        evaluate(&expression.root, &evidence)
    };
    let all = value(None)?;
    let (mut squares, mut centre, mut least) = (0.0, all, usize::MAX);
    for (name, one) in seen.iter().filter(|(name, _)| !runs[*name].is_exact()) {
        let groups = one.without.len();
        let number = groups as f64;
        let pseudo = |group| Ok(number * all - (number - 1.0) * value(Some((name, group)))?);
        let pseudo = (0..groups)
            .map(pseudo)
            .collect::<Result<Vec<f64>, String>>()?;
        let mean = mean_of(&pseudo, Confidence::Sequential);
        squares += mean.half_width().unwrap_or(f64::INFINITY).powi(2);
        centre += mean.value.unwrap_or(all) - all;
        least = least.min(groups);
    }
    Ok(match least {
        usize::MAX => Estimate::exact(all),
        _ => Estimate::around(centre, squares.sqrt(), least),
    })
}

/// A path alone, or in another unit: times or divided by a number.
fn plain(node: &Node) -> Option<(&Path, f64)> {
    match node {
        Node::Path(path) => Some((path, 1.0)),
        Node::Binary(operator, left, right) => match (operator, &**left, &**right) {
            ('*', Node::Path(path), Node::Number(factor)) => Some((path, *factor)),
            ('/', Node::Path(path), Node::Number(factor)) => Some((path, 1.0 / factor)),
            _ => None,
        },
        _ => None,
    }
}

/// What expressions look at, of one run.
struct Seen {
    count: usize,
    singles: Vec<Value>,
    without: Vec<Value>,
}

impl Seen {
    fn of(run: &mut Run<'_>, node: &Node) -> Self {
        let count = run.replications();
        let groups = count.min(GROUPS);
        let singles = if needs_singles(node) {
            run.singles().to_vec()
        } else {
            Vec::new()
        };
        let without = match (run.is_exact(), needs_pooled(node)) {
            (true, _) => Vec::new(),
            (false, true) => run.without_each(groups),
            (false, false) => vec![Value::Null; groups],
        };
        Self {
            count,
            singles,
            without,
        }
    }

    /// All of it, or without one group.
    fn evidence<'a>(&'a self, pooled: &'a Value, left_out: Option<usize>) -> Evidence<'a> {
        let Some(group) = left_out else {
            let singles = self.singles.iter().collect();
            return Evidence { pooled, singles };
        };
        let groups = self.without.len();
        let (from, to) = (
            group * self.count / groups,
            (group + 1) * self.count / groups,
        );
        let kept = self.singles.iter().enumerate();
        let kept = kept.filter(|(index, _)| !(from..to).contains(index));
        Evidence {
            pooled: &self.without[group],
            singles: kept.map(|pair| pair.1).collect(),
        }
    }
}
