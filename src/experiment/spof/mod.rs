//! Single points of failure: from the structure, and by the crash of every part under load
//! (S46 to S50; DESIGN section 5).

mod again;
mod blast;
mod breaking;
mod change;
mod changed;
mod cure;
mod expected;
mod groups;
mod judge;
mod loss;
mod majority;
mod pairs;
mod promised;
mod rare;
mod remedy;
mod room;
mod served;
mod sooner;
mod structural;
mod sufferers;
mod trial;

use std::fmt::Write;
use std::time::Instant;

use super::pilot::{Pilot, pilot};
use super::replicate::{Bench, Crew};
use super::result::simulated::Method;
use super::result::{ObjectiveVerdict, PointClass, SpofResult, Warning};
use super::run::ExperimentError;
use super::scenario::Kind;
use super::settings::Settings;
use super::summarise::header;
use super::words;
use crate::model::Model;
use crate::reliability::standing::loses_shard;
use crate::reliability::{Atom, Structure};
use breaking::{BROKEN_BEFORE, Broken, PILOT_SHARE, base_of, break_all, parts};
use judge::Judge;
pub use remedy::Reload;
use trial::{Bed, Trial};

/// How single points are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpofSettings {
    /// From the structure alone, nothing is simulated.
    pub structural_only: bool,
    /// Most members of a cut set, from 1.
    pub order: u32,
    /// By which way, beside the exact one, the unavailability is had.
    pub method: Method,
}

impl Default for SpofSettings {
    fn default() -> Self {
        Self {
            structural_only: false,
            order: 2,
            method: Method::Exact,
        }
    }
}

/// Finds the single points of `model` under the load of its file or of `settings`; stages are
/// replaced by their peaks and scheduled faults left out, and autoscaled components have their
/// fewest nodes.
///
/// Every node, host and switch in use is crashed in turn, with common random numbers against the
/// run without fault, for max(300 s, 3 x TTL, 3 x detection) (S47). The last third of that time
/// is the settled one: what fails there fails for as long as the part is gone.
///
/// # Errors
/// When the load does not fit the model, failures cannot be simulated as asked, or threads cannot
/// be started.
pub fn spof(
    model: &Model,
    settings: &Settings<'_>,
    asked: &SpofSettings,
) -> Result<SpofResult, ExperimentError> {
    spof_with_cures(model, settings, asked, None)
}

/// The same; `reload` tells how the file reads with further assignments, so that changes against
/// points that show only under load can be tried.
///
/// # Errors
/// As [`spof`].
pub fn spof_with_cures(
    model: &Model,
    settings: &Settings<'_>,
    asked: &SpofSettings,
    reload: Option<&Reload<'_>>,
) -> Result<SpofResult, ExperimentError> {
    let start = Instant::now();
    let base = base_of(model, settings)?;
    let structure = Structure::of(&base);
    let header = header("spof", settings, model);
    let mut result = structural::result(&base, &structure, header);
    for (part, autoscale) in model.scaled() {
        let text = format!(
            "`{}` is taken with the fewest nodes it may have, {} of up to {}: a loss may come \
             before others are added",
            part.name, autoscale.min, autoscale.max
        );
        result.warn("at_minimum", &text);
    }
    expected::fill(&base, &structure, asked.order, &mut result);
    result.groups = groups::findings(&base, &structure);
    promised::judge(&base, &mut result);
    if asked.method != Method::Exact {
        let crew = Crew::new(settings.jobs)?;
        rare::fill(
            &base,
            &structure,
            (&crew, settings),
            asked.method,
            &mut result,
        )?;
    }
    if asked.structural_only {
        warn_of_shards(&base, &structure, &mut result);
        result.finish(start);
        return Ok(result);
    }
    if Kind::of(&base) != Kind::Steady {
        result.warn(
            "structural_only",
            "a log has no steady load to break parts under: only the \
                                        structure was looked at",
        );
        result.finish(start);
        return Ok(result);
    }
    let crew = Crew::new(settings.jobs)?;
    let felt = simulate(&base, &structure, &crew, settings, &mut result);
    if let (Some(reload), Some(felt)) = (reload, felt) {
        let of = (&base, &structure);
        remedy::fill(of, (&crew, settings), reload, &felt, &mut result);
        result.partial |= settings.is_stopped();
    }
    result.finish(start);
    Ok(result)
}

/// A shard is a single point for its part of the keys (S50), which only load shows.
fn warn_of_shards(model: &Model, structure: &Structure, result: &mut SpofResult) {
    let atoms = structure.atoms_in_use().into_iter();
    let nodes = atoms.filter_map(|number| match structure.atoms.atom(number) {
        Atom::Node(node) => Some(node),
        _ => None,
    });
    let sharded = nodes.filter(|&node| loses_shard(model, model.node(node).component, &[node]));
    let mut ids: Vec<_> = sharded.map(|node| model.node(node).component).collect();
    ids.dedup();
    let parts = ids.into_iter().map(|id| model.component(id));
    let names: Vec<String> = parts
        .filter(|part| part.nodes.len() > 1)
        .map(|part| format!("`{}`", part.name))
        .collect();
    if !names.is_empty() {
        let text = format!(
            "each node of {} has keys that no other one has: what is lost with it shows only under \
             load, without --structural",
            words::list(&names)
        );
        result.warn("shards", &text);
    }
}

/// What is felt under load.
struct Felt {
    /// Of the system with every part up.
    pilot: Pilot,
    /// The points, with whether they break an objective.
    points: Vec<(Atom, bool)>,
}

/// Breaks every part in turn; `None` where that shows nothing.
fn simulate(
    model: &Model,
    structure: &Structure,
    crew: &Crew,
    settings: &Settings<'_>,
    result: &mut SpofResult,
) -> Option<Felt> {
    let bench = Bench::new(model);
    settings.progress.phase("warm-up", None);
    let Some(found) = pilot(&bench, crew, settings, model.run.cap / PILOT_SHARE) else {
        result.partial = true;
        return None;
    };
    if found.grown.is_some() {
        result.warn(
            "saturated_before",
            "the architecture is saturated with every part up: what \
                                         its parts carry alone cannot be told; lower the load",
        );
        return None;
    }
    let atoms = parts(model, structure);
    let bed = Bed::new(bench, &found, settings, atoms.len());
    settings.progress.phase(
        "crashes",
        Some((atoms.len() as u64 + 1) * u64::from(bed.replications)),
    );
    let Some(baseline) = bed.baseline(crew, settings) else {
        result.partial = true;
        return None;
    };
    let judge = Judge::new(model, structure, &bed, &baseline);
    if judge.breaks_already() {
        result.warn(
            BROKEN_BEFORE,
            "an objective is broken with every part up: only what gets \
                                      worse is held against the parts",
        );
    }
    let Broken { felt, losses } =
        break_all((model, &bed, &judge), (crew, settings), &atoms, result);
    let known = (
        &result.single_points[..],
        hopeless(model, &baseline, result),
    );
    result.of_requests = served::of_requests(model, structure, &losses, known);
    let short = |atom: &&Atom| {
        let name = atom.name(model);
        let points = &mut result.single_points.iter();
        points.any(|one| one.component == name && one.class == Some(PointClass::Capacity))
    };
    let short: Vec<Atom> = atoms.iter().filter(short).copied().collect();
    if !short.is_empty() {
        result.of_objectives = expected::with_capacity(model, structure, &short);
    }
    let tried = (&bed, &judge);
    pairs::fill((model, structure), tried, (crew, settings), &atoms, result);
    Some(Felt {
        pilot: found,
        points: felt,
    })
}

/// Share of the requests that cannot succeed in the long run by the structure alone: of each class
/// its unavailability, by its share of what is offered.
fn hopeless(model: &Model, baseline: &Trial, result: &SpofResult) -> f64 {
    let offered = |class: usize| -> u64 {
        let runs = baseline.runs.iter();
        runs.map(|run| run.classes.get(class).map_or(0, |one| one.offered))
            .sum()
    };
    let all: u64 = (0..model.classes.len()).map(offered).sum();
    let lost = model.classes.iter().enumerate().map(|(place, class)| {
        let points = result.classes.get(&class.name);
        let expected = points.and_then(|points| points.expected.as_ref());
        expected.map_or(0.0, |known| known.unavailability) * offered(place) as f64
    });
    lost.sum::<f64>() / all.max(1) as f64
}

impl SpofResult {
    fn warn(&mut self, code: &'static str, text: &str) {
        self.warnings.push(Warning {
            code,
            text: text.to_owned(),
        });
    }

    /// Order, verdict and sentence.
    fn finish(&mut self, start: Instant) {
        self.single_points.sort_by_key(|point| point.class);
        self.verdict_reason = sentence(self);
        self.wall_s = start.elapsed().as_secs_f64();
    }
}

fn sentence(result: &SpofResult) -> String {
    let names = |class: PointClass| -> Vec<String> {
        let of_class = result
            .single_points
            .iter()
            .filter(|one| one.class == Some(class));
        of_class.map(|one| one.component.clone()).collect()
    };
    let mut parts = Vec::new();
    for (class, word) in [
        (PointClass::Structural, "structural"),
        (PointClass::Capacity, "capacity"),
        (PointClass::Transient, "transient"),
    ] {
        let names = names(class);
        if !names.is_empty() {
            parts.push(format!("{} {word} ({})", names.len(), words::list(&names)));
        }
    }
    let mut text = if parts.is_empty() {
        "no single point of failure".to_owned()
    } else {
        format!("single points: {}", parts.join("; "))
    };
    let broken = result.objectives.iter();
    for one in broken.filter(|one| one.verdict == ObjectiveVerdict::Fail) {
        let measured = one.measured.unwrap_or(0.0) * 100.0;
        let _ = write!(text, "; `{}` is broken by {measured:.6} %", one.text);
    }
    text
}
