//! Terminating runs: horizons, lead-in, faults, logs (S29, S34).

use super::{mmc, settings, shop};
use crate::experiment::result::{RunResult, Verdict};
use crate::experiment::{Settings, run};
use crate::law::Law;
use crate::model::builder::seconds;
use crate::model::{
    Arrivals, Fault, FaultKind, FaultTarget, JourneyId, Model, Process, Stage, Start, Step, WarmUp,
};

fn with_stages(mut model: Model, list: &[(f64, f64, u64)]) -> Model {
    if let Arrivals::Open { stages, .. } = &mut model.workloads[0].arrivals {
        *stages = list
            .iter()
            .map(|&(from, to, length)| Stage {
                from,
                to,
                length,
                mix: Vec::new(),
            })
            .collect();
    }
    model
}

fn early(result: &RunResult) -> f64 {
    let first = &result.series[..20];
    first.iter().map(|point| point.in_system).sum::<f64>() / first.len() as f64
}

#[test]
fn a_warm_start_begins_in_the_steady_state_of_its_first_stage() {
    // M/M/1 at 0.8: four in the system on average.
    let mut model = with_stages(
        mmc(0.8, 1),
        &[(0.8, 0.8, seconds(300)), (0.8, 0.1, seconds(50))],
    );
    let often = Settings {
        replications: Some(400),
        ..settings(1)
    };
    let warm = run(&model, &often).unwrap();
    assert_eq!(warm.kind, "terminating");
    assert!((warm.duration_s - 350.0).abs() < 1e-6);
    assert!((early(&warm) - 4.0).abs() < 0.8, "{}", early(&warm));
    model.run.start = Start::Cold;
    let cold = run(&model, &often).unwrap();
    assert!(early(&cold) < 2.5, "{}", early(&cold));
    assert!((warm.warm_up_s > 0.0) && cold.warm_up_s == 0.0);
}

/// With pencil and paper: one comes every 0.1 s and takes 0.15 s, so that the k-th, who comes at
/// 0.1 k, is answered 0.1 + 0.05 k later. Behind a lead-in of L the ten of the counted second are
/// those with k from 10 L on, and wait for all before them; S8, S29.
#[test]
fn a_stated_warm_up_is_the_lead_in_whose_queue_the_run_begins_with() {
    let mut model = with_stages(mmc(0.8, 1), &[(10.0, 10.0, seconds(1))]);
    model.components[0].operations[0].steps = vec![Step::Use {
        resource: 0,
        demand: Law::Constant(0.15e9),
    }];
    if let Arrivals::Open { process, .. } = &mut model.workloads[0].arrivals {
        *process = Process::Deterministic;
    }
    for (lead_in_s, first) in [(0, 1), (4, 40), (10, 100)] {
        model.run.warm_up = WarmUp::Fixed(seconds(lead_in_s));
        let result = run(&model, &settings(1)).unwrap();
        assert_eq!(result.kind, "terminating");
        assert!((result.warm_up_s - lead_in_s as f64).abs() < 1e-9);
        let counted = first..10 * (lead_in_s + 1);
        assert_eq!(result.requests.offered, counted.clone().count() as u64);
        let sum: f64 = counted.clone().map(|k| 0.1 + 0.05 * k as f64).sum();
        let expected = sum / counted.count() as f64;
        let mean = result.response_time_s.mean.value.unwrap();
        assert!(
            (mean - expected).abs() < 1e-6,
            "{lead_in_s}: {mean} and {expected}"
        );
    }
}

#[test]
fn an_overload_study_is_never_saturated() {
    let model = with_stages(
        mmc(0.8, 1),
        &[(0.5, 0.5, seconds(100)), (2.0, 2.0, seconds(200))],
    );
    let result = run(&model, &settings(1)).unwrap();
    assert_ne!(result.verdict, Verdict::Saturated);
    assert!(result.response_time_s.mean.value.is_some());
}

#[test]
fn a_crash_is_felt_until_it_is_detected() {
    let mut model = shop(150.0, 2, 8).build();
    let was = model.component_named("was").unwrap();
    model.faults.push(Fault {
        kind: FaultKind::Crash,
        target: FaultTarget::Nodes(vec![model.components[was.index()].nodes[0]]),
        at: seconds(30),
        lasts: Some(seconds(60)),
    });
    let result = run(&model, &settings(1)).unwrap();
    assert_eq!(result.kind, "terminating");
    assert!((result.duration_s - 150.0).abs() < 1e-6);
    // Detection takes U(4, 6) s, in which half of 150/s fail: about 375 of 22,500.
    let failed = result.requests.failed as f64 / f64::from(result.replications);
    assert!((250.0..500.0).contains(&failed), "{failed}");
    let during = |from: f64, to: f64| {
        let inside = result
            .series
            .iter()
            .filter(|one| one.at_s >= from && one.at_s < to);
        inside.map(|one| one.failed_rps * one.length_s).sum::<f64>()
    };
    assert!(
        (during(29.0, 38.0) - failed).abs() < 1.0,
        "all of them within the detection"
    );
    // Crash, noticed by the third failed check, repair, noticed by the second good one.
    let at: Vec<f64> = result.marks.iter().map(|mark| mark.0).collect();
    assert_eq!(at.len(), 4, "{:?}", result.marks);
    assert!((at[0] - 30.0).abs() < 1e-6 && (34.0..=36.0).contains(&at[1]));
    assert!((at[2] - 90.0).abs() < 1e-6 && (92.0..=94.0).contains(&at[3]));
    let healthy = &result.components.get("was").unwrap().healthy;
    assert!((healthy.mean - (2.0 - 60.0 / 150.0)).abs() < 1e-6);
    assert!((healthy.min - 1.0).abs() < 1e-9);
}

#[test]
fn a_log_is_drained_to_its_last_answer() {
    let mut model = mmc(1.0, 1);
    // Five requests of exactly one second at once, then one alone: responses 1, 2, 3, 4, 5, 1.
    model.components[0].operations[0].steps = vec![crate::model::Step::Use {
        resource: 0,
        demand: crate::law::Law::Constant(1e9),
    }];
    let mut log = vec![(0, JourneyId(0), 0); 5];
    log.push((seconds(10), JourneyId(0), 1));
    model.workloads[0].arrivals = Arrivals::Replay {
        log,
        items: Vec::new(),
        rejected: Vec::new(),
        file: "log".to_owned(),
    };
    let result = run(&model, &settings(1)).unwrap();
    assert!(result.deterministic);
    assert_eq!(result.replications, 1);
    assert_eq!(result.requests.succeeded, 6);
    let mean = result.response_time_s.mean;
    assert!((mean.value.unwrap() - 16.0 / 6.0).abs() < 1e-9);
    assert_eq!(mean.half_width(), Some(0.0));
}
