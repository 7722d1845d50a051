//! A topology file as a whole.

use crate::kinds::Component;
use crate::schema::{
    Alarm, At, Class, Fault, Group, Infrastructure, Link, Machine, Named, Request, Run, Workload,
    name_or_map,
};
use serde::Deserialize;

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
    /// Parts that fail or are repaired together.
    #[serde(default)]
    pub groups: Named<Group>,
    /// Who looks at what, and what is done then.
    #[serde(default)]
    pub alarms: Named<Alarm>,
    /// Conditions to keep.
    #[serde(default)]
    pub objectives: Vec<At<String>>,
    /// How long and how often to run.
    #[serde(default)]
    pub run: Run,
}

impl File {
    /// Whether some call that cancels can be given up before its answer.
    pub fn gives_up_and_says_so(&self) -> bool {
        let is_patient = |(_, class): &(At<String>, Class)| class.patience.is_none();
        let leaves = !self.classes.iter().all(is_patient);
        let ends = |link: &Link| {
            leaves || link.timeout.is_some() || link.deadline.is_some() || link.hedge.is_some()
        };
        let cancels = |link: &Link| link.cancel.as_ref().is_some_and(|cancel| cancel.value);
        let mut links = self.links.iter().map(|(_, link)| link);
        links.any(|link| cancels(link) && ends(link))
    }
}

/// The names of the top-level fields, which no part may bear (S10).
pub const FIELDS: [&str; 14] = [
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
    "groups",
    "alarms",
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
        name_or_map(from, Entry::One, Entry::ByClass)
    }
}
