//! A page of lines that keep within the width: labelled flows, sentences and tables.

use super::style::{Paint, Span, Style, columns_of, split_at_columns};
use super::table::Table;

/// Columns before the text of a labelled line.
const LABEL: usize = 15;

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
        self.flow(&[Piece::new(Span::new(text, Paint::Strong), 0)], 2);
    }

    /// Pieces behind a label, three columns apart, each kept whole where it fits on a line.
    pub fn labelled(&mut self, label: &str, pieces: &[Span]) {
        let mut all = vec![Piece::new(Span::new(label, Paint::Strong), 0)];
        for (index, span) in pieces.iter().enumerate() {
            let gap = if index == 0 {
                (LABEL - 2).saturating_sub(columns_of(label))
            } else {
                3
            };
            all.extend(self.whole_or_words(span, gap.max(2)));
        }
        self.flow(&all, LABEL);
    }

    /// Sentences behind a label, broken between words.
    pub fn told(&mut self, label: &str, sentences: &[Span]) {
        let mut all = vec![Piece::new(Span::new(label, Paint::Strong), 0)];
        for (index, span) in sentences.iter().enumerate() {
            let gap = if index == 0 {
                (LABEL - 2).saturating_sub(columns_of(label))
            } else {
                2
            };
            all.extend(words(span, gap));
        }
        self.flow(&all, LABEL);
    }

    /// A sentence behind a mark such as a bullet, broken between words.
    pub fn sentence(&mut self, mark: Span, text: &str) {
        let hang = 2 + columns_of(&self.style.signs(&mark.text)) + 1;
        let mut all = vec![Piece::new(mark, 0)];
        all.extend(words(&Span::plain(text), 1));
        self.flow(&all, hang);
    }

    /// Side remarks in one line, or more where they do not fit.
    pub fn remarks(&mut self, pieces: &[String]) {
        let mut all = Vec::new();
        for (index, piece) in pieces.iter().enumerate() {
            let dot = if index + 1 < pieces.len() { " ·" } else { "" };
            let span = Span::new(format!("{piece}{dot}"), Paint::Faint);
            all.extend(self.whole_or_words(&span, usize::from(index > 0)));
        }
        self.flow(&all, 2);
    }

    /// A table; it takes as many of its columns as fit and names the others.
    pub fn table(&mut self, table: &Table) {
        self.laid_out(table.lines(self.style));
    }

    /// The same; where it does not fit whole, its first column stands on lines of its own.
    pub fn table_or_stack(&mut self, table: &Table) {
        let (lines, hidden) = table.lines(self.style);
        if hidden.is_empty() {
            self.laid_out((lines, hidden));
        } else {
            self.laid_out(table.stacked_lines(self.style));
        }
    }

    fn laid_out(&mut self, (lines, hidden): (Vec<String>, Vec<String>)) {
        self.lines.extend(lines);
        if !hidden.is_empty() {
            let note = format!(
                "(no room for: {}; a wider terminal or --json has them)",
                hidden.join(", ")
            );
            self.flow(&words(&Span::new(note, Paint::Faint), 0), 2);
        }
    }

    /// The piece as it is, or its words where it is longer than a line.
    fn whole_or_words(&self, span: &Span, gap: usize) -> Vec<Piece> {
        if columns_of(&self.style.signs(&span.text)) <= self.style.columns() - LABEL {
            vec![Piece::new(span.clone(), gap)]
        } else {
            words(span, gap)
        }
    }

    /// Lays pieces out from column 2, and from column `hang` in the lines that follow.
    fn flow(&mut self, pieces: &[Piece], hang: usize) {
        let width = self.style.columns();
        let (mut line, mut at) = (" ".repeat(2), 2);
        for piece in pieces {
            let text = self.style.signs(&piece.span.text);
            let begun = !line.trim_end().is_empty();
            if begun && at + piece.gap + columns_of(&text) > width {
                self.push(&line);
                (line, at) = (" ".repeat(hang), hang);
            } else if begun {
                line.push_str(&" ".repeat(piece.gap));
                at += piece.gap;
            }
            let mut rest = text.as_str();
            while at + columns_of(rest) > width {
                let (head, tail) = split_at_columns(rest, width - at);
                line.push_str(&self.style.painted(head, piece.span.paint));
                self.push(&line);
                (line, at, rest) = (" ".repeat(hang), hang, tail);
            }
            line.push_str(&self.style.painted(rest, piece.span.paint));
            at += columns_of(rest);
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

/// A span with the columns that part it from the one before.
struct Piece {
    span: Span,
    gap: usize,
}

impl Piece {
    fn new(span: Span, gap: usize) -> Self {
        Self { span, gap }
    }
}

/// The words of a span, `gap` columns before the first and one before each other.
fn words(span: &Span, gap: usize) -> Vec<Piece> {
    let apart = |index| if index == 0 { gap } else { 1 };
    span.text
        .split_whitespace()
        .enumerate()
        .map(|(index, word)| Piece::new(Span::new(word, span.paint), apart(index)))
        .collect()
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
            "  RESPONSE     p0 12.34ms   p1 12.34ms   p2 12.34ms"
        );
        assert_eq!(
            lines[1],
            "               p3 12.34ms   p4 12.34ms   p5 12.34ms"
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
        page.labelled("B", &[Span::new("", Paint::Good)]);
        assert!(page.finish().lines().all(|line| !line.ends_with(' ')));
    }
}
