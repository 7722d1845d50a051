//! The `linchpin` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    linchpin::cli::main().into()
}
