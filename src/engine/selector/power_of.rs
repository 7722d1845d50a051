//! The least loaded of a few drawn with replacement (Mitzenmacher, "The power of two choices in
//! randomized load balancing", 2001).

use super::Selector;
use crate::engine::program::Ties;

pub(super) fn choose(selector: &mut Selector, choices: u32, ties: Ties) -> u32 {
    let mut drawn: Vec<u32> = Vec::with_capacity(choices as usize);
    for _ in 0..choices.max(1) {
        let place = selector.draw(selector.eligible.len());
        drawn.push(selector.eligible[place as usize]);
    }
    let open = |place: u32| selector.views[place as usize].open;
    let least = drawn
        .iter()
        .map(|&place| open(place))
        .min()
        .expect("at least one is drawn");
    drawn.retain(|&place| open(place) == least);
    drawn.sort_unstable();
    drawn.dedup();
    selector.settle(&drawn, ties)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::program::Policy;

    /// With one loaded of two, a draw of two misses the idle one with probability 1/4.
    #[test]
    fn the_better_of_two_is_taken() {
        let policy = Policy::PowerOf {
            choices: 2,
            ties: Ties::Random,
        };
        let mut selector = Selector::of(policy, &[1.0; 2]);
        selector.opened(0);
        let tally = selector.tally(40_000);
        assert!(tally[0].abs_diff(10_000) < 450, "{tally:?}");
    }
}
