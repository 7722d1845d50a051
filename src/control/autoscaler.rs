//! How many nodes are wanted in service: a pure function of what was seen.
//!
//! As the Horizontal Pod Autoscaler of Kubernetes: the nodes in service times their utilisation
//! over the target, rounded up; nothing within the tolerance; fewer only as many as were enough at
//! every look of the stabilisation time, the number at the first look among them. Nodes that start
//! count as nodes without use. Beyond that, a cooldown between two changes. Its bounds on how fast
//! nodes are added (twice as many, or four, in 15 s) are left out.

use crate::engine::program::{Past, Sample, Terms};

/// What binary fractions may be above a whole number of nodes.
const ROUNDING: f64 = 1e-9;

/// How many nodes are wanted in service from now on, those that start among them.
pub fn decide(terms: &Terms, memory: &mut Past, sample: Sample) -> u32 {
    let current = sample.in_service + sample.starting;
    if memory.wanted.is_empty() && terms.stabilise > 0 {
        memory.wanted.push((sample.at, current));
    }
    let wanted = wanted(terms, sample);
    let oldest = sample.at.saturating_sub(terms.stabilise);
    memory.wanted.retain(|(at, _)| *at >= oldest);
    memory.wanted.push((sample.at, wanted));
    let enough = memory.wanted.iter().map(|(_, number)| *number).max();
    let goal = if wanted < current {
        enough.unwrap_or(wanted).min(current)
    } else {
        wanted
    };
    let rests = |acted: u64| sample.at < acted.saturating_add(terms.cooldown);
    if goal == current || memory.acted.is_some_and(rests) {
        return current;
    }
    memory.acted = Some(sample.at);
    goal
}

/// The number whose utilisation would be the target, or the current one within the tolerance.
fn wanted(terms: &Terms, sample: Sample) -> u32 {
    let current = sample.in_service + sample.starting;
    let needed = f64::from(sample.in_service) * sample.utilisation / terms.target;
    let off = needed / f64::from(current.max(1)) - 1.0;
    let number = if off.abs() <= terms.tolerance + ROUNDING {
        current
    } else {
        (needed - ROUNDING).ceil().max(0.0) as u32
    };
    number.clamp(terms.min, terms.max)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TERMS: Terms = Terms {
        min: 2,
        max: 12,
        target: 0.6,
        tolerance: 0.1,
        cooldown: 0,
        stabilise: 0,
    };

    fn sample(at: u64, in_service: u32, utilisation: f64) -> Sample {
        Sample {
            at,
            in_service,
            starting: 0,
            utilisation,
        }
    }

    fn first(terms: Terms, in_service: u32, utilisation: f64) -> u32 {
        decide(
            &terms,
            &mut Past::default(),
            sample(0, in_service, utilisation),
        )
    }

    /// 4 x 0.9 / 0.6 = 6; 4 x 0.91 / 0.6 = 6.07; 4 x 0.15 / 0.6 = 1, and 2 is the least.
    #[test]
    fn the_number_that_would_be_as_busy_as_wanted() {
        assert_eq!(first(TERMS, 4, 0.9), 6);
        assert_eq!(first(TERMS, 4, 0.91), 7);
        assert_eq!(first(TERMS, 8, 0.3), 4);
        assert_eq!(first(TERMS, 4, 0.15), 2);
        assert_eq!(first(TERMS, 10, 1.0), 12);
        // A tenth of thirty is three, whatever a tenth is in binary.
        let tenth = Terms {
            target: 0.1,
            ..TERMS
        };
        assert_eq!(first(tenth, 1, 0.3), 3);
    }

    /// 0.66 is a tenth above 0.6, and nothing is done; 0.67 is more: 8.93.
    #[test]
    fn within_the_tolerance_nothing_is_done() {
        assert_eq!(first(TERMS, 8, 0.66), 8);
        assert_eq!(first(TERMS, 8, 0.54), 8);
        assert_eq!(first(TERMS, 8, 0.67), 9);
        assert_eq!(first(TERMS, 8, 0.52), 7);
    }

    /// 4 in service at 0.9 want 6, of which 2 start already.
    #[test]
    fn nodes_that_start_are_counted() {
        let starting = |starting| Sample {
            starting,
            ..sample(0, 4, 0.9)
        };
        let mut memory = Past::default();
        assert_eq!(decide(&TERMS, &mut memory, starting(2)), 6);
        assert_eq!(decide(&TERMS, &mut memory, starting(0)), 6);
        assert_eq!(decide(&TERMS, &mut memory, starting(4)), 6);
    }

    #[test]
    fn nothing_is_done_soon_after_a_change() {
        let terms = Terms {
            cooldown: 100,
            ..TERMS
        };
        let mut memory = Past::default();
        let mut look = |at, number, busy| decide(&terms, &mut memory, sample(at, number, busy));
        assert_eq!(look(10, 4, 0.9), 6);
        assert_eq!(look(60, 6, 1.0), 6);
        assert_eq!(look(109, 6, 1.0), 6);
        assert_eq!(look(110, 6, 1.0), 10);
        assert_eq!(look(209, 10, 0.1), 10);
        assert_eq!(look(210, 10, 0.1), 2);
    }

    /// Six are in service at the first look, which counts for 100; five were wanted at 60.
    #[test]
    fn fewer_only_when_fewer_were_enough_all_the_time() {
        let terms = Terms {
            stabilise: 100,
            ..TERMS
        };
        let mut memory = Past::default();
        let mut look = |at, number, busy| decide(&terms, &mut memory, sample(at, number, busy));
        assert_eq!(look(0, 6, 0.2), 6);
        assert_eq!(look(60, 6, 0.5), 6);
        assert_eq!(look(100, 6, 0.2), 6);
        assert_eq!(look(101, 6, 0.2), 5);
        assert_eq!(look(160, 5, 0.24), 5);
        assert_eq!(look(161, 5, 0.24), 2);
        // More are wanted at once.
        assert_eq!(look(162, 2, 0.9), 3);
    }
}
