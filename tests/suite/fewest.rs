//! The fewest nodes that carry a load, against the staffing numbers of Erlang C.

use linchpin::experiment::fewest::Values;
use linchpin::experiment::result::fewest::Value;
use linchpin::experiment::result::{FewestResult, Verdict};
use linchpin::experiment::{ExperimentError, FewestSettings, Load, Settings, fewest};
use linchpin::theory::Mmc;

use crate::support::files::model;
use crate::support::program::{Ran, folder, linchpin, write};

const STAFFING: &str = "topologies/theory/staffing.ron";

fn asked(find: &str, survive: u32) -> FewestSettings {
    FewestSettings {
        find: find.to_owned(),
        values: Values::Whole(1, 1_000),
        survive,
        component: Some("servers".to_owned()),
    }
}

/// Looks for servers of the staffing file, or for what `asked` says, under assignments.
fn found(
    asked: &FewestSettings,
    set: &[&str],
    settings: &Settings<'_>,
) -> Result<FewestResult, ExperimentError> {
    let with = |value: &Value| {
        let value = match value {
            Value::Whole(number) => format!("{}={number}", asked.find),
            Value::Machine(name) => format!("{}={name:?}", asked.find),
        };
        Some(model(STAFFING, &[set, &[&value]].concat()))
    };
    fewest(&model(STAFFING, set), settings, asked, &with)
}

fn servers(survive: u32, set: &[&str], rate: f64, seed: u64) -> FewestResult {
    let settings = Settings {
        load: Some(Load::Rate(rate)),
        ..Settings::new(seed)
    };
    found(&asked("servers.replicas", survive), set, &settings).unwrap()
}

fn erlang(rate: f64, servers: u32) -> f64 {
    Mmc::new(rate, 1.0, servers).unwrap().mean_response()
}

/// 40/s of 1 s each: 1.0681 s with 45 servers, 1.0443 s with 46; one more if one may be lost.
#[test]
fn staffing_is_that_of_erlang_c() {
    assert!(erlang(40.0, 45) > 1.05 && erlang(40.0, 46) < 1.05);
    let plain = servers(0, &[], 40.0, 1);
    assert_eq!(plain.verdict, Verdict::Pass, "{}", plain.verdict_reason);
    assert_eq!(plain.found, Some(Value::Whole(46)));
    assert_eq!(plain.below, Some(Value::Whole(45)));
    assert_eq!(plain.binding.as_deref(), Some("mean < 1.05s"));
    for (number, kept) in [(45, false), (46, true)] {
        let tried = plain.tried(&Value::Whole(number)).unwrap();
        assert!(tried.certified && tried.kept == Some(kept), "{tried:?}");
        let (low, high) = tried.states[0].objectives[0].ci95.unwrap();
        let truth = erlang(40.0, number);
        assert!(
            low < truth && truth < high,
            "{number}: {low} {truth} {high}"
        );
    }
    assert!((plain.cost.unwrap().per_month - 46.0 * 20.0).abs() < 1e-9);
}

#[test]
fn one_more_is_needed_where_one_may_be_lost() {
    let safe = servers(1, &[], 40.0, 2);
    assert_eq!(safe.verdict, Verdict::Pass, "{}", safe.verdict_reason);
    assert_eq!(safe.found, Some(Value::Whole(47)));
    let states = &safe.tried(&Value::Whole(47)).unwrap().states;
    let lost: Vec<u32> = states.iter().map(|state| state.lost).collect();
    assert_eq!(lost, [1, 0], "with one lost, and with none");
}

/// Every bound half-way between two numbers of servers gives the larger one.
#[test]
fn every_bound_between_two_numbers_gives_the_larger_one() {
    for number in 6..9 {
        let bound = f64::midpoint(erlang(4.0, number - 1), erlang(4.0, number));
        let objective = format!("objectives=[\"mean < {bound:.9}s\"]");
        for survive in [0, 2] {
            let found = servers(survive, &[&objective], 4.0, 7);
            let wanted = Some(Value::Whole(number + survive));
            assert_eq!(found.found, wanted, "{bound}: {}", found.verdict_reason);
        }
    }
}

/// At 0.1/s one server answers in 1.11 s: two are needed only because one may be lost.
#[test]
fn nothing_is_left_of_one_server_that_is_lost() {
    let found = servers(1, &["objectives=[\"mean < 2s\"]"], 0.1, 1);
    assert_eq!(found.found, Some(Value::Whole(2)));
    assert_eq!(found.binding.as_deref(), Some("no node is left"));
}

/// Two cores at 1.6/s answer in 1 / (1 - 0.64) = 2.7778 s, one of double speed in 2.5 s, four in
/// 1.0378 s: the cheapest below 2.6 s is the fast one, below 2 s that of four.
#[test]
fn the_cheapest_machine_of_the_catalogue_is_found() {
    let machines = "machines={\"two\": (cores: 2, cost: \"30/month\"), \
        \"fast\": (cores: 1, speed: 2, cost: \"0.05/h\"), \
        \"four\": (cores: 4, cost: \"70/month\"), \"gift\": (cores: 64)}";
    let one = "components.servers=AppServer(machine: \"four\", threads: Unlimited, \
        backlog: Unlimited, discipline: Fcfs, service: Exponential(\"1s\"))";
    let set = ["desk.policy=Random", one, machines];
    let asked = FewestSettings {
        values: Values::Machines(["two", "fast", "four", "gift"].map(str::to_owned).to_vec()),
        ..asked("servers.machine", 0)
    };
    let settings = Settings {
        load: Some(Load::Rate(1.6)),
        ..Settings::new(1)
    };
    for (bound, name, below, cost) in [
        ("2.6s", "fast", Some("two"), 36.5),
        ("2s", "four", Some("fast"), 70.0),
        ("9s", "two", None, 30.0),
    ] {
        let objective = format!("objectives=[\"mean < {bound}\"]");
        let found = found(&asked, &[&set[..], &[&objective]].concat(), &settings).unwrap();
        let machine = |name: &str| Value::Machine(name.to_owned());
        assert_eq!(found.found, Some(machine(name)), "{}", found.verdict_reason);
        assert_eq!(found.below, below.map(machine), "{bound}");
        assert!((found.cost.unwrap().per_month - cost).abs() < 1e-9);
        assert_eq!(found.warnings[0].code, "no_price");
    }
}

fn capacity(more: &[&str]) -> Ran {
    linchpin(&[&["capacity", STAFFING, "--quiet"], more].concat())
}

#[test]
fn the_command_ends_with_what_it_found() {
    let quick = [
        "--find",
        "servers.replicas",
        "--rate",
        "4/s",
        "--set",
        "objectives=[\"mean < 1.5s\"]",
    ];
    let json = capacity(&[&quick[..], &["--json", "-"]].concat())
        .exits(0)
        .json();
    let least = (5..100).find(|&number| erlang(4.0, number) < 1.5).unwrap();
    assert_eq!(json["found"], least);
    assert_eq!(json["below"], least - 1);
    capacity(&[&quick[..], &["--most", "4"]].concat()).exits(99);
    // Ten replications cannot tell a bound that is met to one part in a thousand.
    let near = format!("objectives=[\"mean < {:.9}s\"]", erlang(4.0, 6) * 1.001);
    let near = ["--set", &near, "--replications", "10", "--most", "6"];
    capacity(&[&quick[..4], &near].concat()).exits(4);
}

#[test]
fn the_least_that_a_file_takes_may_be_none() {
    let json = capacity(&[
        "--find",
        "servers.backlog",
        "--rate",
        "4/s",
        "--set",
        "servers.threads=1",
        "--set",
        "objectives=[\"error rate < 5%\"]",
        "--json",
        "-",
    ]);
    // Whoever waits does so at the desk: the servers need no room of their own.
    assert_eq!(json.exits(0).json()["found"], 0);
}

#[test]
fn what_makes_no_sense_is_refused_with_a_remedy() {
    let find = |path| ["--find", path, "--rate", "40/s"];
    for (arguments, code, word) in [
        (&find("servers.service")[..], 3, "time"),
        (&find("servers.replicaz"), 3, "replicas"),
        (&find("servers"), 2, "app.replicas"),
        (&find("servers.machine"), 2, "machines"),
        (&["--survive", "1"], 2, "--find"),
        (&["--rate", "4/s"], 2, "--find"),
        (&["--users", "4"], 2, "--find"),
        (&["--find", "servers.replicas", "--users", "4"], 2, "load"),
        (
            &["--find", "servers.replicas", "--within", "1%"],
            2,
            "--within",
        ),
        (
            &["--find", "run.replications", "--survive", "1"],
            2,
            "COMPONENT.replicas",
        ),
        (
            &["--find", "servers.replicas", "--set", "objectives=[]"],
            2,
            "write `objectives",
        ),
        (
            &["--find", "servers.replicas", "--set", "servers.replicas=3"],
            2,
            "leave one of them out",
        ),
    ] {
        let ran = capacity(arguments).exits(code);
        assert!(ran.stderr.contains(word), "{arguments:?}: {}", ran.stderr);
    }
    let folder = folder();
    let text = std::fs::read_to_string(crate::support::program::root().join(STAFFING)).unwrap();
    let text = text.replace(", cost: \"20/month\"", "");
    let text = text.replace("components:", "machines: {\"m\": (cores: 1)}, components:");
    let file = write(&folder, "no-price.ron", &text);
    let file = file.to_str().unwrap();
    let ran = linchpin(&["capacity", file, "--find", "servers.machine"]).exits(2);
    assert!(ran.stderr.contains("cost"), "{}", ran.stderr);
}
