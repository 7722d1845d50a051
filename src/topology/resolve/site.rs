//! What a kind asks of the file around its component.

use std::ops::Range;

use super::Resolver;
use super::names::unknown;
use super::target;
use crate::diagnostic::Diagnostic;
use crate::kinds::{Balancing, Blueprint, Kind, Site};
use crate::law::Law;
use crate::model::{Call, Caller, ComponentId, LinkId};
use crate::quantity::{Cores, Share};
use crate::schema::{self, At, Fallback, Shared, SizeLaw, Step, TimeLaw, To, code};

/// The surroundings of one component.
struct Surroundings<'r, 'a> {
    resolver: &'r mut Resolver<'a>,
    id: ComponentId,
    shared: &'r Shared,
}

impl Resolver<'_> {
    /// Translates every component that is known.
    pub(super) fn translate(&mut self) {
        let file = self.file;
        self.fallbacks = self.stated_fallbacks();
        for place in 0..self.names.components.len() {
            let name = self.names.components.name(place).value.clone();
            let blueprint = file.components.get(&name).map(|component| {
                let boot = component.shared.boot.as_ref();
                self.problems.extend(boot.and_then(schema::positive));
                let mut site = Surroundings {
                    resolver: self,
                    id: ComponentId::from(place),
                    shared: &component.shared,
                };
                component.kind.translate(&mut site)
            });
            self.blueprints.push(blueprint);
        }
        for (span, id, name) in std::mem::take(&mut self.operations_named) {
            self.check_operation(span, id, &name);
        }
    }

    fn check_operation(&mut self, span: Range<usize>, id: ComponentId, name: &str) {
        let Some(Blueprint { operations, .. }) = &self.blueprints[id.index()] else {
            return;
        };
        if operations.iter().all(|operation| operation.name != name) {
            let component = &self.names.components.name(id.index()).value;
            let what = format!("operation of `{component}` called");
            let known = operations.iter().map(|operation| operation.name.as_str());
            let problem = unknown(name, span, &what, known);
            self.problems.push(problem);
        }
    }
}

impl Surroundings<'_, '_> {
    fn nobody() -> Call {
        Call {
            links: Vec::new(),
            operation: None,
            policy: None,
            maxconn: None,
            sticky: false,
            request: None,
        }
    }
}

impl Site for Surroundings<'_, '_> {
    fn span(&self) -> Range<usize> {
        self.resolver
            .names
            .components
            .name(self.id.index())
            .span
            .clone()
    }

    fn shared(&self) -> &Shared {
        self.shared
    }

    fn machine_cores(&self) -> Option<u32> {
        let machine = self.shared.machine.as_ref()?;
        let machine = self.resolver.file.machines.get(&machine.value)?;
        machine.cores.map(Cores::get)
    }

    fn report(&mut self, problem: Diagnostic) {
        self.resolver.problems.push(problem);
    }

    fn time(&mut self, law: &TimeLaw) -> Law {
        self.resolver.law(law)
    }

    fn size(&mut self, law: &SizeLaw) -> Law {
        self.resolver.law(law)
    }

    fn class(&mut self, class: &At<String>) {
        self.resolver.classes_named.push(class.clone());
    }

    fn call(&mut self, to: &At<String>, request: Option<Law>) -> Call {
        let (name, operation) = match to.value.split_once('.') {
            Some((name, operation)) => (name, Some(operation)),
            None => (to.value.as_str(), None),
        };
        let span = self.resolver.inside(to, 0..name.len());
        let component = At {
            value: name.to_owned(),
            span,
        };
        let Some(callee) = self.resolver.component(&component) else {
            return Self::nobody();
        };
        if let Some(operation) = operation {
            let span = self.resolver.inside(to, name.len() + 1..to.value.len());
            self.resolver
                .operations_named
                .push((span, callee, operation.to_owned()));
        }
        let link = self
            .resolver
            .links
            .get(Caller::Component(self.id), callee, &to.span);
        Call {
            links: vec![(link, 1.0)],
            operation: operation.map(str::to_owned),
            policy: None,
            maxconn: None,
            sticky: false,
            request,
        }
    }

    fn pass(&mut self, to: &To, balancing: Option<Balancing>) -> Call {
        let mut links = Vec::new();
        for (name, weight) in &to.targets {
            let Some(callee) = self.resolver.component(name) else {
                continue;
            };
            let link = self
                .resolver
                .links
                .get(Caller::Component(self.id), callee, &name.span);
            links.push((link, *weight));
        }
        let ids = links.iter().map(|(link, _)| *link).collect();
        self.resolver.links.group(ids, balancing, to.is_weighted());
        Call {
            links,
            operation: None,
            policy: None,
            maxconn: None,
            sticky: false,
            request: None,
        }
    }

    fn instead(&mut self, link: LinkId) -> Option<At<Vec<Step>>> {
        let draft = &self.resolver.links.drafts[link.index()];
        let stated = self.resolver.fallbacks.get(&(draft.caller, draft.callee))?;
        match &stated.value {
            Fallback::Reply => None,
            Fallback::Steps(steps) => Some(At {
                value: steps.clone(),
                span: stated.span.clone(),
            }),
        }
    }

    fn link_name(&self, link: LinkId) -> String {
        let draft = &self.resolver.links.drafts[link.index()];
        self.resolver.link_name(draft)
    }

    fn forwards(&mut self, call: &Call, at: Range<usize>) {
        for (link, _) in &call.links {
            self.resolver.links.forward(*link, &at);
        }
    }

    fn target(&mut self, text: &At<String>) -> Option<(&'static str, f64)> {
        match target::read(&text.value) {
            Ok(target) => Some(target),
            Err(error) => {
                self.resolver.refuse_condition(text, error);
                None
            }
        }
    }

    fn queue(&mut self, queue: &At<String>) {
        let name = queue.value.split('.').next().unwrap_or_default();
        let Some(component) = self.resolver.file.components.get(name) else {
            self.resolver.component(queue);
            return;
        };
        let message = match component.kind {
            Kind::Queue(_) if name == queue.value => return,
            Kind::Queue(_) => "a queue has no operations to choose from".to_owned(),
            _ => format!("`{name}` is no Queue, but a {}", component.kind.word()),
        };
        self.report(
            Diagnostic::error(code::CONFLICT, message)
                .at(queue.span.clone())
                .help("name a component `Queue(..)`; write Call for other components"),
        );
    }

    fn workers(&mut self) -> (To, Option<u32>) {
        let resolver = &*self.resolver;
        let own = &resolver.names.components.name(self.id.index()).value;
        let mut targets = Vec::new();
        let mut slots = 0u32;
        for (name, component) in &resolver.file.components {
            let Kind::Worker(worker) = &component.kind else {
                continue;
            };
            if worker.from.value == *own {
                let replicas = component.shared.replicas.as_ref();
                let nodes = replicas.map_or(1, |replicas| replicas.value.get());
                slots = slots.saturating_add(worker.slots().saturating_mul(nodes));
                targets.push((name.clone(), 1.0));
            }
        }
        (To { targets }, Some(slots))
    }

    fn voters(&mut self, name: &At<String>) -> Option<ComponentId> {
        let id = self.resolver.component(name)?;
        let voters = self.resolver.file.components.get(&name.value)?;
        if !voters.kind.can_vote() {
            let message = format!(
                "`{}` is a {}, which does not vote",
                name.value,
                voters.kind.word()
            );
            self.report(
                Diagnostic::error(code::CONFLICT, message)
                    .at(name.span.clone())
                    .help("name a Database, a Cache, or servers on which monitors run"),
            );
        }
        if voters.shared.autoscale.is_some() {
            let message = format!("`{}` votes, and its nodes come and go", name.value);
            self.report(
                Diagnostic::error(code::CONFLICT, message)
                    .at(name.span.clone())
                    .help("name a component without `autoscale`"),
            );
        }
        Some(id)
    }

    fn hit(&mut self, cache: &At<String>) -> Option<f64> {
        let name = cache.value.split('.').next().unwrap_or_default();
        let Some(component) = self.resolver.file.components.get(name) else {
            return Some(0.0);
        };
        if let Kind::Cache(cache) = &component.kind {
            return cache.hit.map(Share::value);
        }
        let message = format!("`{name}` is no Cache, but a {}", component.kind.word());
        self.report(
            Diagnostic::error(code::CONFLICT, message)
                .at(cache.span.clone())
                .help("`Cached(in: ..)` asks a Cache; write Call for other components"),
        );
        Some(0.0)
    }
}
