//! Pairs of parts that leave too little together, screened and tried (reliability 2(d)).

use linchpin::experiment::result::SpofResult;
use linchpin::experiment::{Settings, SpofSettings, spof};

use crate::support::files::model;

const THREE: &str = "topologies/failure/three-needed-of-three.ron";

fn found(set: &[&str]) -> SpofResult {
    let set = [&["components.lb.standby=Vrrp()"], set].concat();
    spof(
        &model(THREE, &set),
        &Settings::new(1),
        &SpofSettings::default(),
    )
    .unwrap()
}

/// Servers of 100/s each under 220/s: three carry it and two do not. Of four any two are too many
/// to lose, 220 of 200; of five none.
#[test]
fn of_four_servers_that_need_three_any_two_are_a_pair() {
    let four = found(&["app.replicas=4"]);
    let pair = &four.short_pairs[0];
    assert_eq!(four.short_pairs.len(), 1, "{:?}", four.short_pairs);
    assert_eq!(pair.members, ["app/1", "app/2"]);
    assert_eq!(pair.alike, 6);
    assert_eq!((&*pair.overloaded, pair.resource), ("app/3", "cpu"));
    assert!((pair.utilisation - 1.1).abs() < 1e-9, "{pair:?}");
    assert_eq!(pair.breaks_objective, Some(true), "{pair:?}");
    let five = found(&["app.replicas=5"]);
    assert!(five.short_pairs.is_empty(), "{:?}", five.short_pairs);
}

/// Each of three is a capacity point by itself: its pairs say nothing new.
#[test]
fn parts_that_are_points_alone_make_no_pairs() {
    let three = found(&[]);
    assert_eq!(
        three
            .single_points
            .iter()
            .filter(|one| one.breaks_objective)
            .count(),
        3
    );
    assert!(three.short_pairs.is_empty(), "{:?}", three.short_pairs);
}

/// Four hosts with a server each: two servers, two hosts, or one of each that do not share one,
/// are the same six losses, and stand there once.
#[test]
fn a_server_and_its_host_are_one_loss() {
    let hosts = ["h1", "h2", "h3", "h4"]
        .map(|host| format!("infrastructure.{host}=Host(cores: 1, discipline: Fcfs)"));
    let mut set: Vec<&str> = hosts.iter().map(String::as_str).collect();
    let app = "components.app=AppServer(replicas: 4, on: [\"h1\", \"h2\", \"h3\", \"h4\"], \
               threads: Unlimited, backlog: Unlimited, service: Exponential(\"10ms\"))";
    set.push(app);
    let found = found(&set);
    let losses: Vec<_> = found.short_pairs.iter().map(|pair| &pair.members).collect();
    assert_eq!(losses.len(), 6, "{losses:?}");
    let distinct: std::collections::BTreeSet<String> = losses
        .iter()
        .map(|pair| {
            pair.iter()
                .map(|name| name.replace("app/", "h"))
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    assert_eq!(distinct.len(), 6, "{losses:?}");
}
