//! What workloads send at their busiest.

use crate::model::{Arrivals, JourneyId, MixEntry, Model, Stage, Workload};

/// Length of the window in which the busiest stretch of a log is looked for, s.
const WINDOW_S: f64 = 60.0;

/// One workload at its busiest stage.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Rate or population.
    pub level: Level,
    /// Requests of each class in one journey, on average, by class.
    pub requests: Vec<f64>,
}

/// How much a workload sends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Level {
    /// Journeys started per second, whatever happens to them.
    Open(f64),
    /// Users who wait for their answers.
    Closed {
        /// How many.
        users: f64,
        /// Mean pause of a user for each journey, pauses inside it included, s.
        think_s: f64,
    },
}

impl Source {
    /// The workload at the stage with the highest level (the first among equals), with that
    /// stage's mix. A log counts by its busiest minute.
    pub fn busiest(model: &Model, workload: &Workload) -> Self {
        match &workload.arrivals {
            Arrivals::Open {
                rate_per_s, stages, ..
            } => {
                let (level, mix) = peak(*rate_per_s, stages, workload);
                Self::over(model, mix, Level::Open(level))
            }
            Arrivals::Closed {
                users,
                think,
                stages,
            } => {
                let (users, mix) = peak(f64::from(*users), stages, workload);
                let think_s = think.mean() / 1e9 + inner_think(model, mix);
                Self::over(model, mix, Level::Closed { users, think_s })
            }
            Arrivals::Replay { log, .. } => {
                let mut counts = vec![0_u64; model.journeys.len()];
                for (_, journey, _) in log {
                    counts[journey.index()] += 1;
                }
                let total = log.len().max(1) as f64;
                let entry = |(journey, &count): (usize, &u64)| MixEntry {
                    journey: JourneyId::from(journey),
                    share: count as f64 / total,
                };
                let mix: Vec<_> = counts.iter().enumerate().map(entry).collect();
                let times = log.iter().map(|(at, ..)| *at).collect();
                Self::over(model, &mix, Level::Open(busiest_rate(times)))
            }
        }
    }

    fn over(model: &Model, mix: &[MixEntry], level: Level) -> Self {
        let mut requests = vec![0.0; model.classes.len()];
        for entry in mix {
            for item in &model.journeys[entry.journey.index()].items {
                requests[item.class.index()] += entry.share * f64::from(item.times);
            }
        }
        Self { level, requests }
    }
}

/// The journeys that any stage or log of the workload can start.
pub fn journeys(workload: &Workload) -> Vec<JourneyId> {
    let mut all: Vec<JourneyId> = workload.mix.iter().map(|entry| entry.journey).collect();
    match &workload.arrivals {
        Arrivals::Open { stages, .. } | Arrivals::Closed { stages, .. } => {
            let of_stages = stages.iter().flat_map(|stage| &stage.mix);
            all.extend(of_stages.map(|entry| entry.journey));
        }
        Arrivals::Replay { log, .. } => all.extend(log.iter().map(|(_, journey, _)| *journey)),
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// Keeps a workload at the stage with the highest level, with that stage's mix; returns the level
/// (journeys per second, or users) where it changed before. A log stays as it is.
pub fn hold_busiest(workload: &mut Workload) -> Option<f64> {
    let (constant, stages) = match &workload.arrivals {
        Arrivals::Open {
            rate_per_s, stages, ..
        } => (*rate_per_s, stages),
        Arrivals::Closed { users, stages, .. } => (f64::from(*users), stages),
        Arrivals::Replay { .. } => return None,
    };
    if stages.is_empty() {
        return None;
    }
    let (level, mix) = peak(constant, stages, workload);
    workload.mix = mix.to_vec();
    match &mut workload.arrivals {
        Arrivals::Open {
            rate_per_s,
            stages,
            repeats,
            ..
        } => {
            (*rate_per_s, *repeats) = (level, false);
            stages.clear();
        }
        Arrivals::Closed { users, stages, .. } => {
            *users = level.ceil() as u32;
            stages.clear();
        }
        Arrivals::Replay { .. } => {}
    }
    Some(level)
}

/// The highest level and the mix that goes with it.
fn peak<'m>(constant: f64, stages: &'m [Stage], workload: &'m Workload) -> (f64, &'m [MixEntry]) {
    let mut best = (constant, &workload.mix[..]);
    for (place, stage) in stages.iter().enumerate() {
        let level = stage.from.max(stage.to);
        if place == 0 || level > best.0 {
            let own = !stage.mix.is_empty();
            best = (level, if own { &stage.mix } else { &workload.mix });
        }
    }
    best
}

/// Mean pauses inside a journey, s.
fn inner_think(model: &Model, mix: &[MixEntry]) -> f64 {
    let journey = |entry: &MixEntry| {
        let items = &model.journeys[entry.journey.index()].items;
        let pause = |item: &crate::model::Item| {
            let think = item.think.as_ref().map_or(0.0, |law| law.mean() / 1e9);
            f64::from(item.times) * think
        };
        entry.share * items.iter().map(pause).sum::<f64>()
    };
    mix.iter().map(journey).sum()
}

/// Entries per second of the busiest window; of the whole log where it is shorter.
fn busiest_rate(mut times: Vec<u64>) -> f64 {
    times.sort_unstable();
    let (Some(&first), Some(&last)) = (times.first(), times.last()) else {
        return 0.0;
    };
    let length = ((last - first) as f64 / 1e9).clamp(1.0, WINDOW_S);
    let window = (length * 1e9) as u64;
    let mut start = 0;
    let mut most = 0;
    for end in 0..times.len() {
        while times[end] - times[start] > window {
            start += 1;
        }
        most = most.max(end - start + 1);
    }
    most as f64 / length
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::builder::{Builder, constant, seconds};

    #[test]
    fn the_highest_stage_counts_with_its_own_mix() {
        let mut b = Builder::new("t");
        let c = b.component("c", 1);
        b.open("users", 1.0, &[("a", c, 0.5), ("b", c, 0.5)]);
        let only_b = vec![MixEntry {
            journey: JourneyId(1),
            share: 1.0,
        }];
        let stage = |from, to, mix| Stage {
            from,
            to,
            length: seconds(1),
            mix,
        };
        if let Arrivals::Open { stages, .. } = &mut b.model().workloads[0].arrivals {
            *stages = vec![stage(0.0, 5.0, Vec::new()), stage(5.0, 20.0, only_b)];
        }
        let model = b.build();
        let source = Source::busiest(&model, &model.workloads[0]);
        assert_eq!(source.level, Level::Open(20.0));
        assert_eq!(source.requests, [0.0, 1.0]);
        assert_eq!(journeys(&model.workloads[0]).len(), 2);
        let mut held = model.workloads[0].clone();
        assert_eq!(hold_busiest(&mut held), Some(20.0));
        assert_eq!(Source::busiest(&model, &held), source);
        assert_eq!(hold_busiest(&mut held), None);
    }

    #[test]
    fn closed_users_pause_before_and_inside_a_journey() {
        let mut b = Builder::new("t");
        let c = b.component("c", 1);
        b.closed("users", 7, constant(seconds(2)), &[("a", c, 1.0)]);
        b.model().journeys[0].items[0].times = 3;
        b.model().journeys[0].items[0].think = Some(constant(seconds(1)));
        let model = b.build();
        let source = Source::busiest(&model, &model.workloads[0]);
        let expected = Level::Closed {
            users: 7.0,
            think_s: 5.0,
        };
        assert_eq!((source.level, source.requests), (expected, vec![3.0]));
    }

    #[test]
    fn a_log_counts_by_its_busiest_minute() {
        let quiet = (0..100).map(|i| i * seconds(60));
        let busy = (0..120).map(|i| seconds(6000) + i * seconds(1) / 2);
        let rate = busiest_rate(quiet.chain(busy).collect());
        assert!((2.0..2.1).contains(&rate), "{rate}");
        assert!((busiest_rate(Vec::new())).abs() < f64::EPSILON);
    }
}
