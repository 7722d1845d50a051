//! Parts that no journey needs.

use std::collections::BTreeSet;

use super::Lint;
use super::context::Context;
use crate::diagnostic::Diagnostic;
use crate::model::ComponentId;

pub(super) const LINT: Lint = Lint {
    code: "LP0410",
    title: "operation reached by no journey",
    explanation: "An operation, or a whole component, is described but no workload ever gets \
        there, so that nothing about it is tested: a study of load should touch what is frequent, \
        what is heavy and what is shared. Often a class is missing in `mix` or `journeys`, or a \
        call names another operation. Let a journey reach it, or leave it out.",
    check,
};

fn check(context: &Context) -> Vec<Diagnostic> {
    let reached: BTreeSet<(ComponentId, usize)> = context
        .traffic
        .reachable()
        .into_iter()
        .map(|visit| (visit.component, visit.operation))
        .collect();
    if reached.is_empty() {
        return Vec::new();
    }
    let mut all = Vec::new();
    for component in context.components() {
        let part = context.model.component(component);
        let is_missed = |place: &usize| !reached.contains(&(component, *place));
        let missed: Vec<_> = (0..part.operations.len()).filter(is_missed).collect();
        let name = &part.name;
        if missed.len() == part.operations.len() {
            let mut asking = context.model.asking(component);
            if asking.any(|one| one.name != *name) {
                continue;
            }
            let message = format!("`{name}` is reached by no journey");
            let warning = context.warn_component(LINT.code, message, component, &[]);
            all.push(warning.help(format!("call `{name}` from an operation, or leave it out")));
            continue;
        }
        for place in missed {
            let operation = &part.operations[place].name;
            let message = format!("operation `{operation}` of `{name}` is reached by no journey");
            let field = format!("operations.{operation}");
            all.push(
                context
                    .warn_component(LINT.code, message, component, &[&field])
                    .help(format!(
                        "add a class `{operation}` to a mix, or a call of `{name}.{operation}`"
                    )),
            );
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{found, message, shop};
    use super::LINT;
    use crate::model::{ComponentId, MixEntry, Stage, Voters};

    #[test]
    fn fires_for_an_operation_and_for_a_component() {
        let mut extra = shop();
        let was = extra.was;
        extra.b.operation(was, "export", Vec::new());
        let text = message(&extra.b.build(), LINT.code);
        assert_eq!(text, "operation `export` of `was` is reached by no journey");
        let mut lonely = shop();
        let mail = lonely.b.component("mail", 1);
        lonely.b.operation(mail, "default", Vec::new());
        let text = message(&lonely.b.build(), LINT.code);
        assert_eq!(text, "`mail` is reached by no journey");
    }

    /// Monitors are there for others, and a group that nobody calls is not.
    #[test]
    fn is_silent_for_those_who_vote_for_others() {
        let mut shop = shop();
        let monitor = shop.b.component("monitor", 3);
        shop.b.operation(monitor, "default", Vec::new());
        let mut votes_for = |asking: ComponentId| {
            for part in &mut shop.b.model().components {
                part.voters = None;
            }
            shop.b.model().components[asking.index()].voters = Some(Voters {
                component: monitor,
                steps_down: false,
            });
            found(&shop.b.clone().build(), LINT.code).len()
        };
        assert_eq!(votes_for(shop.was), 0);
        assert_eq!(votes_for(monitor), 1);
    }

    #[test]
    fn is_silent_for_a_class_of_a_later_stage() {
        let mut shop = shop();
        let (was, lb) = (shop.was, shop.lb);
        shop.b.operation(was, "export", Vec::new());
        shop.b.open("later", 1.0, &[("export", lb, 1.0)]);
        let entry: Vec<MixEntry> = shop.b.model().workloads[1].mix.clone();
        let last = Stage {
            from: 0.0,
            to: 0.5,
            length: 1,
            mix: entry,
        };
        let model = shop.b.model();
        model.workloads.pop();
        model.links.pop();
        let crate::model::Arrivals::Open { stages, .. } = &mut model.workloads[0].arrivals else {
            unreachable!("the shop is open");
        };
        *stages = vec![
            Stage {
                from: 150.0,
                to: 150.0,
                length: 1,
                mix: Vec::new(),
            },
            last,
        ];
        assert!(found(&shop.b.build(), LINT.code).is_empty());
    }
}
