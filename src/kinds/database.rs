//! Databases with their replicas.

use serde::Deserialize;

use super::failover::{Failover, promotion};
use super::replication::{self, Replication};
use super::steps::Work;
use super::{Blueprint, Site, node};
use crate::diagnostic::Diagnostic;
use crate::model::{Operation, Permits, Role, Tier};
use crate::quantity::{Cores, Limit, Share, Whole};
use crate::schema::code;
use crate::schema::preset::Preset;
use crate::schema::{At, Contention, Discipline, Named, Step, TimeLaw};

/// One primary, which takes the writes, with replicas that read and standbys that wait (S1).
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// Cores of each node.
    pub cores: Option<Cores>,
    /// Threads of each node.
    pub threads: Option<At<Limit>>,
    /// Requests that may wait for a thread.
    pub backlog: Option<At<Limit>>,
    /// Connections that each node accepts; more are refused.
    pub connections: Option<At<Limit>>,
    /// Order of service of the CPU.
    pub discipline: Option<At<Discipline>>,
    /// Contention on the CPU.
    pub contention: Option<At<Contention>>,
    /// CPU time of a request, where all are alike.
    pub service: Option<At<TimeLaw>>,
    /// What each class does, where they differ.
    #[serde(default)]
    pub operations: Named<Vec<Step>>,
    /// Operations that read replicas may answer.
    pub reads: Option<At<Vec<At<String>>>>,
    /// Nodes that answer reads and may be promoted.
    pub read_replicas: Option<At<Whole>>,
    /// Nodes that only wait to be promoted.
    pub standbys: Option<Whole>,
    /// Share of a write's own work that every other node repeats (S13).
    pub apply: Option<Share>,
    /// When the other nodes have what was written.
    pub replication: Option<At<Replication>>,
    /// What happens when the primary is lost.
    pub failover: Option<At<Failover>>,
}

const CORES: Preset = node::cores("Database");
const THREADS: Preset = Preset {
    of: "Database",
    field: "threads",
    value: "Unlimited",
    source: "MySQL 8.0 Reference Manual, Connection Interfaces: one thread per connection",
};
const BACKLOG: Preset = Preset {
    of: "Database",
    field: "backlog",
    value: "Unlimited",
    source: "linchpin's choice because `connections` bounds already who can wait",
};
const CONNECTIONS: Preset = Preset {
    of: "Database",
    field: "connections",
    value: "151",
    source: "MySQL 8.0 Reference Manual, Server System Variables, max_connections",
};
const DISCIPLINE: Preset = node::discipline("Database");
const READS: Preset = Preset {
    of: "Database",
    field: "reads",
    value: "[\"select\"]",
    source: "linchpin's choice because SQL calls reading so; nothing reads without one",
};
const READ_REPLICAS: Preset = Preset {
    of: "Database",
    field: "read_replicas",
    value: "0",
    source: "linchpin's choice because nothing is added unasked",
};
const STANDBYS: Preset = Preset {
    field: "standbys",
    ..READ_REPLICAS
};
const APPLY: Preset = Preset {
    of: "Database",
    field: "apply",
    value: "1.0",
    source: "MySQL 8.0 Reference Manual, Replication Formats: replicas run the statements again",
};

/// What is filled in.
pub(super) const DEFAULTS: &[Preset] = &[
    CORES,
    THREADS,
    BACKLOG,
    CONNECTIONS,
    DISCIPLINE,
    READS,
    READ_REPLICAS,
    STANDBYS,
    APPLY,
];

impl Database {
    pub(super) fn translate(&self, site: &mut dyn Site) -> Blueprint {
        node::refuse_replicas(
            site,
            "a Database has one primary: write `read_replicas` or `standbys`",
        );
        let work = Work {
            service: self.service.as_ref(),
            calls: &[],
            to: None,
            operations: &self.operations,
        };
        let threads = node::limit(site, self.threads.as_ref(), &THREADS);
        let (discipline, contention) = (self.discipline.as_ref(), self.contention.as_ref());
        let cpu = node::cpu(site, self.cores, &CORES, discipline, contention);
        let connections = node::limit(site, self.connections.as_ref(), &CONNECTIONS);
        let bound = if threads == Limit::Unlimited {
            connections
        } else {
            threads
        };
        node::check_contention(site, contention, bound);
        let threads = node::permits(site, threads, self.backlog.as_ref(), &BACKLOG);
        let (operations, resources) = work.translate(site, cpu);
        let roles = self.roles(site);
        let mut operations = self.tiers(operations, &roles, site);
        let stated = self.replication.as_ref();
        let nobody = (
            "there is no node that could be promoted",
            "add `standbys: 1` or `read_replicas: 1`, or leave `failover` out",
        );
        let (takeover, voters) = promotion(self.failover.as_ref(), roles.len(), nobody, site);
        Blueprint {
            lag: replication::lag(site, stated, &roles, &mut operations),
            takeover,
            voters,
            roles,
            resources,
            threads: Some(threads),
            connections: match connections {
                Limit::Unlimited => None,
                Limit::At(number) => Some(Permits {
                    capacity: Some(number),
                    room: Some(0),
                }),
            },
            ..Blueprint::of(0, operations)
        }
    }

    /// The primary, then its standbys, then the read replicas.
    fn roles(&self, site: &mut dyn Site) -> Vec<Role> {
        let replicas = match &self.read_replicas {
            Some(stated) => stated.value,
            None => READ_REPLICAS.read(),
        };
        let standbys = self.standbys.unwrap_or_else(|| STANDBYS.read());
        let mut roles = vec![Role::Primary];
        for (number, role) in [(standbys, Role::Standby), (replicas, Role::ReadReplica)] {
            let number = node::node_count(site, number.get());
            roles.extend(std::iter::repeat_n(role, number));
        }
        roles
    }

    /// Says which nodes answer each operation, and which work the others repeat.
    fn tiers(
        &self,
        mut operations: Vec<Operation>,
        roles: &[Role],
        site: &mut dyn Site,
    ) -> Vec<Operation> {
        let stated = self.reads.as_ref().map(|reads| &reads.value);
        for name in stated.into_iter().flatten() {
            if !operations
                .iter()
                .any(|operation| operation.name == name.value)
            {
                let names = operations.iter().map(|operation| operation.name.as_str());
                let known = names.clone().collect::<Vec<_>>().join(", ");
                site.report(
                    Diagnostic::error(
                        code::UNKNOWN_NAME,
                        format!("`{}` is no operation of this database", name.value),
                    )
                    .at(name.span.clone())
                    .did_you_mean(&name.value, names)
                    .help(format!("operations: {known}")),
                );
            }
        }
        let reads: Vec<String> = match stated {
            Some(names) => names.iter().map(|name| name.value.clone()).collect(),
            None => READS.read(),
        };
        let apply = self.apply.unwrap_or_else(|| APPLY.read()).value();
        for operation in &mut operations {
            let is_read = reads.contains(&operation.name);
            operation.tier = if is_read {
                Tier::Replicas
            } else {
                Tier::Primary
            };
            if !is_read && roles.len() > 1 {
                operation.apply = apply;
            }
        }
        let replicas = self
            .read_replicas
            .as_ref()
            .filter(|number| number.value.get() > 0);
        if let Some(replicas) = replicas
            && operations
                .iter()
                .all(|operation| operation.tier == Tier::Primary)
        {
            site.report(
                Diagnostic::error(
                    code::CONFLICT,
                    "no operation may be answered by read replicas",
                )
                .at(replicas.span.clone())
                .help("name the operations that read: `reads: [\"select\"]`"),
            );
        }
        operations
    }
}
