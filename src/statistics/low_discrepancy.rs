//! Points that fill a unit cube more evenly than draws: Latin hypercubes and Sobol's sequence.

use rand::{Rng as _, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Most dimensions of [`sobol`].
pub const MOST_DIMENSIONS: usize = 36;

/// Degree, inner coefficients and first direction numbers of the primitive polynomials behind
/// dimensions 2 and up; the first dimension has none.
///
/// Source: S. Joe and F. Kuo, *Constructing Sobol sequences with better two-dimensional
/// projections*, SIAM Journal on Scientific Computing 30 (2008), table new-joe-kuo-6.
const DIRECTIONS: [(u32, u32, &[u32]); MOST_DIMENSIONS - 1] = [
    (1, 0, &[1]),
    (2, 1, &[1, 3]),
    (3, 1, &[1, 3, 1]),
    (3, 2, &[1, 1, 1]),
    (4, 1, &[1, 1, 3, 3]),
    (4, 4, &[1, 3, 5, 13]),
    (5, 2, &[1, 1, 5, 5, 17]),
    (5, 4, &[1, 1, 5, 5, 5]),
    (5, 7, &[1, 1, 7, 11, 19]),
    (5, 11, &[1, 1, 5, 1, 1]),
    (5, 13, &[1, 1, 1, 3, 11]),
    (5, 14, &[1, 3, 5, 5, 31]),
    (6, 1, &[1, 3, 3, 9, 7, 49]),
    (6, 13, &[1, 1, 1, 15, 21, 21]),
    (6, 16, &[1, 3, 1, 13, 27, 49]),
    (6, 19, &[1, 1, 1, 15, 7, 5]),
    (6, 22, &[1, 3, 1, 15, 13, 25]),
    (6, 25, &[1, 1, 5, 5, 19, 61]),
    (7, 1, &[1, 3, 7, 11, 23, 15, 103]),
    (7, 4, &[1, 3, 7, 13, 13, 15, 69]),
    (7, 7, &[1, 1, 3, 13, 7, 35, 63]),
    (7, 8, &[1, 3, 5, 9, 1, 25, 53]),
    (7, 14, &[1, 3, 1, 13, 9, 35, 107]),
    (7, 19, &[1, 3, 1, 5, 27, 61, 31]),
    (7, 21, &[1, 1, 5, 11, 19, 41, 61]),
    (7, 28, &[1, 3, 5, 3, 3, 13, 69]),
    (7, 31, &[1, 1, 7, 13, 1, 19, 1]),
    (7, 32, &[1, 3, 7, 5, 13, 19, 59]),
    (7, 37, &[1, 1, 3, 9, 25, 29, 41]),
    (7, 41, &[1, 3, 5, 13, 23, 1, 55]),
    (7, 42, &[1, 3, 7, 3, 13, 59, 17]),
    (7, 50, &[1, 3, 1, 3, 5, 53, 69]),
    (7, 55, &[1, 1, 5, 5, 23, 33, 13]),
    (7, 56, &[1, 1, 7, 7, 1, 61, 123]),
    (7, 59, &[1, 1, 7, 9, 13, 61, 49]),
];

/// The first `count` points of Sobol's sequence in `dimensions` dimensions, each coordinate above
/// 0 and below 1, scrambled by `seed`: random, and as even as the sequence itself.
///
/// The scrambling is Owen's, by hashing: B. Burley, *Practical hash-based Owen scrambling*,
/// Journal of Computer Graphics Techniques 9 (2020), with the constants of N. Vegdahl.
///
/// # Panics
/// With more than [`MOST_DIMENSIONS`] dimensions.
pub fn sobol(count: u32, dimensions: usize, seed: u64) -> Vec<Vec<f64>> {
    assert!(dimensions <= MOST_DIMENSIONS, "{dimensions} dimensions");
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let axes: Vec<([u32; 32], u32)> = (0..dimensions)
        .map(|place| (directions(place), (rng.next_u64() >> 32) as u32))
        .collect();
    let coordinate = |index: u32, (directions, seed): &([u32; 32], u32)| {
        let bits = (0..32).filter(|bit| index >> bit & 1 == 1);
        let plain = bits.fold(0, |sum, bit| sum ^ directions[bit]);
        (f64::from(scrambled(plain, *seed)) + 0.5) / 4_294_967_296.0
    };
    let point = |index| axes.iter().map(|axis| coordinate(index, axis)).collect();
    (0..count).map(point).collect()
}

/// The direction numbers of a dimension, from 0, as fractions of 32 bits.
fn directions(place: usize) -> [u32; 32] {
    let mut found = [0_u32; 32];
    if place == 0 {
        for (bit, number) in found.iter_mut().enumerate() {
            *number = 1 << (31 - bit);
        }
        return found;
    }
    let (degree, inner, first) = DIRECTIONS[place - 1];
    let degree = degree as usize;
    for bit in 0..32 {
        found[bit] = if bit < degree {
            first[bit] << (31 - bit)
        } else {
            let before = found[bit - degree];
            (1..degree).fold(before ^ (before >> degree), |sum, back| {
                let taken = inner >> (degree - 1 - back) & 1;
                sum ^ (taken * found[bit - back])
            })
        };
    }
    found
}

/// Each bit turned or not by those above it.
fn scrambled(plain: u32, seed: u32) -> u32 {
    let mut x = plain.reverse_bits();
    x ^= x.wrapping_mul(0x3d20_adea);
    x = x.wrapping_add(seed);
    x = x.wrapping_mul((seed >> 16) | 1);
    x ^= x.wrapping_mul(0x0552_6c56);
    x ^= x.wrapping_mul(0x53a2_2864);
    x.reverse_bits()
}

/// A Latin hypercube: of each dimension's `count` strata every one holds one point, at a place of
/// its own in it, each coordinate above 0 and below 1.
///
/// Source: M. `McKay`, R. Beckman, W. Conover, *A comparison of three methods for selecting values
/// of input variables*, Technometrics 21 (1979).
pub fn latin(count: u32, dimensions: usize, seed: u64) -> Vec<Vec<f64>> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut points = vec![vec![0.0; dimensions]; count as usize];
    for dimension in 0..dimensions {
        let mut strata: Vec<u32> = (0..count).collect();
        for last in (1..strata.len()).rev() {
            let other = (u128::from(rng.next_u64()) * (last as u128 + 1)) >> 64;
            strata.swap(last, other as usize);
        }
        for (point, stratum) in points.iter_mut().zip(strata) {
            let inside = ((rng.next_u64() >> 11) as f64 + 0.5) / 9_007_199_254_740_992.0;
            let at = (f64::from(stratum) + inside) / f64::from(count);
            point[dimension] = at.clamp(f64::EPSILON, 1.0 - f64::EPSILON);
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The strata of a coordinate at `count` points, sorted.
    fn strata(points: &[Vec<f64>], dimension: usize) -> Vec<usize> {
        let count = points.len() as f64;
        let mut found: Vec<usize> = points
            .iter()
            .map(|point| (point[dimension] * count) as usize)
            .collect();
        found.sort_unstable();
        found
    }

    #[test]
    fn the_unscrambled_sequence_follows_the_recurrence() {
        // By pencil from the published recurrence: the third numbers m are 5 in dimension 2
        // (m = 1, 3, 5) and 2 * 3 ^ 4 * 1 ^ 1 = 3 in dimension 3.
        let at = |index: u32, place: usize| {
            let table = directions(place);
            let bits = (0..32).filter(|bit| index >> bit & 1 == 1);
            f64::from(bits.fold(0, |sum, bit| sum ^ table[bit])) / 4_294_967_296.0
        };
        for (index, expected) in [
            (1, [0.5, 0.5, 0.5]),
            (2, [0.25, 0.75, 0.75]),
            (3, [0.75, 0.25, 0.25]),
            (4, [0.125, 0.625, 0.375]),
        ] {
            for (place, expected) in expected.into_iter().enumerate() {
                let found: f64 = at(index, place);
                assert!((found - expected).abs() < 1e-15, "{index} {place}: {found}");
            }
        }
    }

    #[test]
    fn every_stratum_of_every_dimension_holds_one_point() {
        let all: Vec<usize> = (0..256).collect();
        for points in [sobol(256, MOST_DIMENSIONS, 7), latin(256, 9, 7)] {
            for dimension in 0..points[0].len() {
                assert_eq!(strata(&points, dimension), all, "{dimension}");
            }
        }
    }

    /// The first two dimensions are a (0, m, 2)-net: each box of area 1/256 holds one point.
    #[test]
    fn scrambling_keeps_the_net() {
        for seed in [1, 2, 3] {
            let points = sobol(256, 2, seed);
            for wide in 0..=8 {
                let (columns, rows) = (f64::from(1 << wide), f64::from(1 << (8 - wide)));
                let mut boxes: Vec<(usize, usize)> = points
                    .iter()
                    .map(|p| ((p[0] * columns) as usize, (p[1] * rows) as usize))
                    .collect();
                boxes.sort_unstable();
                boxes.dedup();
                assert_eq!(boxes.len(), 256, "seed {seed}, {columns} columns");
            }
        }
    }

    #[test]
    fn a_smooth_integral_is_met_far_better_than_by_draws() {
        // The integral of prod(2 x_i) over the cube is 1; draws of this number would have a
        // standard error of about 0.06.
        for (points, bound) in [(sobol(1024, 6, 5), 0.01), (latin(1024, 6, 5), 0.06)] {
            let product = |point: &Vec<f64>| point.iter().map(|x| 2.0 * x).product::<f64>();
            let mean = points.iter().map(product).sum::<f64>() / 1024.0;
            assert!((mean - 1.0).abs() < bound, "{mean}");
        }
    }

    #[test]
    fn another_seed_gives_other_points() {
        assert_eq!(sobol(64, 3, 1), sobol(64, 3, 1));
        assert_ne!(sobol(64, 3, 1), sobol(64, 3, 2));
        assert_eq!(latin(64, 3, 1), latin(64, 3, 1));
        assert_ne!(latin(64, 3, 1), latin(64, 3, 2));
    }
}
