//! Components, their resources and hosts.

use super::caches::cache;
use super::fold::{Fold, Times, clamp, seconds, window_s};
use super::keep;
use super::levels;
use super::memory::memory;
use super::messages::messages;
use super::scaling::scaling;
use crate::engine::observation::{ComponentObservation, Level, Observations};
use crate::engine::program::Reason as Failure;
use crate::experiment::result::Named;
use crate::experiment::result::summary::{
    ComponentSummary, Healthy, LevelSummary, MeanTime, ResourceSummary, VisitSummary,
};
use crate::lower::{Lowered, MIB, Map, Meter, Resource};
use crate::model::{Component, Model};
use crate::statistics::{Estimate, Reason};

/// Levels and waiting of one meter in one replication.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    /// In use.
    pub used: Level,
    /// Waiting.
    pub waiting: Level,
    /// Present, in use or waiting.
    pub present: u128,
    /// Served.
    pub served: u64,
    /// Their summed waiting, ns.
    pub waiting_sum: u128,
    /// How long its node was not there, ns.
    pub absent: u64,
}

/// Reads a meter.
pub fn read(run: &Observations, meter: Meter) -> Reading {
    match meter {
        Meter::Station(id) => {
            let station = &run.stations[id.index()];
            Reading {
                used: station.busy,
                waiting: station.queue,
                present: station.present.area,
                served: station.served,
                waiting_sum: station.waiting_sum,
                absent: station.absent_ns,
            }
        }
        Meter::Pool(id) => {
            let pool = &run.pools[id.index()];
            Reading {
                used: pool.used,
                waiting: pool.waiting,
                present: pool.used.area + pool.waiting.area,
                served: pool.granted,
                waiting_sum: pool.waiting_sum,
                absent: pool.absent_ns,
            }
        }
        Meter::Memory(id) => {
            let bytes = run.memories[id.index()].bytes;
            Reading {
                used: Level {
                    area: bytes.area / u128::from(MIB),
                    max: bytes.max.div_ceil(MIB),
                },
                waiting: Level::default(),
                present: 0,
                served: 0,
                waiting_sum: 0,
                absent: 0,
            }
        }
        Meter::Visits(id) => {
            let seen = &run.components[id.index()];
            Reading {
                used: seen.in_system,
                waiting: Level::default(),
                present: seen.in_system.area,
                served: seen.completed,
                waiting_sum: 0,
                absent: 0,
            }
        }
    }
}

/// Sum over the meters of a resource. The largest value is the sum of the largest of each meter:
/// exact for one meter, an upper bound for several, whose peaks need not coincide.
pub fn read_all(run: &Observations, meters: &[Meter]) -> Reading {
    let nothing = Reading {
        used: Level::default(),
        waiting: Level::default(),
        present: 0,
        served: 0,
        waiting_sum: 0,
        absent: 0,
    };
    let both = |a: Level, b: Level| Level {
        area: a.area + b.area,
        max: a.max + b.max,
    };
    meters
        .iter()
        .map(|&meter| read(run, meter))
        .fold(nothing, |sum, one| Reading {
            used: both(sum.used, one.used),
            waiting: both(sum.waiting, one.waiting),
            present: sum.present + one.present,
            served: sum.served + one.served,
            waiting_sum: sum.waiting_sum + one.waiting_sum,
            absent: sum.absent + one.absent,
        })
}

/// Share of a resource in use, as far as it was there; no data where it has no limit.
pub fn utilisation(fold: Fold<'_>, meters: &[Meter], capacity: Option<u32>) -> Estimate {
    match capacity {
        Some(capacity) if capacity > 0 => {
            // The meters of nodes that come and go are those of equal nodes.
            let each = f64::from(capacity) / meters.len().max(1) as f64;
            let share = fold.ratio(|run| {
                let reading = read_all(run, meters);
                let whole = window_s(run) * f64::from(capacity);
                let absent = seconds(reading.absent) * each;
                (reading.used.area as f64 / 1e9, whole - absent)
            });
            clamp(share, 1.0)
        }
        _ => Estimate::missing(Reason::NoData),
    }
}

/// Average in use, not beyond the capacity.
pub fn in_use(average: Estimate, capacity: Option<u32>) -> Estimate {
    clamp(average, capacity.map_or(f64::INFINITY, f64::from))
}

/// The keys of a resource.
pub fn resource(fold: Fold<'_>, resource: &Resource) -> ResourceSummary {
    let meters = &resource.meters;
    ResourceSummary {
        utilisation: utilisation(fold, meters, resource.capacity),
        mean_in_use: in_use(
            fold.average(|run| read_all(run, meters).used.area, 1.0),
            resource.capacity,
        ),
        up: levels::raised(fold.level(|run| levels::servers_up(run, meters))),
        capacity: resource.capacity,
        queue_length: fold.level(|run| read_all(run, meters).waiting),
        waiting_time_s: MeanTime {
            mean: fold.mean_time(|run| {
                let reading = read_all(run, meters);
                (reading.waiting_sum, reading.served)
            }),
        },
    }
}

/// The resources of a component. On a shared host utilisation, queue and waiting are the host's;
/// what is in use is the component's own part of it.
fn own_resources(fold: Fold<'_>, list: &[Resource], place: usize) -> Named<ResourceSummary> {
    let own = |run: &Observations, meter: Meter| {
        let shared = &run.components[place].shared;
        let part = shared.iter().find(|part| Meter::Station(part.0) == meter);
        part.map_or_else(|| read(run, meter).used.area, |part| part.1)
    };
    let mut summaries = resources(fold, list);
    for ((_, summary), one) in summaries.0.iter_mut().zip(list) {
        let area = |run: &Observations| one.meters.iter().map(|&meter| own(run, meter)).sum();
        summary.mean_in_use = in_use(fold.average(area, 1.0), one.capacity);
    }
    summaries
}

/// The keys of some resources.
pub fn resources(fold: Fold<'_>, list: &[Resource]) -> Named<ResourceSummary> {
    Named(
        list.iter()
            .map(|one| (one.name.to_owned(), resource(fold, one)))
            .collect(),
    )
}

/// The busiest of some resources: its utilisation, no data if none has a limit.
fn busiest(fold: Fold<'_>, list: &[Resource]) -> Estimate {
    let known = list
        .iter()
        .map(|one| utilisation(fold, &one.meters, one.capacity));
    known
        .filter(|estimate| estimate.value.is_some())
        .max_by(|a, b| a.value.unwrap_or(0.0).total_cmp(&b.value.unwrap_or(0.0)))
        .unwrap_or(Estimate::missing(Reason::NoData))
}

/// All components in the order of the file.
pub fn components(model: &Model, lowered: &Lowered, fold: Fold<'_>) -> Named<ComponentSummary> {
    let parts = model.components.iter().enumerate();
    let fold = fold.of_parts();
    Named(
        parts
            .map(|(i, part)| (part.name.clone(), component(model, lowered, fold, i, part)))
            .collect(),
    )
}

fn component<'a>(
    model: &Model,
    lowered: &Lowered,
    fold: Fold<'a>,
    place: usize,
    part: &Component,
) -> ComponentSummary {
    let map = &lowered.map;
    let list = &map.components[place];
    let waiting = |runs: &'a [Observations]| -> Vec<Times<'a>> {
        let seen = runs.iter().map(|run| &run.components[place]);
        seen.map(waiting_of).collect()
    };
    ComponentSummary {
        kind: part.kind.to_owned(),
        replicas: u32::try_from(part.nodes.len()).unwrap_or(u32::MAX),
        utilisation: busiest(fold, list),
        throughput_rps: fold.per_second(|run| run.components[place].completed),
        queue_length: queue(fold, list),
        in_system: fold.level(|run| run.components[place].in_system),
        waiting_time_s: fold.times(&waiting(fold.runs), &waiting(fold.samples())),
        waited_share: fold.share(|run| {
            let one = &run.components[place];
            (one.waited.min(visits(one)), visits(one))
        }),
        blocked_share: fold.share(|run| {
            let one = &run.components[place];
            (one.refused.min(visits(one)), visits(one))
        }),
        wasted_s: fold.average(|run| run.components[place].wasted_ns, 1.0),
        load: load(fold, list),
        healthy: healthy(fold, part),
        resources: own_resources(fold, list, place),
        classes: classes(model, fold, place),
        failures: failures(fold, place),
        nodes: nodes(model, map, fold, part),
        cache: cache(fold, place),
        messages: messages(map, fold, place),
        sessions: keep::sessions(lowered, fold.runs, part),
        lost_writes: keep::lost_writes(lowered, fold.runs, part),
        memory: memory(lowered, fold, part),
        autoscaling: scaling(model, fold, part),
        blocked: levels::raised(fold.level(|run| run.components[place].blocked)),
        orbit: levels::raised(fold.level(|run| levels::orbit(run, list))),
    }
}

fn waiting_of(seen: &ComponentObservation) -> Times<'_> {
    Times {
        histogram: &seen.waiting,
        count: match seen.waiting.count() {
            0 => visits(seen),
            count => count,
        },
        sum: seen.waiting_sum,
        squares: seen.waiting_squares,
        missing: 0,
        bands: None,
    }
}

fn visits(seen: &ComponentObservation) -> u64 {
    seen.completed + seen.failed.iter().sum::<u64>()
}

/// Waiting for servers and threads of a component; connections of callers wait at the caller.
pub fn queue(fold: Fold<'_>, list: &[Resource]) -> LevelSummary {
    let meters: Vec<Meter> = list
        .iter()
        .flat_map(|one| one.meters.iter().copied())
        .collect();
    fold.level(|run| read_all(run, &meters).waiting)
}

fn load(fold: Fold<'_>, list: &[Resource]) -> Estimate {
    match list.iter().find(|one| one.name == "cpu") {
        Some(cpu) => fold.average(|run| read_all(run, &cpu.meters).present, 1.0),
        None => Estimate::missing(Reason::NoData),
    }
}

/// `min` counts the nodes that were never down in a replication, the worst one.
fn healthy(fold: Fold<'_>, part: &Component) -> Healthy {
    let (mut down_ns, mut all_ns, mut min) = (0_u128, 0_u128, part.nodes.len());
    for run in fold.runs {
        let window = run.window.1.saturating_sub(run.window.0);
        let up = |node: &crate::model::NodeId| run.node_up_ns[node.index()];
        let down = part
            .nodes
            .iter()
            .map(|node| window.saturating_sub(up(node)));
        down_ns += down.map(u128::from).sum::<u128>();
        all_ns += u128::from(window);
        min = min.min(part.nodes.iter().filter(|node| up(node) >= window).count());
    }
    Healthy {
        mean: (part.nodes.len() as f64 - down_ns as f64 / all_ns.max(1) as f64).max(0.0),
        min: min as f64,
    }
}

fn classes(model: &Model, fold: Fold<'_>, place: usize) -> Named<VisitSummary> {
    let seen = |run: &Observations, class: usize| {
        run.components[place]
            .classes
            .get(class)
            .copied()
            .unwrap_or_default()
    };
    let came = |class: &usize| {
        fold.runs
            .iter()
            .any(|run| seen(run, *class).completed + seen(run, *class).failed > 0)
    };
    let summary = |class: usize| VisitSummary {
        throughput_rps: fold.per_second(|run| seen(run, class).completed),
        failed: fold.runs.iter().map(|run| seen(run, class).failed).sum(),
        response_time_s: fold
            .mean_time(|run| (seen(run, class).residence_sum, seen(run, class).completed)),
        waiting_time_s: fold
            .mean_time(|run| (seen(run, class).waiting_sum, seen(run, class).completed)),
    };
    let present = (0..model.classes.len()).filter(came);
    Named(
        present
            .map(|class| (model.classes[class].name.clone(), summary(class)))
            .collect(),
    )
}

fn failures(fold: Fold<'_>, place: usize) -> Named<u64> {
    let count = |reason: Failure| -> u64 {
        fold.runs
            .iter()
            .map(|run| run.components[place].failed[reason as usize])
            .sum()
    };
    let counted = Failure::ALL
        .iter()
        .map(|&reason| (reason.word().to_owned(), count(reason)));
    Named(counted.filter(|pair| pair.1 > 0).collect())
}

fn nodes(model: &Model, map: &Map, fold: Fold<'_>, part: &Component) -> Named<f64> {
    let busy = |node: &crate::model::NodeId| {
        let share = busiest(fold, &map.nodes[node.index()]).value?;
        Some((model.node(*node).name.clone(), share))
    };
    Named(part.nodes.iter().filter_map(busy).collect())
}

/// Hosts and what they share.
pub fn hosts(model: &Model, map: &Map, fold: Fold<'_>) -> Named<Named<ResourceSummary>> {
    let hosts = model.hosts.iter().zip(&map.hosts);
    let fold = fold.of_parts();
    Named(
        hosts
            .map(|(host, list)| (host.name.clone(), resources(fold, list)))
            .collect(),
    )
}
