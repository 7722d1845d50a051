//! Deploys: the faults that they are, and what is refused.

use super::*;
use crate::model::{Fault, FaultKind, FaultTarget};

/// What breaks, which node, from when and how long, s.
fn faults(deploy: &str) -> Vec<(FaultKind, String, u64, Option<u64>)> {
    let model = model(&shop_with(
        "Crash(target: \"app/2\"",
        &format!("{deploy}, Crash(target: \"app/2\""),
    ));
    let told = |fault: &Fault| {
        let FaultTarget::Nodes(nodes) = &fault.target else {
            panic!("{fault:?}");
        };
        let name = model.node(nodes[0]).name.clone();
        let second = 1_000_000_000;
        (
            fault.kind.clone(),
            name,
            fault.at / second,
            fault.lasts.map(|ns| ns / second),
        )
    };
    let own = model.faults.len() - 2;
    model.faults[..own].iter().map(told).collect()
}

fn named(node: &str) -> String {
    node.to_owned()
}

/// A node every 30 s, away for 10 s, and wrong from then on.
#[test]
fn a_rolling_deploy_takes_node_after_node() {
    let found = faults(
        "Deploy(target: \"app\", at: \"1m\", errors: 0.3, \
         order: Rolling(each: \"30s\", restart: \"10s\"))",
    );
    let expected: Vec<_> = (0..3)
        .flat_map(|place| {
            let (node, at) = (format!("app/{}", place + 1), 60 + 30 * place);
            [
                (FaultKind::Crash, node.clone(), at, Some(10)),
                (FaultKind::Errors(0.3), node, at + 10, None),
            ]
        })
        .collect();
    assert_eq!(found, expected);
}

/// One node, the second after five minutes, the third half a minute later; a good version.
#[test]
fn a_canary_is_watched_before_the_others_follow() {
    let found = faults(
        "Deploy(target: \"app\", at: \"1m\", \
         order: Canary(watch: \"5m\", each: \"30s\", restart: \"10s\"))",
    );
    let restart = |node: &str, at| (FaultKind::Crash, named(node), at, Some(10));
    let expected = [
        restart("app/1", 60),
        restart("app/2", 360),
        restart("app/3", 390),
    ];
    assert_eq!(found, expected);
}

#[test]
fn blue_and_green_are_changed_at_once() {
    let found = faults("Deploy(target: \"app\", at: \"1m\", order: BlueGreen, errors: 0.3)");
    let wrong = |node: &str| (FaultKind::Errors(0.3), named(node), 60, None);
    assert_eq!(found, ["app/1", "app/2", "app/3"].map(wrong));
}

#[test]
fn what_is_no_deploy() {
    let with = |deploy: &str| format!("{deploy}, Crash(target: \"app/2\"");
    let rolling = "order: Rolling(each: \"30s\", restart: \"10s\")";
    let cases = [
        (
            "Deploy(target: \"app\", at: \"1m\", order: BlueGreen)".to_owned(),
            "BlueGreen",
            "a good version put on all nodes at once changes nothing",
        ),
        (
            format!("Deploy(target: \"app/1\", at: \"1m\", {rolling})"),
            "\"app/1\"",
            "`app/1` is no component",
        ),
        (
            format!("Deploy(target: \"sw1\", at: \"1m\", {rolling})"),
            "\"sw1\"",
            "`sw1` is no component",
        ),
        (
            format!("Deploy(target: \"apq\", at: \"1m\", {rolling})"),
            "\"apq\"",
            "there is no",
        ),
        (
            format!("Deploy(target: \"app\", at: \"1m\", {rolling}, errors: 0)"),
            "0",
            "a share of 0 strikes nobody",
        ),
        (
            "Deploy(target: \"app\", at: \"1m\", order: Rolling(each: \"30s\", restart: \"0s\"))"
                .to_owned(),
            "\"0s\"",
            "",
        ),
    ];
    for (deploy, place, message) in cases {
        let old = "Crash(target: \"app/2\"";
        check_refused(&[(old, &with(&deploy), place, message)]);
    }
}
