//! A text with a memory: which bytes the file holds, and which came from a flag.

use std::ops::Range;
use std::sync::Arc;

/// A text that diagnostics point into: a file, possibly with parts replaced by flags.
#[derive(Clone, Debug)]
pub struct Source {
    name: String,
    original: Arc<str>,
    text: Arc<str>,
    pieces: Vec<Piece>,
    flags: Vec<Flag>,
}

/// One flag that replaced a part of the text.
#[derive(Clone, Debug)]
struct Flag {
    name: String,
    text: String,
}

/// A run of the effective text and where it came from.
#[derive(Clone, Copy, Debug)]
struct Piece {
    length: usize,
    from: From,
}

#[derive(Clone, Copy, Debug)]
enum From {
    /// The file, from this byte on.
    File(usize),
    /// The flag with this index, from this byte on.
    Flag(usize, usize),
    /// Commas and brackets put around a value of the flag with this index.
    Glue(usize),
}

/// A run of text to put in, see [`Source::replace`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Brackets, commas and the like.
    Glue(&'static str),
    /// These bytes of the flag's text.
    Taken(Range<usize>),
}

/// A span as the user wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place<'s> {
    /// The file's name, or the flag's.
    pub name: &'s str,
    /// The file's or the flag's text.
    pub text: &'s str,
    /// Bytes of that text.
    pub span: Option<Range<usize>>,
    /// Whether a flag is meant.
    pub is_flag: bool,
}

impl Source {
    /// A file called `name` that holds `text`.
    pub fn new(name: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        let text: Arc<str> = text.into();
        let pieces = vec![Piece {
            length: text.len(),
            from: From::File(0),
        }];
        Self {
            name: name.into(),
            original: Arc::clone(&text),
            text,
            pieces,
            flags: Vec::new(),
        }
    }

    /// The file's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The effective text, with all replacements made.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Puts `parts`, made of the text of a flag, in place of the bytes `range` of the effective
    /// text. The flag is its name, such as `--set`, and the text after it.
    ///
    /// # Panics
    /// If a range is out of bounds or cuts a character.
    #[must_use]
    pub fn replace(&self, range: Range<usize>, flag: (&str, &str), parts: &[Part]) -> Self {
        let mut next = self.clone();
        let index = next.flags.len();
        next.flags.push(Flag {
            name: flag.0.to_owned(),
            text: flag.1.to_owned(),
        });
        next.pieces = self.cut(0..range.start);
        let mut edited = self.text[..range.start].to_owned();
        for part in parts {
            let (text, from) = match part {
                Part::Glue(text) => (*text, From::Glue(index)),
                Part::Taken(bytes) => (&flag.1[bytes.clone()], From::Flag(index, bytes.start)),
            };
            edited += text;
            next.pieces.push(Piece {
                length: text.len(),
                from,
            });
        }
        edited += &self.text[range.end..];
        next.text = edited.into();
        next.pieces.extend(self.cut(range.end..self.text.len()));
        next
    }

    /// The pieces of the bytes `range`.
    fn cut(&self, range: Range<usize>) -> Vec<Piece> {
        let mut start = 0;
        let mut kept = Vec::new();
        for piece in &self.pieces {
            let end = start + piece.length;
            let (from, to) = (range.start.max(start), range.end.min(end));
            if from < to {
                kept.push(Piece {
                    length: to - from,
                    from: piece.from.skip(from - start),
                });
            }
            start = end;
        }
        kept
    }

    /// Where a span of the effective text stands in what the user wrote.
    ///
    /// A span that lies inside one flag's value is a place in that flag. Any other is a place in
    /// the file, as wide as the file's own bytes around it.
    pub fn place(&self, span: Option<Range<usize>>) -> Place<'_> {
        let file = |span| Place {
            name: &self.name,
            text: &self.original,
            span,
            is_flag: false,
        };
        let Some(span) = span else { return file(None) };
        let (start, length) = (self.origin(span.start), span.len());
        let last = self.origin(span.end.saturating_sub(1).max(span.start));
        match (start, last) {
            (From::Flag(flag, start), From::Flag(same, last)) if flag == same => {
                let flag = &self.flags[flag];
                let end = if length == 0 { start } else { last + 1 };
                let span = Some(start..end);
                Place {
                    name: &flag.name,
                    text: &flag.text,
                    span,
                    is_flag: true,
                }
            }
            (From::Glue(flag), From::Glue(same) | From::Flag(same, _))
            | (From::Flag(flag, _), From::Glue(same))
                if flag == same =>
            {
                let word = self.only_word(span, flag);
                let flag = &self.flags[flag];
                let span = Some(word.unwrap_or(0..flag.text.len()));
                Place {
                    name: &flag.name,
                    text: &flag.text,
                    span,
                    is_flag: true,
                }
            }
            _ => {
                let start = self.in_file(span.start, false);
                let end = if length == 0 {
                    start
                } else {
                    self.in_file(span.end, true)
                };
                file(Some(start..end.max(start)))
            }
        }
    }

    /// The one stretch of a flag within a span, with what was put around it left out.
    fn only_word(&self, span: Range<usize>, flag: usize) -> Option<Range<usize>> {
        let mut words = self
            .cut(span)
            .into_iter()
            .filter_map(|piece| match piece.from {
                From::Flag(of, start) if of == flag => Some(start..start + piece.length),
                _ => None,
            });
        words.next().filter(|_| words.next().is_none())
    }

    /// What the byte `at` came from.
    fn origin(&self, at: usize) -> From {
        let mut start = 0;
        for piece in self.pieces.iter().filter(|piece| piece.length > 0) {
            if at < start + piece.length {
                return piece.from.skip(at - start);
            }
            start += piece.length;
        }
        From::File(self.original.len())
    }

    /// The byte of the file at or next to byte `at`: before it for a span's `end`, else after it.
    fn in_file(&self, at: usize, end: bool) -> usize {
        let mut start = 0;
        let mut left = 0;
        for piece in &self.pieces {
            let inside = at.saturating_sub(start);
            if let From::File(from) = piece.from {
                let covers = if end {
                    inside <= piece.length
                } else {
                    inside < piece.length
                };
                if covers {
                    return if end && inside == 0 {
                        left.max(from)
                    } else {
                        from + inside
                    };
                }
                left = from + piece.length;
            }
            start += piece.length;
        }
        left.max(self.original.len())
    }
}

impl From {
    fn skip(self, bytes: usize) -> Self {
        match self {
            Self::File(from) => Self::File(from + bytes),
            Self::Flag(flag, from) => Self::Flag(flag, from + bytes),
            Self::Glue(flag) => Self::Glue(flag),
        }
    }
}

/// The last start of a character at or before byte `at`.
pub(super) fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

impl Place<'_> {
    /// The line and column of a byte, both counted from 1, the column in characters.
    pub fn line_and_column(&self, at: usize) -> (usize, usize) {
        let at = floor(self.text, at);
        let before = &self.text[..at];
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (line, before[start..].chars().count() + 1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(place: &Place<'_>) -> (String, String) {
        let span = place.span.clone().unwrap();
        (place.name.to_owned(), place.text[span].to_owned())
    }

    #[test]
    fn a_place_in_a_replaced_value_is_a_place_in_the_flag() {
        let source = Source::new("f.ron", "(a: 1, b: 22, c: 3)");
        let source = source.replace(10..12, ("--set", "b=four"), &[Part::Taken(2..6)]);
        assert_eq!(&**source.text(), "(a: 1, b: four, c: 3)");
        assert_eq!(
            shown(&source.place(Some(10..14))),
            ("--set".into(), "four".into())
        );
        assert_eq!(
            shown(&source.place(Some(11..13))),
            ("--set".into(), "ou".into())
        );
        assert_eq!(
            shown(&source.place(Some(16..17))),
            ("f.ron".into(), "c".into())
        );
        assert_eq!(
            shown(&source.place(Some(7..14))),
            ("f.ron".into(), "b: 22".into())
        );
        let whole = source.place(Some(0..21));
        assert_eq!(
            shown(&whole),
            ("f.ron".into(), "(a: 1, b: 22, c: 3)".into())
        );
    }

    #[test]
    fn a_later_flag_inside_an_earlier_one_keeps_both() {
        let source = Source::new("f.ron", "(a: 1)");
        let source = source.replace(4..5, ("--set", "a=(x: 2)"), &[Part::Taken(2..8)]);
        let source = source.replace(8..9, ("--set", "a.x=3"), &[Part::Taken(4..5)]);
        assert_eq!(&**source.text(), "(a: (x: 3))");
        let place = source.place(Some(8..9));
        assert_eq!((place.text, place.span), ("a.x=3", Some(4..5)));
        let place = source.place(Some(5..6));
        assert_eq!((place.text, place.span), ("a=(x: 2)", Some(3..4)));
    }

    #[test]
    fn columns_count_characters() {
        let source = Source::new("f.ron", "가\r\n나다: 1");
        let place = source.place(Some(11..12));
        assert_eq!(place.line_and_column(11), (2, 3));
    }

    proptest! {
        #[test]
        fn every_byte_is_traced_to_the_same_byte(
            edits in prop::collection::vec((0..30_usize, 0..6_usize, "[a-z]{0,4}"), 0..5),
        ) {
            let mut source = Source::new("f", "0123456789ABCDEFGHIJ");
            for (start, length, value) in edits {
                let start = start.min(source.text().len());
                let end = (start + length).min(source.text().len());
                let all = Part::Taken(0..value.len());
                source = source.replace(start..end, ("--set", &value), &[all]);
            }
            for at in 0..source.text().len() {
                let place = source.place(Some(at..at + 1));
                prop_assert_eq!(&place.text[place.span.unwrap()], &source.text()[at..=at]);
            }
        }
    }
}
