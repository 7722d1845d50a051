//! What `ron` says against a text, in words and at a place that help.

use std::ops::Range;

use ron::error::{Error, Position, SpannedError};
use serde::de::IgnoredAny;

use super::scan::{Scanner, is_space};
use crate::diagnostic::{Diagnostic, code};
use crate::quantity::short;

/// Accepts what `ron` accepts, under its own recursion limit.
pub(super) fn judge(text: &str) -> Result<(), Box<Diagnostic>> {
    match ron::from_str::<IgnoredAny>(text) {
        Ok(IgnoredAny) => Ok(()),
        Err(error) => Err(Box::new(explain(text, &error))),
    }
}

fn explain(text: &str, error: &SpannedError) -> Diagnostic {
    let at = byte(text, error.span.end);
    let open = Open::before(text, at);
    if let Some(start) = open.comment {
        let message = "this comment is never closed";
        return Diagnostic::error(code::SYNTAX, message)
            .at(start..start + 2)
            .help("close it: `*/`");
    }
    if let Some(start) = open.string {
        let message = "this string is never closed";
        let end = line_end(text, start);
        return Diagnostic::error(code::SYNTAX, message)
            .at(start..end)
            .help("a closing quote is missing here, or in a string before");
    }
    let span = widen(text, at);
    let found = match &text[span.clone()] {
        "" => "the end of the text".to_owned(),
        token => format!("`{}`", short(token)),
    };
    let (code, mut message) = message(&error.code, &open, &found);
    if let (")" | "]" | "}", Some(close)) = (&text[span.clone()], open.closing)
        && !text[span.clone()].starts_with(close)
    {
        message = format!("expected `{close}`, found {found}");
    }
    let mut diagnostic = Diagnostic::error(code, message).at(visible(text, span.clone()));
    if let Some(bracket) = open.brackets.last() {
        diagnostic = diagnostic.also(*bracket..bracket + 1, "this bracket is still open");
    }
    if let Some(string) = open.long_string {
        diagnostic = diagnostic
            .also(
                string..line_end(text, string),
                "this string runs over a line end",
            )
            .help("is its closing quote missing?");
    }
    if open.long_string.is_none() && odd_quotes(text, at) {
        diagnostic = diagnostic.help("is a closing quote missing in this line?");
    }
    if text[span.clone()].starts_with('=') {
        diagnostic = diagnostic.help("a field is written `name: value`");
    }
    if span.is_empty() && open.brackets.is_empty() {
        diagnostic = diagnostic.help("a topology is written `( name: \"...\", ... )`");
    }
    diagnostic
}

/// The words for one of ron's errors.
fn message(error: &Error, open: &Open, found: &str) -> (&'static str, String) {
    let close = match open.closing {
        Some(close) => format!(" or `{close}`"),
        None => String::new(),
    };
    let message = match error {
        Error::ExceededRecursionLimit => {
            return (code::TOO_DEEP, "brackets are nested too deeply".to_owned());
        }
        Error::Eof | Error::ExpectedStringEnd | Error::UnexpectedChar(_) => {
            format!("unexpected {found}")
        }
        Error::ExpectedComma
        | Error::ExpectedArrayEnd
        | Error::ExpectedMapEnd
        | Error::ExpectedStructLikeEnd
        | Error::ExpectedOptionEnd => format!("expected a comma{close}, found {found}"),
        Error::ExpectedMapColon => format!("expected `:`, found {found}"),
        Error::ExpectedIdentifier | Error::SuggestRawIdentifier(_) => {
            format!("expected a field's name, found {found}")
        }
        Error::ExpectedFloat | Error::ExpectedInteger => format!("{found} is not a number"),
        Error::TrailingCharacters => format!("the text should end before {found}"),
        other => {
            let text = other.to_string();
            let mut letters = text.chars();
            letters
                .next()
                .map(|c| c.to_lowercase().collect::<String>())
                .unwrap_or_default()
                + letters.as_str()
        }
    };
    (code::SYNTAX, message)
}

/// The byte at a position of `ron`, which counts characters from 1.
fn byte(text: &str, position: Position) -> usize {
    let lines = text.split_inclusive('\n').take(position.line - 1);
    let start = lines.map(str::len).sum::<usize>();
    let after = text[start..].char_indices().nth(position.col - 1);
    after.map_or(text.len(), |(at, _)| start + at)
}

/// The word or number around `at`, or the one character there.
fn widen(text: &str, at: usize) -> Range<usize> {
    let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '+');
    let before = text[..at]
        .chars()
        .rev()
        .take_while(|c| word(*c))
        .map(char::len_utf8)
        .sum::<usize>();
    let after = text[at..]
        .chars()
        .take_while(|c| word(*c))
        .map(char::len_utf8)
        .sum::<usize>();
    if after > 0 {
        return at - before..at + after;
    }
    at..at + text[at..].chars().next().map_or(0, char::len_utf8)
}

/// The end of the text has nothing to point at: its last visible character is shown instead.
fn visible(text: &str, span: Range<usize>) -> Range<usize> {
    if !span.is_empty() {
        return span;
    }
    let end = text.trim_end_matches(is_space).len();
    let start = text[..end]
        .char_indices()
        .next_back()
        .map_or(end, |(at, _)| at);
    start..end
}

/// The end of the line that byte `at` is in.
fn line_end(text: &str, at: usize) -> usize {
    let line = text[at..].lines().next().unwrap_or_default();
    at + line.len()
}

/// Whether the line that byte `at` is in has a quote without a partner.
fn odd_quotes(text: &str, at: usize) -> bool {
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let line = &text[start..line_end(text, start)];
    (line.matches('"').count() - line.matches("\\\"").count()) % 2 == 1
}

/// What is open at some place of a broken text.
#[derive(Default)]
struct Open {
    /// Opening brackets without their closing ones, outermost first.
    brackets: Vec<usize>,
    /// What closes the last of them.
    closing: Option<char>,
    /// The last string that runs over a line end.
    long_string: Option<usize>,
    /// A string without an end.
    string: Option<usize>,
    /// A comment without an end.
    comment: Option<usize>,
}

impl Open {
    fn before(text: &str, end: usize) -> Self {
        let mut open = Self::default();
        let mut scanner = Scanner::new(text, 0);
        while scanner.at < text.len() {
            if let Err(error) = scanner.space() {
                open.comment = error.span.map(|span| span.start);
                break;
            }
            let start = scanner.at;
            if start >= end {
                break;
            }
            match scanner.text_literal() {
                Err(_) => {
                    open.string = Some(start);
                    break;
                }
                Ok(true) if text[start..scanner.at].contains('\n') => {
                    open.long_string = Some(start);
                }
                Ok(true) => {}
                Ok(false) => open.step(&mut scanner),
            }
        }
        let last = open
            .brackets
            .last()
            .and_then(|at| text[*at..].chars().next());
        open.closing = last.map(|bracket| match bracket {
            '(' => ')',
            '[' => ']',
            _ => '}',
        });
        open
    }

    /// Passes a bracket, a character, a word, or whatever stands there.
    fn step(&mut self, scanner: &mut Scanner<'_>) {
        let start = scanner.at;
        let Some(next) = scanner.rest().chars().next() else {
            return;
        };
        let character = scanner
            .rest()
            .chars()
            .take(4)
            .filter(|c| *c == '\'')
            .count()
            > 1;
        if next == '\'' && character && scanner.other_literal().is_ok() {
            return;
        }
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let word = scanner
            .rest()
            .find(|c| !word(c))
            .unwrap_or(scanner.rest().len());
        scanner.at = start + word.max(next.len_utf8());
        match next {
            '(' | '[' | '{' => self.brackets.push(start),
            ')' | ']' | '}' => drop(self.brackets.pop()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Message, text at the place, and text at the further places.
    fn fault(text: &str) -> (String, String, Vec<String>) {
        let error = judge(text).unwrap_err();
        let others = error
            .secondary
            .iter()
            .map(|label| text[label.span.clone()].to_owned());
        (
            error.message,
            text[error.span.unwrap()].to_owned(),
            others.collect(),
        )
    }

    #[test]
    fn an_equals_sign_is_no_colon() {
        let text = "(a: AppServer(cores = 8))";
        let (message, place, others) = fault(text);
        assert_eq!(message, "expected a comma or `)`, found `=`");
        assert_eq!((&*place, &*others), ("=", &["(".to_owned()][..]));
        let error = judge(text).unwrap_err();
        assert_eq!(error.help, ["a field is written `name: value`"]);
        assert_eq!(error.secondary[0].span, 13..14);
    }

    #[test]
    fn a_missing_comma_points_at_the_next_word_and_the_open_bracket() {
        let (message, place, others) = fault("(\n  cores: 8\n  threads: 4\n)");
        assert_eq!(message, "expected a comma or `)`, found `threads`");
        assert_eq!((&*place, &*others[0]), ("threads", "("));
    }

    #[test]
    fn an_unclosed_bracket_is_shown_at_the_end_of_the_text() {
        let (message, place, others) = fault("(\n  calls: [\"db\",\n");
        assert_eq!(message, "unexpected the end of the text");
        assert_eq!((&*place, &*others), (",", &["[".to_owned()][..]));
        let (message, place, others) = fault("(a: [1, 2)");
        assert_eq!(message, "expected `]`, found `)`");
        assert_eq!((&*place, &*others[0]), (")", "["));
    }

    #[test]
    fn an_unclosed_quote_shows_the_string_that_runs_over_a_line_end() {
        let text = "(\n  name: \"shop,\n  entry: \"lb\",\n)";
        let error = judge(text).unwrap_err();
        assert_eq!(&text[error.secondary[1].span.clone()], "\"shop,");
        assert_eq!(error.secondary[1].text, "this string runs over a line end");
        assert_eq!(error.help, ["is its closing quote missing?"]);
        let (message, place, _) = fault("(name: \"shop)");
        assert_eq!(
            (&*message, &*place),
            ("this string is never closed", "\"shop)")
        );
    }

    #[test]
    fn a_quote_lost_within_a_line_is_suspected_there() {
        let error = judge("(a: [\"x, \"y\"],\n b: 2)").unwrap_err();
        assert_eq!(error.help, ["is a closing quote missing in this line?"]);
        assert_eq!(error.message, "expected a comma or `]`, found `y`");
    }

    #[test]
    fn a_wrong_closing_bracket_is_named_with_the_right_one() {
        assert_eq!(fault("{\"a\": (x: 1, }").0, "expected `)`, found `}`");
        assert_eq!(fault("{\"a\": (x: 1),\n )").0, "expected `}`, found `)`");
        assert_eq!(fault("(a: 0.9.2)").0, "`0.9.2` is not a number");
    }

    #[test]
    fn an_unclosed_comment_is_shown_where_it_opens() {
        let (message, place, _) = fault("(a: 1, /* /* b */\n)");
        assert_eq!((&*message, &*place), ("this comment is never closed", "/*"));
    }

    #[test]
    fn trailing_text_is_shown_by_its_first_word_only() {
        let (message, place, _) = fault("(a: 1)\n) b c");
        assert_eq!(
            (&*message, &*place),
            ("the text should end before `)`", ")")
        );
    }

    #[test]
    fn deep_nesting_is_refused_not_followed() {
        for bracket in ["(", "[", "{\"a\":", "(a:", "Foo(", "Some(", "Parallel(["] {
            let error = Box::new(judge(&bracket.repeat(100_000)).unwrap_err());
            assert_eq!(error.code, code::TOO_DEEP, "{bracket}");
        }
    }
}
