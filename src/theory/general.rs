//! G/G/c: approximations and a bound for stations whose arrivals or service are neither random
//! nor alike. None of these is exact; each names its maker so that a result can say so.

use super::erlang::erlang_c;

/// Kingman's approximation of the mean wait of G/G/1 in seconds: exact for Poisson arrivals
/// (Pollaczek and Khinchine), good in heavy traffic else.
///
/// Arrivals per second, mean service in seconds, squared coefficients of variation of intervals
/// and of service. `None` if the load reaches 1 or a number is out of range.
///
/// Source: J. Kingman 1961, *The single server queue in heavy traffic*, Proc. Cambridge
/// Philosophical Society 57.
pub fn kingman(
    arrival_rate: f64,
    service_mean: f64,
    interval_scv: f64,
    service_scv: f64,
) -> Option<f64> {
    allen_cunneen(arrival_rate, service_mean, 1, interval_scv, service_scv)
}

/// Kingman's upper bound of the mean wait of G/G/1 in seconds, which holds for any independent
/// intervals and services. Numbers as for [`kingman`].
///
/// Source: L. Kleinrock, *Queueing Systems* vol. 2, section 2.1 (after J. Kingman 1962).
pub fn kingman_bound(
    arrival_rate: f64,
    service_mean: f64,
    interval_scv: f64,
    service_scv: f64,
) -> Option<f64> {
    let load = arrival_rate * service_mean;
    let is_sound = load > 0.0 && load < 1.0 && interval_scv >= 0.0 && service_scv >= 0.0;
    let variances =
        interval_scv / (arrival_rate * arrival_rate) + service_scv * service_mean * service_mean;
    is_sound.then(|| arrival_rate * variances / (2.0 * (1.0 - load)))
}

/// The approximation of Allen and Cunneen of the mean wait of G/G/c in seconds: that of M/M/c
/// times the mean of both squared coefficients of variation. Exact for M/M/c and M/G/1.
///
/// Arrivals per second, mean service in seconds, servers, squared coefficients of variation of
/// intervals and of service. `None` if the load reaches capacity or a number is out of range.
///
/// Source: A. Allen, *Probability, Statistics and Queueing Theory with Computer Science
/// Applications*, section 5.3.
pub fn allen_cunneen(
    arrival_rate: f64,
    service_mean: f64,
    servers: u32,
    interval_scv: f64,
    service_scv: f64,
) -> Option<f64> {
    let is_sound = arrival_rate > 0.0
        && service_mean > 0.0
        && interval_scv >= 0.0
        && service_scv >= 0.0
        && interval_scv.is_finite()
        && service_scv.is_finite();
    if !is_sound {
        return None;
    }
    let load = arrival_rate * service_mean;
    let waits = erlang_c(load, servers)?;
    let mean_wait = waits * service_mean / (f64::from(servers) - load);
    Some(mean_wait * f64::midpoint(interval_scv, service_scv))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::check::near;
    use crate::theory::gim1::Gim1;
    use crate::theory::mdc::mdc_mean_wait;
    use crate::theory::mg1::Mg1;
    use crate::theory::mmc::Mmc;

    #[test]
    fn exact_where_arrivals_are_random_and_service_exponential_or_single() {
        let many = Mmc::new(8.0, 1.0, 10).unwrap();
        near(
            allen_cunneen(8.0, 1.0, 10, 1.0, 1.0).unwrap(),
            many.mean_wait(),
            1e-12,
        );
        let single = Mg1::new(0.7, 1.0, 4.0).unwrap();
        near(
            kingman(0.7, 1.0, 1.0, 4.0).unwrap(),
            single.mean_wait(),
            1e-12,
        );
    }

    #[test]
    fn paced_arrivals_stay_below_the_bound() {
        // D/M/1 at 80 %: exact 1.6927, approximation and bound 2.0.
        let exact = Gim1::paced(1.25, 1.0).unwrap().mean_wait();
        near(kingman_bound(0.8, 1.0, 0.0, 1.0).unwrap(), 2.0, 1e-12);
        near(kingman(0.8, 1.0, 0.0, 1.0).unwrap(), 2.0, 1e-12);
        assert!(exact < 2.0);
        // In heavy traffic the approximation becomes exact.
        let heavy = Gim1::paced(1.0 / 0.999, 1.0).unwrap().mean_wait();
        near(kingman(0.999, 1.0, 0.0, 1.0).unwrap(), heavy, 1e-3);
    }

    #[test]
    fn constant_service_on_several_servers_is_met_within_some_per_cent() {
        for (rate, servers, within) in [(1.6, 2, 0.02), (4.5, 5, 0.02), (18.0, 20, 0.06)] {
            let exact = mdc_mean_wait(rate, 1.0, servers).unwrap();
            let own = allen_cunneen(rate, 1.0, servers, 1.0, 0.0).unwrap();
            near(own, exact, within);
        }
    }

    #[test]
    fn nonsense_and_overload_have_no_wait() {
        assert_eq!(kingman(1.0, 1.0, 1.0, 1.0), None);
        assert_eq!(kingman(0.5, 1.0, -1.0, 1.0), None);
        assert_eq!(kingman_bound(1.5, 1.0, 1.0, 1.0), None);
        assert_eq!(allen_cunneen(0.5, 1.0, 0, 1.0, 1.0), None);
    }
}
