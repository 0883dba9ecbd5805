//! A bar on standard error for work that takes long, and only for people: a script's log is not
//! filled with it.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use crate::lang::{Lang, fill};

/// Work that takes no longer shows nothing.
const PATIENCE: Duration = Duration::from_millis(700);
/// Time between two drawings.
const REDRAW_EVERY: Duration = Duration::from_millis(200);
/// Cells of the bar.
const CELLS: usize = 24;

/// How far some work on bytes has come.
pub struct Progress {
    what: &'static str,
    lang: Lang,
    total: usize,
    begun: Instant,
    drawn: Option<Instant>,
    is_shown: bool,
}

impl Progress {
    /// Nothing of `total` bytes done yet.
    pub fn begin(what: &'static str, total: usize, lang: Lang) -> Progress {
        let is_shown = io::stderr().is_terminal();
        Progress { what, lang, total, begun: Instant::now(), drawn: None, is_shown }
    }

    /// So many bytes are done.
    pub fn at(&mut self, done: usize) {
        let is_early = self.begun.elapsed() < PATIENCE;
        let is_fresh = self.drawn.is_some_and(|drawn| drawn.elapsed() < REDRAW_EVERY);
        if !self.is_shown || is_early || is_fresh {
            return;
        }
        self.drawn = Some(Instant::now());
        // A bar that cannot be drawn is not missed.
        let _ = write!(io::stderr().lock(), "\r{}", line(self.what, done, self.total, self.lang));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.drawn.is_some() {
            let _ = writeln!(io::stderr().lock());
        }
    }
}

fn line(what: &str, done: usize, total: usize, lang: Lang) -> String {
    let cells = (done.min(total) * CELLS).checked_div(total).unwrap_or(CELLS);
    let bar = format!("[{}{}]", "#".repeat(cells), ".".repeat(CELLS - cells));
    let (done_kb, total_kb) = (done.div_ceil(1000), total.div_ceil(1000));
    fill(lang.carry().progress, &[&what, &bar, &done_kb, &total_kb])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_fills_from_empty_to_full_and_no_further() {
        assert_eq!(line("x", 0, 4000, Lang::Zh), format!("x [{}] 0/4 kB", ".".repeat(24)));
        let half = format!("x [{}{}] 2/4 kB", "#".repeat(12), ".".repeat(12));
        assert_eq!(line("x", 2000, 4000, Lang::Zh), half);
        assert_eq!(line("x", 9000, 4000, Lang::En), format!("x [{}] 9/4 kB", "#".repeat(24)));
        assert_eq!(line("x", 0, 0, Lang::En), format!("x [{}] 0/0 kB", "#".repeat(24)));
    }
}
