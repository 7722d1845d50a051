//! What to try next, in the order of remedies that operations have learnt: for applications
//! static files apart, then out, then up; for databases queries, then up, then replicas, then a
//! cache.

mod links;

use super::result::Named;
use super::result::summary::BottleneckFinding;
use super::words;
use crate::model::{
    Caller, Component, ComponentId, Contention, FaultKind, FaultTarget, Link, Model, Role, Step,
    Takeover, Tier,
};
use crate::theory::Usl;
use links::link_steps;

/// Reasons of failure that speak of something being gone, not of too little of it.
const GONE: [&str; 4] = ["down", "reset", "unreachable", "no_backend"];

/// Sentences with the assignment to try; the most promising first.
///
/// Against scheduled crashes where most `failures` come from them, else against the bottleneck
/// `finding`.
pub fn next_steps(
    model: &Model,
    finding: Option<&BottleneckFinding>,
    failures: &Named<u64>,
) -> Vec<String> {
    if are_from_faults(failures) {
        let steps = fault_steps(model);
        if !steps.is_empty() {
            return steps;
        }
    }
    let Some(finding) = finding else {
        return Vec::new();
    };
    let mut links = model.links.iter();
    if let Some(link) = links.find(|link| link.name == finding.component) {
        return link_steps(model, link, &finding.resource);
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
        "threads" => threads_steps(model, part),
        "connections" => vec![connections_step(part)],
        "nic_out" => network_steps(part),
        "disk" => disk_steps(model, part),
        _ if part.kind == "Database" => database_steps(model, part),
        _ if part.kind == "External" => external_steps(part),
        // Nodes that come and go differ by how long they were there.
        _ if finding.node.is_some() && part.autoscale.is_none() => uneven_steps(part, finding),
        _ => server_steps(model, part),
    }
}

/// Whether more than half of the failures come from something that was gone.
fn are_from_faults(failures: &Named<u64>) -> bool {
    let all: u64 = failures.0.iter().map(|(_, count)| count).sum();
    let gone = failures
        .0
        .iter()
        .filter(|(reason, _)| GONE.contains(&reason.as_str()));
    2 * gone.map(|(_, count)| count).sum::<u64>() > all
}

/// Against the scheduled crashes; empty without any.
fn fault_steps(model: &Model) -> Vec<String> {
    let mut steps: Vec<String> = Vec::new();
    let crashes = model
        .faults
        .iter()
        .filter(|fault| fault.kind == FaultKind::Crash);
    for fault in crashes {
        let found = match &fault.target {
            FaultTarget::Switch(switch) => vec![format!(
                "a second path around {}, or a faster change to it (`via`, `detect`)",
                model.switches[switch.index()].name
            )],
            target => {
                let lost = target.nodes(model).into_iter();
                outage_steps(model, lost.map(|node| model.node(node).component))
            }
        };
        for step in found {
            if !steps.contains(&step) {
                steps.push(step);
            }
        }
    }
    steps
}

fn outage_steps(model: &Model, lost: impl Iterator<Item = ComponentId>) -> Vec<String> {
    let mut owners: Vec<ComponentId> = lost.collect();
    owners.sort_unstable();
    owners.dedup();
    let steps = owners.into_iter().map(|owner| loss_steps(model, owner));
    steps.flatten().collect()
}

/// A second node where there is one only, else an earlier notice of the loss.
fn loss_steps(model: &Model, owner: ComponentId) -> Vec<String> {
    let part = model.component(owner);
    let name = &part.name;
    let mut steps = Vec::new();
    if part.nodes.len() == 1 && !part.external {
        let path = if part.kind == "Database" {
            set(&format!("{name}.standbys"), 1)
        } else {
            set(&format!("{name}.replicas"), 2)
        };
        steps.push(format!(
            "a second node for {name}, which has only one: {path}"
        ));
    }
    let wait = match part.takeover {
        Takeover::None => None,
        Takeover::Standby { after, .. } => Some(after),
        Takeover::Promotion {
            detect, promote, ..
        } => Some(detect.saturating_add(promote)),
    };
    if let Some(ns) = wait {
        let condition = if part.voters.is_some() {
            ", where enough voters are left"
        } else {
            ""
        };
        steps.push(format!(
            "a faster takeover of {name}: today it comes {} after the loss{condition}",
            words::time(ns as f64 / 1e9)
        ));
    }
    let is_moved = |link: &&Link| wait.is_some() && link.health.is_none() && link.eject.is_none();
    if part.nodes.len() > 1 {
        let links = model.links.iter().filter(|link| link.callee == owner);
        steps.extend(links.filter(|link| !is_moved(link)).filter_map(notice_step));
    }
    steps
}

/// How the callers over `link` would learn of a loss earlier; takeovers are told elsewhere.
fn notice_step(link: &Link) -> Option<String> {
    match link.health {
        Some(health) => Some(format!(
            "more frequent health checks on {}: today {} in a row must fail, one every {}",
            link.name,
            health.fall,
            words::time(health.interval as f64 / 1e9)
        )),
        None if link.eject.is_some() => Some(format!(
            "health checks on {}: today requests must fail before its callers leave a node out",
            link.name
        )),
        None if matches!(link.caller, Caller::Component(_)) => Some(format!(
            "health checks on {}: its callers never learn of a loss (`health`)",
            link.name
        )),
        None => None,
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
    let field = match part.autoscale {
        Some(_) => "autoscale.max",
        None => "replicas",
    };
    steps.push(format!(
        "scale out behind a balancer: {}",
        set(&format!("{name}.{field}"), more)
    ));
    steps.extend(up_step(part));
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
    let mut steps = vec![format!(
        "faster queries first (an index, less per request): {}",
        query_hint(part)
    )];
    steps.extend(up_step(part));
    if part.operations.iter().any(|one| one.tier == Tier::Replicas) {
        steps.push(format!(
            "send reads to a replica: {}",
            set(&format!("{name}.read_replicas"), replicas + 1)
        ));
    }
    steps.push(format!("put a Cache in front of the reads of {name}"));
    steps
}

/// Jobs with which a node of `part` does most, where coherency makes more of them do less (S6).
fn most_useful(part: &Component) -> Option<u32> {
    let cpu = part.resources.iter().find(|one| one.is_cpu)?;
    let Contention { sigma, kappa } = cpu.contention;
    Usl { sigma, kappa }.peak()
}

/// More cores; where coherency sets a peak, no more jobs than that.
fn up_step(part: &Component) -> Option<String> {
    let name = &part.name;
    let Some(peak) = most_useful(part) else {
        let more = set(&format!("{name}.cores"), 2 * cores(part));
        return Some(format!("scale up: {more}"));
    };
    let (word, permits) = match (part.threads, part.connections) {
        (Some(threads), _) if threads.capacity.is_some() => ("threads", threads.capacity),
        (_, Some(connections)) => ("connections", connections.capacity),
        _ => ("threads", None),
    };
    permits.is_none_or(|permits| permits > peak).then(|| {
        format!(
            "no more than {peak} jobs at once at {name}, beyond which it does less: {}",
            set(&format!("{name}.{word}"), peak)
        )
    })
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
        words::time(heaviest.0 / 1e9)
    )
}

fn disk_steps(model: &Model, part: &Component) -> Vec<String> {
    let mut steps = vec![format!("a faster or wider disk for {} (`disk`)", part.name)];
    if part.kind == "Database" {
        let up = up_step(part);
        let others = database_steps(model, part).into_iter();
        steps.extend(others.filter(|text| Some(text) != up.as_ref()));
    }
    steps
}

fn threads_steps(model: &Model, part: &Component) -> Vec<String> {
    let threads = part.threads.and_then(|one| one.capacity).unwrap_or(1);
    let wider = threads.saturating_mul(2);
    let wider = most_useful(part).map_or(wider, |peak| wider.min(peak));
    if wider <= threads {
        return server_steps(model, part);
    }
    vec![format!(
        "its servers have room: more threads for {0}: {1}",
        part.name,
        set(&format!("{}.threads", part.name), wider)
    )]
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
