//! Servers of static files and proxies.

use serde::Deserialize;

use super::steps::Work;
use super::{Blueprint, Site, node};
use crate::quantity::{Cores, Count, Limit};
use crate::schema::preset::Preset;
use crate::schema::{At, Contention, Discipline, Named, Step, Target, TimeLaw, To};

/// A server of static files that passes the rest on. A connection holds each request from entry
/// to answer; a node has `workers` x `connections` of them.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebServer {
    /// Cores of each node.
    pub cores: Option<Cores>,
    /// Worker processes of each node.
    pub workers: Option<Count>,
    /// Connections of each worker.
    pub connections: Option<At<Limit>>,
    /// Requests that may wait for a connection.
    pub backlog: Option<At<Limit>>,
    /// Order of service of the CPU.
    pub discipline: Option<At<Discipline>>,
    /// Contention on the CPU.
    pub contention: Option<At<Contention>>,
    /// CPU time of a request, where all are alike.
    pub service: Option<At<TimeLaw>>,
    /// Whom a request then calls, one after the other.
    #[serde(default)]
    pub calls: Vec<Target>,
    /// Whom a request is then passed on to.
    pub to: Option<To>,
    /// What each class does, where they differ.
    #[serde(default)]
    pub operations: Named<Vec<Step>>,
}

const CORES: Preset = node::cores("WebServer");
const WORKERS: Preset = Preset {
    of: "WebServer",
    field: "workers",
    value: "1",
    source: "nginx, Core functionality, worker_processes",
};
const CONNECTIONS: Preset = Preset {
    of: "WebServer",
    field: "connections",
    value: "512",
    source: "nginx, Core functionality, worker_connections",
};
const BACKLOG: Preset = Preset {
    of: "WebServer",
    field: "backlog",
    value: "511",
    source: "nginx, Module ngx_http_core_module, listen, backlog (Linux)",
};
const DISCIPLINE: Preset = node::discipline("WebServer");

/// What is filled in.
pub(super) const DEFAULTS: &[Preset] = &[CORES, WORKERS, CONNECTIONS, BACKLOG, DISCIPLINE];

impl WebServer {
    pub(super) fn translate(&self, site: &mut dyn Site) -> Blueprint {
        let work = Work {
            service: self.service.as_ref(),
            calls: &self.calls,
            to: self.to.as_ref(),
            operations: &self.operations,
        };
        let workers = self.workers.unwrap_or_else(|| WORKERS.read()).get();
        let threads = match node::limit(site, self.connections.as_ref(), &CONNECTIONS) {
            Limit::Unlimited => Limit::Unlimited,
            Limit::At(number) => Limit::At(workers.saturating_mul(number)),
        };
        let (discipline, contention) = (self.discipline.as_ref(), self.contention.as_ref());
        let cpu = node::cpu(site, self.cores, &CORES, discipline, contention);
        node::check_contention(site, contention, threads);
        let threads = node::permits(site, threads, self.backlog.as_ref(), &BACKLOG);
        let (operations, resources) = work.translate(site, cpu);
        Blueprint {
            threads: Some(threads),
            resources,
            ..Blueprint::of(node::replicas(site), operations)
        }
    }
}
