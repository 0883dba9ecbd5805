//! `sanduan-sim crash-matrix`: finds the story, shows how far it is, and prints the table. The
//! crashing is done in [`crate::matrix`].

use std::io::{Write, stderr, stdout};
use std::path::Path;
use std::time::{Duration, Instant};

use thiserror::Error;

use crate::matrix::{BadStory, Matrix, STORIES, Story};

/// A word about progress is said this often.
const PROGRESS_EVERY: Duration = Duration::from_secs(5);

/// Why no matrix was made.
#[derive(Debug, Error)]
pub enum CrashError {
    /// Neither a file nor a name.
    #[error("{0}: {1}。现有情节 / stories at hand: command, stock, devices")]
    File(String, std::io::Error),
    /// The file is no story.
    #[error("{0}: {1}")]
    Bad(String, BadStory),
}

/// The matrices of these stories, or of all at hand; false if anything was lost.
pub fn crash_matrix(names: &[String], seed: u64, json: bool) -> Result<bool, CrashError> {
    let all = || STORIES.iter().map(|(name, _)| (*name).to_owned()).collect();
    let names: Vec<String> = if names.is_empty() { all() } else { names.to_vec() };
    let mut is_good = true;
    for name in names {
        let story = read(&name)?;
        let (begun, mut said) = (Instant::now(), Instant::now());
        let matrix = Matrix::of(&story, seed, &mut |done, all| {
            if said.elapsed() > PROGRESS_EVERY {
                said = Instant::now();
                let left_s = begun.elapsed().as_secs_f64() / done as f64 * (all - done) as f64;
                // A reader that has gone away wants no more lines.
                let _ = writeln!(stderr(), "{name}: {done}/{all}, 剩余 / left {left_s:.0} s");
            }
        });
        is_good &= matrix.is_good();
        match json {
            true => say_json(&matrix),
            false => say(&matrix, begun.elapsed()),
        }
    }
    Ok(is_good)
}

fn read(name: &str) -> Result<Story, CrashError> {
    let text = match STORIES.iter().find(|(known, _)| *known == name) {
        Some((_, text)) => (*text).to_owned(),
        None => std::fs::read_to_string(Path::new(name))
            .map_err(|error| CrashError::File(name.to_owned(), error))?,
    };
    Story::read(&text).map_err(|error| CrashError::Bad(name.to_owned(), error))
}

fn say_json(matrix: &Matrix) {
    let line = serde_json::to_string(matrix).expect("names and numbers always serialise");
    let _ = writeln!(stdout(), "{line}");
}

fn say(matrix: &Matrix, took: Duration) {
    let _ = writeln!(stdout(), "{}: {} 次写入 / writes, {took:.1?}", matrix.title, matrix.writes);
    let heads = ["left", "crashes", "confirmed", "lost", "unopened", "apart", "breaches"];
    let [a, b, c, d, e, f, g] = heads;
    let _ = writeln!(stdout(), "  {a:<6} {b:>8} {c:>10} {d:>6} {e:>9} {f:>6} {g:>9}");
    for row in &matrix.rows {
        let _ = writeln!(
            stdout(),
            "  {:<6} {:>8} {:>10} {:>6} {:>9} {:>6} {:>9}",
            row.left,
            row.crashes,
            row.confirmed,
            row.lost,
            row.unopened,
            row.apart,
            row.breaches
        );
    }
    for line in &matrix.wrong {
        let _ = writeln!(stdout(), "  {line}");
    }
}
