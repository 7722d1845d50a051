//! Error budgets, and alerts on the rate at which they are spent.
//!
//! An objective of a share served leaves a budget of failures over a period. The burn rate is the
//! failed share over the share allowed: at 1 the budget lasts exactly for the period.
//!
//! Source: B. Beyer and others 2018, *The Site Reliability Workbook*, chapter 5, "Multiwindow,
//! Multi-Burn-Rate Alerts".

/// Seconds of the period of a budget: 30 days.
pub const PERIOD_S: f64 = 30.0 * 86_400.0;

/// An alert that fires while the burn rate over a long and a short window is at least `factor`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BurnRate {
    /// As in reports.
    pub name: &'static str,
    /// The burn rate.
    pub factor: f64,
    /// Length of the long window, s: so much of the budget must be gone.
    pub long_s: f64,
    /// Length of the short window, s: it must still be going on.
    pub short_s: f64,
}

/// The three alerts of the workbook.
pub const ALERTS: [BurnRate; 3] = [
    BurnRate {
        name: "page, 14.4x over 1 h",
        factor: 14.4,
        long_s: 3_600.0,
        short_s: 300.0,
    },
    BurnRate {
        name: "page, 6x over 6 h",
        factor: 6.0,
        long_s: 21_600.0,
        short_s: 1_800.0,
    },
    BurnRate {
        name: "ticket, 1x over 3 d",
        factor: 1.0,
        long_s: 259_200.0,
        short_s: 21_600.0,
    },
];

impl BurnRate {
    /// Share of the budget of 30 days that is spent when it fires.
    pub fn budget_spent(&self) -> f64 {
        self.factor * self.long_s / PERIOD_S
    }

    /// Seconds after which it fires when a share `failed` of the requests fails from now on and
    /// none has before; `allowed` is the share that the objective allows. `None`: never.
    pub fn fires_after_s(&self, failed: f64, allowed: f64) -> Option<f64> {
        let burn = failed / allowed;
        (burn >= self.factor && allowed > 0.0).then(|| self.factor * self.long_s / burn)
    }

    /// The failed share of the requests of a window from which on it fires.
    pub fn threshold(&self, allowed: f64) -> f64 {
        self.factor * allowed
    }
}

/// Share of the budget of 30 days that `lost` requests are, at `rate_per_s` requests a second of
/// which the share `allowed` may fail.
pub fn budget_spent(lost: f64, allowed: f64, rate_per_s: f64) -> f64 {
    lost / (allowed * rate_per_s * PERIOD_S)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::check::near;

    const ALLOWED: f64 = 0.001;

    /// 99.9 % over 30 days: 2, 5 and 10 % of the budget when they fire.
    #[test]
    fn so_much_is_spent_when_they_fire() {
        let spent = ALERTS.map(|alert| alert.budget_spent());
        for (own, expected) in spent.into_iter().zip([0.02, 0.05, 0.10]) {
            near(own, expected, 1e-12);
        }
    }

    #[test]
    fn the_worse_it_is_the_sooner_they_fire() {
        let minutes = 60.0;
        let hours = 3_600.0;
        let cases = [
            (1.0, [Some(51.84), Some(129.6), Some(259.2)]),
            (
                0.05,
                [
                    Some(17.28 * minutes),
                    Some(43.2 * minutes),
                    Some(86.4 * minutes),
                ],
            ),
            (0.01, [None, Some(3.6 * hours), Some(7.2 * hours)]),
            (0.002, [None, None, Some(36.0 * hours)]),
        ];
        for (failed, expected) in cases {
            for (alert, expected) in ALERTS.iter().zip(expected) {
                match (alert.fires_after_s(failed, ALLOWED), expected) {
                    (Some(own), Some(expected)) => near(own, expected, 1e-12),
                    (own, expected) => assert_eq!(own, expected, "{} at {failed}", alert.name),
                }
            }
        }
    }

    /// 43.2 min of nothing at all is the whole budget of 99.9 % over 30 days.
    #[test]
    fn a_whole_budget_is_forty_three_minutes() {
        let rate = 100.0;
        near(budget_spent(rate * 43.2 * 60.0, ALLOWED, rate), 1.0, 1e-12);
    }
}
