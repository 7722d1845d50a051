//! In turn by weight, interleaved: everybody earns its weight in credit, the richest is chosen
//! and pays the sum of weights ("smooth weighted round robin" of nginx, commit 52327e0627f4).

use std::rc::Rc;

use super::Selector;
use super::crowd::Crowd;

pub(super) fn choose(selector: &mut Selector) -> u32 {
    let Crowd {
        views, eligible, ..
    } = Rc::make_mut(&mut selector.crowd);
    let mut total = 0.0;
    let mut best = eligible[0];
    for &place in &*eligible {
        let view = &mut views[place as usize];
        view.credit += view.weight;
        total += view.weight;
        if views[place as usize].credit > views[best as usize].credit {
            best = place;
        }
    }
    views[best as usize].credit -= total;
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::program::Policy;

    /// Weights 5, 1, 1 give a a b a c a a, the example of the commit message.
    #[test]
    fn interleaves() {
        let mut selector = Selector::of(Policy::Weighted, &[5.0, 1.0, 1.0]);
        let order: Vec<u32> = (0..7).map(|_| choose(&mut selector)).collect();
        assert_eq!(order, [0, 0, 1, 0, 2, 0, 0]);
    }
}
