//! Shipped incidents whose course is known from arithmetic.

use linchpin::experiment::result::{CapacityResult, DrillResult, RunResult, Verdict};
use linchpin::experiment::{
    CapacitySettings, DrillSettings, Settings, SpofSettings, capacity, drill, run, spof,
};
use linchpin::model::Model;

use crate::support::files::{covers, model, value};
use crate::support::program::linchpin;

/// One replication under a seed.
fn once(model: &Model, seed: u64) -> RunResult {
    let settings = Settings {
        replications: Some(1),
        ..Settings::new(seed)
    };
    run(model, &settings).unwrap()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

const THREE: &str = "topologies/failure/three-needed-of-three.ron";

/// 220/s against 200/s for 600 s: a backlog of 12,000, gone 12,000 / (300 - 220) = 150 s after the
/// repair at 660 s.
#[test]
fn three_needed_of_three_pile_up_and_take_their_time() {
    let model = model(THREE, &[]);
    let (mut peaks, mut clearings) = (Vec::new(), Vec::new());
    for seed in 1..=20 {
        let result = once(&model, seed);
        let after = result.series.iter().filter(|point| point.at_s >= 660.0);
        let normal = after.clone().find(|point| point.in_system < 20.0).unwrap();
        let clearing = normal.at_s - 660.0;
        let peak = result.in_system.max as f64;
        assert!((10_000.0..14_000.0).contains(&peak), "{seed}: {peak}");
        assert!((120.0..185.0).contains(&clearing), "{seed}: {clearing}");
        assert!(result.requests.failed < 30, "{:?}", result.requests);
        peaks.push(peak);
        clearings.push(clearing);
    }
    let (peak, clearing) = (mean(&peaks), mean(&clearings));
    assert!((peak - 12_000.0).abs() <= 450.0, "{peak}");
    assert!((clearing - 150.0).abs() <= 7.0, "{clearing}");
}

/// Each server down 0.001 of the time, and all three needed: 1 - 0.999^3 = 2.997e-3 (2.997001e-3
/// exactly), not the 1e-9 of "one of three".
#[test]
fn availability_counts_what_the_objectives_need() {
    let settings = Settings {
        replications: Some(2),
        ..Settings::new(1)
    };
    let asked = SpofSettings::default();
    let found = spof(&model(THREE, &["faults=[]"]), &settings, &asked).unwrap();
    let naive = found.expected.unwrap().unavailability;
    assert!((naive / 1e-9 - 1.0).abs() < 1e-9, "{naive}");
    let needed = found.of_objectives.unwrap();
    assert_eq!(needed.parts, ["app/1", "app/2", "app/3"]);
    let expected = 1.0 - 0.999_f64.powi(3);
    assert!((needed.unavailability / expected - 1.0).abs() < 1e-9);
}

const NAMES: &str = "topologies/failure/dns-failover.ron";

/// Seconds that a client of the lost site was cut off for on average: requests lost per request
/// that goes there, which is every other one.
fn cut_off_s(result: &RunResult) -> f64 {
    result.requests.failed as f64 / 100.0
}

/// U(60, 90) s to find out and U(0, 60) s of a copy that is still kept: 105 s on average. The
/// standard deviation of a seed is that of the first, 8.7 s, and that of the copies that 100 people
/// have, 2.7 s; of the mean over 20 seeds 2 s.
#[test]
fn a_dead_address_outlives_its_withdrawal() {
    let model = model(NAMES, &[]);
    let (mut outages, mut halves) = (Vec::new(), Vec::new());
    for seed in 1..=20 {
        let result = once(&model, seed);
        outages.push(cut_off_s(&result));
        let failing = |point: &&_| {
            let point: &linchpin::experiment::result::summary::SeriesPoint = point;
            point.failed_rps > 0.0
        };
        let last = result.series.iter().rfind(failing).unwrap();
        let over = last.at_s + last.length_s - 120.0;
        assert!((118.0..151.0).contains(&over), "{seed}: {over}");
        // The flip is a minute before the last copy ends.
        let flip = 120.0 + over - 60.0;
        let of_copies = result.series.iter();
        let of_copies = of_copies
            .filter(|point| (flip + 25.0..flip + 35.0).contains(&point.at_s))
            .map(|point| point.failed_rps / 100.0);
        halves.push(mean(&of_copies.collect::<Vec<_>>()));
    }
    let (outage, half) = (mean(&outages), mean(&halves));
    assert!((outage - 105.0).abs() < 3.0 * 2.0, "{outage}");
    assert!((half - 0.5).abs() < 0.05, "{half}");
}

const STORM: &str = "topologies/failure/retry-storm.ron";

/// How far the storm's server comes back after its ten seconds' pause, which is in the file.
fn storm(set: &[&str], seed: u64) -> CapacityResult {
    let asked = CapacitySettings {
        within: 0.05,
        after: Vec::new(),
        users: false,
    };
    capacity(&model(STORM, set), &Settings::new(seed), &asked).unwrap()
}

/// Whoever waits longer than a second is three pieces of work: more than 300/s from 100/s on.
#[test]
fn the_threshold_of_a_retry_storm_is_mu_over_attempts() {
    for seed in [1, 2] {
        let found = storm(&[], seed);
        let down = found.metastable.as_ref().unwrap();
        let [low, high] = down.between;
        assert!(high - low <= 0.05 * high);
        assert!((90.0..110.0).contains(&low) && (90.0..110.0).contains(&high));
        assert_eq!(found.load, Some(low));
        let bound = found.bound.unwrap();
        assert!((bound / 300.0 - 1.0).abs() < 1e-6, "{bound}");
        assert!((down.expected_load.unwrap() - 100.0).abs() < 1.0);
        assert_eq!(found.verdict, Verdict::Fail, "the file has 150/s");
        for link in [
            "time out",
            "sends every request 3 times",
            "`server` is full",
        ] {
            let named = down.sustained_by.iter().any(|reason| reason.contains(link));
            assert!(named, "{link}: {:?}", down.sustained_by);
        }
        // A backlog of ten seconds is worked off at 300/s minus what comes: two repeats each of
        // what waits, and everything that arrives until then, three times.
        for tried in found
            .tried
            .iter()
            .filter(|tried| tried.came_back == tried.of)
        {
            let (load, recovery) = (tried.load, tried.recovery_s.unwrap());
            let backlog = 10.0 * 3.0 * load;
            let cleared = backlog / (300.0 - 3.0 * load);
            assert!(tried.watched_s >= cleared, "{tried:?}");
            assert!(
                (0.6..1.4).contains(&(recovery / cleared)),
                "{tried:?}: {cleared}"
            );
        }
    }
}

/// Two attempts move it to 150/s; without retries, and with a short queue, there is none.
#[test]
fn fewer_attempts_move_the_threshold_and_short_queues_remove_it() {
    let twice = "links.\"users -> server\".retry.attempts=2";
    let found = storm(&[twice], 1);
    let [low, high] = found.metastable.unwrap().between;
    assert!(low > 135.0 && high < 165.0, "{low} to {high}");
    let alone = "links.\"users -> server\"=(timeout: \"1s\")";
    for set in [alone, "server.backlog=150"] {
        let found = storm(&[set], 1);
        assert!(found.metastable.is_none(), "{set}: {found:?}");
        assert!(found.load.unwrap() > 0.95 * 300.0);
        assert_eq!(found.verdict, Verdict::Pass);
    }
}

const PRIMARY: &str = "topologies/failure/primary-failover.ron";

fn played(set: &[&str], replications: u32) -> DrillResult {
    let settings = Settings {
        replications: Some(replications),
        ..Settings::new(1)
    };
    let people = DrillSettings {
        customers: 600_000_000_000,
        announce: 300_000_000_000,
    };
    drill(&model(PRIMARY, set), &settings, people).unwrap()
}

/// Everything fails for 30 s. The first look, U(0, 60) s after the loss, fires if it sees 5 % of a
/// minute, 3 s, of it; otherwise the next one does: 30 + 3/60 x 60 = 33 s on average. Replacing
/// the machine takes 900 s from then on. 30 s of 100/s are 3,000 requests, of 259,200 that 99.9 %
/// of 30 days allow to fail: 1.157 %.
#[test]
fn a_primary_failover_is_found_out_by_an_alarm_that_looks_once_a_minute() {
    let found = played(&[], 40);
    covers("time to detect", &found.mttd_s, 33.0, 0.25);
    let restored = value(&found.mttr_s);
    assert!((30.0..34.0).contains(&restored), "{restored}");
    let ended = value(&found.ended_s) - value(&found.mttd_s);
    assert!((ended - 900.0).abs() < 1e-6, "{ended}");
    covers("lost", &found.lost_requests, 3_000.0, 0.02);
    let spent = value(&found.budget.spent);
    assert!((spent / 0.011_57 - 1.0).abs() < 0.02, "{spent}");
    assert_eq!(found.detected_by.0, [("errors".to_owned(), 40)]);
    assert!(found.budget.alerts.iter().all(|alert| alert.fired == 0));
    let turns: Vec<&str> = found.timeline.iter().map(|event| event.event).collect();
    for turn in [
        "occurred",
        "felt",
        "detected",
        "announced",
        "mitigated",
        "ended",
    ] {
        assert_eq!(
            turns.iter().filter(|one| **one == turn).count(),
            1,
            "{turns:?}"
        );
    }
    assert_eq!(found.points, ["db/1"]);
    assert_eq!(found.recovery, ["callers of db move to db/2"]);
}

/// Without a standby nothing is answered until the machine is replaced, and the alerts on the burn
/// rate fire after 51.84, 129.6 and 259.2 s (to the width of a bucket, 1 s).
#[test]
fn without_a_standby_the_alerts_on_the_burn_rate_fire() {
    let alone = "components.db=Database(cores: 4, service: Exponential(\"4ms\"))";
    let found = played(&[alone], 5);
    let replaced = value(&found.mttd_s) + 900.0;
    assert!(
        (value(&found.mttr_s) - replaced).abs() < 4.0,
        "{:?}",
        found.mttr_s
    );
    for (alert, expected) in found.budget.alerts.iter().zip([51.84, 129.6, 259.2]) {
        let after = alert.after_s.unwrap();
        assert_eq!(alert.fired, 5);
        assert!((after - expected).abs() < 3.0, "{}: {after}", alert.name);
    }
    assert_eq!(found.recovery, ["db is repaired", "db is replaced"]);
    assert_eq!(found.prevention.len(), 1, "a single point was struck");
}

/// Nobody looks: customers have told ten minutes after they began to feel it.
#[test]
fn without_alarms_customers_tell() {
    let found = played(&["alarms={}", "faults[0].lasts=\"5m\""], 3);
    assert_eq!(found.detected_by.0, [("customers".to_owned(), 3)]);
    assert!(
        (value(&found.mttd_s) - 600.0).abs() < 2.0,
        "{:?}",
        found.mttd_s
    );
    assert!(
        found
            .warnings
            .iter()
            .any(|warning| warning.code == "no_alarms")
    );
}

#[test]
fn a_drill_writes_its_report() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("incident.md");
    let run = ["drill", PRIMARY, "--replications", "2", "--report"];
    let ran = linchpin(&[&run[..], &[file.to_str().unwrap()]].concat());
    assert_eq!(ran.code, Some(99), "{}", ran.stderr);
    assert!(ran.stdout.contains("DETECTED") && ran.stdout.contains("incident.md"));
    let report = std::fs::read_to_string(&file).unwrap();
    assert_eq!(report.matches("| db/1 |").count(), 1, "{report}");
    let nothing = linchpin(&["drill", "topologies/three-tier.ron"]);
    assert_eq!(nothing.code, Some(2), "{}", nothing.stderr);
    assert!(nothing.stderr.contains("nothing breaks in this file"));
    let late = ["--inject", "was/1 crash @40m", "--duration", "30m"];
    let late = linchpin(&[&["drill", "topologies/three-tier.ron"], &late[..]].concat()).exits(2);
    assert!(
        late.stderr.contains("no fault begins before"),
        "{}",
        late.stderr
    );
}

/// What was failing before the incident is told, and not taken for restored without a word.
#[test]
fn a_drill_tells_what_failed_before() {
    let codes = |set: &[&str]| -> Vec<&str> {
        let found = played(set, 2);
        found.warnings.iter().map(|one| one.code).collect()
    };
    let failing = [
        "objectives=[]",
        "links.\"was -> db\".rate_limit=(rate: \"20/s\", burst: 1)",
    ];
    assert!(codes(&failing).contains(&"failing_before"));
    assert!(!codes(&[]).contains(&"failing_before"));
}

const DEPLOY: &str = "topologies/failure/bad-deploy.ron";

/// Share of the requests that fail between two times, s.
fn failing(result: &RunResult, from: f64, to: f64) -> f64 {
    let points = result.series.iter();
    let points = points.filter(|point| point.at_s >= from && point.at_s + point.length_s <= to);
    let (failed, offered) = points.fold((0.0, 0.0), |(failed, offered), point| {
        (failed + point.failed_rps, offered + point.offered_rps)
    });
    failed / offered
}

/// One of four servers answers 0.3 with an error: 7.5 % of all requests, until it is rolled back
/// three minutes after an alarm that sees more than 5 % of a minute. Nobody else gets the version.
#[test]
fn a_canary_costs_what_one_server_answers() {
    let canary = "faults[0].order=Canary(watch: \"10m\", each: \"1m\", restart: \"10s\")";
    let result = once(&model(DEPLOY, &[canary]), 1);
    let (_, alarm) = &result.alarms.0[0];
    let fired = alarm.first_at_s.unwrap()[0];
    assert!((630.0..700.0).contains(&fired), "{fired}");
    assert_eq!(alarm.responses[0].helped, 1);
    let done = alarm.responses[0].done_at_s.unwrap();
    assert!((done - fired - 180.0).abs() < 1e-6);
    let share = failing(&result, 625.0, done - 5.0);
    assert!((share - 0.075).abs() < 0.01, "{share}");
    assert!(failing(&result, done + 2.0, 1_195.0) < 1e-9);
    // The others are restarted with the version before: what is sent to them meanwhile fails.
    let errors = result.requests.failures.get("error").copied().unwrap();
    let expected = 0.075 * 200.0 * (done - 610.0);
    assert!(
        (errors as f64 / expected - 1.0).abs() < 0.1,
        "{errors} of {expected}"
    );
}

/// All at once: 30 % from the first second on.
#[test]
fn a_bad_version_everywhere_fails_everywhere() {
    let result = once(&model(DEPLOY, &["faults[0].order=BlueGreen"]), 1);
    let share = failing(&result, 602.0, 700.0);
    assert!((share - 0.3).abs() < 0.015, "{share}");
}

const STAMPEDE: &str = "topologies/failure/cache-stampede.ron";

/// 88 of 100 are found; emptied, the cache does not fill again, because the database is busy with
/// what nobody waits for. With one fetch for all who wait for an item it fills.
#[test]
fn a_cache_that_hides_too_much_does_not_come_back() {
    let flush = "faults=[Flush(target: \"cache\", share: 1.0, at: \"60s\")]";
    let asked = CapacitySettings {
        within: 0.2,
        after: Vec::new(),
        users: false,
    };
    let settings = Settings {
        replications: Some(2),
        ..Settings::new(1)
    };
    let found = capacity(&model(STAMPEDE, &[flush]), &settings, &asked).unwrap();
    let down = found.metastable.unwrap();
    assert_eq!(found.verdict, Verdict::Fail);
    // Whatever the order of items, a load that the database alone carries comes back.
    assert!(
        down.between[0] > 80.0 && down.between[1] < 400.0,
        "{down:?}"
    );
    let cold = |reason: &String| reason.contains("`cache` finds");
    assert!(
        down.sustained_by.iter().any(cold),
        "{:?}",
        down.sustained_by
    );
}
