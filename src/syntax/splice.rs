//! Changing values from the command line: `--set was.replicas=6` (S10).
//!
//! A value is put into the text where the path leads, and the text is loaded again, so that a bad
//! value gets the ordinary error. The source remembers which bytes came from the flag.

use std::ops::Range;

use super::path::{Found, Sections, Step, To, find, parse};
use super::scan::Scanner;
use super::tree::{Kind, Node, Tree};
use crate::diagnostic::{Diagnostic, Origin, Part, Source, code};

/// Makes one `assignment`, such as `was.replicas=6`, that came from the flag called `flag`.
///
/// A field that is not written yet is added before the closing bracket; so is an entry of `{ }`.
///
/// # Errors
/// A text that is no `path=value`, a path that leads nowhere, or a value that is not RON, shown in
/// the flag; or the first syntax error of the source itself.
pub fn set(
    source: &Source,
    flag: &str,
    assignment: &str,
    sections: &Sections,
) -> Result<Source, Box<Diagnostic>> {
    let in_flag = |error: Box<Diagnostic>| {
        let origin = Origin::Flag {
            name: flag.to_owned(),
            text: assignment.to_owned(),
        };
        Box::new(error.in_origin(origin))
    };
    let (steps, equals) = parse(assignment).map_err(in_flag)?;
    let value = value(assignment, equals).map_err(in_flag)?;
    let tree = Tree::parse(source.text().clone())?;
    let (range, parts) = match find(&tree, &steps, sections).map_err(in_flag)? {
        Found::Value(node) => (node.span.clone(), vec![Part::Taken(value)]),
        Found::Absent(node, index) => {
            let in_section = std::ptr::eq(node, tree.root()).then_some(sections);
            added(&tree, node, &steps[index..], in_section, value)
        }
    };
    Ok(source.replace(range, (flag, assignment), &parts))
}

/// Makes several assignments, one after the other.
///
/// # Errors
/// The first that [`set`] refuses.
pub fn set_all<S: AsRef<str>>(
    source: &Source,
    flag: &str,
    assignments: &[S],
    sections: &Sections,
) -> Result<Source, Box<Diagnostic>> {
    assignments.iter().try_fold(source.clone(), |source, one| {
        set(&source, flag, one.as_ref(), sections)
    })
}

/// Adds an item to the list `field` of the file, which is written if it is not there; `parts` are
/// made from the text of a flag.
///
/// # Errors
/// The first syntax error of the source.
pub fn append(
    source: &Source,
    flag: (&str, &str),
    field: &'static str,
    parts: &[Part],
    sections: &Sections,
) -> Result<Source, Box<Diagnostic>> {
    debug_assert!(sections.fields.contains(&field), "a field of the file");
    let tree = Tree::parse(source.text().clone())?;
    let list = tree.get(tree.root(), field);
    let list = list.filter(|node| matches!(node.kind, Kind::List(_)));
    let node = list.unwrap_or(tree.root());
    let comma = needs_comma(&tree, node).then_some(Part::Glue(", "));
    let mut all: Vec<Part> = comma.into_iter().collect();
    if list.is_none() {
        all.extend([Part::Glue(field), Part::Glue(": [")]);
    }
    all.extend_from_slice(parts);
    if list.is_none() {
        all.push(Part::Glue("]"));
    }
    let at = node.span.end - 1;
    Ok(source.replace(at..at, flag, &all))
}

/// The bytes of the value after `=`, without space and comments around it.
fn value(assignment: &str, equals: usize) -> Result<Range<usize>, Box<Diagnostic>> {
    if !assignment[equals..].starts_with('=') {
        let error = Diagnostic::error(code::BAD_ASSIGNMENT, "expected `=` and a value")
            .at(equals..assignment.len())
            .help("write it like was.replicas=6");
        return Err(Box::new(error));
    }
    let start = equals + 1;
    if assignment[start..].trim().is_empty() {
        let error = Diagnostic::error(code::BAD_ASSIGNMENT, "a value is missing after `=`")
            .at(equals..start)
            .help("write it like was.replicas=6");
        return Err(Box::new(error));
    }
    let shift = |span: Range<usize>| span.start + start..span.end + start;
    match Tree::parse(&assignment[start..]) {
        Ok(tree) => Ok(shift(tree.root().span.clone())),
        Err(mut error) => {
            error.span = error.span.map(shift);
            for label in &mut error.secondary {
                label.span = shift(label.span.clone());
            }
            error
                .help
                .push("a value is written as in the file: text in quotes".to_owned());
            Err(error)
        }
    }
}

/// Where to put `steps`, which `node` does not have, and what.
fn added(
    tree: &Tree,
    node: &Node,
    steps: &[Step],
    sections: Option<&Sections>,
    value: Range<usize>,
) -> (Range<usize>, Vec<Part>) {
    let mut parts = Vec::new();
    let mut close = Vec::new();
    let at = if matches!(node.kind, Kind::Word(_)) {
        parts.push(Part::Glue("("));
        close.push(Part::Glue(")"));
        node.span.end
    } else {
        if needs_comma(tree, node) {
            parts.push(Part::Glue(", "));
        }
        node.span.end - 1
    };
    let mut entry = matches!(node.kind, Kind::Map(_));
    for (depth, step) in steps.iter().enumerate() {
        if depth > 0 {
            parts.push(Part::Glue(if entry { "{" } else { "(" }));
            close.push(Part::Glue(if entry { "}" } else { ")" }));
        }
        parts.extend(name(step, entry));
        parts.push(Part::Glue(": "));
        let is_map = |sections: &Sections| match &step.to {
            To::Name(name) => sections.maps.contains(&&**name),
            To::Item(_) => false,
        };
        entry = depth == 0 && sections.is_some_and(is_map);
    }
    parts.push(Part::Taken(value));
    parts.extend(close.into_iter().rev());
    (at..at, parts)
}

/// A step as the name of an entry, in quotes, or of a field, without.
fn name(step: &Step, entry: bool) -> Vec<Part> {
    let quoted = match &step.to {
        To::Name(name) => name.len() != step.span.len(),
        To::Item(_) => false,
    };
    let taken = Part::Taken(step.span.clone());
    if entry && !quoted {
        return vec![Part::Glue("\""), taken, Part::Glue("\"")];
    }
    vec![taken]
}

/// Whether a comma must stand between the last item of `node` and another one.
fn needs_comma(tree: &Tree, node: &Node) -> bool {
    let Some(last) = node.children().last().map(|child| child.span.end) else {
        return false;
    };
    let mut scanner = Scanner::new(tree.text(), last);
    scanner.space().is_ok() && !scanner.rest().starts_with(',')
}

/// A variant of the file: `--variant 'NAME: path=value, path=value'`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// How it is called in the results.
    pub name: String,
    /// Its assignments, for [`set_all`].
    pub assignments: Vec<String>,
}

/// Reads a variant. Assignments are split at commas outside brackets and quotes.
///
/// # Errors
/// No name before a colon, or an empty assignment, in the flag `--variant`.
pub fn variant(text: &str) -> Result<Variant, Box<Diagnostic>> {
    let refuse = |span: Range<usize>, message: &str| {
        let origin = Origin::Flag {
            name: "--variant".to_owned(),
            text: text.to_owned(),
        };
        let error = Diagnostic::error(code::BAD_ASSIGNMENT, message)
            .at(span)
            .in_origin(origin);
        Box::new(error.help("write it like 'more: was.replicas=6, db.cores=16'"))
    };
    let Some((name, _)) = text.split_once(':') else {
        return Err(refuse(
            0..text.len(),
            "a variant starts with its name and `:`",
        ));
    };
    if name.trim().is_empty() || name.contains(['=', '"']) {
        return Err(refuse(
            0..name.len(),
            "a variant starts with its name and `:`",
        ));
    }
    let mut assignments = Vec::new();
    for span in pieces(text, name.len() + 1) {
        let assignment = text[span.clone()].trim();
        if assignment.is_empty() {
            return Err(refuse(span, "an assignment path=value is missing here"));
        }
        assignments.push(assignment.to_owned());
    }
    Ok(Variant {
        name: name.trim().to_owned(),
        assignments,
    })
}

/// The bytes between commas outside brackets and quotes, from byte `start` on.
pub fn pieces(text: &str, start: usize) -> Vec<Range<usize>> {
    let mut scanner = Scanner::new(text, start);
    let (mut pieces, mut from, mut depth) = (Vec::new(), start, 0_usize);
    while let Some(next) = scanner.rest().chars().next() {
        if scanner.text_literal().unwrap_or(true) {
            continue;
        }
        match next {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                pieces.push(from..scanner.at);
                from = scanner.at + 1;
            }
            _ => {}
        }
        scanner.at += next.len_utf8();
    }
    pieces.push(from..text.len());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostics;
    use crate::syntax::path::lookup;

    const SECTIONS: Sections = Sections {
        fields: &["components", "links", "workload", "run", "faults"],
        maps: &["components", "links", "workload"],
    };

    fn after(text: &str, assignment: &str) -> String {
        let source = Source::new("f.ron", text);
        let source = set(&source, "--set", assignment, &SECTIONS).unwrap();
        Tree::parse(source.text().clone()).unwrap();
        source.text().to_string()
    }

    fn refused(text: &str, assignment: &str) -> (String, String) {
        let source = Source::new("f.ron", text);
        let error = set(&source, "--set", assignment, &SECTIONS).unwrap_err();
        assert!(matches!(&error.origin, Origin::Flag { name, .. } if name == "--set"));
        (assignment[error.span.unwrap()].to_owned(), error.message)
    }

    #[test]
    fn a_written_value_is_replaced() {
        let text = "(components: {\"was\": AppServer(replicas: 4, /* c */ cores: 2)})";
        assert_eq!(after(text, "was.replicas=6"), text.replace('4', "6"));
        assert_eq!(
            after(text, "components.was.cores = 16 // more"),
            text.replace('2', "16")
        );
        assert_eq!(after(text, "was=Zone()"), "(components: {\"was\": Zone()})");
        let text = "(workload: {\"u\": Open(stages: [Hold(\"1m\"), Ramp(to: \"2/s\")])})";
        assert_eq!(
            after(text, "u.stages[1].to=\"8/s\""),
            text.replace("2/s", "8/s")
        );
    }

    #[test]
    fn a_field_that_is_not_written_is_added() {
        assert_eq!(after("(run: (a: 1))", "run.b=2"), "(run: (a: 1, b: 2))");
        assert_eq!(after("(run: (a: 1,))", "run.b=2"), "(run: (a: 1,b: 2))");
        assert_eq!(
            after("(run: (a: 1 // ,\n))", "run.b=2"),
            "(run: (a: 1 // ,\n, b: 2))"
        );
        assert_eq!(after("(run: ())", "run.b=2"), "(run: (b: 2))");
        assert_eq!(after("()", "run.a.b=2"), "(run: (a: (b: 2)))");
        let text = "(components: {\"z\": Zone})";
        assert_eq!(after(text, "z.a=1"), "(components: {\"z\": Zone(a: 1)})");
    }

    #[test]
    fn an_entry_that_is_not_written_is_added() {
        let text = "(links: {\"a -> b\": (pool: 1)})";
        assert_eq!(
            after(text, "links.\"a -> c\".pool=2"),
            "(links: {\"a -> b\": (pool: 1), \"a -> c\": (pool: 2)})"
        );
        assert_eq!(
            after("()", "links.\"a -> c\".pool=2"),
            "(links: {\"a -> c\": (pool: 2)})"
        );
        assert_eq!(
            after("()", "components.a=Zone()"),
            "(components: {\"a\": Zone()})"
        );
        assert_eq!(
            after("(components: {})", "components.a=Zone()"),
            "(components: {\"a\": Zone()})"
        );
    }

    #[test]
    fn a_bad_flag_is_shown_in_the_flag() {
        let text = "(components: {\"was\": AppServer(cores: 2)})";
        assert_eq!(refused(text, "was.cores").1, "expected `=` and a value");
        assert_eq!(
            refused(text, "was.cores=").1,
            "a value is missing after `=`"
        );
        assert_eq!(refused(text, "wsa.cores=3").0, "wsa");
        assert_eq!(refused(text, "was.cores=3)").0, ")");
        assert_eq!(refused(text, "was.cores=(a: [1, 2)").0, ")");
        assert_eq!(refused(text, "=3").1, "a part of the path is missing");
    }

    #[test]
    fn a_fault_in_a_set_value_points_at_the_flag_and_others_at_the_file() {
        let source = Source::new("f.ron", "(\n  run: (a: 1),\n  faults: [5],\n)");
        let source = set_all(
            &source,
            "--set",
            &["run.a=\"long text\"", "run.bb=7"],
            &SECTIONS,
        );
        let source = source.unwrap();
        let tree = Tree::parse(source.text().clone()).unwrap();
        let at =
            |path: &str| Diagnostic::error(code::BAD_VALUE, "x").at(lookup(&tree, path).unwrap());
        let mut all = Diagnostics::new();
        let shown = [at("run.a"), at("run.bb"), at("faults[0]")];
        let index = all.add_source(source);
        all.extend(index, shown);
        let text = all.human(false);
        for place in ["--> --set:1:7", "--> --set:1:8", "--> f.ron:3:12"] {
            assert!(text.contains(place), "{place}\n{text}");
        }
    }

    #[test]
    fn a_variant_is_split_at_commas_outside_brackets_and_quotes() {
        let text =
            "big one: was.replicas=6, db.calls=[\"a,b\", \"c\"], links.\"a, b\".x=(y: 1, z: 2)";
        let variant = variant(text).unwrap();
        assert_eq!(variant.name, "big one");
        assert_eq!(
            variant.assignments,
            [
                "was.replicas=6",
                "db.calls=[\"a,b\", \"c\"]",
                "links.\"a, b\".x=(y: 1, z: 2)"
            ]
        );
        for bad in ["was.replicas=6", ": a=1", "x: a=1,, b=2", "x:", "a=\"b:c\""] {
            assert!(super::variant(bad).is_err(), "{bad}");
        }
    }
}
