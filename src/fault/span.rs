//! Stretches of time.

/// From `start` up to, but not including, `end`: who looks at the instant of a crash finds it
/// down, who looks at the instant of the repair finds it up (S45).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// First instant, ns.
    pub start: u64,
    /// First instant after it, ns; `u64::MAX`: never ends.
    pub end: u64,
}

impl Span {
    /// From `start` for `length`, or for ever.
    pub fn lasting(start: u64, length: Option<u64>) -> Self {
        Self {
            start,
            end: length.map_or(u64::MAX, |length| start.saturating_add(length)),
        }
    }

    /// Whether no instant lies in it.
    pub fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// Whether `at` lies in it.
    pub fn contains(self, at: u64) -> bool {
        self.start <= at && at < self.end
    }

    /// What both have in common.
    #[must_use]
    pub fn and(self, other: Span) -> Span {
        Span {
            start: self.start.max(other.start),
            end: self.end.min(other.end),
        }
    }
}

/// The same instants as ordered stretches apart from each other.
pub fn union(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|span| !span.is_empty());
    spans.sort_unstable();
    let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => joined.push(span),
        }
    }
    joined
}

/// The one of ordered stretches that holds `at`.
pub fn holding(spans: &[Span], at: u64) -> Option<Span> {
    let after = spans.partition_point(|span| span.start <= at);
    let last = *spans[..after].last()?;
    last.contains(at).then_some(last)
}

/// The end of the last of ordered stretches that ended at `at` or before.
pub fn ended(spans: &[Span], at: u64) -> Option<u64> {
    let after = spans.partition_point(|span| span.end <= at);
    Some(spans[..after].last()?.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: u64, end: u64) -> Span {
        Span { start, end }
    }

    #[test]
    fn touching_and_nested_stretches_join() {
        let spans = vec![span(8, 9), span(1, 3), span(3, 5), span(2, 4), span(7, 7)];
        assert_eq!(union(spans), [span(1, 5), span(8, 9)]);
    }

    #[test]
    fn ends_are_outside() {
        let spans = [span(1, 5), span(8, u64::MAX)];
        assert_eq!(
            [0, 1, 4, 5, 8].map(|at| holding(&spans, at).is_some()),
            [false, true, true, false, true]
        );
        assert_eq!(
            [4, 5, 9].map(|at| ended(&spans, at)),
            [None, Some(5), Some(5)]
        );
        assert_eq!(Span::lasting(3, None).end, u64::MAX);
        assert!(Span::lasting(3, Some(0)).is_empty());
        assert_eq!(span(1, 5).and(span(4, 9)), span(4, 5));
    }
}
