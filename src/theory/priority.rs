//! Priorities at one station: mean waits by class, the most important first.
//!
//! Sources: A. Cobham 1954, *Priority assignment in waiting line problems*, Operations Research
//! 2; L. Kleinrock, *Queueing Systems* vol. 2, sections 3.4 and 3.6.

use super::erlang::erlang_c;

/// Poisson requests of one importance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PriorityClass {
    /// Arrivals per second, at least 0.
    pub arrival_rate: f64,
    /// Mean service in seconds, positive.
    pub service_mean: f64,
    /// Squared coefficient of variation of the service (0 constant, 1 exponential).
    pub service_scv: f64,
}

impl PriorityClass {
    fn load(&self) -> f64 {
        self.arrival_rate * self.service_mean
    }

    /// Mean work left of the request in service that an arrival meets, times its chance.
    fn residual(&self) -> f64 {
        self.load() * self.service_mean * (1.0 + self.service_scv) / 2.0
    }

    fn is_sound(&self) -> bool {
        self.arrival_rate >= 0.0
            && self.service_mean > 0.0
            && self.service_scv >= 0.0
            && self.residual().is_finite()
    }
}

/// Mean waits in seconds of M/G/1 where nobody is interrupted: the next to be served is the most
/// important that waits, FCFS within a class.
///
/// `None` if all classes together reach the load 1 or a number is out of range.
pub fn non_preemptive_waits(classes: &[PriorityClass]) -> Option<Vec<f64>> {
    if !classes.iter().all(PriorityClass::is_sound) {
        return None;
    }
    let residual: f64 = classes.iter().map(PriorityClass::residual).sum();
    cobham(residual, &loads(classes)?)
}

/// Mean waits in seconds of M/M/c where nobody is interrupted and all classes need the same mean
/// service: arrivals per second by class, mean service in seconds, servers.
///
/// `None` if all classes together reach capacity or a number is out of range.
pub fn non_preemptive_waits_on(
    arrival_rates: &[f64],
    service_mean: f64,
    servers: u32,
) -> Option<Vec<f64>> {
    let is_sound = |rate: &f64| *rate >= 0.0 && rate.is_finite();
    if !arrival_rates.iter().all(is_sound) || service_mean.is_nan() || service_mean <= 0.0 {
        return None;
    }
    let per_server = service_mean / f64::from(servers);
    let waits = erlang_c(arrival_rates.iter().sum::<f64>() * service_mean, servers)?;
    let loads: Vec<f64> = arrival_rates.iter().map(|rate| rate * per_server).collect();
    cobham(waits * per_server, &loads)
}

/// Mean responses in seconds of M/G/1 where a more important arrival interrupts and the
/// interrupted goes on later where it stopped (preemptive resume).
///
/// Ends before the first class whose load, with all more important ones, reaches 1: those before
/// it do not notice. `None` if a number is out of range.
pub fn preemptive_resume_responses(classes: &[PriorityClass]) -> Option<Vec<f64>> {
    if !classes.iter().all(PriorityClass::is_sound) {
        return None;
    }
    let (mut above, mut residual) = (0.0, 0.0);
    let mut responses = Vec::new();
    for class in classes {
        residual += class.residual();
        let with_own = above + class.load();
        if with_own >= 1.0 {
            break;
        }
        let free = 1.0 - above;
        responses.push(class.service_mean / free + residual / (free * (1.0 - with_own)));
        above = with_own;
    }
    Some(responses)
}

fn loads(classes: &[PriorityClass]) -> Option<Vec<f64>> {
    let loads: Vec<f64> = classes.iter().map(PriorityClass::load).collect();
    (loads.iter().sum::<f64>() < 1.0).then_some(loads)
}

/// Cobham's waits from the mean residual work and the load of each class (per server).
fn cobham(residual: f64, loads: &[f64]) -> Option<Vec<f64>> {
    let mut above = 0.0;
    let waits: Vec<f64> = loads
        .iter()
        .map(|load| {
            let free = 1.0 - above;
            above += load;
            residual / (free * (1.0 - above))
        })
        .collect();
    (above < 1.0).then_some(waits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::check::near;
    use crate::theory::mg1::Mg1;
    use crate::theory::mmc::Mmc;

    fn exponential(arrival_rate: f64) -> PriorityClass {
        PriorityClass {
            arrival_rate,
            service_mean: 1.0,
            service_scv: 1.0,
        }
    }

    #[test]
    fn two_classes_of_ciw() {
        // Ciw, tests/test_simulation.py, test_priority_system_compare_literature: 2.0 and 6.0.
        let waits = non_preemptive_waits(&[exponential(0.2), exponential(0.6)]).unwrap();
        near(waits[0] + 1.0, 2.0, 1e-12);
        near(waits[1] + 1.0, 6.0, 1e-12);
    }

    #[test]
    fn two_classes_on_two_servers() {
        let waits = non_preemptive_waits_on(&[0.6, 0.9], 1.0, 2).unwrap();
        near(waits[0], 0.459_183_7, 1e-6);
        near(waits[1], 1.836_735, 1e-6);
        let single = non_preemptive_waits_on(&[0.2, 0.6], 1.0, 1).unwrap();
        let plain = non_preemptive_waits(&[exponential(0.2), exponential(0.6)]).unwrap();
        near(single[1], plain[1], 1e-12);
    }

    #[test]
    fn interruption() {
        let own = preemptive_resume_responses(&[exponential(0.3), exponential(0.4)]).unwrap();
        near(own[0], 1.428_571, 1e-6);
        near(own[1], 4.761_905, 1e-6);
        // The flood below is not noticed above.
        let flood = preemptive_resume_responses(&[exponential(0.3), exponential(4.0)]).unwrap();
        assert_eq!(flood.len(), 1);
        near(flood[0], own[0], 1e-12);
    }

    #[test]
    fn a_single_class_is_the_plain_queue() {
        let class = PriorityClass {
            service_scv: 4.0,
            ..exponential(0.7)
        };
        let plain = Mg1::new(0.7, 1.0, 4.0).unwrap();
        near(
            non_preemptive_waits(&[class]).unwrap()[0],
            plain.mean_wait(),
            1e-12,
        );
        near(
            preemptive_resume_responses(&[class]).unwrap()[0],
            plain.mean_response(),
            1e-12,
        );
    }

    #[test]
    fn order_does_not_change_the_work() {
        // Kleinrock's conservation law: the sum of load times wait is that of FCFS.
        let waits = non_preemptive_waits_on(&[2.0, 3.0, 2.5], 1.0, 8).unwrap();
        let own: f64 = waits.iter().zip([2.0, 3.0, 2.5]).map(|(w, l)| w * l).sum();
        near(own, 7.5 * Mmc::new(7.5, 1.0, 8).unwrap().mean_wait(), 1e-12);
        assert_eq!(non_preemptive_waits(&[exponential(1.0)]), None);
        assert_eq!(non_preemptive_waits_on(&[-1.0], 1.0, 1), None);
    }
}
