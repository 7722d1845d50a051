//! From the file to the model: names become ids, kinds become primitives, defaults are filled in.
//!
//! All problems are collected. A part whose schema is at fault counts as declared, so that it does
//! not make every reference to it wrong as well; what cannot be judged without it is not judged.

mod alarms;
mod assemble;
mod circle;
pub mod condition;
mod contents;
mod deploy;
mod eject;
mod elsewhere;
mod entry;
mod fault;
mod files;
mod groups;
mod guards;
mod link_fields;
mod links;
mod memory;
mod messages;
mod names;
mod objectives;
mod overload;
mod pace;
mod places;
mod racks;
mod replay;
mod restart;
mod run;
mod samples;
mod site;
mod strangers;
mod struck;
mod target;
mod unused;
mod users;
mod walk;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use super::file::File;
use crate::diagnostic::Diagnostic;
use crate::kinds::{Blueprint, Kind};
use crate::law::Law;
use crate::model::{Caller, Class, ComponentId, Host, Journey, Model, Rack, Switch};
use crate::schema::{At, Draw, Fallback, LawOf, Quantity};
use crate::syntax::digest::Digest;
use crate::syntax::tree::Tree;
use links::Links;
use names::Names;

/// What resolving has made of a file.
#[derive(Debug)]
pub struct Resolved {
    /// The model; `None` with errors among the problems.
    pub model: Option<Model>,
    /// Errors and warnings.
    pub problems: Vec<Diagnostic>,
}

/// Resolves `file`, the reading of `tree`. `complete` says that nothing of the tree was lost on
/// the way; without it there is no model. Other files are sought in `folder` and enter `digest`.
pub fn resolve(
    file: &File,
    tree: &Tree,
    folder: &Path,
    digest: &mut Digest,
    complete: bool,
) -> Resolved {
    let mut problems = Vec::new();
    let names = Names::new(tree, &mut problems);
    let resolver = Resolver {
        file,
        tree,
        folder,
        digest,
        names,
        problems,
        laws: BTreeMap::new(),
        links: Links::default(),
        fallbacks: BTreeMap::new(),
        operations_named: Vec::new(),
        classes_named: Vec::new(),
        hosts: Vec::new(),
        racks: Vec::new(),
        switches: Vec::new(),
        ids: Vec::new(),
        memories: Vec::new(),
        blueprints: Vec::new(),
        classes: Vec::new(),
        class_ids: BTreeMap::new(),
        journeys: Vec::new(),
        entry_is_lost: false,
        items: contents::Items::default(),
    };
    resolver.run(complete)
}

/// Everything under construction.
struct Resolver<'a> {
    file: &'a File,
    tree: &'a Tree,
    folder: &'a Path,
    digest: &'a mut Digest,
    names: Names,
    problems: Vec<Diagnostic>,
    /// Laws of files that were read already, by file, column and unit.
    laws: BTreeMap<(String, Option<String>, u64), Law>,
    links: Links,
    /// What callers do when a call has failed for good, by the ends of links.
    fallbacks: BTreeMap<(Caller, ComponentId), &'a At<Fallback>>,
    /// Operations that calls name: where, whose, which.
    operations_named: Vec<(Range<usize>, ComponentId, String)>,
    /// Classes that components name.
    classes_named: Vec<At<String>>,
    hosts: Vec<Host>,
    racks: Vec<Rack>,
    switches: Vec<Switch>,
    /// What the infrastructure names are, in their order.
    ids: Vec<places::Place>,
    /// By component: what its nodes can hold, where that is limited.
    memories: Vec<Option<crate::model::Memory>>,
    /// By component; `None` where the schema is at fault.
    blueprints: Vec<Option<Blueprint>>,
    classes: Vec<Class>,
    class_ids: BTreeMap<String, usize>,
    journeys: Vec<Journey>,
    /// Whether `entry` is at fault, so that nothing can be said about links of users.
    entry_is_lost: bool,
    /// What the logs ask for.
    items: contents::Items,
}

impl Resolver<'_> {
    /// The kind of a component; `None` where its schema is at fault.
    fn kind(&self, id: ComponentId) -> Option<&Kind> {
        let name = &self.names.components.name(id.index()).value;
        self.file
            .components
            .get(name)
            .map(|component| &component.kind)
    }

    /// Whether all of a component is known.
    fn is_known(&self, id: ComponentId) -> bool {
        self.kind(id).is_some()
    }

    /// The component that `at` names; unknown ones are reported.
    fn component(&mut self, at: &At<String>) -> Option<ComponentId> {
        match self.names.components.find(at, "component") {
            Ok(place) => Some(ComponentId::from(place)),
            Err(problem) => {
                self.problems.push(*problem);
                None
            }
        }
    }

    /// A law in the model's unit; files are read.
    fn law<Q: Quantity>(&mut self, law: &LawOf<Q>) -> Law {
        let samples = match &law.draw {
            Draw::Law(law) => return law.clone(),
            Draw::Samples(samples) => samples,
        };
        let column = samples.column.as_ref().map(|column| column.value.clone());
        let key = (samples.file.value.clone(), column, Q::PLAIN.to_bits());
        if let Some(law) = self.laws.get(&key) {
            return law.clone();
        }
        match samples::read::<Q>(self.folder, samples, self.digest) {
            Ok(law) => {
                self.laws.insert(key, law.clone());
                law
            }
            Err(problem) => {
                self.problems.push(*problem);
                Law::Constant(0.0)
            }
        }
    }

    /// The bytes `range` of a string's content; the whole string where it has escapes.
    fn inside(&self, text: &At<String>, range: Range<usize>) -> Range<usize> {
        let written = &self.tree.text()[text.span.clone()];
        let is_plain = written.len() == text.value.len() + 2
            && written.starts_with('"')
            && written[1..].starts_with(text.value.as_str());
        if !is_plain {
            return text.span.clone();
        }
        let start = text.span.start + 1;
        start + range.start..start + range.end
    }

    fn has_errors(&self) -> bool {
        use crate::diagnostic::Severity;
        self.problems
            .iter()
            .any(|problem| problem.severity == Severity::Error)
    }
}
