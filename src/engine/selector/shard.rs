//! By the hash of the request: each leading target owns a share of the keys, up or not (S50).

use super::{Asker, Selector};
use crate::law::{fraction, mix};

/// Tells the choice of a shard from other draws of the same visit.
const PURPOSE: u64 = 0x5AD0_57A9_13C6_E421;

pub(super) fn choose(selector: &Selector, asker: Asker) -> Option<u32> {
    // A spare of a shard has a higher rank until it takes the shard over.
    let leading = selector.crowd.views.iter().map(|view| view.rank).min()?;
    let shards = || {
        selector
            .crowd
            .views
            .iter()
            .enumerate()
            .filter(|(_, view)| view.rank == leading)
    };
    let total: f64 = shards().map(|(_, view)| view.weight).sum();
    let mut left = fraction(mix(asker.key ^ PURPOSE)) * total;
    let mut last = None;
    for (place, view) in shards() {
        last = Some(place as u32);
        left -= view.weight;
        if left < 0.0 {
            break;
        }
    }
    last
}
