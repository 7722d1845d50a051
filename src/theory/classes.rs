//! Closed networks with several classes of users, solved exactly.
//!
//! By convolution of the product form over populations, in which every term is positive; the
//! numbers are those of exact mean value analysis.
//!
//! Sources: M. Reiser and S. Lavenberg 1980, *Mean-value analysis of closed multichain queuing
//! networks*, J. ACM 27; F. Baskett, K. Chandy, R. Muntz, F. Palacios 1975, *Open, closed, and
//! mixed networks of queues with different classes of customers*, J. ACM 22.

/// Populations up to which networks of single servers and delays are solved exactly.
const MOST_POPULATIONS: usize = 200_000;
/// The same with stations of several servers, which take time in its square.
const MOST_POPULATIONS_MULTI: usize = 3_000;

/// Users of one class.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClosedClass {
    /// How many.
    pub users: u32,
    /// Mean think time in seconds, 0 or more.
    pub think: f64,
}

/// A station with the demand of each class in seconds per request (visits times service).
///
/// First come first served needs exponential service of one mean for all classes; processor
/// sharing and delays take any law.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassStation {
    /// By class, 0 or more.
    pub demands: Vec<f64>,
    /// `None`: nobody waits.
    pub servers: Option<u32>,
}

/// Solution of a closed network with classes.
#[derive(Clone, Debug, PartialEq)]
pub struct ClosedClasses {
    /// Requests per second, by class.
    pub throughput: Vec<f64>,
    /// Mean response in seconds without thinking, by class.
    pub response: Vec<f64>,
    /// Mean number present, by station and class.
    pub in_station: Vec<Vec<f64>>,
    /// Busy share of the servers by station; the mean number for a delay.
    pub utilisation: Vec<f64>,
}

/// Solves the network exactly.
///
/// `None` without users, for numbers out of range, for a class without think time and demand, or
/// where the product of (users + 1) over classes passes 200 000 (3 000 with several servers) or
/// numbers leave the range of floating point: then only approximations are left.
pub fn closed_classes(classes: &[ClosedClass], stations: &[ClassStation]) -> Option<ClosedClasses> {
    if !is_sound(classes, stations) {
        return None;
    }
    let lattice = Lattice::new(classes)?;
    let has_multi = stations.iter().any(|s| s.servers.is_some_and(|c| c > 1));
    if has_multi && lattice.len > MOST_POPULATIONS_MULTI {
        return None;
    }
    // Demands relative to the largest of each class keep the constants in range.
    let scale: Vec<f64> = (0..classes.len())
        .map(|r| {
            let own = stations.iter().map(|s| s.demands[r]);
            own.fold(classes[r].think, f64::max)
        })
        .collect();
    let scaled: Vec<Vec<f64>> = stations
        .iter()
        .map(|s| s.demands.iter().zip(&scale).map(|(d, s)| d / s).collect())
        .collect();
    let constants = lattice.constants(classes, stations, &scaled, &scale, None);
    let full = lattice.len - 1;
    let rates = |n: usize| -> Vec<f64> {
        let fewer = |r: usize| lattice.without(n, r).map_or(0.0, |m| constants[m]);
        (0..classes.len())
            .map(|r| fewer(r) / constants[n])
            .collect()
    };
    let flow = rates(full);
    if !(constants[full] > 0.0 && constants[full].is_finite()) {
        return None;
    }
    let in_station: Vec<Vec<f64>> = (0..stations.len())
        .map(|k| match stations[k].servers {
            None => flow.iter().zip(&scaled[k]).map(|(x, d)| x * d).collect(),
            Some(1) => lattice.at_single(&scaled[k], rates),
            Some(servers) => {
                let others = lattice.constants(classes, stations, &scaled, &scale, Some(k));
                lattice.at_multi(&scaled[k], servers, &others, constants[full])
            }
        })
        .collect();
    let throughput: Vec<f64> = flow.iter().zip(&scale).map(|(x, s)| x / s).collect();
    Some(ClosedClasses::new(
        classes, stations, throughput, in_station,
    ))
}

impl ClosedClasses {
    pub(super) fn new(
        classes: &[ClosedClass],
        stations: &[ClassStation],
        throughput: Vec<f64>,
        in_station: Vec<Vec<f64>>,
    ) -> Self {
        let response = classes.iter().zip(&throughput).map(|(class, x)| {
            if class.users == 0 {
                0.0
            } else {
                f64::from(class.users) / x - class.think
            }
        });
        let busy = |station: &ClassStation| {
            let work: f64 = station
                .demands
                .iter()
                .zip(&throughput)
                .map(|(d, x)| d * x)
                .sum();
            work / station.servers.map_or(1.0, f64::from)
        };
        Self {
            response: response.collect(),
            utilisation: stations.iter().map(busy).collect(),
            throughput,
            in_station,
        }
    }
}

pub(super) fn is_sound(classes: &[ClosedClass], stations: &[ClassStation]) -> bool {
    let is_time = |x: f64| x >= 0.0 && x.is_finite();
    let has_users = classes.iter().any(|class| class.users > 0);
    let has_time = (0..classes.len()).all(|r| {
        classes[r].think > 0.0
            || stations
                .iter()
                .any(|s| s.demands.get(r).is_some_and(|d| *d > 0.0))
    });
    has_users
        && classes.iter().all(|class| is_time(class.think))
        && stations.iter().all(|s| {
            s.servers != Some(0)
                && s.demands.len() == classes.len()
                && s.demands.iter().all(|d| is_time(*d))
        })
        && has_time
}

/// All populations from nobody to everybody, as numbers: the last class counts fastest.
struct Lattice {
    sizes: Vec<usize>,
    strides: Vec<usize>,
    len: usize,
}

impl Lattice {
    fn new(classes: &[ClosedClass]) -> Option<Self> {
        let sizes: Vec<usize> = classes.iter().map(|c| c.users as usize + 1).collect();
        let mut strides = vec![1; sizes.len()];
        let mut len = 1_usize;
        for (size, stride) in sizes.iter().zip(&mut strides).rev() {
            *stride = len;
            len = len.checked_mul(*size)?;
        }
        (len <= MOST_POPULATIONS).then_some(Self {
            sizes,
            strides,
            len,
        })
    }

    fn users(&self, n: usize, class: usize) -> usize {
        n / self.strides[class] % self.sizes[class]
    }

    /// The population with one user of `class` less.
    fn without(&self, n: usize, class: usize) -> Option<usize> {
        (self.users(n, class) > 0).then(|| n - self.strides[class])
    }

    fn is_within(&self, m: usize, n: usize) -> bool {
        (0..self.sizes.len()).all(|r| self.users(m, r) <= self.users(n, r))
    }

    /// Normalising constants by population, one queue left out if asked.
    fn constants(
        &self,
        classes: &[ClosedClass],
        stations: &[ClassStation],
        scaled: &[Vec<f64>],
        scale: &[f64],
        without: Option<usize>,
    ) -> Vec<f64> {
        let delay: Vec<f64> = (0..classes.len())
            .map(|r| {
                let delays = stations
                    .iter()
                    .zip(scaled)
                    .filter(|(s, _)| s.servers.is_none());
                classes[r].think / scale[r] + delays.map(|(_, d)| d[r]).sum::<f64>()
            })
            .collect();
        let mut constants = self.factors(&delay, None);
        for (k, (station, demands)) in stations.iter().zip(scaled).enumerate() {
            match station.servers {
                Some(1) if without != Some(k) => {
                    for n in 0..self.len {
                        let more = (0..demands.len())
                            .filter_map(|r| Some(demands[r] * constants[self.without(n, r)?]));
                        constants[n] += more.sum::<f64>();
                    }
                }
                Some(servers) if without != Some(k) => {
                    let factors = self.factors(demands, Some(servers));
                    constants = (0..self.len)
                        .map(|n| {
                            let parts = (0..=n).filter(|m| self.is_within(*m, n));
                            parts.map(|m| factors[m] * constants[n - m]).sum()
                        })
                        .collect();
                }
                _ => {}
            }
        }
        constants
    }

    /// The station's part of the product form by population present: of a delay, each user for
    /// itself; of servers, |n|! over the speeds of all numbers up to |n|.
    fn factors(&self, demands: &[f64], servers: Option<u32>) -> Vec<f64> {
        let mut factors = vec![0.0; self.len];
        factors[0] = 1.0;
        for n in 1..self.len {
            // From one user less of the first class that is present.
            let class = (0..self.sizes.len())
                .find(|r| self.users(n, *r) > 0)
                .unwrap_or(0);
            let present: usize = (0..self.sizes.len()).map(|r| self.users(n, r)).sum();
            let own = self.users(n, class) as f64;
            let speed = servers.map_or(present as f64, |c| (present as f64).min(f64::from(c)));
            factors[n] =
                factors[n - self.strides[class]] * demands[class] * present as f64 / (own * speed);
        }
        factors
    }

    /// Mean numbers at a single server, by class: the arrival theorem over all populations.
    fn at_single(&self, demands: &[f64], rates: impl Fn(usize) -> Vec<f64>) -> Vec<f64> {
        let mut total = vec![0.0; self.len];
        let mut last = vec![0.0; demands.len()];
        for n in 1..self.len {
            let flow = rates(n);
            last = (0..demands.len())
                .map(|r| match self.without(n, r) {
                    Some(fewer) => flow[r] * demands[r] * (1.0 + total[fewer]),
                    None => 0.0,
                })
                .collect();
            total[n] = last.iter().sum();
        }
        last
    }

    /// Mean numbers at several servers, by class, from the law of who is there.
    fn at_multi(&self, demands: &[f64], servers: u32, others: &[f64], all: f64) -> Vec<f64> {
        let factors = self.factors(demands, Some(servers));
        (0..demands.len())
            .map(|r| {
                let weight = |m: usize| factors[m] * others[self.len - 1 - m] / all;
                (0..self.len)
                    .map(|m| self.users(m, r) as f64 * weight(m))
                    .sum()
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::check::near;
    use crate::theory::mva::{Station, closed_network};

    fn classes(of: &[(u32, f64)]) -> Vec<ClosedClass> {
        of.iter()
            .map(|&(users, think)| ClosedClass { users, think })
            .collect()
    }

    fn queue(demands: &[f64], servers: u32) -> ClassStation {
        ClassStation {
            demands: demands.to_vec(),
            servers: Some(servers),
        }
    }

    #[test]
    fn the_second_model_of_qnap() {
        let found = closed_classes(
            &classes(&[(5, 20.0), (10, 30.0), (1, 120.0)]),
            &[
                queue(&[2.0, 0.5, 45.0], 1),
                queue(&[1.08, 0.0, 1.56], 1),
                queue(&[0.0, 0.72, 2.88], 1),
            ],
        )
        .unwrap();
        for (own, expected) in found.throughput.iter().zip([0.191_043_9, 0.310_017_3]) {
            near(*own, expected, 1e-6);
        }
        near(found.throughput[2], 0.004_603_731, 1e-6);
        near(found.response[0], 6.171_989, 1e-6);
        near(found.response[1], 2.256_261, 1e-6);
        near(found.response[2], 97.215_11, 1e-6);
        near(found.utilisation[0], 0.744_264_5, 1e-6);
    }

    #[test]
    fn three_classes_of_allen() {
        // Allen, example 6.3.4, as in the demo allen.R of the PDQ package.
        let found = closed_classes(
            &classes(&[(5, 20.0), (10, 30.0), (5, 0.0)]),
            &[
                queue(&[0.5, 0.4, 1.2], 1),
                queue(&[0.04, 0.2, 0.05], 1),
                queue(&[0.06, 0.3, 0.06], 1),
            ],
        )
        .unwrap();
        near(found.throughput[0], 0.209_977_2, 1e-6);
        near(found.throughput[2], 0.646_510_3, 1e-6);
        near(found.response[1], 3.557_425, 1e-6);
        near(found.in_station[0].iter().sum(), 6.586_664, 1e-6);
    }

    #[test]
    fn one_class_split_in_two_is_the_same_network() {
        let plain = [
            Station::queue(0.7, 3),
            Station::queue(0.2, 1),
            Station::delay(0.4),
        ];
        let whole = closed_network(12, 1.5, &plain).unwrap();
        let stations = [
            queue(&[0.7, 0.7], 3),
            queue(&[0.2, 0.2], 1),
            ClassStation {
                demands: vec![0.4, 0.4],
                servers: None,
            },
        ];
        let split = closed_classes(&classes(&[(5, 1.5), (7, 1.5)]), &stations).unwrap();
        near(split.throughput.iter().sum(), whole.throughput, 1e-10);
        for k in 0..3 {
            near(split.in_station[k].iter().sum(), whole.in_station[k], 1e-9);
        }
        near(split.response[0], whole.response, 1e-9);
        near(
            split.in_station[0][0] * 7.0,
            split.in_station[0][1] * 5.0,
            1e-9,
        );
    }

    #[test]
    fn nobody_is_lost_between_stations() {
        let found = closed_classes(
            &classes(&[(4, 1.0), (0, 1.0), (6, 0.0)]),
            &[queue(&[0.3, 1.0, 0.1], 2), queue(&[0.1, 0.2, 0.4], 1)],
        )
        .unwrap();
        let present: f64 = found.in_station.iter().flatten().sum();
        near(present + found.throughput[0], 10.0, 1e-9);
        near(found.throughput[1], 0.0, 0.0);
    }

    #[test]
    fn too_many_or_senseless_populations_are_left_to_others() {
        let crowd = classes(&[(1_000, 1.0), (1_000, 1.0)]);
        assert_eq!(closed_classes(&crowd, &[queue(&[0.1, 0.1], 1)]), None);
        let few = classes(&[(2, 0.0)]);
        assert_eq!(closed_classes(&few, &[queue(&[0.0], 1)]), None);
        assert_eq!(closed_classes(&few, &[queue(&[1.0, 1.0], 1)]), None);
        assert_eq!(closed_classes(&[], &[]), None);
    }
}
