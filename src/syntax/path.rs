//! Paths to values: `components.was.replicas`, `links."was -> db".pool`, `faults[1].factor`.
//!
//! Parts are separated by points; a name that is more than letters, digits, `_` and `-` stands in
//! quotes; `[n]` is an item of a list, from 0. If the first part is no top-level field it is looked
//! up in the components, then the infrastructure, then the workload: `was.replicas` (S10).

use std::fmt;
use std::ops::Range;

use super::scan::Scanner;
use super::tree::{Kind, Node, Tree};
use crate::diagnostic::{Diagnostic, code};
use crate::quantity::short;

/// What may stand at the top of a topology.
#[derive(Clone, Copy, Debug)]
pub struct Sections {
    /// All top-level fields.
    pub fields: &'static [&'static str],
    /// Those of them that are maps `{ }` from names to things.
    pub maps: &'static [&'static str],
}

/// The maps in which the first part of a path is looked up.
pub(super) const SEARCHED: [&str; 3] = ["components", "infrastructure", "workload"];

/// One part of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Bytes of the text that the path was read from.
    pub span: Range<usize>,
    /// Where it leads.
    pub to: To,
}

/// Where a part of a path leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum To {
    /// To the field or entry of this name.
    Name(String),
    /// To the item with this index, from 0.
    Item(usize),
}

impl fmt::Display for To {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Item(index) => write!(f, "[{index}]"),
            Self::Name(name) if is_plain(name) => f.write_str(name),
            Self::Name(name) => write!(f, "{name:?}"),
        }
    }
}

/// Whether a name needs no quotes in a path.
pub(super) fn is_plain(name: &str) -> bool {
    name.starts_with(char::is_alphabetic)
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
}

/// The parts of the path at the start of `text`, and the byte where it ends: at `=`, or at the end.
///
/// # Errors
/// A path that is empty, has an empty part, an unclosed quote or a bad index. The span counts bytes
/// of `text`.
pub fn parse(text: &str) -> Result<(Vec<Step>, usize), Box<Diagnostic>> {
    let mut steps = Vec::new();
    let mut scanner = Scanner::new(text, 0);
    loop {
        steps.push(name(text, &mut scanner)?);
        while scanner.rest().starts_with('[') {
            steps.push(item(text, &mut scanner)?);
        }
        let after = scanner.at + scanner.rest().len() - scanner.rest().trim_start().len();
        match text[after..].chars().next() {
            None | Some('=') => return Ok((steps, after)),
            Some('.') if after == scanner.at => scanner.at += 1,
            Some(next) => {
                let message = format!("expected `.`, `[` or `=` in the path, found `{next}`");
                let error = Diagnostic::error(code::BAD_PATH, message)
                    .at(after..after + next.len_utf8())
                    .help("write it like was.replicas=6 or links.\"was -> db\".pool=50");
                return Err(Box::new(error));
            }
        }
    }
}

fn name(text: &str, scanner: &mut Scanner<'_>) -> Result<Step, Box<Diagnostic>> {
    let start = scanner.at;
    if scanner.text_literal().map_err(|error| {
        Box::new(Diagnostic {
            code: code::BAD_PATH,
            ..*error
        })
    })? {
        let span = start..scanner.at;
        return match ron::from_str(&text[span.clone()]) {
            Ok(name) => Ok(Step {
                span,
                to: To::Name(name),
            }),
            Err(_) => Err(Box::new(
                Diagnostic::error(code::BAD_PATH, "a quoted name has a wrong escape")
                    .at(span)
                    .help("write \\\" for a quote and \\\\ for a backslash"),
            )),
        };
    }
    let rest = scanner.rest();
    let length = rest.find(|c: char| matches!(c, '.' | '[' | '=' | '"') || c.is_whitespace());
    let length = length.unwrap_or(rest.len());
    if length == 0 {
        let message = "a part of the path is missing";
        let error = Diagnostic::error(code::BAD_PATH, message)
            .at(start
                ..text
                    .len()
                    .min(start + rest.chars().next().map_or(0, char::len_utf8)))
            .help("write it like was.replicas=6 or links.\"was -> db\".pool=50");
        return Err(Box::new(error));
    }
    scanner.at += length;
    Ok(Step {
        span: start..scanner.at,
        to: To::Name(rest[..length].to_owned()),
    })
}

fn item(text: &str, scanner: &mut Scanner<'_>) -> Result<Step, Box<Diagnostic>> {
    let start = scanner.at;
    let end = text[start..]
        .find(']')
        .map_or(text.len(), |length| start + length + 1);
    let index = text[start + 1..end]
        .strip_suffix(']')
        .and_then(|index| index.parse().ok());
    scanner.at = end;
    match index {
        Some(index) => Ok(Step {
            span: start..end,
            to: To::Item(index),
        }),
        None => Err(Box::new(
            Diagnostic::error(
                code::BAD_PATH,
                "an index is a whole number, as in stages[2]",
            )
            .at(start..end)
            .help("the first is [0]"),
        )),
    }
}

/// Where a path leads in a tree.
pub(super) enum Found<'t> {
    /// To this value.
    Value(&'t Node),
    /// Out of this value: the step with this index, and all after it, are not written there.
    Absent(&'t Node, usize),
}

/// Follows a path. Spans of errors count bytes of the text that the path was read from.
pub(super) fn find<'t>(
    tree: &'t Tree,
    steps: &[Step],
    sections: &Sections,
) -> Result<Found<'t>, Box<Diagnostic>> {
    let mut node = match steps.first() {
        Some(step) => start(tree, step, sections)?,
        None => tree.root(),
    };
    let skipped = usize::from(!std::ptr::eq(node, tree.root()));
    for (index, step) in steps.iter().enumerate().skip(skipped) {
        let next = match &step.to {
            To::Name(name) => tree.get(node, name),
            To::Item(index) => match &node.kind {
                Kind::List(items) | Kind::Tuple(_, items) => items.get(*index),
                _ => None,
            },
        };
        match next {
            Some(next) => node = next,
            None if may_add(node, step, index + 1 == steps.len()) => {
                return Ok(Found::Absent(node, index));
            }
            None => return Err(Box::new(nowhere(tree, node, step))),
        }
    }
    Ok(Found::Value(node))
}

/// The root, or the value that the first step names in one of the searched maps.
fn start<'t>(
    tree: &'t Tree,
    step: &Step,
    sections: &Sections,
) -> Result<&'t Node, Box<Diagnostic>> {
    let To::Name(name) = &step.to else {
        return Ok(tree.root());
    };
    if tree.get(tree.root(), name).is_some() || sections.fields.contains(&&**name) {
        return Ok(tree.root());
    }
    let entries: Vec<_> = SEARCHED
        .iter()
        .flat_map(|section| tree.entries(section))
        .collect();
    if let Some((.., node)) = entries.iter().find(|(entry, ..)| entry == name) {
        return Ok(node);
    }
    let names = entries
        .iter()
        .map(|(entry, ..)| &**entry)
        .chain(sections.fields.iter().copied());
    let message = format!("the path starts at `{}`, which is not there", short(name));
    let error = Diagnostic::error(code::BAD_PATH, message)
        .at(step.span.clone())
        .did_you_mean(name, names)
        .help("a path starts at a top-level field, a component, a machine or a workload");
    Err(Box::new(error))
}

/// Whether a name that is not written at `node` can be added to it.
///
/// Not in the middle of a path through a map of words such as `AppServer(...)`: the new entry would
/// have to be one of them.
fn may_add(node: &Node, step: &Step, last: bool) -> bool {
    match (&step.to, &node.kind) {
        (To::Name(_), Kind::Struct(..) | Kind::Word(_)) => true,
        (To::Name(_), Kind::Map(entries)) => {
            last || entries.iter().all(|(_, value)| value.name().is_none())
        }
        _ => false,
    }
}

fn nowhere(tree: &Tree, node: &Node, step: &Step) -> Diagnostic {
    let found = tree.describe(node);
    let error = |message: String| Diagnostic::error(code::BAD_PATH, message).at(step.span.clone());
    match (&step.to, &node.kind) {
        (To::Name(name), Kind::Map(entries)) => {
            let names: Vec<String> = entries.iter().map(|(key, _)| tree.key(key)).collect();
            error(format!("no `{}` is written here", short(name)))
                .did_you_mean(name, names.iter().map(String::as_str))
                .help(format!("written are: {}", names.join(", ")))
        }
        (To::Name(_), Kind::List(_)) => {
            error("this is a list".to_owned()).help("its items are [0], [1] and so on")
        }
        (To::Item(_), Kind::List(items) | Kind::Tuple(_, items)) => error(format!(
            "the list has {} items, counted from [0]",
            items.len()
        )),
        (To::Item(_), _) => error(format!("an index needs a list, found {found}")),
        (To::Name(_), _) => error(format!("{found} has no named parts")),
    }
}

/// The bytes of the value at `path`; `None` if nothing is written there.
pub fn lookup(tree: &Tree, path: &str) -> Option<Range<usize>> {
    let (steps, _) = parse(path).ok()?;
    match find(
        tree,
        &steps,
        &Sections {
            fields: &[],
            maps: &[],
        },
    )
    .ok()?
    {
        Found::Value(node) => Some(node.span.clone()),
        Found::Absent(..) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"(
        components: { "was": AppServer(cores: 2), "사과": Zone() },
        workload: { "users": Open(rate: "5/s", stages: [Hold("1m"), Hold("2m")]) },
        links: { "was -> db": (pool: 20) },
        machines: { "m.large": (cores: 4) },
    )"#;

    fn value(path: &str) -> Option<&str> {
        let tree = Tree::parse(TEXT).unwrap();
        lookup(&tree, path).map(|span| &TEXT[span])
    }

    fn error(path: &str) -> (String, String, Vec<String>) {
        let tree = Tree::parse(TEXT).unwrap();
        let sections = Sections {
            fields: &["components", "run"],
            maps: &["components"],
        };
        let found = parse(path).and_then(|(steps, _)| find(&tree, &steps, &sections).map(|_| ()));
        let error = found.unwrap_err();
        (
            path[error.span.unwrap()].to_owned(),
            error.message,
            error.help,
        )
    }

    #[test]
    fn a_path_leads_to_its_value() {
        assert_eq!(value("components.was.cores"), Some("2"));
        assert_eq!(value("was.cores"), Some("2"));
        assert_eq!(value("사과"), Some("Zone()"));
        assert_eq!(value("users.rate"), Some("\"5/s\""));
        assert_eq!(value("users.stages[1]"), Some("Hold(\"2m\")"));
        assert_eq!(value("users.stages[1][0]"), Some("\"2m\""));
        assert_eq!(value("links.\"was -> db\".pool"), Some("20"));
        assert_eq!(value("links.\"was \\u{2d}> db\".pool"), Some("20"));
        assert_eq!(value("machines.\"m.large\".cores"), Some("4"));
        for absent in [
            "was.threads",
            "nobody",
            "\"was -> db\"",
            "users.stages[2]",
            "was.cores.x",
            "",
        ] {
            assert_eq!(value(absent), None, "{absent}");
        }
    }

    #[test]
    fn a_wrong_part_is_shown_with_the_nearest_name() {
        let (place, message, help) = error("wsa.cores");
        assert_eq!((&*place, &*help[0]), ("wsa", "did you mean `was`?"));
        assert_eq!(message, "the path starts at `wsa`, which is not there");
        let (place, _, help) = error("components.wsa.cores");
        assert_eq!((&*place, &*help[0]), ("wsa", "did you mean `was`?"));
        let (place, message, _) = error("users.stages[2]");
        assert_eq!(
            (&*place, &*message),
            ("[2]", "the list has 2 items, counted from [0]")
        );
        assert_eq!(error("users.stages.to").1, "this is a list");
        assert_eq!(error("was.cores.x").1, "2 has no named parts");
        assert_eq!(
            error("was[0]").1,
            "an index needs a list, found `AppServer(…)`"
        );
    }

    #[test]
    fn a_malformed_path_is_refused_at_its_place() {
        assert_eq!(error("was..x").0, ".");
        assert_eq!(error("was.\"x").1, "this string is never closed");
        assert_eq!(error("was.x[a]").0, "[a]");
        assert_eq!(error("was.x[1").0, "[1");
        assert_eq!(error("was x").0, "x");
    }
}
