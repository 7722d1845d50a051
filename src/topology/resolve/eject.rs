//! Passive ejection of a link.

use super::Resolver;
use crate::diagnostic::Diagnostic;
use crate::kinds::Kind;
use crate::model::{self, LinkId, Role};
use crate::quantity::{Count, Time};
use crate::schema::eject::{AGAIN, BACK, COUNTED, EJECT, FAILURES, MOST, TIME};
use crate::schema::{Again, At, Back, Counted, Eject};
use crate::schema::{code, filled, must_be_positive, positive, silent};

impl Resolver<'_> {
    /// When a target that fails is left out of choice.
    pub(super) fn eject(&mut self, id: usize, eject: &At<Eject>) -> model::Eject {
        let known = self.problems.len();
        self.shared_guard(id, "eject", &eject.span);
        if self.problems.len() == known {
            self.refuse_without_choice(id, eject);
        }
        let stated = &eject.value;
        let product = stated.preset.as_ref();
        let silent = silent(product, "ejection", &EJECT);
        self.problems.extend(silent);
        let failures = stated.failures.as_ref().map(|failures| failures.value);
        let time = stated.time.as_ref().map(|time| time.value);
        let time = time.unwrap_or_else(|| filled(product, &TIME).read::<Time>());
        self.problems
            .extend(stated.time.as_ref().and_then(positive));
        if let Some(most) = stated
            .most
            .as_ref()
            .filter(|most| most.value.value() <= 0.0)
        {
            let message = "one target may always be left out";
            let problem = Diagnostic::error(code::RANGE, message).at(most.span.clone());
            let help = "write a share above 0, such as 0.1, or leave `eject` out";
            self.problems.push(problem.help(help));
        }
        model::Eject {
            failures: failures
                .unwrap_or_else(|| filled(product, &FAILURES).read::<Count>())
                .get(),
            within: self.counted(stated),
            time: time.nanos(),
            longest: self.longest(stated, time),
            back: self.back(stated),
            most: stated
                .most
                .as_ref()
                .map_or_else(|| filled(product, &MOST).read(), |most| most.value)
                .value(),
        }
    }

    fn counted(&mut self, eject: &Eject) -> Option<u64> {
        let stated = eject.counted.as_ref();
        if let Some(zero) = stated.filter(|it| it.value == Counted::Within(Time::ZERO)) {
            self.problems.push(must_be_positive(&zero.span));
        }
        let product = eject.preset.as_ref();
        match stated.map_or_else(|| filled(product, &COUNTED).read(), |it| it.value) {
            Counted::InARow => None,
            Counted::Within(time) => Some(time.nanos()),
        }
    }

    fn longest(&mut self, eject: &Eject, time: Time) -> u64 {
        let product = eject.preset.as_ref();
        let stated = eject.again.as_ref();
        let longest = match stated.map_or_else(|| filled(product, &AGAIN).read(), |it| it.value) {
            Again::Same => time,
            Again::Longer(longest) => longest,
        };
        if let Some(at) = stated.filter(|_| longest < time) {
            let message = "the longest ejection is shorter than the first";
            let problem = Diagnostic::error(code::RANGE, message).at(at.span.clone());
            let help = "write at least as much as `time`, or Same";
            self.problems.push(problem.help(help));
        }
        longest.max(time).nanos()
    }

    fn back(&mut self, eject: &Eject) -> model::Back {
        let stated = eject.back.as_ref();
        if let Some(zero) = stated.filter(|it| it.value == Back::AtSweep(Time::ZERO)) {
            self.problems.push(must_be_positive(&zero.span));
        }
        let product = eject.preset.as_ref();
        match stated.map_or_else(|| filled(product, &BACK).read(), |it| it.value) {
            Back::OnTrial => model::Back::OnTrial,
            Back::AtOnce => model::Back::AtOnce,
            Back::AtSweep(every) => model::Back::AtSweep(every.nanos()),
        }
    }

    /// Who leaves a target out must have another to choose.
    fn refuse_without_choice(&mut self, id: usize, eject: &At<Eject>) {
        let problem = match self.kind(self.links.drafts[id].callee) {
            Some(Kind::Dns(_)) => Some((
                "clients ask all name servers and take the first answer: none is left out",
                "leave `eject` out",
            )),
            Some(Kind::Cache(_)) => Some((
                "the shards of a Cache are chosen by key: none can be left out",
                "leave `eject` out",
            )),
            _ if self.targets(id).is_some_and(|targets| targets < 2) => Some((
                "there is only one target: with it left out nobody would be asked",
                "add a replica, or leave `eject` out",
            )),
            _ => None,
        };
        if let Some((message, help)) = problem {
            let problem = Diagnostic::error(code::CONFLICT, message).at(eject.span.clone());
            self.problems.push(problem.help(help));
        }
    }

    /// Nodes that answer calls over a link and those under the same `to`; `None` where one of the
    /// components is at fault.
    pub(super) fn targets(&self, id: usize) -> Option<usize> {
        let link = LinkId::from(id);
        let group = self.links.group_of(link);
        let links = group.unwrap_or(std::slice::from_ref(&link));
        let count = |link: &LinkId| {
            let callee = self.links.drafts[link.index()].callee;
            let blueprint = self.blueprints[callee.index()].as_ref()?;
            let roles = blueprint.roles.iter();
            Some(roles.filter(|role| **role != Role::Standby).count())
        };
        links.iter().map(count).sum()
    }
}
