//! Memory of nodes.

use super::map::Meter;
use super::{Lowering, node_id};
use crate::engine::id::MemoryId;
use crate::engine::program::{Full, Memory, Overload, Part, Pool, Reason};
use crate::model::{Component, NodeId};

/// Bytes in the unit in which reports count memory.
pub const MIB: u64 = 1 << 20;

impl Lowering<'_> {
    /// The memory of a node, and who counts those who hold some.
    pub(super) fn memory(&mut self, node: NodeId, part: &Component) {
        let Some(memory) = &part.memory else {
            self.memories.push(None);
            return;
        };
        let place = self.model.node(node);
        let pool = self.pool(Pool {
            name: format!("{}.memory", place.name),
            capacity: None,
            room: None,
            refusal: Reason::Refused,
            part: Part::Queue,
            patience: None,
            full: Full::Refuse,
            overload: Overload::default(),
        });
        self.program.memories.push(Memory {
            name: format!("{}.memory", place.name),
            node: node_id(node),
            pool,
            size: memory.size,
            base: memory.base,
            per_request: memory.per_request,
            leak: memory.leak,
            short_above: memory.swap.map_or(u64::MAX, |swap| swap.above),
            slowdown: memory.swap.map_or(1.0, |swap| swap.slowdown),
            boot: memory.boot,
        });
        let id = MemoryId::from(self.program.memories.len() - 1);
        self.memories.push(Some(id));
        let size = u32::try_from(memory.size / MIB).unwrap_or(u32::MAX);
        let meter = Meter::Memory(id);
        let at = (node, place.component);
        self.map.add(at, "memory", meter, (Some(size), Some(size)));
    }
}
