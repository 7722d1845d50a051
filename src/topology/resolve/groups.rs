//! Groups: parts that fail or are repaired together.

use super::Resolver;
use super::fault::Parts;
use crate::diagnostic::Diagnostic;
use crate::law::Law;
use crate::model::{
    Coupling, Coverage, FaultKind, FaultTarget, Group, NodeId, Outage, Part, Times,
};
use crate::schema::{self, At, Standby, code};

/// What is wrong, and what to do about it.
type Wrong = (&'static str, String, String);

/// Something was wrong, and has been told.
struct Reported;

/// Most members of a group whose parts wait for each other: its states are all looked at.
const COUPLED_MAX: usize = 10;

impl Resolver<'_> {
    /// The groups, in the order of the file.
    pub(super) fn groups(&mut self, all: Parts<'_>) -> Vec<Group> {
        let file = self.file;
        let mut groups: Vec<Group> = Vec::new();
        for (name, stated) in &file.groups {
            let Ok(members) = self.members(stated, &groups, all) else {
                continue;
            };
            let found = self
                .alike(stated, &members, all)
                .and_then(|outage| self.group(&name.value, stated, (members, outage)));
            groups.extend(found.ok());
        }
        groups
    }

    /// The members, two or more, each once.
    fn members(
        &mut self,
        stated: &schema::Group,
        before: &[Group],
        all: Parts<'_>,
    ) -> Result<Vec<Part>, Reported> {
        let mut members = Vec::new();
        for at in &stated.members.value {
            for part in self.named_parts(at, all)? {
                let other = before.iter().find(|group| group.members.contains(&part));
                if let Some(other) = other {
                    let message = format!("`{}` is in the group `{}`", at.value, other.name);
                    let help = "leave it out of one of the two".to_owned();
                    return self.refuse(at, (code::CONFLICT, message, help));
                }
                if members.contains(&part) {
                    let message = format!("`{}` is named twice", at.value);
                    let help = "name each member once".to_owned();
                    return self.refuse(at, (code::CONFLICT, message, help));
                }
                members.push(part);
            }
        }
        if members.len() < 2 {
            let message = "a group has two members or more".to_owned();
            let help = "name a component with several replicas, or more parts".to_owned();
            return self.refuse(&stated.members, (code::RANGE, message, help));
        }
        Ok(members)
    }

    /// The parts that a name of a member means.
    fn named_parts(&mut self, at: &At<String>, all: Parts<'_>) -> Result<Vec<Part>, Reported> {
        let target = if at.value.contains("->") {
            None
        } else {
            Some(self.target(&FaultKind::Crash, at, all).ok_or(Reported)?)
        };
        match target {
            Some(FaultTarget::Nodes(nodes)) if self.is_scaled(&nodes, all) => {
                let message = format!("the nodes of `{}` come and go", at.value);
                let help = "leave it out, or its `autoscale`".to_owned();
                self.refuse(at, (code::CONFLICT, message, help))
            }
            Some(FaultTarget::Nodes(nodes)) => Ok(nodes.into_iter().map(Part::Node).collect()),
            Some(FaultTarget::Host(host)) => Ok(vec![Part::Host(host)]),
            Some(FaultTarget::Rack(rack)) => Ok(vec![Part::Rack(rack)]),
            Some(FaultTarget::Switch(switch)) => Ok(vec![Part::Switch(switch)]),
            Some(FaultTarget::AnyOf(_) | FaultTarget::Link(_) | FaultTarget::Workload(_))
            | None => {
                let message = format!("`{}` is no part that fails", at.value);
                let help = "name a component, a node like \"app/2\", a host, a rack, a zone, a \
                            feed or a switch";
                self.refuse(at, (code::CONFLICT, message, help.to_owned()))
            }
        }
    }

    /// Whether these are nodes of a component whose number of nodes may change.
    fn is_scaled(&self, nodes: &[NodeId], all: Parts<'_>) -> bool {
        let Some(node) = nodes.first() else {
            return false;
        };
        let id = all.nodes[node.index()].component;
        let name = &self.names.components.name(id.index()).value;
        let component = self.file.components.get(name);
        component.is_some_and(|component| component.shared.autoscale.is_some())
    }

    /// The one failure law that all members have.
    fn alike(
        &mut self,
        stated: &schema::Group,
        members: &[Part],
        all: Parts<'_>,
    ) -> Result<Outage, Reported> {
        let mut first: Option<Outage> = None;
        for &part in members {
            let name = self.part_name(part, all);
            let wrong = match (self.outage_of(part, all)?, &first) {
                (None, _) => (
                    format!("nothing says how `{name}` fails"),
                    format!("give `{name}` a `failure`, as in `failure: Server`"),
                ),
                (Some(outage), _) if outage.1 => (
                    format!("the cores of `{name}` pause, it is not repaired"),
                    "leave `effect` out of its `failure`".to_owned(),
                ),
                (Some((outage, _)), Some(known)) if outage != *known => (
                    format!("`{name}` fails by another law than the members before it"),
                    "give all members the same `failure`".to_owned(),
                ),
                (Some((outage, _)), _) => {
                    first.get_or_insert(outage);
                    continue;
                }
            };
            return self.refuse(&stated.members, (code::CONFLICT, wrong.0, wrong.1));
        }
        first.ok_or(Reported)
    }

    /// How often a part is down, and whether its cores pause instead; `None` where nothing is said.
    fn outage_of(&self, part: Part, all: Parts<'_>) -> Result<Option<(Outage, bool)>, Reported> {
        let stated = match part {
            Part::Node(node) => {
                let owner = all.nodes[node.index()].component;
                let blueprint = self.blueprints[owner.index()].as_ref().ok_or(Reported)?;
                let outage = blueprint.outage.clone();
                return Ok(outage.map(|outage| (outage, blueprint.failure.is_some())));
            }
            Part::Host(host) => &self.hosts[host.index()].outage,
            Part::Rack(rack) => &self.racks[rack.index()].outage,
            Part::Switch(switch) => &self.switches[switch.index()].outage,
        };
        Ok(stated.clone().map(|outage| (outage, false)))
    }

    fn part_name(&self, part: Part, all: Parts<'_>) -> String {
        match part {
            Part::Node(node) => all.nodes[node.index()].name.clone(),
            Part::Host(host) => self.hosts[host.index()].name.clone(),
            Part::Rack(rack) => self.racks[rack.index()].name.clone(),
            Part::Switch(switch) => self.switches[switch.index()].name.clone(),
        }
    }

    fn group(
        &mut self,
        name: &str,
        stated: &schema::Group,
        (members, outage): (Vec<Part>, Outage),
    ) -> Result<Group, Reported> {
        let coupling = self.coupling(stated, members.len())?;
        let share = stated
            .common_cause
            .as_ref()
            .map(|share| share.value.value());
        let beta = share.unwrap_or(0.0);
        if let Some(at) = stated
            .common_cause
            .as_ref()
            .filter(|_| beta <= 0.0 || beta >= 1.0)
        {
            let message = "a common cause takes more than none and less than all".to_owned();
            let help = "write a share like `common_cause: 0.1`, or leave it out".to_owned();
            return self.refuse(at, (code::RANGE, message, help));
        }
        if coupling.is_none() && share.is_none() {
            let message = "nothing ties the members of this group together".to_owned();
            let help = "write `crews`, `common_cause`, `standby: Cold` or `coverage`".to_owned();
            return self.refuse(&stated.members, (code::MISSING, message, help));
        }
        if let Some(wrong) = unfit(&outage, coupling.is_some(), members.len()) {
            return self.refuse(&stated.members, wrong);
        }
        Ok(Group {
            name: name.to_owned(),
            own: split(&outage, 1.0 - beta),
            common: share.map(|beta| split(&outage, beta)),
            members,
            coupling,
        })
    }

    /// How so many members wait for each other; `None` where they do not.
    fn coupling(
        &mut self,
        stated: &schema::Group,
        members: usize,
    ) -> Result<Option<Coupling>, Reported> {
        let all = members as u32;
        let crews = stated.crews.as_ref().map_or(all, |crews| crews.value.get());
        if let Some(at) = stated.crews.as_ref().filter(|_| crews > all) {
            let message = format!("{crews} crews for {all} members");
            let help = format!("write {all} or fewer, or leave `crews` out: one for each");
            return self.refuse(at, (code::RANGE, message, help));
        }
        let cold = stated.standby.as_ref();
        let cold = cold.filter(|standby| standby.value == Standby::Cold);
        let needed = stated.needed.as_ref();
        let running = match (cold, needed) {
            (None, Some(at)) => {
                let message = "hot spares run like all others".to_owned();
                let help = "write `standby: Cold`, or leave `needed` out".to_owned();
                return self.refuse(at, (code::CONFLICT, message, help));
            }
            (Some(_), Some(at)) if at.value.get() >= all => {
                let message = format!("with {} of {all} needed none stands by", at.value.get());
                let help = format!("write {} or fewer", all - 1);
                return self.refuse(at, (code::RANGE, message, help));
            }
            (Some(_), Some(at)) => at.value.get(),
            (Some(_), None) => 1,
            (None, None) => all,
        };
        let coverage = self.coverage(stated, members)?;
        let is_coupled = crews < all || running < all || coverage.is_some();
        Ok(is_coupled.then_some(Coupling {
            crews,
            running,
            coverage,
        }))
    }

    /// How a failure of the active one of two is taken over; `None` where nothing is said.
    fn coverage(
        &mut self,
        stated: &schema::Group,
        members: usize,
    ) -> Result<Option<Coverage>, Reported> {
        let times = (&stated.takeover, &stated.by_hand);
        let Some(share) = &stated.coverage else {
            if let Some(at) = times.0.as_ref().or(times.1.as_ref()) {
                let message = "`takeover` and `by_hand` are times of a takeover".to_owned();
                let help = "write the share that is noticed, `coverage: 0.99`".to_owned();
                return self.refuse(at, (code::CONFLICT, message, help));
            }
            return Ok(None);
        };
        if members != 2 {
            let message = format!("one of two takes over from the other: these are {members}");
            let help = "leave `coverage` out, or name two members".to_owned();
            return self.refuse(share, (code::RANGE, message, help));
        }
        let (Some(takeover), Some(by_hand)) = times else {
            let message = "how long does a takeover last?".to_owned();
            let help = "write `takeover: \"1min\"` for those that are noticed, and `by_hand: \
                        \"30min\"` for the others";
            return self.refuse(share, (code::MISSING, message, help.to_owned()));
        };
        for time in [takeover, by_hand] {
            if time.value.nanos() == 0 {
                let message = "a takeover takes time".to_owned();
                let help = "write more than 0s, or leave `coverage` out".to_owned();
                return self.refuse(time, (code::RANGE, message, help));
            }
        }
        Ok(Some(Coverage {
            share: share.value.value(),
            takeover: takeover.value.nanos(),
            by_hand: by_hand.value.nanos(),
        }))
    }

    fn refuse<T, U>(&mut self, at: &At<T>, (code, message, help): Wrong) -> Result<U, Reported> {
        self.problems.push(
            Diagnostic::error(code, message)
                .at(at.span.clone())
                .help(help),
        );
        Err(Reported)
    }
}

/// What the members' failure law lacks.
fn unfit(outage: &Outage, is_coupled: bool, members: usize) -> Option<Wrong> {
    let exponential = |law: &Law| matches!(law, Law::Exponential { .. });
    let example = "write `failure: (mtbf: Exponential(\"90d\"), mttr: Exponential(\"2h\"))`";
    if is_coupled && members > COUPLED_MAX {
        let message = format!("{members} parts that wait for each other: at most {COUPLED_MAX}");
        let help = "split the group, or leave all but `common_cause` out".to_owned();
        return Some((code::TOO_MANY, message, help));
    }
    let (message, help) = match &outage.times {
        None if is_coupled => (
            "parts that wait for each other need times, not only how often they are down",
            example,
        ),
        Some(times) if !exponential(&times.up) => (
            "parts of a group fail at any time alike: their `mtbf` is exponential",
            example,
        ),
        Some(times) if is_coupled && !exponential(&times.down) => (
            "parts that wait for each other have an exponential `mttr`",
            example,
        ),
        _ => return None,
    };
    Some((code::CONFLICT, message.to_owned(), help.to_owned()))
}

/// How often a part is down by this share of its failures alone (the beta factor): of the times
/// where they are stated, else of the time down.
fn split(outage: &Outage, share: f64) -> Outage {
    let Some(times) = &outage.times else {
        return Outage {
            share: outage.share * share,
            ..outage.clone()
        };
    };
    let (up, down) = (times.up.mean() / share, times.down.mean());
    Outage {
        share: down / (up + down),
        mean_up: Some(up),
        times: Some(Times {
            up: Law::Exponential { mean: up },
            ..times.clone()
        }),
    }
}
