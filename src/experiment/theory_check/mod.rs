//! Runs held against theory: conservation and operational laws always, the laws of queues and
//! networks where their assumptions hold (DESIGN section 4).

mod operational;
mod solved;

use super::bottleneck::{Owner, Place};
use super::result::TheoryFinding;
use super::summarise::classes::{Requests, Tally};
use super::summarise::fold::{Fold, window_s};
use super::traffic::flows;
use crate::engine::observation::{Observations, PoolObservation};
use crate::lower::Lowered;
use crate::model::Model;
use crate::statistics::{Estimate, agrees, mean_of};

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
        let ground = Ground {
            fold: ground.fold.of_parts(),
            ..ground
        };
        found.extend(operational::compare(ground));
        if !ground.fold.exact
            && let Some(flows) = flows(&ground.lowered.program)
        {
            found.extend(solved::compare(ground, &flows));
        }
    }
    found
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
        agrees: Some(agrees),
        approximation: false,
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

/// No failures and no repetitions: every request takes its plain path once.
fn is_undisturbed(runs: &[Observations]) -> bool {
    runs.iter().all(|run| {
        let failed: u64 = run.classes.iter().flat_map(|class| class.failed).sum();
        failed == 0
            && run
                .links
                .iter()
                .all(|link| link.retries + link.timeouts + link.hedges + link.failed == 0)
    })
}

/// No pool was ever full: bounded ones are as good as unlimited.
fn nobody_waited_for_a_permit(runs: &[Observations]) -> bool {
    let free =
        |pool: &PoolObservation| pool.waiting.max == 0 && pool.orbit.max == 0 && pool.refused == 0;
    runs.iter().all(|run| run.pools.iter().all(free))
}

fn subject(model: &Model, place: &Place, what: &str) -> String {
    let name = match place.owner {
        Owner::Component(one) => &model.components[one].name,
        Owner::Host(one) => &model.hosts[one].name,
        Owner::Link(one) => &model.links[one].name,
    };
    format!("{name} {} {what}", place.resource)
}
