//! Names that clients keep longer than a recovery may take.

use super::Lint;
use super::context::{Context, nanos};
use crate::diagnostic::Diagnostic;
use crate::model::Health;

/// What AWS advises for names that take part in failover (Route 53 Developer Guide, "Best
/// practices for Amazon Route 53 DNS"), ns.
const LONGEST: u64 = 60_000_000_000;

pub(super) const LINT: Lint = Lint {
    code: "LP0409",
    title: "time to live above the recovery objective",
    explanation: "A name service watches its addresses and withdraws dead ones, but clients keep \
        what they looked up until its time to live is over, and go on calling the dead address. \
        The outage they feel is detection plus time to live. AWS advises at most 60 s for names \
        that take part in failover (Route 53 Developer Guide, best practices). Shorten `ttl`; \
        lookups become more frequent in proportion.",
    check,
};

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut all = Vec::new();
    for component in context.components() {
        let Some(names) = &context.model.component(component).names else {
            continue;
        };
        let Some(health) = names.health.filter(|_| names.ttl > LONGEST) else {
            continue;
        };
        let detection = longest_detection(health);
        let message = format!(
            "clients of `{}` call a dead address for up to {}: {} until it is withdrawn, then {} \
             until they ask again",
            context.name(component),
            nanos(detection.saturating_add(names.ttl)),
            nanos(detection),
            nanos(names.ttl),
        );
        all.push(
            context
                .warn_component(LINT.code, message, component, &["ttl"])
                .help(format!("write `ttl: \"{}\"` or less", nanos(LONGEST))),
        );
    }
    all
}

/// A node fails just after a check: `fall` whole intervals.
fn longest_detection(health: Health) -> u64 {
    health.interval.saturating_mul(u64::from(health.fall))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{found, message, shop};
    use super::LINT;
    use crate::model::NameService;
    use crate::model::builder::{constant, health, ms, seconds};

    fn with_names(ttl: u64, is_watched: bool) -> crate::model::Model {
        let mut shop = shop();
        let was = shop.was.index();
        shop.b.model().components[was].names = Some(NameService {
            ttl: seconds(ttl),
            lookup: constant(ms(20)),
            health: is_watched.then(|| health(seconds(30), 3, 3)),
        });
        shop.b.build()
    }

    #[test]
    fn fires_with_the_sum_of_detection_and_time_to_live() {
        let text = message(&with_names(300, true), LINT.code);
        assert!(text.contains("up to 390s: 90s until"), "{text}");
    }

    #[test]
    fn is_silent_for_a_short_one_and_where_nothing_is_withdrawn() {
        assert!(found(&with_names(60, true), LINT.code).is_empty());
        assert!(found(&with_names(300, false), LINT.code).is_empty());
    }
}
