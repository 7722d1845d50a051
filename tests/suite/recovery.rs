//! After a fault that ends, an open workload below what the system carries - also when every
//! request is sent as often as it may be - is back: from 300 s after the end on its mean response
//! meets the 99.9 % interval of a run without the fault.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use linchpin::control;
use linchpin::diagnostic::Source;
use linchpin::engine::observation::Observations;
use linchpin::engine::plan::{End, Plan};
use linchpin::engine::run;
use linchpin::lower::lower;
use linchpin::model::Model;
use linchpin::statistics::{Confidence, mean_of};
use linchpin::topology::load_source;

const SECOND: u64 = 1_000_000_000;
/// The faults last from 20 to 30 s.
const END: u64 = 30 * SECOND;
/// Looked at from 300 s after the end on, for 200 s.
const WINDOW: (u64, u64) = (END + 300 * SECOND, END + 500 * SECOND);
/// Replications without a fault, whose mean has an interval, and with one.
const RUNS: (u32, u32) = (5, 2);

/// Two servers of 250/s each behind a balancer, a database of 500/s: 60/s three times are 180/s.
const SITE: &str = r#"(
    name: "recovery",
    infrastructure: { "h1": Host(cores: 2), "h2": Host(cores: 2), "sw": Switch() },
    components: {
        "lb": LoadBalancer(to: "app", health: (interval: "1s", fall: 2, rise: 2)),
        "app": AppServer(replicas: 2, on: ["h1", "h2"], service: Exponential("4ms"), calls: ["db"]),
        "db": Database(cores: 1, service: Exponential("2ms")),
    },
    links: {
        "lb -> app": (LBAPP),
        "app -> db": (APPDB),
    },
    entry: "lb",
    workload: { "users": Open(rate: "60/s") },
    faults: [FAULT],
)"#;

fn site(lb_app: &str, app_db: &str, fault: &str) -> Model {
    let text = SITE.replace("LBAPP", lb_app).replace("APPDB", app_db);
    let source = Source::new("recovery.ron", text.replace("FAULT", fault));
    let none: [&str; 0] = [];
    let (loaded, problems) = load_source(source, Path::new(""), "--set", &none);
    assert!(!problems.has_errors(), "{}", problems.human(false));
    loaded.unwrap().model
}

fn observe(model: &Model, replication: u32) -> Observations {
    let lowered = lower(model);
    let plan = Plan {
        seed: 1,
        replication,
        warm_up: WINDOW.0,
        end: End::At(WINDOW.1),
        drain: 60 * SECOND,
        in_flight_cap: 100_000,
        event_cap: 100_000_000,
        effects: control::timeline(model, &lowered, 1, replication),
        bucket_ns: SECOND,
        bucket_cap: 1_000,
        mark_ns: 0,
        scaling: None,
        busy_series: false,
        demand_bias: 1.0,
    };
    run(&lowered.program, &plan, &AtomicBool::new(false))
}

/// Mean response of each replication, and how many requests failed in all.
fn means(model: &Model, runs: u32) -> (Vec<f64>, u64) {
    let runs: Vec<Observations> = (0..runs).map(|number| observe(model, number)).collect();
    let all = |run: &Observations, of: fn(&_) -> u64| run.classes.iter().map(of).sum::<u64>();
    let mean = |run: &Observations| {
        let time: u128 = run.classes.iter().map(|class| class.response_sum).sum();
        time as f64 / 1e9 / all(run, |class| class.succeeded + class.late) as f64
    };
    let failed = |run: &Observations| {
        run.classes
            .iter()
            .map(|one| one.failed.iter().sum::<u64>())
            .sum::<u64>()
    };
    (
        runs.iter().map(mean).collect(),
        runs.iter().map(failed).sum(),
    )
}

const PLAIN: &str = "";
const TIMEOUT: &str = "timeout: \"1s\"";
const RETRY: &str =
    "timeout: \"500ms\", retry: (attempts: 3, backoff: Doubling(from: \"20ms\", cap: \"1s\"))";
const HEDGE: &str = "timeout: \"2s\", hedge: (after: \"100ms\", at_most: 1)";
const BUDGET: &str = "timeout: \"500ms\", retry: (attempts: 3, backoff: \"10ms\", budget: 0.1)";
const BREAKER: &str = "timeout: \"500ms\", breaker: (minimum_calls: 20, open: \"5s\")";
const FALLBACK: &str = "timeout: \"500ms\", fallback: Reply";
const LIMITS: &str = "timeout: \"1s\", bulkhead: 50, rate_limit: (rate: \"300/s\", burst: 300)";
const POOL: &str = "pool: 20, pool_timeout: \"1s\", timeout: \"1s\"";

/// Every fault with every pair of guards.
#[test]
fn what_is_below_its_capacity_comes_back() {
    let at = "at: \"20s\", lasts: \"10s\"";
    let faults = [
        "Crash(target: \"app/1\", AT)",
        "Crash(target: \"app\", AT)",
        "Crash(target: \"db\", AT)",
        "Crash(target: \"h1\", AT)",
        "Slow(target: \"db\", factor: 20, AT)",
        "Slow(target: \"app/2\", factor: 20, AT)",
        "Pause(target: \"db\", AT)",
        "Pause(target: \"h2\", AT)",
        "BlackHole(target: \"app/2\", AT)",
        "Partition(from: \"app/1\", to: \"db\", AT)",
        "Latency(target: \"db\", add: Exponential(\"200ms\"), AT)",
        "Loss(target: \"app -> db\", share: 0.3, AT)",
        "Errors(target: \"app/1\", share: 0.5, AT)",
        "Reset(target: \"db\", share: 0.5, AT)",
    ];
    let guards = [
        (PLAIN, PLAIN),
        (TIMEOUT, TIMEOUT),
        (RETRY, TIMEOUT),
        (TIMEOUT, RETRY),
        (PLAIN, POOL),
        (TIMEOUT, HEDGE),
        (BUDGET, TIMEOUT),
        (TIMEOUT, BUDGET),
        (BREAKER, BREAKER),
        (TIMEOUT, FALLBACK),
        (LIMITS, LIMITS),
    ];
    for (lb_app, app_db) in guards {
        let (calm, _) = means(&site(lb_app, app_db, ""), RUNS.0);
        let (low, high) = mean_of(&calm, Confidence::Fixed)
            .interval_at(0.999)
            .unwrap();
        for fault in faults {
            // Without a timeout what has vanished is waited for for ever: that does not end.
            let vanishes = match fault.split('(').next() {
                Some("BlackHole") => Some(lb_app),
                Some("Partition") => Some(app_db),
                _ => None,
            };
            if vanishes.is_some_and(|link| !link.contains("timeout")) {
                continue;
            }
            let fault = fault.replace("AT", at);
            let (after, failed) = means(&site(lb_app, app_db, &fault), RUNS.1);
            let mean = after.iter().sum::<f64>() / after.len() as f64;
            let told = format!("{fault} with {lb_app:?} and {app_db:?}");
            assert!(
                (low..=high).contains(&mean),
                "{told}: {mean} not in [{low}, {high}]"
            );
            assert_eq!(failed, 0, "{told}");
        }
    }
}
