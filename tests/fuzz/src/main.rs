//! `sanduan-fuzz`: drives readers of foreign bytes for as long as one likes.
//!
//! ```text
//! sanduan-fuzz [--runs N] [--seconds S] [--seed S] [--from N] [--keep] [TARGET…]
//! sanduan-fuzz list             names of the targets
//! sanduan-fuzz seeds            write the corpus again with the real writers
//! sanduan-fuzz file TARGET FILE read one file
//! ```
//!
//! Without bounds it reads 100,000 inputs each. A finding names its seed and number; `--keep` puts
//! it into the corpus. Exit code 1 tells that something was found.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "printing is what it is for")]

use std::process::ExitCode;
use std::str::FromStr;
use std::time::{Duration, Instant};

use sanduan_fuzz::drive::{self, Bounds};
use sanduan_fuzz::{TARGETS, Target, corpus};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let done = match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["list"] => {
            TARGETS.iter().for_each(|target| println!("{}", target.name));
            Ok(true)
        }
        ["seeds"] => write_seeds(),
        ["file", name, path] => read_file(name, path),
        _ => Wanted::read(&words).and_then(|wanted| search(&wanted)),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(words) => {
            eprintln!("{words}");
            ExitCode::from(2)
        }
    }
}

/// What the command line asks for.
struct Wanted {
    seed: u64,
    bounds: Bounds,
    keep: bool,
    targets: Vec<&'static Target>,
}

impl Wanted {
    fn read(words: &[String]) -> Result<Wanted, String> {
        let time = Duration::from_secs(u64::MAX / 4);
        let bounds = Bounds { from: 0, runs: 100_000, time };
        let mut wanted = Wanted { seed: 1, bounds, keep: false, targets: Vec::new() };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--runs" => wanted.bounds.runs = number(words.next())?,
                "--seconds" => {
                    wanted.bounds.time = Duration::from_secs(number(words.next())?);
                    wanted.bounds.runs = u64::MAX;
                }
                "--seed" => wanted.seed = number(words.next())?,
                "--from" => wanted.bounds.from = number(words.next())?,
                "--keep" => wanted.keep = true,
                name => wanted.targets.push(of_name(name)?),
            }
        }
        if wanted.targets.is_empty() {
            wanted.targets = TARGETS.iter().collect();
        }
        Ok(wanted)
    }
}

fn number<T: FromStr>(word: Option<&String>) -> Result<T, String> {
    word.and_then(|word| word.parse().ok()).ok_or_else(|| "a number is missing".to_owned())
}

fn of_name(name: &str) -> Result<&'static Target, String> {
    let found = TARGETS.iter().find(|target| target.name == name);
    found.ok_or_else(|| format!("there is no target {name}; see `sanduan-fuzz list`"))
}

fn search(wanted: &Wanted) -> Result<bool, String> {
    drive::keep_words_of_panics();
    println!(
        "{:<13} {:>11} {:>9} {:>6} {:>9}  slowest",
        "target", "runs", "runs/s", "read", "bytes"
    );
    let mut sound = true;
    for target in &wanted.targets {
        let files =
            corpus::load(target.name).map_err(|error| format!("{}: {error}", target.name))?;
        let corpus: Vec<Vec<u8>> = files.into_iter().map(|(_, bytes)| bytes).collect();
        let begin = Instant::now();
        let outcome = drive::drive(target, &corpus, wanted.seed, wanted.bounds);
        let seconds = begin.elapsed().as_secs_f64().max(0.001);
        println!(
            "{:<13} {:>11} {:>9.0} {:>5.1}% {:>9}  {} ms at {}",
            target.name,
            outcome.runs,
            outcome.runs as f64 / seconds,
            outcome.understood as f64 * 100.0 / outcome.runs.max(1) as f64,
            outcome.bytes_most,
            outcome.slowest.1.as_millis(),
            outcome.slowest.0,
        );
        if let Some((index, input, fault)) = outcome.fault {
            sound = false;
            println!("  seed {} number {index}, {} bytes: {fault}", wanted.seed, input.len());
            if wanted.keep {
                let name = format!("found-{}-{index}", wanted.seed);
                let kept = corpus::keep(target.name, &name, &input);
                println!("  kept as {}", kept.map_err(|error| error.to_string())?.display());
            }
        }
    }
    Ok(sound)
}

fn read_file(name: &str, path: &str) -> Result<bool, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("{path}: {error}"))?;
    match drive::metered(of_name(name)?, &bytes) {
        Ok((understood, held)) => {
            println!("understood: {understood}, held {held} bytes");
            Ok(true)
        }
        Err(fault) => {
            println!("{fault}");
            Ok(false)
        }
    }
}

fn write_seeds() -> Result<bool, String> {
    for target in TARGETS {
        for (at, bytes) in corpus::seeds(target.name).into_iter().enumerate() {
            corpus::keep(target.name, &format!("made-{at:02}"), &bytes)
                .map_err(|error| format!("{}: {error}", target.name))?;
        }
    }
    Ok(true)
}
