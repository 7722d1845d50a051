//! Whom a call goes to.

use super::program::Call;
use super::run::Engine;
use super::selector::Asker;
use super::visit::NONE;
use crate::law::mix;

impl Engine<'_> {
    /// The target of an attempt; `None`: nobody is believed up. What it asks for is that of its
    /// call in its request, the same in all attempts (S37), and has nothing to do with what other
    /// calls ask for.
    #[inline]
    pub(super) fn choose(&mut self, id: u32, call: &Call) -> Option<u32> {
        if let Some(store) = call.resolved {
            let address = self.visits[id].resolved;
            return (address != NONE).then(|| self.stores[store.index()].holder(address));
        }
        let visit = &self.visits[id];
        let asker = Asker {
            key: match call.item {
                None => mix(self.caches.origins.key_or(id, visit.key) ^ call.asks),
                Some((cache, key)) => self.item_hash(id, cache, key),
            },
            address: visit.address,
            person: visit.person,
        };
        let (attempt, last) = (visit.count, visit.target);
        let selector = &mut self.selectors[call.selector.index()];
        if !call.elsewhere || attempt < 2 || last == NONE {
            return selector.choose(asker);
        }
        let tried = self.tried.entry(id).or_default();
        tried.retain(|&one| one != last);
        tried.push(last);
        selector.choose_other(tried, asker)
    }
}
