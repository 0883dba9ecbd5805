//! `sanduan-sim run --scenario`: finds the file or the name, shows how far the story is, and
//! prints its marks. The telling is done in [`crate::scenario`].

use std::io::{Write, stderr, stdout};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use thiserror::Error;

use crate::scenario::{BadScenario, LIBRARY, Scenario, named, tell};

/// A word about progress is said this often.
const PROGRESS_EVERY: Duration = Duration::from_secs(5);

/// Why no scenario was told.
#[derive(Debug, Error)]
pub enum ScenarioError {
    /// Neither a file nor a name of the library.
    #[error("{0}: {1}。现有想定 / scenarios at hand: {2}")]
    File(String, std::io::Error, String),
    /// The file is no scenario.
    #[error("{0}: {1}")]
    Bad(String, BadScenario),
    /// The page cannot be written.
    #[error("{0}: {1}")]
    Page(PathBuf, std::io::Error),
}

/// What to tell.
#[derive(Clone, Debug)]
pub struct ScenarioPlan {
    /// Name in the library, or a file.
    pub scenario: String,
    /// The seed.
    pub seed: u64,
    /// End it after so long, min.
    pub minutes: Option<u64>,
    /// Print JSON.
    pub json: bool,
}

/// Tell a scenario; false if it did not pass.
pub fn run_scenario(plan: &ScenarioPlan) -> Result<bool, ScenarioError> {
    let name = &plan.scenario;
    let text = match named(name) {
        Some(text) => text.to_owned(),
        None => std::fs::read_to_string(Path::new(name)).map_err(|error| {
            let names: Vec<&str> = LIBRARY.iter().map(|(name, _)| *name).collect();
            ScenarioError::File(name.clone(), error, names.join(", "))
        })?,
    };
    let bad = |error| ScenarioError::Bad(name.clone(), error);
    let mut scenario = Scenario::read(&text).map_err(bad)?;
    if let Some(minutes) = plan.minutes {
        scenario.end_after(minutes);
    }
    let (begun, mut said) = (Instant::now(), Instant::now());
    let all = scenario.minutes;
    let marks = tell(&scenario, plan.seed, &mut |minute| {
        if said.elapsed() > PROGRESS_EVERY {
            said = Instant::now();
            let seconds = begun.elapsed().as_secs_f64();
            let left_s = seconds / minute.max(1) as f64 * all.saturating_sub(minute) as f64;
            // A reader that has gone away wants no more lines.
            let _ = writeln!(stderr(), "{minute}/{all} min, 剩余 / left {left_s:.0} s");
        }
    });
    let marks = marks.map_err(bad)?;
    if plan.json {
        let line = serde_json::to_string(&marks).expect("names and numbers always serialise");
        let _ = writeln!(stdout(), "{line}");
    } else {
        let seconds = begun.elapsed().as_secs_f64();
        let times = all as f64 * 60.0 / seconds.max(0.001);
        let _ = write!(stdout(), "{marks}");
        let _ = writeln!(stdout(), "{seconds:.1} s, {times:.0} × 实时 / real time");
    }
    Ok(marks.pass())
}
