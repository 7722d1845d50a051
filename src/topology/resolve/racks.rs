//! Racks, zones and feeds, and how often places are down.

use super::Resolver;
use crate::diagnostic::Diagnostic;
use crate::kinds;
use crate::model::{Outage, Rack, RackId, RackKind};
use crate::schema::{self, At, Feeds, Infrastructure, code};

impl Resolver<'_> {
    /// The racks, zones and feeds, before the hosts that stand in them.
    pub(super) fn racks(&mut self) {
        let file = self.file;
        for place in 0..self.names.infrastructure.len() {
            let name = self.names.infrastructure.name(place).value.clone();
            let (kind, rack) = match file.infrastructure.get(&name) {
                Some(Infrastructure::Rack(rack)) => (RackKind::Rack, rack),
                Some(Infrastructure::Zone(rack)) => (RackKind::Zone, rack),
                Some(Infrastructure::Feed(rack)) => (RackKind::Feed, rack),
                Some(Infrastructure::Host(_) | Infrastructure::Switch(_)) | None => continue,
            };
            let outage = self.outage(rack.failure.as_ref());
            self.racks.push(Rack { name, kind, outage });
        }
    }

    /// The rack, zone or feed called `name`.
    pub(super) fn rack_called(&self, name: &str) -> Option<RackId> {
        let place = self.racks.iter().position(|rack| rack.name == name);
        place.map(RackId::from)
    }

    /// What a host is lost with, and the feeds of which one suffices.
    pub(super) fn shared(&mut self, host: &schema::Host) -> (Vec<RackId>, Vec<RackId>) {
        let mut within = Vec::new();
        let mut one = |at: &Option<At<String>>, kind| {
            within.extend(at.as_ref().and_then(|at| self.rack(at, kind)));
        };
        one(&host.rack, RackKind::Rack);
        one(&host.zone, RackKind::Zone);
        let Some(feeds) = &host.feeds else {
            return (within, Vec::new());
        };
        let (names, all) = match &feeds.value {
            Feeds::All(names) => (names, true),
            Feeds::AnyOf(names) => (names, false),
        };
        let mut ids: Vec<RackId> = Vec::new();
        for at in names {
            let Some(id) = self.rack(at, RackKind::Feed) else {
                continue;
            };
            if ids.contains(&id) {
                self.problems.push(
                    Diagnostic::error(code::CONFLICT, format!("`{}` is named twice", at.value))
                        .at(at.span.clone())
                        .help("name each feed once"),
                );
                continue;
            }
            ids.push(id);
        }
        if all || ids.len() < 2 {
            within.extend(ids);
            return (within, Vec::new());
        }
        (within, ids)
    }

    /// The rack, zone or feed that `at` names; what is none of that kind is reported.
    fn rack(&mut self, at: &At<String>, kind: RackKind) -> Option<RackId> {
        let word = kind.word();
        if let Err(problem) = self.names.infrastructure.find(at, word) {
            self.problems.push(*problem);
            return None;
        }
        if let Some(rack) = self.rack_called(&at.value) {
            let own = self.racks[rack.index()].kind;
            if own == kind {
                return Some(rack);
            }
            return self.misplaced(at, own.word(), &format!("name a {word} here"));
        }
        let help = format!("name a {word} here");
        match self.file.infrastructure.get(&at.value) {
            Some(Infrastructure::Host(_)) => self.misplaced(at, "host", &help),
            Some(Infrastructure::Switch(_)) => self.misplaced(at, "switch", &help),
            _ => None,
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
