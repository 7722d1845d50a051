//! Takers of messages.

use serde::Deserialize;

use super::steps::Work;
use super::{Blueprint, Site, node};
use crate::model::Permits;
use crate::quantity::{Cores, Count, Limit};
use crate::schema::preset::Preset;
use crate::schema::{At, Contention, Discipline, Named, Step, Target, TimeLaw};

/// A taker of messages: each of its threads takes one from the queue, works on it to its end and
/// takes the next. A message whose work fails is dead, unless the link from the queue retries.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Worker {
    /// The queue.
    pub from: At<String>,
    /// Cores of each node.
    pub cores: Option<Cores>,
    /// Messages that each node works on at once.
    pub threads: Option<Count>,
    /// Order of service of the CPU.
    pub discipline: Option<At<Discipline>>,
    /// Contention on the CPU.
    pub contention: Option<At<Contention>>,
    /// CPU time of a message, where all are alike.
    pub service: Option<At<TimeLaw>>,
    /// Whom the work on a message then calls, one after the other.
    #[serde(default)]
    pub calls: Vec<Target>,
    /// What is done for messages of each class, where they differ.
    #[serde(default)]
    pub operations: Named<Vec<Step>>,
}

const CORES: Preset = node::cores("Worker");
const THREADS: Preset = Preset {
    of: "Worker",
    field: "threads",
    value: "1",
    source: "linchpin's choice because a plain consumer takes one message at a time",
};
const DISCIPLINE: Preset = node::discipline("Worker");

/// What is filled in.
pub(super) const DEFAULTS: &[Preset] = &[CORES, THREADS, DISCIPLINE];

impl Worker {
    /// Messages that each node works on at once.
    pub fn slots(&self) -> u32 {
        self.threads
            .unwrap_or_else(|| THREADS.read::<Count>())
            .get()
    }

    pub(super) fn translate(&self, site: &mut dyn Site) -> Blueprint {
        site.queue(&self.from);
        let work = Work {
            service: self.service.as_ref(),
            calls: &self.calls,
            to: None,
            operations: &self.operations,
        };
        let (discipline, contention) = (self.discipline.as_ref(), self.contention.as_ref());
        let cpu = node::cpu(site, self.cores, &CORES, discipline, contention);
        node::check_contention(site, contention, Limit::At(self.slots()));
        let (operations, resources) = work.translate(site, cpu);
        Blueprint {
            threads: Some(Permits {
                capacity: Some(self.slots()),
                room: None,
            }),
            resources,
            ..Blueprint::of(node::replicas(site), operations)
        }
    }
}
