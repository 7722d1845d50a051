//! What the engine runs: a model lowered to small steps with resolved ids.
//!
//! A [`Program`] is immutable and shared by all replications. It knows stations, pools,
//! selectors and calls, and no component kind. Every request is a root visit; every call makes a
//! child visit; a forward re-targets the visit itself (a tail call), so that the answer skips
//! the node that forwarded.
//!
//! Step keys are 64-bit hashes of component name, path of the step and purpose; they never
//! contain the node, so that designs with other replica counts draw the same demands (S37).

use super::id::{
    CacheId, ClassId, ComponentId, GateId, GuardId, JourneyId, LaneId, LawId, LinkId, NodeId, Pc,
    PoolId, RouteId, SelectorId, StationId, StoreId,
};
use crate::law::Law;

pub use super::cache::{Cache, Capacity, Eviction, Fill, Keys, Renew};
pub use super::change::{Effect, TimedEffect};
pub use super::choice::{Policy, Selector, Target, Ties};
pub use super::guard::spec::{Back, Breaker, Budget, Eject, Guard, Rate, WHOLE};
pub use super::guard::tokens::PARTS;
pub use super::line::{Body, Line, Lines};
pub use super::memory::Memory;
pub use super::names::Store;
pub use super::queue::{Queue, Seat};
pub use super::replica::Replication;
pub use super::room::{Discipline, Failure, Full, Impatience, Overload, Rates};
pub use super::scale::spec::{Busy, Member, Past, Sample, Scaler, Scaling, Terms};
pub use super::session::{Holders, Keeper};
pub use super::spell::{Act, Scope, Spell};
pub use super::step::{Count, Part, Reason, Step};

/// A model ready to run.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// All steps of all nodes; absolute [`Pc`]s point into it.
    pub steps: Vec<Step>,
    /// Laws by [`LawId`]; times in nanoseconds (sizes are lowered to times at line rate).
    pub laws: Vec<Law>,
    /// Nodes by [`NodeId`].
    pub nodes: Vec<Node>,
    /// Components by [`ComponentId`]: names, for the order of reports only.
    pub components: Vec<String>,
    /// Stations by [`StationId`].
    pub stations: Vec<Station>,
    /// Stations whose servers stop and go on.
    pub failures: Vec<Failure>,
    /// Pools by [`PoolId`].
    pub pools: Vec<Pool>,
    /// Memories by [`MemoryId`](super::id::MemoryId); at most one for each node.
    pub memories: Vec<Memory>,
    /// Selectors by [`SelectorId`].
    pub selectors: Vec<Selector>,
    /// Call sites by [`CallId`].
    pub calls: Vec<Call>,
    /// Guards by [`GuardId`].
    pub guards: Vec<Guard>,
    /// Limits of rate at nodes, by the place that [`Step::Limited`] names.
    pub quotas: Vec<Rate>,
    /// Entry points of callees: `entries[call.entries + target]`.
    pub entries: Vec<Pc>,
    /// Links by [`LinkId`]: names, as in the file or `caller -> callee`.
    pub links: Vec<String>,
    /// Timeout lengths in ns by [`LaneId`].
    pub lanes: Vec<u64>,
    /// Switches by [`GateId`]: names.
    pub gates: Vec<String>,
    /// Paths over switches by [`RouteId`].
    pub routes: Vec<Route>,
    /// What can befall messages, by [`SpellId`](super::id::SpellId).
    pub spells: Vec<Spell>,
    /// Name stores by [`StoreId`].
    pub stores: Vec<Store>,
    /// Caches with contents by [`CacheId`].
    pub caches: Vec<Cache>,
    /// Ways to look something up by [`LookId`](super::id::LookId): the cache, and the selector
    /// of the call that asked it (`None`: the visit's own node holds the contents).
    pub looks: Vec<(CacheId, Option<SelectorId>)>,
    /// Where visits stand while they are on a line: [`Step::Carried`] and [`Step::Land`] out, then
    /// the same back.
    pub landing: Option<Pc>,
    /// How many jars of cookies there are.
    pub jars: u32,
    /// Components that keep sessions, by the place that [`Step::Session`] names.
    pub keepers: Vec<Keeper>,
    /// Components that copy writes late, by the place that [`Step::Commit`] names.
    pub replications: Vec<Replication>,
    /// Branches of the forks: `(entry of the branch, its key)`.
    pub branches: Vec<(Pc, u64)>,
    /// Queues of messages.
    pub queues: Vec<Queue>,
    /// Classes by [`ClassId`].
    pub classes: Vec<Class>,
    /// Journeys by [`JourneyId`]; a plain class of a mix is a journey of one item.
    pub journeys: Vec<Journey>,
    /// States of modulated streams.
    pub modulations: Vec<Vec<Phase>>,
    /// Workloads by [`SourceId`].
    pub sources: Vec<Source>,
    /// Groups of nodes of which only some are in service.
    pub scalers: Vec<Scaler>,
}

/// One replica of a component.
#[derive(Clone, Debug)]
pub struct Node {
    /// `was/2`, or `db` where there is only one.
    pub name: String,
    /// Whose node it is.
    pub component: ComponentId,
    /// Stations that slow down with this node (`Effect::Speed`): its own CPU and disk, or the
    /// group of the node on its host's.
    pub stations: Vec<StationId>,
}

/// Servers, queue and discipline.
#[derive(Clone, Debug)]
pub struct Station {
    /// `was/1.cpu`, `h1.cpu`, `db.disk`, `was/1.nic_out`.
    pub name: String,
    /// Number of servers; `None`: as many as jobs (a delay station that can be slowed).
    pub servers: Option<u32>,
    /// Order of service.
    pub discipline: Discipline,
    /// Work per unit of time of one server; demands are divided by it. 1.0 for a machine of
    /// speed 1.
    pub speed: f64,
    /// Universal Scalability Law coefficients (sigma, kappa), S6; zeros: none.
    pub contention: (f64, f64),
    /// Caps of nodes that share this station (S3): node and the most servers it may use at once.
    /// Nodes not listed have no cap.
    pub caps: Vec<(NodeId, u32)>,
    /// Rates that differ from one server to the next or with the number of jobs.
    pub rates: Rates,
    /// Who does not wait to the end.
    pub queue: Impatience,
}

/// Permits with a bounded waiting room, served in order of arrival.
#[derive(Clone, Debug)]
pub struct Pool {
    /// `was/1.threads`, `was/1 -> db.pool`.
    pub name: String,
    /// Number of permits; `None`: no limit, holders are still counted.
    pub capacity: Option<u32>,
    /// Places to wait; `None`: no limit.
    pub room: Option<u32>,
    /// Why a request is turned away from a full room.
    pub refusal: Reason,
    /// Where waiting is accounted: `Queue` for threads, `PoolWait` for connections.
    pub part: Part,
    /// Longest wait, drawn for each, with the key of the draw.
    pub patience: Option<(LawId, u64)>,
    /// What happens when the room is full.
    pub full: Full,
    /// Who of those who wait is served, and whether at all.
    pub overload: Overload,
}

/// How one node calls over one link.
#[derive(Clone, Debug)]
pub struct Call {
    /// Whom to choose.
    pub selector: SelectorId,
    /// First entry of `Program::entries`; one per target of the selector, in its order.
    pub entries: u32,
    /// For counting.
    pub link: LinkId,
    /// One-way delay, drawn once for the request and once for the answer.
    pub latency: Option<LawId>,
    /// What the bytes of the request and of its answer go through.
    pub lines: Lines,
    /// Switches on the way.
    pub route: Option<RouteId>,
    /// Connections of the calling node, held from before the first byte until the attempt ends
    /// from the caller's point of view.
    pub pool: Option<PoolId>,
    /// Longest wait for a connection.
    pub pool_timeout: Option<LaneId>,
    /// Longest attempt, from the moment its connection is held (S19).
    pub timeout: Option<LaneId>,
    /// The same, drawn for each attempt.
    pub timeout_law: Option<LawId>,
    /// Longest call with all attempts and pauses.
    pub deadline: Option<LaneId>,
    /// The same, drawn for each call: the patience of a user (S16).
    pub patience: Option<LawId>,
    /// Tries in all, the first included; at least 1.
    pub attempts: u32,
    /// Whether the callee stops when the caller gives an attempt up.
    pub cancel: bool,
    /// Whether it sends a further copy of a request whose call has been counted already.
    pub hedge: bool,
    /// Pause before another try.
    pub backoff: Backoff,
    /// Whether another try avoids the targets of those before, where another can be chosen.
    pub elsewhere: bool,
    /// What all calls of the node over the link share.
    pub guard: Option<GuardId>,
    /// Component that the network time of this call counts for (the callee).
    pub owner: Option<ComponentId>,
    /// Go to whoever holds the address that this visit has just resolved or recalled, in every
    /// attempt, and not to a chosen one; the selector is the store's.
    pub resolved: Option<StoreId>,
    /// The cache and the key of the item that the visit asks it for, by which a node is chosen.
    pub item: Option<(CacheId, u64)>,
    /// Key of the call: of its attempts, latencies and pauses.
    pub key: u64,
    /// Key of what it asks for, the same in all copies of a hedged call.
    pub asks: u64,
}

/// Pause between attempts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Backoff {
    /// A law, drawn anew each time; `None`: at once.
    Law(Option<LawId>),
    /// `from`, 2 `from`, 4 `from` ... at most `cap`, in ns; with `jitter` uniform between 0 and
    /// that value.
    Doubling {
        /// First pause, ns.
        from: u64,
        /// Longest pause, ns.
        cap: u64,
        /// Full jitter.
        jitter: bool,
    },
}

/// A path over switches.
#[derive(Clone, Debug)]
pub struct Route {
    /// Alternatives; each lists the switches that must all be up. The route stands on
    /// alternative 0 until an effect moves it.
    pub options: Vec<Vec<GateId>>,
}

/// A request class.
#[derive(Clone, Debug)]
pub struct Class {
    /// As in the file.
    pub name: String,
    /// An answer after this time is late (S16), ns.
    pub deadline: Option<u64>,
    /// The larger the more urgent, at stations that serve by priority.
    pub priority: i32,
}

/// What a user does in order.
#[derive(Clone, Debug)]
pub struct Journey {
    /// As in the file, or the class of a mix.
    pub name: String,
    /// Requests in order.
    pub items: Vec<Item>,
    /// Whether it stands under `journeys` in the file (and is reported there).
    pub named: bool,
}

/// Requests of one class in a row.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    /// Their class.
    pub class: ClassId,
    /// How many, at least 1.
    pub times: u32,
    /// Pause before each next request of the journey.
    pub think: Option<LawId>,
    /// Key of the pauses.
    pub key: u64,
}

/// Where requests come from.
#[derive(Clone, Debug)]
pub struct Source {
    /// As in the file.
    pub name: String,
    /// Hash of the name: key of all draws of this workload.
    pub key: u64,
    /// First step of a root visit, by class: `Forward` or `Call` to the entry, then `Reply`.
    pub entry: Vec<Option<Pc>>,
    /// Arrivals.
    pub arrivals: Arrivals,
    /// Persons of an open workload; `None`: each journey is somebody new.
    pub people: Option<u32>,
    /// Share of persons behind one common address (S26).
    pub behind_proxy: f64,
    /// What follows a failed request (S25).
    pub on_failure: OnFailure,
}

/// S25: what a user does after a failed request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFailure {
    /// Thinks and goes on with the next item.
    Continue,
    /// Ends the journey.
    Abandon,
}

/// How requests arrive.
#[derive(Clone, Debug)]
pub enum Arrivals {
    /// At a rate, whatever the system does.
    Open {
        /// Gaps.
        process: Process,
        /// Requests per arrival instant, at least 1; rates count journeys.
        batch: u32,
        /// Rate over time, consecutive segments from time 0; the last one goes on for ever.
        segments: Vec<Segment>,
        /// The segment that follows the last one instead, from where on they repeat.
        again: Option<u32>,
    },
    /// From users who wait for their answer and think.
    Closed {
        /// Number of users over time; the last segment goes on for ever.
        segments: Vec<Segment>,
        /// Pause before each journey.
        think: LawId,
    },
    /// At given instants.
    Replay {
        /// Instants from the start of the run in ns, not descending, with journey and person.
        log: Vec<(u64, JourneyId, u32)>,
        /// The item that each line asks for; empty where the log has no keys.
        items: Vec<u32>,
    },
}

/// Gaps of an open workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Process {
    /// Exponential gaps.
    Poisson,
    /// Equal gaps; the first arrival one gap after the start.
    Deterministic,
    /// Gaps of this law, whose mean is 1.
    Renewal(LawId),
    /// Exponential gaps at a rate that the states of this number in `Program::modulations`
    /// multiply.
    Modulated(u32),
}

/// A state of a modulated stream; states follow each other in a circle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Phase {
    /// Rate over the mean rate.
    pub factor: f64,
    /// Mean of its exponential length, ns.
    pub stay: f64,
}

/// A stretch of time over which a level (journeys per second, or users) goes from one value to
/// another in a straight line.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// Start, ns.
    pub start: u64,
    /// Level at the start.
    pub from: f64,
    /// Level at the end of the segment.
    pub to: f64,
    /// Length, ns; `None`: for ever at `from`.
    pub length: Option<u64>,
    /// What is drawn: journeys with shares that add up to 1.
    pub mix: Vec<(JourneyId, f64)>,
}
