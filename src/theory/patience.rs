//! Requests that wait for so long and no longer.

use super::bounded::birth_death;

/// Chance below which, relative to the likeliest state, states are left out.
const NEGLIGIBLE_LOG: f64 = -45.0;
/// States up to which the chain is followed.
const MOST_STATES: u32 = 20_000_000;

/// M/M/c+M (Erlang A): each waiting request gives up after an exponential patience.
///
/// Source: N. Gans, G. Koole, A. Mandelbaum 2003, *Telephone call centers: tutorial, review and
/// research prospects*, M&SOM 5, section 4.2.2 (after C. Palm).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ErlangA {
    arrival_rate: f64,
    give_up_rate: f64,
    wait_probability: f64,
    mean_waiting: f64,
}

impl ErlangA {
    /// Arrivals per second, services per second of a busy server, servers (at least 1), and the
    /// mean patience in seconds. Steady at every load, because those who wait leave.
    ///
    /// `None` if a number is not positive and finite, or if patience is so long in an overload
    /// that more than 20 million would wait.
    pub fn new(
        arrival_rate: f64,
        service_rate: f64,
        servers: u32,
        mean_patience: f64,
    ) -> Option<Self> {
        let numbers = [arrival_rate, service_rate, mean_patience];
        if servers == 0 || !numbers.iter().all(|x| *x > 0.0 && x.is_finite()) {
            return None;
        }
        let give_up_rate = 1.0 / mean_patience;
        let down = |n: u32| {
            let busy = f64::from(n.min(servers)) * service_rate;
            busy + f64::from(n.saturating_sub(servers)) * give_up_rate
        };
        // Weights rise and then fall for good: past the top and negligible ends the list.
        let (mut weight, mut top) = (0.0_f64, 0.0_f64);
        let rates = (1..MOST_STATES).map(|n| (arrival_rate, down(n)));
        let relevant = rates.take_while(|(up, down)| {
            weight += libm::log(up / down);
            top = top.max(weight);
            up > down || weight - top > NEGLIGIBLE_LOG
        });
        let shares = birth_death(relevant);
        if shares.len() >= MOST_STATES as usize {
            return None;
        }
        let queued = (0_u32..).zip(&shares).filter(|(n, _)| *n >= servers);
        let wait_probability = queued.clone().map(|(_, share)| share).sum();
        let mean_waiting = queued.map(|(n, share)| f64::from(n - servers) * share);
        Some(Self {
            arrival_rate,
            give_up_rate,
            wait_probability,
            mean_waiting: mean_waiting.sum(),
        })
    }

    /// Chance that an arrival finds all servers busy.
    pub fn wait_probability(&self) -> f64 {
        self.wait_probability
    }

    /// Share of requests that give up.
    pub fn abandon_probability(&self) -> f64 {
        self.give_up_rate * self.mean_waiting / self.arrival_rate
    }

    /// Mean time in the queue in seconds, of all requests, those included that gave up.
    pub fn mean_wait(&self) -> f64 {
        self.mean_waiting / self.arrival_rate
    }

    /// Mean number waiting.
    pub fn mean_waiting(&self) -> f64 {
        self.mean_waiting
    }
}

/// M/M/1+D: share of requests whose wait reaches `patience` seconds and that are then taken out
/// of the queue unserved. Arrivals and services per second; any positive load.
///
/// `None` if a rate is not positive or the patience negative.
///
/// Source: D. Barrer 1957, *Queuing with impatient customers and ordered service*, Operations
/// Research 5.
pub fn lost_to_constant_patience(
    arrival_rate: f64,
    service_rate: f64,
    patience: f64,
) -> Option<f64> {
    let is_sound = arrival_rate > 0.0 && service_rate > 0.0 && patience >= 0.0;
    if !(is_sound && arrival_rate.is_finite() && service_rate.is_finite()) {
        return None;
    }
    let load = arrival_rate / service_rate;
    let services = service_rate * patience;
    if (load - 1.0).abs() < 1e-9 {
        return Some(1.0 / (2.0 + services));
    }
    let lasting = libm::exp(-(1.0 - load) * services);
    if lasting.is_infinite() {
        return Some(1.0 - 1.0 / load);
    }
    Some((1.0 - load) * load * lasting / (1.0 - load * load * lasting))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::check::near;
    use crate::theory::mmc::Mmc;

    #[test]
    fn ten_servers_at_full_load() {
        let queue = ErlangA::new(10.0, 1.0, 10, 2.0).unwrap();
        near(queue.abandon_probability(), 0.103_913_2, 1e-6);
        near(queue.mean_wait(), 0.207_826_4, 1e-6);
        near(queue.wait_probability(), 0.619_655_2, 1e-6);
    }

    #[test]
    fn endless_patience_is_erlang_c_and_overload_sheds_the_excess() {
        let patient = ErlangA::new(8.0, 1.0, 10, 1e9).unwrap();
        let plain = Mmc::new(8.0, 1.0, 10).unwrap();
        near(patient.mean_wait(), plain.mean_wait(), 1e-6);
        near(patient.wait_probability(), plain.wait_probability(), 1e-6);
        let flooded = ErlangA::new(200.0, 1.0, 100, 10.0).unwrap();
        near(flooded.abandon_probability(), 0.5, 1e-6);
        // Patience as long as a service: M/M/infinity by another name.
        let poisson = ErlangA::new(3.0, 1.0, 1, 1.0).unwrap();
        near(poisson.wait_probability(), 1.0 - libm::exp(-3.0), 1e-12);
        assert_eq!(ErlangA::new(3.0, 1.0, 0, 1.0), None);
        assert_eq!(ErlangA::new(3.0, 1.0, 1, 0.0), None);
    }

    #[test]
    fn a_constant_patience_of_five_services() {
        near(
            lost_to_constant_patience(0.8, 1.0, 5.0).unwrap(),
            0.076_986_67,
            1e-6,
        );
        // No patience at all is Erlang B of one server.
        near(
            lost_to_constant_patience(3.0, 1.0, 0.0).unwrap(),
            0.75,
            1e-12,
        );
        let at = |load: f64| lost_to_constant_patience(load, 1.0, 4.0).unwrap();
        near(at(1.0), f64::midpoint(at(0.999), at(1.001)), 1e-5);
        near(
            lost_to_constant_patience(2.0, 1.0, 1e6).unwrap(),
            0.5,
            1e-12,
        );
        assert_eq!(lost_to_constant_patience(-1.0, 1.0, 1.0), None);
    }
}
