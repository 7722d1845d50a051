//! Times near the resolution of the clock.

use super::Lint;
use super::context::{Context, time};
use crate::diagnostic::Diagnostic;
use crate::law::Law;
use crate::model::step::inner_lists;
use crate::model::{Operation, Step};

pub(super) const LINT: Lint = Lint {
    code: "LP0416",
    title: "time below a microsecond",
    explanation: "Time is counted in whole nanoseconds and samples are rounded (S39). A law with a \
        mean below 1 us loses its shape to rounding: many draws become equal, or 0. Usually a unit \
        is wrong (`us` for `ms`). Where the time really is that short it changes no answer of a \
        server: leave it out, or count it in with the next one.",
    check,
};

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut all = Vec::new();
    for component in context.components() {
        let part = context.model.component(component);
        let own = |operation: &&Operation| operation.draws_as == operation.name;
        for operation in part.operations.iter().filter(own) {
            if let Some(mean) = first_tiny(&operation.steps) {
                let message = format!(
                    "a step of `{}.{}` takes {}",
                    part.name,
                    operation.name,
                    time(mean / 1e9)
                );
                let field = format!("operations.{}", operation.name);
                let fields = [field.as_str(), "service", "latency"];
                all.push(
                    context
                        .warn_component(LINT.code, message, component, &fields)
                        .help(REMEDY),
                );
            }
        }
    }
    for (_, link) in context.links() {
        if let Some(mean) = link.latency.as_ref().and_then(tiny) {
            let message = format!("the latency of `{}` is {}", link.name, time(mean / 1e9));
            all.push(
                context
                    .warn_link(LINT.code, message, link, "latency")
                    .help(REMEDY),
            );
        }
    }
    all
}

const REMEDY: &str = "look at the unit, or leave it out: times are whole nanoseconds";

/// The mean of the law, ns, where it is short but not 0.
fn tiny(law: &Law) -> Option<f64> {
    let mean = law.mean();
    (mean > 0.0 && mean < 1000.0).then_some(mean)
}

fn first_tiny(steps: &[Step]) -> Option<f64> {
    steps.iter().find_map(|step| match step {
        Step::Use { demand: law, .. } | Step::Wait(law) => tiny(law),
        _ => inner_lists(step).into_iter().find_map(first_tiny),
    })
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{found, message, shop};
    use super::LINT;
    use crate::model::builder::constant;
    use crate::model::{Model, Step};

    fn waiting(time: u64) -> Model {
        let mut shop = shop();
        let inside = vec![Step::Parallel(vec![vec![Step::Wait(constant(time))]])];
        shop.b.model().components[shop.db.index()].operations[0]
            .steps
            .extend(inside);
        shop.b.build()
    }

    #[test]
    fn fires_inside_a_branch_and_for_a_link() {
        let text = message(&waiting(300), LINT.code);
        assert_eq!(text, "a step of `db.default` takes 300ns");
        let mut shop = shop();
        shop.b.link(shop.was, shop.db).latency = Some(constant(10));
        assert!(message(&shop.b.build(), LINT.code).contains("`was -> db` is 10ns"));
    }

    #[test]
    fn is_silent_for_a_microsecond_and_for_nothing_at_all() {
        assert!(found(&waiting(1000), LINT.code).is_empty());
        assert!(found(&waiting(0), LINT.code).is_empty());
    }
}
