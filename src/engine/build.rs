//! Programs written by hand, for tests and measurements.

use super::id::{
    CallId, ClassId, ComponentId, JourneyId, LaneId, LawId, LinkId, NodeId, Pc, PoolId, SelectorId,
    StationId,
};
use super::plan::{End, Plan};
use super::program::{
    Arrivals, Backoff, Call, Class, Discipline, Full, Impatience, Item, Journey, Lines, Node,
    OnFailure, Overload, Part, Policy, Pool, Process, Program, Rates, Reason, Segment, Selector,
    Source, Station, Step, Target,
};
use super::selector::hash;
use crate::law::Law;

/// Puts a [`Program`] together piece by piece. Components have their nodes in a row; names are
/// made up. What it does not cover is set on [`Builder::program`] afterwards.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    /// What has been built so far.
    pub program: Program,
}

impl Builder {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A law of times in ns.
    pub fn law(&mut self, law: Law) -> LawId {
        self.program.laws.push(law);
        LawId::from(self.program.laws.len() - 1)
    }

    /// A component of `count` nodes.
    pub fn component(&mut self, name: &str, count: usize) -> Vec<NodeId> {
        let component = ComponentId::from(self.program.components.len());
        self.program.components.push(name.into());
        let first = self.program.nodes.len();
        for place in 0..count {
            let name = format!("{name}/{place}");
            self.program.nodes.push(Node {
                name,
                component,
                stations: Vec::new(),
            });
        }
        (first..first + count).map(NodeId::from).collect()
    }

    /// A station of a node, which slows down with it.
    pub fn station(
        &mut self,
        node: NodeId,
        discipline: Discipline,
        servers: Option<u32>,
    ) -> StationId {
        let id = StationId::from(self.program.stations.len());
        self.program.stations.push(Station {
            name: format!("station {}", id.0),
            servers,
            discipline,
            speed: 1.0,
            contention: (0.0, 0.0),
            caps: Vec::new(),
            rates: Rates::default(),
            queue: Impatience::default(),
        });
        self.program.nodes[node.index()].stations.push(id);
        id
    }

    /// A pool that refuses with [`Reason::Refused`] and waits as [`Part::Queue`].
    pub fn pool(&mut self, capacity: u32, room: Option<u32>) -> PoolId {
        let id = PoolId::from(self.program.pools.len());
        self.program.pools.push(Pool {
            name: format!("pool {}", id.0),
            capacity: Some(capacity),
            room,
            refusal: Reason::Refused,
            part: Part::Queue,
            patience: None,
            full: Full::Refuse,
            overload: Overload::default(),
        });
        id
    }

    /// A timer length, ns.
    pub fn lane(&mut self, ns: u64) -> LaneId {
        if let Some(place) = self.program.lanes.iter().position(|&length| length == ns) {
            return LaneId::from(place);
        }
        self.program.lanes.push(ns);
        LaneId::from(self.program.lanes.len() - 1)
    }

    /// Steps in a row; returns the first.
    pub fn steps(&mut self, steps: impl IntoIterator<Item = Step>) -> Pc {
        let first = Pc::from(self.program.steps.len());
        self.program.steps.extend(steps);
        first
    }

    /// A way to call `targets` (node and its entry), plain until changed by `set`.
    pub fn call(
        &mut self,
        name: &str,
        policy: Policy,
        targets: &[(NodeId, Pc)],
        set: impl FnOnce(&mut Call),
    ) -> CallId {
        let view = |&(node, _): &(NodeId, Pc)| Target {
            node,
            weight: 1.0,
            rank: 0,
            up: true,
        };
        let selector = SelectorId::from(self.program.selectors.len());
        self.program.selectors.push(Selector {
            name: name.into(),
            policy,
            targets: targets.iter().map(view).collect(),
            limit: None,
            jar: None,
            eject: None,
            peers: Vec::new(),
        });
        let link = LinkId::from(self.program.links.len());
        self.program.links.push(name.into());
        let mut call = Call {
            selector,
            entries: self.program.entries.len() as u32,
            link,
            latency: None,
            lines: Lines::default(),
            route: None,
            pool: None,
            pool_timeout: None,
            timeout: None,
            deadline: None,
            timeout_law: None,
            cancel: false,
            hedge: false,
            patience: None,
            attempts: 1,
            backoff: Backoff::Law(None),
            elsewhere: false,
            guard: None,
            owner: targets
                .first()
                .map(|target| self.program.nodes[target.0.index()].component),
            resolved: None,
            item: None,
            key: hash(name),
            asks: hash(name),
        };
        set(&mut call);
        self.program
            .entries
            .extend(targets.iter().map(|target| target.1));
        self.program.calls.push(call);
        CallId::from(self.program.calls.len() - 1)
    }

    /// A class with a journey of one request.
    pub fn class(&mut self, name: &str, deadline: Option<u64>) -> (ClassId, JourneyId) {
        let class = ClassId::from(self.program.classes.len());
        self.program.classes.push(Class {
            name: name.into(),
            deadline,
            priority: 0,
        });
        let item = Item {
            class,
            times: 1,
            think: None,
            key: hash(name),
        };
        let journey = JourneyId::from(self.program.journeys.len());
        self.program.journeys.push(Journey {
            name: name.into(),
            items: vec![item],
            named: false,
        });
        (class, journey)
    }

    /// A workload whose requests all start at `entry`.
    pub fn source(&mut self, name: &str, entry: Pc, arrivals: Arrivals) {
        self.program.sources.push(Source {
            name: name.into(),
            key: hash(name),
            entry: vec![Some(entry); self.program.classes.len()],
            arrivals,
            people: None,
            behind_proxy: 0.0,
            on_failure: OnFailure::Continue,
        });
    }

    /// A service as [`Step::Serve`] with a key from the station's name and law.
    pub fn serve(&self, station: StationId, law: LawId) -> Step {
        Step::Serve {
            station,
            law,
            key: hash(&format!("law {}", law.0)),
            part: Part::Service,
        }
    }
}

/// A constant rate of journeys per second.
pub fn steady(process: Process, rate: f64, journey: JourneyId) -> Arrivals {
    let mix = vec![(journey, 1.0)];
    let segments = vec![Segment {
        start: 0,
        from: rate,
        to: rate,
        length: None,
        mix,
    }];
    Arrivals::Open {
        process,
        batch: 1,
        segments,
        again: None,
    }
}

/// Requests at these instants, ns.
pub fn at(instants: &[u64], journey: JourneyId) -> Arrivals {
    Arrivals::Replay {
        log: instants.iter().map(|&at| (at, journey, 0)).collect(),
        items: Vec::new(),
    }
}

/// A plan without warm-up, effects or caps that matter.
pub fn plan(seed: u64, end: End) -> Plan {
    Plan {
        seed,
        replication: 0,
        warm_up: 0,
        end,
        drain: u64::MAX / 4,
        in_flight_cap: 5_000_000,
        event_cap: 10_000_000_000,
        effects: Vec::new(),
        bucket_ns: 1_000_000_000,
        bucket_cap: 512,
        mark_ns: 0,
        scaling: None,
        busy_series: false,
        demand_bias: 1.0,
    }
}

/// One queue: `servers` servers of one node, arrivals and demands in ns as given.
pub fn single(servers: u32, discipline: Discipline, demand: Law, rate: f64) -> Program {
    let mut b = Builder::new();
    let nodes = b.component("server", 1);
    let station = b.station(nodes[0], discipline, Some(servers));
    let law = b.law(demand);
    let serve = b.serve(station, law);
    let inside = b.steps([serve, Step::Reply]);
    let call = b.call(
        "user -> server",
        Policy::RoundRobin,
        &[(nodes[0], inside)],
        |_| (),
    );
    let entry = b.steps([Step::Forward { call }]);
    let (_, journey) = b.class("request", None);
    b.source("users", entry, steady(Process::Poisson, rate, journey));
    b.program
}

/// Two tiers behind a random choice: `web` nodes of 2 servers forward to one node of 4 servers.
pub fn tiers(web: usize, web_demand: Law, db_demand: Law, rate: f64) -> Program {
    let mut b = Builder::new();
    let (webs, dbs) = (b.component("web", web), b.component("db", 1));
    let (web_law, db_law) = (b.law(web_demand), b.law(db_demand));
    let station = b.station(dbs[0], Discipline::Fcfs, Some(4));
    let serve = b.serve(station, db_law);
    let db = b.steps([serve, Step::Reply]);
    let mut targets = Vec::new();
    for &node in &webs {
        let call = b.call("web -> db", Policy::RoundRobin, &[(dbs[0], db)], |_| ());
        let station = b.station(node, Discipline::Fcfs, Some(2));
        let serve = b.serve(station, web_law);
        targets.push((node, b.steps([serve, Step::Forward { call }])));
    }
    let call = b.call("user -> web", Policy::Random, &targets, |_| ());
    let entry = b.steps([Step::Forward { call }]);
    let (_, journey) = b.class("request", None);
    b.source("users", entry, steady(Process::Poisson, rate, journey));
    b.program
}
