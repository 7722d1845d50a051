//! The cheapest change that removes a structural single point, as assignments of `--set` (S10).
//!
//! One more node where there is only one, another place where all stand together, a takeover
//! where nobody takes over, voters that the loss leaves, a second way past a switch. Hosts that
//! are there already are used before a new one is added.

use std::collections::BTreeSet;

use crate::model::{
    Component, ComponentId, HostId, Link, Model, NodeId, Outage, RackId, Role, SwitchId, Takeover,
};
use crate::reliability::standing::{lost_with, needed_on};
use crate::reliability::{Atom, Reading, Structure};

/// How checks that are added are timed.
const CHECKS: &str = "(interval: \"2s\", fall: 3, rise: 2)";
/// How a takeover that is added is timed.
pub(super) const AUTOMATIC: &str = "Automatic(detect: \"10s\", promote: \"20s\")";

/// The assignments after which `atom` stops none of these subjects (by place) alone; none where
/// the file has no words for such a change.
pub fn of(
    model: &Model,
    structure: &Structure,
    (atom, subjects): (Atom, &[usize]),
    places: Places,
) -> Option<Vec<String>> {
    let mut plan = Plan::of(model, atom);
    plan.places = places;
    if let Atom::Switch(switch) = atom {
        plan.second_way(switch);
        return Some(plan.set);
    }
    let asked = (subjects, Reading::Possible);
    for component in needed_on(model, structure, atom, asked) {
        plan.outlive(model.component(component))?;
    }
    Some(plan.set)
}

/// Where nodes are put that need a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Places {
    /// On hosts of the file where they can be.
    There,
    /// On new ones: what is there may be too busy.
    New,
}

/// Assignments in the making.
pub(super) struct Plan<'m> {
    pub(super) model: &'m Model,
    pub(super) atom: Atom,
    places: Places,
    /// Hosts that are added, by their names, and like which.
    added: Vec<(String, HostId)>,
    /// Whose votes outlive the loss by now.
    pub(super) voted: BTreeSet<ComponentId>,
    /// So far.
    pub(super) set: Vec<String>,
}

impl<'m> Plan<'m> {
    /// Nothing yet, against the loss of `atom`.
    pub(super) fn of(model: &'m Model, atom: Atom) -> Self {
        Self {
            model,
            atom,
            places: Places::There,
            added: Vec::new(),
            voted: BTreeSet::new(),
            set: Vec::new(),
        }
    }

    /// Lets a component outlive the loss.
    pub(super) fn outlive(&mut self, part: &Component) -> Option<()> {
        let lost = lost_with(self.model, self.atom);
        let own = self.model.node(part.nodes[0]).component;
        let path = format!("components.{}", word(&part.name));
        let leads_alone = matches!(part.kind, "Database" | "Cache" | "Queue")
            && matches!(part.takeover, Takeover::None);
        let is_alone =
            part.nodes.len() == 1 || part.kind == "Cache" && !has(self.model, part, Role::Standby);
        let mut is_spread = self.outvote(own, &lost)?;
        if !is_spread && is_alone && self.model.asking(own).next().is_some() {
            // One more would be two, and the loss of either too much for those who ask them.
            self.spread(part, &lost)?;
            is_spread = true;
        }
        if is_spread {
            let is_called = self.model.links.iter().any(|link| link.callee == own);
            if leads_alone && is_called && self.model.leads_among(part, &lost) {
                self.set.push(format!("{path}.failover={AUTOMATIC}"));
            }
            return Some(());
        }
        if is_alone {
            let one_more = one_more(part)?;
            if part.autoscale.as_ref().is_some_and(|scale| scale.max < 2) {
                self.set.push(format!("{path}.autoscale.max=2"));
            }
            self.set.push(format!("{path}.{one_more}"));
            if one_more.ends_with("=2") && part.kind != "Cache" {
                self.watch(part);
            }
        }
        if leads_alone {
            self.set.push(format!("{path}.failover={AUTOMATIC}"));
        }
        let hosts = self.placed(part, is_alone, &lost);
        if !hosts.is_empty() {
            self.set.push(format!("{path}.on={hosts:?}"));
        }
        Some(())
    }

    /// The hosts of the nodes, in their new order, one of those that are lost together or would be
    /// elsewhere; none where that is so already.
    fn placed(&mut self, part: &Component, is_alone: bool, lost: &[NodeId]) -> Vec<String> {
        let model = self.model;
        let shards: Vec<&[NodeId]> = match part.kind {
            "Cache" => model.shards(part).collect(),
            _ => vec![&part.nodes],
        };
        let mut hosts: Vec<Option<HostId>> = Vec::new();
        let mut groups: Vec<Together> = Vec::new();
        for shard in shards {
            let there: Vec<HostId> = shard
                .iter()
                .filter_map(|&node| model.node(node).host)
                .collect();
            if there.len() < shard.len() {
                return Vec::new();
            }
            hosts.extend(there.iter().copied().map(Some));
            let mut stay = there.clone();
            if is_alone {
                hosts.push(None);
            } else if shard.iter().all(|node| lost.contains(node)) {
                stay.pop();
                hosts.pop();
                hosts.push(None);
            } else {
                continue;
            }
            groups.push(Together { there, stay });
        }
        if groups.is_empty() {
            return Vec::new();
        }
        let other = self.other_host(part, &groups);
        let name = |host: Option<HostId>| host.map_or(other.clone(), |host| self.host_name(host));
        hosts.into_iter().map(name).collect()
    }

    /// Lets those who call a component find out that one of its nodes is lost. Clients ask all
    /// name servers, and need not.
    pub(super) fn watch(&mut self, part: &Component) {
        if part.names.is_some() {
            return;
        }
        let model = self.model;
        let blind = |link: &&Link| link.health.is_none() && link.eject.is_none();
        let links = model.links.iter().filter(blind);
        for link in links.filter(|link| model.component(link.callee).name == part.name) {
            let caller = link.caller.component().map(|id| model.component(id));
            let names = caller.and_then(|caller| caller.names.as_ref());
            if names.is_some_and(|names| names.health.is_some()) {
                continue;
            }
            let how = if names.is_some() { "()" } else { CHECKS };
            let checks = format!("{}={how}", checked_by(model, link));
            if !self.set.contains(&checks) {
                self.set.push(checks);
            }
        }
    }

    pub(super) fn host_name(&self, host: HostId) -> String {
        self.model.hosts[host.index()].name.clone()
    }

    /// A host that the loss leaves, and on which nodes have no more in common with those that stay
    /// than they had: the less it shares with the first the better, then one without a node of the
    /// component before one with; else a new one.
    fn other_host(&mut self, part: &Component, groups: &[Together]) -> String {
        let model = self.model;
        let like = groups[0].there[0];
        let machine = |host: HostId| {
            let own = &model.hosts[host.index()];
            (own.cores, own.speed.to_bits())
        };
        let mut added = self.added.iter();
        if let Some((added, _)) = added.find(|(_, one)| machine(*one) == machine(like)) {
            return added.clone();
        }
        if self.places == Places::New {
            return self.new_host(like);
        }
        let within = |host: HostId| &model.hosts[host.index()].within;
        let outlives = |host: &HostId| match self.atom {
            Atom::Rack(rack) => !within(*host).contains(&rack),
            Atom::Host(lost) => *host != lost,
            Atom::Node(_) | Atom::Switch(_) | Atom::Group(_) => *host != like,
        };
        let stands = |host: HostId| {
            let mut nodes = part.nodes.iter();
            nodes.any(|&node| model.node(node).host == Some(host))
        };
        let fits =
            |host: &HostId| outlives(host) && groups.iter().all(|one| one.takes(model, *host));
        let hosts = (0..model.hosts.len()).map(HostId::from).filter(fits);
        let best = hosts.min_by_key(|&host| {
            let shared = within(host)
                .iter()
                .filter(|rack| within(like).contains(rack));
            (shared.count(), stands(host), host)
        });
        if let Some(host) = best {
            return self.host_name(host);
        }
        self.new_host(like)
    }

    /// Adds a host with the cores and the speed of another, and says its name.
    pub(super) fn new_host(&mut self, like: HostId) -> String {
        let own = &self.model.hosts[like.index()];
        let name = self.new_name(&own.name);
        let speed = if (own.speed - 1.0).abs() > 0.0 {
            format!(", speed: {:?}", own.speed)
        } else {
            String::new()
        };
        let failure = failing(own.outage.as_ref());
        let host = format!("Host(cores: {}{speed}{failure})", own.cores);
        let place = self.added.len();
        self.set
            .insert(place, format!("infrastructure.{}={host}", word(&name)));
        self.added.push((name.clone(), like));
        name
    }

    /// `h1-2`, or with the next number that is free.
    fn new_name(&self, like: &str) -> String {
        let model = self.model;
        let hosts = model.hosts.iter().map(|host| &host.name);
        let racks = model.racks.iter().map(|rack| &rack.name);
        let switches = model.switches.iter().map(|switch| &switch.name);
        let written = hosts.chain(racks).chain(switches);
        let added = self.added.iter().map(|(name, _)| name);
        let taken: BTreeSet<&String> = written.chain(added).collect();
        let mut names = (2..).map(|number| format!("{like}-{number}"));
        let free = names.find(|name| !taken.contains(name));
        free.unwrap_or_else(|| format!("{like}-2"))
    }

    /// A second switch beside this one, on every link that cannot do without it.
    fn second_way(&mut self, switch: SwitchId) {
        let model = self.model;
        let name = |switch: &SwitchId| model.switches[switch.index()].name.clone();
        let other = self.new_name(&name(&switch));
        let failure = failing(model.switches[switch.index()].outage.as_ref());
        let like = failure.trim_start_matches(", ");
        self.set
            .push(format!("infrastructure.{}=Switch({like})", word(&other)));
        for link in &model.links {
            let Some(path) = &link.via else { continue };
            if !path.options.iter().all(|way| way.contains(&switch)) {
                continue;
            }
            let around = path.options[0].iter().map(|one| {
                if *one == switch {
                    other.clone()
                } else {
                    name(one)
                }
            });
            let written = path
                .options
                .iter()
                .map(|way| way.iter().map(name).collect());
            let ways: Vec<Vec<String>> = written.chain([around.collect()]).collect();
            let ways: Vec<String> = ways.iter().map(|way| format!("{way:?}")).collect();
            let link = format!("{:?}", link.name);
            self.set
                .push(format!("links.{link}.via=AnyOf([{}])", ways.join(", ")));
        }
    }
}

/// Nodes of which one must stand elsewhere: where they stand, and those that stay.
struct Together {
    there: Vec<HostId>,
    stay: Vec<HostId>,
}

impl Together {
    /// Whether nothing is lost with them all once one of them stands on this host, but what was
    /// before.
    fn takes(&self, model: &Model, host: HostId) -> bool {
        let is_in =
            |place: RackId| move |host: &HostId| model.hosts[host.index()].within.contains(&place);
        let is_new = |place: &RackId| {
            self.stay.iter().all(is_in(*place)) && !self.there.iter().all(is_in(*place))
        };
        let alone = self.stay.iter().all(|&other| other == host);
        !alone && !model.hosts[host.index()].within.iter().any(is_new)
    }
}

/// The field by which a new part fails as often as the one that it is like.
fn failing(outage: Option<&Outage>) -> String {
    let Some(outage) = outage else {
        return String::new();
    };
    let Some(up) = outage.mean_up else {
        return format!(", failure: (unavailability: {:?})", outage.share);
    };
    let down = up * outage.share / (1.0 - outage.share);
    let [up, down] = [up, down].map(|ns| ns.round() / 1e9);
    format!(", failure: (mtbf: Exponential(\"{up}s\"), mttr: Exponential(\"{down}s\"))")
}

/// The field, and its value, of a second node where there is one.
fn one_more(part: &Component) -> Option<&'static str> {
    match part.kind {
        _ if part.external => None,
        "LoadBalancer" => Some("standby=Vrrp()"),
        "Database" | "Queue" => Some("standbys=1"),
        "Cache" => Some("copies=2"),
        _ if part.autoscale.is_some() => Some("autoscale.min=2"),
        _ => Some("replicas=2"),
    }
}

/// Where the health checks of a link stand in the file: at a balancer or a name service that makes
/// them, else at the link.
pub(super) fn checked_by(model: &Model, link: &Link) -> String {
    let caller = link.caller.component().map(|id| model.component(id));
    let makes = |caller: &&Component| caller.kind == "LoadBalancer" || caller.names.is_some();
    match caller.filter(makes) {
        Some(caller) => format!("components.{}.health", word(&caller.name)),
        None => format!("links.{:?}.health", link.name),
    }
}

fn has(model: &Model, part: &Component, role: Role) -> bool {
    part.nodes.iter().any(|&node| model.node(node).role == role)
}

/// A name in a path: in quotes unless it is a plain word.
pub(super) fn word(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !name.is_empty() && name.chars().all(is_plain) {
        name.to_owned()
    } else {
        format!("{name:?}")
    }
}
