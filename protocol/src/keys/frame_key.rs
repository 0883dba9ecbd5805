//! Sealing and opening frames: CCM with a tag of 8 bytes and a nonce that is not sent, under the
//! cipher of the network's suite ([`crate::keys::suite`]; AES-256 in suite 0).
//! The outside of a frame is [`crate::wire::frame`]; which counters are saved where is the node's
//! business, which asks [`FrameSealer::want_ceiling`] and answers [`FrameSealer::raise_ceiling`].
//!
//! ```text
//! key    derive_key("sanduan frame key v1", secret of the day 32 | epoch u32 BE)
//! epoch  in the header: the low two bits of epoch + day, a hint which keys to try
//! nonce  epoch u32 BE | sender u32 BE | counter 40 bits BE                  (13 bytes)
//! aad    the bytes of the header; in a mute beacon, what its sender holds behind them
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

use crate::base::caps::DEVICES_MAX;
use crate::base::ids::DeviceId;
use crate::keys::suite::{Cipher, KEY_BYTES, NONCE_BYTES, Suite, Tag};
use crate::wire::frame::{FrameCounter, FrameError, FrameHeader, FrameView};

mod sealer;
mod window;

pub use sealer::{FrameSealer, SealError};
use window::{Seen, Window};

const FRAME_KEY_CONTEXT: &str = "sanduan frame key v1";

/// A day of an epoch: the time of one frame key. Later ones are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Turn {
    /// Number of the epoch.
    pub epoch: u32,
    /// Number of the day, from 0.
    pub day: u16,
}

impl Turn {
    /// What a header says of it.
    pub fn low(self) -> u8 {
        (self.epoch.wrapping_add(u32::from(self.day)) & 0b11) as u8
    }
}

/// The key of one day that every device of the network seals frames with.
#[derive(Clone)]
pub struct FrameKey {
    suite: Suite,
    turn: Turn,
    bytes: Zeroizing<[u8; KEY_BYTES]>,
    cipher: Arc<dyn Cipher>,
}

impl FrameKey {
    /// The frame key of the first day of this epoch.
    pub fn derive(suite: Suite, epoch_secret: &[u8; KEY_BYTES], epoch: u32) -> FrameKey {
        FrameKey::on_day(suite, epoch_secret, Turn { epoch, day: 0 })
    }

    /// The frame key of the day that has this secret.
    pub fn on_day(suite: Suite, secret: &[u8; KEY_BYTES], turn: Turn) -> FrameKey {
        let material: [&[u8]; 2] = [secret, &turn.epoch.to_be_bytes()];
        let key = Zeroizing::new(suite.derive_key(FRAME_KEY_CONTEXT, &material));
        FrameKey::of_bytes(suite, turn, &key)
    }

    /// A frame key that was kept.
    pub fn of_bytes(suite: Suite, turn: Turn, bytes: &Zeroizing<[u8; KEY_BYTES]>) -> FrameKey {
        FrameKey { suite, turn, bytes: bytes.clone(), cipher: suite.cipher(bytes) }
    }

    /// The key itself, to be kept. Secret.
    pub fn to_bytes(&self) -> Zeroizing<[u8; KEY_BYTES]> {
        self.bytes.clone()
    }

    /// Which day it is of.
    pub fn turn(&self) -> Turn {
        self.turn
    }

    fn nonce(&self, sender: DeviceId, counter: u64) -> [u8; NONCE_BYTES] {
        let mut nonce = [0; NONCE_BYTES];
        nonce[..4].copy_from_slice(&self.turn.epoch.to_be_bytes());
        nonce[4..8].copy_from_slice(&u32::from(sender.0).to_be_bytes());
        nonce[8..].copy_from_slice(&counter.to_be_bytes()[3..]);
        nonce
    }

    /// `held`: what a mute beacon covers beside its header, nothing for all other frames.
    fn try_open(&self, view: &FrameView<'_>, counter: u64, held: &[u8]) -> Option<Vec<u8>> {
        let nonce = self.nonce(view.header.sender, counter);
        let covered = [view.header_bytes, held].concat();
        self.cipher.open(&nonce, &covered, view.sealed, tag_of(view.header.brief))
    }

    /// What every opener asks first.
    fn fits(&self, header: FrameHeader) -> Result<(), OpenError> {
        if header.suite != self.suite.number() {
            return Err(OpenError::BadSuite);
        }
        match header.epoch_low == self.turn.low() {
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
        write!(f, "FrameKey({:?}, secret)", self.turn)
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
    /// The day whose key opened it.
    pub turn: Turn,
}

/// Opens the frames of others, and remembers which were heard. A device's counters go on from one
/// key to the next, so what was heard is remembered for all keys together.
#[derive(Debug)]
pub struct FrameOpener {
    keys: Vec<FrameKey>,
    device: DeviceId,
    windows: BTreeMap<DeviceId, Window>,
}

impl FrameOpener {
    /// An opener that has heard nobody. `device` is this device, whose echoes are dropped.
    pub fn new(key: FrameKey, device: DeviceId) -> FrameOpener {
        FrameOpener::of_keys(vec![key], device)
    }

    /// The same with several keys, likeliest first.
    pub fn of_keys(keys: Vec<FrameKey>, device: DeviceId) -> FrameOpener {
        FrameOpener { keys, device, windows: BTreeMap::new() }
    }

    /// From now on open with these keys, likeliest first.
    pub fn set_keys(&mut self, keys: Vec<FrameKey>) {
        self.keys = keys;
    }

    /// The keys that it opens with.
    pub fn keys(&self) -> &[FrameKey] {
        &self.keys
    }

    /// Open one frame. At most two decryptions for each key of the days that it may be of are
    /// spent on it, and nothing is remembered of it unless its tag verified.
    pub fn open(&mut self, frame: &[u8]) -> Result<Opened, OpenError> {
        let keys = std::mem::take(&mut self.keys);
        let opened = self.open_with(frame, &keys);
        self.keys = keys;
        opened
    }

    /// The same with other keys than its own.
    pub fn open_with(&mut self, frame: &[u8], keys: &[FrameKey]) -> Result<Opened, OpenError> {
        let view = FrameView::new(frame)?;
        if view.is_mute() {
            return Err(OpenError::NotAuthentic);
        }
        self.open_view(&view, keys, &[&[]]).map(|(opened, _)| opened)
    }

    /// Open a mute beacon with each of these in turn, which its sender may hold. Which one it was
    /// is told with it. Another frame, and one that holds none of them, is not authentic.
    pub fn open_mute(
        &mut self,
        frame: &[u8],
        held: &[&[u8]],
    ) -> Result<(Opened, usize), OpenError> {
        let view = FrameView::new(frame)?;
        if !view.is_mute() {
            return Err(OpenError::NotAuthentic);
        }
        let keys = std::mem::take(&mut self.keys);
        let opened = self.open_view(&view, &keys, held);
        self.keys = keys;
        opened
    }

    fn open_view(
        &mut self,
        view: &FrameView<'_>,
        keys: &[FrameKey],
        held: &[&[u8]],
    ) -> Result<(Opened, usize), OpenError> {
        let sender = view.header.sender;
        let fitting = fitting(keys, view.header)?;
        if sender == self.device {
            return Err(OpenError::Echo);
        }
        let window = self.windows.get(&sender);
        let candidates = match view.header.counter {
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
            for (which, held) in held.iter().enumerate() {
                let mut keys = fitting.iter();
                if let Some(opened) = keys.find_map(|key| opened(key, view, counter, held)) {
                    self.remember(sender, counter)?;
                    return Ok((opened, which));
                }
            }
        }
        Err(error)
    }

    /// Open a frame that was carried by hand: it may be old, or be taken in twice, so its counter
    /// must be written in full and is neither checked nor remembered. Only for what does not mind
    /// being repeated.
    pub fn open_carried(&self, frame: &[u8], keys: &[FrameKey]) -> Result<Opened, OpenError> {
        let view = FrameView::new(frame)?;
        let fitting = fitting(keys, view.header)?;
        let FrameCounter::Full(counter) = view.header.counter else {
            return Err(OpenError::NotAuthentic);
        };
        let opened = fitting.iter().find_map(|key| opened(key, &view, counter, &[]));
        opened.ok_or(OpenError::NotAuthentic)
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

/// The keys that a frame may be sealed with.
fn fitting(keys: &[FrameKey], header: FrameHeader) -> Result<Vec<&FrameKey>, OpenError> {
    let mut error = OpenError::WrongEpoch;
    let mut fitting = Vec::new();
    for key in keys {
        match key.fits(header) {
            Ok(()) => fitting.push(key),
            Err(reason) => error = reason,
        }
    }
    if fitting.is_empty() { Err(error) } else { Ok(fitting) }
}

fn opened(key: &FrameKey, view: &FrameView<'_>, counter: u64, held: &[u8]) -> Option<Opened> {
    let plain = key.try_open(view, counter, held)?;
    let FrameHeader { sender, brief, .. } = view.header;
    Some(Opened { sender, counter, plain, brief, turn: key.turn })
}

#[cfg(test)]
mod tests;
