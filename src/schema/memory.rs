//! Memory of nodes.

use super::{At, Preset};
use crate::quantity::{Factor, Share, Size};

/// Memory of each node.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(rename = "memory", deny_unknown_fields)]
pub struct Memory {
    /// All of it; that of the machine when left out.
    pub size: Option<At<Size>>,
    /// Held by the program itself.
    pub base: Option<At<Size>>,
    /// Held by each request that is served.
    pub per_request: Option<At<Size>>,
    /// Left behind by each of them.
    pub leak: Option<At<Size>>,
    /// From where on work is slower; nowhere when left out.
    pub swap: Option<At<Swap>>,
}

/// Memory that runs short.
#[derive(Clone, Copy, Debug, PartialEq, serde::Deserialize)]
#[serde(rename = "swap", deny_unknown_fields)]
pub struct Swap {
    /// While more than this share of it is held.
    pub above: Share,
    /// How many times as long all work takes then.
    pub slowdown: Factor,
}

const fn preset(field: &'static str, value: &'static str, source: &'static str) -> Preset {
    Preset {
        of: "memory",
        field,
        value,
        source,
    }
}

/// Held by the program itself.
pub const BASE: Preset = preset(
    "base",
    "\"0B\"",
    "linchpin's choice because only its owner knows what a program holds by itself",
);
/// Held by each request.
pub const PER_REQUEST: Preset = preset(
    "per_request",
    "\"1MiB\"",
    "Oracle, Java SE 17, The java Command, -Xss: 1024 KB of stack for a thread on Linux/x64",
);
/// Left behind by each request.
pub const LEAK: Preset = preset(
    "leak",
    "\"0B\"",
    "linchpin's choice because a program is taken to be sound until it is known not to be",
);

/// Defaults of memories.
pub const MEMORY: [Preset; 3] = [BASE, PER_REQUEST, LEAK];
