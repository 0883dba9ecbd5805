//! The byte layout of a journal segment: a header, then frames. No files are opened here.
//!
//! ```text
//! header  "SDJ" 1 | kind 1: 0 log, 1 snapshot | zero 3 | segment u32 | crc32c u32 of these 12
//! frame   length u32 | crc32c u32 of the payload | payload                 (all little endian)
//! ```

use std::io::{self, Read};

use super::codec::PAYLOAD_BYTES_MAX;

/// Bytes of a segment header.
pub const HEADER_BYTES: usize = 16;
/// Bytes before each payload.
pub const FRAME_HEAD_BYTES: usize = 8;

const MAGIC: [u8; 4] = *b"SDJ\x01";

/// What a segment holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Batches as they came.
    Log,
    /// Everything that was live when it was written; older segments are not needed.
    Snapshot,
}

/// The header of segment `number`.
pub fn header(kind: Kind, number: u32) -> [u8; HEADER_BYTES] {
    let mut bytes = [0; HEADER_BYTES];
    bytes[..4].copy_from_slice(&MAGIC);
    bytes[4] = match kind {
        Kind::Log => 0,
        Kind::Snapshot => 1,
    };
    bytes[8..12].copy_from_slice(&number.to_le_bytes());
    let sum = crc32c::crc32c(&bytes[..12]);
    bytes[12..].copy_from_slice(&sum.to_le_bytes());
    bytes
}

/// What a header says, or `None` when it is torn or foreign.
pub fn read_header(bytes: &[u8; HEADER_BYTES], number: u32) -> Option<Kind> {
    if *bytes == header(Kind::Log, number) {
        Some(Kind::Log)
    } else if *bytes == header(Kind::Snapshot, number) {
        Some(Kind::Snapshot)
    } else {
        None
    }
}

/// Append one frame to `out`. The payload is at most [`PAYLOAD_BYTES_MAX`] bytes.
pub fn push(out: &mut Vec<u8>, payload: &[u8]) {
    out.extend_from_slice(&(payload.len() as u32).to_le_bytes());
    out.extend_from_slice(&crc32c::crc32c(payload).to_le_bytes());
    out.extend_from_slice(payload);
}

/// What stands at one place of a segment.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// A whole frame.
    Payload(Vec<u8>),
    /// A frame of believable length whose checksum is wrong: torn if nothing sound follows it.
    Damaged,
    /// The segment ends here, cleanly.
    End,
    /// Too few bytes, or a length that no frame has.
    Torn,
}

/// Read the frame at the reader's place.
///
/// # Errors
/// The disk cannot be read.
pub fn read(from: &mut impl Read) -> io::Result<Found> {
    let mut head = [0; FRAME_HEAD_BYTES];
    match read_up_to(from, &mut head)? {
        0 => return Ok(Found::End),
        FRAME_HEAD_BYTES => {}
        _ => return Ok(Found::Torn),
    }
    let length = u32::from_le_bytes([head[0], head[1], head[2], head[3]]) as usize;
    let sum = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
    // No batch is empty, and a run of zeros, as left by a power cut, must not look like frames.
    if length == 0 || length > PAYLOAD_BYTES_MAX {
        return Ok(Found::Torn);
    }
    let mut payload = Vec::new();
    from.by_ref().take(length as u64).read_to_end(&mut payload)?;
    if payload.len() < length {
        return Ok(Found::Torn);
    }
    if crc32c::crc32c(&payload) == sum { Ok(Found::Payload(payload)) } else { Ok(Found::Damaged) }
}

fn read_up_to(from: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match from.read(&mut buffer[filled..])? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_read_back_until_the_end() {
        let mut bytes = Vec::new();
        push(&mut bytes, b"one");
        push(&mut bytes, b"two");
        let mut from = bytes.as_slice();
        assert_eq!(read(&mut from).expect("memory"), Found::Payload(b"one".to_vec()));
        assert_eq!(read(&mut from).expect("memory"), Found::Payload(b"two".to_vec()));
        assert_eq!(read(&mut from).expect("memory"), Found::End);
    }

    #[test]
    fn every_cut_is_noticed_and_every_flipped_bit_too() {
        let mut bytes = Vec::new();
        push(&mut bytes, b"payload");
        for end in 1..bytes.len() {
            assert_eq!(read(&mut &bytes[..end]).expect("memory"), Found::Torn, "cut at {end}");
        }
        for bit in 0..bytes.len() * 8 {
            let mut bad = bytes.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            let found = read(&mut bad.as_slice()).expect("memory");
            assert!(!matches!(found, Found::Payload(_) | Found::End), "bit {bit}");
        }
    }

    #[test]
    fn zeros_left_by_a_power_cut_are_torn() {
        assert_eq!(read(&mut [0u8; 64].as_slice()).expect("memory"), Found::Torn);
    }

    #[test]
    fn a_header_belongs_to_its_number() {
        let bytes = header(Kind::Snapshot, 7);
        assert_eq!(read_header(&bytes, 7), Some(Kind::Snapshot));
        assert_eq!(read_header(&bytes, 8), None);
    }
}
