//! Survivors that cannot carry the load of a lost node.

use std::collections::BTreeSet;

use super::Lint;
use super::context::{Context, number};
use super::overload::station_name;
use crate::diagnostic::Diagnostic;
use crate::model::traffic::{Losses, Place, Station};
use crate::model::{ComponentId, HostId, NodeId, Role, Step};

pub(super) const LINT: Lint = Lint {
    code: "LP0408",
    title: "overload with one node less",
    explanation: "With everything up the load fits, but when one node is lost those that take \
        over its share have more to do than they can. Redundancy that does not carry the load is \
        no redundancy: the survivors slow down, time out, and may fall one after the other (S46, \
        capacity single points). Takeover, promotion and lost cache shards are taken into \
        account. Size for one node less than there is: `linchpin spof` shows what users feel.",
    check,
};

/// The worst queue after the loss of a node.
struct Worst {
    lost: NodeId,
    station: Station,
    before: f64,
}

fn check(context: &Context) -> Vec<Diagnostic> {
    let optional = optional(context);
    let candidates = context.components().filter(|component| {
        let nodes = &context.model.component(*component).nodes;
        nodes.len() > 1 || optional.contains(component)
    });
    let Some(mut losses) = Losses::new(&context.traffic) else {
        return Vec::new();
    };
    candidates
        .filter_map(|component| one(context, &mut losses, component))
        .collect()
}

fn one(context: &Context, losses: &mut Losses, component: ComponentId) -> Option<Diagnostic> {
    let mut worst: Option<Worst> = None;
    for lost in representatives(context, component) {
        let after = losses.without(lost);
        for station in after
            .into_iter()
            .filter(|station| station.utilisation >= 1.0 && context.knows_share(station.place))
        {
            let before = context.open_utilisation(station.place);
            let is_new = before < 1.0;
            let is_worse = worst
                .as_ref()
                .is_none_or(|known| known.station.utilisation < station.utilisation);
            if is_new && is_worse {
                worst = Some(Worst {
                    lost,
                    station,
                    before,
                });
            }
        }
    }
    worst.map(|worst| warn(context, component, &worst))
}

fn warn(context: &Context, component: ComponentId, worst: &Worst) -> Diagnostic {
    let Worst {
        lost,
        station,
        before,
    } = worst;
    let survivor = station_name(context, station.place);
    let message = format!(
        "without `{}` the load asks {} times the {} that `{survivor}` has ({} with it)",
        context.model.node(*lost).name,
        number(station.utilisation),
        station.resource,
        number(*before),
    );
    let of = owner(context, station.place);
    let is_member = context.model.node(*lost).role == Role::Member;
    let help = if of == Some(component) && is_member {
        let nodes = context.active(component);
        let work = before * nodes as f64;
        let enough = work.floor() as usize + 2;
        let left = number(work / (enough as f64 - 1.0));
        format!(
            "with `replicas: {}` the rest comes to {left}",
            enough.max(nodes + 1)
        )
    } else {
        format!("give `{survivor}` more capacity, or another node to share its work with")
    };
    let fields = ["replicas", "nodes", "read_replicas", "standbys"];
    context
        .warn_component(LINT.code, message, component, &fields)
        .help(help)
}

fn owner(context: &Context, place: Place) -> Option<ComponentId> {
    match place {
        Place::Resource(node, _) | Place::NodeNic(node) => Some(context.model.node(node).component),
        Place::HostCpu(_) | Place::HostNic(_) => None,
    }
}

/// One node of each sort: equal nodes leave the same behind.
fn representatives(context: &Context, component: ComponentId) -> Vec<NodeId> {
    let mut seen: Vec<(Role, Option<HostId>)> = Vec::new();
    let mut all = Vec::new();
    for &node in &context.model.component(component).nodes {
        let seat = context.model.node(node);
        if !seen.contains(&(seat.role, seat.host)) {
            seen.push((seat.role, seat.host));
            all.push(node);
        }
    }
    all
}

/// Components that requests can do without when they are lost: those that are asked as caches,
/// those that other steps stand in for, and those that are called beside others.
fn optional(context: &Context) -> BTreeSet<ComponentId> {
    let mut found = BTreeSet::new();
    for step in context.steps() {
        let (call, is_covered) = match step {
            Step::Call(call) | Step::Forward(call) | Step::Resolve(call) => (call, false),
            Step::Cached { lookup: call, .. } | Step::Fallback { call, .. } => (call, true),
            _ => continue,
        };
        if is_covered || call.links.len() > 1 {
            let links = call.links.iter();
            found.extend(links.map(|(link, _)| context.model.link(*link).callee));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{found, message, shop};
    use super::LINT;
    use crate::model::builder::{Builder, constant, ms};
    use crate::model::{Arrivals, Model, Step};

    fn at(rate: f64) -> Model {
        let mut shop = shop();
        if let Arrivals::Open { rate_per_s, .. } = &mut shop.b.model().workloads[0].arrivals {
            *rate_per_s = rate;
        }
        shop.b.build()
    }

    #[test]
    fn fires_when_one_of_two_cannot_carry_all() {
        // 300/s x 8 ms = 2.4 of the 2 cores that are left.
        let text = message(&at(300.0), LINT.code);
        assert_eq!(
            text,
            "without `was/1` the load asks 1.2 times the cpu that `was/2` has (0.6 with it)"
        );
        let help = &found(&at(300.0), LINT.code)[0].help[0];
        assert_eq!(help, "with `replicas: 3` the rest comes to 0.6");
    }

    #[test]
    fn is_silent_when_it_can_and_when_all_are_overloaded_already() {
        assert!(found(&at(240.0), LINT.code).is_empty());
        assert!(found(&at(600.0), LINT.code).is_empty());
    }

    #[test]
    fn fires_for_the_database_behind_a_lost_cache() {
        let mut b = Builder::new("t");
        let (was, cache) = (b.component("was", 1), b.component("cache", 1));
        let db = b.component("db", 1);
        let (lookup, miss) = (b.calling(was, &[(cache, 1.0)], None), b.call(was, db));
        let cached = Step::Cached {
            lookup,
            hit: 0.9,
            miss: vec![miss],
        };
        b.operation(was, "default", vec![cached]);
        b.operation(cache, "default", Vec::new());
        b.operation(db, "default", vec![b.work(db, "cpu", constant(ms(10)))]);
        b.open("users", 150.0, &[("default", was, 1.0)]);
        let text = message(&b.build(), LINT.code);
        assert_eq!(
            text,
            "without `cache` the load asks 1.5 times the cpu that `db` has (0.15 with it)"
        );
    }
}
