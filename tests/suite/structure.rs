//! Single points and cut sets from the structure alone.

mod engine;
mod random;
mod shared_fate;

use linchpin::model::builder::{Builder, constant, health, ms, seconds};
use linchpin::model::{ComponentId, Model, NameService, Path, Policy, Step, Takeover, Tier};
use linchpin::reliability::{
    Atom, Mechanism, SinglePoint, Structure, cut_sets, single_points, takeover_of,
};

/// Names of the structural single points of the subject called `subject`, sorted.
fn points(model: &Model, subject: &str) -> Vec<String> {
    let structure = Structure::of(model);
    let place = structure
        .subjects
        .iter()
        .position(|s| s.name == subject)
        .expect("the subject is sent");
    let hits = |point: &&SinglePoint| {
        point
            .losses
            .iter()
            .any(|loss| loss.subject == place && loss.whole)
    };
    let mut names: Vec<String> = single_points(model, &structure)
        .iter()
        .filter(hits)
        .map(|p| p.name.clone())
        .collect();
    names.sort();
    names
}

fn work(b: &Builder, component: ComponentId) -> Step {
    b.work(component, "cpu", constant(ms(1)))
}

fn name_service(b: &mut Builder, component: ComponentId, checked: bool) {
    let health = checked.then(|| health(seconds(30), 3, 3));
    let names = NameService {
        ttl: seconds(60),
        lookup: constant(ms(8)),
        health,
    };
    b.model().components[component.index()].names = Some(names);
}

/// R8: DNS, switch, host 1 with web server and WAS, host 2 with the database.
fn one_of_each() -> Model {
    let mut b = Builder::new("slipp");
    let dns = b.component("dns", 1);
    let (nginx, tomcat) = (b.component("nginx", 1), b.component("tomcat", 1));
    let mysql = b.database("mysql", 0, 0);
    name_service(&mut b, dns, false);
    let (h1, h2, sw) = (b.host("h1", 4), b.host("h2", 4), b.switch("sw"));
    b.on(nginx, &[h1]).on(tomcat, &[h1]).on(mysql, &[h2]);
    let resolve = Step::Resolve(b.calling(dns, &[(nginx, 1.0)], None));
    let (to_tomcat, to_mysql) = (b.call(nginx, tomcat), b.call(tomcat, mysql));
    b.link(dns, nginx).via = Some(Path {
        options: vec![vec![sw]],
        detect: 0,
    });
    b.link(tomcat, mysql).via = Some(Path {
        options: vec![vec![sw]],
        detect: 0,
    });
    b.operation(dns, "default", vec![resolve]);
    b.operation(nginx, "static", vec![work(&b, nginx)]);
    b.operation(nginx, "dynamic", vec![work(&b, nginx), to_tomcat]);
    b.operation(tomcat, "default", vec![work(&b, tomcat), to_mysql]);
    b.tier_operation(mysql, "default", Tier::Primary, vec![work(&b, mysql)], 1.0);
    b.open(
        "users",
        10.0,
        &[("static", dns, 0.7), ("dynamic", dns, 0.3)],
    );
    b.build()
}

#[test]
fn a_site_of_single_parts_has_seven_single_points_and_four_for_static_pages() {
    let model = one_of_each();
    assert_eq!(
        points(&model, "dynamic"),
        ["dns", "h1", "h2", "mysql", "nginx", "sw", "tomcat"]
    );
    assert_eq!(points(&model, "static"), ["dns", "h1", "nginx", "sw"]);
    let structure = Structure::of(&model);
    for (subject, cuts) in structure.subjects.iter().zip(cut_sets(&structure)) {
        let expected = if subject.name == "dynamic" { 7 } else { 4 };
        assert_eq!(cuts.singles.len(), expected);
        assert_eq!(
            cuts.pairs,
            Some(Vec::new()),
            "every part is single, so no pair is minimal"
        );
    }
}

#[test]
fn a_witness_leads_from_the_users_to_the_part() {
    let model = one_of_each();
    let structure = Structure::of(&model);
    let witness = |name: &str| {
        let points = single_points(&model, &structure);
        points
            .iter()
            .find(|point| point.name == name)
            .unwrap()
            .witness
            .clone()
    };
    assert_eq!(witness("dns"), "users -> dns");
    assert_eq!(witness("sw"), "users -> dns -> sw");
    assert_eq!(witness("h1"), "users -> dns -> sw -> h1");
    assert_eq!(witness("nginx"), "users -> dns -> sw -> h1 -> nginx");
    assert_eq!(
        witness("tomcat"),
        "users -> dns -> sw -> h1 -> nginx -> tomcat"
    );
    assert_eq!(
        witness("h2"),
        "users -> dns -> sw -> h1 -> nginx -> tomcat -> sw -> h2"
    );
    assert_eq!(
        witness("mysql"),
        "users -> dns -> sw -> h1 -> nginx -> tomcat -> sw -> h2 -> mysql"
    );
}

#[test]
fn every_single_point_comes_with_a_remedy_that_names_it() {
    let model = one_of_each();
    let points = single_points(&model, &Structure::of(&model));
    for point in &points {
        assert!(
            point.fix.contains(&point.name),
            "{}: {}",
            point.name,
            point.fix
        );
        assert!(!point.external);
    }
    let fix = |name: &str| points.iter().find(|p| p.name == name).unwrap().fix.clone();
    assert_eq!(
        fix("mysql"),
        "add a replica of mysql on another host and automatic failover"
    );
    assert!(fix("sw").contains("\"dns -> nginx\" and \"tomcat -> mysql\""));
}

/// The cure of [`one_of_each`]: two of everything, with every takeover that exists.
fn two_of_each(shared_host: bool) -> Model {
    let mut b = Builder::new("slipp, redundant");
    let (dns, lb) = (b.component("dns", 2), b.pair("lb", ms(3_609), 0));
    let (nginx, mysql) = (b.component("nginx", 2), b.database("mysql", 1, 1));
    name_service(&mut b, dns, true);
    let (h1, h2, h3) = (b.host("h1", 4), b.host("h2", 4), b.host("h3", 4));
    let (sw1, sw2) = (b.switch("sw1"), b.switch("sw2"));
    let second = if shared_host { h1 } else { h2 };
    b.on(nginx, &[h1, second]).on(mysql, &[h1, h2, h3]);
    let takeover = Takeover::Promotion {
        detect: seconds(10),
        promote: seconds(20),
    };
    b.model().components[mysql.index()].takeover = takeover;
    let resolve = Step::Resolve(b.calling(dns, &[(lb, 1.0)], None));
    let (to_nginx, to_mysql) = (b.forward(lb, nginx), b.call(nginx, mysql));
    b.link(lb, nginx).health = Some(health(seconds(2), 3, 2));
    let either = Path {
        options: vec![vec![sw1], vec![sw2]],
        detect: seconds(3),
    };
    b.link(nginx, mysql).via = Some(either);
    b.operation(dns, "default", vec![resolve]);
    b.operation(lb, "default", vec![work(&b, lb), to_nginx]);
    b.operation(nginx, "default", vec![work(&b, nginx), to_mysql]);
    b.tier_operation(mysql, "default", Tier::Primary, vec![work(&b, mysql)], 1.0);
    b.open("users", 10.0, &[("page", dns, 1.0)]);
    b.build()
}

#[test]
fn two_of_each_with_takeovers_leave_no_single_point() {
    let model = two_of_each(false);
    let structure = Structure::of(&model);
    assert_eq!(single_points(&model, &structure), []);
    let recovery = |name: &str| {
        let atom = structure
            .atoms
            .all()
            .find(|atom| atom.name(&model) == name)
            .unwrap();
        takeover_of(&model, atom).map(|recovery| (recovery.mechanism, recovery.seconds))
    };
    assert_eq!(recovery("dns/1"), Some((Mechanism::Resolver, 0.0)));
    assert_eq!(recovery("lb/1"), Some((Mechanism::Standby, 3.609)));
    assert_eq!(recovery("lb/2"), Some((Mechanism::Idle, 0.0)));
    assert_eq!(recovery("nginx/2"), Some((Mechanism::HealthCheck, 6.0)));
    assert_eq!(recovery("mysql/1"), Some((Mechanism::Promotion, 30.0)));
    assert_eq!(recovery("mysql/3"), Some((Mechanism::Avoidance, 10.0)));
    assert_eq!(
        recovery("h1"),
        Some((Mechanism::Promotion, 30.0)),
        "the slowest of its nodes"
    );
    assert_eq!(recovery("sw1"), Some((Mechanism::Route, 3.0)));
    assert_eq!(
        recovery("sw2"),
        Some((Mechanism::Idle, 0.0)),
        "the path stands on sw1"
    );
}

#[test]
fn two_nodes_on_one_host_share_its_fate() {
    let model = two_of_each(true);
    let found = single_points(&model, &Structure::of(&model));
    let names: Vec<&str> = found.iter().map(|point| point.name.as_str()).collect();
    assert_eq!(names, ["h1"]);
    assert_eq!(found[0].fix, "put nginx/1 and nginx/2 on different hosts");
    assert_eq!(found[0].witness, "users -> dns -> lb -> h1");
}

/// R20: worst client outage when a name service must withdraw a dead address.
#[test]
fn a_name_service_needs_its_checks_and_its_time_to_live() {
    let mut b = Builder::new("two sites");
    let (dns, site) = (b.component("dns", 2), b.component("site", 2));
    name_service(&mut b, dns, true);
    let resolve = Step::Resolve(b.calling(dns, &[(site, 1.0)], None));
    b.operation(dns, "default", vec![resolve])
        .operation(site, "default", vec![]);
    b.open("users", 1.0, &[("page", dns, 1.0)]);
    let model = b.build();
    let atom = Atom::Node(model.component(site).nodes[0]);
    let recovery = takeover_of(&model, atom).unwrap();
    assert_eq!(
        (recovery.mechanism, recovery.seconds),
        (Mechanism::NameService, 150.0)
    );
}

/// R9 without racks, which a model does not know: any web calls any WAS, reads from any database
/// node, writes to the master without promotion.
#[test]
fn redundant_but_shared_reads_miss_the_balancer_and_writes_the_master() {
    let mut b = Builder::new("shared");
    let (dns, l4) = (b.component("dns", 2), b.component("l4", 1));
    let (web, was, db) = (
        b.component("web", 2),
        b.component("was", 2),
        b.database("db", 0, 1),
    );
    let hosts: Vec<_> = (1..=5).map(|n| b.host(&format!("h{n}"), 4)).collect();
    b.on(l4, &hosts[4..])
        .on(web, &hosts[..2])
        .on(was, &hosts[..2])
        .on(db, &hosts[2..4]);
    name_service(&mut b, dns, false);
    let resolve = Step::Resolve(b.calling(dns, &[(l4, 1.0)], None));
    let (to_web, to_was) = (b.forward(l4, web), b.call(web, was));
    let (read, write) = (
        b.call_operation(was, db, "read"),
        b.call_operation(was, db, "write"),
    );
    b.link(was, db).health = Some(health(seconds(2), 3, 2));
    b.operation(dns, "default", vec![resolve]);
    b.operation(l4, "default", vec![to_web]);
    b.operation(web, "default", vec![to_was]);
    b.operation(was, "read", vec![read])
        .operation(was, "write", vec![write]);
    b.tier_operation(db, "read", Tier::Replicas, vec![], 0.0);
    b.tier_operation(db, "write", Tier::Primary, vec![], 1.0);
    b.open("users", 1.0, &[("read", dns, 0.9), ("write", dns, 0.1)]);
    let model = b.build();
    assert_eq!(points(&model, "read"), ["h5", "l4"]);
    assert_eq!(points(&model, "write"), ["db/1", "h3", "h5", "l4"]);
}

#[test]
fn a_shard_is_a_single_point_for_its_share_only() {
    let mut b = Builder::new("shards");
    let (was, cache) = (b.component("was", 2), b.component("cache", 4));
    let lookup = b.call(was, cache);
    b.link(was, cache).balance = Policy::Shard;
    b.operation(was, "default", vec![lookup])
        .operation(cache, "default", vec![]);
    b.open("users", 1.0, &[("page", was, 1.0)]);
    let model = b.build();
    let found = single_points(&model, &Structure::of(&model));
    let names: Vec<&str> = found.iter().map(|point| point.name.as_str()).collect();
    assert_eq!(names, ["cache/1", "cache/2", "cache/3", "cache/4"]);
    for point in &found {
        assert!(!point.is_structural());
        assert!((point.losses[0].share - 0.25).abs() < 1e-12);
    }
    let first = Atom::Node(model.component(cache).nodes[0]);
    assert_eq!(
        takeover_of(&model, first),
        None,
        "a dead shard is still asked for its keys"
    );
}

#[test]
fn a_database_behind_a_cache_is_missed_by_the_share_that_misses() {
    for (hit, whole, share) in [(0.0, true, 1.0), (0.9, false, 0.1), (1.0, false, 0.0)] {
        let mut b = Builder::new("cached");
        let (was, cache, db) = (
            b.component("was", 2),
            b.component("cache", 1),
            b.component("db", 1),
        );
        let lookup = b.calling(was, &[(cache, 1.0)], None);
        let miss = vec![b.call(was, db)];
        b.operation(was, "default", vec![Step::Cached { lookup, hit, miss }]);
        b.operation(cache, "default", vec![])
            .operation(db, "default", vec![]);
        b.open("users", 1.0, &[("page", was, 1.0)]);
        let model = b.build();
        let found = single_points(&model, &Structure::of(&model));
        let expected = if share > 0.0 { vec!["db"] } else { vec![] };
        assert_eq!(
            found.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(),
            expected
        );
        for point in found {
            assert_eq!(point.is_structural(), whole);
            assert!((point.losses[0].share - share).abs() < 1e-12);
        }
    }
}

#[test]
fn replicas_serve_reads_alone_unless_callers_notice_their_loss() {
    for (checked, expected) in [(false, vec!["db/2"]), (true, vec![])] {
        let mut b = Builder::new("reads");
        let (was, db) = (b.component("was", 2), b.database("db", 0, 1));
        let read = b.call(was, db);
        b.link(was, db).health = checked.then(|| health(seconds(1), 3, 2));
        b.operation(was, "default", vec![read]);
        b.tier_operation(db, "default", Tier::Replicas, vec![], 0.0);
        b.open("users", 1.0, &[("page", was, 1.0)]);
        assert_eq!(points(&b.build(), "page"), expected);
    }
}

#[test]
fn parts_that_others_own_are_marked() {
    let mut b = Builder::new("external");
    let (was, pay) = (b.component("was", 2), b.component("pay", 1));
    let call = b.call(was, pay);
    b.model().components[pay.index()].external = true;
    b.operation(was, "default", vec![call])
        .operation(pay, "default", vec![]);
    b.open("users", 1.0, &[("order", was, 1.0)]);
    let model = b.build();
    let found = single_points(&model, &Structure::of(&model));
    assert_eq!(found.len(), 1);
    assert!(found[0].external && found[0].fix.contains("not in your hands"));
}

#[test]
fn a_request_that_is_always_refused_has_no_single_points() {
    let mut b = Builder::new("hopeless");
    let (was, db) = (b.component("was", 1), b.component("db", 1));
    let call = b.call(was, db);
    b.operation(was, "default", vec![call, Step::Fail])
        .operation(db, "default", vec![]);
    b.open("users", 1.0, &[("page", was, 1.0)]);
    let model = b.build();
    let structure = Structure::of(&model);
    assert_eq!(structure.hopeless(), [0]);
    assert_eq!(single_points(&model, &structure), []);
    assert_eq!(cut_sets(&structure)[0].singles, []);
}
