//! A page of lines that keep within the width: labelled flows, sentences and tables.

use super::style::{Paint, Span, Style, columns_of, split_at_columns};
use super::table::Table;

/// Columns before the text of a labelled line.
const LABEL: usize = 13;

/// Lines under construction.
pub struct Page<'a> {
    style: &'a Style,
    lines: Vec<String>,
}

impl<'a> Page<'a> {
    /// An empty page in this style.
    pub fn new(style: &'a Style) -> Self {
        Self {
            style,
            lines: Vec::new(),
        }
    }

    /// An empty line, unless the page is empty or ends with one.
    pub fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| !line.is_empty()) {
            self.lines.push(String::new());
        }
    }

    /// A line that holds only a heading.
    pub fn heading(&mut self, text: &str) {
        self.gap();
        self.flow(&[Span::new(text, Paint::Strong)], 1, 2, 2);
    }

    /// Pieces behind a label, three columns apart, each kept whole where it fits.
    pub fn labelled(&mut self, label: &str, pieces: &[Span]) {
        let label_columns = columns_of(label);
        let pad = " ".repeat(LABEL.saturating_sub(2 + label_columns).max(2));
        let mut all = vec![Span::new(format!("{label}{pad}"), Paint::Strong)];
        all.extend(pieces.iter().cloned());
        self.flow(&all, 3, 2, LABEL);
    }

    /// A sentence behind a mark such as a bullet, broken between words.
    pub fn sentence(&mut self, mark: Span, text: &str) {
        let hang = 2 + columns_of(&self.style.signs(&mark.text)) + 1;
        let mut words = vec![mark];
        words.extend(text.split_whitespace().map(Span::plain));
        self.flow(&words, 1, 2, hang);
    }

    /// Side remarks in one line, or more where they do not fit.
    pub fn remarks(&mut self, pieces: &[String]) {
        let mut spans: Vec<Span> = Vec::new();
        for (index, piece) in pieces.iter().enumerate() {
            let dot = if index + 1 < pieces.len() { " ·" } else { "" };
            spans.push(Span::new(format!("{piece}{dot}"), Paint::Faint));
        }
        self.flow(&spans, 1, 2, 2);
    }

    /// A table; it takes as many of its columns as fit.
    pub fn table(&mut self, table: &Table) {
        self.lines.extend(table.lines(self.style));
    }

    /// Lays pieces out with `gap` columns between, `first` before the first line and `hang` before
    /// those that follow. A piece that ends with a space brings its own gap.
    pub fn flow(&mut self, pieces: &[Span], gap: usize, first: usize, hang: usize) {
        let width = self.style.columns();
        let mut line = " ".repeat(first);
        let mut at = first;
        let mut fresh = true;
        for piece in pieces {
            let text = self.style.signs(&piece.text);
            let wide = columns_of(text.trim_end());
            let space = if fresh || line.ends_with(' ') { 0 } else { gap };
            if !fresh && at + space + wide > width {
                self.push(&line);
                (line, at) = (" ".repeat(hang), hang);
            } else {
                line.push_str(&" ".repeat(space));
                at += space;
            }
            let mut rest = text.as_str();
            while at + columns_of(rest.trim_end()) > width {
                let (head, tail) = split_at_columns(rest, width - at);
                line.push_str(&self.style.painted(head, piece.paint));
                self.push(&line);
                (line, at, rest) = (" ".repeat(hang), hang, tail);
            }
            line.push_str(&padded(self.style, rest, piece.paint));
            at += columns_of(rest);
            fresh = false;
        }
        self.push(&line);
    }

    fn push(&mut self, line: &str) {
        self.lines.push(line.trim_end().to_owned());
    }

    /// The page as text with a newline at its end.
    pub fn finish(self) -> String {
        let mut text = self.lines.join("\n");
        text.push('\n');
        text
    }
}

/// The text in its colour, with spaces at its end left uncoloured so that they can be trimmed.
fn padded(style: &Style, text: &str, paint: Paint) -> String {
    let trimmed = text.trim_end();
    format!(
        "{}{}",
        style.painted(trimmed, paint),
        &text[trimmed.len()..]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_move_to_the_next_line_whole() {
        let style = Style {
            width: 60,
            ..Style::default()
        };
        let mut page = Page::new(&style);
        let pieces: Vec<Span> = (0..6)
            .map(|i| Span::plain(format!("p{i} 12.34ms")))
            .collect();
        page.labelled("RESPONSE", &pieces);
        let text = page.finish();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[0],
            "  RESPONSE   p0 12.34ms   p1 12.34ms   p2 12.34ms"
        );
        assert_eq!(
            lines[1],
            "             p3 12.34ms   p4 12.34ms   p5 12.34ms"
        );
    }

    #[test]
    fn a_word_longer_than_the_line_is_broken() {
        let style = Style {
            width: 60,
            ..Style::default()
        };
        let mut page = Page::new(&style);
        page.sentence(Span::plain("•"), &format!("see {}", "x".repeat(130)));
        let text = page.finish();
        assert!(text.lines().all(|line| columns_of(line) <= 60), "{text}");
        assert_eq!(text.matches('x').count(), 130);
    }

    #[test]
    fn no_line_ends_with_spaces_even_in_colour() {
        let style = Style {
            colour: true,
            width: 60,
            ..Style::default()
        };
        let mut page = Page::new(&style);
        page.labelled("A", &[]);
        page.labelled("B", &[Span::new("b ", Paint::Good)]);
        assert!(page.finish().lines().all(|line| !line.ends_with(' ')));
    }
}
