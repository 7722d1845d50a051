//! Arguments of `spof`.

use super::{FileArguments, OutputArguments, SimulationArguments};
use crate::experiment::result::simulated::Method;
use clap::{Args, ValueEnum};

/// `spof`
#[derive(Args, Debug)]
pub struct SpofArguments {
    #[command(flatten)]
    pub input: FileArguments,
    #[command(flatten)]
    pub simulation: SimulationArguments,
    /// Only look at the structure, break nothing under load
    #[arg(long)]
    pub structural: bool,
    /// Most parts of a cut set
    #[arg(long, value_name = "K", default_value_t = 2,
        value_parser = clap::value_parser!(u32).range(1..=8))]
    pub order: u32,
    /// By which way unavailabilities are had; the other two play failures and repairs through and
    /// are printed beside the exact one
    #[arg(long, value_enum, default_value_t = MethodChoice::Exact, value_name = "METHOD")]
    pub method: MethodChoice,
    #[command(flatten)]
    pub output: OutputArguments,
}

/// How unavailabilities are had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MethodChoice {
    /// From a decision diagram.
    Exact,
    /// By simulation that makes rare events common.
    Splitting,
    /// By plain simulation.
    MonteCarlo,
}

impl From<MethodChoice> for Method {
    fn from(choice: MethodChoice) -> Self {
        match choice {
            MethodChoice::Exact => Method::Exact,
            MethodChoice::Splitting => Method::Splitting,
            MethodChoice::MonteCarlo => Method::MonteCarlo,
        }
    }
}
