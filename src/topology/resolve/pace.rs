//! Rates over time and gaps of open workloads.

use std::f64::consts::TAU;
use std::ops::Range;

use super::Resolver;
use crate::diagnostic::Diagnostic;
use crate::model::{Arrivals, Phase, Process, Stage};
use crate::quantity::{Batch, Time};
use crate::schema::{self, Arriving, At, Daily, Open, Pace, Sine};
use crate::schema::{code, positive, preset};

/// Straight pieces of a wave: its level is off by at most (2 pi / 360)^2 / 8 of the amplitude.
const PIECES: u32 = 360;
/// Straight pieces of a day, of five minutes each.
const SLOTS: u32 = 288;
/// ns.
const DAY: u64 = 86_400 * 1_000_000_000;
const HOUR: u64 = DAY / 24;
/// Largest busiest rate over the mean of a day.
const PEAK_MOST: f64 = 24.0;
/// Relative difference up to which two rates are one, as rates are rounded where they are written.
const SAME_RATE: f64 = 1e-3;

impl Resolver<'_> {
    /// When the journeys of an open workload start.
    pub(super) fn open_arrivals(&mut self, name: &At<String>, open: &Open) -> Arrivals {
        let (process, own) = self.process(open);
        let (rate, waves) = match &open.rate {
            None => (own.unwrap_or(0.0), Vec::new()),
            Some(at) => match &at.value {
                Pace::Constant(rate) => (rate.per_second(), Vec::new()),
                Pace::Sine(sine) => (sine.mean.per_second(), self.sine(sine)),
                Pace::Daily(daily) => (per_second(daily), self.daily(daily, &at.span)),
            },
        };
        let repeats = !waves.is_empty();
        let stages = if repeats {
            waves
        } else {
            self.stages(open.stages.as_ref(), rate)
        };
        self.check_rate(open, own, rate);
        if is_silent(rate, &stages) {
            self.problems.push(
                Diagnostic::error(code::MISSING, "this workload never sends a request")
                    .at(name.span.clone())
                    .help("write `rate: \"10/s\"` or `stages: [..]` with a rate above 0"),
            );
        } else if rate > 0.0 && !repeats {
            self.check_start(open, rate, &stages);
        }
        Arrivals::Open {
            process,
            batch: open
                .batch
                .unwrap_or_else(|| preset::BATCH.read::<Batch>())
                .get(),
            rate_per_s: rate,
            stages,
            repeats,
        }
    }

    /// The gaps, and the rate that they say themselves.
    fn process(&mut self, open: &Open) -> (Process, Option<f64>) {
        let arriving = match &open.arrivals {
            Some(at) => at.value.clone(),
            None => preset::ARRIVALS.read::<Arriving>(),
        };
        match &arriving {
            Arriving::Poisson => (Process::Poisson, None),
            Arriving::Deterministic => (Process::Deterministic, None),
            Arriving::Renewal(law) => {
                let law = self.law(law);
                let mean = law.mean();
                if mean > 0.0 {
                    let batch = open.batch.map_or(1.0, |batch| f64::from(batch.get()));
                    let rate = batch * 1e9 / mean;
                    return (Process::Renewal(law.scaled(1.0 / mean)), Some(rate));
                }
                let message = "gaps of no length would put all arrivals at once";
                self.refuse_arrivals(open, message, "write a law with a mean above 0");
                (Process::Poisson, None)
            }
            Arriving::Mmpp(phases) => self.modulated(open, phases),
        }
    }

    fn modulated(&mut self, open: &Open, phases: &[schema::Phase]) -> (Process, Option<f64>) {
        for phase in phases {
            self.problems.extend(positive(&phase.stay));
        }
        let stay = |phase: &schema::Phase| phase.stay.value.nanos() as f64;
        let all: f64 = phases.iter().map(stay).sum();
        let journeys: f64 = phases
            .iter()
            .map(|phase| phase.rate.per_second() * stay(phase))
            .sum();
        if all <= 0.0 || journeys <= 0.0 {
            let message = "this Mmpp never sends a request";
            let help = "write a state as in `(rate: \"20/s\", stay: \"9s\")`, above 0 both";
            self.refuse_arrivals(open, message, help);
            return (Process::Poisson, None);
        }
        let mean = journeys / all;
        let phase = |phase: &schema::Phase| Phase {
            factor: phase.rate.per_second() / mean,
            stay: stay(phase),
        };
        let phases = phases.iter().map(phase).collect();
        (Process::Modulated(phases), Some(mean))
    }

    fn refuse_arrivals(&mut self, open: &Open, message: &str, help: &str) {
        let span = open.arrivals.as_ref().map(|at| at.span.clone());
        let problem = Diagnostic::error(code::RANGE, message).help(help);
        self.problems.push(problem.at(span.unwrap_or(0..0)));
    }

    /// A rate that `arrivals` says itself may be written once more, but not otherwise; a rate
    /// that varies around it goes with no stages.
    fn check_rate(&mut self, open: &Open, own: Option<f64>, rate: f64) {
        let Some(at) = &open.rate else { return };
        if let Some(own) = own
            && (rate / own - 1.0).abs() > SAME_RATE
        {
            let (what, help) = match at.value {
                Pace::Constant(_) => ("", "leave `rate` out, or change the law of the gaps"),
                _ => (
                    "mean ",
                    "give this rate the same mean: it stretches and shortens the gaps",
                ),
            };
            let message = format!("`arrivals` says a {what}rate of {} itself", per_s(own));
            self.problems.push(
                Diagnostic::error(code::CONFLICT, message)
                    .at(at.span.clone())
                    .help(help),
            );
        }
        if let (Some(stages), Pace::Sine(_) | Pace::Daily(_)) = (&open.stages, &at.value) {
            self.problems.push(
                Diagnostic::error(
                    code::CONFLICT,
                    "`stages` beside a rate that varies by itself",
                )
                .at(stages.span.clone())
                .also(at.span.clone(), "the rate")
                .help("write one of them"),
            );
        }
    }

    /// Whether any time passes at the rate that stands before the stages.
    fn check_start(&mut self, open: &Open, rate: f64, stages: &[Stage]) {
        let first = stages.iter().find(|stage| stage.length > 0);
        let Some(start) = first
            .map(|stage| stage.from)
            .or(stages.last().map(|s| s.to))
        else {
            return;
        };
        if (start / rate - 1.0).abs() <= SAME_RATE {
            return;
        }
        let (word, span) = match (&open.rate, &open.arrivals) {
            (Some(at), _) => ("rate", at.span.clone()),
            (None, Some(at)) => ("arrivals", at.span.clone()),
            (None, None) => return,
        };
        let message = format!(
            "nobody comes at the {} of `{word}`: the stages jump to {} at once",
            per_s(rate),
            per_s(start),
        );
        self.problems.push(
            Diagnostic::error(code::CONFLICT, message)
                .at(span)
                .help(format!(
                    "write a rate of {} here, or give the first Ramp an `over`",
                    per_s(start)
                )),
        );
    }

    fn sine(&mut self, sine: &Sine) -> Vec<Stage> {
        let (mean, amplitude) = (sine.mean.per_second(), sine.amplitude.value.per_second());
        if amplitude > mean {
            self.problems.push(
                Diagnostic::error(code::RANGE, "the rate would fall below 0")
                    .at(sine.amplitude.span.clone())
                    .help("write an `amplitude` of at most the `mean`"),
            );
        }
        let period = sine.period.value.nanos();
        if period < 1000 * u64::from(PIECES) {
            self.problems.push(
                Diagnostic::error(code::RANGE, "a period of less than 360 us is no wave")
                    .at(sine.period.span.clone())
                    .help("write a longer `period`, or a constant rate"),
            );
        }
        let level = |piece: u32| {
            let turn = TAU * f64::from(piece) / f64::from(PIECES);
            (mean + amplitude * libm::sin(turn)).max(0.0)
        };
        let place = |piece: u32| mul_div(period, piece, PIECES);
        curve(PIECES, level, place)
    }

    fn daily(&mut self, daily: &Daily, at: &Range<usize>) -> Vec<Stage> {
        let mean = per_second(daily);
        let start = self.time_of_day(daily.start.as_ref(), &preset::START_OF_DAY);
        if let Some(shape) = &daily.shape {
            return self.hours(daily, shape, mean, start);
        }
        let peak = self.time_of_day(daily.peak_at.as_ref(), &preset::PEAK_AT);
        let ratio = daily.peak_ratio.as_ref().map(|at| at.value.value());
        let bad = |ratio: f64| !(1.0..=PEAK_MOST).contains(&ratio);
        if ratio.is_none_or(bad) {
            let message = "a day needs a `peak_ratio` between 1 and 24, or a `shape`";
            let stated = daily.peak_ratio.as_ref().map(|at| &at.span);
            self.problems.push(
                Diagnostic::error(code::RANGE, message)
                    .at(stated.unwrap_or(at).clone())
                    .help("write how busy the busiest hour is, as in `peak_ratio: 3`"),
            );
        }
        let ratio = ratio.filter(|ratio| !bad(*ratio)).unwrap_or(1.0);
        let bell = bell(ratio);
        let place = |slot: u32| mul_div(DAY, slot, SLOTS);
        let level = |slot: u32| {
            let hour = (place(slot % SLOTS) + start) as f64 - peak as f64;
            mean * bell(TAU * hour / DAY as f64)
        };
        curve(SLOTS, level, place)
    }

    /// The hours of a day with their weights, from `start` on.
    fn hours(
        &mut self,
        daily: &Daily,
        shape: &At<Vec<crate::quantity::Exponent>>,
        mean: f64,
        start: u64,
    ) -> Vec<Stage> {
        let weights: Vec<f64> = shape.value.iter().map(|weight| weight.value()).collect();
        let all: f64 = weights.iter().sum();
        if weights.len() != 24 || all <= 0.0 {
            let message = "a `shape` is 24 weights, one for each hour from midnight";
            self.problems.push(
                Diagnostic::error(code::RANGE, message)
                    .at(shape.span.clone())
                    .help("write 24 numbers, one of them above 0, or a `peak_ratio`"),
            );
            return Vec::new();
        }
        let others = [
            daily.peak_ratio.as_ref().map(|at| at.span.clone()),
            daily.peak_at.as_ref().map(|at| at.span.clone()),
        ];
        for span in others.into_iter().flatten() {
            let message = "the `shape` says when it is busy";
            self.problems.push(
                Diagnostic::error(code::CONFLICT, message)
                    .at(span)
                    .help("write `shape`, or `peak_ratio` and `peak_at`"),
            );
        }
        let stage = |hour: u64, length: u64| Stage {
            from: mean * 24.0 * weights[hour as usize % 24] / all,
            to: mean * 24.0 * weights[hour as usize % 24] / all,
            length,
            mix: Vec::new(),
        };
        let (first, gone) = (start / HOUR, start % HOUR);
        let mut stages = vec![stage(first, HOUR - gone)];
        stages.extend((1..24).map(|hour| stage(first + hour, HOUR)));
        if gone > 0 {
            stages.push(stage(first, gone));
        }
        stages
    }

    fn time_of_day(&mut self, stated: Option<&At<Time>>, default: &preset::Preset) -> u64 {
        let Some(at) = stated else {
            return default.read::<Time>().nanos();
        };
        if at.value.nanos() >= DAY {
            self.problems.push(
                Diagnostic::error(code::RANGE, "a time of day is less than 24 hours")
                    .at(at.span.clone())
                    .help("write the time since midnight, as in \"19h\""),
            );
        }
        at.value.nanos() % DAY
    }
}

/// Whether nobody comes at the level before the stages, and in the stages or after them.
pub(super) fn is_silent(rate: f64, stages: &[Stage]) -> bool {
    let Some(last) = stages.last() else {
        return rate <= 0.0;
    };
    let comes = |stage: &Stage| stage.length > 0 && stage.from + stage.to > 0.0;
    last.to <= 0.0 && !stages.iter().any(comes)
}

/// A rate in a message.
fn per_s(rate: f64) -> String {
    let text = format!("{rate:.6}");
    format!("{}/s", text.trim_end_matches('0').trim_end_matches('.'))
}

/// Journeys per second of a whole day.
fn per_second(daily: &Daily) -> f64 {
    f64::from(daily.dau.get()) * daily.visits.value() / 86_400.0
}

/// `whole x part / parts`, without overflow.
fn mul_div(whole: u64, part: u32, parts: u32) -> u64 {
    (u128::from(whole) * u128::from(part) / u128::from(parts)) as u64
}

/// Straight pieces through the levels at some places.
fn curve(pieces: u32, level: impl Fn(u32) -> f64, place: impl Fn(u32) -> u64) -> Vec<Stage> {
    let stage = |piece: u32| Stage {
        from: level(piece),
        to: level(piece + 1),
        length: place(piece + 1) - place(piece),
        mix: Vec::new(),
    };
    (0..pieces).map(stage).collect()
}

/// A day with one crest: `exp(k (cos x - 1))`, divided by its mean (the density of von Mises;
/// K. Mardia and P. Jupp, "Directional statistics", 2000, section 3.5.4), with the `k` that makes
/// the crest `ratio` times the mean.
fn bell(ratio: f64) -> impl Fn(f64) -> f64 {
    let value = |k: f64, x: f64| libm::exp(k * (libm::cos(x) - 1.0));
    let mean = move |k: f64| {
        let slots = (0..SLOTS).map(|slot| value(k, TAU * f64::from(slot) / f64::from(SLOTS)));
        slots.sum::<f64>() / f64::from(SLOTS)
    };
    let (mut low, mut high) = (0.0, 1e4);
    for _ in 0..100 {
        let k = f64::midpoint(low, high);
        if 1.0 / mean(k) < ratio {
            low = k;
        } else {
            high = k;
        }
    }
    let k = f64::midpoint(low, high);
    let all = mean(k);
    move |x| value(k, x) / all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_its_mean_and_its_crest() {
        for ratio in [1.0, 1.5, 3.0, 10.0] {
            let bell = bell(ratio);
            assert!((bell(0.0) - ratio).abs() < 1e-6, "{ratio}");
            let slots = (0..SLOTS).map(|slot| bell(TAU * f64::from(slot) / f64::from(SLOTS)));
            assert!((slots.sum::<f64>() / f64::from(SLOTS) - 1.0).abs() < 1e-9);
            assert!(bell(3.0) <= bell(1.0) && bell(1.0) <= ratio + 1e-9);
        }
    }

    /// A wave of straight pieces holds mean x period journeys, and touches its crest.
    #[test]
    fn a_curve_of_pieces_is_closed() {
        let level = |piece: u32| 100.0 + 60.0 * libm::sin(TAU * f64::from(piece) / 360.0);
        let stages = curve(360, level, |piece| mul_div(10_000_000_000, piece, 360));
        let journeys: f64 = stages
            .iter()
            .map(|stage| stage.from.midpoint(stage.to) * stage.length as f64 / 1e9)
            .sum();
        assert!((journeys - 1000.0).abs() < 1e-6, "{journeys}");
        assert!(stages.iter().any(|stage| (stage.to - 160.0).abs() < 1e-9));
        let length: u64 = stages.iter().map(|stage| stage.length).sum();
        assert_eq!(length, 10_000_000_000);
    }
}
