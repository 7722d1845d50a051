//! The keys that programs rely on: every one of them, for every command that prints JSON.

use serde_json::Value;

use crate::support::program::linchpin;

const HEAD: &str = "schema linchpin command seed topology.name topology.digest wall_s";
const RUN: &str = "replications duration_s warm_up_s events verdict
    requests.offered requests.succeeded requests.late requests.failed requests.in_flight
    requests.attempts requests.degraded requests.failures
    breakdown_s.mean.client breakdown_s.mean.network breakdown_s.mean.queue
    breakdown_s.mean.service breakdown_s.mean.pool_wait breakdown_s.mean.retry_wait
    breakdown_s.p99.client breakdown_s.p99.network breakdown_s.p99.queue
    breakdown_s.p99.service breakdown_s.p99.pool_wait breakdown_s.p99.retry_wait
    users.active.mean users.active.max users.concurrent.mean users.concurrent.max users.ratio
    availability error_free_seconds in_system.mean in_system.max
    bottleneck.component bottleneck.resource bottleneck.utilisation bottleneck.ceiling_rps
    bottlenecks journeys objectives theory share_above";
/// Of the whole and of each class.
const TRAFFIC: &str = "offered_rps throughput_rps goodput_rps error_rate availability
    response_time_s.mean response_time_s.sd response_time_s.p50 response_time_s.p90
    response_time_s.p95 response_time_s.p99 response_time_s.p99_9 response_time_s.max
    waiting_time_s.mean waiting_time_s.sd waiting_time_s.p50 waiting_time_s.p90
    waiting_time_s.p95 waiting_time_s.p99 waiting_time_s.p99_9 waiting_time_s.max";
const COMPONENT: &str = "kind replicas utilisation throughput_rps queue_length.mean
    queue_length.max waiting_time_s.mean waiting_time_s.sd waiting_time_s.p50 waiting_time_s.p90
    waiting_time_s.p95 waiting_time_s.p99 waiting_time_s.p99_9 waiting_time_s.max failures
    in_system waited_share blocked_share wasted_s load healthy.mean healthy.min classes
    resources.cpu.utilisation resources.cpu.mean_in_use resources.cpu.capacity
    resources.cpu.queue_length.mean resources.cpu.queue_length.max
    resources.cpu.waiting_time_s.mean";
const LINK: &str = "attempts amplification pool timeouts retries hedges
    retries_withheld";
const POOL: &str = "in_use waiting.mean waiting_time_s";
const OBJECTIVE: &str = "text measured ci95 verdict";
const THEORY: &str = "law subject simulated expected agrees approximation";
const ESTIMATE: &str = "schema linchpin command topology.name topology.digest wall_s workloads
    components hosts links saturation.owner saturation.resource saturation.throughput_rps bounds
    left_out";
const WORKLOAD_ESTIMATE: &str = "throughput_rps response_time_s law assumption approximation";
const RESOURCE_ESTIMATE: &str = "capacity rate_per_s utilisation waiting_time_s service_time_s
    law assumption approximation";
const CURVE: &str = "points knee saturation.load saturation.throughput_rps buckle
    recommended_max_rps";
const POINT: &str = "load throughput_rps response_time_s.mean error_rate";
const HIGHEST: &str = "replications axis load_of_file verdict verdict_reason load ci95 binding
    bottleneck.component next.component bound recommended_max objectives tried";
const FEWEST: &str = "axis load find survive verdict verdict_reason found below binding
    bottleneck.component cost.per_month cost.parts cost.without_price tried";
const CAPACITY: &str = "replications axis after load_of_file verdict verdict_reason load bound
    metastable.from_load metastable.between metastable.amplification metastable.expected_load
    metastable.loop";
const TRIED: &str = "load came_back of answered_before answered_after inside watched_s recovery_s";
const DRILL: &str = "replications verdict objectives timeline cause points recovery detected_by
    unnoticed mttd_s mttr_s ended_s not_restored felt_s lost_requests budget.objective
    budget.is_stated budget.spent budget.alerts prevention";
const SPOF: &str = "single_points cut_sets assumed_perfect journeys
    classes.default.single_points classes.default.pairs classes.default.cut_sets_by_order";
const EXPECTED: &str = "unavailability availability downtime_minutes_per_year partly_unavailable
    frequency_per_year mean_outage_s importance";
const IMPORTANCE: &str = "component parts unavailability birnbaum criticality diagnosis
    fussell_vesely raw rrw minutes_removed";
const SINGLE: &str = "component class route verdict journeys lost_share recovery_s witness fix";
const DIFFERENCE: &str = "metric a b difference ci95 significant";

/// Asserts that `value` has each key of a list, separated by spaces; dots lead inside.
#[track_caller]
fn has(value: &Value, keys: &str) {
    for key in keys.split_whitespace() {
        let mut at = value;
        for part in key.split('.') {
            at = at
                .get(part)
                .unwrap_or_else(|| panic!("no {key}: {part} is not in {at}"));
        }
    }
}

/// Asserts that the value at `key` is an estimate: a value in its interval.
#[track_caller]
fn is_estimate(value: &Value) {
    let number = value["value"].as_f64().unwrap_or_else(|| panic!("{value}"));
    let (low, high) = (value["ci95"][0].as_f64(), value["ci95"][1].as_f64());
    assert!(low.unwrap() <= number && number <= high.unwrap(), "{value}");
}

fn json(command: &[&str]) -> Value {
    let ran = linchpin(&[command, &["--json", "-"]].concat());
    assert!(matches!(ran.code, Some(0 | 4 | 99)), "{}", ran.stderr);
    ran.json()
}

#[test]
fn of_a_run() {
    let pool = "links={\"was -> db\": (pool: 20)}";
    let file = "topologies/three-tier.ron";
    let rest = ["--requests", "2000", "--replications", "10"];
    let more = ["--set", pool, "--share-above", "all=20ms"];
    let run = json(&[&["run", file][..], &rest, &more].concat());
    for keys in [HEAD, RUN, TRAFFIC] {
        has(&run, keys);
    }
    has(&run["classes"]["default"], TRAFFIC);
    for name in ["lb", "was", "db"] {
        has(&run["components"][name], COMPONENT);
    }
    has(&run["links"]["was -> db"], LINK);
    has(&run["links"]["was -> db"]["pool"], POOL);
    has(&run["objectives"][0], OBJECTIVE);
    has(&run["theory"][0], THEORY);
    has(&run["share_above"][0], "subject time threshold_s share");
    for key in ["offered_rps", "throughput_rps", "goodput_rps", "error_rate"] {
        is_estimate(&run[key]);
    }
    for key in ["mean", "p50", "p90", "p95", "p99"] {
        is_estimate(&run["response_time_s"][key]);
    }
    assert!(run["response_time_s"]["max"].is_number());
    let count = |key: &str| run["requests"][key].as_u64().unwrap();
    let ended: u64 = ["succeeded", "late", "failed", "in_flight"]
        .map(count)
        .iter()
        .sum();
    assert_eq!(count("offered"), ended);
}

#[test]
fn of_a_cache_and_of_journeys() {
    let file = "topologies/growth/8-cache.ron";
    let run = json(&["run", file, "--requests", "500", "--replications", "3"]);
    has(
        &run["components"]["cache"]["cache"],
        "hits misses hit_ratio stale single_flight fills evictions full_after_s",
    );
    let journeys = "journeys={\"look\": [Request(class: \"default\", times: 2, think: \"1s\")]}";
    let users = "workload={\"users\": Open(rate: \"50/s\", journeys: {\"look\": 1.0})}";
    let run = json(
        &[
            &[
                "run",
                "topologies/three-tier.ron",
                "--set",
                journeys,
                "--set",
                users,
            ][..],
            &["--requests", "500", "--replications", "3"],
        ]
        .concat(),
    );
    let journey = &run["journeys"]["look"];
    has(journey, "started_rps completed_rps abandoned duration_s");
}

#[test]
fn of_a_curve() {
    let range = [
        "--from",
        "100/s",
        "--to",
        "200/s",
        "--steps",
        "2",
        "--precision",
        "20%",
    ];
    let curve = json(&[&["curve", "topologies/three-tier.ron"][..], &range].concat());
    has(&curve, HEAD);
    has(&curve, CURVE);
    has(&curve["points"][0], POINT);
    is_estimate(&curve["points"][0]["throughput_rps"]);
}

#[test]
fn of_a_capacity() {
    let trigger = ["--after", "server pause @20s for 10s", "--within", "30%"];
    let storm = ["capacity", "topologies/failure/retry-storm.ron"];
    let found = json(&[&storm[..], &trigger].concat());
    has(&found, HEAD);
    has(&found, CAPACITY);
    has(&found["tried"][0], TRIED);
    assert_eq!(
        found["after"],
        serde_json::json!(["server pause @20s for 10s"])
    );
}

#[test]
fn of_a_highest_load() {
    let few = ["--replications", "2"];
    let found = json(&[&["capacity", "topologies/three-tier.ron"][..], &few].concat());
    has(&found, HEAD);
    has(&found, HIGHEST);
    has(&found["tried"][0], "load measured kept replications");
    has(&found["objectives"][0], "text load kept_beyond");
}

#[test]
fn of_the_fewest() {
    let few = [
        "--find",
        "servers.replicas",
        "--rate",
        "4/s",
        "--survive",
        "1",
    ];
    let found = json(&[&["capacity", "topologies/theory/staffing.ron"][..], &few].concat());
    has(&found, HEAD);
    has(&found, FEWEST);
    has(
        &found["tried"][0],
        "value kept certified cost_per_month states",
    );
    let state = &found["tried"].as_array().unwrap().last().unwrap()["states"][0];
    has(state, "lost kept replications");
    has(&state["objectives"][0], OBJECTIVE);
}

#[test]
fn of_a_profile() {
    let negative = ["--profile", "negative", "--replications", "2"];
    let run = json(&[&["run", "topologies/slipp.ron"][..], &negative].concat());
    has(
        &run,
        "profile.name profile.question profile.passed profile.answer",
    );
    has(
        &run["profile"]["phases"][0],
        "part from_s to_s verdict lost_share back_after_s",
    );
}

#[test]
fn of_a_drill() {
    let primary = "topologies/failure/primary-failover.ron";
    let found = json(&["drill", primary, "--replications", "2", "--report", "-"]);
    has(&found, HEAD);
    has(&found, DRILL);
    has(&found["timeline"][0], "at_s event text by");
    has(&found["budget"]["alerts"][0], "name fired after_s");
    is_estimate(&found["mttd_s"]);
}

#[test]
fn of_single_points() {
    let law = "was.failure=(mtbf: \"90d\", mttr: \"2h\")";
    let found = json(&[
        "spof",
        "topologies/three-tier.ron",
        "--replications",
        "2",
        "--set",
        law,
    ]);
    has(&found, HEAD);
    has(&found, SPOF);
    has(&found["single_points"][0], SINGLE);
    has(&found["cut_sets"][0], "members order probability");
    has(&found, EXPECTED);
    has(&found["classes"]["default"], EXPECTED);
    has(&found["importance"][0], IMPORTANCE);
}

#[test]
fn of_a_comparison() {
    let file = "topologies/three-tier.ron";
    let rest = [
        "--variant",
        "up: was.cores=4",
        "--requests",
        "500",
        "--replications",
        "5",
    ];
    let found = json(&[&["compare", file][..], &rest].concat());
    has(&found, "schema linchpin command seed designs differences");
    let design = &found["designs"][1];
    assert_eq!(design["name"], "up");
    for keys in ["topology.name", RUN, TRAFFIC] {
        has(design, keys);
    }
    assert_eq!(design["changes"][0]["after"], "4");
    has(&found["differences"][0], DIFFERENCE);
}

#[test]
fn of_an_estimate() {
    let found = json(&["estimate", "topologies/three-tier.ron"]);
    has(&found, ESTIMATE);
    has(&found["workloads"]["users"], WORKLOAD_ESTIMATE);
    has(&found["components"]["was"]["cpu"], RESOURCE_ESTIMATE);
}

#[test]
fn of_a_plan() {
    let plan = json(&["plan", "--dau", "1000", "--request-duration", "1s"]);
    has(&plan, "visits_per_day mean_rps peak_rps iteration_s vus");
}
