//! The negative test: under load, one part after the other is taken away and given back.

use super::kind::Profile;
use super::under_load::question;
use crate::experiment::result::PointVerdict;
use crate::experiment::result::profile::{Phase, ProfileSummary};
use crate::experiment::run::ExperimentError;
use crate::experiment::sample::Sample;
use crate::experiment::scenario::at_peak;
use crate::experiment::stretch::{Stretch, recovered, sum_of, worse_from};
use crate::experiment::summarise::told::struck;
use crate::experiment::words;
use crate::model::{Fault, FaultKind, FaultTarget, HostId, Model, SwitchId};
use crate::reliability::{Atoms, takeover_of};

/// Shortest time that a part is away, ns.
const SHORTEST: u64 = 60_000_000_000;
/// Time before the first part goes, ns.
const AHEAD: u64 = 60_000_000_000;
/// Most parts taken away in one run.
const MOST: usize = 100;

/// When what is away.
pub struct Plan {
    targets: Vec<FaultTarget>,
    /// How long each is away, and as long again until the next one goes, ns.
    away: u64,
}

impl Plan {
    fn start(&self, place: usize) -> u64 {
        AHEAD.saturating_add(self.away.saturating_mul(2 * place as u64))
    }

    fn length(&self) -> u64 {
        self.start(self.targets.len())
    }
}

/// One node of every component that is ours, every host that carries something, and every switch
/// on a path. Each is away for three times as long as the slowest takeover needs, at least a
/// minute.
pub fn plan(model: &Model) -> Result<Plan, ExperimentError> {
    let mut targets = Vec::new();
    for part in model.components.iter().filter(|part| !part.external) {
        targets.extend(
            part.nodes
                .first()
                .map(|&node| FaultTarget::Nodes(vec![node])),
        );
    }
    for host in (0..model.hosts.len()).map(HostId::from) {
        if model.nodes.iter().any(|node| node.host == Some(host)) {
            targets.push(FaultTarget::Host(host));
        }
    }
    for switch in (0..model.switches.len()).map(SwitchId::from) {
        let paths = model.links.iter().filter_map(|link| link.via.as_ref());
        if paths
            .flat_map(|path| &path.options)
            .any(|way| way.contains(&switch))
        {
            targets.push(FaultTarget::Switch(switch));
        }
    }
    if targets.len() > MOST {
        let text = format!(
            "{} parts are too many to take away in one run (at most {MOST}): `spof` breaks each \
             in a run of its own",
            targets.len()
        );
        return Err(ExperimentError::Question(text));
    }
    let slowest = Atoms::of(model)
        .all()
        .filter_map(|atom| takeover_of(model, atom))
        .map(|takeover| (takeover.seconds * 1e9) as u64)
        .max();
    let away = SHORTEST.max(slowest.unwrap_or(0).saturating_mul(3));
    Ok(Plan { targets, away })
}

/// Puts the plan in the place of the model's stages and faults.
pub fn put(model: &mut Model, plan: &Plan) {
    *model = at_peak(model);
    model.faults = (0..)
        .zip(&plan.targets)
        .map(|(place, target)| Fault {
            kind: FaultKind::Crash,
            target: target.clone(),
            at: plan.start(place),
            lasts: Some(plan.away),
        })
        .collect();
    model.run.duration = Some(plan.length());
    model.run.requests = None;
}

/// How it went, over all replications.
pub fn summary(sample: &Sample<'_>, plan: &Plan) -> ProfileSummary {
    let (model, lead_in) = (sample.bench.model, sample.bench.lead_in);
    let (width, buckets) = sum_of(&sample.runs);
    let place = |at: u64| ((at / width) as usize).min(buckets.len());
    let part = |from: u64, to: u64| &buckets[place(from)..place(to)];
    let before = Stretch::of(part(lead_in / 2, lead_in.saturating_add(AHEAD)));
    let before = before.over(sample.runs.len());
    let phase = |(number, target): (usize, &FaultTarget)| {
        let start = plan.start(number);
        let from = lead_in.saturating_add(start);
        let all = part(from, from.saturating_add(2 * plan.away));
        let back = recovered(all, &before);
        let back_at = (back < all.len()).then(|| (place(from) + back) as u64 * width);
        let back_at = back_at.map(|at| at.saturating_sub(from));
        let verdict = match (worse_from(all, &before), back_at) {
            (None, _) => PointVerdict::Masked,
            (Some(_), Some(at)) if at < plan.away => PointVerdict::Transient,
            (Some(_), Some(_)) => PointVerdict::Persistent,
            (Some(_), None) => PointVerdict::Metastable,
        };
        // Of those that lie in it from end to end: the first is only partly after the loss.
        let whole = place(from.saturating_add(width - 1))..place(from.saturating_add(plan.away));
        let sum = Stretch::of(buckets.get(whole).unwrap_or_default());
        Phase {
            part: words::list(&struck(model, target)),
            from_s: start as f64 / 1e9,
            to_s: (start + plan.away) as f64 / 1e9,
            verdict,
            lost_share: 1.0 - sum.answered(),
            back_after_s: back_at.map(|ns| ns as f64 / 1e9),
        }
    };
    let phases: Vec<Phase> = plan.targets.iter().enumerate().map(phase).collect();
    let felt = |phase: &&Phase| {
        matches!(
            phase.verdict,
            PointVerdict::Persistent | PointVerdict::Metastable
        )
    };
    let missed: Vec<String> = phases
        .iter()
        .filter(felt)
        .map(|one| one.part.clone())
        .collect();
    let answer = match missed.len() {
        0 => format!("each of {} parts can be taken away", phases.len()),
        some => format!(
            "{some} of {} parts cannot be taken away: {}",
            phases.len(),
            words::list(&missed)
        ),
    };
    ProfileSummary {
        name: Profile::Negative.word(),
        question: question(Profile::Negative),
        passed: missed.is_empty(),
        answer,
        questions: Vec::new(),
        phases,
        legs: Vec::new(),
        back_after_s: None,
        leaks: Vec::new(),
        slopes: Vec::new(),
        takeovers: Vec::new(),
    }
}
