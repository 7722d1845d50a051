//! Balancers of layer 4 and 7.

use serde::Deserialize;

use super::route::{self, Route};
use super::steps::passing;
use super::{Balancing, Blueprint, Site, node};
use crate::diagnostic::Diagnostic;
use crate::model::{Call, Operation, Policy, Role, Step, Takeover};
use crate::quantity::{Count, Time};
use crate::schema::code;
use crate::schema::preset::Preset;
use crate::schema::{self, At, Health, TimeLaw, To};

/// Spreads requests over the nodes behind it, as it believes them to be up.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoadBalancer {
    /// What stands behind it.
    pub to: To,
    /// Whether it holds each request until its answer.
    pub layer: Option<Layer>,
    /// How it chooses.
    pub policy: Option<At<schema::Policy>>,
    /// Classes that go elsewhere, or by another policy. All policies of a node look at the same
    /// open requests.
    #[serde(default)]
    pub routes: Vec<Route>,
    /// How it learns who is down.
    pub health: Option<Health>,
    /// A second node that takes over.
    pub standby: Option<At<Standby>>,
    /// CPU time for each request.
    pub service: Option<TimeLaw>,
    /// Cores of each node.
    pub cores: Option<Count>,
}

/// Where in the protocol it works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Layer {
    /// Connections: the answer does not pass through it.
    L4,
    /// Requests: the answer passes through it.
    L7,
}

/// A second node that takes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Standby {
    /// By the virtual router redundancy protocol.
    Vrrp(Vrrp),
}

/// The virtual router redundancy protocol with a backup of priority 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vrrp {
    /// Time between two advertisements.
    pub advert: Option<Time>,
}

const LAYER: Preset = Preset {
    of: "LoadBalancer",
    field: "layer",
    value: "L7",
    source: "linchpin's choice because most balancers in front of web applications read HTTP",
};
const POLICY: Preset = Preset {
    of: "LoadBalancer",
    field: "policy",
    value: "RoundRobin",
    source: "HAProxy 2.6, Configuration Manual, balance (Weighted where `to` has weights)",
};
const SERVICE: Preset = Preset {
    of: "LoadBalancer",
    field: "service",
    value: "\"50us\"",
    source: "linchpin's choice because a core that proxies some 20,000 HTTP requests/s is common",
};
const CORES: Preset = node::cores("LoadBalancer");
const HEALTH: Preset = Preset {
    of: "LoadBalancer",
    field: "health",
    value: "(interval: \"2s\", fall: 3, rise: 2)",
    source: "HAProxy, Configuration Manual, server options inter, fall, rise",
};
const INTERVAL: Preset = Preset {
    field: "health.interval",
    value: "\"2s\"",
    ..HEALTH
};
const FALL: Preset = Preset {
    field: "health.fall",
    value: "3",
    ..HEALTH
};
const RISE: Preset = Preset {
    field: "health.rise",
    value: "2",
    ..HEALTH
};
const ADVERT: Preset = Preset {
    of: "LoadBalancer",
    field: "standby.advert",
    value: "\"1s\"",
    source: "RFC 5798, 6.1, Advertisement_Interval",
};

/// What is filled in.
pub(super) const DEFAULTS: &[Preset] = &[
    LAYER,
    POLICY,
    SERVICE,
    CORES,
    HEALTH,
    INTERVAL,
    FALL,
    RISE,
    ADVERT,
    route::POLICY,
];

/// Priority of a backup that states none (RFC 5798, 5.2.4).
const BACKUP_PRIORITY: u64 = 100;

impl LoadBalancer {
    pub(super) fn translate(&self, site: &mut dyn Site) -> Blueprint {
        route::check(&self.routes, site);
        let policy = route::policy(&self.to, self.policy.as_ref(), &POLICY, site);
        let balancing = Balancing {
            policy,
            health: self.health(site),
        };
        let mut operations = Vec::new();
        for Route { class, to, policy } in &self.routes {
            let policy = route::policy(to, policy.as_ref(), &route::POLICY, site);
            let work = self.work(to, policy, balancing, site);
            operations.push(Operation {
                name: class.value.clone(),
                ..passing(work)
            });
        }
        operations.push(passing(self.work(&self.to, policy, balancing, site)));
        let mut blueprint = Blueprint::of(node::replicas(site), operations);
        blueprint.resources = vec![node::cpu(site, self.cores, &CORES, None, None)];
        if let Some(standby) = &self.standby {
            add_standby(standby, &mut blueprint, site);
        }
        blueprint
    }

    /// Its own work for a request, and passing it on.
    fn work(
        &self,
        to: &To,
        policy: Policy,
        balancing: Balancing,
        site: &mut dyn Site,
    ) -> Vec<Step> {
        let service = self.service.clone().unwrap_or_else(|| SERVICE.read());
        let demand = site.time(&service);
        let call = Call {
            policy: Some(policy),
            ..site.pass(to, Some(balancing))
        };
        let passes = if self.layer.unwrap_or_else(|| LAYER.read()) == Layer::L4 {
            for (name, _) in &to.targets {
                site.forwards(&call, name.span.clone());
            }
            Step::Forward(call)
        } else {
            Step::Call(call)
        };
        let resource = 0;
        vec![Step::Use { resource, demand }, passes]
    }

    fn health(&self, site: &mut dyn Site) -> Option<crate::model::Health> {
        let health = self.health.clone().unwrap_or_else(|| HEALTH.read());
        let (checks, problem) = health.model(&INTERVAL, &FALL, &RISE);
        if let Some(problem) = problem {
            site.report(problem);
        }
        checks
    }
}

/// Adds the standby node. It takes over after three advertisements and its skew, and the first
/// node is back one advertisement after its repair (RFC 5798, 6.1 and 6.4.2).
fn add_standby(standby: &At<Standby>, blueprint: &mut Blueprint, site: &mut dyn Site) {
    let Standby::Vrrp(Vrrp { advert }) = standby.value;
    if blueprint.roles.len() > 1 {
        site.report(
            Diagnostic::error(
                code::CONFLICT,
                "a standby stands beside a single active node",
            )
            .at(standby.span.clone())
            .help("leave out `replicas`, or write two balancers behind a Dns"),
        );
    }
    let advert = advert.unwrap_or_else(|| ADVERT.read()).nanos();
    let skew = u128::from(advert) * u128::from(256 - BACKUP_PRIORITY) / 256;
    blueprint.roles.push(Role::Standby);
    blueprint.takeover = Takeover::Standby {
        after: advert
            .saturating_mul(3)
            .saturating_add(u64::try_from(skew).unwrap_or(u64::MAX)),
        give_back: advert,
    };
}
