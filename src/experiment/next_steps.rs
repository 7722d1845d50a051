//! What to try next, in the order of remedies that operations have learnt: for applications
//! static files apart, then out, then up; for databases queries, then up, then replicas, then a
//! cache.

use super::result::summary::BottleneckFinding;
use crate::model::{Component, Model, Role, Step};

/// Sentences with the assignment to try, for the bottleneck `finding`; the most promising first.
pub fn next_steps(model: &Model, finding: Option<&BottleneckFinding>) -> Vec<String> {
    let Some(finding) = finding else {
        return Vec::new();
    };
    if let Some(link) = model
        .links
        .iter()
        .find(|link| link.name == finding.component)
    {
        return pool_steps(&link.name, link.pool);
    }
    if let Some(host) = model
        .hosts
        .iter()
        .find(|host| host.name == finding.component)
    {
        return host_steps(&host.name, host.cores, &finding.resource);
    }
    let Some(id) = model.component_named(&finding.component) else {
        return Vec::new();
    };
    let part = model.component(id);
    match finding.resource.as_str() {
        "threads" => vec![threads_step(part)],
        "connections" => vec![connections_step(part)],
        "nic_out" => network_steps(part),
        "disk" => disk_steps(model, part),
        _ if part.kind == "Database" => database_steps(model, part),
        _ if part.kind == "External" => external_steps(part),
        _ if finding.node.is_some() => uneven_steps(part, finding),
        _ => server_steps(model, part),
    }
}

/// `--set 'path=value'`, quoted where a shell would read the path otherwise.
fn set(path: &str, value: impl std::fmt::Display) -> String {
    if path.contains(['"', ' ']) {
        format!("--set '{path}={value}'")
    } else {
        format!("--set {path}={value}")
    }
}

fn pool_steps(link: &str, pool: Option<u32>) -> Vec<String> {
    let wider = pool.unwrap_or(1).saturating_mul(2);
    let path = format!("links.\"{link}\".pool");
    vec![
        format!("widen the connection pool of {link}: {}", set(&path, wider)),
        format!("hold its connections for less time: a faster answer behind {link}"),
    ]
}

fn host_steps(host: &str, cores: u32, resource: &str) -> Vec<String> {
    if resource == "cpu" {
        return vec![
            format!("move one of the components on {host} to a machine of its own (its `on`)"),
            format!(
                "a larger machine: {}",
                set(&format!("{host}.cores"), 2 * cores)
            ),
        ];
    }
    vec![format!(
        "{host} is short of {resource}: move a component or take a larger machine"
    )]
}

fn members(model: &Model, part: &Component) -> usize {
    part.nodes
        .iter()
        .filter(|&&node| model.node(node).role == Role::Member)
        .count()
}

fn cores(part: &Component) -> u32 {
    let cpu = part.resources.iter().find(|one| one.is_cpu);
    cpu.and_then(|one| one.servers).unwrap_or(1)
}

/// Whether some operation does nothing but send.
fn sends_files(part: &Component) -> bool {
    let is_local =
        |step: &Step| matches!(step, Step::Use { .. } | Step::Send { .. } | Step::Wait(_));
    part.operations.iter().any(|operation| {
        let sends = operation
            .steps
            .iter()
            .any(|step| matches!(step, Step::Send { .. }));
        sends && operation.steps.iter().all(is_local)
    })
}

fn server_steps(model: &Model, part: &Component) -> Vec<String> {
    let name = &part.name;
    let mut steps = Vec::new();
    if sends_files(part) {
        steps.push(format!(
            "serve the static files of {name} from elsewhere (a Cdn in front of storage)"
        ));
    }
    let more = members(model, part) + 1;
    steps.push(format!(
        "scale out behind a balancer: {}",
        set(&format!("{name}.replicas"), more)
    ));
    steps.push(format!(
        "scale up: {}",
        set(&format!("{name}.cores"), 2 * cores(part))
    ));
    steps
}

fn uneven_steps(part: &Component, finding: &BottleneckFinding) -> Vec<String> {
    let node = finding.node.as_deref().unwrap_or(&part.name);
    vec![
        format!(
            "{node} is busier than its neighbours: put a LoadBalancer in front of {}",
            { &part.name }
        ),
        format!(
            "or a policy that looks at the load: `policy: LeastConnections` towards {}",
            { &part.name }
        ),
    ]
}

fn database_steps(model: &Model, part: &Component) -> Vec<String> {
    let name = &part.name;
    let replicas = part
        .nodes
        .iter()
        .filter(|&&node| model.node(node).role == Role::ReadReplica)
        .count();
    vec![
        format!(
            "faster queries first (an index, less per request): {}",
            query_hint(part)
        ),
        format!(
            "scale up: {}",
            set(&format!("{name}.cores"), 2 * cores(part))
        ),
        format!(
            "send reads to a replica: {}",
            set(&format!("{name}.read_replicas"), replicas + 1)
        ),
        format!("put a Cache in front of the reads of {name}"),
    ]
}

/// The operation with the largest demand, by name.
fn query_hint(part: &Component) -> String {
    let demand = |steps: &[Step]| -> f64 {
        let own = |step: &Step| match step {
            Step::Use { demand, .. } => demand.mean(),
            _ => 0.0,
        };
        steps.iter().map(own).sum()
    };
    let mut heaviest = (0.0, part.name.as_str());
    for operation in &part.operations {
        let mean = demand(&operation.steps);
        if mean > heaviest.0 {
            heaviest = (mean, &operation.name);
        }
    }
    format!(
        "the heaviest is `{}` with {}",
        heaviest.1,
        super::words::time(heaviest.0 / 1e9)
    )
}

fn disk_steps(model: &Model, part: &Component) -> Vec<String> {
    let mut steps = vec![format!("a faster or wider disk for {} (`disk`)", part.name)];
    if part.kind == "Database" {
        steps.extend(
            database_steps(model, part)
                .into_iter()
                .filter(|text| !text.contains("up")),
        );
    }
    steps
}

fn threads_step(part: &Component) -> String {
    let threads = part.threads.and_then(|one| one.capacity).unwrap_or(1);
    format!(
        "its servers have room: more threads for {0}: {1}",
        part.name,
        set(&format!("{}.threads", part.name), threads.saturating_mul(2))
    )
}

fn connections_step(part: &Component) -> String {
    let permits = part.connections.and_then(|one| one.capacity).unwrap_or(1);
    format!(
        "accept more connections at {}: {}",
        part.name,
        set(
            &format!("{}.connections", part.name),
            permits.saturating_mul(2)
        )
    )
}

fn network_steps(part: &Component) -> Vec<String> {
    vec![
        format!(
            "send less through {}: static files from storage, behind a Cdn",
            part.name
        ),
        format!(
            "a machine with a faster network card for {} (`machines`, `nic`)",
            part.name
        ),
    ]
}

fn external_steps(part: &Component) -> Vec<String> {
    vec![format!(
        "{} is not in your hands: ask for a higher limit, cache its answers, or call it after \
         the request has been answered",
        part.name
    )]
}
