//! The file as serde reads it: names are still text, nothing is filled in.
//!
//! Every part has its own struct that refuses unknown fields. A reference to another part is an
//! [`At`], so that a wrong name is reported where it stands.

mod component;
mod either;
mod infrastructure;
mod law;
mod link;
mod named;
mod primitives;
mod run;
mod step;
mod workload;

use serde::Deserialize;

pub use super::deserialize::At;
pub use component::{Component, Shared};
pub use infrastructure::{Contention, Discipline, Host, Infrastructure, Machine, Switch};
pub use law::{Draw, LawOf, Quantity, Samples, SizeLaw, TimeLaw};
pub use link::{
    Backoff, Checks, Doubling, Health, Jitter, LeastConnections, Link, Path, Policy, PowerOf,
    Retry, Ties, Via,
};
pub use named::{Named, To};
pub use primitives::positive;
pub use run::{Crash, Cut, Fault, Percentage, Run, Slow, StartState};
pub use step::{Cached, Chance, Parallel, Repeat, Step, Target, Times};
pub use workload::{
    Arriving, Class, Closed, Columns, Level, LogFormat, OnFailure, Open, Ramp, Replay, Request,
    Row, Rule, Stage, Stay, Workload,
};

/// A whole topology file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// What the architecture is called. It must be given, like all `Option`s here; resolving says
    /// so, so that a file without one of them is still checked in full.
    pub name: Option<String>,
    /// Sizes of machines to choose from.
    #[serde(default)]
    pub machines: Named<Machine>,
    /// Hosts and switches.
    #[serde(default)]
    pub infrastructure: Named<Infrastructure>,
    /// The parts that do the work.
    #[serde(default)]
    pub components: Named<Component>,
    /// Properties of who calls whom, by `"a -> b"`.
    #[serde(default)]
    pub links: Named<Link>,
    /// Where requests enter.
    pub entry: Option<Entry>,
    /// Properties of request classes.
    #[serde(default)]
    pub classes: Named<Class>,
    /// Requests that a user makes one after the other.
    #[serde(default)]
    pub journeys: Named<Vec<Request>>,
    /// Who sends what, and when.
    #[serde(default)]
    pub workload: Named<Workload>,
    /// What breaks, and when.
    #[serde(default)]
    pub faults: Vec<Fault>,
    /// Conditions to keep.
    #[serde(default)]
    pub objectives: Vec<At<String>>,
    /// How long and how often to run.
    #[serde(default)]
    pub run: Run,
}

/// The names of the top-level fields, which no part may bear (S10).
pub const FIELDS: [&str; 12] = [
    "name",
    "machines",
    "infrastructure",
    "components",
    "links",
    "entry",
    "classes",
    "journeys",
    "workload",
    "faults",
    "objectives",
    "run",
];

/// Where requests enter: one component for all, or one for each class.
#[derive(Clone, Debug)]
pub enum Entry {
    /// All classes enter here.
    One(At<String>),
    /// By class; `default` serves the classes not listed.
    ByClass(Named<At<String>>),
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        named::name_or_map(from, Entry::One, Entry::ByClass)
    }
}
