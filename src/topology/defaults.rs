//! All defaults in one list.

use crate::kinds;
use crate::schema::preset::{ALARM, FAILURE, LINK, Preset, RUN, WORKLOAD};

/// All defaults, kinds first, in the order of the documentation.
pub fn all() -> impl Iterator<Item = &'static Preset> {
    let others: [&[Preset]; 5] = [&FAILURE, &LINK, &WORKLOAD, &ALARM, &RUN];
    kinds::DEFAULTS.iter().copied().chain(others).flatten()
}
