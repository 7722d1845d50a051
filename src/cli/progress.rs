//! Progress on stderr, only for a person who watches.

use crate::experiment::settings::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;

/// A bar on stderr; silent when stderr is no terminal or with `--quiet`.
pub struct Bar(ProgressBar);

impl Bar {
    /// A bar for one command.
    pub fn new(quiet: bool) -> Self {
        let shown = !quiet && std::io::stderr().is_terminal();
        let target = if shown {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        Self(ProgressBar::with_draw_target(None, target))
    }

    /// Takes the bar off the screen, before results are printed.
    pub fn clear(&self) {
        self.0.finish_and_clear();
    }
}

impl Progress for Bar {
    fn phase(&self, text: &str, replications: Option<u64>) {
        let template = match replications {
            Some(_) => "{msg} [{bar:30}] {pos}/{len} {eta}",
            None => "{msg} {pos} done {elapsed}",
        };
        let style = ProgressStyle::with_template(template).expect("the template is well formed");
        self.0.set_style(style.progress_chars("=> "));
        self.0.reset();
        if let Some(replications) = replications {
            self.0.set_length(replications);
        }
        self.0.set_message(text.to_owned());
    }

    fn step(&self) {
        self.0.inc(1);
    }
}
