//! How far long work is, on the terminal: a bar with the rate and the time left. Where nobody
//! watches a terminal, a line every few seconds says the same.

use std::cell::Cell;
use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Without a terminal a line is written this often.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// The bar of one work.
pub struct Progress {
    bar: ProgressBar,
    /// Nobody watches, so lines are written.
    speaks: bool,
    unit: &'static str,
    begun: Instant,
    said: Cell<Instant>,
}

impl Progress {
    /// Of so many steps; nothing at all is shown if `quiet`.
    pub fn new(steps: u64, unit: &'static str, quiet: bool) -> Progress {
        let on_terminal = stderr().is_terminal() && !quiet;
        let target = match on_terminal {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(Some(steps), target);
        let style = "{bar:30} {pos}/{len} {msg} {per_sec} 剩余 / left {eta}";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        bar.set_message(unit);
        let now = Instant::now();
        Progress { bar, speaks: !on_terminal && !quiet, unit, begun: now, said: Cell::new(now) }
    }

    /// So many steps are done.
    pub fn at(&self, done: u64) {
        self.bar.set_position(done);
        if !self.speaks || self.said.get().elapsed() < LINE_EVERY {
            return;
        }
        self.said.set(Instant::now());
        let steps = self.bar.length().unwrap_or(done);
        let rate = done as f64 / self.begun.elapsed().as_secs_f64().max(0.001);
        let left_s = steps.saturating_sub(done) as f64 / rate.max(0.001);
        // A reader that has gone away wants no more lines.
        let _ = writeln!(
            stderr(),
            "{done}/{steps} {}, {rate:.1}/s, 剩余 / left {left_s:.0} s",
            self.unit
        );
    }

    /// A line for people above the bar.
    pub fn say(&self, line: &str) {
        self.bar.suspend(|| {
            let _ = writeln!(std::io::stdout(), "{line}");
        });
    }

    /// The work is done.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}
