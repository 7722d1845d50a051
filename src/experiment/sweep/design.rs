//! Which points a sweep looks at.

use crate::experiment::result::sweep::DesignKind;
use crate::experiment::run::ExperimentError;
use crate::model::parameter::{Parameter, Setting, Values};
use crate::statistics::low_discrepancy::{MOST_DIMENSIONS, latin, sobol};

/// Most points of a sweep.
pub const MOST_POINTS: usize = 100_000;

/// How points are to be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Design {
    /// The way.
    pub kind: DesignKind,
    /// Of a sampled design: how many; of one for indices, of each of its samples.
    pub samples: Option<u32>,
}

/// The points of a design: by point, what each parameter is set to.
///
/// For indices the rows of `A` come first, then those of `B`, then for each parameter those of
/// `A` with that parameter from `B`.
///
/// # Errors
/// When parameters and design do not fit each other, or there are too many points.
pub fn points(
    parameters: &[Parameter],
    design: Design,
    seed: u64,
) -> Result<Vec<Vec<Setting>>, ExperimentError> {
    let count = parameters.len();
    let samples = samples(design)?;
    let total = match design.kind {
        DesignKind::Grid => size_of_grid(parameters)?,
        DesignKind::Latin | DesignKind::Sobol => samples as usize,
        DesignKind::Indices => samples as usize * (count + 2),
    };
    if total > MOST_POINTS {
        let text = format!("{total} points are more than {MOST_POINTS}: ask for fewer");
        return refuse(text);
    }
    let dimensions = match design.kind {
        DesignKind::Indices => 2 * count,
        _ => count,
    };
    let by_sequence = matches!(design.kind, DesignKind::Sobol | DesignKind::Indices);
    if by_sequence && dimensions > MOST_DIMENSIONS {
        let most = MOST_DIMENSIONS * count / dimensions;
        let text = format!(
            "{count} parameters are more than the {most} that this sequence has dimensions for: \
             use --design latin, or fewer parameters"
        );
        return refuse(text);
    }
    let set = |point: &[f64]| -> Vec<Setting> {
        let pairs = parameters.iter().zip(point);
        pairs.map(|(parameter, &u)| setting(parameter, u)).collect()
    };
    Ok(match design.kind {
        DesignKind::Grid => grid(parameters),
        DesignKind::Latin => latin(samples, count, seed).iter().map(|u| set(u)).collect(),
        DesignKind::Sobol => sobol(samples, count, seed).iter().map(|u| set(u)).collect(),
        DesignKind::Indices => {
            let rows = sobol(samples, dimensions, seed);
            let mut all: Vec<_> = rows.iter().map(|row| set(&row[..count])).collect();
            all.extend(rows.iter().map(|row| set(&row[count..])));
            for place in 0..count {
                all.extend(rows.iter().map(|row| {
                    let mut point = row[..count].to_vec();
                    point[place] = row[count + place];
                    set(&point)
                }));
            }
            all
        }
    })
}

fn refuse<T>(text: String) -> Result<T, ExperimentError> {
    Err(ExperimentError::Question(text))
}

/// The number of samples; 0 for a grid.
fn samples(design: Design) -> Result<u32, ExperimentError> {
    match (design.kind, design.samples) {
        (DesignKind::Grid, Some(_)) => {
            refuse("a grid has as many points as its values give: leave --samples out".to_owned())
        }
        (DesignKind::Grid, None) => Ok(0),
        (_, Some(samples)) => Ok(samples),
        (_, None) => refuse("say how many points to draw: --samples N".to_owned()),
    }
}

fn size_of_grid(parameters: &[Parameter]) -> Result<usize, ExperimentError> {
    let mut total = 1_usize;
    for parameter in parameters {
        match &parameter.values {
            Values::Listed(all) => total = total.saturating_mul(all.len()),
            Values::Drawn(_) => {
                let path = &parameter.path;
                let text = format!(
                    "`{path}` is drawn from a law, of which a grid has no values: give it a list, \
                     or ask for a sample with --samples N"
                );
                return refuse(text);
            }
        }
    }
    Ok(total)
}

/// Every combination; the last parameter changes fastest.
fn grid(parameters: &[Parameter]) -> Vec<Vec<Setting>> {
    let mut all = vec![Vec::new()];
    for parameter in parameters {
        let Values::Listed(values) = &parameter.values else {
            continue;
        };
        let with = |point: Vec<Setting>| {
            values.iter().map(move |value| {
                let mut longer = point.clone();
                longer.push(value.clone());
                longer
            })
        };
        all = all.into_iter().flat_map(with).collect();
    }
    all
}

/// What a parameter is set to at a coordinate of the unit cube: the quantile of its law, or the
/// value of its list that has the same chance as every other.
fn setting(parameter: &Parameter, u: f64) -> Setting {
    match &parameter.values {
        Values::Drawn(law) => parameter.measure.setting(law.quantile(u)),
        Values::Listed(all) => {
            let place = (u * all.len() as f64) as usize;
            all[place.min(all.len() - 1)].clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::{Law, Uncertain};
    use crate::model::parameter::Measure;

    fn listed(path: &str, numbers: &[f64]) -> Parameter {
        let settings = numbers.iter().map(|&n| Measure::Number.setting(n));
        Parameter {
            path: path.to_owned(),
            written: String::new(),
            measure: Measure::Number,
            values: Values::Listed(settings.collect()),
        }
    }

    fn drawn(path: &str) -> Parameter {
        let law = Law::Uniform { from: 1.0, to: 3.0 };
        Parameter {
            values: Values::Drawn(Uncertain::Law(law)),
            ..listed(path, &[])
        }
    }

    fn design(kind: DesignKind, samples: Option<u32>) -> Design {
        Design { kind, samples }
    }

    fn numbers(points: &[Vec<Setting>]) -> Vec<Vec<f64>> {
        let row = |point: &Vec<Setting>| point.iter().filter_map(|one| one.number).collect();
        points.iter().map(row).collect()
    }

    #[test]
    fn a_grid_has_every_combination_the_last_parameter_first() {
        let both = [listed("a", &[1.0, 2.0]), listed("b", &[5.0, 6.0, 7.0])];
        let found = points(&both, design(DesignKind::Grid, None), 1).unwrap();
        let expected = [
            [1.0, 5.0],
            [1.0, 6.0],
            [1.0, 7.0],
            [2.0, 5.0],
            [2.0, 6.0],
            [2.0, 7.0],
        ];
        assert_eq!(numbers(&found), expected);
    }

    #[test]
    fn values_of_a_list_are_drawn_equally_often() {
        let one = [listed("a", &[1.0, 2.0, 4.0, 8.0])];
        let found = points(&one, design(DesignKind::Latin, Some(40)), 1).unwrap();
        let count = |value: f64| found.iter().filter(|p| p[0].number == Some(value)).count();
        assert_eq!([1.0, 2.0, 4.0, 8.0].map(count), [10, 10, 10, 10]);
    }

    #[test]
    fn rows_for_indices_differ_from_the_first_sample_in_one_parameter() {
        let both = [drawn("a"), drawn("b")];
        let found = points(&both, design(DesignKind::Indices, Some(8)), 1).unwrap();
        let all = numbers(&found);
        assert_eq!(all.len(), 8 * 4);
        for row in 0..8 {
            assert_eq!(all[16 + row], [all[8 + row][0], all[row][1]]);
            assert_eq!(all[24 + row], [all[row][0], all[8 + row][1]]);
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_with_a_remedy() {
        let refused = |parameters: &[Parameter], design: Design| {
            points(parameters, design, 1).unwrap_err().to_string()
        };
        let grid = design(DesignKind::Grid, None);
        assert!(refused(&[drawn("a")], grid).contains("--samples"));
        let many = listed("a", &(0..400).map(f64::from).collect::<Vec<_>>());
        let other = Parameter {
            path: "b".to_owned(),
            ..many.clone()
        };
        assert!(refused(&[many, other], grid).contains("160000 points"));
        let unsized_design = design(DesignKind::Latin, None);
        assert!(refused(&[drawn("a")], unsized_design).contains("--samples"));
        let wide: Vec<_> = (0..19).map(|i| drawn(&i.to_string())).collect();
        let indices = design(DesignKind::Indices, Some(8));
        assert!(refused(&wide, indices).contains("more than the 18"));
    }
}
