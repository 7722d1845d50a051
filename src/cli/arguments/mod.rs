//! What can be written on the command line.

mod compare;
mod incidents;
mod spof;
mod sweep;
mod without_topology;

pub use compare::CompareArguments;
pub use incidents::{CapacityArguments, Crowd, DrillArguments};
pub use spof::SpofArguments;
pub use sweep::{
    DesignChoice, SweepArguments, SweepExecArguments, SweepMergeArguments, SweepPlanArguments,
    SweepQuestion, SweepStep, SweepWhole,
};
pub use without_topology::{FitArguments, FormatName, PlanArguments, UnitName};

use super::exit;
use crate::quantity::{QuantityError, Rate, Time, Users};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Finds out how much a server architecture carries and what breaks it.
#[derive(Debug, Parser)]
#[command(name = "linchpin", version, about, after_help = exit::HELP, max_term_width = 100)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands, in the order in which people need them.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a commented starter topology
    New(NewArguments),
    /// Read a topology and say what is wrong or doubtful, without simulating
    Check(CheckArguments),
    /// Draw the server map as SVG, DOT or Mermaid
    Graph(GraphArguments),
    /// Turn daily users into rates and rates into virtual users; no topology needed
    Plan(PlanArguments),
    /// The analytic answer alone, in milliseconds, with the assumption behind each number
    Estimate(EstimateArguments),
    /// Laws and rates from access logs and results of load tests
    Fit(FitArguments),
    /// Simulate one scenario and give a verdict
    Run(RunArguments),
    /// Throughput and response time against load: knee, saturation point, buckle zone
    Curve(CurveArguments),
    /// The highest load that keeps every objective, and what ends it; with --find the fewest nodes
    /// that carry a load, with --after the highest load from which the system comes back
    Capacity(CapacityArguments),
    /// Play an incident through: who learns of it and when, what is done, what it costs
    Drill(DrillArguments),
    /// Find the single points of failure, by structure and by breaking each part under load
    Spof(SpofArguments),
    /// Put designs side by side under common random numbers
    Compare(CompareArguments),
    /// Vary parameters, or draw uncertain ones, and say what matters; in one go or in shares
    Sweep(SweepArguments),
}

/// Who looks at the output.
#[derive(Args, Clone, Debug)]
pub struct OutputArguments {
    /// Write the result as JSON to this file, or to stdout with `-` (then nothing else is printed)
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Write summary.json, CSV files and plots into this directory
    #[arg(short, long = "out", value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Print nothing but errors
    #[arg(short, long)]
    pub quiet: bool,
    #[command(flatten)]
    pub look: LookArguments,
}

/// Colour and characters.
#[derive(Args, Clone, Debug)]
pub struct LookArguments {
    /// Colour: auto looks at the terminal and its environment
    #[arg(long, value_enum, default_value_t = ColourChoice::Auto, value_name = "WHEN")]
    pub color: ColourChoice,
    /// Use ASCII characters only
    #[arg(long)]
    pub ascii: bool,
    /// How problems of the file are printed
    #[arg(long, value_enum, default_value_t = MessageFormat::Human, value_name = "FORMAT")]
    pub message_format: MessageFormat,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColourChoice {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How problems are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MessageFormat {
    /// With source and underline.
    Human,
    /// One JSON object a line, on stdout for `check`, on stderr elsewhere.
    Json,
}

/// A topology and changes to it.
#[derive(Args, Clone, Debug)]
pub struct FileArguments {
    /// The topology file; `-` reads standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Change a value: was.replicas=4, 'links."was -> db".pool=50' (repeatable)
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub set: Vec<String>,
}

/// How to simulate.
#[derive(Args, Clone, Debug)]
pub struct SimulationArguments {
    /// Seed of all randomness
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub seed: u64,
    /// Threads; the result is the same for any number [default: all cores]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
    /// Number of replications [default: as many as the precision needs]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub replications: Option<u32>,
    /// Counted requests of a replication
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..),
        allow_negative_numbers = true)]
    pub requests: Option<u64>,
    /// Length of a replication after warm-up
    #[arg(long, value_name = "TIME", value_parser = positive, allow_hyphen_values = true)]
    pub duration: Option<Time>,
    /// Cut this much off the start of a steady run instead of finding it
    #[arg(long, value_name = "TIME")]
    pub warm_up: Option<Time>,
    /// Stop at this relative half-width of the mean response, as in 2%
    #[arg(long, value_name = "SHARE")]
    pub precision: Option<String>,
    /// Total rate of the open workloads, each scaled alike
    #[arg(
        long,
        value_name = "RATE",
        conflicts_with = "users",
        allow_hyphen_values = true
    )]
    pub rate: Option<Rate>,
    /// Total users of the closed workloads, each scaled alike
    #[arg(long, value_name = "N", visible_alias = "vus", value_parser = users,
        allow_negative_numbers = true)]
    pub users: Option<u32>,
}

/// `new`
#[derive(Args, Debug)]
pub struct NewArguments {
    /// The file to write; must not exist. `-` writes to stdout
    #[arg(value_name = "FILE", default_value = "topology.ron")]
    pub file: PathBuf,
    /// What to start from
    #[arg(long, value_enum, default_value_t = Template::ThreeTier)]
    pub template: Template,
}

/// Starters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Template {
    /// One server.
    Single,
    /// Balancer, application servers, database.
    ThreeTier,
    /// Names, balancer pair, two of everything.
    Redundant,
    /// A cache and read replicas in front of the primary.
    CacheAside,
}

/// `check`
#[derive(Args, Debug)]
pub struct CheckArguments {
    /// Topology files; `-` reads standard input
    #[arg(value_name = "FILE", required_unless_present_any = ["explain_defaults", "explain"])]
    pub files: Vec<PathBuf>,
    /// Change a value before checking (repeatable)
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub set: Vec<String>,
    /// List every default with its source
    #[arg(long)]
    pub explain_defaults: bool,
    /// Explain one advice, as in LP0401, or all of them with `all`
    #[arg(long, value_name = "CODE")]
    pub explain: Option<String>,
    /// Exit with 3 on warnings too
    #[arg(long)]
    pub deny_warnings: bool,
    /// Print nothing but problems
    #[arg(short, long)]
    pub quiet: bool,
    #[command(flatten)]
    pub look: LookArguments,
}

/// `graph`
#[derive(Args, Debug)]
pub struct GraphArguments {
    #[command(flatten)]
    pub input: FileArguments,
    /// Format of the map
    #[arg(long, value_enum, default_value_t = GraphFormat::Svg)]
    pub format: GraphFormat,
    /// Write to this file instead of stdout
    #[arg(short, long = "out", value_name = "FILE")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub look: LookArguments,
}

/// Formats of the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GraphFormat {
    /// A picture.
    Svg,
    /// For Graphviz.
    Dot,
    /// For Markdown.
    Mermaid,
}

/// `estimate`
#[derive(Args, Debug)]
pub struct EstimateArguments {
    #[command(flatten)]
    pub input: FileArguments,
    /// Total rate of the open workloads, each scaled alike
    #[arg(
        long,
        value_name = "RATE",
        conflicts_with = "users",
        allow_hyphen_values = true
    )]
    pub rate: Option<Rate>,
    /// Total users of the closed workloads, each scaled alike
    #[arg(long, value_name = "N", visible_alias = "vus", value_parser = users,
        allow_negative_numbers = true)]
    pub users: Option<u32>,
    #[command(flatten)]
    pub output: OutputArguments,
}

/// `run`
#[derive(Args, Debug)]
pub struct RunArguments {
    #[command(flatten)]
    pub input: FileArguments,
    #[command(flatten)]
    pub simulation: SimulationArguments,
    /// Add a fault: 'was/2 crash @3m for 60s', 'db slow x4 @9m', 'h1 pause @60s for 10s'
    /// (repeatable)
    #[arg(long, value_name = "FAULT")]
    pub inject: Vec<String>,
    /// Go through a test profile in place of the file's stages and faults
    #[arg(long, value_enum, value_name = "NAME", conflicts_with = "inject")]
    pub profile: Option<ProfileName>,
    /// Let failure laws act (`failure: (mtbf: .., mttr: ..)`)
    #[arg(long)]
    pub with_failures: bool,
    /// Share of responses of all or a class above a time, or of waits at a component: all=100ms,
    /// order=2s, db=1s (repeatable)
    #[arg(long, value_name = "NAME=TIME")]
    pub share_above: Vec<String>,
    #[command(flatten)]
    pub output: OutputArguments,
}

/// Test profiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProfileName {
    /// Next to no load for 5 minutes: does it work at all?
    Smoke,
    /// The load of the file for 5 minutes: how does it perform?
    Performance,
    /// Ten steps of a minute up to the load of the file: does it go on answering?
    Load,
    /// Half as much again as mean demands allow, and back: where does it saturate, does it recover?
    Stress,
    /// Five times the load of the file for a minute, and back: how soon is it as before?
    Spike,
    /// The load of the file for hours: does something leak, and when is it full?
    Soak,
    /// One part after the other is taken away under load and given back.
    Negative,
    /// A quarter more than the busiest bandwidth carries, and back: does it recover?
    Fatigue,
}

/// `curve`
#[derive(Args, Debug)]
pub struct CurveArguments {
    #[command(flatten)]
    pub input: FileArguments,
    #[command(flatten)]
    pub simulation: SimulationArguments,
    /// First load (a rate, or a number of users) [default: a tenth of the estimated saturation]
    #[arg(long, value_name = "LOAD")]
    pub from: Option<String>,
    /// Last load [default: beyond saturation]
    #[arg(long, value_name = "LOAD")]
    pub to: Option<String>,
    /// Number of loads to start with
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=1000))]
    pub steps: Option<u32>,
    /// Share of the saturation throughput to recommend at most
    #[arg(long, value_name = "X", default_value_t = 0.7)]
    pub margin: f64,
    #[command(flatten)]
    pub output: OutputArguments,
}

/// Users of a flag.
fn users(text: &str) -> Result<u32, QuantityError> {
    text.parse().map(Users::get)
}

/// A time that passes.
fn positive(text: &str) -> Result<Time, String> {
    match text.parse() {
        Ok(Time::ZERO) => Err("this time must be more than 0".to_owned()),
        Ok(time) => Ok(time),
        Err(problem) => Err(problem.to_string()),
    }
}
