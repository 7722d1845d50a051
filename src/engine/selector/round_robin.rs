//! In turn among those who take part.

use super::Selector;

#[inline]
pub(super) fn choose(selector: &mut Selector) -> u32 {
    let count = selector.crowd.views.len() as u32;
    loop {
        let place = if selector.turn >= count {
            0
        } else {
            selector.turn
        };
        selector.turn = place + 1;
        // With everybody in it there is no need to look: a view is a cold line of memory.
        if selector.crowd.eligible.len() == selector.crowd.views.len()
            || selector.crowd.views[place as usize].eligible
        {
            return place;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::program::Policy;

    #[test]
    fn the_turn_passes_over_those_who_are_out() {
        let mut selector = Selector::of(Policy::RoundRobin, &[1.0; 3]);
        selector.turn = 0;
        selector.believe(1, false, 0);
        let order: Vec<u32> = (0..5).map(|_| choose(&mut selector)).collect();
        assert_eq!(order, [0, 2, 0, 2, 0]);
    }
}
