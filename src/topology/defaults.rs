//! All defaults in one list.

use crate::kinds;
use crate::schema::ALARM;
use crate::schema::preset::{FAILURE, FAULT, LINK, Preset, RUN, WORKLOAD};

/// All defaults, kinds first, in the order of the documentation.
pub fn all() -> impl Iterator<Item = &'static Preset> {
    let others: [&[Preset]; 6] = [&FAILURE, &LINK, &WORKLOAD, &FAULT, &ALARM, &RUN];
    kinds::DEFAULTS.iter().copied().chain(others).flatten()
}
