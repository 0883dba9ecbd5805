//! Parity over runs that many should have heard: whoever lacks any of them needs as many sums as
//! it lacks runs, whichever they are, so one sum repairs a different loss at each hearer. The runs
//! themselves go as they are; who says how many sums over which runs is not decided here.
//!
//! ```text
//! sum:     over its runs: (length 2 | bytes | zeros) × weight, in GF(2^8)
//! weight:  1 to 255, by the seed of the sum and the name of the run
//! ```
//!
//! A random linear code, not one of Cauchy or Vandermonde: every holder adds up the runs that *it*
//! has, and sums of several holders over different runs still make one system of equations. As
//! many sums as runs are lacking do in 254 of 255 cases, and one more in nearly all others.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::caps::{FRAME_BYTES_MAX, PARITY_FRAMES_MAX};
use crate::base::dice::Dice;
use crate::base::ids::LaneId;
use crate::sync::gf256::{over, times};
use crate::wire::bundle::{Item, Sum};

/// Bytes of a run's length before it.
const LENGTH_BYTES: usize = 2;

const _: () = assert!(FRAME_BYTES_MAX <= u16::MAX as usize);

/// What a run counts in the sum with this seed; never 0.
fn weight(seed: u16, item: &Item) -> u8 {
    let Item { lane: LaneId { author, incarnation, lane }, first, count } = *item;
    let name = u64::from(author.0) << 48 | u64::from(incarnation) << 40 | (lane as u64) << 32;
    let mut dice = Dice::new(name | u64::from(first));
    let mixed = dice.roll() ^ u64::from(count) << 16 ^ u64::from(seed);
    1 + Dice::new(mixed).below(255) as u8
}

/// Add a run to a sum.
fn add(to: &mut Vec<u8>, run: &[u8], weight: u8) {
    let length = (run.len() as u16).to_be_bytes();
    if to.len() < LENGTH_BYTES + run.len() {
        to.resize(LENGTH_BYTES + run.len(), 0);
    }
    for (sum, byte) in to.iter_mut().zip(length.iter().chain(run)) {
        *sum ^= times(*byte, weight);
    }
}

/// The sum with this seed, two bytes longer than the longest of the runs; at most one of each
/// lane, in order. `None` if they are too many or one is too long.
pub fn sum(seed: u16, runs: &[(Item, Vec<u8>)]) -> Option<Sum> {
    let fits = (1..=PARITY_FRAMES_MAX).contains(&runs.len())
        && runs.iter().all(|(_, run)| run.len() + LENGTH_BYTES <= FRAME_BYTES_MAX);
    if !fits {
        return None;
    }
    let mut bytes = Vec::new();
    for (item, run) in runs {
        add(&mut bytes, run, weight(seed, item));
    }
    Some(Sum { seed, items: runs.iter().map(|(item, _)| *item).collect(), bytes })
}

/// The runs that follow from these sums and what is known already. Nothing of them is to be
/// believed before it was opened and its seal checked.
pub fn recover(sums: &[Sum], known: impl Fn(&Item) -> Option<Vec<u8>>) -> Vec<(Item, Vec<u8>)> {
    let items: BTreeSet<Item> = sums.iter().flat_map(|sum| sum.items.iter().copied()).collect();
    let held: BTreeMap<Item, Vec<u8>> =
        items.iter().filter_map(|item| Some((*item, known(item)?))).collect();
    let lost: Vec<Item> = items.into_iter().filter(|item| !held.contains_key(item)).collect();
    let mut rows: Vec<Row> = sums.iter().map(|sum| Row::of(sum, &held, &lost)).collect();
    let solved = solve(&mut rows, lost.len());
    let solved = solved
        .into_iter()
        .filter_map(|(place, row)| Some((lost[place], cut(rows[row].rest.clone())?)));
    solved.collect()
}

/// A sum of lost runs alone.
struct Row {
    weights: Vec<u8>,
    rest: Vec<u8>,
}

impl Row {
    fn of(sum: &Sum, held: &BTreeMap<Item, Vec<u8>>, lost: &[Item]) -> Row {
        let mut rest = sum.bytes.clone();
        let mut weights = vec![0; lost.len()];
        for item in &sum.items {
            let weight = weight(sum.seed, item);
            match (held.get(item), lost.binary_search(item)) {
                (Some(run), _) => add(&mut rest, run, weight),
                (None, Ok(place)) => weights[place] = weight,
                (None, Err(_)) => {}
            }
        }
        Row { weights, rest }
    }

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

    fn divide(&mut self, by: u8) {
        let bytes = self.weights.iter_mut().chain(self.rest.iter_mut());
        bytes.for_each(|byte| *byte = over(*byte, by));
    }
}

/// Bring the rows to as few lost runs each as can be (Gauss and Jordan); the places of those of
/// which one is left alone, with their rows.
fn solve(rows: &mut [Row], places: usize) -> Vec<(usize, usize)> {
    let mut pivots = Vec::new();
    for place in 0..places {
        let from = pivots.len();
        let Some(pivot) = (from..rows.len()).find(|row| rows[*row].weights[place] != 0) else {
            continue;
        };
        rows.swap(from, pivot);
        let by = rows[from].weights[place];
        rows[from].divide(by);
        let (before, others) = rows.split_at_mut(from);
        let Some((solved, after)) = others.split_first_mut() else { break };
        for row in before.iter_mut().chain(after) {
            let factor = row.weights[place];
            if factor != 0 {
                row.less(solved, factor);
            }
        }
        pivots.push(place);
    }
    let alone = |row: &Row| row.weights.iter().filter(|weight| **weight != 0).count() == 1;
    let found = pivots.into_iter().enumerate().filter(|(row, _)| alone(&rows[*row]));
    found.map(|(row, place)| (place, row)).collect()
}

/// The run out of its length, bytes and zeros.
fn cut(solved: Vec<u8>) -> Option<Vec<u8>> {
    let (length, rest) = solved.split_first_chunk::<LENGTH_BYTES>()?;
    let (run, zeros) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    zeros.iter().all(|byte| *byte == 0).then(|| run.to_vec())
}

#[cfg(test)]
mod tests;
