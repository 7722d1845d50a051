//! Time-weighted level, such as the number in system.

/// Integral of an integer level over time.
///
/// The area is kept in level x ns as 128 bits: five million waiting requests for an hour are
/// more than 64 bits hold. This is the plain version that faster probes are tested against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    start_ns: u64,
    last_ns: u64,
    current: u64,
    max: u64,
    area: u128,
}

impl Level {
    /// Starts watching at `now_ns` with the level `current`.
    pub fn new(now_ns: u64, current: u64) -> Self {
        Self {
            start_ns: now_ns,
            last_ns: now_ns,
            current,
            max: current,
            area: 0,
        }
    }

    /// The level becomes `level` at `now_ns`, which must not lie before the last change.
    pub fn set(&mut self, now_ns: u64, level: u64) {
        self.area = self.area(now_ns);
        self.last_ns = now_ns;
        self.current = level;
        self.max = self.max.max(level);
    }

    /// Forgets what was before `now_ns` (the end of the warm-up, the edge of a window).
    pub fn restart(&mut self, now_ns: u64) {
        *self = Self::new(now_ns, self.current);
    }

    /// Present level.
    pub fn current(&self) -> u64 {
        self.current
    }

    /// Highest level since the start.
    pub fn max(&self) -> u64 {
        self.max
    }

    /// Area in level x ns from the start up to `now_ns`.
    ///
    /// # Panics
    /// If `now_ns` lies before the last change: time runs forward.
    pub fn area(&self, now_ns: u64) -> u128 {
        assert!(now_ns >= self.last_ns, "time runs forward");
        self.area + u128::from(self.current) * u128::from(now_ns - self.last_ns)
    }

    /// Mean level from the start up to `now_ns`; `None` while no time has passed.
    pub fn mean(&self, now_ns: u64) -> Option<f64> {
        let length = now_ns - self.start_ns;
        (length > 0).then(|| self.area(now_ns) as f64 / length as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pencil_trace() {
        let mut level = Level::new(100, 0);
        level.set(110, 3);
        level.set(130, 1);
        assert_eq!(level.area(140), 3 * 20 + 10);
        assert!((level.mean(140).unwrap() - 70.0 / 40.0).abs() < 1e-12);
        assert_eq!((level.current(), level.max()), (1, 3));
        level.restart(140);
        assert_eq!((level.area(150), level.max()), (10, 1));
        assert_eq!(level.mean(140), None);
    }

    #[test]
    fn five_million_for_an_hour_fit() {
        let level = Level::new(0, 5_000_000);
        let hour = 3_600_000_000_000;
        assert_eq!(level.area(hour), 5_000_000 * u128::from(hour));
        assert!(level.area(hour) > u128::from(u64::MAX) / 2);
    }
}
