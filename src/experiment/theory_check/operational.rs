//! Operational laws: utilisation and flow, per resource.

use super::{Ground, edge, finding, subject};
use crate::engine::observation::Observations;
use crate::engine::program::{Program, Rates};
use crate::experiment::bottleneck::{Place, places};
use crate::experiment::result::TheoryFinding;
use crate::experiment::summarise::components::{read_all, utilisation};
use crate::experiment::summarise::fold::Fold;
use crate::experiment::traffic::{Obstacle, Profile, Use, Walk};
use crate::lower::Meter;
use crate::statistics::{Estimate, agrees, ratio_of_sums};

/// Stations without caps and contention, whose busy time is the demand they were given.
fn is_plain(program: &Program, meters: &[Meter]) -> bool {
    meters.iter().all(|meter| match meter {
        Meter::Station(id) => {
            let station = &program.stations[id.index()];
            let is_even = station.rates == Rates::default();
            is_even && station.caps.is_empty() && station.contention == (0.0, 0.0)
        }
        Meter::Pool(_) | Meter::Visits(_) | Meter::Memory(_) => false,
    })
}

/// U = X S per resource and X = sum of throughputs times visits per component: what was measured
/// over what the completed requests should have brought, by replication, against 1.
pub fn compare(ground: Ground<'_>) -> Vec<TheoryFinding> {
    let Some(profiles) = profiles_by_class(&ground.lowered.program) else {
        return Vec::new();
    };
    let all = places(ground.model, ground.lowered);
    let plain = all
        .iter()
        .filter(|place| is_plain(&ground.lowered.program, &place.meters));
    plain
        .flat_map(|place| {
            [
                use_law(ground, place, &profiles),
                flow_law(ground, place, &profiles),
            ]
        })
        .flatten()
        .collect()
}

/// By class; `None` if two workloads send a class along different ways or a path is not plain.
fn profiles_by_class(program: &Program) -> Option<Vec<Profile>> {
    let mut walk = Walk::new(program);
    let mut found: Vec<Option<Profile>> = vec![None; program.classes.len()];
    for source in &program.sources {
        for (class, root) in source.entry.iter().enumerate() {
            let Some(root) = root else { continue };
            let mut profile = (*walk.profile(*root)).clone();
            profile.delay = 0.0;
            if found[class]
                .as_ref()
                .is_some_and(|known| known.stations != profile.stations)
            {
                return None;
            }
            found[class] = Some(profile);
        }
    }
    let is_plain = |profile: &Profile| {
        !profile.obstacles.contains(&Obstacle::Circle)
            && !profile.obstacles.contains(&Obstacle::Fails)
            && !profile.obstacles.contains(&Obstacle::Contents)
            && !profile.obstacles.contains(&Obstacle::Shares)
    };
    found
        .iter()
        .flatten()
        .all(is_plain)
        .then(|| found.into_iter().map(Option::unwrap_or_default).collect())
}

/// Sum over classes of completions in the window times `part` of the place's stations.
fn brought(
    run: &Observations,
    place: &Place,
    profiles: &[Profile],
    part: impl Fn(usize) -> Box<dyn Fn(&Use) -> f64>,
) -> f64 {
    let stations = place.meters.iter().filter_map(|meter| match meter {
        Meter::Station(id) => Some(id.index()),
        Meter::Pool(_) | Meter::Visits(_) | Meter::Memory(_) => None,
    });
    let of_station = |station: usize| {
        let value = part(station);
        let classes = run.classes.iter().zip(profiles);
        classes
            .filter_map(|(class, profile)| {
                let (succeeded, late, _) = class.completed_in_window;
                Some((succeeded + late) as f64 * value(profile.stations.get(&station)?))
            })
            .sum::<f64>()
    };
    stations.map(of_station).sum()
}

fn use_law(ground: Ground<'_>, place: &Place, profiles: &[Profile]) -> Option<TheoryFinding> {
    let fold = ground.fold;
    let stations = &ground.lowered.program.stations;
    let expected_area = |run: &Observations| {
        brought(run, place, profiles, |station| {
            let speed = stations[station].speed;
            Box::new(move |used| used.work / speed)
        })
    };
    let pairs = fold.runs.iter().map(|run| {
        (
            read_all(run, &place.meters).used.area as f64,
            expected_area(run),
        )
    });
    let simulated = utilisation(fold, &place.meters, Some(place.capacity));
    let text = subject(
        ground.model,
        place,
        "utilisation = throughput x demand / servers",
    );
    held_against_one(
        fold,
        "utilisation law",
        text,
        simulated,
        &pairs.collect::<Vec<_>>(),
    )
}

fn flow_law(ground: Ground<'_>, place: &Place, profiles: &[Profile]) -> Option<TheoryFinding> {
    let fold = ground.fold;
    let pairs = fold.runs.iter().map(|run| {
        let expected = brought(run, place, profiles, |_| Box::new(|used| used.uses));
        (read_all(run, &place.meters).served as f64, expected)
    });
    let simulated = fold.per_second(|run| read_all(run, &place.meters).served);
    let text = subject(ground.model, place, "services/s = throughput x visits");
    held_against_one(
        fold,
        "flow conservation",
        text,
        simulated,
        &pairs.collect::<Vec<_>>(),
    )
}

/// A finding from (measured, expected) per replication: their ratio against 1, within sampling
/// error or within what the edges of the window may make.
fn held_against_one(
    fold: Fold<'_>,
    law: &str,
    subject: String,
    simulated: Estimate,
    pairs: &[(f64, f64)],
) -> Option<TheoryFinding> {
    let ratio = ratio_of_sums(pairs, fold.confidence);
    let value = ratio.value?;
    if value <= 0.0 {
        return None;
    }
    let small = (value - 1.0).abs() <= edge(fold).min(0.01);
    let agrees = small || agrees(&ratio, 1.0)?;
    Some(finding(
        law,
        subject,
        simulated,
        simulated.value? / value,
        agrees,
    ))
}
