//! The readings of a formula, 64 removals at once, one by one, and as shares.

use super::formula::{Gate, GateId};
use crate::model::Count;

/// How a formula is read. Each reading implies the ones before it (on formulas that can succeed
/// at all).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reading {
    /// Some request can succeed: chance may take any way that has a positive probability.
    Possible,
    /// Every request can succeed, whatever way chance takes (a fallback is a success, S16).
    Every,
    /// Nothing is degraded either: no fallback in use, no optional part lost.
    Whole,
}

/// Whether a loop may be left without running its body, under this reading.
pub(super) fn may_skip(times: Count, reading: Reading) -> bool {
    match times {
        Count::Times(times) => times == 0,
        Count::Geometric(mean) => mean <= 0.0 || reading == Reading::Possible,
    }
}

pub(super) fn word(gate: &Gate, reading: Reading, down: &[u64], words: &[u64]) -> u64 {
    let all = |gates: &[GateId]| {
        gates
            .iter()
            .fold(!0, |word, gate| word & words[gate.index()])
    };
    let any = |gates: &[GateId]| {
        gates
            .iter()
            .fold(0, |word, gate| word | words[gate.index()])
    };
    match gate {
        Gate::Up(atom) => !down[*atom],
        Gate::AllOf(gates) => all(gates),
        Gate::AnyOf(gates) => any(gates),
        Gate::AtLeast(needed, gates) => at_least(*needed, gates, words),
        Gate::Fallback { primary, .. } if reading == Reading::Whole => words[primary.index()],
        Gate::Fallback {
            primary,
            alternatives,
        } => words[primary.index()] | any(alternatives),
        Gate::Optional(gate) if reading == Reading::Whole => words[gate.index()],
        Gate::Mix(ways) if reading == Reading::Possible => ways
            .iter()
            .fold(0, |word, (_, way)| word | words[way.index()]),
        Gate::Mix(ways) => ways
            .iter()
            .fold(!0, |word, (_, way)| word & words[way.index()]),
        Gate::Again { times, .. } if may_skip(*times, reading) => !0,
        Gate::Again { body, .. } => words[body.index()],
        Gate::Round if reading == Reading::Possible => 0,
        Gate::Optional(_) | Gate::Round => !0,
    }
}

/// Counts in bit planes: plane `p` holds bit `p` of 64 counters, added to by ripple carry; then
/// the 64 counters are compared with `needed` from the highest plane down.
fn at_least(needed: u32, gates: &[GateId], words: &[u64]) -> u64 {
    let width = (usize::BITS - gates.len().leading_zeros()).max(32 - needed.leading_zeros());
    let mut planes = vec![0_u64; width as usize];
    for gate in gates {
        let mut carry = words[gate.index()];
        for plane in &mut planes {
            let sum = *plane ^ carry;
            carry &= *plane;
            *plane = sum;
        }
    }
    let (mut above, mut equal) = (0_u64, !0_u64);
    for (bit, plane) in planes.iter().enumerate().rev() {
        if (needed >> bit) & 1 == 1 {
            equal &= plane;
        } else {
            above |= equal & plane;
            equal &= !plane;
        }
    }
    above | equal
}

pub(super) fn holds(
    gate: &Gate,
    reading: Reading,
    down: &impl Fn(usize) -> bool,
    works: &[bool],
) -> bool {
    let up = |gate: &GateId| works[gate.index()];
    match gate {
        Gate::Up(atom) => !down(*atom),
        Gate::AllOf(gates) => gates.iter().all(up),
        Gate::AnyOf(gates) => gates.iter().any(up),
        Gate::AtLeast(needed, gates) => {
            gates.iter().filter(|gate| up(gate)).count() >= *needed as usize
        }
        Gate::Fallback {
            primary,
            alternatives,
        } => up(primary) || (reading != Reading::Whole && alternatives.iter().any(up)),
        Gate::Optional(gate) => reading != Reading::Whole || up(gate),
        Gate::Mix(ways) if reading == Reading::Possible => ways.iter().any(|(_, way)| up(way)),
        Gate::Mix(ways) => ways.iter().all(|(_, way)| up(way)),
        Gate::Again { times, body } => may_skip(*times, reading) || up(body),
        Gate::Round => reading != Reading::Possible,
    }
}

pub(super) fn share(gate: &Gate, down: &impl Fn(usize) -> bool, shares: &[f64]) -> f64 {
    let of = |gate: &GateId| shares[gate.index()];
    match gate {
        Gate::Up(atom) => f64::from(u8::from(!down(*atom))),
        Gate::AllOf(gates) => gates.iter().map(of).product(),
        Gate::AnyOf(gates) => gates.iter().map(of).fold(0.0, f64::max),
        Gate::AtLeast(needed, gates) => {
            let mut best: Vec<f64> = gates.iter().map(of).collect();
            best.sort_by(|a, b| b.total_cmp(a));
            let needed = *needed as usize;
            if needed > best.len() {
                0.0
            } else {
                best[..needed].iter().product()
            }
        }
        Gate::Fallback {
            primary,
            alternatives,
        } => {
            let rest = alternatives.iter().map(of).fold(0.0, f64::max);
            let first = of(primary);
            first + (1.0 - first) * rest
        }
        Gate::Optional(_) | Gate::Round => 1.0,
        Gate::Mix(ways) => ways.iter().map(|(weight, way)| weight * of(way)).sum(),
        Gate::Again {
            times: Count::Times(times),
            body,
        } => libm::pow(of(body), f64::from(*times)),
        Gate::Again {
            times: Count::Geometric(mean),
            body,
        } => 1.0 / (1.0 + mean * (1.0 - of(body))),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::reliability::{FaultTree, Formula};

    const READINGS: [Reading; 3] = [Reading::Possible, Reading::Every, Reading::Whole];

    /// A gate over earlier ones, from random numbers.
    fn gate(code: (u8, Vec<prop::sample::Index>, u32), known: &[GateId]) -> Gate {
        let (kind, picks, number) = code;
        let before = known.len();
        if before == 0 || kind == 0 {
            return Gate::Up(number as usize % 8);
        }
        let gates: Vec<GateId> = picks.iter().map(|pick| known[pick.index(before)]).collect();
        let (first, rest) = (gates[0], gates[1..].to_vec());
        match kind {
            1 => Gate::AllOf(gates),
            2 => Gate::AnyOf(gates),
            3 => Gate::AtLeast(number % (gates.len() as u32 + 2), gates),
            4 => Gate::Fallback {
                primary: first,
                alternatives: rest,
            },
            5 => Gate::Optional(first),
            6 => {
                let weight = 1.0 / gates.len() as f64;
                Gate::Mix(gates.into_iter().map(|gate| (weight, gate)).collect())
            }
            7 => Gate::Again {
                times: Count::Times(number % 3),
                body: first,
            },
            8 => Gate::Again {
                times: Count::Geometric(f64::from(number % 3)),
                body: first,
            },
            _ => Gate::Round,
        }
    }

    fn formulas() -> impl Strategy<Value = Formula> {
        let codes = (
            0_u8..10,
            prop::collection::vec(any::<prop::sample::Index>(), 1..6),
            0_u32..99,
        );
        prop::collection::vec(codes, 8..40).prop_map(|codes| {
            let mut formula = Formula::default();
            let mut known = Vec::new();
            for code in codes {
                let next = gate(code, &known);
                known.push(formula.add(next));
            }
            formula
        })
    }

    /// All 256 subsets of 8 parts as removals: four words per part.
    fn subsets(block: usize) -> Vec<u64> {
        (0..8)
            .map(|atom| {
                (0..64).fold(0, |word, bit| {
                    word | ((((block * 64 + bit) >> atom) & 1) as u64) << bit
                })
            })
            .collect()
    }

    proptest! {
        #[test]
        fn sixty_four_removals_at_once_are_what_they_are_one_by_one(formula in formulas()) {
            let mut words = Vec::new();
            for reading in READINGS {
                for block in 0..4 {
                    formula.evaluate(reading, &subsets(block), &mut words);
                    for bit in 0..64 {
                        let removed = block * 64 + bit;
                        let plain = formula.holds(reading, |atom| (removed >> atom) & 1 == 1);
                        for (word, works) in words.iter().zip(plain) {
                            prop_assert_eq!((word >> bit) & 1 == 1, works);
                        }
                    }
                }
            }
        }

        #[test]
        fn turned_over_it_fails_where_it_does_not_hold(
            formula in formulas(),
            removed in 0_usize..256,
            root in any::<prop::sample::Index>(),
        ) {
            let down = |atom: usize| (removed >> atom) & 1 == 1;
            let last = GateId::at(formula.gates().len() - 1);
            let root = GateId::at(root.index(formula.gates().len()));
            for reading in READINGS {
                let holds = formula.holds(reading, down);
                let tree = FaultTree::of(&formula, reading, &[root, last]);
                let both = holds[root.index()] && holds[last.index()];
                prop_assert_eq!(tree.fails(down), !both);
            }
        }

        #[test]
        fn losing_more_never_helps(
            formula in formulas(),
            removed in 0_usize..256,
            more in 0_usize..8,
        ) {
            for reading in READINGS {
                let before = formula.holds(reading, |atom| (removed >> atom) & 1 == 1);
                let after = formula.holds(reading, |atom| ((removed | 1 << more) >> atom) & 1 == 1);
                for (before, after) in before.iter().zip(after) {
                    prop_assert!(*before || !after);
                }
            }
        }

        #[test]
        fn a_share_is_one_exactly_where_every_request_can_succeed(
            formula in formulas(),
            removed in 0_usize..256,
        ) {
            let down = |atom: usize| (removed >> atom) & 1 == 1;
            let shares = formula.share(down);
            let every = formula.holds(Reading::Every, down);
            for (share, every) in shares.iter().zip(every) {
                prop_assert!((-1e-12..=1.0 + 1e-12).contains(share));
                prop_assert_eq!(every, *share > 1.0 - 1e-9, "share {}", share);
            }
        }
    }

    #[test]
    fn at_least_k_of_n_counts() {
        for n in 0..9_usize {
            let mut formula = Formula::default();
            let gates: Vec<GateId> = (0..n).map(|atom| formula.up(atom)).collect();
            let counts: Vec<GateId> = (0..=n as u32 + 1)
                .map(|k| formula.add(Gate::AtLeast(k, gates.clone())))
                .collect();
            let mut words = Vec::new();
            for block in 0..4 {
                formula.evaluate(Reading::Every, &subsets(block), &mut words);
                for (k, count) in counts.iter().enumerate() {
                    for bit in 0..64 {
                        let up = (0..n)
                            .filter(|atom| ((block * 64 + bit) >> atom) & 1 == 0)
                            .count();
                        assert_eq!(
                            (words[count.index()] >> bit) & 1 == 1,
                            up >= k,
                            "{k} of {n}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn the_readings_differ_where_they_should() {
        let mut formula = Formula::default();
        let (cache, work) = (formula.up(0), formula.up(1));
        let fallback = formula.add(Gate::Fallback {
            primary: cache,
            alternatives: vec![work],
        });
        let mix = formula.add(Gate::Mix(vec![(0.75, fallback), (0.25, work)]));
        let looped = formula.add(Gate::Again {
            times: Count::Geometric(3.0),
            body: work,
        });
        let value = |reading, lost: usize| {
            let holds = formula.holds(reading, |atom| atom == lost);
            (holds[mix.index()], holds[looped.index()])
        };
        assert_eq!(value(Reading::Possible, 1), (true, true));
        assert_eq!(value(Reading::Every, 1), (false, false));
        assert_eq!(value(Reading::Every, 0), (true, true));
        assert_eq!(value(Reading::Whole, 0), (false, true));
        let shares = formula.share(|atom| atom == 1);
        assert!((shares[mix.index()] - 0.75).abs() < 1e-12);
        assert!(
            (shares[looped.index()] - 0.25).abs() < 1e-12,
            "P(no round) = 1 / (1 + mean)"
        );
    }
}
