//! The share of requests that is lost in the long run (S41), against pencil and paper and against
//! a long simulation in which parts fail and are repaired.

use linchpin::experiment::result::served::ExpectedOfRequests;
use linchpin::experiment::{Settings, SpofSettings, run, spof};
use linchpin::model::Model;

use crate::support::files::written;

/// A pair behind a balancer that looks every 2 s and believes the third failure, and a database.
const PAIR: &str = r#"(
    name: "pair",
    components: {
        "lb": LoadBalancer(to: "was", service: "0s"),
        "was": AppServer(
            replicas: 2, cores: 1, service: "1ms", calls: ["db"],
            failure: (mtbf: Exponential("100h"), mttr: Exponential("1h")),
        ),
        "db": Database(
            service: "1ms", failure: (mtbf: Exponential("1000h"), mttr: Exponential("1h")),
        ),
    },
    entry: "lb",
    workload: { "users": Open(rate: "20/s", arrivals: Deterministic) },
    objectives: ["error rate < 1%"],
)"#;

fn model(assignments: &[&str]) -> Model {
    written(PAIR, assignments)
}

fn expected(assignments: &[&str]) -> ExpectedOfRequests {
    let settings = Settings::new(1);
    let found = spof(&model(assignments), &settings, &SpofSettings::default()).unwrap();
    found.of_requests.expect("parts fail")
}

/// q = 1/101 of a server and 1/1001 of the database. The database alone down: 1/1001 (100/101)^2,
/// and everything is lost. A server: nothing once the balancer knows, and half of the load until
/// then, 5 s on average (checks 4 to 6 s after the loss), 1/101 times an hour: 2.5 s x 2 / (101 x
/// 3,600 s). Several down: 1 - P(none) - P(one).
#[test]
fn shares_of_time_and_changes_add_up() {
    let found = expected(&[]);
    let (server, db): (f64, f64) = (1.0 / 101.0, 1.0 / 1001.0);
    let while_down = db * (1.0 - server).powi(2);
    assert!(
        (found.while_down / while_down - 1.0).abs() < 2e-3,
        "{found:?}"
    );
    let in_changes = 2.0 * 2.5 / (101.0 * 3_600.0);
    assert!(
        (found.in_changes / in_changes - 1.0).abs() < 0.2,
        "{found:?}"
    );
    let none = (1.0 - server).powi(2) * (1.0 - db);
    let one = 2.0 * server * (1.0 - server) * (1.0 - db) + while_down;
    assert!(
        (found.untried - (1.0 - none - one)).abs() < 1e-12,
        "{found:?}"
    );
    let (least, most) = found.lost_share;
    // By the structure nothing succeeds without the database, or without both servers.
    let hopeless = 1.0 - (1.0 - db) * (1.0 - server * server);
    assert!((least - hopeless - found.in_changes).abs() < 1e-12);
    let tried = found.while_down + found.in_changes;
    assert!((most - tried - found.untried).abs() < 1e-12);
    assert!((found.lost_minutes_per_year.0 - least * 525_600.0).abs() < 1e-6);
    assert_eq!(found.parts[0].component, "db");
    assert!(found.untimed.is_empty());
}

/// Where only the share of time is stated, nobody can say how often the database changes.
#[test]
fn parts_without_times_are_named() {
    let found = expected(&["db.failure=(unavailability: 0.001)"]);
    assert_eq!(found.untimed, ["db"]);
    assert!(found.while_down > 0.0009);
}

/// 800 h in which a server fails every hour and the database every five, for two minutes: the
/// share of failures seen lies between both ends, give or take what chance allows (about 160
/// outages of the database: 11 %).
#[test]
fn a_long_simulation_lies_between_the_ends() {
    let often = [
        r#"was.failure=(mtbf: Exponential("1h"), mttr: Exponential("2m"))"#,
        r#"db.failure=(mtbf: Exponential("5h"), mttr: Exponential("2m"))"#,
    ];
    let (least, most) = expected(&often).lost_share;
    let long = [
        r#"workload.users.rate="1/s""#,
        r#"run.duration="200h""#,
        "run.replications=4",
    ];
    let model = model(&[&often[..], &long].concat());
    let mut settings = Settings::new(1);
    settings.with_failures = true;
    let seen = run(&model, &settings).unwrap();
    let lost = seen.error_rate.value.unwrap();
    assert!(
        0.8 * least < lost && lost < 1.2 * most,
        "{least} {lost} {most}"
    );
}
