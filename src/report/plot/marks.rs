//! Labels of upright marks, kept apart from each other in rows above a panel.

use super::picture::{Anchor, Dash, Picture, SIZE, SMALL, fitting, width_of};
use plotters::prelude::{Color, RGBColor};

/// Height of a row of labels, pixels.
pub const ROW: i32 = 16;
/// No label is wider than this, pixels.
const WIDEST: i32 = 230;

/// An upright mark: where, what, which colour.
pub struct Mark {
    /// Pixel column.
    pub x: i32,
    /// Its text.
    pub text: String,
    /// Its colour.
    pub colour: RGBColor,
}

/// Where a label went: row from below, left edge, right edge, its text.
struct Placed {
    row: i32,
    middle: i32,
    text: String,
}

/// Finds a row for each label so that none covers another; those without room are left out, and
/// their line stays.
fn place(marks: &[Mark], rows: i32) -> Vec<Option<Placed>> {
    let mut ends = vec![i32::MIN; usize::try_from(rows).unwrap_or(0)];
    let mut order: Vec<usize> = (0..marks.len()).collect();
    order.sort_by_key(|&index| marks[index].x);
    let mut placed: Vec<Option<Placed>> = marks.iter().map(|_| None).collect();
    for index in order {
        let mark = &marks[index];
        let text = fitting(&mark.text, SMALL, WIDEST);
        let half = width_of(&text, SMALL) / 2 + 1;
        let middle = mark.x.clamp(half + 4, SIZE.0 as i32 - half - 4);
        let free = ends.iter().position(|&end| middle - half > end);
        if let Some(row) = free {
            ends[row] = middle + half + 8;
            let row = i32::try_from(row).unwrap_or(0);
            placed[index] = Some(Placed { row, middle, text });
        }
    }
    placed
}

/// Writes the labels in rows that end at `bottom`, with a tick down to the panel.
pub fn write(picture: &Picture<'_>, marks: &[Mark], bottom: i32, rows: i32) {
    for (mark, placed) in marks.iter().zip(place(marks, rows)) {
        let Some(placed) = placed else {
            continue;
        };
        let y = bottom - ROW / 2 - placed.row * ROW;
        picture.small((placed.middle, y), &placed.text, Anchor::Middle);
        let style = mark.colour.stroke_width(1);
        picture.stroke((mark.x, y + 7), (mark.x, bottom), style, Dash::Solid);
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
        let rows: Vec<i32> = place(&marks, 3)
            .iter()
            .map(|p| p.as_ref().unwrap().row)
            .collect();
        assert_eq!(rows, [0, 1, 0]);
    }

    #[test]
    fn labels_at_the_edge_stay_inside_the_picture() {
        let placed = place(&[mark(0, "was/1 down"), mark(799, "was/1 up")], 1);
        for place in placed.iter().flatten() {
            let half = width_of(&place.text, SMALL) / 2;
            assert!(place.middle - half >= 0 && place.middle + half <= SIZE.0 as i32);
        }
    }

    #[test]
    fn more_labels_than_rows_drop_the_later_ones() {
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
