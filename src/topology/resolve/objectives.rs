//! Objectives: conditions of the file, shown at their words.

use super::Resolver;
use super::condition::{ConditionError, Subjects, parse};
use crate::diagnostic::Diagnostic;
use crate::model::{ClassId, ComponentId, Model, Objective};
use crate::schema::At;
use crate::schema::code;

impl Resolver<'_> {
    pub(super) fn objectives(&mut self) -> Vec<Objective> {
        let file = self.file;
        let mut objectives = Vec::new();
        for text in &file.objectives {
            match parse(&text.value, self) {
                Ok(objective) => objectives.push(objective),
                Err(error) => self.refuse_condition(text, error),
            }
        }
        objectives
    }

    /// A part whose schema is at fault cannot be judged, nor what speaks about it.
    pub(super) fn refuse_condition(&mut self, text: &At<String>, error: ConditionError) {
        let scope = text.value.split_once(':').map(|(scope, _)| scope.trim());
        let lost = scope.is_some_and(|scope| {
            let component = self.names.components.place(scope);
            component.is_some_and(|place| !self.is_known(ComponentId::from(place)))
        });
        if lost {
            return;
        }
        let span = self.inside(text, error.range);
        let mut problem = Diagnostic::error(code::CONDITION, error.message).at(span);
        problem.help.extend(error.help);
        self.problems.push(problem);
    }
}

impl Subjects for Resolver<'_> {
    fn class(&self, name: &str) -> Option<ClassId> {
        self.class_ids.get(name).map(|place| ClassId::from(*place))
    }

    fn component(&self, name: &str) -> Option<(ComponentId, Vec<&'static str>)> {
        let place = self.names.components.place(name)?;
        let blueprint = self.blueprints[place].as_ref()?;
        let mut resources: Vec<_> = blueprint
            .resources
            .iter()
            .map(|resource| resource.name)
            .collect();
        let permits = [
            ("threads", blueprint.threads),
            ("connections", blueprint.connections),
        ];
        resources.extend(
            permits
                .iter()
                .filter(|(_, some)| some.is_some())
                .map(|(name, _)| *name),
        );
        resources.extend(self.memories[place].is_some().then_some("memory"));
        Some((ComponentId::from(place), resources))
    }

    fn is_other(&self, name: &str) -> bool {
        self.names.journeys.place(name).is_some()
            || self
                .links
                .drafts
                .iter()
                .any(|draft| self.link_name(draft) == name)
    }

    fn names(&self) -> Vec<&str> {
        self.class_ids
            .keys()
            .map(String::as_str)
            .chain(self.names.components.iter())
            .collect()
    }
}

/// For conditions of flags.
impl Subjects for Model {
    fn class(&self, name: &str) -> Option<ClassId> {
        self.class_named(name)
    }

    fn component(&self, name: &str) -> Option<(ComponentId, Vec<&'static str>)> {
        let id = self.component_named(name)?;
        let component = self.component(id);
        let mut resources: Vec<_> = component
            .resources
            .iter()
            .map(|resource| resource.name)
            .collect();
        let permits = [
            ("threads", component.threads),
            ("connections", component.connections),
        ];
        resources.extend(
            permits
                .iter()
                .filter(|(_, some)| some.is_some())
                .map(|(name, _)| *name),
        );
        resources.extend(component.memory.is_some().then_some("memory"));
        Some((id, resources))
    }

    fn is_other(&self, name: &str) -> bool {
        self.journeys
            .iter()
            .any(|journey| journey.named && journey.name == name)
            || self.links.iter().any(|link| link.name == name)
    }

    fn names(&self) -> Vec<&str> {
        let classes = self.classes.iter().map(|class| class.name.as_str());
        classes
            .chain(self.components.iter().map(|part| part.name.as_str()))
            .collect()
    }
}
