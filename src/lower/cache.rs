//! Caches: a share of hits, or contents.
//!
//! A lookup that fails and one that misses both go on to the work. Where contents are simulated
//! the work ends with a fill; a lookup that failed passes it without storing anything.

use super::entry::Site;
use super::key::Path;
use super::step::Body;
use super::{Lowering, component_id, node_id};
use crate::engine::id::{CacheId, LookId, Pc, SelectorId};
use crate::engine::program::{self, Cache, Step};
use crate::model::traffic::Traffic;
use crate::model::{self, Call, ComponentId, Contents};

impl<'m> Lowering<'m> {
    /// A lookup at another component.
    pub(super) fn cached(
        &mut self,
        site: Site,
        (lookup, hit, miss): (&Call, f64, &'m [model::Step]),
        path: Path,
        bodies: &mut Vec<Body<'m>>,
    ) {
        let links = &lookup.links;
        let lookup = self.call_step(site, lookup, path, Some(Pc(0)));
        let component = links.last().map(|&(link, _)| self.model.link(link).callee);
        let component = component.expect("a lookup has a callee");
        let key = path.key("hit");
        let work = (miss, path.then("miss"));
        let Some(contents) = &self.model.component(component).contents else {
            return self.held(site, component, (hit, key), Some(lookup), work, bodies);
        };
        let Step::Call { call, .. } = self.program.steps[lookup.index()] else {
            unreachable!("a lookup is a call")
        };
        let selector = self.program.calls[call.index()].selector;
        let cache = self.cache(component, contents, (Some(selector), hit));
        self.program.calls[call.index()].item = Some((cache, key));
        let look = self.look((cache, Some(selector)), key);
        let skip = self.push(Step::Jump { to: Pc(0) });
        self.aim(lookup);
        self.push(Step::Unreached { cache });
        self.work_and_fill(site, look, skip, work, bodies);
    }

    /// A lookup at the node itself.
    pub(super) fn held_here(
        &mut self,
        site: Site,
        (hit, miss): (f64, &'m [model::Step]),
        path: Path,
        bodies: &mut Vec<Body<'m>>,
    ) {
        let node = site.node.expect("a node holds something");
        let component = ComponentId(self.program.nodes[node.index()].component.0);
        let key = path.key("hit");
        let work = (miss, path.then("miss"));
        let Some(contents) = &self.model.component(component).contents else {
            return self.held(site, component, (hit, key), None, work, bodies);
        };
        let cache = self.cache(component, contents, (None, hit));
        let look = self.look((cache, None), key);
        let skip = self.push(Step::Jump { to: Pc(0) });
        self.work_and_fill(site, look, skip, work, bodies);
    }

    /// A fixed share of hits; a `lookup` that failed is a miss.
    fn held(
        &mut self,
        site: Site,
        component: ComponentId,
        (share, key): (f64, u64),
        lookup: Option<Pc>,
        (miss, path): (&'m [model::Step], Path),
        bodies: &mut Vec<Body<'m>>,
    ) {
        let cache = component_id(component);
        let choice = self.push(Step::Held {
            share,
            key,
            otherwise: Pc(0),
        });
        self.push(Step::Looked { cache, hit: true });
        let skip = self.push(Step::Jump { to: Pc(0) });
        if let Some(lookup) = lookup {
            self.aim(lookup);
        }
        self.aim(choice);
        self.push(Step::Looked { cache, hit: false });
        bodies.extend(self.block(site, miss, path));
        self.aim(skip);
    }

    fn look(&mut self, way: (CacheId, Option<SelectorId>), key: u64) -> Pc {
        let looks = &mut self.program.looks;
        let known = looks.iter().position(|known| *known == way);
        let look = known.unwrap_or_else(|| {
            looks.push(way);
            looks.len() - 1
        });
        self.push(Step::Look {
            look: LookId::from(look),
            key,
            miss: Pc(0),
        })
    }

    fn work_and_fill(
        &mut self,
        site: Site,
        look: Pc,
        skip: Pc,
        (miss, path): (&'m [model::Step], Path),
        bodies: &mut Vec<Body<'m>>,
    ) {
        self.aim(look);
        bodies.extend(self.block(site, miss, path));
        self.push(Step::Fill);
        self.aim(skip);
    }

    /// The cache of a component, made when it is new.
    fn cache(
        &mut self,
        component: ComponentId,
        contents: &Contents,
        (owner, expected_hits): (Option<SelectorId>, f64),
    ) -> CacheId {
        if let Some(&cache) = self.caches.get(&component) {
            return cache;
        }
        let part = self.model.component(component);
        let shards = self.model.shards(part);
        let shards = shards.map(|shard| shard.iter().map(|&node| node_id(node)).collect());
        let shards = shards.collect();
        let id = CacheId::from(self.program.caches.len());
        self.program.caches.push(Cache {
            component: component_id(component),
            shards,
            owner,
            expected_hits,
            popularity: std::sync::Arc::clone(&contents.popularity),
            keys: match contents.keys {
                model::Keys::Drawn => program::Keys::Drawn,
                model::Keys::Recorded => program::Keys::Recorded,
            },
            capacity: capacity(&contents.capacity),
            eviction: match contents.eviction {
                model::Eviction::Lru => program::Eviction::Lru,
                model::Eviction::Fifo => program::Eviction::Fifo,
                model::Eviction::Random => program::Eviction::Random,
                model::Eviction::Lfu => program::Eviction::Lfu,
            },
            ttl: contents.ttl,
            renew: match contents.renew {
                model::Renew::OnFetch => program::Renew::OnFetch,
                model::Renew::OnHit => program::Renew::OnHit,
            },
            fill: match contents.fill {
                model::Fill::SingleFlight => program::Fill::SingleFlight,
                model::Fill::Every => program::Fill::Every,
            },
            warm: self.model.run.start == model::Start::Warm,
            lookups_per_ns: self.lookups_per_ns(component, contents, owner.is_some()),
            key: Path::new(&part.name).key("contents"),
        });
        self.caches.insert(component, id);
        id
    }
}

impl Lowering<'_> {
    /// Estimate of the lookups at a component with a time to live, or at each of its nodes.
    fn lookups_per_ns(&self, id: ComponentId, contents: &Contents, shared: bool) -> f64 {
        if contents.ttl.is_none() {
            return 0.0;
        }
        let Some(estimate) = Traffic::new(self.model).estimate() else {
            return 0.0;
        };
        let links = self.model.links.iter().zip(&estimate.links);
        let here = links.filter(|(link, _)| link.callee == id);
        let rate: f64 = here.map(|(_, load)| load.rate).sum();
        let nodes = self.model.component(id).nodes.len();
        rate / 1e9 / if shared { 1.0 } else { nodes as f64 }
    }
}

fn capacity(capacity: &model::Capacity) -> program::Capacity {
    match capacity {
        model::Capacity::Unlimited => program::Capacity::Unlimited,
        model::Capacity::Items(items) => program::Capacity::Items(*items),
        model::Capacity::Bytes { bytes, size } => program::Capacity::Bytes(*bytes, size.clone()),
    }
}
