//! Name services.

use serde::Deserialize;

use super::steps::passing;
use super::{Blueprint, Site, node};
use crate::model::{NameService, Step};
use crate::quantity::Time;
use crate::schema::preset::Preset;
use crate::schema::{Health, TimeLaw, To};

/// Tells clients an address of what stands behind it. The fastest of several servers answers;
/// clients keep an address until its time to live is over, also that of a dead node.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dns {
    /// What the name leads to.
    pub to: To,
    /// Time of one lookup at one server.
    pub lookup: Option<TimeLaw>,
    /// How long clients keep an address.
    pub ttl: Option<Time>,
    /// How dead addresses are withdrawn.
    pub health: Option<Health>,
}

const LOOKUP: Preset = Preset {
    of: "Dns",
    field: "lookup",
    value: "\"20ms\"",
    source: "linchpin's choice because a resolver of the same country answers in some tens of ms",
};
const TTL: Preset = Preset {
    of: "Dns",
    field: "ttl",
    value: "\"60s\"",
    source: "AWS, Route 53 Developer Guide, best practices: at most 60 s where failover matters",
};
const HEALTH: Preset = Preset {
    of: "Dns",
    field: "health",
    value: "Off",
    source: "RFC 1034: a name server does not look at what its records lead to",
};
const INTERVAL: Preset = Preset {
    of: "Dns",
    field: "health.interval",
    value: "\"30s\"",
    source: "AWS, Route 53 API Reference, HealthCheckConfig, RequestInterval",
};
const CHECK_TIMEOUT: Preset = Preset {
    of: "Dns",
    field: "health.timeout",
    value: "\"30s\"",
    source: "linchpin's choice because a check that outlasts the next one says nothing more",
};
const FALL: Preset = Preset {
    of: "Dns",
    field: "health.fall",
    value: "3",
    source: "AWS, Route 53 API Reference, HealthCheckConfig, FailureThreshold",
};
const RISE: Preset = Preset {
    of: "Dns",
    field: "health.rise",
    value: "3",
    source: "AWS, Route 53 API Reference, HealthCheckConfig, FailureThreshold (both ways)",
};

/// What is filled in.
pub(super) const DEFAULTS: &[Preset] = &[LOOKUP, TTL, HEALTH, INTERVAL, CHECK_TIMEOUT, FALL, RISE];

impl Dns {
    pub(super) fn translate(&self, site: &mut dyn Site) -> Blueprint {
        node::refuse_machine(site, "Dns");
        let call = site.pass(&self.to, None);
        for (name, _) in &self.to.targets {
            site.forwards(&call, name.span.clone());
        }
        let lookup = self.lookup.clone().unwrap_or_else(|| LOOKUP.read());
        let health = self.health.clone().unwrap_or_else(|| HEALTH.read());
        let (health, problems) = health.model(&INTERVAL, &FALL, &RISE);
        for problem in problems {
            site.report(problem);
        }
        let names = NameService {
            ttl: self.ttl.unwrap_or_else(|| TTL.read()).nanos(),
            lookup: site.time(&lookup),
            health,
        };
        Blueprint {
            names: Some(names),
            ..Blueprint::of(
                node::replicas(site),
                vec![passing(vec![Step::Resolve(call)])],
            )
        }
    }
}
