//! Sweeps.

use super::about;
use super::run::header;
use crate::experiment::result::sweep::{
    Correlation, DesignKind, MetricIndices, ObjectiveShare, ParameterIndices, PointSpread,
    SettingValue, SweepBottleneck, SweepObjective, SweepParameter, SweepPoint, SweepResult,
};
use crate::experiment::result::{Named, ObjectiveVerdict, RequestCounts, TimeStatistics, Verdict};
use crate::statistics::{Estimate, Reason};

/// A point at this utilisation; at 1 and above it is saturated.
fn point(parameters: Vec<(&str, SettingValue)>, busy: f64) -> SweepPoint {
    let mean = if busy < 1.0 {
        about(0.01 / (1.0 - busy), 1.0)
    } else {
        Estimate::missing(Reason::GrowsWithTime)
    };
    let p95 = mean.scaled(3.0);
    let verdict = match p95.value {
        None => Verdict::Saturated,
        Some(seconds) if seconds > 0.06 => Verdict::Fail,
        Some(_) => Verdict::Pass,
    };
    let judged = match verdict {
        Verdict::Pass => ObjectiveVerdict::Pass,
        _ => ObjectiveVerdict::Fail,
    };
    let named = parameters.into_iter();
    SweepPoint {
        parameters: Named(
            named
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        ),
        verdict,
        verdict_reason: "because".to_owned(),
        replications: 20,
        duration_s: 60.0,
        warm_up_s: 2.0,
        events: 120_000,
        requests: RequestCounts::default(),
        offered_rps: about(100.0 * busy, 0.5),
        throughput_rps: about(100.0 * busy.min(1.0), 0.5),
        goodput_rps: about(100.0 * busy.min(1.0), 0.5),
        error_rate: Estimate::exact(0.0),
        availability: Estimate::exact(1.0),
        response_time_s: TimeStatistics {
            mean,
            sd: None,
            p50: mean.scaled(0.7),
            p90: mean.scaled(2.3),
            p95,
            p99: mean.scaled(4.6),
            p99_9: mean.scaled(6.9),
            max: None,
        },
        in_system: about(busy, 1.0),
        bottleneck: Some(SweepBottleneck {
            component: "was".to_owned(),
            resource: "cpu".to_owned(),
            utilisation: about(busy.min(1.0), 1.0),
        }),
        utilisation: vec![("was.cpu".to_owned(), busy.min(1.0))],
        objectives: vec![SweepObjective {
            text: "p95 < 60ms".to_owned(),
            measured: p95.value,
            ci95: p95.ci95,
            verdict: judged,
            holds: Some(judged == ObjectiveVerdict::Pass),
        }],
        standard_errors: Named(Vec::new()),
        grows: busy >= 1.0,
        warnings: Vec::new(),
    }
}

fn parameter(path: &str, values: &str, unit: &str) -> SweepParameter {
    SweepParameter {
        path: path.to_owned(),
        values: values.to_owned(),
        unit: unit.to_owned(),
    }
}

fn result(
    design: DesignKind,
    parameters: Vec<SweepParameter>,
    points: Vec<SweepPoint>,
) -> SweepResult {
    SweepResult {
        header: header("sweep"),
        wall_s: 1.5,
        plan: "00c0ffee00c0ffee".to_owned(),
        design,
        samples: None,
        parameters,
        planned: points.len(),
        points,
        spread: vec![PointSpread {
            metric: "response_time_s.mean".to_owned(),
            unit: "s",
            of: 8,
            without: 1,
            mean: Some(0.021),
            sd: Some(0.012),
            least: Some(0.011),
            quantiles: Named(vec![
                ("p5".to_owned(), 0.0112),
                ("p50".to_owned(), 0.017),
                ("p95".to_owned(), 0.049),
            ]),
            most: Some(0.05),
            noise_share: Some(0.004),
        }],
        objectives: vec![ObjectiveShare {
            text: "p95 < 60ms".to_owned(),
            holds: 6,
            of: 9,
            undecided: 1,
            probability: Estimate {
                ci95: Some((0.35, 0.88)),
                ..Estimate::exact(6.0 / 9.0)
            },
        }],
        correlations: Vec::new(),
        indices: Vec::new(),
        measure_next: None,
        partial: false,
        warnings: Vec::new(),
    }
}

/// A grid of two parameters, one point of it saturated.
pub fn grid() -> SweepResult {
    let mut points = Vec::new();
    for replicas in [1, 2, 4] {
        for rate in [40.0, 80.0, 120.0] {
            let text = SettingValue::Text(format!("{rate}/s"));
            let own = vec![
                ("was.replicas", SettingValue::Whole(replicas)),
                ("rate", text),
            ];
            points.push(point(own, rate / 100.0 / replicas as f64));
        }
    }
    let parameters = vec![
        parameter("was.replicas", "1, 2, 4", ""),
        parameter("rate", "40/s..120/s/3", "per_s"),
    ];
    result(DesignKind::Grid, parameters, points)
}

/// A grid of one parameter.
pub fn single() -> SweepResult {
    let points = [20.0, 40.0, 60.0, 80.0, 120.0].map(|rate| {
        let text = SettingValue::Text(format!("{rate}/s"));
        point(vec![("rate", text)], rate / 100.0)
    });
    let parameters = vec![parameter("rate", "20/s, 40/s, 60/s, 80/s, 120/s", "per_s")];
    result(DesignKind::Grid, parameters, points.into())
}

/// A sample of two uncertain inputs with indices.
pub fn sampled() -> SweepResult {
    let points = (0..50).map(|number| {
        let rate = 40.0 + f64::from(number);
        let own = vec![
            ("was.service", SettingValue::Text("5ms".to_owned())),
            ("rate", SettingValue::Text(format!("{rate}/s"))),
        ];
        point(own, rate / 100.0)
    });
    let parameters = vec![
        parameter("was.service", "Uniform(\"2ms\", \"8ms\")", "s"),
        parameter("rate", "Uniform(\"40/s\", \"90/s\")", "per_s"),
    ];
    let mut sweep = result(DesignKind::Indices, parameters, points.collect());
    sweep.samples = Some(25);
    let correlation = |parameter: &str, rho: f64| Correlation {
        metric: "response_time_s.mean".to_owned(),
        parameter: parameter.to_owned(),
        rank_correlation: Estimate::around(rho, 0.1, 50),
    };
    sweep.correlations = vec![correlation("was.service", -0.2), correlation("rate", 0.7)];
    let own = |parameter: &str, first: f64, total: f64| ParameterIndices {
        parameter: parameter.to_owned(),
        first: Estimate::around(first, 0.05, 0),
        total: Estimate::around(total, 0.06, 0),
    };
    sweep.indices = vec![MetricIndices {
        metric: "response_time_s.mean".to_owned(),
        variance: 1e-4,
        noise_share: Some(0.01),
        parameters: vec![own("was.service", 0.2, 0.3), own("rate", 0.7, 0.8)],
    }];
    sweep.measure_next = Some("measure `rate` next".to_owned());
    sweep
}
