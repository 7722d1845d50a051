//! What must hold in every run, over random topologies with crashes, timeouts and retries: each
//! request has one outcome, and areas under levels equal sums over requests and jobs, exactly in
//! integer time.

mod around;
mod topology;

use std::path::Path;
use std::sync::atomic::AtomicBool;

use linchpin::control;
use linchpin::diagnostic::Source;
use linchpin::engine::observation::{Ending, Observations};
use linchpin::engine::plan::{End, Plan};
use linchpin::engine::program::{Discipline, Program, Reason};
use linchpin::engine::run;
use linchpin::lower::lower;
use linchpin::model::Model;
use linchpin::topology::load_source;
use proptest::prelude::*;
use rand::SeedableRng as _;
use rand_xoshiro::Xoshiro256PlusPlus;
use topology::{Tape, write};

const SECOND: u64 = 1_000_000_000;

/// The model that a text says; every text of the writer is sound.
fn model(text: &str) -> Model {
    let none: [&str; 0] = [];
    let source = Source::new("random.ron", text);
    let (loaded, problems) = load_source(source, Path::new(""), "--set", &none);
    assert!(!problems.has_errors(), "{text}\n{}", problems.json());
    loaded.expect("no errors").model
}

/// A second counted after `warm_up`, with the faults of the model.
fn observe(model: &Model, seed: u64, warm_up: u64, drain: u64) -> (Program, Observations) {
    let lowered = lower(model);
    let plan = Plan {
        seed,
        replication: 0,
        warm_up,
        end: End::At(SECOND),
        drain,
        in_flight_cap: 100_000,
        event_cap: 3_000_000,
        effects: control::timeline(model, &lowered, seed, 0),
        bucket_ns: SECOND / 100,
        bucket_cap: 200,
        mark_ns: 0,
        scaling: Some(control::autoscaler::decide),
        busy_series: false,
        demand_bias: 1.0,
    };
    let seen = run(&lowered.program, &plan, &AtomicBool::new(false));
    (lowered.program, seen)
}

/// Everything that does not add up.
fn contradictions(program: &Program, seen: &Observations) -> Vec<String> {
    let mut found = Vec::new();
    outcomes(seen, &mut found);
    areas(program, seen, &mut found);
    found
}

fn check(found: &mut Vec<String>, holds: bool, what: String) {
    if !holds {
        found.push(what);
    }
}

/// Offered = succeeded + late + failed + in flight, per class and in total, of what is counted
/// and of the whole run.
fn outcomes(seen: &Observations, found: &mut Vec<String>) {
    let mut total = [0_u64; 5];
    for (place, class) in seen.classes.iter().enumerate() {
        let failed: u64 = class.failed.iter().sum();
        let parts = [
            class.offered,
            class.succeeded,
            class.late,
            failed,
            class.in_flight,
        ];
        let ends: u64 = parts[1..].iter().sum();
        let what = format!("class {place}: {} offered, {ends} ended", class.offered);
        check(found, class.offered == ends, what);
        (0..5).for_each(|part| total[part] += parts[part]);
        let (answered, recorded) = (class.succeeded + class.late, class.response.count());
        let what = format!("class {place}: {recorded} times of {answered}");
        check(found, recorded == answered, what);
    }
    let ends: u64 = total[1..].iter().sum();
    check(found, total[0] == ends, format!("in total: {total:?}"));
    for (place, class) in seen.audit.classes.iter().enumerate() {
        let ends: u64 = class[1..].iter().sum();
        let what = format!("class {place} over the whole run: {class:?}");
        check(found, class[0] == ends, what);
        let counted = seen.classes[place].offered;
        let what = format!("class {place}: {counted} of {} counted", class[0]);
        check(found, counted <= class[0], what);
    }
}

/// Requests in the system, parts of response times, and the work of each station.
fn areas(program: &Program, seen: &Observations, found: &mut Vec<String>) {
    let (area, time) = (seen.audit.in_system_area, seen.audit.time_in_system);
    check(
        found,
        area == time,
        format!("in system: area {area}, summed times {time}"),
    );
    let off = seen.audit.breakdown_error;
    check(
        found,
        off == 0,
        format!("the parts of a response time miss it by {off} ns"),
    );
    for (memory, &(bytes, counted)) in program.memories.iter().zip(&seen.audit.memories) {
        let what = format!("{}: {bytes} bytes, {counted} counted", memory.name);
        check(found, bytes == counted, what);
    }
    let is_whole = program.memories.len() == seen.audit.memories.len();
    check(found, is_whole, "memories are missing".to_owned());
    let is_whole = program.stations.len() == seen.audit.stations.len();
    check(found, is_whole, "stations are missing".to_owned());
    for (station, &(busy, delivered)) in program.stations.iter().zip(&seen.audit.stations) {
        // Shared service is rounded to whole ns at both ends of a job (S40).
        let rounding = match station.discipline {
            Discipline::ProcessorSharing => u128::from(seen.events),
            _ => 0,
        };
        let what = format!("{}: busy {busy}, delivered {delivered}", station.name);
        check(found, busy.abs_diff(delivered) <= rounding, what);
    }
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 3_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]
    #[test]
    fn requests_and_work_are_conserved_in_random_topologies(
        tape in prop::collection::vec(any::<u16>(), 20..200),
        seed in 0_u64..1_000,
        warm_up in prop::sample::select(vec![0, SECOND / 5]),
        drain in prop::sample::select(vec![0, SECOND / 50, 100 * SECOND]),
    ) {
        let text = write(Tape(&tape));
        let (program, seen) = observe(&model(&text), seed, warm_up, drain);
        let found = contradictions(&program, &seen);
        prop_assert!(found.is_empty(), "{}\n{}", text, found.join("\n"));
    }
}

/// Tapes with a fixed seed.
fn tapes(count: usize) -> impl Iterator<Item = Vec<u16>> {
    let mut dice = Xoshiro256PlusPlus::seed_from_u64(7);
    std::iter::repeat_with(move || (0..150).map(|_| dice.next_u32() as u16).collect()).take(count)
}

/// Without this the property could hold because nothing ever happens.
#[test]
fn the_random_topologies_meet_every_outcome() {
    let mut failed = [0; Reason::ALL.len()];
    let (mut late, mut inside, mut succeeded, mut retries, mut timeouts) = (0, 0, 0, 0, 0);
    let (mut queued, mut shared, mut chosen, mut capped) = (0, 0, 0, 0);
    let (mut full, mut short) = (0, 0);
    for tape in tapes(400) {
        let (program, seen) = observe(&model(&write(Tape(&tape))), 1, 0, SECOND / 50);
        assert_eq!(contradictions(&program, &seen), [""; 0]);
        for class in &seen.classes {
            (0..failed.len()).for_each(|reason| failed[reason] += class.failed[reason]);
            (succeeded, late) = (succeeded + class.succeeded, late + class.late);
            inside += class.in_flight;
        }
        // A request that nobody waits for any more has its outcome already: its work is cancelled.
        let cancelled = Reason::Cancelled as usize;
        let parts = seen.components.iter();
        failed[cancelled] += parts.map(|part| part.failed[cancelled]).sum::<u64>();
        retries += seen.links.iter().map(|link| link.retries).sum::<u64>();
        timeouts += seen.links.iter().map(|link| link.timeouts).sum::<u64>();
        capped += u64::from(seen.ending != Ending::Complete);
        full += seen.outages.len();
        short += seen.memories.iter().filter(|one| one.short_ns > 0).count();
        for (station, (busy, _)) in program.stations.iter().zip(&seen.audit.stations) {
            let is_used = u64::from(*busy > 0);
            match station.discipline {
                Discipline::Fcfs => queued += is_used,
                Discipline::ProcessorSharing => shared += is_used,
                _ => chosen += is_used,
            }
        }
    }
    println!(
        "{succeeded} succeeded, {late} late, failed {failed:?}, {inside} in flight; {retries} \
         retries, {timeouts} timeouts; {queued} queues, {shared} shared, {chosen} \
         chosen; {capped} capped"
    );
    let unseen: Vec<Reason> = Reason::ALL
        .into_iter()
        .filter(|&reason| failed[reason as usize] == 0)
        .collect();
    assert!(unseen.is_empty(), "never seen: {unseen:?}");
    for seen in [
        succeeded, late, inside, retries, timeouts, queued, shared, chosen,
    ] {
        assert!(seen > 100, "{seen}");
    }
    assert!(full > 20 && short > 20, "{full} full, {short} short");
    assert_eq!(capped, 0);
}

/// A way to spoil a sum.
type Spoil = fn(&mut Observations);

/// Each sum is spoilt in turn.
#[test]
fn a_single_lost_request_or_nanosecond_is_noticed() {
    let tape: Vec<u16> = tapes(9).last().unwrap();
    let (program, seen) = observe(&model(&write(Tape(&tape))), 1, 0, 0);
    assert_eq!(contradictions(&program, &seen), [""; 0]);
    let spoils: [(&str, Spoil); 7] = [
        ("offered", |seen| seen.classes[0].offered += 1),
        ("times of", |seen| {
            seen.classes[0].late += 1;
            seen.classes[0].offered += 1;
        }),
        ("over the whole run", |seen| seen.audit.classes[0][3] += 1),
        ("in system", |seen| seen.audit.time_in_system += 1),
        ("miss it by", |seen| seen.audit.breakdown_error = 1),
        ("busy", |seen| {
            seen.audit.stations[0].1 += 1 + 2 * u128::from(seen.events);
        }),
        ("counted", |seen| seen.audit.classes[0] = [0; 5]),
    ];
    for (word, spoil) in spoils {
        let mut spoilt = seen.clone();
        spoil(&mut spoilt);
        let found = contradictions(&program, &spoilt);
        assert!(
            found.iter().any(|said| said.contains(word)),
            "{word}: {found:?}"
        );
    }
}
