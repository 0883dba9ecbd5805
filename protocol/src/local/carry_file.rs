//! The outer shape of a carry file, as everyone sees it who moves it about without keys. What the
//! frames hold is sealed; only the node makes and opens them.
//!
//! ```text
//! "SDCARRY1" 8 | network id 8 | frame … ; frame: length 4 (big endian) | sealed bytes
//! ```

use std::ops::Range;

use crate::base::caps::{CARRY_BYTES_MAX, CARRY_FRAME_BYTES_MAX};

/// What a carry file begins with.
pub const MAGIC: &[u8; 8] = b"SDCARRY1";
/// Bytes before the first frame.
pub const HEAD_BYTES: usize = 16;
/// Bytes before each frame.
pub const LENGTH_BYTES: usize = 4;
/// Bytes of a piece that is handed in by itself, so that a large file can be seen to move on and
/// the node does other things in between: some two thousand records.
pub const PIECE_BYTES: usize = 256 * 1024;

/// Why bytes are no whole carry file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotACarryFile {
    /// It begins with something else.
    Other,
    /// More than [`CARRY_BYTES_MAX`] bytes.
    TooLong,
    /// It ends in the middle of a frame.
    Cut,
}

impl NotACarryFile {
    /// The reason in Chinese, to stand in a sentence.
    pub fn zh(self) -> &'static str {
        match self {
            NotACarryFile::Other => "不是带报文件",
            NotACarryFile::TooLong => "超过 64 MiB",
            NotACarryFile::Cut => "中途截断",
        }
    }

    /// The reason in English, to stand in a sentence.
    pub fn en(self) -> &'static str {
        match self {
            NotACarryFile::Other => "not a carry file",
            NotACarryFile::TooLong => "longer than 64 MiB",
            NotACarryFile::Cut => "it ends in the middle",
        }
    }
}

/// The head of a file of this network.
pub fn head(network: &[u8; 8]) -> Vec<u8> {
    [&MAGIC[..], network].concat()
}

/// Append a sealed frame of at most [`CARRY_FRAME_BYTES_MAX`] bytes.
pub fn add_frame(file: &mut Vec<u8>, frame: &[u8]) {
    debug_assert!(frame.len() <= CARRY_FRAME_BYTES_MAX, "frames are bounded by who seals them");
    file.extend_from_slice(&(frame.len() as u32).to_be_bytes());
    file.extend_from_slice(frame);
}

/// Put frames before all others of a file.
pub fn put_before(file: &mut Vec<u8>, frames: &[Vec<u8>]) {
    let mut first = Vec::new();
    frames.iter().for_each(|frame| add_frame(&mut first, frame));
    let at = file.len().min(HEAD_BYTES);
    file.splice(at..at, first);
}

/// The network a file belongs to, from its first [`HEAD_BYTES`] bytes.
///
/// # Errors
/// It begins with something else, or ends before.
pub fn network(bytes: &[u8]) -> Result<[u8; 8], NotACarryFile> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(NotACarryFile::Other)?;
    rest.first_chunk().copied().ok_or(NotACarryFile::Cut)
}

/// The sealed frames of a whole file.
///
/// # Errors
/// It is no carry file, or damaged.
pub fn frames(bytes: &[u8]) -> Result<Vec<&[u8]>, NotACarryFile> {
    Ok(spans(bytes)?.into_iter().map(|span| &bytes[span]).collect())
}

/// Where the frames of a whole file lie.
fn spans(bytes: &[u8]) -> Result<Vec<Range<usize>>, NotACarryFile> {
    network(bytes)?;
    if bytes.len() > CARRY_BYTES_MAX {
        return Err(NotACarryFile::TooLong);
    }
    let mut spans = Vec::new();
    let mut at = HEAD_BYTES;
    while at < bytes.len() {
        let length = bytes[at..].first_chunk::<LENGTH_BYTES>().ok_or(NotACarryFile::Cut)?;
        let length = u32::from_be_bytes(*length) as usize;
        let from = at + LENGTH_BYTES;
        if length > CARRY_FRAME_BYTES_MAX || length > bytes.len() - from {
            return Err(NotACarryFile::Cut);
        }
        at = from + length;
        spans.push(from..at);
    }
    Ok(spans)
}

/// The file in pieces of about [`PIECE_BYTES`], each a carry file by itself. One that is no whole
/// carry file stays as it is: whoever takes it in finds the words for what is wrong.
pub fn pieces(bytes: &[u8]) -> Vec<Vec<u8>> {
    let Ok(spans) = spans(bytes) else { return vec![bytes.to_vec()] };
    let mut pieces: Vec<Vec<u8>> = Vec::new();
    for span in spans {
        let is_full = |piece: &Vec<u8>| piece.len() + span.len() > PIECE_BYTES;
        if pieces.last().is_none_or(is_full) {
            pieces.push(bytes[..HEAD_BYTES].to_vec());
        }
        if let Some(piece) = pieces.last_mut() {
            piece.extend_from_slice(&bytes[span.start - LENGTH_BYTES..span.end]);
        }
    }
    if pieces.is_empty() { vec![bytes.to_vec()] } else { pieces }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(lengths: &[usize]) -> Vec<u8> {
        let mut file = head(b"network1");
        for length in lengths {
            add_frame(&mut file, &vec![7; *length]);
        }
        file
    }

    #[test]
    fn frames_come_out_as_they_went_in() {
        let file = file(&[3, 0, 16_000]);
        assert_eq!(network(&file), Ok(*b"network1"));
        let lengths: Vec<usize> = frames(&file).expect("whole").iter().map(|f| f.len()).collect();
        assert_eq!(lengths, [3, 0, 16_000]);
    }

    #[test]
    fn a_file_cut_anywhere_is_told_from_a_whole_one() {
        let file = file(&[5, 9]);
        for end in 0..file.len() {
            let is_whole = [HEAD_BYTES, HEAD_BYTES + 9, file.len()].contains(&end);
            assert_eq!(frames(&file[..end]).is_ok(), is_whole, "cut at {end}");
            assert_eq!(pieces(&file[..end]).concat(), &file[..end], "cut at {end}");
        }
    }

    #[test]
    fn something_else_and_something_endless_are_refused() {
        assert_eq!(frames(b"something else, longer than a head"), Err(NotACarryFile::Other));
        let mut long = file(&[]);
        long.resize(CARRY_BYTES_MAX + 1, 0);
        assert_eq!(frames(&long), Err(NotACarryFile::TooLong));
        let mut wide = file(&[]);
        wide.extend_from_slice(&u32::MAX.to_be_bytes());
        assert_eq!(frames(&wide), Err(NotACarryFile::Cut));
    }

    #[test]
    fn pieces_are_carry_files_that_together_hold_every_frame() {
        let file = file(&[16_000; 40]);
        let pieces = pieces(&file);
        assert_eq!(pieces.len(), 3);
        let count = |piece: &Vec<u8>| frames(piece).expect("whole").len();
        assert_eq!(pieces.iter().map(count).sum::<usize>(), 40);
        assert!(pieces.iter().all(|piece| piece.len() <= PIECE_BYTES));
    }
}
