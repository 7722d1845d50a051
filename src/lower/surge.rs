//! Overload: a workload whose rate is multiplied for a while.

use crate::engine::program::Segment;
use crate::model::{Fault, FaultKind, FaultTarget, WorkloadId};

/// A stretch in which a rate is so many times what it is, ns; it ends at `u64::MAX` where it does
/// not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Surge {
    start: u64,
    end: u64,
    factor: f64,
}

/// The surges of a workload. None begins with the run: a warm start is at the usual rate (S29).
pub(super) fn surges(faults: &[Fault], workload: WorkloadId) -> Vec<Surge> {
    let own = faults
        .iter()
        .filter(|fault| fault.target == FaultTarget::Workload(workload));
    let surge = |fault: &Fault| match fault.kind {
        FaultKind::Overload(factor) => Some(Surge {
            start: fault.at.max(1),
            end: fault.end().unwrap_or(u64::MAX),
            factor,
        }),
        _ => None,
    };
    own.filter_map(surge).collect()
}

/// Segments with the surges on them, and where they begin anew. Factors of surges that overlap
/// multiply. Segments that repeat are written out as far as the surges reach.
pub(super) fn surged(
    segments: Vec<Segment>,
    again: Option<u32>,
    surges: &[Surge],
) -> (Vec<Segment>, Option<u32>) {
    let ends = surges.iter().flat_map(|surge| [surge.start, surge.end]);
    let mut edges: Vec<u64> = ends.filter(|&edge| edge < u64::MAX).collect();
    edges.sort_unstable();
    edges.dedup();
    let Some(&last) = edges.last() else {
        return (segments, again);
    };
    // Behind the last edge nothing is cut, so that the repeated round keeps its length.
    let round = again.map(|_| segments.len());
    let rows = if round.is_some() {
        written_out(&segments, last)
    } else {
        segments
    };
    let mut cut: Vec<Segment> = Vec::new();
    for mut rest in rows {
        for &edge in &edges {
            if let Some((before, after)) = split(&rest, edge) {
                cut.push(before);
                rest = after;
            }
        }
        cut.push(rest);
    }
    for segment in &mut cut {
        let held = |surge: &&Surge| surge.start <= segment.start && segment.start < surge.end;
        let factor: f64 = surges
            .iter()
            .filter(held)
            .map(|surge| surge.factor)
            .product();
        segment.from *= factor;
        segment.to *= factor;
    }
    let again = round.map(|round| (cut.len() - round) as u32);
    (cut, again)
}

/// Rounds of segments one after the other up to `until`, and one more.
fn written_out(segments: &[Segment], until: u64) -> Vec<Segment> {
    let period: u64 = segments.iter().filter_map(|segment| segment.length).sum();
    let rounds = until.div_ceil(period.max(1));
    let later = |round: u64| {
        segments.iter().map(move |segment| Segment {
            start: segment.start.saturating_add(period.saturating_mul(round)),
            ..segment.clone()
        })
    };
    (0..=rounds).flat_map(later).collect()
}

/// Both parts of a segment, where an instant lies inside.
fn split(segment: &Segment, at: u64) -> Option<(Segment, Segment)> {
    let inside = at.checked_sub(segment.start).filter(|&inside| inside > 0)?;
    let level = match segment.length {
        Some(length) if inside >= length => return None,
        Some(length) => {
            segment.from + (segment.to - segment.from) * (inside as f64 / length as f64)
        }
        None => segment.from,
    };
    let before = Segment {
        to: level,
        length: Some(inside),
        ..segment.clone()
    };
    let after = Segment {
        start: at,
        from: level,
        length: segment.length.map(|length| length - inside),
        ..segment.clone()
    };
    Some((before, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(start: u64, from: f64, to: f64, length: Option<u64>) -> Segment {
        Segment {
            start,
            from,
            to,
            length,
            mix: Vec::new(),
        }
    }

    fn surge(start: u64, end: u64, factor: f64) -> Surge {
        Surge { start, end, factor }
    }

    /// 10 a second for ever: three times as much from 4 to 9, and twice that from 6 on for ever.
    #[test]
    fn surges_multiply_where_they_overlap() {
        let plain = vec![segment(0, 10.0, 10.0, None)];
        let surges = [surge(4, 9, 3.0), surge(6, u64::MAX, 2.0)];
        let expected = [
            segment(0, 10.0, 10.0, Some(4)),
            segment(4, 30.0, 30.0, Some(2)),
            segment(6, 60.0, 60.0, Some(3)),
            segment(9, 20.0, 20.0, None),
        ];
        assert_eq!(
            surged(plain.clone(), None, &surges),
            (expected.to_vec(), None)
        );
        assert_eq!(surged(plain.clone(), None, &[]), (plain, None));
    }

    /// A ramp from 0 to 10 in 10, then 10: doubled from 5 to 20.
    #[test]
    fn a_ramp_stays_a_straight_line() {
        let ramp = vec![
            segment(0, 0.0, 10.0, Some(10)),
            segment(10, 10.0, 10.0, None),
        ];
        let expected = [
            segment(0, 0.0, 5.0, Some(5)),
            segment(5, 10.0, 20.0, Some(5)),
            segment(10, 20.0, 20.0, Some(10)),
            segment(20, 10.0, 10.0, None),
        ];
        assert_eq!(surged(ramp, None, &[surge(5, 20, 2.0)]).0, expected);
    }

    /// A wave of 4 and 6, doubled from 12 to 15 in its second round: two rounds are written out,
    /// the third repeats as it is.
    #[test]
    fn a_wave_is_written_out_as_far_as_the_surge_reaches() {
        let wave = vec![segment(0, 1.0, 1.0, Some(4)), segment(4, 5.0, 5.0, Some(6))];
        let expected = [
            segment(0, 1.0, 1.0, Some(4)),
            segment(4, 5.0, 5.0, Some(6)),
            segment(10, 1.0, 1.0, Some(2)),
            segment(12, 2.0, 2.0, Some(2)),
            segment(14, 10.0, 10.0, Some(1)),
            segment(15, 5.0, 5.0, Some(5)),
            segment(20, 1.0, 1.0, Some(4)),
            segment(24, 5.0, 5.0, Some(6)),
        ];
        let found = surged(wave, Some(0), &[surge(12, 15, 2.0)]);
        assert_eq!(found, (expected.to_vec(), Some(6)));
    }
}
