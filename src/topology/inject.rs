//! Faults from the command line: `--inject 'was/2 crash @3m for 60s'`.
//!
//! The phrase becomes an item of `faults` in the text, so that a bad name or time gets the ordinary
//! error, in the flag.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, Origin, Part, Source, code};
use crate::syntax::path::Sections;
use crate::syntax::splice;

/// How a phrase is written.
const FORM: &str =
    "write it like 'was/2 crash @3m for 60s', 'db slow x4 @9m', 'h1 pause @60s for 10s'";

/// Adds the faults of the phrases of a flag to a text.
///
/// # Errors
/// A phrase that is none, shown in the flag; or the first syntax error of the source itself.
pub fn inject_all<S: AsRef<str>>(
    source: &Source,
    (flag, phrases): (&str, &[S]),
    sections: &Sections,
) -> Result<Source, Box<Diagnostic>> {
    phrases.iter().try_fold(source.clone(), |source, phrase| {
        let phrase = phrase.as_ref();
        let parts = item(phrase).map_err(|error| {
            let origin = Origin::Flag {
                name: flag.to_owned(),
                text: phrase.to_owned(),
            };
            Box::new(error.help(FORM).in_origin(origin))
        })?;
        splice::append(&source, (flag, phrase), "faults", &parts, sections)
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
    let Some(mut target) = words.next() else {
        return wrong("a fault is missing".to_owned(), end);
    };
    let mut kind = words.next();
    if let Some(arrow) = kind.take_if(|word| &phrase[word.clone()] == "->") {
        target.end = words.next().map_or(arrow.end, |right| right.end);
        kind = words.next();
    }
    let Some(kind) = kind else {
        return wrong(format!("expected {KINDS}"), end);
    };
    let word = &phrase[kind.clone()];
    let Some(form) = FORMS.iter().find(|form| form.word == word) else {
        return wrong(format!("expected {KINDS}, found `{word}`"), kind);
    };
    let mut parts = vec![Part::Glue(form.start)];
    if let Some(operand) = &form.operand {
        let found = words.next().unwrap_or_else(|| end.clone());
        let text = &phrase[found.clone()];
        let bare = text.strip_prefix(operand.prefix);
        let Some(bare) = bare.filter(|bare| (operand.is_one)(bare)) else {
            return wrong(format!("expected {}", operand.expected), found);
        };
        let taken = found.end - bare.len()..found.end;
        parts.extend([Part::Taken(taken), Part::Glue(operand.then)]);
    }
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

/// How a word becomes an item.
struct Form {
    word: &'static str,
    /// Up to the operand, or the target.
    start: &'static str,
    operand: Option<Operand>,
}

/// What follows a word.
struct Operand {
    prefix: &'static str,
    is_one: fn(&str) -> bool,
    expected: &'static str,
    /// From the operand up to the target.
    then: &'static str,
}

/// All words, for messages.
const KINDS: &str = concat!(
    "crash, slow, pause, blackhole, partition, latency, loss, errors, reset, ",
    "bandwidth, flush, dnserror, slowdisk, fulldisk, restart, expire, leak or overload"
);

const SHARE: Operand = Operand {
    prefix: "",
    is_one: is_number,
    expected: "which share, like 0.1",
    then: ", target: \"",
};

const FORMS: [Form; 18] = [
    plain("crash", "Crash(target: \""),
    plain("pause", "Pause(target: \""),
    plain("blackhole", "BlackHole(target: \""),
    plain("dnserror", "DnsError(target: \""),
    plain("fulldisk", "FullDisk(target: \""),
    plain("restart", "Restart(target: \""),
    plain("expire", "Expire(target: \""),
    with(
        "leak",
        "Leak(per_request: \"",
        Operand {
            is_one: is_word,
            expected: "what each request leaves behind, like 1MiB",
            then: "\", target: \"",
            ..SHARE
        },
    ),
    with(
        "overload",
        "Overload(factor: ",
        Operand {
            prefix: "x",
            expected: "how many times as much, like x3",
            ..SHARE
        },
    ),
    with("flush", "Flush(share: ", SHARE),
    with(
        "slowdisk",
        "SlowDisk(factor: ",
        Operand {
            prefix: "x",
            expected: "how many times slower, like x4",
            ..SHARE
        },
    ),
    with(
        "bandwidth",
        "Bandwidth(to: \"",
        Operand {
            is_one: is_word,
            expected: "what is left, like 10Mbps",
            then: "\", target: \"",
            ..SHARE
        },
    ),
    with("loss", "Loss(share: ", SHARE),
    with("errors", "Errors(share: ", SHARE),
    with("reset", "Reset(share: ", SHARE),
    with(
        "slow",
        "Slow(factor: ",
        Operand {
            prefix: "x",
            expected: "how many times slower, like x4",
            ..SHARE
        },
    ),
    with(
        "latency",
        "Latency(add: \"",
        Operand {
            is_one: is_word,
            expected: "how much longer, like 100ms",
            then: "\", target: \"",
            ..SHARE
        },
    ),
    with(
        "partition",
        "Partition(to: \"",
        Operand {
            is_one: is_word,
            expected: "from whom, like db",
            then: "\", from: \"",
            ..SHARE
        },
    ),
];

const fn plain(word: &'static str, start: &'static str) -> Form {
    Form {
        word,
        start,
        operand: None,
    }
}

const fn with(word: &'static str, start: &'static str, operand: Operand) -> Form {
    Form {
        word,
        start,
        operand: Some(operand),
    }
}

fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok()
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && !text.starts_with('@')
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
        let made = inject_all(&source, ("--inject", phrases), &crate::topology::SECTIONS)
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
        for (phrase, item) in [
            ("was blackhole @1s", "BlackHole(target: \"was\""),
            ("a -> b loss 0.1 @1s", "Loss(share: 0.1, target: \"a -> b\""),
            ("was errors 1 @1s", "Errors(share: 1, target: \"was\""),
            ("was reset 0.5 @1s", "Reset(share: 0.5, target: \"was\""),
            (
                "was latency 5ms @1s",
                "Latency(add: \"5ms\", target: \"was\"",
            ),
            ("was flush 1 @1s", "Flush(share: 1, target: \"was\""),
            ("was slowdisk x9 @1s", "SlowDisk(factor: 9, target: \"was\""),
            ("was fulldisk @1s", "FullDisk(target: \"was\""),
            ("was dnserror @1s", "DnsError(target: \"was\""),
            (
                "was leak 1MiB @1s",
                "Leak(per_request: \"1MiB\", target: \"was\"",
            ),
            ("was/2 restart @1s", "Restart(target: \"was/2\""),
            ("a -> b expire @1s", "Expire(target: \"a -> b\""),
            (
                "users overload x3 @1s",
                "Overload(factor: 3, target: \"users\"",
            ),
            (
                "h bandwidth 1Mbps @1s",
                "Bandwidth(to: \"1Mbps\", target: \"h\"",
            ),
            (
                "was partition db @1s",
                "Partition(to: \"db\", from: \"was\"",
            ),
        ] {
            let text = injected("(faults: [])", &[phrase]).unwrap();
            assert_eq!(text, format!("(faults: [{item}, at: \"1s\")])"));
        }
        let text = injected("(faults: [])", &["h1 pause @60s"]).unwrap();
        assert_eq!(text, "(faults: [Pause(target: \"h1\", at: \"60s\")])");
    }

    #[test]
    fn what_is_no_phrase_is_refused() {
        for (phrase, message) in [
            ("", "a fault is missing"),
            (
                "was",
                "expected crash, slow, pause, blackhole, partition, latency, loss, errors, reset, \
                 bandwidth, flush, dnserror, slowdisk, fulldisk, restart, expire, leak or overload",
            ),
            (
                "was explode @3m",
                "expected crash, slow, pause, blackhole, partition, latency, loss, errors, reset, \
                 bandwidth, flush, dnserror, slowdisk, fulldisk, restart, expire, leak or \
                 overload, found `explode`",
            ),
            ("was loss @3m", "expected which share, like 0.1"),
            ("was latency @3m", "expected how much longer, like 100ms"),
            ("was partition", "expected from whom, like db"),
            ("a -> b crash 3m", "expected when it begins, like @3m"),
            ("was slow @3m", "expected how many times slower, like x4"),
            (
                "was leak @3m",
                "expected what each request leaves behind, like 1MiB",
            ),
            (
                "users overload @3m",
                "expected how many times as much, like x3",
            ),
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
