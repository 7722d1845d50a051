//! M^[X]/M/1: requests that arrive in batches at one exponential server, FCFS.

/// A stable station with Poisson batches.
///
/// Source: D. Gross, J. Shortle, J. Thompson, C. Harris, *Fundamentals of Queueing Theory*,
/// section 4.1 (bulk input).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Batch {
    request_rate: f64,
    service_rate: f64,
    excess: f64,
}

impl Batch {
    /// Batches per second, mean batch size (at least 1), mean of the squared batch size, and
    /// services per second.
    ///
    /// `None` if the load reaches 1 or a number is out of range.
    pub fn new(
        batch_rate: f64,
        mean_size: f64,
        mean_square_size: f64,
        service_rate: f64,
    ) -> Option<Self> {
        let request_rate = batch_rate * mean_size;
        let is_sound = request_rate > 0.0
            && request_rate < service_rate
            && mean_size >= 1.0
            && mean_square_size >= mean_size * mean_size * (1.0 - 1e-12);
        is_sound.then(|| Self {
            request_rate,
            service_rate,
            excess: (mean_square_size + mean_size) / (2.0 * mean_size),
        })
    }

    /// Batches of exactly `size` requests.
    pub fn of_equal_size(batch_rate: f64, size: u32, service_rate: f64) -> Option<Self> {
        let size = f64::from(size);
        Self::new(batch_rate, size, size * size, service_rate)
    }

    /// Busy share of the server, 0..1.
    pub fn utilisation(&self) -> f64 {
        self.request_rate / self.service_rate
    }

    /// Mean number waiting or in service.
    pub fn mean_in_system(&self) -> f64 {
        self.utilisation() * self.excess / (1.0 - self.utilisation())
    }

    /// Mean response time of a request in seconds.
    pub fn mean_response(&self) -> f64 {
        self.mean_in_system() / self.request_rate
    }

    /// Mean waiting time of a request in seconds.
    pub fn mean_wait(&self) -> f64 {
        self.mean_response() - 1.0 / self.service_rate
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::check::near;

    #[test]
    fn five_at_a_time() {
        let queue = Batch::of_equal_size(0.1, 5, 1.0).unwrap();
        near(queue.utilisation(), 0.5, 1e-12);
        near(queue.mean_in_system(), 3.0, 1e-12);
        near(queue.mean_response(), 6.0, 1e-12);
        near(queue.mean_wait(), 5.0, 1e-12);
    }

    #[test]
    fn one_at_a_time_is_mm1_and_geometric_batches_only_stretch_it() {
        let single = Batch::of_equal_size(0.8, 1, 1.0).unwrap();
        near(single.mean_response(), 5.0, 1e-12);
        // Geometric sizes of mean m: L = m load / (1 - load).
        let (mean, square) = (4.0, 2.0 * 16.0 - 4.0);
        let queue = Batch::new(0.2, mean, square, 1.0).unwrap();
        near(queue.mean_in_system(), 16.0, 1e-12);
    }

    #[test]
    fn overload_and_impossible_sizes_have_no_station() {
        assert_eq!(Batch::of_equal_size(0.2, 5, 1.0), None);
        assert_eq!(Batch::of_equal_size(0.2, 0, 1.0), None);
        assert_eq!(Batch::new(0.1, 3.0, 4.0, 1.0), None);
    }
}
