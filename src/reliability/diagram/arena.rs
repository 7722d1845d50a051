//! Nodes of decision diagrams, each once, and results of operations on them.
//!
//! Both tables are open and probe in line: the place of an entry depends on its key and on what
//! came before, so nothing about a result depends on a hash that changes from run to run.

/// The end of a diagram: false, or no set.
pub const ZERO: u32 = 0;
/// The end of a diagram: true, or the empty set.
pub const ONE: u32 = 1;
/// Level of both ends: below all variables.
pub const END: u32 = u32::MAX;

/// A diagram would have grown beyond the limit of nodes that was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more than {limit} nodes of decision diagrams would be needed")]
pub struct TooLarge {
    /// The limit.
    pub limit: usize,
}

/// One node: a variable and where to go with and without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Place of the variable in the order.
    pub level: u32,
    /// With it.
    pub high: u32,
    /// Without it.
    pub low: u32,
}

/// Nodes, each once. A node's children have smaller numbers than it.
#[derive(Clone, Debug)]
pub struct Arena {
    nodes: Vec<Branch>,
    /// Numbers of nodes; 0 where the place is free.
    places: Vec<u32>,
    limit: usize,
}

impl Arena {
    /// An arena of both ends, for at most `limit` nodes.
    pub fn new(limit: usize) -> Self {
        let end = |to| Branch {
            level: END,
            high: to,
            low: to,
        };
        Self {
            nodes: vec![end(ZERO), end(ONE)],
            places: vec![0; 1 << 10],
            limit: limit.min(1 << 30),
        }
    }

    /// The node `number`.
    pub fn node(&self, number: u32) -> Branch {
        self.nodes[number as usize]
    }

    /// How many there are, both ends among them.
    pub fn count(&self) -> usize {
        self.nodes.len()
    }

    /// The number of this node, which is made when it is new.
    ///
    /// # Errors
    /// When it would be one too many.
    pub fn number(&mut self, node: Branch) -> Result<u32, TooLarge> {
        let mask = self.places.len() - 1;
        let mut place = mixed(node.level, node.high, node.low) & mask;
        while self.places[place] != 0 {
            if self.nodes[self.places[place] as usize] == node {
                return Ok(self.places[place]);
            }
            place = (place + 1) & mask;
        }
        if self.nodes.len() >= self.limit {
            return Err(TooLarge { limit: self.limit });
        }
        let number = self.nodes.len() as u32;
        self.nodes.push(node);
        self.places[place] = number;
        if self.nodes.len() * 2 > self.places.len() {
            self.spread();
        }
        Ok(number)
    }

    /// Gives every node a place anew, in a table four times as large as there are nodes.
    fn spread(&mut self) {
        let mask = (self.nodes.len() * 4).next_power_of_two() - 1;
        let mut places = vec![0; mask + 1];
        for (number, node) in self.nodes.iter().enumerate().skip(2) {
            let mut place = mixed(node.level, node.high, node.low) & mask;
            while places[place] != 0 {
                place = (place + 1) & mask;
            }
            places[place] = number as u32;
        }
        self.places = places;
    }

    /// Whether `root` reaches each node.
    pub fn reached(&self, root: u32) -> Vec<bool> {
        let mut reached = vec![false; root as usize + 1];
        reached[root as usize] = true;
        for number in (2..=root as usize).rev() {
            if reached[number] {
                let node = self.nodes[number];
                reached[node.high as usize] = true;
                reached[node.low as usize] = true;
            }
        }
        reached
    }

    /// Only what `root` reaches, in the same order, and the new number of `root`.
    pub fn compact(&self, root: u32) -> (Self, u32) {
        let reached = self.reached(root.max(ONE));
        let mut moved = vec![ZERO; reached.len()];
        moved[ONE as usize] = ONE;
        let mut kept = Self::new(self.limit);
        for number in 2..reached.len() {
            if !reached[number] {
                continue;
            }
            let Branch { level, high, low } = self.nodes[number];
            moved[number] = kept.nodes.len() as u32;
            kept.nodes.push(Branch {
                level,
                high: moved[high as usize],
                low: moved[low as usize],
            });
        }
        kept.spread();
        (kept, moved[root as usize])
    }
}

/// Results of operations: what was computed lately, by key. An entry gives way to a later one.
#[derive(Clone, Debug)]
pub struct Memo {
    entries: Vec<([u32; 3], u32)>,
}

impl Default for Memo {
    fn default() -> Self {
        Self {
            entries: vec![([u32::MAX; 3], ZERO); 1 << 10],
        }
    }
}

impl Memo {
    /// What was kept under `key`.
    pub fn get(&self, key: [u32; 3]) -> Option<u32> {
        let place = mixed(key[0], key[1], key[2]) & (self.entries.len() - 1);
        let (known, value) = self.entries[place];
        (known == key).then_some(value)
    }

    /// Keeps `value`; grows with the number of `nodes`, so that little gives way.
    pub fn put(&mut self, key: [u32; 3], value: u32, nodes: usize) {
        if nodes > self.entries.len() {
            let old = std::mem::take(&mut self.entries);
            self.entries = vec![([u32::MAX; 3], ZERO); old.len() * 4];
            for (key, value) in old {
                self.set(key, value);
            }
        }
        self.set(key, value);
    }

    fn set(&mut self, key: [u32; 3], value: u32) {
        let place = mixed(key[0], key[1], key[2]) & (self.entries.len() - 1);
        self.entries[place] = (key, value);
    }
}

/// Three numbers stirred into one.
fn mixed(a: u32, b: u32, c: u32) -> usize {
    let (a, b, c) = (u64::from(a), u64::from(b), u64::from(c));
    let mut word = a.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    word = (word ^ b).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word ^= word >> 29;
    word = (word ^ c).wrapping_mul(0x94d0_49bb_1331_11eb);
    (word ^ (word >> 31)) as usize
}
