//! Pairs ↔ bytes of one journal frame. The only file of the daemon that names bincode.

use bincode::config::{Configuration, Limit, LittleEndian, Varint};

use super::Pair;

/// Largest payload of one frame: a full batch of 4,096 pairs of the largest size, rounded up.
/// The limit also bounds what a damaged length can make us allocate.
pub const PAYLOAD_BYTES_MAX: usize = 72 * 1024 * 1024;

const CONFIG: Configuration<LittleEndian, Varint, Limit<PAYLOAD_BYTES_MAX>> =
    bincode::config::standard().with_limit::<PAYLOAD_BYTES_MAX>();

/// The bytes are not pairs, or there are too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadPairs;

/// Pack pairs.
///
/// # Errors
/// They are beyond [`PAYLOAD_BYTES_MAX`].
pub fn encode(pairs: &[Pair]) -> Result<Vec<u8>, BadPairs> {
    let bytes = bincode::encode_to_vec(pairs, CONFIG).map_err(|_| BadPairs)?;
    if bytes.len() > PAYLOAD_BYTES_MAX { Err(BadPairs) } else { Ok(bytes) }
}

/// Unpack pairs; every byte must be used.
///
/// # Errors
/// The bytes were not written by [`encode`].
pub fn decode(bytes: &[u8]) -> Result<Vec<Pair>, BadPairs> {
    // One by one and borrowed: a list as such would be given the room that its count asks for,
    // before a byte of it is seen.
    let (count, mut at): (u64, usize) =
        bincode::decode_from_slice(bytes, CONFIG).map_err(|_| BadPairs)?;
    let mut pairs = Vec::new();
    for _ in 0..count {
        let rest = bytes.get(at..).ok_or(BadPairs)?;
        let ((key, value), used): ((&[u8], &[u8]), usize) =
            bincode::borrow_decode_from_slice(rest, CONFIG).map_err(|_| BadPairs)?;
        pairs.push((key.to_vec(), value.to_vec()));
        at += used;
    }
    if at == bytes.len() { Ok(pairs) } else { Err(BadPairs) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_go_both_ways() {
        let pairs = vec![(b"a".to_vec(), b"one".to_vec()), (b"b".to_vec(), vec![0; 300])];
        let bytes = encode(&pairs).expect("small");
        assert_eq!(decode(&bytes), Ok(pairs));
    }

    #[test]
    fn the_bytes_on_disk_do_not_change() {
        let pairs = vec![(b"k".to_vec(), b"value".to_vec())];
        assert_eq!(encode(&pairs).expect("small"), b"\x01\x01k\x05value");
    }

    #[test]
    fn trailing_bytes_and_huge_lengths_are_refused() {
        assert_eq!(decode(b"\x00\x00"), Err(BadPairs));
        assert_eq!(decode(b"\xfd\xff\xff\xff\xff\xff\xff\xff\xff"), Err(BadPairs));
        assert_eq!(decode(b"\x01\xfc\xff\xff\xff\xff"), Err(BadPairs));
    }
}
