//! What groups of parts come to that fail or are repaired together.

use crate::experiment::result::spof::GroupFinding;
use crate::model::{Group, Model};
use crate::reliability::measures::MINUTES_A_YEAR;
use crate::reliability::{Atom, Coupled, Structure};

/// The groups of which a part is in use, in the order of the file.
pub fn findings(model: &Model, structure: &Structure) -> Vec<GroupFinding> {
    let used = structure.atoms_in_use();
    let coupled = Coupled::all(model, structure.atoms);
    let is_used = |group: &Group| {
        let mut members = group.members.iter();
        members.any(|&part| {
            used.binary_search(&structure.atoms.number(part.into()))
                .is_ok()
        })
    };
    let groups = model.groups.iter().enumerate();
    groups
        .filter(|(_, group)| is_used(group))
        .map(|(place, group)| {
            let chain = coupled.iter().find(|one| one.group.index() == place);
            finding(model, group, chain)
        })
        .collect()
}

fn finding(model: &Model, group: &Group, chain: Option<&Coupled>) -> GroupFinding {
    let parts = group.members.len() as u32;
    let coupling = group.coupling;
    let running = coupling.map_or(parts, |how| how.running);
    let needed = if running < parts { running } else { 1 };
    let (own, common) = (
        group.own.share,
        group.common.as_ref().map_or(0.0, |common| common.share),
    );
    let whole = own + common;
    let takeover = coupling.and_then(|how| how.coverage);
    let members = group.members.iter();
    let members = members.map(|&part| Atom::from(part).name(model).to_owned());
    let unavailability = chain.map_or_else(
        || common + (1.0 - common) * fewer_than(needed, parts, own),
        |chain| chain.short_of(needed),
    );
    GroupFinding {
        name: group.name.clone(),
        members: members.collect(),
        needed,
        unavailability,
        downtime_minutes_per_year: unavailability * MINUTES_A_YEAR,
        takeover: takeover.and(chain).map(Coupled::takeover),
        mean_failed: chain.map_or_else(
            || f64::from(parts) * (common + (1.0 - common) * own),
            Coupled::mean_failed,
        ),
        if_independent: fewer_than(needed, parts, whole),
    }
}

/// Probability that fewer than `needed` of so many parts are up, each down with `down`.
fn fewer_than(needed: u32, parts: u32, down: f64) -> f64 {
    let mut ways = 1.0;
    let mut sum = 0.0;
    for up in 0..needed {
        let (up_all, down_all) = (f64::from(up), f64::from(parts - up));
        sum += ways * libm::pow(1.0 - down, up_all) * libm::pow(down, down_all);
        ways *= down_all / (up_all + 1.0);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: 0.1^2; 0.1^3 + 3 x 0.9 x 0.1^2.
    #[test]
    fn too_few_are_up_as_often_as_the_binomial_says() {
        assert!((fewer_than(1, 2, 0.1) - 0.01).abs() < 1e-15);
        assert!((fewer_than(2, 3, 0.1) - 0.028).abs() < 1e-15);
    }
}
