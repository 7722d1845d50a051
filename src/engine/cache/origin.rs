//! What a visit inherits from its request whatever the attempt: a key for the items that it asks
//! caches and shards for, and the item that a log gives the request. Kept beside the visits, and
//! only where some step or choice needs it.

use crate::engine::choice::Policy;
use crate::engine::program::{Program, Step};
use crate::engine::visit::NONE;
use crate::law::mix;

/// A key, and an item or [`NONE`].
pub type Origin = (u64, u32);

/// Key and item of each visit.
#[derive(Debug, Default)]
pub struct Origins {
    used: bool,
    all: Vec<Origin>,
}

impl Origins {
    /// Nothing, for a program that may need it.
    pub fn new(program: &Program) -> Self {
        let needs = |step: &Step| matches!(step, Step::Held { .. } | Step::Look { .. });
        Self {
            used: program.steps.iter().any(needs)
                || program
                    .selectors
                    .iter()
                    .any(|one| one.policy == Policy::Shard),
            all: Vec::new(),
        }
    }

    /// A visit begins a request.
    #[inline(always)]
    pub fn begin(&mut self, id: u32, key: u64) {
        if self.used {
            self.put(id, (key, NONE));
        }
    }

    /// The request of a visit asks for a recorded item.
    pub fn record(&mut self, id: u32, item: u32) {
        if self.used {
            self.all[id as usize].1 = item;
        }
    }

    /// A visit is made by another one; `step` tells it from its siblings, but not from other
    /// attempts.
    #[inline(always)]
    pub fn inherit(&mut self, parent: u32, child: u32, step: u64) {
        if self.used {
            self.hand_down(parent, child, step);
        }
    }

    #[inline(never)]
    fn hand_down(&mut self, parent: u32, child: u32, step: u64) {
        let (key, item) = self.all[parent as usize];
        self.put(child, (mix(key ^ step), item));
    }

    /// The key of a visit, or `own` where nothing depends on what is asked for.
    #[inline]
    pub fn key_or(&self, id: u32, own: u64) -> u64 {
        if self.used { self.key(id) } else { own }
    }

    /// The key of a visit.
    #[inline]
    pub fn key(&self, id: u32) -> u64 {
        self.all[id as usize].0
    }

    /// The recorded item of a visit's request, or [`NONE`].
    #[inline]
    pub fn item(&self, id: u32) -> u32 {
        self.all[id as usize].1
    }

    /// What a visit inherited; `None` where nothing depends on it.
    pub fn of(&self, id: u32) -> Option<Origin> {
        self.used.then(|| self.all[id as usize])
    }

    /// Gives a visit what another one inherited.
    pub fn put(&mut self, id: u32, origin: Origin) {
        let place = id as usize;
        if place >= self.all.len() {
            self.all.resize(place + 1, (0, NONE));
        }
        self.all[place] = origin;
    }
}
