//! The words of the file as serde reads them: names are still text, nothing is filled in.
//!
//! Every part has its own struct that refuses unknown fields. A reference to another part is an
//! [`At`], so that a wrong name is reported where it stands. [`preset`] holds the defaults, and
//! [`Product`] those by name.

mod alarm;
pub mod autoscale;
mod cache;
pub mod code;
mod either;
pub mod eject;
mod failure;
mod fault;
mod group;
mod guard;
mod infrastructure;
mod law;
mod link;
mod memory;
mod named;
mod pace;
pub mod preset;
mod primitives;
mod product;
mod run;
mod shared;
mod step;
mod workload;

pub use crate::syntax::deserialize::At;
pub use alarm::{ALARM, Act, Alarm, CONSECUTIVE, EVERY, GRADE, Grade, Response};
pub use autoscale::Autoscale;
pub use cache::{Eviction, Fill, Keys, Renew, Room, Zipf};
pub use eject::{Again, Back, Counted, Eject};
pub use failure::{Failure, FailureEffect, FailureOf};
pub use fault::{BOOT, Deploy, Fault, Order, Restart};
pub use group::{Group, Standby};
pub use guard::{Breaker, Burst, Fallback, RateLimit, lets_some_through};
pub use infrastructure::{
    Contention, Discipline, Feeds, Host, Infrastructure, Machine, Rack, Switch,
};
pub use law::{Draw, LawOf, Quantity, Samples, SizeLaw, TimeLaw};
pub use link::{
    Backoff, Checks, ConsistentHash, Doubling, Health, Hedge, Jitter, LeastConnections, Link, Path,
    Policy, PowerOf, Retry, Ties, Via,
};
pub use memory::{BASE, LEAK, MEMORY, Memory, PER_REQUEST, Swap};
pub use named::{Named, To, name_or_map};
pub use pace::{Arriving, Daily, Pace, Phase, Sine};
pub use preset::Preset;
pub use primitives::{must_be_positive, positive};
pub use product::{Product, filled, silent};
pub use run::{Cut, Percentage, Run, StartState};
pub use shared::{Balk, Full, SHARED_FIELDS, Shared};
pub use step::{Cached, Chance, Parallel, Quorum, Repeat, Step, Target, Times, Way};
pub use workload::{
    Class, Closed, Columns, Level, LogFormat, OnFailure, Open, Ramp, Replay, Request, Row, Rule,
    Stage, Stay, Workload,
};
