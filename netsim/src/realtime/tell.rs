//! Prints what swarms and single seeds come to. The telling itself is done in
//! [`crate::swarm`] and [`super::many`].

use std::io::{Write, stderr, stdout};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use super::many::Many;
use super::page::page;
use super::progress::Progress;
use super::shrink::PlotError;
use crate::report::{Case, junit};
use crate::swarm::{Bounds, CHECKERS, History, Options, Outcome, Plot, Wanted};

/// How a swarm is told.
#[derive(Clone, Debug, Default)]
pub struct Telling {
    /// One file for each seed that fails goes here.
    pub fail_dir: Option<PathBuf>,
    /// One case for each seed goes into this JUnit file.
    pub junit: Option<PathBuf>,
    /// JSON lines instead of words.
    pub json: bool,
}

/// Many seeds; false if one of them broke a promise.
///
/// # Errors
/// A file that was asked for cannot be written.
pub fn swarm(many: &Many, telling: &Telling) -> Result<bool, PlotError> {
    if !telling.json {
        print_checkers();
    }
    let progress = Mutex::new((0, Progress::new(many.seeds, "种子 / seeds", telling.json)));
    let cases = Mutex::new(Vec::new());
    let summary = many.tell(&|outcome, took| {
        // A thread that panicked while it held the lock has told of it.
        let mut at = progress.lock().unwrap_or_else(|lock| lock.into_inner());
        at.0 += 1;
        at.1.at(at.0);
        if telling.json {
            say_json(outcome);
        } else if !outcome.breaches.is_empty() {
            at.1.say(&failed_line(outcome));
        }
        drop(at);
        if let Some(dir) = telling.fail_dir.as_deref().filter(|_| !outcome.breaches.is_empty()) {
            keep(dir, outcome, &many.bounds);
        }
        if telling.junit.is_some() {
            let mut cases = cases.lock().unwrap_or_else(|lock| lock.into_inner());
            cases.push((outcome.seed, took, outcome.breaches.clone()));
        }
    });
    progress.lock().unwrap_or_else(|lock| lock.into_inner()).1.end();
    if let Some(path) = &telling.junit {
        let cases = cases.into_inner().unwrap_or_else(|lock| lock.into_inner());
        write_junit(path, cases)?;
    }
    match telling.json {
        true => say_json(&summary),
        false => {
            let page = page(&summary, many.seeds, many.bounds.minutes);
            let _ = write!(stdout(), "{page}");
        }
    }
    Ok(summary.failed.is_empty())
}

fn write_junit(path: &Path, mut told: Vec<(u64, Duration, Vec<String>)>) -> Result<(), PlotError> {
    told.sort_by_key(|(seed, ..)| *seed);
    let cases: Vec<Case> = told
        .into_iter()
        .map(|(seed, took, broken)| Case {
            name: format!("seed {seed}"),
            class: "swarm".to_owned(),
            took,
            broken,
        })
        .collect();
    let text = junit("sanduan-sim swarm", &cases).unwrap_or_default();
    std::fs::write(path, text).map_err(|error| PlotError::File(path.to_owned(), error))
}

/// One seed to its end; false if it broke a promise.
pub fn run(seed: u64, bounds: &Bounds, json: bool) -> bool {
    let options = Options::draw(seed, bounds);
    if !json {
        print_checkers();
        let _ = write!(stdout(), "种子 / seed {seed}\n{options}");
    }
    let outcome = History::tell(seed, bounds);
    match json {
        true => say_json(&serde_json::json!({ "options": options, "outcome": outcome })),
        false => say_outcome(&outcome, false),
    }
    outcome.breaches.is_empty()
}

/// What one story came to.
pub fn say_outcome(outcome: &Outcome, json: bool) {
    if json {
        say_json(outcome);
    } else {
        for what in &outcome.breaches {
            let _ = writeln!(stdout(), "  {what}");
        }
        let Outcome { fingerprint, answers, calm, .. } = outcome;
        let _ = writeln!(
            stdout(),
            "fingerprint {fingerprint:016x}\n{answers:?}\n{calm:?}\n{} frames, {} bytes, {} \
             crashes, {} inputs",
            outcome.frames,
            outcome.frame_bytes,
            outcome.crashes,
            outcome.inputs
        );
    }
}

/// One seed again up to this second, with what is wanted of it.
pub fn replay(seed: u64, bounds: &Bounds, until_s: u64, want: &Wanted<'_>) {
    let options = Options::draw(seed, bounds);
    let _ = write!(stdout(), "种子 / seed {seed}\n{options}");
    History::begin(options, bounds).replay(until_s, want, &mut |line| {
        let _ = writeln!(stdout(), "{line}");
    });
}

fn print_checkers() {
    for (name, watches) in CHECKERS {
        let _ = writeln!(stdout(), "{name:<6} {watches}");
    }
}

fn say_json(what: &impl serde::Serialize) {
    let line = serde_json::to_string(what).expect("names and numbers always serialise");
    let _ = writeln!(stdout(), "{line}");
}

fn failed_line(outcome: &Outcome) -> String {
    let first = outcome.breaches.first().map_or("", String::as_str);
    format!("seed {}: {first} (+{})", outcome.seed, outcome.breaches.len().saturating_sub(1))
}

/// What a failed seed came to, and its story as a file that `run --plot` tells again.
fn keep(dir: &Path, outcome: &Outcome, bounds: &Bounds) {
    let seed = outcome.seed;
    let text = serde_json::to_string_pretty(outcome).expect("names and numbers always serialise");
    let plot = Plot::expand(seed, bounds).0.text();
    let kept = std::fs::create_dir_all(dir)
        .and_then(|()| std::fs::write(dir.join(format!("{seed}.json")), text))
        .and_then(|()| std::fs::write(dir.join(format!("{seed}.toml")), plot));
    if let Err(error) = kept {
        let _ = writeln!(stderr(), "sanduan-sim: {}: {error}", dir.display());
    }
}
