//! What stands around the components of a random topology: links, users and faults.

use std::fmt::Write as _;

use super::topology::{Part, Use, Writer};

/// Ways to try again; users have no budget, the last.
const RETRIES: [&str; 4] = [
    "retry: (attempts: 3, backoff: \"2ms\")",
    "retry: (attempts: 2, backoff: Exponential(\"1ms\"))",
    "retry: (attempts: 4, backoff: Doubling(from: \"1ms\", cap: \"4ms\"), jitter: Full)",
    "retry: (attempts: 4, backoff: \"1ms\", budget: 0.1, bucket: 1)",
];

/// Guards of a calling node.
const GUARDS: [&str; 5] = [
    "breaker: (window: 4, minimum_calls: 2, open: \"20ms\", half_open: 1)",
    "bulkhead: 4",
    "rate_limit: (rate: \"40/s\", burst: 2)",
    "fallback: Reply",
    "breaker: (window: 9, open: \"50ms\", half_open: 2), bulkhead: 5, fallback: Reply",
];

/// Who is left out of choice.
const EJECTIONS: [&str; 4] = [
    "eject: (time: \"30ms\", counted: Within(\"20ms\"))",
    "eject: (failures: 2, counted: InARow, time: \"20ms\", back: AtOnce, most: 0.4)",
    "eject: (time: \"10ms\", again: Longer(\"50ms\"), back: AtSweep(\"15ms\"))",
    "eject: (preset: Envoy)",
];

impl Writer<'_> {
    pub(super) fn links(&mut self) -> String {
        let mut text = String::new();
        for ((caller, callee), used) in self.links.clone() {
            let properties = self.link(caller, callee, used);
            let left = if caller == usize::MAX {
                "u".to_owned()
            } else {
                format!("c{caller}")
            };
            if !properties.is_empty() {
                let all = properties.join(", ");
                writeln!(text, "        \"{left} -> c{callee}\": ({all}),").unwrap();
            }
        }
        text
    }

    fn link(&mut self, caller: usize, callee: usize, used: Use) -> Vec<&'static str> {
        let mut all = Vec::new();
        let is_waited_for = !used.forwarded;
        let is_pooled = is_waited_for && caller != usize::MAX;
        let is_chosen = !used.fixed && matches!(self.parts[callee], Part::App | Part::Web);
        let has_choice = is_pooled && self.several.contains(&callee);
        let retries = &RETRIES[..if is_pooled { 4 } else { 3 }];
        let choices: [(bool, usize, &[&'static str]); 10] = [
            (
                true,
                3,
                &["latency: \"1ms\"", "latency: Exponential(\"2ms\")"],
            ),
            (
                true,
                4,
                &[
                    "via: [\"s1\"]",
                    "via: AnyOf([\"s1\", \"s2\"]), detect: \"40ms\"",
                ],
            ),
            (
                is_waited_for,
                3,
                &[
                    "timeout: \"5ms\"",
                    "timeout: \"30ms\"",
                    "timeout: \"6ms\", cancel: true",
                ],
            ),
            (is_waited_for, 4, &["deadline: \"40ms\""]),
            (is_waited_for, 3, retries),
            (is_pooled, 3, &GUARDS),
            (has_choice, 2, &EJECTIONS),
            (
                is_pooled,
                3,
                &["pool: 1", "pool: 2, pool_timeout: \"4ms\"", "pool: 3"],
            ),
            (
                is_chosen,
                3,
                &["balance: Random", "balance: LeastConnections(ties: First)"],
            ),
            (
                is_chosen,
                4,
                &["health: (interval: \"20ms\", fall: 1, rise: 1)"],
            ),
        ];
        for (fits, sides, texts) in choices {
            if fits && self.tape.once_in(sides) {
                all.push(self.tape.one(texts));
            }
        }
        all
    }

    pub(super) fn workload(&mut self) -> String {
        let deadline = self.tape.one(&["5ms", "50ms"]);
        self.is_open = !self.tape.once_in(3);
        let users = if self.is_open {
            let rate = self.tape.one(&["50/s", "150/s", "400/s", "900/s"]);
            let arrivals = self
                .tape
                .one(&["Poisson", "Deterministic", "Poisson, batch: 3"]);
            let people = self.tape.one(&["", ", people: 5"]);
            format!(
                "Open(rate: \"{rate}\", arrivals: {arrivals}{people}, journeys: {{ \"j\": 1.0 }})"
            )
        } else {
            let count = self.tape.from(1, 15);
            let think = self.tape.one(&["\"5ms\"", "Exponential(\"20ms\")"]);
            let failure = self.tape.one(&["Continue", "Abandon"]);
            format!(
                "Closed(users: {count}, think: {think}, on_failure: {failure}, \
                 journeys: {{ \"j\": 1.0 }})"
            )
        };
        let times = self.tape.from(1, 2);
        format!(
            "    classes: {{ \"a\": (deadline: \"{deadline}\") }},\n    \
             journeys: {{ \"j\": [Request(class: \"a\"), \
             Request(class: \"b\", times: {times}, think: \"3ms\")] }},\n    \
             workload: {{ \"u\": {users} }},\n"
        )
    }

    pub(super) fn faults(&mut self) -> String {
        let count = self.tape.below(4);
        let faults: Vec<String> = (0..count).map(|_| self.fault()).collect();
        faults.join(", ")
    }

    fn fault(&mut self) -> String {
        let at = self.tape.below(900);
        let lasts = self
            .tape
            .one(&["", ", lasts: \"100ms\"", ", lasts: \"1ms\""]);
        let part = self.tape.below(self.parts.len());
        let which = self.tape.one(&["", "/1", "/any"]);
        let which = if self.parts[part] == Part::External {
            ""
        } else {
            which
        };
        let target = format!("target: \"c{part}{which}\"");
        let when = format!("at: \"{at}ms\"{lasts}");
        let other = (part + 1) % self.parts.len();
        // Lookups are no calls that something could befall on the way.
        let befalls = |part: usize| self.parts[part] != Part::Names;
        let (here, there) = (befalls(part), befalls(other));
        match self.tape.below(14) {
            0 => format!("Crash(target: \"s1\", {when})"),
            1 => format!("Crash(target: \"h1\", {when})"),
            2 if matches!(self.parts[part], Part::App | Part::Web | Part::Database) => {
                format!("Slow({target}, factor: 5, {when})")
            }
            3 if here => format!("BlackHole({target}, {when})"),
            4 if here => format!("Latency({target}, add: Exponential(\"3ms\"), {when})"),
            5 if here => format!("Loss({target}, share: 0.3, {when})"),
            6 if here => format!("Errors({target}, share: 0.5, {when})"),
            7 if here => format!("Reset({target}, share: 0.5, {when})"),
            8 if here && there && other != part => {
                let to = format!("to: \"c{other}\"");
                format!("Partition(from: \"c{part}\", {to}, {when})")
            }
            9 if here => format!("Expire(target: \"c{part}\", {when})"),
            10 => format!("Restart({target}, at: \"{at}ms\", lasts: \"50ms\")"),
            12 if self.holding.contains(&part) => {
                format!("Leak({target}, per_request: \"512KiB\", {when})")
            }
            11 if self.is_open => format!("Overload(target: \"u\", factor: 3, {when})"),
            _ => format!("Crash({target}, {when})"),
        }
    }
}
