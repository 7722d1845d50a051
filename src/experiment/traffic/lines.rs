//! What calls put on lines, on average.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::{branches, choice, mean, shares};
use crate::engine::id::Pc;
use crate::engine::program::{Call, Program, Step};

/// By call: the lines that its request and its answer go over, with the mean time on each, ns.
pub fn carried(program: &Program) -> Vec<Vec<(usize, f64)>> {
    let mut known = BTreeMap::new();
    let calls = program.calls.iter();
    calls
        .map(|call| of_call(program, call, &mut known))
        .collect()
}

fn of_call(program: &Program, call: &Call, known: &mut BTreeMap<u32, f64>) -> Vec<(usize, f64)> {
    let mut found = Vec::new();
    if let Some(body) = call.lines.out {
        let bytes = program.laws[body.size.index()].mean();
        found.push((body.line.station.index(), bytes * body.line.ns_per_byte));
    }
    if let Some(line) = call.lines.back {
        let (shares, _) = shares(program, call);
        let bytes = shares.into_iter().map(|(place, share)| {
            let entry = program.entries[call.entries as usize + place];
            share * answer_bytes(program, entry, known)
        });
        found.push((line.station.index(), bytes.sum::<f64>() * line.ns_per_byte));
    }
    found
}

/// Mean bytes of the answer of a visit that begins at this step: its own, not those of whom it
/// calls. Steps in a circle, which there are none of, would count as nothing.
fn answer_bytes(program: &Program, entry: Pc, known: &mut BTreeMap<u32, f64>) -> f64 {
    let mut stack = vec![(entry, false)];
    while let Some((at, is_left)) = stack.pop() {
        let Some(&step) = program.steps.get(at.index()) else {
            continue;
        };
        if is_left {
            let own = match step {
                Step::Weigh { law, .. } => program.laws[law.index()].mean(),
                _ => 0.0,
            };
            let then = next(program, step, at).into_iter();
            let bytes = |(to, times): (Pc, f64)| times * known.get(&to.0).unwrap_or(&0.0);
            let sum = own + then.map(bytes).sum::<f64>();
            known.insert(at.0, sum);
        } else if let Entry::Vacant(place) = known.entry(at.0) {
            place.insert(0.0);
            stack.push((at, true));
            stack.extend(
                next(program, step, at)
                    .into_iter()
                    .map(|(to, _)| (to, false)),
            );
        }
    }
    known.get(&entry.0).copied().unwrap_or(0.0)
}

/// The steps of the same visit that follow, each with how often.
fn next(program: &Program, step: Step, at: Pc) -> Vec<(Pc, f64)> {
    let next = Pc(at.0 + 1);
    if let Some((share, otherwise, _)) = choice(program, step) {
        return vec![(next, share), (otherwise, 1.0 - share)];
    }
    match step {
        Step::Jump { to } => vec![(to, 1.0)],
        Step::Recall { fresh, .. } => vec![(fresh, 1.0)],
        Step::Repeat { count, body, .. } => vec![(body, mean(count)), (next, 1.0)],
        Step::Fork { first, count } | Step::Quorum { first, count, .. } => {
            let (entries, _) = branches(program, first, count);
            entries
                .map(|entry| (entry, 1.0))
                .chain([(next, 1.0)])
                .collect()
        }
        Step::Forward { .. }
        | Step::ForwardWithRoom { .. }
        | Step::ForwardResolved { .. }
        | Step::Fail { .. }
        | Step::Needed
        | Step::Reply => Vec::new(),
        _ => vec![(next, 1.0)],
    }
}

#[cfg(test)]
mod tests {
    use super::super::headroom;
    use crate::lower::lower;
    use crate::model::Model;

    fn at(set: &[&str]) -> f64 {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/topologies/musinsa.ron");
        let (loaded, problems) = crate::topology::load(file.as_ref(), set);
        assert!(!problems.has_errors(), "{}", problems.human(false));
        let model: Model = loaded.unwrap().model;
        381.9 * headroom(&lower(&model).program).unwrap()
    }

    /// 92 of 100 answers have 100 KB, the others 10 KB: 742.4 kbit of 1 Gbps on average. Over ten
    /// times that line the servers' CPU is full first: 0.92 x 2 ms + 0.08 x 4 ms of 8 cores.
    #[test]
    fn a_line_is_full_at_its_bandwidth() {
        assert!((at(&[]) - 1e9 / 742_400.0).abs() < 1e-6, "{}", at(&[]));
        let wide = ["links.\"lb -> was\".bandwidth=\"10Gbps\""];
        assert!((at(&wide) - 8.0 / 2.16e-3).abs() < 1e-6, "{}", at(&wide));
    }
}
