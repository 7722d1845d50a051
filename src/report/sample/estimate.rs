//! What theory says: an estimate without simulation, and a comparison with a run.

use super::about;
use crate::experiment::result::estimate::{
    BoundsEstimate, EstimateResult, ResourceEstimate, Rests, SaturationEstimate, WorkloadEstimate,
};
use crate::experiment::result::{Named, TheoryFinding, TopologyId};

fn rests(law: &str, assumption: &str, approximation: bool) -> Rests {
    Rests {
        law: law.to_owned(),
        assumption: assumption.to_owned(),
        approximation,
    }
}

fn resource(utilisation: f64, wait: Option<f64>, rests: Rests) -> ResourceEstimate {
    ResourceEstimate {
        capacity: 4,
        rate_per_s: 560.0,
        utilisation,
        waiting_time_s: wait,
        service_time_s: 0.005,
        rests,
    }
}

/// Three tiers of which the last is overloaded.
pub fn estimate() -> EstimateResult {
    let exact = || {
        rests(
            "Erlang C",
            "product form: Poisson arrivals, random splits",
            false,
        )
    };
    let rough = || {
        rests(
            "Kingman",
            "arrivals taken as Poisson, cv of service 2.00",
            true,
        )
    };
    let one = |name: &str, resource| Named(vec![(name.to_owned(), resource)]);
    let workload = WorkloadEstimate {
        throughput_rps: 560.0,
        response_time_s: None,
        rests: exact(),
    };
    EstimateResult {
        schema: 1,
        linchpin: "0.1.0".to_owned(),
        command: "estimate".to_owned(),
        topology: TopologyId {
            name: "three-tier".to_owned(),
            digest: "9f3c2a7711d0e4b5".to_owned(),
            set: vec!["was.replicas=4".to_owned()],
            injected: Vec::new(),
        },
        wall_s: 0.000_8,
        workloads: Named(vec![("users".to_owned(), workload)]),
        components: Named(vec![
            (
                "was".to_owned(),
                one("cpu", resource(0.7, Some(0.01), exact())),
            ),
            ("db".to_owned(), one("disk", resource(1.2, None, rough()))),
        ]),
        hosts: Named(Vec::new()),
        links: Named(Vec::new()),
        saturation: Some(SaturationEstimate {
            owner: "db".to_owned(),
            resource: "disk".to_owned(),
            throughput_rps: 466.7,
            users: Some(120.0),
        }),
        bounds: Some(BoundsEstimate {
            throughput_rps: (10.0, 466.7),
            response_time_s: (0.02, 4.0),
        }),
        left_out: vec!["timeouts, deadlines and retries are taken as never striking".to_owned()],
    }
}

/// A law that a run agrees with.
pub fn theory() -> Vec<TheoryFinding> {
    vec![TheoryFinding {
        law: "Erlang C".to_owned(),
        subject: "was cpu mean wait, s".to_owned(),
        simulated: about(0.003_5, 1.0),
        expected: 0.003_49,
        agrees: Some(true),
        approximation: false,
    }]
}
