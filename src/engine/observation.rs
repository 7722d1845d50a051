//! What one replication leaves behind: sums, areas and histograms, no request by request record.
//!
//! Areas are integrals of a level over time in level times ns, over the window
//! `[warm_up, end)`. Histograms and outcome counts are of the cohort: requests whose intended
//! arrival lies in the window (S14).

pub use super::audit::Audit;
pub use super::breakdown::BandSums;
pub use super::ending::{Cap, Ending};
use super::id::StationId;
pub use super::link::LinkObservation;
pub use super::mark::ClassBands;
pub use super::memory::Outage;
use super::program::{Part, Reason};
pub use super::replica::WritesObservation;
pub use super::scale::seen::{ScaleStep, ScalerObservation};
pub use super::session::SessionObservation;
use crate::statistics::Histogram;

/// The result of one replication.
#[derive(Clone, Debug)]
pub struct Observations {
    /// How it ended.
    pub ending: Ending,
    /// Events handled.
    pub events: u64,
    /// Window of counting, ns.
    pub window: (u64, u64),
    /// Per class, by `ClassId`.
    pub classes: Vec<ClassObservation>,
    /// Per journey, by `JourneyId`.
    pub journeys: Vec<JourneyObservation>,
    /// Per queue of the program.
    pub queues: Vec<QueueObservation>,
    /// Per component, by `ComponentId`.
    pub components: Vec<ComponentObservation>,
    /// Per station, by `StationId`.
    pub stations: Vec<StationObservation>,
    /// Per pool, by `PoolId`.
    pub pools: Vec<PoolObservation>,
    /// Per group of nodes of the program of which only some are in service.
    pub scalers: Vec<ScalerObservation>,
    /// Per link, by `LinkId`.
    pub links: Vec<LinkObservation>,
    /// Per link, where messages can vanish.
    pub silence: Vec<Silence>,
    /// Per memory, by `MemoryId`.
    pub memories: Vec<MemoryObservation>,
    /// Per component of the program that keeps sessions.
    pub sessions: Vec<SessionObservation>,
    /// Per component of the program that copies writes late.
    pub writes: Vec<WritesObservation>,
    /// Nodes whose memory was full, in order of time, whole run.
    pub outages: Vec<Outage>,
    /// Per node, by `NodeId`: share of the window it was up, as an area in ns.
    pub node_up_ns: Vec<u64>,
    /// Requests in the system.
    pub in_system: Level,
    /// Users with at least one request outstanding (S24; of an open workload: journeys).
    pub active_users: Level,
    /// Users inside a journey, thinking included.
    pub concurrent_users: Level,
    /// Seconds of the window in which no request failed (by instant of failure), and seconds.
    pub error_free_seconds: (u64, u64),
    /// Where the time of answered requests went.
    pub breakdown: Breakdown,
    /// Development over time, whole run.
    pub series: Series,
    /// Exact sums over the whole run that must agree (tests).
    pub audit: Audit,
    /// Whether anything was drawn at random (S44).
    pub random: bool,
    /// The state at equal distances of the window, as if it had ended there, if asked for:
    /// everything but breakdown, series and audit, and of times the bands. [`Observations::since`]
    /// makes batches of them.
    pub marks: Vec<Observations>,
    /// Of a mark or a batch: times per class.
    pub bands: Vec<ClassBands>,
}

impl Observations {
    /// Nothing seen.
    pub fn nothing(ending: Ending) -> Self {
        Self {
            ending,
            events: 0,
            window: (0, 0),
            classes: Vec::new(),
            journeys: Vec::new(),
            queues: Vec::new(),
            components: Vec::new(),
            stations: Vec::new(),
            pools: Vec::new(),
            scalers: Vec::new(),
            links: Vec::new(),
            silence: Vec::new(),
            memories: Vec::new(),
            sessions: Vec::new(),
            writes: Vec::new(),
            outages: Vec::new(),
            node_up_ns: Vec::new(),
            in_system: Level::default(),
            active_users: Level::default(),
            concurrent_users: Level::default(),
            error_free_seconds: (0, 0),
            breakdown: Breakdown::default(),
            series: Series::default(),
            audit: Audit::default(),
            random: true,
            marks: Vec::new(),
            bands: Vec::new(),
        }
    }
}

/// A level over time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Level {
    /// Integral over the window.
    pub area: u128,
    /// Largest value in the window.
    pub max: u64,
}

/// The memory of one node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryObservation {
    /// Bytes held.
    pub bytes: Level,
    /// Bytes left behind by requests.
    pub left: u64,
    /// Time in which it was short, ns.
    pub short_ns: u64,
}

/// What vanished on a link in the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Silence {
    /// Requests and answers that vanished.
    pub vanished: u64,
    /// Callers that waited for one.
    pub waiting: Level,
}

/// Messages sent to one queue in the window (S23).
#[derive(Clone, Debug, Default)]
pub struct QueueObservation {
    /// Taken by the queue; the rest of them is left when the replication stops.
    pub accepted: u64,
    /// Not taken: the queue was full or down.
    pub refused: u64,
    /// Worked on to the end.
    pub completed: u64,
    /// Lost: the work on them failed.
    pub dead: u64,
    /// Times from sending to the end of the work.
    pub completion: Histogram,
    /// Their sum, ns.
    pub completion_sum: u128,
    /// Sum of their squares, s^2.
    pub completion_squares: f64,
}

/// Outcomes and times of one class.
#[derive(Clone, Debug, Default)]
pub struct ClassObservation {
    /// Offered in the window.
    pub offered: u64,
    /// Answered in time.
    pub succeeded: u64,
    /// Answered after the class deadline.
    pub late: u64,
    /// Failed, by [`Reason`].
    pub failed: [u64; Reason::ALL.len()],
    /// Not finished when the replication stopped.
    pub in_flight: u64,
    /// Completed in the window whatever their arrival (S14: throughput): succeeded, late, failed.
    pub completed_in_window: (u64, u64, u64),
    /// Attempts made for its requests, over all links.
    pub attempts: u64,
    /// Answered requests that took a fallback.
    pub degraded: u64,
    /// Response times of succeeded and late.
    pub response: Histogram,
    /// Their sum, ns, and sum of squares, ns^2 (as f64 around 0 is enough for a spread).
    pub response_sum: u128,
    /// Sum of squares of response times in s^2.
    pub response_squares: f64,
    /// Times until failure of failed requests.
    pub failure_time: Histogram,
    /// Total waiting (queue and pool) of succeeded and late.
    pub waiting: Histogram,
    /// Their sum, ns.
    pub waiting_sum: u128,
    /// Sum of squares of waiting times in s^2.
    pub waiting_squares: f64,
}

/// Journeys of one name.
#[derive(Clone, Debug, Default)]
pub struct JourneyObservation {
    /// Started in the window.
    pub started: u64,
    /// Completed in the window.
    pub completed: u64,
    /// Given up in the window.
    pub abandoned: u64,
    /// Sum of durations of those completed, ns.
    pub duration_sum: u128,
}

/// Visits of one component; visits count when they end in the window.
#[derive(Clone, Debug, Default)]
pub struct ComponentObservation {
    /// Visits that ended well.
    pub completed: u64,
    /// Visits that failed here, by [`Reason`] (also those turned away).
    pub failed: [u64; Reason::ALL.len()],
    /// Visits that had to wait at all.
    pub waited: u64,
    /// Visits turned away by a full room.
    pub refused: u64,
    /// Lookups of this cache by the cohort (S14), and what they did to its contents.
    pub cache: CacheObservation,
    /// Its part of the busy area of each station that it shares with other components, such as
    /// the CPU of their host; the parts of all add up to the busy area.
    pub shared: Vec<(StationId, u128)>,
    /// Waiting (queue and threads) per visit.
    pub waiting: Histogram,
    /// Sum, ns.
    pub waiting_sum: u128,
    /// Sum of squares in s^2.
    pub waiting_squares: f64,
    /// Sum of residence times of completed visits, ns.
    pub residence_sum: u128,
    /// Sum of residence times of failed visits, ns.
    pub failed_residence_sum: u128,
    /// Visits inside.
    pub in_system: Level,
    /// Those of them that stay until there is room where they go, or wait outside the room here.
    pub blocked: Level,
    /// Service time spent for attempts whose answer nobody took (S20), ns.
    pub wasted_ns: u128,
    /// Per class, by `ClassId`.
    pub classes: Vec<VisitCounts>,
}

/// Lookups of a cache, all shards together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheObservation {
    /// Lookups that found what they looked for.
    pub hits: u64,
    /// The others, also those that reached no shard.
    pub misses: u64,
    /// Entries that somebody found past their time to live, each once.
    pub stale: u64,
    /// Misses that waited for a fill under way.
    pub waited: u64,
    /// Items fetched and handed to a shard.
    pub fills: u64,
    /// Entries that had to leave a full shard.
    pub evictions: u64,
    /// When an entry had to leave for the first time since a cold start, ns.
    pub full_at: Option<u64>,
}

/// Visits of one class at one component.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VisitCounts {
    /// Ended well.
    pub completed: u64,
    /// Failed.
    pub failed: u64,
    /// Sum of residence times of completed visits, ns.
    pub residence_sum: u128,
    /// Sum of waiting times of completed visits, ns.
    pub waiting_sum: u128,
}

/// One station.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StationObservation {
    /// Busy servers: min(n, servers).
    pub busy: Level,
    /// Waiting jobs: max(0, n - servers).
    pub queue: Level,
    /// Servers that work, where failure laws stop them at times; else 0.
    pub up: Level,
    /// Jobs present (load, S5).
    pub present: Level,
    /// How long its node was not there, neither in service nor leaving, ns.
    pub absent_ns: u64,
    /// Jobs that finished here.
    pub served: u64,
    /// Their summed waiting (FCFS) or stretch beyond the plain demand (PS), ns.
    pub waiting_sum: u128,
}

/// One pool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolObservation {
    /// Permits held.
    pub used: Level,
    /// Waiting for a permit.
    pub waiting: Level,
    /// Turned away for now, to come back.
    pub orbit: Level,
    /// How long its node was not there, neither in service nor leaving, ns.
    pub absent_ns: u64,
    /// Permits given.
    pub granted: u64,
    /// Summed waiting of those who got one, ns.
    pub waiting_sum: u128,
    /// Turned away.
    pub refused: u64,
    /// Gave up waiting.
    pub timed_out: u64,
    /// Summed waiting of all who left without a permit, ns.
    pub gave_up_sum: u128,
}

/// Where the time of answered requests went, in cells `owner x part`; owner is a component, or
/// the client as the last one.
#[derive(Clone, Debug, Default)]
pub struct Breakdown {
    /// Number of owners: components + 1.
    pub owners: usize,
    /// Answered requests.
    pub count: u64,
    /// Sums over all answered requests, ns, `owner * Part::COUNT + part`; adds up exactly to the
    /// sum of their response times.
    pub total: Vec<u128>,
    /// The same for bands of response time, eight to the octave. Only bands with requests.
    pub bands: Vec<BandSums>,
}

impl Breakdown {
    /// Number of bands: eight to each octave of 64 bits.
    pub const BANDS: usize = 512;

    /// The band of a response time: eight to the octave.
    pub fn band(response_ns: u64) -> u32 {
        if response_ns < 8 {
            return response_ns as u32;
        }
        let octave = response_ns.ilog2();
        (octave - 2) * 8 + ((response_ns >> (octave - 3)) & 7) as u32
    }

    /// The place of a cell in the rows.
    pub fn cell(owner: usize, part: Part) -> usize {
        owner * Part::COUNT + part as usize
    }
}

/// Development over time in equal buckets from time 0; when they run out, neighbours are merged
/// and the buckets become twice as long, so that memory stays bounded.
#[derive(Clone, Debug, Default)]
pub struct Series {
    /// Length of a bucket, ns.
    pub bucket_ns: u64,
    /// The buckets.
    pub buckets: Vec<Bucket>,
    /// Busy server-ns per station and bucket: `busy[bucket][station]`; empty unless asked for.
    pub busy: Vec<Vec<u64>>,
}

/// One stretch of time; completions count where they happen.
#[derive(Clone, Debug, Default)]
pub struct Bucket {
    /// Offered.
    pub offered: u64,
    /// Succeeded.
    pub succeeded: u64,
    /// Late.
    pub late: u64,
    /// Failed.
    pub failed: u64,
    /// Integral of the number of requests in the system, ns.
    pub in_system_area: u128,
    /// Visits inside components at its end, with those that nobody waits for any more.
    pub inside: u64,
    /// By memory: bytes held at its end.
    pub memory: Vec<u64>,
    /// Sum of response times of succeeded and late, ns.
    pub response_sum: u128,
    /// Response times in bands of eight to the octave: (band, count), sorted.
    pub bands: Vec<(u32, u32)>,
}
