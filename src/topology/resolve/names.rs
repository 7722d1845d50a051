//! Who is declared, and which names are allowed (S10).

use std::collections::BTreeMap;
use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::quantity::short;
use crate::schema::At;
use crate::schema::code;
use crate::syntax::tree::Tree;
use crate::topology::file::FIELDS;

/// The names of one section, in the order of the file, each with the place of its key.
///
/// They are taken from the tree, so that a part with an error inside still counts as declared.
#[derive(Debug, Default)]
pub(super) struct Section {
    names: Vec<At<String>>,
    places: BTreeMap<String, usize>,
}

impl Section {
    fn new(tree: &Tree, section: &str) -> Self {
        let mut all = Self::default();
        for (value, span, _) in tree.entries(section) {
            if !all.places.contains_key(&value) {
                all.places.insert(value.clone(), all.names.len());
                all.names.push(At { value, span });
            }
        }
        all
    }

    /// Its place in the order of the file.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    /// The name at `place`.
    pub fn name(&self, place: usize) -> &At<String> {
        &self.names[place]
    }

    /// All names.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|name| name.value.as_str())
    }

    /// Number of names.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// The place of the name that `at` refers to.
    ///
    /// # Errors
    /// A name that is not declared, with the nearest one.
    pub fn find(&self, at: &At<String>, what: &str) -> Result<usize, Box<Diagnostic>> {
        self.place(&at.value)
            .ok_or_else(|| Box::new(unknown(&at.value, at.span.clone(), what, self.iter())))
    }
}

/// A name that stands for nothing, with the nearest one that does.
pub(super) fn unknown<'n>(
    name: &str,
    span: Range<usize>,
    what: &str,
    known: impl Iterator<Item = &'n str>,
) -> Diagnostic {
    let known: Vec<&str> = known.collect();
    let error = Diagnostic::error(
        code::UNKNOWN_NAME,
        format!("there is no {what} `{}`", short(name)),
    );
    let error = error.at(span).did_you_mean(name, known.iter().copied());
    match known.len() {
        _ if !error.help.is_empty() => error,
        0 => error.help("none is described in this file: add it"),
        more if more > LISTED => error.help(format!(
            "add it, or name one of {}, and {} more",
            known[..LISTED].join(", "),
            more - LISTED
        )),
        _ => error.help(format!("add it, or name one of {}", known.join(", "))),
    }
}

/// Most names that a remedy lists.
const LISTED: usize = 10;

/// The names of all sections.
#[derive(Debug)]
pub(super) struct Names {
    pub components: Section,
    pub infrastructure: Section,
    pub machines: Section,
    pub journeys: Section,
    pub workloads: Section,
    pub classes: Section,
    pub alarms: Section,
    pub groups: Section,
}

/// Most entries of a section.
const ENTRIES_MAX: usize = 100_000;

impl Names {
    pub fn new(tree: &Tree, problems: &mut Vec<Diagnostic>) -> Self {
        let section = |name| Section::new(tree, name);
        let names = Self {
            components: section("components"),
            infrastructure: section("infrastructure"),
            machines: section("machines"),
            journeys: section("journeys"),
            workloads: section("workload"),
            classes: section("classes"),
            alarms: section("alarms"),
            groups: section("groups"),
        };
        names.check(problems);
        names
    }

    fn check(&self, problems: &mut Vec<Diagnostic>) {
        let dotted = &self.machines;
        for section in [
            &self.components,
            &self.infrastructure,
            &self.workloads,
            &self.journeys,
            &self.classes,
            &self.alarms,
            &self.groups,
        ] {
            problems.extend(
                section
                    .names
                    .iter()
                    .filter_map(|name| check_name(name, false)),
            );
        }
        problems.extend(
            dotted
                .names
                .iter()
                .filter_map(|name| check_name(name, true)),
        );
        for section in [
            &self.components,
            &self.infrastructure,
            &self.workloads,
            &self.journeys,
            &self.classes,
            &self.machines,
        ] {
            if let Some(name) = section.names.get(ENTRIES_MAX) {
                let message = format!("{} entries: at most {ENTRIES_MAX}", section.len());
                problems.push(
                    Diagnostic::error(code::TOO_MANY, message)
                        .at(name.span.clone())
                        .help("write `replicas` for parts that are equal"),
                );
            }
        }
        self.check_twice(problems);
    }

    /// Names that two parts bear.
    fn check_twice(&self, problems: &mut Vec<Diagnostic>) {
        let pairs = [
            (&self.components, &self.infrastructure, "a component"),
            (&self.components, &self.workloads, "a component"),
            (&self.components, &self.groups, "a component"),
            (
                &self.infrastructure,
                &self.workloads,
                "a host, rack, zone, feed or switch",
            ),
            (
                &self.infrastructure,
                &self.groups,
                "a host, rack, zone, feed or switch",
            ),
        ];
        for (first, second, what) in pairs {
            for name in &second.names {
                let Some(place) = first.place(&name.value) else {
                    continue;
                };
                problems.push(
                    Diagnostic::error(
                        code::BAD_NAME,
                        format!("`{}` is also the name of {what}", name.value),
                    )
                    .at(name.span.clone())
                    .also(first.name(place).span.clone(), "this one")
                    .help("rename one of the two"),
                );
            }
        }
    }
}

/// What is wrong with a name: letters, digits, `_` and `-`, a letter first (S10). Names of
/// machines may hold dots, as no path leads through them.
pub(super) fn check_name(name: &At<String>, dots: bool) -> Option<Diagnostic> {
    let text = &name.value;
    let bad = |c: char| !(c.is_alphanumeric() || c == '_' || c == '-' || dots && c == '.');
    let problem = if FIELDS.contains(&text.as_str()) {
        format!("`{text}` is the name of a top-level field")
    } else if !text.starts_with(char::is_alphabetic) {
        format!("the name `{}` does not start with a letter", short(text))
    } else if let Some(c) = text.chars().find(|c| bad(*c)) {
        format!("the name `{}` holds `{}`", short(text), c.escape_default())
    } else {
        return None;
    };
    Some(
        Diagnostic::error(code::BAD_NAME, problem)
            .at(name.span.clone())
            .help("names are letters, digits, `_` and `-`, and start with a letter"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(name: &str, dots: bool) -> Option<String> {
        check_name(
            &At {
                value: name.into(),
                span: 0..1,
            },
            dots,
        )
        .map(|error| error.message)
    }

    #[test]
    fn names_are_letters_digits_underscore_and_hyphen() {
        for good in ["was", "was-1", "a_b", "서버", "Ünit2"] {
            assert_eq!(refused(good, false), None);
        }
        assert_eq!(refused("m.large", true), None);
        for (bad, message) in [
            ("m.large", "the name `m.large` holds `.`"),
            ("a/b", "the name `a/b` holds `/`"),
            ("1a", "the name `1a` does not start with a letter"),
            ("", "the name `` does not start with a letter"),
            ("run", "`run` is the name of a top-level field"),
            ("a\n", "the name `a\n` holds `\\n`"),
        ] {
            assert_eq!(refused(bad, false).as_deref(), Some(message));
        }
    }

    #[test]
    fn more_entries_than_the_limit_are_refused_with_a_remedy() {
        let entries = |count: usize| -> String {
            let parts: Vec<String> = (0..count).map(|n| format!("\"c{n}\":1")).collect();
            format!("(components: {{{}}})", parts.join(","))
        };
        for (count, refused) in [(ENTRIES_MAX, 0), (ENTRIES_MAX + 1, 1)] {
            let mut problems = Vec::new();
            Names::new(&Tree::parse(entries(count)).unwrap(), &mut problems);
            assert_eq!(problems.len(), refused);
            for problem in problems {
                assert_eq!(problem.message, "100001 entries: at most 100000");
                assert!(problem.span.is_some() && problem.help.len() == 1);
            }
        }
    }

    #[test]
    fn one_name_does_not_stand_for_two_parts() {
        let text =
            r#"(components: {"a": 1, "b": 1}, infrastructure: {"a": 1}, workload: {"b": 1})"#;
        let mut problems = Vec::new();
        Names::new(&Tree::parse(text).unwrap(), &mut problems);
        let messages: Vec<_> = problems.iter().map(|problem| &*problem.message).collect();
        assert_eq!(
            messages,
            [
                "`a` is also the name of a component",
                "`b` is also the name of a component"
            ]
        );
    }
}
