//! Throughput against load, and the Universal Scalability Law through it.

use std::collections::BTreeMap;

use super::log::Log;
use crate::experiment::result::Warning;
use crate::experiment::result::fit::UslResult;
use crate::statistics::{Confidence, Estimate, Reason};
use crate::theory::{UslFit, fit_usl};

/// R² below which the law is no description of the points.
const POOR: f64 = 0.5;
/// Seconds that a level of users has to last to count.
const SECONDS: usize = 5;

/// The law through the points of the log, or through its seconds of equal users.
pub fn usl(log: &Log, warnings: &mut Vec<Warning>) -> Option<UslResult> {
    let points = if log.points.is_empty() {
        by_second(log)
    } else {
        let points = log.points.iter();
        points
            .map(|point| (point.load, point.throughput_rps))
            .collect()
    };
    if points.is_empty() {
        return None;
    }
    let Some(fit) = fit_usl(&points) else {
        let text = "the throughput law needs four points at three loads: not fitted".to_owned();
        let code = "few_loads";
        warnings.push(Warning { code, text });
        return None;
    };
    let result = usl_result(&fit, points);
    if result.from_load > 1.0 {
        let text = format!(
            "the throughput at a load of 1 lies below the smallest load that was measured ({}): it \
             is read off the fitted law",
            result.from_load
        );
        let code = "below_measured";
        warnings.push(Warning { code, text });
    }
    if result.r_squared < POOR {
        let text = format!(
            "the throughput law explains {:.0} % of the differences in throughput: the load has \
             little part in them, and the law says nothing about other loads",
            100.0 * result.r_squared.max(0.0)
        );
        let code = "poor_fit";
        warnings.push(Warning { code, text });
    }
    if let Some(peak) = result.peak_load.filter(|_| !result.peak_is_measured) {
        let text = format!(
            "the peak at a load of {peak:.1} lies beyond the largest that was measured \
             ({}): it is a guess of the fitted law",
            result.to_load
        );
        let code = "beyond_measured";
        warnings.push(Warning { code, text });
    }
    Some(result)
}

/// Mean completions a second at each number of users that was held for some seconds.
fn by_second(log: &Log) -> Vec<(f64, f64)> {
    let mut seconds: BTreeMap<i64, (f64, f64, f64)> = BTreeMap::new();
    for sample in &log.samples {
        if let (Some(users), Some(duration)) = (sample.users, sample.duration_s) {
            let end = libm::floor(sample.start_s + duration) as i64;
            let second = seconds.entry(end).or_insert((f64::INFINITY, 0.0, 0.0));
            second.0 = second.0.min(users);
            second.1 = second.1.max(users);
            second.2 += 1.0;
        }
    }
    // The first and the last second are cut.
    seconds.pop_first();
    seconds.pop_last();
    let mut levels: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
    for (least, most, count) in seconds.into_values() {
        if least >= 1.0 && (most - least).abs() < 0.5 {
            levels.entry(most as u64).or_default().push(count);
        }
    }
    let held = levels
        .into_iter()
        .filter(|(_, counts)| counts.len() >= SECONDS);
    held.map(|(users, counts)| {
        let mean = counts.iter().sum::<f64>() / counts.len() as f64;
        (users as f64, mean)
    })
    .collect()
}

/// Share of the spread of the throughputs that the law explains.
fn r_squared(fit: &UslFit, points: &[(f64, f64)]) -> f64 {
    let mean = points.iter().map(|point| point.1).sum::<f64>() / points.len() as f64;
    let spread: f64 = points.iter().map(|point| (point.1 - mean).powi(2)).sum();
    1.0 - fit.residual / spread
}

/// A fitted law of the throughput, as a result.
fn usl_result(fit: &UslFit, points: Vec<(f64, f64)>) -> UslResult {
    let t = Confidence::Fixed.t(fit.degrees_of_freedom as usize + 1);
    let [gamma, sigma, kappa] = fit.intervals(t);
    let estimate = |value: f64, ends: Option<(f64, f64)>| match ends {
        Some(ends) if fit.degrees_of_freedom > 0 => Estimate {
            value: Some(value),
            ci95: Some(ends),
            reason: None,
            groups: points.len(),
        },
        Some(_) => Estimate::without_interval(value, Reason::TooFewSamples),
        None => Estimate::without_interval(value, Reason::AtBound),
    };
    let loads = || points.iter().map(|point| point.0);
    let to = loads().fold(0.0, f64::max);
    let peak_load = fit.law.peak_exact();
    UslResult {
        sigma: estimate(fit.law.sigma, sigma),
        kappa: estimate(fit.law.kappa, kappa),
        gamma_rps: estimate(fit.unit_throughput, gamma),
        from_load: loads().fold(f64::INFINITY, f64::min),
        to_load: to,
        peak_load,
        peak_rps: peak_load.map(|load| fit.throughput(load)),
        peak_is_measured: peak_load.is_some_and(|load| load <= to),
        r_squared: r_squared(fit, &points),
        points,
    }
}

#[cfg(test)]
mod tests {
    use crate::fit::fit;
    use crate::fit::log::{self, Reading};

    /// Nothing is said of a load of 1, or of any, from points that do not bear it out.
    #[test]
    fn a_law_is_not_read_beyond_its_points_in_silence() {
        let codes = |text: &str| -> Vec<&'static str> {
            let source = Box::new(std::io::Cursor::new(text.to_owned().into_bytes()));
            let log = log::read(vec![("points".to_owned(), source)], &Reading::default()).unwrap();
            let found = fit(&log, vec!["points".to_owned()]).unwrap();
            found.warnings.iter().map(|one| one.code).collect()
        };
        let high = "load,throughput\n100,100\n200,150\n300,160\n400,150\n";
        assert!(codes(high).contains(&"below_measured"));
        let flat = "load,throughput\n1,20\n2,21\n4,20\n8,20\n10,20.5\n";
        assert!(codes(flat).contains(&"poor_fit"), "{:?}", codes(flat));
        let good = "load,throughput\n1,20\n4,78\n8,130\n12,170\n16,190\n20,200\n";
        assert_eq!(codes(good), ["beyond_measured"]);
    }
}
