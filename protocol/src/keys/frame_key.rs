//! Sealing and opening frames: CCM with a tag of 8 bytes and a nonce that is not sent, under the
//! cipher of the network's suite ([`crate::keys::suite`]; AES-256 in suite 0).
//! The outside of a frame is [`crate::wire::frame`]; which counters are saved where is the node's
//! business, which asks [`FrameSealer::want_ceiling`] and answers [`FrameSealer::raise_ceiling`].
//!
//! ```text
//! key    derive_key("sanduan frame key v1", epoch secret 32 | epoch u32 BE)
//! nonce  epoch u32 BE | sender u32 BE | counter 40 bits BE                  (13 bytes)
//! aad    the bytes of the header
//!
//!            counter used       durable ceiling
//! ---------------|----------------------|------------------> counters
//!   never again  | may be used now      | only after it is saved
//!                                       ^ a restart begins here
//! ```
//!
//! A key and a nonce never meet twice: counters only grow, each is below a ceiling that is on the
//! disk, and a restart begins at that ceiling. A device restored from an old copy of its disk
//! breaks this promise; it must join again and so becomes another sender.

use std::collections::BTreeMap;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::base::caps::{CARRY_FRAME_BYTES_MAX, COUNTERS_AHEAD, DEVICES_MAX};
use crate::base::ids::DeviceId;
use crate::keys::suite::{Cipher, NONCE_BYTES, Suite, Tag};
use crate::wire::frame::{
    COUNTER_END, FrameCounter, FrameError, FrameHeader, FrameView, LONG_OVERHEAD_BYTES,
};

mod window;

use window::{Seen, Window};

const FRAME_KEY_CONTEXT: &str = "sanduan frame key v1";

/// The key of one epoch that every device of the network seals frames with.
#[derive(Clone)]
pub struct FrameKey {
    suite: Suite,
    epoch: u32,
    cipher: Arc<dyn Cipher>,
}

impl FrameKey {
    /// The frame key of this epoch.
    pub fn derive(suite: Suite, epoch_secret: &[u8; 32], epoch: u32) -> FrameKey {
        let material: [&[u8]; 2] = [epoch_secret, &epoch.to_be_bytes()];
        let key = Zeroizing::new(suite.derive_key(FRAME_KEY_CONTEXT, &material));
        FrameKey { suite, epoch, cipher: suite.cipher(&key) }
    }

    /// Number of the epoch.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    fn epoch_low(&self) -> u8 {
        (self.epoch & 0b11) as u8
    }

    fn nonce(&self, sender: DeviceId, counter: u64) -> [u8; NONCE_BYTES] {
        let mut nonce = [0; NONCE_BYTES];
        nonce[..4].copy_from_slice(&self.epoch.to_be_bytes());
        nonce[4..8].copy_from_slice(&u32::from(sender.0).to_be_bytes());
        nonce[8..].copy_from_slice(&counter.to_be_bytes()[3..]);
        nonce
    }

    fn try_open(&self, view: &FrameView<'_>, counter: u64) -> Option<Vec<u8>> {
        let nonce = self.nonce(view.header.sender, counter);
        self.cipher.open(&nonce, view.header_bytes, view.sealed, tag_of(view.header.brief))
    }

    /// What every opener asks first.
    fn fits(&self, header: FrameHeader) -> Result<(), OpenError> {
        if header.suite != self.suite.number() {
            return Err(OpenError::BadSuite);
        }
        match header.epoch_low == self.epoch_low() {
            true => Ok(()),
            false => Err(OpenError::WrongEpoch),
        }
    }
}

fn tag_of(brief: bool) -> Tag {
    if brief { Tag::Brief } else { Tag::Whole }
}

impl std::fmt::Debug for FrameKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FrameKey(epoch {}, secret)", self.epoch)
    }
}

/// Why a frame was not sealed. Nothing was used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealError {
    /// Every counter that is reserved on the disk is used: save a higher ceiling first.
    NeedCeiling,
    /// All 40 bits are used: this epoch is over for this device.
    Exhausted,
    /// The frame would be longer than any frame of ours.
    TooLong,
}

impl SealError {
    /// The reason in one word, for counters and logs.
    pub fn word(self) -> &'static str {
        match self {
            SealError::NeedCeiling => "need_ceiling",
            SealError::Exhausted => "exhausted",
            SealError::TooLong => "too_long",
        }
    }
}

impl std::fmt::Display for SealError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

impl std::error::Error for SealError {}

/// Seals the frames of this device.
#[derive(Debug)]
pub struct FrameSealer {
    key: FrameKey,
    device: DeviceId,
    next: u64,
    ceiling: u64,
}

impl FrameSealer {
    /// Begin at the ceiling that is on the disk (0 on a device that never sealed in this epoch):
    /// counters below it may have been used before the restart. Nothing can be sealed until a
    /// higher ceiling is saved.
    pub fn new(key: FrameKey, device: DeviceId, ceiling_saved: u64) -> FrameSealer {
        let ceiling = ceiling_saved.min(COUNTER_END);
        FrameSealer { key, device, next: ceiling, ceiling }
    }

    /// Seal one frame, and use up one counter. `long` writes all 40 bits of the counter: for a
    /// first contact and every now and then, so that newcomers can follow.
    pub fn seal(&mut self, plain: &[u8], long: bool) -> Result<Vec<u8>, SealError> {
        self.seal_as(plain, long, false)
    }

    /// Seal one brief frame, see [`crate::wire::brief`].
    pub fn seal_brief(&mut self, plain: &[u8], long: bool) -> Result<Vec<u8>, SealError> {
        self.seal_as(plain, long, true)
    }

    fn seal_as(&mut self, plain: &[u8], long: bool, brief: bool) -> Result<Vec<u8>, SealError> {
        if plain.len() + LONG_OVERHEAD_BYTES > CARRY_FRAME_BYTES_MAX {
            return Err(SealError::TooLong);
        }
        if self.next >= COUNTER_END {
            return Err(SealError::Exhausted);
        }
        if self.next >= self.ceiling {
            return Err(SealError::NeedCeiling);
        }
        let counter = self.next;
        self.next += 1;
        let header = FrameHeader {
            suite: self.key.suite.number(),
            epoch_low: self.key.epoch_low(),
            sender: self.device,
            counter: match long {
                true => FrameCounter::Full(counter),
                false => FrameCounter::Low((counter & 0xffff) as u16),
            },
            brief,
        };
        let mut frame = Vec::with_capacity(plain.len() + LONG_OVERHEAD_BYTES);
        header.emit(&mut frame);
        let nonce = self.key.nonce(self.device, counter);
        let sealed = self.key.cipher.seal(&nonce, &frame, plain, tag_of(brief));
        frame.extend_from_slice(&sealed);
        Ok(frame)
    }

    /// The ceiling to save now, if it is time: when at most half of the reserve is left, so that
    /// saving and sealing overlap. The value stays the same until it is saved.
    pub fn want_ceiling(&self) -> Option<u64> {
        let wanted = (self.ceiling + COUNTERS_AHEAD).min(COUNTER_END);
        let left = self.ceiling - self.next;
        (left <= COUNTERS_AHEAD / 2 && wanted > self.ceiling).then_some(wanted)
    }

    /// `saved` is on the disk now: counters below it may be used. A lower value changes nothing.
    pub fn raise_ceiling(&mut self, saved: u64) {
        self.ceiling = self.ceiling.max(saved.min(COUNTER_END));
    }

    /// The counter of the next frame.
    pub fn next_counter(&self) -> u64 {
        self.next
    }
}

/// Why a frame was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OpenError {
    /// Shorter than a header and a tag.
    TooShort,
    /// Longer than any frame of ours.
    TooLong,
    /// Another version of the layout, or no frame of ours.
    BadVersion,
    /// Of a network with another suite of cryptography.
    BadSuite,
    /// Sealed in another epoch.
    WrongEpoch,
    /// Our own frame, heard back.
    Echo,
    /// Another network's key, a forgery, damage, or a short counter that is too far away.
    NotAuthentic,
    /// Heard before, or too old to tell.
    Replayed,
    /// Authentic, but the table of senders is full.
    TooManySenders,
}

impl OpenError {
    /// Every reason, in the order of their checks.
    pub const ALL: [OpenError; 9] = [
        OpenError::TooShort,
        OpenError::TooLong,
        OpenError::BadVersion,
        OpenError::BadSuite,
        OpenError::WrongEpoch,
        OpenError::Echo,
        OpenError::NotAuthentic,
        OpenError::Replayed,
        OpenError::TooManySenders,
    ];

    /// The reason in one word, for counters and logs.
    pub fn word(self) -> &'static str {
        match self {
            OpenError::TooShort => "too_short",
            OpenError::TooLong => "too_long",
            OpenError::BadVersion => "bad_version",
            OpenError::BadSuite => "bad_suite",
            OpenError::WrongEpoch => "wrong_epoch",
            OpenError::Echo => "echo",
            OpenError::NotAuthentic => "not_authentic",
            OpenError::Replayed => "replayed",
            OpenError::TooManySenders => "too_many_senders",
        }
    }
}

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

impl std::error::Error for OpenError {}

impl From<FrameError> for OpenError {
    fn from(error: FrameError) -> OpenError {
        match error {
            FrameError::TooShort => OpenError::TooShort,
            FrameError::TooLong => OpenError::TooLong,
            FrameError::BadVersion => OpenError::BadVersion,
        }
    }
}

/// A frame that a holder of the frame key sealed, and that was not heard before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The device that says it sealed it: any holder of the frame key could say so.
    pub sender: DeviceId,
    /// All bits of its counter.
    pub counter: u64,
    /// The plain text: a bundle, or what a brief frame may say.
    pub plain: Vec<u8>,
    /// It came in a brief frame.
    pub brief: bool,
}

/// Opens the frames of others, and remembers which were heard.
#[derive(Debug)]
pub struct FrameOpener {
    key: FrameKey,
    device: DeviceId,
    windows: BTreeMap<DeviceId, Window>,
}

impl FrameOpener {
    /// An opener that has heard nobody. `device` is this device, whose echoes are dropped.
    pub fn new(key: FrameKey, device: DeviceId) -> FrameOpener {
        FrameOpener { key, device, windows: BTreeMap::new() }
    }

    /// Open one frame. At most two decryptions are spent on it, and nothing is remembered of it
    /// unless its tag verified.
    pub fn open(&mut self, frame: &[u8]) -> Result<Opened, OpenError> {
        let view = FrameView::new(frame)?;
        let header = view.header;
        self.key.fits(header)?;
        if header.sender == self.device {
            return Err(OpenError::Echo);
        }
        let window = self.windows.get(&header.sender);
        let candidates = match header.counter {
            FrameCounter::Full(counter) => [Some(counter), None],
            FrameCounter::Low(low) => {
                window.map_or([Some(u64::from(low)), None], |window| window.candidates(low))
            }
        };
        let mut error = OpenError::NotAuthentic;
        for counter in candidates.into_iter().flatten() {
            if window.is_some_and(|window| window.seen(counter) != Seen::Never) {
                error = OpenError::Replayed;
                continue;
            }
            if let Some(plain) = self.key.try_open(&view, counter) {
                self.remember(header.sender, counter)?;
                let (sender, brief) = (header.sender, header.brief);
                return Ok(Opened { sender, counter, plain, brief });
            }
        }
        Err(error)
    }

    /// Open a frame that was carried by hand: it may be old, or be taken in twice, so its counter
    /// must be written in full and is neither checked nor remembered. Only for what does not mind
    /// being repeated.
    pub fn open_carried(&self, frame: &[u8]) -> Result<Opened, OpenError> {
        let view = FrameView::new(frame)?;
        let header = view.header;
        self.key.fits(header)?;
        let FrameCounter::Full(counter) = header.counter else {
            return Err(OpenError::NotAuthentic);
        };
        let plain = self.key.try_open(&view, counter).ok_or(OpenError::NotAuthentic)?;
        Ok(Opened { sender: header.sender, counter, plain, brief: header.brief })
    }

    /// Senders remembered.
    pub fn senders(&self) -> usize {
        self.windows.len()
    }

    fn remember(&mut self, sender: DeviceId, counter: u64) -> Result<(), OpenError> {
        if let Some(window) = self.windows.get_mut(&sender) {
            window.mark(counter);
            return Ok(());
        }
        if self.windows.len() >= DEVICES_MAX {
            return Err(OpenError::TooManySenders);
        }
        self.windows.insert(sender, Window::starting_at(counter));
        Ok(())
    }
}

#[cfg(test)]
mod tests;
