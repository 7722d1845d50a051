//! What a curve shows: saturation, knee, buckle zone, recommended maximum (S36).

use crate::experiment::result::{Buckle, Saturation};
use crate::experiment::words;
use crate::statistics::{Estimate, Reason};

/// One load as the findings need it.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    /// Journeys per second or users.
    pub load: f64,
    /// Requests answered per second.
    pub throughput: Estimate,
    /// Mean response, s; `None` beyond saturation.
    pub response: Option<f64>,
    /// The run's verdict.
    pub is_saturated: bool,
    /// An open load whose backlog grows: what it answers depends on the length of the run.
    pub grows: bool,
    /// Every objective holds.
    pub passes: bool,
}

impl Measured {
    fn rate(&self) -> f64 {
        self.throughput.value.unwrap_or(0.0)
    }

    fn interval(&self) -> (f64, f64) {
        self.throughput.ci95.unwrap_or((self.rate(), self.rate()))
    }
}

/// The loads below the first one whose backlog grows: only their throughput is a measure.
fn finite(known: &[Measured]) -> &[Measured] {
    let end = known.iter().position(|m| m.grows).unwrap_or(known.len());
    &known[..end]
}

/// The largest throughput of a load whose backlog does not grow.
fn peak(known: &[Measured]) -> Option<&Measured> {
    finite(known).iter().max_by(|a, b| {
        a.rate()
            .total_cmp(&b.rate())
            .then(b.load.total_cmp(&a.load))
    })
}

/// The load around which the curve is refined. Open: the largest load that is still carried,
/// when a larger one is not; closed: the load of the largest throughput.
pub fn peak_load(known: &[Measured], is_open: bool) -> Option<f64> {
    let peak = peak(known).or(known.first())?;
    if !is_open {
        return Some(peak.load);
    }
    let first_full = known.iter().find(|m| m.is_saturated);
    match first_full {
        Some(full) => known
            .iter()
            .rfind(|m| m.load < full.load)
            .map_or(Some(full.load), |m| Some(m.load)),
        None => Some(peak.load),
    }
}

/// The largest throughput and the smallest load that reaches it within its interval; where the
/// throughput of closed users falls again, the load of the peak itself. It counts
/// as reached when a larger load brings no more: an open one that is saturated, or a closed one
/// whose throughput is the same or less within the intervals.
///
/// This deviates from S36 where the backlog of an open load grows: with shared processors short
/// requests overtake, so that what is answered may exceed what is carried and depends on the
/// length of the run. There saturation is the highest load that is carried before the first one
/// that grows, with its throughput. It is missing when even the smallest load grows.
pub fn saturation(known: &[Measured], is_open: bool) -> Saturation {
    let Some(top) = peak(known) else {
        let throughput_rps = Estimate::missing(Reason::NoData);
        return Saturation {
            load: known.first().map_or(0.0, |m| m.load),
            throughput_rps,
            reached: false,
        };
    };
    let low = top.interval().0;
    let below = finite(known);
    let grows = below.len() < known.len();
    if let Some(last) = below.last().filter(|m| grows && !m.is_saturated) {
        return Saturation {
            load: last.load,
            throughput_rps: last.throughput,
            reached: true,
        };
    }
    let is_hump = !is_open && buckle(known).is_some();
    let first = below
        .iter()
        .find(|m| !is_hump && m.interval().1 >= low && m.load <= top.load)
        .unwrap_or(top);
    let flat = |m: &Measured| m.load > first.load && m.interval().0 <= top.interval().1;
    let reached = if is_open {
        known.iter().any(|m| m.is_saturated)
    } else {
        known.iter().any(flat)
    };
    Saturation {
        load: first.load,
        throughput_rps: top.throughput,
        reached,
    }
}

/// The load that maximises throughput over response time.
pub fn knee(known: &[Measured]) -> Option<f64> {
    let power = |m: &Measured| Some((m.rate() / m.response.filter(|&s| s > 0.0)?, m.load));
    known
        .iter()
        .filter_map(power)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|pair| pair.1)
}

/// From where throughput lies below the peak with disjoint intervals, up to the last load whose
/// backlog does not grow.
pub fn buckle(known: &[Measured]) -> Option<Buckle> {
    let top = peak(known)?;
    let below = |m: &&Measured| m.interval().1 < top.interval().0;
    let known = finite(known);
    let last = known.last().filter(below)?;
    let from = known.iter().rev().take_while(below).last()?;
    Some(Buckle {
        from_load: from.load,
        to_load: last.load,
        drop: 1.0 - last.rate() / top.rate(),
    })
}

/// The smaller of what the largest load that passes every objective carries (loads below it pass
/// too) and `margin` x saturation, with the reason; nothing where neither has been seen.
pub fn recommended(
    known: &[Measured],
    saturation: &Saturation,
    margin: f64,
    has_objectives: bool,
) -> (Option<f64>, String) {
    let Some(most) = saturation.throughput_rps.value else {
        return (None, String::new());
    };
    let binds = has_objectives && known.iter().any(|m| !m.passes);
    if !saturation.reached && !binds {
        let because = "saturation was not reached: look at higher loads (--to)";
        return (None, because.to_owned());
    }
    let by_margin = margin * most;
    let because = format!("{} x saturation", words::number(margin));
    if !has_objectives {
        return (Some(by_margin), because);
    }
    let passing = known.iter().take_while(|m| m.passes).last();
    match passing {
        None => (None, "no load passes every objective".to_owned()),
        Some(m) if m.rate() < by_margin => (
            Some(m.rate()),
            "the largest load that passes every objective".to_owned(),
        ),
        Some(_) => (Some(by_margin), because),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(load: f64, throughput: f64, half: f64, response: f64) -> Measured {
        Measured {
            load,
            throughput: Estimate::around(throughput, half, 10),
            response: Some(response),
            is_saturated: false,
            grows: false,
            passes: response < 1.0,
        }
    }

    /// The Universal Scalability Law with sigma 0.02 and kappa 0.002: peak at 22 users.
    fn usl() -> Vec<Measured> {
        let rate = |n: f64| n / (1.0 + 0.02 * (n - 1.0) + 0.002 * n * (n - 1.0));
        [1.0, 5.0, 10.0, 15.0, 20.0, 21.0, 22.0, 23.0, 30.0, 50.0]
            .map(|n| point(n, rate(n), 1e-6, n / rate(n)))
            .to_vec()
    }

    #[test]
    fn the_peak_of_a_retrograde_curve_is_its_saturation_and_the_rest_buckles() {
        let curve = usl();
        assert_eq!(peak_load(&curve, false), Some(22.0));
        let saturation = saturation(&curve, false);
        assert!((saturation.load - 22.0).abs() < 1e-12);
        assert!(saturation.reached);
        assert!((saturation.throughput_rps.value.unwrap() - 9.386).abs() < 1e-3);
        let buckle = buckle(&curve).unwrap();
        assert_eq!((buckle.from_load, buckle.to_load), (23.0, 50.0));
        assert!((buckle.drop - (1.0 - 7.267 / 9.386)).abs() < 1e-3);
    }

    #[test]
    fn an_open_curve_saturates_between_carried_and_full() {
        let mut curve: Vec<_> = [100.0, 300.0, 480.0]
            .map(|load| point(load, load, 1.0, 0.01))
            .to_vec();
        let full = Measured {
            is_saturated: true,
            grows: true,
            response: None,
            passes: false,
            ..point(600.0, 550.0, 1.0, 9.0)
        };
        curve.push(full);
        assert_eq!(peak_load(&curve, true), Some(480.0));
        let saturation = saturation(&curve, true);
        assert!((saturation.load - 480.0).abs() < 1e-12);
        assert_eq!(saturation.throughput_rps.value, Some(480.0));
        assert!(saturation.reached);
        assert_eq!(knee(&curve), Some(480.0));
        assert!(buckle(&curve).is_none());
        let (most, because) = recommended(&curve, &saturation, 0.7, true);
        assert_eq!(most, Some(0.7 * 480.0));
        assert!(because.contains("0.7"));
    }

    #[test]
    fn what_a_growing_load_answers_makes_no_buckle_zone() {
        let mut curve: Vec<_> = [600.0, 790.0]
            .map(|load| point(load, load, 1.0, 0.01))
            .to_vec();
        let full = Measured {
            is_saturated: true,
            grows: true,
            response: None,
            ..point(900.0, 700.0, 1.0, 9.0)
        };
        curve.push(full);
        assert!(buckle(&curve).is_none());
        assert_eq!(saturation(&curve, true).throughput_rps.value, Some(790.0));
        assert_eq!(saturation(&[full], true).throughput_rps.value, None);
    }

    #[test]
    fn nothing_is_recommended_before_saturation_is_seen() {
        let mut curve: Vec<_> = [5.0, 10.0]
            .map(|load| point(load, load, 0.1, 0.01))
            .to_vec();
        let early = saturation(&curve, true);
        assert!(!early.reached);
        for has_objectives in [false, true] {
            let (most, because) = recommended(&curve, &early, 0.7, has_objectives);
            assert_eq!(most, None);
            assert!(because.contains("not reached"), "{because}");
        }
        curve[1].passes = false;
        assert_eq!(recommended(&curve, &early, 0.7, true).0, Some(5.0));
    }

    #[test]
    fn objectives_bind_before_the_margin() {
        let mut curve: Vec<_> = [100.0, 200.0, 480.0]
            .map(|load| point(load, load, 1.0, load / 250.0))
            .to_vec();
        curve[2].is_saturated = true;
        let saturation = saturation(&curve, true);
        assert_eq!(recommended(&curve, &saturation, 0.7, true).0, Some(200.0));
        curve[0].passes = false;
        assert_eq!(recommended(&curve, &saturation, 0.7, true).0, None);
    }
}
