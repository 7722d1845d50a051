//! Each kind in primitives.

use super::*;
use crate::law::Law;
use crate::model::{
    Count, Discipline, FaultTarget, Health, HostId, Permits, Policy, Role, Step, Takeover, Tier,
    Ties,
};

const MS: f64 = 1e6;
const S: u64 = 1_000_000_000;

fn demand(step: &Step) -> (usize, f64) {
    match step {
        Step::Use { resource, demand } => (*resource, demand.mean()),
        other => panic!("{other:?} is no work"),
    }
}

#[test]
fn a_name_service_resolves_and_hands_over() {
    let model = model(&shop_with(
        "Dns(to: \"lb\"",
        "Dns(to: \"lb\", replicas: 2, ttl: \"5m\"",
    ));
    let dns = component(&model, "dns");
    assert_eq!(dns.nodes.len(), 2);
    assert!(dns.resources.is_empty() && dns.threads.is_none());
    assert!(matches!(&dns.operations[0].steps[..], [Step::Resolve(call)] if call.links.len() == 1));
    let names = dns.names.as_ref().unwrap();
    assert_eq!((names.ttl, names.lookup.mean()), (300 * S, 20.0 * MS));
    assert_eq!(
        names.health,
        Some(Health {
            interval: 30 * S,
            fast: 30 * S,
            when_down: 30 * S,
            timeout: 30 * S,
            fall: 3,
            rise: 3
        })
    );
}

#[test]
fn an_edge_takes_its_time_and_asks_the_origin_for_the_rest() {
    let model = model(SHOP);
    let steps = &component(&model, "cdn").operations[0].steps;
    assert!(matches!(&steps[0], Step::Wait(law) if *law == Law::Constant(2.0 * MS)));
    let Step::Held { hit, miss } = &steps[1] else {
        panic!("{steps:?}")
    };
    assert!((hit - 0.9).abs() < 1e-12);
    assert!(matches!(miss[..], [Step::Call(_)]));
}

#[test]
fn a_balancer_of_layer_7_holds_and_one_of_layer_4_hands_over() {
    let steps = |text: &str| component(&model(text), "lb").operations[0].steps.clone();
    assert!(matches!(steps(SHOP)[..], [Step::Use { .. }, Step::Call(_)]));
    let text = shop_with("health: (), standby", "health: Off, layer: L4, standby");
    assert!(matches!(
        steps(&text)[..],
        [Step::Use { .. }, Step::Forward(_)]
    ));
}

/// RFC 5798 at priority 100: 3 x 1 s + 156/256 x 1 s.
#[test]
fn a_pair_takes_over_after_three_adverts_and_its_skew() {
    let model = model(SHOP);
    let lb = component(&model, "lb");
    let roles: Vec<_> = lb.nodes.iter().map(|id| model.node(*id).role).collect();
    assert_eq!(roles, [Role::Member, Role::Standby]);
    assert_eq!(
        lb.takeover,
        Takeover::Standby {
            after: 3_609_375_000,
            give_back: S
        }
    );
}

#[test]
fn a_balancer_chooses_by_its_policy_and_its_health() {
    let link = |text: &str| {
        let model = model(text);
        model
            .links
            .iter()
            .find(|link| link.name == "lb -> app")
            .unwrap()
            .clone()
    };
    let plain = link(SHOP);
    assert_eq!(plain.balance, Policy::RoundRobin);
    assert_eq!(
        plain.health,
        Some(Health {
            interval: 2 * S,
            fast: 2 * S,
            when_down: 2 * S,
            timeout: 2 * S,
            fall: 3,
            rise: 2
        })
    );
    for (word, policy) in [
        ("Random", Policy::Random),
        ("LeastConnections", Policy::LeastConnections(Ties::Random)),
        (
            "LeastConnections(ties: Rotation)",
            Policy::LeastConnections(Ties::Rotation),
        ),
        (
            "PowerOf",
            Policy::PowerOf {
                choices: 2,
                ties: Ties::Random,
            },
        ),
        (
            "PowerOf(choices: 3, ties: First)",
            Policy::PowerOf {
                choices: 3,
                ties: Ties::First,
            },
        ),
        ("SourceHash", Policy::SourceHash),
        ("ConsistentHash", Policy::ConsistentHash { points: 160 }),
        (
            "ConsistentHash(points: 50)",
            Policy::ConsistentHash { points: 50 },
        ),
    ] {
        let text = shop_with(
            "health: (), standby",
            &format!("health: Off, policy: {word}, standby"),
        );
        assert_eq!(
            (link(&text).balance, link(&text).health),
            (policy, None),
            "{word}"
        );
    }
}

#[test]
fn weights_make_the_policy_weighted() {
    let text = shop_with("to: \"app\"", "to: { \"app\": 2, \"web\": 1 }");
    let model = model(&text);
    let Step::Call(call) = &component(&model, "lb").operations[0].steps[1] else {
        panic!()
    };
    assert_eq!(
        call.links
            .iter()
            .map(|(_, weight)| *weight)
            .collect::<Vec<_>>(),
        [2.0, 1.0]
    );
    for (link, _) in &call.links {
        assert_eq!(model.link(*link).balance, Policy::Weighted);
    }
}

#[test]
fn a_web_server_has_workers_times_connections() {
    let text = shop_with(
        "WebServer(service: \"1ms\")",
        "WebServer(workers: 2, connections: 100, service: \"1ms\", calls: [\"app\"], to: \"pay\")",
    );
    let model = model(&text);
    let web = component(&model, "web");
    assert_eq!(
        web.threads,
        Some(Permits {
            capacity: Some(200),
            room: Some(511)
        })
    );
    let steps = &web.operations[0].steps;
    assert!(matches!(
        steps[..],
        [Step::Use { .. }, Step::Call(_), Step::Call(_)]
    ));
}

/// S3: on a host the cores are the host's, and nodes are dealt to the hosts in turn.
#[test]
fn nodes_stand_on_their_hosts_in_turn() {
    let model = model(SHOP);
    let app = component(&model, "app");
    let hosts: Vec<_> = app.nodes.iter().map(|id| model.node(*id).host).collect();
    assert_eq!(hosts, [Some(HostId(0)), Some(HostId(1)), Some(HostId(0))]);
    assert_eq!(app.resources[0].servers, None);
    assert_eq!(
        app.threads,
        Some(Permits {
            capacity: Some(200),
            room: Some(100)
        })
    );
    let node = model.node(app.nodes[0]);
    assert_eq!((node.speed, node.nic_bps), (2.0, Some(1e9)));
    assert_eq!(model.hosts[1].discipline, Discipline::Fcfs);
    let alone = component(&model, "db");
    assert_eq!(alone.resources[0].servers, Some(4), "the machine's cores");
    assert_eq!(model.node(alone.nodes[0]).speed, 2.0);
    let text = shop_with(
        "machine: \"m.large\", read",
        "machine: \"m.large\", cores: 3, read",
    );
    assert_eq!(
        component(&super::model(&text), "db").resources[0].servers,
        Some(3)
    );
}

/// S1, S13.
#[test]
fn a_database_has_a_primary_and_replicas_that_read_and_apply() {
    let text = shop_with(
        "read_replicas: 1,",
        "read_replicas: 2, standbys: 1, apply: 0.5, connections: 9, threads: 4,
         failover: Automatic(detect: \"10s\", promote: \"20s\"),",
    );
    let model = model(&text);
    let db = component(&model, "db");
    let roles: Vec<_> = db.nodes.iter().map(|id| model.node(*id).role).collect();
    assert_eq!(
        roles,
        [
            Role::Primary,
            Role::Standby,
            Role::ReadReplica,
            Role::ReadReplica
        ]
    );
    let tiers: Vec<_> = db
        .operations
        .iter()
        .map(|work| (work.tier, work.apply))
        .collect();
    assert_eq!(tiers, [(Tier::Replicas, 0.0), (Tier::Primary, 0.5)]);
    assert_eq!(
        db.connections,
        Some(Permits {
            capacity: Some(9),
            room: Some(0)
        })
    );
    assert_eq!(
        db.threads,
        Some(Permits {
            capacity: Some(4),
            room: None
        })
    );
    assert_eq!(
        db.takeover,
        Takeover::Promotion {
            detect: 10 * S,
            promote: 20 * S
        }
    );
    let insert = &db.operations[1].steps;
    assert_eq!(
        (demand(&insert[0]), demand(&insert[1])),
        ((0, MS), (1, 4.0 * MS))
    );
    assert_eq!(
        (db.resources[1].name, db.resources[1].discipline),
        ("disk", Discipline::Fcfs)
    );
}

#[test]
fn a_cache_has_shards_with_their_copies_and_is_asked_by_key() {
    let model = model(&shop_with("Cache(hit: 0.8,", "Cache(hit: 0.8, nodes: 2,"));
    let cache = component(&model, "cache");
    let roles: Vec<_> = cache.nodes.iter().map(|id| model.node(*id).role).collect();
    assert_eq!(
        roles,
        [Role::Member, Role::Standby, Role::Member, Role::Standby]
    );
    assert_eq!(
        cache.takeover,
        Takeover::Standby {
            after: 31 * S,
            give_back: 0
        }
    );
    let app = component(&model, "app");
    let Step::Cached { lookup, hit, miss } = &app.operations[1].steps[1] else {
        panic!()
    };
    assert!((hit - 0.8).abs() < 1e-12 && matches!(miss[..], [Step::Call(_)]));
    assert_eq!(model.link(lookup.links[0].0).balance, Policy::Shard);
}

#[test]
fn an_external_part_is_a_delay_that_may_fail() {
    let model = model(&shop_with(
        "latency: \"80ms\"",
        "latency: \"80ms\", error: 0.25",
    ));
    let pay = component(&model, "pay");
    assert!(pay.external);
    assert_eq!(
        (pay.resources[0].name, pay.resources[0].servers),
        ("remote", None)
    );
    let steps = &pay.operations[0].steps;
    assert_eq!(demand(&steps[0]), (0, 80.0 * MS));
    let Step::Chance { share, then, .. } = &steps[1] else {
        panic!("{steps:?}")
    };
    assert!((share - 0.25).abs() < 1e-12 && matches!(then[..], [Step::Fail]));
}

#[test]
fn steps_keep_their_structure() {
    let text = shop_with(
        "\"buy\": [Cpu(\"5ms\"), Call(\"db.insert\"), Call(\"pay\")]",
        "\"buy\": [
            Repeat(times: Geometric(1.5), steps: [Cpu(Exponential(\"1ms\"))]),
            Repeat(times: 3, steps: [Wait(\"1ms\")]),
            Parallel([[Call(to: \"db.insert\", request: \"1KiB\")], [Call(\"pay\")]]),
            Parallel(times: 4, steps: [Cpu(\"1ms\")]),
            Chance(p: 0.3, then: [Reply(\"180KiB\")]),
        ]",
    );
    let model = model(&text);
    let steps = &component(&model, "app").operations[0].steps;
    assert!(
        matches!(&steps[0], Step::Repeat { times: Count::Geometric(mean), .. } if *mean == 1.5)
    );
    assert!(matches!(
        steps[1],
        Step::Repeat {
            times: Count::Times(3),
            ..
        }
    ));
    let Step::Parallel(branches) = &steps[2] else {
        panic!("{:?}", steps[2])
    };
    let Step::Call(call) = &branches[0][0] else {
        panic!("{branches:?}")
    };
    assert_eq!(call.operation.as_deref(), Some("insert"));
    assert_eq!(call.request, Some(Law::Constant(1024.0)));
    assert!(matches!(&steps[3], Step::Parallel(branches) if branches.len() == 4));
    let Step::Chance {
        then, otherwise, ..
    } = &steps[4]
    else {
        panic!("{:?}", steps[4])
    };
    assert!(otherwise.is_empty());
    assert!(matches!(&then[0], Step::Send { size } if *size == Law::Constant(184_320.0)));
}

#[test]
fn faults_strike_nodes_hosts_and_switches() {
    let target = |name: &str| model(&shop_with("app/2", name)).faults[0].target.clone();
    let app = component(&model(SHOP), "app").nodes.clone();
    assert_eq!(target("app/2"), FaultTarget::Nodes(vec![app[1]]));
    assert_eq!(target("app"), FaultTarget::Nodes(app.clone()));
    assert_eq!(target("app/any"), FaultTarget::AnyOf(app));
    assert!(matches!(target("h2"), FaultTarget::Host(_)));
    assert!(matches!(target("sw1"), FaultTarget::Switch(_)));
}
