//! Queues as Markov chains, and how a cache fills.

/// Long-run shares of states, from rates between them, by small steps of a uniform chain.
pub fn stationary(states: usize, rates: &[(usize, usize, f64)]) -> Vec<f64> {
    let mut leaving = vec![0.0; states];
    for &(from, _, rate) in rates {
        leaving[from] += rate;
    }
    let step = 1.0 / (1.05 * leaving.iter().copied().fold(0.0, f64::max));
    let mut shares = vec![1.0 / states as f64; states];
    for _ in 0..20_000 {
        let stay = shares.iter().zip(&leaving);
        let mut next: Vec<f64> = stay.map(|(p, out)| p * (1.0 - out * step)).collect();
        for &(from, to, rate) in rates {
            next[to] += shares[from] * rate * step;
        }
        shares = next;
    }
    shares
}

/// Erlang C by way of Erlang B.
pub fn chance_to_wait(servers: u32, load: f64) -> f64 {
    let blocked = (1..=servers).fold(1.0, |b, k| load * b / (f64::from(k) + load * b));
    blocked / (1.0 - load / f64::from(servers) * (1.0 - blocked))
}

type Square = [[f64; 2]; 2];

fn times(a: Square, b: Square) -> Square {
    let cell = |i: usize, j: usize| a[i][0] * b[0][j] + a[i][1] * b[1][j];
    [[cell(0, 0), cell(0, 1)], [cell(1, 0), cell(1, 1)]]
}

/// The inverse of a matrix with its sign changed.
fn minus_inverse([[a, b], [c, d]]: Square) -> Square {
    let size = a * d - b * c;
    [[-d / size, b / size], [c / size, -a / size]]
}

/// Mean number in four servers of 20/s under phases of 20/s and 220/s: level by level from far
/// above, each as a multiple of the one below (G. Latouche, V. Ramaswami, "Introduction to matrix
/// analytic methods", 1999, chapter 10).
pub fn inside_under_bursts() -> f64 {
    const TOP: usize = 6_000;
    let arrivals = [20.0, 220.0];
    let phases = [[-1.0 / 9.0, 1.0 / 9.0], [1.0, -1.0]];
    let served = |level: usize| 20.0 * level.min(4) as f64;
    let mut above = vec![[[0.0; 2]; 2]; TOP + 2];
    let mut here = phases;
    for level in (0..=TOP).rev() {
        here = phases;
        for i in 0..2 {
            here[i][i] -= served(level) + if level < TOP { arrivals[i] } else { 0.0 };
            for j in 0..2 {
                here[i][j] += above[level + 1][i][j] * served(level + 1);
            }
        }
        let up = [[arrivals[0], 0.0], [0.0, arrivals[1]]];
        above[level] = times(up, minus_inverse(here));
    }
    // Empty in either phase: what `here` leaves in balance.
    let mut shares = [here[1][0].abs(), here[0][0].abs()];
    let (mut all, mut sum) = (shares[0] + shares[1], 0.0);
    for (level, step) in above.iter().enumerate().take(TOP + 1).skip(1) {
        let next = |j: usize| shares[0] * step[0][j] + shares[1] * step[1][j];
        shares = [next(0), next(1)];
        all += shares[0] + shares[1];
        sum += level as f64 * (shares[0] + shares[1]);
    }
    sum / all
}

/// Items by rank, their shares, and when so many different ones have been asked for at a rate.
pub fn filled(items: u32, exponent: f64, room: f64, rate: f64) -> (Vec<f64>, f64) {
    let weights = (1..=items).map(|rank| f64::from(rank).powf(-exponent));
    let sum: f64 = weights.clone().sum();
    let shares: Vec<f64> = weights.map(|weight| weight / sum).collect();
    let (mut low, mut high) = (0.0, 1e4);
    for _ in 0..60 {
        let time = f64::midpoint(low, high);
        let asked: f64 = shares.iter().map(|p| 1.0 - (-p * rate * time).exp()).sum();
        if asked < room {
            low = time;
        } else {
            high = time;
        }
    }
    (shares, low)
}
