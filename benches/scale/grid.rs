//! Topologies of any size: groups of a balancer, web servers, application servers, a cache and a
//! database, with one balancer in front that deals the requests to the groups in turn.

use std::fmt::Write as _;

/// Components of a group.
pub const COMPONENTS: usize = 5;
/// Nodes of a group: 2 + 12 + 24 + 8 + 4.
pub const NODES: usize = 50;

/// A file of so many groups and the entry, under `rate` requests per second in all. At 2,000/s a
/// group its application servers are a third busy, and 21 requests are in it.
pub fn grid(groups: usize, rate: f64) -> String {
    let mut text = format!("(\n    name: \"{groups} groups\",\n    components: {{\n");
    let mut entry = String::new();
    for group in 0..groups {
        let _ = write!(entry, "\"lb{group}\": 1, ");
    }
    let _ = writeln!(
        text,
        "        \"front\": LoadBalancer(layer: L4, service: \"0s\", to: {{{entry}}}),"
    );
    for group in 0..groups {
        text.push_str(&GROUP.replace('#', &group.to_string()));
    }
    text.push_str("    },\n    entry: \"front\",\n");
    let _ = writeln!(
        text,
        "    workload: {{ \"users\": Open(rate: \"{rate}/s\") }},\n)"
    );
    text
}

const GROUP: &str = r#"        "lb#": LoadBalancer(replicas: 2, to: "web#"),
        "web#": WebServer(replicas: 12, service: Exponential("1ms"), calls: ["app#"]),
        "app#": AppServer(
            replicas: 24, cores: 2, threads: 64,
            operations: {
                "default": [
                    Cpu(Exponential("8ms")),
                    Cached(in: "cache#", miss: [Call("db#")]),
                ],
            },
        ),
        "cache#": Cache(nodes: 8, hit: 0.8),
        "db#": Database(
            read_replicas: 3, cores: 4, service: Exponential("5ms"), reads: ["default"],
        ),
"#;
