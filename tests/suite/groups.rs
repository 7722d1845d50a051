//! Groups of parts that fail or are repaired together, in files (S41).

use linchpin::experiment::result::SpofResult;
use linchpin::experiment::result::spof::{Expected, GroupFinding};
use linchpin::experiment::{Settings, SpofSettings, spof};
use linchpin::reliability::markov::Chain;

use crate::support::files::model;
use crate::support::program::linchpin;

const COVERED: &str = "topologies/failure/covered-takeover.ron";
const THREE: &str = "topologies/failure/three-nines-each.ron";

fn found(file: &str, set: &[&str]) -> SpofResult {
    let asked = SpofSettings {
        structural_only: true,
        order: 3,
        ..SpofSettings::default()
    };
    let found = spof(&model(file, set), &Settings::new(1), &asked).unwrap();
    assert!(found.warnings.is_empty(), "{:?}", found.warnings);
    found
}

/// The group and the class that needs one of its members, whose unavailabilities are one.
fn one(found: &SpofResult) -> (&GroupFinding, &Expected) {
    let (group, expected) = (&found.groups[0], found.expected.as_ref().unwrap());
    let (direct, by_diagram) = (group.unavailability, expected.unavailability);
    assert!(
        (direct - by_diagram).abs() <= 1e-9 * direct,
        "{direct} {by_diagram}"
    );
    (group, expected)
}

/// To every digit printed: half a unit of the last one.
#[track_caller]
fn prints(value: f64, printed: &str) {
    let (digits, exponent) = printed.split_once('e').unwrap_or((printed, "0"));
    let places = digits.split('.').nth(1).map_or(0, str::len) as f64;
    let unit = 10.0_f64.powf(exponent.parse::<f64>().unwrap() - places);
    let expected: f64 = printed.parse().unwrap();
    assert!(
        (value - expected).abs() <= 0.500_001 * unit,
        "{value} is not {printed}"
    );
}

/// R11, through a file.
#[test]
fn coverage_decides_not_the_second_machine() {
    for (coverage, printed) in [
        ("1.0", "5.46318864468e-6"),
        ("0.99", "6.56466430532e-6"),
        ("0.9", "1.64778360592e-5"),
        ("0.5", "6.05339993617e-5"),
    ] {
        let set = format!("groups.pair.coverage={coverage}");
        let found = found(COVERED, &[&set]);
        prints(one(&found).1.unavailability, printed);
    }
    let single = found(
        COVERED,
        &[
            "groups={}",
            "components.db=AppServer(service: \"4ms\", failure: (mtbf: Exponential(\"4380h\"), \
             mttr: Exponential(\"4h\")))",
        ],
    );
    prints(single.expected.unwrap().unavailability, "9.124087591e-4");
}

/// R10, of three nodes cut down to two.
#[test]
fn two_nodes_with_one_crew_or_a_cold_spare() {
    for (group, printed) in [
        ("(members: [\"app\"], crews: 1)", "1.96039992158e-4"),
        (
            "(members: [\"app\"], crews: 1, standby: Cold)",
            "9.90000990001e-5",
        ),
    ] {
        let group = format!("groups.pair={group}");
        let found = found(THREE, &["app.replicas=2", &group]);
        let (finding, _) = one(&found);
        prints(finding.unavailability, printed);
        prints(finding.if_independent, "9.80296049407e-5");
    }
}

/// R12: ten machines, mtbf 100 h, repair 10 h: all up 1 - .., mean number down.
#[test]
fn machines_wait_for_crews() {
    for (crews, mean) in [(1, "2.145823431"), (2, "1.038637819")] {
        let set = [
            "app.replicas=10".to_owned(),
            "app.failure=(mtbf: Exponential(\"100h\"), mttr: Exponential(\"10h\"))".to_owned(),
            format!("groups.all=(members: [\"app\"], crews: {crews})"),
        ];
        let set: Vec<&str> = set.iter().map(String::as_str).collect();
        let found = found(THREE, &set);
        prints(one(&found).0.mean_failed, mean);
    }
}

/// R7: q = 1e-3 each, a tenth of it together.
#[test]
fn a_common_cause_undoes_redundancy() {
    let set = [
        "app.replicas=2",
        "app.failure=(unavailability: 1e-3)",
        "groups.release=(members: [\"app\"], common_cause: 0.1)",
    ];
    let found = found(THREE, &set);
    let (group, expected) = one(&found);
    prints(group.unavailability, "1.00809919e-4");
    prints(group.if_independent, "1e-6");
    assert!(
        found.single_points.is_empty() && !found.failed,
        "it is no part"
    );
    let sets = found.cut_sets.iter();
    let alone: Vec<_> = sets.filter(|set| set.order == 1).collect();
    assert_eq!(alone[0].members, ["release"]);
    assert!((alone[0].probability.unwrap() - 1e-4).abs() < 1e-18);
    assert_eq!(expected.importance[0].component, "release");
}

/// A pair with one crew and a host that both stand on, against the chain of all eight states of
/// the three, written out: unavailability, outages and what each part decides.
#[test]
fn a_group_beside_an_independent_part_is_the_chain_of_all_their_states() {
    let (failure, repair) = (1e-3, 0.1);
    let (host, mended) = (1e-2, 0.5);
    // State: members down (0 to 2) + 3 if the host is down.
    let mut chain = Chain::new(6);
    for base in [0, 3] {
        chain
            .add(base, base + 1, 2.0 * failure)
            .add(base + 1, base + 2, failure);
        chain
            .add(base + 1, base, repair)
            .add(base + 2, base + 1, repair);
    }
    for state in 0..3 {
        chain
            .add(state, state + 3, host)
            .add(state + 3, state, mended);
    }
    let shares = chain.steady().unwrap();
    let down: f64 = shares[2..].iter().sum();
    let begun = (shares[0] + shares[1]) * host + shares[1] * failure;
    let set = [
        "app.replicas=2",
        "infrastructure.h=Host(cores: 4, failure: (mtbf: Exponential(\"100h\"), mttr: \
         Exponential(\"2h\")))",
        "app.on=[\"h\"]",
        "groups.pair=(members: [\"app\"], crews: 1)",
    ];
    let found = found(THREE, &set);
    let all = found.expected.unwrap();
    assert!((all.unavailability / down - 1.0).abs() < 1e-9);
    let often = all.frequency_per_year.unwrap() / 8_760.0;
    assert!((often / begun - 1.0).abs() < 1e-9, "{often} {begun}");
    assert!((all.mean_outage_s.unwrap() / 3_600.0 / (down / begun) - 1.0).abs() < 1e-9);
    let part = |name: &str| {
        all.importance
            .iter()
            .find(|part| part.component == name)
            .unwrap()
    };
    // The host decides while one of the pair is up; one of the pair while the host is up and the
    // other is down: 2 of its states and half of those with one down.
    let pair = |down: usize| shares[down] + shares[down + 3];
    let up = mended / (host + mended);
    assert!((part("h").birnbaum / (pair(0) + pair(1)) - 1.0).abs() < 1e-9);
    assert!((part("app/1").birnbaum / (up * (pair(1) / 2.0 + pair(2))) - 1.0).abs() < 1e-9);
    let both = pair(2) / down;
    assert!((part("app").diagnosis / both - 1.0).abs() < 1e-9);
}

#[test]
fn simulated_ways_refuse_parts_that_wait_for_each_other() {
    let args = ["spof", COVERED, "--structural", "--method", "splitting"];
    let output = linchpin(&args);
    let error = &output.stderr;
    assert_eq!(output.code, Some(2), "{error}");
    assert!(
        error.contains("the group `pair` wait for each other"),
        "{error}"
    );
}
