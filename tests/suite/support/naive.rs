//! Whether a request can succeed, found by walking the model with a set of removed parts: no
//! formula, no sharing, one node at a time.

use std::collections::BTreeSet;

use linchpin::model::{
    Call, Caller, ClassId, ComponentId, Count, JourneyId, Link, Model, NodeId, Role, Step,
    Takeover, Tier,
};
use linchpin::reliability::Atom;

/// A walk of one class's request.
struct Walk<'m> {
    model: &'m Model,
    removed: &'m BTreeSet<Atom>,
    class: &'m str,
    /// Operations that the request is in: coming back to one of them is going round in a circle.
    inside: Vec<(ComponentId, usize)>,
}

/// Whether some request of `class` can succeed for every workload.
pub fn class_can_succeed(model: &Model, class: ClassId, removed: &BTreeSet<Atom>) -> bool {
    let own = &model.classes[class.index()];
    let entry = own.entry.expect("the class is sent");
    (0..model.workloads.len()).all(|workload| {
        let link = model.link_between(Caller::Workload(workload.into()), entry);
        let link = model.link(link.expect("the workload has a link"));
        Walk {
            model,
            removed,
            class: &own.name,
            inside: Vec::new(),
        }
        .over(link, None)
    })
}

/// Whether some run of `journey` can succeed.
pub fn journey_can_succeed(model: &Model, journey: JourneyId, removed: &BTreeSet<Atom>) -> bool {
    let items = &model.journeys[journey.index()].items;
    items
        .iter()
        .all(|item| item.times == 0 || class_can_succeed(model, item.class, removed))
}

impl Walk<'_> {
    fn is_up(&self, node: NodeId) -> bool {
        let host = self.model.node(node).host;
        let place = host.map(|host| &self.model.hosts[host.index()]);
        let lost = |rack: &_| self.removed.contains(&Atom::Rack(*rack));
        !self.removed.contains(&Atom::Node(node))
            && host.is_none_or(|host| !self.removed.contains(&Atom::Host(host)))
            && place.is_none_or(|place| {
                let dark = !place.fed_by.is_empty() && place.fed_by.iter().all(lost);
                !dark && !place.within.iter().any(lost)
            })
    }

    fn call(&mut self, call: &Call) -> bool {
        call.links.iter().any(|&(link, weight)| {
            weight > 0.0 && self.over(self.model.link(link), call.operation.as_deref())
        })
    }

    fn over(&mut self, link: &Link, operation: Option<&str>) -> bool {
        let lost = |switch: &_| self.removed.contains(&Atom::Switch(*switch));
        let passable = link
            .via
            .as_ref()
            .is_none_or(|path| path.options.iter().any(|way| !way.iter().any(lost)));
        let callee = self.model.component(link.callee);
        let place = match operation {
            Some(name) => callee.operation_named(name),
            None => callee.operation_for(self.class),
        };
        let Some(place) = place else { return false };
        if !passable || self.inside.contains(&(link.callee, place)) {
            return false;
        }
        if self.serving(link, callee.operations[place].tier).is_empty() {
            return false;
        }
        self.inside.push((link.callee, place));
        let answered = self.run(&callee.operations[place].steps);
        self.inside.pop();
        answered
    }

    /// The nodes that requests over `link` reach once every takeover has happened.
    fn serving(&self, link: &Link, tier: Tier) -> Vec<NodeId> {
        let callee = self.model.component(link.callee);
        let live = |role: Role| -> Vec<NodeId> {
            let of_role = |node: &&NodeId| self.model.node(**node).role == role;
            callee
                .nodes
                .iter()
                .filter(of_role)
                .filter(|n| self.is_up(**n))
                .copied()
                .collect()
        };
        let exists = |role: Role| {
            callee
                .nodes
                .iter()
                .any(|n| self.model.node(*n).role == role)
        };
        let or =
            |first: Vec<NodeId>, then: Vec<NodeId>| if first.is_empty() { then } else { first };
        let promoted = || match callee.takeover {
            Takeover::Promotion { .. } => or(live(Role::ReadReplica), live(Role::Standby)),
            Takeover::Standby { .. } => live(Role::Standby),
            Takeover::None => Vec::new(),
        };
        let stand_in = || match callee.takeover {
            Takeover::Standby { .. } => live(Role::Standby),
            _ => Vec::new(),
        };
        match tier {
            Tier::Members => or(live(Role::Member), stand_in()),
            Tier::Primary => or(live(Role::Primary), promoted()),
            Tier::Replicas if !exists(Role::ReadReplica) => or(live(Role::Primary), promoted()),
            Tier::Replicas => {
                // Clients of a name service go where it sends them, so its checks count.
                let teller = match link.caller {
                    Caller::Component(caller) => self.model.component(caller).names.as_ref(),
                    Caller::Workload(_) => None,
                };
                let checked = teller.map_or(link.health, |names| names.health).is_some();
                let noticed = checked || matches!(callee.takeover, Takeover::Promotion { .. });
                let primary = if noticed {
                    live(Role::Primary)
                } else {
                    Vec::new()
                };
                or(or(live(Role::ReadReplica), primary), promoted())
            }
        }
    }

    fn run(&mut self, steps: &[Step]) -> bool {
        let Some((step, rest)) = steps.split_first() else {
            return true;
        };
        let followed_by_rest = |way: &[Step]| [way, rest].concat();
        match step {
            Step::Use { .. }
            | Step::Wait(_)
            | Step::Send { .. }
            | Step::Repeat {
                times: Count::Geometric(_),
                ..
            } => self.run(rest),
            Step::Fail => false,
            Step::Forward(call) | Step::Resolve(call) => self.call(call),
            Step::Call(call) | Step::Publish { accept: call, .. } => {
                self.call(call) && self.run(rest)
            }
            Step::Fallback { call, instead } => {
                (self.call(call) || self.run(instead)) && self.run(rest)
            }
            Step::Parallel(branches) => {
                branches.iter().all(|branch| self.run(branch)) && self.run(rest)
            }
            Step::Quorum { need, of } => {
                let good = of.iter().filter(|branch| self.run(branch)).count();
                good >= *need as usize && self.run(rest)
            }
            Step::Chance {
                share,
                then,
                otherwise,
            } => {
                (*share > 0.0 && self.run(&followed_by_rest(then)))
                    || (*share < 1.0 && self.run(&followed_by_rest(otherwise)))
            }
            Step::Repeat {
                times: Count::Times(times),
                steps,
            } => (0..*times).all(|_| self.run(steps)) && self.run(rest),
            Step::Held { hit, miss } => (*hit > 0.0 || self.run(miss)) && self.run(rest),
            Step::Cached { lookup, hit, miss } => {
                let found = *hit > 0.0 && self.call(lookup);
                (found || self.run(miss)) && self.run(rest)
            }
        }
    }
}
