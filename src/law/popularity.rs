//! How often each of many items is asked for.

use super::mix;

/// Shares of items numbered from 0, and a table to draw one in constant time (A. J. Walker, "An
/// efficient method for generating discrete random variables with general distributions", 1977;
/// built as in M. D. Vose, "A linear algorithm for generating random numbers with a given
/// distribution", 1991).
#[derive(Clone, Debug, PartialEq)]
pub struct Popularity {
    shares: Vec<f64>,
    /// Of each column: how much of it is its own item's, in 2^-32, and whose the rest is.
    columns: Vec<(u32, u32)>,
}

/// 2^32.
const WHOLE: f64 = 4_294_967_296.0;

impl Popularity {
    /// Zipf: item `i`, counted from 1, is asked for in proportion to `i^-exponent`; exponent 0
    /// makes all equal. `items` is at least 1, `exponent` not negative.
    pub fn zipf(items: u32, exponent: f64) -> Self {
        let weight = |rank: u32| libm::exp(-exponent * libm::log(f64::from(rank)));
        Self::of((1..=items.max(1)).map(weight).collect())
    }

    /// In proportion to these weights, which are not negative and not all 0.
    pub fn of(mut weights: Vec<f64>) -> Self {
        let total: f64 = weights.iter().sum();
        for weight in &mut weights {
            *weight /= total;
        }
        let columns = columns(&weights);
        Self {
            shares: weights,
            columns,
        }
    }

    /// Share of each item; they add up to 1.
    pub fn shares(&self) -> &[f64] {
        &self.shares
    }

    /// The item that a word draws.
    #[inline]
    pub fn draw(&self, word: u64) -> u32 {
        let place = u128::from(word) * self.columns.len() as u128;
        let column = (place >> 64) as usize;
        let (own, other) = self.columns[column];
        if ((place as u64) >> 32) as u32 <= own {
            column as u32
        } else {
            other
        }
    }

    /// The hash that an item is known by wherever nodes are chosen for it.
    #[inline]
    pub fn hash(item: u32) -> u64 {
        mix(u64::from(item).wrapping_add(0x1D8E_4E27_C47D_124F))
    }
}

fn columns(shares: &[f64]) -> Vec<(u32, u32)> {
    let count = shares.len() as f64;
    let mut heights: Vec<f64> = shares.iter().map(|share| share * count).collect();
    let all = 0..shares.len() as u32;
    let mut columns: Vec<(u32, u32)> = all.clone().map(|item| (u32::MAX, item)).collect();
    let (mut low, mut high): (Vec<u32>, Vec<u32>) =
        all.partition(|&item| heights[item as usize] < 1.0);
    while let (Some(small), Some(&large)) = (low.pop(), high.last()) {
        let height = heights[small as usize];
        columns[small as usize] = (((height * WHOLE) as u64).saturating_sub(1) as u32, large);
        heights[large as usize] -= 1.0 - height;
        if heights[large as usize] < 1.0 {
            high.pop();
            low.push(large);
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the columns say that each item's share is.
    fn exact(popularity: &Popularity) -> Vec<f64> {
        let count = popularity.columns.len() as f64;
        let mut shares = vec![0.0; popularity.columns.len()];
        for (item, &(own, other)) in popularity.columns.iter().enumerate() {
            let own = (f64::from(own) + 1.0) / WHOLE;
            shares[item] += own / count;
            shares[other as usize] += (1.0 - own) / count;
        }
        shares
    }

    #[test]
    fn the_columns_hold_the_shares() {
        for (items, exponent) in [(1, 1.0), (2, 0.0), (10, 1.0), (1000, 0.8), (5000, 2.5)] {
            let popularity = Popularity::zipf(items, exponent);
            let sum: f64 = popularity.shares().iter().sum();
            assert!((sum - 1.0).abs() < 1e-12);
            for (stated, drawn) in popularity.shares().iter().zip(exact(&popularity)) {
                assert!((stated - drawn).abs() < 1e-9, "{items} {exponent}");
            }
        }
    }

    #[test]
    fn draws_follow_the_shares() {
        let popularity = Popularity::zipf(10, 1.0);
        let mut counts = [0_u64; 10];
        for n in 0..200_000 {
            counts[popularity.draw(mix(n)) as usize] += 1;
        }
        for (share, count) in popularity.shares().iter().zip(counts) {
            let (mean, sd) = (
                200_000.0 * share,
                (200_000.0 * share * (1.0 - share)).sqrt(),
            );
            assert!((count as f64 - mean).abs() < 4.5 * sd, "{counts:?}");
        }
    }
}
