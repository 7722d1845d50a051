//! Load that changes in time.

/// What a sine of arrivals does to an unlimited number of servers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SineResponse {
    /// Mean number in service over a period.
    pub mean: f64,
    /// Amplitude of the number in service about that mean.
    pub amplitude: f64,
    /// Seconds by which its peak follows the peak of the arrivals.
    pub lag: f64,
}

/// Mt/M/infinity: arrivals per second of `base` plus `amplitude` times a sine of `period`
/// seconds, exponential service of mean `service` seconds.
///
/// `None` if the rate would turn negative or a number is out of range.
///
/// Source: S. Eick, W. Massey, W. Whitt 1993, *Mt/G/infinity queues with sinusoidal arrival
/// rates*, Management Science 39.
pub fn sine_load(base: f64, amplitude: f64, period: f64, service: f64) -> Option<SineResponse> {
    let is_sound = base > 0.0
        && (0.0..=base).contains(&amplitude)
        && period > 0.0
        && service > 0.0
        && base.is_finite();
    if !is_sound {
        return None;
    }
    let frequency = 2.0 * std::f64::consts::PI / period;
    let turn = frequency * service;
    Some(SineResponse {
        mean: base * service,
        amplitude: amplitude * service / (1.0 + turn * turn).sqrt(),
        lag: libm::atan(turn) / frequency,
    })
}

/// Fluid limit of a burst: what `offered` requests per second over `seconds` leave behind at a
/// station that does `capacity` per second, and how it ends when `after` per second follow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Burst {
    /// Requests left at the end of the burst.
    pub backlog: f64,
    /// Seconds from the end of the burst until the backlog is gone; `None`: it never is.
    pub recovery: Option<f64>,
    /// Longest wait in seconds, first come first served.
    pub longest_wait: f64,
}

/// The burst's balance; rates per second and times in seconds, all at least 0, capacity positive.
///
/// Source: L. Kleinrock, *Queueing Systems* vol. 2, section 2.7 (fluid approximation).
pub fn burst(capacity: f64, offered: f64, seconds: f64, after: f64) -> Burst {
    let backlog = ((offered - capacity) * seconds).max(0.0);
    let spare = capacity - after;
    Burst {
        backlog,
        recovery: if backlog <= 0.0 {
            Some(0.0)
        } else {
            (spare > 0.0).then(|| backlog / spare)
        },
        longest_wait: backlog / capacity,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::check::near;

    #[test]
    fn a_wave_of_ten_seconds() {
        let found = sine_load(100.0, 60.0, 10.0, 0.5).unwrap();
        near(found.mean, 50.0, 1e-12);
        near(found.amplitude, 28.620_85, 1e-6);
        near(found.lag, 0.484_461, 2e-6);
        assert_eq!(sine_load(100.0, 160.0, 10.0, 0.5), None);
    }

    #[test]
    fn the_wave_solves_its_differential_equation() {
        // m' = rate - m / service, checked by differences at several moments.
        let (base, swing, period, service) = (20.0, 15.0, 3.0, 0.8);
        let found = sine_load(base, swing, period, service).unwrap();
        let frequency = 2.0 * std::f64::consts::PI / period;
        let m = |t: f64| found.mean + found.amplitude * libm::sin(frequency * (t - found.lag));
        for k in 0..12 {
            let t = f64::from(k) * 0.25;
            let slope = (m(t + 1e-5) - m(t - 1e-5)) / 2e-5;
            let rate = base + swing * libm::sin(frequency * t);
            assert!((slope - (rate - m(t) / service)).abs() < 1e-6);
        }
    }

    #[test]
    fn a_minute_of_overload() {
        let found = burst(100.0, 150.0, 60.0, 70.0);
        near(found.backlog, 3_000.0, 1e-12);
        near(found.recovery.unwrap(), 100.0, 1e-12);
        near(found.longest_wait, 30.0, 1e-12);
        assert_eq!(burst(100.0, 150.0, 60.0, 100.0).recovery, None);
        assert_eq!(burst(100.0, 50.0, 60.0, 100.0).recovery, Some(0.0));
    }
}
