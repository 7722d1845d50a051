//! How much each part matters: importance measures, and how often and how long it is down.

use super::diagram::{Bdd, Family};

/// Minutes of a year of 365 days.
pub const MINUTES_A_YEAR: f64 = 525_600.0;
/// Hours of a year of 365 days.
pub const HOURS_A_YEAR: f64 = 8_760.0;

/// What one part, or a group whose parts go down and stay up together, does to the whole.
///
/// With Q the unavailability of the whole, Q1 with the part down for certain and Q0 with it up
/// for certain, and q that of the part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Importance {
    /// Birnbaum: Q1 - Q0, the probability that the part decides.
    pub birnbaum: f64,
    /// Criticality: (Q1 - Q0) q / Q, the probability that it decided, given an outage. For a
    /// group: (Q - Q0) / Q, which is the same for a single part.
    pub criticality: f64,
    /// Diagnosis: q Q1 / Q, the probability that it is down, given an outage. For a group: that
    /// all of its parts are.
    pub diagnosis: f64,
    /// Fussell and Vesely: the share of the mass of minimal cut sets in those that hold it (or
    /// one of a group); `None` where cut sets were not found.
    pub fussell_vesely: Option<f64>,
    /// Risk achievement worth: Q1 / Q.
    pub raw: f64,
    /// Risk reduction worth: Q / Q0; infinite when nothing happens without it.
    pub rrw: f64,
    /// Minutes of downtime a year that would go if it were perfect: (Q - Q0) x 525,600.
    pub minutes_removed: f64,
}

impl Importance {
    /// All measures from the three probabilities, that of the part, and its share of cut sets.
    fn from(whole: [f64; 3], down: f64, fussell_vesely: Option<f64>) -> Self {
        let [q, with, without] = whole;
        let over = |part: f64| if q > 0.0 { part / q } else { 0.0 };
        Self {
            birnbaum: with - without,
            criticality: over(q - without),
            diagnosis: over(down * with),
            fussell_vesely,
            raw: over(with),
            rrw: if q <= without { 1.0 } else { q / without },
            minutes_removed: (q - without) * MINUTES_A_YEAR,
        }
    }
}

/// Importance of every event that `bdd` asks for, by its number, ascending. `down` holds the
/// probability of each event; `sets` are the minimal cut sets, where they were found.
///
/// One pass from below gives the probability of what follows each decision, one from above the
/// probability of coming to it; a part decides where both sides differ.
pub fn importance(bdd: &Bdd, sets: Option<&Family>, down: &[f64]) -> Vec<(usize, Importance)> {
    let deciding = deciding(bdd, down);
    let q = bdd.probability(down);
    let shares = sets.map(|sets| sets.shares(down));
    let mut events = bdd.order().to_vec();
    events.sort_unstable();
    let of = |event: usize| {
        let (own, birnbaum) = (down[event], deciding[event]);
        // Where it stands in every cut set the whole is up without it: exactly, not to rounding.
        let without = if bdd.holds(|other| other != event) {
            (q - own * birnbaum).max(0.0)
        } else {
            0.0
        };
        let with = without + birnbaum;
        let share = shares.as_ref().map(|shares| shares[event]);
        let mut measures = Importance::from([q, with, without], own, share);
        measures.birnbaum = birnbaum;
        if q > 0.0 {
            measures.criticality = birnbaum * own / q;
        }
        measures.minutes_removed = birnbaum * own * MINUTES_A_YEAR;
        (event, measures)
    };
    events.into_iter().map(of).collect()
}

/// Importance of a group of events whose parts go down, or are made perfect, all together.
pub fn group_importance(
    bdd: &Bdd,
    sets: Option<&Family>,
    down: &[f64],
    members: &[usize],
) -> Importance {
    let with_all = |value: f64| {
        let mut changed = down.to_vec();
        for &member in members {
            changed[member] = value;
        }
        changed
    };
    let whole = [
        bdd.probability(down),
        bdd.probability(&with_all(1.0)),
        bdd.probability(&with_all(0.0)),
    ];
    let together = members.iter().map(|&member| down[member]).product();
    let share = sets.map(|sets| {
        let all = sets.mass(down);
        let rest = sets.mass(&with_all(0.0));
        if all > 0.0 { 1.0 - rest / all } else { 0.0 }
    });
    Importance::from(whole, together, share)
}

/// For each event the probability that it decides (Birnbaum), as long as `down`.
fn deciding(bdd: &Bdd, down: &[f64]) -> Vec<f64> {
    let sums = bdd.probabilities(down);
    let mut deciding = vec![0.0; down.len()];
    let mut flows = vec![0.0; sums.len()];
    flows[bdd.root() as usize] = 1.0;
    for (number, node) in bdd.decisions().rev() {
        let event = bdd.order()[node.level as usize];
        let (high, low) = (node.high as usize, node.low as usize);
        flows[high] += flows[number] * down[event];
        flows[low] += flows[number] * (1.0 - down[event]);
        deciding[event] += flows[number] * (sums[high] - sums[low]);
    }
    deciding
}

/// How often the whole goes down, and for how long.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frequency {
    /// Outages an hour, of time up and down alike.
    pub per_hour: f64,
    /// Mean length of an outage, h; 0 where there is none.
    pub mean_outage_h: f64,
}

impl Frequency {
    /// Mean time from the start of one outage to that of the next, h.
    pub fn hours_between(self) -> f64 {
        1.0 / self.per_hour
    }
}

/// Sum over parts of how often each goes down and decides: Birnbaum x (1 - q) / mean time up.
/// `mean_up_h` holds the mean time up of each event, h; `None` where it never goes down, or where
/// nobody knows how often.
pub fn frequency(bdd: &Bdd, down: &[f64], mean_up_h: &[Option<f64>]) -> Frequency {
    let deciding = deciding(bdd, down);
    let often = bdd.order().iter().filter_map(|&event| {
        let up = mean_up_h[event]?;
        Some(deciding[event] * (1.0 - down[event]) / up)
    });
    let per_hour: f64 = often.sum();
    let mean_outage_h = if per_hour > 0.0 {
        bdd.probability(down) / per_hour
    } else {
        0.0
    };
    Frequency {
        per_hour,
        mean_outage_h,
    }
}
