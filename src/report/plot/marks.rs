//! Labels of upright marks, kept apart from each other in rows above a panel.

use super::picture::{Anchor, Dash, Picture, SIZE, SMALL, fitting, width_of};
use plotters::prelude::{Color, RGBColor, WHITE};

/// Height of a row of labels, pixels.
pub const ROW: i32 = 16;
/// No label is wider than this, pixels.
const WIDEST: i32 = 300;

/// An upright mark: where, what, which colour.
pub struct Mark {
    /// Pixel column.
    pub x: i32,
    /// Its text.
    pub text: String,
    /// Its colour.
    pub colour: RGBColor,
}

/// Where a label went.
struct Placed {
    /// Row, counted from the panel upwards.
    row: i32,
    /// Pixel column where its text begins.
    left: i32,
    /// Pixel column where its text ends.
    right: i32,
    /// Pixel column of its mark.
    x: i32,
    text: String,
}

/// Finds a row for each label so that none covers another or the tick of another. Those without
/// room are left out, and their line stays.
///
/// A label stands to the right of its tick, and labels are placed from the right: then the tick of
/// a higher label lies to the left of every lower one. At the right edge a label stands to the
/// left of its tick.
fn place(marks: &[Mark], rows: i32) -> Vec<Option<Placed>> {
    let mut order: Vec<usize> = (0..marks.len()).collect();
    order.sort_by_key(|&index| (std::cmp::Reverse(marks[index].x), index));
    let mut placed: Vec<Option<Placed>> = marks.iter().map(|_| None).collect();
    for index in order {
        let mark = &marks[index];
        let text = fitting(&mark.text, SMALL, WIDEST);
        let width = width_of(&text, SMALL);
        let fits = mark.x + 4 + width <= SIZE.0 - 4;
        let left = if fits {
            mark.x + 4
        } else {
            (mark.x - 4 - width).max(4)
        };
        let right = left + width;
        let covered = placed.iter().flatten().filter(|other| {
            let text = left <= other.right && other.left <= right;
            let tick = (left.min(mark.x)..=right.max(mark.x)).contains(&other.x);
            text || tick
        });
        let row = covered.map(|other| other.row + 1).max().unwrap_or(0);
        if row < rows {
            placed[index] = Some(Placed {
                row,
                left,
                right,
                x: mark.x,
                text,
            });
        }
    }
    placed
}

/// Writes the labels in rows that end at `bottom`, each with a tick down to the panel.
pub fn write(picture: &Picture<'_>, marks: &[Mark], bottom: i32, rows: i32) {
    let placed = place(marks, rows);
    for (mark, place) in marks.iter().zip(&placed) {
        if let Some(place) = place {
            let top = bottom - ROW * (place.row + 1) + 2;
            let style = mark.colour.stroke_width(1);
            picture.stroke((place.x, top), (place.x, bottom), style, Dash::Solid);
        }
    }
    for place in placed.into_iter().flatten() {
        let y = bottom - ROW / 2 - place.row * ROW;
        picture.patch(
            (place.left - 1, y - 7),
            (place.right + 1, y + 6),
            WHITE.filled(),
        );
        if place.x <= place.left {
            picture.small((place.left, y), &place.text, Anchor::Start);
        } else {
            picture.small((place.right, y), &place.text, Anchor::End);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(x: i32, text: &str) -> Mark {
        Mark {
            x,
            text: text.to_owned(),
            colour: plotters::prelude::BLACK,
        }
    }

    #[test]
    fn labels_that_would_cover_each_other_take_different_rows() {
        let marks = [
            mark(300, "knee at 15 users"),
            mark(320, "saturation"),
            mark(600, "far off"),
        ];
        let placed = place(&marks, 3);
        let rows: Vec<i32> = placed
            .iter()
            .map(|place| place.as_ref().unwrap().row)
            .collect();
        assert_eq!(rows, [1, 0, 0]);
    }

    #[test]
    fn no_tick_runs_through_a_lower_label() {
        let marks = [
            mark(100, "a long label"),
            mark(120, "another long label"),
            mark(210, "z"),
        ];
        let placed = place(&marks, 9);
        for (one, other) in placed.iter().flatten().zip(placed.iter().flatten().skip(1)) {
            assert!(
                one.row > other.row && one.x < other.left,
                "{} {}",
                one.text,
                other.text
            );
        }
    }

    #[test]
    fn labels_at_the_edge_stay_inside_the_picture() {
        let placed = place(&[mark(0, "was/1 down"), mark(799, "was/1 up")], 1);
        assert_eq!(placed.iter().flatten().count(), 2);
        for place in placed.iter().flatten() {
            assert!(place.left >= 0 && place.right <= SIZE.0);
        }
    }

    #[test]
    fn more_labels_than_rows_drop_those_without_room() {
        let marks = [mark(100, "one"), mark(101, "two"), mark(102, "three")];
        assert_eq!(
            place(&marks, 2)
                .iter()
                .filter(|place| place.is_none())
                .count(),
            1
        );
    }
}
