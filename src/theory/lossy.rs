//! Requests that find no place, or do not wait to the end, at one station of equal servers.

use super::bounded::birth_death;

/// States up to which an endless room is followed.
const MOST_STATES: u32 = 20_000_000;
/// Weight below which, relative to the likeliest state (natural logarithm), states are left out.
const NEGLIGIBLE_LOG: f64 = -45.0;

/// Shape of a station: Poisson arrivals, exponential services.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lossy {
    /// Arrivals per second.
    pub arrival_rate: f64,
    /// Services per second of one busy server.
    pub service_rate: f64,
    /// Servers, at least 1.
    pub servers: u32,
    /// Requests that are let to the servers at once, such as threads; at least 1. The others
    /// wait for a place.
    pub places: u32,
    /// Requests that may wait for a place; `None`: any number.
    pub room: Option<u32>,
    /// Mean of the exponential time after which one that waits for a place gives up, s; `None`:
    /// never.
    pub patience: Option<f64>,
}

/// A station of [`Lossy`] shape in steady state. M/M/c/K without patience, Erlang B where nobody
/// waits, Erlang A with patience and endless room.
#[derive(Clone, Debug, PartialEq)]
pub struct LossyStation {
    shape: Lossy,
    /// Shares of time by requests present.
    shares: Vec<f64>,
}

impl Lossy {
    /// In steady state: a birth-death chain over the requests present.
    ///
    /// `None` outside the ranges, if the room is endless, patience too and the load reaches
    /// capacity, or if more than 20 million would have to be followed.
    ///
    /// Sources: D. Gross, J. Shortle, J. Thompson, C. Harris, *Fundamentals of Queueing Theory*,
    /// sections 3.5 and 3.10; N. Gans, G. Koole, A. Mandelbaum 2003, *Telephone call centers*,
    /// M&SOM 5, section 4.2.2.
    pub fn solve(self) -> Option<LossyStation> {
        let rates = [self.arrival_rate, self.service_rate];
        let is_rate = |rate: &f64| *rate > 0.0 && rate.is_finite();
        let is_sound = rates.iter().all(is_rate)
            && self.patience.is_none_or(|mean| is_rate(&mean))
            && self.servers > 0
            && self.places > 0;
        let is_steady =
            self.room.is_some() || self.patience.is_some() || self.arrival_rate < self.capacity();
        if !(is_sound && is_steady) {
            return None;
        }
        let last = self.room.map(|room| self.places.saturating_add(room));
        let (mut weight, mut top) = (0.0_f64, 0.0_f64);
        let states = (1..=last.unwrap_or(MOST_STATES).min(MOST_STATES))
            .map(|n| (self.arrival_rate, self.departures(n)));
        let relevant = states.take_while(|(up, down)| {
            weight += libm::log(up / down);
            top = top.max(weight);
            last.is_some() || up > down || weight - top > NEGLIGIBLE_LOG
        });
        let shares = birth_death(relevant);
        (shares.len() < MOST_STATES as usize).then_some(LossyStation {
            shape: self,
            shares,
        })
    }

    /// Most services per second.
    fn capacity(&self) -> f64 {
        f64::from(self.servers.min(self.places)) * self.service_rate
    }

    /// Departures per second with `n` present.
    fn departures(&self, n: u32) -> f64 {
        let busy = n.min(self.servers).min(self.places);
        f64::from(busy) * self.service_rate + self.give_up_rate() * f64::from(self.outside(n))
    }

    fn give_up_rate(&self) -> f64 {
        self.patience.map_or(0.0, |mean| 1.0 / mean)
    }

    /// Of `n` present, those who wait for a place.
    fn outside(&self, n: u32) -> u32 {
        n.saturating_sub(self.places)
    }
}

impl LossyStation {
    fn mean(&self, value: impl Fn(u32) -> f64) -> f64 {
        let states = (0_u32..).zip(&self.shares);
        states.map(|(n, share)| share * value(n)).sum()
    }

    /// Chance that an arrival is turned away.
    pub fn blocking(&self) -> f64 {
        self.shape
            .room
            .map_or(0.0, |_| self.shares[self.shares.len() - 1])
    }

    /// Share of all requests that give up.
    pub fn abandon_probability(&self) -> f64 {
        self.shape.give_up_rate() * self.mean_outside() / self.shape.arrival_rate
    }

    /// Requests served per second.
    pub fn throughput(&self) -> f64 {
        self.shape.arrival_rate * (1.0 - self.blocking() - self.abandon_probability())
    }

    /// Busy share of the servers, 0..1.
    pub fn utilisation(&self) -> f64 {
        let busy = f64::from(self.shape.servers) * self.shape.service_rate;
        self.throughput() / busy
    }

    /// Mean number that wait for a place.
    pub fn mean_outside(&self) -> f64 {
        self.mean(|n| f64::from(self.shape.outside(n)))
    }

    /// Mean number that hold a place, those at the servers included.
    pub fn mean_inside(&self) -> f64 {
        self.mean(|n| f64::from(n.min(self.shape.places)))
    }

    /// Mean wait for a place in seconds of those that join, whether they are served or give up.
    pub fn mean_wait_outside(&self) -> f64 {
        self.mean_outside() / (self.shape.arrival_rate * (1.0 - self.blocking()))
    }

    /// Mean time in seconds that a place is held.
    pub fn mean_hold(&self) -> f64 {
        self.mean_inside() / self.throughput()
    }

    /// Mean response in seconds of those that are served.
    ///
    /// One that finds `j` others waiting moves up at the rate of services and of the patience of
    /// those before it, and is served with the chance that its own patience is not over first.
    pub fn mean_response(&self) -> f64 {
        let (moves, leaves) = (self.shape.capacity(), self.shape.give_up_rate());
        let (mut steps, mut waits, mut served) = (0.0, 0.0, 0.0);
        let full = self.shares.len() - usize::from(self.shape.room.is_some());
        for (n, share) in self.shares[..full].iter().enumerate() {
            let Some(before) = n.checked_sub(self.shape.places as usize) else {
                served += share;
                continue;
            };
            let stage = moves + (before as f64 + 1.0) * leaves;
            steps += 1.0 / stage;
            served += share * moves / stage;
            waits += share * moves / stage * steps;
        }
        waits / served + self.mean_hold()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::check::near;
    use crate::theory::erlang::erlang_b;
    use crate::theory::mmc::Mmc;
    use crate::theory::mmck::Mmck;
    use crate::theory::patience::ErlangA;

    const PLAIN: Lossy = Lossy {
        arrival_rate: 2.0,
        service_rate: 1.0,
        servers: 3,
        places: 3,
        room: None,
        patience: None,
    };

    #[test]
    fn its_special_cases_are_the_known_stations() {
        let endless = PLAIN.solve().unwrap();
        let known = Mmc::new(2.0, 1.0, 3).unwrap();
        near(endless.mean_response(), known.mean_response(), 1e-12);
        near(endless.mean_wait_outside(), known.mean_wait(), 1e-12);
        let bounded = Lossy {
            room: Some(4),
            ..PLAIN
        };
        let (bounded, known) = (bounded.solve().unwrap(), Mmck::new(2.0, 1.0, 3, 7).unwrap());
        near(bounded.blocking(), known.blocking(), 1e-12);
        near(bounded.mean_response(), known.mean_response(), 1e-12);
        near(bounded.utilisation(), known.utilisation(), 1e-12);
        let none = Lossy {
            room: Some(0),
            ..PLAIN
        };
        near(none.solve().unwrap().blocking(), erlang_b(2.0, 3), 1e-12);
        let hasty = Lossy {
            patience: Some(1.5),
            ..PLAIN
        };
        let (hasty, known) = (
            hasty.solve().unwrap(),
            ErlangA::new(2.0, 1.0, 3, 1.5).unwrap(),
        );
        near(
            hasty.abandon_probability(),
            known.abandon_probability(),
            1e-9,
        );
        near(hasty.mean_wait_outside(), known.mean_wait(), 1e-9);
    }

    #[test]
    fn patience_as_long_as_a_service_makes_endless_servers_of_the_queue() {
        // Everybody leaves at rate 1, served or not: as many as at endless servers of load 2.
        let own = Lossy {
            patience: Some(1.0),
            ..PLAIN
        };
        let own = own.solve().unwrap();
        let all = own.mean_inside() + own.mean_outside();
        near(all, 2.0, 1e-12);
        // P(0) .. P(3) = e^-2 (1, 2, 2, 4/3): outside on average sum (n - 3) P(n).
        let none = libm::exp(-2.0);
        let outside = 2.0 - 3.0 + none * (3.0 + 2.0 * 2.0 + 1.0 * 2.0);
        near(own.mean_outside(), outside, 1e-10);
    }

    #[test]
    fn a_place_that_is_hard_to_get_by_pencil() {
        // One server, one place, one may wait, all rates 1: shares 0.4, 0.4, 0.2. Of those who
        // wait half are served, after 1/2 on average.
        let own = Lossy {
            arrival_rate: 1.0,
            servers: 1,
            places: 1,
            room: Some(1),
            patience: Some(1.0),
            ..PLAIN
        };
        let own = own.solve().unwrap();
        near(own.blocking(), 0.2, 1e-12);
        near(own.abandon_probability(), 0.2, 1e-12);
        near(own.throughput(), 0.6, 1e-12);
        near(own.mean_hold(), 1.0, 1e-12);
        // Served: 0.4 at once and 0.2 after a wait of 1/2.
        near(own.mean_response(), 1.0 + 0.2 * 0.5 / 0.6, 1e-12);
    }

    #[test]
    fn more_places_than_servers_only_move_the_wait() {
        let wide = Lossy {
            places: 6,
            room: Some(1),
            ..PLAIN
        };
        let (wide, known) = (wide.solve().unwrap(), Mmck::new(2.0, 1.0, 3, 7).unwrap());
        near(wide.blocking(), known.blocking(), 1e-12);
        near(wide.mean_response(), known.mean_response(), 1e-12);
        let narrow = Lossy {
            places: 2,
            room: Some(5),
            ..PLAIN
        };
        let known = Mmck::new(2.0, 1.0, 2, 7).unwrap();
        near(
            narrow.solve().unwrap().mean_response(),
            known.mean_response(),
            1e-12,
        );
    }

    #[test]
    fn overload_needs_room_or_patience() {
        let full = Lossy {
            arrival_rate: 3.0,
            ..PLAIN
        };
        assert_eq!(full.solve(), None);
        let hasty = Lossy {
            patience: Some(1.0),
            ..full
        };
        assert!(hasty.solve().is_some());
        let no_servers = Lossy {
            servers: 0,
            ..PLAIN
        };
        assert_eq!(no_servers.solve(), None);
    }
}
