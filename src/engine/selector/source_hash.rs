//! By the client's address: highest random weight (Thaler and Ravishankar, "Using name-based
//! mappings to increase hit rates", 1998), so that a lost node moves only its own clients.

use super::{Asker, Selector};
use crate::law::{fraction, mix};

pub(super) fn choose(selector: &Selector, asker: Asker) -> u32 {
    let mut best = (f64::INFINITY, selector.crowd.eligible[0]);
    for &place in &selector.crowd.eligible {
        let word = mix(asker.address ^ mix(u64::from(place)));
        // The first of exponential clocks that run at the weights rings.
        let clock = -libm::log(1.0 - fraction(word)) / selector.crowd.views[place as usize].weight;
        if clock < best.0 {
            best = (clock, place);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::program::Policy;

    #[test]
    fn a_lost_node_moves_only_its_own_clients() {
        let mut selector = Selector::of(Policy::SourceHash, &[1.0, 2.0, 1.0]);
        let asker = |n| Asker {
            key: 0,
            address: mix(n),
            person: 0,
        };
        let before: Vec<u32> = (0..2000).map(|n| choose(&selector, asker(n))).collect();
        selector.believe(1, false, 0);
        let after: Vec<u32> = (0..2000).map(|n| choose(&selector, asker(n))).collect();
        assert!(before.iter().zip(&after).all(|(b, a)| *b == 1 || a == b));
        assert!(after.iter().all(|&place| place != 1));
        assert!(
            before
                .iter()
                .filter(|&&place| place == 1)
                .count()
                .abs_diff(1000)
                < 120
        );
    }
}
