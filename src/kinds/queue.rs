//! Queues of messages.

use serde::Deserialize;

use super::steps::{ACCEPT, named, passing};
use super::{Balancing, Blueprint, Site, node};
use crate::diagnostic::Diagnostic;
use crate::model::{Health, Permits, Policy, Step, Ties};
use crate::quantity::Limit;
use crate::schema::code;
use crate::schema::preset::Preset;

/// A broker notices at once that a worker's connection is gone, ns.
const NOTICES: u64 = 1_000_000;

/// A queue of messages that nobody waits for: `Publish` puts one in and goes on, a `Worker` takes
/// it out. Messages are taken in order of arrival, by whichever worker has a thread free.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Queue {
    /// Messages that may wait; a further one is refused, and its `Publish` fails.
    pub capacity: Option<Limit>,
}

const CAPACITY: Preset = Preset {
    of: "Queue",
    field: "capacity",
    value: "Unlimited",
    source: "RabbitMQ, Queue Length Limit: no limit unless one is set",
};

/// What is filled in.
pub(super) const DEFAULTS: &[Preset] = &[CAPACITY];

impl Queue {
    pub(super) fn translate(&self, site: &mut dyn Site) -> Blueprint {
        node::refuse_shared(site, "Queue", "it is one broker without work of its own");
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
        Blueprint {
            threads: Some(Permits {
                capacity: slots,
                room: match capacity {
                    Limit::Unlimited => None,
                    Limit::At(number) => Some(number),
                },
            }),
            ..Blueprint::of(1, vec![passing(vec![deliver]), named(ACCEPT, Vec::new())])
        }
    }
}
