//! A run of three tiers, in the shapes a run can have.

use super::about;
pub use super::shapes::header;
use super::shapes::{distribution, series, spread};
use crate::experiment::result::intervals::Intervals;
use crate::experiment::result::summary::{
    BreakdownColumn, CacheSummary, Healthy, LevelSummary, MeanTime, Precision, VisitSummary,
};
use crate::experiment::result::{
    BottleneckFinding, Breakdown, ClassSummary, ComponentSummary, LinkSummary, Named,
    ObjectiveFinding, ObjectiveVerdict, PoolSummary, RequestCounts, ResourceSummary, RunResult,
    TimeStatistics, Users, Verdict, Warning,
};
use crate::statistics::{Estimate, Reason};

fn level(mean: f64, max: u64) -> LevelSummary {
    LevelSummary {
        mean: about(mean, 1.0),
        max,
    }
}

/// Times whose mean is `mean` seconds.
fn times(mean: f64) -> TimeStatistics {
    TimeStatistics {
        mean: about(mean, 0.4),
        sd: Some(mean * 0.9),
        p50: about(mean * 0.79, 0.5),
        p90: about(mean * 2.0, 0.8),
        p95: about(mean * 2.5, 0.9),
        p99: about(mean * 3.64, 1.4),
        p99_9: Estimate::without_interval(mean * 5.3, Reason::TooFewSamples),
        max: Some(mean * 9.58),
    }
}

fn unknown_times(reason: Reason) -> TimeStatistics {
    let missing = Estimate::missing(reason);
    TimeStatistics {
        mean: missing,
        sd: None,
        p50: missing,
        p90: missing,
        p95: missing,
        p99: missing,
        p99_9: missing,
        max: Some(31.5),
    }
}

fn counts() -> RequestCounts {
    RequestCounts {
        offered: 6_720_000,
        first_offered: 6_720_000,
        succeeded: 6_718_300,
        late: 120,
        failed: 1_344,
        in_flight: 236,
        attempts: 13_442_000,
        degraded: 0,
        failures: Named(vec![
            ("timeout".to_owned(), 1_300),
            ("refused".to_owned(), 44),
        ]),
    }
}

fn class(rate: f64) -> ClassSummary {
    ClassSummary {
        requests: counts(),
        offered_rps: about(rate, 0.1),
        throughput_rps: about(rate * 0.999_8, 0.1),
        goodput_rps: about(rate * 0.999_7, 0.1),
        error_rate: about(0.000_2, 9.0),
        availability: about(0.999_8, 0.002),
        response_time_s: times(0.028_3),
        response_time_all_s: times(0.028_4),
        waiting_time_s: times(0.005_1),
    }
}

fn resource(utilisation: f64, capacity: u32) -> ResourceSummary {
    let mean = about(0.003_5, 1.0);
    ResourceSummary {
        utilisation: about(utilisation, 0.5),
        mean_in_use: about(utilisation * f64::from(capacity), 0.5),
        up: None,
        capacity: Some(capacity),
        queue_length: level(utilisation * 2.8, 33),
        waiting_time_s: MeanTime { mean },
    }
}

fn component(kind: &str, replicas: u32, busiest: &str, utilisation: f64) -> ComponentSummary {
    let all = f64::from(replicas);
    let threads = resource(utilisation * 0.4, 200 * replicas);
    ComponentSummary {
        kind: kind.to_owned(),
        replicas,
        utilisation: about(utilisation, 0.5),
        throughput_rps: about(559.9, 0.1),
        queue_length: level(utilisation * 2.8, 33),
        in_system: level(utilisation * 10.0, 60),
        waiting_time_s: times(0.003_5),
        waited_share: about(0.41, 1.0),
        blocked_share: Estimate::exact(0.0),
        wasted_s: Estimate::exact(0.0),
        load: about(utilisation * 4.0, 0.5),
        healthy: Healthy {
            mean: all,
            min: all,
        },
        resources: Named(vec![
            (busiest.to_owned(), resource(utilisation, 4 * replicas)),
            ("threads".to_owned(), threads),
        ]),
        classes: Named(vec![("home".to_owned(), visits())]),
        failures: Named(Vec::new()),
        nodes: Named(vec![
            (format!("{kind}/1"), utilisation * 0.8),
            (format!("{kind}/2"), utilisation * 1.1),
        ]),
        cache: None,
        sessions: None,
        lost_writes: None,
        memory: None,
        messages: None,
        autoscaling: None,
        blocked: None,
        orbit: None,
    }
}

fn visits() -> VisitSummary {
    VisitSummary {
        throughput_rps: about(559.9, 0.1),
        failed: 3,
        response_time_s: about(0.023_5, 0.4),
        waiting_time_s: about(0.003_5, 1.0),
    }
}

fn components() -> Named<ComponentSummary> {
    let mut cache = component("Cache", 1, "cpu", 0.12);
    cache.cache = Some(CacheSummary {
        hits: 600,
        misses: 400,
        hit_ratio: about(0.6, 0.05),
        stale: 12,
        single_flight: 30,
        fills: 370,
        evictions: 350,
        full_after_s: None,
    });
    Named(vec![
        ("lb".to_owned(), component("LoadBalancer", 2, "cpu", 0.06)),
        ("was".to_owned(), component("AppServer", 4, "cpu", 0.75)),
        ("cache".to_owned(), cache),
        ("db".to_owned(), component("Database", 1, "disk", 0.24)),
    ])
}

fn link() -> LinkSummary {
    LinkSummary {
        calls: 6_720_000,
        attempts: 6_722_000,
        amplification: Some(1.000_3),
        pool: Some(PoolSummary {
            in_use: about(9.6, 0.6),
            capacity: Some(80),
            utilisation: about(0.12, 0.6),
            waiting: level(0.002, 4),
            waiting_time_s: about(0.000_004, 20.0),
        }),
        timeouts: 1_900,
        retries: 2_000,
        failed: 12,
        ..LinkSummary::default()
    }
}

fn breakdown(response: f64) -> BreakdownColumn {
    let parts = |list: &[(&str, f64)]| {
        Named(
            list.iter()
                .map(|(name, share)| ((*name).to_owned(), share * response))
                .collect(),
        )
    };
    BreakdownColumn {
        response_time: response,
        client: 0.0,
        network: parts(&[("lb", 0.04), ("was", 0.05)]),
        queue: parts(&[("was", 0.13), ("db", 0.01)]),
        service: parts(&[("lb", 0.002), ("was", 0.7), ("cache", 0.004), ("db", 0.06)]),
        pool_wait: parts(&[("was->db", 0.003)]),
        retry_wait: parts(&[("was->db", 0.001)]),
    }
}

fn bottlenecks() -> Vec<BottleneckFinding> {
    let finding = |component: &str, resource: &str, utilisation: f64| BottleneckFinding {
        component: component.to_owned(),
        resource: resource.to_owned(),
        utilisation: about(utilisation, 0.5),
        ceiling_rps: Some(560.0 / utilisation),
        symptom_of: None,
        node: None,
        tied: false,
    };
    vec![
        finding("was", "cpu", 0.75),
        finding("db", "disk", 0.24),
        finding("cache", "cpu", 0.12),
    ]
}

fn objective(
    text: &str,
    measured: f64,
    half: f64,
    bound: f64,
    unit: &'static str,
) -> ObjectiveFinding {
    let upper = text.contains('<');
    ObjectiveFinding {
        text: text.to_owned(),
        measured: Some(measured),
        ci95: Some((measured - half, measured + half)),
        bound,
        unit,
        verdict: if (measured < bound) == upper {
            ObjectiveVerdict::Pass
        } else {
            ObjectiveVerdict::Fail
        },
        at_the_limit: false,
    }
}

fn objectives() -> Vec<ObjectiveFinding> {
    vec![
        objective("p95 < 35ms", 0.070_7, 0.000_6, 0.035, "s"),
        objective("p50 < 50ms", 0.022_5, 0.000_1, 0.05, "s"),
        objective("error_rate < 0.1%", 0.000_2, 0.000_02, 0.001, "share"),
        objective("throughput > 500/s", 559.9, 0.4, 500.0, "per_s"),
    ]
}

fn warnings() -> Vec<Warning> {
    vec![Warning {
        code: "pool_smaller_than_threads",
        text: "the pool of was->db (20) is smaller than the threads that share it (200)".to_owned(),
    }]
}

fn hosts() -> Named<Named<ResourceSummary>> {
    let shared = Named(vec![("cpu".to_owned(), resource(0.3, 8))]);
    Named(vec![("h1".to_owned(), shared)])
}

fn next_steps() -> Vec<String> {
    vec![
        "one more was node: linchpin compare three-tier.ron --variant 'out: was.replicas=5'"
            .to_owned(),
    ]
}

fn breakdowns() -> Breakdown {
    Breakdown {
        mean: breakdown(0.028_3),
        p99: breakdown(0.103),
    }
}

fn users() -> Users {
    Users {
        active: level(15.8, 61),
        concurrent: level(15.8, 61),
        ratio: Some(1.0),
    }
}

/// A steady run that misses one of four objectives.
pub fn run() -> RunResult {
    let ClassSummary {
        requests,
        offered_rps,
        throughput_rps,
        goodput_rps,
        error_rate,
        availability,
        ..
    } = class(560.0);
    RunResult {
        header: header("run"),
        replications: 20,
        duration_s: 600.0,
        warm_up_s: 30.0,
        kind: "steady",
        events: 41_300_000,
        wall_s: 12.0,
        deterministic: false,
        partial: false,
        verdict: Verdict::Fail,
        verdict_reason: "1 of 4 objectives fails".to_owned(),
        next_steps: next_steps(),
        silence: Vec::new(),
        requests,
        breakdown_s: breakdowns(),
        users: users(),
        offered_rps,
        started_rps: about(560.0, 0.1),
        throughput_rps,
        goodput_rps,
        error_rate,
        availability,
        error_free_seconds: about(0.98, 0.4),
        response_time_s: times(0.028_3),
        response_time_all_s: times(0.028_4),
        waiting_time_s: times(0.005_1),
        in_system: level(15.8, 61),
        classes: Named(vec![
            ("home".to_owned(), class(400.0)),
            ("order".to_owned(), class(160.0)),
        ]),
        components: components(),
        hosts: hosts(),
        links: Named(vec![("was->db".to_owned(), link())]),
        journeys: Named(Vec::new()),
        bottleneck: bottlenecks().into_iter().next(),
        bottlenecks: bottlenecks(),
        objectives: objectives(),
        cost: None,
        theory: super::estimate::theory(),
        share_above: Vec::new(),
        growth_per_s: None,
        precision: Precision {
            target: Some(0.01),
            reached: Some(0.004),
        },
        intervals: Intervals::default(),
        response_time_spread_s: Some(spread()),
        warnings: warnings(),
        series: series(),
        distribution: distribution(),
        profile: None,
        alarms: Named(Vec::new()),
        marks: Vec::new(),
    }
}

/// A run that offers more than is carried (S33a): no latencies, everything else printed.
pub fn saturated() -> RunResult {
    let unknown = unknown_times(Reason::GrowsWithTime);
    RunResult {
        verdict: Verdict::Saturated,
        verdict_reason: "the backlog grows by 100.0/s in all 20 replications".to_owned(),
        growth_per_s: Some(about(100.0, 2.0)),
        response_time_s: unknown.clone(),
        response_time_all_s: unknown.clone(),
        waiting_time_s: unknown,
        objectives: vec![ObjectiveFinding {
            measured: None,
            ci95: None,
            verdict: ObjectiveVerdict::Fail,
            ..objective("p95 < 35ms", 1.0, 0.1, 0.035, "s")
        }],
        cost: None,
        theory: Vec::new(),
        distribution: Vec::new(),
        ..run()
    }
}

/// A terminating run with a crash and its marks.
pub fn terminating() -> RunResult {
    RunResult {
        kind: "terminating",
        warm_up_s: 0.0,
        marks: vec![
            (250.0, "was/1 down".to_owned()),
            (
                262.0,
                "was/1 detected by the health check of the load balancer".to_owned(),
            ),
            (330.0, "was/1 up".to_owned()),
        ],
        ..run()
    }
}
