//! The steps of a visit, what its time counts as, and why it may fail.

use super::id::{
    CacheId, CallId, ComponentId, LawId, LookId, MemoryId, NodeId, Pc, PoolId, StationId, StoreId,
};

/// One small step of a visit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// Take a demand of `law` from a station of the node (CPU, disk, network card).
    Serve {
        /// Which station.
        station: StationId,
        /// The demand in ns at speed 1.
        law: LawId,
        /// Key of the draw.
        key: u64,
        /// Whether the time counts as service or as network.
        part: Part,
    },
    /// Give the answer so many more bytes.
    Weigh {
        /// How many.
        law: LawId,
        /// Key of the draw, that of the same bytes on a network card.
        key: u64,
    },
    /// Be on the line of a call.
    Carried,
    /// Come off the line of a call and go on: to the callee, or with the answer.
    Land {
        /// With the answer.
        back: bool,
    },
    /// Let time pass without holding a server.
    Wait {
        /// How long, ns.
        law: LawId,
        /// Key of the draw.
        key: u64,
        /// What the time counts as.
        part: Part,
    },
    /// Take a permit of a pool of this node and keep it until the visit leaves the node; wait in
    /// the pool's room, or fail with the pool's reason if the room is full.
    Acquire {
        /// Which pool.
        pool: PoolId,
    },
    /// Hold memory of this node until the visit leaves it.
    Occupy {
        /// Which.
        memory: MemoryId,
    },
    /// Need the session of the person.
    Session {
        /// Place in `Program::keepers`.
        keeper: u32,
    },
    /// Have written: others have it later.
    Commit {
        /// Place in `Program::replications`.
        replication: u32,
    },
    /// Take a token of a limit of rate, or fail with [`Reason::RateLimited`].
    Limited {
        /// Place in `Program::quotas`.
        quota: u32,
    },
    /// Call another component and wait for the answer.
    Call {
        /// How.
        call: CallId,
        /// Where to go on when the call failed for good; `None`: the visit fails with the
        /// callee's reason.
        otherwise: Option<Pc>,
    },
    /// Hand the request on: give back all permits, leave the node, enter the callee as the same
    /// visit. Only calls without pool, timeout, deadline and retries can be forwarded over.
    Forward {
        /// How.
        call: CallId,
    },
    /// As `Forward`, to nodes of which some have a room that blocks when it is full: the visit
    /// stays here, with all that it holds, until there is room.
    ForwardWithRoom {
        /// How; without latency.
        call: CallId,
    },
    /// Go on with the next step with probability `share`, else at `otherwise`.
    Chance {
        /// Probability of the next step, 0 to 1.
        share: f64,
        /// Key of the draw.
        key: u64,
        /// Where to go on otherwise.
        otherwise: Pc,
    },
    /// Like `Chance`, but drawn for the request whatever the attempt: a cache with a fixed share
    /// of hits.
    Held {
        /// Probability of the next step, 0 to 1.
        share: f64,
        /// Key of the draw.
        key: u64,
        /// Where to go on otherwise.
        otherwise: Pc,
    },
    /// Look an item up in a cache with contents, at this node or at the one that answered the
    /// last call; go on with the next step on a hit. A miss begins a fill, or waits for the one
    /// under way.
    Look {
        /// Where.
        look: LookId,
        /// Key of the item.
        key: u64,
        /// Where the work of a miss begins.
        miss: Pc,
    },
    /// Count a lookup of a cache with contents that did not answer, and go on.
    Unreached {
        /// The cache.
        cache: CacheId,
    },
    /// Store what the work of the latest miss has fetched.
    Fill,
    /// Count a lookup of a cache and go on with the next step.
    Looked {
        /// The cache.
        cache: ComponentId,
        /// Whether it held what was asked for; a lookup that failed is a miss.
        hit: bool,
    },
    /// Go on elsewhere.
    Jump {
        /// Where.
        to: Pc,
    },
    /// Run the body, which ends with `Reply`, again and again as a local child visit.
    Repeat {
        /// How often.
        count: Count,
        /// Key of the count and of the occurrences.
        key: u64,
        /// First step of the body.
        body: Pc,
    },
    /// Run all branches at once as local child visits, each ending with `Reply`, and go on when
    /// all have answered. The first failure fails the visit (S16); the others run on, wasted.
    Fork {
        /// First branch in `Program::branches`.
        first: u32,
        /// Number of branches, at least 1.
        count: u32,
    },
    /// Run all branches at once as local child visits and go on when `need` of them have
    /// succeeded; the answer that makes this impossible fails the visit (S16). The others run
    /// on, wasted, or are cancelled.
    Quorum {
        /// First branch in `Program::branches`.
        first: u32,
        /// Number of branches.
        count: u32,
        /// How many must succeed, 1 to `count`.
        need: u32,
        /// Whether the others stop once enough have succeeded.
        cancel: bool,
        /// Whether they are copies of one call, which ask for the same.
        copies: bool,
        /// Where to go on when too few have; `None`: the visit fails.
        otherwise: Option<Pc>,
    },
    /// End this branch here if nobody waits for it any more.
    Needed,
    /// Start a visit elsewhere and do not wait for it (replicated writes). It belongs to no
    /// request: it is counted at its component and ends there.
    Spawn {
        /// Its node and first step; latency and pools do not apply.
        node: NodeId,
        /// First step, ending with `Reply`.
        entry: Pc,
        /// Key that tells its draws from the parent's.
        key: u64,
    },
    /// Hand a message to a queue and go on: it runs as a visit of its own that nobody waits for.
    /// Fails with [`Reason::Down`] where the queue is down, with its pool's reason where it is
    /// full.
    Publish {
        /// Place in `Program::queues`.
        queue: u32,
        /// Place in `Program::entries` of its first steps at the first of the queue's seats; those
        /// at the others follow.
        entries: u32,
        /// Key that tells its draws from the sender's.
        key: u64,
    },
    /// Give the visit another key, so that it draws anew where it comes again (S37): before a
    /// forward that may lead in a circle.
    Renew {
        /// What tells the new key from the old one.
        key: u64,
    },
    /// Jump to `fresh` if the person of this request has an unexpired name in the store (a
    /// request without person never has).
    Recall {
        /// Which store.
        store: StoreId,
        /// Where to go on with a fresh name.
        fresh: Pc,
    },
    /// Ask the name servers of the store: takes the least of one draw per server that is up, and
    /// fails with [`Reason::NameLookup`] when all are down. Then picks an address with the
    /// store's selector and remembers it for the person until `ttl` is over.
    Resolve {
        /// Which store.
        store: StoreId,
        /// Key of the draws.
        key: u64,
    },
    /// Forward to the address that the store holds for this person (or that this visit has just
    /// resolved), through `call`, whose selector is the store's.
    ForwardResolved {
        /// Which store.
        store: StoreId,
        /// Link, latency and entries.
        call: CallId,
    },
    /// End the visit as failed.
    Fail {
        /// Why.
        reason: Reason,
    },
    /// End the visit, or the body of a branch or loop, with success.
    Reply,
}

/// What a stretch of a request's time counts as (`breakdown_s`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Part {
    /// On the wire: latencies, transfers, name lookups.
    Network = 0,
    /// Waiting for a server or, under processor sharing, the stretch beyond the plain demand.
    Queue = 1,
    /// Being served, at the station's full speed for one job.
    Service = 2,
    /// Waiting for a permit (thread, connection).
    PoolWait = 3,
    /// Attempts that brought no answer, and the pauses between attempts.
    RetryWait = 4,
}

impl Part {
    /// Number of parts.
    pub const COUNT: usize = 5;
}

/// How often a loop runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Count {
    /// Exactly so often; 0 is allowed.
    Times(u32),
    /// Geometric from 0 with this mean.
    Geometric(f64),
}

/// Why a request, attempt or visit failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Reason {
    /// The waiting room of the threads was full.
    Refused = 0,
    /// All connections of the callee were taken.
    Connections = 1,
    /// No connection of the link's pool within `pool_timeout`.
    PoolTimeout = 2,
    /// No answer within the link's `timeout`.
    Timeout = 3,
    /// The call's `deadline` passed.
    Deadline = 4,
    /// The callee was down when called.
    Down = 5,
    /// The callee crashed while it worked on the request.
    Reset = 6,
    /// A switch on the only path was down.
    Unreachable = 7,
    /// The balancer believed no backend to be up.
    NoBackend = 8,
    /// No name server answered.
    NameLookup = 9,
    /// The callee answered with an error.
    Error = 10,
    /// So many waited that the request did not join.
    Balked = 11,
    /// Its patience in a queue, or that of its user, ended.
    Abandoned = 12,
    /// The circuit breaker of the caller was open, or half-open with its trial under way.
    BreakerOpen = 13,
    /// The caller had as many attempts under way as its bulkhead lets out.
    BulkheadFull = 14,
    /// More came in a time than the caller's or the callee's limit allows.
    RateLimited = 15,
    /// Its answer was of no use any more when a thread came free.
    Shed = 16,
    /// Its caller has given up, and said so.
    Cancelled = 17,
}

impl Reason {
    /// All reasons, in the order of their numbers.
    pub const ALL: [Reason; 18] = [
        Reason::Refused,
        Reason::Connections,
        Reason::PoolTimeout,
        Reason::Timeout,
        Reason::Deadline,
        Reason::Down,
        Reason::Reset,
        Reason::Unreachable,
        Reason::NoBackend,
        Reason::NameLookup,
        Reason::Error,
        Reason::Balked,
        Reason::Abandoned,
        Reason::BreakerOpen,
        Reason::BulkheadFull,
        Reason::RateLimited,
        Reason::Shed,
        Reason::Cancelled,
    ];

    /// The word in reports and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Reason::Refused => "refused",
            Reason::Connections => "connections",
            Reason::PoolTimeout => "pool_timeout",
            Reason::Timeout => "timeout",
            Reason::Deadline => "deadline",
            Reason::Down => "down",
            Reason::Reset => "reset",
            Reason::Unreachable => "unreachable",
            Reason::NoBackend => "no_backend",
            Reason::NameLookup => "name_lookup",
            Reason::Error => "error",
            Reason::Balked => "balked",
            Reason::Abandoned => "abandoned",
            Reason::BreakerOpen => "breaker_open",
            Reason::BulkheadFull => "bulkhead_full",
            Reason::RateLimited => "rate_limited",
            Reason::Shed => "shed",
            Reason::Cancelled => "cancelled",
        }
    }
}
