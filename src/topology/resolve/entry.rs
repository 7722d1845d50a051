//! Where each class enters, and what is named and never used.

use std::ops::Range;

use super::Resolver;
use super::names::unknown;
use super::users::{PLAIN_CLASS, classes_of};
use crate::diagnostic::Diagnostic;
use crate::model::{Caller, ClassId, ComponentId, Workload, WorkloadId};
use crate::schema::code;
use crate::schema::{At, Named};
use crate::topology::file::Entry;

impl Resolver<'_> {
    /// Where each class that somebody sends enters, and the links of the users who send it.
    pub(super) fn entries(&mut self, workloads: &[Workload]) {
        self.check_entry();
        for workload in workloads {
            let Some(place) = self.names.workloads.place(&workload.name) else {
                continue;
            };
            let caller = Caller::Workload(WorkloadId::from(place));
            for class in classes_of(workload, &self.journeys) {
                let Some((entry, span)) = self.entry(class) else {
                    continue;
                };
                self.classes[class.index()].entry = Some(entry);
                self.links.get(caller, entry, &span);
            }
        }
        self.unused_classes();
        self.unused_journeys(workloads);
    }

    /// Every name under `entry` must be a component.
    fn check_entry(&mut self) {
        let file = self.file;
        match &file.entry {
            None => self.entry_is_lost = true,
            Some(Entry::One(name)) => self.entry_is_lost = self.component(name).is_none(),
            Some(Entry::ByClass(map)) => {
                for (_, name) in map {
                    self.entry_is_lost |= self.component(name).is_none();
                }
            }
        }
    }

    fn entry(&mut self, class: ClassId) -> Option<(ComponentId, Range<usize>)> {
        let file = self.file;
        let name = match file.entry.as_ref()? {
            Entry::One(name) => name,
            Entry::ByClass(map) => {
                let class = &self.classes[class.index()].name;
                let Some(name) = map.get(class).or_else(|| map.get(PLAIN_CLASS)) else {
                    self.no_entry(map, &class.clone());
                    return None;
                };
                name
            }
        };
        let place = self.names.components.place(&name.value)?;
        Some((ComponentId::from(place), name.span.clone()))
    }

    fn no_entry(&mut self, map: &Named<At<String>>, class: &str) {
        let message = format!("class `{class}` enters nowhere");
        let twice = self
            .problems
            .iter()
            .any(|problem| problem.message == message);
        let span = map.iter().next().map(|(name, _)| name.span.clone());
        if let (false, Some(span)) = (twice, span) {
            self.problems.push(
                Diagnostic::error(code::MISSING, message)
                    .at(span)
                    .help(format!(
                        "add `\"{class}\": ..` or `\"default\": ..` to `entry`"
                    )),
            );
        }
    }

    /// Names of classes that nobody sends are errors: most are misspelt.
    fn unused_classes(&mut self) {
        if self.file.workload.len() < self.names.workloads.len() {
            return;
        }
        let file = self.file;
        let mut stated: Vec<&At<String>> = file.classes.iter().map(|(name, _)| name).collect();
        if let Some(Entry::ByClass(map)) = &file.entry {
            let named = map.iter().map(|(name, _)| name);
            stated.extend(named.filter(|name| name.value != PLAIN_CLASS));
        }
        let named = std::mem::take(&mut self.classes_named);
        stated.extend(named.iter().filter(|name| name.value != PLAIN_CLASS));
        for name in stated {
            if !self.class_ids.contains_key(&name.value) {
                let known = self.class_ids.keys().map(String::as_str);
                let mut problem = unknown(&name.value, name.span.clone(), "class", known);
                problem.message += ": no mix, journey or log names it";
                self.problems.push(problem);
            }
        }
    }
}
