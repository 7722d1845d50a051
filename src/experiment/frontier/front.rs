//! Points that nothing beats: the Pareto set, with intervals.

use crate::experiment::result::frontier::Standing;

/// A measure of a point by one criterion, turned so that less is better.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// As measured.
    pub value: f64,
    /// The good end of its interval.
    pub low: f64,
    /// The bad end.
    pub high: f64,
}

impl Score {
    /// Known without error.
    pub fn exact(value: f64) -> Self {
        Self {
            value,
            low: value,
            high: value,
        }
    }
}

/// Whether `a` is as good as `b` by every criterion and better by one, by what was measured.
fn beats(a: &[Score], b: &[Score]) -> bool {
    let mut pairs = a.iter().zip(b);
    pairs.clone().all(|(a, b)| a.value <= b.value) && pairs.any(|(a, b)| a.value < b.value)
}

/// The same with every interval of `a` at its bad end and every one of `b` at its good end.
fn surely_beats(a: &[Score], b: &[Score]) -> bool {
    let mut pairs = a.iter().zip(b);
    pairs.clone().all(|(a, b)| a.high <= b.low) && pairs.any(|(a, b)| a.high < b.low)
}

/// How each point stands, with the first that beats it; points without scores are held against
/// nobody and have no standing. Equal points do not beat each other.
pub fn standings(points: &[Option<Vec<Score>>]) -> Vec<Option<(Standing, Option<usize>)>> {
    let first = |own: &Vec<Score>, beats: fn(&[Score], &[Score]) -> bool| {
        let mut others = points.iter();
        others.position(|other| other.as_ref().is_some_and(|other| beats(other, own)))
    };
    let standing = |own: &Option<Vec<Score>>| {
        let own = own.as_ref()?;
        Some(match (first(own, surely_beats), first(own, beats)) {
            (Some(by), _) => (Standing::Beaten, Some(by)),
            (None, Some(by)) => (Standing::Undecided, Some(by)),
            (None, None) => (Standing::Front, None),
        })
    };
    points.iter().map(standing).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(scores: &[f64]) -> Vec<Score> {
        scores.iter().copied().map(Score::exact).collect()
    }

    #[test]
    fn cheaper_and_faster_beats_and_a_trade_does_not() {
        let points = [
            Some(exact(&[10.0, 5.0])),
            Some(exact(&[20.0, 2.0])),
            Some(exact(&[20.0, 5.0])),
            Some(exact(&[30.0, 2.0])),
            None,
        ];
        let found = standings(&points);
        assert_eq!(found[0], Some((Standing::Front, None)));
        assert_eq!(found[1], Some((Standing::Front, None)));
        assert_eq!(found[2], Some((Standing::Beaten, Some(0))));
        assert_eq!(found[3], Some((Standing::Beaten, Some(1))));
        assert_eq!(found[4], None);
    }

    #[test]
    fn equal_points_stand_side_by_side() {
        let found = standings(&[Some(exact(&[1.0, 2.0])), Some(exact(&[1.0, 2.0]))]);
        assert_eq!(found, [Some((Standing::Front, None)); 2]);
    }

    #[test]
    fn overlapping_intervals_leave_it_open() {
        let about = |value, half| Score {
            value,
            low: value - half,
            high: value + half,
        };
        let points = [
            Some(vec![Score::exact(10.0), about(5.0, 0.5)]),
            Some(vec![Score::exact(12.0), about(5.2, 0.5)]),
            Some(vec![Score::exact(12.0), about(7.0, 0.5)]),
        ];
        let found = standings(&points);
        assert_eq!(found[0], Some((Standing::Front, None)));
        assert_eq!(found[1], Some((Standing::Undecided, Some(0))));
        assert_eq!(found[2], Some((Standing::Beaten, Some(0))));
    }
}
