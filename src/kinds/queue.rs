//! Queues of messages.

use serde::Deserialize;

use super::failover::{Failover, promotion};
use super::steps::{ACCEPT, named, passing};
use super::{Balancing, Blueprint, Site, node};
use crate::diagnostic::Diagnostic;
use crate::model::{Health, Permits, Policy, Role, Step, Tier, Ties};
use crate::quantity::{Limit, Whole};
use crate::schema::At;
use crate::schema::code;
use crate::schema::preset::Preset;

/// A broker notices at once that a worker's connection is gone, ns.
const NOTICES: u64 = 1_000_000;

/// A queue of messages that nobody waits for: `Publish` puts one in and goes on, a `Worker` takes
/// it out. Messages are taken in order of arrival, by whichever worker has a thread free.
///
/// A broker alone loses with a crash what it has. With standbys each of them has all messages:
/// whoever leads after the loss delivers again what was not worked on to the end, some of it for
/// the second time (`RabbitMQ`, *Quorum Queues*).
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Queue {
    /// Messages that may wait; a further one is refused, and its `Publish` fails.
    pub capacity: Option<Limit>,
    /// Nodes with copies of all messages that wait to lead.
    pub standbys: Option<Whole>,
    /// What happens when the leading node is lost.
    pub failover: Option<At<Failover>>,
}

const CAPACITY: Preset = Preset {
    of: "Queue",
    field: "capacity",
    value: "Unlimited",
    source: "RabbitMQ, Queue Length Limit: no limit unless one is set",
};

const STANDBYS: Preset = Preset {
    of: "Queue",
    field: "standbys",
    value: "0",
    source: "linchpin's choice because nothing is added unasked",
};

/// What is filled in.
pub(super) const DEFAULTS: &[Preset] = &[CAPACITY, STANDBYS];

impl Queue {
    pub(super) fn translate(&self, site: &mut dyn Site) -> Blueprint {
        node::refuse_shared(
            site,
            "Queue",
            "it does no work of its own, and `standbys` are its further nodes",
        );
        let (workers, slots) = site.workers();
        if workers.targets.is_empty() {
            let span = site.span();
            site.report(
                Diagnostic::error(code::MISSING, "nobody takes messages from this queue")
                    .at(span)
                    .help("add a component `Worker(from: \"..\", ..)` with the name of the queue"),
            );
        }
        let fewest = Balancing {
            policy: Policy::LeastConnections(Ties::Rotation),
            queues: false,
            health: Some(Health {
                interval: NOTICES,
                fast: NOTICES,
                when_down: NOTICES,
                timeout: NOTICES,
                fall: 1,
                rise: 1,
            }),
        };
        let deliver = Step::Call(site.pass(&workers, Some(fewest)));
        let capacity = self.capacity.unwrap_or_else(|| CAPACITY.read());
        let roles = self.roles(site);
        let nobody = (
            "there is no node that could lead instead",
            "add `standbys: 1`, or leave `failover` out",
        );
        let (takeover, voters) = promotion(self.failover.as_ref(), roles.len(), nobody, site);
        let mut operations = vec![passing(vec![deliver]), named(ACCEPT, Vec::new())];
        if roles.len() > 1 {
            for operation in &mut operations {
                operation.tier = Tier::Primary;
            }
        }
        Blueprint {
            takeover,
            voters,
            threads: Some(Permits {
                capacity: slots,
                room: match capacity {
                    Limit::Unlimited => None,
                    Limit::At(number) => Some(number),
                },
            }),
            roles,
            ..Blueprint::of(0, operations)
        }
    }

    /// The broker, or who leads and then the standbys.
    fn roles(&self, site: &mut dyn Site) -> Vec<Role> {
        let standbys = self.standbys.unwrap_or_else(|| STANDBYS.read());
        let standbys = node::node_count(site, standbys.get());
        if standbys == 0 {
            return vec![Role::Member];
        }
        let mut roles = vec![Role::Standby; standbys + 1];
        roles[0] = Role::Primary;
        roles
    }
}
