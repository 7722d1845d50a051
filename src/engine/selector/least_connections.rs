//! Fewest open requests in the selector's own count.

use super::Selector;
use crate::engine::program::Ties;

pub(super) fn choose(selector: &mut Selector, ties: Ties) -> u32 {
    let open = |place: u32| selector.views[place as usize].open;
    let mut least = u32::MAX;
    let mut equals = 0usize;
    let mut first = 0;
    for &place in &selector.eligible {
        let count = open(place);
        if count < least {
            (least, equals, first) = (count, 1, place);
        } else if count == least {
            equals += 1;
        }
    }
    match ties {
        _ if equals == 1 => {}
        Ties::First => {}
        Ties::Random => {
            let skip = selector.draw(equals) as usize;
            let open = |place: u32| selector.views[place as usize].open;
            let mut tied = selector
                .eligible
                .iter()
                .filter(|&&place| open(place) == least);
            first = *tied.nth(skip).expect("counted above");
        }
        Ties::Rotation => {
            let mut tied = selector
                .eligible
                .iter()
                .filter(|&&place| open(place) == least);
            first = *tied
                .find(|&&place| place >= selector.turn)
                .unwrap_or(&first);
        }
    }
    selector.turn = first + 1;
    first
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::program::Policy;

    fn selector(ties: Ties) -> Selector {
        Selector::of(Policy::LeastConnections { ties }, &[1.0; 3])
    }

    #[test]
    fn the_least_loaded_is_chosen() {
        let mut selector = selector(Ties::Random);
        selector.opened(0);
        selector.opened(1);
        assert_eq!(choose(&mut selector, Ties::Random), 2);
        selector.closed(0);
        selector.opened(2);
        assert_eq!(choose(&mut selector, Ties::Random), 0);
    }

    #[test]
    fn ties_in_rotation_and_by_list() {
        let mut rotating = selector(Ties::Rotation);
        let order: Vec<u32> = (0..4)
            .map(|_| choose(&mut rotating, Ties::Rotation))
            .collect();
        assert_eq!(order, [0, 1, 2, 0]);
        let mut fixed = selector(Ties::First);
        assert_eq!(choose(&mut fixed, Ties::First), 0);
        assert_eq!(choose(&mut fixed, Ties::First), 0);
    }
}
