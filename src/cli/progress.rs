//! How far a run is, on a terminal only.

use std::io::{self, IsTerminal};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::output::Output;

/// A line at the bottom of the terminal that says what is under way. It goes when it is dropped.
#[derive(Debug)]
pub(crate) struct Progress(Option<ProgressBar>);

impl Progress {
    /// What is under way, without an end in sight.
    pub(crate) fn spinner(output: &Output, text: &str) -> Self {
        Self::start(output, None, "{spinner} {msg}", text)
    }

    /// So many actions.
    pub(crate) fn bar(output: &Output, actions: usize) -> Self {
        Self::start(output, Some(actions as u64), "{bar:24} {pos} of {len}  {wide_msg}", "")
    }

    fn start(output: &Output, length: Option<u64>, template: &str, text: &str) -> Self {
        if output.is_quiet() || !io::stderr().is_terminal() {
            return Self(None);
        }
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr()).with_style(style);
        bar.set_message(text.to_owned());
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(Some(bar))
    }

    /// What is under way now.
    pub(crate) fn text(&self, text: String) {
        if let Some(bar) = &self.0 {
            bar.set_message(text);
        }
    }

    /// One more is over.
    pub(crate) fn advance(&self) {
        if let Some(bar) = &self.0 {
            bar.inc(1);
        }
    }

    /// Takes the line away while `print` prints, so that the two do not mix.
    pub(crate) fn suspend<T>(&self, print: impl FnOnce() -> T) -> T {
        match &self.0 {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
