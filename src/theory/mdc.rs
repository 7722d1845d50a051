//! M/D/c: Poisson arrivals, constant service, several servers, FCFS.

/// Mean waiting time in seconds of a stable M/D/c station.
///
/// Arrivals per second, the constant service in seconds, number of servers. `None` if the load
/// reaches capacity or a number is out of range.
///
/// The number waiting obeys the recursion of a bulk service queue, looked at once a service
/// (C. Crommelin 1932, *Delay probability formulae when the holding times are constant*, P.O.
/// Electrical Engineers Journal 25); its mean follows from the roots inside the unit circle of
/// z^c = exp(load (z - 1)) (A. Janssen and J. van Leeuwaarden 2005, *Analytic computation schemes
/// for the discrete-time bulk service queue*, Queueing Systems 50). Absolute error about 1e-13
/// services per server.
pub fn mdc_mean_wait(arrival_rate: f64, service: f64, servers: u32) -> Option<f64> {
    let load = arrival_rate * service;
    let count = f64::from(servers);
    if !(load > 0.0 && load < count && service > 0.0) {
        return None;
    }
    let roots: f64 = (1..servers)
        .map(|k| root_part(load / count, f64::from(k) / count))
        .sum();
    let waiting = load / (2.0 * (count - load)) - f64::midpoint(count - 1.0, load) + roots;
    Some(waiting.max(0.0) / arrival_rate)
}

/// Real part of 1 / (1 - z) at the root of z = exp(2 pi i `turn`) exp(`utilisation` (z - 1)),
/// found by Newton's method.
fn root_part(utilisation: f64, turn: f64) -> f64 {
    let angle = 2.0 * std::f64::consts::PI * turn;
    let (mut re, mut im) = (0.0_f64, 0.0_f64);
    for _ in 0..200 {
        let size = libm::exp(utilisation * (re - 1.0));
        let phase = angle + utilisation * im;
        let (image_re, image_im) = (size * libm::cos(phase), size * libm::sin(phase));
        // f = z - image, f' = 1 - utilisation image.
        let (f_re, f_im) = (re - image_re, im - image_im);
        let (d_re, d_im) = (1.0 - utilisation * image_re, -utilisation * image_im);
        let norm = d_re * d_re + d_im * d_im;
        let step_re = (f_re * d_re + f_im * d_im) / norm;
        let step_im = (f_im * d_re - f_re * d_im) / norm;
        re -= step_re;
        im -= step_im;
        if step_re.abs() + step_im.abs() < 1e-16 {
            break;
        }
    }
    let gap = 1.0 - re;
    gap / (gap * gap + im * im)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::check::near;
    use crate::theory::mg1::Mg1;

    /// Pollaczek's sum over the random walk of one server's arrivals (every c-th of all): a
    /// formula without roots.
    fn by_random_walk(arrival_rate: f64, service: f64, servers: u32) -> f64 {
        let load = arrival_rate * service;
        let count = f64::from(servers);
        let mut log_factorial = vec![0.0];
        for n in 1..40_000 {
            log_factorial.push(log_factorial[n - 1] + libm::log(n as f64));
        }
        let term = |i: usize| {
            let (mean, least) = (i as f64 * load, i * servers as usize);
            let weight = |n: usize| libm::exp(n as f64 * libm::log(mean) - mean - log_factorial[n]);
            let at = weight(least);
            let above: f64 = (least + 1..least + 4_000).map(weight).sum();
            service * (at + above - count / load * above)
        };
        (1..6_000 / servers as usize).map(term).sum()
    }

    #[test]
    fn one_server_is_pollaczek_and_khinchine() {
        for load in [0.1, 0.5, 0.8, 0.99] {
            let plain = Mg1::new(load, 1.0, 0.0).unwrap();
            near(
                mdc_mean_wait(load, 1.0, 1).unwrap(),
                plain.mean_wait(),
                1e-12,
            );
        }
    }

    #[test]
    fn two_servers_at_80_per_cent() {
        near(mdc_mean_wait(1.6, 1.0, 2).unwrap(), 0.903_283_9, 1e-7);
        near(mdc_mean_wait(0.8, 2.0, 2).unwrap(), 1.806_567_8, 1e-7);
    }

    #[test]
    fn roots_and_random_walk_agree() {
        for (rate, servers) in [(0.3, 2), (1.6, 2), (4.0, 5), (9.0, 10), (17.0, 20)] {
            let own = mdc_mean_wait(rate, 1.0, servers).unwrap();
            near(own, by_random_walk(rate, 1.0, servers), 1e-7);
        }
    }

    #[test]
    fn overload_and_nonsense_have_no_wait() {
        assert_eq!(mdc_mean_wait(2.0, 1.0, 2), None);
        assert_eq!(mdc_mean_wait(1.0, 1.0, 0), None);
        assert_eq!(mdc_mean_wait(f64::NAN, 1.0, 4), None);
    }
}
