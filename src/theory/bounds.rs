//! Bounds on closed networks that need nothing but demands.
//!
//! Source: E. Lazowska, J. Zahorjan, G. Graham, K. Sevcik, *Quantitative System Performance*,
//! chapter 5 (tables 5.1 and 5.2).

/// Lower and upper bounds on throughput (per second) and response (seconds).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// Least and most requests per second.
    pub throughput: (f64, f64),
    /// Least and most mean response in seconds.
    pub response: (f64, f64),
}

/// Asymptotic bounds for `users` with think time `think` seconds over single-server stations
/// with the given `demands` in seconds per request. They hold for any laws.
///
/// `None` without users or without a positive demand.
pub fn asymptotic(users: u32, think: f64, demands: &[f64]) -> Option<Bounds> {
    let (total, largest) = demand_of(demands)?;
    let count = user_count(users)?;
    Some(Bounds {
        throughput: (
            count / (count * total + think),
            (count / (total + think)).min(1.0 / largest),
        ),
        response: (total.max(count * largest - think), count * total),
    })
}

/// Balanced job bounds, tighter than the asymptotic ones but only valid for networks with a
/// product form (exponential FCFS or any processor-sharing stations).
///
/// `None` without users or without a positive demand.
pub fn balanced(users: u32, think: f64, demands: &[f64]) -> Option<Bounds> {
    let (total, largest) = demand_of(demands)?;
    let count = user_count(users)?;
    let others = count - 1.0;
    let mean = total / demands.len() as f64;
    let most = total + others * largest / (1.0 + think / (count * total));
    let least = total + others * mean / (1.0 + think / total);
    Some(Bounds {
        throughput: (
            count / (most + think),
            (count / (least + think)).min(1.0 / largest),
        ),
        response: (least.max(count * largest - think), most),
    })
}

fn user_count(users: u32) -> Option<f64> {
    (users > 0).then(|| f64::from(users))
}

/// Sum and largest of the demands.
fn demand_of(demands: &[f64]) -> Option<(f64, f64)> {
    let largest = demands.iter().copied().fold(0.0, f64::max);
    (largest > 0.0).then(|| (demands.iter().sum(), largest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::check::near;
    use crate::theory::mva::{Station, closed_network};
    use proptest::prelude::*;

    #[test]
    fn a_pencil_example() {
        // Think 15 s, demands 5, 4 and 3 s: at most 1/5 a second, for one user 1/27.
        let one = asymptotic(1, 15.0, &[5.0, 4.0, 3.0]).unwrap();
        near(one.throughput.1, 1.0 / 27.0, 1e-12);
        let many = asymptotic(100, 15.0, &[5.0, 4.0, 3.0]).unwrap();
        near(many.throughput.1, 0.2, 1e-12);
        near(many.response.0, 485.0, 1e-12);
        assert_eq!(asymptotic(0, 1.0, &[1.0]), None);
        assert_eq!(balanced(1, 1.0, &[]), None);
    }

    #[test]
    fn balanced_bounds_are_exact_when_all_demands_are_equal_and_nobody_thinks() {
        let bounds = balanced(10, 0.0, &[0.2; 4]).unwrap();
        near(bounds.throughput.0, bounds.throughput.1, 1e-12);
        // Balanced networks: N / (D (N + K - 1) / K).
        near(bounds.throughput.0, 10.0 / (0.2 * 13.0), 1e-12);
    }

    proptest! {
        #[test]
        fn exact_solutions_lie_inside_and_balanced_bounds_inside_asymptotic_ones(
            users in 1_u32..40,
            think in 0.0_f64..20.0,
            demands in prop::collection::vec(0.01_f64..3.0, 1..5),
        ) {
            let stations: Vec<Station> = demands.iter().map(|&d| Station::queue(d, 1)).collect();
            let exact = closed_network(users, think, &stations).expect("a sound network");
            let wide = asymptotic(users, think, &demands).expect("demands are positive");
            let tight = balanced(users, think, &demands).expect("demands are positive");
            for bounds in [wide, tight] {
                prop_assert!(exact.throughput >= bounds.throughput.0 * (1.0 - 1e-9));
                prop_assert!(exact.throughput <= bounds.throughput.1 * (1.0 + 1e-9));
                prop_assert!(exact.response >= bounds.response.0 * (1.0 - 1e-9));
                prop_assert!(exact.response <= bounds.response.1 * (1.0 + 1e-9));
            }
            prop_assert!(tight.throughput.1 <= wide.throughput.1 * (1.0 + 1e-9));
            prop_assert!(tight.throughput.0 >= wide.throughput.0 * (1.0 - 1e-9));
        }
    }
}
