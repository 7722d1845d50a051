//! Laws by maximum likelihood, and how well each fits.
//!
//! Times are what a clock wrote: each stands for all that round to it. The likelihood is climbed
//! by Newton's method with slopes by differences, in numbers without bounds; intervals come from
//! its curvature at the top (the observed information) and are those of the logarithms. Source:
//! A. Law, *Simulation Modeling and Analysis*, 6.5 and 6.6.

use super::family::{Worked, at, free, parameters};
use super::written::Written;
use crate::experiment::result::fit::{FittedLaw, LawName, Quantiles};
use crate::statistics::Estimate;

/// Fewest requests with a law of their own.
pub const FEWEST: usize = 20;
/// What is tried.
const TRIED: [LawName; 5] = [
    LawName::Exponential,
    LawName::LogNormal,
    LawName::Gamma,
    LawName::Weibull,
    LawName::HyperExponential,
];
/// Step of the differences, in logarithms.
const STEP: f64 = 1e-3;
/// Most steps towards the top.
const STEPS: u32 = 60;
/// Quantile of the normal law behind a 95 % interval.
const NORMAL: f64 = 1.959_963_984_540_054;

/// Every law of [`TRIED`] that has a top, the likeliest (by Akaike's criterion) first. `times` are
/// in order, in s, each rounded to the nearest multiple of `resolution_s`.
pub fn fit_laws(class: &str, times: &[f64], resolution_s: f64) -> Vec<FittedLaw> {
    if times.len() < FEWEST || times[0] >= times[times.len() - 1] {
        return Vec::new();
    }
    let data = Data {
        times,
        written: Written::of(times, resolution_s),
        resolution_s,
    };
    let mut found: Vec<FittedLaw> = TRIED
        .iter()
        .filter_map(|&law| data.fit(class, law))
        .collect();
    found.sort_by(|a, b| a.aic.total_cmp(&b.aic));
    found
}

/// Nearest rank; `None` without values.
pub fn quantiles(times: &[f64]) -> Option<Quantiles> {
    let last = times.last()?;
    let rank = |share: f64| {
        let rank = libm::ceil(share * times.len() as f64) as usize;
        times[rank.clamp(1, times.len()) - 1]
    };
    Some(Quantiles {
        p50: rank(0.5),
        p95: rank(0.95),
        p99: rank(0.99),
        max: *last,
    })
}

struct Data<'d> {
    times: &'d [f64],
    written: Written,
    resolution_s: f64,
}

impl Data<'_> {
    fn fit(&self, class: &str, law: LawName) -> Option<FittedLaw> {
        let count = self.times.len() as f64;
        let mean = self.times.iter().sum::<f64>() / count;
        let squares = self.times.iter().map(|time| (time - mean) * (time - mean));
        let cv = (squares.sum::<f64>() / count).sqrt() / mean;
        if law == LawName::HyperExponential && cv <= 1.0 {
            return None;
        }
        let (top, likelihood, information) = self.climb(law, free(law, [mean, cv]))?;
        let [mean, cv] = at(law, top);
        let worked = Worked::of(law, [mean, cv]);
        let number = parameters(law);
        let errors = errors(information, number)?;
        let ends = |place: usize| {
            let half = NORMAL * errors[place];
            let moved = |by: f64| {
                let mut moved = top;
                moved[place] += by;
                at(law, moved)[place]
            };
            Estimate {
                value: Some([mean, cv][place]),
                ci95: Some((moved(-half), moved(half))),
                reason: None,
                groups: self.times.len(),
            }
        };
        let measured = quantiles(self.times)?;
        // A quantile was written as the nearest step, and may lie anywhere within it.
        let half = self.resolution_s / 2.0;
        let off = |share: f64, value: f64| {
            let fitted = worked.quantile(share, mean);
            fitted / fitted.clamp((value - half).max(half / 2.0), value + half) - 1.0
        };
        Some(FittedLaw {
            class: class.to_owned(),
            law,
            requests: self.times.len() as u64,
            mean_s: ends(0),
            cv: (number == 2).then(|| ends(1)),
            aic: 2.0 * number as f64 - 2.0 * likelihood,
            gap: self.gap(&worked),
            p50_off: off(0.5, measured.p50),
            p95_off: off(0.95, measured.p95),
            p99_off: off(0.99, measured.p99),
        })
    }

    fn likelihood(&self, law: LawName, at_free: [f64; 2]) -> f64 {
        let sum = self.written.likelihood(&Worked::of(law, at(law, at_free)));
        if sum.is_finite() {
            sum
        } else {
            f64::NEG_INFINITY
        }
    }

    /// The top, its height and the curvature there.
    fn climb(&self, law: LawName, start: [f64; 2]) -> Option<([f64; 2], f64, [[f64; 2]; 2])> {
        let number = parameters(law);
        let mut place = start;
        let mut height = self.likelihood(law, place);
        let mut damping = 1e-3;
        for _ in 0..STEPS {
            let (slope, curve) = self.slopes(law, place, height);
            let step = newton(slope, curve, number, damping)?;
            let next = [place[0] + step[0], place[1] + step[1]];
            let found = self.likelihood(law, next);
            if found >= height {
                let is_there = step.iter().all(|one| one.abs() < 1e-7);
                (place, height) = (next, found);
                damping = (damping / 10.0).max(1e-12);
                if is_there {
                    break;
                }
            } else if damping > 1e9 || step.iter().all(|one| one.abs() < 1e-9) {
                break;
            } else {
                damping *= 10.0;
            }
        }
        let (_, curve) = self.slopes(law, place, height);
        height.is_finite().then_some((place, height, curve))
    }

    /// First derivatives, and the negative of the second ones.
    fn slopes(&self, law: LawName, place: [f64; 2], height: f64) -> ([f64; 2], [[f64; 2]; 2]) {
        let l = |a: f64, b: f64| self.likelihood(law, [place[0] + a, place[1] + b]);
        let h = STEP;
        let (up, down) = (l(h, 0.0), l(-h, 0.0));
        let mut slope = [(up - down) / (2.0 * h), 0.0];
        let mut curve = [[-(up - 2.0 * height + down) / (h * h), 0.0], [0.0, 1.0]];
        if parameters(law) == 2 {
            let (right, left) = (l(0.0, h), l(0.0, -h));
            slope[1] = (right - left) / (2.0 * h);
            curve[1][1] = -(right - 2.0 * height + left) / (h * h);
            let corners = l(h, h) - l(h, -h) - l(-h, h) + l(-h, -h);
            curve[0][1] = -corners / (4.0 * h * h);
            curve[1][0] = curve[0][1];
        }
        (slope, curve)
    }

    /// Largest difference between the measured share of requests up to a time and the law's
    /// (Kolmogorov and Smirnov's distance), between the steps in which times are written.
    fn gap(&self, worked: &Worked) -> f64 {
        let count = self.times.len();
        let mut widest = 0.0_f64;
        let mut place = 0;
        while place < count {
            let time = self.times[place];
            let mut next = place + 1;
            while next < count && self.times[next] <= time {
                next += 1;
            }
            let half = self.resolution_s / 2.0;
            let below = worked.share_up_to(time - half) - place as f64 / count as f64;
            let above = worked.share_up_to(time + half) - next as f64 / count as f64;
            widest = widest.max(below.abs()).max(above.abs());
            place = next;
        }
        widest
    }
}

/// A step of Newton's method, damped after Levenberg and Marquardt where the top is far.
fn newton(slope: [f64; 2], curve: [[f64; 2]; 2], number: usize, damping: f64) -> Option<[f64; 2]> {
    let lift = |own: f64| own + damping * own.abs().max(1e-9);
    let (a, d) = (lift(curve[0][0]), lift(curve[1][1]));
    if number == 1 {
        return (a.abs() > 0.0).then(|| [(slope[0] / a.abs()).clamp(-1.0, 1.0), 0.0]);
    }
    let b = curve[0][1];
    let determinant = a * d - b * b;
    let raw = if a > 0.0 && determinant > 0.0 {
        [
            (d * slope[0] - b * slope[1]) / determinant,
            (a * slope[1] - b * slope[0]) / determinant,
        ]
    } else {
        // No hill here: along the slope, a little.
        let steep = slope[0].abs().max(slope[1].abs());
        [0.1 * slope[0] / steep, 0.1 * slope[1] / steep]
    };
    let is_sound = raw.iter().all(|one| one.is_finite());
    is_sound.then(|| raw.map(|one| one.clamp(-1.0, 1.0)))
}

/// Standard errors in the numbers without bounds.
fn errors(curve: [[f64; 2]; 2], number: usize) -> Option<[f64; 2]> {
    let [[a, b], [_, d]] = curve;
    if number == 1 {
        return (a > 0.0).then(|| [(1.0 / a).sqrt(), 0.0]);
    }
    let determinant = a * d - b * b;
    (a > 0.0 && determinant > 0.0).then(|| [(d / determinant).sqrt(), (a / determinant).sqrt()])
}
