//! Progress on stderr, only for a person who watches.

use crate::experiment::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;

/// A bar on stderr; silent when stderr is no terminal or with `--quiet`.
pub struct Bar(ProgressBar);

impl Bar {
    /// A bar for one command.
    pub fn new(quiet: bool) -> Self {
        let shown = !quiet && std::io::stderr().is_terminal();
        let target =
            if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        let style = ProgressStyle::with_template("{msg:24} [{bar:30}] {pos}/{len} {eta}")
            .expect("the template is well formed");
        bar.set_style(style.progress_chars("=> "));
        Self(bar)
    }
}

impl Progress for Bar {
    fn begin(&self, what: &str, steps: u64) {
        self.0.reset();
        self.0.set_message(what.to_owned());
        self.0.set_length(steps);
    }

    fn step(&self) {
        self.0.inc(1);
    }

    fn end(&self) {
        self.0.finish_and_clear();
    }
}
