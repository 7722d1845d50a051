//! How balancers choose, by pencil and paper and against theory.

use linchpin::experiment::result::RunResult;
use linchpin::experiment::{Settings, run};
use linchpin::model::Model;
use linchpin::theory::{Mmc, shortest_of_two};

use crate::support::files::{self, covers, model, sized};
use crate::support::program::linchpin;

/// The model of a file that is written in the test.
#[track_caller]
fn written(text: &str) -> Model {
    files::written::<&str>(text, &[])
}

/// Mean response of a class, and how many requests of it there were.
fn class(result: &RunResult, name: &str) -> (f64, u64) {
    let class = result.classes.get(name).expect("somebody sends it");
    let mean = class
        .response_time_s
        .mean
        .value
        .expect("some were answered");
    (mean, class.requests.succeeded)
}

/// Every request takes 4 s. Those of class a go to the first server, at 10, 20, 30 and 40. Those
/// of class b come at 12.5, 25 and 37.5 and look for the least loaded, the first one at a tie:
/// the second server at 12.5, as the first still has an a; the first at 25 and 37.5. There the a
/// of 40 waits until 41.5.
#[test]
fn a_route_sees_the_requests_of_other_classes() {
    let model = written(
        r#"(
            name: "routes",
            components: {
                "lb": LoadBalancer(
                    to: "one", service: "0s", health: Off,
                    routes: [(class: "b", to: {"one": 1, "two": 1},
                              policy: LeastConnections(ties: First))],
                ),
                "one": AppServer(cores: 1, discipline: Fcfs, service: "4s"),
                "two": AppServer(cores: 1, discipline: Fcfs, service: "4s"),
            },
            entry: "lb",
            workload: {
                "as": Open(
                    rate: "0.1/s", arrivals: Deterministic, mix: {"a": 1.0}, stages: [Hold("45s")],
                ),
                "bs": Open(
                    rate: "0.08/s", arrivals: Deterministic, mix: {"b": 1.0}, stages: [Hold("45s")],
                ),
            },
            run: (start: Cold),
        )"#,
    );
    let result = run(&model, &Settings::new(1)).unwrap();
    assert_eq!(class(&result, "a"), ((3.0 * 4.0 + 5.5) / 4.0, 4));
    assert_eq!(class(&result, "b"), (4.0, 3));
    let at = |name: &str| {
        let classes = &result.components.get(name).expect("it is there").classes;
        let visits = classes
            .get("b")
            .map(|b| b.throughput_rps.value.unwrap_or(0.0) * 45.0);
        visits.map(f64::round)
    };
    assert_eq!((at("one"), at("two")), (Some(2.0), Some(1.0)));
}

/// Both classes join the shorter of two queues, each by a policy of its own: of forty draws one
/// is the shorter queue but for a chance of 2^-40. Together they are one stream that joins the
/// shorter queue, exactly solved (case lb-2-90); without common counts both would see half of it.
#[test]
fn policies_of_one_balancer_count_together() {
    let model = written(
        r#"(
            name: "shorter of two",
            components: {
                "lb": LoadBalancer(
                    to: "server", service: "0s", health: Off,
                    policy: LeastConnections(ties: Random),
                    routes: [(class: "b", to: "server", policy: PowerOf(choices: 40))],
                ),
                "server": AppServer(
                    cores: 1, threads: Unlimited, backlog: Unlimited, discipline: Fcfs,
                    service: Exponential("1s"), replicas: 2,
                ),
            },
            entry: "lb",
            workload: { "users": Open(rate: "1.6/s", mix: {"a": 0.5, "b": 0.5}) },
        )"#,
    );
    let expected = shortest_of_two(1.6, 1.0).expect("it is stable");
    for seed in [1, 2, 3] {
        let result = run(&model, &sized(seed, 20, 30_000)).unwrap();
        covers("mean", &result.response_time_s.mean, expected, 0.04);
    }
}

/// Requests at 1, 2, 3 and 4 s of 4 s each for two servers that take one at a time, with `more`
/// on the balancer's links.
fn held_back(more: &str) -> RunResult {
    let model = written(&format!(
        r#"(
            name: "held back",
            components: {{
                "lb": LoadBalancer(
                    to: {{"one": 1, "two": 1}}, service: "0s", health: Off, maxconn: 1,
                    policy: LeastConnections(ties: First),
                ),
                "one": AppServer(cores: 1, discipline: Fcfs, service: "4s"),
                "two": AppServer(cores: 1, discipline: Fcfs, service: "4s"),
            }},
            links: {{ "lb -> one": ({more}), "lb -> two": ({more}) }},
            entry: "lb",
            workload: {{
                "users": Open(rate: "1/s", arrivals: Deterministic, stages: [Hold("4.5s")]),
            }},
            run: (start: Cold),
        )"#
    ));
    run(&model, &Settings::new(1)).unwrap()
}

/// The first two are answered after 4 s. The third waits from 3 to 5 and the fourth from 4 to 6.
#[test]
fn requests_wait_at_the_balancer_for_a_server_with_room() {
    let result = held_back("");
    assert_eq!(
        class(&result, "default"),
        ((4.0 + 4.0 + 6.0 + 6.0) / 4.0, 4)
    );
    let pool = result
        .links
        .get("lb -> one")
        .and_then(|link| link.pool.as_ref());
    let pool = pool.expect("the balancer has a queue");
    assert_eq!((pool.capacity, pool.waiting.max), (Some(2), 2));
    assert_eq!(result.requests.failed, 0);
}

/// The third has waited for 1.5 s at 4.5 and is let down; so the fourth is the next at 5.
#[test]
fn nobody_waits_at_the_balancer_for_longer_than_the_link_says() {
    let result = held_back("pool_timeout: \"1.5s\"");
    assert_eq!(class(&result, "default"), ((4.0 + 4.0 + 5.0) / 3.0, 3));
    assert_eq!(result.requests.failures.get("pool_timeout"), Some(&1));
}

/// Three servers with one line are an M/M/3; with room for many at each they are three queues.
#[test]
fn one_line_for_all_servers_is_erlang_c() {
    let queue = Mmc::new(180.0, 100.0, 3).expect("it is stable");
    let expected = 0.010 + queue.mean_wait();
    let shared = model("topologies/features/central-queue.ron", &[]);
    let three = ["lb.policy=Random", "lb.maxconn=100000"];
    let apart = model("topologies/features/central-queue.ron", &three);
    for seed in [1, 2, 3] {
        let result = run(&shared, &sized(seed, 20, 40_000)).unwrap();
        covers("one line", &result.response_time_s.mean, expected, 0.03);
        let result = run(&apart, &sized(seed, 20, 40_000)).unwrap();
        covers("three lines", &result.response_time_s.mean, 0.025, 0.04);
    }
}

/// Two requests at 1 and 2 s over a line of 1000 bytes a second.
fn over_a_line(calls: &str, line: &str) -> RunResult {
    let model = written(&format!(
        r#"(
            name: "line",
            components: {{
                "front": AppServer(
                    threads: Unlimited, backlog: Unlimited, operations: {{ "default": [{calls}] }},
                ),
                "back": AppServer(
                    threads: Unlimited, backlog: Unlimited,
                    operations: {{ "silent": [], "default": [Reply("1500B")] }},
                ),
            }},
            links: {{ "front -> back": (bandwidth: "1KB/s"{line}) }},
            entry: "front",
            workload: {{ "users": Open(
                rate: "1/s", arrivals: Deterministic,
                stages: [Hold("2.5s"), Ramp(to: "0.01/s"), Hold("10s")],
            ) }},
            run: (start: Cold),
        )"#
    ));
    run(&model, &Settings::new(1)).unwrap()
}

/// 1500 bytes are halfway done with 1000 at 2, where the second comes; the rest takes until 3. The
/// second has 500 through by then and is alone with 1000 more until 4. With answers of the same
/// size the first is back alone from 3 on, the second joins it at 4: until 5, and 6.
#[test]
fn transfers_share_a_line_and_the_other_direction_is_another() {
    let body = over_a_line(r#"Call(to: "back.silent", request: "1500B")"#, "");
    assert_eq!(class(&body, "default"), (2.0, 2));
    let answer = over_a_line(r#"Call("back")"#, "");
    assert_eq!(class(&answer, "default"), (2.0, 2));
    let both = over_a_line(r#"Call(to: "back", request: "1500B")"#, "");
    assert_eq!(class(&both, "default"), (4.0, 2));
    let lines = &both.links.get("front -> back").expect("it is there").lines;
    let names: Vec<&str> = lines.iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["answer_line", "request_line"]);
    let later = over_a_line(r#"Call("back")"#, ", latency: \"0.25s\"");
    assert_eq!(class(&later, "default"), (2.5, 2));
}

/// A timeout holds to the last byte (S19), which is 2 s away for both.
#[test]
fn a_timeout_waits_for_the_last_byte() {
    let just = over_a_line(r#"Call("back")"#, ", timeout: \"2.1s\"");
    assert_eq!(class(&just, "default"), (2.0, 2));
    let result = over_a_line(r#"Call("back")"#, ", timeout: \"1.9s\"");
    assert_eq!(result.requests.failures.get("timeout"), Some(&2));
}

/// M/G/1 under processor sharing: 8 ms / (1 - 0.7), whatever the law of sizes.
#[test]
fn a_line_is_a_queue_of_shared_transfers() {
    let other = ["files.operations.default=[Reply(Exponential(\"80KB\"))]"];
    for set in [&[][..], &other[..]] {
        let model = model("topologies/features/bandwidth.ron", set);
        for seed in [1, 2, 3] {
            let result = run(&model, &sized(seed, 20, 40_000)).unwrap();
            let mean = &result.response_time_s.mean;
            covers("mean", mean, 0.008 / 0.3, 0.05);
            let line = result.links.get("users -> files").expect("it is there");
            let (_, line) = line.lines.iter().next().expect("it has a line");
            covers("busy", &line.utilisation, 0.7, 0.03);
        }
    }
}

/// What is full in front of servers that take one request each is not widened by a `pool`, of which
/// the file has none: cores that are idle are used, and then there are more servers.
#[test]
fn a_full_line_of_a_balancer_asks_for_servers() {
    let first = |set: &[&str]| {
        let few = ["--requests", "2000", "--replications", "5", "--json", "-"];
        let mut arguments = vec!["run", "topologies/features/central-queue.ron"];
        arguments.extend(set.iter().flat_map(|one| ["--set", one]));
        arguments.extend(few);
        let json = linchpin(&arguments).exits(0).json();
        let binds = json["bottleneck"]["resource"].as_str().unwrap().to_owned();
        (binds, json["next_steps"].clone())
    };
    let (_, told) = first(&["users.rate=\"270/s\""]);
    assert!(!told.to_string().contains("pool"), "{told}");
    assert!(told.to_string().contains("app.replicas=4"), "{told}");
    let (binds, told) = first(&["app.cores=4"]);
    assert_eq!(binds, "pool");
    assert!(
        told[0].as_str().unwrap().contains("--set lb.maxconn=4"),
        "{told}"
    );
    assert!(told.to_string().contains("app.replicas=4"), "{told}");
    assert!(!told.to_string().contains("app.cores"), "{told}");
}
