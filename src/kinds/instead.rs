//! What a caller does in place of a call that has failed for good (S16).
//!
//! The steps stand on the link; here they are put beside each call that goes over it.

use std::collections::BTreeMap;

use super::steps::{self, STEPS_MAX};
use super::{Blueprint, Site};
use crate::diagnostic::Diagnostic;
use crate::model::step::{inner_lists, inner_lists_mut};
use crate::model::{Call, LinkId, Resource, Step};
use crate::schema::{self, At, code};

/// Puts the steps that links state beside the calls of a component.
pub(super) fn cover(site: &mut dyn Site, blueprint: &mut Blueprint) {
    let mut covering = Covering {
        site,
        resources: &mut blueprint.resources,
        known: BTreeMap::new(),
        within: Vec::new(),
        written: 0,
    };
    for operation in &mut blueprint.operations {
        covering.list(&mut operation.steps);
    }
}

/// Calls on their way to their fallbacks.
struct Covering<'a> {
    site: &'a mut dyn Site,
    resources: &'a mut Vec<Resource>,
    /// What is done in place of a call over each link, and how many steps that is.
    known: BTreeMap<LinkId, (Vec<Step>, u64)>,
    /// Links whose fallback is being read.
    within: Vec<LinkId>,
    /// Steps put beside calls so far.
    written: u64,
}

impl Covering<'_> {
    fn list(&mut self, steps: &mut [Step]) {
        for step in steps {
            for inner in inner_lists_mut(step) {
                self.list(inner);
            }
            if let Step::Call(call) = step
                && let Some(instead) = self.instead(call)
            {
                let call = call.clone();
                *step = Step::Fallback { call, instead };
            }
        }
    }

    /// What is done in place of a call.
    fn instead(&mut self, call: &Call) -> Option<Vec<Step>> {
        let link = call.links.first()?.0;
        let stated = self.site.instead(link)?;
        if self.within.contains(&link) {
            self.refuse_circle(link, &stated);
            return None;
        }
        if !self.known.contains_key(&link) {
            let read = self.read(link, &stated);
            self.known.insert(link, read);
        }
        let (steps, size) = &self.known[&link];
        let before = self.written;
        self.written = before.saturating_add(*size);
        if self.written <= STEPS_MAX {
            return Some(steps.clone());
        }
        if before <= STEPS_MAX {
            let message = format!("with its fallbacks this is more than {STEPS_MAX} steps");
            let problem = Diagnostic::error(code::TOO_MANY, message).at(stated.span);
            let help = "write fewer calls in it that have fallbacks of their own";
            self.site.report(problem.help(help));
        }
        Some(Vec::new())
    }

    /// The steps that a link states, and how many there are.
    fn read(&mut self, link: LinkId, stated: &At<Vec<schema::Step>>) -> (Vec<Step>, u64) {
        let mut read = steps::instead(self.site, &stated.value, self.resources);
        let has_cpu = self.resources.first().is_some_and(|first| first.is_cpu);
        if !has_cpu && works(&read) {
            let message = "whoever calls here has no cpu and no disk of its own";
            let problem = Diagnostic::error(code::CONFLICT, message).at(stated.span.clone());
            self.site
                .report(problem.help("leave Cpu and Disk out of this fallback"));
        }
        let (own, before) = (size(&read), self.written);
        self.within.push(link);
        self.list(&mut read);
        self.within.pop();
        (read, own.saturating_add(self.written - before))
    }

    fn refuse_circle(&mut self, link: LinkId, stated: &At<Vec<schema::Step>>) {
        let first = self.within.iter().position(|&one| one == link);
        let circle = self.within[first.unwrap_or(0)..].iter().chain([&link]);
        let names: Vec<String> = circle.map(|&one| self.site.link_name(one)).collect();
        let message = match &names[..] {
            [name, _] => format!("the fallback of `{name}` makes the same call again"),
            _ => format!("fallbacks go round in a circle: {}", names.join(", then ")),
        };
        let problem = Diagnostic::error(code::CYCLE, message).at(stated.span.clone());
        self.site
            .report(problem.help("call somebody else, or take an answer of its own with Reply"));
    }
}

/// Whether some of these steps work at a resource.
fn works(steps: &[Step]) -> bool {
    steps
        .iter()
        .any(|step| matches!(step, Step::Use { .. }) || inner_lists(step).into_iter().any(works))
}

/// Number of steps, those inside others too.
fn size(steps: &[Step]) -> u64 {
    let inside = |step| inner_lists(step).into_iter().map(size).sum::<u64>();
    steps.iter().map(|step| 1 + inside(step)).sum()
}
