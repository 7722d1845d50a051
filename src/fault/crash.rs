//! Crash: a part stops at once, and comes back empty (S48, S49).

use super::Span;
use crate::model::{Fault, FaultKind, Part};

/// A crash of one part, at `at` ns for `lasts` ns or to the end.
pub fn crash_of(part: Part, at: u64, lasts: Option<u64>) -> Fault {
    Fault {
        kind: FaultKind::Crash,
        target: part.target(),
        at,
        lasts,
    }
}

/// Calls `tell(when, down)` at the edges of the stretches in which a part is down.
pub fn changes(spans: &[Span], mut tell: impl FnMut(u64, bool)) {
    for span in spans {
        tell(span.start, true);
        if span.end < u64::MAX {
            tell(span.end, false);
        }
    }
}
