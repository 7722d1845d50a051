//! Balancing by address where most people share one.

use super::Lint;
use super::context::{Context, number, set_link};
use crate::diagnostic::Diagnostic;
use crate::model::Policy;

/// Times its fair share that one node may get before it is said.
const UNEVEN: f64 = 1.5;

pub(super) const LINT: Lint = Lint {
    code: "LP0417",
    title: "source hash with many people behind one address",
    explanation: "Requests are spread by the client's address, but a large share of the people \
        come through one proxy and so have the same address: all of them land on one node, \
        however many there are. That node fills up while the others idle. Balance by another \
        rule, such as least connections; where people must keep their node, tell them apart by a \
        cookie in a layer 7 balancer.",
    check,
};

fn check(context: &Context) -> Vec<Diagnostic> {
    let people = context
        .model
        .workloads
        .iter()
        .max_by(|a, b| a.behind_proxy.total_cmp(&b.behind_proxy));
    let Some(people) = people else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for (_, link) in context.links() {
        let nodes = context.active(link.callee) as f64;
        let by_address = matches!(
            link.balance,
            Policy::SourceHash | Policy::ConsistentHash { .. }
        );
        if !by_address || nodes < 2.0 {
            continue;
        }
        let share = people.behind_proxy + (1.0 - people.behind_proxy) / nodes;
        if share * nodes < UNEVEN {
            continue;
        }
        let message = format!(
            "`{}` hashes addresses, but {} % of `{}` share one: a node of {nodes} gets {} % of \
             their requests",
            link.name,
            number(100.0 * people.behind_proxy),
            people.name,
            number(100.0 * share),
        );
        all.push(
            context
                .warn_link(LINT.code, message, link, "balance")
                .help(set_link(link, "balance", "LeastConnections(ties: Random)"))
                .help("or `policy` of that kind, where the caller is a balancer"),
        );
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{found, message, shop};
    use super::LINT;
    use crate::model::{Model, Policy};

    fn behind(share: f64, policy: Policy) -> Model {
        let mut shop = shop();
        shop.b.link(shop.lb, shop.was).balance = policy;
        shop.b.model().workloads[0].behind_proxy = share;
        shop.b.build()
    }

    #[test]
    fn fires_when_one_node_gets_the_proxy() {
        let text = message(&behind(0.6, Policy::SourceHash), LINT.code);
        assert!(
            text.contains("60 % of `users` share one: a node of 2 gets 80 %"),
            "{text}"
        );
        let ring = Policy::ConsistentHash { points: 160 };
        assert_eq!(text, message(&behind(0.6, ring), LINT.code));
    }

    #[test]
    fn is_silent_for_a_small_share_and_for_another_rule() {
        assert!(found(&behind(0.3, Policy::SourceHash), LINT.code).is_empty());
        assert!(found(&behind(0.6, Policy::RoundRobin), LINT.code).is_empty());
    }
}
