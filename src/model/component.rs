//! Components, their nodes and what the nodes stand on.

use super::autoscale::Autoscale;
use super::contents::Contents;
use super::id::{ComponentId, HostId, NodeId, RackId};
use super::link::{Health, RateLimit};
use super::session::Sessions;
use super::step::Step;
use super::voters::Voters;
use crate::law::Law;

/// A part of the architecture: identical nodes that answer the same operations.
#[derive(Clone, Debug)]
pub struct Component {
    /// As in the file.
    pub name: String,
    /// The kind's word, for reports only.
    pub kind: &'static str,
    /// Its nodes: each member or primary is followed by its standbys; read replicas come last.
    pub nodes: Vec<NodeId>,
    /// What each node works with: CPU, disk ... addressed by `Step::Use`.
    pub resources: Vec<Resource>,
    /// Threads of each node, held from entry to answer; `None`: no limit and no threads reported.
    pub threads: Option<Permits>,
    /// Connections each node accepts; one per visit, refused beyond (no room to wait).
    pub connections: Option<Permits>,
    /// What it can be asked, in the order of the file.
    pub operations: Vec<Operation>,
    /// Set for name services: clients keep what they resolved here.
    pub names: Option<NameService>,
    /// What happens when the leading node is lost.
    pub takeover: Takeover,
    /// Who must agree to that; `None`: nobody.
    pub voters: Option<Voters>,
    /// Who waits in front of its threads, and how long.
    pub queueing: Queueing,
    /// How its nodes' cores stop and go on; only with `RunSettings::with_failures` (S41).
    pub failure: Option<Failure>,
    /// How often each of its nodes is down, where the file says so.
    pub outage: Option<Outage>,
    /// What it holds, where that is simulated.
    pub contents: Option<Contents>,
    /// What each node can hold, where that is limited.
    pub memory: Option<super::Memory>,
    /// Who keeps what it knows of a person from one request to the next; `None`: nobody.
    pub sessions: Option<Sessions>,
    /// From the answer of a write until its other nodes have it, ns; `None`: they have it at once.
    pub lag: Option<Law>,
    /// How many of its nodes are in service; `None`: all.
    pub autoscale: Option<Autoscale>,
    /// Whether the world outside owns it (S50: "not in your hands").
    pub external: bool,
}

impl Component {
    /// The operation that a request of class `class` runs when none is named: the one called
    /// like the class, else `default`.
    pub fn operation_for(&self, class: &str) -> Option<usize> {
        self.operation_named(class)
            .or_else(|| self.operation_named("default"))
    }

    /// The operation called `name`.
    pub fn operation_named(&self, name: &str) -> Option<usize> {
        self.operations
            .iter()
            .position(|operation| operation.name == name)
    }
}

/// Servers of a node with a queue.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// `cpu`, `disk`, `remote`: the word in reports.
    pub name: &'static str,
    /// Servers per node; `None`: no limit of its own (on a host: the host's cores; else a delay).
    pub servers: Option<u32>,
    /// Order of service; on a host the host's CPU discipline holds instead.
    pub discipline: Discipline,
    /// Contention between jobs.
    pub contention: Contention,
    /// Rates of unequal servers, or by number of jobs; on a host the host's hold instead.
    pub rates: Rates,
    /// Whether it is the CPU: shared on a host, divided by machine speed.
    pub is_cpu: bool,
}

/// Order of service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discipline {
    /// All jobs at once, in equal shares (S5).
    ProcessorSharing,
    /// First come, first served.
    Fcfs,
    /// Last come, first served; nobody is interrupted.
    Lcfs,
    /// Whoever waits is as likely to be next.
    RandomOrder,
    /// So many at once in equal shares, the rest in order of arrival.
    LimitedSharing(u32),
    /// By the priority of the class, within it in order of arrival.
    Priority {
        /// Whether an urgent job interrupts one that is less so (which later resumes).
        preemptive: bool,
    },
}

/// Rates of work, where they are not those of equal servers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rates {
    /// Speed of each server relative to the machine's; empty: all are equal.
    pub core_speeds: Vec<f64>,
    /// Work per unit of time in all with 1, 2, 3 .. jobs present, the last for more; empty: as
    /// many servers as are busy.
    pub scaling: Vec<f64>,
}

/// Universal Scalability Law coefficients (S6); zeros mean none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Contention {
    /// Waiting for shared parts.
    pub sigma: f64,
    /// Keeping copies coherent.
    pub kappa: f64,
}

/// A number of permits with room to wait for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permits {
    /// How many; `None`: no limit.
    pub capacity: Option<u32>,
    /// Places to wait; `None`: no limit.
    pub room: Option<u32>,
}

/// How requests wait for a thread of a node; where threads are unlimited, for its CPU.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Queueing {
    /// Longest wait, drawn for each request; `None`: no limit.
    pub timeout: Option<Law>,
    /// Who finds more than so many waiting does not join.
    pub balk: Option<u32>,
    /// What happens when the waiting room is full.
    pub full: Full,
    /// Most requests of a node in a time; more are refused.
    pub limit: Option<RateLimit>,
    /// Whoever has come last gets a thread first while more than so many wait for one.
    pub last_first: Option<u32>,
    /// Whether who gets a thread too late, for nobody, is sent away.
    pub sheds: bool,
}

/// What happens to a request that finds the waiting room full.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Full {
    /// It fails.
    #[default]
    Refuse,
    /// It waits outside; one that was to be handed over stays where it is until there is room.
    Block,
    /// It comes back after a pause, as often as it takes.
    Retry(Law),
}

/// Cores that stop and go on; interrupted work resumes (S41).
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// Time up, ns.
    pub mtbf: Law,
    /// Time down, ns.
    pub mttr: Law,
    /// Each core by itself; else all cores of a node together.
    pub each_core: bool,
}

/// How often a part is down, by itself: for answers by probability (S41).
#[derive(Clone, Debug, PartialEq)]
pub struct Outage {
    /// Share of time down, 0 to 1.
    pub share: f64,
    /// Mean time up, ns; `None` where only the share is stated.
    pub mean_up: Option<f64>,
    /// Its times up and down; `None` where only the share is stated.
    pub times: Option<Times>,
}

/// Times up and down of a part.
#[derive(Clone, Debug, PartialEq)]
pub struct Times {
    /// Time up, ns.
    pub up: Law,
    /// Time down, ns.
    pub down: Law,
    /// So many fail each by itself, and the part is down while all of them are: the cores of a
    /// node, or 1.
    pub each: u32,
}

/// What a component can be asked to do.
#[derive(Clone, Debug)]
pub struct Operation {
    /// As in the file; `default` answers every class without an operation of its own.
    pub name: String,
    /// Name by which its draws are keyed: its own, or that of the operation it is a variant of,
    /// so that both draw the same (S37).
    pub draws_as: String,
    /// Which nodes answer it.
    pub tier: Tier,
    /// What a node does.
    pub steps: Vec<Step>,
    /// Share of its own `Use` demands that every other data node repeats without anyone waiting
    /// (S13: replicas apply writes); 0: none.
    pub apply: f64,
}

/// Which nodes answer an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// All members; standbys only after takeover.
    Members,
    /// The primary; after promotion the promoted replica.
    Primary,
    /// Read replicas; the primary when none is believed up.
    Replicas,
}

/// One replica.
#[derive(Clone, Debug)]
pub struct Node {
    /// `was/2`; without number where the component has one node.
    pub name: String,
    /// Whose.
    pub component: ComponentId,
    /// What it is there for.
    pub role: Role,
    /// Where it runs; `None`: a private host that shares no fate (S3).
    pub host: Option<HostId>,
    /// Speed of its machine (1.0: where the demands were measured); on a host the host's.
    pub speed: f64,
    /// Bandwidth of its network card, bits per second; on a host the host's. `None`: no limit.
    pub nic_bps: Option<f64>,
    /// What it costs, money per month, without its host; `None` where nothing says so.
    pub cost: Option<f64>,
}

/// What a node is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// One of equals.
    Member,
    /// Takes over when the member before it is lost.
    Standby,
    /// Takes the writes.
    Primary,
    /// Takes reads, may be promoted.
    ReadReplica,
}

/// Names with a time to live (DNS).
#[derive(Clone, Debug)]
pub struct NameService {
    /// How long clients keep a name, ns.
    pub ttl: u64,
    /// Time of one lookup at one server.
    pub lookup: Law,
    /// How dead addresses are found and withdrawn; `None`: never.
    pub health: Option<Health>,
}

/// What happens when the leading node of a component is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takeover {
    /// Nothing.
    None,
    /// The standby takes over the address this long after the loss, ns (VRRP); the first node
    /// takes it back `give_back` after its repair.
    Standby {
        /// Loss to takeover, ns.
        after: u64,
        /// Repair to return, ns.
        give_back: u64,
    },
    /// A read replica or standby is promoted.
    Promotion {
        /// Loss to detection, ns: from then on reads avoid the lost node.
        detect: u64,
        /// Detection to the first write on the promoted node, ns.
        promote: u64,
    },
}

/// A physical machine that nodes share.
#[derive(Clone, Debug)]
pub struct Host {
    /// As in the file.
    pub name: String,
    /// Its cores.
    pub cores: u32,
    /// Speed of a core (1.0: where the demands were measured).
    pub speed: f64,
    /// Order of service of its CPU.
    pub discipline: Discipline,
    /// Contention on its CPU.
    pub contention: Contention,
    /// Rates of its cores, where they are not equal.
    pub rates: Rates,
    /// Bandwidth of its network card, bits per second; `None`: no limit.
    pub nic_bps: Option<f64>,
    /// What it costs, money per month; `None` where nothing says so.
    pub cost: Option<f64>,
    /// What it is lost with: rack, zone, feeds that are all needed.
    pub within: Vec<RackId>,
    /// Feeds of which one suffices, two at least; empty: none.
    pub fed_by: Vec<RackId>,
    /// How often it is down, where the file says so.
    pub outage: Option<Outage>,
}

/// What hosts share: when it is lost, so are they.
#[derive(Clone, Debug)]
pub struct Rack {
    /// As in the file.
    pub name: String,
    /// What it is.
    pub kind: RackKind,
    /// How often it is down, where the file says so.
    pub outage: Option<Outage>,
}

/// What hosts share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RackKind {
    /// A rack.
    Rack,
    /// A zone.
    Zone,
    /// A source of power.
    Feed,
}

impl RackKind {
    /// Its word in sentences.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rack => "rack",
            Self::Zone => "zone",
            Self::Feed => "feed",
        }
    }
}

/// A switch on the way of links.
#[derive(Clone, Debug)]
pub struct Switch {
    /// As in the file.
    pub name: String,
    /// Delay it adds to each crossing.
    pub latency: Option<Law>,
    /// How often it is down, where the file says so.
    pub outage: Option<Outage>,
}
