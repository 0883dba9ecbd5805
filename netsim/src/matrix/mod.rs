//! The crash matrix: one small story told again and again, each time with a crash at another write
//! to a disk, and with nothing, all, or any sectors of what was not synced left behind. Whoever
//! crashed must open again, and nothing that a person was told is saved may be missing anywhere.
//!
//! ```text
//! file.rs  the story: who enters what when      tell.rs  one telling, with a crash or without
//! ```

mod file;
mod tell;

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::Serialize;

use crate::world::Unsynced;

pub use file::{BadStory, STORIES, Story};

/// Torn writes are drawn anew so many times at each write.
const TORN_DRAWS: u64 = 3;
/// What was lost is told of so many tellings.
const LINES_MAX: usize = 12;

/// What all crashes of one kind came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Row {
    /// What was left of the unsynced writes.
    pub left: &'static str,
    /// Writes at which a machine crashed.
    pub crashes: u64,
    /// Wishes that were confirmed, in all tellings.
    pub confirmed: u64,
    /// Of these, missing on some machine in the end.
    pub lost: u64,
    /// Tellings in which the machine did not open again.
    pub unopened: u64,
    /// Tellings after which the machines did not agree.
    pub apart: u64,
    /// Promises that the world saw broken.
    pub breaches: u64,
}

/// The matrix of one story.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Matrix {
    /// Name of the story.
    pub title: String,
    /// Writes in the story without a crash.
    pub writes: u64,
    /// One row for each kind of what is left.
    pub rows: Vec<Row>,
    /// What went wrong, the first lines.
    pub wrong: Vec<String>,
}

impl Matrix {
    /// True if nothing was lost, all opened again, and all agreed.
    pub fn is_good(&self) -> bool {
        let is_bad = |row: &Row| row.lost + row.unopened + row.apart + row.breaches > 0;
        self.writes > 0 && !self.rows.iter().any(is_bad) && self.wrong.is_empty()
    }

    /// The matrix of this story; `each` hears how many of how many tellings are done.
    pub fn of(story: &Story, seed: u64, each: &mut dyn FnMut(u64, u64)) -> Matrix {
        let whole = tell::tell(story, seed, None);
        let mut matrix = Matrix {
            title: story.title.clone(),
            writes: whole.writes,
            wrong: whole.wrong("no crash"),
            ..Matrix::default()
        };
        let kinds = [
            ("none", Unsynced::Lost, 1),
            ("all", Unsynced::Kept, 1),
            ("torn", Unsynced::Torn, TORN_DRAWS),
        ];
        let all = whole.writes * kinds.iter().map(|(.., draws)| draws).sum::<u64>();
        let mut done = 0;
        for (left, unsynced, draws) in kinds {
            let mut row = Row { left, ..Row::default() };
            for (write, draw) in (0..whole.writes).flat_map(|w| (0..draws).map(move |d| (w, d))) {
                let crash = Some((write, unsynced));
                let told = catch_unwind(AssertUnwindSafe(|| tell::tell(story, seed + draw, crash)));
                row.crashes += 1;
                let what = format!("{left} at write {write}, draw {draw}");
                let wrong = match told {
                    Ok(told) => {
                        row.confirmed += told.confirmed;
                        row.lost += told.lost;
                        row.unopened += u64::from(!told.is_open);
                        row.apart += u64::from(!told.agrees);
                        row.breaches += told.breaches.len() as u64;
                        told.wrong(&what)
                    }
                    Err(_) => {
                        row.unopened += 1;
                        vec![format!("{what}: a machine stopped")]
                    }
                };
                let room = LINES_MAX.saturating_sub(matrix.wrong.len());
                matrix.wrong.extend(wrong.into_iter().take(room));
                done += 1;
                each(done, all);
            }
            matrix.rows.push(row);
        }
        matrix
    }
}

#[cfg(test)]
mod tests;
