//! Passive ejection: targets that fail are left out of choice for a time.

use super::preset::Preset;
use super::{At, Product};
use crate::quantity::{Count, Share, Time};

/// When a calling node leaves a target out, and for how long (outlier detection).
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize)]
#[serde(rename = "eject", deny_unknown_fields)]
pub struct Eject {
    /// Whose values stand for what is left out.
    pub preset: Option<At<Product>>,
    /// Failed attempts at a target until it is left out.
    pub failures: Option<At<Count>>,
    /// Which of them count together.
    pub counted: Option<At<Counted>>,
    /// How long it is left out.
    pub time: Option<At<Time>>,
    /// How long when it is left out again.
    pub again: Option<At<Again>>,
    /// How it comes back.
    pub back: Option<At<Back>>,
    /// Most targets that are left out at once, as a share of all; one always may be.
    pub most: Option<At<Share>>,
}

/// Which failures of a target count together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
pub enum Counted {
    /// Those without a good answer between them.
    InARow,
    /// Those of the latest time.
    Within(Time),
}

/// How long a target is left out that was left out before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
pub enum Again {
    /// As long as the first time.
    Same,
    /// Twice as long the second time, three times the third, up to this.
    Longer(Time),
}

/// How a target comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
pub enum Back {
    /// One attempt is let through; its outcome decides.
    OnTrial,
    /// As if nothing had been.
    AtOnce,
    /// Likewise, at the next of looks that are so far apart.
    AtSweep(Time),
}

/// Failures until a target is left out.
pub const FAILURES: Preset = Preset {
    of: "links",
    field: "eject.failures",
    value: "1",
    source: "nginx 1.22, Module ngx_http_upstream_module, server, max_fails",
};
/// Which failures count together.
pub const COUNTED: Preset = Preset {
    field: "eject.counted",
    value: "Within(\"10s\")",
    source: "nginx 1.22, Module ngx_http_upstream_module, server, fail_timeout",
    ..FAILURES
};
/// How long a target is left out.
pub const TIME: Preset = Preset {
    field: "eject.time",
    value: "\"10s\"",
    source: "nginx 1.22, Module ngx_http_upstream_module, server, fail_timeout",
    ..FAILURES
};
/// How long the next time.
pub const AGAIN: Preset = Preset {
    field: "eject.again",
    value: "Same",
    source: "nginx 1.22, Module ngx_http_upstream_module, server, fail_timeout",
    ..FAILURES
};
/// How it comes back.
pub const BACK: Preset = Preset {
    field: "eject.back",
    value: "OnTrial",
    source: "nginx 1.22, HTTP Load Balancing, Health checks: probed with live clients' requests",
    ..FAILURES
};
/// Share of targets that may be left out at once.
pub const MOST: Preset = Preset {
    field: "eject.most",
    value: "1.0",
    source: "nginx 1.22, Module ngx_http_upstream_module, server, max_fails: each by itself",
    ..FAILURES
};

/// Defaults of ejection.
pub const EJECT: [Preset; 6] = [FAILURES, COUNTED, TIME, AGAIN, BACK, MOST];
