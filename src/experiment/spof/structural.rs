//! The result from the structure, and what the crashes under load add to it.

use super::cure::{self, Places};
use super::judge::Finding;
use crate::experiment::result::summary::Header;
use crate::experiment::result::{Named, PointClass, Route, SinglePoint, SpofResult, Warning};
use crate::experiment::words;
use crate::model::traffic::Traffic;
use crate::model::{Model, NodeId};
use crate::reliability::standing::{loses_shard, lost_with};
use crate::reliability::{
    self, Atom, Loss, Mechanism, Route as Way, Structure, SubjectOf, single_points, takeover_of,
};

/// Share of the requests at the busiest that are of each class; `None` where no rates are known.
fn weights(model: &Model) -> Option<Vec<f64>> {
    let load = Traffic::new(model).estimate()?;
    let rates = load.classes.iter();
    let rates: Vec<f64> = rates.map(|one| one.map_or(0.0, |one| one.rate)).collect();
    let all: f64 = rates.iter().sum();
    (all > 0.0).then(|| rates.iter().map(|rate| rate / all).collect())
}

/// Everything that needs no simulation.
pub fn result(model: &Model, structure: &Structure, header: Header) -> SpofResult {
    let mut result = nothing(header);
    let weights = weights(model);
    for point in single_points(model, structure) {
        if point.external {
            result.not_in_your_hands.push(point.name);
            continue;
        }
        // What takes only a share of a class is judged by the crash under load.
        if !point.is_structural() {
            continue;
        }
        let names = |is_journey: bool| -> Vec<String> {
            let hit = point
                .losses
                .iter()
                .map(|loss| &structure.subjects[loss.subject]);
            hit.filter(|one| matches!(one.of, SubjectOf::Journey(_)) == is_journey)
                .map(|one| one.name.clone())
                .collect()
        };
        let journeys = names(true);
        let stopped = (point.atom, &stopped_by(&point)[..]);
        let cure = cure::of(model, structure, stopped, Places::There).unwrap_or_default();
        let lost = weights.as_ref().map(|weights| {
            let of = |loss: &Loss| match structure.subjects[loss.subject].of {
                SubjectOf::Class(class) => loss.share * weights[class.index()],
                SubjectOf::Journey(_) => 0.0,
            };
            point.losses.iter().map(of).sum()
        });
        result.single_points.push(SinglePoint {
            component: point.name,
            class: Some(PointClass::Structural),
            route: route_of(point.route),
            verdict: None,
            journeys: if journeys.is_empty() {
                names(false)
            } else {
                journeys
            },
            lost_share: lost,
            recovery_s: None,
            witness: point.witness,
            fix: point.fix,
            cure,
            breaks_objective: true,
            blast: None,
            repair_s: repair_s(model, point.atom),
        });
        result.failed = true;
    }
    result
}

/// The subjects that a point stops, by place.
fn stopped_by(point: &reliability::SinglePoint) -> Vec<usize> {
    let whole = point.losses.iter().filter(|loss| loss.whole);
    whole.map(|loss| loss.subject).collect()
}

/// The cure of a structural point with every node that needs a place on a new host.
pub fn cure_on_new_hosts(model: &Model, structure: &Structure, atom: Atom) -> Option<Vec<String>> {
    let points = single_points(model, structure);
    let point = points.iter().find(|point| point.atom == atom)?;
    cure::of(model, structure, (atom, &stopped_by(point)), Places::New)
}

fn nothing(header: Header) -> SpofResult {
    SpofResult {
        header,
        wall_s: 0.0,
        verdict_reason: String::new(),
        failed: false,
        objectives: Vec::new(),
        single_points: Vec::new(),
        survived: Vec::new(),
        expected: None,
        of_objectives: None,
        of_requests: None,
        by_simulation: None,
        groups: Vec::new(),
        assumed_perfect: Vec::new(),
        cut_sets: Vec::new(),
        short_pairs: Vec::new(),
        classes: Named(Vec::new()),
        journeys: Named(Vec::new()),
        not_in_your_hands: Vec::new(),
        partial: false,
        warnings: Vec::new(),
    }
}

/// Mean time to its repair, where the file states it, s.
fn repair_s(model: &Model, atom: Atom) -> Option<f64> {
    let times = atom.outage(model)?.times.as_ref()?;
    Some(times.down.mean() / 1e9)
}

fn route_of(way: Way) -> Route {
    match way {
        Way::Direct => Route::Direct,
        Way::SharedFate => Route::SharedFate,
        Way::ControlPlane => Route::ControlPlane,
    }
}

/// Adds what the crash of `atom` showed: to its structural point, or as a point of its own, or
/// among what survived.
pub fn add(result: &mut SpofResult, model: &Model, atom: Atom, finding: &Finding) {
    for text in &finding.disagreements {
        result.warnings.push(Warning {
            code: "internal",
            text: text.clone(),
        });
    }
    let name = atom.name(model);
    if let Some(known) = result
        .single_points
        .iter_mut()
        .find(|one| one.component == name)
    {
        known.verdict = Some(finding.verdict);
        known.lost_share = Some(finding.lost_share);
        known.recovery_s = finding.recovery_s;
        known.blast = Some(finding.blast.clone());
        return;
    }
    result.failed |= finding.breaks_objective;
    let point = SinglePoint {
        component: name.to_owned(),
        class: finding.class,
        route: route_of(Way::of(model, atom)),
        verdict: Some(finding.verdict),
        journeys: journeys_of(model, &finding.classes),
        lost_share: Some(finding.lost_share),
        recovery_s: finding.recovery_s,
        witness: witness(model, atom, finding),
        fix: fix(model, atom, finding),
        cure: Vec::new(),
        breaks_objective: finding.breaks_objective,
        blast: Some(finding.blast.clone()),
        repair_s: repair_s(model, atom),
    };
    if point.class.is_some() {
        result.single_points.push(point);
    } else {
        result.survived.push(point);
    }
}

/// Named journeys that contain one of the classes; the classes where there are none.
fn journeys_of(model: &Model, classes: &[String]) -> Vec<String> {
    let is_hit =
        |class: crate::model::ClassId| classes.contains(&model.classes[class.index()].name);
    let named = model.journeys.iter().filter(|journey| journey.named);
    let hit: Vec<String> = named
        .filter(|journey| journey.items.iter().any(|item| is_hit(item.class)))
        .map(|journey| journey.name.clone())
        .collect();
    if hit.is_empty() {
        classes.to_vec()
    } else {
        hit
    }
}

fn witness(model: &Model, atom: Atom, finding: &Finding) -> String {
    let takeover = takeover_of(model, atom).map(|one| match one.mechanism {
        Mechanism::Ejection => one.mechanism.words().to_owned(),
        other => format!("{} within {}", other.words(), words::time(one.seconds)),
    });
    let mut parts: Vec<String> = Vec::new();
    if !finding.because.is_empty() {
        parts.push(finding.because.clone());
    }
    parts.extend(takeover);
    parts.join("; ")
}

fn fix(model: &Model, atom: Atom, finding: &Finding) -> String {
    match finding.class {
        Some(PointClass::Capacity) => capacity_fix(model, atom),
        Some(PointClass::Transient) => transient_fix(model, atom),
        _ => String::new(),
    }
}

fn capacity_fix(model: &Model, atom: Atom) -> String {
    let lost = lost_with(model, atom);
    let is_lost = |node: &NodeId| lost.contains(node);
    let mut parts = model.components.iter();
    let is_alone = parts.any(|part| !part.nodes.is_empty() && part.nodes.iter().all(is_lost));
    let loses_shard = |&node: &NodeId| loses_shard(model, model.node(node).component, &lost);
    if lost.iter().any(loses_shard) {
        "a copy of each shard elsewhere (`copies`) that takes over".to_owned()
    } else if is_alone {
        "a second one elsewhere that takes over".to_owned()
    } else if takeover_of(model, atom).is_none() {
        "health checks on the links to it, so that requests go to the others".to_owned()
    } else {
        "more nodes, so that the rest carries the load".to_owned()
    }
}

/// Whether what is lost with a part are balancers that share an address.
fn is_pair(model: &Model, atom: Atom) -> bool {
    let lost = lost_with(model, atom);
    let mut parts = lost
        .iter()
        .map(|&node| model.component(model.node(node).component));
    parts.any(|part| part.kind == "LoadBalancer")
}

fn transient_fix(model: &Model, atom: Atom) -> String {
    match takeover_of(model, atom).map(|one| one.mechanism) {
        Some(Mechanism::HealthCheck) => {
            "shorter checks (`health`), or a retry on another node".to_owned()
        }
        Some(Mechanism::Ejection) => {
            "a retry on another node, or active checks (`health`) beside `eject`".to_owned()
        }
        Some(Mechanism::NameService) => "a shorter `ttl`, or an address that moves".to_owned(),
        Some(Mechanism::Standby) if is_pair(model, atom) => {
            "a shorter `advert` of the pair".to_owned()
        }
        Some(Mechanism::Standby) => "faster detection and promotion (`failover`)".to_owned(),
        Some(Mechanism::Promotion | Mechanism::Avoidance) => {
            "faster detection and promotion (`failover`)".to_owned()
        }
        Some(Mechanism::Route) => "faster detection of the lost path (`detect`)".to_owned(),
        Some(Mechanism::Idle | Mechanism::Resolver) | None => String::new(),
    }
}
