//! More work than there is capacity.

use super::Lint;
use super::context::{Context, number, set_link};
use crate::diagnostic::Diagnostic;
use crate::model::traffic::{Place, Station};
use crate::model::{HostId, NodeId, Role};

pub(super) const LINT: Lint = Lint {
    code: "LP0407",
    title: "overload",
    explanation: "At the busiest stage some resource has more to do than it can, so that its \
        queue grows for as long as the stage lasts. The work is the sum over all open workloads \
        of rate times visits times demand (the utilisation law); threads and connections are \
        busy for as long as the calls made under them take. Give the resource more capacity, take \
        work off it, or say a smaller load. Components that a balancer chooses among by their load \
        are left to the simulation. `linchpin curve` shows how far the design carries.",
    check,
};

fn check(context: &Context) -> Vec<Diagnostic> {
    let queues = context
        .open
        .iter()
        .filter(|station| station.utilisation >= 1.0);
    let mut worst: Vec<&Station> = Vec::new();
    for station in queues {
        // Equal nodes are overloaded alike: the first of the worst speaks for its component.
        let same = |other: &&mut &Station| kinship(context, other) == kinship(context, station);
        match worst.iter_mut().find(same) {
            Some(known) if known.utilisation < station.utilisation => *known = station,
            Some(_) => {}
            None => worst.push(station),
        }
    }
    let mut all: Vec<_> = worst
        .into_iter()
        .map(|station| queue(context, station))
        .collect();
    all.extend(threads(context));
    all.extend(pools(context));
    all
}

/// What queues have in common whose overload is said once.
fn kinship(context: &Context, station: &Station) -> (usize, u32, &'static str) {
    match station.place {
        Place::Resource(node, _) | Place::NodeNic(node) => {
            (0, context.model.node(node).component.0, station.resource)
        }
        Place::HostCpu(host) | Place::HostNic(host) => (1, host.0, station.resource),
    }
}

fn queue(context: &Context, station: &Station) -> Diagnostic {
    let name = station_name(context, station.place);
    let (use_, resource) = (number(station.utilisation), station.resource);
    let message = format!("the load asks {use_} times the {resource} that `{name}` has");
    match station.place {
        Place::Resource(node, _) | Place::NodeNic(node) => of_node(context, station, node, message),
        Place::HostCpu(host) | Place::HostNic(host) => of_host(context, station, host, message),
    }
}

fn of_node(context: &Context, station: &Station, node: NodeId, message: String) -> Diagnostic {
    let component = context.model.node(node).component;
    let name = context.name(component);
    let more = match context.model.node(node).role {
        // At 70 % of capacity queues are still short.
        Role::Member => {
            let nodes = context.active(component) as f64;
            let enough = (nodes * station.utilisation / 0.7).ceil();
            format!("write `replicas: {enough}` in `{name}` to come to 70 %")
        }
        _ => {
            format!("give `{name}` more capacity, or a cache or read replicas to take work off it")
        }
    };
    let fields = ["replicas", "nodes", "cores", "machine"];
    context
        .warn_component(LINT.code, message, component, &fields)
        .help(more)
}

fn of_host(context: &Context, station: &Station, host: HostId, message: String) -> Diagnostic {
    let host = &context.model.hosts[host.index()];
    let help = if station.resource == "cpu" {
        let enough = (f64::from(host.cores) * station.utilisation / 0.7).ceil();
        format!(
            "write `cores: {enough}` in `{}` to come to 70 %, or move a component away",
            host.name
        )
    } else {
        format!(
            "give `{}` a faster network card, or serve files elsewhere",
            host.name
        )
    };
    let path = format!("infrastructure.{}", host.name);
    context.warn(LINT.code, message, &[path]).help(help)
}

/// Threads busy while they wait for callees.
fn threads(context: &Context) -> Vec<Diagnostic> {
    let mut all = Vec::new();
    for component in context.components() {
        let part = context.model.component(component);
        let Some(((threads, estimate), &node)) = context
            .threads(component)
            .zip(context.estimate.as_ref())
            .zip(part.nodes.first())
        else {
            continue;
        };
        let busy = estimate.held(context.model, node);
        if busy.is_finite() && busy >= f64::from(threads) && is_open(context) {
            let message = format!(
                "the load keeps {} threads of each `{}` busy, which has {threads}",
                number(busy),
                part.name,
            );
            let enough = (busy / 0.7).ceil();
            all.push(
                context
                    .warn_component(LINT.code, message, component, &["threads", "workers"])
                    .help(format!(
                        "write `threads: {enough}`, or make the calls under them shorter"
                    )),
            );
        }
    }
    all
}

/// Connections busy while the callee works.
fn pools(context: &Context) -> Vec<Diagnostic> {
    let Some(estimate) = context.estimate.as_ref().filter(|_| is_open(context)) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for (id, link) in context.links() {
        let Some(pool) = link.pool else { continue };
        let load = estimate.link(id);
        let busy = load.rate_per_caller * load.response.mean;
        if busy.is_finite() && busy >= f64::from(pool) {
            let message = format!(
                "the load keeps {} connections of each caller of `{}` busy, whose pool is {pool}",
                number(busy),
                link.name,
            );
            let enough = format!("{}", (busy / 0.7).ceil());
            all.push(
                context
                    .warn_link(LINT.code, message, link, "pool")
                    .help(set_link(link, "pool", &enough)),
            );
        }
    }
    all
}

/// Users who wait for their answers slow down by themselves: only others overload (S33).
fn is_open(context: &Context) -> bool {
    use crate::model::traffic::Level;
    let sources = context.traffic.sources().iter();
    sources
        .clone()
        .all(|source| matches!(source.level, Level::Open(_)))
}

/// Name of the node or host of a queue.
pub(super) fn station_name<'a>(context: &Context<'a>, place: Place) -> &'a str {
    match place {
        Place::Resource(node, _) | Place::NodeNic(node) => &context.model.node(node).name,
        Place::HostCpu(host) | Place::HostNic(host) => &context.model.hosts[host.index()].name,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Shop, found, message, shop};
    use super::LINT;
    use crate::model::builder::{constant, seconds};
    use crate::model::{Arrivals, Model};

    fn at(rate: f64) -> Shop {
        let mut shop = shop();
        if let Arrivals::Open { rate_per_s, .. } = &mut shop.b.model().workloads[0].arrivals {
            *rate_per_s = rate;
        }
        shop
    }

    #[test]
    fn fires_for_a_cpu_beyond_its_capacity() {
        // 600/s x 8 ms = 4.8 of 4 cores.
        let text = message(&at(600.0).b.build(), LINT.code);
        assert_eq!(text, "the load asks 1.2 times the cpu that `was/1` has");
        let model = at(600.0).b.build();
        assert!(found(&model, LINT.code)[0].help[0].contains("replicas: 4"));
    }

    #[test]
    fn is_silent_below_it_and_for_users_who_wait() {
        assert!(found(&at(450.0).b.build(), LINT.code).is_empty());
        let mut closed = shop();
        closed.b.model().workloads.clear();
        let lb = closed.lb;
        closed
            .b
            .closed("many", 1000, constant(0), &[("default", lb, 1.0)]);
        assert!(found(&closed.b.build(), LINT.code).is_empty());
    }

    fn waiting(threads: u32, pool: Option<u32>) -> Model {
        let mut shop = shop();
        let (was, db) = (shop.was, shop.db);
        shop.b.threads(was, threads, 10);
        let link = shop.b.link(was, db);
        link.latency = Some(constant(seconds(1)));
        (link.pool, link.pool_timeout) = (pool, Some(seconds(1)));
        shop.b.build()
    }

    #[test]
    fn fires_for_threads_and_connections_that_wait_long() {
        // 75/s per node x 2 s on the way = 150 threads and connections at least.
        let text = message(&waiting(100, None), LINT.code);
        assert!(
            text.starts_with("the load keeps 151 threads of each `was` busy"),
            "{text}"
        );
        let text = message(&waiting(200, Some(60)), LINT.code);
        assert!(
            text.starts_with("the load keeps 150 connections of each caller"),
            "{text}"
        );
        assert!(found(&waiting(200, Some(160)), LINT.code).is_empty());
    }
}
