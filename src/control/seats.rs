//! Who is in charge of a component over time.

use crate::fault::Span;
use crate::lower::Seat;
use crate::model::{ComponentId, Model, Takeover};

use super::{address, majority, promotion};

/// The seats of a component's nodes over time; places are those of `Component::nodes`.
#[derive(Clone, Debug, PartialEq)]
pub struct Leadership {
    /// Seats from an instant on; the first at 0.
    pub changes: Vec<Change>,
    /// When nobody answers at an address; one address for each node, that of a pair belongs to
    /// its first node.
    pub silent: Vec<Vec<Span>>,
}

/// Who sits where from an instant on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// When, ns.
    pub at: u64,
    /// By node.
    pub seats: Vec<Seat>,
    /// By node: the address at which it is asked.
    pub address: Vec<usize>,
}

impl Leadership {
    /// The leadership of a component whose nodes are down in `down`.
    pub fn of(model: &Model, component: ComponentId, down: &[Vec<Span>]) -> Self {
        let part = model.component(component);
        let lapses = model
            .voters(part)
            .map_or_else(Vec::new, |(voters, majority)| {
                let voters: Vec<&[Span]> =
                    voters.iter().map(|node| &down[node.index()][..]).collect();
                majority::lapses(&voters, majority)
            });
        let down: Vec<Vec<Span>> = part
            .nodes
            .iter()
            .map(|node| down[node.index()].clone())
            .collect();
        let seats: Vec<Seat> = part
            .nodes
            .iter()
            .map(|&node| Seat::of(model.node(node).role))
            .collect();
        match part.takeover {
            Takeover::None => Self {
                changes: vec![Change {
                    at: 0,
                    address: (0..seats.len()).collect(),
                    seats,
                }],
                silent: down,
            },
            Takeover::Standby { after, give_back } => {
                let timers = address::Timers { after, give_back };
                address::leadership(&seats, down, &lapses, timers)
            }
            Takeover::Promotion { detect, promote } => {
                let steps_down = part.voters.is_some_and(|voters| voters.steps_down);
                let timers = promotion::Timers { detect, promote };
                promotion::leadership(seats, down, (&lapses, steps_down), timers)
            }
        }
    }

    /// The change in force at an instant.
    pub fn at(&self, at: u64) -> &Change {
        let after = self.changes.partition_point(|change| change.at <= at);
        &self.changes[after.max(1) - 1]
    }
}

/// Sorted instants without repetition and without "never".
pub(super) fn instants(mut times: Vec<u64>) -> Vec<u64> {
    times.retain(|&time| time < u64::MAX);
    times.sort_unstable();
    times.dedup();
    times
}
