//! Designs side by side (S37, S43).

use super::{mmc, settings, shop};
use crate::experiment::Settings;
use crate::experiment::compare::{Candidate, compare};
use crate::experiment::result::{CompareResult, Difference, TopologyId};
use crate::model::Model;
use crate::theory::Mmc;

fn candidate(name: &str, model: Model) -> Candidate {
    let topology = TopologyId {
        name: name.to_owned(),
        ..TopologyId::default()
    };
    Candidate {
        name: name.to_owned(),
        model,
        changes: Vec::new(),
        topology,
    }
}

fn difference<'a>(found: &'a CompareResult, metric: &str) -> &'a Difference {
    found
        .differences
        .iter()
        .find(|one| one.metric == metric)
        .unwrap()
}

#[test]
fn a_faster_design_differs_by_what_theory_says() {
    let designs = [candidate("8", mmc(6.4, 8)), candidate("9", mmc(6.4, 9))];
    let found = compare(&designs, &settings(1)).unwrap();
    let mean = difference(&found, "response_time_s.mean");
    let response = |servers| Mmc::new(6.4, 1.0, servers).unwrap().mean_response();
    let expected = response(9) - response(8);
    assert!(mean.significant, "{mean:?}");
    let (value, half) = (
        mean.difference.value.unwrap(),
        mean.difference.half_width().unwrap(),
    );
    assert!(
        (value - expected).abs() < 2.0 * half,
        "{value} +- {half}, not {expected}"
    );
    assert!(mean.gain.unwrap() > 1.2, "{:?}", mean.gain);
    let use_of = difference(&found, "components.server.cpu.utilisation");
    assert!((use_of.difference.value.unwrap() - (6.4 / 9.0 - 0.8)).abs() < 0.005);
    assert!(!difference(&found, "throughput_rps").significant);
    assert!(
        found.verdict_reason.contains("9 is"),
        "{}",
        found.verdict_reason
    );
    let [a, b] = &found.designs[..] else { panic!() };
    assert_eq!(
        a.run.warm_up_s.to_bits(),
        b.run.warm_up_s.to_bits(),
        "one warm-up for all (S30)"
    );
    assert_eq!(
        a.run.requests.offered, b.run.requests.offered,
        "the same arrivals"
    );
}

#[test]
fn a_design_does_not_differ_from_itself() {
    let model = || shop(150.0, 2, 8).build();
    let designs = [candidate("a", model()), candidate("b", model())];
    let short = Settings {
        requests: Some(1_000),
        replications: Some(10),
        ..settings(1)
    };
    let found = compare(&designs, &short).unwrap();
    for one in &found.differences {
        assert!(one.difference.value.unwrap_or(0.0).abs() < 1e-12, "{one:?}");
        assert!(!one.significant, "{one:?}");
    }
    assert!(compare(&designs[..1], &short).is_err());
}
