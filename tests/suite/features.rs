//! The numbers that the comments of `topologies/features` state: each follows from theory, and a
//! short run covers it.

mod chains;
mod guards;

use linchpin::experiment::result::{ComponentSummary, RunResult, Verdict};
use linchpin::experiment::{Settings, run};
use linchpin::statistics::Estimate;

use self::chains::{chance_to_wait, filled, inside_under_bursts, stationary};
use crate::support::files::{covers, model, near, sized, value};
use crate::support::program::root;

const SEED: u64 = 1;

/// A number in the comment of a file.
struct Number {
    /// As it stands there, and what one of its unit is in results.
    stated: (&'static str, f64),
    /// By theory.
    expected: f64,
    /// Where it is in the result.
    seen: fn(&RunResult) -> &Estimate,
    /// Largest relative half-width at 95 % for the run to mean something.
    most: f64,
}

/// Runs a file with assignments and holds its numbers against theory, comment and result.
#[track_caller]
fn holds(file: &str, assignments: &[&str], settings: &Settings<'_>, numbers: &[Number]) {
    let path = format!("topologies/features/{file}.ron");
    let text = std::fs::read_to_string(root().join(&path)).unwrap();
    let comment: Vec<&str> = text.lines().filter(|line| line.starts_with("//")).collect();
    let comment = comment.join("\n");
    let result = run(&model(&path, assignments), settings).unwrap();
    for number in numbers {
        let (stated, unit) = number.stated;
        assert!(comment.contains(stated), "{file} does not state {stated}");
        let digits = stated.split_once('.').map_or(0, |(_, after)| after.len());
        let rounded = format!("{:.digits$}", number.expected / unit);
        assert_eq!(rounded, stated, "{file}: by theory {}", number.expected);
        covers(file, (number.seen)(&result), number.expected, number.most);
    }
}

fn number(
    stated: (&'static str, f64),
    expected: f64,
    most: f64,
    seen: fn(&RunResult) -> &Estimate,
) -> Number {
    Number {
        stated,
        expected,
        seen,
        most,
    }
}

const MS: f64 = 1e-3;
const PERCENT: f64 = 0.01;

fn response(result: &RunResult) -> &Estimate {
    &result.response_time_s.mean
}

fn of_class<'r>(result: &'r RunResult, class: &str) -> &'r Estimate {
    &result.classes.get(class).unwrap().response_time_s.mean
}

fn part<'r>(result: &'r RunResult, name: &str) -> &'r ComponentSummary {
    result.components.get(name).unwrap()
}

fn inside<'r>(result: &'r RunResult, name: &str) -> &'r Estimate {
    &part(result, name).in_system.mean
}

/// 1.05 requests inside: the weights of a birth and death chain with three users.
#[test]
fn rates_by_number_of_requests() {
    let mut weights = vec![1.0];
    for (thinking, rate) in [(3.0, 100.0), (2.0, 180.0), (1.0, 240.0)] {
        weights.push(weights.last().unwrap() * thinking * 50.0 / rate);
    }
    let sum: f64 = weights.iter().sum();
    let mean = (0..)
        .zip(&weights)
        .map(|(n, w)| f64::from(n) * w)
        .sum::<f64>()
        / sum;
    let through = 50.0 * (3.0 - mean);
    let numbers = [
        number(("1.0515", 1.0), mean, 0.02, |r| inside(r, "app")),
        number(("97.43", 1.0), through, 0.02, |r| &r.throughput_rps),
        number(("10.793", MS), mean / through, 0.02, response),
    ];
    holds("load-dependent", &[], &sized(SEED, 20, 10_000), &numbers);
}

#[test]
fn orders_before_reports() {
    let numbers = [
        number(("14.286", MS), 0.01 / 0.7, 0.03, |r| of_class(r, "order")),
        number(("47.619", MS), 0.01 / 0.7 / 0.3, 0.06, |r| {
            of_class(r, "report")
        }),
    ];
    holds("priority", &[], &sized(SEED, 20, 20_000), &numbers);
}

#[test]
fn those_who_come_back_circle_as_many_as_theory_says() {
    let expected = (60.0 + 0.6 * 50.0) * 0.6 / (0.4 * 50.0);
    let numbers = [number(("2.7", 1.0), expected, 0.08, |r| {
        &part(r, "desk").orbit.as_ref().unwrap().mean
    })];
    holds("retrial", &[], &sized(SEED, 20, 20_000), &numbers);
}

/// Erlang A, with the few who would balk; without the patience that one class has beside it.
#[test]
fn as_many_give_up_as_their_patience_says() {
    let waiting = |n: u32| f64::from(n.saturating_sub(10));
    let mut weights = vec![1.0];
    for n in 1..=71_u32 {
        let leaves = f64::from(n.min(10)) + waiting(n) / 2.0;
        weights.push(weights.last().unwrap() * 10.0 / leaves);
    }
    let sum: f64 = weights.iter().sum();
    let lost = (0..)
        .zip(&weights)
        .map(|(n, w)| waiting(n) / 2.0 * w)
        .sum::<f64>();
    let calm = ["classes={\"calm\": ()}", "users.mix={\"calm\": 1.0}"];
    let numbers = [number(("10.39", PERCENT), lost / sum / 10.0, 0.06, |r| {
        &r.error_rate
    })];
    holds("impatience", &calm, &sized(SEED, 20, 10_000), &numbers);
}

/// States of one request: on the fast core, or on the slow one.
#[test]
fn a_fast_core_and_a_slow_one() {
    let (rate, fast, slow) = (105.0, 100.0, 50.0);
    let load: f64 = rate / (fast + slow);
    // Relative to the share of two requests.
    let on_slow = fast / (rate + slow);
    let on_fast = (fast + slow) / rate - on_slow;
    let none = (fast * on_fast + slow * on_slow) / rate;
    let all = none + on_fast + on_slow + 1.0 / (1.0 - load);
    let inside = on_fast + on_slow + 2.0 / (1.0 - load) + load / (1.0 - load).powi(2);
    let numbers = [number(("25.996", MS), inside / all / rate, 0.05, response)];
    holds("unequal-cores", &[], &sized(SEED, 20, 20_000), &numbers);
}

/// A chain of 29 states: how many are at the stage, how many at the press, and whether the stage
/// is blocked.
#[test]
fn a_full_press_blocks_the_stage() {
    let state = |stage: usize, press: usize, blocked: bool| {
        if blocked {
            23 + stage
        } else {
            stage * 4 + press
        }
    };
    let mut rates = Vec::new();
    for stage in 0..=5 {
        for press in 0..=3 {
            let here = state(stage, press, false);
            if stage < 5 {
                rates.push((here, state(stage + 1, press, false), 65.0));
            }
            if stage > 0 && press < 3 {
                rates.push((here, state(stage - 1, press + 1, false), 100.0));
            }
            if stage > 0 && press == 3 {
                rates.push((here, state(stage, 3, true), 100.0));
            }
            if press > 0 {
                rates.push((here, state(stage, press - 1, false), 100.0));
            }
        }
    }
    for stage in 1..=5 {
        rates.push((state(stage, 3, true), state(stage - 1, 3, false), 100.0));
        if stage < 5 {
            rates.push((state(stage, 3, true), state(stage + 1, 3, true), 65.0));
        }
    }
    let shares = stationary(29, &rates);
    let full: f64 = (0..=3).map(|press| shares[state(5, press, false)]).sum();
    let blocked: f64 = (1..=5).map(|stage| shares[state(stage, 3, true)]).sum();
    let numbers = [
        number(
            ("6.37", PERCENT),
            full + shares[state(5, 3, true)],
            0.06,
            |r| &r.error_rate,
        ),
        number(("7.66", PERCENT), blocked, 0.06, |r| {
            &part(r, "stage").blocked.as_ref().unwrap().mean
        }),
    ];
    holds("blocking", &[], &sized(SEED, 20, 20_000), &numbers);
}

/// Each of three cores is up for 10 s of 11.
#[test]
fn cores_are_up_as_long_as_their_laws_say() {
    let settings = Settings {
        with_failures: true,
        ..sized(SEED, 20, 20_000)
    };
    let model = model("topologies/features/breakdowns.ron", &[]);
    let result = run(&model, &settings).unwrap();
    let cpu = part(&result, "app").resources.get("cpu").unwrap();
    covers(
        "cores up",
        &cpu.up.as_ref().unwrap().mean,
        30.0 / 11.0,
        0.02,
    );
}

#[test]
fn one_long_run_has_an_interval() {
    let numbers = [number(("0.2", 1.0), 1.0 / (10.0 - 5.0), 0.06, response)];
    holds("batch-means", &[], &Settings::new(SEED), &numbers);
}

/// Whoever is next, a core is busy as long as there is work, and forgets what it has done.
#[test]
fn the_order_of_service_leaves_the_mean_alone() {
    let present = 0.7 / (1.0 - 0.7);
    let numbers = [
        number(("23.333", MS), 0.01 * present, 0.06, |r| {
            &part(r, "last").waiting_time_s.mean
        }),
        number(("23.333", MS), 0.01 * present, 0.06, |r| {
            &part(r, "random").waiting_time_s.mean
        }),
        number(("2.333", 1.0), present, 0.06, |r| inside(r, "few")),
        number(("100", MS), 3.0 * present / 70.0, 0.06, response),
    ];
    holds("order-of-service", &[], &sized(SEED, 20, 20_000), &numbers);
}

#[test]
fn bursts_wait_far_longer_than_a_poisson_stream() {
    let bursts = number(("1.624", 1.0), inside_under_bursts() / 40.0, 0.25, response);
    let rate = number(("40", 1.0), 0.9 * 20.0 + 0.1 * 220.0, 0.15, |r| {
        &r.offered_rps
    });
    holds("bursts", &[], &sized(SEED, 40, 20_000), &[bursts, rate]);
    let poisson = ["users.arrivals=Poisson", "users.rate=\"40/s\""];
    let expected = 0.05 + chance_to_wait(4, 2.0) / (4.0 * 20.0 - 40.0);
    let plain = number(("54.35", MS), expected, 0.03, response);
    holds("bursts", &poisson, &sized(SEED, 20, 10_000), &[plain]);
}

#[test]
fn the_slowest_branch_counts() {
    let slowest = 0.01 * (1.0 + 1.0 / 2.0 + 1.0 / 3.0);
    let numbers = [number(("18.433", MS), 0.000_1 + slowest, 0.02, response)];
    holds("parallel", &[], &sized(SEED, 20, 4_000), &numbers);
}

#[test]
fn a_loop_takes_as_long_as_its_turns() {
    let numbers = [number(("20.1", MS), 0.000_1 + 2.0 * 0.01, 0.03, response)];
    holds("repeat", &[], &sized(SEED, 20, 10_000), &numbers);
}

/// Little's law for threads that are held for 2 ms; with a Call they would be held for 52 ms.
#[test]
fn who_hands_over_needs_few_threads() {
    let numbers = [number(("0.2", 1.0), 100.0 * 0.002, 0.03, |r| {
        &part(r, "front")
            .resources
            .get("threads")
            .unwrap()
            .mean_in_use
    })];
    holds("forward", &[], &sized(SEED, 20, 10_000), &numbers);
    let call = ["front.operations.default=[Cpu(\"2ms\"), Call(\"slow\")]"];
    let model = model("topologies/features/forward.ron", &call);
    let result = run(&model, &sized(SEED, 10, 20_000)).unwrap();
    assert_eq!(result.verdict, Verdict::Saturated);
}

#[test]
fn threads_and_connections_are_waited_for_alike() {
    let expected = chance_to_wait(5, 3.0) / (5.0 * 100.0 - 300.0);
    let numbers = [
        number(("1.1808", MS), expected, 0.08, |r| {
            &part(r, "web")
                .resources
                .get("threads")
                .unwrap()
                .waiting_time_s
                .mean
        }),
        number(("1.1808", MS), expected, 0.08, |r| {
            &r.links
                .get("app -> db")
                .unwrap()
                .pool
                .as_ref()
                .unwrap()
                .waiting_time_s
        }),
    ];
    holds("pools", &[], &sized(SEED, 20, 40_000), &numbers);
}

#[test]
fn a_network_card_is_shared_by_all_on_its_host() {
    let expected = 0.008 / (1.0 - 87.5 * 0.008);
    let numbers = [
        number(("26.667", MS), expected, 0.06, |r| of_class(r, "file")),
        number(("26.667", MS), expected, 0.06, |r| of_class(r, "image")),
    ];
    holds("nic", &[], &sized(SEED, 20, 20_000), &numbers);
}

/// Che's approximation, which is good to a percent.
#[test]
fn a_cache_hits_as_often_as_its_room_says() {
    let (shares, time) = filled(10_000, 0.8, 1_000.0, 400.0);
    let hits: f64 = shares
        .iter()
        .map(|p| p * (1.0 - (-p * 400.0 * time).exp()))
        .sum();
    assert_eq!(format!("{:.2}", 100.0 * hits), "43.67");
    let one = [
        "redis.nodes=1",
        "redis.capacity=1_000",
        "redis.ttl=\"365d\"",
    ];
    let model = model("topologies/features/cache-contents.ron", &one);
    let result = run(&model, &sized(SEED, 10, 20_000)).unwrap();
    let cache = part(&result, "redis").cache.as_ref().unwrap();
    near("hits", value(&cache.hit_ratio), hits, 0.01);
}

#[test]
fn an_edge_is_full_after_so_many_objects() {
    let (_, time) = filled(5_000, 0.9, 64.0 * 1024.0 / 100.0, 300.0);
    assert_eq!(format!("{time:.2}"), "4.04");
    let equal = ["cdn.size=\"100KiB\"", "cdn.eviction=Lru"];
    let model = model("topologies/features/cdn-contents.ron", &equal);
    let settings = Settings {
        replications: Some(40),
        ..Settings::new(SEED)
    };
    let result = run(&model, &settings).unwrap();
    let cache = part(&result, "cdn").cache.as_ref().unwrap();
    near("full after", cache.full_after_s.unwrap(), time, 0.05);
}

#[test]
fn every_feature_file_has_a_row_and_every_row_its_file() {
    let page = std::fs::read_to_string(root().join("docs/features.md")).unwrap();
    let folder = root().join("topologies/features");
    for entry in std::fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(page.contains(&format!("`{name}`")), "no row shows {name}");
    }
    for word in page.split('`') {
        if std::path::Path::new(word)
            .extension()
            .is_none_or(|end| end != "ron")
        {
            continue;
        }
        let is_there = root().join(word).is_file() || folder.join(word).is_file();
        assert!(is_there, "{word} is no file");
    }
}
