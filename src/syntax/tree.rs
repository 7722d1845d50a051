//! The text as a tree: every value with the bytes where it is written.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::{judge, scan};
use crate::diagnostic::{Diagnostic, code};
use crate::quantity::short;

/// Brackets may be nested this deeply; `ron` refuses at half of it.
pub const MAX_DEPTH: usize = 128;

/// A text that `ron` accepts, as a tree of values.
#[derive(Clone, Debug)]
pub struct Tree {
    text: Arc<str>,
    root: Node,
    size: usize,
}

/// A value and the bytes where it is written, brackets and name included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Bytes of the text.
    pub span: Range<usize>,
    /// Position in the order of the text; no two nodes of a tree share it.
    pub id: u32,
    /// What is written there.
    pub kind: Kind,
}

/// The shapes of a value. Scalars stay slices of the text until someone asks for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Bool,
    /// Any number, `inf` and `NaN` too.
    Number,
    /// A string, raw or not.
    Text,
    /// A character, a byte string or a range, for which a topology has no use.
    Other,
    /// A word without brackets, as in `Cookie`.
    Word(Name),
    /// `( )` with named parts, perhaps after a name; neither means `()` or `Name()`.
    Struct(Option<Name>, Vec<Field>),
    /// `( )` with values, perhaps after a name.
    Tuple(Option<Name>, Vec<Node>),
    /// `[ ]`.
    List(Vec<Node>),
    /// `{ }`.
    Map(Vec<(Node, Node)>),
}

/// A word of linchpin's, and the bytes where it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Bytes of the text, `r#` included.
    pub span: Range<usize>,
    /// The word, without `r#`.
    pub text: String,
}

/// A named part of `( )`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: Name,
    /// Its value.
    pub value: Node,
}

impl Tree {
    /// The tree of `text`.
    ///
    /// # Errors
    /// What `ron` says first against the text, with the place widened and a hint at open brackets.
    pub fn parse(text: impl Into<Arc<str>>) -> Result<Self, Box<Diagnostic>> {
        let text: Arc<str> = text.into();
        judge::judge(&text)?;
        let root = scan::scan(&text)?;
        let mut size = 0;
        walk(&root, &mut |_| size += 1);
        Ok(Self { text, root, size })
    }

    /// The whole text.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The value that is the whole text.
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// How many nodes there are.
    pub fn size(&self) -> usize {
        self.size
    }

    /// What is written at `node`.
    pub fn slice(&self, node: &Node) -> &str {
        &self.text[node.span.clone()]
    }

    /// The content of a string; `None` if `node` is none.
    pub fn string(&self, node: &Node) -> Option<String> {
        matches!(node.kind, Kind::Text).then(|| ron::from_str(self.slice(node)).ok())?
    }

    /// A key of `{ }` as it is compared: a string's content, anything else as written.
    pub fn key(&self, node: &Node) -> String {
        self.string(node)
            .unwrap_or_else(|| self.slice(node).to_owned())
    }

    /// The value of the field or entry `name` of `node`.
    pub fn get<'t>(&'t self, node: &'t Node, name: &str) -> Option<&'t Node> {
        match &node.kind {
            Kind::Struct(_, fields) => fields
                .iter()
                .find(|field| field.name.text == name)
                .map(|field| &field.value),
            Kind::Map(entries) => entries
                .iter()
                .find(|(key, _)| self.key(key) == name)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    /// The entries of the top-level map `section`, such as the components: each name, the place of
    /// its key, and its value. Empty if there is no such map.
    pub fn entries(&self, section: &str) -> Vec<(String, Range<usize>, &Node)> {
        match self.get(&self.root, section).map(|node| &node.kind) {
            Some(Kind::Map(entries)) => entries
                .iter()
                .map(|(key, value)| (self.key(key), key.span.clone(), value))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// What stands at `node`, in a few words for "found ...".
    pub fn describe(&self, node: &Node) -> String {
        match &node.kind {
            Kind::Bool | Kind::Number | Kind::Text | Kind::Other => short(self.slice(node)),
            Kind::Word(name) => format!("`{}`", short(&name.text)),
            Kind::Struct(Some(name), _) | Kind::Tuple(Some(name), _) => {
                format!("`{}(…)`", short(&name.text))
            }
            Kind::Struct(None, fields) if fields.is_empty() => "`()`".to_owned(),
            Kind::Struct(None, _) | Kind::Tuple(None, _) => "`( )`".to_owned(),
            Kind::List(_) => "a list `[ ]`".to_owned(),
            Kind::Map(_) => "a map `{ }`".to_owned(),
        }
    }

    /// What no type could find: names and fields written twice, `Some` and `None`. With each
    /// problem the node to treat as not written.
    pub(super) fn faults(&self) -> Vec<(u32, Diagnostic)> {
        let mut found = Vec::new();
        walk(&self.root, &mut |node| {
            self.option(node, &mut found);
            self.duplicates(node, &mut found);
        });
        found
    }

    fn option(&self, node: &Node, found: &mut Vec<(u32, Diagnostic)>) {
        let Some(name) = node.name() else { return };
        let inner = match (&*name.text, &node.kind) {
            ("None", _) => None,
            ("Some", Kind::Tuple(_, values)) => values.first().map(|value| self.slice(value)),
            ("Some", Kind::Struct(..)) => Some("(…)"),
            _ => return,
        };
        let (message, help) = match inner {
            Some(inner) => (
                "a value is written without `Some`",
                format!("write `{}`", short(inner)),
            ),
            None => ("`None` is not written", "leave the field out".to_owned()),
        };
        let error = Diagnostic::error(code::OPTION, message)
            .at(node.span.clone())
            .help(help);
        found.push((node.id, error));
    }

    fn duplicates(&self, node: &Node, found: &mut Vec<(u32, Diagnostic)>) {
        let mut first: BTreeMap<String, Range<usize>> = BTreeMap::new();
        let mut add = |name: String, span: &Range<usize>, value: &Node, what: &str| {
            if let Some(first) = first.get(&name) {
                let message = format!("{what} `{}` is written twice", short(&name));
                let error = Diagnostic::error(code::DUPLICATE, message)
                    .at(span.clone())
                    .also(first.clone(), "first written here")
                    .help("remove one of the two");
                found.push((value.id, error));
            } else {
                first.insert(name, span.clone());
            }
        };
        match &node.kind {
            Kind::Struct(_, fields) => {
                for Field { name, value } in fields {
                    add(name.text.clone(), &name.span, value, "the field");
                }
            }
            Kind::Map(entries) => {
                for (key, value) in entries {
                    add(self.key(key), &key.span, value, "the name");
                }
            }
            _ => {}
        }
    }
}

/// Visits a node and all inside it, in the order of the text.
fn walk<'t>(node: &'t Node, visit: &mut impl FnMut(&'t Node)) {
    visit(node);
    for child in node.children() {
        walk(child, visit);
    }
}

impl Node {
    /// The name before the brackets, or the word itself.
    pub fn name(&self) -> Option<&Name> {
        match &self.kind {
            Kind::Word(name) | Kind::Struct(Some(name), _) | Kind::Tuple(Some(name), _) => {
                Some(name)
            }
            _ => None,
        }
    }

    /// The bytes that stand for the whole in a message: the name, the opening bracket, or all of a
    /// scalar.
    pub fn head(&self) -> Range<usize> {
        match (&self.kind, self.name()) {
            (_, Some(name)) => name.span.clone(),
            (Kind::Struct(..) | Kind::Tuple(..) | Kind::List(_) | Kind::Map(_), None) => {
                self.span.start..self.span.start + 1
            }
            _ => self.span.clone(),
        }
    }

    /// The values directly inside, keys of `{ }` too, in the order of the text.
    pub fn children(&self) -> Vec<&Self> {
        match &self.kind {
            Kind::Struct(_, fields) => fields.iter().map(|field| &field.value).collect(),
            Kind::Tuple(_, values) | Kind::List(values) => values.iter().collect(),
            Kind::Map(entries) => entries
                .iter()
                .flat_map(|(key, value)| [key, value])
                .collect(),
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<(String, String, Vec<String>)> {
        let tree = Tree::parse(text).unwrap();
        let shown = |(_, error): (u32, Diagnostic)| {
            (
                text[error.span.unwrap()].to_owned(),
                error.message,
                error.help,
            )
        };
        tree.faults().into_iter().map(shown).collect()
    }

    #[test]
    fn names_written_twice_are_compared_by_content() {
        let found = faults(r#"({"f": 1, "\u{66}": 2, r"f": 3, "g": (a: 1, a: 2, r#a: 3)})"#);
        let places: Vec<_> = found.iter().map(|(place, ..)| &**place).collect();
        assert_eq!(places, ["\"\\u{66}\"", "r\"f\"", "a", "r#a"]);
        assert_eq!(found[0].1, "the name `f` is written twice");
        assert_eq!(found[2].1, "the field `a` is written twice");
    }

    #[test]
    fn some_and_none_are_refused_with_what_to_write() {
        let found = faults("(a: Some(3), b: None, c: [Some((x: 1))])");
        assert_eq!(found[0].0, "Some(3)");
        assert_eq!(found[0].2, ["write `3`"]);
        assert_eq!(
            (&*found[1].0, &*found[1].2[0]),
            ("None", "leave the field out")
        );
        assert_eq!(found[2].2, ["write `(x: 1)`"]);
    }
}
