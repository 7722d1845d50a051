//! One pool or station of a layered model, with those who come to it.

use super::amva::schweitzer;
use super::classes::{ClassStation, ClosedClass, closed_classes};
use super::mmc::Mmc;
use super::repairman::repairman;

/// Populations up to which one station is solved exactly, with one and with several servers.
const SMALL_SINGLE: usize = 2_000;
const SMALL_MULTI: usize = 150;

/// Holders that come again and again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Closed {
    /// Which.
    pub holder: usize,
    /// How many.
    pub users: u32,
    /// Seconds between two passages of their cycle.
    pub think: f64,
    /// Services per cycle.
    pub visits: f64,
    /// Seconds of service per cycle.
    pub demand: f64,
    /// Cycles per second of all of them, as known so far.
    pub rate: f64,
}

/// Factors by which waiting stretches the services of each of `closed`, and last that of open
/// requests, which bring (services, seconds of work) per second to `servers`.
///
/// `None` if open requests alone overload the station.
pub(super) fn solve(servers: u32, open: (f64, f64), closed: &[Closed]) -> Option<Vec<f64>> {
    let free = 1.0 - open.1 / f64::from(servers);
    if free <= 0.0 {
        return None;
    }
    // Open work slows closed users as if the servers were slower (exact for one server in product
    // form: E. Lazowska and others, Quantitative System Performance, section 7.4.3).
    let slowed: Vec<Closed> = closed
        .iter()
        .map(|one| Closed {
            demand: one.demand / free,
            ..*one
        })
        .collect();
    let mut factors: Vec<f64> = match slowed[..] {
        [] => Vec::new(),
        [one] => vec![alone(servers, one)?],
        _ => together(servers, &slowed)?,
    };
    for factor in &mut factors {
        *factor /= free;
    }
    let present: f64 = slowed
        .iter()
        .zip(&factors)
        .map(|(one, factor)| {
            let stay = one.demand * free * factor;
            f64::from(one.users) * stay / (one.think + stay)
        })
        .sum();
    factors.push(open_factor(servers, open, present)?);
    Some(factors)
}

fn alone(servers: u32, one: Closed) -> Option<f64> {
    let each = one.demand / one.visits;
    let found = repairman(one.users, one.think / one.visits, each, servers)?;
    Some(found.mean_response / each)
}

fn together(servers: u32, closed: &[Closed]) -> Option<Vec<f64>> {
    let sizes = closed.iter().map(|one| one.users as usize + 1);
    let populations = sizes.fold(1_usize, usize::saturating_mul);
    let small = if servers == 1 {
        SMALL_SINGLE
    } else {
        SMALL_MULTI
    };
    if servers > 1 && populations > small {
        return merged(servers, closed);
    }
    let classes: Vec<ClosedClass> = closed
        .iter()
        .map(|one| ClosedClass {
            users: one.users,
            think: one.think,
        })
        .collect();
    let station = [ClassStation {
        demands: closed.iter().map(|one| one.demand).collect(),
        servers: Some(servers),
    }];
    let exact = (populations <= small).then(|| closed_classes(&classes, &station));
    let solved = match exact.flatten() {
        Some(solved) => solved,
        None => schweitzer(&classes, &station)?,
    };
    let factor = |(response, one): (&f64, &Closed)| response / one.demand;
    Some(solved.response.iter().zip(closed).map(factor).collect())
}

/// All as one kind of users, with one wait for all.
fn merged(servers: u32, closed: &[Closed]) -> Option<Vec<f64>> {
    let users: u32 = closed.iter().map(|one| one.users).sum();
    let passages: f64 = closed.iter().map(|one| one.rate * one.visits).sum();
    let work: f64 = closed.iter().map(|one| one.rate * one.demand).sum();
    let idle: f64 = closed.iter().map(|one| one.rate * one.think).sum();
    let found = repairman(users, idle / passages, work / passages, servers)?;
    let wait = found.mean_response - work / passages;
    let factor = |one: &Closed| 1.0 + wait * one.visits / one.demand;
    Some(closed.iter().map(factor).collect())
}

/// Stretch of open requests that meet `present` closed ones on average.
fn open_factor(servers: u32, (rate, work): (f64, f64), present: f64) -> Option<f64> {
    if rate <= 0.0 || work <= 0.0 {
        return Some(1.0);
    }
    let each = work / rate;
    let queue = Mmc::new(rate, 1.0 / each, servers)?;
    let closed = present / f64::from(servers) / (1.0 - work / f64::from(servers));
    let beyond = if servers == 1 {
        closed
    } else {
        (closed - 1.0).max(0.0)
    };
    Some(queue.mean_response() / each + beyond)
}
