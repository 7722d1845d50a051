//! What is said of an experiment that was stopped in the middle: what was seen, and nothing else.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use linchpin::experiment::fewest::Values;
use linchpin::experiment::result::fewest::Value;
use linchpin::experiment::result::frontier::{FrontierAxis, FrontierResult, Standing};
use linchpin::experiment::result::{CompareResult, Verdict};
use linchpin::experiment::{
    FewestSettings, HighestSettings, Load, Progress, Settings, compare, fewest, frontier, highest,
    run,
};

use crate::support::files::{candidate, model};

/// Raises the stop flag after some replications.
struct Impatient {
    left: AtomicI64,
    stop: Arc<AtomicBool>,
}

impl Impatient {
    fn after(steps: i64) -> Self {
        Self {
            left: steps.into(),
            stop: Arc::default(),
        }
    }

    /// On one thread, so that the same replications are done every time.
    fn settings(&self) -> Settings<'_> {
        Settings {
            jobs: 1,
            stop: Arc::clone(&self.stop),
            progress: self,
            ..Settings::new(1)
        }
    }
}

impl Progress for Impatient {
    fn phase(&self, _text: &str, _replications: Option<u64>) {}

    fn step(&self) {
        if self.left.fetch_sub(1, Ordering::Relaxed) <= 1 {
            self.stop.store(true, Ordering::Relaxed);
        }
    }
}

#[test]
fn a_run_reports_what_was_done() {
    let base = model("topologies/three-tier.ron", &[]);
    let impatient = Impatient::after(3);
    let settings = Settings {
        replications: Some(20),
        requests: Some(1_000),
        ..impatient.settings()
    };
    let result = run(&base, &settings).unwrap();
    assert!(result.partial);
    assert_eq!((result.replications, result.requests.offered), (3, 3_000));
    let at_once = Settings {
        stop: Arc::new(true.into()),
        ..Settings::new(1)
    };
    let nothing = run(&base, &at_once).unwrap();
    assert!(nothing.partial);
    assert_eq!(nothing.verdict, Verdict::Undecided);
}

/// Ten replications or so a value: the second value is not finished, and no third is begun.
#[test]
fn a_search_for_the_fewest_keeps_what_it_has_seen() {
    const STAFFING: &str = "topologies/theory/staffing.ron";
    for steps in [1, 8, 20, 40] {
        let impatient = Impatient::after(steps);
        let settings = Settings {
            load: Some(Load::Rate(40.0)),
            ..impatient.settings()
        };
        let asked = FewestSettings {
            find: "servers.replicas".to_owned(),
            values: Values::Whole(1, 1_000),
            survive: 0,
            component: Some("servers".to_owned()),
        };
        let with = |value: &Value| match value {
            Value::Whole(number) => Some(model(STAFFING, &[&format!("servers.replicas={number}")])),
            Value::Machine(_) => None,
        };
        let found = fewest(&model(STAFFING, &[]), &settings, &asked, &with).unwrap();
        assert!(found.partial);
        assert_eq!((found.verdict, &found.found), (Verdict::Undecided, &None));
        for one in &found.tried {
            let states = one.states.iter();
            assert!(
                states.clone().all(|state| state.replications >= 2),
                "{one:?}"
            );
            let Value::Whole(number) = one.value else {
                panic!("a number is sought");
            };
            // Erlang C: 46.
            assert!(one.kept == Some(number >= 46), "{steps}: {one:?}");
        }
    }
}

#[test]
fn designs_that_were_not_run_are_not_called_overloaded() {
    const THREE: &str = "topologies/theory/three-tier.ron";
    let numbers = ["8", "9", "10"];
    let designs = numbers.map(|cores| {
        let set = format!("db.cores={cores}");
        candidate(&set, THREE, &[&set, "objectives=[\"p95 < 200ms\"]"])
    });
    let axes = vec![FrontierAxis {
        path: "db.cores".to_owned(),
        values: numbers.map(str::to_owned).to_vec(),
    }];
    // Stopped among the runs, and, later, among the searches for what each carries.
    for (steps, capacity) in [(5, false), (100, true)] {
        let impatient = Impatient::after(steps);
        let settings = Settings {
            replications: Some(4),
            requests: Some(2_000),
            ..impatient.settings()
        };
        let found = frontier(&designs, axes.clone(), &settings, capacity).unwrap();
        none_is_overloaded(&found);
    }
}

fn none_is_overloaded(found: &FrontierResult) {
    assert!(found.partial);
    let unseen = |one: &&_| matches!(one, Standing::Unseen);
    let standings: Vec<Standing> = found.points.iter().map(|one| one.standing).collect();
    assert!(
        standings.iter().filter(unseen).count() >= 2,
        "{standings:?}"
    );
    assert!(!standings.contains(&Standing::Overloaded), "{standings:?}");
    assert!(
        found.verdict_reason.contains("not run"),
        "{}",
        found.verdict_reason
    );
}

fn both(settings: &Settings<'_>, set: &[&str]) -> CompareResult {
    const UP: &str = "topologies/theory/scale-up.ron";
    let designs = [candidate("up", UP, &[]), candidate("other", UP, set)];
    compare(&designs, settings).unwrap()
}

#[test]
fn a_design_without_numbers_is_not_called_saturated() {
    let impatient = Impatient::after(3);
    let settings = Settings {
        replications: Some(3),
        requests: Some(2_000),
        ..impatient.settings()
    };
    let found = both(&settings, &[]);
    assert!(found.partial && !found.verdict_reason.contains("saturated"));
    assert!(
        found.verdict_reason.contains("not measured"),
        "{}",
        found.verdict_reason
    );
}

/// Neither loads nor numbers of users differ without a word.
#[test]
fn designs_under_unlike_loads_are_told() {
    let settings = Settings {
        replications: Some(2),
        requests: Some(1_000),
        ..Settings::new(1)
    };
    let warned = |set: &[&str]| {
        let found = both(&settings, set);
        let mut warnings = found.warnings.into_iter();
        warnings
            .find(|one| one.code == "unlike_loads")
            .map(|one| one.text)
    };
    assert_eq!(warned(&[]), None);
    let text = warned(&["workload.users=Open(rate: \"1/s\")"]).unwrap();
    assert!(text.contains("1.4/s") || text.contains("1.400/s"), "{text}");
    assert!(warned(&["workload.users=Closed(users: 3, think: \"1s\")"]).is_some());
}

/// 464.20/s is the answer: the loads that were looked at lie on both sides of it.
#[test]
fn a_search_for_the_highest_load_says_between_which_it_lies() {
    let base = model(
        "topologies/theory/three-tier.ron",
        &["objectives=[\"p95 < 50ms\"]"],
    );
    let impatient = Impatient::after(70);
    let asked = HighestSettings {
        within: 0.001,
        users: false,
    };
    let found = highest(&base, &impatient.settings(), asked).unwrap();
    assert!(found.partial && found.load.is_none());
    assert!(
        found.verdict_reason.contains("kept every objective so far"),
        "{found:?}"
    );
    // Short runs tell loads apart that are further off.
    let told = found
        .tried
        .iter()
        .filter(|one| (one.load / 464.2 - 1.0).abs() > 0.03);
    assert!(told.clone().count() >= 3, "{:?}", found.tried);
    for one in told {
        assert_eq!(one.kept, one.load < 464.2, "{one:?}");
    }
}
