//! Balancers with nothing to balance.

use super::Lint;
use super::context::Context;
use crate::diagnostic::Diagnostic;
use crate::model::{Call, ComponentId, Step};

pub(super) const LINT: Lint = Lint {
    code: "LP0406",
    title: "balancer with one backend",
    explanation: "A component whose only work is to pass requests on has a single node behind it. \
        It adds a hop, costs time and is one more part that can fail, but there is nothing to \
        choose from and nobody to fail over to. Add a node behind it, or leave it out until there \
        are two.",
    check,
};

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut all = Vec::new();
    for balancer in context.components() {
        let Some(call) = passing(context, balancer) else {
            continue;
        };
        let backends = call
            .links
            .iter()
            .map(|(link, _)| context.model.link(*link).callee);
        let mut nodes = backends.flat_map(|callee| &context.model.component(callee).nodes);
        let (Some(&only), None) = (nodes.next(), nodes.next()) else {
            continue;
        };
        let backend = context.model.node(only).component;
        if context.model.component(backend).external {
            continue;
        }
        let (name, backend) = (context.name(balancer), context.name(backend));
        let message = format!("`{name}` has a single node to choose from: `{backend}`");
        all.push(
            context
                .warn_component(LINT.code, message, balancer, &["to"])
                .help(format!(
                    "write `replicas: 2` in `{backend}`, or send requests there directly"
                )),
        );
    }
    all
}

/// The call of a component that only chooses: it holds no threads, has one operation for every
/// class, and that ends in passing the request on.
fn passing<'a>(context: &Context<'a>, component: ComponentId) -> Option<&'a Call> {
    let part = context.model.component(component);
    let [operation] = &part.operations[..] else {
        return None;
    };
    if part.threads.is_some() || part.names.is_some() || part.external {
        return None;
    }
    let (last, before) = operation.steps.split_last()?;
    let only_works = before.iter().all(|step| matches!(step, Step::Use { .. }));
    match last {
        Step::Call(call) | Step::Forward(call) | Step::Fallback { call, .. }
            if only_works && call.operation.is_none() =>
        {
            Some(call)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{found, message, shop};
    use super::LINT;
    use crate::model::builder::Builder;

    #[test]
    fn fires_for_one_node_behind_a_balancer() {
        let mut b = Builder::new("t");
        let (lb, web) = (b.component("lb", 1), b.component("web", 1));
        let to_web = b.forward(lb, web);
        b.operation(lb, "default", vec![to_web]);
        b.operation(web, "default", Vec::new());
        b.open("users", 1.0, &[("default", lb, 1.0)]);
        let text = message(&b.build(), LINT.code);
        assert_eq!(text, "`lb` has a single node to choose from: `web`");
    }

    #[test]
    fn is_silent_for_two_and_for_a_server_that_calls_one_database() {
        assert!(found(&shop().b.build(), LINT.code).is_empty());
    }
}
