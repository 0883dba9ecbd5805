//! `sanduan-sim shrink` and `sanduan-sim run --plot`: reads and writes files of plots and watches
//! the clock. What is left out of a plot is decided in [`crate::swarm::plot::shrink`].

use std::io::{Write, stderr, stdout};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use thiserror::Error;

use crate::swarm::plot::shrink::shrink;
use crate::swarm::plot::{BadPlot, Plot};
use crate::swarm::{Bounds, History};

/// A word about progress is said this often.
const PROGRESS_EVERY: Duration = Duration::from_secs(5);

/// Why nothing was shrunk, or no file was read.
#[derive(Debug, Error)]
pub enum PlotError {
    /// The seed keeps all its promises.
    #[error("种子 {0} 没有违约，无从缩小 / seed {0} breaks no promise, so nothing can be shrunk")]
    Sound(u64),
    /// The file cannot be read or written.
    #[error("{0}: {1}")]
    File(PathBuf, std::io::Error),
    /// The file is no plot.
    #[error("{0}: {1}")]
    Bad(PathBuf, BadPlot),
}

/// A plot from a file.
pub fn read_plot(path: &Path) -> Result<Plot, PlotError> {
    let text = std::fs::read_to_string(path);
    let text = text.map_err(|error| PlotError::File(path.to_owned(), error))?;
    Plot::read(&text).map_err(|error| PlotError::Bad(path.to_owned(), error))
}

/// Shrink what a seed comes to, for so long, into a file or standard output.
pub fn shrink_seed(
    seed: u64,
    bounds: &Bounds,
    budget: Duration,
    out: Option<&Path>,
) -> Result<(), PlotError> {
    let (plot, outcome) = Plot::expand(seed, bounds);
    let Some(first) = outcome.breaches.first() else { return Err(PlotError::Sound(seed)) };
    say(&format!("{first}\n{} 件事 / events, {} 节点 / nodes", plot.events.len(), {
        plot.options.nodes
    }));
    let begun = Instant::now();
    let mut said = begun;
    let mut shrunk = shrink(plot, &mut |told, left| {
        if said.elapsed() > PROGRESS_EVERY {
            said = Instant::now();
            let seconds = begun.elapsed().as_secs();
            say(&format!("{seconds} s: 试过 / told {told}, 还剩 / left {left}"));
        }
        begun.elapsed() < budget
    });
    shrunk.plot.about = format!("种子 / seed {seed}: {first}");
    say(&format!(
        "试过 / told {}: 剩 / left {} 件事 / events, {} 节点 / nodes, {} min",
        shrunk.told,
        shrunk.plot.events.len(),
        shrunk.plot.options.nodes,
        shrunk.plot.options.minutes
    ));
    let text = shrunk.plot.text();
    match out {
        None => {
            let _ = write!(stdout(), "{text}");
        }
        Some(path) => {
            let written = std::fs::write(path, text);
            written.map_err(|error| PlotError::File(path.to_owned(), error))?;
        }
    }
    Ok(())
}

/// Tell a plot; false if a promise was broken.
pub fn run_plot(path: &Path, json: bool) -> Result<bool, PlotError> {
    let plot = read_plot(path)?;
    let outcome = History::tell_plot(&plot);
    super::tell::say_outcome(&outcome, json);
    Ok(outcome.breaches.is_empty())
}

fn say(line: &str) {
    // A reader that has gone away wants no more lines.
    let _ = writeln!(stderr(), "{line}");
}
