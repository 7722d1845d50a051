//! Component kinds: one file each, with its parameters, their defaults, and what it is in
//! primitives.
//!
//! A kind is vocabulary. [`Kind::translate`] turns it into a [`Blueprint`] of resources, permits,
//! operations and roles; nothing behind the model knows kinds. What a kind needs of the file
//! around it (names, files, hosts) it asks of its [`Site`].

mod app_server;
mod autoscale;
mod cache;
mod cdn;
mod component;
mod contents;
mod database;
mod dns;
mod external;
mod failover;
mod failure;
mod instead;
mod load_balancer;
mod node;
mod queue;
mod queueing;
pub mod rates;
mod replication;
mod route;
mod session;
mod steps;
mod web_server;
mod worker;

use std::ops::Range;

use serde::Deserialize;

pub use app_server::AppServer;
pub use cache::Cache;
pub use cdn::Cdn;
pub use component::Component;
pub use database::Database;
pub use dns::Dns;
pub use external::External;
pub use failure::outage;
pub use load_balancer::LoadBalancer;
pub use node::contention_in_order;
pub use queue::Queue;
pub use replication::Replication;
pub use route::Route;
pub use web_server::WebServer;
pub use worker::Worker;

use crate::diagnostic::Diagnostic;
use crate::law::Law;
use crate::model::{
    Autoscale, Call, ComponentId, Contents, Failure, Health, LinkId, NameService, Operation,
    Outage, Permits, Policy, Queueing, Resource, Role, Sessions, Takeover, Voters,
};
use crate::schema::preset::Preset;
use crate::schema::{At, Shared, SizeLaw, Step, TimeLaw, To};

/// A kind with its own fields.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Kind {
    /// A name service.
    Dns(Dns),
    /// A content delivery network.
    Cdn(Cdn),
    /// A balancer of layer 4 or 7.
    LoadBalancer(LoadBalancer),
    /// A server of static files and proxy.
    WebServer(WebServer),
    /// A server of applications.
    AppServer(AppServer),
    /// A database with its replicas.
    Database(Database),
    /// A cache beside a database.
    Cache(Cache),
    /// A service of somebody else.
    External(External),
    /// A queue of messages that nobody waits for.
    Queue(Queue),
    /// A taker of messages.
    Worker(Worker),
}

/// The defaults of all kinds.
pub const DEFAULTS: &[&[Preset]] = &[
    dns::DEFAULTS,
    cdn::DEFAULTS,
    load_balancer::DEFAULTS,
    web_server::DEFAULTS,
    app_server::DEFAULTS,
    database::DEFAULTS,
    cache::DEFAULTS,
    external::DEFAULTS,
    queue::DEFAULTS,
    worker::DEFAULTS,
];

/// A component in primitives, without its name and hosts.
#[derive(Clone, Debug)]
pub struct Blueprint {
    /// One role for each node; a member or primary stands before its standbys.
    pub roles: Vec<Role>,
    /// What each node works with.
    pub resources: Vec<Resource>,
    /// Threads of each node.
    pub threads: Option<Permits>,
    /// Connections that each node accepts.
    pub connections: Option<Permits>,
    /// What it can be asked.
    pub operations: Vec<Operation>,
    /// Set for name services.
    pub names: Option<NameService>,
    /// What happens when the leading node is lost.
    pub takeover: Takeover,
    /// Who must agree to that; `None`: nobody.
    pub voters: Option<Voters>,
    /// Who waits in front of its threads, and how long.
    pub queueing: Queueing,
    /// How its cores stop and go on.
    pub failure: Option<Failure>,
    /// How often each of its nodes is down.
    pub outage: Option<Outage>,
    /// What it holds, where that is simulated.
    pub contents: Option<Contents>,
    /// Who keeps sessions; `None`: nobody.
    pub sessions: Option<Sessions>,
    /// From the answer of a write until other nodes have it, ns; `None`: they have it at once.
    pub lag: Option<Law>,
    /// How many of its nodes are in service; `None`: all.
    pub autoscale: Option<Autoscale>,
    /// Whether the world outside owns it.
    pub external: bool,
}

impl Blueprint {
    /// Members that answer `operations`, and nothing else.
    fn of(members: u32, operations: Vec<Operation>) -> Self {
        Self {
            roles: vec![Role::Member; members as usize],
            resources: Vec::new(),
            threads: None,
            connections: None,
            operations,
            names: None,
            takeover: Takeover::None,
            voters: None,
            queueing: Queueing::default(),
            failure: None,
            outage: None,
            contents: None,
            sessions: None,
            lag: None,
            autoscale: None,
            external: false,
        }
    }
}

/// How a kind chooses among the nodes that it passes requests to.
#[derive(Clone, Copy, Debug)]
pub struct Balancing {
    /// How it chooses.
    pub policy: Policy,
    /// How it learns who is down.
    pub health: Option<Health>,
    /// Whether requests wait here for a node that has room.
    pub queues: bool,
}

/// What the file around a component answers to its kind.
pub trait Site {
    /// The place of the component's name.
    fn span(&self) -> Range<usize>;

    /// The fields that all kinds share.
    fn shared(&self) -> &Shared;

    /// Cores of the machine that the component names.
    fn machine_cores(&self) -> Option<u32>;

    /// Adds a problem.
    fn report(&mut self, problem: Diagnostic);

    /// A law of times, ns; files are read.
    fn time(&mut self, law: &TimeLaw) -> Law;

    /// A law of sizes, bytes; files are read.
    fn size(&mut self, law: &SizeLaw) -> Law;

    /// Says that this name must be that of a class that somebody sends.
    fn class(&mut self, class: &At<String>);

    /// The call of `"component"` or `"component.operation"`.
    fn call(&mut self, to: &At<String>, request: Option<Law>) -> Call;

    /// The call that passes a request on, keeping its class. `balancing` is the kind's own way to
    /// choose; without it the links say.
    fn pass(&mut self, to: &To, balancing: Option<Balancing>) -> Call;

    /// The steps that the file states for a call over `link` that has failed for good.
    fn instead(&mut self, link: LinkId) -> Option<At<Vec<Step>>>;

    /// What the file calls `link`.
    fn link_name(&self, link: LinkId) -> String;

    /// Says that `call` hands requests over for good, which its links must allow.
    fn forwards(&mut self, call: &Call, at: Range<usize>);

    /// The resource whose utilisation a condition like `cpu <= 60%` bounds, and the bound.
    fn target(&mut self, text: &At<String>) -> Option<(&'static str, f64)>;

    /// Says that this name must be that of a queue.
    fn queue(&mut self, queue: &At<String>);

    /// The workers that take from this queue, and how many messages they work on at once; no
    /// number where there is no limit.
    fn workers(&mut self) -> (To, Option<u32>);

    /// The component whose nodes vote on a takeover; their number must be fixed, and their kind one
    /// that can.
    fn voters(&mut self, name: &At<String>) -> Option<ComponentId>;

    /// The share of hits of the cache called so; `None` where its contents are simulated.
    fn hit(&mut self, cache: &At<String>) -> Option<f64>;
}

impl Kind {
    /// The kind's word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Dns(_) => "Dns",
            Self::Cdn(_) => "Cdn",
            Self::LoadBalancer(_) => "LoadBalancer",
            Self::WebServer(_) => "WebServer",
            Self::AppServer(_) => "AppServer",
            Self::Database(_) => "Database",
            Self::Cache(_) => "Cache",
            Self::External(_) => "External",
            Self::Queue(_) => "Queue",
            Self::Worker(_) => "Worker",
        }
    }

    /// The component in primitives. Problems go to the site; the blueprint is then not used.
    pub fn translate(&self, site: &mut dyn Site) -> Blueprint {
        let mut blueprint = self.blueprint(site);
        instead::cover(site, &mut blueprint);
        blueprint.queueing = queueing::queueing(site, &blueprint, self.has_messages());
        (blueprint.failure, blueprint.outage) = failure::failure(site, &blueprint);
        blueprint.autoscale = autoscale::autoscale(site, self, &blueprint);
        node::refuse_rates(site, self.word(), &blueprint);
        blueprint
    }

    /// Whether its nodes are programs that can agree on who takes over.
    pub fn can_vote(&self) -> bool {
        match self {
            Self::WebServer(_)
            | Self::AppServer(_)
            | Self::Database(_)
            | Self::Cache(_)
            | Self::Worker(_)
            | Self::Queue(_) => true,
            Self::Dns(_) | Self::Cdn(_) | Self::LoadBalancer(_) | Self::External(_) => false,
        }
    }

    /// Whether what comes to it are messages.
    fn has_messages(&self) -> bool {
        matches!(self, Self::Queue(_) | Self::Worker(_))
    }

    fn blueprint(&self, site: &mut dyn Site) -> Blueprint {
        match self {
            Self::Dns(kind) => kind.translate(site),
            Self::Cdn(kind) => kind.translate(site),
            Self::LoadBalancer(kind) => kind.translate(site),
            Self::WebServer(kind) => kind.translate(site),
            Self::AppServer(kind) => kind.translate(site),
            Self::Database(kind) => kind.translate(site),
            Self::Cache(kind) => kind.translate(site),
            Self::External(kind) => kind.translate(site),
            Self::Queue(kind) => kind.translate(site),
            Self::Worker(kind) => kind.translate(site),
        }
    }
}
