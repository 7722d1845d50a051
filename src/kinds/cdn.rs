//! Content delivery networks.

use serde::Deserialize;

use super::contents::{self, Stated};
use super::steps::passing;
use super::{Blueprint, Site, node};
use crate::model::{Contents, Step};
use crate::quantity::{Share, Time};
use crate::schema::preset::Preset;
use crate::schema::{At, Eviction, Fill, Keys, Renew, Room, SizeLaw, TimeLaw, To};

/// Answers near the user from what it holds, and asks the origin for the rest.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cdn {
    /// The origin.
    pub to: To,
    /// Share of the requests that the edge answers itself, where contents are not simulated.
    pub hit: Option<Share>,
    /// Time that the edge takes, whether it holds the answer or not.
    pub latency: TimeLaw,
    /// Room of each edge.
    pub capacity: Option<At<Room>>,
    /// Size of an item, where the room is in bytes.
    pub size: Option<At<SizeLaw>>,
    /// What the requests ask for.
    pub keys: Option<At<Keys>>,
    /// Who leaves a full edge.
    pub eviction: Option<At<Eviction>>,
    /// How long an entry may be used.
    pub ttl: Option<At<Time>>,
    /// What starts that time again.
    pub renew: Option<At<Renew>>,
    /// What a miss does while another one fetches the same item.
    pub fill: Option<At<Fill>>,
}

const EVICTION: Preset = contents::eviction("Cdn");
const RENEW: Preset = contents::renew("Cdn");
const FILL: Preset = contents::fill(
    "Cdn",
    "SingleFlight",
    "Amazon CloudFront, Developer Guide, simultaneous requests for the same object (request \
     collapsing)",
);

/// What is filled in.
pub(super) const DEFAULTS: &[Preset] = &[EVICTION, RENEW, FILL];

impl Cdn {
    pub(super) fn translate(&self, site: &mut dyn Site) -> Blueprint {
        node::refuse_machine(site, "Cdn");
        let origin = site.pass(&self.to, None);
        let edge = vec![
            Step::Wait(site.time(&self.latency)),
            Step::Held {
                hit: self.hit.map_or(contents::GUESS, Share::value),
                miss: vec![Step::Call(origin)],
            },
        ];
        Blueprint {
            contents: self.contents(site),
            ..Blueprint::of(node::replicas(site), vec![passing(edge)])
        }
    }

    fn contents(&self, site: &mut dyn Site) -> Option<Contents> {
        let stated = Stated {
            of: "Cdn",
            hit: self.hit,
            capacity: self.capacity.as_ref(),
            size: self.size.as_ref(),
            keys: self.keys.as_ref(),
            eviction: self.eviction.as_ref(),
            ttl: self.ttl.as_ref(),
            renew: self.renew.as_ref(),
            fill: self.fill.as_ref(),
        };
        stated.translate(site, [&EVICTION, &RENEW, &FILL])
    }
}
