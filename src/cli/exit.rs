//! Exit codes: each means one thing, and all are listed in `--help`.

use std::process::ExitCode;

/// How the process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Everything is as asked for.
    Success = 0,
    /// Reading or writing failed, or linchpin is at fault.
    Failure = 1,
    /// The command line makes no sense.
    Usage = 2,
    /// The model is invalid.
    InvalidModel = 3,
    /// An interval straddles a bound, or a cap was reached.
    Undecided = 4,
    /// An objective fails, or a single point of failure was found.
    ObjectiveFailed = 99,
    /// Interrupted; what was finished has been written.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

/// Shown at the end of `--help`.
pub const HELP: &str = "Exit codes:
  0    success
  1    reading, writing or an internal fault
  2    wrong usage
  3    invalid model
  4    undecided: an interval straddles a bound, or a cap was reached
  99   an objective fails, or there is a single point of failure
  130  interrupted; what was finished has been written";

/// Prints what clap has to say (help and version to stdout) and translates its code.
pub fn of_usage(error: &clap::Error) -> Exit {
    if error.print().is_err() {
        return Exit::Failure;
    }
    if error.use_stderr() {
        Exit::Usage
    } else {
        Exit::Success
    }
}
