//! Advice about architectures that can be simulated, but probably are not meant so.
//!
//! A lint is a function from a [`Model`] to warnings, in a file of its own. It says what it saw
//! with the numbers, and the edit that cures it; [`explain`] says why it matters. Places in the
//! user's file come from [`Places`], so that the lints themselves know no syntax. Rates and times
//! in messages are estimates of [`Traffic`].
//!
//! Codes are `LP0401` and on, and never change their meaning.

mod black_hole;
mod closed_rate;
mod cold_start;
mod collapse;
mod context;
mod endless_wait;
mod external_timeout;
#[cfg(test)]
mod fixture;
mod idle_standby;
mod late_fault;
mod loose_sessions;
mod name_ttl;
mod no_queue;
mod one_backend;
mod one_node_less;
mod only_mean;
mod overload;
mod pool_connections;
mod pool_threads;
mod priorities;
mod proxy_hash;
mod rare;
mod retry_deadline;
mod retry_pause;
mod timeout_downstream;
mod timeout_upstream;
mod tiny_law;
mod unreached;

use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::model::Model;
use crate::syntax::path;
use crate::syntax::tree::Tree;
use context::Context;

/// Finds where things are written.
pub trait Places {
    /// The bytes of the value at a path as `--set` takes it, such as `components.was.threads`,
    /// `links."was -> db".timeout` or `objectives[0]`; `None` if nothing is written there.
    fn find(&self, path: &str) -> Option<Range<usize>>;
}

impl<F: Fn(&str) -> Option<Range<usize>>> Places for F {
    fn find(&self, path: &str) -> Option<Range<usize>> {
        self(path)
    }
}

impl Places for Tree {
    /// Of a value over several lines the first one.
    fn find(&self, path: &str) -> Option<Range<usize>> {
        let span = path::lookup(self, path)?;
        let first = self.text()[span.clone()].lines().next()?.trim_end().len();
        Some(span.start..span.start + first)
    }
}

/// One piece of advice.
#[derive(Clone, Copy)]
pub struct Lint {
    /// Its code.
    pub code: &'static str,
    /// What it warns about, in a few words.
    pub title: &'static str,
    /// When it warns, why that matters, and what to do.
    pub explanation: &'static str,
    check: fn(&Context) -> Vec<Diagnostic>,
}

/// All lints by code.
pub const LINTS: &[Lint] = &[
    pool_threads::LINT,
    pool_connections::LINT,
    timeout_downstream::LINT,
    timeout_upstream::LINT,
    retry_pause::LINT,
    one_backend::LINT,
    overload::LINT,
    one_node_less::LINT,
    name_ttl::LINT,
    unreached::LINT,
    only_mean::LINT,
    rare::LINT,
    idle_standby::LINT,
    endless_wait::LINT,
    external_timeout::LINT,
    tiny_law::LINT,
    proxy_hash::LINT,
    closed_rate::LINT,
    collapse::LINT,
    retry_deadline::LINT,
    late_fault::LINT,
    no_queue::LINT,
    priorities::LINT,
    cold_start::LINT,
    black_hole::LINT,
    loose_sessions::LINT,
];

/// The warnings of all lints about `model`, by code.
pub fn lint(model: &Model, places: &dyn Places) -> Vec<Diagnostic> {
    let context = Context::new(model, places);
    LINTS
        .iter()
        .flat_map(|lint| (lint.check)(&context))
        .collect()
}

/// The explanation of a lint, if `code` is one.
pub fn explain(code: &str) -> Option<&'static str> {
    let found = LINTS.iter().find(|lint| lint.code == code);
    found.map(|lint| lint.explanation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;

    #[test]
    fn codes_are_in_order_and_explained() {
        for (number, lint) in LINTS.iter().enumerate() {
            assert_eq!(lint.code, format!("LP04{:02}", number + 1));
            assert!(lint.explanation.len() > 80, "{}", lint.code);
            assert_eq!(explain(lint.code), Some(lint.explanation));
        }
        assert_eq!(explain("LP0101"), None);
    }

    #[test]
    fn the_fixture_draws_no_warning() {
        let model = fixture::shop().b.build();
        let found = lint(&model, &|_: &str| None);
        assert!(found.is_empty(), "{found:#?}");
    }

    #[test]
    fn a_warning_is_put_at_the_field_else_at_what_it_belongs_to_else_nowhere() {
        let mut shop = fixture::shop();
        let (was, db) = (shop.was, shop.db);
        shop.b.link(was, db).pool = Some(20);
        let model = shop.b.build();
        let at = |known: &'static [(&str, Range<usize>)]| {
            let find = |path: &str| {
                let found = known.iter().find(|(name, _)| *name == path);
                found.map(|(_, span)| span.clone())
            };
            let found = lint(&model, &find);
            assert_eq!(found.len(), 1, "{found:#?}");
            assert_eq!(found[0].severity, Severity::Warning);
            found[0].span.clone()
        };
        assert_eq!(at(&[]), None);
        assert_eq!(at(&[("components.was", 1..5)]), Some(1..5));
        let both = at(&[("components.was", 1..5), ("links.\"was -> db\".pool", 7..9)]);
        assert_eq!(both, Some(7..9));
    }
}
