//! By the hash of the request: each target owns a share of the keys, up or not (S50).

use super::{Asker, Selector};
use crate::law::{fraction, mix};

/// Tells the choice of a shard from other draws of the same visit.
const PURPOSE: u64 = 0x5AD0_57A9_13C6_E421;

pub(super) fn choose(selector: &Selector, asker: Asker) -> Option<u32> {
    let total: f64 = selector.views.iter().map(|view| view.weight).sum();
    let mut left = fraction(mix(asker.key ^ PURPOSE)) * total;
    for (place, view) in selector.views.iter().enumerate() {
        left -= view.weight;
        if left < 0.0 {
            return Some(place as u32);
        }
    }
    selector.views.len().checked_sub(1).map(|last| last as u32)
}
