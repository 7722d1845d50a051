//! What a design costs at the prices of its file.

use super::result::bill::{Bill, BillPart};
use super::result::{Named, RunResult};
use crate::model::{Component, Model};

/// Seconds of a month of 730 hours.
const MONTH_S: f64 = 730.0 * 3_600.0;

/// The bill of a model with all of its nodes; `None` where nothing has a price.
pub fn bill(model: &Model) -> Option<Bill> {
    itemised(model, &|part| part.nodes.len() as f64)
}

/// The bill of what ran: of an autoscaled component the mean number of nodes that were there.
pub fn bill_of_run(model: &Model, run: &RunResult) -> Option<Bill> {
    let ran = |part: &Component| {
        let scaling = run.components.get(&part.name)?.autoscaling.as_ref()?;
        let hours = run.duration_s / 3_600.0;
        (hours > 0.0).then_some(scaling.node_hours.value? / hours)
    };
    let all = |part: &Component| ran(part).unwrap_or(part.nodes.len() as f64);
    let mut found = itemised(model, &all)?;
    let answered = run.throughput_rps.value.filter(|&rate| rate > 0.0);
    found.per_million_requests = answered.map(|rate| found.per_month / (rate * MONTH_S) * 1e6);
    Some(found)
}

fn itemised(model: &Model, nodes: &dyn Fn(&Component) -> f64) -> Option<Bill> {
    let mut parts = Vec::new();
    let mut without_price = Vec::new();
    for part in &model.components {
        let first = part.nodes.first().map(|&node| model.node(node));
        let host = first.and_then(|node| node.host);
        let on_priced = host.is_some_and(|host| model.hosts[host.index()].cost.is_some());
        match first.and_then(|node| node.cost) {
            Some(each) => parts.push((part.name.clone(), item(nodes(part), each))),
            None if !on_priced && !part.external => without_price.push(part.name.clone()),
            None => {}
        }
    }
    let hosts = model.hosts.iter();
    parts.extend(hosts.filter_map(|host| Some((host.name.clone(), item(1.0, host.cost?)))));
    (!parts.is_empty()).then(|| Bill {
        per_month: parts.iter().map(|(_, one)| one.per_month).sum(),
        per_million_requests: None,
        parts: Named(parts),
        without_price,
    })
}

fn item(nodes: f64, each: f64) -> BillPart {
    BillPart {
        nodes,
        each,
        per_month: nodes * each,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::builder::Builder;

    #[test]
    fn nodes_and_hosts_are_added_up_and_what_has_no_price_is_named() {
        let mut b = Builder::new("priced");
        b.component("was", 3);
        b.component("db", 1);
        b.component("cache", 1);
        let host = b.host("h", 4);
        let mut model = b.build();
        assert!(bill(&model).is_none());
        for node in &mut model.nodes[..3] {
            node.cost = Some(140.0);
        }
        model.nodes[3].host = Some(host);
        model.hosts[0].cost = Some(300.0);
        let found = bill(&model).unwrap();
        assert!((found.per_month - 720.0).abs() < 1e-9, "{found:?}");
        assert_eq!(found.without_price, ["cache"]);
        assert_eq!(found.parts.get("was").map(|one| one.each), Some(140.0));
    }
}
