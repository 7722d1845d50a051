//! Distributions and developments over time.

use crate::experiment::result::SeriesPoint;
use crate::experiment::result::intervals::Spread;
use crate::experiment::result::{Header, TopologyId};

/// Bands of 9 % under an exponential law with mean 28 ms.
pub fn distribution() -> Vec<(f64, f64)> {
    let edge = |index: i32| 0.001 * libm::pow(1.09, f64::from(index));
    let tail = |at: f64| libm::exp(-at / 0.028);
    (0..67)
        .map(|index| (edge(index), tail(edge(index - 1)) - tail(edge(index))))
        .collect()
}

/// Ten minutes with a hole of 80 s.
pub fn series() -> Vec<SeriesPoint> {
    (0..60)
        .map(|index| {
            let at_s = f64::from(index) * 10.0;
            let hurt = (250.0..330.0).contains(&at_s);
            SeriesPoint {
                at_s,
                length_s: 10.0,
                offered_rps: 560.0 + f64::from(index % 5) * 2.0,
                throughput_rps: if hurt {
                    400.0
                } else {
                    558.0 + f64::from(index % 7)
                },
                failed_rps: if hurt { 160.0 } else { 0.1 },
                in_system: if hurt {
                    140.0
                } else {
                    17.0 + f64::from(index % 3)
                },
                response_mean_s: (!hurt || index % 2 == 0).then_some(0.028),
                response_p95_s: (!hurt || index % 2 == 0).then_some(if hurt { 0.9 } else { 0.071 }),
                memory_bytes: crate::experiment::result::Named::default(),
            }
        })
        .collect()
}

/// How the mean varies over replications.
pub fn spread() -> Spread {
    Spread {
        min: 0.0281,
        max: 0.0297,
        relative: 0.055,
    }
}

/// The head of a sample result.
pub fn header(command: &str) -> Header {
    Header {
        schema: 1,
        linchpin: "0.1.0".to_owned(),
        command: command.to_owned(),
        seed: 42,
        topology: TopologyId {
            name: "three-tier".to_owned(),
            digest: "9f3c2a7711d0e4b5".to_owned(),
            set: vec!["was.replicas=4".to_owned()],
            injected: Vec::new(),
        },
    }
}
