//! Slow: all work of a node takes `factor` times as long. Checks stay green.

use super::Span;

/// The speed of a node over time, from stretches with their factors: 1 over the product of those
/// in force, told where it changes.
pub fn speeds(factors: &[(Span, f64)]) -> Vec<(u64, f64)> {
    let mut edges: Vec<u64> = factors
        .iter()
        .flat_map(|(span, _)| [span.start, span.end])
        .filter(|&edge| edge < u64::MAX)
        .collect();
    edges.sort_unstable();
    edges.dedup();
    let mut before = 1.0f64;
    let mut speeds = Vec::new();
    for edge in edges {
        let in_force = factors.iter().filter(|(span, _)| span.contains(edge));
        let speed = 1.0 / in_force.fold(1.0, |product, (_, factor)| product * factor);
        if speed.to_bits() != before.to_bits() {
            speeds.push((edge, speed));
            before = speed;
        }
    }
    speeds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_multiply_and_end_exactly_at_full_speed() {
        let span = |start, end| Span { start, end };
        let factors = [(span(0, 10), 3.0), (span(5, 20), 7.0), (span(10, 12), 3.0)];
        let expected = [(0, 1.0 / 3.0), (5, 1.0 / 21.0), (12, 1.0 / 7.0), (20, 1.0)];
        assert_eq!(speeds(&factors), expected);
        assert_eq!(speeds(&[(span(4, u64::MAX), 2.0)]), [(4, 0.5)]);
        assert!(speeds(&[]).is_empty());
    }
}
