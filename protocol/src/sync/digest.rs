//! The digest in a beacon: three bytes of the heads, one of the board, both keyed by the network
//! and salted by the frame that carries them. A chance match lasts one beacon only, because the
//! next one has another salt.

use crate::base::ids::DeviceId;
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

    /// The digest as `sender` says it in the frame with this counter.
    pub fn salted(&self, network_key: &[u8; 32], sender: DeviceId, counter: u64) -> Digest {
        let salt = Salt { network_key: *network_key, sender, counter };
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
    pub counter: u64,
}

impl Salt {
    /// The first bytes of a hash in this frame.
    pub fn of(&self, what: &[u8; 32]) -> [u8; 3] {
        let mut hasher = blake3::Hasher::new_keyed(&self.network_key);
        hasher.update(&self.sender.0.to_be_bytes()).update(&self.counter.to_be_bytes());
        let [a, b, c, ..] = *hasher.update(what).finalize().as_bytes();
        [a, b, c]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_state_looks_different_in_every_frame() {
        let state = StateHashes { heads: [1; 32], board: [2; 32] };
        let digests: std::collections::BTreeSet<[u8; 3]> =
            (0..100).map(|counter| state.salted(&[7; 32], DeviceId(1), counter).heads).collect();
        assert!(digests.len() >= 99);
        assert_eq!(state.salted(&[7; 32], DeviceId(1), 5), state.salted(&[7; 32], DeviceId(1), 5));
        assert_ne!(state.salted(&[7; 32], DeviceId(1), 5), state.salted(&[8; 32], DeviceId(1), 5));
    }
}
