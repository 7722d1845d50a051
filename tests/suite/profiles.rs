//! Test profiles on shipped topologies.

use linchpin::experiment::result::{PointVerdict, ProfileSummary, Verdict};
use linchpin::experiment::{Profile, Settings, profile};

use crate::support::files::{model, written};
use crate::support::program::linchpin;

/// The negative test of a file, twice.
fn negative(file: &str) -> (Verdict, ProfileSummary) {
    let settings = Settings {
        replications: Some(2),
        ..Settings::new(1)
    };
    let found = profile(&model(file, &[]), &settings, Profile::Negative).unwrap();
    (found.verdict, found.profile.unwrap())
}

/// 100/s of one core over a line that is full at 2,500/s: no load exceeds that bandwidth.
#[test]
fn a_bandwidth_that_nothing_can_fill_is_not_tested() {
    const NARROW: &str = r#"(
        name: "narrow",
        components: {
            "lb": LoadBalancer(to: "app", service: "0s"),
            "app": AppServer(
                cores: 1, threads: 50, backlog: 10, discipline: Fcfs,
                operations: { "default": [Cpu(Exponential("10ms")), Reply("5KB")] },
            ),
        },
        links: { "lb -> app": (bandwidth: "100Mbps") },
        entry: "lb",
        workload: { "users": Open(rate: "50/s") },
    )"#;
    let model = written::<&str>(NARROW, &[]);
    let refused = profile(&model, &Settings::new(1), Profile::Fatigue).unwrap_err();
    let text = refused.to_string();
    assert!(text.contains("no bandwidth can be exceeded"), "{text}");
}

/// Everything is single: nothing comes back before its part does, after a minute, and everything
/// does right then.
#[test]
fn of_single_parts_none_can_be_taken_away() {
    let (verdict, found) = negative("topologies/slipp.ron");
    assert_eq!(verdict, Verdict::Fail);
    assert!(!found.passed);
    let parts: Vec<&str> = found.phases.iter().map(|phase| &*phase.part).collect();
    assert_eq!(parts, ["dns", "nginx", "tomcat", "mysql", "h1", "h2", "sw"]);
    for phase in &found.phases {
        assert_eq!(phase.verdict, PointVerdict::Persistent, "{phase:?}");
        assert!((phase.to_s - phase.from_s - 60.0).abs() < 1e-9);
        let back = phase.back_after_s.unwrap();
        assert!((60.0..64.1).contains(&back), "{phase:?}");
    }
    // Static pages, 0.7 of all, need neither the tomcat nor what stands behind it: of some 36,000
    // requests in the time that is looked at, with a standard error of 0.0024.
    for (part, lost, error) in [
        ("tomcat", 0.3, 0.0024),
        ("mysql", 0.3, 0.0024),
        ("h2", 0.3, 0.0024),
        ("nginx", 1.0, 0.0),
        ("sw", 1.0, 0.0),
    ] {
        let phase = found
            .phases
            .iter()
            .find(|phase| phase.part == part)
            .unwrap();
        assert!((phase.lost_share - lost).abs() <= 4.0 * error, "{phase:?}");
    }
}

/// Of two of everything each can go; what is felt is the takeover: VRRP within 3.6 s, health checks
/// within 6 s, the promotion of a standby after 30 s (to the width of a bucket, 4 s).
#[test]
fn of_two_of_everything_each_can_be_taken_away() {
    let (_, found) = negative("topologies/slipp-redundant.ron");
    assert!(found.passed, "{}", found.answer);
    let phase = |part: &str| {
        found
            .phases
            .iter()
            .find(|phase| phase.part == part)
            .unwrap()
    };
    assert_eq!(phase("dns/1").verdict, PointVerdict::Masked);
    for (part, most) in [
        ("lb/1", 3.7),
        ("nginx/1", 6.0),
        ("tomcat/1", 6.0),
        ("mysql/1", 30.5),
    ] {
        let phase = phase(part);
        assert_eq!(phase.verdict, PointVerdict::Transient, "{phase:?}");
        assert!(phase.back_after_s.unwrap() < most + 2.0 * 4.3, "{phase:?}");
    }
    assert!(phase("mysql/1").back_after_s.unwrap() >= 30.0);
}

/// A profile of a file, twice.
pub fn under_load(file: &str, set: &[&str], which: Profile) -> (Verdict, ProfileSummary) {
    let settings = Settings {
        replications: Some(2),
        ..Settings::new(1)
    };
    let found = profile(&model(file, set), &settings, which).unwrap();
    (found.verdict, found.profile.unwrap())
}

#[test]
fn next_to_no_load_is_answered() {
    let (verdict, found) = under_load("topologies/slipp.ron", &[], Profile::Smoke);
    // So few requests leave the quantile open.
    assert!(found.passed && verdict != Verdict::Fail, "{}", found.answer);
    assert_eq!(found.legs.len(), 1);
    // A hundredth of 120/s: 720 requests in two times five minutes.
    assert!(
        (found.legs[0].offered_rps - 1.2).abs() < 0.15,
        "{:?}",
        found.legs
    );
    let broken = ["links.\"users -> lb\"=(timeout: \"1ms\")"];
    let (verdict, found) = under_load("topologies/three-tier.ron", &broken, Profile::Smoke);
    assert!(
        !found.passed && verdict == Verdict::Fail,
        "{}",
        found.answer
    );
}

/// A queue that is longer under more load is no failure, however many replications look at it.
#[test]
fn a_climb_does_not_depend_on_the_number_of_replications() {
    for file in ["theory/repairman", "theory/mm1"] {
        for replications in [1, 5, 20] {
            let settings = Settings {
                replications: Some(replications),
                ..Settings::new(1)
            };
            let model = model(format!("topologies/{file}.ron"), &[]);
            let found = profile(&model, &settings, Profile::Load).unwrap();
            let found = found.profile.unwrap();
            assert!(found.passed, "{file} {replications}: {}", found.answer);
        }
    }
}

/// Ten steps; with one core where four are needed, it answers worse from some step on.
#[test]
fn a_climb_shows_the_step_from_which_it_answers_worse() {
    let file = "topologies/three-tier.ron";
    let (_, found) = under_load(file, &[], Profile::Load);
    assert!(found.passed, "{}", found.answer);
    let loads: Vec<f64> = found.legs.iter().map(|leg| leg.load).collect();
    assert!((loads[0] - 0.1).abs() < 1e-12 && (loads[9] - 1.0).abs() < 1e-12);
    let narrow = [
        "was.replicas=1",
        "was.cores=1",
        "was.threads=4",
        "was.backlog=4",
    ];
    let (verdict, found) = under_load(file, &narrow, Profile::Load);
    assert!(!found.passed && verdict == Verdict::Fail);
    assert!(found.answer.starts_with("from "), "{}", found.answer);
}

/// One server that carries mu = 1/s at 0.5/s. Up to 1.5 mu: the climb of 120 s from 0.5 to 1.5 is
/// above mu for 60 s, with a mean excess of 0.25/s, the 180 s held add 0.5/s: 105 wait at the end
/// and are worked off at 0.5/s, in 210 s.
#[test]
fn a_backlog_is_worked_off_in_its_own_time() {
    let set = [
        "workload.users.rate=\"50/s\"",
        "server.service=Exponential(\"10ms\")",
    ];
    let (_, found) = under_load("topologies/theory/mm1.ron", &set, Profile::Stress);
    let legs: Vec<&str> = found.legs.iter().map(|leg| &*leg.name).collect();
    assert_eq!(legs, ["expected", "climb", "overload", "after"]);
    assert!((found.legs[2].load - 3.0).abs() < 1e-9, "{:?}", found.legs);
    assert!(
        (found.legs[2].throughput_rps / 100.0 - 1.0).abs() < 0.03,
        "{:?}",
        found.legs
    );
    assert!(
        (found.legs[2].offered_rps / 150.0 - 1.0).abs() < 0.03,
        "{:?}",
        found.legs
    );
    assert!(found.passed, "{}", found.answer);
    let back = found.back_after_s.unwrap();
    assert!((back / 210.0 - 1.0).abs() < 0.15, "{back}");
}

/// 87.5 answers of 80 kB a second are 70 % of the card's 80 Mbit/s; a quarter more than it carries
/// are 1.25 / 0.7 of that load. Of exponential sizes a shared card at work completes 125/s whatever
/// waits (of equal ones less, since all are half done).
#[test]
fn more_than_the_card_carries_is_queued_and_worked_off() {
    let set = ["images.operations={\"default\": [Reply(Exponential(\"80KB\"))]}"];
    let (_, found) = under_load("topologies/features/nic.ron", &set, Profile::Fatigue);
    let leg = &found.legs[2];
    assert!((leg.load / (1.25 / 0.7) - 1.0).abs() < 0.03, "{leg:?}");
    assert!((leg.offered_rps / 156.25 - 1.0).abs() < 0.04, "{leg:?}");
    assert!((leg.throughput_rps / 125.0 - 1.0).abs() < 0.04, "{leg:?}");
    assert!(found.passed, "{}", found.answer);
    let run = ["run", "topologies/theory/mm1.ron", "--profile", "fatigue"];
    let ran = linchpin(&run).exits(2);
    assert!(ran.stderr.contains("`bandwidth`"), "{}", ran.stderr);
}

/// 64 KiB of each request stay behind.
#[test]
fn a_soak_finds_the_leak_and_when_it_is_full() {
    let file = "topologies/failure/memory-leak.ron";
    let (verdict, found) = under_load(file, &[], Profile::Soak);
    assert!(
        !found.passed && verdict == Verdict::Fail,
        "{}",
        found.answer
    );
    let leak = &found.leaks[0];
    let rate = found.legs[0].offered_rps;
    let nodes = 2.0;
    let expected = rate / nodes * 65_536.0;
    let slope = leak.left_bytes_per_s.value.unwrap();
    assert!(
        (slope / expected - 1.0).abs() < 0.03,
        "{slope} for {expected}"
    );
    // 2 GiB less the program's own 512 MiB, requests under way aside.
    let full = leak.full_after_s.unwrap();
    assert!(
        (full / (1536.0 * 1_048_576.0 / slope) - 1.0).abs() < 0.02,
        "{full}"
    );
    let cured = ["app.memory.leak=\"0B\""];
    let (_, found) = under_load(file, &cured, Profile::Soak);
    assert!(found.passed && found.leaks.is_empty(), "{}", found.answer);
}

/// 1.2/s reach a server of 1/s: 0.2 more a second hold a thread, 720 an hour, and 10,000 of them
/// are held after 50,000 s. In eight hours 5,760 pile up, give or take 252, which is the root of
/// 2.2/s x 28,800 s.
#[test]
fn a_soak_names_what_piles_up_and_when_it_is_full() {
    let set = ["workload.users.rate=\"1.2/s\"", "server.threads=10000"];
    let (verdict, found) = under_load("topologies/theory/mm1.ron", &set, Profile::Soak);
    assert!(
        !found.passed && verdict == Verdict::Fail,
        "{}",
        found.answer
    );
    let slope = |name: &str| {
        found
            .slopes
            .iter()
            .find(|one| one.resource == name)
            .unwrap()
    };
    let (inside, threads) = (slope("requests inside"), slope("threads of `server`"));
    for one in [inside, threads] {
        let per_hour = one.per_hour.value.unwrap();
        assert!(
            one.grows && (per_hour / 720.0 - 1.0).abs() < 0.15,
            "{one:?}"
        );
    }
    let full = threads.full_after_s.unwrap();
    assert!((full / 50_000.0 - 1.0).abs() < 0.15, "{full}");
    let asked = &found.questions[1];
    assert_eq!(asked.good, Some(false));
    assert!(
        asked
            .answer
            .starts_with("more and more: threads of `server` by"),
        "{}",
        asked.answer
    );
    // A thousand are held after 5,000 s, long before the end: nothing grows from then on.
    let few = ["workload.users.rate=\"1.2/s\"", "server.threads=1000"];
    let (_, found) = under_load("topologies/theory/mm1.ron", &few, Profile::Soak);
    let mut slopes = found.slopes.iter();
    let threads = slopes.find(|one| one.resource == "threads of `server`");
    let full = threads.unwrap().full_after_s.unwrap();
    assert!((full / 5_000.0 - 1.0).abs() < 0.2, "{full}");
    // Half the load leaves nothing behind.
    let calm = ["workload.users.rate=\"0.5/s\"", "server.threads=10000"];
    let (_, found) = under_load("topologies/theory/mm1.ron", &calm, Profile::Soak);
    assert!(found.passed, "{}", found.answer);
    assert!(
        found.slopes.iter().all(|one| !one.grows),
        "{:?}",
        found.slopes
    );
}

/// Five times the load of the file for a minute.
/// Four threads of 40 ms carry 100/s, whatever eight cores could do: 150/s for 3 min and the climb
/// leave a backlog that 100/s work off beside the 50/s of the file.
#[test]
fn an_overload_of_threads_is_worked_off() {
    const THREADS: &str = r#"(
        name: "threads",
        components: { "a": AppServer(
            cores: 8, threads: 4, backlog: Unlimited, contention: (sigma: 0, kappa: 0),
            operations: { "default": [Cpu(Exponential("10ms")), Wait(Exponential("30ms"))] },
        ) },
        entry: "a",
        workload: { "users": Open(rate: "50/s") },
        objectives: ["p95 < 500ms"],
    )"#;
    let settings = Settings {
        replications: Some(2),
        ..Settings::new(1)
    };
    let found = profile(&written::<&str>(THREADS, &[]), &settings, Profile::Stress).unwrap();
    assert_eq!(found.verdict, Verdict::Pass, "{}", found.verdict_reason);
    let legs = found.profile.unwrap().legs;
    assert_eq!(legs[2].name, "overload");
    for (seen, expected) in [
        (legs[2].offered_rps, 150.0),
        (legs[2].throughput_rps, 100.0),
    ] {
        assert!((seen / expected - 1.0).abs() < 0.05, "{legs:?}");
    }
}

#[test]
fn a_rush_is_held_for_a_minute() {
    let set = [
        "workload.users.rate=\"30/s\"",
        "server.service=Exponential(\"10ms\")",
    ];
    let (_, found) = under_load("topologies/theory/mm1.ron", &set, Profile::Spike);
    assert!((found.legs[1].load - 5.0).abs() < 1e-12);
    assert!(found.passed, "{}", found.answer);
    // (150 - 100) x 60 wait, and 70 a second are worked off: 43 s.
    let back = found.back_after_s.unwrap();
    assert!((back - 43.0).abs() < 12.0, "{back}");
}

#[test]
fn a_profile_has_its_own_length_and_faults() {
    for (more, problem) in [
        (["--duration", "5m"], "a profile has its own length"),
        (["--inject", "sw crash @1m"], "cannot be used with"),
        (
            ["--set", "run.start=Cold"],
            "a profile meets a system at work",
        ),
    ] {
        let run = ["run", "topologies/slipp.ron", "--profile", "negative"];
        let ran = linchpin(&[&run[..], &more].concat());
        assert_eq!(ran.code, Some(2), "{}", ran.stderr);
        assert!(ran.stderr.contains(problem), "{}", ran.stderr);
    }
}

/// A pass without objectives says upon what it rests.
#[test]
fn a_profile_without_objectives_says_what_its_verdict_rests_on() {
    let queue = "topologies/features/central-queue.ron";
    let few = ["--replications", "2", "--profile", "smoke"];
    let page = |set: &[&str]| {
        let ran = linchpin(&[&["run", queue][..], &few, set].concat()).exits(0);
        ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let bare = page(&[]);
    assert!(
        bare.contains("the file has no objectives: the verdict"),
        "{bare}"
    );
    let kept = page(&["--set", "objectives=[\"mean < 10s\"]"]);
    assert!(!kept.contains("no objectives"), "{kept}");
}
