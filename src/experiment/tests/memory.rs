//! Memory that runs out under those who watch.

use super::settings;
use crate::engine::observation::Observations;
use crate::engine::program::Reason;
use crate::experiment::replicate::{Bench, Script, Span};
use crate::experiment::run;
use crate::model::builder::{Builder, constant, health, ms, seconds};
use crate::model::{Arrivals, Memory, Model, Policy, Process};

const MIB: u64 = 1 << 20;

/// One a second, in turn to nodes of 10 MiB, each of which is full after eight requests; several
/// are checked every second, two failing checks in a row are believed; 9 s to start anew.
fn leaking(nodes: u32) -> Model {
    let mut b = Builder::new("leak");
    let lb = b.component("lb", 1);
    let app = b.component("app", nodes);
    let to_app = b.forward(lb, app);
    b.link(lb, app).balance = Policy::RoundRobin;
    b.link(lb, app).health = (nodes > 1).then(|| health(seconds(1), 2, 2));
    b.operation(lb, "default", vec![to_app]);
    let work = b.work(app, "cpu", constant(ms(100)));
    b.operation(app, "default", vec![work]);
    b.open("users", 1.0, &[("default", lb, 1.0)]);
    if let Arrivals::Open { process, .. } = &mut b.model().workloads[0].arrivals {
        *process = Process::Deterministic;
    }
    b.model().components[app.index()].memory = Some(Memory {
        size: 10 * MIB,
        base: 2 * MIB,
        per_request: 0,
        leak: MIB,
        swap: None,
        boot: seconds(9),
    });
    b.build()
}

fn played(model: &Model, script: Script<'_>) -> Observations {
    let span = Span::until(0, seconds(100), seconds(60));
    let bench = Bench::new(model);
    bench.one(&settings(1), 0, span, script).unwrap()
}

/// The same crashes, scheduled, without memory: whoever watches finds out at the same instants, so
/// that every request ends as it did.
#[test]
fn a_full_memory_is_found_out_about_like_a_crash() {
    let model = leaking(2);
    let seen = played(&model, Script::NOTHING);
    assert!(seen.outages.len() >= 4, "{:?}", seen.outages);
    let crashes = Bench::new(&model).outages(&seen);
    let mut sound = model.clone();
    sound
        .components
        .iter_mut()
        .for_each(|part| part.memory = None);
    let script = Script {
        faults: &crashes,
        ..Script::NOTHING
    };
    let scheduled = played(&sound, script);
    let ends = |run: &Observations| {
        let class = &run.classes[0];
        (
            class.offered,
            class.succeeded,
            class.failed,
            class.response_sum,
        )
    };
    // What fills a memory is taken by it; a crash at the same instant comes before it (S45).
    let (mut full, crash) = (ends(&seen), ends(&scheduled));
    let taken = seen.outages.len() as u64;
    assert_eq!(full.2[Reason::Reset as usize], taken);
    full.2[Reason::Reset as usize] = 0;
    full.2[Reason::Down as usize] += taken;
    assert_eq!(full, crash);
    assert_eq!(seen.node_up_ns, scheduled.node_up_ns);
    // The checks take a node out after one to two seconds: of its 9 s it is asked once at most.
    let down = full.2[Reason::Down as usize] - taken;
    assert!(down <= taken, "{down} of {taken} crashes");
}

/// By hand: one node, full at the eighth request, at 8 s; away until 17 s; full again at the eighth
/// from then on, at 24 s.
#[test]
fn a_leak_of_a_mebibyte_fills_eight_of_them_with_the_eighth_request() {
    let seen = played(&leaking(1), Script::NOTHING);
    let at: Vec<u64> = seen.outages.iter().map(|outage| outage.at).collect();
    assert_eq!(at[..5], [8, 24, 40, 56, 72].map(seconds));
}

/// The result says what is left behind, how long that goes well, and when it did not.
#[test]
fn a_result_tells_of_memory() {
    let mut model = leaking(2);
    model.run.duration = Some(seconds(100));
    model.run.replications = Some(1);
    let result = run(&model, &settings(1)).unwrap();
    let memory = result
        .components
        .get("app")
        .unwrap()
        .memory
        .as_ref()
        .unwrap();
    // A mebibyte of each request, one a second in turn: half of one a second at each of two nodes.
    let left = memory.left_bytes_per_s.value.unwrap() / MIB as f64;
    assert!((left - 0.5).abs() < 0.01, "{left}");
    assert!((memory.full_after_s.unwrap() - 8.0 / left).abs() < 1e-9);
    assert!(memory.crashes >= 4);
    assert_eq!(memory.max_bytes, 10 * MIB);
    let resources = &result.components.get("app").unwrap().resources;
    let used = resources.get("memory").unwrap();
    assert_eq!(used.capacity, Some(20));
    let share = used.utilisation.value.unwrap();
    assert!((share - memory.mean_bytes.value.unwrap() / (10 * MIB) as f64).abs() < 1e-6);
    let series = result
        .series
        .iter()
        .map(|point| point.memory_bytes.get("app").unwrap());
    assert!(series.clone().any(|bytes| *bytes > 15.0 * MIB as f64));
}
