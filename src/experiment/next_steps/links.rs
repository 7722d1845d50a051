//! What to try against a full link: its bandwidth, its connections, or the line of a balancer.

use super::{cores, server_steps, set, up_step};
use crate::model::{Call, Caller, Component, Link, Model, Step};

/// Against the `resource` of `link` that binds.
pub fn link_steps(model: &Model, link: &Link, resource: &str) -> Vec<String> {
    if let (Some(bps), false) = (link.bandwidth_bps, resource == "pool") {
        return line_steps(&link.name, bps);
    }
    match held_back(model, link) {
        Some((balancer, most)) if link.pool.is_none() => queue_steps(model, link, balancer, most),
        _ => pool_steps(&link.name, link.pool),
    }
}

/// The balancer that keeps the nodes behind `link` at so many requests each.
fn held_back<'a>(model: &'a Model, link: &Link) -> Option<(&'a Component, u32)> {
    let Caller::Component(id) = link.caller else {
        return None;
    };
    let is_over = |call: &Call| {
        let mut links = call.links.iter();
        links.any(|(one, _)| model.link(*one).name == link.name)
    };
    let part = model.component(id);
    let mut steps = part.operations.iter().flat_map(|one| &one.steps);
    steps.find_map(|step| match step {
        Step::Call(call) if is_over(call) => Some((part, call.maxconn?)),
        _ => None,
    })
}

/// Whoever waits in the line of a balancer waits for a node behind it: more at once at each where
/// one request leaves cores idle or waits for others, more nodes otherwise.
fn queue_steps(model: &Model, link: &Link, balancer: &Component, most: u32) -> Vec<String> {
    let part = model.component(link.callee);
    let mut steps = server_steps(model, part);
    let waits = model
        .links
        .iter()
        .any(|one| one.caller == Caller::Component(link.callee));
    if waits || cores(part) > most {
        let more = most.saturating_mul(2).max(cores(part));
        let more = set(&format!("{}.maxconn", balancer.name), more);
        let at_once = format!(
            "more requests at once at each node of {}: {more}",
            part.name
        );
        // More cores would be idle too.
        let up = up_step(part);
        steps.retain(|step| Some(step) != up.as_ref());
        steps.insert(0, at_once);
    }
    steps
}

fn pool_steps(link: &str, pool: Option<u32>) -> Vec<String> {
    let wider = pool.unwrap_or(1).saturating_mul(2);
    let path = format!("links.\"{link}\".pool");
    vec![
        format!("widen the connection pool of {link}: {}", set(&path, wider)),
        format!("hold its connections for less time: a faster answer behind {link}"),
    ]
}

fn line_steps(link: &str, bps: f64) -> Vec<String> {
    let path = format!("links.\"{link}\".bandwidth");
    let wider = set(&path, format!("\"{}Mbps\"", 2.0 * bps / 1e6));
    vec![
        format!("twice the bandwidth for {link}: {wider}"),
        format!("send less over {link}: smaller answers, or a cache in front of it"),
    ]
}
