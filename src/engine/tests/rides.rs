//! The fast path against the general one: every result the same, to the last bit.

use std::sync::atomic::AtomicBool;

use proptest::prelude::*;

use crate::engine::build::{Builder, plan, single, steady};
use crate::engine::id::{NodeId, Pc};
use crate::engine::observation::Observations;
use crate::engine::plan::{End, Plan};
use crate::engine::program::{Arrivals, Discipline, Policy, Process, Program, Segment, Step};
use crate::engine::run::Engine;
use crate::law::Law;

/// One run on the fast path where there is one, and one on the general path; with the number of
/// last stops.
fn both(program: &Program, plan: &Plan) -> ([Observations; 2], usize) {
    let never = AtomicBool::new(false);
    let fast = Engine::new(program, plan, None);
    let stops = fast.riders.stops();
    let mut general = Engine::new(program, plan, None);
    general.forget_fast_path();
    ([fast.work(&never), general.work(&never)], stops)
}

fn assert_same([fast, general]: &[Observations; 2]) {
    assert_eq!(fast.classes[0].response, general.classes[0].response);
    let maxima = |seen: &Observations| -> Vec<u64> {
        seen.stations.iter().map(|one| one.queue.max).collect()
    };
    assert_eq!(maxima(fast), maxima(general));
    assert_eq!(format!("{fast:?}"), format!("{general:?}"));
}

/// What is drawn for one tier; the last one is the last stop.
#[derive(Clone, Debug)]
struct Tier {
    nodes: usize,
    servers: u32,
    threads: Option<u32>,
    constant: bool,
    ends_here: f64,
    policy: u8,
}

fn tier() -> impl Strategy<Value = Tier> {
    let threads = prop::option::of(1u32..4);
    (1usize..4, 1u32..4, threads, any::<bool>(), 0u8..3, 0u8..4).prop_map(
        |(nodes, servers, threads, constant, ends, policy)| Tier {
            nodes,
            servers,
            threads,
            constant,
            ends_here: f64::from(ends) / 4.0,
            policy,
        },
    )
}

/// Tiers that hand requests on; the last one only serves. Equal constants make ties.
fn program(tiers: &[Tier], closed: bool) -> Program {
    let mut b = Builder::new();
    let mut below: Option<(Vec<(NodeId, Pc)>, u8)> = None;
    for (depth, tier) in tiers.iter().enumerate().rev() {
        let law = if tier.constant {
            Law::Constant(1e6)
        } else {
            Law::Exponential { mean: 1e6 }
        };
        let (nodes, law) = (
            b.component(&format!("tier {depth}"), tier.nodes),
            b.law(law),
        );
        let call = below.take().map(|(targets, policy)| {
            let policy = match policy {
                0 => Policy::RoundRobin,
                1 => Policy::Random,
                2 => Policy::SourceHash,
                _ => Policy::Weighted,
            };
            b.call("down", policy, &targets, |_| ())
        });
        let mut targets = Vec::new();
        for node in nodes {
            let station = b.station(node, Discipline::Fcfs, Some(tier.servers));
            let mut steps = Vec::new();
            if let (Some(threads), Some(_)) = (tier.threads, call) {
                let pool = b.pool(threads, None);
                steps.push(Step::Acquire { pool });
            }
            steps.push(b.serve(station, law));
            if let Some(call) = call {
                steps.push(Step::Chance {
                    share: 1.0 - tier.ends_here,
                    key: depth as u64,
                    otherwise: Pc::from(b.program.steps.len() + steps.len() + 2),
                });
                steps.push(Step::Forward { call });
            }
            steps.push(Step::Reply);
            targets.push((node, b.steps(steps)));
        }
        below = Some((targets, tier.policy));
    }
    let (targets, _) = below.expect("there is a tier");
    let call = b.call("in", Policy::RoundRobin, &targets, |_| ());
    let entry = b.steps([Step::Forward { call }]);
    let (_, journey) = b.class("request", Some(3_000_000));
    let arrivals = if closed {
        let think = b.law(Law::Constant(2e6));
        let segment = Segment {
            start: 0,
            from: 9.0,
            to: 9.0,
            length: None,
            mix: vec![(journey, 1.0)],
        };
        Arrivals::Closed {
            segments: vec![segment],
            think,
        }
    } else {
        steady(Process::Poisson, 1_500.0, journey)
    };
    b.source("users", entry, arrivals);
    b.program
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn same_results_on_both_paths(
        tiers in prop::collection::vec(tier(), 1..4),
        closed in any::<bool>(),
        seed in 0u64..1_000,
        by_time in any::<bool>(),
    ) {
        let program = program(&tiers, closed);
        let end = if by_time { End::At(400_000_000) } else { End::Requests(400) };
        let plan = Plan {
            warm_up: 20_000_000,
            bucket_ns: 7_000_000,
            mark_ns: 50_000_000,
            busy_series: true,
            ..plan(seed, end)
        };
        let (seen, stops) = both(&program, &plan);
        prop_assert!(stops >= tiers.last().map_or(0, |tier| tier.nodes));
        assert_same(&seen);
    }
}

/// More requests than may come to nodes without time passing (S25): they are counted, no loop.
#[test]
fn a_long_run_stays_on_its_path() {
    let law = Law::Exponential { mean: 1e6 };
    let program = single(2, Discipline::Fcfs, law, 1_500.0);
    let (seen, stops) = both(&program, &plan(3, End::Requests(1_100_000)));
    assert_eq!(stops, 1);
    assert_same(&seen);
}
