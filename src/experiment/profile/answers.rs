//! When the answer of a profile that is a load is good.

use super::kind::{Given, Profile};
use super::legs::Course;
use super::slopes::slopes;
use super::takeovers;
use super::under_load::{OVERLOAD, question};
use crate::experiment::result::profile::{Asked, Exhaustion, ProfileSummary, Slope, TakeoverTried};
use crate::experiment::result::{ComponentSummary, ObjectiveVerdict, RunResult, Verdict};
use crate::experiment::sample::Sample;
use crate::experiment::words;

/// How it went.
pub fn summary(
    profile: Profile,
    (course, given): (Course, &Given),
    (sample, run): (&Sample<'_>, &RunResult),
) -> ProfileSummary {
    let mut found = ProfileSummary {
        name: profile.word(),
        question: question(profile),
        passed: false,
        answer: String::new(),
        questions: Vec::new(),
        phases: Vec::new(),
        legs: Vec::new(),
        back_after_s: None,
        leaks: Vec::new(),
        slopes: Vec::new(),
        takeovers: Vec::new(),
    };
    match profile {
        Profile::Smoke => (found.passed, found.answer) = smoke(&course, run),
        Profile::Negative | Profile::Performance => {
            (found.passed, found.answer) = performance(&course, run);
        }
        Profile::Load => (found.passed, found.answer) = climbed(&course, run),
        Profile::Stress | Profile::Spike | Profile::Fatigue => {
            found.back_after_s = course.back_after_s(course.legs.len() - 1, 0);
            if profile == Profile::Stress {
                let model = sample.bench.model;
                found.takeovers = takeovers::tried(model, &given.losses, &course, OVERLOAD);
            }
            found.questions = overloaded(profile, &course, run, &found);
        }
        Profile::Soak => {
            found.leaks = exhaustions(run);
            found.slopes = slopes(sample);
            found.questions = soaked(&found, run);
        }
    }
    if !found.questions.is_empty() {
        let answers = found.questions.iter().map(|one| one.answer.as_str());
        found.answer = answers.collect::<Vec<_>>().join("; ");
        found.passed = found.questions.iter().all(|one| one.good != Some(false));
    }
    found.legs = course.legs;
    found
}

fn smoke(course: &Course, run: &RunResult) -> (bool, String) {
    match course.lost(0) {
        _ if run.requests.offered == 0 => {
            (false, "no request was sent: it says nothing".to_owned())
        }
        0 => (true, "every request was answered".to_owned()),
        lost => (false, format!("{lost} requests had no good answer")),
    }
}

fn performance(course: &Course, run: &RunResult) -> (bool, String) {
    let p95 = run.response_time_s.p95.value.map(words::time);
    let p95 = p95.unwrap_or_else(|| "no".to_owned());
    let rate = words::rate(course.legs[0].throughput_rps);
    let passed = !matches!(
        run.verdict,
        Verdict::Fail | Verdict::Saturated | Verdict::Capped
    );
    (
        passed,
        format!("{rate} answered, {p95} at the 95 % quantile"),
    )
}

fn climbed(course: &Course, run: &RunResult) -> (bool, String) {
    let worse = (1..course.legs.len()).find(|&leg| !course.is_like(leg, 0));
    match worse {
        Some(leg) => {
            let load = words::percent(course.legs[leg].load);
            (
                false,
                format!("from {load} of the expected load on it answers worse"),
            )
        }
        None if run.verdict == Verdict::Fail => {
            let text = "it goes on answering up to the expected load, and breaks an objective";
            (false, text.to_owned())
        }
        None => (
            true,
            "it goes on answering up to the expected load".to_owned(),
        ),
    }
}

fn overloaded(
    profile: Profile,
    course: &Course,
    run: &RunResult,
    found: &ProfileSummary,
) -> Vec<Asked> {
    let whole = found.takeovers.first().map(|one| one.before_rps);
    let mut asked = vec![met(profile, course, whole), alarmed(profile, run)];
    if profile == Profile::Stress {
        asked.push(taken_over(&found.takeovers));
    }
    asked.push(Asked {
        question: "does it come back?",
        answer: match found.back_after_s {
            Some(0.0) => "as before at once".to_owned(),
            Some(seconds) => format!("as before after {}", words::time(seconds)),
            None => "it does not come back".to_owned(),
        },
        good: Some(found.back_after_s.is_some()),
    });
    asked
}

/// What became of the overload; `whole` is what was answered while nothing was lost yet.
fn met(profile: Profile, course: &Course, whole: Option<f64>) -> Asked {
    let leg = &course.legs[course.legs.len() - 2];
    let (offered, most) = (
        words::rate(leg.offered_rps),
        words::rate(whole.unwrap_or(leg.throughput_rps)),
    );
    let lost = words::percent(leg.lost_share);
    let (question, answer) = if profile == Profile::Spike {
        let text = format!("of {offered} {lost} get no good answer");
        ("what becomes of the rush?", text)
    } else {
        let text = format!("of {offered} it answers {most}");
        ("what does it carry?", text)
    };
    Asked {
        question,
        answer,
        good: None,
    }
}

/// Which alarms fired, and when on average. A stress test asks for one if the file has any.
fn alarmed(profile: Profile, run: &RunResult) -> Asked {
    let all = run.alarms.0.iter();
    let fired = all.filter_map(|(name, alarm)| {
        let [mean, ..] = alarm.first_at_s?;
        Some(format!("`{name}` after {}", words::time(mean)))
    });
    let fired: Vec<String> = fired.collect();
    let (answer, good) = match (run.alarms.0.is_empty(), fired.is_empty()) {
        (true, _) => ("the file has no alarm".to_owned(), None),
        (false, true) => ("no alarm fires".to_owned(), Some(false)),
        (false, false) => (format!("alarms: {}", words::list(&fired)), Some(true)),
    };
    Asked {
        question: "does an alarm fire?",
        answer,
        good: good.filter(|_| profile == Profile::Stress),
    }
}

fn taken_over(tried: &[TakeoverTried]) -> Asked {
    let told = tried.iter().map(|one| match one.finished_after_s {
        Some([mean, _]) => format!("`{}` in {}", one.part, words::time(mean)),
        None => format!("`{}` not until it was back", one.part),
    });
    let told: Vec<String> = told.collect();
    let finished = tried.iter().all(|one| one.finished_after_s.is_some());
    Asked {
        question: "does the failover finish?",
        answer: if told.is_empty() {
            "nothing has a failover".to_owned()
        } else {
            format!("taken over: {}", words::list(&told))
        },
        good: (!told.is_empty()).then_some(finished),
    }
}

/// Memories that fill up, the one that is full first first.
fn exhaustions(run: &RunResult) -> Vec<Exhaustion> {
    let parts = run.components.0.iter();
    let leak = |(name, part): &(String, ComponentSummary)| {
        let memory = part.memory.as_ref()?;
        let grows = memory.left_bytes_per_s.ci95.map_or(0.0, |ends| ends.0);
        let grows = grows > 0.0 || memory.left_bytes_per_s.value? > 0.0;
        grows.then(|| Exhaustion {
            component: name.clone(),
            left_bytes_per_s: memory.left_bytes_per_s,
            full_after_s: memory.full_after_s,
            crashes: memory.crashes,
        })
    };
    let mut found: Vec<Exhaustion> = parts.filter_map(leak).collect();
    let first = |one: &Exhaustion| one.full_after_s.unwrap_or(f64::INFINITY);
    found.sort_by(|a, b| first(a).total_cmp(&first(b)));
    found
}

fn soaked(found: &ProfileSummary, run: &RunResult) -> Vec<Asked> {
    let objectives = || run.objectives.iter().map(|one| one.verdict);
    let kept = if objectives().any(|one| one == ObjectiveVerdict::Fail) {
        Some(false)
    } else {
        let is_told = |one| one != ObjectiveVerdict::Undecided;
        objectives().all(is_told).then_some(true)
    };
    let mut asked = vec![
        leaking(&found.leaks),
        growing(&found.slopes, run.growth_per_s.is_some()),
    ];
    asked.push(Asked {
        question: "are the objectives kept?",
        answer: match kept {
            Some(true) => "no objective is broken".to_owned(),
            Some(false) => "an objective is broken".to_owned(),
            None => "this cannot be told from so few replications".to_owned(),
        },
        good: kept,
    });
    asked
}

fn leaking(leaks: &[Exhaustion]) -> Asked {
    let answer = leaks.first().map(|leak| {
        let slope = leak.left_bytes_per_s.value.unwrap_or(0.0) * 3600.0 / f64::from(1 << 20);
        let full = leak.full_after_s.map(words::time).unwrap_or_default();
        format!(
            "`{}` leaks {slope:.1} MiB an hour and node, and is full {full} after a start",
            leak.component
        )
    });
    Asked {
        question: "does memory leak?",
        good: Some(answer.is_none()),
        answer: answer.unwrap_or_else(|| "nothing is left behind in memory".to_owned()),
    }
}

/// What grows, the first to be full first.
fn growing(slopes: &[Slope], backlog: bool) -> Asked {
    let grows = slopes.iter().filter(|slope| slope.grows);
    let mut grows: Vec<&Slope> = grows.collect();
    let full = |slope: &&Slope| slope.full_after_s.unwrap_or(f64::INFINITY);
    grows.sort_by(|a, b| full(a).total_cmp(&full(b)));
    let told = grows.iter().map(|slope| {
        let by = slope.per_hour.value.unwrap_or(0.0);
        let by = match slope.unit {
            "s" => words::time(by),
            _ => words::number(by),
        };
        match slope.full_after_s {
            Some(full) => format!(
                "{} by {by} an hour, all of them are held after {}",
                slope.resource,
                words::time(full)
            ),
            None => format!("{} by {by} an hour", slope.resource),
        }
    });
    let told: Vec<String> = told.collect();
    let answer = match (told.is_empty(), backlog) {
        (false, _) => format!("more and more: {}", words::list(&told)),
        (true, true) => "more and more requests are inside".to_owned(),
        (true, false) => "nothing grows".to_owned(),
    };
    Asked {
        question: "do requests, threads or connections pile up?",
        good: Some(told.is_empty() && !backlog),
        answer,
    }
}
