//! Fewest open requests in the selector's own count.

use super::Selector;
use crate::engine::program::Ties;

#[inline]
pub(super) fn choose(selector: &mut Selector, ties: Ties) -> u32 {
    let counts = selector.counts.as_ref().expect("it counts");
    let equals = counts.tally.equals();
    let skip = match ties {
        _ if equals == 1 => 0,
        Ties::First => 0,
        Ties::Random => selector.draw(equals as usize),
        Ties::Rotation => counts.tally.before(selector.turn) % equals,
    };
    let counts = selector.counts.as_ref().expect("it counts");
    let chosen = counts.tally.least(skip);
    selector.turn = chosen + 1;
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::program::Policy;
    use crate::law::mix;

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

    /// The same choices as of a look at all, whoever goes out or comes back.
    #[test]
    fn equals_a_look_at_all() {
        for ties in [Ties::Random, Ties::Rotation, Ties::First] {
            let (places, mut open) = (7, [0; 7]);
            let mut selector = Selector::of(Policy::LeastConnections { ties }, &[1.0; 7]);
            let mut slow = Selector::of(Policy::LeastConnections { ties }, &[1.0; 7]);
            for turn in 0..3000u64 {
                let word = mix(turn);
                let (place, up) = ((word % places) as u32, !(word >> 20).is_multiple_of(4));
                match (word >> 40) % 5 {
                    0 if place > 0 => {
                        selector.believe(place, up, 0);
                        slow.believe(place, up, 0);
                    }
                    1 | 2 if open[place as usize] > 0 => {
                        open[place as usize] -= 1;
                        selector.closed(place);
                    }
                    _ => {
                        let least = slow
                            .crowd
                            .eligible
                            .iter()
                            .map(|&at| open[at as usize])
                            .min();
                        let tied = slow.crowd.eligible.iter().copied();
                        let tied = tied.filter(|&at| Some(open[at as usize]) == least);
                        let expected = slow.settle(&tied.collect::<Vec<_>>(), ties);
                        assert_eq!(choose(&mut selector, ties), expected);
                        open[expected as usize] += 1;
                        selector.opened(expected);
                    }
                }
            }
        }
    }
}
