//! The slow loops that watch and act: health checks, takeover, promotion, paths.
//!
//! Pure functions from what is down when ([`Windows`]) to what everybody believes when. Nothing
//! here depends on the load, so the whole timeline of a replication is known before it runs.

mod address;
pub mod alarm;
pub mod autoscaler;
mod belief;
pub mod health;
#[cfg(test)]
mod heard;
mod majority;
pub mod path;
mod promotion;
pub mod recovery;
pub mod seats;
#[cfg(test)]
mod tests;

pub use belief::{Turn, World};
pub use recovery::{Recovery, recovery};
pub use seats::{Change, Leadership};

use crate::engine::id::{RouteId, SelectorId, StoreId};
use crate::engine::program::{Effect, TimedEffect};
use crate::fault::Windows;
use crate::lower::key::{self, Path};
use crate::lower::{Lowered, Seat, node_id};
use crate::model::{ComponentId, Fault, Health, Model};

/// All changes of a replication under the faults of the model, in order of time from the end of
/// the lead-in; at equal instants faults and repairs before controls (S45).
pub fn timeline(model: &Model, lowered: &Lowered, seed: u64, replication: u32) -> Vec<TimedEffect> {
    timeline_of(model, lowered, &model.faults, seed, replication)
}

/// As [`timeline`], under other faults than the model's.
pub fn timeline_of(
    model: &Model,
    lowered: &Lowered,
    faults: &[Fault],
    seed: u64,
    replication: u32,
) -> Vec<TimedEffect> {
    let windows = Windows::of(model, faults, seed, replication);
    if windows.is_empty() {
        return Vec::new();
    }
    let mut effects = windows.effects();
    effects.extend(windows.rates.effects(&lowered.map));
    effects.extend(beliefs(model, lowered, &windows, (seed, replication)));
    effects.extend(handovers(model, lowered, &windows));
    effects.extend(led(model, lowered, &windows));
    effects.extend(reroutes(lowered, &windows));
    effects.extend(successions(model, &windows));
    effects.sort_by_key(|effect| effect.at);
    effects
}

/// Moves a timeline behind a lead-in of `ns`.
pub fn after_lead_in(effects: &mut [TimedEffect], ns: u64) {
    for effect in effects {
        effect.at = effect.at.saturating_add(ns);
    }
}

/// The first check of a caller on an address: uniform over one interval, drawn once for (seed,
/// replication, caller, address), whatever else the model holds (S37).
pub fn phase((seed, replication): (u64, u32), caller: &str, address: &str, health: Health) -> u64 {
    let path = Path::new("health").then(caller).then(address);
    key::below(key::draw(seed, replication, path, "phase"), health.interval)
}

fn beliefs(
    model: &Model,
    lowered: &Lowered,
    windows: &Windows,
    draw: (u64, u32),
) -> Vec<TimedEffect> {
    let world = World::new(model, lowered, windows);
    let first = |caller: &str, address: &str, health| phase(draw, caller, address, health);
    let mut effects = Vec::new();
    for (number, view) in lowered.map.views.iter().enumerate() {
        let selector = SelectorId::from(number);
        effects.extend(
            world
                .turns(view, &first)
                .into_iter()
                .map(|turn| TimedEffect {
                    at: turn.at,
                    effect: Effect::Belief {
                        selector,
                        target: turn.target as u32,
                        up: turn.up,
                        rank: turn.rank,
                    },
                }),
        );
    }
    effects
}

/// Who answers at the addresses that clients have resolved: they follow a takeover of the
/// address at once, whatever they or the name servers know of it.
fn handovers(model: &Model, lowered: &Lowered, windows: &Windows) -> Vec<TimedEffect> {
    let (mut effects, silent) = (Vec::new(), windows.silent());
    for (number, store) in lowered.program.stores.iter().enumerate() {
        let view = &lowered.map.views[store.selector.index()];
        for moved in belief::moves(model, view, &silent) {
            effects.push(TimedEffect {
                at: moved.at,
                effect: Effect::Handover {
                    store: StoreId::from(number),
                    address: moved.address,
                    holder: moved.holder,
                },
            });
        }
    }
    effects
}

/// When another node takes the place of a primary whose writes others have late.
fn successions(model: &Model, windows: &Windows) -> Vec<TimedEffect> {
    let silent = windows.silent();
    let mut effects = Vec::new();
    for (number, part) in model.components.iter().enumerate() {
        if part.lag.is_none() {
            continue;
        }
        let leadership = Leadership::of(model, ComponentId::from(number), &silent);
        let leads = |change: &Change| change.seats.iter().position(|&seat| seat == Seat::Serving);
        let mut leader = 0;
        for change in &leadership.changes {
            let next = leads(change).unwrap_or(leader);
            if next != leader {
                let effect = Effect::Succeed(node_id(part.nodes[leader]));
                effects.push(TimedEffect {
                    at: change.at,
                    effect,
                });
            }
            leader = next;
        }
    }
    effects
}

/// Who leads the queues that have several nodes.
fn led(model: &Model, lowered: &Lowered, windows: &Windows) -> Vec<TimedEffect> {
    let silent = windows.silent();
    let mut effects = Vec::new();
    for (queue, &component) in (0..).zip(&lowered.map.queues) {
        if model.component(component).nodes.len() == 1 {
            continue;
        }
        let leads = |change: &Change| change.seats.iter().position(|&seat| seat == Seat::Serving);
        let mut last = Some(0);
        for change in &Leadership::of(model, component, &silent).changes {
            let seat = leads(change);
            if seat != last {
                let seat = seat.map(|seat| seat as u32);
                let effect = Effect::Lead { queue, seat };
                effects.push(TimedEffect {
                    at: change.at,
                    effect,
                });
            }
            last = seat;
        }
    }
    effects
}

fn reroutes(lowered: &Lowered, windows: &Windows) -> Vec<TimedEffect> {
    let paths = lowered.map.paths.iter().enumerate();
    paths
        .flat_map(|(number, path)| {
            let moves = path::course(path, &windows.switches).moves;
            moves.into_iter().map(move |(at, option)| TimedEffect {
                at,
                effect: Effect::Reroute(RouteId::from(number), option as u32),
            })
        })
        .collect()
}
