//! Another target than those that failed. Source: nginx, Module `ngx_http_proxy_module`,
//! `proxy_next_upstream`; `HAProxy` 2.6, *Configuration Manual*, `option redispatch`.

use super::{Asker, Selector};

impl Selector {
    /// Whether anybody but this target may be chosen.
    pub fn has_other(&self, target: u32) -> bool {
        let mut views = (0..).zip(&self.crowd.views);
        views.any(|(place, view)| place != target && view.is_in())
    }

    /// The next one in the order of the list that has not been tried, or else the next one: a
    /// client goes down the addresses that it was given, whatever others are told meanwhile.
    pub fn next_other(&self, tried: &[u32]) -> Option<u32> {
        let (last, count) = (*tried.last()?, self.crowd.views.len() as u32);
        let mut places = (1..=count).map(|step| (last + step) % count);
        let is_in = |place: &u32| self.crowd.views[*place as usize].is_in();
        let mut new = places.clone().filter(|place| !tried.contains(place));
        new.find(is_in).or_else(|| places.find(is_in))
    }

    /// Chooses as if none of `tried`, the last one at the end, took part; where nobody else can be
    /// chosen, as if only the last one did not; where that is the only one, it is chosen.
    pub fn choose_other(&mut self, tried: &[u32], asker: Asker) -> Option<u32> {
        let mut views = (0..).zip(&self.crowd.views);
        let has_new = views.any(|(place, view)| view.is_in() && !tried.contains(&place));
        let last = &tried[tried.len().saturating_sub(1)..];
        let spared = match last {
            _ if has_new => tried,
            [only] if self.has_other(*only) => last,
            _ => &[],
        };
        let is_in = |target: &u32| self.crowd.views[*target as usize].is_in();
        let spared: Vec<u32> = spared.iter().copied().filter(is_in).collect();
        for &one in &spared {
            self.leave_out(one, true);
        }
        let other = self.choose(asker);
        for one in spared {
            self.leave_out(one, false);
        }
        other.or_else(|| self.choose(asker))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::program::{Policy, Ties};
    use crate::engine::visit::NONE;
    use crate::law::mix;

    fn asker(key: u64) -> Asker {
        Asker {
            key: mix(key),
            address: mix(key + 7),
            person: NONE,
        }
    }

    /// By every policy that has a choice.
    #[test]
    fn the_one_that_failed_is_not_asked_again() {
        let ties = Ties::Random;
        for policy in [
            Policy::RoundRobin,
            Policy::Weighted,
            Policy::Random,
            Policy::LeastConnections { ties },
            Policy::PowerOf { choices: 2, ties },
            Policy::SourceHash,
            Policy::ConsistentHash { points: 100 },
        ] {
            let mut selector = Selector::of(policy, &[1.0; 3]);
            let chosen: Vec<u32> = (0..60)
                .filter_map(|key| selector.choose_other(&[1], asker(key)))
                .collect();
            assert_eq!(chosen.len(), 60, "{policy:?}");
            assert!(!chosen.contains(&1), "{policy:?}");
            let mut third = (0..60).map(|key| selector.choose_other(&[1, 0], asker(key)));
            assert!(third.all(|one| one == Some(2)), "{policy:?}");
            let mut again = (0..60).map(|key| selector.choose_other(&[1, 0, 2], asker(key)));
            assert!(again.all(|one| one != Some(2)), "{policy:?}");
            let after = (0..60).filter_map(|key| selector.choose(asker(key)));
            assert!(after.into_iter().any(|one| one == 1), "{policy:?}");
        }
    }

    #[test]
    fn addresses_are_tried_in_their_order() {
        let mut selector = Selector::of(Policy::RoundRobin, &[1.0; 4]);
        assert_eq!(selector.next_other(&[1]), Some(2));
        assert_eq!(selector.next_other(&[1, 2, 3]), Some(0));
        selector.believe(0, false, 0);
        assert_eq!(
            selector.next_other(&[1, 2, 3]),
            Some(1),
            "tried, but no other"
        );
        let mut untouched = Selector::of(Policy::RoundRobin, &[1.0; 4]);
        untouched.believe(0, false, 0);
        assert_eq!(selector.choose(asker(1)), untouched.choose(asker(1)));
    }

    #[test]
    fn the_only_one_is_asked_again() {
        let mut selector = Selector::of(Policy::RoundRobin, &[1.0; 2]);
        selector.believe(0, false, 0);
        assert_eq!(selector.choose_other(&[1], asker(1)), Some(1));
        assert_eq!(selector.choose_other(&[0], asker(1)), Some(1));
        let mut alone = Selector::of(Policy::RoundRobin, &[1.0]);
        assert_eq!(alone.choose_other(&[0], asker(1)), Some(0));
    }
}
