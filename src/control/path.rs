//! Paths over switches with alternatives.
//!
//! Traffic leaves an alternative only when it is lost: `detect` later it moves to the first one
//! that is up (the first of the list if it is back by then), or, when none is up, to the first
//! that comes back. It does not return by itself while the used one works.

use super::seats::instants;
use crate::fault::Span;
use crate::fault::span::{holding, union};
use crate::model::Path;

/// What becomes of a path over time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// Alternative used from an instant on; before the first: alternative 0.
    pub moves: Vec<(u64, usize)>,
    /// When the used alternative is down.
    pub cut: Vec<Span>,
}

/// The course of a path whose switches are down in `down`, by switch.
pub fn course(path: &Path, down: &[Vec<Span>]) -> Course {
    let lost: Vec<Vec<Span>> = path
        .options
        .iter()
        .map(|option| {
            union(
                option
                    .iter()
                    .flat_map(|switch| down[switch.index()].iter().copied())
                    .collect(),
            )
        })
        .collect();
    let edges = lost.iter().flatten();
    let moments = instants(
        edges
            .flat_map(|s| [s.start.saturating_add(path.detect), s.end])
            .collect(),
    );
    let mut used = 0;
    let mut moves = Vec::new();
    for at in moments {
        let Some(span) = lost.get(used).and_then(|lost| holding(lost, at)) else {
            continue;
        };
        if span.start.saturating_add(path.detect) > at {
            continue;
        }
        if let Some(next) = lost.iter().position(|lost| holding(lost, at).is_none()) {
            used = next;
            moves.push((at, next));
        }
    }
    let cut = cuts(&lost, &moves);
    Course { moves, cut }
}

fn cuts(lost: &[Vec<Span>], moves: &[(u64, usize)]) -> Vec<Span> {
    let starts = std::iter::once((0, 0)).chain(moves.iter().copied());
    let ends = moves.iter().map(|step| step.0).chain([u64::MAX]);
    let mut cut = Vec::new();
    for ((start, used), end) in starts.zip(ends) {
        let stretch = Span { start, end };
        cut.extend(
            lost.get(used)
                .into_iter()
                .flatten()
                .map(|span| span.and(stretch)),
        );
    }
    union(cut)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SwitchId;

    fn span(start: u64, end: u64) -> Span {
        Span { start, end }
    }

    fn path(options: &[&[u32]], detect: u64) -> Path {
        let option = |ids: &&[u32]| ids.iter().map(|&id| SwitchId(id)).collect();
        Path {
            options: options.iter().map(option).collect(),
            detect,
        }
    }

    #[test]
    fn traffic_moves_after_detection_and_stays() {
        let down = vec![vec![span(100, 300)], Vec::new()];
        let course = course(&path(&[&[0], &[1]], 5), &down);
        assert_eq!(course.moves, [(105, 1)]);
        assert_eq!(course.cut, [span(100, 105)]);
    }

    /// The used second one is lost: back to the first, which has been repaired.
    #[test]
    fn it_returns_when_the_second_is_lost() {
        let down = vec![vec![span(100, 300)], vec![span(400, 500)]];
        let course = course(&path(&[&[0], &[1]], 5), &down);
        assert_eq!(course.moves, [(105, 1), (405, 0)]);
        assert_eq!(course.cut, [span(100, 105), span(400, 405)]);
    }

    /// All down: the first that is back is used at once, as the loss is long known.
    #[test]
    fn with_all_down_the_first_back_is_used() {
        let down = vec![
            vec![span(100, 300)],
            vec![span(50, 200)],
            vec![span(90, 400)],
        ];
        let course = course(&path(&[&[0], &[1, 2]], 5), &down);
        assert_eq!(course.moves, []);
        assert_eq!(course.cut, [span(100, 300)]);
        let later = super::course(&path(&[&[0], &[1]], 5), &down);
        assert_eq!(later.moves, [(200, 1)]);
        assert_eq!(later.cut, [span(100, 200)]);
    }

    #[test]
    fn all_switches_of_an_alternative_are_needed() {
        let down = vec![vec![span(10, 20)], vec![span(15, 30)]];
        assert_eq!(course(&path(&[&[0, 1]], 1), &down).cut, [span(10, 30)]);
        assert!(
            course(&path(&[&[0, 1]], 50), &[Vec::new(), Vec::new()])
                .cut
                .is_empty()
        );
    }
}
