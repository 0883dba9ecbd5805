//! A short sum of a long list of bytes, from which another who has nearly the same list finds out
//! all that differs: syndromes over GF(2^8), decoded as a Reed–Solomon code is. Two bytes tell of
//! one difference, wherever it is. What the bytes of the list mean is told in `vector`.
//!
//! ```text
//! block of position p:  p mod blocks, its place there: p / blocks, at most 254
//! symbol j of a block:  sum over its places i of value × 2^(i j)
//! order of symbols:     block by block, j = from, from + 1, …
//! ```
//!
//! The field is that of x^8 + x^4 + x^3 + x^2 + 1. Found are as many differences as half the
//! symbols. A sketch that is too short may yield a wrong list: its reader compares a digest.

use crate::sync::gf256::{LOGS, ORDER, POWERS, over, times};

/// Places of one block: what the field has room for.
pub const BLOCK_PLACES: usize = ORDER;

/// A polynomial, lowest coefficient first, at 2^log.
fn at_power(polynomial: &[u8], log: usize) -> u8 {
    let terms = polynomial.iter().enumerate();
    terms.fold(0, |sum, (n, coefficient)| sum ^ times(*coefficient, POWERS[log * n % 255]))
}

/// Blocks of a list of so many values.
pub fn blocks_of(values: usize) -> usize {
    values.div_ceil(BLOCK_PLACES).max(1)
}

/// The symbols `from..to` of one block of the list.
pub fn symbols(values: &[u8], block: usize, from: usize, to: usize) -> Vec<u8> {
    let blocks = blocks_of(values.len());
    let mut sums = vec![0; to.saturating_sub(from)];
    for (place, value) in values.iter().skip(block).step_by(blocks).enumerate() {
        if *value == 0 {
            continue;
        }
        let log = usize::from(LOGS[usize::from(*value)]);
        for (sum, j) in sums.iter_mut().zip(from..) {
            *sum ^= POWERS[log + place * j % BLOCK_PLACES];
        }
    }
    sums
}

/// What one block of the other's list is, by its symbols from the first one on: changes `values`
/// to it. False, and nothing changed, if more differs than the symbols tell.
pub fn correct(values: &mut [u8], block: usize, theirs: &[u8]) -> bool {
    let blocks = blocks_of(values.len());
    let ours = symbols(values, block, 0, theirs.len());
    let sums: Vec<u8> = theirs.iter().zip(ours).map(|(theirs, ours)| theirs ^ ours).collect();
    let places = values.iter().skip(block).step_by(blocks).count();
    let Some(found) = differences(&sums, places) else { return false };
    for (place, difference) in found {
        values[block + place * blocks] ^= difference;
    }
    true
}

/// Places and values of what has these symbols; `None` if it is more than they tell.
fn differences(sums: &[u8], places: usize) -> Option<Vec<(usize, u8)>> {
    let locator = shortest_register(sums)?;
    let count = locator.len() - 1;
    let is_at = |place: &usize| at_power(&locator, BLOCK_PLACES - place) == 0;
    let found: Vec<usize> = (0..places).filter(is_at).collect();
    if found.len() != count {
        return None;
    }
    let evaluator = product(sums, &locator, sums.len());
    // The formal derivative: only odd terms are left where 1 + 1 = 0.
    let odd = |(n, coefficient): (usize, &u8)| if n % 2 == 1 { *coefficient } else { 0 };
    let derivative: Vec<u8> = locator.iter().enumerate().map(odd).skip(1).collect();
    let value = |place: usize| {
        let log = BLOCK_PLACES - place;
        let slope = at_power(&derivative, log);
        // A double root has no slope, and stands for no list.
        (slope != 0).then(|| (place, times(POWERS[place], over(at_power(&evaluator, log), slope))))
    };
    found.into_iter().map(value).collect()
}

/// The first coefficients of a product of two polynomials.
fn product(a: &[u8], b: &[u8], count: usize) -> Vec<u8> {
    let mut product = vec![0; count];
    for (n, a) in a.iter().enumerate() {
        for (m, b) in b.iter().enumerate().take(count.saturating_sub(n)) {
            product[n + m] ^= times(*a, *b);
        }
    }
    product
}

/// The shortest recurrence that makes these symbols (Massey, "Shift-register synthesis and BCH
/// decoding", 1969); `None` if it takes more than half of them to tell it.
fn shortest_register(sums: &[u8]) -> Option<Vec<u8>> {
    let (mut now, mut before) = (vec![1u8], vec![1u8]);
    let (mut length, mut since, mut was) = (0, 1, 1u8);
    for (n, sum) in sums.iter().enumerate() {
        let taps = now.iter().enumerate().take(length + 1).skip(1);
        let off = taps.fold(*sum, |off, (i, tap)| off ^ times(*tap, sums[n - i]));
        if off == 0 {
            since += 1;
            continue;
        }
        let old = now.clone();
        let factor = over(off, was);
        now.resize(now.len().max(before.len() + since), 0);
        for (i, coefficient) in before.iter().enumerate() {
            now[i + since] ^= times(factor, *coefficient);
        }
        if 2 * length <= n {
            (length, before, was, since) = (n + 1 - length, old, off, 1);
        } else {
            since += 1;
        }
    }
    while now.len() > 1 && now.last() == Some(&0) {
        now.pop();
    }
    (2 * length <= sums.len() && now.len() == length + 1).then_some(now)
}

#[cfg(test)]
mod tests;
