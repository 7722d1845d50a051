//! An SVG document that grows to hold what is drawn on it.

use std::fmt::Write;

use unicode_width::UnicodeWidthChar;

use super::layout::Area;

/// Room around everything.
const MARGIN: f64 = 24.0;
const NOTE: f64 = 11.0;
/// Colour of text and outlines.
pub(super) const INK: &str = "#222222";
/// Vermilion dark enough for small text on white.
const WARNING: &str = "#A84300";

/// A line of text.
pub(super) struct Text {
    pub(super) words: String,
    pub(super) size: f64,
    pub(super) colour: &'static str,
    pub(super) bold: bool,
    /// White around the letters, where lines may cross them.
    pub(super) halo: bool,
}

impl Text {
    pub(super) fn note(words: String) -> Self {
        Self {
            words,
            size: NOTE,
            colour: INK,
            bold: false,
            halo: false,
        }
    }

    pub(super) fn warning(words: String) -> Self {
        Self {
            words,
            size: NOTE,
            colour: WARNING,
            bold: true,
            halo: false,
        }
    }

    pub(super) fn width(&self) -> f64 {
        width(&self.words, self.size)
    }
}

/// A generous width of `text` in a sans-serif face: an em for wide letters, 0.68 em for others.
fn width(text: &str, size: f64) -> f64 {
    let ems = text.chars().map(|letter| match letter {
        'i' | 'j' | 'l' | ' ' | '.' | ',' | ':' | '|' | '/' | '\'' => 0.42,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 1.02,
        'A'..='Z' => 0.8,
        other => 0.68 * other.width().unwrap_or(0).max(1) as f64,
    });
    ems.sum::<f64>() * size
}

/// SVG under construction, and how far it reaches.
#[derive(Default)]
pub(super) struct Canvas {
    body: String,
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Canvas {
    pub(super) fn reach(&mut self, area: &Area) {
        self.left = self.left.min(area.left);
        self.top = self.top.min(area.top);
        self.right = self.right.max(area.right());
        self.bottom = self.bottom.max(area.bottom());
    }

    /// A line of text; `anchor` is `start`, `middle` or `end`, `y` its baseline.
    pub(super) fn text(&mut self, x: f64, y: f64, anchor: &str, text: &Text) {
        let width = text.width();
        let left = match anchor {
            "end" => x - width,
            "middle" => x - width / 2.0,
            _ => x,
        };
        self.reach(&Area {
            left,
            top: y - text.size,
            width,
            height: text.size * 1.3,
        });
        let weight = if text.bold {
            " font-weight=\"bold\""
        } else {
            ""
        };
        let halo = if text.halo {
            " stroke=\"#FFFFFF\" stroke-width=\"3\" paint-order=\"stroke\""
        } else {
            ""
        };
        let _ = writeln!(
            self.body,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" font-size=\"{}\" \
             fill=\"{}\"{weight}{halo}>{}</text>",
            text.size,
            text.colour,
            escaped(&text.words),
        );
    }

    pub(super) fn rectangle(&mut self, area: &Area, round: f64, style: &str) {
        self.reach(area);
        let Area {
            left,
            top,
            width,
            height,
        } = area;
        let _ = writeln!(
            self.body,
            "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" \
             rx=\"{round}\" {style}/>",
        );
    }

    pub(super) fn line(&mut self, path: &str, dashed: bool) {
        let dashes = if dashed {
            " stroke-dasharray=\"5 3\""
        } else {
            ""
        };
        let _ = writeln!(
            self.body,
            "<path d=\"{path}\" fill=\"none\" stroke=\"#555555\"{dashes} \
             marker-end=\"url(#head)\"/>",
        );
    }

    pub(super) fn finish(mut self, name: &str) -> String {
        let title = Text {
            words: name.to_owned(),
            size: 18.0,
            colour: INK,
            bold: true,
            halo: false,
        };
        let (x, y) = (self.left, self.top - 20.0);
        self.text(x, y, "start", &title);
        let (left, top) = (self.left - MARGIN, self.top - MARGIN);
        let (width, height) = (self.right + MARGIN - left, self.bottom + MARGIN - top);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" \
             viewBox=\"{left:.1} {top:.1} {width:.1} {height:.1}\" width=\"{width:.0}\" \
             height=\"{height:.0}\" font-family=\"sans-serif\">\n<title>{}</title>\n<defs>\
             <marker id=\"head\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"8\" \
             markerHeight=\"8\" orient=\"auto\"><path d=\"M0 1L10 5L0 9z\" fill=\"#555555\"/>\
             </marker></defs>\n\
             <rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" \
             fill=\"#FFFFFF\"/>\n{}</svg>\n",
            escaped(&format!("Server map of {name}")),
            self.body,
        )
    }
}

/// Text inside an element: control characters, which XML forbids, become spaces.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            control if control.is_control() => out.push(' '),
            other => out.push(other),
        }
    }
    out
}
