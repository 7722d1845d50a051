//! A picture of 800 x 500 pixels with its title, texts and legends.
//!
//! The SVG backend of plotters cannot know how wide a text will be, so every text here is placed
//! by its anchor, and room is reckoned with the widths of a wide sans-serif face.

use crate::report::terminal::{columns_of, shortened};
use plotters::coord::Shift;
use plotters::prelude::{
    BLACK, Color, DrawingArea, IntoDrawingArea, IntoFont, PathElement, RGBColor, Rectangle,
    SVGBackend, ShapeStyle, Text, TextStyle, WHITE,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::fmt::Debug;

/// Width and height in pixels.
pub const SIZE: (i32, i32) = (800, 500);
/// Height of small texts, pixels; nothing is smaller.
pub const SMALL: f64 = 12.5;
/// Height of the title, pixels.
const TITLE: f64 = 17.0;
/// plotters divides the size of a font by this when it writes SVG.
const FONT_FACTOR: f64 = 1.24;

/// Colours that people with colour blindness can tell apart.
///
/// Source: M. Okabe, K. Ito, "Color Universal Design", 2008.
pub mod colour {
    use plotters::prelude::RGBColor;

    /// Blue.
    pub const BLUE: RGBColor = RGBColor(0x00, 0x72, 0xB2);
    /// Vermilion: what deserves a look.
    pub const VERMILION: RGBColor = RGBColor(0xD5, 0x5E, 0x00);
    /// Bluish green.
    pub const GREEN: RGBColor = RGBColor(0x00, 0x9E, 0x73);
    /// Orange.
    pub const ORANGE: RGBColor = RGBColor(0xE6, 0x9F, 0x00);
    /// Sky blue.
    pub const SKY: RGBColor = RGBColor(0x56, 0xB4, 0xE9);
    /// Reddish purple.
    pub const PURPLE: RGBColor = RGBColor(0xCC, 0x79, 0xA7);
    /// Texts beside the data.
    pub const GREY: RGBColor = RGBColor(0x44, 0x44, 0x44);
    /// Grid lines.
    pub const GRID: RGBColor = RGBColor(0xDD, 0xDD, 0xDD);
}

/// Where a text stands relative to its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Begins there.
    Start,
    /// Is centred there.
    Middle,
    /// Ends there.
    End,
}

/// How a line is drawn, so that lines can be told apart without colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dash {
    /// Whole.
    Solid,
    /// Long strokes.
    Dashed,
    /// Short strokes.
    Dotted,
}

impl Dash {
    /// Stroke and gap in pixels; `None` for a whole line.
    pub fn pattern(self) -> Option<(u32, u32)> {
        match self {
            Self::Solid => None,
            Self::Dashed => Some((8, 5)),
            Self::Dotted => Some((2, 4)),
        }
    }
}

/// One line of a legend.
#[derive(Clone, Copy, Debug)]
pub struct Key<'a> {
    /// What it is.
    pub name: &'a str,
    /// Its colour.
    pub colour: RGBColor,
    /// Its line.
    pub dash: Dash,
}

/// The plotters area of a picture.
pub type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// The result of a drawing step; memory takes everything.
pub fn done<T, E: Debug>(result: Result<T, E>) -> T {
    result.expect("drawing into memory cannot fail")
}

/// A font style of `height` pixels.
pub fn font(height: f64, colour: RGBColor) -> TextStyle<'static> {
    ("sans-serif", height * FONT_FACTOR)
        .into_font()
        .color(&colour)
}

/// Pixels that `text` takes at most at this height.
pub fn width_of(text: &str, height: f64) -> i32 {
    let ems: f64 =
        text.chars()
            .map(|sign| match sign {
                'i' | 'j' | 'l' | 'I' | ' ' | '.' | ',' | ':' | ';' | '\'' | '|' | '/' | '('
                | ')' => 0.42,
                'm' | 'w' | 'M' | 'W' | '%' | '@' => 1.0,
                sign if sign.is_ascii_uppercase() => 0.76,
                sign if sign.is_ascii() => 0.64,
                sign => 0.64 * columns_of(sign.encode_utf8(&mut [0; 4])).max(1) as f64,
            })
            .sum();
    (ems * height).ceil() as i32
}

/// `text` cut so that it takes at most `width` pixels.
pub fn fitting(text: &str, height: f64, width: i32) -> String {
    let mut columns = columns_of(text);
    let mut fitted = text.to_owned();
    while columns > 1 && width_of(&fitted, height) > width {
        columns -= 1;
        fitted = shortened(text, columns);
    }
    fitted
}

/// A picture under construction.
pub struct Picture<'a> {
    area: Area<'a>,
}

/// Draws a picture and returns it as SVG.
pub fn picture(title: &str, draw: impl FnOnce(&Picture<'_>)) -> String {
    let mut svg = String::new();
    let size = (SIZE.0.cast_unsigned(), SIZE.1.cast_unsigned());
    {
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        done(area.fill(&WHITE));
        let picture = Picture { area };
        let title = fitting(title, TITLE, SIZE.0 - 20);
        picture.text((10, 22), &title, &font(TITLE, BLACK), Anchor::Start);
        draw(&picture);
        done(picture.area.present());
    }
    svg
}

impl<'a> Picture<'a> {
    /// The area below, to place panels on.
    pub fn area(&self) -> &Area<'a> {
        &self.area
    }

    /// A text centred vertically on its point, cut where it would leave the picture.
    pub fn text(&self, at: (i32, i32), text: &str, font: &TextStyle<'_>, anchor: Anchor) {
        let position = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let style = font.pos(Pos::new(position, VPos::Center));
        done(self.area.draw(&Text::new(text.to_owned(), at, style)));
    }

    /// A small text.
    pub fn small(&self, at: (i32, i32), text: &str, anchor: Anchor) {
        self.text(at, text, &font(SMALL, colour::GREY), anchor);
    }

    /// A small text in a colour, from its point on.
    pub fn coloured(&self, at: (i32, i32), text: &str, colour: RGBColor) {
        self.text(at, text, &font(SMALL, colour), Anchor::Start);
    }

    /// What an axis shows, in its place above or below a panel.
    pub fn label(&self, at: (i32, i32), text: &str, anchor: Anchor) {
        self.text(at, text, &font(SMALL + 0.5, BLACK), anchor);
    }

    /// Keys in one line that ends at `right`.
    pub fn legend(&self, right: i32, y: i32, keys: &[Key<'_>]) {
        const SAMPLE: i32 = 26;
        const GAP: i32 = 14;
        let width = |key: &Key<'_>| SAMPLE + 5 + width_of(key.name, SMALL);
        let total: i32 = keys.iter().map(|key| width(key) + GAP).sum::<i32>() - GAP;
        let mut x = right - total;
        for key in keys {
            let style = key.colour.stroke_width(2);
            self.stroke((x, y), (x + SAMPLE, y), style, key.dash);
            self.small((x + SAMPLE + 5, y), key.name, Anchor::Start);
            x += width(key) + GAP;
        }
    }

    /// A straight line along one axis.
    pub fn stroke(&self, from: (i32, i32), to: (i32, i32), style: ShapeStyle, dash: Dash) {
        let (on, off) = dash.pattern().map_or((i32::MAX, 0), |(on, off)| {
            (on.cast_signed(), off.cast_signed())
        });
        let length = (to.0 - from.0).max(to.1 - from.1);
        let along = |at: i32| {
            let at = at.min(length);
            (
                if to.0 > from.0 { from.0 + at } else { from.0 },
                if to.1 > from.1 { from.1 + at } else { from.1 },
            )
        };
        let mut at = 0;
        while at < length {
            let end = at.saturating_add(on);
            done(
                self.area
                    .draw(&PathElement::new(vec![along(at), along(end)], style)),
            );
            at = end.saturating_add(off);
        }
    }

    /// A filled rectangle.
    pub fn patch(&self, from: (i32, i32), to: (i32, i32), style: ShapeStyle) {
        done(self.area.draw(&Rectangle::new([from, to], style)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_titles_are_cut_to_the_picture() {
        let long = "a title that does not end ".repeat(20);
        let fitted = fitting(&long, TITLE, 780);
        assert!(
            fitted.ends_with('…') && width_of(&fitted, TITLE) <= 780,
            "{fitted}"
        );
        assert_eq!(fitting("short", TITLE, 780), "short");
    }

    #[test]
    fn korean_letters_are_reckoned_wider() {
        assert!(width_of("병목", SMALL) > width_of("ab", SMALL));
    }
}
