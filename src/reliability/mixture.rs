//! Parts of which some depend on each other, as a mixture of cases in each of which all are
//! independent.

use super::coupled::Coupled;

/// Most cases of all groups together that one question looks at.
pub const CASES_MAX: usize = 10_000;

/// How often parts are down: independent ones by their share, and groups by their cases. In each
/// choice of a case for every group all parts are independent, so that whatever is linear in
/// them is the mean over the choices.
#[derive(Clone, Debug)]
pub struct Mixture<'c> {
    down: &'c [f64],
    groups: Vec<&'c Coupled>,
}

impl<'c> Mixture<'c> {
    /// Parts that are all independent, by number.
    pub fn independent(down: &'c [f64]) -> Self {
        let groups = Vec::new();
        Self { down, groups }
    }

    /// Parts of which these groups are not independent; `None` beyond [`CASES_MAX`] cases.
    pub fn with(down: &'c [f64], groups: Vec<&'c Coupled>) -> Option<Self> {
        let cases = groups.iter().map(|group| group.cases());
        let all = cases.fold(1_usize, usize::saturating_mul);
        (all <= CASES_MAX).then_some(Self { down, groups })
    }

    /// How many parts there are, in use or not.
    pub fn parts(&self) -> usize {
        self.down.len()
    }

    /// Share of time that a part is down.
    pub fn share(&self, part: usize) -> f64 {
        self.joint(&[part])
    }

    /// Whether a part belongs to one of the groups.
    pub fn is_coupled(&self, part: usize) -> bool {
        self.groups
            .iter()
            .any(|group| group.events().contains(&part))
    }

    /// Share of time in which all of `parts` are down at once.
    pub fn joint(&self, parts: &[usize]) -> f64 {
        let alone = parts.iter().filter(|part| !self.is_coupled(**part));
        let alone: f64 = alone.map(|&part| self.down[part]).product();
        let together = |group: &&Coupled| {
            let events: Vec<usize> = (0..group.events().len())
                .filter(|&event| parts.contains(&group.events()[event]))
                .collect();
            group.joint(&events)
        };
        self.groups.iter().map(together).product::<f64>() * alone
    }

    /// The mean of `value`, which is given how often each part is down in a choice of cases.
    pub fn mean(&self, mut value: impl FnMut(&[f64]) -> f64) -> f64 {
        let mut mean = 0.0;
        self.each(|share, down, _| mean += share * value(down));
        mean
    }

    /// Calls `look(share, down, number)` for every choice of cases: how often it is so, how often
    /// each part is down then, and its number, counted from 0.
    pub fn each(&self, mut look: impl FnMut(f64, &[f64], usize)) {
        let mut down = self.down.to_vec();
        let mut chosen = vec![0; self.groups.len()];
        for number in 0.. {
            let mut share = 1.0;
            for (group, &case) in self.groups.iter().zip(&chosen) {
                share *= group.share(case);
                group.put(case, &mut down);
            }
            look(share, &down, number);
            let cases = self.groups.iter().map(|group| group.cases());
            let Some(next) = chosen
                .iter()
                .zip(cases)
                .position(|(case, all)| case + 1 < all)
            else {
                return;
            };
            chosen[..next].fill(0);
            chosen[next] += 1;
        }
    }

    /// Ways of the groups by which more goes down: from choice to choice, with their rates per
    /// hour.
    pub fn worse(&self, mut way: impl FnMut(usize, usize, f64)) {
        let all: usize = self.groups.iter().map(|group| group.cases()).product();
        let mut stride = 1;
        for group in &self.groups {
            for number in 0..all {
                let case = number / stride % group.cases();
                let own = group.worse().iter().filter(|(from, ..)| *from == case);
                for &(from, to, rate) in own {
                    way(number, number - from * stride + to * stride, rate);
                }
            }
            stride *= group.cases();
        }
    }
}
