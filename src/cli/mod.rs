//! The command line: one file a command, each arguments in, text and exit code out.

mod arguments;
mod capacity;
mod check;
mod compare;
mod curve;
mod drill;
mod estimate;
mod exit;
mod find;
mod fit;
mod frontier;
mod graph;
mod load;
mod new;
mod output;
mod plan;
mod progress;
mod result;
mod run;
mod settings;
mod spof;
mod sweep;

use arguments::{Arguments, Command};
use clap::Parser;
pub use exit::Exit;

/// Parses the process's arguments, runs the command, and says how it ended.
pub fn main() -> Exit {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return exit::of_usage(&error),
    };
    match arguments.command {
        Command::New(command) => new::main(&command),
        Command::Check(command) => check::main(&command),
        Command::Graph(command) => graph::main(&command),
        Command::Plan(command) => plan::main(&command),
        Command::Estimate(command) => estimate::main(&command),
        Command::Fit(command) => fit::main(&command),
        Command::Run(command) => run::main(&command),
        Command::Curve(command) => curve::main(&command),
        Command::Capacity(command) => capacity::main(&command),
        Command::Drill(command) => drill::main(&command),
        Command::Spof(command) => spof::main(&command),
        Command::Compare(command) => compare::main(&command),
        Command::Sweep(command) => sweep::main(&command),
    }
}
