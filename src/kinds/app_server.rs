//! Servers of applications.

use serde::Deserialize;

use super::session::{self, Sessions, TTL};
use super::steps::Work;
use super::{Blueprint, Site, node};
use crate::quantity::{Cores, Limit, Time};
use crate::schema::preset::Preset;
use crate::schema::{At, Contention, Discipline, Named, Product, Step, Target, TimeLaw, To};
use crate::schema::{filled, silent};

/// A server of applications: a thread holds each request from entry to answer, also while
/// another component works for it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppServer {
    /// Whose values stand for what is left out.
    pub preset: Option<At<Product>>,
    /// Cores of each node.
    pub cores: Option<Cores>,
    /// Threads of each node.
    pub threads: Option<At<Limit>>,
    /// Requests that may wait for a thread.
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
    /// Who keeps what is known of a person from one request to the next.
    pub sessions: Option<At<Sessions>>,
    /// How long a session lasts that is not used.
    pub session_ttl: Option<At<Time>>,
    /// What each class does, where they differ.
    #[serde(default)]
    pub operations: Named<Vec<Step>>,
}

const CORES: Preset = node::cores("AppServer");
const THREADS: Preset = Preset {
    of: "AppServer",
    field: "threads",
    value: "200",
    source: "Apache Tomcat 10.1, The HTTP Connector, maxThreads",
};
const BACKLOG: Preset = Preset {
    of: "AppServer",
    field: "backlog",
    value: "100",
    source: "Apache Tomcat 10.1, The HTTP Connector, acceptCount",
};
const DISCIPLINE: Preset = node::discipline("AppServer");

/// What is filled in.
pub(super) const DEFAULTS: &[Preset] = &[CORES, THREADS, BACKLOG, DISCIPLINE, TTL];

impl AppServer {
    pub(super) fn translate(&self, site: &mut dyn Site) -> Blueprint {
        let work = Work {
            service: self.service.as_ref(),
            calls: &self.calls,
            to: self.to.as_ref(),
            operations: &self.operations,
        };
        let product = self.preset.as_ref();
        if let Some(problem) = silent(product, "AppServers", DEFAULTS) {
            site.report(problem);
        }
        let threads = filled(product, &THREADS);
        let threads = node::limit(site, self.threads.as_ref(), threads);
        let (discipline, contention) = (self.discipline.as_ref(), self.contention.as_ref());
        let cpu = node::cpu(site, self.cores, &CORES, discipline, contention);
        node::check_contention(site, contention, threads);
        let backlog = filled(product, &BACKLOG);
        let threads = node::permits(site, threads, self.backlog.as_ref(), backlog);
        let (mut operations, resources) = work.translate(site, cpu);
        let stated = (self.sessions.as_ref(), self.session_ttl.as_ref());
        let sessions = session::sessions(site, stated, &mut operations);
        Blueprint {
            sessions,
            threads: Some(threads),
            resources,
            ..Blueprint::of(node::replicas(site), operations)
        }
    }
}
