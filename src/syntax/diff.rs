//! What differs between two topologies, by path.

use super::path::To;
use super::tree::{Kind, Node, Tree};

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Where, as `--set` takes it.
    pub path: String,
    /// What the first text has there; `None` if nothing.
    pub before: Option<String>,
    /// What the second text has there; `None` if nothing.
    pub after: Option<String>,
}

/// The differences from `a` to `b`, in the order of `a`, with what only `b` has after what both
/// have. Neither space, comments nor the order of fields and names make a difference, nor does the
/// spelling of a number or string.
pub fn diff(a: &Tree, b: &Tree) -> Vec<Change> {
    let mut changes = Vec::new();
    Pair {
        a,
        b,
        changes: &mut changes,
    }
    .compare("", a.root(), b.root());
    changes
}

struct Pair<'t> {
    a: &'t Tree,
    b: &'t Tree,
    changes: &'t mut Vec<Change>,
}

type Parts<'t> = Vec<(To, &'t Node)>;

impl Pair<'_> {
    fn compare(&mut self, path: &str, a: &Node, b: &Node) {
        let parts = (named_parts(self.a, a), named_parts(self.b, b));
        if let (Some(before), Some(after)) = parts
            && same_shape(a, b)
        {
            self.compare_parts(path, &before, &after);
        } else if !self.equal(a, b) {
            self.report(path.to_owned(), Some(a), Some(b));
        }
    }

    fn compare_parts(&mut self, path: &str, before: &Parts<'_>, after: &Parts<'_>) {
        for (to, node) in before {
            let path = join(path, to);
            match after.iter().find(|(other, _)| other == to) {
                Some((_, other)) => self.compare(&path, node, other),
                None => self.report(path, Some(node), None),
            }
        }
        for (to, node) in after {
            if !before.iter().any(|(other, _)| other == to) {
                self.report(join(path, to), None, Some(node));
            }
        }
    }

    /// Whether two values mean the same.
    fn equal(&self, a: &Node, b: &Node) -> bool {
        match (&a.kind, &b.kind) {
            (Kind::Text, Kind::Text) => self.a.string(a) == self.b.string(b),
            (Kind::Number, Kind::Number) => same_number(self.a.slice(a), self.b.slice(b)),
            (Kind::Word(a), Kind::Word(b)) => a.text == b.text,
            (Kind::Tuple(_, before), Kind::Tuple(_, after)) => {
                let mut changes = Vec::new();
                let mut inner = Pair {
                    a: self.a,
                    b: self.b,
                    changes: &mut changes,
                };
                for (before, after) in before.iter().zip(after) {
                    inner.compare("", before, after);
                }
                same_shape(a, b) && before.len() == after.len() && changes.is_empty()
            }
            _ => self.a.slice(a) == self.b.slice(b),
        }
    }

    fn report(&mut self, path: String, before: Option<&Node>, after: Option<&Node>) {
        let before = before.map(|node| self.a.slice(node).to_owned());
        let after = after.map(|node| self.b.slice(node).to_owned());
        self.changes.push(Change {
            path,
            before,
            after,
        });
    }
}

/// The parts that a path can name; `None` for what is compared as a whole.
fn named_parts<'t>(tree: &Tree, node: &'t Node) -> Option<Parts<'t>> {
    match &node.kind {
        Kind::Struct(_, fields) => Some(
            fields
                .iter()
                .map(|field| (To::Name(field.name.text.clone()), &field.value))
                .collect(),
        ),
        Kind::Map(entries) => Some(
            entries
                .iter()
                .map(|(key, value)| (To::Name(tree.key(key)), value))
                .collect(),
        ),
        Kind::List(items) => Some(
            items
                .iter()
                .enumerate()
                .map(|(at, item)| (To::Item(at), item))
                .collect(),
        ),
        // A list behind a word, as in `Mixture([..])`.
        Kind::Tuple(_, items) => match &items[..] {
            [list] if matches!(list.kind, Kind::List(_)) => Some(vec![(To::Item(0), list)]),
            _ => None,
        },
        _ => None,
    }
}

/// Whether both are the same kind of brackets after the same name.
fn same_shape(a: &Node, b: &Node) -> bool {
    let name = |node: &Node| node.name().map(|name| name.text.clone());
    std::mem::discriminant(&a.kind) == std::mem::discriminant(&b.kind) && name(a) == name(b)
}

fn same_number(a: &str, b: &str) -> bool {
    match (ron::from_str::<u64>(a), ron::from_str::<u64>(b)) {
        (Ok(a), Ok(b)) => a == b,
        _ => match (ron::from_str::<f64>(a), ron::from_str::<f64>(b)) {
            (Ok(a), Ok(b)) => a.to_bits() == b.to_bits(),
            _ => a == b,
        },
    }
}

fn join(path: &str, to: &To) -> String {
    match to {
        To::Item(_) => format!("{path}{to}"),
        To::Name(_) if path.is_empty() => to.to_string(),
        To::Name(_) => format!("{path}.{to}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(a: &str, b: &str) -> Vec<String> {
        let (a, b) = (Tree::parse(a).unwrap(), Tree::parse(b).unwrap());
        let text = |side: Option<String>| side.unwrap_or_else(|| "nothing".to_owned());
        let line = |c: Change| format!("{}: {} -> {}", c.path, text(c.before), text(c.after));
        diff(&a, &b).into_iter().map(line).collect()
    }

    #[test]
    fn only_what_means_something_else_is_a_change() {
        let a =
            "(a: 10_000, b: \"x\", c: { \"k\": Zone(), \"l\": Open(r: 1.50) }, d: Hold(\"1m\"))";
        let b = "(c: {\"l\": Open(r: 1.5), \"\\u{6b}\": Zone( /* */ )},\n \
                 b: r\"x\", a: 10000, d: Hold( \"1m\" ),)";
        assert_eq!(changes(a, b), Vec::<String>::new());
    }

    #[test]
    fn changes_are_named_by_their_path() {
        let a = r#"(c: {"was": App(n: 2, l: Exp("8ms")), "x": App()},
            l: {"a -> b": (p: 1)}, s: [1, 2])"#;
        let b = r#"(c: {"was": App(n: 4, l: Exp("9ms"), m: 5), "x": Db()}, l: {}, s: [1, 3, 4])"#;
        assert_eq!(
            changes(a, b),
            [
                "c.was.n: 2 -> 4",
                "c.was.l: Exp(\"8ms\") -> Exp(\"9ms\")",
                "c.was.m: nothing -> 5",
                "c.x: App() -> Db()",
                "l.\"a -> b\": (p: 1) -> nothing",
                "s[1]: 2 -> 3",
                "s[2]: nothing -> 4",
            ]
        );
    }
}
