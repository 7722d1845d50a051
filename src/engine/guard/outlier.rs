//! Which targets of a choice are left out for their failures, and until when (outlier detection).

use std::collections::VecDeque;

use super::spec::{Back, Eject};

/// Where a target stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// It may be chosen.
    In,
    /// It is left out until this time.
    Out(u64),
    /// It may be chosen once.
    Due,
    /// It was, and is left out until that is answered, or until this time.
    Trial(u64),
}

/// What is known of a target.
#[derive(Clone, Debug)]
struct Record {
    standing: Standing,
    /// When it failed, as far as that still counts, the latest last.
    failed: VecDeque<u64>,
    /// How often it was left out, less what good time has made up for.
    times: u64,
    /// Since when it is in.
    since: u64,
}

/// What a failure, a choice or an answer changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing.
    Nothing,
    /// The target is left out until this time.
    Ejected(u64),
    /// The target is left out until this time, as before or for the trial.
    Held(u64),
    /// It would be left out, if not so many were already.
    Spared,
    /// Nobody would be left: all are let in.
    AllIn,
    /// The target is let in.
    LetIn,
}

/// The targets of one choice.
#[derive(Clone, Debug)]
pub struct Outlier {
    terms: Eject,
    /// The first look of a sweep, ns.
    phase: u64,
    records: Vec<Record>,
    /// Targets that are not in.
    away: u32,
}

impl Outlier {
    /// All are in, with nothing known.
    pub fn new(terms: Eject, targets: usize, phase: u64) -> Self {
        let record = Record {
            standing: Standing::In,
            failed: VecDeque::new(),
            times: 0,
            since: 0,
        };
        Self {
            terms,
            phase,
            records: vec![record; targets],
            away: 0,
        }
    }

    /// An attempt at a target failed; `others`: whether anybody else may be chosen.
    pub fn failed(&mut self, target: u32, now: u64, others: bool) -> Verdict {
        let on_trial = self.terms.back == Back::OnTrial;
        let record = &mut self.records[target as usize];
        match record.standing {
            Standing::In => {
                record.failed.push_back(now);
                if let Some(within) = self.terms.within {
                    let counts = |at: &u64| now - at <= within;
                    let first = record.failed.iter().position(counts).unwrap_or_default();
                    record.failed.drain(..first);
                }
                if record.failed.len() < self.terms.failures as usize {
                    return Verdict::Nothing;
                }
                record.failed.clear();
                if self.away >= self.terms.most {
                    return Verdict::Spared;
                }
                if !others {
                    return self.all_in(now);
                }
                self.away += 1;
                self.eject(target, now)
            }
            Standing::Trial(_) => self.eject(target, now),
            Standing::Out(_) | Standing::Due if on_trial => {
                if record.standing == Standing::Due && !others {
                    return self.all_in(now);
                }
                let until = self.until(target, now);
                self.records[target as usize].standing = Standing::Out(until);
                Verdict::Held(until)
            }
            Standing::Out(_) | Standing::Due => Verdict::Nothing,
        }
    }

    /// A target answered an attempt well.
    pub fn answered(&mut self, target: u32, now: u64) -> Verdict {
        let record = &mut self.records[target as usize];
        match record.standing {
            Standing::In => {
                if self.terms.within.is_none() {
                    record.failed.clear();
                }
                Verdict::Nothing
            }
            Standing::Trial(_) => {
                self.let_in(target, now);
                Verdict::LetIn
            }
            Standing::Out(_) | Standing::Due => Verdict::Nothing,
        }
    }

    /// A target was chosen; `others`: whether anybody else may be chosen.
    pub fn chosen(&mut self, target: u32, now: u64, others: bool) -> Verdict {
        if self.records[target as usize].standing != Standing::Due {
            return Verdict::Nothing;
        }
        if !others {
            return self.all_in(now);
        }
        let until = self.until(target, now);
        self.records[target as usize].standing = Standing::Trial(until);
        Verdict::Held(until)
    }

    /// Whether a target that was left out may be chosen from now on.
    pub fn comes_back(&mut self, target: u32, now: u64) -> bool {
        let record = &mut self.records[target as usize];
        let over = match record.standing {
            Standing::Out(until) | Standing::Trial(until) => until <= now,
            Standing::In | Standing::Due => false,
        };
        if over && self.terms.back == Back::OnTrial {
            record.standing = Standing::Due;
        } else if over {
            self.let_in(target, now);
        }
        over
    }

    /// Lets all in, with nothing held against them but how often they were left out.
    pub fn all_in(&mut self, now: u64) -> Verdict {
        for record in &mut self.records {
            record.standing = Standing::In;
            record.failed.clear();
            record.since = now;
        }
        self.away = 0;
        Verdict::AllIn
    }

    /// As at the start, with looks at the same times.
    pub fn afresh(&self, now: u64) -> Self {
        let mut new = Self::new(self.terms, self.records.len(), self.phase);
        new.all_in(now);
        new
    }

    fn let_in(&mut self, target: u32, now: u64) {
        let record = &mut self.records[target as usize];
        record.standing = Standing::In;
        record.failed.clear();
        record.since = now;
        self.away -= 1;
    }

    fn eject(&mut self, target: u32, now: u64) -> Verdict {
        let record = &self.records[target as usize];
        let made_up = match record.standing {
            Standing::In => self.made_up(record.since, now),
            Standing::Out(_) | Standing::Due | Standing::Trial(_) => 0,
        };
        let record = &mut self.records[target as usize];
        record.times = record.times.saturating_sub(made_up) + 1;
        let until = self.until(target, now);
        self.records[target as usize].standing = Standing::Out(until);
        Verdict::Ejected(until)
    }

    /// How many ejections are forgotten for the time since `since`: one for each look at which the
    /// target was in, or for each stretch as long as an ejection.
    fn made_up(&self, since: u64, now: u64) -> u64 {
        match self.terms.back {
            Back::AtSweep(every) => {
                // Looks after `since` and before `now`.
                let before = |time: u64| (time.saturating_sub(self.phase)).div_ceil(every);
                before(now).saturating_sub(before(since.saturating_add(1)))
            }
            Back::OnTrial | Back::AtOnce => (now - since) / self.terms.time.max(1),
        }
    }

    /// When a target comes back that is left out from now on.
    fn until(&self, target: u32, now: u64) -> u64 {
        let times = self.records[target as usize].times;
        let length = self.terms.time.saturating_mul(times);
        let end = now.saturating_add(length.min(self.terms.longest));
        match self.terms.back {
            Back::AtSweep(every) => {
                let looks = end.saturating_sub(self.phase).div_ceil(every);
                self.phase.saturating_add(looks.saturating_mul(every))
            }
            Back::OnTrial | Back::AtOnce => end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::id::{LinkId, NodeId};

    fn terms(failures: u32, within: Option<u64>, back: Back) -> Eject {
        Eject {
            node: NodeId(0),
            link: LinkId(0),
            failures,
            within,
            time: 100,
            longest: 100,
            back,
            most: 2,
        }
    }

    /// Three failures of the latest 50: those of 0, 30 and 60 are not, those of 30, 60 and 80 are.
    #[test]
    fn failures_that_are_too_old_do_not_count() {
        let mut outlier = Outlier::new(terms(3, Some(50), Back::AtOnce), 2, 0);
        let hear = |outlier: &mut Outlier, at| outlier.failed(1, at, true);
        assert_eq!(hear(&mut outlier, 0), Verdict::Nothing);
        assert_eq!(hear(&mut outlier, 30), Verdict::Nothing);
        // A good answer between them does not matter.
        assert_eq!(outlier.answered(1, 40), Verdict::Nothing);
        assert_eq!(hear(&mut outlier, 60), Verdict::Nothing);
        assert_eq!(hear(&mut outlier, 80), Verdict::Ejected(180));
        assert!(!outlier.comes_back(1, 179));
        assert!(outlier.comes_back(1, 180));
        // The next one needs three again.
        assert_eq!(hear(&mut outlier, 181), Verdict::Nothing);
    }

    #[test]
    fn a_good_answer_ends_a_row() {
        let mut outlier = Outlier::new(terms(2, None, Back::AtOnce), 2, 0);
        assert_eq!(outlier.failed(0, 10, true), Verdict::Nothing);
        assert_eq!(outlier.answered(0, 11), Verdict::Nothing);
        assert_eq!(outlier.failed(0, 12, true), Verdict::Nothing);
        assert_eq!(outlier.failed(0, 5000, true), Verdict::Ejected(5100));
        // What left before says nothing any more.
        assert_eq!(outlier.failed(0, 5050, true), Verdict::Nothing);
        assert_eq!(outlier.answered(0, 5060), Verdict::Nothing);
        assert!(outlier.comes_back(0, 5100));
    }

    /// One attempt goes there; what failed before it came back makes it wait for another 100.
    #[test]
    fn a_trial_decides() {
        let mut outlier = Outlier::new(terms(1, Some(100), Back::OnTrial), 2, 0);
        assert_eq!(outlier.failed(0, 10, true), Verdict::Ejected(110));
        assert_eq!(outlier.failed(0, 40, true), Verdict::Held(140));
        assert!(!outlier.comes_back(0, 110));
        assert!(outlier.comes_back(0, 140));
        assert_eq!(outlier.chosen(0, 150, true), Verdict::Held(250));
        assert_eq!(outlier.failed(0, 160, true), Verdict::Ejected(260));
        assert!(!outlier.comes_back(0, 250));
        assert!(outlier.comes_back(0, 260));
        assert_eq!(outlier.chosen(0, 300, true), Verdict::Held(400));
        assert_eq!(outlier.answered(0, 310), Verdict::LetIn);
        assert_eq!(outlier.chosen(0, 311, true), Verdict::Nothing);
        // A trial that nobody answers is followed by another.
        assert_eq!(outlier.failed(0, 320, true), Verdict::Ejected(420));
        assert!(outlier.comes_back(0, 420));
        assert_eq!(outlier.chosen(0, 420, true), Verdict::Held(520));
        assert!(outlier.comes_back(0, 520));
        assert_eq!(outlier.chosen(0, 530, true), Verdict::Held(630));
    }

    /// Looks at 7, 17, 27 ..; 20, then 40, then 50 as the longest. A look at which a target is in
    /// makes up for one ejection.
    #[test]
    fn ejections_grow_and_end_at_a_look() {
        let sweep = Eject {
            time: 20,
            longest: 50,
            ..terms(1, None, Back::AtSweep(10))
        };
        let mut outlier = Outlier::new(sweep, 2, 7);
        // 20 + 20 = 40: the look of 47.
        assert_eq!(outlier.failed(0, 20, true), Verdict::Ejected(47));
        assert!(outlier.comes_back(0, 47));
        // Before the look of 57: 50 + 40 = 90, 97.
        assert_eq!(outlier.failed(0, 50, true), Verdict::Ejected(97));
        assert!(outlier.comes_back(0, 97));
        assert_eq!(outlier.failed(0, 100, true), Verdict::Ejected(157));
        assert!(outlier.comes_back(0, 157));
        // In at 167 and 177, not at 187: 3 - 2 + 1 ejections, 185 + 40 = 225, 227.
        assert_eq!(outlier.failed(0, 185, true), Verdict::Ejected(227));
        // In at ten looks: the first time again, 327 + 20 = 347, itself a look.
        assert!(outlier.comes_back(0, 227));
        assert_eq!(outlier.failed(0, 327, true), Verdict::Ejected(347));
    }

    #[test]
    fn no_more_than_allowed_are_out_and_never_all() {
        let mut outlier = Outlier::new(terms(1, None, Back::AtOnce), 4, 0);
        assert_eq!(outlier.failed(0, 10, true), Verdict::Ejected(110));
        assert_eq!(outlier.failed(1, 20, true), Verdict::Ejected(120));
        assert_eq!(outlier.failed(2, 30, true), Verdict::Spared);
        assert!(outlier.comes_back(0, 110));
        assert_eq!(outlier.failed(2, 115, true), Verdict::Ejected(215));
        assert!(outlier.comes_back(1, 120));
        // The others are believed down: nobody would be left.
        assert_eq!(outlier.failed(0, 130, false), Verdict::AllIn);
        assert!(!outlier.comes_back(2, 215));
        assert_eq!(outlier.failed(2, 220, true), Verdict::Ejected(320));
    }
}
