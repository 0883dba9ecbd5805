//! `sanduan-sim run --scenario`: finds the file or the name, shows how far the story is, and
//! prints its marks. The telling is done in [`crate::scenario`].

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::time::Instant;

use thiserror::Error;

use super::progress::Progress;
use crate::crypto::Crypto;
use crate::report::page;
use crate::scenario::{BadScenario, LIBRARY, Listener, Scenario, named, tell, tell_aloud};

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
    /// Which cryptography, if not the one that the seed draws.
    pub crypto: Option<Crypto>,
    /// Capacity of one message of its cards, bits, if not the file's.
    pub card_bits: Option<u32>,
    /// Print JSON.
    pub json: bool,
    /// Print every frame of these places, by their codes.
    pub log: Vec<String>,
    /// Write a page that is read without a network.
    pub page: Option<PathBuf>,
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
    if let Some(bits) = plan.card_bits {
        scenario.set_card_bits(bits).map_err(bad)?;
    }
    scenario.crypto = plan.crypto;
    let (begun, all) = (Instant::now(), scenario.minutes);
    let progress = Progress::new(all, "min", plan.json);
    let mut each = |minute| progress.at(minute);
    let told = match plan.log.is_empty() {
        true => tell(&scenario, plan.seed, &mut each),
        false => {
            let say = &mut |line: String| {
                let _ = writeln!(stdout(), "{line}");
            };
            let listener = Listener { codes: &plan.log, say };
            tell_aloud(&scenario, plan.seed, &mut each, listener)
        }
    };
    progress.end();
    let (marks, gauges) = told.map_err(bad)?;
    if let Some(path) = &plan.page {
        std::fs::write(path, page(&marks, &gauges, &marks.to_string()))
            .map_err(|error| ScenarioError::Page(path.clone(), error))?;
    }
    if plan.json {
        let all = serde_json::json!({ "marks": marks, "gauges": gauges });
        let line = serde_json::to_string(&all).expect("names and numbers always serialise");
        let _ = writeln!(stdout(), "{line}");
    } else {
        let seconds = begun.elapsed().as_secs_f64();
        let times = all as f64 * 60.0 / seconds.max(0.001);
        let _ = write!(stdout(), "{marks}");
        let _ = writeln!(stdout(), "{seconds:.1} s, {times:.0} × 实时 / real time");
    }
    Ok(marks.pass())
}
