//! The formula against the engine: with a part crashed from the start and every takeover over,
//! requests succeed where the formula says they can, and nowhere else.

use std::sync::atomic::AtomicBool;

use linchpin::control::timeline_of;
use linchpin::engine::observation::{Ending, Observations};
use linchpin::engine::plan::{End, Plan};
use linchpin::engine::run;
use linchpin::fault::crash_of;
use linchpin::lower::{Lowered, lower};
use linchpin::model::Model;
use linchpin::model::builder::seconds;
use linchpin::reliability::{Atom, Reading, Structure, SubjectOf};

use crate::support::random_model::random_model;

const MODELS: u64 = 500;
/// Longer than every takeover of a random model.
const SETTLED: u64 = seconds_of(5);
/// Requests looked at in every case, and where none of them succeeded although some could.
const FEW: u64 = 150;
const MANY: u64 = 40_000;

const fn seconds_of(count: u64) -> u64 {
    count * 1_000_000_000
}

/// Runs `model` with `lost` down from the start, for `requests` counted once all has settled.
fn observe(model: &Model, lowered: &Lowered, lost: Option<Atom>, requests: u64) -> Observations {
    let faults: Vec<_> = lost
        .and_then(Atom::part)
        .map(|part| crash_of(part, 0, None))
        .into_iter()
        .collect();
    let plan = Plan {
        seed: 1,
        replication: 0,
        warm_up: SETTLED,
        end: End::Requests(requests),
        drain: seconds(60),
        in_flight_cap: 1_000_000,
        event_cap: 100_000_000,
        effects: timeline_of(model, lowered, &faults, 1, 0),
        bucket_ns: seconds(1),
        bucket_cap: 128,
        mark_ns: 0,
        scaling: None,
        busy_series: false,
        demand_bias: 1.0,
    };
    let observed = run(&lowered.program, &plan, &AtomicBool::new(false));
    assert_eq!(observed.ending, Ending::Complete);
    observed
}

/// Whether the runs agree with the formula about every class, with `lost` removed.
fn check(seed: u64, model: &Model, lowered: &Lowered, structure: &Structure, lost: Option<Atom>) {
    let removed: Vec<Atom> = lost.into_iter().collect();
    let works = structure.works(Reading::Possible, &removed);
    let mut observed = observe(model, lowered, lost, FEW);
    let mut longer = false;
    for (subject, works) in structure.subjects.iter().zip(works) {
        let SubjectOf::Class(class) = subject.of else {
            continue;
        };
        if works && observed.classes[class.index()].succeeded == 0 && !longer {
            observed = observe(model, lowered, lost, MANY);
            longer = true;
        }
        let own = &observed.classes[class.index()];
        assert!(own.offered > 0, "seed {seed}: {} is sent", subject.name);
        let name = lost.map_or("nothing", |atom| atom.name(model));
        let said = if works { "some" } else { "none" };
        let told = format!(
            "seed {seed} without {name}: {said} of {} succeed",
            subject.name
        );
        assert_eq!(
            works,
            own.succeeded > 0,
            "{told}; {} of {} did",
            own.succeeded,
            own.offered
        );
    }
}

#[test]
fn requests_succeed_in_the_engine_exactly_where_the_formula_says_they_can() {
    for seed in 0..MODELS {
        let model = random_model(seed, false);
        let structure = Structure::of(&model);
        let lowered = lower(&model);
        check(seed, &model, &lowered, &structure, None);
        for atom in structure.atoms.all() {
            check(seed, &model, &lowered, &structure, Some(atom));
        }
    }
}
