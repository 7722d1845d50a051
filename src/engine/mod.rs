//! One replication of a lowered model: calendar, stations, pools, selectors, visits.
//!
//! A [`program::Program`] is steps, stations, pools, selectors and calls with resolved ids, and
//! knows no kind of component. [`run()`] takes it through one replication and returns sums, areas
//! and histograms. Events at one instant happen in the order of S45: completion and release,
//! answer delivered, timeout, fault and repair, control, arrival; then in the order in which
//! they were put. A hop without latency is part of the event that causes it.

#![expect(
    clippy::inline_always,
    reason = "the path of every request; measured: a tenth fewer instructions"
)]

mod account;
mod again;
mod ailing;
mod ask;
mod audit;
mod breakdown;
pub mod build;
pub mod cache;
mod calendar;
mod call;
mod cancel;
pub mod cell;
mod change;
mod choice;
mod crew;
mod effects;
mod ended;
mod ending;
mod full;
mod gauge;
mod go;
mod guard;
mod hop;
pub mod id;
mod journal;
mod journey;
mod key;
mod limit;
pub mod line;
mod lineup;
mod link;
mod mark;
pub mod memory;
pub mod names;
mod node;
pub mod observation;
mod observe;
mod opens;
mod ordered;
mod pace;
mod patience;
mod pending;
pub mod plan;
mod pool;
mod presence;
mod probe;
mod processor;
pub mod program;
mod queue;
mod quorum;
pub mod replica;
mod rides;
mod room;
mod run;
mod scale;
mod selector;
mod series;
mod service;
pub mod session;
mod shared;
mod shed;
mod single;
mod source;
pub mod spell;
mod station;
mod steady;
pub mod step;
mod store;
mod timer;
mod tree;
mod turn;
mod unwind;
mod visit;
mod weather;
mod whom;

#[cfg(test)]
mod tests;

use std::sync::atomic::AtomicBool;

use observation::Observations;
use plan::Plan;
use program::Program;

pub use selector::hash;

/// Runs one replication. `stop` is looked at every few thousand events; when it is set the
/// replication ends as `Interrupted` with what it has.
///
/// The same program and plan give the same observations, to the last bit.
///
/// # Panics
/// If the program refers to entries that do not exist.
pub fn run(program: &Program, plan: &Plan, stop: &AtomicBool) -> Observations {
    run_watched(program, plan, stop, None)
}

/// As [`run()`], with somebody who tells what follows when the memory of a node is full.
///
/// # Panics
/// As [`run()`].
pub fn run_watched(
    program: &Program,
    plan: &Plan,
    stop: &AtomicBool,
    course: memory::Course<'_>,
) -> Observations {
    run::Engine::new(program, plan, course).work(stop)
}
