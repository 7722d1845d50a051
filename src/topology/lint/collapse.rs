//! Loads above what contention leaves when every thread is busy.

use super::Lint;
use super::context::{Context, number};
use crate::diagnostic::Diagnostic;
use crate::model::traffic::{Place, Station};
use crate::model::{ComponentId, Contention};
use crate::theory::Usl;

pub(super) const LINT: Lint = Lint {
    code: "LP0419",
    title: "load above the throughput of a full node",
    explanation: "With kappa above 0 a node does less the more jobs it has. Up to its peak the \
        offered load may fit, but once a burst or a pause has filled all threads, the node does \
        only X(threads), the throughput of the Universal Scalability Law at that number of jobs \
        (S6; N. Gunther, *Guerrilla Capacity Planning*, chapter 4), and if the load is above that \
        it never empties again. An open load is safe only below X(threads): allow fewer threads, \
        so that jobs wait outside, or offer less.",
    check,
};

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut said: Vec<ComponentId> = Vec::new();
    let mut all = Vec::new();
    for station in &context.open {
        let Some((component, full, threads)) = full(context, station) else {
            continue;
        };
        let is_trapped = station.work >= full && station.utilisation < 1.0;
        if !is_trapped || said.contains(&component) {
            continue;
        }
        said.push(component);
        let name = context.name(component);
        let message = format!(
            "`{name}`: {} units of work arrive per second and node, but with all {threads} threads \
             busy it does only {}",
            number(station.work),
            number(full),
        );
        all.push(
            context
                .warn_component(LINT.code, message, component, &["contention", "threads"])
                .help(format!(
                    "allow fewer threads, near the peak: `threads: {}`",
                    best(context, station)
                )),
        );
    }
    all
}

/// Work per second of the queue's node with all its threads busy.
fn full(context: &Context, station: &Station) -> Option<(ComponentId, f64, u32)> {
    let Place::Resource(node, resource) = station.place else {
        return None;
    };
    let component = context.model.node(node).component;
    let threads = context.threads(component)?;
    let resource = &context.model.component(component).resources[resource];
    let Contention { sigma, kappa } = resource.contention;
    if kappa <= 0.0 {
        return None;
    }
    let cores = f64::from(resource.servers?);
    let work = Usl { sigma, kappa }.capacity_on(f64::from(threads), cores);
    Some((component, work, threads))
}

/// The number of threads with which the node does most.
fn best(context: &Context, station: &Station) -> u32 {
    let Place::Resource(node, resource) = station.place else {
        return 1;
    };
    let component = context.model.node(node).component;
    let resource = &context.model.component(component).resources[resource];
    let Contention { sigma, kappa } = resource.contention;
    Usl { sigma, kappa }.peak_on(resource.servers.unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{found, message};
    use super::LINT;
    use crate::model::builder::{Builder, constant, ms};
    use crate::model::{Contention, Model};

    /// The node of the USL example: 9.386 at the peak, 7.267 with 50 jobs.
    fn node(rate: f64) -> Model {
        let mut b = Builder::new("t");
        let node = b.component("node", 1);
        b.cpu(node, 50).threads(node, 50, 100);
        b.model().components[0].resources[0].contention = Contention {
            sigma: 0.02,
            kappa: 0.002,
        };
        b.operation(node, "default", vec![b.work(node, "cpu", constant(ms(10)))]);
        b.open("users", rate, &[("default", node, 1.0)]);
        b.build()
    }

    #[test]
    fn fires_between_the_full_node_and_the_peak() {
        let text = message(&node(800.0), LINT.code);
        assert!(
            text.contains("8 units") && text.ends_with("only 7.27"),
            "{text}"
        );
        assert!(found(&node(800.0), LINT.code)[0].help[0].contains("threads: 22"));
    }

    #[test]
    fn is_silent_below_the_full_node_and_leaves_the_rest_to_overload() {
        assert!(found(&node(700.0), LINT.code).is_empty());
        assert!(found(&node(1000.0), LINT.code).is_empty());
    }
}
