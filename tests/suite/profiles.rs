//! Test profiles on shipped topologies.

use linchpin::experiment::result::{PointVerdict, ProfileSummary, Verdict};
use linchpin::experiment::{Profile, Settings, profile};

use crate::support::files::model;
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
        assert!((60.0..66.0).contains(&back), "{phase:?}");
    }
    // Static pages, 0.7 of all, need neither the tomcat nor what stands behind it.
    for (part, lost) in [("tomcat", 0.3), ("mysql", 0.3), ("h2", 0.3), ("nginx", 1.0)] {
        let phase = found
            .phases
            .iter()
            .find(|phase| phase.part == part)
            .unwrap();
        assert!((phase.lost_share - lost).abs() < 0.03, "{phase:?}");
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
