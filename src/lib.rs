//! linchpin: a discrete-event capacity and failure simulator for server architectures.
pub mod cli;
pub mod control;
pub mod diagnostic;
pub mod engine;
pub mod experiment;
pub mod fault;
pub mod kinds;
pub mod law;
pub mod lower;
pub mod model;
pub mod quantity;
pub mod reliability;
pub mod report;
pub mod statistics;
pub mod theory;
pub mod topology;
