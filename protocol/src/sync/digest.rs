//! The digest in a beacon: three bytes of the heads, one of the board, both keyed by the network
//! and salted by the frame that carries them. A chance match lasts one beacon only, because the
//! next one has another salt.

use crate::base::ids::DeviceId;
use crate::base::start::FrameNo;
use crate::wire::bundle::Digest;

/// Hashes of what a node holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StateHashes {
    /// Of the heads of all lanes.
    pub heads: [u8; 32],
    /// Of the newest fixes.
    pub board: [u8; 32],
}

impl StateHashes {
    /// What a mute beacon covers: both hashes whole.
    pub fn whole(&self) -> [u8; 64] {
        let mut whole = [0; 64];
        whole[..32].copy_from_slice(&self.heads);
        whole[32..].copy_from_slice(&self.board);
        whole
    }

    /// The digest as one frame says it.
    pub fn salted(&self, salt: &Salt) -> Digest {
        let board = salt.of(&self.board)[0];
        Digest { heads: salt.of(&self.heads), board, asks: false }
    }
}

/// What one frame makes of a hash.
#[derive(Clone, Copy, Debug)]
pub struct Salt {
    /// Keys all digests of the network.
    pub network_key: [u8; 32],
    /// Whose frame.
    pub sender: DeviceId,
    /// Which of its frames.
    pub number: FrameNo,
}

impl Salt {
    /// The first bytes of a hash in this frame.
    pub fn of(&self, what: &[u8; 32]) -> [u8; 3] {
        let mut bytes = [0; 2 + FrameNo::BYTES + 32];
        bytes[..2].copy_from_slice(&self.sender.0.to_be_bytes());
        bytes[2..2 + FrameNo::BYTES].copy_from_slice(&self.number.to_bytes());
        bytes[2 + FrameNo::BYTES..].copy_from_slice(what);
        let [a, b, c, ..] = *blake3::keyed_hash(&self.network_key, &bytes).as_bytes();
        [a, b, c]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::start::Start;

    #[test]
    fn the_same_state_looks_different_in_every_frame() {
        let state = StateHashes { heads: [1; 32], board: [2; 32] };
        let number = |counter| FrameNo { counter, ..FrameNo::default() };
        let of = |key, number| Salt { network_key: [key; 32], sender: DeviceId(1), number };
        let salted = |key, counter| state.salted(&of(key, number(counter)));
        let digests: std::collections::BTreeSet<[u8; 3]> =
            (0..100).map(|counter| salted(7, counter).heads).collect();
        assert!(digests.len() >= 99);
        assert_eq!(salted(7, 5), salted(7, 5));
        assert_ne!(salted(7, 5), salted(8, 5));
        let start = Start::of_bytes([0, 0, 0, 0, 0, 1]);
        let restarted = FrameNo { start, ..number(5) };
        assert_ne!(salted(7, 5), state.salted(&of(7, restarted)));
    }
}
