//! The utilisation that an autoscaler keeps, and who may stand in front of it.

use super::Resolver;
use super::condition::{ConditionError, Subjects, parse};
use crate::diagnostic::Diagnostic;
use crate::kinds::Kind;
use crate::model::{Caller, ClassId, Comparison, ComponentId, Metric};
use crate::schema::code;

/// The component itself, as conditions see it.
struct Itself;

/// How it is called in front of the text.
const ITSELF: &str = "it: ";

impl Subjects for Itself {
    fn class(&self, _name: &str) -> Option<ClassId> {
        None
    }

    fn component(&self, name: &str) -> Option<(ComponentId, Vec<&'static str>)> {
        let resources = vec!["cpu", "disk", "threads", "connections"];
        (name == "it").then(|| (ComponentId::from(0), resources))
    }

    fn is_other(&self, _name: &str) -> bool {
        false
    }

    fn names(&self) -> Vec<&str> {
        Vec::new()
    }
}

/// The resource and the share of a target like `cpu <= 60%`.
///
/// # Errors
/// A text that is none, with its place.
pub(super) fn read(text: &str) -> Result<(&'static str, f64), ConditionError> {
    let wrong = |message: &str| ConditionError {
        message: message.to_owned(),
        range: 0..text.len(),
        help: Some("write one like `cpu <= 60%`".to_owned()),
    };
    if text.contains(':') {
        return Err(wrong("a target is always of the component itself"));
    }
    let shift = |error: ConditionError| {
        if error.range.start < ITSELF.len() {
            return wrong("nodes are added and taken by a utilisation alone");
        }
        let back = |at: usize| at.saturating_sub(ITSELF.len());
        ConditionError {
            range: back(error.range.start)..back(error.range.end),
            ..error
        }
    };
    let target = parse(&format!("{ITSELF}{text}"), &Itself).map_err(shift)?;
    let Metric::Utilisation(resource) = target.metric else {
        return Err(wrong("nodes are added and taken by a utilisation alone"));
    };
    let is_bound = matches!(target.comparison, Comparison::AtMost | Comparison::Less);
    if !is_bound || target.within.is_some() || target.bound <= 0.0 {
        return Err(wrong(
            "a target is a utilisation above 0 that is kept or undercut",
        ));
    }
    Ok((resource, target.bound))
}

impl Resolver<'_> {
    /// Who has resolved an address does not learn that its node leaves.
    pub(super) fn check_scaled(&mut self) {
        let mut problems = Vec::new();
        for draft in &self.links.drafts {
            let Caller::Component(caller) = draft.caller else {
                continue;
            };
            let callee = &self.names.components.name(draft.callee.index()).value;
            let component = self.file.components.get(callee);
            let scaled = component.and_then(|component| component.shared.autoscale.as_ref());
            if let (Some(scaled), Some(Kind::Dns(_))) = (scaled, self.kind(caller)) {
                let names = &self.names.components.name(caller.index()).value;
                let message = format!(
                    "clients of `{names}` keep the addresses of nodes that leave: `{callee}` \
                     cannot be autoscaled behind it"
                );
                let problem = Diagnostic::error(code::CONFLICT, message).at(scaled.span.clone());
                problems.push(problem.help("put a LoadBalancer between them"));
            }
        }
        self.problems.append(&mut problems);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_utilisation_and_a_share() {
        assert_eq!(read("cpu <= 60%"), Ok(("cpu", 0.6)));
        assert_eq!(read("threads < 80%"), Ok(("threads", 0.8)));
        let refused = |text: &str| read(text).expect_err(text);
        assert_eq!(refused("cpu <= 60").range, 7..9);
        assert_eq!(refused("rooms <= 60%").range, 0..5);
        assert_eq!(refused("memory <= 60%").range, 0..13);
        assert!(refused("p95 < 5ms").message.contains("utilisation"));
        assert!(refused("was: cpu < 5%").message.contains("itself"));
        assert!(refused("cpu >= 5%").message.contains("above 0"));
        assert!(refused("cpu <= 0%").message.contains("above 0"));
    }
}
