//! Arithmetic of a load test: rates from people, virtual users from rates.

use thiserror::Error;

use super::result::PlanResult;

/// Seconds of a day.
const DAY_S: f64 = 86_400.0;

/// What is known. Rates are per second, times in seconds; all are positive.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PlanInput {
    /// Daily active users.
    pub dau: Option<f64>,
    /// Visits of each per day.
    pub visits: Option<f64>,
    /// Peak rate per mean rate.
    pub peak_ratio: Option<f64>,
    /// Requests per second, when known without people.
    pub rate: Option<f64>,
    /// Requests of one iteration of a virtual user.
    pub requests: Option<f64>,
    /// Duration of one request, s.
    pub request_duration: Option<f64>,
    /// Further time of an iteration, s.
    pub extra: Option<f64>,
    /// Pauses of an iteration, s.
    pub think: Option<f64>,
}

/// Why nothing can be computed.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum PlanError {
    /// Neither people nor a rate.
    #[error("nothing to plan from: give daily users (dau) or a rate")]
    Nothing,
    /// Two sources of one rate.
    #[error("the rate follows from the daily users: give one of the two")]
    TwoRates,
    /// A number that must be positive is not.
    #[error("{0} must be a positive number")]
    NotPositive(&'static str),
}

/// Plans a load test.
///
/// visits/day = DAU x visits (1 if not given); mean = visits / 86,400; peak = mean x ratio;
/// T = R x request duration + extra + think; virtual users = ceil(rate x T / R), where the rate
/// is the peak if there is one. Source: the "VU formula" of nGrinder and k6 users.
///
/// # Errors
/// Without people and rate, with both, or with a number that is not positive.
pub fn plan(input: &PlanInput) -> Result<PlanResult, PlanError> {
    validate(input)?;
    let mut result = PlanResult::default();
    if let Some(dau) = input.dau {
        let visits = dau * input.visits.unwrap_or(1.0);
        result.visits_per_day = Some(visits);
        result.mean_rps = Some(visits / DAY_S);
    } else {
        result.mean_rps = input.rate;
    }
    result.peak_rps = result
        .mean_rps
        .zip(input.peak_ratio)
        .map(|(mean, ratio)| mean * ratio);
    let rate = result
        .peak_rps
        .or(result.mean_rps)
        .ok_or(PlanError::Nothing)?;
    let requests = input.requests.unwrap_or(1.0);
    if let Some(duration) = input.request_duration {
        let pauses = input.extra.unwrap_or(0.0) + input.think.unwrap_or(0.0);
        let iteration = requests * duration + pauses;
        result.iteration_s = Some(iteration);
        result.vus = Some(whole_users(rate * iteration / requests));
        result.in_flight = Some(rate * duration);
    }
    Ok(result)
}

/// The next whole number, forgiving a rounding error of 1e-9 above one.
fn whole_users(users: f64) -> u64 {
    (users * (1.0 - 1e-12) - 1e-9).ceil().max(0.0) as u64
}

fn validate(input: &PlanInput) -> Result<(), PlanError> {
    let fields = [
        ("dau", input.dau),
        ("visits", input.visits),
        ("peak-ratio", input.peak_ratio),
        ("rate", input.rate),
        ("requests", input.requests),
        ("request-duration", input.request_duration),
    ];
    for (name, value) in fields {
        if value.is_some_and(|number| !(number.is_finite() && number > 0.0)) {
            return Err(PlanError::NotPositive(name));
        }
    }
    for (name, value) in [("extra", input.extra), ("think", input.think)] {
        if value.is_some_and(|number| !(number.is_finite() && number >= 0.0)) {
            return Err(PlanError::NotPositive(name));
        }
    }
    match (input.dau, input.rate) {
        (None, None) => Err(PlanError::Nothing),
        (Some(_), Some(_)) => Err(PlanError::TwoRates),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn daily_users_give_the_rates_of_the_note() {
        let input = PlanInput {
            dau: Some(1_650_000.0),
            visits: Some(2.0),
            peak_ratio: Some(10.0),
            ..PlanInput::default()
        };
        let result = plan(&input).unwrap();
        assert_eq!(result.visits_per_day, Some(3_300_000.0));
        assert_eq!(format!("{:.2}", result.mean_rps.unwrap()), "38.19");
        assert_eq!(format!("{:.1}", result.peak_rps.unwrap()), "381.9");
        assert_eq!(result.vus, None, "nothing was said about an iteration");
    }

    #[test]
    fn virtual_users_follow_rate_times_iteration_over_requests() {
        let input = PlanInput {
            rate: Some(300.0),
            requests: Some(2.0),
            request_duration: Some(0.5),
            extra: Some(1.0),
            ..PlanInput::default()
        };
        let result = plan(&input).unwrap();
        assert_eq!(result.iteration_s, Some(2.0));
        assert_eq!(result.vus, Some(300));
        assert_eq!(result.in_flight, Some(150.0));
        let think = plan(&PlanInput {
            think: Some(0.01),
            ..input
        })
        .unwrap();
        assert_eq!(think.vus, Some(302), "301.5 users are 302");
    }

    #[test]
    fn exact_multiples_are_not_rounded_up() {
        let tenths = PlanInput {
            rate: Some(0.3),
            request_duration: Some(10.0),
            ..PlanInput::default()
        };
        assert_eq!(
            plan(&tenths).unwrap().vus,
            Some(3),
            "0.3 x 10 is 3 although not in binary"
        );
    }

    #[test]
    fn what_cannot_be_planned_is_refused() {
        assert_eq!(plan(&PlanInput::default()), Err(PlanError::Nothing));
        let both = PlanInput {
            dau: Some(1.0),
            rate: Some(1.0),
            ..PlanInput::default()
        };
        assert_eq!(plan(&both), Err(PlanError::TwoRates));
        let negative = PlanInput {
            rate: Some(-1.0),
            ..PlanInput::default()
        };
        assert_eq!(plan(&negative), Err(PlanError::NotPositive("rate")));
    }
}
