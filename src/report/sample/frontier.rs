//! Two machines, one to three of each.

use super::about;
use super::run::header;
use crate::experiment::result::frontier::Criterion;
use crate::experiment::result::{FrontierAxis, FrontierPoint, FrontierResult, Standing, Verdict};
use crate::statistics::{Estimate, Reason};

/// Six designs: one carries too little, three are beaten by none.
pub fn frontier() -> FrontierResult {
    let name = |machine: &str, replicas: u32| {
        format!("app.machine=\"{machine}\", app.replicas={replicas}")
    };
    let point =
        |machine: &str, replicas: u32, cost: f64, p95: f64, standing, by: Option<String>| {
            FrontierPoint {
                name: name(machine, replicas),
                values: vec![format!("{machine:?}"), replicas.to_string()],
                verdict: if p95 > 0.0 {
                    Verdict::Pass
                } else {
                    Verdict::Saturated
                },
                cost_per_month: Some(cost),
                response_p95_s: if p95 > 0.0 {
                    about(p95, 1.0)
                } else {
                    Estimate::missing(Reason::GrowsWithTime)
                },
                capacity: None,
                availability: Some(0.999),
                standing,
                beaten_by: by,
            }
        };
    let axis = |path: &str, values: &[&str]| FrontierAxis {
        path: path.to_owned(),
        values: values.iter().map(|&value| value.to_owned()).collect(),
    };
    let cheap = Some(name("small", 3));
    FrontierResult {
        header: header("compare"),
        replications: 20,
        wall_s: 4.0,
        axes: vec![
            axis("app.machine", &["\"small\"", "\"large\""]),
            axis("app.replicas", &["1", "2", "3"]),
        ],
        criteria: vec![Criterion::CostPerMonth, Criterion::ResponseP95],
        verdict_reason: "3 of 6 designs are beaten by none".to_owned(),
        points: vec![
            point("small", 1, 100.0, 0.0, Standing::Overloaded, None),
            point("small", 2, 200.0, 0.4, Standing::Front, None),
            point("small", 3, 300.0, 0.2, Standing::Front, None),
            point("large", 1, 310.0, 0.201, Standing::Undecided, cheap.clone()),
            point("large", 2, 620.0, 0.3, Standing::Beaten, cheap),
            point("large", 3, 930.0, 0.1, Standing::Front, None),
        ],
        partial: false,
        warnings: Vec::new(),
    }
}
