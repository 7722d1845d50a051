//! Arguments of what is asked about incidents.

use super::{FileArguments, OutputArguments, SimulationArguments, positive, users};
use crate::quantity::{Rate, Time};
use clap::Args;
use std::path::PathBuf;

/// `capacity`
#[derive(Args, Debug)]
pub struct CapacityArguments {
    #[command(flatten)]
    pub input: FileArguments,
    /// Look for the highest load that comes back after this trigger, which must end: 'server pause
    /// @60s for 10s' (repeatable) [default: the highest load that keeps every objective]; faults
    /// of the file are left out
    #[arg(long, value_name = "FAULT")]
    pub after: Vec<String>,
    /// How exactly: half-width of the interval of the load; after a trigger, how close the highest
    /// load that comes back and the lowest that does not must be
    #[arg(long, value_name = "SHARE", default_value = "2%")]
    pub within: String,
    /// Seed of all randomness
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub seed: u64,
    /// Threads; the result is the same for any number [default: all cores]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
    /// Replications of each load [default: as many as `--within` takes; after a trigger 3, all of
    /// which must come back]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub replications: Option<u32>,
    /// Look along the users of the closed workloads instead of the rate of the open ones; with
    /// --find so many users are to be carried
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "",
        value_parser = crowd, conflicts_with = "rate", allow_negative_numbers = true)]
    pub users: Option<Crowd>,
    /// Look for the fewest nodes, or the cheapest machine, with which every objective is kept: any
    /// whole number of the file, as in `app.replicas` or `db.read_replicas`, or `app.machine`
    #[arg(long, value_name = "PATH", conflicts_with_all = ["after", "within"])]
    pub find: Option<String>,
    /// With --find: the rate to be carried [default: the file's own load]
    #[arg(
        long,
        value_name = "RATE",
        requires = "find",
        conflicts_with = "after",
        allow_hyphen_values = true
    )]
    pub rate: Option<Rate>,
    /// With --find: so many nodes of the component may be lost, and every objective is still kept
    #[arg(long, value_name = "K", requires = "find", conflicts_with = "after",
        value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub survive: Option<u32>,
    /// With --find: the largest number that is looked at [default: 1000]
    #[arg(long, value_name = "N", requires = "find", conflicts_with = "after",
        value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub most: Option<u32>,
    #[command(flatten)]
    pub output: OutputArguments,
}

/// Users to look along, or to be carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crowd {
    /// As many as the question asks for.
    OfTheFile,
    /// So many.
    So(u32),
}

fn crowd(text: &str) -> Result<Crowd, String> {
    match text {
        "" => Ok(Crowd::OfTheFile),
        number => users(number)
            .map(Crowd::So)
            .map_err(|problem| format!("{problem}; a FILE stands before --users")),
    }
}

/// `drill`
#[derive(Args, Debug)]
pub struct DrillArguments {
    #[command(flatten)]
    pub input: FileArguments,
    #[command(flatten)]
    pub simulation: SimulationArguments,
    /// Add a fault: 'was/2 crash @3m for 60s' (repeatable)
    #[arg(long, value_name = "FAULT")]
    pub inject: Vec<String>,
    /// From when customers begin to feel it until they have told, unless an alarm fires before
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = positive)]
    pub customers: Time,
    /// From detection until those concerned have been told
    #[arg(long, value_name = "TIME", default_value = "5m")]
    pub announce: Time,
    /// Write the incident report here, in Markdown; `-` prints it in place of the page
    #[arg(long, value_name = "FILE", default_value = "incident.md")]
    pub report: PathBuf,
    #[command(flatten)]
    pub output: OutputArguments,
}
