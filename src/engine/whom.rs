//! Whom a call goes to.

use super::program::Call;
use super::run::Engine;
use super::selector::Asker;
use super::visit::NONE;
use crate::law::mix;

impl Engine<'_> {
    /// The target of an attempt; `None`: nobody is believed up. What it asks for is that of its
    /// call in its request, the same in all attempts (S37), and has nothing to do with what other
    /// calls ask for. Who goes by a name asks at the address that it knows; a further try that goes
    /// elsewhere, at another of those that the name service gives (RFC 1123, *Requirements for
    /// Internet Hosts*, 2.3).
    #[inline]
    pub(super) fn choose(&mut self, id: u32, call: &Call) -> Option<u32> {
        let visit = &self.visits[id];
        let asker = Asker {
            key: match call.item {
                None => mix(self.caches.origins.key_or(id, visit.key) ^ call.asks),
                Some((cache, key)) => self.item_hash(id, cache, key),
            },
            address: visit.address,
            person: visit.person,
        };
        let (attempt, last, address) = (visit.count, visit.target, visit.resolved);
        let selector = &mut self.selectors[call.selector.index()];
        if !call.elsewhere || attempt < 2 || last == NONE {
            return match call.resolved {
                None => selector.choose(asker),
                Some(_) if address == NONE => None,
                Some(store) => Some(self.stores[store.index()].holder(address)),
            };
        }
        let tried = self.tried.entry(id).or_default();
        tried.retain(|&one| one != last);
        tried.push(last);
        match call.resolved {
            None => selector.choose_other(tried, asker),
            Some(_) => selector.next_other(tried).or(Some(last)),
        }
    }
}
