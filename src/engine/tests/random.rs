//! Random programs with everything in them: what must agree exactly does, whatever happens.

use proptest::prelude::*;

use super::checked;
use crate::engine::build::{Builder, plan, steady};
use crate::engine::id::{LawId, NodeId, Pc, SpellId, StationId};
use crate::engine::plan::{End, Plan};
use crate::engine::program::{
    Act, Backoff, Count, Discipline, Effect, Policy, Process, Program, Reason, Scope, Spell, Step,
    Ties, TimedEffect,
};
use crate::law::Law;

/// What is drawn for one component; each calls those after it.
#[derive(Clone, Debug)]
struct Tier {
    nodes: usize,
    servers: u32,
    sharing: bool,
    threads: Option<(u32, u32)>,
    /// 0 nothing, 1 call, 2 forward, 3 fork, 4 repeat, 5 call with fallback, 6 the first of
    /// three calls, with which the others are cancelled.
    then: u8,
    timeout: Option<u64>,
    deadline: Option<u64>,
    pool: Option<u32>,
    attempts: u32,
    latency: bool,
    policy: u8,
}

fn tier() -> impl Strategy<Value = Tier> {
    let shape = (
        1usize..4,
        1u32..4,
        any::<bool>(),
        prop::option::of((1u32..4, 0u32..4)),
        0u8..7,
    );
    let link = (
        prop::option::of(500_000u64..6_000_000),
        prop::option::of(1_000_000u64..9_000_000),
        prop::option::of(1u32..4),
        1u32..4,
        any::<bool>(),
        0u8..6,
    );
    (shape, link).prop_map(|((nodes, servers, sharing, threads, then), link)| {
        let (timeout, deadline, pool, attempts, latency, policy) = link;
        Tier {
            nodes,
            servers,
            sharing,
            threads,
            then,
            timeout,
            deadline,
            pool,
            attempts,
            latency,
            policy,
        }
    })
}

fn policy(number: u8) -> Policy {
    match number {
        0 => Policy::RoundRobin,
        1 => Policy::Random,
        2 => Policy::LeastConnections { ties: Ties::Random },
        3 => Policy::PowerOf {
            choices: 2,
            ties: Ties::Rotation,
        },
        4 => Policy::ConsistentHash { points: 3 },
        _ => Policy::SourceHash,
    }
}

/// Entries of the nodes of a tier, and how it is called.
type Below = (Vec<(NodeId, Pc)>, Tier);

/// What a node of a tier does below its own service.
fn below_steps(
    b: &mut Builder,
    tier: &Tier,
    (callees, link): &Below,
    serve: Step,
    wire: LawId,
) -> Vec<Step> {
    let lanes = (
        link.timeout.map(|ns| b.lane(ns)),
        link.deadline.map(|ns| b.lane(ns)),
    );
    let pool = link.pool.map(|count| b.pool(count, Some(3)));
    let call = b.call("down", policy(link.policy), callees, |call| {
        call.latency = link.latency.then_some(wire);
        if tier.then != 2 {
            (call.timeout, call.deadline) = lanes;
            call.pool = pool;
            call.pool_timeout = lanes.0;
            call.attempts = link.attempts;
            call.cancel = tier.then == 6 || link.attempts == 2;
            call.backoff = Backoff::Doubling {
                from: 300_000,
                cap: 900_000,
                jitter: true,
            };
        }
    });
    if let (Some(pool), Some(count), true) = (pool, link.pool, link.sharing && tier.then != 2) {
        let selector = b.program.calls[call.index()].selector;
        b.program.selectors[selector.index()].limit = Some((count, pool));
    }
    let ask = Step::Call {
        call,
        otherwise: None,
    };
    let body = b.steps([serve, ask, Step::Reply]);
    match tier.then {
        1 => vec![ask],
        2 => vec![Step::Forward { call }],
        3 | 6 => {
            let (first, count) = (b.program.branches.len() as u32, 3);
            b.program.branches.extend([(body, 1), (body, 2), (body, 3)]);
            vec![match tier.then {
                3 => Step::Fork { first, count },
                _ => Step::Quorum {
                    first,
                    count,
                    need: 1,
                    cancel: true,
                    copies: false,
                    otherwise: None,
                },
            }]
        }
        4 => vec![Step::Repeat {
            count: Count::Geometric(1.5),
            key: 77,
            body,
        }],
        5 => {
            let other = b.steps([serve, Step::Reply]);
            vec![Step::Call {
                call,
                otherwise: Some(other),
            }]
        }
        _ => Vec::new(),
    }
}

/// Builds from the last tier to the first, so that callees exist.
fn program(tiers: &[Tier], rate: f64) -> Program {
    let mut b = Builder::new();
    let mut below: Option<Below> = None;
    let wire = b.law(Law::Exponential { mean: 100_000.0 });
    for (depth, tier) in tiers.iter().enumerate().rev() {
        let nodes = b.component(&format!("tier {depth}"), tier.nodes);
        let law = b.law(Law::Exponential { mean: 1e6 });
        let mut targets = Vec::new();
        for &node in &nodes {
            let kind = if tier.sharing {
                Discipline::ProcessorSharing
            } else {
                Discipline::Fcfs
            };
            let station = b.station(node, kind, Some(tier.servers));
            let serve = b.serve(station, law);
            let mut steps = Vec::new();
            if let Some((threads, room)) = tier.threads {
                let pool = b.pool(threads, Some(room));
                steps.push(Step::Acquire { pool });
            }
            steps.push(serve);
            if let Some(below) = &below {
                steps.extend(below_steps(&mut b, tier, below, serve, wire));
            }
            steps.push(Step::Reply);
            targets.push((node, b.steps(steps)));
        }
        below = Some((targets, tier.clone()));
    }
    let (targets, first) = below.expect("there is a tier");
    add_users(&mut b, &targets, &first, wire, rate);
    b.program
}

/// Users who call with patience if the first tier has a deadline, else forward.
fn add_users(b: &mut Builder, targets: &[(NodeId, Pc)], first: &Tier, wire: LawId, rate: f64) {
    let patience = b.lane(8_000_000);
    let patient = first.deadline.is_none();
    let call = b.call("user", policy(first.policy), targets, |call| {
        call.latency = first.latency.then_some(wire);
        call.timeout = (!patient).then_some(patience);
    });
    let entry = if patient {
        b.steps([Step::Forward { call }])
    } else {
        b.steps([
            Step::Call {
                call,
                otherwise: None,
            },
            Step::Reply,
        ])
    };
    let (_, journey) = b.class("request", Some(5_000_000));
    b.source("users", entry, steady(Process::Poisson, rate, journey));
}

/// What can befall the messages of some node each.
fn spells(program: &Program) -> Vec<Spell> {
    let acts = [
        Act::Vanish,
        Act::Delay(Law::Exponential { mean: 1e6 }),
        Act::Lose(0.3),
        Act::Fail(0.3),
        Act::Cut(0.3),
    ];
    let count = program.nodes.len();
    let spell = |(place, act)| Spell {
        scope: Scope::Around {
            nodes: vec![NodeId::from(place % count)],
            among: true,
        },
        act,
        key: place as u64,
    };
    acts.into_iter().enumerate().map(spell).collect()
}

fn effects(program: &Program, drawn: &[(u64, u8, u32)]) -> Vec<TimedEffect> {
    let count = program.nodes.len() as u32;
    let mut effects: Vec<TimedEffect> = drawn
        .iter()
        .map(|&(at, what, number)| {
            let node = NodeId(number % count);
            let spell = SpellId(number % program.spells.len() as u32);
            let station = StationId(number % program.stations.len() as u32);
            let effect = match what {
                0 => Effect::Crash(node),
                1 => Effect::Repair(node),
                2 => Effect::Speed(node, 0.4),
                3 => Effect::Speed(node, 1.0),
                4 | 5 => Effect::Spell(spell, what == 4),
                6 | 7 => Effect::Pause(node, what == 6),
                8 => Effect::Rate(station, 0.3),
                9 => Effect::Rate(station, 1.0),
                _ => Effect::Full(station, what == 10),
            };
            TimedEffect { at, effect }
        })
        .collect();
    effects.sort_by_key(|timed| timed.at);
    effects
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn sums_agree_in_random_programs(
        tiers in prop::collection::vec(tier(), 1..4),
        rate in 200.0f64..2500.0,
        drawn in prop::collection::vec((0u64..900_000_000, 0u8..12, 0u32..12), 0..24),
        seed in 0u64..1000,
        drain in prop::sample::select(vec![0u64, 3_000_000, 60_000_000_000]),
    ) {
        let mut program = program(&tiers, rate);
        program.spells = spells(&program);
        let plan = Plan {
            warm_up: 100_000_000,
            effects: effects(&program, &drawn),
            drain,
            busy_series: true,
            bucket_ns: 10_000_000,
            bucket_cap: 16,
            ..plan(seed, End::At(1_000_000_000))
        };
        let seen = checked(&program, &plan);
        for (station, (area, delivered)) in program.stations.iter().zip(&seen.audit.stations) {
            if station.discipline == Discipline::Fcfs {
                prop_assert_eq!(area, delivered);
            } else {
                // Each job's service is rounded to whole ns at both ends.
                let jobs = u128::from(seen.events);
                prop_assert!(area.abs_diff(*delivered) <= jobs, "{} {}", area, delivered);
            }
        }
        let buckets = &seen.series.buckets;
        let offered: u64 = buckets.iter().map(|bucket| bucket.offered).sum();
        prop_assert_eq!(offered, seen.audit.classes[0][0]);
        let area: u128 = buckets.iter().map(|bucket| bucket.in_system_area).sum();
        prop_assert_eq!(area, seen.audit.in_system_area);
        let again = checked(&program, &plan);
        prop_assert_eq!(format!("{again:?}"), format!("{seen:?}"));
        let turned_away = seen.classes[0].failed[Reason::NameLookup as usize];
        prop_assert_eq!(turned_away, 0);
    }
}
