//! Balancers of layer 4 and 7.

use serde::Deserialize;

use super::route::{self, Route};
use super::steps::passing;
use super::{Balancing, Blueprint, Site, node};
use crate::diagnostic::Diagnostic;
use crate::model::{Call, Operation, Policy, Role, Step, Takeover};
use crate::quantity::{Cores, Count, Time};
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
    /// Most requests that a node behind it has at once; others wait here in one line.
    pub maxconn: Option<At<Count>>,
    /// What sends a person to the node that answered it before.
    pub sticky: Option<At<Sticky>>,
    /// How it learns who is down.
    pub health: Option<Health>,
    /// A second node that takes over.
    pub standby: Option<At<Standby>>,
    /// CPU time for each request.
    pub service: Option<TimeLaw>,
    /// Cores of each node.
    pub cores: Option<Cores>,
}

/// Where in the protocol it works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Layer {
    /// Connections: the answer does not pass through it.
    L4,
    /// Requests: the answer passes through it.
    L7,
}

/// What sends a person to the node that answered it before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Sticky {
    /// A cookie that names the node, for as long as that is up and has room.
    Cookie,
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
const CHECK_TIMEOUT: Preset = Preset {
    field: "health.timeout",
    value: "\"2s\"",
    source: "HAProxy, Configuration Manual, timeout check: as long as `interval` when unset",
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
    CHECK_TIMEOUT,
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
        let ways = self.ways(site);
        let balancing = Balancing {
            policy: ways.last().map_or(Policy::RoundRobin, |way| way.policy),
            health: self.health(site),
            queues: ways.iter().any(|way| way.maxconn.is_some()),
        };
        if balancing.queues && self.layer() == Layer::L4 {
            self.refuse_queue(site);
        }
        if let (Some(sticky), Layer::L4) = (&self.sticky, self.layer()) {
            let message = "a balancer of layer 4 reads no cookies";
            let problem = Diagnostic::error(code::CONFLICT, message).at(sticky.span.clone());
            site.report(problem.help("write `layer: L7`, or `policy: SourceHash`"));
        }
        let policies = self
            .policy
            .iter()
            .chain(self.routes.iter().flat_map(|one| &one.policy));
        let mut central = policies.filter(|one| one.value == schema::Policy::CentralQueue);
        if let (Some(sticky), Some(_)) = (&self.sticky, central.next()) {
            let message = "one line for all servers keeps nobody at one of them";
            let problem = Diagnostic::error(code::CONFLICT, message).at(sticky.span.clone());
            site.report(problem.help("leave `sticky` out, or write another policy"));
        }
        let operation = |way: Way<'_>| Operation {
            name: way.name.to_owned(),
            ..passing(self.work(&way, balancing, site))
        };
        let operations = ways.into_iter().map(operation).collect();
        let mut blueprint = Blueprint::of(node::replicas(site), operations);
        blueprint.resources = vec![node::cpu(site, self.cores, &CORES, None, None)];
        if let Some(standby) = &self.standby {
            add_standby(standby, &mut blueprint, site);
        }
        blueprint
    }

    fn layer(&self) -> Layer {
        self.layer.unwrap_or_else(|| LAYER.read())
    }

    /// The ways of the classes with a route, and last that of all others.
    fn ways(&self, site: &mut dyn Site) -> Vec<Way<'_>> {
        let rest = (route::REST, &self.to, self.policy.as_ref(), &POLICY);
        let routes = self.routes.iter().map(|route| {
            let stated = route.policy.as_ref();
            (
                route.class.value.as_str(),
                &route.to,
                stated,
                &route::POLICY,
            )
        });
        let way = |(name, to, stated, preset): (_, _, Option<&At<schema::Policy>>, _)| {
            let central = stated.is_some_and(|at| at.value == schema::Policy::CentralQueue);
            let alone = central.then_some(1);
            Way {
                name,
                to,
                policy: route::policy(to, stated, preset, site),
                maxconn: self.maxconn.as_ref().map(|at| at.value.get()).or(alone),
            }
        };
        routes.chain([rest]).map(way).collect()
    }

    /// Its own work for a request, and passing it on.
    fn work(&self, way: &Way<'_>, balancing: Balancing, site: &mut dyn Site) -> Vec<Step> {
        let service = self.service.clone().unwrap_or_else(|| SERVICE.read());
        let demand = site.time(&service);
        let call = Call {
            policy: Some(way.policy),
            maxconn: way.maxconn,
            sticky: self.sticky.is_some(),
            ..site.pass(way.to, Some(balancing))
        };
        let passes = if self.layer() == Layer::L4 {
            for (name, _) in &way.to.targets {
                site.forwards(&call, name.span.clone());
            }
            Step::Forward(call)
        } else {
            Step::Call(call)
        };
        let resource = 0;
        vec![Step::Use { resource, demand }, passes]
    }

    /// Who never sees an answer does not know when there is room.
    fn refuse_queue(&self, site: &mut dyn Site) {
        let limit = self.maxconn.as_ref().map(|at| at.span.clone());
        let routes = self.routes.iter().map(|route| route.policy.as_ref());
        let mut policies = routes.chain([self.policy.as_ref()]).flatten();
        let central = policies.find(|at| at.value == schema::Policy::CentralQueue);
        let span = limit.or(central.map(|at| at.span.clone()));
        let message = "answers do not pass a balancer of layer 4: it cannot tell when to send more";
        let problem = Diagnostic::error(code::CONFLICT, message).help("write `layer: L7`");
        site.report(problem.at(span.unwrap_or_else(|| site.span())));
    }

    fn health(&self, site: &mut dyn Site) -> Option<crate::model::Health> {
        let health = self.health.clone().unwrap_or_else(|| HEALTH.read());
        let (checks, problems) = health.model(&INTERVAL, &FALL, &RISE);
        for problem in problems {
            site.report(problem);
        }
        checks
    }
}

/// Where the requests of an operation go.
struct Way<'a> {
    name: &'a str,
    to: &'a To,
    policy: Policy,
    maxconn: Option<u32>,
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
