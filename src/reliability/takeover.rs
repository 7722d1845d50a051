//! What moves the load away from a lost part, and how long that takes at most.

use super::atom::Atom;
use super::reach::{checks, collect_calls, names};
use super::standing::{loses_shard, lost_with};
use crate::model::{Health, Link, LinkId, Model, NodeId, Policy, Role, SwitchId, Takeover};

/// How the load leaves a lost part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mechanism {
    /// Nothing was sent there.
    Idle,
    /// Clients ask all name servers and take the first answer.
    Resolver,
    /// Callers' health checks find it.
    HealthCheck,
    /// Callers leave it out after failures of their own.
    Ejection,
    /// A path over switches changes to another way.
    Route,
    /// Reads avoid a lost replica once it is detected.
    Avoidance,
    /// A standby takes over its address (VRRP).
    Standby,
    /// A replica or standby is promoted.
    Promotion,
    /// A name service withdraws its address, and clients' copies of it expire.
    NameService,
}

impl Mechanism {
    /// Words for reports.
    pub fn words(self) -> &'static str {
        match self {
            Mechanism::Idle => "carries nothing",
            Mechanism::Resolver => "the other name servers answer",
            Mechanism::HealthCheck => "health checks",
            Mechanism::Ejection => "callers leave it out once it has failed them (ejection)",
            Mechanism::Route => "another path",
            Mechanism::Avoidance => "reads avoid it",
            Mechanism::Standby => "standby takes the address",
            Mechanism::Promotion => "promotion",
            Mechanism::NameService => "name service withdraws the address",
        }
    }
}

/// A takeover that exists.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recovery {
    /// The slowest of the mechanisms that must act.
    pub mechanism: Mechanism,
    /// Longest time from the loss until no request is sent to the lost part, s.
    pub seconds: f64,
}

/// What moves the load away from `atom` when it is lost; `None` where requests go on being sent
/// there until it is repaired. Says nothing about whether what is left suffices.
///
/// Worst cases, in the file's own times: a health check finds a dead node after at most
/// `fall * interval` (U(0, interval) + (fall - 1) interval); a name service adds its TTL, since a
/// client may have asked just before; a standby takes over after its advertised loss; promotion
/// takes detection and promotion; a path changes after its detection time. Ejection is found by
/// requests that fail, not by a timer: it takes no time of the file's own, and from time to time
/// requests are tried there again.
///
/// This is the slowest mechanism alone. Where several follow one another (callers that called a
/// shared address down must see it up again after the standby took it) the whole course is longer:
/// `control::recovery` follows it.
pub fn takeover_of(model: &Model, atom: Atom) -> Option<Recovery> {
    let lost = lost_with(model, atom);
    let mut of = lost.iter().map(|&node| model.node(node).component);
    if of.any(|component| loses_shard(model, component, &lost)) {
        return None;
    }
    match atom {
        Atom::Node(node) => of_node(model, node),
        Atom::Host(host) => of_nodes(model, |node| model.node(node).host == Some(host)),
        Atom::Rack(rack) => of_nodes(model, |node| model.falls_with(node, rack)),
        Atom::Switch(switch) => of_switch(model, switch),
        Atom::Group(_) => None,
    }
}

/// The slowest of several takeovers; `None` when one of them does not exist.
fn slowest(takeovers: impl IntoIterator<Item = Option<Recovery>>) -> Option<Recovery> {
    takeovers.into_iter().try_fold(idle(), |worst, next| {
        let next = next?;
        Some(
            if next.seconds > worst.seconds || worst.mechanism == Mechanism::Idle {
                next
            } else {
                worst
            },
        )
    })
}

fn idle() -> Recovery {
    Recovery {
        mechanism: Mechanism::Idle,
        seconds: 0.0,
    }
}

/// All nodes that are lost together.
fn of_nodes(model: &Model, lost: impl Fn(NodeId) -> bool) -> Option<Recovery> {
    let nodes = (0..model.nodes.len()).map(NodeId::from);
    slowest(
        nodes
            .filter(|&node| lost(node))
            .map(|node| of_node(model, node)),
    )
}

fn of_switch(model: &Model, switch: SwitchId) -> Option<Recovery> {
    let paths = model.links.iter().filter_map(|link| link.via.as_ref());
    slowest(
        paths
            .filter(|path| path.options.iter().flatten().any(|&s| s == switch))
            .map(|path| {
                let avoids = |option: &Vec<SwitchId>| !option.contains(&switch);
                path.options.iter().any(avoids).then(|| Recovery {
                    mechanism: if avoids(&path.options[0]) {
                        Mechanism::Idle
                    } else {
                        Mechanism::Route
                    },
                    seconds: if avoids(&path.options[0]) {
                        0.0
                    } else {
                        seconds(path.detect)
                    },
                })
            }),
    )
}

fn of_node(model: &Model, node: NodeId) -> Option<Recovery> {
    let own = model.node(node);
    let component = model.component(own.component);
    let has = |role| {
        component
            .nodes
            .iter()
            .any(|&other| other != node && model.node(other).role == role)
    };
    match (component.takeover, own.role) {
        (_, Role::Standby) => Some(idle()),
        (Takeover::Standby { after, .. }, _) if has(Role::Standby) => Some(Recovery {
            mechanism: Mechanism::Standby,
            seconds: seconds(after),
        }),
        (Takeover::Promotion { detect, promote }, Role::Primary)
            if has(Role::ReadReplica) || has(Role::Standby) =>
        {
            Some(Recovery {
                mechanism: Mechanism::Promotion,
                seconds: seconds(detect + promote),
            })
        }
        (_, Role::Primary) => None,
        (Takeover::Promotion { detect, .. }, Role::ReadReplica) => Some(Recovery {
            mechanism: Mechanism::Avoidance,
            seconds: seconds(detect),
        }),
        (_, Role::Member | Role::ReadReplica) => of_pool_member(model, node),
    }
}

/// A node of a pool: every caller must find out for itself.
fn of_pool_member(model: &Model, node: NodeId) -> Option<Recovery> {
    let own = model.node(node);
    let component = model.component(own.component);
    let has_peer = component.nodes.iter().any(|&other| {
        let role = model.node(other).role;
        other != node && (role == own.role || role == Role::Primary)
    });
    if component.names.is_some() {
        return has_peer.then_some(Recovery {
            mechanism: Mechanism::Resolver,
            seconds: 0.0,
        });
    }
    let shared = if has_peer {
        Vec::new()
    } else {
        links_with_a_choice(model)
    };
    let callers = model
        .links
        .iter()
        .enumerate()
        .filter(|(_, link)| link.callee == own.component);
    slowest(callers.map(|(place, link)| {
        let leaves =
            link.balance != Policy::Shard && (has_peer || shared.contains(&LinkId::from(place)));
        if leaves { of_caller(model, link) } else { None }
    }))
}

/// Links that some call may leave for another link.
fn links_with_a_choice(model: &Model) -> Vec<LinkId> {
    let mut calls = Vec::new();
    for operation in model
        .components
        .iter()
        .flat_map(|component| &component.operations)
    {
        collect_calls(&operation.steps, &mut calls);
    }
    let several = calls.into_iter().filter(|call| call.links.len() > 1);
    several
        .flat_map(|call| call.links.iter().map(|&(link, _)| link))
        .collect()
}

/// How the left end of `link` learns that a node at the right end is down.
fn of_caller(model: &Model, link: &Link) -> Option<Recovery> {
    let Some(health) = checks(model, link) else {
        return link.eject.map(|_| Recovery {
            mechanism: Mechanism::Ejection,
            seconds: 0.0,
        });
    };
    let detection = detection(health);
    Some(match names(model, link) {
        Some(names) => Recovery {
            mechanism: Mechanism::NameService,
            seconds: detection + seconds(names.ttl),
        },
        None => Recovery {
            mechanism: Mechanism::HealthCheck,
            seconds: detection,
        },
    })
}

/// Longest time until health checks call a dead node down, s.
fn detection(health: &Health) -> f64 {
    seconds(health.longest_detection())
}

fn seconds(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1e9
}
