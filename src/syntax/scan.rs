//! The scanner: text that `ron` accepts becomes a tree of byte ranges.
//!
//! ```text
//! value = scalar | name? '(' (name ':' value | value) ,... ')' | '[' value ,... ']'
//!       | '{' value ':' value ,... '}' | name
//! ```
//!
//! A trailing comma may stand everywhere. Space is RON's white space, `//` and nested `/* */`.
//! Scalars are only delimited here; `ron` decodes them. On other text than `ron` accepts the
//! scanner gives some error or some tree, and never panics.

use std::ops::Range;

use super::tree::{Field, Kind, MAX_DEPTH, Name, Node};
use crate::diagnostic::{Diagnostic, code};

/// The tree of `text`.
pub(super) fn scan(text: &str) -> Result<Node, Box<Diagnostic>> {
    let mut scanner = Scanner {
        text,
        at: 0,
        depth: 0,
        next: 0,
    };
    scanner.attributes()?;
    let root = scanner.value()?;
    scanner.space()?;
    if scanner.at < text.len() {
        return Err(scanner.unexpected());
    }
    Ok(root)
}

/// One step forward in the text.
pub(super) struct Scanner<'t> {
    text: &'t str,
    pub(super) at: usize,
    depth: usize,
    next: u32,
}

type Scanned<T> = Result<T, Box<Diagnostic>>;

impl<'t> Scanner<'t> {
    /// A scanner that stands at byte `at`.
    pub(super) fn new(text: &'t str, at: usize) -> Self {
        Self {
            text,
            at,
            depth: 0,
            next: 0,
        }
    }

    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn take(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn unexpected(&self) -> Box<Diagnostic> {
        let end = self
            .rest()
            .chars()
            .next()
            .map_or(self.at, |c| self.at + c.len_utf8());
        fault(self.at..end, "this is not RON")
    }

    /// Passes white space and comments.
    pub(super) fn space(&mut self) -> Scanned<()> {
        loop {
            self.at += self.rest().len() - self.rest().trim_start_matches(is_space).len();
            if self.rest().starts_with("//") {
                self.at += self.rest().find('\n').unwrap_or(self.rest().len());
            } else if self.rest().starts_with("/*") {
                self.comment()?;
            } else {
                return Ok(());
            }
        }
    }

    fn comment(&mut self) -> Scanned<()> {
        let start = self.at;
        self.at += 2;
        let mut level = 1;
        while level > 0 {
            let Some(mark) = self.rest().find(['/', '*']) else {
                self.at = self.text.len();
                return Err(fault(start..start + 2, "this comment is never closed"));
            };
            self.at += mark;
            if self.take("/*") {
                level += 1;
            } else if self.take("*/") {
                level -= 1;
            } else {
                self.at += 1;
            }
        }
        Ok(())
    }

    /// Passes leading `#![...]`.
    fn attributes(&mut self) -> Scanned<()> {
        self.space()?;
        while self.take("#") {
            while !self.take("]") {
                self.space()?;
                let text = self.rest().starts_with(['"', 'r']) && self.text_literal()?;
                if !text && !self.rest().starts_with(']') {
                    let Some(next) = self.rest().chars().next() else {
                        return Err(self.unexpected());
                    };
                    self.at += next.len_utf8();
                }
            }
            self.space()?;
        }
        Ok(())
    }

    fn value(&mut self) -> Scanned<Node> {
        self.space()?;
        let (start, id) = (self.at, self.next);
        self.next += 1;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let message = "brackets are nested too deeply";
            let error = Diagnostic::error(code::TOO_DEEP, message)
                .at(start..start + 1)
                .help("write the inner steps as an operation of their own, and call it");
            return Err(Box::new(error));
        }
        let kind = self.kind()?;
        self.depth -= 1;
        Ok(Node {
            span: start..self.at,
            id,
            kind,
        })
    }

    fn kind(&mut self) -> Scanned<Kind> {
        if self.text_literal()? {
            return Ok(Kind::Text);
        }
        if self.other_literal()? {
            return Ok(Kind::Other);
        }
        match self.rest().chars().next() {
            Some('(') => self.round(None),
            Some('[') => self.list(),
            Some('{') => self.map(),
            Some('0'..='9' | '+' | '-' | '.') => self.number(),
            Some(_) if self.rest().starts_with("b'") => self.number(),
            _ => self.word(),
        }
    }

    /// Passes a string or raw string, if one starts here.
    pub(super) fn text_literal(&mut self) -> Scanned<bool> {
        if self.rest().starts_with('"') {
            return self.quoted(1, '"');
        }
        self.raw(1, "r")
    }

    /// Passes a character or byte string, if one starts here.
    pub(super) fn other_literal(&mut self) -> Scanned<bool> {
        if self.rest().starts_with('\'') {
            return self.quoted(1, '\'');
        }
        if self.rest().starts_with("b\"") {
            return self.quoted(2, '"');
        }
        self.raw(2, "br")
    }

    fn quoted(&mut self, prefix: usize, quote: char) -> Scanned<bool> {
        let start = self.at;
        self.at += prefix;
        if quote == '\'' && self.take("''") {
            return Ok(true);
        }
        while let Some(mark) = self.rest().find([quote, '\\']) {
            self.at += mark;
            if self.take("\\") {
                self.at += self.rest().chars().next().map_or(0, char::len_utf8);
            } else {
                self.at += 1;
                return Ok(true);
            }
        }
        self.at = self.text.len();
        Err(fault(start..start + prefix, "this string is never closed"))
    }

    /// Passes `r"..."`, `r#"..."#` and so on after `prefix`, if one starts here.
    fn raw(&mut self, length: usize, prefix: &str) -> Scanned<bool> {
        let Some(after) = self.rest().strip_prefix(prefix) else {
            return Ok(false);
        };
        let hashes = after.len() - after.trim_start_matches('#').len();
        let Some(content) = after[hashes..].strip_prefix('"') else {
            return Ok(false);
        };
        let close = format!("\"{}", &after[..hashes]);
        let start = self.at;
        let Some(end) = content.find(&close) else {
            self.at = self.text.len();
            return Err(fault(start..start + 1, "this string is never closed"));
        };
        self.at += length + hashes + 1 + end + close.len();
        Ok(true)
    }

    /// A number, a byte or a range of them.
    fn number(&mut self) -> Scanned<Kind> {
        let start = self.at;
        loop {
            if self.take("b'") {
                self.at -= 1;
                self.quoted(1, '\'')?;
            } else if let Some(next) = self.rest().chars().next().filter(|c| !ends_word(*c)) {
                self.at += next.len_utf8();
            } else {
                break;
            }
        }
        let range = self.text[start..self.at].contains("..");
        Ok(if range { Kind::Other } else { Kind::Number })
    }

    fn name(&mut self) -> Scanned<Name> {
        let start = self.at;
        let length = self.rest().find(ends_word).unwrap_or(self.rest().len());
        let word = &self.rest()[..length];
        self.at += length;
        let text = word.strip_prefix("r#").unwrap_or(word);
        if text.is_empty() || text.starts_with(|c: char| c.is_ascii_digit() && word == text) {
            self.at = start;
            return Err(self.unexpected());
        }
        Ok(Name {
            span: start..self.at,
            text: text.to_owned(),
        })
    }

    fn word(&mut self) -> Scanned<Kind> {
        let start = self.at;
        let name = self.name()?;
        let raw = self.text[start..].starts_with("r#");
        let first = name.text.split("..").next().unwrap_or_default();
        if !raw
            && matches!(
                first,
                "inf" | "inff32" | "inff64" | "NaN" | "NaNf32" | "NaNf64"
            )
        {
            return Ok(if first == name.text {
                Kind::Number
            } else {
                Kind::Other
            });
        }
        if !raw && matches!(&*name.text, "true" | "false") {
            return Ok(Kind::Bool);
        }
        let end = self.at;
        self.space()?;
        if self.rest().starts_with('(') {
            return self.round(Some(name));
        }
        self.at = end;
        Ok(Kind::Word(name))
    }

    /// `( )` with fields or with values.
    fn round(&mut self, name: Option<Name>) -> Scanned<Kind> {
        self.at += 1;
        self.space()?;
        if self.take(")") {
            return Ok(Kind::Struct(name, Vec::new()));
        }
        if self.field_follows()? {
            let fields = self.items(")", |scanner| {
                let name = scanner.name()?;
                scanner.colon()?;
                Ok(Field {
                    name,
                    value: scanner.value()?,
                })
            })?;
            return Ok(Kind::Struct(name, fields));
        }
        Ok(Kind::Tuple(name, self.items(")", Self::value)?))
    }

    /// Whether a name and a colon stand here.
    fn field_follows(&mut self) -> Scanned<bool> {
        let start = self.at;
        let literal = ["\"", "'", "b\"", "b'", "br#", "br\"", "r\"", "r#\"", "r##"];
        let literal = literal.iter().any(|prefix| self.rest().starts_with(prefix));
        let found = !literal && self.name().is_ok() && {
            self.space()?;
            self.rest().starts_with(':')
        };
        self.at = start;
        Ok(found)
    }

    fn list(&mut self) -> Scanned<Kind> {
        self.at += 1;
        Ok(Kind::List(self.items("]", Self::value)?))
    }

    fn map(&mut self) -> Scanned<Kind> {
        self.at += 1;
        let entries = self.items("}", |scanner| {
            let key = scanner.value()?;
            scanner.colon()?;
            Ok((key, scanner.value()?))
        })?;
        Ok(Kind::Map(entries))
    }

    fn colon(&mut self) -> Scanned<()> {
        self.space()?;
        if self.take(":") {
            self.space()
        } else {
            Err(self.unexpected())
        }
    }

    /// Items between commas up to and including `close`.
    fn items<T>(
        &mut self,
        close: &str,
        mut item: impl FnMut(&mut Self) -> Scanned<T>,
    ) -> Scanned<Vec<T>> {
        let mut items = Vec::new();
        loop {
            self.space()?;
            if self.take(close) {
                return Ok(items);
            }
            items.push(item(self)?);
            self.space()?;
            if !self.take(",") && !self.rest().starts_with(close) {
                return Err(self.unexpected());
            }
        }
    }
}

fn fault(span: Range<usize>, message: &str) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(code::SYNTAX, message).at(span))
}

/// RON's white space.
pub(super) fn is_space(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t'..='\r' | '\u{85}' | '\u{200E}' | '\u{200F}' | '\u{2028}' | '\u{2029}'
    )
}

/// What no word and no number contains.
fn ends_word(c: char) -> bool {
    is_space(c)
        || matches!(
            c,
            '(' | ')' | '[' | ']' | '{' | '}' | ',' | ':' | '/' | '"' | '\''
        )
}
