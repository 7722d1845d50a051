//! Arguments of what is asked about incidents.

use super::{FileArguments, OutputArguments, SimulationArguments, positive};
use crate::quantity::Time;
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
    /// Look along the users of the closed workloads instead of the rate of the open ones
    #[arg(long)]
    pub users: bool,
    #[command(flatten)]
    pub output: OutputArguments,
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
    /// How long customers feel it before they have told somebody
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
