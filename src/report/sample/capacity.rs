//! A system that stays down after its trigger, and one that keeps its objectives up to a load.

use super::run::header;
use crate::experiment::result::fewest::{StateLook, TriedValue, Value};
use crate::experiment::result::highest::{Binding, LimitOf, Looked};
use crate::experiment::result::{
    Bill, BillPart, BottleneckFinding, CapacityResult, FewestResult, HighestResult, LoadAxis,
    Metastable, Named, ObjectiveFinding, ObjectiveVerdict, Tried, Verdict,
};
use crate::statistics::Estimate;

fn tried(load: f64, came_back: u32) -> Tried {
    let is_back = came_back == 3;
    Tried {
        load,
        came_back,
        of: 3,
        answered_before: 0.9999,
        answered_after: if is_back { 0.9999 } else { 0.0 },
        inside: [2_850.0, if is_back { 1.0 } else { 9_300.0 }],
        watched_s: 300.0,
        recovery_s: is_back.then_some(62.5),
        undecided: load > 98.5 && !is_back && load < 100.0,
    }
}

/// A server of 300/s whose users try three times.
pub fn capacity() -> CapacityResult {
    CapacityResult {
        header: header("capacity"),
        replications: 3,
        wall_s: 12.0,
        axis: LoadAxis::Rate,
        after: vec!["server pause @60s for 10s".to_owned()],
        load_of_file: 150.0,
        verdict: Verdict::Fail,
        verdict_reason: "the file's 150/s does not come back: it stays down from 98.6/s on"
            .to_owned(),
        load: Some(97.3),
        bound: Some(300.0),
        metastable: Some(Metastable {
            from_load: 98.6,
            between: [97.3, 98.6],
            amplification: Some(3.0),
            expected_load: Some(100.0),
            sustained_by: vec![
                "`users -> server` sends every request 3 times, of at most 3 tries".to_owned(),
                "`server` is full: cpu busy 100 %, 100 % of its work for callers that have given up"
                    .to_owned(),
            ],
        }),
        tried: vec![
            tried(72.75, 3),
            tried(97.3, 3),
            tried(98.6, 1),
            tried(291.0, 0),
        ],
        partial: false,
        warnings: Vec::new(),
    }
}

/// 464/s, ended by an objective on the response time.
pub fn highest() -> HighestResult {
    let busy = |component: &str, share| BottleneckFinding {
        component: component.to_owned(),
        resource: "cpu".to_owned(),
        node: None,
        utilisation: Estimate::exact(share),
        ceiling_rps: Some(800.0),
        symptom_of: None,
        tied: false,
    };
    let looked = |load, p95, kept| Looked {
        load,
        measured: vec![Some(p95), Some(0.0)],
        kept,
        replications: 20,
    };
    HighestResult {
        header: header("capacity"),
        replications: 20,
        wall_s: 9.0,
        axis: LoadAxis::Rate,
        load_of_file: 560.0,
        verdict: Verdict::Fail,
        verdict_reason: "the file's 560/s is more than the 464/s that keeps them".to_owned(),
        load: Some(464.2),
        at_least: None,
        ci95: Some((462.1, 466.3)),
        confidence: 0.95,
        binding: Some(Binding {
            objective: "p95 < 50ms".to_owned(),
            component: Some("app".to_owned()),
            resource: Some("cpu".to_owned()),
        }),
        bottleneck: Some(busy("app", 0.58)),
        next: Some(busy("db", 0.57)),
        bound: Some(800.0),
        recommended_max: Some(462.1),
        objectives: vec![
            LimitOf {
                text: "p95 < 50ms".to_owned(),
                load: Some(464.2),
                kept_beyond: false,
            },
            LimitOf {
                text: "error rate < 1%".to_owned(),
                load: None,
                kept_beyond: true,
            },
        ],
        tried: vec![looked(450.0, 0.048, true), looked(470.0, 0.051, false)],
        partial: false,
        warnings: Vec::new(),
    }
}

fn staffed(number: u32, mean: f64, half: f64, certified: bool) -> TriedValue {
    let kept = mean < 1.05;
    TriedValue {
        value: Value::Whole(number),
        kept: Some(kept),
        certified,
        cost_per_month: Some(f64::from(number) * 20.0),
        states: vec![StateLook {
            lost: 0,
            kept: Some(kept),
            reason: None,
            replications: 40,
            objectives: vec![ObjectiveFinding {
                text: "mean < 1.05s".to_owned(),
                measured: Some(mean),
                ci95: Some((mean - half, mean + half)),
                bound: 1.05,
                unit: "s",
                verdict: if kept {
                    ObjectiveVerdict::Pass
                } else {
                    ObjectiveVerdict::Fail
                },
                at_the_limit: false,
            }],
        }],
    }
}

/// Staffing: 46 carry 40/s within their objective, 45 do not.
pub fn fewest() -> FewestResult {
    FewestResult {
        header: header("capacity"),
        wall_s: 3.0,
        axis: LoadAxis::Rate,
        load: 40.0,
        find: "app.replicas".to_owned(),
        survive: 0,
        verdict: Verdict::Pass,
        verdict_reason: "app.replicas=46 keeps every objective at 40/s, app.replicas=45 does not"
            .to_owned(),
        found: Some(Value::Whole(46)),
        below: Some(Value::Whole(45)),
        binding: Some("mean < 1.05s".to_owned()),
        bottleneck: Some(BottleneckFinding {
            component: "app".to_owned(),
            resource: "cpu".to_owned(),
            node: None,
            utilisation: Estimate::exact(0.87),
            ceiling_rps: Some(46.0),
            symptom_of: None,
            tied: false,
        }),
        cost: Some(Bill {
            per_month: 920.0,
            per_million_requests: None,
            parts: Named(vec![(
                "app".to_owned(),
                BillPart {
                    nodes: 46.0,
                    each: 20.0,
                    per_month: 920.0,
                },
            )]),
            without_price: vec!["lb".to_owned()],
        }),
        tried: vec![
            staffed(41, 1.6, 0.2, false),
            staffed(45, 1.068, 0.008, true),
            staffed(46, 1.044, 0.004, true),
        ],
        partial: false,
        warnings: Vec::new(),
    }
}
