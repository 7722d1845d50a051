//! What intervals should hold: means by formula, 99th percentiles by distributions.

use linchpin::theory::{Mg1, Mmc};
use statrs::distribution::{ContinuousCDF, LogNormal, Normal};

/// Times in seconds.
#[derive(Clone, Copy, Debug)]
pub struct Truth {
    /// Mean response.
    pub mean: f64,
    /// Its 99th percentile.
    pub p99: f64,
}

/// Time that one in a hundred exceeds, by halving.
fn p99(exceeds: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (0.0, 1_000.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if exceeds(middle) > 0.01 {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

fn queue(rate: f64, service_rate: f64, servers: u32) -> Mmc {
    Mmc::new(rate, service_rate, servers).expect("it is stable")
}

/// M/M/c with services of 1 s.
pub fn mmc(rate: f64, servers: u32) -> Truth {
    let queue = queue(rate, 1.0, servers);
    Truth {
        mean: queue.mean_response(),
        p99: queue.response_quantile(0.99),
    }
}

/// M/M/2 at 140/s with 10 ms, then M/M/4 at 560/s with 5 ms. The times at two queues in a row
/// are independent (P. Burke 1969, *The dependence of sojourn times in tandem M/M/s queues*,
/// Operations Research 17), so their distributions are convolved.
pub fn three_tiers() -> Truth {
    let (first, second) = (queue(140.0, 100.0, 2), queue(560.0, 200.0, 4));
    let cells = 20_000;
    let exceeds = |time: f64| {
        let step = time / f64::from(cells);
        let both = (0..cells).map(|cell| {
            let start = f64::from(cell) * step;
            let here = first.response_exceeds(start) - first.response_exceeds(start + step);
            here * second.response_exceeds(time - start - step / 2.0)
        });
        first.response_exceeds(time) + both.sum::<f64>()
    };
    Truth {
        mean: first.mean_response() + second.mean_response(),
        p99: p99(exceeds),
    }
}

/// 100 users who think 10 s, services of 0.1 s. Who arrives meets the 99 others as they are by
/// themselves (arrival theorem), so the response is a sum of as many services and one more.
pub fn repairman() -> Truth {
    let (others, think_rate, service_rate) = (99, 0.1, 10.0);
    let mut met = vec![1.0];
    for present in 0..others {
        let arrivals = f64::from(others - present) * think_rate;
        met.push(met[met.len() - 1] * arrivals / service_rate);
    }
    let all: f64 = met.iter().sum();
    // Sum over n of P(meets n) P(Poisson(service_rate time) <= n).
    let exceeds = |time: f64| {
        let (mut term, mut below, mut sum) = ((-service_rate * time).exp(), 0.0, 0.0);
        for (n, share) in met.iter().enumerate() {
            below += term;
            term *= service_rate * time / (n as f64 + 1.0);
            sum += share / all * below;
        }
        sum
    };
    let services: f64 = met
        .iter()
        .zip(1_u32..)
        .map(|(share, n)| share * f64::from(n))
        .sum();
    Truth {
        mean: services / all / service_rate,
        p99: p99(exceeds),
    }
}

/// M/G/1 at 0.7 with lognormal services of mean 1 s and cv 2.
pub fn lognormal() -> Truth {
    let spread = 5.0_f64.ln();
    let service = LogNormal::new(-spread / 2.0, spread.sqrt()).expect("a lognormal");
    let normal = Normal::standard();
    let residual = |time: f64| {
        let part = normal.cdf((time.max(1e-300).ln() - spread / 2.0) / spread.sqrt());
        time * service.sf(time) + part
    };
    Truth {
        mean: Mg1::new(0.7, 1.0, 4.0)
            .expect("it is stable")
            .mean_response(),
        p99: mg1_p99(0.7, residual, |time| service.sf(time)),
    }
}

/// 99th percentile of the response of M/G/1, first come first served: the wait is a geometric
/// number of residual services (Pollaczek, Khinchine), summed on a grid by Panjer's recursion.
/// Distribution of the residual service, tail of the service.
fn mg1_p99(load: f64, residual: impl Fn(f64) -> f64, tail: impl Fn(f64) -> f64) -> f64 {
    let (step, cells) = (0.01, 6_000);
    let at = |cell: usize| residual((cell as f64 + 0.5) * step);
    let mut share = vec![at(0)];
    share.extend((1..cells).map(|cell| at(cell) - at(cell - 1)));
    let first = 1.0 - load * share[0];
    let mut wait = vec![(1.0 - load) / first];
    for n in 1..cells {
        let sum: f64 = (1..=n).map(|k| share[k] * wait[n - k]).sum();
        wait.push(load / first * sum);
    }
    p99(|time| {
        let within = wait.iter().enumerate();
        let longer = within.map(|(n, share)| share * tail(time - n as f64 * step));
        let beyond = 1.0 - wait.iter().sum::<f64>();
        longer.sum::<f64>() + beyond
    })
}

/// Against closed forms.
pub fn check() {
    let near = |a: f64, b: f64| assert!((a / b - 1.0).abs() < 1e-4, "{a} {b}");
    // Exponential services: M/M/1, whose response is exponential of mean 1 / (1 - 0.7).
    let own = mg1_p99(0.7, |t| 1.0 - (-t).exp(), |t| (-t.max(0.0)).exp());
    near(own, 100.0_f64.ln() / 0.3);
    near(mmc(0.8, 1).p99, 100.0_f64.ln() / 0.2);
    // The topologies' own numbers.
    near(three_tiers().mean, 0.026_394);
    near(repairman().mean, 0.819_002_4);
}
