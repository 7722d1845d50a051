//! The circuit breaker: closed, open, half-open, by the outcomes of the latest attempts.

use std::collections::VecDeque;

use super::spec::{Breaker, WHOLE};

/// Whether attempts may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// All may.
    Closed,
    /// None may before this time; the first one after it is a trial.
    Open(u64),
    /// So many more trials may; their outcomes decide.
    HalfOpen(u32),
}

/// A breaker with what it has seen.
#[derive(Clone, Debug)]
pub struct Circuit {
    terms: Breaker,
    state: State,
    /// Outcomes since the state was entered, the latest last: whether they failed.
    seen: VecDeque<bool>,
    failed: u32,
    /// Number of the state; outcomes of attempts that left in an earlier one are not looked at.
    era: u32,
}

/// What an outcome or an admission changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Nothing, as far as being open goes.
    None,
    /// It is open from now on.
    Opened,
    /// It is not open any more.
    Left,
}

impl Circuit {
    /// Closed, with nothing seen, in a state of this number.
    pub fn new(terms: Breaker, era: u32) -> Self {
        Self {
            terms,
            state: State::Closed,
            seen: VecDeque::new(),
            failed: 0,
            era,
        }
    }

    /// Number of the current state.
    pub fn era(&self) -> u32 {
        self.era
    }

    /// Whether no attempt may leave.
    pub fn refuses(&self, now: u64) -> bool {
        match self.state {
            State::Closed => false,
            State::Open(until) => now < until,
            State::HalfOpen(left) => left == 0,
        }
    }

    /// Lets an attempt out that it does not refuse.
    pub fn admit(&mut self, now: u64) -> Turn {
        debug_assert!(!self.refuses(now), "a refused attempt stays");
        match &mut self.state {
            State::Closed => Turn::None,
            State::Open(_) => {
                self.enter(State::HalfOpen(self.terms.half_open - 1));
                Turn::Left
            }
            State::HalfOpen(left) => {
                *left -= 1;
                Turn::None
            }
        }
    }

    /// Hears of the outcome of an attempt that left in the state of this number.
    pub fn record(&mut self, era: u32, failed: bool, now: u64) -> Turn {
        if era != self.era {
            return Turn::None;
        }
        self.seen.push_back(failed);
        self.failed += u32::from(failed);
        match self.state {
            State::Open(_) => Turn::None,
            State::Closed => {
                if self.seen.len() > self.terms.window as usize {
                    let gone = self.seen.pop_front().unwrap_or_default();
                    self.failed -= u32::from(gone);
                }
                let enough = self.seen.len() >= self.terms.minimum_calls as usize;
                if enough && self.is_bad() {
                    return self.open(now);
                }
                Turn::None
            }
            State::HalfOpen(_) => {
                if self.seen.len() < self.terms.half_open as usize {
                    return Turn::None;
                }
                if self.is_bad() {
                    return self.open(now);
                }
                self.enter(State::Closed);
                Turn::None
            }
        }
    }

    fn is_bad(&self) -> bool {
        u64::from(self.failed) * WHOLE >= self.terms.failure_rate * self.seen.len() as u64
    }

    fn open(&mut self, now: u64) -> Turn {
        self.enter(State::Open(now.saturating_add(self.terms.open)));
        Turn::Opened
    }

    fn enter(&mut self, state: State) {
        self.state = state;
        self.seen.clear();
        self.failed = 0;
        self.era += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(failure_rate: f64, window: u32, minimum_calls: u32, half_open: u32) -> Breaker {
        Breaker {
            failure_rate: (failure_rate * WHOLE as f64).round() as u64,
            window,
            minimum_calls,
            open: 100,
            half_open,
        }
    }

    fn hear(circuit: &mut Circuit, outcomes: &[bool]) -> Vec<Turn> {
        let mut turns = Vec::new();
        for &failed in outcomes {
            assert_eq!(circuit.admit(0), Turn::None);
            turns.push(circuit.record(circuit.era(), failed, 0));
        }
        turns
    }

    /// Three of four must be known; the window forgets the oldest.
    #[test]
    fn opens_at_the_rate_of_the_latest_calls() {
        let mut circuit = Circuit::new(terms(0.5, 4, 3, 1), 0);
        // Two of two would be bad, and are too few; two of three open it.
        assert_eq!(
            hear(&mut circuit, &[true, false, true]),
            [Turn::None, Turn::None, Turn::Opened]
        );
        let mut circuit = Circuit::new(terms(0.75, 4, 3, 1), 0);
        // One of three, two of four, then the first failure is forgotten: two of four, three.
        let outcomes = [true, false, false, true, true, true];
        let turns = hear(&mut circuit, &outcomes);
        assert_eq!(turns[..5], [Turn::None; 5]);
        assert_eq!(turns[5], Turn::Opened);
    }

    /// A tenth of thirty is three, whatever a tenth is in binary.
    #[test]
    fn the_rate_itself_opens_it() {
        let mut circuit = Circuit::new(terms(0.1, 30, 30, 1), 0);
        let outcomes: Vec<bool> = (0..30).map(|call| call % 10 == 0).collect();
        assert_eq!(hear(&mut circuit, &outcomes)[29], Turn::Opened);
    }

    #[test]
    fn trials_decide_when_all_are_back() {
        let open = |half_open| {
            let mut circuit = Circuit::new(terms(0.5, 1, 1, half_open), 0);
            assert_eq!(hear(&mut circuit, &[true]), [Turn::Opened]);
            assert!(circuit.refuses(99));
            assert_eq!(circuit.admit(100), Turn::Left);
            circuit
        };
        let mut circuit = open(2);
        assert_eq!(circuit.admit(101), Turn::None);
        assert!(circuit.refuses(102));
        // One of two is the rate: open again.
        let era = circuit.era();
        assert_eq!(circuit.record(era, false, 103), Turn::None);
        assert_eq!(circuit.record(era, true, 104), Turn::Opened);
        assert!(circuit.refuses(203));
        assert_eq!(circuit.admit(204), Turn::Left);
        let mut circuit = open(1);
        assert_eq!(circuit.record(circuit.era(), false, 103), Turn::None);
        assert_eq!(circuit.admit(103), Turn::None);
        assert_eq!(circuit.state, State::Closed);
    }

    /// An attempt that left before the breaker opened says nothing about the trial.
    #[test]
    fn outcomes_of_an_earlier_state_are_not_looked_at() {
        let mut circuit = Circuit::new(terms(0.5, 1, 1, 1), 0);
        let before = circuit.era();
        assert_eq!([circuit.admit(0), circuit.admit(0)], [Turn::None; 2]);
        assert_eq!(circuit.record(before, true, 1), Turn::Opened);
        assert_eq!(circuit.record(before, false, 2), Turn::None);
        assert_eq!(circuit.admit(101), Turn::Left);
        assert_eq!(circuit.record(before, true, 102), Turn::None);
        assert_eq!(circuit.record(circuit.era(), false, 103), Turn::None);
        assert_eq!(circuit.admit(104), Turn::None);
    }
}
