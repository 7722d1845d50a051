//! The shop that grows in eight steps: where the bottleneck moves, and what each step brings.

use linchpin::experiment::result::{CompareResult, Difference, RunResult, Verdict};
use linchpin::experiment::{CurveSettings, Load, Settings, compare, curve};

use crate::support::files::{candidate, model, near, sized, value};

/// By step: file, saturation in requests per second by pencil, and what binds there.
///
/// Of 1,000 requests 700 are files, 240 pages and 60 orders. One box: 0.7 x 1 ms + 0.3 x 18 ms on
/// 4 cores. Its network card: 700 x 200 KiB + 240 x 20 KiB + 60 x 5 KiB of 125 MB/s. One
/// application server: 0.3 x 8 ms on 4 cores; with 7 of 10 users on one of three, 0.7 of that.
/// One database: 0.3 x 10 ms on 8 cores; on 16 cores the three application servers bind, and
/// with reads on two replicas, that also repeat the writes, each of these:
/// (0.24 x 10 ms / 2 + 0.06 x 10 ms) on 8 cores.
const STEPS: [(&str, f64, (&str, &str)); 8] = [
    ("1-one-box", 655.7, ("box", "cpu")),
    ("2-database-apart", 839.9, ("box", "nic_out")),
    ("3-static-apart", 1_666.7, ("was", "cpu")),
    ("4-cdn", 1_666.7, ("was", "cpu")),
    ("5-more-was", 2_381.0, ("was-1", "cpu")),
    ("6-balancer", 2_666.7, ("db", "cpu")),
    ("7-read-replica", 4_444.4, ("db", "cpu")),
    ("8-cache", 5_000.0, ("was", "cpu")),
];

fn file(step: &str) -> String {
    format!("topologies/growth/{step}.ron")
}

/// The saturation that a curve around the pencil's figure gives, and what binds there.
///
/// Beyond it the answered rate is no measure: shared processors let short requests overtake, so
/// that more of them are answered while the long ones pile up.
fn saturation(step: &str, assignments: &[&str], pencil: f64) -> (f64, String, String) {
    let asked = CurveSettings {
        from: Some(0.88 * pencil),
        to: Some(1.12 * pencil),
        steps: Some(2),
        ..CurveSettings::default()
    };
    let settings = Settings {
        effort: 100_000,
        ..Settings::new(1)
    };
    let assignments = [assignments, &["run.cap=300000"]].concat();
    let found = curve(&model(file(step), &assignments), &settings, &asked).unwrap();
    assert!(found.saturation.reached, "{step}: {:?}", found.saturation);
    let full = found
        .points
        .iter()
        .position(|p| p.verdict == Verdict::Saturated);
    let full = full
        .filter(|&place| place > 0)
        .expect("a load between the two is the limit");
    let (below, above) = (found.points[full - 1].load, found.points[full].load);
    assert!(
        above / below <= 1.0201,
        "{step}: {below} and {above} are more than 2 % apart"
    );
    let load = found.saturation.load;
    assert!(
        (load / below - 1.0).abs() < 1e-9,
        "{step}: {load} and {below}"
    );
    assert!(found.buckle.is_none(), "{step}: {:?}", found.buckle);
    let binding = found.bottleneck.expect("something binds");
    (load, binding.component, binding.resource)
}

#[test]
fn saturation_rises_from_step_to_step_and_something_else_binds() {
    let mut before = 0.0;
    for (step, pencil, (component, resource)) in STEPS {
        let (rate, binding, of) = saturation(step, &[], pencil);
        near(step, rate, pencil, 0.04);
        assert_eq!(
            (&*binding, &*of),
            (component, resource),
            "{step} at {rate}/s"
        );
        // A CDN is for distance, every other step raises what is carried.
        let same = step == "4-cdn";
        let rises = if same {
            rate > 0.97 * before
        } else {
            rate > 1.08 * before
        };
        assert!(rises, "{step} carries {rate}/s after {before}/s");
        before = rate;
    }
}

#[test]
fn a_larger_database_machine_carries_more() {
    let large = ["machines.database.cores=16"];
    let (rate, binding, of) = saturation("6-balancer", &large, 5_000.0);
    near("the application servers' share", rate, 5_000.0, 0.04);
    assert_eq!((&*binding, &*of), ("was", "cpu"));
}

/// All steps at the load of their files, 400/s, which all of them carry.
fn story(load: f64) -> CompareResult {
    let designs: Vec<_> = STEPS
        .iter()
        .map(|(step, ..)| candidate(step, file(step), &[]))
        .collect();
    let settings = Settings {
        load: Some(Load::Rate(load)),
        ..sized(1, 6, 5_000)
    };
    compare(&designs, &settings).unwrap()
}

fn step(result: &CompareResult, number: usize) -> &RunResult {
    &result.designs[number - 1].run
}

fn binds(run: &RunResult) -> (&str, &str) {
    let found = run.bottleneck.as_ref().expect("something binds");
    (&found.component, &found.resource)
}

/// Busy time per second of a component's CPUs on all nodes.
fn work(run: &RunResult, component: &str) -> f64 {
    let found = run.components.get(component).unwrap();
    value(&found.resources.get("cpu").unwrap().mean_in_use)
}

fn p95(run: &RunResult, class: &str) -> f64 {
    value(&run.classes.get(class).unwrap().response_time_s.p95)
}

#[test]
fn the_story_of_the_shop_at_a_load_that_every_step_carries() {
    let all = story(400.0);
    for design in &all.designs {
        let run = &design.run;
        assert_eq!(
            run.exit_code(),
            0,
            "{}: {}",
            design.name,
            run.verdict_reason
        );
    }
    one_box(step(&all, 1));
    assert_eq!(binds(step(&all, 2)), ("box", "nic_out"), "static bytes");
    distance(step(&all, 3), step(&all, 4));
    uneven(step(&all, 5), step(&all, 6));
    replicas(step(&all, 6), step(&all, 7));
    let (before, after) = (work(step(&all, 7), "db"), work(step(&all, 8), "db"));
    assert!(
        after < 0.5 * before,
        "the database's work at least halves: {before} to {after}"
    );
    let (before, after) = (work(step(&all, 6), "db"), work(step(&all, 8), "db"));
    let reads = |run: &RunResult| {
        let db = run.components.get("db").unwrap();
        value(&db.classes.get("page").unwrap().throughput_rps)
    };
    assert!(
        reads(step(&all, 8)) < 0.1 * reads(step(&all, 7)),
        "reads of the database"
    );
    assert!(
        after < before,
        "all work of the database: {before} to {after}"
    );
}

fn one_box(run: &RunResult) {
    assert_eq!(binds(run), ("box", "cpu"));
    let service = &run.breakdown_s.mean.service;
    let share = |name: &str| *service.get(name).unwrap();
    assert!(
        share("db") > share("was") && share("db") > share("web"),
        "the database takes the largest part: {service:?}"
    );
}

fn distance(apart: &RunResult, cdn: &RunResult) {
    let (far, near) = (p95(apart, "static"), p95(cdn, "static"));
    // Two ways of 80 ms, and the store's own 20 ms on average.
    assert!((0.160..0.230).contains(&far), "{far}");
    let mean = &apart.classes.get("static").unwrap().waiting_time_s.mean;
    assert!(value(mean) < 1e-3, "nothing waits: {mean:?}");
    assert!(near < 0.25 * far, "{far} without and {near} with a CDN");
}

fn uneven(by_name: &RunResult, balanced: &RunResult) {
    assert_eq!(binds(by_name), ("was-1", "cpu"));
    assert!(work(by_name, "was-1") > 2.5 * work(by_name, "was-2"));
    assert!(work(by_name, "was-2") > 1.5 * work(by_name, "was-3"));
    assert_eq!(binds(balanced), ("db", "cpu"));
    let nodes = &balanced.components.get("was").unwrap().nodes;
    let busiest = nodes.iter().map(|(_, &share)| share).fold(0.0, f64::max);
    let idlest = nodes.iter().map(|(_, &share)| share).fold(1.0, f64::min);
    assert!(busiest < 1.15 * idlest, "{nodes:?}");
}

fn replicas(single: &RunResult, replicated: &RunResult) {
    let node =
        |run: &RunResult, name: &str| *run.components.get("db").unwrap().nodes.get(name).unwrap();
    let alone = work(single, "db") / 8.0;
    let primary = node(replicated, "db/1");
    // What is left are the writes, one statement in five.
    near("the primary's work", primary, 0.2 * alone, 0.1);
    for replica in ["db/2", "db/3"] {
        // Half of the reads and a copy of every write.
        near(replica, node(replicated, replica), 0.6 * alone, 0.1);
    }
}

#[test]
fn out_and_up_are_told_apart_by_what_is_significant() {
    let base = "topologies/three-tier.ron";
    let designs = [
        candidate("base", base, &[]),
        candidate("out", base, &["was.replicas=4"]),
        candidate("up", base, &["was.cores=4"]),
    ];
    let found = compare(&designs, &sized(1, 20, 3_000)).unwrap();
    let of = |metric: &str, b: &str| -> &Difference {
        let is_it = |one: &&Difference| one.metric == metric && one.b == b;
        found.differences.iter().find(is_it).unwrap()
    };
    for design in ["out", "up"] {
        let mean = of("response_time_s.mean", design);
        assert!(
            mean.significant && mean.difference.excludes(0.0),
            "{mean:?}"
        );
        assert!(value(&mean.difference) < 0.0, "{mean:?}");
        let cpu = of("components.was.cpu.utilisation", design);
        assert!(cpu.significant, "{cpu:?}");
        near("half of 0.3", value(&cpu.difference), -0.15, 0.05);
        assert!(
            !of("throughput_rps", design).significant,
            "both carry what is offered"
        );
        assert!(!of("error_rate", design).significant);
    }
}
