//! Operations on families of minimal sets.
//!
//! A family is a diagram in which the high side of a node holds what goes with its variable and
//! the low side the sets without it; a node whose high side is empty is not made. All families
//! here are minimal: no set is part of another.

use std::cmp::Ordering;

use super::arena::{Arena, Branch, Memo, ONE, TooLarge, ZERO};

/// "Of any size", where a number of members is asked for.
pub const ANY: u32 = (1 << 29) - 1;

/// What can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Sets of the first that hold no set of the second.
    Without,
    /// The minimal ones among the sets of both.
    Union,
    /// The minimal ones among unions of a set of each, of at most so many members.
    Product(u32),
}

impl Deed {
    fn code(self) -> u32 {
        match self {
            Deed::Without => 0,
            Deed::Union => 1,
            Deed::Product(most) => 2 | (most << 2),
        }
    }
}

/// What is left to do; values are on a stack.
#[derive(Clone, Copy)]
enum Task {
    /// Do it, leave the result.
    Do(Deed, u32, u32),
    /// Do it to the last value and this one.
    Then(Deed, u32),
    /// Do it to the two last values.
    Both(Deed),
    /// Do it to this one and the last value.
    To(Deed, u32),
    /// Take what the value before the last has already from the last.
    Prune,
    /// A node from the two last values, low side first.
    Node(u32),
    /// Remember the last value under a key.
    Keep([u32; 3]),
}

/// Families and what was computed from them; of no use after an error.
pub struct Sets {
    /// Nodes of all families.
    pub nodes: Arena,
    memo: Memo,
    tasks: Vec<Task>,
    values: Vec<u32>,
}

impl Sets {
    /// No family yet, and room for so many nodes.
    pub fn new(limit: usize) -> Self {
        Self {
            nodes: Arena::new(limit),
            memo: Memo::default(),
            tasks: Vec::new(),
            values: Vec::new(),
        }
    }

    /// The sets of `low`, and those of `high` with the variable at `level`.
    pub fn node(&mut self, level: u32, high: u32, low: u32) -> Result<u32, TooLarge> {
        if high == ZERO {
            return Ok(low);
        }
        self.nodes.number(Branch { level, high, low })
    }

    /// Does `deed` to two families.
    pub fn of(&mut self, deed: Deed, one: u32, other: u32) -> Result<u32, TooLarge> {
        self.tasks.push(Task::Do(deed, one, other));
        while let Some(task) = self.tasks.pop() {
            self.step(task)?;
        }
        Ok(self.pop())
    }

    fn pop(&mut self) -> u32 {
        self.values.pop().unwrap_or(ZERO)
    }

    fn step(&mut self, task: Task) -> Result<(), TooLarge> {
        match task {
            Task::Do(deed, one, other) => self.start(deed, one, other),
            Task::Then(deed, other) => {
                let one = self.pop();
                self.start(deed, one, other);
            }
            Task::Both(deed) => {
                let (other, one) = (self.pop(), self.pop());
                self.start(deed, one, other);
            }
            Task::To(deed, one) => {
                let other = self.pop();
                self.start(deed, one, other);
            }
            Task::Prune => {
                let high = self.pop();
                let low = self.values.last().copied().unwrap_or(ZERO);
                self.start(Deed::Without, high, low);
            }
            Task::Node(level) => {
                let (high, low) = (self.pop(), self.pop());
                let value = self.node(level, high, low)?;
                self.values.push(value);
            }
            Task::Keep(key) => {
                let value = self.values.last().copied().unwrap_or(ZERO);
                self.memo.put(key, value, self.nodes.count());
            }
        }
        Ok(())
    }

    /// Answers at once, or lays out the steps to the answer.
    fn start(&mut self, deed: Deed, one: u32, other: u32) {
        let (one, other) = match deed {
            Deed::Without => (one, other),
            Deed::Union | Deed::Product(_) => (one.min(other), one.max(other)),
        };
        let key = [deed.code(), one, other];
        if let Some(value) = plain(deed, one, other).or_else(|| self.memo.get(key)) {
            self.values.push(value);
            return;
        }
        self.tasks.push(Task::Keep(key));
        let from = self.tasks.len();
        let (a, b) = (self.nodes.node(one), self.nodes.node(other));
        match deed {
            Deed::Without => self.without((one, a), (other, b)),
            Deed::Union => self.union((one, a), (other, b)),
            Deed::Product(most) => self.product(most, (one, a), (other, b)),
        }
        // Steps were laid out from first to last, and are taken from the end.
        self.tasks[from..].reverse();
    }

    fn without(&mut self, (one, a): (u32, Branch), (other, b): (u32, Branch)) {
        use Deed::Without;
        let steps = match a.level.cmp(&b.level) {
            Ordering::Greater => vec![Task::Do(Without, one, b.low)],
            Ordering::Less => vec![
                Task::Do(Without, a.low, other),
                Task::Do(Without, a.high, other),
                Task::Node(a.level),
            ],
            Ordering::Equal => vec![
                Task::Do(Without, a.low, b.low),
                Task::Do(Without, a.high, b.high),
                Task::Then(Without, b.low),
                Task::Node(a.level),
            ],
        };
        self.tasks.extend(steps);
    }

    fn union(&mut self, (one, a): (u32, Branch), (other, b): (u32, Branch)) {
        use Deed::{Union, Without};
        let steps = match a.level.cmp(&b.level) {
            Ordering::Less => vec![
                Task::Do(Union, a.low, other),
                Task::Do(Without, a.high, other),
                Task::Node(a.level),
            ],
            Ordering::Greater => vec![
                Task::Do(Union, one, b.low),
                Task::Do(Without, b.high, one),
                Task::Node(b.level),
            ],
            Ordering::Equal => vec![
                Task::Do(Union, a.low, b.low),
                Task::Do(Union, a.high, b.high),
                Task::Prune,
                Task::Node(a.level),
            ],
        };
        self.tasks.extend(steps);
    }

    fn product(&mut self, most: u32, (one, a): (u32, Branch), (other, b): (u32, Branch)) {
        let fewer = Deed::Product(if most == ANY { ANY } else { most - 1 });
        let same = Deed::Product(most);
        let level = a.level.min(b.level);
        let steps = match a.level.cmp(&b.level) {
            Ordering::Less => vec![Task::Do(same, a.low, other), Task::Do(fewer, a.high, other)],
            Ordering::Greater => vec![Task::Do(same, one, b.low), Task::Do(fewer, one, b.high)],
            Ordering::Equal => vec![
                Task::Do(same, a.low, b.low),
                Task::Do(Deed::Union, b.low, b.high),
                Task::To(fewer, a.high),
                Task::Do(fewer, a.low, b.high),
                Task::Both(Deed::Union),
            ],
        };
        self.tasks.extend(steps);
        self.tasks.extend([Task::Prune, Task::Node(level)]);
    }
}

/// Results that need no step.
fn plain(deed: Deed, one: u32, other: u32) -> Option<u32> {
    match deed {
        Deed::Without if one == ZERO || other == ONE || one == other => Some(ZERO),
        Deed::Without if other == ZERO || one == ONE => Some(one),
        Deed::Union if one == ZERO || one == other => Some(other),
        Deed::Union if one == ONE => Some(ONE),
        Deed::Product(_) if one == ZERO => Some(ZERO),
        Deed::Product(_) if other == ONE => Some(ONE),
        Deed::Product(0) => Some(ZERO),
        Deed::Product(ANY) if one == ONE => Some(other),
        Deed::Without | Deed::Union | Deed::Product(_) => None,
    }
}
