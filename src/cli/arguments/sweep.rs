//! Arguments of `sweep` and its steps.

use super::{FileArguments, LookArguments, OutputArguments, SimulationArguments};
use clap::{ArgMatches, Args, FromArgMatches, Subcommand, ValueEnum};
use std::path::PathBuf;

/// `sweep`
#[derive(Debug)]
pub enum SweepArguments {
    /// In one go.
    Whole(Box<SweepWhole>),
    /// One step of a sweep that many processes share.
    Step(Box<SweepStep>),
}

impl FromArgMatches for SweepArguments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        if matches.subcommand().is_some() {
            return SweepStep::from_arg_matches(matches).map(|step| Self::Step(Box::new(step)));
        }
        SweepWhole::from_arg_matches(matches).map(|whole| Self::Whole(Box::new(whole)))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for SweepArguments {
    fn augment_args(command: clap::Command) -> clap::Command {
        SweepStep::augment_subcommands(SweepWhole::augment_args(command))
            .subcommand_required(false)
            .arg_required_else_help(false)
            .args_conflicts_with_subcommands(true)
            .subcommand_negates_reqs(true)
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

/// The steps of a shared sweep.
#[derive(Debug, Subcommand)]
pub enum SweepStep {
    /// Write down what is to be done, for many processes
    Plan(SweepPlanArguments),
    /// Work off one share of a plan; what is done already is not done again
    Exec(SweepExecArguments),
    /// Put the shares together
    Merge(SweepMergeArguments),
}

/// A sweep in one go.
#[derive(Args, Debug)]
pub struct SweepWhole {
    #[command(flatten)]
    pub question: SweepQuestion,
    #[command(flatten)]
    pub output: OutputArguments,
}

/// What a sweep asks.
#[derive(Args, Debug)]
pub struct SweepQuestion {
    #[command(flatten)]
    pub input: FileArguments,
    /// Vary a value: a list 'was.replicas=1, 2, 4', a range 'db.cores=4..16/4', even ratios
    /// 'rate=log 10/s..1000/s/5', or an uncertain input 'db.service[0]=Uniform("2ms", "8ms")';
    /// the paths `rate` and `users` are the load (repeatable)
    #[arg(long, required = true, value_name = "PATH=VALUES")]
    pub param: Vec<String>,
    /// How points are chosen [default: grid; with --samples or a law latin]
    #[arg(long, value_enum, value_name = "DESIGN")]
    pub design: Option<DesignChoice>,
    /// Number of points to draw
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..))]
    pub samples: Option<u32>,
    /// Sobol indices from two samples of N points each: N x (parameters + 2) points; a power of two
    /// is best
    #[arg(long, value_name = "N", conflicts_with_all = ["design", "samples"],
        value_parser = clap::value_parser!(u32).range(2..))]
    pub sobol: Option<u32>,
    #[command(flatten)]
    pub simulation: SimulationArguments,
}

/// How points are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DesignChoice {
    /// Every value with every other.
    Grid,
    /// A Latin hypercube.
    Latin,
    /// Sobol's sequence, scrambled by the seed.
    Sobol,
}

/// `sweep plan`
#[derive(Args, Debug)]
pub struct SweepPlanArguments {
    #[command(flatten)]
    pub question: SweepQuestion,
    /// Write the plan into this file, or to stdout with `-`
    #[arg(short, long = "out", value_name = "PLAN")]
    pub out: PathBuf,
    /// Print nothing but errors
    #[arg(short, long)]
    pub quiet: bool,
    #[command(flatten)]
    pub look: LookArguments,
}

/// `sweep exec`
#[derive(Args, Debug)]
pub struct SweepExecArguments {
    /// The plan
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
    /// Which share, from 1/N to N/N; `auto` asks the batch system, `auto/N` where it does not say
    /// how many there are
    #[arg(long, default_value = "1/1", value_name = "K/N|auto")]
    pub shard: String,
    /// Keep finished points in this directory
    #[arg(short, long = "out", value_name = "DIR")]
    pub out: PathBuf,
    /// Threads; the result is the same for any number [default: all cores]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
    /// Print nothing but errors
    #[arg(short, long)]
    pub quiet: bool,
    #[command(flatten)]
    pub look: LookArguments,
}

/// `sweep merge`
#[derive(Args, Debug)]
pub struct SweepMergeArguments {
    /// The plan
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
    /// Directories of the shares
    #[arg(value_name = "DIR", required = true)]
    pub shares: Vec<PathBuf>,
    #[command(flatten)]
    pub output: OutputArguments,
}
