//! What a program says about orders of service, servers that are not alike, and queues that not
//! everybody joins or stays in.

use super::id::{LawId, StationId};

/// Order of service at a station.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discipline {
    /// First come, first served.
    Fcfs,
    /// Exact egalitarian processor sharing (S5, S40).
    ProcessorSharing,
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

/// Rates of work at a station, where they are not those of equal servers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rates {
    /// Speed of each server, 1.0 being that of the station; empty: all are equal.
    pub core_speeds: Vec<f64>,
    /// Work per unit of time in all with 1, 2, 3 .. jobs present, the last for more; empty: as
    /// many servers as are busy.
    pub scaling: Vec<f64>,
    /// Whether servers stop and go on (see [`Failure`]).
    pub stops: bool,
}

/// Servers that stop and go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Which station's.
    pub station: StationId,
    /// Time up, ns.
    pub up: LawId,
    /// Time down, ns.
    pub down: LawId,
    /// Each server by itself, or all together.
    pub each_server: bool,
    /// Key of the draws, from the name of the node.
    pub key: u64,
}

/// Who leaves the queue of a station before being served.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Impatience {
    /// Longest wait before service, drawn for each, with the key of the draw.
    pub patience: Option<(LawId, u64)>,
    /// Who finds more than so many waiting does not join.
    pub above: Option<u32>,
}

/// What happens to a request that finds a waiting room full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Full {
    /// It fails.
    #[default]
    Refuse,
    /// It waits outside; one that was to be handed over stays where it is until there is room.
    Block,
    /// It comes back after a pause, as often as it takes.
    Retry {
        /// The pause, ns.
        law: LawId,
        /// Key of the draws.
        key: u64,
    },
}

/// What a pool with a long line does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overload {
    /// Whoever has come last is served first while more than so many wait.
    pub last_first: Option<u32>,
    /// Whoever gets a permit when its answer is of no use any more gives it back and fails.
    pub sheds: bool,
}
