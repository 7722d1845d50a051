//! Estimates against closed forms and pencil sums.

use super::*;
use crate::law::Law;
use crate::model::builder::{Builder, constant, exponential, ms, seconds};
use crate::model::{Contention, Discipline, Policy, Step, Tier};
use crate::theory::{Mmc, asymptotic, closed_network};

fn near(own: f64, expected: f64, relative: f64) {
    let error = (own - expected).abs();
    assert!(
        error <= relative * expected.abs(),
        "{own} is not {expected}"
    );
}

/// One component of one node and one core.
fn single(discipline: Discipline, demand: Law) -> Builder {
    let mut b = Builder::new("t");
    let server = b.component("server", 1);
    b.resource(server, "cpu", Some(1), discipline);
    b.operation(server, "default", vec![b.work(server, "cpu", demand)]);
    b
}

#[test]
fn one_exponential_server_meets_its_closed_form() {
    for discipline in [Discipline::Fcfs, Discipline::ProcessorSharing] {
        let mut b = single(discipline, exponential(seconds(1)));
        let server = crate::model::ComponentId(0);
        b.open("users", 0.8, &[("default", server, 1.0)]);
        let model = b.build();
        let estimate = Traffic::new(&model).estimate().unwrap();
        let class = estimate.classes[0].unwrap();
        near(class.response.mean, 5.0, 1e-12);
        near(estimate.stations[0].utilisation, 0.8, 1e-12);
        if discipline == Discipline::Fcfs {
            near(class.response.quantile(0.95), 14.979, 1e-4);
        } else {
            // Coffman, Muntz and Trotter: variance (2 + rho)/(2 - rho) of the mean's square.
            near(class.response.variance, 25.0 * 2.8 / 1.2, 1e-9);
        }
    }
}

#[test]
fn a_jackson_network_meets_its_closed_form() {
    let mut b = Builder::new("three tiers of theory");
    let (lb, app, db) = (
        b.component("lb", 1),
        b.component("app", 4),
        b.component("db", 1),
    );
    b.resource(app, "cpu", Some(2), Discipline::Fcfs);
    b.resource(db, "cpu", Some(4), Discipline::Fcfs);
    let (to_app, to_db) = (b.forward(lb, app), b.forward(app, db));
    b.operation(lb, "default", vec![to_app]);
    b.operation(
        app,
        "default",
        vec![b.work(app, "cpu", exponential(ms(10))), to_db],
    );
    b.operation(db, "default", vec![b.work(db, "cpu", exponential(ms(5)))]);
    b.open("users", 560.0, &[("default", lb, 1.0)]);
    let model = b.build();
    let estimate = Traffic::new(&model).estimate().unwrap();
    let response = estimate.classes[0].unwrap().response;
    near(response.mean, 0.026_394, 1e-4);
    let expected = Mmc::new(140.0, 100.0, 2).unwrap().mean_response();
    let app = estimate
        .visits
        .iter()
        .find(|v| v.visit.component == app)
        .unwrap();
    near(app.hold.mean, expected, 1e-12);
    near(app.response.mean, response.mean, 1e-12);
}

#[test]
fn chances_loops_branches_and_caches_count_as_often_as_they_happen() {
    let mut b = Builder::new("t");
    let (was, db, cache) = (
        b.component("was", 2),
        b.component("db", 1),
        b.component("cache", 1),
    );
    let read = b.call_operation(was, db, "read");
    let write = b.call_operation(was, db, "write");
    let lookup = b.calling(was, &[(cache, 1.0)], None);
    let chance = Step::Chance {
        share: 0.25,
        then: vec![write],
        otherwise: vec![Step::Repeat {
            times: crate::model::Count::Geometric(3.0),
            steps: vec![read.clone()],
        }],
    };
    let cached = Step::Cached {
        lookup,
        hit: 0.9,
        miss: vec![Step::Parallel(vec![vec![read.clone()], vec![read]])],
    };
    b.operation(was, "default", vec![chance, cached]);
    for (component, name) in [(db, "read"), (db, "write"), (cache, "default")] {
        b.operation(
            component,
            name,
            vec![b.work(component, "cpu", constant(ms(1)))],
        );
    }
    b.open("users", 100.0, &[("default", was, 1.0)]);
    let model = b.build();
    let estimate = Traffic::new(&model).estimate().unwrap();
    let rate = |component, name: &str| {
        let operation = model.component(component).operation_named(name).unwrap();
        let at = |v: &&VisitLoad| v.visit.component == component && v.visit.operation == operation;
        estimate.visits.iter().find(at).unwrap().rate
    };
    near(rate(db, "write"), 25.0, 1e-12);
    near(rate(db, "read"), 100.0 * (0.75 * 3.0 + 0.1 * 2.0), 1e-12);
    near(rate(cache, "default"), 100.0, 1e-12);
    let link = model.link_between(Caller::Component(was), db).unwrap();
    near(estimate.link(link).rate_per_caller, 135.0, 1e-12);
}

#[test]
fn forward_in_circles_is_a_geometric_series() {
    let mut b = Builder::new("t");
    let (a, c) = (b.component("a", 1), b.component("c", 1));
    let (there, back) = (b.forward(a, c), b.forward(c, a));
    b.operation(
        a,
        "default",
        vec![b.work(a, "cpu", exponential(ms(1))), there],
    );
    let again = Step::Chance {
        share: 0.5,
        then: vec![back],
        otherwise: Vec::new(),
    };
    b.operation(
        c,
        "default",
        vec![b.work(c, "cpu", exponential(ms(1))), again],
    );
    b.open("users", 100.0, &[("default", a, 1.0)]);
    let model = b.build();
    let estimate = Traffic::new(&model).estimate().unwrap();
    // Two visits to each; each station is M/M/1 at 0.2.
    near(estimate.visits[0].rate, 200.0, 1e-9);
    near(
        estimate.classes[0].unwrap().response.mean,
        4.0 * 0.001 / 0.8,
        1e-6,
    );
}

/// 10 s of thinking, then 100 ms of an exponential server.
fn closed(users: u32) -> ClassLoad {
    let mut b = single(Discipline::Fcfs, exponential(ms(100)));
    let server = crate::model::ComponentId(0);
    b.closed(
        "users",
        users,
        exponential(seconds(10)),
        &[("default", server, 1.0)],
    );
    let model = b.build();
    Traffic::new(&model).estimate().unwrap().classes[0].unwrap()
}

#[test]
fn closed_users_come_round_in_time() {
    let class = closed(100);
    near(class.rate * (10.0 + class.response.mean), 100.0, 1e-6);
}

#[test]
fn closed_rates_lie_below_mean_value_analysis_and_meet_it_at_light_load() {
    let station = [crate::theory::Station::queue(0.1, 1)];
    let exact = |users| closed_network(users, 10.0, &station).unwrap().throughput;
    // A queue that sees Poisson arrivals is longer than one whose users are all there already.
    let bounds = asymptotic(100, 10.0, &[0.1]).unwrap();
    let rate = closed(100).rate;
    assert!(bounds.throughput.0 < rate && rate < exact(100), "{rate}");
    near(closed(10).rate, exact(10), 1e-3);
}

#[test]
fn replicas_apply_writes_and_share_reads() {
    let mut b = Builder::new("t");
    let db = b.database("db", 0, 2);
    let work = |b: &Builder| vec![b.work(db, "cpu", constant(ms(10)))];
    let (read, write) = (work(&b), work(&b));
    b.tier_operation(db, "read", Tier::Replicas, read, 0.0);
    b.tier_operation(db, "write", Tier::Primary, write, 0.5);
    b.open(
        "users",
        30.0,
        &[("read", db, 2.0 / 3.0), ("write", db, 1.0 / 3.0)],
    );
    let model = b.build();
    let stations = Traffic::new(&model).open_stations(&Lost::none()).unwrap();
    let used: Vec<_> = stations.iter().map(|s| s.utilisation).collect();
    near(used[0], 0.1, 1e-12);
    near(used[1], 0.1 + 0.05, 1e-12);
    near(used[2], 0.15, 1e-12);
}

#[test]
fn hosts_add_up_what_stands_on_them_and_a_lost_node_leaves_its_share() {
    let mut b = Builder::new("t");
    let (h1, h2) = (b.host("h1", 2), b.host("h2", 2));
    let was = b.component("was", 2);
    b.on(was, &[h1, h2]);
    b.resource(was, "cpu", None, Discipline::ProcessorSharing);
    b.operation(
        was,
        "default",
        vec![b.work(was, "cpu", exponential(ms(10)))],
    );
    let lb = b.component("lb", 1);
    let to_was = b.call(lb, was);
    b.operation(lb, "default", vec![to_was]);
    b.open("users", 120.0, &[("default", lb, 1.0)]);
    let model = b.build();
    let traffic = Traffic::new(&model);
    let at = |lost: &Lost, host| {
        let stations = traffic.open_stations(lost).unwrap();
        let found = stations.iter().find(|s| s.place == Place::HostCpu(host));
        found.map_or(0.0, |s| s.utilisation)
    };
    near(at(&Lost::none(), h1), 0.3, 1e-12);
    near(at(&Lost::node(NodeId(1)), h1), 0.6, 1e-12);
    near(
        traffic.estimate().unwrap().held(&model, NodeId(0)),
        0.6 / 0.91,
        1e-9,
    );
    let all = Lost::node(model.component(lb).nodes[0]);
    assert!(traffic.open_stations(&all).is_none());
}

#[test]
fn a_lost_shard_sends_its_keys_to_the_database() {
    let mut b = Builder::new("t");
    let (was, cache, db) = (
        b.component("was", 1),
        b.component("cache", 2),
        b.component("db", 1),
    );
    let (lookup, miss) = (b.calling(was, &[(cache, 1.0)], None), b.call(was, db));
    b.link(was, cache).balance = Policy::Shard;
    let cached = Step::Cached {
        lookup,
        hit: 0.8,
        miss: vec![miss],
    };
    b.operation(was, "default", vec![cached]);
    b.operation(cache, "default", Vec::new());
    b.operation(db, "default", vec![b.work(db, "cpu", constant(ms(10)))]);
    b.open("users", 50.0, &[("default", was, 1.0)]);
    let model = b.build();
    let traffic = Traffic::new(&model);
    let db_load = |lost: &Lost| traffic.open_stations(lost).unwrap()[0].utilisation;
    near(db_load(&Lost::none()), 50.0 * 0.2 * 0.01, 1e-12);
    let lost = Lost::node(model.component(cache).nodes[1]);
    near(db_load(&lost), 50.0 * 0.6 * 0.01, 1e-12);
}

/// S16: what stands in for a call is done where nobody is left to answer it, and only there.
#[test]
fn the_work_of_a_fallback_counts_when_the_callee_is_lost() {
    let mut b = Builder::new("t");
    let [was, db, spare] = ["was", "db", "spare"].map(|name| b.component(name, 1));
    for part in [db, spare] {
        b.operation(part, "default", vec![b.work(part, "cpu", constant(ms(10)))]);
    }
    let call = b.calling(was, &[(db, 1.0)], None);
    let instead = vec![b.work(was, "cpu", constant(ms(2))), b.call(was, spare)];
    let work = b.work(was, "cpu", constant(ms(1)));
    b.operation(was, "default", vec![work, Step::Fallback { call, instead }]);
    b.open("users", 50.0, &[("default", was, 1.0)]);
    let model = b.build();
    let traffic = Traffic::new(&model);
    let busy = |stations: &[Station], node: u32| {
        let mine = |station: &&Station| station.place == Place::Resource(NodeId(node), 0);
        stations
            .iter()
            .find(mine)
            .map_or(0.0, |one| one.utilisation)
    };
    let mut losses = Losses::new(&traffic).unwrap();
    for (lost, loads) in [(1, [0.15, 0.0, 0.5]), (2, [0.05, 0.5, 0.0])] {
        let all = traffic.open_stations(&Lost::node(NodeId(lost))).unwrap();
        for (node, load) in (0..3).zip(loads) {
            near(busy(&all, node), load, 1e-12);
        }
        let looked_at = losses.without(NodeId(lost));
        for station in &looked_at {
            assert!(all.contains(station), "{station:?} of {all:?}");
        }
        if lost == 1 {
            near(busy(&looked_at, 0), 0.15, 1e-12);
        }
    }
    let all = traffic.open_stations(&Lost::none()).unwrap();
    near(busy(&all, 1), 0.5, 1e-12);
    near(busy(&all, 2), 0.0, 1e-12);
}

#[test]
fn contention_leaves_the_peak_of_the_scalability_law() {
    let mut b = single(Discipline::ProcessorSharing, constant(ms(10)));
    let server = crate::model::ComponentId(0);
    b.cpu(server, 50).threads(server, 50, 100);
    b.model().components[0].resources[0].contention = Contention {
        sigma: 0.02,
        kappa: 0.002,
    };
    b.open("users", 938.6, &[("default", server, 1.0)]);
    let model = b.build();
    let stations = Traffic::new(&model).open_stations(&Lost::none()).unwrap();
    near(stations[0].utilisation, 1.0, 1e-3);
}
