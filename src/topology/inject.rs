//! Faults from the command line: `--inject 'was/2 crash @3m for 60s'`.
//!
//! The phrase becomes an item of `faults` in the text, so that a bad name or time gets the ordinary
//! error, in the flag.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, Origin, Part, Source, code};
use crate::syntax::path::Sections;
use crate::syntax::splice;

/// The flag.
const FLAG: &str = "--inject";
/// How a phrase is written.
const FORM: &str =
    "write it like 'was/2 crash @3m for 60s', 'db slow x4 @9m', 'h1 pause @60s for 10s'";

/// Adds the faults of these phrases to a text.
///
/// # Errors
/// A phrase that is none, shown in the flag; or the first syntax error of the source itself.
pub fn inject_all<S: AsRef<str>>(
    source: &Source,
    phrases: &[S],
    sections: &Sections,
) -> Result<Source, Box<Diagnostic>> {
    phrases.iter().try_fold(source.clone(), |source, phrase| {
        let phrase = phrase.as_ref();
        let parts = item(phrase).map_err(|error| {
            let origin = Origin::Flag {
                name: FLAG.to_owned(),
                text: phrase.to_owned(),
            };
            Box::new(error.help(FORM).in_origin(origin))
        })?;
        splice::append(&source, (FLAG, phrase), "faults", &parts, sections)
    })
}

/// The item of `faults` that a phrase stands for.
fn item(phrase: &str) -> Result<Vec<Part>, Box<Diagnostic>> {
    let wrong = |message: String, at: Range<usize>| {
        Err(Box::new(
            Diagnostic::error(code::BAD_ASSIGNMENT, message).at(at),
        ))
    };
    let mut words = words(phrase).into_iter();
    let end = phrase.len()..phrase.len();
    if let Some(at) = phrase.find(['"', '\\', ',', '(', ')']) {
        return wrong(
            "this belongs to no name, number or time".to_owned(),
            at..at + 1,
        );
    }
    let Some(target) = words.next() else {
        return wrong("a fault is missing".to_owned(), end);
    };
    let Some(kind) = words.next() else {
        return wrong("expected crash, slow or pause".to_owned(), end);
    };
    let mut parts = match &phrase[kind.clone()] {
        "crash" => vec![Part::Glue("Crash(target: \"")],
        "pause" => vec![Part::Glue("Pause(target: \"")],
        "slow" => {
            let factor = words.next().unwrap_or_else(|| end.clone());
            let is_factor = |text: &str| text.strip_prefix('x').is_some_and(is_number);
            if !is_factor(&phrase[factor.clone()]) {
                return wrong("expected how many times slower, like x4".to_owned(), factor);
            }
            let factor = Part::Taken(factor.start + 1..factor.end);
            vec![
                Part::Glue("Slow(factor: "),
                factor,
                Part::Glue(", target: \""),
            ]
        }
        word => {
            return wrong(
                format!("expected crash, slow or pause, found `{word}`"),
                kind,
            );
        }
    };
    let at = words.next().unwrap_or_else(|| end.clone());
    if !phrase[at.clone()].starts_with('@') {
        return wrong("expected when it begins, like @3m".to_owned(), at);
    }
    parts.extend([Part::Taken(target), Part::Glue("\", at: \"")]);
    parts.extend([Part::Taken(at.start + 1..at.end), Part::Glue("\"")]);
    if let Some(word) = words.next() {
        let lasts = words.next();
        let Some(lasts) = lasts.filter(|_| &phrase[word.clone()] == "for") else {
            return wrong("expected how long it lasts, like for 60s".to_owned(), word);
        };
        let lasts = Part::Taken(lasts);
        parts.extend([Part::Glue(", lasts: \""), lasts, Part::Glue("\"")]);
    }
    if let Some(rest) = words.next() {
        return wrong("nothing may follow here".to_owned(), rest);
    }
    parts.push(Part::Glue(")"));
    Ok(parts)
}

fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok()
}

/// Where the words of a text stand.
fn words(text: &str) -> Vec<Range<usize>> {
    let start = text.as_ptr() as usize;
    let place = |word: &str| word.as_ptr() as usize - start;
    let words = text.split_whitespace();
    words
        .map(|word| place(word)..place(word) + word.len())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "(\n    name: \"n\",\n    faults: [Crash(target: \"a\", at: \"1s\")],\n)";

    fn injected(file: &str, phrases: &[&str]) -> Result<String, String> {
        let source = Source::new("f.ron", file);
        let made = inject_all(&source, phrases, &crate::topology::SECTIONS)
            .map_err(|error| error.message.clone())?;
        Ok(made.text().to_string())
    }

    #[test]
    fn phrases_become_items_of_the_list() {
        let text = injected(FILE, &["was/2 crash @3m for 60s", "db slow x4 @9m"]).unwrap();
        let expected = "faults: [Crash(target: \"a\", at: \"1s\"), Crash(target: \"was/2\", \
                        at: \"3m\", lasts: \"60s\"), Slow(factor: 4, target: \"db\", at: \"9m\")]";
        assert!(text.contains(expected), "{text}");
        let text = injected("(name: \"n\")", &["h1 pause @60s for 10s"]).unwrap();
        let expected =
            "(name: \"n\", faults: [Pause(target: \"h1\", at: \"60s\", lasts: \"10s\")])";
        assert_eq!(text, expected);
        let text = injected("(faults: [])", &["h1 pause @60s"]).unwrap();
        assert_eq!(text, "(faults: [Pause(target: \"h1\", at: \"60s\")])");
    }

    #[test]
    fn what_is_no_phrase_is_refused() {
        for (phrase, message) in [
            ("", "a fault is missing"),
            ("was", "expected crash, slow or pause"),
            (
                "was explode @3m",
                "expected crash, slow or pause, found `explode`",
            ),
            ("was slow @3m", "expected how many times slower, like x4"),
            ("was slow x @3m", "expected how many times slower, like x4"),
            (
                "was slow x4,lasts: @3m",
                "this belongs to no name, number or time",
            ),
            ("was\" crash @3m", "this belongs to no name, number or time"),
            ("was crash 3m", "expected when it begins, like @3m"),
            (
                "was crash @3m until 5m",
                "expected how long it lasts, like for 60s",
            ),
            (
                "was crash @3m for",
                "expected how long it lasts, like for 60s",
            ),
            ("was crash @3m for 60s now", "nothing may follow here"),
        ] {
            assert_eq!(
                injected(FILE, &[phrase]),
                Err(message.to_owned()),
                "{phrase}"
            );
        }
    }
}
