//! Calls that are cancelled stop whoever works for them, against pencil and paper.

use std::path::Path;

use linchpin::diagnostic::Source;
use linchpin::experiment::result::{ComponentSummary, RunResult};
use linchpin::experiment::{Settings, run};
use linchpin::topology::load_source;

/// Ten requests a second, each of which waits 10 ms for 30 ms of the database.
const GIVES_UP: &str = r#"(
    name: "gives up",
    components: {
        "app": AppServer(cores: 1, threads: 1, operations: { "default": [Call("mid")] }),
        "mid": AppServer(cores: 1, threads: 1, operations: { "default": [Call("db")] }),
        "db": AppServer(cores: 1, threads: 1, service: "30ms"),
    },
    links: { "app -> mid": (timeout: "10ms") },
    entry: "app",
    workload: { "users": Open(rate: "10/s", arrivals: Deterministic) },
    run: (start: Cold, replications: 1, duration: "10s"),
)"#;

fn loaded(text: &str, assignments: &[&str]) -> Result<RunResult, String> {
    let source = Source::new("gives-up.ron", text.to_owned());
    let (loaded, problems) = load_source(source, Path::new(""), "--set", assignments);
    match loaded.filter(|_| !problems.has_errors()) {
        Some(loaded) => Ok(run(&loaded.model, &Settings::new(1)).unwrap()),
        None => Err(problems.human(false)),
    }
}

fn played(assignments: &[&str]) -> RunResult {
    loaded(GIVES_UP, assignments).unwrap()
}

fn part<'r>(result: &'r RunResult, name: &str) -> &'r ComponentSummary {
    result.components.get(name).unwrap()
}

fn busy(result: &RunResult) -> f64 {
    part(result, "db").utilisation.value.unwrap()
}

const FIRST: &str = r#"links."app -> mid".cancel=true"#;
const SECOND: &str = r#"links."mid -> db"=(cancel: true)"#;

/// All of the database's 30 ms are wasted, a share of 0.3 of its time; only 10 ms of them where
/// both calls cancel. Where the second does not, the middle is told, and the database works on.
#[test]
fn who_gives_up_stops_those_who_work_for_it() {
    let near = |value: f64, expected: f64| (value - expected).abs() < 2e-3;
    let works_on = played(&[]);
    assert!(near(busy(&works_on), 0.3), "{}", busy(&works_on));
    let cancels = played(&[FIRST, SECOND]);
    assert!(near(busy(&cancels), 0.1), "{}", busy(&cancels));
    assert!(near(part(&cancels, "db").wasted_s.value.unwrap(), 0.1));
    assert_eq!(part(&cancels, "db").failures.get("cancelled"), Some(&100));
    assert_eq!(part(&cancels, "mid").failures.get("cancelled"), Some(&100));
    assert_eq!(cancels.requests.failed, 100);
    let half = played(&[FIRST]);
    assert!(near(busy(&half), 0.3), "{}", busy(&half));
    assert_eq!(part(&half, "db").failures.get("cancelled"), None);
    // Threads come free at once: 10 ms of each 100 ms instead of 30.
    let threads = |run: &RunResult| {
        let used = part(run, "mid").resources.get("threads").unwrap();
        used.utilisation.value.unwrap()
    };
    assert!(near(threads(&works_on), 0.3), "{}", threads(&works_on));
    assert!(near(threads(&half), 0.1), "{}", threads(&half));
}

/// Those who wait leave their queue, be it for a thread or for a processor: at 150/s one comes
/// every 6.7 ms and goes after 10, so that there are never more than two.
#[test]
fn who_is_cancelled_leaves_its_queue() {
    let open = [
        "app.threads=9",
        "mid.threads=9",
        "workload.users.rate=\"150/s\"",
    ];
    for queue in ["db.threads=1", "db.threads=9", "db.discipline=Fcfs"] {
        let run = played(&[&[FIRST, SECOND, queue], &open[..]].concat());
        let db = part(&run, "db");
        assert!(busy(&run) > 0.99, "{queue}: {}", busy(&run));
        assert!(db.in_system.max <= 2, "{queue}: {:?}", db.in_system);
        assert_eq!(run.requests.succeeded, 0);
    }
}

/// Branches of a visit that is cancelled stop as well, and an answer that comes in time is nobody's
/// to cancel.
#[test]
fn branches_stop_and_answers_count() {
    let fork = r#"mid.operations={"default": [Parallel([[Call("db")], [Cpu("50ms")]])]}"#;
    let run = played(&[FIRST, SECOND, fork]);
    let used = part(&run, "mid").resources.get("cpu").unwrap();
    let used = used.utilisation.value.unwrap();
    assert!((used - 0.1).abs() < 2e-3, "{used}");
    assert!((busy(&run) - 0.1).abs() < 2e-3);
    let quick = played(&[FIRST, SECOND, "db.service=\"5ms\""]);
    assert_eq!((quick.requests.failed, quick.requests.succeeded), (0, 100));
}

/// S21: a second copy goes out after 5 ms to the other node, and is cancelled when the first has
/// been answered after 30: 55 ms of two nodes in place of 60.
#[test]
fn the_copy_that_loses_stops() {
    let run = |cancel: &str| {
        let link = format!("links.\"mid -> db\"=(hedge: (after: \"5ms\"), cancel: {cancel})");
        let base = [r#"links."app -> mid"=()"#, "db.replicas=2", &link];
        busy(&played(&base))
    };
    let (loses, runs_on) = (run("true"), run("false"));
    assert!((loses - 0.275).abs() < 2e-3, "{loses}");
    assert!((runs_on - 0.3).abs() < 2e-3, "{runs_on}");
}

/// The middle crashes 5 ms after the request of 5.0 s has come: it says nothing to anybody, and the
/// database works its 30 ms for that one, on one of two nodes, whether their open requests are
/// counted or not: 49 x 10 + 30 ms.
#[test]
fn who_crashes_cancels_nothing() {
    for chosen in ["RoundRobin", "LeastConnections(ties: First)"] {
        let link = format!("links.\"mid -> db\"=(cancel: true, balance: {chosen})");
        let crash = r#"faults=[Crash(target: "mid", at: "5005ms")]"#;
        let run = played(&[FIRST, &link, "db.replicas=2", crash]);
        let expected = 0.52 / 10.0 / 2.0;
        assert!(
            (busy(&run) - expected).abs() < 3e-4,
            "{chosen}: {}",
            busy(&run)
        );
    }
}

/// A place in a bulkhead comes free when its attempt is cancelled from above.
#[test]
fn cancelled_attempts_leave_their_bulkhead() {
    let guarded = r#"links."mid -> db"=(cancel: true, bulkhead: 1)"#;
    let run = played(&[FIRST, guarded]);
    assert_eq!(part(&run, "mid").failures.get("bulkhead_full"), None);
    assert_eq!(part(&run, "db").failures.get("cancelled"), Some(&100));
}

/// A cancellation that nothing could lead to is refused.
#[test]
fn a_call_that_nobody_gives_up_has_nothing_to_cancel() {
    let refused = loaded(GIVES_UP, &[r#"links."app -> mid"=(cancel: true)"#]).unwrap_err();
    assert!(refused.contains("ever given up"), "{refused}");
    assert!(loaded(GIVES_UP, &[r#"links."app -> mid".cancel=false"#]).is_ok());
    let patience = [
        r#"links."app -> mid"=(cancel: true)"#,
        r#"links."users -> app"=(cancel: true)"#,
        r#"classes.default=(patience: "10ms")"#,
    ];
    let left = played(&patience);
    assert_eq!(part(&left, "mid").failures.get("cancelled"), Some(&100));
}
