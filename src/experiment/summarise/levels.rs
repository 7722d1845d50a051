//! Levels that only some designs have: servers that stop, requests in orbit.

use crate::engine::observation::{Level, Observations};
use crate::experiment::result::summary::LevelSummary;
use crate::lower::{Meter, Resource};

/// Servers that work, where failure laws act.
pub fn servers_up(run: &Observations, meters: &[Meter]) -> Level {
    let stations = meters.iter().filter_map(|meter| match *meter {
        Meter::Station(id) => Some(run.stations[id.index()].up),
        Meter::Pool(_) | Meter::Visits(_) | Meter::Memory(_) => None,
    });
    stations.fold(Level::default(), |sum, up| Level {
        area: sum.area + up.area,
        max: sum.max + up.max,
    })
}

/// A level that somebody ever raised.
pub fn raised(level: LevelSummary) -> Option<LevelSummary> {
    (level.max > 0).then_some(level)
}

/// Those who will try again at the pools of a component.
pub fn orbit(run: &Observations, list: &[Resource]) -> Level {
    let pools = list.iter().flat_map(|one| &one.meters);
    pools.fold(Level::default(), |sum, meter| match *meter {
        Meter::Pool(id) => {
            let orbit = run.pools[id.index()].orbit;
            Level {
                area: sum.area + orbit.area,
                max: sum.max + orbit.max,
            }
        }
        Meter::Station(_) | Meter::Visits(_) | Meter::Memory(_) => sum,
    })
}
