//! How much each part matters: importance measures, and how often and how long it is down.

use super::diagram::{Bdd, Family};
use super::mixture::Mixture;

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

/// Importance of every event that `bdd` asks for, by its number, ascending. `parts` says how often
/// each is down; `sets` are the minimal cut sets, where they were found.
///
/// One pass from below gives the probability of what follows each decision, one from above the
/// probability of coming to it; a part decides where both sides differ. A part that is not
/// independent is taken to be down, or perfect, whatever the others of its group do.
pub fn importance(
    bdd: &Bdd,
    sets: Option<&Family>,
    parts: &Mixture<'_>,
) -> Vec<(usize, Importance)> {
    let found = Deciding::of(bdd, parts);
    let q = found.whole;
    let shares = sets.map(|sets| shares_of_mass(sets, parts));
    let mut events = bdd.order().to_vec();
    events.sort_unstable();
    let of = |event: usize| {
        // Where it stands in every cut set the whole is up without it: exactly, not to rounding.
        let without = if bdd.holds(|other| other != event) {
            (q - found.decided[event]).max(0.0)
        } else {
            0.0
        };
        let with = without + found.decides[event];
        let share = shares.as_ref().map(|shares| shares[event]);
        let mut measures = Importance::from([q, with, without], parts.share(event), share);
        measures.birnbaum = found.decides[event];
        if q > 0.0 {
            measures.criticality = found.decided[event] / q;
            measures.diagnosis = found.both[event] / q;
        }
        measures.minutes_removed = found.decided[event] * MINUTES_A_YEAR;
        (event, measures)
    };
    events.into_iter().map(of).collect()
}

/// Importance of a group of events whose parts go down, or are made perfect, all together.
pub fn group_importance(
    bdd: &Bdd,
    sets: Option<&Family>,
    parts: &Mixture<'_>,
    members: &[usize],
) -> Importance {
    let with_all = |down: &[f64], value: f64| {
        let mut changed = down.to_vec();
        for &member in members {
            changed[member] = value;
        }
        changed
    };
    let whole = [
        parts.mean(|down| bdd.probability(down)),
        parts.mean(|down| bdd.probability(&with_all(down, 1.0))),
        parts.mean(|down| bdd.probability(&with_all(down, 0.0))),
    ];
    let share = sets.map(|sets| {
        let all = parts.mean(|down| sets.mass(down));
        let rest = parts.mean(|down| sets.mass(&with_all(down, 0.0)));
        if all > 0.0 { 1.0 - rest / all } else { 0.0 }
    });
    Importance::from(whole, parts.joint(members), share)
}

/// For each event the share of the mass of cut sets that hold it, over all cases.
fn shares_of_mass(sets: &Family, parts: &Mixture<'_>) -> Vec<f64> {
    let (mut all, mut own) = (0.0, vec![0.0; parts.parts()]);
    parts.each(|share, down, _| {
        let mass = share * sets.mass(down);
        all += mass;
        for (own, held) in own.iter_mut().zip(sets.shares(down)) {
            *own += mass * held;
        }
    });
    if all > 0.0 {
        for own in &mut own {
            *own /= all;
        }
    }
    own
}

/// What each event does to the whole, by number.
struct Deciding {
    /// Probability that the whole is down.
    whole: f64,
    /// That the event decides (Birnbaum).
    decides: Vec<f64>,
    /// That it is down and decides.
    decided: Vec<f64>,
    /// That it and the whole are down.
    both: Vec<f64>,
}

impl Deciding {
    fn of(bdd: &Bdd, parts: &Mixture<'_>) -> Self {
        let none = vec![0.0; parts.parts()];
        let mut found = Self {
            whole: 0.0,
            decides: none.clone(),
            decided: none.clone(),
            both: none,
        };
        parts.each(|share, down, _| {
            let (q, deciding) = deciding(bdd, down);
            found.whole += share * q;
            for &event in bdd.order() {
                let (own, decides) = (down[event], deciding[event]);
                found.decides[event] += share * decides;
                found.decided[event] += share * own * decides;
                found.both[event] += share * own * (q + (1.0 - own) * decides);
            }
        });
        found
    }
}

/// The probability of the whole, and for each event that it decides, as long as `down`.
fn deciding(bdd: &Bdd, down: &[f64]) -> (f64, Vec<f64>) {
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
    (sums[bdd.root() as usize], deciding)
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

/// Sum over independent parts of how often each goes down and decides, Birnbaum x (1 - q) / mean
/// time up, and over groups of how often they go to a case that is worse, and by how much.
/// `mean_up_h` holds the mean time up of each event, h; `None` where it never goes down, or where
/// nobody knows how often.
pub fn frequency(bdd: &Bdd, parts: &Mixture<'_>, mean_up_h: &[Option<f64>]) -> Frequency {
    let (mut per_hour, mut whole, mut all) = (0.0, 0.0, Vec::new());
    let alone = |event: &&usize| !parts.is_coupled(**event);
    let alone: Vec<usize> = bdd.order().iter().filter(alone).copied().collect();
    parts.each(|share, down, _| {
        let (q, deciding) = deciding(bdd, down);
        let often = alone.iter().filter_map(|&event| {
            let up = mean_up_h[event]?;
            Some(deciding[event] * (1.0 - down[event]) / up)
        });
        per_hour += share * often.sum::<f64>();
        whole += share * q;
        all.push((share, q));
    });
    parts.worse(|from, to, rate| {
        let ((share, before), (_, after)) = (all[from], all[to]);
        per_hour += share * rate * (after - before);
    });
    let mean_outage_h = if per_hour > 0.0 {
        whole / per_hour
    } else {
        0.0
    };
    Frequency {
        per_hour,
        mean_outage_h,
    }
}
