//! Caches beside a database.

use serde::Deserialize;

use super::contents::{self, Stated};
use super::failover::Failover;
use super::steps::passing;
use super::{Blueprint, Site, node};
use crate::diagnostic::Diagnostic;
use crate::model::{Contents, Role, Step, Takeover, Voters};
use crate::quantity::{Cores, Count, Limit, Share, Time};
use crate::schema::code;
use crate::schema::preset::Preset;
use crate::schema::{At, Eviction, Fill, Keys, Renew, Room, SizeLaw, TimeLaw};

/// Shards, each of which answers for its part of the keys and may have copies (S1).
///
/// `Cached(in: .., miss: ..)` asks it; without an answer from it the work is done as on a miss.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cache {
    /// Share of the lookups that find what they look for, where contents are not simulated.
    pub hit: Option<Share>,
    /// Room of each shard.
    pub capacity: Option<At<Room>>,
    /// Size of an item, where the room is in bytes.
    pub size: Option<At<SizeLaw>>,
    /// What the lookups ask for.
    pub keys: Option<At<Keys>>,
    /// Who leaves a full shard.
    pub eviction: Option<At<Eviction>>,
    /// How long an entry may be used.
    pub ttl: Option<At<Time>>,
    /// What starts that time again.
    pub renew: Option<At<Renew>>,
    /// What a miss does while another one fetches the same item.
    pub fill: Option<At<Fill>>,
    /// Number of shards.
    pub nodes: Option<Count>,
    /// Nodes of each shard, the first of which answers.
    pub copies: Option<Count>,
    /// What happens when the answering node of a shard is lost.
    pub failover: Option<At<Failover>>,
    /// CPU time of a lookup.
    pub service: Option<TimeLaw>,
    /// Cores of each node.
    pub cores: Option<Cores>,
    /// Threads of each node.
    pub threads: Option<At<Limit>>,
    /// Lookups that may wait for a thread.
    pub backlog: Option<At<Limit>>,
}

const NODES: Preset = Preset {
    of: "Cache",
    field: "nodes",
    value: "1",
    source: "linchpin's choice because nothing is added unasked",
};
const COPIES: Preset = Preset {
    field: "copies",
    ..NODES
};
const FAILOVER: Preset = Preset {
    of: "Cache",
    field: "failover",
    value: "Automatic(detect: \"30s\", promote: \"1s\")",
    source: "Redis, sentinel.conf, down-after-milliseconds; promotion at the next turn of its loop",
};
const SERVICE: Preset = Preset {
    of: "Cache",
    field: "service",
    value: "\"10us\"",
    source: "Redis documentation, Redis benchmark: some 100,000 requests/s on one core",
};
const CORES: Preset = Preset {
    of: "Cache",
    field: "cores",
    value: "1",
    source: "Redis documentation, Diagnosing latency issues: commands run on a single thread",
};
const THREADS: Preset = Preset {
    of: "Cache",
    field: "threads",
    value: "Unlimited",
    source: "Redis documentation, Diagnosing latency issues: clients share one thread",
};
const BACKLOG: Preset = Preset {
    of: "Cache",
    field: "backlog",
    value: "Unlimited",
    source: "linchpin's choice because callers bound their own connections",
};
const EVICTION: Preset = contents::eviction("Cache");
const RENEW: Preset = contents::renew("Cache");
const FILL: Preset = contents::fill(
    "Cache",
    "Every",
    "R. Nishtala et al., Scaling Memcache at Facebook, 2013, 3.2.1: without leases all fetch",
);

/// What is filled in.
pub(super) const DEFAULTS: &[Preset] = &[
    NODES, COPIES, FAILOVER, SERVICE, CORES, THREADS, BACKLOG, EVICTION, RENEW, FILL,
];

impl Cache {
    pub(super) fn translate(&self, site: &mut dyn Site) -> Blueprint {
        node::refuse_replicas(
            site,
            "a Cache takes `nodes` (shards) and `copies` (of each shard)",
        );
        let service = self.service.clone().unwrap_or_else(|| SERVICE.read());
        let lookup = vec![Step::Use {
            resource: 0,
            demand: site.time(&service),
        }];
        let cpu = node::cpu(site, self.cores, &CORES, None, None);
        let threads = node::limit(site, self.threads.as_ref(), &THREADS);
        let threads = node::permits(site, threads, self.backlog.as_ref(), &BACKLOG);
        let copies = self.copies.unwrap_or_else(|| COPIES.read()).get();
        let (takeover, voters) = self.takeover(copies, site);
        Blueprint {
            roles: self.roles(copies, site),
            resources: vec![cpu],
            threads: Some(threads),
            takeover,
            voters,
            contents: self.contents(site),
            ..Blueprint::of(0, vec![passing(lookup)])
        }
    }

    fn contents(&self, site: &mut dyn Site) -> Option<Contents> {
        let stated = Stated {
            of: "Cache",
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

    /// Shard by shard: the node that answers, then its copies.
    fn roles(&self, copies: u32, site: &mut dyn Site) -> Vec<Role> {
        let shards = self.nodes.unwrap_or_else(|| NODES.read()).get();
        let all = node::node_count(site, u64::from(shards) * u64::from(copies));
        let role = |node| {
            if node % copies as usize == 0 {
                Role::Member
            } else {
                Role::Standby
            }
        };
        (0..all).map(role).collect()
    }

    fn takeover(&self, copies: u32, site: &mut dyn Site) -> (Takeover, Option<Voters>) {
        if copies == 1 {
            if let Some(failover) = &self.failover {
                site.report(
                    Diagnostic::error(code::CONFLICT, "there is no copy that could take over")
                        .at(failover.span.clone())
                        .help("add `copies: 2`, or leave `failover` out"),
                );
            }
            return (Takeover::None, None);
        }
        let failover = self
            .failover
            .as_ref()
            .map(|failover| failover.value.clone());
        let Failover::Automatic(mut automatic) = failover.unwrap_or_else(|| FAILOVER.read());
        if let Some(stated) = automatic.steps_down.take() {
            let message = "a Cache has no writes of its own to refuse";
            let problem = Diagnostic::error(code::CONFLICT, message).at(stated.span);
            site.report(problem.help("leave `steps_down` out, or write a Database"));
        }
        let (detect, promote) = (automatic.detect.nanos(), automatic.promote.nanos());
        let takeover = Takeover::Standby {
            after: detect.saturating_add(promote),
            give_back: 0,
        };
        (takeover, automatic.voters(site))
    }
}
