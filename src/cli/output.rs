//! Text to stdout and stderr, with or without colour, and files.

use super::arguments::{ColourChoice, LookArguments, MessageFormat};
use super::exit::Exit;
use crate::diagnostic::Diagnostics;
use crate::report::Style;
use std::io::{ErrorKind, IsTerminal, Write};
use std::path::Path;

/// Width assumed when the output is no terminal.
const PLAIN_WIDTH: usize = 100;

/// Colour, characters and width for tables on stdout.
pub fn style(look: &LookArguments) -> Style {
    let terminal = std::io::stdout().is_terminal();
    Style {
        colour: colour(look, terminal),
        ascii: look.ascii,
        width: if terminal {
            terminal_width()
        } else {
            PLAIN_WIDTH
        },
    }
}

fn terminal_width() -> usize {
    terminal_size::terminal_size().map_or(PLAIN_WIDTH, |(width, _)| usize::from(width.0))
}

/// Whether to colour a stream: `--color` decides, else `NO_COLOR`, `TERM=dumb` and the terminal.
fn colour(look: &LookArguments, terminal: bool) -> bool {
    match look.color {
        ColourChoice::Always => true,
        ColourChoice::Never => false,
        ColourChoice::Auto => {
            let forbidden = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
            terminal && !forbidden && !dumb
        }
    }
}

/// Prints to stdout. A reader that has gone away is no error.
///
/// # Errors
/// [`Exit::Failure`] when stdout cannot be written otherwise.
pub fn print(text: &str) -> Result<(), Exit> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => {
            warn(&format!("error: cannot write to standard output: {error}"));
            Err(Exit::Failure)
        }
    }
}

/// Prints a line to stderr; nobody is left to tell when that fails.
pub fn warn(line: &str) {
    let _nobody_left = writeln!(std::io::stderr().lock(), "{line}");
}

/// Shows problems on stderr.
pub fn show_problems(problems: &Diagnostics, look: &LookArguments) {
    if problems.is_empty() {
        return;
    }
    let text = match look.message_format {
        MessageFormat::Human => problems.human(colour(look, std::io::stderr().is_terminal())),
        MessageFormat::Json => problems.json(),
    };
    warn(text.trim_end());
}

/// Writes `text` to a file, or to stdout for `-`; a file appears whole or not at all.
///
/// # Errors
/// [`Exit::Failure`] after saying why on stderr.
pub fn write_to(path: &Path, text: &str) -> Result<(), Exit> {
    if path == Path::new("-") {
        return print(text);
    }
    crate::report::write::write_file(path, text.as_bytes()).map_err(|error| {
        warn(&format!("error: {error}"));
        Exit::Failure
    })
}
