//! Expressions over results: numbers, paths into `summary.json`, `+ - * / ( )` and functions.
//!
//! `components.server.waiting_time_s.mean` is a path; `b@response_time_s.mean` is one into the run
//! called `b`; names with other characters stand in quotes: `links."a -> b".attempts`. A minus
//! between values stands between spaces.

mod evaluate;
mod parse;

pub use evaluate::{Evidence, Runs, evaluate, needs_pooled, needs_singles, place};

use serde::Deserialize;
use serde::de::{Deserializer, Error};

/// An expression with its text.
#[derive(Clone, Debug)]
pub struct Expression {
    /// As written.
    pub text: String,
    /// What it says.
    pub root: Node,
}

/// One part of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// A number.
    Number(f64),
    /// A value of a result.
    Path(Path),
    /// Two values joined by `+ - * /`.
    Binary(char, Box<Node>, Box<Node>),
    /// A function of values.
    Call(String, Vec<Node>),
}

/// A place in a result.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// Of which run; the only one if none is named.
    pub run: Option<String>,
    /// Keys from the root of `summary.json`.
    pub keys: Vec<String>,
}

impl Expression {
    /// Names of the runs that it speaks of.
    pub fn runs(&self) -> Vec<Option<&str>> {
        let mut found = Vec::new();
        collect(&self.root, &mut found);
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn collect<'a>(node: &'a Node, found: &mut Vec<Option<&'a str>>) {
    match node {
        Node::Number(_) => {}
        Node::Path(path) => found.push(path.run.as_deref()),
        Node::Binary(_, left, right) => {
            collect(left, found);
            collect(right, found);
        }
        Node::Call(_, arguments) => arguments.iter().for_each(|one| collect(one, found)),
    }
}

impl<'de> Deserialize<'de> for Expression {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let root = parse::parse(&text).map_err(D::Error::custom)?;
        Ok(Self { text, root })
    }
}
