//! At random, by weight.

use rand_xoshiro::rand_core::Rng;

use super::Selector;
use crate::law::fraction;

#[inline]
pub(super) fn choose(selector: &mut Selector) -> u32 {
    if selector.crowd.even {
        let place = selector.draw(selector.crowd.eligible.len());
        return selector.crowd.eligible[place as usize];
    }
    let word = selector.random.next_u64();
    by_weight(selector, fraction(word))
}

#[cold]
fn by_weight(selector: &Selector, share: f64) -> u32 {
    let weight = |place: u32| selector.crowd.views[place as usize].weight;
    let total: f64 = selector
        .crowd
        .eligible
        .iter()
        .map(|&place| weight(place))
        .sum();
    let mut left = share * total;
    for &place in &selector.crowd.eligible {
        left -= weight(place);
        if left < 0.0 {
            return place;
        }
    }
    *selector.crowd.eligible.last().expect("somebody takes part")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::program::Policy;

    #[test]
    fn shares_follow_weights() {
        let tally = Selector::of(Policy::Random, &[1.0, 3.0]).tally(40_000);
        assert!(tally[0].abs_diff(10_000) < 450, "{tally:?}");
    }
}
