//! Call sites: selector, entries, delay, path, guards.

use petgraph::algo::has_path_connecting;
use petgraph::graph::NodeIndex;

use super::entry::Site;
use super::key::Path;
use super::{Lowering, component_id};
use crate::engine::id::{CallId, PoolId, RouteId, StoreId};
use crate::engine::program::{self, Part, Pool, Reason, Route, Store};
use crate::law::Law;
use crate::model::{self, Call, Link, LinkId};

impl Lowering<'_> {
    /// Whether requests can be handed on over a link: no delay, nothing to wait for.
    pub(super) fn is_plain(&self, link: LinkId) -> bool {
        let line = self.model.link(link).bandwidth_bps;
        self.delays(link).is_empty() && line.is_none() && self.is_free(link)
    }

    /// Whether a request that goes over one of these links may come back to its left end.
    pub(super) fn comes_again(&self, links: &[(LinkId, f64)]) -> bool {
        let graph = &self.model.graph;
        links.iter().any(|&(link, _)| {
            let (Some(from), to) = (self.caller_of(link), self.model.link(link).callee) else {
                return false;
            };
            let [from, to] = [from, to].map(|component| NodeIndex::new(component.index()));
            has_path_connecting(graph, to, from, None)
        })
    }

    /// Whether nobody has to wait for the answer at the left end of a link.
    pub(super) fn is_free(&self, link: LinkId) -> bool {
        !guarded(self.model.link(link))
    }

    /// Whether the user at the other end waits for ever.
    pub(super) fn is_patient(&self, site: Site) -> bool {
        self.model.classes[site.class.index()].patience.is_none()
    }

    /// A call site over links that are equal but for their ends.
    pub(super) fn call(&mut self, site: Site, call: &Call, key: u64) -> CallId {
        let choices = self.choices(call, site.class);
        let selector = self.selector(site.origin, &choices, call);
        let entries = self.row(&choices, site.class);
        let ways = vec![call.links[0].0];
        self.site_call(site, &ways, (selector, entries, None), key)
    }

    /// A call site to the address that a name stands for: its store, and whether the request can
    /// be handed on. Delay, path and guards are those of the link from the name service together
    /// with those of the link over which the users came.
    pub(super) fn resolved_call(
        &mut self,
        site: Site,
        call: &Call,
        key: u64,
        users: Option<LinkId>,
    ) -> (StoreId, CallId, bool) {
        let link = call.links[0].0;
        let choices = self.choices(call, site.class);
        let names = self
            .caller_of(link)
            .expect("a name service has the left end of its links");
        let selector = self.selector(super::Origin::Names(names), &choices, call);
        let entries = self.row(&choices, site.class);
        let store = self.store(names, Self::group(&choices), selector);
        let ways: Vec<_> = users.into_iter().chain([link]).collect();
        // The answer of a root visit goes back the way it came: delays do not matter.
        let plain = ways.iter().all(|&way| match users {
            Some(_) => self.is_free(way) && self.is_patient(site),
            None => self.is_plain(way),
        });
        let call = self.site_call(site, &ways, (selector, entries, Some(store)), key);
        (store, call, plain)
    }

    /// What clients of a name service remember, one store for each group of addresses.
    fn store(
        &mut self,
        component: model::ComponentId,
        group: super::selector::Group,
        selector: crate::engine::id::SelectorId,
    ) -> StoreId {
        let model = self.model;
        if let Some(&id) = self.stores.get(&(component, group.clone())) {
            return id;
        }
        let part = model.component(component);
        let names = part
            .names
            .as_ref()
            .expect("a component that resolves is a name service");
        let lookup = self.law(Path::new(&part.name).key("lookup"), &names.lookup);
        let id = StoreId::from(self.program.stores.len());
        self.program.stores.push(Store {
            ttl: names.ttl,
            warm: model.run.start == crate::model::Start::Warm,
            servers: part
                .nodes
                .iter()
                .map(|&node| super::node_id(node))
                .collect(),
            lookup,
            selector,
            owner: component_id(component),
        });
        self.stores.insert((component, group), id);
        id
    }

    /// The call itself. `ways` are the links it goes over one after the other: delays and paths
    /// add up, of each guard the first stated one holds, and it is counted at the first link
    /// with a delay or guard.
    fn site_call(
        &mut self,
        site: Site,
        ways: &[LinkId],
        (selector, entries, resolved): (crate::engine::id::SelectorId, u32, Option<StoreId>),
        key: u64,
    ) -> CallId {
        let model = self.model;
        let links: Vec<&Link> = ways.iter().map(|&way| model.link(way)).collect();
        let last = ways[ways.len() - 1];
        let counted = ways
            .iter()
            .copied()
            .find(|&way| !self.is_plain(way))
            .unwrap_or(last);
        let law_key = ways.iter().fold(Path::new("latency"), |path, &way| {
            path.then(&model.link(way).name)
        });
        let delays = ways.iter().flat_map(|&way| self.delays(way)).collect();
        let lane = |this: &mut Self, pick: fn(&Link) -> Option<u64>| {
            links
                .iter()
                .find_map(|link| pick(link))
                .map(|length| this.lane(length))
        };
        let retry = links.iter().find_map(|link| link.retry.as_ref());
        let call = program::Call {
            selector,
            entries,
            link: crate::engine::id::LinkId(counted.0),
            latency: self.delay(law_key.key("delay"), delays),
            lines: self.answer_line(ways),
            route: self.route(ways),
            pool: match self.program.selectors[selector.index()].limit {
                Some((_, queue)) => Some(queue),
                None => self.link_pool(site, ways),
            },
            pool_timeout: lane(self, |link| link.pool_timeout),
            timeout: lane(self, |link| link.timeout),
            deadline: lane(self, |link| link.deadline),
            timeout_law: self.timeout_law(&links, law_key),
            patience: self.patience(site),
            cancel: links.iter().any(|link| link.cancel),
            hedge: false,
            attempts: retry.map_or(1, |retry| retry.attempts.max(1)),
            backoff: self.backoff(retry, law_key.key("backoff")),
            elsewhere: retry.is_some_and(|retry| retry.elsewhere),
            guard: self.guard(site, counted),
            owner: Some(component_id(model.link(last).callee)),
            resolved,
            item: None,
            key,
            asks: key,
        };
        self.program.calls.push(call);
        CallId::from(self.program.calls.len() - 1)
    }

    /// The random timeout of the first link that states one.
    fn timeout_law(&mut self, links: &[&Link], path: Path) -> Option<crate::engine::id::LawId> {
        let law = links.iter().find_map(|link| link.timeout_law.as_ref())?;
        Some(self.law(path.key("timeout"), law))
    }

    /// How long a user waits for the answer to a request of this class.
    fn patience(&mut self, site: Site) -> Option<crate::engine::id::LawId> {
        let class = &self.model.classes[site.class.index()];
        let law = class.patience.as_ref().filter(|_| site.node.is_none())?;
        Some(self.law(Path::new("class").then(&class.name).key("patience"), law))
    }

    fn backoff(&mut self, retry: Option<&model::Retry>, key: u64) -> program::Backoff {
        match retry.map(|retry| &retry.backoff) {
            None => program::Backoff::Law(None),
            Some(model::Backoff::Law(law)) => program::Backoff::Law(Some(self.law(key, law))),
            Some(&model::Backoff::Doubling { from, cap, jitter }) => {
                program::Backoff::Doubling { from, cap, jitter }
            }
        }
    }

    /// Connections of a caller over a link (S2). The wait is bounded by `pool_timeout` alone.
    fn link_pool(&mut self, site: Site, ways: &[LinkId]) -> Option<PoolId> {
        let limited = ways
            .iter()
            .find_map(|&way| self.model.link(way).pool.map(|pool| (way, pool)));
        let (link, connections) = limited?;
        if let Some(&id) = self.pools.get(&(site.origin, link)) {
            return Some(id);
        }
        let callee = &self.model.component(self.model.link(link).callee).name;
        let name = format!("{} -> {callee}.pool", self.origin_name(site.origin));
        let id = self.pool(Pool {
            name,
            capacity: Some(connections),
            room: None,
            refusal: Reason::PoolTimeout,
            part: Part::PoolWait,
            patience: None,
            full: program::Full::Refuse,
            overload: program::Overload::default(),
        });
        self.pools.insert((site.origin, link), id);
        self.map.pools[link.index()].push(id);
        Some(id)
    }

    /// The path over switches. Of two paths one after the other every pair is an alternative,
    /// and the slower detection holds.
    fn route(&mut self, ways: &[LinkId]) -> Option<RouteId> {
        let with: Vec<_> = ways
            .iter()
            .copied()
            .filter(|&way| self.model.link(way).via.is_some())
            .collect();
        if with.is_empty() {
            return None;
        }
        if let Some(&id) = self.routes.get(&with) {
            return Some(id);
        }
        let path = joined(
            with.iter()
                .filter_map(|&way| self.model.link(way).via.as_ref()),
        )?;
        let id = RouteId::from(self.program.routes.len());
        let gates = |option: &Vec<model::SwitchId>| {
            option
                .iter()
                .map(|&switch| super::gate_id(switch))
                .collect()
        };
        self.program.routes.push(Route {
            options: path.options.iter().map(gates).collect(),
        });
        self.map.paths.push(path);
        if let [link] = with[..] {
            self.map.routes[link.index()] = Some(id);
        }
        self.routes.insert(with, id);
        Some(id)
    }

    /// What a link delays by: its own latency, and the switches of its first alternative (the
    /// others are taken to be as far).
    fn delays(&self, link: LinkId) -> Vec<Law> {
        let link = self.model.link(link);
        let switches = link
            .via
            .iter()
            .filter_map(|path| path.options.first())
            .flatten();
        let crossings =
            switches.filter_map(|switch| self.model.switches[switch.index()].latency.clone());
        let parts = link.latency.iter().cloned().chain(crossings);
        parts.filter(|law| *law != Law::Constant(0.0)).collect()
    }
}

/// Paths one after the other as one.
fn joined<'a>(paths: impl Iterator<Item = &'a model::Path>) -> Option<model::Path> {
    paths.cloned().reduce(|front, back| model::Path {
        options: front
            .options
            .iter()
            .flat_map(|first| {
                back.options
                    .iter()
                    .map(move |second| [&first[..], &second[..]].concat())
            })
            .collect(),
        detect: front.detect.max(back.detect),
    })
}

/// Whether a caller over this link has to wait for the answer.
fn guarded(link: &Link) -> bool {
    link.pool.is_some()
        || link.pool_timeout.is_some()
        || link.timeout.is_some()
        || link.timeout_law.is_some()
        || link.deadline.is_some()
        || link.retry.is_some()
        || link.hedge.is_some()
        || link.breaker.is_some()
        || link.eject.is_some()
        || link.fallback.is_some()
        || link.bulkhead.is_some()
        || link.rate_limit.is_some()
}
