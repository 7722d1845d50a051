//! Arguments of `compare`.

use super::{OutputArguments, SimulationArguments};
use clap::Args;
use std::path::PathBuf;

/// `compare`
#[derive(Args, Debug)]
pub struct CompareArguments {
    /// Topology files; the first is the base
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Change a value in every file (repeatable)
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub set: Vec<String>,
    /// Another design made from the first file: 'NAME: path=value, path=value' (repeatable)
    #[arg(long, value_name = "NAME: PATH=VALUE, ...")]
    pub variant: Vec<String>,
    /// Print the comparison as Markdown
    #[arg(long)]
    pub markdown: bool,
    /// Also find the highest load at which each design keeps its objectives
    #[arg(long)]
    pub capacity: bool,
    /// Also tell the single points of each design, and its availability where failures are stated
    #[arg(long)]
    pub availability: bool,
    /// Run every combination of values instead, one axis a flag, and find those that nothing beats
    /// by cost, p95, stated failures and, with --capacity, load carried: 'app.machine=small,large'
    /// 'app.replicas=1..4' (repeatable)
    #[arg(long, value_name = "PATH=VALUES",
        conflicts_with_all = ["variant", "markdown", "availability"])]
    pub frontier: Vec<String>,
    #[command(flatten)]
    pub simulation: SimulationArguments,
    #[command(flatten)]
    pub output: OutputArguments,
}
