//! Cures of points of files made for them, each applied and judged anew.

use linchpin::experiment::result::{SinglePoint, SpofResult, Verdict};
use linchpin::experiment::{Settings, SpofSettings, run, spof, spof_with_cures};

use crate::support::files::written;

/// The points of a file, with cures.
fn points(text: &str) -> Vec<SinglePoint> {
    let reload = |set: &[String]| Some(written(text, set));
    let (settings, asked) = (Settings::new(1), SpofSettings::default());
    let model = written::<&str>(text, &[]);
    let found = spof_with_cures(&model, &settings, &asked, Some(&reload));
    found.unwrap().single_points
}

fn point<'a>(points: &'a [SinglePoint], name: &str) -> &'a SinglePoint {
    let found = points.iter().find(|one| one.component == name);
    found.unwrap_or_else(|| panic!("{name} is no point"))
}

/// What is left once a cure is applied.
fn after(text: &str, point: &SinglePoint) -> SpofResult {
    let changed = written(text, &point.cure);
    spof(&changed, &Settings::new(1), &SpofSettings::default()).unwrap()
}

/// The point, or the node that stands first where it stood.
fn left<'a>(found: &'a SpofResult, name: &str) -> Option<&'a SinglePoint> {
    let first = format!("{name}/1");
    let mut points = found.single_points.iter();
    points.find(|one| one.component == name || one.component == first)
}

/// The host of the database has no room for a second node of the application: it goes on a new
/// one, with which the objectives hold.
#[test]
fn a_node_is_put_where_there_is_room() {
    const BUSY: &str = r#"(
        name: "busy",
        infrastructure: { "h1": Host(cores: 1), "h2": Host(cores: 1) },
        components: {
            "app": AppServer(
                on: ["h1"], threads: 100, service: Exponential("5ms"), calls: ["db"],
            ),
            "db": Database(on: ["h2"], service: Exponential("8ms"), connections: 200),
        },
        entry: "app",
        workload: { "users": Open(rate: "100/s") },
        objectives: ["p95 < 200ms", "error rate < 1%"],
        run: (duration: "3m", replications: 5),
    )"#;
    let found = points(BUSY);
    for name in ["app", "h1"] {
        let point = point(&found, name);
        assert!(point.cure[0].starts_with("infrastructure."), "{point:?}");
        let verdict = run(&written(BUSY, &point.cure), &Settings::new(1))
            .unwrap()
            .verdict;
        assert_eq!(verdict, Verdict::Pass, "{:?}", point.cure);
        let after = after(BUSY, point);
        assert!(left(&after, name).is_none(), "{:?}", after.single_points);
    }
}

/// A path that is lost for 5 s until another one is taken, behind who hands requests on: callers
/// that try again outlast it.
#[test]
fn a_lost_path_is_cured_where_somebody_waits() {
    const PATHS: &str = r#"(
        name: "paths",
        infrastructure: { "s1": Switch(), "s2": Switch() },
        components: {
            "dns": Dns(to: "app", replicas: 2, ttl: "60s"),
            "app": AppServer(service: "1ms"),
        },
        links: {
            "dns -> app": (via: AnyOf(["s1", "s2"]), detect: "5s"),
            "users -> dns": (timeout: "1s"),
        },
        entry: "dns",
        workload: { "users": Open(rate: "50/s") },
        objectives: ["error rate < 0.1%"],
    )"#;
    let found = points(PATHS);
    let point = point(&found, "s1");
    let is_retry = |one: &String| one.starts_with("links.\"users -> dns\".retry=");
    assert!(point.cure.iter().any(is_retry), "{point:?}");
    let after = after(PATHS, point);
    assert!(left(&after, "s1").is_none(), "{:?}", after.single_points);
}

/// Users know two addresses of one server each. A second server behind an address is not enough:
/// only then does it show how long a dead address is known, which a retry at another one masks.
#[test]
fn what_a_change_leaves_is_met_by_further_ones() {
    const ADDRESSES: &str = r#"(
        name: "two addresses",
        components: {
            "dns": Dns(to: { "a": 9, "b": 1 }, lookup: "1ms", ttl: "5m", replicas: 2),
            "a": AppServer(cores: 4, threads: 100, service: Exponential("5ms")),
            "b": AppServer(cores: 4, threads: 100, service: Exponential("5ms")),
        },
        entry: "dns",
        workload: { "users": Open(rate: "40/s") },
        objectives: ["p95 < 400ms", "error rate < 0.5%"],
        run: (duration: "3m", replications: 5),
    )"#;
    let found = points(ADDRESSES);
    for name in ["a", "b"] {
        let point = point(&found, name);
        for part in ["replicas=2", "dns.health=(", "elsewhere: true"] {
            let holds = point.cure.iter().filter(|one| one.contains(part)).count();
            assert_eq!(holds, 1, "{part}: {point:?}");
        }
        let after = after(ADDRESSES, point);
        assert!(left(&after, name).is_none(), "{:?}", after.single_points);
    }
}

/// A dead server has the fewest open requests and gets all of them: a retry helps elsewhere only.
#[test]
fn a_retry_that_cures_goes_to_another_node() {
    const FEWEST: &str = r#"(
        name: "fewest",
        components: {
            "lb": LoadBalancer(
                to: "app", policy: LeastConnections(), standby: Vrrp(advert: "100ms"),
            ),
            "app": AppServer(replicas: 3, cores: 2, service: Exponential("5ms")),
        },
        entry: "lb",
        workload: { "users": Open(rate: "50/s") },
        objectives: ["error rate < 0.1%"],
        run: (duration: "3m", replications: 5),
    )"#;
    let found = points(FEWEST);
    let point = point(&found, "app/1");
    assert!(
        point.cure.iter().any(|one| one.contains("elsewhere: true")),
        "{point:?}"
    );
    let after = after(FEWEST, point);
    assert!(left(&after, "app/1").is_none(), "{:?}", after.single_points);
}
