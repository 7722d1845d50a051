//! When voters are too few to decide anything.

use super::seats::instants;
use crate::fault::Span;
use crate::fault::span::{holding, union};

/// When fewer than `majority` of the voters that are down in `down` are up.
pub(super) fn lapses(down: &[&[Span]], majority: usize) -> Vec<Span> {
    let edges = down.iter().flat_map(|spans| spans.iter());
    let edges = instants(edges.flat_map(|span| [span.start, span.end]).collect());
    let up = |at| {
        let is_up = |spans: &&&[Span]| holding(spans, at).is_none();
        down.iter().filter(is_up).count()
    };
    let ends = edges.iter().skip(1).copied().chain([u64::MAX]);
    let stretches = edges.iter().zip(ends);
    let short = stretches.filter(|(start, _)| up(**start) < majority);
    union(short.map(|(&start, end)| Span { start, end }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: u64, end: u64) -> Span {
        Span { start, end }
    }

    /// Two of three are down from 20 to 30 and from 50 on.
    #[test]
    fn two_of_three_lost_at_once_are_too_many() {
        let down = [
            &[span(10, 30), span(50, u64::MAX)][..],
            &[span(20, 40)][..],
            &[span(45, u64::MAX)][..],
        ];
        assert_eq!(lapses(&down, 2), [span(20, 30), span(50, u64::MAX)]);
        assert_eq!(lapses(&down[..1], 1), [span(10, 30), span(50, u64::MAX)]);
        assert!(lapses(&down, 1).is_empty());
        assert!(lapses(&[&[], &[]], 2).is_empty());
    }
}
