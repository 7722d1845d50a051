//! linchpin: a discrete-event capacity and failure simulator for server architectures.
//!
//! One topology file goes through [`topology::load`](topology::load()) to a [`model::Model`], is
//! lowered to a [`engine::program::Program`], is run by [`engine::run`] in many replications under
//! an [`experiment`], and ends as text, JSON, CSV and SVG in [`report`].

pub mod cli;
pub mod control;
pub mod diagnostic;
pub mod engine;
pub mod experiment;
pub mod fault;
pub mod fit;
pub mod kinds;
pub mod law;
pub mod lower;
pub mod model;
pub mod quantity;
pub mod reliability;
pub mod report;
pub mod schema;
pub mod statistics;
pub mod syntax;
pub mod theory;
pub mod topology;
