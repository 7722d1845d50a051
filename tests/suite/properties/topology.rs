//! Random topology files, written from a tape of numbers: a shorter tape, or one of smaller
//! numbers, gives a simpler file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// A tape that is read once; behind its end there are only zeros.
pub struct Tape<'t>(pub &'t [u16]);

impl Tape<'_> {
    /// From 0 to `sides - 1`.
    pub(super) fn below(&mut self, sides: usize) -> usize {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        usize::from(*first) % sides
    }

    pub(super) fn from(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// True once in `sides`; false behind the end.
    pub(super) fn once_in(&mut self, sides: usize) -> bool {
        self.below(sides) == sides - 1
    }

    pub(super) fn one(&mut self, words: &[&'static str]) -> &'static str {
        words[self.below(words.len())]
    }
}

/// What stands at a place of the chain `c0`, `c1` ...; each may ask those behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    App,
    Web,
    Database,
    External,
    Balancer,
    Edge,
    Names,
}

/// How a link is used.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Use {
    /// Requests are handed over for good: nobody waits for the answer.
    pub(super) forwarded: bool,
    /// Its caller chooses by itself.
    pub(super) fixed: bool,
}

/// A file on its way.
pub(super) struct Writer<'t> {
    pub(super) tape: Tape<'t>,
    pub(super) parts: Vec<Part>,
    /// By caller and callee; the workloads are `usize::MAX`.
    pub(super) links: BTreeMap<(usize, usize), Use>,
    /// Those with several nodes.
    pub(super) several: BTreeSet<usize>,
    /// Whether somebody asks the cache `k`.
    cached: bool,
    /// The caller whose work is being written.
    here: usize,
    /// Whose nodes have memories.
    pub(super) holding: BTreeSet<usize>,
    /// Whether users arrive at a rate.
    pub(super) is_open: bool,
}

/// The text of a topology.
pub fn write(tape: Tape<'_>) -> String {
    let mut writer = Writer {
        tape,
        parts: Vec::new(),
        links: BTreeMap::new(),
        several: BTreeSet::new(),
        cached: false,
        here: 0,
        holding: BTreeSet::new(),
        is_open: false,
    };
    let components = writer.components();
    let links = writer.links();
    let workload = writer.workload();
    let faults = writer.faults();
    format!(
        "(\n    name: \"random\",\n    machines: {{ \"m\": (nic: \"20Mbps\") }},\n    \
         infrastructure: {{ \"s1\": Switch(latency: \"100us\"), \"s2\": Switch(), \
         \"h1\": Host(cores: 1), \"h2\": Host(cores: 2, discipline: Fcfs) }},\n    \
         components: {{\n{components}    }},\n    links: {{\n{links}    }},\n    \
         entry: \"c0\",\n{workload}    faults: [{faults}],\n)\n"
    )
}

impl Writer<'_> {
    fn components(&mut self) -> String {
        let count = self.tape.from(1, 5);
        for place in 0..count {
            let kinds = [
                Part::App,
                Part::App,
                Part::Web,
                Part::Database,
                Part::External,
                Part::Balancer,
                Part::Edge,
                Part::Names,
            ];
            let kind = kinds[self.tape.below(kinds.len())];
            let is_last = place + 1 == count;
            let asks = matches!(kind, Part::Balancer | Part::Edge | Part::Names);
            let is_misplaced = asks && is_last || kind == Part::Names && place > 0;
            self.parts.push(if is_misplaced { Part::App } else { kind });
        }
        self.links.insert((usize::MAX, 0), Use::default());
        let mut text = String::new();
        for place in 0..count {
            self.here = place;
            let part = self.component();
            writeln!(text, "        \"c{place}\": {part},").unwrap();
        }
        let cache = "Cache(hit: 0.6, nodes: 2, service: \"200us\", threads: 1, backlog: 2)";
        if self.cached {
            writeln!(text, "        \"k\": {cache},").unwrap();
        }
        text
    }

    fn component(&mut self) -> String {
        match self.parts[self.here] {
            Part::App => {
                let permits = self.permits("threads");
                let impatient = self.impatient(permits.contains("Unlimited"));
                let place = self.place();
                format!(
                    "AppServer({permits}, {impatient}{place}operations: {})",
                    self.operations()
                )
            }
            Part::Web => {
                let permits = self.permits("connections");
                let place = self.place();
                format!(
                    "WebServer({permits}, {place}operations: {})",
                    self.operations()
                )
            }
            Part::Database => {
                let connections = self.tape.from(1, 6);
                let law = self.law();
                let extra = self.tape.one(&[
                    "",
                    ", discipline: Fcfs",
                    ", standbys: 1, failover: Automatic(detect: \"50ms\", promote: \"20ms\")",
                ]);
                format!("Database(cores: 1, connections: {connections}, service: {law}{extra})")
            }
            Part::External => {
                let error = self.tape.one(&["0.0", "0.2"]);
                format!("External(latency: {}, error: {error})", self.law())
            }
            Part::Balancer => {
                let to = self.next(true, true);
                let layer = self.tape.one(&["L7", "L4"]);
                self.links
                    .get_mut(&(self.here, self.here + 1))
                    .unwrap()
                    .forwarded = layer == "L4";
                let policy = self.tape.one(&[
                    "RoundRobin",
                    "Random",
                    "LeastConnections",
                    "PowerOf(choices: 2)",
                    "ConsistentHash(points: 5)",
                    "SourceHash",
                ]);
                let health = self
                    .tape
                    .one(&["Off", "(interval: \"30ms\", fall: 2, rise: 1)"]);
                let pair = self.tape.one(&["", ", standby: Vrrp(advert: \"20ms\")"]);
                format!(
                    "LoadBalancer(to: {to}, layer: {layer}, policy: {policy}, \
                     health: {health}{pair})"
                )
            }
            Part::Edge => {
                let to = self.next(false, false);
                format!("Cdn(to: {to}, hit: 0.5, latency: \"1ms\")")
            }
            Part::Names => {
                let to = self.next(true, false);
                let ttl = self.tape.one(&["1s", "20ms"]);
                format!("Dns(to: {to}, lookup: \"1ms\", ttl: \"{ttl}\")")
            }
        }
    }

    /// The part behind this one.
    fn next(&mut self, forwarded: bool, fixed: bool) -> String {
        self.links
            .insert((self.here, self.here + 1), Use { forwarded, fixed });
        format!("\"c{}\"", self.here + 1)
    }

    fn permits(&mut self, of: &str) -> String {
        let count = self.tape.one(&["2", "1", "4", "9"]);
        let backlog = self.tape.one(&["Unlimited", "0", "2"]);
        format!("{of}: {count}, backlog: {backlog}")
    }

    /// Who does not wait to the end, and what happens where the room is full.
    fn impatient(&mut self, is_endless: bool) -> &'static str {
        let words = [
            "",
            "",
            "queue_timeout: Exponential(\"4ms\"), ",
            "balk: (above: 0), ",
            "shed: Stale, ",
            "last_first: (above: 1), ",
            "full: Block, ",
            "full: Retry(after: Exponential(\"3ms\")), ",
        ];
        self.tape.one(&words[..if is_endless { 6 } else { 8 }])
    }

    /// Nodes and what they stand on.
    fn place(&mut self) -> String {
        let nodes = self.tape.from(1, 3);
        if nodes > 1 {
            self.several.insert(self.here);
        }
        let own = [
            "cores: 1, ",
            "cores: 1, discipline: Fcfs, ",
            "cores: 2, contention: (sigma: 0.1, kappa: 0.01), ",
            "machine: \"m\", ",
            "cores: 2, discipline: Lcfs, ",
            "cores: 1, discipline: RandomOrder, ",
            "cores: 1, discipline: LimitedSharing(2), ",
            "cores: 2, discipline: Priority(preemptive: true), ",
            "core_speeds: [1.0, 0.5], discipline: Fcfs, ",
            "cores: 2, scaling: [1.0, 1.5], ",
            "on: [\"h1\"], ",
        ];
        let place = self.tape.one(&own);
        let is_spread = nodes > 1 && place.starts_with("on");
        let place = if is_spread {
            "on: [\"h1\", \"h2\"], "
        } else {
            place
        };
        let memory = if self.tape.once_in(3) {
            self.holding.insert(self.here);
            self.tape.one(&[
                "memory: (size: \"9MiB\", base: \"2MiB\", leak: \"256KiB\"), boot: \"30ms\", ",
                "memory: (size: \"5MiB\", swap: (above: 0.3, slowdown: 3)), boot: \"9ms\", ",
            ])
        } else {
            ""
        };
        // Behind names the addresses of nodes would be kept.
        let is_named = self.parts[0] == Part::Names && self.here == 1;
        if nodes > 1 && !is_named && self.tape.once_in(3) {
            let resource = self.tape.one(&["cpu", "threads"]);
            return format!(
                "autoscale: (min: 1, max: {nodes}, target: \"{resource} <= 30%\", boot: \"20ms\", \
                 every: \"15ms\", stabilise: \"40ms\"), {place}{memory}"
            );
        }
        format!("replicas: {nodes}, {place}{memory}")
    }

    fn law(&mut self) -> &'static str {
        self.tape.one(&[
            "\"2ms\"",
            "Exponential(\"3ms\")",
            "LogNormal(mean: \"4ms\", cv: 1.5)",
            "Uniform(from: \"0s\", to: \"6ms\")",
            "Exponential(\"15ms\")",
        ])
    }

    fn operations(&mut self) -> String {
        let first = self.steps(2, true);
        if self.tape.once_in(2) {
            let second = self.steps(2, true);
            return format!("{{\"b\": {second}, \"default\": {first}}}");
        }
        format!("{{\"default\": {first}}}")
    }

    /// A list of steps; `open` where a request may be handed over at the end.
    fn steps(&mut self, depth: usize, open: bool) -> String {
        let mut list: Vec<String> = (0..self.tape.from(1, 3))
            .map(|_| self.step(depth))
            .collect();
        if open && self.tape.once_in(5) {
            list.extend(self.callee().map(|callee| {
                self.links.entry((self.here, callee)).or_default().forwarded = true;
                format!("Forward(\"c{callee}\")")
            }));
        }
        format!("[{}]", list.join(", "))
    }

    fn step(&mut self, depth: usize) -> String {
        let sides = if depth == 0 { 5 } else { 10 };
        match self.tape.below(sides) {
            1 => format!("Disk({})", self.law()),
            2 => format!("Wait({})", self.law()),
            3 => "Reply(\"3KiB\")".to_owned(),
            4 | 5 => self.call(),
            6 => {
                let (then, otherwise) =
                    (self.steps(depth - 1, false), self.steps(depth - 1, false));
                format!("Chance(p: 0.3, then: {then}, otherwise: {otherwise})")
            }
            7 => {
                let branches = [self.steps(depth - 1, false), self.steps(depth - 1, false)];
                format!("Parallel([{}])", branches.join(", "))
            }
            8 => {
                let times = self.tape.one(&["2", "Geometric(1.5)", "0"]);
                format!(
                    "Repeat(times: {times}, steps: {})",
                    self.steps(depth - 1, false)
                )
            }
            9 => {
                self.cached = true;
                format!("Cached(in: \"k\", miss: {})", self.steps(depth - 1, false))
            }
            _ => format!("Cpu({})", self.law()),
        }
    }

    fn call(&mut self) -> String {
        match self.callee() {
            Some(callee) => {
                self.links.entry((self.here, callee)).or_default();
                format!("Call(\"c{callee}\")")
            }
            None => format!("Cpu({})", self.law()),
        }
    }

    /// One of the parts behind this one.
    fn callee(&mut self) -> Option<usize> {
        let behind = self.parts.len() - self.here - 1;
        (behind > 0).then(|| self.here + 1 + self.tape.below(behind))
    }
}
