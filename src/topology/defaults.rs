//! All defaults in one list.

use crate::kinds;
use crate::schema::autoscale::AUTOSCALE;
use crate::schema::eject::EJECT;
use crate::schema::preset::{FAILURE, FAULT, LINK, Preset, RUN, WORKLOAD};
use crate::schema::{ALARM, MEMORY, Product};

/// All defaults, kinds first, in the order of the documentation.
pub fn all() -> impl Iterator<Item = &'static Preset> {
    let others: [&[Preset]; 9] = [
        &MEMORY, &FAILURE, &AUTOSCALE, &LINK, &EJECT, &WORKLOAD, &FAULT, &ALARM, &RUN,
    ];
    kinds::DEFAULTS.iter().copied().chain(others).flatten()
}

/// What the products say that `preset` names.
pub fn by_name() -> impl Iterator<Item = &'static Preset> {
    Product::ALL.into_iter().flat_map(Product::values)
}
