//! What is wrong with the user's input, said at the place where it was written.
//!
//! A [`Diagnostic`] names one problem, its place, and the remedy. [`Diagnostics`] collects them
//! over one or more [`Source`]s and renders all of them for people ([`Diagnostics::human`]) or for
//! programs ([`Diagnostics::json`]).

pub mod code;
mod human;
mod json;
mod source;

use std::ops::Range;

pub use source::{Part, Place, Source};

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The input means something, but probably not what the user wants.
    Warning,
    /// The input cannot be used.
    Error,
}

impl Severity {
    /// The word shown to the user: `error` or `warning`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Where the text that a diagnostic points into comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The source with this index in [`Diagnostics`]. Spans count bytes of its effective text, and
    /// are traced back to the file or to the flag that replaced a part of it when shown.
    File(usize),
    /// A flag, such as `--set`, and its value. Spans count bytes of the value.
    Flag {
        /// The flag, with its dashes.
        name: String,
        /// What the user wrote after it.
        text: String,
    },
}

/// A second place that explains the first one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Bytes of the same text as the diagnostic's own span.
    pub span: Range<usize>,
    /// What is there.
    pub text: String,
}

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// One of the codes in [`code`].
    pub code: &'static str,
    /// Whether the input can be used nevertheless.
    pub severity: Severity,
    /// What is wrong, in one line.
    pub message: String,
    /// Whose text the spans point into.
    pub origin: Origin,
    /// The bytes at fault; `None` if no place can be named.
    pub span: Option<Range<usize>>,
    /// A few words under the place.
    pub label: Option<String>,
    /// Further places.
    pub secondary: Vec<Label>,
    /// What to do, one line each.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// An error without a place, in the first source.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            origin: Origin::File(0),
            span: None,
            label: None,
            secondary: Vec::new(),
            help: Vec::new(),
        }
    }

    /// A warning without a place, in the first source.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, message)
        }
    }

    /// Points at the bytes `span`.
    #[must_use]
    pub fn at(mut self, span: Range<usize>) -> Self {
        self.span = Some(span);
        self
    }

    /// Puts a few words under the place.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.label = Some(text.into());
        self
    }

    /// Adds a second place.
    #[must_use]
    pub fn also(mut self, span: Range<usize>, text: impl Into<String>) -> Self {
        self.secondary.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// Adds a line that says what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// Adds "did you mean" if one of `candidates` is near `word`.
    #[must_use]
    pub fn did_you_mean<'c>(
        self,
        word: &str,
        candidates: impl IntoIterator<Item = &'c str>,
    ) -> Self {
        match nearest(word, candidates) {
            Some(near) => self.help(format!("did you mean `{near}`?")),
            None => self,
        }
    }

    /// Moves the diagnostic to another text.
    #[must_use]
    pub fn in_origin(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }
}

/// All problems of one command, over the texts they point into.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    sources: Vec<Source>,
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Errors shown in full; of the rest only the number is said.
    pub const SHOWN: usize = 50;

    /// No problems yet, and no text.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text. The result is its index, for [`Origin::File`].
    pub fn add_source(&mut self, source: Source) -> usize {
        self.sources.push(source);
        self.sources.len() - 1
    }

    /// Adds one problem, about the source that it names.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }

    /// Adds problems that were found in source 0 of their own, as problems of `source`.
    pub fn extend(&mut self, source: usize, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        self.list
            .extend(diagnostics.into_iter().map(|mut diagnostic| {
                if let Origin::File(index) = &mut diagnostic.origin {
                    *index = source;
                }
                diagnostic
            }));
    }

    /// The problems in the order they were added.
    pub fn list(&self) -> &[Diagnostic] {
        &self.list
    }

    /// The text with this index.
    pub fn source(&self, index: usize) -> Option<&Source> {
        self.sources.get(index)
    }

    /// Whether one of the problems is an error.
    pub fn has_errors(&self) -> bool {
        self.list
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Whether there is no problem at all.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The problems as people read them: the place with its line, labels and help. At most
    /// [`Self::SHOWN`]; the last line says how many more there are.
    pub fn human(&self, colour: bool) -> String {
        human::render(self, colour)
    }

    /// The problems for programs: one JSON object per line, with the keys `code`, `severity`,
    /// `message`, `origin` (`file` or the flag), `file`, `line`, `column`, `end_line`, `end_column`
    /// (characters, from 1; the end is the first character after the place), `start`, `end`
    /// (bytes), `text` (the first 200 characters of what stands there), `label`,
    /// `related` and `help`. All of them, uncapped.
    pub fn json(&self) -> String {
        json::render(self)
    }

    /// The text that `span` of `origin` is in, with the span in it, as the user wrote it.
    fn place(&self, origin: &Origin, span: Option<Range<usize>>) -> Option<Place<'_>> {
        match origin {
            Origin::File(index) => Some(self.sources.get(*index)?.place(span)),
            Origin::Flag { .. } => None,
        }
    }
}

/// The candidate nearest to `word`, without regard to case, if it is near enough to be meant.
///
/// Similarity is Jaro-Winkler (Winkler, *String Comparator Metrics*, 1990) of at least 0.8, or one
/// edit (Damerau-Levenshtein) for short words. Among equals the first wins.
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let folded = word.to_lowercase();
    let mut best: Option<(f64, &str)> = None;
    for candidate in candidates {
        let other = candidate.to_lowercase();
        let mut score = strsim::jaro_winkler(&folded, &other);
        let edits = strsim::damerau_levenshtein(&folded, &other);
        if edits <= 1 && folded.chars().count() > 1 {
            score = score.max(0.9 + 0.1 * score);
        }
        if score >= 0.8 && best.is_none_or(|(found, _)| score > found) {
            best = Some((score, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found_without_regard_to_case() {
        let names = ["cores", "threads", "mtbf", "service"];
        assert_eq!(nearest("coers", names), Some("cores"));
        assert_eq!(nearest("MTBF", names), Some("mtbf"));
        assert_eq!(nearest("thread", names), Some("threads"));
        assert_eq!(nearest("zone", names), None);
        assert_eq!(nearest("db", ["was", "lb", "db1"]), Some("db1"));
    }

    #[test]
    fn problems_of_a_second_file_keep_pointing_at_it() {
        let mut all = Diagnostics::new();
        all.add_source(Source::new("a.ron", "a"));
        let second = all.add_source(Source::new("b.ron", "b"));
        all.extend(second, [Diagnostic::error(code::SYNTAX, "wrong").at(0..1)]);
        assert_eq!(all.list()[0].origin, Origin::File(1));
        assert!(all.has_errors());
    }
}
