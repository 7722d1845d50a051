//! From a source to a model, with every problem on the way.

use std::ops::Range;
use std::path::Path;

use super::file::{FIELDS, File};
use super::inject::inject_all;
use super::resolve::resolve;
use super::{later, lint};
use crate::diagnostic::{Diagnostic, Diagnostics, Source};
use crate::model::Model;
use crate::schema::code;
use crate::syntax::deserialize;
use crate::syntax::digest::Digest;
use crate::syntax::path::Sections;
use crate::syntax::source;
use crate::syntax::splice;
use crate::syntax::tree::Tree;

/// The top-level fields, for `--set`.
pub const SECTIONS: Sections = Sections {
    fields: &FIELDS,
    maps: &[
        "machines",
        "infrastructure",
        "components",
        "links",
        "classes",
        "journeys",
        "workload",
        "groups",
        "alarms",
    ],
};

/// A topology that can be run.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// What it says.
    pub model: Model,
    /// The text with the places of all values, for lints and differences.
    pub tree: Tree,
    /// The file with the flags that changed it.
    pub source: Source,
    /// A stable name of what it says, the files that it names included.
    pub digest: String,
}

/// Reads the topology `file` (`-`: standard input) and makes the assignments of `--set`, such as
/// `was.replicas=4`.
///
/// All problems of one phase (the file itself, its syntax, or schema and resolving together) are
/// found in one pass. There is no topology with errors among them, but there may be warnings with
/// one. The source is number 0 of the diagnostics.
pub fn load<S: AsRef<str>>(file: &Path, assignments: &[S]) -> (Option<Loaded>, Diagnostics) {
    load_injected::<S>(file, assignments, ("--inject", &[]))
}

/// The same with faults added after the assignments, by the phrases of a flag such as
/// `was/2 crash @3m for 60s`.
pub fn load_injected<S: AsRef<str>>(
    file: &Path,
    assignments: &[S],
    faults: (&str, &[S]),
) -> (Option<Loaded>, Diagnostics) {
    match source::read(file) {
        Ok(source) => {
            let folder = file.parent().unwrap_or(Path::new(""));
            let made = splice::set_all(&source, "--set", assignments, &SECTIONS);
            match made.and_then(|source| inject_all(&source, faults, &SECTIONS)) {
                Ok(source) => load_source::<&str>(source, folder, "--set", &[]),
                Err(problem) => (None, over(source, [*problem])),
            }
        }
        Err(error) => {
            let (source, problem) = *error;
            (None, over(source, [problem]))
        }
    }
}

/// Loads a topology whose text is at hand, with assignments of the flag called `flag`. Files that
/// it names are sought in `folder`.
pub fn load_source<S: AsRef<str>>(
    source: Source,
    folder: &Path,
    flag: &str,
    assignments: &[S],
) -> (Option<Loaded>, Diagnostics) {
    let source = match splice::set_all(&source, flag, assignments, &SECTIONS) {
        Ok(source) => source,
        Err(problem) => return (None, over(source, [*problem])),
    };
    let tree = match Tree::parse(source.text().clone()) {
        Ok(tree) => tree,
        Err(problem) => return (None, over(source, [*problem])),
    };
    let read = deserialize::load::<File>(&tree, later::later);
    let complete = read.diagnostics.is_empty();
    let mut problems = read.diagnostics;
    let mut digest = Digest::new();
    digest.add_tree(&tree);
    let mut model = None;
    if let Some(file) = read.value {
        let resolved = resolve(&file, &tree, folder, &mut digest, complete);
        let faults: Vec<_> = problems
            .iter()
            .filter_map(|fault| fault.span.clone())
            .collect();
        let new = resolved.problems.into_iter();
        problems.extend(new.filter(|problem| !follows(problem, &tree, &faults)));
        model = resolved.model;
    }
    if let Some(model) = &model {
        problems.extend(lint::lint(model, &tree));
    }
    problems.sort_by_key(place);
    let problems = over(source.clone(), problems);
    let loaded = model.map(|model| Loaded {
        model,
        tree,
        source,
        digest: digest.hex(),
    });
    (loaded, problems)
}

/// Whether something is missing only because what stands there could not be read.
fn follows(problem: &Diagnostic, tree: &Tree, faults: &[Range<usize>]) -> bool {
    problem.code == code::MISSING
        && ["components", "workload"].iter().any(|section| {
            tree.entries(section).iter().any(|(_, key, node)| {
                problem.span.as_ref() == Some(key)
                    && faults.iter().any(|fault| node.span.contains(&fault.start))
            })
        })
}

/// In the order of the text; what has no place comes last.
fn place(problem: &Diagnostic) -> usize {
    problem.span.as_ref().map_or(usize::MAX, |span| span.start)
}

fn over(source: Source, problems: impl IntoIterator<Item = Diagnostic>) -> Diagnostics {
    let mut all = Diagnostics::new();
    let index = all.add_source(source);
    all.extend(index, problems);
    all
}
