//! Times up and down of one part, one after the other.

use crate::law::{Law, Ziggurat, mix, round};
use crate::lower::key::{Path, draw};
use crate::model::Times;

/// Most crashes of one part that are drawn for one replication.
pub const MOST: usize = 1_000_000;

/// Whoever draws: seed and replication.
pub type Draw = (u64, u32);

/// Times up and down of one part, one after the other, by (seed, replication, its name), whatever
/// else the model holds (S37).
pub struct Clock<'m> {
    times: &'m Times,
    keys: [u64; 2],
    turns: [u64; 2],
}

impl<'m> Clock<'m> {
    /// The clock of the part called `name`.
    pub fn of(name: &str, times: &'m Times, (seed, replication): Draw) -> Self {
        let path = Path::new("failure").then(name);
        Self {
            times,
            keys: ["up", "down"].map(|what| draw(seed, replication, path, what)),
            turns: [0, 0],
        }
    }

    /// How long it is up next, ns.
    pub fn up(&mut self) -> u64 {
        self.next(0, &self.times.up)
    }

    /// How long it is down next, ns.
    pub fn down(&mut self) -> u64 {
        self.next(1, &self.times.down)
    }

    fn next(&mut self, which: usize, law: &Law) -> u64 {
        let word = mix(self.keys[which] ^ mix(self.turns[which]));
        self.turns[which] += 1;
        round(law.sampler().sample(word, Ziggurat::get()))
    }
}
