//! A model as a formula over its parts.

use std::collections::BTreeMap;

use super::atom::{Atom, Atoms};
use super::compile::Compiler;
use super::formula::{Formula, GateId};
use super::reading::Reading;
use crate::model::{Arrivals, ClassId, ComponentId, JourneyId, LinkId, Model, WorkloadId};

/// What can still succeed, for every class and named journey of a model (S46: structural).
///
/// The meaning of a class's formula is "can such a request still succeed, after the takeovers
/// that exist have happened, with these parts removed until repaired". A subject that several
/// workloads send works only while it works for each of them.
#[derive(Clone, Debug)]
pub struct Structure {
    /// One formula for all subjects.
    pub formula: Formula,
    /// How the parts are numbered in it.
    pub atoms: Atoms,
    /// Classes that some workload sends, then named journeys that some workload starts.
    pub subjects: Vec<Subject>,
    /// Gates that stand for one call over one link, for explanations.
    pub hops: BTreeMap<GateId, Hop>,
}

/// Something that users want.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The class's or journey's name.
    pub name: String,
    /// Which.
    pub of: SubjectOf,
    /// Who sends it, and the gate that tells whether it works for them.
    pub roots: Vec<(WorkloadId, GateId)>,
}

/// What a subject is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SubjectOf {
    /// Requests of a class.
    Class(ClassId),
    /// A journey written under `journeys`.
    Journey(JourneyId),
}

/// One call over one link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hop {
    /// The link; `None` only where a workload enters without one.
    pub link: Option<LinkId>,
    /// Where it leads.
    pub callee: ComponentId,
}

impl Structure {
    /// Compiles `model`.
    pub fn of(model: &Model) -> Self {
        let mut compiler = Compiler::new(model);
        let starts: Vec<Vec<JourneyId>> = (0..model.workloads.len())
            .map(|workload| started(model, workload))
            .collect();
        let mut subjects = Vec::new();
        for class in (0..model.classes.len()).map(ClassId::from) {
            let senders: Vec<WorkloadId> = (0..starts.len())
                .filter(|&workload| sends(model, &starts[workload], class))
                .map(WorkloadId::from)
                .collect();
            let roots = senders
                .into_iter()
                .filter_map(|workload| Some((workload, compiler.entry(workload, class)?)))
                .collect();
            subjects.push(Subject {
                name: model.classes[class.index()].name.clone(),
                of: SubjectOf::Class(class),
                roots,
            });
        }
        for journey in (0..model.journeys.len()).map(JourneyId::from) {
            if !model.journeys[journey.index()].named {
                continue;
            }
            let roots = (0..starts.len())
                .filter(|&workload| starts[workload].contains(&journey))
                .map(|workload| (workload.into(), compiler.journey(workload.into(), journey)))
                .collect();
            subjects.push(Subject {
                name: model.journeys[journey.index()].name.clone(),
                of: SubjectOf::Journey(journey),
                roots,
            });
        }
        subjects.retain(|subject: &Subject| !subject.roots.is_empty());
        let (formula, hops) = compiler.finish();
        Self {
            formula,
            atoms: Atoms::of(model),
            subjects,
            hops,
        }
    }

    /// Whether each subject can succeed, read as `reading`, without the `removed` parts.
    pub fn works(&self, reading: Reading, removed: &[Atom]) -> Vec<bool> {
        let removed: Vec<usize> = removed
            .iter()
            .map(|&atom| self.atoms.number(atom))
            .collect();
        let holds = self.formula.holds(reading, |atom| removed.contains(&atom));
        let all = |subject: &Subject| subject.roots.iter().all(|(_, root)| holds[root.index()]);
        self.subjects.iter().map(all).collect()
    }

    /// Whether one subject (by place) can succeed without each of these groups of parts: one group
    /// at a time, 64 of them in one pass.
    pub fn works_without(&self, reading: Reading, subject: usize, groups: &[&[Atom]]) -> Vec<bool> {
        let (mut down, mut words) = (vec![0_u64; self.atoms.count()], Vec::new());
        let mut works = Vec::with_capacity(groups.len());
        for block in groups.chunks(64) {
            down.fill(0);
            for (bit, group) in block.iter().enumerate() {
                for &atom in *group {
                    down[self.atoms.number(atom)] |= 1 << bit;
                }
            }
            self.formula.evaluate(reading, &down, &mut words);
            let roots = self.subjects[subject].roots.iter();
            let word = roots.fold(!0, |word: u64, (_, root)| word & words[root.index()]);
            works.extend((0..block.len()).map(|bit| (word >> bit) & 1 == 1));
        }
        works
    }

    /// Subjects that cannot succeed even with every part up, by place: their operations always
    /// fail, or hand the request round for ever.
    pub fn hopeless(&self) -> Vec<usize> {
        let works = self.works(Reading::Possible, &[]);
        (0..works.len())
            .filter(|&subject| !works[subject])
            .collect()
    }

    /// The numbers of the parts that any subject depends on, ascending.
    pub fn atoms_in_use(&self) -> Vec<usize> {
        let roots: Vec<GateId> = self
            .subjects
            .iter()
            .flat_map(|subject| &subject.roots)
            .map(|&(_, root)| root)
            .collect();
        self.formula.atoms_under(&roots)
    }
}

/// The journeys that a workload starts at some time, ascending.
fn started(model: &Model, workload: usize) -> Vec<JourneyId> {
    let workload = &model.workloads[workload];
    let mut journeys: Vec<JourneyId> = match &workload.arrivals {
        Arrivals::Replay { log, .. } => log.iter().map(|&(_, journey, _)| journey).collect(),
        Arrivals::Open { stages, .. } | Arrivals::Closed { stages, .. } => {
            let default = stages.is_empty() || stages.iter().any(|stage| stage.mix.is_empty());
            let mix = default.then_some(&workload.mix);
            let mixes = mix.into_iter().chain(stages.iter().map(|stage| &stage.mix));
            let entries = mixes.flatten().filter(|entry| entry.share > 0.0);
            entries.map(|entry| entry.journey).collect()
        }
    };
    journeys.sort_unstable();
    journeys.dedup();
    journeys
}

/// Whether one of these journeys holds a request of `class`.
fn sends(model: &Model, journeys: &[JourneyId], class: ClassId) -> bool {
    journeys.iter().any(|journey| {
        let items = &model.journeys[journey.index()].items;
        items
            .iter()
            .any(|item| item.class == class && item.times > 0)
    })
}

#[cfg(test)]
mod tests {
    use super::super::cut_set::cut_sets;
    use super::super::single_point::single_points;
    use super::*;
    use crate::model::builder::Builder;
    use crate::model::traffic::{Lost, serving};
    use crate::model::{NodeId, Step, Takeover, Tier, Voters};

    /// The formula counts what a request can reach, the traffic equations who serves it: both hold
    /// with any nodes of a database lost, whoever votes on its promotions.
    #[test]
    fn who_answers_after_losses_is_who_serves() {
        for (own, steps_down) in [(true, true), (true, false), (false, true), (false, false)] {
            let mut b = Builder::new("t");
            let (db, monitor) = (b.database("db", 1, 2), b.component("monitor", 2));
            b.operation(db, "write", Vec::new())
                .operation(db, "read", Vec::new());
            let component = if own { db } else { monitor };
            let part = &mut b.model().components[0];
            part.voters = Some(Voters {
                component,
                steps_down,
            });
            part.takeover = Takeover::Promotion {
                detect: 0,
                promote: 0,
            };
            part.operations[0].tier = Tier::Primary;
            part.operations[1].tier = Tier::Replicas;
            b.open("users", 1.0, &[("write", db, 0.5), ("read", db, 0.5)]);
            let model = b.build();
            let structure = Structure::of(&model);
            for state in 0..1 << model.nodes.len() {
                let is_lost = |node: &u32| (state >> node) & 1 == 1;
                let lost: Vec<NodeId> = (0..6).filter(is_lost).map(NodeId).collect();
                let atoms: Vec<Atom> = lost.iter().copied().map(Atom::Node).collect();
                let works = structure.works(Reading::Possible, &atoms);
                let lost = Lost::nodes(lost);
                let serves = [Tier::Primary, Tier::Replicas]
                    .map(|tier| !serving(&model, db, tier, &lost).is_empty());
                assert_eq!(works, serves, "{own} {steps_down} {state:b}");
            }
        }
    }

    /// S16, S46: what stands in for a call carries it while the callee is lost; losing both is a
    /// set of two.
    #[test]
    fn a_fallback_lives_by_its_own_parts() {
        let mut b = Builder::new("t");
        let [app, db, cache] = ["app", "db", "cache"].map(|name| b.component(name, 1));
        for part in [db, cache] {
            b.operation(part, "default", Vec::new());
        }
        let call = b.calling(app, &[(db, 1.0)], None);
        let instead = vec![b.call(app, cache)];
        b.operation(app, "default", vec![Step::Fallback { call, instead }]);
        b.open("users", 1.0, &[("default", app, 1.0)]);
        let model = b.build();
        let structure = Structure::of(&model);
        let node = |place: usize| Atom::Node(model.components[place].nodes[0]);
        let works = |reading, lost: &[Atom]| structure.works(reading, lost)[0];
        assert!(works(Reading::Every, &[node(1)]) && works(Reading::Every, &[node(2)]));
        assert!(!works(Reading::Possible, &[node(1), node(2)]));
        assert!(!works(Reading::Whole, &[node(1)]), "degraded");
        assert!(works(Reading::Whole, &[node(2)]), "not even asked");
        let names: Vec<String> = single_points(&model, &structure)
            .into_iter()
            .map(|point| point.name)
            .collect();
        assert_eq!(names, ["app"]);
        let sets = &cut_sets(&structure)[0];
        assert_eq!(sets.singles, [node(0)]);
        assert_eq!(sets.pairs, Some(vec![(node(1), node(2))]));
    }
}
