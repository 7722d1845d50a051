//! Targets that are left out of choice: the engine's side of [`Outlier`].

use super::outlier::{Outlier, Verdict};
use crate::engine::gauge::Gauge;
use crate::engine::id::SelectorId;
use crate::engine::key::Rank;
use crate::engine::observation::LinkObservation;
use crate::engine::program::{Back, Call, Eject, Program, Selector};
use crate::engine::run::Engine;
use crate::engine::selector::hash;
use crate::law::mix;

/// One choice at work.
#[derive(Debug)]
struct Place {
    outlier: Outlier,
    /// Targets left out.
    out: Gauge,
}

/// All choices that leave targets out.
#[derive(Debug)]
pub struct Outliers {
    /// By selector; empty where none does.
    places: Vec<Option<Box<Place>>>,
    /// By visit: one more than the target of its attempt under way at one of them, or 0.
    asked: Vec<u32>,
}

impl Outliers {
    /// As they are at the start; `base` is the word of seed and replication.
    pub fn new(program: &Program, base: u64) -> Self {
        let place = |selector: &Selector| {
            let terms = selector.eject?;
            Some(Box::new(Place {
                outlier: Outlier::new(terms, selector.targets.len(), phase(selector, terms, base)),
                out: Gauge::default(),
            }))
        };
        let any = program.selectors.iter().any(|one| one.eject.is_some());
        let places = program.selectors.iter().filter(|_| any).map(place);
        Self {
            places: places.collect(),
            asked: Vec::new(),
        }
    }

    /// Opens the window.
    pub fn open(&mut self, now: u64) {
        let places = self.places.iter_mut().flatten();
        places.for_each(|place| place.out.open(now));
    }

    /// Adds how long targets were left out in the window.
    pub fn add_to(&self, links: &mut [LinkObservation], program: &Program, now: u64) {
        for (place, selector) in self.places.iter().zip(&program.selectors) {
            if let (Some(place), Some(terms)) = (place, selector.eject) {
                links[terms.link.index()].out_ns += place.out.level(now).area;
            }
        }
    }

    fn place(&mut self, selector: SelectorId) -> Option<&mut Place> {
        self.places.get_mut(selector.index())?.as_deref_mut()
    }

    /// Notes whom a visit asks: one more than the target, or 0 before it has chosen.
    fn note(&mut self, visit: u32, asked: u32) {
        let visit = visit as usize;
        if self.asked.len() <= visit {
            self.asked.resize(visit + 1, 0);
        }
        self.asked[visit] = asked;
    }
}

/// The first look of a sweep: uniform over one interval (S27).
fn phase(selector: &Selector, terms: Eject, base: u64) -> u64 {
    match terms.back {
        Back::OnTrial | Back::AtOnce => 0,
        Back::AtSweep(every) => {
            let word = mix(base ^ mix(hash(&selector.name) ^ hash("sweep")));
            ((u128::from(word) * u128::from(every)) >> 64) as u64
        }
    }
}

impl Engine<'_> {
    /// A new attempt has asked nobody yet.
    pub(super) fn asks_nobody(&mut self, id: u32) {
        if !self.guards.outliers.places.is_empty() {
            self.guards.outliers.note(id, 0);
        }
    }

    /// An attempt leaves for a target.
    pub(in crate::engine) fn asks(&mut self, id: u32, call: &Call, target: u32) {
        let (selector, now) = (call.selector, self.now);
        if call.guard.is_none() || self.guards.outliers.place(selector).is_none() {
            return;
        }
        self.guards.outliers.note(id, target + 1);
        let others = self.selectors[selector.index()].has_other(target);
        let outlier = |place: &mut Place| place.outlier.chosen(target, now, others);
        let verdict = self.guards.outliers.place(selector).map(outlier);
        self.judged(selector, target, verdict.unwrap_or(Verdict::Nothing));
    }

    /// An attempt is over.
    pub(super) fn heard(&mut self, id: u32, selector: SelectorId, failed: bool) {
        let now = self.now;
        let outliers = &mut self.guards.outliers;
        if outliers.place(selector).is_none() {
            return;
        }
        let Some(asked) = outliers.asked.get_mut(id as usize) else {
            return;
        };
        let Some(target) = std::mem::take(asked).checked_sub(1) else {
            return;
        };
        let others = self.selectors[selector.index()].has_other(target);
        let outlier = |place: &mut Place| {
            if failed {
                place.outlier.failed(target, now, others)
            } else {
                place.outlier.answered(target, now)
            }
        };
        let verdict = outliers.place(selector).map(outlier);
        self.judged(selector, target, verdict.unwrap_or(Verdict::Nothing));
    }

    fn judged(&mut self, selector: SelectorId, target: u32, verdict: Verdict) {
        if verdict == Verdict::Nothing {
            return;
        }
        if let Some(terms) = self.program.selectors[selector.index()].eject {
            let link = &mut self.probe.links[terms.link.index()];
            link.ejected += u64::from(matches!(verdict, Verdict::Ejected(_)));
            link.spared += u64::from(matches!(verdict, Verdict::Spared | Verdict::AllIn));
        }
        match verdict {
            Verdict::Nothing | Verdict::Spared => return,
            Verdict::Ejected(until) | Verdict::Held(until) => {
                self.selectors[selector.index()].leave_out(target, true);
                self.put(until, Rank::Return, selector.0);
            }
            Verdict::AllIn => self.selectors[selector.index()].let_all_in(),
            Verdict::LetIn => self.selectors[selector.index()].leave_out(target, false),
        }
        self.left_out_changed(selector);
    }

    /// The targets of a selector whose time is over may be chosen again.
    pub(in crate::engine) fn comes_back(&mut self, selector: u32) -> Option<u32> {
        let (id, now) = (SelectorId(selector), self.now);
        for target in 0..self.program.selectors[id.index()].targets.len() as u32 {
            let back = |place: &mut Place| place.outlier.comes_back(target, now);
            if self.guards.outliers.place(id).is_some_and(back) {
                self.selectors[id.index()].leave_out(target, false);
            }
        }
        self.left_out_changed(id);
        None
    }

    /// Beliefs about the targets of a selector have changed: who is left out is let in where
    /// nobody else is left.
    pub(in crate::engine) fn keeps_somebody(&mut self, selector: SelectorId) {
        let now = self.now;
        let view = &mut self.selectors[selector.index()];
        let Some(place) = self.guards.outliers.place(selector) else {
            return;
        };
        if !view.has_somebody_in() {
            place.outlier.all_in(now);
            view.let_all_in();
            self.left_out_changed(selector);
        }
    }

    /// A node that crashes forgets whom it left out (S48).
    pub(super) fn forget_outliers(&mut self, node: u32) {
        for (place, selector) in self.program.selectors.iter().enumerate() {
            let id = SelectorId::from(place);
            if selector.eject.is_none_or(|terms| terms.node.0 != node) {
                continue;
            }
            let Some(place) = self.guards.outliers.place(id) else {
                continue;
            };
            place.outlier = place.outlier.afresh(self.now);
            self.selectors[id.index()].let_all_in();
            self.left_out_changed(id);
        }
    }

    fn left_out_changed(&mut self, selector: SelectorId) {
        let out = self.selectors[selector.index()].left_out();
        if let Some(place) = self.guards.outliers.place(selector) {
            place.out.level_at(out, self.now);
        }
        self.regate(selector.0);
    }
}
