//! Every test profile on the sale of a shop, `musinsa.ron`.

use linchpin::experiment::Profile;
use linchpin::experiment::result::Verdict;

use crate::profiles::under_load;

/// The sale asks for 370/s, a hundredth of it is not held to that; its spike rings an alarm that is
/// there, a minute's rush from the second minute on.
#[test]
fn less_load_is_not_asked_for_more_and_alarms_are_told() {
    let file = "topologies/musinsa.ron";
    for which in [Profile::Smoke, Profile::Load] {
        let (verdict, found) = under_load(file, &[], which);
        assert!(found.passed && verdict != Verdict::Fail, "{}", found.answer);
    }
    let rush = ["alarms={\"rush\": (when: \"throughput > 700/s\", every: \"10s\")}"];
    let (_, found) = under_load(file, &rush, Profile::Spike);
    let (_, after) = found.answer.split_once("`rush` after ").unwrap();
    let number: f64 = after.split(' ').next().unwrap().parse().unwrap();
    // Minutes or seconds, as words have it: in the third minute.
    assert!(
        (2.0..3.0).contains(&number) || (120.0..180.0).contains(&number),
        "{after}"
    );
    let quiet = ["alarms={\"rush\": (when: \"throughput > 9000/s\", every: \"10s\")}"];
    let (_, found) = under_load(file, &quiet, Profile::Spike);
    assert!(found.answer.contains("no alarm fires"), "{}", found.answer);
}

/// Half as much again as the line carries, which is 1e9 / 742,400 = 1,347/s. The balancer's standby
/// takes over 3 x 1 s + 156/256 s after its last advertisement, the database's within 10 + 20 s.
#[test]
fn a_stress_test_answers_its_questions_by_name() {
    let file = "topologies/musinsa.ron";
    let (_, found) = under_load(file, &[], Profile::Stress);
    assert!(found.passed, "{}", found.answer);
    let asked: Vec<_> = found
        .questions
        .iter()
        .map(|one| (one.question, one.good))
        .collect();
    let good = Some(true);
    assert_eq!(
        asked,
        [
            ("what does it carry?", None),
            ("does an alarm fire?", good),
            ("does the failover finish?", good),
            ("does it come back?", good),
        ]
    );
    let offered = found.legs[2].offered_rps;
    assert!(
        (offered / (1.5 * 1e9 / 742_400.0) - 1.0).abs() < 0.02,
        "{offered}"
    );
    let taken: Vec<_> = found
        .takeovers
        .iter()
        .map(|one| (&*one.part, one.finished_after_s))
        .collect();
    let [("lb/1", Some([lb, _])), ("db/1", Some([db, _]))] = taken[..] else {
        panic!("{taken:?}");
    };
    assert!(
        (lb - 3.61).abs() < 0.01 && (db - 30.0).abs() < 0.01,
        "{taken:?}"
    );
    for one in &found.takeovers {
        assert!(one.after_rps.unwrap() > 50.0, "{one:?}");
        assert!(one.from_s > found.legs[2].from_s && one.to_s < found.legs[2].to_s);
    }
    // While nobody balances, next to nothing is answered.
    let lost = &found.takeovers[0];
    assert!(lost.until_rps < 0.3 * lost.before_rps, "{lost:?}");
}

/// Without alarms and standbys there is nothing to notice with, and nobody to take over.
#[test]
fn a_stress_test_says_what_cannot_be_asked() {
    let bare = [
        "alarms={}",
        "lb=LoadBalancer(to: \"was\")",
        "db=Database(cores: 4, operations: {\"select\": [], \"insert\": []})",
    ];
    let (_, found) = under_load("topologies/musinsa.ron", &bare, Profile::Stress);
    let answers: Vec<_> = found
        .questions
        .iter()
        .map(|one| (&*one.answer, one.good))
        .collect();
    assert_eq!(answers[1], ("the file has no alarm", None));
    assert_eq!(answers[2], ("nothing has a failover", None));
    let deaf = [
        "alarms.slow.when=\"throughput > 9000/s\"",
        "alarms.errors.when=\"throughput > 9000/s\"",
    ];
    let (verdict, found) = under_load("topologies/musinsa.ron", &deaf, Profile::Stress);
    assert!(
        !found.passed && verdict == Verdict::Fail,
        "{}",
        found.answer
    );
    assert!(found.answer.contains("no alarm fires"), "{}", found.answer);
}

/// A quarter more than the line carries: 1,684/s.
#[test]
fn the_sale_answers_for_every_profile() {
    let file = "topologies/musinsa.ron";
    let (_, found) = under_load(file, &[], Profile::Fatigue);
    assert!(found.passed, "{}", found.answer);
    let offered = found.legs[2].offered_rps;
    assert!(
        (offered / (1.25 * 1e9 / 742_400.0) - 1.0).abs() < 0.03,
        "{offered}"
    );
    for which in [Profile::Performance, Profile::Soak, Profile::Negative] {
        let (_, found) = under_load(file, &[], which);
        assert!(found.passed, "{}: {}", which.word(), found.answer);
    }
    // Five times the sale is more than the line takes: the rush itself is slow.
    let (verdict, found) = under_load(file, &[], Profile::Spike);
    assert!(found.passed && verdict != Verdict::Pass, "{}", found.answer);
    assert!(found.back_after_s.unwrap() > 10.0);
}
