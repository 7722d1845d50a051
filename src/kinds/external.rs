//! Services of somebody else.

use serde::Deserialize;

use super::steps::passing;
use super::{Blueprint, Site, node};
use crate::model::{Contention, Discipline, Queueing, Resource, Step};
use crate::quantity::Share;
use crate::schema::preset::{self, Preset};
use crate::schema::{At, RateLimit, TimeLaw, lets_some_through};

/// A service of somebody else: payment, notification. It has no limit of its own; what it takes
/// is a delay, which `Slow` stretches.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct External {
    /// Time until it answers.
    pub latency: TimeLaw,
    /// Share of the answers that are errors.
    pub error: Option<Share>,
    /// Most requests in a time, whoever sends them.
    pub rate_limit: Option<At<RateLimit>>,
}

const ERROR: Preset = Preset {
    of: "External",
    field: "error",
    value: "0.0",
    source: "linchpin's choice because nothing is added unasked",
};

const BURST: Preset = Preset {
    of: "External",
    field: "rate_limit.burst",
    ..preset::BURST
};

/// What is filled in.
pub(super) const DEFAULTS: &[Preset] = &[ERROR, BURST];

impl External {
    pub(super) fn translate(&self, site: &mut dyn Site) -> Blueprint {
        node::refuse_shared(site, "External", "it is not yours to size or to place");
        let mut work = vec![Step::Use {
            resource: 0,
            demand: site.time(&self.latency),
        }];
        let error = self.error.unwrap_or_else(|| ERROR.read()).value();
        if error > 0.0 {
            work.push(Step::Chance {
                share: error,
                then: vec![Step::Fail],
                otherwise: Vec::new(),
            });
        }
        let limit = self.rate_limit.as_ref();
        if let Some(problem) = limit.and_then(lets_some_through) {
            site.report(problem);
        }
        let limit = limit.map(|limit| limit.value.model(&BURST));
        let remote = Resource {
            name: "remote",
            servers: None,
            discipline: Discipline::ProcessorSharing,
            contention: Contention::default(),
            rates: crate::model::Rates::default(),
            is_cpu: false,
        };
        Blueprint {
            resources: vec![remote],
            external: true,
            queueing: Queueing {
                limit,
                ..Queueing::default()
            },
            ..Blueprint::of(1, vec![passing(work)])
        }
    }
}
