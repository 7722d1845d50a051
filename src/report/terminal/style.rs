//! How a report looks where it is printed: colour, character set, width.

use anstyle::{AnsiColor, Color};
use unicode_width::UnicodeWidthStr;

/// What the place of output can show; decided by whoever knows the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether ANSI colours may be written.
    pub colour: bool,
    /// Whether signs outside ASCII are replaced (names of the user stay as they are).
    pub ascii: bool,
    /// Columns of the terminal; at least 60 are used.
    pub width: usize,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            colour: false,
            ascii: false,
            width: 100,
        }
    }
}

/// Signs with their stand-ins in ASCII.
const STAND_INS: [(char, &str); 15] = [
    ('✓', "+"),
    ('≈', "~"),
    ('✗', "x"),
    ('·', "-"),
    ('•', "*"),
    ('▇', "#"),
    ('▏', "|"),
    ('◀', "<"),
    ('→', "->"),
    ('×', "x"),
    ('±', "+/-"),
    ('µ', "u"),
    ('…', "~"),
    ('≥', ">="),
    ('≤', "<="),
];

impl Style {
    /// The columns that may be filled.
    pub fn columns(&self) -> usize {
        self.width.max(60)
    }

    /// `text` in the character set of this style.
    pub fn signs(&self, text: &str) -> String {
        if !self.ascii {
            return text.to_owned();
        }
        let mut out = String::with_capacity(text.len());
        for sign in text.chars() {
            match STAND_INS.iter().find(|(from, _)| *from == sign) {
                Some((_, to)) => out.push_str(to),
                None => out.push(sign),
            }
        }
        out
    }

    /// `text` in the colour of `paint`, if colours may be written.
    pub fn painted(&self, text: &str, paint: Paint) -> String {
        match paint.ansi() {
            Some(ansi) if self.colour && !text.is_empty() => format!("{ansi}{text}{ansi:#}"),
            _ => text.to_owned(),
        }
    }
}

/// What a piece of text says, shown by its colour (never by the colour alone).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paint {
    /// Ordinary text.
    #[default]
    Plain,
    /// Holds.
    Good,
    /// Does not hold.
    Bad,
    /// Open, or worth a look.
    Doubt,
    /// Headings and verdicts.
    Strong,
    /// Side remarks.
    Faint,
}

impl Paint {
    fn ansi(self) -> Option<anstyle::Style> {
        let colour = |colour| {
            anstyle::Style::new()
                .fg_color(Some(Color::Ansi(colour)))
                .bold()
        };
        match self {
            Self::Plain => None,
            Self::Good => Some(colour(AnsiColor::Green)),
            Self::Bad => Some(colour(AnsiColor::Red)),
            Self::Doubt => Some(colour(AnsiColor::Yellow)),
            Self::Strong => Some(anstyle::Style::new().bold()),
            Self::Faint => Some(anstyle::Style::new().dimmed()),
        }
    }
}

/// A piece of text with its meaning.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The text, without line ends.
    pub text: String,
    /// Its meaning.
    pub paint: Paint,
}

impl Span {
    /// A piece of this meaning.
    pub fn new(text: impl Into<String>, paint: Paint) -> Self {
        Self {
            text: text.into(),
            paint,
        }
    }

    /// An ordinary piece.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::new(text, Paint::Plain)
    }
}

/// Columns that `text` fills; Korean letters and other wide signs count two.
pub fn columns_of(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// The longest head of `text` that fits into `columns`, and the rest.
pub fn split_at_columns(text: &str, columns: usize) -> (&str, &str) {
    let mut end = 0;
    for (at, sign) in text.char_indices() {
        let next = at + sign.len_utf8();
        if columns_of(&text[..next]) > columns {
            break;
        }
        end = next;
    }
    text.split_at(end)
}

/// `text` within `columns`, with a mark where it was cut.
pub fn shortened(text: &str, columns: usize) -> String {
    if columns_of(text) <= columns {
        return text.to_owned();
    }
    let (head, _) = split_at_columns(text, columns.saturating_sub(1));
    format!("{head}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_is_written_only_when_told() {
        let plain = Style::default();
        assert_eq!(plain.painted("FAIL", Paint::Bad), "FAIL");
        let coloured = Style {
            colour: true,
            ..plain
        };
        let text = coloured.painted("FAIL", Paint::Bad);
        assert!(
            text.starts_with('\u{1b}') && text.ends_with("\u{1b}[0m"),
            "{text:?}"
        );
    }

    #[test]
    fn ascii_replaces_signs_but_not_names() {
        let style = Style {
            ascii: true,
            ..Style::default()
        };
        assert_eq!(style.signs("✓ 서버 → db · 12µs"), "+ 서버 -> db - 12us");
    }

    #[test]
    fn korean_letters_are_two_columns_wide() {
        assert_eq!(columns_of("병목"), 4);
        assert_eq!(shortened("데이터베이스", 7), "데이터…");
        assert_eq!(split_at_columns("데이터", 3), ("데", "이터"));
    }
}
