//! From the model to the program: components, links and workloads become steps, stations,
//! pools, selectors and calls.
//!
//! Nodes, components, links, classes, journeys and workloads keep their numbers: entry `i` of a
//! table of the model is entry `i` of the program's. Switches become gates with equal numbers.
//! Everything else is found through the [`Map`].
//!
//! Programs are written for each (node, operation, class) that some workload can reach, so that
//! the size of the program follows the use of the architecture. Keys of draws are hashes of
//! component name, operation, place of the step and purpose; they never contain node, class or
//! number of replicas, so that designs that differ in these draw the same demands (S37).

mod cache;
mod call;
mod entry;
mod guard;
mod hedge;
mod keep;
pub mod key;
mod line;
pub mod map;
mod memory;
mod publish;
mod scale;
pub mod seat;
mod selector;
mod source;
pub mod spell;
mod station;
mod step;
mod surge;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use map::{Map, Meter, Origin, Resource, View, Watch};
pub use memory::MIB;
pub use seat::Seat;
pub use source::with_lead_in;

use crate::engine::id::{
    ClassId, ComponentId, GateId, GuardId, LaneId, LawId, NodeId, Pc, PoolId, RouteId, SelectorId,
};
use crate::engine::program::{Class, Program};
use crate::law::Law;
use crate::model::{self, LinkId, Model};
use entry::Entries;
use selector::Group;

/// A model ready to run, and where its parts went.
#[derive(Clone, Debug)]
pub struct Lowered {
    /// What the engine runs.
    pub program: Program,
    /// Which stations, pools, routes and selectors belong to which part.
    pub map: Map,
}

/// Lowers a model.
///
/// # Panics
/// Where the model breaks a promise of its types, such as a call of an operation that does not
/// exist; files with such faults are refused before.
pub fn lower(model: &Model) -> Lowered {
    let mut lowering = Lowering::new(model);
    lowering.stations();
    lowering.sources();
    lowering.drain();
    lowering.landing();
    lowering.count_together();
    lowering.spells();
    lowering.scalers();
    Lowered {
        program: lowering.program,
        map: lowering.map,
    }
}

/// The program under construction.
struct Lowering<'m> {
    model: &'m Model,
    program: Program,
    map: Map,
    laws: BTreeMap<u64, LawId>,
    lanes: BTreeMap<u64, LaneId>,
    selectors: BTreeMap<(Origin, Group, model::Policy, bool), SelectorId>,
    jars: BTreeMap<(Option<model::ComponentId>, Group, model::Policy), u32>,
    crowds: BTreeMap<(Group, Option<model::ComponentId>), selector::Crowd>,
    /// Selectors of callers that choose in their own way.
    counting: BTreeMap<Origin, Vec<SelectorId>>,
    pools: BTreeMap<(Origin, LinkId), PoolId>,
    guards: BTreeMap<(Origin, LinkId), GuardId>,
    quotas: BTreeMap<model::NodeId, u32>,
    routes: BTreeMap<Vec<LinkId>, RouteId>,
    stores: BTreeMap<(model::ComponentId, Group), crate::engine::id::StoreId>,
    caches: BTreeMap<model::ComponentId, crate::engine::id::CacheId>,
    keepers: BTreeMap<model::ComponentId, u32>,
    replications: BTreeMap<model::ComponentId, u32>,
    entries: Entries,
    threads: Vec<Option<PoolId>>,
    connections: Vec<Option<PoolId>>,
    memories: Vec<Option<crate::engine::id::MemoryId>>,
    network: Vec<Option<(crate::engine::id::StationId, f64)>>,
    resources: Vec<Vec<crate::engine::id::StationId>>,
}

impl<'m> Lowering<'m> {
    fn new(model: &'m Model) -> Self {
        let program = Program {
            components: model
                .components
                .iter()
                .map(|part| part.name.clone())
                .collect(),
            links: model.links.iter().map(|link| link.name.clone()).collect(),
            gates: model
                .switches
                .iter()
                .map(|switch| switch.name.clone())
                .collect(),
            classes: model
                .classes
                .iter()
                .map(|class| Class {
                    name: class.name.clone(),
                    deadline: class.deadline,
                    priority: class.priority,
                })
                .collect(),
            ..Program::default()
        };
        Self {
            model,
            program,
            map: Map::new(model),
            laws: BTreeMap::new(),
            lanes: BTreeMap::new(),
            selectors: BTreeMap::new(),
            jars: BTreeMap::new(),
            crowds: BTreeMap::new(),
            keepers: BTreeMap::new(),
            replications: BTreeMap::new(),
            counting: BTreeMap::new(),
            pools: BTreeMap::new(),
            guards: BTreeMap::new(),
            quotas: BTreeMap::new(),
            routes: BTreeMap::new(),
            stores: BTreeMap::new(),
            caches: BTreeMap::new(),
            entries: Entries::default(),
            threads: Vec::new(),
            connections: Vec::new(),
            memories: Vec::new(),
            network: Vec::new(),
            resources: Vec::new(),
        }
    }

    /// The id of a law; laws with the same key are the same.
    fn law(&mut self, key: u64, law: &Law) -> LawId {
        let laws = &mut self.program.laws;
        *self.laws.entry(key).or_insert_with(|| {
            laws.push(law.clone());
            LawId::from(laws.len() - 1)
        })
    }

    /// The lane of timers of this length, ns.
    fn lane(&mut self, length: u64) -> LaneId {
        let lanes = &mut self.program.lanes;
        *self.lanes.entry(length).or_insert_with(|| {
            lanes.push(length);
            LaneId::from(lanes.len() - 1)
        })
    }

    /// Where the next step goes.
    fn here(&self) -> Pc {
        Pc::from(self.program.steps.len())
    }

    fn push(&mut self, step: crate::engine::program::Step) -> Pc {
        self.program.steps.push(step);
        Pc::from(self.program.steps.len() - 1)
    }
}

/// The program's number of a node.
pub fn node_id(node: model::NodeId) -> NodeId {
    NodeId(node.0)
}

/// The program's number of a component.
pub fn component_id(component: model::ComponentId) -> ComponentId {
    ComponentId(component.0)
}

/// The program's number of a class.
pub fn class_id(class: model::ClassId) -> ClassId {
    ClassId(class.0)
}

/// The program's number of a switch.
pub fn gate_id(switch: model::SwitchId) -> GateId {
    GateId(switch.0)
}
