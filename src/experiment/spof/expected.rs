//! Cut sets, and what the failures that the file states come to (S41).

use std::collections::BTreeMap;

use crate::experiment::result::spof::{
    ClassPoints, Expected, ExpectedOfObjectives, PartImportance,
};
use crate::experiment::result::{CutSet, SpofResult, Warning};
use crate::model::Model;
use crate::reliability::measures::{HOURS_A_YEAR, MINUTES_A_YEAR};
use crate::reliability::{
    Atom, Bdd, CASES_MAX, Chances, CutSets, Family, FaultTree, GateId, Importance, Mixture,
    NODES_MAX, Reading, Structure, SubjectOf, TooLarge, by_every_state, cut_sets, frequency,
    group_importance, importance,
};

/// Most cut sets of a class that are listed one by one.
const LISTED: usize = 10_000;
/// Largest relative difference of two ways to the same number.
const AGREE: f64 = 1e-9;

/// One question: what stops these roots.
struct Question<'s> {
    structure: &'s Structure,
    roots: Vec<GateId>,
    order: u32,
}

/// Fills in cut sets of up to `order` parts of every class and journey, and what to expect of it.
pub fn fill(model: &Model, structure: &Structure, order: u32, result: &mut SpofResult) {
    let chances = Chances::of(model, structure);
    if let Some(chances) = &chances {
        result.assumed_perfect = names(model, &chances.perfect);
    }
    let mut found: BTreeMap<Vec<usize>, Vec<String>> = BTreeMap::new();
    let mut doubts = Vec::new();
    for (subject, pairwise) in structure.subjects.iter().zip(cut_sets(structure)) {
        let question = Question {
            structure,
            roots: subject.roots.iter().map(|&(_, root)| root).collect(),
            order,
        };
        let (sets, by_order) = question.sets(&pairwise, &mut doubts);
        let expected = chances
            .as_ref()
            .and_then(|chances| question.expected(model, chances, &mut doubts));
        let name = |number: usize| structure.atoms.atom(number).name(model).to_owned();
        let of_order = |order: usize| sets.iter().filter(move |set| set.len() == order);
        let points = ClassPoints {
            single_points: of_order(1)
                .filter(|set| is_of_parts(structure, set))
                .map(|set| name(set[0]))
                .collect(),
            pairs: of_order(2)
                .filter(|set| is_of_parts(structure, set))
                .map(|set| [name(set[0]), name(set[1])])
                .collect(),
            cut_sets_by_order: by_order,
            expected,
            by_simulation: None,
        };
        if matches!(subject.of, SubjectOf::Class(_)) {
            for set in sets {
                found.entry(set).or_default().push(subject.name.clone());
            }
            result.classes.0.push((subject.name.clone(), points));
        } else {
            result.journeys.0.push((subject.name.clone(), points));
        }
    }
    result.cut_sets = listed(model, structure, chances.as_ref(), found);
    if let Some(chances) = &chances {
        let question = Question {
            structure,
            roots: roots_of_all(structure),
            order,
        };
        result.expected = question.expected(model, chances, &mut doubts);
    }
    doubts.sort_by(|a: &Warning, b| (a.code, &a.text).cmp(&(b.code, &b.text)));
    doubts.dedup_by(|a, b| a.text == b.text);
    result.warnings.extend(doubts);
}

/// What to expect when the loss of a part whose lack breaks an objective is an outage as well: the
/// chance that something cannot succeed or one of `parts` is down,
/// 1 - (1 - q1) (1 - q2) .. (1 - U0) with U0 the unavailability were none of them ever down.
pub fn with_capacity(
    model: &Model,
    structure: &Structure,
    parts: &[Atom],
) -> Option<ExpectedOfObjectives> {
    let chances = Chances::of(model, structure)?;
    let numbers: Vec<usize> = parts
        .iter()
        .map(|&part| structure.atoms.number(part))
        .collect();
    let tree = FaultTree::of(
        &structure.formula,
        Reading::Possible,
        &roots_of_all(structure),
    );
    let bdd = Bdd::of(&tree, NODES_MAX).ok()?;
    let is_used = |number| bdd.order().contains(&number) || numbers.contains(&number);
    let kept = chances.mixture(is_used)?.mean(|down| {
        let up = numbers.iter().map(|&number| 1.0 - down[number]);
        let mut rest = down.to_vec();
        for &number in &numbers {
            rest[number] = 0.0;
        }
        up.product::<f64>() * (1.0 - bdd.probability(&rest))
    });
    let unavailability = 1.0 - kept;
    Some(ExpectedOfObjectives {
        parts: names(model, parts),
        unavailability,
        downtime_minutes_per_year: unavailability * MINUTES_A_YEAR,
    })
}

/// All roots of subjects that can succeed at all.
fn roots_of_all(structure: &Structure) -> Vec<GateId> {
    let hopeless = structure.hopeless();
    let subjects = structure.subjects.iter().enumerate();
    let hopeful = subjects.filter(|(place, _)| !hopeless.contains(place));
    hopeful
        .flat_map(|(_, subject)| subject.roots.iter().map(|&(_, root)| root))
        .collect()
}

fn names(model: &Model, atoms: &[Atom]) -> Vec<String> {
    atoms
        .iter()
        .map(|atom| atom.name(model).to_owned())
        .collect()
}

/// Whether a cut set holds nothing that takes a whole group, which is no part.
fn is_of_parts(structure: &Structure, set: &[usize]) -> bool {
    let mut parts = set
        .iter()
        .map(|&number| structure.atoms.atom(number).part());
    parts.all(|part| part.is_some())
}

/// Cut sets of all classes: few members first, then the most probable, then by number.
fn listed(
    model: &Model,
    structure: &Structure,
    chances: Option<&Chances>,
    found: BTreeMap<Vec<usize>, Vec<String>>,
) -> Vec<CutSet> {
    let probability = |set: &[usize]| {
        let chances = chances?;
        Some(chances.mixture(|number| set.contains(&number))?.joint(set))
    };
    let mut sets: Vec<CutSet> = found
        .into_iter()
        .map(|(set, classes)| CutSet {
            members: set
                .iter()
                .map(|&number| structure.atoms.atom(number).name(model).to_owned())
                .collect(),
            order: set.len() as u32,
            probability: probability(&set),
            classes,
        })
        .collect();
    let weight = |set: &CutSet| set.probability.unwrap_or(0.0);
    sets.sort_by(|a, b| {
        let likely = weight(b).total_cmp(&weight(a));
        a.order.cmp(&b.order).then(likely)
    });
    sets
}

impl Question<'_> {
    fn tree(&self, reading: Reading) -> FaultTree {
        FaultTree::of(&self.structure.formula, reading, &self.roots)
    }

    /// The minimal cut sets by number, and how many there are of each order from 1: by decision
    /// diagrams, held against all single parts and pairs taken away one by one.
    fn sets(&self, pairwise: &CutSets, doubts: &mut Vec<Warning>) -> (Vec<Vec<usize>>, Vec<u64>) {
        let tree = self.tree(Reading::Possible);
        let singles = pairwise.singles.iter();
        let mut known: Vec<Vec<usize>> = singles
            .map(|&atom| vec![self.structure.atoms.number(atom)])
            .collect();
        if let Some(pairs) = pairwise.pairs.as_ref().filter(|_| self.order > 1) {
            let number = |atom| self.structure.atoms.number(atom);
            known.extend(pairs.iter().map(|&(a, b)| vec![number(a), number(b)]));
        }
        let family = Family::of_tree(&tree, Some(self.order), NODES_MAX);
        let Ok(family) = family.map_err(|error| doubts.push(too_large(error, "cut sets"))) else {
            let by_order =
                [1, 2].map(|order| known.iter().filter(|set| set.len() == order).count());
            return (known, by_order.map(|count| count as u64).to_vec());
        };
        let mut by_order: Vec<u64> = family.counts().into_iter().skip(1).map(capped).collect();
        by_order.resize(self.order as usize, 0);
        let Some(sets) = family.list(LISTED) else {
            doubts.push(Warning {
                code: "cut_sets_left_out",
                text: format!(
                    "more than {LISTED} cut sets of up to {} parts: those of more than two are \
                     counted, not listed",
                    self.order
                ),
            });
            return (known, by_order);
        };
        // Nothing succeeds anyway: the empty set is no finding.
        let sets: Vec<Vec<usize>> = sets.into_iter().filter(|set| !set.is_empty()).collect();
        let short = if pairwise.pairs.is_some() { 2 } else { 1 };
        let few: Vec<&Vec<usize>> = sets.iter().filter(|set| set.len() <= short).collect();
        if known.iter().collect::<Vec<_>>() != few {
            doubts.push(disagreement("cut sets and parts taken away one by one"));
        }
        (sets, by_order)
    }

    fn expected(
        &self,
        model: &Model,
        chances: &Chances,
        doubts: &mut Vec<Warning>,
    ) -> Option<Expected> {
        let tree = self.tree(Reading::Possible);
        let solved = Bdd::of(&tree, NODES_MAX).and_then(|bdd| {
            let some = Bdd::of(&self.tree(Reading::Every), NODES_MAX)?;
            let sets = Family::of_bdd(&bdd, Some(self.order), NODES_MAX)?;
            Ok((bdd, some, sets))
        });
        let (bdd, some, sets) = solved
            .map_err(|error| doubts.push(too_large(error, "the unavailability")))
            .ok()?;
        let used = self.structure.formula.atoms_under(&self.roots);
        let Some(parts) = chances.mixture(|number| used.binary_search(&number).is_ok()) else {
            doubts.push(too_coupled());
            return None;
        };
        let unavailability = parts.mean(|down| bdd.probability(down));
        if self
            .slowly(&parts)
            .is_some_and(|slowly| (slowly - unavailability).abs() > AGREE * slowly)
        {
            doubts.push(disagreement(
                "the unavailability and the sum over all states",
            ));
        }
        let often = frequency(&bdd, &parts, &chances.mean_up_h);
        let is_timed =
            |event: &usize| !chances.untimed.contains(&self.structure.atoms.atom(*event));
        let is_timed = bdd.order().iter().all(is_timed);
        Some(Expected {
            unavailability,
            availability: 1.0 - unavailability,
            downtime_minutes_per_year: unavailability * MINUTES_A_YEAR,
            partly_unavailable: parts.mean(|down| some.probability(down)),
            frequency_per_year: is_timed.then_some(often.per_hour * HOURS_A_YEAR),
            mean_outage_s: is_timed.then_some(often.mean_outage_h * 3_600.0),
            importance: self.importance(model, &parts, &bdd, &sets),
        })
    }

    /// The unavailability by the other way, where there are few parts.
    fn slowly(&self, parts: &Mixture<'_>) -> Option<f64> {
        let formula = &self.structure.formula;
        let mut is_known = true;
        let sum = parts.mean(|down| {
            let one = by_every_state(formula, Reading::Possible, &self.roots, down);
            is_known &= one.is_some();
            one.unwrap_or(0.0)
        });
        is_known.then_some(sum)
    }

    /// Of parts that can fail, and of all nodes of a component that has several.
    fn importance(
        &self,
        model: &Model,
        parts: &Mixture<'_>,
        bdd: &Bdd,
        sets: &Family,
    ) -> Vec<PartImportance> {
        let each = importance(bdd, Some(sets), parts).into_iter();
        let mut all: Vec<PartImportance> = each
            .filter(|&(event, _)| parts.share(event) > 0.0)
            .map(|(event, measures)| {
                let name = self.structure.atoms.atom(event).name(model).to_owned();
                row(name, 1, parts.share(event), &measures)
            })
            .collect();
        let mut asked = vec![false; parts.parts()];
        bdd.order().iter().for_each(|&event| asked[event] = true);
        for component in &model.components {
            let members: Vec<usize> = component
                .nodes
                .iter()
                .map(|&node| self.structure.atoms.number(Atom::Node(node)))
                .filter(|number| asked[*number] && parts.share(*number) > 0.0)
                .collect();
            if members.len() > 1 {
                let measures = group_importance(bdd, Some(sets), parts, &members);
                let together = parts.joint(&members);
                let count = members.len() as u32;
                all.push(row(component.name.clone(), count, together, &measures));
            }
        }
        all.sort_by(|a, b| b.criticality.total_cmp(&a.criticality));
        all
    }
}

fn row(component: String, parts: u32, down: f64, measures: &Importance) -> PartImportance {
    PartImportance {
        component,
        parts,
        unavailability: down,
        birnbaum: measures.birnbaum,
        criticality: measures.criticality,
        diagnosis: measures.diagnosis,
        fussell_vesely: measures.fussell_vesely,
        raw: measures.raw,
        rrw: measures.rrw,
        minutes_removed: measures.minutes_removed,
    }
}

fn capped(count: u128) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

fn too_large(error: TooLarge, what: &str) -> Warning {
    Warning {
        code: "too_large",
        text: format!("{what} of this structure cannot be had exactly: {error}"),
    }
}

fn too_coupled() -> Warning {
    Warning {
        code: "too_large",
        text: format!(
            "the groups whose parts wait for each other can be in more than {CASES_MAX} ways \
             together: no unavailability is told; leave `crews` or `coverage` of some out"
        ),
    }
}

fn disagreement(what: &str) -> Warning {
    Warning {
        code: "internal",
        text: format!("{what} do not agree: please report this file"),
    }
}
