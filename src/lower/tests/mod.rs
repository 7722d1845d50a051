//! Pencil traces: small models whose programs are written out by hand.

mod ailments;
mod fallback;
mod guards;
mod hedge;
mod parts;
mod run;
mod steps;

use std::collections::BTreeSet;

use crate::engine::program::{Program, Step};
use crate::lower::lower;
use crate::model::Policy;
use crate::model::builder::{Builder, exponential, ms};

/// lb -> was (x replicas, 200 threads) -> db.
fn three_tiers(replicas: u32, balance: Policy, extra: bool) -> Builder {
    let mut b = Builder::new("three tiers");
    let extra_part = extra.then(|| b.component("extra", 1));
    let lb = b.component("lb", 1);
    let was = b.component("was", replicas);
    let db = b.component("db", 1);
    b.threads(was, 200, 100);
    let to_was = b.forward(lb, was);
    b.link(lb, was).balance = balance;
    let to_db = b.call(was, db);
    let mut steps = vec![b.work(was, "cpu", exponential(ms(8))), to_db];
    if let Some(extra) = extra_part {
        steps.push(b.call(was, extra));
        b.operation(
            extra,
            "default",
            vec![b.work(extra, "cpu", exponential(ms(1)))],
        );
    }
    b.operation(lb, "default", vec![to_was]);
    b.operation(was, "default", steps);
    b.operation(db, "default", vec![b.work(db, "cpu", exponential(ms(3)))]);
    b.open("users", 150.0, &[("default", lb, 1.0)]);
    b
}

/// Every key of a program that a draw depends on.
fn keys(program: &Program) -> BTreeSet<u64> {
    let steps = program.steps.iter().filter_map(|step| match *step {
        Step::Serve { key, .. }
        | Step::Wait { key, .. }
        | Step::Chance { key, .. }
        | Step::Repeat { key, .. }
        | Step::Spawn { key, .. }
        | Step::Resolve { key, .. } => Some(key),
        _ => None,
    });
    let calls = program.calls.iter().map(|call| call.key);
    let branches = program.branches.iter().map(|branch| branch.1);
    let items = program
        .journeys
        .iter()
        .flat_map(|journey| &journey.items)
        .map(|item| item.key);
    let sources = program.sources.iter().map(|source| source.key);
    steps
        .chain(calls)
        .chain(branches)
        .chain(items)
        .chain(sources)
        .collect()
}

/// S37: the same draws, whatever the number of replicas and the policy.
#[test]
fn replicas_and_policy_change_no_key() {
    let few = keys(&lower(&three_tiers(2, Policy::RoundRobin, false).build()).program);
    let many = keys(&lower(&three_tiers(7, Policy::Random, false).build()).program);
    assert_eq!(few, many);
    // Demands of was and db; calls of users, lb and was; journey, workload.
    assert_eq!(few.len(), 2 + 3 + 2);
}

/// S37: a further component adds keys and changes none.
#[test]
fn another_component_only_adds_keys() {
    let plain = keys(&lower(&three_tiers(2, Policy::RoundRobin, false).build()).program);
    let larger = keys(&lower(&three_tiers(2, Policy::RoundRobin, true).build()).program);
    assert!(larger.is_superset(&plain));
    assert_eq!(larger.len(), plain.len() + 2);
}

/// The class of a request is no part of a key, so that classes can be split without new draws.
#[test]
fn classes_share_the_keys_of_an_operation() {
    let mut b = three_tiers(2, Policy::RoundRobin, false);
    let before = keys(&lower(&b.clone().build()).program);
    let lb = b.model().component_named("lb").expect("lb was added");
    b.open("others", 1.0, &[("second", lb, 1.0)]);
    let after = keys(&lower(&b.build()).program);
    // The new workload's call, source and journey.
    assert_eq!(after.difference(&before).count(), 3);
    assert!(after.is_superset(&before));
}

#[test]
fn lowering_twice_gives_the_same_program() {
    let model = three_tiers(3, Policy::RoundRobin, true).build();
    assert_eq!(
        format!("{:?}", lower(&model)),
        format!("{:?}", lower(&model))
    );
}

/// The size of a program follows what is called: 100 x 100 nodes take 100 selectors, which share
/// the places of their targets.
#[test]
fn a_large_model_stays_in_proportion() {
    let mut b = Builder::new("large");
    let (front, back) = (b.component("front", 100), b.component("back", 100));
    let call = b.call(front, back);
    b.operation(front, "default", vec![call])
        .operation(back, "default", Vec::new());
    b.operation(back, "never asked", Vec::new());
    b.open("users", 1.0, &[("default", front, 1.0)]);
    let program = lower(&b.build()).program;
    assert_eq!(program.selectors.len(), 101);
    assert_eq!(program.entries.len(), 100 + 100);
    assert_eq!(program.steps.len(), 1 + 2 * 100 + 100);
}
