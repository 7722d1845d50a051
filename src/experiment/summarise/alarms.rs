//! Alarms over all replications: how often they fired, when, and what was done.

use super::fold::seconds;
use super::told::target_name;
use crate::control::alarm::Deed;
use crate::experiment::alarms::{answers, fired};
use crate::experiment::result::Named;
use crate::experiment::result::part::{AlarmSummary, ResponseSummary};
use crate::experiment::sample::Sample;
use crate::model::{Alarm, Model};

/// What one replication says: firings by alarm, and deeds.
type Course = (Vec<Vec<u64>>, Vec<Deed>);

/// The alarms of a sample, where they were looked at.
pub fn summaries(sample: &Sample<'_>, seed: u64) -> Named<AlarmSummary> {
    let (model, lowered) = (sample.bench.model, &sample.bench.lowered);
    if !sample.bench.is_watched {
        return Named(Vec::new());
    }
    let course = |(number, run)| {
        let fired = fired(model, lowered, run, sample.bench.lead_in, (seed, number));
        let deeds = answers(model, &fired).1;
        (fired, deeds)
    };
    let courses: Vec<Course> = (0..).zip(&sample.runs).map(course).collect();
    let alarms = model.alarms.iter().enumerate();
    Named(
        alarms
            .map(|(place, alarm)| (alarm.name.clone(), summary(model, alarm, place, &courses)))
            .collect(),
    )
}

fn summary(model: &Model, alarm: &Alarm, place: usize, courses: &[Course]) -> AlarmSummary {
    let first = |course: &Course| course.0[place].first().map(|at| seconds(*at));
    let times: Vec<f64> = courses.iter().filter_map(first).collect();
    let responses = alarm.respond.iter().enumerate();
    let responses = responses.map(|(number, response)| {
        let mine = |deed: &&Deed| (deed.alarm, deed.response) == (place, number);
        let deeds: Vec<&Deed> = courses
            .iter()
            .flat_map(|one| one.1.iter().filter(mine))
            .collect();
        let done: Vec<f64> = deeds.iter().map(|deed| seconds(deed.done)).collect();
        ResponseSummary {
            deed: response.means.word(),
            target: target_name(model, &response.target).0,
            helped: deeds.iter().filter(|deed| deed.helped).count() as u32,
            done_at_s: mean(&done),
        }
    });
    AlarmSummary {
        when: alarm.when.text.clone(),
        grade: alarm.grade.word(),
        fired: times.len() as u32,
        first_at_s: mean(&times).map(|mean| {
            let least = times.iter().copied().fold(f64::INFINITY, f64::min);
            let most = times.iter().copied().fold(0.0, f64::max);
            [mean, least, most]
        }),
        responses: responses.collect(),
    }
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}
