//! Erlang's formulas: the chance to be lost (B) or to wait (C).

/// Chance that an arrival finds all of `servers` busy when there is no waiting room (Erlang B).
///
/// `offered_load` is arrival rate times mean service time, in erlangs, at least 0. Holds for
/// every law of service with that mean. By the recursion over servers, whose terms stay in 0..=1
/// where factorials overflow.
///
/// Source: L. Kleinrock, *Queueing Systems* vol. 1, section 3.5; A. K. Erlang 1917.
pub fn erlang_b(offered_load: f64, servers: u32) -> f64 {
    (1..=servers).fold(1.0, |blocked, busy| {
        offered_load * blocked / (f64::from(busy) + offered_load * blocked)
    })
}

/// Chance that an arrival must wait in an M/M/c station (Erlang C).
///
/// `offered_load` is in erlangs. `None` once it reaches `servers`: the queue then grows without
/// bound.
///
/// Source: L. Kleinrock, *Queueing Systems* vol. 1, section 3.5.
pub fn erlang_c(offered_load: f64, servers: u32) -> Option<f64> {
    let utilisation = offered_load / f64::from(servers);
    if utilisation.is_nan() || utilisation >= 1.0 {
        return None;
    }
    let blocked = erlang_b(offered_load, servers);
    Some(blocked / (1.0 - utilisation * (1.0 - blocked)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::check::near;

    #[test]
    fn erlang_b_with_two_erlangs_on_four_lines() {
        // Pencil: (2^4/4!) / (1 + 2 + 2 + 4/3 + 2/3) = 2/21.
        near(erlang_b(2.0, 4), 2.0 / 21.0, 1e-14);
        near(erlang_b(2.0, 0), 1.0, 1e-15);
    }

    #[test]
    fn erlang_c_meets_known_values() {
        // Closed form evaluated independently for M/M/10, M/M/45 and M/M/3.
        near(erlang_c(8.0, 10).unwrap(), 0.409_180_2, 2e-7);
        near(erlang_c(40.0, 45).unwrap(), 0.340_706_1, 2e-7);
        near(erlang_c(2.0, 3).unwrap(), 4.0 / 9.0, 1e-14);
    }

    #[test]
    fn overload_has_no_steady_state() {
        assert_eq!(erlang_c(3.0, 3), None);
        assert_eq!(erlang_c(1.0, 0), None);
        assert!(erlang_c(990.0, 1_000).is_some());
    }
}
