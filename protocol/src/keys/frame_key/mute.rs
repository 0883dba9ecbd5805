//! Mute frames: what their tag covers, and how it is checked. When one is said is decided in
//! [`crate::link::mute`]; its outside is [`crate::wire::frame`].
//!
//! ```text
//! tag     derive_key("sanduan mute frame v1", frame key 32 | header 3 | said), the first 4 or 8
//! beacon  said = time u32 BE, steps of 256 s | heads 32 | fixes 32      tag of 4
//! ack     said = heads 32 | tag 8 of the frame that it answers          tag of 8
//! ```
//!
//! A hash under a key needs no nonce, so there is none to repeat and no number to know: whoever
//! missed the start of the sender opens it as well. What is repeated later is told by what the tag
//! covers: a beacon lasts for [`BEACON_STEPS`] of time to each side, less than a contact that is
//! silent counts as there; an ack for as long as the frame that it answers is remembered.

use super::{FrameKey, FrameOpener, OpenError, Turn, fitting};
use crate::base::ids::DeviceId;
use crate::base::time::Wall;
use crate::wire::frame::{FrameView, TAG_BYTES};

const MUTE_CONTEXT: &str = "sanduan mute frame v1";
/// One step of the time of a beacon, ms.
const STEP_MS: u64 = 256_000;
/// Steps by which clocks may differ: eight and a half minutes at least.
const BEACON_STEPS: u32 = 2;
/// Bytes of what a beacon says.
const BEACON_BYTES: usize = 68;
/// Bytes of what an ack says.
const ACK_BYTES: usize = 40;

/// What a beacon says of whoever holds this at this time.
pub fn said_by_beacon(step: u32, held: &[u8; 64]) -> [u8; BEACON_BYTES] {
    let mut said = [0; BEACON_BYTES];
    said[..4].copy_from_slice(&step.to_be_bytes());
    said[4..].copy_from_slice(held);
    said
}

/// What an ack says of whoever has verified this, to the frame with this tag.
pub fn said_by_ack(heads: &[u8; 32], answered: &[u8; TAG_BYTES]) -> [u8; ACK_BYTES] {
    let mut said = [0; ACK_BYTES];
    said[..32].copy_from_slice(heads);
    said[32..].copy_from_slice(answered);
    said
}

/// The steps that a clock may show which is right where ours shows this: ours first.
pub fn beacon_steps(wall: Wall) -> impl Iterator<Item = u32> {
    let ours = u32::try_from(wall.0 / STEP_MS).unwrap_or(u32::MAX);
    let apart = (1..=BEACON_STEPS)
        .flat_map(move |apart| [ours.saturating_sub(apart), ours.saturating_add(apart)]);
    std::iter::once(ours).chain(apart)
}

/// A mute frame that is genuine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenedMute {
    /// The device that says it sealed it: any holder of the frame key could say so.
    pub sender: DeviceId,
    /// Its sender knows nobody's numbers yet: whole ones help it.
    pub asks: bool,
    /// The day whose key it is under.
    pub turn: Turn,
    /// Which of the things that it could say it says.
    pub which: usize,
}

impl FrameKey {
    /// The tag of a mute frame, of which a beacon has the first half.
    pub(super) fn mute_tag(&self, header: &[u8], said: &[u8]) -> [u8; TAG_BYTES] {
        let hash = self.suite.derive_key(MUTE_CONTEXT, &[self.bytes.as_slice(), header, said]);
        let mut tag = [0; TAG_BYTES];
        tag.copy_from_slice(&hash[..TAG_BYTES]);
        tag
    }
}

impl FrameOpener {
    /// Look which of these a mute frame says. Nothing is remembered of it.
    ///
    /// # Errors
    /// It is another frame, under no key of ours, or says none of them.
    pub fn open_mute(&self, frame: &[u8], said: &[&[u8]]) -> Result<OpenedMute, OpenError> {
        let view = FrameView::new(frame)?;
        let Some(sender) = view.header.sender.filter(|_| view.is_mute()) else {
            return Err(OpenError::NotAuthentic);
        };
        let keys = fitting(&self.keys, view.header)?;
        let asks = view.header.asks;
        if sender == self.device {
            return Err(OpenError::Echo);
        }
        for (which, said) in said.iter().enumerate() {
            for key in keys.clone() {
                let tag = key.mute_tag(view.header_bytes, said);
                if is_same(&tag[..view.sealed.len()], view.sealed) {
                    return Ok(OpenedMute { sender, asks, turn: key.turn, which });
                }
            }
        }
        Err(OpenError::NotAuthentic)
    }
}

/// Compares in a time that does not depend on where two tags differ.
fn is_same(ours: &[u8], theirs: &[u8]) -> bool {
    ours.len() == theirs.len() && ours.iter().zip(theirs).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}
