//! The least loaded of a few drawn with replacement (Mitzenmacher, "The power of two choices in
//! randomized load balancing", 2001).

use super::Selector;
use crate::engine::program::Ties;

#[inline]
pub(super) fn choose(selector: &mut Selector, choices: u32, ties: Ties) -> u32 {
    let counts = selector.counts.as_mut().expect("it counts");
    let mut drawn = std::mem::take(&mut counts.drawn);
    let mut least = u32::MAX;
    for _ in 0..choices.max(1) {
        let place = selector.draw(selector.crowd.eligible.len());
        let place = selector.crowd.eligible[place as usize];
        let counts = selector.counts.as_ref().expect("it counts");
        let open = counts.tally.open(place);
        if open < least {
            drawn.clear();
            least = open;
        }
        if open == least {
            drawn.push(place);
        }
    }
    if drawn.len() > 1 {
        drawn.sort_unstable();
        drawn.dedup();
    }
    let chosen = selector.settle(&drawn, ties);
    drawn.clear();
    selector.counts.as_mut().expect("it counts").drawn = drawn;
    chosen
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
