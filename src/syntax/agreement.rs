//! The scanner against `ron`, and `--set` against the model that a text was written from.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use ron::Value;
use serde::de::IgnoredAny;

use super::path::{Sections, To};
use super::scan::scan;
use super::splice::set;
use super::tree::{Kind, Node, Tree};
use crate::diagnostic::Source;

/// A value that knows its parts; written with any space between them.
#[derive(Clone, Debug)]
enum Model {
    Scalar(String),
    List(Vec<Model>),
    Map(Vec<(String, Model)>),
    Struct(&'static str, Vec<(String, Model)>),
    Tuple(&'static str, Vec<Model>),
}

const SCALARS: [&str; 36] = [
    "0",
    "8",
    "-8",
    "+3",
    "223_986",
    "0x1F",
    "0b10",
    "0o7",
    "5u8",
    "1.5",
    ".5",
    "2.",
    "1e-4",
    "-inf",
    "inf",
    "NaN",
    "1.0f32",
    "true",
    "false",
    "Cookie",
    "None",
    "'a'",
    "'\\''",
    "'''",
    "b'x'",
    "\"\"",
    "\"db\"",
    "\"a\\\"b\"",
    "\"// no\"",
    "\"\\u{66}\\\\\"",
    "r\"a\\\"",
    "r#\"a\"b\"#",
    "b\"x\\\"\"",
    "br#\"\"\"#",
    "\"가 나\"",
    "1..2",
];
const SPACES: [&str; 9] = [
    "",
    "",
    "",
    " ",
    "\n",
    "\r\n  ",
    "// ) \" c\n",
    "/* ( /* \" */ ' */",
    "\u{2028}\t",
];
const NAMES: [&str; 6] = ["", "", "AppServer", "r#a.b", "_x", "Größe"];

fn names(values: Vec<Model>) -> Vec<(String, Model)> {
    values
        .into_iter()
        .enumerate()
        .map(|(i, value)| (format!("f{i}"), value))
        .collect()
}

fn keys(values: Vec<Model>) -> Vec<(String, Model)> {
    let odd = [
        "a",
        "was -> db",
        "m.large",
        "\"",
        "\\",
        "사과",
        "[0]",
        "r#",
        "",
        "a=b",
    ];
    values
        .into_iter()
        .zip(odd)
        .map(|(value, key)| (key.to_owned(), value))
        .collect()
}

fn model() -> impl Strategy<Value = Model> {
    let scalar = select(&SCALARS[..]).prop_map(|text| Model::Scalar(text.to_owned()));
    scalar.prop_recursive(4, 40, 6, |inner| {
        let name = || select(&NAMES[..]);
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Model::List),
            vec(inner.clone(), 0..5).prop_map(|values| Model::Map(keys(values))),
            (name(), vec(inner.clone(), 0..5)).prop_map(|(n, v)| Model::Struct(n, names(v))),
            (name(), vec(inner, 1..4)).prop_map(|(n, v)| Model::Tuple(n, v)),
        ]
    })
}

/// A model whose root has fields, and spaces to write it with.
fn text() -> impl Strategy<Value = (Model, Vec<&'static str>)> {
    let root = vec(model(), 1..6).prop_map(|values| Model::Struct("", names(values)));
    (root, vec(select(&SPACES[..]), 1..40))
}

struct Writer<'s> {
    spaces: std::iter::Cycle<std::slice::Iter<'s, &'static str>>,
    text: String,
}

impl Writer<'_> {
    fn put(&mut self, token: &str) {
        self.text += self.spaces.next().expect("at least one space");
        self.text += token;
    }

    fn write(&mut self, model: &Model) {
        match model {
            Model::Scalar(text) => self.put(text),
            Model::List(items) => self.items("[", items, "]", Self::write),
            Model::Map(entries) => self.items("{", entries, "}", |writer, (key, value)| {
                writer.put(&format!("{key:?}"));
                writer.put(":");
                writer.write(value);
            }),
            Model::Struct(name, fields) => {
                self.put(name);
                self.items("(", fields, ")", |writer, (name, value)| {
                    writer.put(name);
                    writer.put(":");
                    writer.write(value);
                });
            }
            Model::Tuple(name, values) => {
                self.put(name);
                self.items("(", values, ")", Self::write);
            }
        }
    }

    fn items<T>(&mut self, open: &str, items: &[T], close: &str, write: fn(&mut Self, &T)) {
        self.put(open);
        for (index, item) in items.iter().enumerate() {
            write(self, item);
            if index + 1 < items.len() || items.len().is_multiple_of(2) {
                self.put(",");
            }
        }
        self.put(close);
    }
}

fn written(model: &Model, spaces: &[&'static str]) -> String {
    let mut writer = Writer {
        spaces: spaces.iter().cycle(),
        text: String::new(),
    };
    writer.write(model);
    writer.text
}

/// Whether a node is what `ron` made of the same text.
fn agrees(tree: &Tree, node: &Node, value: &Value) -> bool {
    let all = |nodes: &[Node], values: &[Value]| {
        nodes.len() == values.len() && nodes.iter().zip(values).all(|(n, v)| agrees(tree, n, v))
    };
    let name = node.name().map(|name| &*name.text);
    match (&node.kind, value) {
        (Kind::Bool, Value::Bool(is)) => is.to_string() == tree.slice(node),
        (Kind::Text, Value::String(text)) => tree.string(node).as_ref() == Some(text),
        (Kind::Number | Kind::Other, value) => {
            ron::from_str::<Value>(tree.slice(node)).as_ref() == Ok(value)
        }
        (Kind::Word(_), Value::Option(None)) => name == Some("None"),
        (Kind::Word(_), Value::Unit) => true,
        (Kind::Tuple(..), Value::Option(Some(value))) if name == Some("Some") => {
            matches!(&node.kind, Kind::Tuple(_, inner) if agrees(tree, &inner[0], value))
        }
        (Kind::Struct(_, fields), Value::Unit) => fields.is_empty(),
        (Kind::Struct(_, fields), Value::Seq(values)) => fields.is_empty() && values.is_empty(),
        (Kind::Struct(_, fields), Value::Map(map)) => fields.iter().all(|field| {
            let last = fields
                .iter()
                .rfind(|other| other.name.text == field.name.text);
            let value = map
                .iter()
                .find(|(key, _)| **key == Value::String(field.name.text.clone()));
            let (Some(last), Some((_, value))) = (last, value) else {
                return false;
            };
            agrees(tree, &last.value, value)
        }),
        (Kind::Tuple(_, nodes) | Kind::List(nodes), Value::Seq(values)) => all(nodes, values),
        (Kind::Map(entries), Value::Map(map)) => map.iter().all(|(key, value)| {
            let last = entries.iter().rfind(|(node, _)| agrees(tree, node, key));
            last.is_some_and(|(_, node)| agrees(tree, node, value))
        }),
        _ => false,
    }
}

/// The scanner on any text: no panic, and agreement wherever `ron` accepts. Whether it does.
fn check(text: &str) -> Result<bool, TestCaseError> {
    let scanned = scan(text);
    let Ok(value) = ron::from_str::<Value>(text) else {
        let parsed = Tree::parse(text);
        if ron::from_str::<IgnoredAny>(text).is_err() {
            let error = parsed.expect_err("ron refuses it");
            let span = error.span.expect("a syntax error has a place");
            prop_assert!(text.get(span).is_some());
        }
        return Ok(false);
    };
    prop_assert!(scanned.is_ok(), "refused: {text}");
    let tree = Tree::parse(text).map_err(|error| TestCaseError::fail(error.message))?;
    prop_assert!(
        agrees(&tree, tree.root(), &value),
        "{:?}\n{value:?}",
        tree.root()
    );
    Ok(true)
}

/// What `ron` reads, with `()` and `( )`, which it tells apart, made the same.
fn meaning(text: &str) -> String {
    let value: Value = ron::from_str(text).expect("ron accepts it");
    format!("{value:?}").replace("Seq([])", "Unit")
}

/// The paths to all values below `model` that a path can name.
fn paths(model: &Model, path: &[To], found: &mut Vec<Vec<To>>) {
    let parts: Vec<(To, &Model)> = match model {
        Model::Scalar(_) => Vec::new(),
        Model::List(items) | Model::Tuple(_, items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| (To::Item(index), item))
            .collect(),
        Model::Map(entries) | Model::Struct(_, entries) => entries
            .iter()
            .map(|(name, value)| (To::Name(name.clone()), value))
            .collect(),
    };
    for (to, part) in parts {
        let path: Vec<To> = path.iter().cloned().chain([to]).collect();
        found.push(path.clone());
        paths(part, &path, found);
    }
}

fn part<'m>(model: &'m mut Model, path: &[To]) -> &'m mut Model {
    let Some((first, rest)) = path.split_first() else {
        return model;
    };
    let next = match (first, model) {
        (To::Item(index), Model::List(items) | Model::Tuple(_, items)) => items.get_mut(*index),
        (To::Name(name), Model::Map(entries) | Model::Struct(_, entries)) => entries
            .iter_mut()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value),
        _ => None,
    };
    part(next.expect("a path of this model"), rest)
}

fn spelled(path: &[To]) -> String {
    path.iter().fold(String::new(), |text, to| match to {
        To::Name(_) if !text.is_empty() => format!("{text}.{to}"),
        to => format!("{text}{to}"),
    })
}

/// The example of the documentation, for mutants.
const EXAMPLE: &str = r##"#![type = "] \" x"]
(
    name: "shop", // the "name"
    machines: { "m.large": (cores: 4, memory: "16GiB", cost: "140/month") },
    components: {
        "cdn": Cdn(to: "lb", hit: 0.92, latency: "12ms"),
        "was": AppServer(on: ["h1", "h2"], threads: 200, sessions: Server("session"), operations: {
            "product": [Cpu(LogNormal(mean: "3ms", cv: 1.2)), Cached(in: r#"redis"#)],
        }), /* a /* nested */ comment */
    },
    links: { "was -> db": (pool: 20, timeout: "500ms", via: ["sw"]) },
)"##;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_scanner_reads_what_ron_reads((model, spaces) in text()) {
        let text = written(&model, &spaces);
        prop_assert!(check(&text)?, "{}", text);
    }

    #[test]
    fn the_scanner_agrees_on_mutants(
        (model, spaces) in text(),
        example: bool,
        edits in vec((any::<Index>(), 0..3_usize, select(&MUTATIONS[..])), 1..4),
    ) {
        let text = if example { EXAMPLE.to_owned() } else { written(&model, &spaces) };
        let mut letters: Vec<String> = text.chars().map(String::from).collect();
        for (at, removed, inserted) in edits {
            let at = at.index(letters.len() + 1);
            let end = (at + removed).min(letters.len());
            letters.splice(at..end, [inserted.to_owned()]);
        }
        check(&letters.concat())?;
    }

    #[test]
    fn setting_a_value_changes_that_value_and_nothing_else(
        (mut model, spaces) in text(),
        which: Index,
    ) {
        let source = Source::new("f.ron", written(&model, &spaces));
        let mut all = Vec::new();
        paths(&model, &[], &mut all);
        let path = &all[which.index(all.len())];
        let sections = Sections { fields: &[], maps: &[] };
        let assignment = format!("{}=New(x: 777)", spelled(path));
        let set = set(&source, "--set", &assignment, &sections);
        let set = set.map_err(|error| TestCaseError::fail(format!("{assignment}: {error:?}")))?;
        let number = Model::Scalar("777".into());
        *part(&mut model, path) = Model::Struct("New", vec![("x".into(), number)]);
        prop_assert_eq!(meaning(set.text()), meaning(&written(&model, &spaces)), "{}", assignment);
    }
}

const MUTATIONS: [&str; 34] = [
    "", "", "", "(", ")", "[", "]", "{", "}", ",", ":", "\"", "'", "\\", "/", "*", "//", "/*",
    "*/", "\n", "#", "r#", "r\"", "b'", "Some(", "None", "..", ".", "-", "_", "1", "a", "가",
    "\u{85}",
];

#[test]
fn a_text_of_one_letter_or_none_never_panics() {
    for text in [
        "", " ", "#", "#!", "#![", "/", "\"", "r", "b'", "'", "(", "r#", "..", "\u{feff}",
    ] {
        assert_eq!(
            check(text).unwrap(),
            text == "r" || text == "..",
            "{text:?}"
        );
    }
}
