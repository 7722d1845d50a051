//! Machines, hosts, racks and switches.

use serde::Deserialize;

use super::{At, Failure, TimeLaw};
use crate::quantity::{Bandwidth, Cores, Factor, Share, Sharing};

/// A size of machine.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Machine {
    /// Its cores.
    pub cores: Option<Cores>,
    /// Speed of a core; 1.0 is where the demands were measured.
    pub speed: Option<Factor>,
    /// Bandwidth of its network card.
    pub nic: Option<Bandwidth>,
}

/// What components stand on and links pass.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Infrastructure {
    /// A physical machine that nodes share.
    Host(Host),
    /// What hosts stand in and are lost with.
    Rack(Rack),
    /// A switch on the way of links.
    Switch(Switch),
}

/// A physical machine that nodes share.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Host {
    /// Its size, unless the fields below say otherwise.
    pub machine: Option<At<String>>,
    /// Its cores.
    pub cores: Option<Cores>,
    /// Speed of a core.
    pub speed: Option<Factor>,
    /// Bandwidth of its network card.
    pub nic: Option<Bandwidth>,
    /// Order of service of its CPU.
    pub discipline: Option<Discipline>,
    /// Contention on its CPU.
    pub contention: Option<At<Contention>>,
    /// Speed of each core, where they are not equal.
    pub core_speeds: Option<At<Vec<Factor>>>,
    /// Total rate of the CPU with 1, 2, 3 .. jobs; the last holds for more.
    pub scaling: Option<At<Vec<Factor>>>,
    /// The rack that it stands in.
    pub rack: Option<At<String>>,
    /// How it fails and is repaired.
    pub failure: Option<At<Failure>>,
}

/// What hosts stand in: power, cooling and uplinks that they share.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rack {
    /// How it fails and is repaired.
    pub failure: Option<At<Failure>>,
}

/// A switch on the way of links.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Switch {
    /// Delay that it adds to each crossing.
    pub latency: Option<TimeLaw>,
    /// How it fails and is repaired.
    pub failure: Option<At<Failure>>,
}

/// Order of service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Discipline {
    /// All at once, in equal shares.
    ProcessorSharing,
    /// First come, first served.
    Fcfs,
    /// Last come, first served; nobody is interrupted.
    Lcfs,
    /// Whoever waits is as likely to be next.
    RandomOrder,
    /// So many at once, the rest first come, first served.
    LimitedSharing(Sharing),
    /// By priority of the class.
    Priority(Priority),
}

/// By priority of the class, within it first come, first served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Priority {
    /// Whether an urgent job interrupts one that is less so, which later resumes.
    pub preemptive: bool,
}

/// Universal Scalability Law coefficients (S6).
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contention {
    /// Waiting for shared parts, at most 1.
    pub sigma: Share,
    /// Keeping copies coherent, at most 1.
    pub kappa: Share,
}
