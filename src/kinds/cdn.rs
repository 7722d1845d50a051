//! Content delivery networks.

use serde::Deserialize;

use super::steps::passing;
use super::{Blueprint, Site, node};
use crate::model::Step;
use crate::quantity::Share;
use crate::schema::{TimeLaw, To};

/// Answers near the user from what it holds, and asks the origin for the rest.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cdn {
    /// The origin.
    pub to: To,
    /// Share of the requests that the edge answers itself.
    pub hit: Share,
    /// Time that the edge takes, whether it holds the answer or not.
    pub latency: TimeLaw,
}

impl Cdn {
    pub(super) fn translate(&self, site: &mut dyn Site) -> Blueprint {
        node::refuse_machine(site, "Cdn");
        let origin = site.pass(&self.to, None);
        let edge = vec![
            Step::Wait(site.time(&self.latency)),
            Step::Chance {
                share: self.hit.value(),
                then: Vec::new(),
                otherwise: vec![Step::Call(origin)],
            },
        ];
        Blueprint::of(node::replicas(site), vec![passing(edge)])
    }
}
