//! More pooled connections than the callee accepts.

use super::Lint;
use super::context::Context;
use crate::diagnostic::Diagnostic;
use crate::model::{ComponentId, Tier};

pub(super) const LINT: Lint = Lint {
    code: "LP0402",
    title: "pools above the callee's connections",
    explanation: "`pool` holds per calling node, `connections` per node of the callee (S2). When \
        all pools are full at once, the callee refuses what is above its limit, and it does so at \
        the busiest moment. The product of calling nodes and pool must stay below `connections`; \
        think of it whenever a caller gets more nodes. Autoscaled callers count with the most they \
        may have. Make pools smaller, raise `connections`, \
        or put a pooling proxy in between.",
    check,
};

fn check(context: &Context) -> Vec<Diagnostic> {
    context
        .components()
        .filter_map(|callee| one(context, callee))
        .collect()
}

fn one(context: &Context, callee: ComponentId) -> Option<Diagnostic> {
    let part = context.model.component(callee);
    let connections = part.connections.and_then(|permits| permits.capacity)?;
    let mut terms = Vec::new();
    let (mut total, mut last) = (0_u64, None);
    for (_, link) in context.links().filter(|(_, link)| link.callee == callee) {
        let Some((pool, caller)) = link.pool.zip(Context::caller(link)) else {
            continue;
        };
        let nodes = context.active(caller) as u64;
        total = total.saturating_add(nodes.saturating_mul(u64::from(pool)));
        let mut scaled = context.model.scaled();
        let name = &context.model.component(caller).name;
        let most = match scaled.find(|(part, _)| part.name == *name) {
            Some(_) => " at most",
            None => "",
        };
        terms.push(format!("{nodes} nodes{most} x pool {pool}"));
        last = Some((link, nodes));
    }
    let (link, nodes) = last?;
    // Writes go to one node; what all nodes answer is spread over them.
    let is_led = part
        .operations
        .iter()
        .any(|operation| operation.tier == Tier::Primary);
    let answering = if is_led {
        1
    } else {
        context.active(callee).max(1) as u64
    };
    let limit = answering * u64::from(connections);
    if total <= limit {
        return None;
    }
    let several = if answering == 1 {
        String::new()
    } else {
        format!("{answering} x ")
    };
    let terms = terms.join(" + ");
    let message = format!(
        "{terms} = {total} > connections {several}{connections} of `{}`",
        part.name
    );
    let warning = context.warn_link(LINT.code, message, link, "pool");
    let fits = limit / nodes.max(1);
    Some(if terms.contains('+') {
        warning.help(format!("make the pools smaller, to {limit} in all"))
    } else {
        warning.help(format!(
            "write `pool: {fits}`, or `connections: {total}` in `{}`",
            part.name
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{found, message, shop};
    use super::LINT;
    use crate::model::builder::seconds;

    fn with_pool(pool: u32) -> crate::model::Model {
        let mut shop = shop();
        let link = shop.b.link(shop.was, shop.db);
        (link.pool, link.pool_timeout) = (Some(pool), Some(seconds(1)));
        shop.b.build()
    }

    #[test]
    fn fires_with_the_product() {
        let text = message(&with_pool(100), LINT.code);
        assert_eq!(text, "2 nodes x pool 100 = 200 > connections 151 of `db`");
    }

    #[test]
    fn counts_the_most_nodes_of_an_autoscaled_caller() {
        let mut model = with_pool(100);
        let was = model.component_named("was").unwrap();
        model.components[was.index()].autoscale = Some(crate::model::Autoscale::at_once(1, 2, 1));
        let text = message(&model, LINT.code);
        assert!(
            text.starts_with("2 nodes at most x pool 100 = 200 >"),
            "{text}"
        );
    }

    #[test]
    fn is_silent_up_to_the_limit() {
        assert!(found(&with_pool(75), LINT.code).is_empty());
    }
}
