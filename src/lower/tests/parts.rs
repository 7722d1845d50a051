//! Stations, pools, selectors, calls, sources.

use crate::engine::id::{ComponentId, LaneId, LawId, NodeId, PoolId, StationId};
use crate::engine::program::{Arrivals, Discipline, Reason, Segment, Step, Target};
use crate::law::Law;
use crate::lower::{Lowered, Meter, lower, with_lead_in};
use crate::model::builder::{Builder, constant, exponential, ms, seconds};
use crate::model::{self, JourneyId, MixEntry, Stage, Takeover, Tier};

/// One primary, one standby, two read replicas, asked for reads and writes by `app`.
fn database(takeover: Takeover) -> Lowered {
    let mut b = Builder::new("database");
    let app = b.component("app", 1);
    let db = b.database("db", 1, 2);
    let read = vec![b.work(db, "cpu", constant(ms(1)))];
    let write = vec![
        b.work(db, "cpu", constant(ms(4))),
        model::Step::Wait(constant(7)),
    ];
    b.tier_operation(db, "read", Tier::Replicas, read, 0.0);
    b.tier_operation(db, "write", Tier::Primary, write, 0.25);
    let calls = vec![
        b.call_operation(app, db, "read"),
        b.call_operation(app, db, "write"),
    ];
    b.operation(app, "default", calls);
    b.model().components[db.index()].takeover = takeover;
    b.open("users", 1.0, &[("default", app, 1.0)]);
    lower(&b.build())
}

fn target(node: u32, weight: f64, rank: u8, up: bool) -> Target {
    Target {
        node: NodeId(node),
        weight,
        rank,
        up,
    }
}

/// Nodes: 0 app, 1 primary, 2 standby, 3 and 4 read replicas.
#[test]
fn tiers_rank_their_nodes() {
    let program = database(Takeover::Promotion {
        detect: 1,
        promote: 1,
    })
    .program;
    let reads = &program.selectors[program.calls[1].selector.index()];
    let halves = [
        target(1, 0.5, 1, true),
        target(2, 0.5, 2, false),
        target(3, 0.5, 0, true),
        target(4, 0.5, 0, true),
    ];
    assert_eq!(*reads.targets, halves);
    assert_eq!(reads.name, "app -> db (replicas)");
    let writes = &program.selectors[program.calls[2].selector.index()];
    let ranks: Vec<_> = writes
        .targets
        .iter()
        .map(|t| (t.node.0, t.rank, t.up))
        .collect();
    assert_eq!(
        ranks,
        [(1, 0, true), (2, 1, false), (3, 1, false), (4, 1, false)]
    );

    let alone = database(Takeover::None).program;
    let writes = &alone.selectors[alone.calls[2].selector.index()];
    assert_eq!(*writes.targets, [target(1, 1.0, 0, true)]);
}

/// S13: a quarter of a write's demand on each other data node, nobody waits; waits are not work.
#[test]
fn writes_are_applied_on_every_other_data_node() {
    let program = database(Takeover::None).program;
    let spawns: Vec<_> = program
        .steps
        .iter()
        .filter_map(|step| match *step {
            Step::Spawn { node, entry, key } => Some((node.0, entry, key)),
            _ => None,
        })
        .collect();
    assert_eq!(
        spawns.iter().map(|spawn| spawn.0).collect::<Vec<_>>(),
        [2, 3, 4]
    );
    for &(node, entry, key) in &spawns {
        assert_eq!(key, spawns[0].2);
        let Step::Serve { station, law, .. } = program.steps[entry.index()] else {
            panic!("the work of applying");
        };
        assert_eq!(program.laws[law.index()], Law::Constant(1e6));
        assert_eq!(program.nodes[node as usize].stations, [station]);
        assert_eq!(program.steps[entry.index() + 1], Step::Reply);
    }
}

/// S3: two components on two hosts of 4 cores; `b` is capped at 2.
#[test]
fn nodes_of_a_host_share_its_cpu() {
    let mut b = Builder::new("hosts");
    let hosts = [b.host("h1", 4), b.host("h2", 4)];
    let (x, y) = (b.component("x", 2), b.component("y", 3));
    b.cpu(x, 9).cpu(y, 2).on(x, &hosts).on(y, &hosts);
    b.resource(y, "disk", Some(1), model::Discipline::Fcfs);
    let Lowered { program, map } = lower(&b.build());
    let stations: Vec<_> = program
        .stations
        .iter()
        .map(|s| (s.name.as_str(), s.servers))
        .collect();
    let expected = [
        ("h1.cpu", Some(4)),
        ("h2.cpu", Some(4)),
        ("y/1.disk", Some(1)),
        ("y/2.disk", Some(1)),
        ("y/3.disk", Some(1)),
    ];
    assert_eq!(stations, expected);
    assert_eq!(program.stations[2].discipline, Discipline::Fcfs);
    // Nodes 2, 3, 4 are y/1 on h1, y/2 on h2, y/3 on h1; a cap of 9 of 4 cores is none.
    assert_eq!(program.stations[0].caps, [(NodeId(2), 2), (NodeId(4), 2)]);
    assert_eq!(program.stations[1].caps, [(NodeId(3), 2)]);
    let cpu = map.resource(y, "cpu").expect("y has a cpu");
    assert_eq!(
        cpu.meters,
        [Meter::Station(StationId(0)), Meter::Station(StationId(1))]
    );
    assert_eq!(cpu.capacity, Some(8));
    assert_eq!(
        map.node_resource(model::NodeId(2), "cpu")
            .map(|r| r.capacity),
        Some(Some(2))
    );
    let disks = map
        .host_resource(hosts[0], "disk")
        .expect("h1 holds two disks");
    assert_eq!((disks.meters.len(), disks.capacity), (2, Some(2)));
    assert_eq!(map.resource(y, "disk").map(|r| r.capacity), Some(Some(3)));
}

/// 1 Gbit/s: 8 ns a byte. Without limit there is no station and no step.
#[test]
fn bytes_take_their_time_at_line_rate() {
    let mut b = Builder::new("bytes");
    let web = b.component("web", 1);
    b.operation(
        web,
        "default",
        vec![model::Step::Send {
            size: constant(180 * 1024),
        }],
    );
    b.open("users", 1.0, &[("default", web, 1.0)]);
    assert_eq!(lower(&b.clone().build()).program.steps[1], Step::Reply);
    b.model().nodes[0].nic_bps = Some(1e9);
    let program = lower(&b.build()).program;
    assert_eq!(program.stations[1].name, "web.nic_out");
    assert_eq!(program.stations[1].discipline, Discipline::ProcessorSharing);
    assert_eq!(program.laws, [Law::Constant(180.0 * 1024.0 * 8.0)]);
}

/// S2: a pool for each calling node, threads with a backlog, connections without room.
#[test]
fn pools_and_guards() {
    let mut b = Builder::new("pools");
    let (was, db) = (b.component("was", 2), b.component("db", 1));
    let call = b.call(was, db);
    b.operation(was, "default", vec![call])
        .operation(db, "default", Vec::new());
    b.threads(was, 200, 100);
    b.model().components[db.index()].connections = Some(model::Permits {
        capacity: Some(151),
        room: None,
    });
    let link = b.link(was, db);
    (link.pool, link.timeout, link.pool_timeout) = (Some(20), Some(ms(500)), Some(ms(500)));
    b.open("users", 1.0, &[("default", was, 1.0)]);
    let Lowered { program, map } = lower(&b.build());
    let pools: Vec<_> = program
        .pools
        .iter()
        .map(|p| (p.name.as_str(), p.capacity, p.room))
        .collect();
    let expected = [
        ("was/1.threads", Some(200), Some(100)),
        ("was/2.threads", Some(200), Some(100)),
        ("db.connections", Some(151), Some(0)),
        ("was/1 -> db.pool", Some(20), None),
        ("was/2 -> db.pool", Some(20), None),
    ];
    assert_eq!(pools, expected);
    assert_eq!(program.pools[0].refusal, Reason::Refused);
    assert_eq!(program.pools[2].refusal, Reason::Connections);
    assert_eq!(map.pools[0], [PoolId(3), PoolId(4)]);
    assert_eq!(program.lanes, [ms(500)]);
    assert_eq!(program.calls[1].timeout, Some(LaneId(0)));
    assert_eq!(program.calls[1].pool_timeout, Some(LaneId(0)));
}

/// Delays of the link and of a switch add up; then a component cannot simply hand the request
/// on. The users can: nobody waits behind them, and the answer has the same delay.
#[test]
fn delays_on_the_way_make_a_call() {
    let mut b = Builder::new("delays");
    let (lb, web) = (b.component("lb", 1), b.component("web", 1));
    let forward = b.forward(lb, web);
    b.operation(lb, "default", vec![forward])
        .operation(web, "default", Vec::new());
    b.open("users", 1.0, &[("default", lb, 1.0)]);
    b.user_link("users", lb).latency = Some(constant(ms(20)));
    let (first, second) = (b.switch("s1"), b.switch("s2"));
    b.model().switches[0].latency = Some(constant(10));
    b.model().switches[1].latency = Some(exponential(30));
    let link = b.link(lb, web);
    link.via = Some(model::Path {
        options: vec![vec![first, second]],
        detect: 0,
    });
    link.latency = Some(constant(5));
    let Lowered { program, map } = lower(&b.build());
    assert!(matches!(program.steps[0], Step::Forward { .. }));
    assert!(matches!(program.steps[1], Step::Call { .. }));
    assert_eq!(program.steps[2], Step::Reply);
    let laws: Vec<_> = program.calls.iter().map(|call| call.latency).collect();
    assert_eq!(laws, [Some(LawId(0)), Some(LawId(1))]);
    assert_eq!(program.laws[0], Law::Constant(20e6));
    let sum = Law::Sum(vec![exponential(30), Law::Constant(15.0)].into());
    assert_eq!(program.laws[1], sum);
    assert_eq!(program.calls[1].route, map.routes[0]);
    assert_eq!(program.routes[0].options.len(), 1);
}

/// A delay of nothing is no delay, and hinders no one from handing on.
#[test]
fn a_latency_of_zero_is_none() {
    let mut b = Builder::new("no delay");
    let (lb, web) = (b.component("lb", 1), b.component("web", 1));
    let forward = b.forward(lb, web);
    b.operation(lb, "default", vec![forward])
        .operation(web, "default", Vec::new());
    b.open("users", 1.0, &[("default", lb, 1.0)]);
    b.link(lb, web).latency = Some(constant(0));
    let program = lower(&b.build()).program;
    let forwards = program.steps.iter();
    let forwards = forwards.filter(|step| matches!(step, Step::Forward { .. }));
    assert_eq!(forwards.count(), 2);
    assert!(program.calls.iter().all(|call| call.latency.is_none()));
}

fn segment(start: u64, from: f64, to: f64, length: Option<u64>) -> Segment {
    let mix = vec![(crate::engine::id::JourneyId(0), 1.0)];
    Segment {
        start,
        from,
        to,
        length,
        mix,
    }
}

#[test]
fn stages_become_segments_and_the_lead_in_goes_in_front() {
    let mut b = Builder::new("stages");
    let web = b.component("web", 1);
    b.operation(web, "default", Vec::new());
    b.open("steady", 7.0, &[("default", web, 1.0)])
        .open("ramp", 0.0, &[("default", web, 1.0)]);
    let mix = vec![MixEntry {
        journey: JourneyId(0),
        share: 1.0,
    }];
    let stage = |from, to, length| Stage {
        from,
        to,
        length,
        mix: Vec::new(),
    };
    let list = vec![
        stage(5.0, 50.0, seconds(120)),
        Stage {
            mix,
            ..stage(50.0, 50.0, seconds(600))
        },
        stage(400.0, 400.0, 0),
    ];
    if let model::Arrivals::Open { stages, .. } = &mut b.model().workloads[1].arrivals {
        *stages = list;
    }
    let mut program = lower(&b.build()).program;
    let of = |program: &crate::engine::program::Program, source: usize| match &program.sources
        [source]
        .arrivals
    {
        Arrivals::Open { segments, .. } => segments.clone(),
        _ => panic!("an open workload"),
    };
    assert_eq!(of(&program, 0), [segment(0, 7.0, 7.0, None)]);
    let mut expected = vec![
        segment(0, 5.0, 50.0, Some(seconds(120))),
        segment(seconds(120), 50.0, 50.0, Some(seconds(600))),
        segment(seconds(720), 400.0, 400.0, None),
    ];
    assert_eq!(of(&program, 1), expected);
    with_lead_in(&mut program, seconds(30));
    for later in &mut expected {
        later.start += seconds(30);
    }
    expected.insert(0, segment(0, 5.0, 5.0, Some(seconds(30))));
    assert_eq!(of(&program, 1), expected);
    assert_eq!(of(&program, 0), [segment(0, 7.0, 7.0, None)]);
}

/// Nobody waits for a permit that never runs out: who is there has one (S2). Where a visit comes
/// without a permit, as an applied write does, or behind a limit, permits are counted.
#[test]
fn permits_without_limit_need_no_pool() {
    const OPEN: model::Permits = model::Permits {
        capacity: None,
        room: None,
    };
    let lowered = |apply: f64, connections: Option<u32>| {
        let mut b = Builder::new("open");
        let db = b.component("db", 2);
        let work = vec![b.work(db, "cpu", constant(ms(1)))];
        b.operation(db, "default", work);
        let part = &mut b.model().components[db.index()];
        part.threads = Some(OPEN);
        part.connections = Some(model::Permits {
            capacity: connections,
            room: None,
        });
        part.operations[0].apply = apply;
        b.open("users", 1.0, &[("default", db, 1.0)]);
        lower(&b.build())
    };
    let open = lowered(0.0, None);
    assert!(open.program.pools.is_empty());
    for name in ["threads", "connections"] {
        let resource = open.map.resource(model::ComponentId(0), name).unwrap();
        assert_eq!(resource.meters, [Meter::Visits(ComponentId(0))]);
        assert_eq!(resource.capacity, None);
    }
    assert_eq!(lowered(0.0, Some(10)).program.pools.len(), 4);
    assert_eq!(lowered(0.5, None).program.pools.len(), 4);
}
