//! Racks, and how often places are down.

use super::Resolver;
use crate::diagnostic::Diagnostic;
use crate::kinds;
use crate::model::{Outage, Rack, RackId};
use crate::schema::{self, At, Infrastructure, code};

impl Resolver<'_> {
    /// The racks, before the hosts that stand in them.
    pub(super) fn racks(&mut self) {
        let file = self.file;
        for place in 0..self.names.infrastructure.len() {
            let name = self.names.infrastructure.name(place).value.clone();
            if let Some(Infrastructure::Rack(rack)) = file.infrastructure.get(&name) {
                let outage = self.outage(rack.failure.as_ref());
                self.racks.push(Rack { name, outage });
            }
        }
    }

    /// The rack called `name`.
    pub(super) fn rack_called(&self, name: &str) -> Option<RackId> {
        let place = self.racks.iter().position(|rack| rack.name == name);
        place.map(RackId::from)
    }

    /// The rack that `at` names; what is none is reported.
    pub(super) fn rack(&mut self, at: &At<String>) -> Option<RackId> {
        if let Err(problem) = self.names.infrastructure.find(at, "rack") {
            self.problems.push(*problem);
            return None;
        }
        if let Some(rack) = self.rack_called(&at.value) {
            return Some(rack);
        }
        match self.file.infrastructure.get(&at.value) {
            Some(Infrastructure::Host(_)) => self.misplaced(at, "host", "hosts stand in racks"),
            Some(Infrastructure::Switch(_)) => self.misplaced(at, "switch", "hosts stand in racks"),
            Some(Infrastructure::Rack(_)) | None => None,
        }
    }

    /// Reports that a name is not that of what is meant.
    pub(super) fn misplaced<T>(&mut self, at: &At<String>, is: &str, help: &str) -> Option<T> {
        self.problems.push(
            Diagnostic::error(code::CONFLICT, format!("`{}` is a {is}", at.value))
                .at(at.span.clone())
                .help(help),
        );
        None
    }

    /// How often a place with this failure law is down.
    pub(super) fn outage(&mut self, stated: Option<&At<schema::Failure>>) -> Option<Outage> {
        let stated = stated?;
        if stated.value.effect.is_some() || stated.value.of.is_some() {
            let message = "`effect` and `of` belong to components";
            self.problems.push(
                Diagnostic::error(code::CONFLICT, message)
                    .at(stated.span.clone())
                    .help("leave them out: what stands there is lost with it"),
            );
            return None;
        }
        match kinds::outage(stated, |law| self.law(law)) {
            Ok((outage, _)) => Some(outage),
            Err(problem) => {
                self.problems.push(*problem);
                None
            }
        }
    }
}
