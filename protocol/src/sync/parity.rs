//! Parity over a block of frames that many should have heard: whoever lacks any of them needs as
//! many sums as it lacks frames, whichever they are, so one sum repairs a different loss at each
//! hearer. A systematic Cauchy Reed–Solomon code over GF(2^8); the frames themselves go as they
//! are. Which frames form a block, and who says how many sums, is not decided here.
//!
//! ```text
//! sum r of the block:  over its frames i: (length 2 | bytes | zeros) / (r + 32 xor i)
//! ```
//!
//! Every square part of a Cauchy matrix can be solved, so any frames and sums do, as long as there
//! are as many as the block has frames.

use crate::base::caps::{FRAME_BYTES_MAX, PARITY_FRAMES_MAX, PARITY_SUMS_MAX};
use crate::sync::gf256::{over, times};

/// Bytes of a frame's length before it.
const LENGTH_BYTES: usize = 2;

const _: () = assert!(PARITY_FRAMES_MAX == 32 && PARITY_FRAMES_MAX + PARITY_SUMS_MAX <= 256);
const _: () = assert!(FRAME_BYTES_MAX <= u16::MAX as usize);

/// What frame `frame` counts in sum `sum`: never 0, as the two numbers never are the same.
fn weight(sum: usize, frame: usize) -> u8 {
    over(1, (PARITY_FRAMES_MAX + sum) as u8 ^ frame as u8)
}

/// Add a frame of the block to a sum of it.
fn add(to: &mut Vec<u8>, frame: &[u8], weight: u8) {
    let length = (frame.len() as u16).to_be_bytes();
    if to.len() < LENGTH_BYTES + frame.len() {
        to.resize(LENGTH_BYTES + frame.len(), 0);
    }
    for (sum, byte) in to.iter_mut().zip(length.iter().chain(frame)) {
        *sum ^= times(*byte, weight);
    }
}

/// The sum with this number of a block, two bytes longer than the longest of its frames. `None` if
/// the block or one of its frames is too long, or there is no such sum.
pub fn sum(frames: &[&[u8]], number: usize) -> Option<Vec<u8>> {
    let fits = frames.len() <= PARITY_FRAMES_MAX
        && number < PARITY_SUMS_MAX
        && frames.iter().all(|frame| frame.len() <= FRAME_BYTES_MAX);
    if !fits {
        return None;
    }
    let mut sum = Vec::new();
    for (place, frame) in frames.iter().enumerate() {
        add(&mut sum, frame, weight(number, place));
    }
    Some(sum)
}

/// The frames of a block that were not heard, with their places, out of those that were (`None`
/// for each that was not) and some sums with their numbers. `None` if there are too few of both, or
/// they do not belong together: nothing of it is to be believed before it was opened.
pub fn recover(frames: &[Option<&[u8]>], sums: &[(usize, &[u8])]) -> Option<Vec<(usize, Vec<u8>)>> {
    let lost: Vec<usize> = (0..frames.len()).filter(|place| frames[*place].is_none()).collect();
    let mut sums = sums.to_vec();
    sums.sort_unstable();
    sums.dedup_by_key(|(number, _)| *number);
    let is_sound = frames.len() <= PARITY_FRAMES_MAX
        && sums.len() >= lost.len()
        && sums.iter().all(|(number, sum)| {
            *number < PARITY_SUMS_MAX && sum.len() <= LENGTH_BYTES + FRAME_BYTES_MAX
        });
    if !is_sound {
        return None;
    }
    let mut rows: Vec<Row> = Vec::new();
    for (number, sum) in sums.into_iter().take(lost.len()) {
        let mut rest = sum.to_vec();
        for (place, frame) in frames.iter().enumerate() {
            let Some(frame) = frame.filter(|frame| frame.len() <= FRAME_BYTES_MAX) else {
                continue;
            };
            add(&mut rest, frame, weight(number, place));
        }
        rows.push(Row { weights: lost.iter().map(|place| weight(number, *place)).collect(), rest });
    }
    solve(&mut rows)?;
    lost.into_iter().zip(rows).map(|(place, row)| Some((place, cut(row.rest)?))).collect()
}

/// A sum of the lost frames alone.
struct Row {
    weights: Vec<u8>,
    rest: Vec<u8>,
}

impl Row {
    /// Subtract a multiple of another row.
    fn less(&mut self, other: &Row, factor: u8) {
        if self.rest.len() < other.rest.len() {
            self.rest.resize(other.rest.len(), 0);
        }
        let weights = self.weights.iter_mut().zip(&other.weights);
        for (ours, theirs) in weights.chain(self.rest.iter_mut().zip(&other.rest)) {
            *ours ^= times(*theirs, factor);
        }
    }
}

/// Bring the rows to one lost frame each, in order (Gauss and Jordan).
fn solve(rows: &mut [Row]) -> Option<()> {
    for at in 0..rows.len() {
        let pivot = (at..rows.len()).find(|row| rows[*row].weights[at] != 0)?;
        rows.swap(at, pivot);
        let by = rows[at].weights[at];
        let Row { weights, rest } = &mut rows[at];
        weights.iter_mut().chain(rest.iter_mut()).for_each(|byte| *byte = over(*byte, by));
        let (before, others) = rows.split_at_mut(at);
        let (solved, after) = others.split_first_mut()?;
        for row in before.iter_mut().chain(after) {
            let factor = row.weights[at];
            row.less(solved, factor);
        }
    }
    Some(())
}

/// The frame out of its length, bytes and zeros.
fn cut(solved: Vec<u8>) -> Option<Vec<u8>> {
    let (length, rest) = solved.split_first_chunk::<LENGTH_BYTES>()?;
    let (frame, zeros) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    zeros.iter().all(|byte| *byte == 0).then(|| frame.to_vec())
}

#[cfg(test)]
mod tests;
