//! Pairs of files that differ in one field, and where the difference shows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use linchpin::experiment::{self, Settings, SpofSettings};
use linchpin::syntax::diff::diff;
use linchpin::syntax::tree::{Node, Tree};
use linchpin::syntax::{path, source, splice};
use linchpin::topology::{SECTIONS, load_source};
use serde_json::Value;

use super::schema::{Schema, Step, child};

/// Results that differ with every change, or from run to run.
const SHOWS_NOTHING: [&str; 6] = [
    "wall_s",
    "events",
    "topology/digest",
    "topology/set",
    "series",
    "distribution",
];

/// A line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The file that both are made from.
    pub file: String,
    /// What is set in both.
    pub both: Vec<String>,
    /// What is set in the second one.
    pub change: Vec<String>,
    /// Where they differ: keys of the result between `/`, or the code of a diagnostic.
    pub shows: String,
}

/// The pairs of a table: lines `file | both | change | shows`, with `;` between assignments.
pub fn table(text: &str) -> Vec<Pair> {
    let lines = text.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(pair).collect()
}

fn pair(line: &str) -> Pair {
    let parts: Vec<&str> = line.split('|').map(str::trim).collect();
    let [file, both, change, shows] = parts[..] else {
        panic!("four parts: {line}")
    };
    let list = |text: &str| {
        let parts = text
            .split(';')
            .map(str::trim)
            .filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect()
    };
    Pair {
        file: file.to_owned(),
        both: list(both),
        change: list(change),
        shows: shows.to_owned(),
    }
}

/// One file of a pair, read and, if it is sound, run.
#[derive(Debug)]
pub struct Reading {
    tree: Tree,
    /// Codes of its problems.
    codes: BTreeSet<&'static str>,
    result: Option<Value>,
}

/// Files that were read already.
#[derive(Debug, Default)]
pub struct Readings(BTreeMap<(String, Vec<String>), Reading>);

impl Readings {
    /// The items that a pair covers.
    ///
    /// # Errors
    /// What is wrong with the pair.
    pub fn covered(
        &mut self,
        folder: &Path,
        pair: &Pair,
        schema: &Schema,
    ) -> Result<BTreeSet<String>, String> {
        let assignments = [pair.both.clone(), [&pair.both[..], &pair.change].concat()];
        let keys = assignments.map(|assignments| (pair.file.clone(), assignments));
        for key in &keys {
            if !self.0.contains_key(key) {
                let reading = read(folder, &key.0, &key.1)?;
                self.0.insert(key.clone(), reading);
            }
        }
        let [before, after] = keys.each_ref().map(|key| &self.0[key]);
        differs(before, after, &pair.shows)?;
        items(schema, &before.tree, &after.tree)
    }
}

fn read(folder: &Path, file: &str, assignments: &[String]) -> Result<Reading, String> {
    let source = source::read(&folder.join(file)).map_err(|error| error.1.message)?;
    let text = splice::set_all(&source, "--set", assignments, &SECTIONS);
    let text = text.map_err(|error| error.message)?;
    let tree = Tree::parse(text.text().clone()).map_err(|error| error.message)?;
    let (loaded, problems) = load_source(source, folder, "--set", assignments);
    let codes = problems.list().iter().map(|problem| problem.code).collect();
    let loaded = loaded.filter(|_| !problems.has_errors());
    let result = loaded.map(|loaded| {
        let mut settings = Settings {
            jobs: 1,
            with_failures: experiment::only_by_probability(&loaded.model).is_none(),
            ..Settings::new(1)
        };
        settings.topology.name.clone_from(&loaded.model.name);
        let result = experiment::run(&loaded.model, &settings).unwrap();
        let asked = SpofSettings {
            structural_only: true,
            ..SpofSettings::default()
        };
        let spof = experiment::spof(&loaded.model, &settings, &asked).unwrap();
        let mut result = serde_json::to_value(&result).unwrap();
        result["spof"] = serde_json::to_value(&spof).unwrap();
        result
    });
    Ok(Reading {
        tree,
        codes,
        result,
    })
}

/// Whether two files differ where the table says.
fn differs(before: &Reading, after: &Reading, shows: &str) -> Result<(), String> {
    if shows.starts_with("LP") {
        let said = [before, after].map(|one| one.codes.contains(shows));
        let is_one = said[0] != said[1];
        return is_one
            .then_some(())
            .ok_or(format!("{shows} is said of both or of neither"));
    }
    if SHOWS_NOTHING.iter().any(|name| shows.starts_with(name)) {
        return Err(format!("`{shows}` shows nothing"));
    }
    let value = |one: &Reading| match &one.result {
        Some(result) => Ok(at(result, shows).cloned()),
        None => Err(format!("it cannot be run: {:?}", one.codes)),
    };
    let (before, after) = (value(before)?, value(after)?);
    if before.is_none() && after.is_none() {
        return Err(format!("no result has a `{shows}`"));
    }
    let is_other = before != after;
    is_other
        .then_some(())
        .ok_or_else(|| format!("`{shows}` is {before:?} with both"))
}

fn at<'v>(result: &'v Value, keys: &str) -> Option<&'v Value> {
    keys.split('/')
        .try_fold(result, |value, key| match key.parse::<usize>() {
            Ok(index) if value.is_array() => value.get(index),
            _ => value.get(key),
        })
}

/// The one field in which two files differ, and the words that only one of them has there.
fn items(schema: &Schema, before: &Tree, after: &Tree) -> Result<BTreeSet<String>, String> {
    let mut fields = BTreeSet::new();
    let mut words = BTreeSet::new();
    for change in diff(before, after) {
        let steps = path::parse(&change.path).map_err(|error| error.message)?.0;
        let steps: Vec<Step> = steps.into_iter().map(|step| step.to).collect();
        let found = schema
            .follow(before, &steps)
            .or_else(|| schema.follow(after, &steps));
        let (field, place) = found.ok_or_else(|| format!("{} leads nowhere", change.path))?;
        let head = |tree| node(tree, &steps).and_then(|node| schema.head(place, node));
        let heads = [head(before), head(after)];
        if heads[0] != heads[1] {
            words.extend(heads.into_iter().flatten());
        }
        fields.insert(field);
    }
    if fields.len() != 1 {
        return Err(format!("it differs in {fields:?}, which is not one field"));
    }
    Ok(fields.union(&words).cloned().collect())
}

fn node<'t>(tree: &'t Tree, steps: &[Step]) -> Option<&'t Node> {
    steps
        .iter()
        .try_fold(tree.root(), |node, step| child(tree, node, step))
}
