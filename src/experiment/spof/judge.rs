//! What a crash did, from the trial with it and the baseline without (reliability 2(d)).

use super::blast;
use super::loss::{ERRORS, error_share, gone, is_answered_after_repair, is_bad, lost_share, total};
use super::sufferers;
use super::trial::{Bed, Stretch, Trial};
use crate::experiment::bottleneck::places;
use crate::experiment::objectives::{Evidence, holds, judge_all};
use crate::experiment::result::spof::Blast;
use crate::experiment::result::summary::{ObjectiveFinding, ObjectiveVerdict};
use crate::experiment::result::{PointClass, PointVerdict};
use crate::experiment::scenario::Kind;
use crate::experiment::summarise::classes::{Requests, Tally};
use crate::experiment::summarise::components::utilisation;
use crate::experiment::verdict::{Overload, overload};
use crate::experiment::words;
use crate::lower::Meter;
use crate::model::Model;
use crate::reliability::{Atom, Structure, SubjectOf, takeover_of};

/// Share of a class lost in the settled third from which on nothing of it is left.
const GONE: f64 = 0.99;
/// Share of the requests lost up to which nobody feels it.
const UNFELT: f64 = 1e-4;
/// Utilisation from which a resource counts as overloaded by somebody else's crash.
const OVERLOADED: f64 = 0.98;

/// Judgement of one part.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What was seen.
    pub verdict: PointVerdict,
    /// S46 by simulation alone: capacity, transient or none.
    pub class: Option<PointClass>,
    /// Share of the requests lost while it was gone.
    pub lost_share: f64,
    /// Share of the requests lost in the settled third of that time.
    pub settled_share: f64,
    /// What was lost beyond that, s of the whole load.
    pub transition_s: f64,
    /// Until the service is back, s from the crash; `None`: only with the repair.
    pub recovery_s: Option<f64>,
    /// Classes that lost requests.
    pub classes: Vec<String>,
    /// What was seen, in words.
    pub because: String,
    /// Whether it breaks an objective over the outage, or takes a class away until its repair.
    pub breaks_objective: bool,
    /// What was lost, and for how long it was felt.
    pub blast: Blast,
    /// Contradictions between structure and simulation.
    pub disagreements: Vec<String>,
}

impl Finding {
    /// A takeover worked; whether the gap breaks an objective is to be seen.
    pub fn is_transient_candidate(&self) -> bool {
        self.class == Some(PointClass::Transient)
    }

    /// The service was not back when the part was repaired.
    pub fn is_unrecovered(&self) -> bool {
        self.recovery_s.is_none()
    }
}

/// Judges trials against one baseline.
pub struct Judge<'a> {
    model: &'a Model,
    structure: &'a Structure,
    bed: &'a Bed<'a>,
    baseline: &'a Trial,
    normal: Vec<Stretch>,
    objectives: Vec<ObjectiveFinding>,
    busy: Vec<f64>,
    is_overloaded: bool,
}

impl<'a> Judge<'a> {
    /// With the run without fault.
    pub fn new(
        model: &'a Model,
        structure: &'a Structure,
        bed: &'a Bed<'a>,
        baseline: &'a Trial,
    ) -> Self {
        let mut judge = Self {
            model,
            structure,
            bed,
            baseline,
            normal: bed.outage(baseline),
            objectives: Vec::new(),
            busy: Vec::new(),
            is_overloaded: false,
        };
        judge.objectives = judge.objectives_of(baseline);
        judge.busy = judge.utilisations(baseline);
        judge.is_overloaded = judge.overload_of(baseline).is_some();
        judge
    }

    /// Whether an objective is broken with every part up.
    pub fn breaks_already(&self) -> bool {
        self.objectives
            .iter()
            .enumerate()
            .any(|(place, one)| self.breaks(place, one))
            || self.is_overloaded
    }

    fn objectives_of(&self, trial: &Trial) -> Vec<ObjectiveFinding> {
        let grows = matches!(self.overload_of(trial), Some(Overload::Growing(_)));
        let (model, lowered) = (self.model, &self.bed.bench.lowered);
        judge_all(Evidence {
            model,
            lowered,
            fold: trial.fold(),
            grows,
        })
    }

    fn overload_of(&self, trial: &Trial) -> Option<Overload> {
        overload(
            self.model,
            &self.bed.bench.lowered,
            trial.fold(),
            Kind::Steady,
        )
    }

    /// Broken for sure, or undecided with the measured value beyond the bound.
    fn breaks(&self, place: usize, finding: &ObjectiveFinding) -> bool {
        match finding.verdict {
            ObjectiveVerdict::Fail => true,
            ObjectiveVerdict::Undecided => {
                let objective = &self.model.objectives[place];
                let value = finding.measured;
                value.is_none_or(|value| !holds(objective, value))
            }
            _ => false,
        }
    }

    /// The first objective that this trial breaks and the baseline keeps.
    fn newly_broken(&self, trial: &Trial) -> Option<ObjectiveFinding> {
        let now = self
            .objectives_of(trial)
            .into_iter()
            .zip(&self.objectives)
            .enumerate();
        now.filter(|(place, (now, before))| {
            self.breaks(*place, now) && !self.breaks(*place, before)
        })
        .map(|(_, (now, _))| now)
        .next()
    }

    /// Mean utilisation of every limited meter, in the order of [`places`].
    fn utilisations(&self, trial: &Trial) -> Vec<f64> {
        let fold = trial.fold();
        let lowered = &self.bed.bench.lowered;
        let value = |meter: &Meter| {
            let limit = match meter {
                Meter::Station(id) => lowered.program.stations[id.index()].servers,
                Meter::Pool(id) => lowered.program.pools[id.index()].capacity,
                Meter::Visits(_) | Meter::Memory(_) => None,
            };
            utilisation(fold, &[*meter], limit).value.unwrap_or(0.0)
        };
        places(self.model, lowered)
            .iter()
            .flat_map(|place| &place.meters)
            .map(value)
            .collect()
    }

    /// What the crash of `atom` did while the part was gone.
    pub fn first(&self, atom: Atom, trial: &Trial) -> Finding {
        let outage = self.bed.outage(trial);
        let lost = lost_share(&outage, &self.normal);
        let recovery_s = self.recovery(&outage);
        let broken = self.newly_broken(trial);
        let overload = self.overload_of(trial).filter(|_| !self.is_overloaded);
        let settled_loss = self.settled_loss(&outage);
        let is_gone =
            recovery_s.is_none() && !sufferers::losing(self.model, trial, GONE).is_empty();
        let persists = is_gone
            || broken.is_some()
            || overload.is_some()
            || self.model.objectives.is_empty() && settled_loss > ERRORS;
        let seen_loss = recovery_s != Some(0.0);
        let (class, verdict) = if persists {
            let spreads = self.spreads(atom, trial);
            let verdict = if spreads {
                PointVerdict::Cascading
            } else {
                PointVerdict::Persistent
            };
            (Some(PointClass::Capacity), verdict)
        } else if seen_loss && recovery_s.is_some() && takeover_of(self.model, atom).is_some() {
            (Some(PointClass::Transient), PointVerdict::Transient)
        } else if seen_loss || lost > UNFELT {
            (None, PointVerdict::Degraded)
        } else {
            (None, PointVerdict::Masked)
        };
        Finding {
            verdict,
            class,
            lost_share: lost,
            settled_share: settled_loss,
            transition_s: (lost - settled_loss).max(0.0) * self.bed.length as f64 / 1e9,
            recovery_s,
            classes: sufferers::losing(self.model, trial, ERRORS),
            because: because(broken.as_ref(), overload.as_ref(), settled_loss),
            breaks_objective: persists,
            blast: blast::of(self.model, self.bed, (trial, self.baseline)),
            disagreements: self.disagreements(atom, trial),
        }
    }

    /// Names the classes that suffer over the outage where the settled third shows no loss.
    pub fn name_sufferers(&self, finding: &mut Finding, whole: &Trial) {
        finding.classes = sufferers::over_the_outage(self.model, whole, self.baseline);
    }

    /// Whether the outage as a whole breaks an objective that the baseline keeps (S46). A gap in
    /// which nobody loses anything and no objective is broken is no outage: answers come later.
    pub fn over_the_outage(&self, finding: &mut Finding, whole: &Trial) {
        if let Some(broken) = self.newly_broken(whole) {
            finding.breaks_objective = true;
            finding.because = format!("over the outage {}", broken_words(&broken));
        } else if self.lost_or_late(finding) <= UNFELT {
            finding.class = None;
            finding.verdict = PointVerdict::Degraded;
        }
    }

    /// Share of the requests that failed or came late while it was gone, beyond the baseline's.
    fn lost_or_late(&self, finding: &Finding) -> f64 {
        let offered = total(&self.normal).offered as f64 / f64::from(self.bed.replications);
        finding.blast.lost_requests / offered.max(1.0)
    }

    /// Whether the service stays away after the repair: metastable.
    pub fn after_repair(&self, finding: &mut Finding, after: &Trial) {
        let late = self.bed.long_after(after);
        let normal = total(&self.normal);
        let now = total(&late);
        if is_bad(
            &now,
            &normal,
            late.len() as f64 / self.normal.len().max(1) as f64,
        ) {
            finding.verdict = PointVerdict::Metastable;
            finding.because = format!(
                "{} of the requests still fail long after its repair",
                words::percent(error_share(&now))
            );
        }
    }

    /// End of the last bad bucket; `None` if it lies in the settled third.
    fn recovery(&self, outage: &[Stretch]) -> Option<f64> {
        let bad = |place: &usize| is_bad(&outage[*place], &self.normal[*place], 1.0);
        let last = (0..outage.len().min(self.normal.len())).rfind(bad);
        let Some(last) = last else { return Some(0.0) };
        let seconds = self.bed.length as f64 / 1e9 / outage.len() as f64;
        (last < outage.len() / 3 * 2).then(|| (last + 1) as f64 * seconds)
    }

    /// Share lost in the settled third beyond the baseline's.
    fn settled_loss(&self, outage: &[Stretch]) -> f64 {
        let from = outage.len() / 3 * 2;
        lost_share(&outage[from..], &self.normal[from.min(self.normal.len())..])
    }

    /// Whether another component than that of the lost part is overloaded because of it.
    fn spreads(&self, atom: Atom, trial: &Trial) -> bool {
        use crate::experiment::bottleneck::Owner;
        let own = |owner: Owner| match (atom, owner) {
            (_, Owner::Component(place)) => {
                let mut nodes = self.model.components[place].nodes.iter();
                nodes.any(|&node| match atom {
                    Atom::Node(lost) => lost == node,
                    Atom::Host(host) => self.model.node(node).host == Some(host),
                    Atom::Rack(rack) => self.model.falls_with(node, rack),
                    Atom::Switch(_) | Atom::Group(_) => false,
                })
            }
            (Atom::Host(host), Owner::Host(place)) => host.index() == place,
            (Atom::Rack(rack), Owner::Host(at)) => self.model.hosts[at].within.contains(&rack),
            _ => false,
        };
        let owners: Vec<Owner> = places(self.model, &self.bed.bench.lowered)
            .iter()
            .flat_map(|place| place.meters.iter().map(|_| place.owner))
            .collect();
        let now = self.utilisations(trial);
        owners
            .iter()
            .zip(now.iter().zip(&self.busy))
            .any(|(&owner, (now, before))| {
                !own(owner)
                    && matches!(owner, Owner::Component(_) | Owner::Host(_))
                    && *now >= OVERLOADED
                    && *before < OVERLOADED
            })
    }

    /// A class that cannot succeed by structure must lose all in the settled third, and one that
    /// can must not lose all of them.
    fn disagreements(&self, atom: Atom, trial: &Trial) -> Vec<String> {
        use crate::reliability::Reading;
        let can = self.structure.works(Reading::Possible, &[atom]);
        let name = atom.name(self.model);
        let mut found = Vec::new();
        for (subject, can) in self.structure.subjects.iter().zip(can) {
            let SubjectOf::Class(class) = subject.of else {
                continue;
            };
            let tallies = Requests::of_class(trial.fold(), class.index()).tallies;
            let sum = Tally::of(tallies.iter().map(|tally| &tally.sum));
            if sum.sum.offered == 0 {
                continue;
            }
            if !can && sum.answered() > 0 && !is_answered_after_repair(&sum) {
                found.push(format!(
                    "internal: {} cannot succeed without {name} by structure, but {} of {} did",
                    subject.name,
                    sum.answered(),
                    sum.sum.offered
                ));
            }
            if can && sum.answered() == 0 && gone(&sum) == sum.sum.offered {
                found.push(format!(
                    "internal: {} can succeed without {name} by structure, but all of {} failed",
                    subject.name, sum.sum.offered
                ));
            }
        }
        found
    }
}

fn broken_words(broken: &ObjectiveFinding) -> String {
    match broken.measured {
        Some(value) => {
            format!(
                "`{}` is broken: {}",
                broken.text,
                words::in_unit(value, broken.unit)
            )
        }
        None => format!("`{}` is broken", broken.text),
    }
}

fn because(
    broken: Option<&ObjectiveFinding>,
    overload: Option<&Overload>,
    settled_loss: f64,
) -> String {
    let load = match overload {
        Some(Overload::Growing(per_second)) => {
            let growth = words::rate(per_second.value.unwrap_or(0.0));
            format!("what is left does not carry the load, the backlog grows by {growth}")
        }
        Some(Overload::PilingUp(per_second)) => {
            let growth = words::rate(per_second.value.unwrap_or(0.0));
            format!("what is left does not work off the messages, {growth} pile up")
        }
        Some(Overload::Refusing(share)) => {
            format!(
                "what is left turns {} of the requests away",
                words::percent(*share)
            )
        }
        None if settled_loss > ERRORS => {
            format!(
                "{} of the requests fail as long as it is gone",
                words::percent(settled_loss)
            )
        }
        None => String::new(),
    };
    match (broken, load.is_empty()) {
        (Some(broken), true) => broken_words(broken),
        (Some(broken), false) => format!("{load}; {}", broken_words(broken)),
        (None, _) => load,
    }
}
