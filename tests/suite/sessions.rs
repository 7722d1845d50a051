//! What is lost with a node - sessions of persons, writes that nobody else has - against pencil and
//! paper.

use std::path::Path;

use linchpin::diagnostic::Source;
use linchpin::experiment::result::session::SessionSummary;
use linchpin::experiment::result::{ComponentSummary, RunResult, SpofResult};
use linchpin::experiment::{Settings, SpofSettings, run, spof};
use linchpin::topology::load_source;

use crate::support::files::written;

fn played(text: &str, assignments: &[&str]) -> RunResult {
    run(&written(text, assignments), &Settings::new(1)).unwrap()
}

fn part<'r>(result: &'r RunResult, name: &str) -> &'r ComponentSummary {
    result.components.get(name).unwrap()
}

/// 60 users ask every second for 1 ms; three servers in turn, of which the first is lost after 10 s
/// for 10 s. Nobody checks: who belongs there fails until it is back.
const USERS: &str = r#"(
    name: "kept",
    components: {
        "lb": LoadBalancer(to: "was", service: "0s", sticky: Cookie),
        "was": AppServer(
            replicas: 3, cores: 1, threads: Unlimited, backlog: Unlimited, service: "1ms",
            sessions: Local,
        ),
    },
    entry: "lb",
    workload: { "users": Closed(users: 60, think: "1s") },
    faults: [Crash(target: "was/1", at: "10s", lasts: "10s")],
    run: (start: Cold, replications: 2, duration: "30s"),
)"#;

const RANDOM: &str = "workload.users.think=Exponential(\"1s\")";

fn sessions(assignments: &[&str]) -> SessionSummary {
    let result = played(USERS, assignments);
    part(&result, "was").sessions.expect("it keeps sessions")
}

/// S26: each of 60 users is dealt to a server once and stays there: 20 sessions are on the lost
/// one, in each of two replications. Its users belong to another server from the first look of the
/// balancer that finds it down, and begin a session there.
#[test]
fn sessions_are_lost_with_their_node_once() {
    let kept = sessions(&[]);
    let (begun, lost, live) = (2 * (60 + 20), 2 * 20, 2 * 60);
    let expected = SessionSummary {
        begun,
        lost,
        left_behind: 0,
        live,
    };
    assert_eq!(kept, expected);
}

/// Without cookies 60 users go in turn, two times of three to another server than the last time:
/// so many requests find no session of theirs and begin another.
#[test]
fn without_a_cookie_sessions_are_left_behind() {
    let text = USERS.replace(", sticky: Cookie", "");
    let result = played(&text, &["faults=[]", RANDOM]);
    let kept = part(&result, "was").sessions.unwrap();
    assert_eq!(kept.begun - kept.left_behind, 2 * 60);
    let share = kept.left_behind as f64 / result.requests.offered as f64;
    assert!((share - 2.0 / 3.0).abs() < 0.05, "{share}");
}

/// A copy on the next server, on all of them, or elsewhere: nothing is lost with one server. Each
/// copy costs `copy` of CPU: requests of 1 ms and one or two copies of 2 ms, on three cores.
#[test]
fn copies_outlive_a_server_and_cost_their_work() {
    let whole = "faults=[]";
    let busy = |sessions: &str| {
        let result = played(USERS, &[whole, sessions, "run.duration=\"60s\""]);
        let rate = result.throughput_rps.value.unwrap();
        (part(&result, "was").utilisation.value.unwrap(), rate)
    };
    for (stated, copies) in [
        ("Local", 0.0),
        ("Backup(copy: \"2ms\")", 1.0),
        ("All(copy: \"2ms\")", 2.0),
    ] {
        let assignment = format!("was.sessions={stated}");
        let (measured, rate) = busy(&assignment);
        let expected = rate * (0.001 + copies * 0.002) / 3.0;
        assert!(
            (measured / expected - 1.0).abs() < 0.03,
            "{stated}: {measured}, not {expected}"
        );
        if copies > 0.0 {
            let kept = sessions(&[&assignment]);
            assert_eq!((kept.lost, kept.left_behind), (0, 0), "{stated}");
            assert_eq!(kept.begun, 2 * 60, "{stated}");
        }
    }
}

/// Two of three servers at the same instant: copies on the next one are lost where both are gone, a
/// third of all, the user's own server being the first and its next one the second. Copies on all
/// are not, until the third is lost, too.
#[test]
fn copies_are_lost_with_the_last_node_that_has_one() {
    let two = r#"faults=[Crash(target: "was/1", at: "10s"), Crash(target: "was/2", at: "10s")]"#;
    let kept = sessions(&[two, "was.sessions=Backup(copy: \"1ms\")"]);
    assert_eq!(kept.lost, 2 * 20);
    let kept = sessions(&[two, "was.sessions=All(copy: \"1ms\")"]);
    assert_eq!(kept.lost, 0);
    let all = r#"faults=[Crash(target: "was", at: "10s")]"#;
    let kept = sessions(&[all, "was.sessions=All(copy: \"1ms\")"]);
    assert_eq!(kept.lost, 2 * 60);
    // One after the other, with requests between them that make a further copy: nothing is lost.
    let later = r#"faults=[Crash(target: "was/1", at: "10s"), Crash(target: "was/2", at: "20s")]"#;
    let kept = sessions(&[later, "was.sessions=Backup(copy: \"1ms\")"]);
    assert_eq!(kept.lost, 0);
}

/// A server of sessions is asked once before the work of each request; nothing is lost with the
/// application, and with the server everything.
#[test]
fn a_session_server_keeps_them_or_loses_them_all() {
    let server = [
        r#"components.kept=Cache(hit: 1.0, service: "5ms")"#,
        r#"was.sessions=Server("kept")"#,
    ];
    let result = played(USERS, &server);
    assert_eq!(part(&result, "was").sessions.unwrap().lost, 0);
    let asked = part(&result, "kept").throughput_rps.value.unwrap();
    let answered = part(&result, "was").throughput_rps.value.unwrap();
    assert!((asked / answered - 1.0).abs() < 0.01, "{asked} {answered}");
    let gone = r#"faults=[Crash(target: "kept", at: "10s", lasts: "10s")]"#;
    let result = played(USERS, &[server[0], server[1], gone]);
    let kept = part(&result, "was").sessions.unwrap();
    assert_eq!((kept.lost, kept.begun), (2 * 60, 2 * 120));
}

/// Sessions end when nobody uses them: after pauses of 1 s on average, a session that lives for
/// 500 ms is still there for 1 - exp(-0.5) of the requests, and for as many people at any time.
#[test]
fn sessions_end_when_nobody_uses_them() {
    let settings = [
        "was.session_ttl=\"500ms\"",
        "faults=[]",
        RANDOM,
        "run.duration=\"300s\"",
    ];
    let result = played(USERS, &settings);
    let kept = part(&result, "was").sessions.unwrap();
    let begun = kept.begun as f64 / result.requests.offered as f64;
    assert!((begun - libm::exp(-0.5)).abs() < 0.02, "{begun}");
    assert_eq!((kept.lost, kept.left_behind), (0, 0));
    // 2 x 60 x 0.39 = 47, give or take 5.
    assert!((28..=66).contains(&kept.live), "{kept:?}");
}

/// S26: 60 people behind one proxy have one address, and cookies of their own.
#[test]
fn people_behind_one_proxy_have_their_own_cookies() {
    let nodes = |assignments: &[&str]| {
        let base = [
            "faults=[]",
            "workload.users.behind_proxy=1.0",
            "run.replications=1",
        ];
        let result = played(USERS, &[&base[..], assignments].concat());
        let nodes = part(&result, "was").nodes.clone();
        nodes.0.iter().filter(|(_, used)| *used > 0.0).count()
    };
    assert_eq!(nodes(&[]), 3);
    assert_eq!(nodes(&["lb.policy=SourceHash"]), 1);
}

/// What a loss costs: a third of the sessions.
#[test]
fn a_loss_is_told_with_its_sessions() {
    let text = USERS.replace(
        "faults: [Crash(target: \"was/1\", at: \"10s\", lasts: \"10s\")],",
        "",
    );
    let text = text.replace("run:", "objectives: [\"error rate < 1%\"],\n    run:");
    let asked = SpofSettings {
        order: 1,
        ..SpofSettings::default()
    };
    let found: SpofResult = spof(&written::<&str>(&text, &[]), &Settings::new(1), &asked).unwrap();
    let points = found.single_points.iter().chain(&found.survived);
    let lost: Vec<_> = points
        .filter(|point| point.component.starts_with("was"))
        .map(|point| point.blast.as_ref().unwrap().lost_sessions_share.unwrap())
        .collect();
    assert!(!lost.is_empty());
    let is_third = |&lost: &f64| (lost - 1.0 / 3.0).abs() < 0.02;
    assert!(lost.iter().all(is_third), "{lost:?}");
}

/// A write every 10 ms that takes 1 ms; the others have it 55 ms later. The primary is lost at
/// 1.0025 s: of the writes answered at 0.951, 0.961 .. 1.001 s nobody else has any, 6 in all.
const WRITES: &str = r#"(
    name: "writes",
    components: {
        "db": Database(
            standbys: 1, cores: 1, service: "1ms", replication: Async(lag: "55ms"),
            failover: Automatic(detect: "100ms", promote: "200ms"),
        ),
    },
    entry: "db",
    workload: { "users": Open(rate: "100/s", arrivals: Deterministic) },
    faults: [Crash(target: "db/1", at: "1002500us")],
    run: (start: Cold, replications: 1, duration: "3s"),
)"#;

fn lost_writes(assignments: &[&str]) -> Option<u64> {
    part(&played(WRITES, assignments), "db").lost_writes
}

#[test]
fn a_promotion_loses_what_nobody_else_has() {
    assert_eq!(lost_writes(&[]), Some(6));
    // Back before the promotion at 1.3025 s: everything is there again.
    assert_eq!(lost_writes(&["faults[0].lasts=\"200ms\""]), Some(0));
    assert_eq!(lost_writes(&["db.replication.lag=\"4ms\""]), Some(1));
    assert_eq!(lost_writes(&["db.failover.promote=\"9s\""]), Some(0));
    assert_eq!(lost_writes(&["faults=[]"]), Some(0));
}

/// The standby is away: nobody has what is written from 500 ms on. Back at 995 ms it takes over
/// what has waited, and only the write of 1.001 s is lost; back when the primary is gone it is
/// promoted without the writes of 0.501, 0.511 .. 1.001 s.
#[test]
fn nobody_has_what_nobody_was_there_to_take() {
    let away = |lasts: &str| {
        let standby = format!("Crash(target: \"db/2\", at: \"500ms\", lasts: \"{lasts}\")");
        format!("faults=[{standby}, Crash(target: \"db/1\", at: \"1002500us\")]")
    };
    assert_eq!(lost_writes(&[&away("495ms")]), Some(1));
    assert_eq!(lost_writes(&[&away("700ms")]), Some(51));
}

/// Half-synchronous writes wait for the other node, and nothing is lost.
#[test]
fn what_waits_for_the_others_is_not_lost() {
    let result = played(
        WRITES,
        &["db.replication=SemiSync(acknowledge: \"3ms\")", "faults=[]"],
    );
    assert_eq!(part(&result, "db").lost_writes, None);
    assert!((result.response_time_s.mean.value.unwrap() - 0.004).abs() < 1e-9);
}

/// Words that would do nothing are refused.
#[test]
fn what_says_nothing_is_refused() {
    let refused = |text: &str, assignments: &[&str]| {
        let source = Source::new("kept.ron", text.to_owned());
        let (_, problems) = load_source(source, Path::new(""), "--set", assignments);
        assert!(problems.has_errors());
        problems.human(false)
    };
    let new = "workload.users=Open(rate: \"10/s\")";
    let said = refused(USERS, &[new]);
    for field in [
        "`sticky` knows people again",
        "`sessions` knows people again",
    ] {
        assert!(said.contains(field), "{said}");
    }
    assert!(said.contains("add `people: 1_000`"), "{said}");
    let said = refused(USERS, &["lb.layer=L4"]);
    assert!(said.contains("reads no cookies"), "{said}");
    let said = refused(USERS, &["lb.policy=CentralQueue"]);
    assert!(said.contains("keeps nobody at one"), "{said}");
    let scaled = r#"was.autoscale=(min: 1, max: 3, target: "cpu <= 60%", boot: "1m")"#;
    let all = r#"was.sessions=All(copy: "1ms")"#;
    let said = refused(&USERS.replace("replicas: 3, ", ""), &[scaled, all]);
    assert!(said.contains("come and go"), "{said}");
    let said = refused(WRITES, &["db.standbys=0"]);
    assert!(said.contains("`replication` of a database"), "{said}");
    let ttl = USERS.replace("sessions: Local", "session_ttl: \"1m\"");
    let said = refused(&ttl, &[]);
    assert!(said.contains("nothing is kept"), "{said}");
    let said = refused(USERS, &["was.sessions=Server(\"nobody\")"]);
    assert!(said.contains("nobody"), "{said}");
}
