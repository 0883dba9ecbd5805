//! The byte layout of a journal segment: a header, then frames. No files are opened here.
//!
//! ```text
//! header  "SDJ" 2 | kind 1: 0 log, 1 snapshot | zero 3 | segment u32 | crc32c u32 of these 12
//! frame   follows 1 bit, length 31 bits | crc32c u32 of the payload
//!         | crc32c u32 of segment u32, offset u64 and these 8 | payload    (all little endian)
//! ```
//!
//! The head has its own checksum, so that the next frame can be found behind damaged bytes, and
//! it covers the place, so that a frame inside a payload, or left over from an older file, is not
//! taken for one. `follows` says that the frame was written together with the one before it: only
//! a frame without it proves that everything before it was synced.

use std::io::{self, Read};

use super::codec::PAYLOAD_BYTES_MAX;

/// Bytes of a segment header.
pub const HEADER_BYTES: usize = 16;
/// Bytes before each payload.
pub const FRAME_HEAD_BYTES: usize = 12;

const MAGIC: [u8; 4] = *b"SDJ\x02";
const FOLLOWS: u32 = 1 << 31;

/// A place between two frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Number of the segment.
    pub segment: u32,
    /// Bytes from its beginning.
    pub offset: u64,
}

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

/// Whether a sound header of a format later than ours begins a segment. What stands behind it is
/// not ours to judge.
pub fn is_of_later_format(bytes: &[u8; HEADER_BYTES]) -> bool {
    let sum = crc32c::crc32c(&bytes[..12]).to_le_bytes();
    bytes[..3] == MAGIC[..3] && bytes[3] > MAGIC[3] && bytes[12..] == sum
}

/// Append one frame to `out`, which will be written so that the frame stands at `place`. The
/// payload is at most [`PAYLOAD_BYTES_MAX`] bytes.
pub fn push(out: &mut Vec<u8>, place: Place, follows: bool, payload: &[u8]) {
    let length = payload.len() as u32 | if follows { FOLLOWS } else { 0 };
    let mut head = [0; 8];
    head[..4].copy_from_slice(&length.to_le_bytes());
    head[4..].copy_from_slice(&crc32c::crc32c(payload).to_le_bytes());
    out.extend_from_slice(&head);
    out.extend_from_slice(&head_sum(place, &head).to_le_bytes());
    out.extend_from_slice(payload);
}

fn head_sum(place: Place, head: &[u8; 8]) -> u32 {
    let sum = crc32c::crc32c(&place.segment.to_le_bytes());
    let sum = crc32c::crc32c_append(sum, &place.offset.to_le_bytes());
    crc32c::crc32c_append(sum, head)
}

/// What stands at one place of a segment.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// A whole frame.
    Frame {
        /// It was written together with the one before it.
        follows: bool,
        /// Its content.
        payload: Vec<u8>,
    },
    /// A frame whose head is sound and whose payload, of this many bytes, is not.
    Damaged(u64),
    /// No frame begins here.
    Noise,
    /// The segment ends here, or within the frame that begins here.
    End,
}

/// Read the frame at `place`, where the reader stands.
///
/// # Errors
/// The disk cannot be read.
pub fn read(from: &mut impl Read, place: Place) -> io::Result<Found> {
    let mut bytes = [0; FRAME_HEAD_BYTES];
    if read_up_to(from, &mut bytes)? < FRAME_HEAD_BYTES {
        return Ok(Found::End);
    }
    let [l0, l1, l2, l3, s0, s1, s2, s3, h0, h1, h2, h3] = bytes;
    let head = [l0, l1, l2, l3, s0, s1, s2, s3];
    let flags_and_length = u32::from_le_bytes([l0, l1, l2, l3]);
    let length = (flags_and_length & !FOLLOWS) as usize;
    // No batch is empty, and a run of zeros, as left by a power cut, must not look like frames.
    if length == 0
        || length > PAYLOAD_BYTES_MAX
        || head_sum(place, &head) != u32::from_le_bytes([h0, h1, h2, h3])
    {
        return Ok(Found::Noise);
    }
    let mut payload = Vec::new();
    from.by_ref().take(length as u64).read_to_end(&mut payload)?;
    if payload.len() < length {
        return Ok(Found::End);
    }
    if crc32c::crc32c(&payload) != u32::from_le_bytes([s0, s1, s2, s3]) {
        return Ok(Found::Damaged(length as u64));
    }
    Ok(Found::Frame { follows: flags_and_length & FOLLOWS != 0, payload })
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

    const PLACE: Place = Place { segment: 3, offset: 16 };

    #[test]
    fn frames_read_back_until_the_end() {
        let mut bytes = Vec::new();
        push(&mut bytes, PLACE, false, b"one");
        let second = Place { offset: PLACE.offset + bytes.len() as u64, ..PLACE };
        push(&mut bytes, second, true, b"two");
        let mut from = bytes.as_slice();
        let frame = |follows, payload: &[u8]| Found::Frame { follows, payload: payload.to_vec() };
        assert_eq!(read(&mut from, PLACE).expect("memory"), frame(false, b"one"));
        assert_eq!(read(&mut from, second).expect("memory"), frame(true, b"two"));
        assert_eq!(read(&mut from, second).expect("memory"), Found::End);
    }

    #[test]
    fn the_bytes_on_disk_do_not_change() {
        let mut bytes = Vec::new();
        push(&mut bytes, PLACE, true, b"one");
        assert_eq!(bytes, b"\x03\0\0\x80\xe9\xb2\x94\x2a\xec\x10\x9e\xd7one");
    }

    #[test]
    fn every_cut_is_noticed_and_every_flipped_bit_too() {
        let mut bytes = Vec::new();
        push(&mut bytes, PLACE, false, b"payload");
        for end in 0..bytes.len() {
            let found = read(&mut &bytes[..end], PLACE).expect("memory");
            assert_eq!(found, Found::End, "cut at {end}");
        }
        for bit in 0..bytes.len() * 8 {
            let mut bad = bytes.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            let found = read(&mut bad.as_slice(), PLACE).expect("memory");
            let want = if bit / 8 < FRAME_HEAD_BYTES { Found::Noise } else { Found::Damaged(7) };
            assert_eq!(found, want, "bit {bit}");
        }
    }

    #[test]
    fn a_frame_at_another_place_is_noise_and_so_are_zeros() {
        let mut bytes = Vec::new();
        push(&mut bytes, PLACE, false, b"payload");
        for place in [Place { segment: 4, ..PLACE }, Place { offset: 17, ..PLACE }] {
            assert_eq!(read(&mut bytes.as_slice(), place).expect("memory"), Found::Noise);
        }
        assert_eq!(read(&mut [0u8; 64].as_slice(), PLACE).expect("memory"), Found::Noise);
    }

    #[test]
    fn a_header_belongs_to_its_number() {
        let bytes = header(Kind::Snapshot, 7);
        assert_eq!(read_header(&bytes, 7), Some(Kind::Snapshot));
        assert_eq!(read_header(&bytes, 8), None);
    }
}
