//! One pass's fault, and the sink that all passes share.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use serde::de::{self, Expected, Unexpected};

use super::Later;
use crate::diagnostic::{Diagnostic, code, nearest};
use crate::quantity::short;
use crate::syntax::tree::{Kind, Node, Tree};

/// Why a value could not be read.
#[derive(Debug)]
pub(super) enum Fault {
    /// In the words of the value's own type.
    Message(String),
    /// Not the shape or range that was asked for.
    Unexpected(String),
    /// Not one of these words.
    NoWord(&'static [&'static str]),
    /// A field that must be there is not.
    Missing(&'static str),
    /// A field that is none of these.
    UnknownField(String, &'static [&'static str]),
    /// A word that is none of these.
    UnknownWord(String, &'static [&'static str]),
    /// A part that it needs has failed.
    Lost,
    /// Its node is marked already.
    Marked,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Message(message.to_string())
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::Unexpected(plain(&expected.to_string()))
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::Unexpected(plain(&expected.to_string()))
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Self::Message(format!(
            "expected {}, found {length} values",
            plain(&expected.to_string())
        ))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::UnknownWord(variant.to_owned(), expected)
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::UnknownField(field.to_owned(), expected)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Missing(field)
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::Message(format!("the field `{field}` is written twice"))
    }
}

/// What serde's own types expect, in the user's words.
fn plain(expected: &str) -> String {
    let largest = match expected {
        "u8" => u64::from(u8::MAX),
        "u16" => u64::from(u16::MAX),
        "u32" => u64::from(u32::MAX),
        "u64" | "usize" => u64::MAX,
        "i8" | "i16" | "i32" | "i64" | "isize" => return "a whole number".to_owned(),
        "f32" | "f64" => return "a number".to_owned(),
        "a string" => return "text in quotes".to_owned(),
        "a sequence" => return "a list `[ ]`".to_owned(),
        "a map" => return "a map `{ }`".to_owned(),
        "a boolean" => return "`true` or `false`".to_owned(),
        other if other.starts_with("struct ") => return "`( )` with named parts".to_owned(),
        other => return other.to_owned(),
    };
    format!("a whole number from 0 to {largest}")
}

/// What all passes over one tree have found.
pub(super) struct Sink<'t> {
    pub(super) tree: &'t Tree,
    later: Later,
    marked: RefCell<BTreeSet<u32>>,
    diagnostics: RefCell<Vec<Diagnostic>>,
}

impl<'t> Sink<'t> {
    pub(super) fn new(tree: &'t Tree, later: Later) -> Self {
        let (marked, diagnostics) = (RefCell::default(), RefCell::default());
        Self {
            tree,
            later,
            marked,
            diagnostics,
        }
    }

    /// Treats a node as not written from now on.
    pub(super) fn mark(&self, node: u32, diagnostic: Option<Diagnostic>) {
        self.marked.borrow_mut().insert(node);
        self.diagnostics.borrow_mut().extend(diagnostic);
    }

    pub(super) fn marks(&self) -> usize {
        self.marked.borrow().len()
    }

    pub(super) fn reports(&self) -> usize {
        self.diagnostics.borrow().len()
    }

    pub(super) fn is_marked(&self, node: &Node) -> bool {
        self.marked.borrow().contains(&node.id)
    }

    pub(super) fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics.into_inner()
    }

    /// Takes the fault of a value, unless something further in has had it already.
    pub(super) fn take(&self, node: &Node, shared: &[&str], fault: Fault) -> Fault {
        let lost = || {
            node.children()
                .into_iter()
                .any(|child| self.is_marked(child))
        };
        match fault {
            Fault::Marked => return Fault::Marked,
            Fault::Lost => self.mark(node.id, None),
            Fault::Missing(_) | Fault::Message(_) if lost() => self.mark(node.id, None),
            fault => {
                let diagnostic = self.explain(node, shared, fault);
                self.mark(node.id, Some(diagnostic));
            }
        }
        Fault::Marked
    }

    /// Takes the fault of a field's name: the field is treated as not written.
    pub(super) fn take_key(
        &self,
        holder: &Node,
        (name, value): (&Range<usize>, &Node),
        shared: &[&str],
        fault: Fault,
    ) -> Fault {
        if !matches!(fault, Fault::Marked) {
            let diagnostic = self.explain(holder, shared, fault).at(name.clone());
            self.mark(value.id, Some(diagnostic));
        }
        Fault::Marked
    }

    fn explain(&self, node: &Node, shared: &[&str], fault: Fault) -> Diagnostic {
        let found = || self.tree.describe(node);
        match fault {
            Fault::Message(message) => self.custom(node, &message),
            Fault::Unexpected(expected) => {
                let message = format!("expected {expected}, found {}", found());
                Diagnostic::error(code::BAD_VALUE, message).at(node.span.clone())
            }
            Fault::NoWord(words) => self.no_word(node, words),
            Fault::Missing(field) => {
                let message = match node.name() {
                    Some(name) => format!("`{}` needs the field `{field}`", short(&name.text)),
                    None => format!("the field `{field}` is missing"),
                };
                Diagnostic::error(code::MISSING_FIELD, message).at(node.head())
            }
            Fault::UnknownField(field, known) => self.unknown_field(node, &field, known, shared),
            Fault::UnknownWord(word, known) => self.unknown_word(node, &word, known),
            Fault::Lost | Fault::Marked => Diagnostic::error(code::BAD_VALUE, "not usable"),
        }
    }

    /// A message of a type of ours, with its help lines and its place in a string.
    fn custom(&self, node: &Node, message: &str) -> Diagnostic {
        let (range, message) = split_inside(message);
        let mut lines = message.lines();
        let first = lines.next().unwrap_or_default();
        let slice = self.tree.slice(node);
        let plain = slice.starts_with('"') && !slice.contains('\\');
        let span = match range.filter(|_| plain) {
            Some(range) => {
                let content = node.span.start + 1..node.span.end - 1;
                let start = (content.start + range.start).min(content.end);
                start..(content.start + range.end).clamp(start, content.end)
            }
            None if matches!(node.kind, Kind::Struct(..)) => node.head(),
            None => node.span.clone(),
        };
        let error = Diagnostic::error(code::BAD_VALUE, first).at(span);
        lines.fold(error, |error, line| {
            error.help(line.strip_prefix("help: ").unwrap_or(line))
        })
    }

    fn no_word(&self, node: &Node, words: &'static [&'static str]) -> Diagnostic {
        let found = self.tree.describe(node);
        let message = format!("expected {}, found {found}", one_of(words));
        let error = Diagnostic::error(code::BAD_VALUE, message).at(node.span.clone());
        let text = self.tree.string(node).unwrap_or_default();
        match nearest(&text, words.iter().copied()) {
            Some(word) => error.help(format!("write `{word}` without quotes")),
            None => error,
        }
    }

    fn unknown_field(
        &self,
        node: &Node,
        field: &str,
        known: &'static [&'static str],
        shared: &[&str],
    ) -> Diagnostic {
        if let Some(advice) = (self.later)(field) {
            return not_built(field, advice);
        }
        let message = match node.name() {
            Some(name) => format!("`{}` has no field `{}`", short(&name.text), short(field)),
            None => format!("no field `{}` is known here", short(field)),
        };
        let all = known.iter().chain(shared).copied();
        let mut error = Diagnostic::error(code::UNKNOWN_FIELD, message).did_you_mean(field, all);
        if !known.is_empty() {
            error = error.help(format!("fields: {}", known.join(", ")));
        }
        if !shared.is_empty() {
            error = error.help(format!("shared: {}", shared.join(", ")));
        }
        error
    }

    fn unknown_word(&self, node: &Node, word: &str, known: &'static [&'static str]) -> Diagnostic {
        let span = node
            .name()
            .map_or_else(|| node.span.clone(), |name| name.span.clone());
        if let Some(advice) = (self.later)(word) {
            return not_built(word, advice).at(span);
        }
        let message = format!("`{}` is not known here", short(word));
        Diagnostic::error(code::UNKNOWN_WORD, message)
            .at(span)
            .did_you_mean(word, known.iter().copied())
            .help(format!("known: {}", known.join(", ")))
    }
}

fn not_built(word: &str, advice: &str) -> Diagnostic {
    let message = format!("`{}` is not built yet; {advice}", short(word));
    Diagnostic::error(code::NOT_BUILT, message)
}

fn one_of(words: &[&str]) -> String {
    match words {
        [word] => format!("`{word}`"),
        words => format!("one of {}", words.join(", ")),
    }
}

/// Takes off what [`super::inside`] has put on.
fn split_inside(message: &str) -> (Option<Range<usize>>, &str) {
    let split = || {
        let (range, rest) = message.strip_prefix('\u{1}')?.split_once('\u{1}')?;
        let (start, end) = range.split_once("..")?;
        Some((start.parse().ok()?..end.parse().ok()?, rest))
    };
    split().map_or((None, message), |(range, rest)| (Some(range), rest))
}
