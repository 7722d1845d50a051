//! Rates of unequal servers and of stations whose rate depends on the number of jobs.

use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::model::{Contention, Discipline, Rates};
use crate::quantity::Factor;
use crate::schema::At;
use crate::schema::code;

/// What a CPU says about its rates.
pub struct Stated<'a> {
    /// Speeds of the servers.
    pub core_speeds: Option<&'a At<Vec<Factor>>>,
    /// Total rate by number of jobs.
    pub scaling: Option<&'a At<Vec<Factor>>>,
    /// `cores`, where the file states them here.
    pub cores: Option<u32>,
    /// Order of service.
    pub discipline: Discipline,
    /// Contention on it.
    pub contention: Contention,
}

impl Stated<'_> {
    /// The rates, the number of servers where they tell it, and what is wrong.
    pub fn rates(&self) -> (Rates, Option<u32>, Vec<Diagnostic>) {
        let list = |stated: Option<&At<Vec<Factor>>>| {
            let stated = stated.map(|field| field.value.iter());
            stated.map_or_else(Vec::new, |list| list.map(|factor| factor.value()).collect())
        };
        let rates = Rates {
            core_speeds: list(self.core_speeds),
            scaling: list(self.scaling),
        };
        let servers = (!rates.core_speeds.is_empty()).then_some(rates.core_speeds.len() as u32);
        let mut problems = Vec::new();
        if let Some(stated) = self.core_speeds {
            problems.extend(self.check_speeds(stated));
        }
        if let Some(stated) = self.scaling {
            problems.extend(self.check_scaling(stated));
        }
        (rates, servers, problems)
    }

    fn check_speeds(&self, stated: &At<Vec<Factor>>) -> Option<Diagnostic> {
        let number = stated.value.len();
        if number == 0 {
            return Some(empty(stated.span.clone(), "a speed for each core"));
        }
        if self.cores.is_some_and(|cores| cores as usize != number) {
            let message = format!("{number} speeds do not fit the number of `cores`");
            let problem = Diagnostic::error(code::CONFLICT, message).at(stated.span.clone());
            return Some(problem.help("leave `cores` out, or state one speed for each core"));
        }
        let shares = matches!(
            self.discipline,
            Discipline::ProcessorSharing | Discipline::LimitedSharing(_)
        );
        shares.then(|| {
            let message = "cores of unequal speed need jobs that have a core of their own";
            Diagnostic::error(code::CONFLICT, message)
                .at(stated.span.clone())
                .help("write `discipline: Fcfs` (or Lcfs, RandomOrder, Priority) beside it")
        })
    }

    fn check_scaling(&self, stated: &At<Vec<Factor>>) -> Option<Diagnostic> {
        if stated.value.is_empty() {
            return Some(empty(stated.span.clone(), "the total rate with one job"));
        }
        let other = if self.core_speeds.is_some() {
            "core_speeds"
        } else if self.contention != Contention::default() {
            "contention"
        } else {
            return None;
        };
        let message = format!("`scaling` and `{other}` both say how fast the jobs are served");
        let problem = Diagnostic::error(code::CONFLICT, message).at(stated.span.clone());
        Some(problem.help(format!("leave `{other}` or `scaling` out")))
    }
}

fn empty(span: Range<usize>, what: &str) -> Diagnostic {
    Diagnostic::error(code::MISSING, "the list is empty")
        .at(span)
        .help(format!("state {what}, or leave the field out"))
}
