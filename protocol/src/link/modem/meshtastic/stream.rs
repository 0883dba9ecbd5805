//! Where messages begin and end on the serial line or TCP connection of a Meshtastic node (public
//! documentation, "Client API: Streaming version"). Between messages the node may write lines of
//! its own log; they are skipped.
//!
//! ```text
//! 94 C3 | length 2, big endian, at most 512 | message
//! ```

use std::collections::VecDeque;

use crate::base::caps::{MESH_MESSAGE_BYTES_MAX, MESH_READY_MAX};

const START: [u8; 2] = [0x94, 0xC3];
const HEAD_BYTES: usize = 4;

/// Bytes that wake a sleeping node and end whatever it was reading: 32 second start bytes.
pub const WAKE: [u8; 32] = [START[1]; 32];

/// A message as it goes over the line.
pub fn framed(message: &[u8]) -> Vec<u8> {
    debug_assert!(message.len() <= MESH_MESSAGE_BYTES_MAX, "messages of ours are short");
    let length = (message.len() as u16).to_be_bytes();
    [&START[..], &length, message].concat()
}

/// Finds messages in bytes that are cut anywhere.
#[derive(Clone, Debug, Default)]
pub struct Framer {
    held: Vec<u8>,
    ready: VecDeque<Vec<u8>>,
    skipped: u64,
}

impl Framer {
    /// Take in bytes as they were read; messages then come out of `next()`.
    pub fn push(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.step(*byte);
        }
    }

    /// Bytes that belonged to no message.
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// True when no message is half read.
    pub fn is_idle(&self) -> bool {
        self.held.is_empty()
    }

    fn step(&mut self, byte: u8) {
        self.held.push(byte);
        match self.held[..] {
            [first] if first != START[0] => self.skip_all(),
            [first, second] if second != START[1] => {
                self.skip_all();
                // The second of two first bytes may be the true one.
                if second == first {
                    self.skipped -= 1;
                    self.held.push(second);
                }
            }
            [_, _, high, low, ..] => {
                let length = usize::from(u16::from_be_bytes([high, low]));
                if length > MESH_MESSAGE_BYTES_MAX {
                    self.skip_all();
                } else if self.held.len() == HEAD_BYTES + length {
                    let message = self.held.split_off(HEAD_BYTES);
                    self.held.clear();
                    if self.ready.len() < MESH_READY_MAX {
                        self.ready.push_back(message);
                    }
                }
            }
            _ => {}
        }
    }

    fn skip_all(&mut self) {
        self.skipped += self.held.len() as u64;
        self.held.clear();
    }
}

impl Iterator for Framer {
    type Item = Vec<u8>;

    /// The next message; `None` when more must be pushed.
    fn next(&mut self) -> Option<Vec<u8>> {
        self.ready.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn messages_are_found_among_log_lines_and_noise() {
        let mut line = b"INFO | boot\r\n".to_vec();
        line.extend(framed(b"one"));
        line.extend([0x94, 0x94, 0xC3, 0, 2, b'2', b'2', 0x94, b'x']);
        line.extend(framed(b""));
        line.extend([0x94, 0xC3, 0xFF, 0xFF]);
        line.extend(framed(b"four"));
        let mut framer = Framer::default();
        framer.push(&line);
        let found: Vec<Vec<u8>> = framer.by_ref().collect();
        assert_eq!(found, [&b"one"[..], b"22", b"", b"four"]);
        assert_eq!(framer.skipped(), 13 + 1 + 2 + 4);
        assert!(framer.is_idle());
    }

    #[test]
    fn a_message_cut_anywhere_is_the_same_message() {
        let bytes = [framed(b"first"), framed(b"second")].concat();
        for cut in 0..bytes.len() {
            let mut framer = Framer::default();
            framer.push(&bytes[..cut]);
            framer.push(&bytes[cut..]);
            let found: Vec<Vec<u8>> = framer.by_ref().collect();
            assert_eq!(found, [&b"first"[..], b"second"], "cut at {cut}");
        }
    }

    #[test]
    fn messages_that_nobody_takes_are_bounded() {
        let mut framer = Framer::default();
        for _ in 0..MESH_READY_MAX + 5 {
            framer.push(&framed(b"x"));
        }
        assert_eq!(framer.by_ref().count(), MESH_READY_MAX);
    }

    proptest! {
        #[test]
        fn hostile_bytes_never_panic_and_hold_little(
            bytes in proptest::collection::vec(any::<u8>(), 0..2000),
        ) {
            let mut framer = Framer::default();
            framer.push(&bytes);
            prop_assert!(framer.held.len() <= HEAD_BYTES + MESH_MESSAGE_BYTES_MAX);
        }
    }
}
