//! Prints what swarms and single seeds come to. The telling itself is done in
//! [`crate::swarm`] and [`super::many`].

use std::io::{Write, stderr, stdout};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use super::many::{Many, Summary};
use crate::swarm::{Bounds, CHECKERS, History, Options, Outcome};

/// Progress is said after so many seeds.
const PROGRESS_EVERY: u64 = 50;

/// Many seeds; false if one of them broke a promise. One file for each that did goes to `fail_dir`.
pub fn swarm(many: &Many, fail_dir: Option<&Path>, json: bool) -> bool {
    if !json {
        print_checkers();
    }
    let told = AtomicU64::new(0);
    let begun = std::time::Instant::now();
    let summary = many.tell(&|outcome| {
        let count = told.fetch_add(1, Ordering::Relaxed) + 1;
        if json {
            say_json(outcome);
        } else if !outcome.breaches.is_empty() {
            say_failed(outcome);
        }
        if let Some(dir) = fail_dir.filter(|_| !outcome.breaches.is_empty()) {
            keep(dir, outcome);
        }
        if count.is_multiple_of(PROGRESS_EVERY) {
            let seconds = begun.elapsed().as_secs_f64().max(0.001);
            let rate = count as f64 / seconds;
            let left_s = many.seeds.saturating_sub(count) as f64 / rate;
            // A reader that has gone away wants no more lines.
            let _ = writeln!(
                stderr(),
                "{count}/{} 种子 / seeds, {rate:.1}/s, 剩余 / left {left_s:.0} s",
                many.seeds
            );
        }
    });
    match json {
        true => say_json(&summary),
        false => say_summary(&summary),
    }
    summary.failed.is_empty()
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

/// One seed again up to this second, with the frames of these places; of all if there are none.
pub fn replay(seed: u64, bounds: &Bounds, until_s: u64, places: &[usize]) {
    let options = Options::draw(seed, bounds);
    let _ = write!(stdout(), "种子 / seed {seed}\n{options}");
    History::begin(options, bounds).replay(until_s, places, &mut |line| {
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

fn say_failed(outcome: &Outcome) {
    let first = outcome.breaches.first().map_or("", String::as_str);
    let more = outcome.breaches.len() - 1;
    let _ = writeln!(stdout(), "seed {}: {first} (+{more})", outcome.seed);
}

fn keep(dir: &Path, outcome: &Outcome) {
    let text = serde_json::to_string_pretty(outcome).expect("names and numbers always serialise");
    let path = dir.join(format!("{}.json", outcome.seed));
    let kept = std::fs::create_dir_all(dir).and_then(|()| std::fs::write(&path, text));
    if let Err(error) = kept {
        let _ = writeln!(stderr(), "sanduan-sim: {}: {error}", path.display());
    }
}

fn say_summary(summary: &Summary) {
    let rate = summary.seeds as f64 * 1000.0 / summary.took_ms.max(1) as f64;
    let _ = writeln!(
        stdout(),
        "{} 种子 / seeds ({} twice) {:.1}/s, 失败 / failed {}, {:?}\n{} confirmed, {} crashes, {} \
         frames, {} inputs, slowest agreement {} s",
        summary.seeds,
        summary.twice,
        rate,
        summary.failed.len(),
        summary.kinds,
        summary.confirmed,
        summary.crashes,
        summary.frames,
        summary.inputs,
        summary.agreed_s_max
    );
}
