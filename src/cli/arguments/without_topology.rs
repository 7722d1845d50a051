//! Arguments of commands that need no topology.

use super::{LookArguments, OutputArguments};
use crate::quantity::{Rate, Time};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// `plan`
#[derive(Args, Debug)]
pub struct PlanArguments {
    /// Users a day
    #[arg(long, value_name = "N")]
    pub dau: Option<u64>,
    /// Visits of each user a day [default: 1]
    #[arg(long, value_name = "X")]
    pub visits: Option<f64>,
    /// Peak traffic over average traffic [default: 1]
    #[arg(long, value_name = "X")]
    pub peak_ratio: Option<f64>,
    /// Target rate, in place of --dau
    #[arg(long, value_name = "RATE", allow_hyphen_values = true)]
    pub rate: Option<Rate>,
    /// Requests of one iteration of a virtual user
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub requests: Option<u32>,
    /// Time of one request
    #[arg(long, value_name = "TIME")]
    pub request_duration: Option<Time>,
    /// Added to an iteration, as for the network when testing from inside
    #[arg(long, value_name = "TIME")]
    pub extra: Option<Time>,
    /// Think time of an iteration
    #[arg(long, value_name = "TIME")]
    pub think: Option<Time>,
    /// Write the result as JSON to this file, or to stdout with `-`
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    #[command(flatten)]
    pub look: LookArguments,
}

/// `fit`
#[derive(Args, Debug)]
pub struct FitArguments {
    /// Access logs, results of JMeter, k6 or nGrinder, or tables, all of one format; `.gz` is
    /// unpacked, `-` reads standard input
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// What they are [default: by their first line]
    #[arg(long, value_enum, value_name = "NAME")]
    pub format: Option<FormatName>,
    /// What 1 is in the request times of an access log or a table of requests [default: s where
    /// they have a point]
    #[arg(long, value_enum, value_name = "UNIT")]
    pub unit: Option<UnitName>,
    /// Take all requests as one class
    #[arg(long)]
    pub one_class: bool,
    #[command(flatten)]
    pub output: OutputArguments,
}

/// Formats that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FormatName {
    /// Access log of nginx, Apache and their like.
    Access,
    /// JMeter results as CSV.
    Jmeter,
    /// k6 results as CSV.
    K6Csv,
    /// k6 results as lines of JSON.
    K6Json,
    /// nGrinder statistics as CSV.
    Ngrinder,
    /// Columns time, duration, and, if there are, class, ok and users.
    Table,
    /// Columns load and throughput.
    Points,
}

/// Units of request times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum UnitName {
    /// Seconds.
    S,
    /// Milliseconds.
    Ms,
    /// Microseconds.
    Us,
}
