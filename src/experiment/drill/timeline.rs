//! What happened in the first replication, in words.

use std::collections::BTreeSet;

use super::course::{Course, Witness};
use crate::experiment::result::drill::Event;
use crate::experiment::sample::Sample;
use crate::experiment::summarise::marks::{By, Mark, of_sample};
use crate::experiment::summarise::told::struck;

/// Events, and what a report says of them.
pub struct Story {
    /// In order of time.
    pub events: Vec<Event>,
    /// What broke.
    pub cause: Vec<String>,
    /// The parts that broke.
    pub points: Vec<String>,
    /// What brought the service back.
    pub recovery: Vec<String>,
}

/// The story of a sample's first replication, whose course is known; it is announced `announce` ns
/// after it was detected.
pub fn story(sample: &Sample<'_>, seed: u64, announce: u64, course: Option<&Course>) -> Story {
    let model = sample.bench.model;
    let marks = of_sample(sample, seed);
    let mut events: Vec<Event> = marks.iter().map(event).collect();
    let points: BTreeSet<String> = model
        .faults
        .iter()
        .flat_map(|fault| struck(model, &fault.target))
        .collect();
    let faults = marks.iter().filter(|mark| mark.by == By::Fault);
    let mut cause: Vec<String> = faults.map(|mark| mark.text.clone()).collect();
    let mut recovery = Vec::new();
    if let Some(course) = course {
        events.extend(turning_points(sample, announce, course));
        let restored = course.restored().map(|at| at as f64 / 1e9);
        recovery = recovered_by(&marks, course, restored);
        let occurred = course.occurred as f64 / 1e9;
        let is_first = |mark: &&Mark| mark.by == By::Fault && mark.at_s <= occurred + 1e-9;
        let first: Vec<String> = marks
            .iter()
            .filter(is_first)
            .map(|m| m.text.clone())
            .collect();
        cause = if first.is_empty() { cause } else { first };
    }
    events.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
    Story {
        events,
        cause,
        points: points.into_iter().collect(),
        recovery,
    }
}

fn event(mark: &Mark) -> Event {
    Event {
        at_s: mark.at_s,
        event: "action",
        text: mark.text.clone(),
        by: match mark.by {
            By::Fault => "fault",
            By::Control => "control",
            By::Monitoring => "monitoring",
            By::Responder => "responder",
        },
    }
}

/// The instants that an incident is measured by.
fn turning_points(sample: &Sample<'_>, announce: u64, course: &Course) -> Vec<Event> {
    let mut found = Vec::new();
    let mut put = |at: u64, event, text: String, by| {
        found.push(Event {
            at_s: at as f64 / 1e9,
            event,
            text,
            by,
        });
    };
    put(
        course.occurred,
        "occurred",
        "the incident begins".into(),
        "fault",
    );
    if let Some((from, end)) = course.felt {
        put(from, "felt", "users begin to feel it".into(), "users");
        if let Some(end) = end {
            put(end, "mitigated", "the service is as before".into(), "users");
        }
    }
    if let Some((at, witness)) = course.detected {
        let (text, by) = match witness {
            Witness::Alarm(place) => {
                let name = &sample.bench.model.alarms[place].name;
                (format!("alarm {name} tells those on duty"), "monitoring")
            }
            Witness::Customers => ("customers have told".to_owned(), "users"),
        };
        put(at, "detected", text, by);
        let announced = at.saturating_add(announce);
        put(
            announced,
            "announced",
            "those concerned have been told".into(),
            "responder",
        );
    }
    if let Some(ended) = course.ended() {
        put(
            ended,
            "ended",
            "everything is whole again".into(),
            "responder",
        );
    }
    found
}

/// The last thing that was done or healed before the service was as before.
fn recovered_by(marks: &[Mark], course: &Course, restored: Option<f64>) -> Vec<String> {
    let (Some((from, _)), Some(restored)) = (course.felt, restored) else {
        return Vec::new();
    };
    // Seen to the width of a stretch: what brought it back may lie inside the last one.
    let from = from as f64 / 1e9;
    let healing = marks
        .iter()
        .filter(|mark| mark.at_s > from && mark.at_s <= restored);
    let last = healing
        .map(|mark| mark.at_s)
        .fold(f64::NEG_INFINITY, f64::max);
    let with_it = marks.iter().filter(|mark| (mark.at_s - last).abs() < 1e-9);
    with_it.map(|mark| mark.text.clone()).collect()
}
