//! Changes bytes without knowing what they mean: flips, cuts, repetitions, splices of two inputs
//! of the corpus, numbers that stand at limits. The same seed, target and number always give the
//! same input, so that a finding is told by three words.

use sanduan_protocol::base::dice::Dice;

/// Numbers at which readers of lengths and counts go wrong.
const EDGES: [u64; 16] = [
    0,
    1,
    2,
    0x3f,
    0x7f,
    0x80,
    0xff,
    0x100,
    0x7fff,
    0xffff,
    0x10000,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0x7fff_ffff_ffff_ffff,
    u64::MAX,
];

/// Input number `index` of this target: one of the corpus, changed a few times.
pub fn input(corpus: &[Vec<u8>], seed: u64, name: &str, index: u64, bytes_max: usize) -> Vec<u8> {
    let mut mixed = seed ^ index.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for byte in name.bytes() {
        mixed = (mixed ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    }
    let mut dice = Dice::new(mixed);
    let mut bytes = any_of(corpus, &mut dice).to_vec();
    let changes = 1 + dice.below(2).max(dice.below(8) * dice.below(2));
    for _ in 0..changes {
        change(&mut bytes, corpus, &mut dice);
    }
    bytes.truncate(bytes_max);
    bytes
}

fn any_of<'a>(corpus: &'a [Vec<u8>], dice: &mut Dice) -> &'a [u8] {
    if corpus.is_empty() { &[] } else { &corpus[dice.below(corpus.len() as u64) as usize] }
}

fn place(bytes: &[u8], dice: &mut Dice) -> usize {
    dice.below(bytes.len() as u64 + 1) as usize
}

/// Some bytes in the middle of others, mostly few.
fn slice<'a>(bytes: &'a [u8], dice: &mut Dice) -> &'a [u8] {
    let from = place(bytes, dice);
    let longest = if dice.chance(800_000) { 12 } else { bytes.len() as u64 };
    let length = 1 + dice.below(longest.max(1)) as usize;
    &bytes[from..bytes.len().min(from + length)]
}

fn change(bytes: &mut Vec<u8>, corpus: &[Vec<u8>], dice: &mut Dice) {
    let at = place(bytes, dice);
    match dice.below(12) {
        0 | 1 => set(bytes, at, |byte, dice| byte ^ (1 << dice.below(8)), dice),
        2 => set(bytes, at, |_, dice| dice.below(256) as u8, dice),
        3 => set(
            bytes,
            at,
            |byte, dice| byte.wrapping_add(dice.below(17) as u8).wrapping_sub(8),
            dice,
        ),
        4 => put(bytes, at, &edge(dice), dice),
        5 => bytes.truncate(at),
        6 => drop(bytes.drain(at..place(bytes, dice).max(at))),
        7 => {
            let piece = slice(bytes, dice).to_vec();
            let times = 1 + dice.below(3) as usize;
            put(bytes, at, &piece.repeat(times), dice);
        }
        8 | 9 => {
            let piece = slice(any_of(corpus, dice), dice).to_vec();
            put(bytes, at, &piece, dice);
        }
        10 => {
            let tail = any_of(corpus, dice);
            let from = place(tail, dice);
            bytes.truncate(at);
            bytes.extend_from_slice(&tail[from..]);
        }
        _ => {
            let noise: Vec<u8> = (0..1 + dice.below(8)).map(|_| dice.below(256) as u8).collect();
            put(bytes, at, &noise, dice);
        }
    }
}

fn set(bytes: &mut [u8], at: usize, to: impl Fn(u8, &mut Dice) -> u8, dice: &mut Dice) {
    if let Some(byte) = bytes.get_mut(at) {
        *byte = to(*byte, dice);
    }
}

/// Between what is there, or in place of it.
fn put(bytes: &mut Vec<u8>, at: usize, piece: &[u8], dice: &mut Dice) {
    let end = if dice.chance(500_000) { at } else { bytes.len().min(at + piece.len()) };
    bytes.splice(at..end, piece.iter().copied());
}

/// A number at a limit, as big-endian or little-endian bytes, as a varint, or as digits.
fn edge(dice: &mut Dice) -> Vec<u8> {
    let near = dice.below(3).wrapping_sub(1);
    let number = EDGES[dice.below(EDGES.len() as u64) as usize].wrapping_add(near);
    let width = [1, 2, 4, 8][dice.below(4) as usize];
    match dice.below(4) {
        0 => number.to_be_bytes()[8 - width..].to_vec(),
        1 => number.to_le_bytes()[..width].to_vec(),
        2 => {
            let mut to = Vec::new();
            sanduan_protocol::wire::pack::put_varint(&mut to, number);
            to
        }
        _ => number.to_string().into_bytes(),
    }
}

#[cfg(test)]
mod tests;
