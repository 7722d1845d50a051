//! Leak: each request leaves bytes behind. What has been left behind stays when the fault is over;
//! only a new start of the program gives it back.

use super::Span;

/// What each request leaves behind at a node over time, told where it changes: the sum of what is
/// in force.
pub fn leaks(own: &[(Span, u64)]) -> Vec<(u64, u64)> {
    let edges = own.iter().flat_map(|(span, _)| [span.start, span.end]);
    let mut edges: Vec<u64> = edges.filter(|&edge| edge < u64::MAX).collect();
    edges.sort_unstable();
    edges.dedup();
    let mut before = 0;
    let mut told = Vec::new();
    for edge in edges {
        let in_force = own.iter().filter(|(span, _)| span.contains(edge));
        let sum = in_force.fold(0_u64, |sum, (_, bytes)| sum.saturating_add(*bytes));
        if sum != before {
            told.push((edge, sum));
            before = sum;
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaks_that_overlap_add_up() {
        let span = |start, end| Span { start, end };
        let own = [(span(0, 10), 3), (span(5, 20), 7), (span(20, u64::MAX), 7)];
        assert_eq!(leaks(&own), [(0, 3), (5, 10), (10, 7)]);
        assert!(leaks(&[]).is_empty());
    }
}
