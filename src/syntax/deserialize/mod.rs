//! serde over the tree: all faults in one go, each at its own place.
//!
//! A value that fails is reported once, at the innermost place, and marked; the next pass reads the
//! tree as if marked values were not written. Passes repeat until none finds anything new. What a
//! lost value makes impossible further out (its field is now missing, its component cannot be
//! built) is marked too, without a report.

mod access;
mod deserializer;
mod fault;

use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error, SeqAccess, Visitor};

use super::tree::Tree;
use crate::diagnostic::{Diagnostic, code};
use deserializer::De;
use fault::Sink;

/// The name to pass to `deserialize_struct`, with the shared fields, for a value that is read
/// twice: the visitor's `visit_seq` gets the struct of the shared fields, then the rest.
pub const SHARED: &str = "\u{1}shared";
/// The name under which [`At`] asks for its place.
const AT: &str = "\u{1}at";

/// Tells what to say of a field or word that is known but not built yet, such as
/// `Some("leave it out")`; `None` for all other words.
pub type Later = fn(&str) -> Option<&'static str>;

/// No word is known but not built.
pub fn nothing_later(_: &str) -> Option<&'static str> {
    None
}

/// What became of a tree.
#[derive(Debug)]
pub struct Loaded<T> {
    /// The value, with everything at fault treated as not written; `None` if it could not be built
    /// without that.
    pub value: Option<T>,
    /// The problems in the order of the text. Empty means that `value` is all of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Faults after which no further pass is made.
const MAX_FAULTS: usize = 200;
/// Nodes to visit in all passes together, so that many faults in a very large text take seconds.
const MAX_VISITS: usize = 20_000_000;

/// Reads a `T` from `tree`, reporting every fault.
pub fn load<T: DeserializeOwned>(tree: &Tree, later: Later) -> Loaded<T> {
    let sink = Sink::new(tree, later);
    for (node, diagnostic) in tree.faults() {
        sink.mark(node, Some(diagnostic));
    }
    let (mut passes, mut stopped) = (0, false);
    let value = loop {
        let before = sink.marks();
        if sink.is_marked(tree.root()) {
            break None;
        }
        stopped = sink.reports() >= MAX_FAULTS || passes * tree.size() > MAX_VISITS;
        if stopped {
            break None;
        }
        passes += 1;
        match T::deserialize(De::new(&sink, tree.root())) {
            Ok(value) => break Some(value),
            Err(_) if sink.marks() == before => break None,
            Err(_) => {}
        }
    };
    let mut diagnostics = sink.into_diagnostics();
    diagnostics.sort_by_key(|diagnostic| diagnostic.span.as_ref().map(|span| span.start));
    if stopped {
        let message = format!("reading stopped after {} faults", diagnostics.len());
        let warning = Diagnostic::warning(code::STOPPED, message);
        diagnostics.push(warning.help("there may be more once these are mended"));
    }
    Loaded { value, diagnostics }
}

/// A value and the bytes where it is written. Two are equal if their values are.
#[derive(Clone, Debug)]
pub struct At<T> {
    /// What is written.
    pub value: T,
    /// Bytes of the effective text; all of a value, brackets and quotes included.
    pub span: Range<usize>,
}

impl<T: PartialEq> PartialEq for At<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for At<T> {}

impl<T: PartialOrd> PartialOrd for At<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

impl<T: Ord> Ord for At<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.value.cmp(&other.value)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for At<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Placed<T>(std::marker::PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Placed<T> {
            type Value = At<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value in a topology")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<At<T>, A::Error> {
                let mut byte = || parts.next_element::<usize>();
                let (Some(start), Some(end)) = (byte()?, byte()?) else {
                    return Err(A::Error::custom("places are known in a topology only"));
                };
                match parts.next_element()? {
                    Some(value) => Ok(At {
                        value,
                        span: start..end,
                    }),
                    None => Err(A::Error::custom("places are known in a topology only")),
                }
            }
        }

        from.deserialize_struct(AT, &[], Placed(std::marker::PhantomData))
    }
}

/// A message about the bytes `range` of a string's content, for `E::custom`. Where the string has
/// escapes the whole string is pointed at.
pub fn inside(range: &Range<usize>, message: impl fmt::Display) -> String {
    format!("\u{1}{}..{}\u{1}{message}", range.start, range.end)
}

#[cfg(test)]
mod tests;
