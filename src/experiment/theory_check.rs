//! Runs held against theory: conservation and operational laws always, Erlang C and mean value
//! analysis where their assumptions hold (DESIGN section 4).
//!
//! Erlang C gives the mean wait at every station of an open network in product form: Poisson
//! arrivals, random splits, first come first served with exponential service of one mean, or
//! processor sharing with any law (F. Baskett, K. Chandy, R. Muntz, F. Palacios 1975, *Open,
//! closed, and mixed networks of queues with different classes of customers*, JACM 22;
//! insensitivity: F. Kelly, *Reversibility and Stochastic Networks*, section 3.3). Bounded pools
//! are outside it unless nobody ever waited for one.

use super::bottleneck::{Owner, Place, places};
use super::result::TheoryFinding;
use super::summarise::classes::{Requests, Tally};
use super::summarise::components::{read_all, utilisation};
use super::summarise::fold::{Fold, window_s};
use super::traffic::{Flow, Profile, Walk, flows};
use crate::engine::observation::Observations;
use crate::engine::program::{Discipline, Program};
use crate::law::Law;
use crate::lower::{Lowered, Meter};
use crate::model::Model;
use crate::statistics::{Estimate, agrees, mean_of, ratio_of_sums};
use crate::theory::{Mmc, Station, closed_network};

/// Users up to which the closed network is solved.
const MOST_USERS: f64 = 100_000.0;

/// What is compared.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    /// The model.
    pub model: &'a Model,
    /// Its program.
    pub lowered: &'a Lowered,
    /// The replications.
    pub fold: Fold<'a>,
    /// A steady run that is not overloaded: the laws of steady states hold.
    pub is_settled: bool,
}

/// All comparisons that apply.
pub fn compare(ground: Ground<'_>) -> Vec<TheoryFinding> {
    let mut found = conservation(ground.fold);
    if !ground.is_settled || ground.fold.runs.is_empty() {
        return found;
    }
    found.extend(little(ground));
    if is_undisturbed(ground.fold.runs) {
        found.extend(operational(ground));
        if !ground.fold.exact
            && let Some(flows) = flows(&ground.lowered.program)
            && flows
                .iter()
                .all(|flow| flow.profile.obstacles.iter().all(is_only_delay))
            && has_product_form(&ground.lowered.program, &flows)
        {
            found.extend(product_form(ground, &flows));
        }
    }
    found
}

fn is_only_delay(obstacle: &super::traffic::Obstacle) -> bool {
    *obstacle == super::traffic::Obstacle::Delay
}

fn finding(
    law: &str,
    subject: String,
    simulated: Estimate,
    expected: f64,
    agrees: bool,
) -> TheoryFinding {
    TheoryFinding {
        law: law.to_owned(),
        subject,
        simulated,
        expected,
        agrees,
    }
}

/// Equalities that hold exactly on every sample path, in integers.
fn conservation(fold: Fold<'_>) -> Vec<TheoryFinding> {
    let sum = |part: fn(&Observations) -> u128| fold.runs.iter().map(part).sum::<u128>();
    let offered = sum(|run| {
        run.audit
            .classes
            .iter()
            .map(|class| u128::from(class[0]))
            .sum()
    });
    let ended = sum(|run| {
        run.audit
            .classes
            .iter()
            .flat_map(|class| &class[1..])
            .map(|&n| u128::from(n))
            .sum()
    });
    let area = sum(|run| run.audit.in_system_area);
    let inside = sum(|run| run.audit.time_in_system);
    let seconds = |ns: u128| ns as f64 / 1e9;
    vec![
        finding(
            "flow conservation",
            "succeeded + late + failed + in flight = offered, requests".to_owned(),
            Estimate::exact(ended as f64),
            offered as f64,
            ended == offered,
        ),
        finding(
            "Little's law",
            "integral of requests in system = their summed time, request-seconds".to_owned(),
            Estimate::exact(seconds(area)),
            seconds(inside),
            area == inside,
        ),
    ]
}

/// L = lambda W over the window. The cohort and the window differ at the edges, so the
/// difference per replication is held against 0.
fn little(ground: Ground<'_>) -> Option<TheoryFinding> {
    let fold = ground.fold;
    let all = Requests::all(fold);
    if all
        .tallies
        .iter()
        .any(|tally| tally.sum.in_flight > 0 || tally.failed() > 0)
    {
        return None;
    }
    let by_requests =
        |(run, tally): (&Observations, &Tally)| tally.sum.response_sum as f64 / 1e9 / window_s(run);
    let simulated = fold.level(|run| run.in_system).mean;
    let products: Vec<f64> = fold
        .runs
        .iter()
        .zip(&all.tallies)
        .map(by_requests)
        .collect();
    let expected = products.iter().sum::<f64>() / products.len() as f64;
    let gaps = fold
        .runs
        .iter()
        .zip(&products)
        .map(|(run, product)| run.in_system.area as f64 / 1e9 / window_s(run) - product);
    let gaps: Vec<f64> = gaps.collect();
    let gap = mean_of(&gaps, fold.confidence);
    let small = gap
        .value
        .is_some_and(|gap| gap.abs() <= edge(fold) * expected);
    let agrees = small || agrees(&gap, 0.0)?;
    let subject = "mean requests in system = throughput x mean response".to_owned();
    Some(finding(
        "Little's law",
        subject,
        simulated,
        expected,
        agrees,
    ))
}

/// Share of a run that the requests at its two edges may make.
fn edge(fold: Fold<'_>) -> f64 {
    let inside = fold
        .runs
        .iter()
        .map(|run| run.in_system.max)
        .max()
        .unwrap_or(0);
    let counted: u64 = fold
        .runs
        .iter()
        .flat_map(|run| &run.classes)
        .map(|class| class.offered)
        .sum();
    let each = counted as f64 / fold.runs.len().max(1) as f64;
    if each > 0.0 {
        2.0 * inside as f64 / each
    } else {
        1.0
    }
}

/// No failures, repetitions, waits for permits: every request takes its plain path.
fn is_undisturbed(runs: &[Observations]) -> bool {
    runs.iter().all(|run| {
        let failed: u64 = run.classes.iter().flat_map(|class| class.failed).sum();
        failed == 0
            && run
                .links
                .iter()
                .all(|link| link.retries == 0 && link.timeouts == 0)
            && run
                .pools
                .iter()
                .all(|pool| pool.waiting.max == 0 && pool.refused == 0)
    })
}

/// Stations without caps and contention, whose busy time is the demand they were given.
fn is_plain(program: &Program, meters: &[Meter]) -> bool {
    meters.iter().all(|meter| match meter {
        Meter::Station(id) => {
            let station = &program.stations[id.index()];
            station.caps.is_empty() && station.contention == (0.0, 0.0)
        }
        Meter::Pool(_) => false,
    })
}

/// U = X S per resource and X = sum of throughputs times visits per component: what was measured
/// over what the completed requests should have brought, by replication, against 1.
fn operational(ground: Ground<'_>) -> Vec<TheoryFinding> {
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
    use super::traffic::Obstacle;
    let is_plain = |profile: &Profile| {
        !profile.obstacles.contains(&Obstacle::Circle)
            && !profile.obstacles.contains(&Obstacle::Fails)
    };
    found
        .iter()
        .flatten()
        .all(is_plain)
        .then(|| found.into_iter().map(Option::unwrap_or_default).collect())
}

fn subject(model: &Model, place: &Place, what: &str) -> String {
    let name = match place.owner {
        Owner::Component(one) => &model.components[one].name,
        Owner::Host(one) => &model.hosts[one].name,
        Owner::Link(one) => &model.links[one].name,
    };
    format!("{name} {} {what}", place.resource)
}

/// Sum over classes of completions in the window times `part` of the place's stations.
fn brought(
    run: &Observations,
    place: &Place,
    profiles: &[Profile],
    part: impl Fn(usize) -> Box<dyn Fn(&super::traffic::Use) -> f64>,
) -> f64 {
    let stations = place.meters.iter().filter_map(|meter| match meter {
        Meter::Station(id) => Some(id.index()),
        Meter::Pool(_) => None,
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
    held_against_one(fold, "utilisation law", text, simulated, pairs.collect())
}

fn flow_law(ground: Ground<'_>, place: &Place, profiles: &[Profile]) -> Option<TheoryFinding> {
    let fold = ground.fold;
    let pairs = fold.runs.iter().map(|run| {
        let expected = brought(run, place, profiles, |_| Box::new(|used| used.uses));
        (read_all(run, &place.meters).served as f64, expected)
    });
    let simulated = fold.per_second(|run| read_all(run, &place.meters).served);
    let text = subject(ground.model, place, "services/s = throughput x visits");
    held_against_one(fold, "flow conservation", text, simulated, pairs.collect())
}

/// A finding from (measured, expected) per replication: their ratio against 1, within sampling
/// error or within what the edges of the window may make.
fn held_against_one(
    fold: Fold<'_>,
    law: &str,
    subject: String,
    simulated: Estimate,
    pairs: Vec<(f64, f64)>,
) -> Option<TheoryFinding> {
    let ratio = ratio_of_sums(&pairs, fold.confidence);
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

/// BCMP: no caps, no contention; FCFS with one exponential law.
fn has_product_form(program: &Program, flows: &[Flow]) -> bool {
    let mut total = Profile::default();
    flows.iter().for_each(|flow| total.add(&flow.profile, 1.0));
    let is_fit = |(&place, used): (&usize, &super::traffic::Use)| {
        let station = &program.stations[place];
        let plain = station.caps.is_empty() && station.contention == (0.0, 0.0);
        plain
            && (station.discipline == Discipline::ProcessorSharing
                || is_one_exponential(program, used))
    };
    flows.iter().all(|flow| flow.is_memoryless) && total.stations.iter().all(is_fit)
}

fn is_one_exponential(program: &Program, used: &super::traffic::Use) -> bool {
    let mut means = used
        .laws
        .iter()
        .map(|&law| match program.laws[law as usize] {
            Law::Exponential { mean } => Some(mean),
            _ => None,
        });
    let Some(Some(first)) = means.next() else {
        return false;
    };
    means.all(|mean| mean.is_some_and(|mean| (mean / first - 1.0).abs() < 1e-12))
}

fn product_form(ground: Ground<'_>, flows: &[Flow]) -> Vec<TheoryFinding> {
    let closed: Vec<&Flow> = flows.iter().filter(|flow| flow.users.0 > 0.0).collect();
    match closed[..] {
        [] => open_network(ground, flows).unwrap_or_default(),
        [flow] if flows.len() == 1 => closed_chain(ground, flow).unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn push(
    found: &mut Vec<TheoryFinding>,
    law: &str,
    text: String,
    simulated: Estimate,
    expected: f64,
) {
    if let Some(agrees) = agrees(&simulated, expected) {
        found.push(finding(law, text, simulated, expected, agrees));
    }
}

/// Erlang C at every station and the sum of the ways.
fn open_network(ground: Ground<'_>, flows: &[Flow]) -> Option<Vec<TheoryFinding>> {
    let program = &ground.lowered.program;
    let mut total = Profile::default();
    flows
        .iter()
        .for_each(|flow| total.add(&flow.profile, flow.journeys_per_s));
    let requests: f64 = flows
        .iter()
        .map(|flow| flow.journeys_per_s * flow.requests)
        .sum();
    let mut queues = std::collections::BTreeMap::new();
    for (&place, used) in total.stations.iter().filter(|(_, used)| used.uses > 0.0) {
        let station = &program.stations[place];
        if used.work <= 0.0 {
            continue;
        }
        let service_s = used.work / used.uses / station.speed / 1e9;
        queues.insert(
            place,
            (
                used.uses,
                Mmc::new(used.uses, 1.0 / service_s, station.servers?)?,
            ),
        );
    }
    let mut found = Vec::new();
    for place in places(ground.model, ground.lowered) {
        let here: Vec<&(f64, Mmc)> = place
            .meters
            .iter()
            .filter_map(|meter| match meter {
                Meter::Station(id) => queues.get(&id.index()),
                Meter::Pool(_) => None,
            })
            .collect();
        let flow: f64 = here.iter().map(|pair| pair.0).sum();
        if flow > 0.0 {
            let wait = here
                .iter()
                .map(|(rate, queue)| rate * queue.mean_wait())
                .sum::<f64>()
                / flow;
            let simulated = ground.fold.mean_time(|run| {
                let reading = read_all(run, &place.meters);
                (reading.waiting_sum, reading.served)
            });
            push(
                &mut found,
                "Erlang C",
                subject(ground.model, &place, "mean wait, s"),
                simulated,
                wait,
            );
        }
    }
    if total.obstacles.is_empty() {
        let inside: f64 = queues
            .values()
            .map(|(_, queue)| queue.mean_in_system())
            .sum();
        let expected = inside / requests + total.delay / 1e9 / requests;
        let mean = Requests::all(ground.fold).times(Tally::response).mean;
        push(
            &mut found,
            "Erlang C",
            "mean response, s".to_owned(),
            mean,
            expected,
        );
    }
    Some(found)
}

/// Mean value analysis of the only workload, closed.
fn closed_chain(ground: Ground<'_>, flow: &Flow) -> Option<Vec<TheoryFinding>> {
    if !flow.profile.obstacles.is_empty() || flow.users.0 > MOST_USERS {
        return None;
    }
    let program = &ground.lowered.program;
    let queues = flow.profile.stations.iter().map(|(&place, used)| {
        let station = &program.stations[place];
        Some(Station::queue(
            used.work / station.speed / 1e9,
            station.servers?,
        ))
    });
    let mut stations: Vec<Station> = queues.collect::<Option<_>>()?;
    if flow.profile.delay > 0.0 {
        stations.push(Station::delay(flow.profile.delay / 1e9));
    }
    let think = (flow.users.1 + flow.pauses) / 1e9;
    let solved = closed_network(flow.users.0 as u32, think, &stations)?;
    let all = Requests::all(ground.fold);
    let mut found = Vec::new();
    let throughput = solved.throughput * flow.requests;
    push(
        &mut found,
        "MVA",
        "throughput, requests/s".to_owned(),
        all.throughput(),
        throughput,
    );
    let response = solved.response / flow.requests;
    let mean = all.times(Tally::response).mean;
    push(
        &mut found,
        "MVA",
        "mean response, s".to_owned(),
        mean,
        response,
    );
    Some(found)
}
