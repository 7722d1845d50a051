//! Laws against their stated moments, and against `rand_distr`.

use rand_distr::Distribution;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

use super::*;

const DRAWS: u64 = 200_000;

fn draws(law: &Law, seed: u64) -> Vec<f64> {
    let sampler = law.sampler();
    let tables = Ziggurat::get();
    (0..DRAWS)
        .map(|n| sampler.sample(mix(mix(seed) ^ mix(n)), tables))
        .collect()
}

fn phase(mean: f64, next: f64) -> Phase {
    Phase { mean, next }
}

/// Closed forms: the bimodal law of 1 ms and 50 ms, and a Coxian of squared cv 4.
#[test]
fn mixtures_and_phases_have_their_textbook_moments() {
    let bimodal = Law::Mixture([(0.9, Law::Constant(1.0)), (0.1, Law::Constant(50.0))].into());
    assert!((bimodal.mean() - 5.9).abs() < 1e-12);
    let square: f64 = (0.9 + 0.1 * 2500.0) / (5.9 * 5.9) - 1.0;
    assert!((bimodal.cv() - square.sqrt()).abs() < 1e-12);
    let coxian = Law::Coxian([phase(0.25, 0.125), phase(2.0, 0.0)].into());
    assert!((coxian.mean() - 0.5).abs() < 1e-12 && (coxian.cv() - 2.0).abs() < 1e-12);
    assert!(
        Law::Mixture([(0.9, Law::Constant(1.0))].into())
            .validate()
            .is_err()
    );
    assert!(Law::Coxian([phase(1.0, 0.5)].into()).validate().is_err());
}

fn laws() -> Vec<Law> {
    vec![
        Law::Exponential { mean: 8e6 },
        Law::Uniform { from: 2e6, to: 9e6 },
        Law::Normal { mean: 5e6, cv: 0.4 },
        Law::Normal { mean: 5e6, cv: 0.1 },
        Law::LogNormal { mean: 3e6, cv: 1.2 },
        Law::Gamma { mean: 3e6, cv: 0.5 },
        Law::Gamma { mean: 3e6, cv: 1.6 },
        Law::Erlang {
            mean: 4e6,
            stages: 3,
        },
        Law::HyperExponential { mean: 4e6, cv: 2.0 },
        Law::Weibull { mean: 4e6, cv: 0.6 },
        Law::Weibull { mean: 4e6, cv: 1.5 },
        Law::Pareto {
            mean: 4e6,
            shape: 6.5,
            cap: None,
        },
        Law::Pareto {
            mean: 4e6,
            shape: 1.5,
            cap: Some(1e8),
        },
        Law::Pareto {
            mean: 4e6,
            shape: 1.0,
            cap: Some(1e8),
        },
        Law::Pareto {
            mean: 4e6,
            shape: 0.7,
            cap: Some(1e8),
        },
        Law::Quantiles {
            p50: 80e6,
            p95: 250e6,
            p99: 900e6,
        },
        Law::Empirical(vec![1e6, 5e6, 2e6].into()),
        Law::Sum([Law::Constant(1e6), Law::Exponential { mean: 2e6 }].into()),
        Law::Mixture([(0.9, Law::Constant(1e6)), (0.1, Law::Constant(5e7))].into()),
        Law::Mixture(
            [
                (0.3, Law::Exponential { mean: 1e6 }),
                (0.7, Law::Uniform { from: 2e6, to: 9e6 }),
            ]
            .into(),
        ),
        Law::Coxian([phase(2.5e8, 0.125), phase(2e9, 0.0)].into()),
        Law::Coxian([phase(1e6, 1.0), phase(2e6, 0.5), phase(3e6, 0.0)].into()),
        Law::Sum(
            vec![
                Law::Constant(2e6),
                Law::Exponential { mean: 1e6 },
                Law::Exponential { mean: 1e6 },
            ]
            .into(),
        ),
    ]
}

/// Mean within 5 standard errors, cv within 5 standard errors of the second moment.
#[test]
fn moments_are_the_stated_ones() {
    for law in laws() {
        law.validate().expect("valid");
        let sample = draws(&law, 7);
        let n = sample.len() as f64;
        let mean = sample.iter().sum::<f64>() / n;
        let centred: Vec<f64> = sample.iter().map(|x| (x - mean) * (x - mean)).collect();
        let variance = centred.iter().sum::<f64>() / n;
        let fourth = centred
            .iter()
            .map(|x| (x - variance) * (x - variance))
            .sum::<f64>()
            / n;
        let stated = law.mean();
        let spread = law.cv() * stated;
        assert!(
            (mean - stated).abs() < 5.0 * spread / n.sqrt(),
            "{law:?} mean {mean}"
        );
        let error = (variance - spread * spread).abs();
        assert!(
            error < 5.0 * (fourth / n).sqrt(),
            "{law:?} variance {variance}"
        );
    }
}

/// Two-sample Kolmogorov-Smirnov distance in units of its 1/sqrt(n) scale.
fn distance(mut a: Vec<f64>, mut b: Vec<f64>) -> f64 {
    a.sort_by(f64::total_cmp);
    b.sort_by(f64::total_cmp);
    let (mut i, mut j, mut worst) = (0, 0, 0f64);
    while i < a.len() && j < b.len() {
        if a[i] <= b[j] {
            i += 1;
        } else {
            j += 1;
        }
        worst = worst.max((i as f64 / a.len() as f64 - j as f64 / b.len() as f64).abs());
    }
    worst * ((a.len() * b.len()) as f64 / (a.len() + b.len()) as f64).sqrt()
}

fn oracle(law: &Law) -> Option<Vec<f64>> {
    fn take(law: impl Distribution<f64>) -> Vec<f64> {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(11);
        (0..DRAWS).map(|_| law.sample(&mut random)).collect()
    }
    Some(match *law {
        Law::Exponential { mean } => take(rand_distr::Exp::new(1.0 / mean).unwrap()),
        Law::Uniform { from, to } => take(rand_distr::Uniform::new(from, to).unwrap()),
        Law::Normal { mean, cv } if cv < 0.15 => {
            take(rand_distr::Normal::new(mean, cv * mean).unwrap())
        }
        Law::LogNormal { mean, cv } => take(rand_distr::LogNormal::from_mean_cv(mean, cv).unwrap()),
        Law::Gamma { mean, cv } => {
            take(rand_distr::Gamma::new(1.0 / (cv * cv), mean * cv * cv).unwrap())
        }
        Law::Erlang { mean, stages } => {
            let k = f64::from(stages);
            take(rand_distr::Gamma::new(k, mean / k).unwrap())
        }
        Law::Weibull { mean, cv } => {
            let shape = weibull_shape(cv);
            let scale = mean / libm::tgamma(1.0 + 1.0 / shape);
            take(rand_distr::Weibull::new(scale, shape).unwrap())
        }
        Law::Pareto {
            mean,
            shape,
            cap: None,
        } => take(rand_distr::Pareto::new(mean * (shape - 1.0) / shape, shape).unwrap()),
        _ => return None,
    })
}

/// The statistic exceeds 2.2 with probability 1e-4 under equality.
#[test]
fn same_distribution_as_rand_distr() {
    let mut compared = 0;
    for law in laws() {
        if let Some(other) = oracle(&law) {
            let d = distance(draws(&law, 3), other);
            assert!(d < 2.2, "{law:?}: {d}");
            compared += 1;
        }
    }
    assert!(compared >= 10);
}

#[test]
fn quantiles_law_passes_through_its_points() {
    let mut sample = draws(
        &Law::Quantiles {
            p50: 80.0,
            p95: 250.0,
            p99: 900.0,
        },
        5,
    );
    sample.sort_by(f64::total_cmp);
    for (share, value) in [(0.5, 80.0), (0.95, 250.0), (0.99, 900.0)] {
        let below = sample.iter().filter(|&&x| x <= value).count() as f64 / DRAWS as f64;
        let error = (share * (1.0 - share) / DRAWS as f64).sqrt();
        assert!((below - share).abs() < 5.0 * error, "{share}: {below}");
    }
    assert!(sample.last().unwrap() <= &9000.1);
}

#[test]
fn bounds_hold() {
    let capped = draws(
        &Law::Pareto {
            mean: 4.0,
            shape: 1.5,
            cap: Some(100.0),
        },
        1,
    );
    assert!(capped.iter().all(|&x| x <= 100.0 + 1e-9));
    assert!(
        draws(&Law::Normal { mean: 5.0, cv: 0.4 }, 1)
            .iter()
            .all(|&x| x >= 0.0)
    );
}

#[test]
fn bad_parameters_are_refused_with_a_remedy() {
    let message = |law: Law| law.validate().unwrap_err();
    assert!(
        message(Law::Normal {
            mean: 1.0,
            cv: 0.41
        })
        .contains("LogNormal")
    );
    assert!(message(Law::HyperExponential { mean: 1.0, cv: 1.0 }).contains("Erlang"));
    assert!(
        message(Law::Pareto {
            mean: 1.0,
            shape: 1.0,
            cap: None
        })
        .contains("cap")
    );
    assert!(
        message(Law::Pareto {
            mean: 2.0,
            shape: 1.0,
            cap: Some(1.0)
        })
        .contains("mean")
    );
    assert!(message(Law::Exponential { mean: f64::NAN }).contains("above 0"));
    assert!(message(Law::Uniform { from: 2.0, to: 2.0 }).contains("from"));
    assert!(
        message(Law::Quantiles {
            p50: 2.0,
            p95: 1.0,
            p99: 3.0
        })
        .contains("fall")
    );
    assert!(message(Law::Empirical(Vec::new().into())).contains("at least one"));
    assert!(message(Law::Constant(-1.0)).contains("negative"));
    assert!(
        message(Law::Erlang {
            mean: 1.0,
            stages: 0
        })
        .contains("stages")
    );
    assert!(message(Law::Weibull { mean: 1.0, cv: 0.0 }).contains("cv"));
}

#[test]
fn scaling_scales_the_draws() {
    for law in laws() {
        let (word, twice) = (mix(99), law.scaled(2.0));
        let relative = twice.sample(word) / law.sample(word) / 2.0 - 1.0;
        assert!(relative.abs() < 1e-9, "{law:?}");
        assert!((twice.cv() - law.cv()).abs() < 1e-9);
        assert!(law.is_random());
    }
    assert!(!Law::Constant(3.0).is_random());
}

#[test]
fn rounding_is_to_nearest() {
    assert_eq!([0.0, 0.4, 0.6, 2.5, 3.5].map(round), [0, 0, 1, 2, 4]);
    assert_eq!(round(1e18), 1_000_000_000_000_000_000);
    assert_eq!(round(1e30), u64::MAX);
}
