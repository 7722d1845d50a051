//! The words, strings, numbers and marks of a RON text, without space and comments.

use std::ops::Range;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A field, kind or other word.
    Word,
    /// In double quotes.
    Text,
    /// Starts with a digit or a sign.
    Number,
    /// A bracket, comma or colon.
    Mark,
}

/// A token and its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Its bytes.
    pub at: Range<usize>,
}

/// The tokens of `text`; what is no RON becomes marks of one character.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut start = 0;
    while let Some(first) = text[start..].chars().next() {
        let rest = &text[start..];
        let (kind, length) = if rest.starts_with("//") {
            (None, rest.find('\n').unwrap_or(rest.len()))
        } else if first.is_whitespace() {
            (None, first.len_utf8())
        } else if first == '"' {
            (Some(Kind::Text), string_length(rest))
        } else if first.is_ascii_digit() || first == '-' {
            (Some(Kind::Number), run(rest, |c| "+-._".contains(c)))
        } else if first.is_alphabetic() || first == '_' {
            (Some(Kind::Word), run(rest, |c| c == '_'))
        } else {
            (Some(Kind::Mark), first.len_utf8())
        };
        let at = start..start + length;
        start = at.end;
        found.extend(kind.map(|kind| Token { kind, at }));
    }
    found
}

/// Bytes of the letters, digits and `others` at the start of `text`; at least its first character.
fn run(text: &str, others: impl Fn(char) -> bool) -> usize {
    let mut rest = text.char_indices().skip(1);
    rest.find(|&(_, c)| !c.is_alphanumeric() && !others(c))
        .map_or(text.len(), |(end, _)| end)
}

/// Bytes of the string at the start of `text`, quotes included.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (place, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return place + 1,
            _ => {}
        }
    }
    text.len()
}

/// The line of a byte, from 1.
pub fn line_of(text: &[u8], byte: usize) -> usize {
    let before = &text[..byte.min(text.len())];
    before.split(|&byte| byte == b'\n').count()
}

#[test]
fn a_text_falls_apart_into_its_tokens() {
    let text = "( // a (b)\n r: \"x \\\" y\", n: -1_0.5e-3, 가: Foo([]))";
    let found: Vec<_> = tokens(text).into_iter().map(|one| &text[one.at]).collect();
    let expected = [
        "(",
        "r",
        ":",
        "\"x \\\" y\"",
        ",",
        "n",
        ":",
        "-1_0.5e-3",
        ",",
        "가",
        ":",
        "Foo",
        "(",
        "[",
        "]",
        ")",
        ")",
    ];
    assert_eq!(found, expected);
    assert_eq!(line_of(text.as_bytes(), 0), 1);
    assert_eq!(line_of(text.as_bytes(), 11), 2);
}
