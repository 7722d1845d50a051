//! What stands on a map, in words, before anything is drawn.

use crate::model::{
    Caller, Component, ComponentId, HostId, Link, LinkId, Model, NodeId, Policy, Role, SwitchId,
};

/// Boxes, frames and arrows of a model.
pub(super) struct Map {
    /// Workloads, then components, in the order of the model.
    pub(super) places: Vec<Place>,
    /// One arrow per link.
    pub(super) arrows: Vec<Arrow>,
    /// Hosts that frame at least one component.
    pub(super) frames: Vec<HostId>,
}

/// One box.
pub(super) struct Place {
    /// Name, with the number of nodes.
    pub(super) title: String,
    /// Kind, roles, hosts.
    pub(super) notes: Vec<String>,
    /// `None`: a workload.
    pub(super) component: Option<ComponentId>,
    /// The host that all its nodes stand on.
    pub(super) frame: Option<HostId>,
    /// Whether the world outside owns it.
    pub(super) external: bool,
}

/// One link.
pub(super) struct Arrow {
    /// Place in `Map::places`.
    pub(super) from: usize,
    /// Place in `Map::places`.
    pub(super) to: usize,
    /// What guards it, briefly, one thing a line.
    pub(super) notes: Vec<String>,
    /// Whether it is taken only in place of calls that have failed.
    pub(super) spare: bool,
    /// The switches on its way, in words.
    pub(super) path: Option<String>,
    /// Those switches.
    pub(super) switches: Vec<SwitchId>,
}

impl Map {
    pub(super) fn of(model: &Model) -> Self {
        let users = model.workloads.iter().map(|workload| Place {
            title: workload.name.clone(),
            notes: vec!["workload".to_owned()],
            component: None,
            frame: None,
            external: false,
        });
        let parts = (0..model.components.len()).map(|place| part(model, place.into()));
        let places: Vec<Place> = users.chain(parts).collect();
        let mut frames: Vec<HostId> = places.iter().filter_map(|place| place.frame).collect();
        frames.sort_unstable();
        frames.dedup();
        let spare = model.spare_links();
        let links = model.links.iter().enumerate();
        let arrow = |(place, link)| arrow(model, link, spare.contains(&LinkId::from(place)));
        let arrows = links.map(arrow).collect();
        Self {
            places,
            arrows,
            frames,
        }
    }
}

fn part(model: &Model, id: ComponentId) -> Place {
    let component = model.component(id);
    let mut hosts: Vec<Option<HostId>> = component
        .nodes
        .iter()
        .map(|&node| model.node(node).host)
        .collect();
    hosts.sort_unstable();
    hosts.dedup();
    let frame = if let [only] = hosts[..] { only } else { None };
    let mut notes = vec![component.kind.to_owned()];
    notes.extend(roles(model, component));
    if frame.is_none() && hosts.iter().any(Option::is_some) {
        let names: Vec<&str> = hosts
            .iter()
            .flatten()
            .map(|host| model.hosts[host.index()].name.as_str())
            .collect();
        notes.push(format!("on {}", names.join(", ")));
    }
    if component.external {
        notes.push("not in your hands".to_owned());
    }
    let least = component.autoscale.map(|autoscale| autoscale.min);
    let title = match component.nodes.len() {
        most if least.is_some_and(|least| (least as usize) < most) => {
            format!(
                "{} ×{} to {most}",
                component.name,
                least.unwrap_or_default()
            )
        }
        0 | 1 => component.name.clone(),
        many => format!("{} ×{many}", component.name),
    };
    Place {
        title,
        notes,
        component: Some(id),
        frame,
        external: component.external,
    }
}

/// `1 primary, 2 replicas`, where the nodes are not all equal.
fn roles(model: &Model, component: &Component) -> Option<String> {
    let count = |role: Role| {
        component
            .nodes
            .iter()
            .filter(|&&node: &&NodeId| model.node(node).role == role)
            .count()
    };
    let words = [
        (Role::Member, "active", "active"),
        (Role::Primary, "primary", "primaries"),
        (Role::Standby, "standby", "standbys"),
        (Role::ReadReplica, "replica", "replicas"),
    ];
    let present: Vec<String> = words
        .into_iter()
        .map(|(role, one, several)| (count(role), one, several))
        .filter(|&(number, ..)| number > 0)
        .map(|(number, one, several)| {
            format!("{number} {}", if number == 1 { one } else { several })
        })
        .collect();
    (present.len() > 1).then(|| present.join(", "))
}

fn arrow(model: &Model, link: &Link, spare: bool) -> Arrow {
    let users = model.workloads.len();
    let from = match link.caller {
        Caller::Workload(workload) => workload.index(),
        Caller::Component(component) => users + component.index(),
    };
    let name = |switch: &SwitchId| model.switches[switch.index()].name.as_str();
    let path = link.via.as_ref().map(|path| {
        let ways: Vec<String> = path
            .options
            .iter()
            .map(|way| way.iter().map(name).collect::<Vec<_>>().join(" + "))
            .collect();
        format!("via {}", ways.join(" or "))
    });
    let mut switches: Vec<SwitchId> = link
        .via
        .iter()
        .flat_map(|path| path.options.iter().flatten().copied())
        .collect();
    switches.sort_unstable();
    switches.dedup();
    let mut notes = guards(model, link);
    if spare {
        notes.push("as a fallback".to_owned());
    }
    Arrow {
        from,
        to: users + link.callee.index(),
        notes,
        spare,
        path,
        switches,
    }
}

/// What is set on a link, one thing a line.
fn guards(model: &Model, link: &Link) -> Vec<String> {
    let mut notes = Vec::new();
    if model.component(link.callee).nodes.len() > 1 {
        notes.push(policy(link.balance));
    }
    if let Some(health) = &link.health {
        notes.push(format!("checked every {}", time(health.interval)));
    }
    notes.extend(link.pool.map(|pool| format!("pool {pool}")));
    notes.extend(
        link.timeout
            .map(|timeout| format!("timeout {}", time(timeout))),
    );
    if let Some(law) = &link.timeout_law {
        notes.push(format!("timeout {} on average", time(law.mean() as u64)));
    }
    notes.extend(
        link.deadline
            .map(|deadline| format!("deadline {}", time(deadline))),
    );
    notes.extend(
        link.retry
            .as_ref()
            .map(|retry| format!("{} tries", retry.attempts)),
    );
    notes.extend(
        link.retry
            .as_ref()
            .and_then(|retry| retry.budget)
            .map(|budget| format!("budget {}", budget.deposit)),
    );
    notes.extend(link.breaker.map(|_| "breaker".to_owned()));
    notes.extend(link.eject.map(|_| "ejection".to_owned()));
    notes.extend(link.bulkhead.map(|most| format!("bulkhead {most}")));
    let limit = link.rate_limit.map(|limit| limit.per_s);
    notes.extend(limit.map(|per_s| format!("limit {per_s}/s")));
    notes.extend(link.cancel.then(|| "cancels".to_owned()));
    notes.extend(link.fallback.map(|_| "fallback".to_owned()));
    notes
}

fn policy(policy: Policy) -> String {
    match policy {
        Policy::RoundRobin => "in turn".to_owned(),
        Policy::Weighted => "in turn by weight".to_owned(),
        Policy::Random => "at random".to_owned(),
        Policy::LeastConnections(_) => "least connections".to_owned(),
        Policy::PowerOf { choices, .. } => format!("best of {choices}"),
        Policy::SourceHash => "by address".to_owned(),
        Policy::ConsistentHash { .. } => "by address on a ring".to_owned(),
        Policy::Shard => "by key".to_owned(),
    }
}

/// A time in the largest unit that gives at least 1: `500 ms`, `1.5 s`.
fn time(nanoseconds: u64) -> String {
    let units = [
        (60_000_000_000, "min"),
        (1_000_000_000, "s"),
        (1_000_000, "ms"),
        (1_000, "us"),
    ];
    let unit = units.into_iter().find(|&(size, _)| nanoseconds >= size);
    let (size, word) = unit.unwrap_or((1, "ns"));
    format!("{} {word}", nanoseconds as f64 / size as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::builder::{Builder, health, ms, seconds};

    #[test]
    fn a_link_says_what_guards_it() {
        let mut b = Builder::new("t");
        let (was, db) = (b.component("was", 2), b.database("db", 1, 2));
        b.call(was, db);
        let link = b.link(was, db);
        link.pool = Some(20);
        link.timeout = Some(ms(1_500));
        link.health = Some(health(seconds(2), 3, 2));
        let map = Map::of(&b.build());
        assert_eq!(
            map.arrows[0].notes,
            ["in turn", "checked every 2 s", "pool 20", "timeout 1.5 s"]
        );
        assert_eq!(map.places[1].title, "db ×4");
        assert_eq!(
            map.places[1].notes,
            ["Component", "1 primary, 1 standby, 2 replicas"]
        );
    }

    #[test]
    fn a_host_frames_what_stands_on_it_alone() {
        let mut b = Builder::new("t");
        let (web, was) = (b.component("web", 2), b.component("was", 2));
        let (h1, h2) = (b.host("h1", 1), b.host("h2", 1));
        b.on(web, &[h1]).on(was, &[h1, h2]);
        let map = Map::of(&b.build());
        assert_eq!(map.frames, [h1]);
        assert_eq!(map.places[0].frame, Some(h1));
        assert_eq!(
            (map.places[1].frame, map.places[1].notes[1].as_str()),
            (None, "on h1, h2")
        );
    }

    #[test]
    fn times_are_short() {
        let texts = [
            time(20_000),
            time(ms(500)),
            time(ms(3_609)),
            time(seconds(90)),
            time(0),
        ];
        assert_eq!(texts, ["20 us", "500 ms", "3.609 s", "1.5 min", "0 ns"]);
    }
}
