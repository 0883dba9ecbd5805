//! Batches as the bytes of a made-up journal, so that a power cut can tear them: frames with a
//! checksum, written in sectors of which any subset may have reached the disk. The daemon's own
//! layout has heads of its own and segments (`daemon/src/store/frame.rs`); what they share is the
//! promise that a frame is whole or is cut off together with all that was written after it.
//!
//! ```text
//! frame    length u32 | crc32c u32 of the payload | payload
//! payload  of each pair: key length u16 | value length u32 | key | value    (all little endian)
//! ```

use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::node::output::Batch;

/// What a disk writes as one: all of it or nothing.
pub const SECTOR_BYTES: u64 = 512;
/// Bytes before a payload.
const HEAD_BYTES: usize = 8;
/// Bytes before a key.
const LENGTHS_BYTES: usize = 6;

/// One key and its value.
pub type Pair = (Vec<u8>, Vec<u8>);

/// Bytes of the frame of these pairs.
pub fn frame_bytes(puts: &[Pair]) -> u64 {
    let pairs = puts.iter().map(|(key, value)| LENGTHS_BYTES + key.len() + value.len());
    (HEAD_BYTES + pairs.sum::<usize>()) as u64
}

/// The frames of these batches, one behind the other.
pub fn lay<'a>(batches: impl Iterator<Item = &'a Batch>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for batch in batches {
        let mut payload = Vec::new();
        for (key, value) in &batch.puts {
            payload.extend_from_slice(&(key.len() as u16).to_le_bytes());
            payload.extend_from_slice(&(value.len() as u32).to_le_bytes());
            payload.extend_from_slice(key);
            payload.extend_from_slice(value);
        }
        bytes.extend_from_slice(&(payload.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&crc32c::crc32c(&payload).to_le_bytes());
        bytes.extend_from_slice(&payload);
    }
    bytes
}

/// A power cut while these bytes were being written behind `at` bytes: each sector is there or is
/// still as empty as it was.
pub fn tear(bytes: &mut [u8], at: u64, dice: &mut Dice) {
    let mut begin = 0;
    while begin < bytes.len() {
        let in_sector = SECTOR_BYTES - (at + begin as u64) % SECTOR_BYTES;
        let end = bytes.len().min(begin + in_sector as usize);
        if dice.below(2) == 0 {
            bytes[begin..end].fill(0);
        }
        begin = end;
    }
}

/// What a start finds: the frames up to the first that is not whole. What stands behind it was
/// written later or together with it, and is cut off.
pub fn read(bytes: &[u8]) -> Vec<Vec<Pair>> {
    let mut found = Vec::new();
    let mut rest = bytes;
    while let Some((puts, behind)) = read_frame(rest) {
        found.push(puts);
        rest = behind;
    }
    found
}

fn read_frame(bytes: &[u8]) -> Option<(Vec<Pair>, &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (sum, rest) = rest.split_first_chunk::<4>()?;
    let length = u32::from_le_bytes(*length) as usize;
    let (payload, behind) = rest.split_at_checked(length)?;
    // An empty frame is never written; a run of zeros must not look like frames.
    if length == 0 || crc32c::crc32c(payload) != u32::from_le_bytes(*sum) {
        return None;
    }
    let (mut puts, mut rest) = (Vec::new(), payload);
    while !rest.is_empty() {
        let (key_bytes, after) = rest.split_first_chunk::<2>()?;
        let (value_bytes, after) = after.split_first_chunk::<4>()?;
        let (key, after) = after.split_at_checked(usize::from(u16::from_le_bytes(*key_bytes)))?;
        let (value, after) = after.split_at_checked(u32::from_le_bytes(*value_bytes) as usize)?;
        puts.push((key.to_vec(), value.to_vec()));
        rest = after;
    }
    Some((puts, behind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sanduan_protocol::node::input::BatchNo;

    fn batches(count: u8) -> Vec<Batch> {
        let batch = |n: u8| Batch {
            batch: BatchNo(u64::from(n)),
            urgent: true,
            puts: vec![(vec![n, 1], vec![n; 300]), (vec![n, 2], vec![])],
        };
        (1..=count).map(batch).collect()
    }

    #[test]
    fn what_was_laid_whole_is_read_whole() {
        let batches = batches(5);
        let bytes = lay(batches.iter());
        assert_eq!(bytes.len() as u64, batches.iter().map(|b| frame_bytes(&b.puts)).sum::<u64>());
        let puts: Vec<_> = batches.into_iter().map(|batch| batch.puts).collect();
        assert_eq!(read(&bytes), puts);
    }

    #[test]
    fn a_tear_leaves_whole_frames_from_the_front_and_nothing_of_the_others() {
        let (batches, mut dice) = (batches(5), Dice::new(3));
        let mut seen = [0; 6];
        for round in 0..400 {
            let mut bytes = lay(batches.iter());
            tear(&mut bytes, round, &mut dice);
            let found = read(&bytes);
            assert!(found.iter().zip(&batches).all(|(puts, batch)| *puts == batch.puts));
            seen[found.len()] += 1;
        }
        assert!(seen.iter().all(|count| *count > 0), "{seen:?}");
    }

    #[test]
    fn zeros_and_noise_are_no_frames() {
        assert_eq!(read(&[0; 600]), Vec::<Vec<Pair>>::new());
        assert_eq!(read(&[7; 600]), Vec::<Vec<Pair>>::new());
    }
}
