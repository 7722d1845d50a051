//! Shares of keys under consistent hashing.
//!
//! Source: D. Karger and others 1997, *Consistent hashing and random trees*, STOC 29; shares of
//! uniform spacings: H. David and H. Nagaraja, *Order Statistics*, section 6.4.

use super::order::harmonic;

/// Coefficient of variation of one server's share of the keys when each of `servers` has `points`
/// random points on the ring: the share obeys a Beta law (points, (servers - 1) points).
///
/// `None` without servers or points.
pub fn share_cv(servers: u32, points: u32) -> Option<f64> {
    if servers == 0 || points == 0 {
        return None;
    }
    let (servers, points) = (f64::from(servers), f64::from(points));
    Some(((servers - 1.0) / (servers * points + 1.0)).sqrt())
}

/// Mean of the largest share, times the number of servers, when each has one random point: how
/// much more than the average the fullest server holds.
pub fn largest_share_mean(servers: u32) -> f64 {
    harmonic(servers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::check::near;

    #[test]
    fn ten_servers_with_a_point_each() {
        near(largest_share_mean(10), 2.928_968, 1e-6);
        near(share_cv(10, 1).unwrap(), 0.904_534, 1e-6);
        near(largest_share_mean(1), 1.0, 0.0);
    }

    #[test]
    fn twenty_servers_with_fifty_points() {
        near(share_cv(20, 50).unwrap(), 0.137_771_6, 1e-6);
        near(share_cv(1, 50).unwrap(), 0.0, 0.0);
        assert_eq!(share_cv(0, 1), None);
        assert_eq!(share_cv(3, 0), None);
    }
}
