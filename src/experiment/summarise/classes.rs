//! Requests: outcomes, rates and times, of all and by class (S14 to S18), journeys and users.

use super::fold::{Fold, Times};
use crate::engine::observation::{ClassBands, ClassObservation, Observations};
use crate::engine::program::Reason;
use crate::experiment::batches::Basis;
use crate::experiment::result::Named;
use crate::experiment::result::summary::{
    ClassSummary, JourneySummary, RequestCounts, ShareAbove, TimeStatistics, Users,
};
use crate::experiment::settings::ShareQuestion;
use crate::model::Model;
use crate::statistics::{Cut, Estimate, Histogram};

/// Requests of some classes as one replication saw them.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// All classes added up; the window counts too.
    pub sum: ClassObservation,
    /// Of a batch: times in place of the histograms.
    pub bands: Option<ClassBands>,
}

impl Tally {
    /// One class of a replication or batch, or all.
    fn seen(run: &Observations, class: Option<usize>) -> Self {
        let wanted = |place: &usize| class.is_none_or(|one| one == *place);
        let places = (0..run.classes.len()).filter(wanted);
        let mut tally = Self::of(places.clone().map(|place| &run.classes[place]));
        for bands in places.filter_map(|place| run.bands.get(place)) {
            let sum = tally.bands.get_or_insert_default();
            sum.response.add(&bands.response);
            sum.waiting.add(&bands.waiting);
        }
        tally
    }

    /// Adds up `classes`.
    pub fn of<'a>(classes: impl Iterator<Item = &'a ClassObservation>) -> Self {
        let mut tally = Self::default();
        classes.for_each(|class| tally.add(class));
        tally
    }

    fn add(&mut self, class: &ClassObservation) {
        let sum = &mut self.sum;
        sum.offered += class.offered;
        sum.succeeded += class.succeeded;
        sum.late += class.late;
        sum.in_flight += class.in_flight;
        sum.attempts += class.attempts;
        sum.degraded += class.degraded;
        for (mine, theirs) in sum.failed.iter_mut().zip(class.failed) {
            *mine += theirs;
        }
        sum.completed_in_window.0 += class.completed_in_window.0;
        sum.completed_in_window.1 += class.completed_in_window.1;
        sum.completed_in_window.2 += class.completed_in_window.2;
        sum.response.merge(&class.response);
        sum.response_sum += class.response_sum;
        sum.response_squares += class.response_squares;
        sum.failure_time.merge(&class.failure_time);
        sum.waiting.merge(&class.waiting);
        sum.waiting_sum += class.waiting_sum;
        sum.waiting_squares += class.waiting_squares;
    }

    /// Failed for any reason.
    pub fn failed(&self) -> u64 {
        self.sum.failed.iter().sum()
    }

    /// Succeeded and late.
    pub fn answered(&self) -> u64 {
        self.sum.succeeded + self.sum.late
    }

    /// Response times of the answered.
    pub fn response(&self) -> Times<'_> {
        Times {
            histogram: &self.sum.response,
            count: self.answered(),
            sum: self.sum.response_sum,
            squares: self.sum.response_squares,
            missing: 0,
            bands: self.bands.as_ref().map(|bands| &bands.response),
        }
    }

    /// Response times with what never got an answer as infinite: the failed, and those still in
    /// flight after the drain, who have waited longer than anybody would.
    pub fn response_of_all(&self) -> Times<'_> {
        Times {
            missing: self.failed() + self.sum.in_flight,
            ..self.response()
        }
    }

    /// Waiting of the answered.
    pub fn waiting(&self) -> Times<'_> {
        Times {
            histogram: &self.sum.waiting,
            count: self.answered(),
            sum: self.sum.waiting_sum,
            squares: self.sum.waiting_squares,
            missing: 0,
            bands: self.bands.as_ref().map(|bands| &bands.waiting),
        }
    }
}

/// What requests of one class, or all, came to.
pub struct Requests<'a> {
    /// The replications.
    pub fold: Fold<'a>,
    /// One tally per replication.
    pub tallies: Vec<Tally>,
    /// One per batch of the only replication, if intervals rest on them.
    batches: Vec<Tally>,
}

impl<'a> Requests<'a> {
    /// All classes together.
    pub fn all(fold: Fold<'a>) -> Self {
        Self::of(fold, None)
    }

    /// One class.
    pub fn of_class(fold: Fold<'a>, class: usize) -> Self {
        Self::of(fold, Some(class))
    }

    fn of(fold: Fold<'a>, class: Option<usize>) -> Self {
        let tallies = |runs: &[Observations]| {
            let tally = |run: &Observations| Tally::seen(run, class);
            runs.iter().map(tally).collect()
        };
        Self {
            fold,
            tallies: tallies(fold.runs),
            batches: match fold.basis {
                Basis::Batches(batches) => tallies(batches),
                Basis::Replications | Basis::TooShort => Vec::new(),
            },
        }
    }

    /// What varies by chance.
    fn samples(&self) -> &[Tally] {
        if self.batches.is_empty() {
            &self.tallies
        } else {
            &self.batches
        }
    }

    /// Counts over all replications.
    pub fn counts(&self) -> RequestCounts {
        let sum = Tally::of(self.tallies.iter().map(|tally| &tally.sum));
        let failures = Reason::ALL
            .iter()
            .zip(sum.sum.failed)
            .filter(|&(_, count)| count > 0);
        RequestCounts {
            offered: sum.sum.offered,
            first_offered: sum.sum.offered,
            succeeded: sum.sum.succeeded,
            late: sum.sum.late,
            failed: sum.failed(),
            in_flight: sum.sum.in_flight,
            attempts: sum.sum.attempts,
            degraded: sum.sum.degraded,
            failures: Named(
                failures
                    .map(|(reason, count)| (reason.word().to_owned(), count))
                    .collect(),
            ),
        }
    }

    fn rate(&self, count: impl Fn(&Tally) -> u64) -> Estimate {
        self.fold
            .counts_per_second(self.samples().iter().map(count))
    }

    /// Offered per second.
    pub fn offered(&self) -> Estimate {
        self.rate(|tally| tally.sum.offered)
    }

    /// Answered per second of the window (S14, S17).
    pub fn throughput(&self) -> Estimate {
        self.rate(|tally| tally.sum.completed_in_window.0 + tally.sum.completed_in_window.1)
    }

    /// Answered in time per second.
    pub fn goodput(&self) -> Estimate {
        self.rate(|tally| tally.sum.completed_in_window.0)
    }

    /// Failed among those with an outcome (S17).
    pub fn error_rate(&self) -> Estimate {
        self.shares(|tally| (tally.failed(), tally.answered() + tally.failed()))
    }

    /// Answered among those with an outcome (S41: served in this scenario).
    pub fn availability(&self) -> Estimate {
        self.shares(|tally| (tally.answered(), tally.answered() + tally.failed()))
    }

    /// Late among the answered.
    pub fn late(&self) -> Estimate {
        self.shares(|tally| (tally.sum.late, tally.answered()))
    }

    fn shares(&self, counts: impl Fn(&Tally) -> (u64, u64)) -> Estimate {
        let counts: Vec<_> = self.samples().iter().map(counts).collect();
        self.fold.share_of_counts(&counts)
    }

    /// Statistics of one of the times of a tally.
    pub fn times(&self, which: impl Fn(&Tally) -> Times<'_>) -> TimeStatistics {
        let times: Vec<_> = self.tallies.iter().map(&which).collect();
        let samples: Vec<_> = self.samples().iter().map(which).collect();
        self.fold.times(&times, &samples)
    }

    /// One quantile of the response time, s.
    pub fn quantile(&self, p: f64, of_successes: bool) -> Estimate {
        let which = if of_successes {
            Tally::response
        } else {
            Tally::response_of_all
        };
        let times: Vec<_> = self.tallies.iter().map(which).collect();
        let samples: Vec<_> = self.samples().iter().map(which).collect();
        self.fold.quantile(&times, &samples, p)
    }

    /// Share of requests above a time; those without an answer are above any.
    pub fn share_above(&self, threshold: u64) -> Estimate {
        let missing = |tally: &Tally| tally.failed() + tally.sum.in_flight;
        if let [whole] = &self.tallies[..]
            && !self.batches.is_empty()
        {
            let cut = Cut::at(&whole.sum.response, threshold);
            let above = |tally: &Tally| tally.response().bands.map_or(0.0, |b| b.above(cut));
            return self.shares(|tally| {
                let (above, missing) = (above(tally).round() as u64, missing(tally));
                (above + missing, tally.answered() + missing)
            });
        }
        self.shares(|tally| {
            let response = &tally.sum.response;
            let above = response.count() - response.count_at_most(threshold);
            (above + missing(tally), response.count() + missing(tally))
        })
    }

    /// The keys of a class.
    pub fn summary(&self) -> ClassSummary {
        ClassSummary {
            requests: self.counts(),
            offered_rps: self.offered(),
            throughput_rps: self.throughput(),
            goodput_rps: self.goodput(),
            error_rate: self.error_rate(),
            availability: self.availability(),
            response_time_s: self.times(Tally::response),
            response_time_all_s: self.times(Tally::response_of_all),
            waiting_time_s: self.times(Tally::waiting),
        }
    }

    /// Response times of all replications in one histogram.
    pub fn merged_response(&self) -> Histogram {
        Histogram::merged(self.tallies.iter().map(|tally| &tally.sum.response))
    }
}

/// Journeys that stand in the file.
pub fn journeys(model: &Model, fold: Fold<'_>) -> Named<JourneySummary> {
    let named = model
        .journeys
        .iter()
        .enumerate()
        .filter(|(_, journey)| journey.named);
    let summary = |place: usize| JourneySummary {
        started_rps: fold.per_second(|run| run.journeys[place].started),
        completed_rps: fold.per_second(|run| run.journeys[place].completed),
        abandoned: fold
            .runs
            .iter()
            .map(|run| run.journeys[place].abandoned)
            .sum(),
        duration_s: fold.mean_time(|run| {
            (
                run.journeys[place].duration_sum,
                run.journeys[place].completed,
            )
        }),
    };
    Named(
        named
            .map(|(place, journey)| (journey.name.clone(), summary(place)))
            .collect(),
    )
}

/// Journeys started per second, written in the file or not (S7).
pub fn started(fold: Fold<'_>) -> Estimate {
    fold.per_second(|run| run.journeys.iter().map(|journey| journey.started).sum())
}

/// Active and concurrent users.
pub fn users(fold: Fold<'_>) -> Users {
    let active = fold.level(|run| run.active_users);
    let concurrent = fold.level(|run| run.concurrent_users);
    let ratio = active.mean.value.zip(concurrent.mean.value);
    Users {
        ratio: ratio
            .filter(|pair| pair.1 > 0.0)
            .map(|(few, many)| few / many),
        active,
        concurrent,
    }
}

/// Answers to the questions for shares above a time: the response of requests, or the waiting of
/// the visits of a component; a subject that does not exist gives none.
pub fn shares_above(model: &Model, fold: Fold<'_>, questions: &[ShareQuestion]) -> Vec<ShareAbove> {
    let answer = |question: &ShareQuestion| {
        let (name, threshold) = (&question.subject, question.threshold);
        let (time, share) = if let Some(class) = model.class_named(name) {
            let requests = Requests::of_class(fold, class.index());
            ("response", requests.share_above(threshold))
        } else if name == "all" {
            ("response", Requests::all(fold).share_above(threshold))
        } else {
            let place = model.component_named(name)?.index();
            let waiting = |run: &Observations| {
                let all = &run.components[place].waiting;
                (all.count() - all.count_at_most(threshold), all.count())
            };
            ("waiting", fold.share(waiting))
        };
        Some(ShareAbove {
            subject: name.clone(),
            time,
            threshold_s: super::fold::seconds(threshold),
            share,
        })
    };
    questions.iter().filter_map(answer).collect()
}
