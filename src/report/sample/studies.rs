//! Curves, comparisons and single points.

use super::about;
use super::run::{header, run};
use crate::experiment::result::curve::CurveResponse;
use crate::experiment::result::spof::{
    Blast, ClassPoints, Expected, GroupFinding, PartImportance, ShortPair,
};
use crate::experiment::result::{
    Bill, BottleneckFinding, Buckle, Change, CompareResult, CurvePoint, CurveResult, CutSet,
    Design, DesignCapacity, DesignLosses, Difference, LoadAxis, Named, PointClass, PointVerdict,
    Route, Saturation, SinglePoint, SpofResult, TimeStatistics, Verdict,
};
use crate::statistics::{Estimate, Reason};

fn responses(mean: Estimate) -> CurveResponse {
    CurveResponse {
        mean,
        p50: mean.scaled(0.8),
        p95: mean.scaled(2.5),
        p99: mean.scaled(3.6),
    }
}

/// Users against a node under the law of Gunther with its peak at 22 users.
pub fn curve() -> CurveResult {
    let throughput = |n: f64| 100.0 * n / (1.0 + 0.02 * (n - 1.0) + 0.002 * n * (n - 1.0));
    let points = [
        1.0, 5.0, 10.0, 15.0, 20.0, 22.0, 25.0, 30.0, 35.0, 40.0, 45.0, 50.0,
    ];
    CurveResult {
        header: header("curve"),
        wall_s: 3.2,
        axis: LoadAxis::Users,
        points: points
            .iter()
            .map(|&load| CurvePoint {
                load,
                offered_rps: about(throughput(load), 0.4),
                throughput_rps: about(throughput(load), 0.4),
                response_time_s: responses(about(load / throughput(load), 0.5)),
                error_rate: Estimate::exact(0.0),
                verdict: Verdict::Pass,
                utilisation: vec![("app.cpu".to_owned(), (load / 50.0).min(1.0))],
            })
            .collect(),
        knee: Some(15.0),
        saturation: Saturation {
            load: 22.0,
            throughput_rps: about(throughput(22.0), 0.4),
            reached: true,
        },
        buckle: Some(Buckle {
            from_load: 25.0,
            to_load: 50.0,
            drop: 0.226,
        }),
        recommended_max_rps: Some(657.0),
        recommended_because: "0.7 x saturation".to_owned(),
        margin: 0.7,
        bottleneck: Some(BottleneckFinding {
            component: "app".to_owned(),
            resource: "cpu".to_owned(),
            utilisation: about(0.44, 0.3),
            ceiling_rps: None,
            symptom_of: None,
            node: None,
            tied: false,
        }),
        partial: false,
        warnings: Vec::new(),
    }
}

/// Rates against a server that carries 800/s; latencies grow with time beyond.
pub fn open_curve() -> CurveResult {
    let loads = [
        100.0, 200.0, 300.0, 400.0, 500.0, 600.0, 700.0, 760.0, 790.0, 810.0, 880.0, 960.0,
    ];
    let points = loads.iter().map(|&load: &f64| {
        let (mean, verdict) = if load < 800.0 {
            (
                about(0.01 / (1.0 - load / 800.0), 1.0 + load / 80.0),
                Verdict::Pass,
            )
        } else {
            (Estimate::missing(Reason::GrowsWithTime), Verdict::Saturated)
        };
        CurvePoint {
            load,
            offered_rps: about(load, 0.2),
            throughput_rps: about(load.min(800.0), 0.4),
            response_time_s: responses(mean),
            error_rate: Estimate::exact(0.0),
            verdict,
            utilisation: vec![("was.cpu".to_owned(), (load / 800.0).min(1.0))],
        }
    });
    CurveResult {
        axis: LoadAxis::Rate,
        points: points.collect(),
        knee: Some(400.0),
        saturation: Saturation {
            load: 810.0,
            throughput_rps: about(800.0, 0.3),
            reached: true,
        },
        buckle: None,
        recommended_max_rps: Some(560.0),
        ..curve()
    }
}

fn faster(times: &TimeStatistics, factor: f64) -> TimeStatistics {
    TimeStatistics {
        mean: times.mean.scaled(factor),
        sd: times.sd.map(|sd| sd * factor),
        p50: times.p50.scaled(factor),
        p90: times.p90.scaled(factor),
        p95: times.p95.scaled(factor),
        p99: times.p99.scaled(factor),
        p99_9: times.p99_9.scaled(factor),
        max: times.max.map(|max| max * factor),
    }
}

/// More nodes and larger nodes against a base.
pub fn compare() -> CompareResult {
    let base = run();
    let design = |name: &str, factor: f64, changes: Vec<Change>| {
        let mut run = base.clone();
        run.response_time_s = faster(&base.response_time_s, factor);
        run.cost = Some(Bill {
            per_month: 280.0,
            per_million_requests: Some(1.61),
            parts: Named(Vec::new()),
            without_price: Vec::new(),
        });
        Design {
            name: name.to_owned(),
            changes,
            run,
            capacity: Some(DesignCapacity {
                axis: LoadAxis::Rate,
                load: Some(98.0),
                ci95: Some((97.0, 99.0)),
                at_least: None,
                binding: Some("p95 < 60ms".to_owned()),
            }),
            losses: Some(DesignLosses {
                single_points: Vec::new(),
                availability: Some(0.999),
                downtime_minutes_per_year: Some(525.6),
            }),
        }
    };
    let change = |path: &str, before: &str, after: &str| Change {
        path: path.to_owned(),
        before: Some(before.to_owned()),
        after: Some(after.to_owned()),
    };
    let difference = |metric: &str, b: &str, value: f64, half: f64, significant: bool| Difference {
        metric: metric.to_owned(),
        a: "three-tier".to_owned(),
        b: b.to_owned(),
        difference: Estimate::around(value, half, 20),
        relative: significant.then_some(-0.2),
        ci95: Some((value - half, value + half)),
        significant,
        gain: Some(1.8),
    };
    CompareResult {
        schema: 1,
        linchpin: "0.1.0".to_owned(),
        command: "compare".to_owned(),
        seed: 42,
        wall_s: 20.5,
        designs: vec![
            design("three-tier", 1.0, Vec::new()),
            design("out", 0.8, vec![change("was.replicas", "2", "4")]),
            design("up", 0.82, vec![change("was.cores", "2", "4")]),
        ],
        differences: vec![
            difference("response_time_s.mean", "out", -0.005_7, 0.000_2, true),
            difference("throughput_rps", "out", 0.02, 0.5, false),
            difference("response_time_s.mean", "up", -0.005_1, 0.000_2, true),
            difference("components.was.utilisation", "up", -0.3, 0.01, true),
        ],
        verdict_reason: "out answers 20.1 % faster than three-tier".to_owned(),
        partial: false,
        warnings: Vec::new(),
    }
}

fn point(component: &str, class: Option<PointClass>, verdict: PointVerdict) -> SinglePoint {
    SinglePoint {
        component: component.to_owned(),
        class,
        route: Route::Direct,
        verdict: Some(verdict),
        journeys: vec!["dynamic".to_owned()],
        lost_share: Some(0.4),
        recovery_s: (class == Some(PointClass::Transient)).then_some(3.2),
        witness: format!("dynamic: client \u{2192} nginx \u{2192} {component}"),
        fix: format!("a second {component} on another host"),
        breaks_objective: class != Some(PointClass::Transient),
        blast: Some(Blast {
            over_s: 300.0,
            lost_requests: 412.0,
            above_objective_s: Some(6.0),
            promised: 0.999,
            is_stated: false,
            budget_spent: Some(0.0159),
            lost_sessions_share: Some(0.25),
            lost_writes: None,
        }),
        cure: vec![format!("components.{component:?}.replicas=2")],
        repair_s: Some(7_200.0),
    }
}

/// Two outages a year, nearly all of them of the database.
fn expected() -> Expected {
    Expected {
        unavailability: 1.004e-3,
        availability: 0.998_996,
        downtime_minutes_per_year: 527.7,
        partly_unavailable: 1.004e-3,
        frequency_per_year: Some(2.1),
        mean_outage_s: Some(15_077.0),
        importance: vec![PartImportance {
            component: "mysql".to_owned(),
            parts: 1,
            unavailability: 1e-3,
            birnbaum: 0.999_996,
            criticality: 0.996,
            diagnosis: 0.996,
            fussell_vesely: Some(0.996),
            raw: 996.0,
            rrw: f64::INFINITY,
            minutes_removed: 525.6,
        }],
    }
}

/// Single points of all three classes.
pub fn spof() -> SpofResult {
    SpofResult {
        header: header("spof"),
        wall_s: 8.0,
        verdict_reason: "3 of 5 parts stop a journey or break an objective".to_owned(),
        failed: true,
        objectives: Vec::new(),
        single_points: vec![
            point(
                "mysql",
                Some(PointClass::Structural),
                PointVerdict::Persistent,
            ),
            point(
                "tomcat/1",
                Some(PointClass::Capacity),
                PointVerdict::Cascading,
            ),
            point("lb/1", Some(PointClass::Transient), PointVerdict::Transient),
        ],
        survived: vec![point("nginx/2", None, PointVerdict::Masked)],
        cut_sets: vec![CutSet {
            members: vec!["nginx/1".to_owned(), "nginx/2".to_owned()],
            order: 2,
            probability: Some(4e-6),
            classes: vec!["dynamic".to_owned(), "static".to_owned()],
        }],
        short_pairs: vec![ShortPair {
            members: ["nginx/1".to_owned(), "nginx/3".to_owned()],
            alike: 3,
            overloaded: "nginx/2".to_owned(),
            resource: "cpu",
            utilisation: 1.2,
            breaks_objective: Some(true),
            lost_share: Some(0.1),
        }],
        classes: Named(vec![(
            "dynamic".to_owned(),
            ClassPoints {
                single_points: vec!["mysql".to_owned()],
                pairs: vec![["nginx/1".to_owned(), "nginx/2".to_owned()]],
                cut_sets_by_order: vec![1, 1],
                expected: Some(expected()),
                by_simulation: None,
            },
        )]),
        journeys: Named(Vec::new()),
        expected: Some(expected()),
        of_objectives: None,
        of_requests: None,
        by_simulation: None,
        groups: vec![GroupFinding {
            name: "pair".to_owned(),
            members: vec!["db/1".to_owned(), "db/2".to_owned()],
            needed: 1,
            unavailability: 6.5647e-6,
            downtime_minutes_per_year: 3.45,
            takeover: Some(5.0e-6),
            mean_failed: 1.8e-3,
            if_independent: 8.3e-7,
        }],
        assumed_perfect: vec!["lb/1".to_owned()],
        not_in_your_hands: vec!["payment gateway".to_owned()],
        partial: false,
        warnings: Vec::new(),
    }
}
