//! All fields and words of the topology file, found by asking the types themselves.

use std::collections::BTreeSet;

use linchpin::syntax::tree::{Kind, Node, Tree};
use linchpin::topology::file::File;

use super::ask::{Go, Want, ask};

/// The words that are compared as text before serde's words are looked at, where no deserializer
/// can see them: the field, and its words.
const READ_AS_TEXT: [(&str, &[&str]); 1] = [("backoff", &["Doubling"])];

/// A place in the schema: everything that may be written there.
#[derive(Debug, Default)]
pub struct Type {
    /// How failures call it.
    name: String,
    /// Which other type it is the same as: its name and its names inside.
    key: String,
    fields: Vec<(&'static str, usize)>,
    words: Vec<(&'static str, usize)>,
    item: Option<usize>,
    entry: Option<usize>,
    /// Types whose fields or words may stand here as well.
    also: Vec<usize>,
}

/// The whole schema; the type of the file is the first one.
#[derive(Debug, Default)]
pub struct Schema {
    types: Vec<Type>,
    /// Fields at which a word is read as text.
    text_words: BTreeSet<String>,
}

impl Schema {
    /// The schema of topology files.
    pub fn of_files() -> Self {
        let mut schema = Self::default();
        schema.explore(&mut Vec::new(), "file");
        let known: BTreeSet<String> = READ_AS_TEXT
            .iter()
            .map(|entry| entry.0.to_owned())
            .collect();
        assert_eq!(
            schema.text_words, known,
            "words that serde does not tell: list them"
        );
        schema
    }

    /// Every field as `type.field`, and every word as `type: word`.
    pub fn items(&self) -> BTreeSet<String> {
        let of = |one: &Type| {
            let fields = one
                .fields
                .iter()
                .map(|(field, _)| item_of_field(one, field));
            let words = one.words.iter().map(|(word, _)| item_of_word(one, word));
            fields.chain(words).collect::<Vec<_>>()
        };
        self.types.iter().flat_map(of).collect()
    }

    /// The type at the end of `way`, explored with all inside it.
    fn explore(&mut self, way: &mut Vec<Go>, label: &str) -> usize {
        match ask::<File>(way).want {
            Some(Want::Fields(name, fields)) => self.fields(way, label, name, fields),
            Some(Want::Words(name, words)) => self.words(way, label, name, words),
            Some(Want::List) => {
                let place = self.add(label, String::new());
                self.types[place].item = Some(self.into(way, Go::Item, label));
                place
            }
            Some(Want::Map) => {
                let place = self.add(label, String::new());
                self.types[place].entry = Some(self.into(way, Go::Entry, label));
                place
            }
            Some(Want::Views) => {
                let place = self.add(label, String::new());
                let views = [
                    self.into(way, Go::Own, label),
                    self.into(way, Go::Shared, label),
                ];
                self.types[place].also.extend(views);
                place
            }
            Some(Want::Any) => self.any(way, label),
            Some(Want::Plain) => self.add(label, String::new()),
            None => panic!("{label}: the type does not go where it says: {way:?}"),
        }
    }

    fn into(&mut self, way: &mut Vec<Go>, go: Go, label: &str) -> usize {
        way.push(go);
        let place = self.explore(way, label);
        way.pop();
        place
    }

    fn add(&mut self, name: &str, key: String) -> usize {
        self.types.push(Type {
            name: name.to_owned(),
            key,
            ..Type::default()
        });
        self.types.len() - 1
    }

    /// A type by its key: known already, or new.
    fn place(&mut self, name: &str, key: String) -> (usize, bool) {
        match self.types.iter().position(|one| one.key == key) {
            Some(place) => (place, false),
            None => (self.add(name, key), true),
        }
    }

    fn fields(
        &mut self,
        way: &mut Vec<Go>,
        label: &str,
        name: &'static str,
        fields: &'static [&'static str],
    ) -> usize {
        let name = if name.is_empty() { label } else { name };
        let (place, is_new) = self.place(name, format!("{name}({})", fields.join(",")));
        for field in fields.iter().filter(|_| is_new) {
            let inside = self.into(way, Go::Field(field), field);
            self.types[place].fields.push((field, inside));
        }
        place
    }

    fn words(
        &mut self,
        way: &mut Vec<Go>,
        label: &str,
        name: &'static str,
        words: &'static [&'static str],
    ) -> usize {
        let title = if name.is_empty() { label } else { name };
        let (place, is_new) = self.place(title, format!("{name}: {}", words.join(",")));
        for word in words.iter().filter(|_| is_new) {
            let inside = self.into(way, Go::Word(word), word);
            self.types[place].words.push((word, inside));
        }
        place
    }

    /// A place where the type looks at what is written: each shape is tried.
    fn any(&mut self, way: &mut Vec<Go>, label: &str) -> usize {
        let place = self.add(label, String::new());
        if goes(way, Go::Item) {
            self.types[place].item = Some(self.into(way, Go::Item, label));
        }
        way.push(Go::Entry);
        let entry = ask::<File>(way).want;
        way.pop();
        match entry {
            Some(Want::Fields("", fields)) => {
                let fields = self.fields(way, label, "", fields);
                self.types[place].also.push(fields);
            }
            Some(_) => self.types[place].entry = Some(self.into(way, Go::Entry, label)),
            None => {}
        }
        way.push(Go::Words);
        let found = ask::<File>(way);
        way.pop();
        if let Some(Want::Words("", words)) = found.want {
            let words = self.words(way, label, "", words);
            self.types[place].also.push(words);
        }
        if found.reads_text {
            self.text_words.insert(label.to_owned());
            let extra = READ_AS_TEXT.iter().find(|entry| entry.0 == label);
            if let Some((_, words)) = extra {
                let words = self.words(way, label, "", words);
                self.types[place].also.push(words);
            }
        }
        place
    }

    /// The type of `place` and all whose parts may stand there as well.
    fn union(&self, place: usize) -> Vec<usize> {
        let mut all = vec![place];
        let mut next = 0;
        while let Some(&place) = all.get(next) {
            all.extend(self.types[place].also.iter().copied());
            next += 1;
        }
        all
    }

    /// What may stand inside `node`, which is a `place`: behind its word first.
    fn inside(&self, place: usize, node: &Node) -> Vec<usize> {
        let all = self.union(place);
        let behind = |&place: &usize| self.word(place, node).map(|(_, inside)| self.union(inside));
        let mut found: Vec<usize> = all.iter().filter_map(behind).flatten().collect();
        found.extend(all);
        found
    }

    fn word(&self, place: usize, node: &Node) -> Option<(&'static str, usize)> {
        let name = node.name()?;
        self.types[place]
            .words
            .iter()
            .find(|(word, _)| *word == name.text)
            .copied()
    }

    /// The word that `node`, which is a `place`, begins with.
    pub fn head(&self, place: usize, node: &Node) -> Option<String> {
        let all = self.union(place);
        all.iter().find_map(|&place| {
            self.word(place, node)
                .map(|(word, _)| item_of_word(&self.types[place], word))
        })
    }

    /// Follows names and indices through `tree`: the last field on the way, and the type at its
    /// end. The value at the end need not be written.
    pub fn follow(&self, tree: &Tree, steps: &[Step]) -> Option<(String, usize)> {
        let mut node = Some(tree.root());
        let mut place = 0;
        let mut field = None;
        for step in steps {
            let here = node?;
            if let (Step::Item(_), Kind::Tuple(..)) = (step, &here.kind) {
                let all = self.union(place);
                place = all.iter().find_map(|&one| self.word(one, here))?.1;
                node = child(tree, here, step);
                continue;
            }
            let inside = self.inside(place, here);
            let (item, next) = inside.iter().find_map(|&one| self.step(one, step))?;
            field = item.or(field);
            place = next;
            node = child(tree, here, step);
        }
        Some((field?, place))
    }

    fn step(&self, place: usize, step: &Step) -> Option<(Option<String>, usize)> {
        let one = &self.types[place];
        match step {
            Step::Name(name) => {
                let field = one.fields.iter().find(|(field, _)| field == name);
                let field = field.map(|&(field, next)| (Some(item_of_field(one, field)), next));
                field.or(one.entry.map(|next| (None, next)))
            }
            Step::Item(_) => one.item.map(|next| (None, next)),
        }
    }
}

/// Whether the type at the end of `way` goes on with `go`.
fn goes(way: &mut Vec<Go>, go: Go) -> bool {
    way.push(go);
    let want = ask::<File>(way).want;
    way.pop();
    want.is_some()
}

/// A step into a tree.
pub use linchpin::syntax::path::To as Step;

/// The value one step into `node`; `None` if nothing is written there.
pub fn child<'t>(tree: &'t Tree, node: &'t Node, step: &Step) -> Option<&'t Node> {
    match (step, &node.kind) {
        (Step::Name(name), _) => tree.get(node, name),
        (Step::Item(index), Kind::List(items) | Kind::Tuple(_, items)) => items.get(*index),
        (Step::Item(_), _) => None,
    }
}

fn item_of_field(of: &Type, field: &str) -> String {
    format!("{}.{field}", of.name)
}

fn item_of_word(of: &Type, word: &str) -> String {
    format!("{}: {word}", of.name)
}
