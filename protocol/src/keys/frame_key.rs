//! Sealing and opening frames: CCM with a tag of 8 bytes and a nonce that is not sent, under the
//! cipher of the network's suite ([`crate::keys::suite`]; AES-256 in suite 0).
//! The outside of a frame is [`crate::wire::frame`]; that a start is on the disk before anything is
//! sealed in it is the node's business, which asks [`FrameSealer::wants_start`] and answers
//! [`FrameSealer::begin`]. Whose frames were heard before is in `senders`.
//!
//! ```text
//! key    derive_key("sanduan frame key v2", secret of the day 32 | epoch u32 BE)
//! epoch  in the header: the low two bits of epoch + day, a hint which keys to try
//! nonce  start 48 bits | sender 16 bits | counter 40 bits, big-endian       (13 bytes)
//! aad    the bytes of the header
//!
//! start drawn ──▶ on the disk ──▶ counter 0, 1, 2 … ──▶ restart, or 2^21 frames: another start
//! ```
//!
//! A nameless frame says neither its sender nor its start: both are in the nonce, so that the tag
//! covers them, and are tried from what is known of who speaks there (decision 0067).
//!
//! Mute frames have no nonce and no number: their tag is a hash, told in `mute`.
//!
//! A key and a nonce never meet twice: within a start counters only grow, and no two starts of a
//! device are the same, not even of two machines with one disk ([`crate::base::start`], decision
//! 0050). A machine whose memory is copied while it runs breaks this promise.

use std::sync::Arc;

use zeroize::Zeroizing;

use crate::base::ids::DeviceId;
use crate::base::start::{FrameNo, Start};
use crate::base::time::{Mono, Wall};
use crate::keys::suite::{Cipher, KEY_BYTES, NONCE_BYTES, Suite, Tag};
use crate::wire::frame::{FrameHeader, FrameView, HeaderNo};

mod error;
mod mute;
mod nameless;
mod sealer;
mod senders;
mod window;

pub use error::OpenError;
pub use mute::{OpenedMute, beacon_steps, said_by_ack, said_by_beacon};
pub use nameless::SPEAKERS_MAX;
pub use sealer::{FrameSealer, Manner, SealError};
use senders::{Senders, Standing};

const FRAME_KEY_CONTEXT: &str = "sanduan frame key v2";

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

    fn nonce(sender: DeviceId, number: FrameNo) -> [u8; NONCE_BYTES] {
        let mut nonce = [0; NONCE_BYTES];
        nonce[..6].copy_from_slice(&number.start.to_bytes());
        nonce[6..8].copy_from_slice(&sender.0.to_be_bytes());
        nonce[8..].copy_from_slice(&number.counter.to_be_bytes()[3..]);
        nonce
    }

    fn try_open(&self, view: &FrameView<'_>, sender: DeviceId, number: FrameNo) -> Option<Vec<u8>> {
        let nonce = FrameKey::nonce(sender, number);
        self.cipher.open(&nonce, view.header_bytes, view.sealed, tag_of(view.header.brief))
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

/// A frame that a holder of the frame key sealed, and that was not heard before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The device that says it sealed it: any holder of the frame key could say so.
    pub sender: DeviceId,
    /// Its number among all frames of its sender.
    pub number: FrameNo,
    /// Its sender was not heard in this start before.
    pub is_new_start: bool,
    /// Its sender heard something that it cannot open: whole numbers help it.
    pub asks: bool,
    /// The plain text: a bundle, or what a brief frame may say.
    pub plain: Vec<u8>,
    /// It came in a brief frame.
    pub brief: bool,
    /// The day whose key opened it.
    pub turn: Turn,
}

/// Opens the frames of others, and remembers which were heard. A device's numbers go on from one
/// key to the next, so what was heard is remembered for all keys together.
#[derive(Debug)]
pub struct FrameOpener {
    keys: Vec<FrameKey>,
    device: DeviceId,
    /// The start that this device seals in.
    start: Start,
    /// What our clock shows, by which near numbers are read.
    clock: Wall,
    senders: Senders,
}

impl FrameOpener {
    /// An opener that has heard nobody. `device` is this device, whose echoes are dropped.
    pub fn new(key: FrameKey, device: DeviceId) -> FrameOpener {
        FrameOpener::of_keys(vec![key], device)
    }

    /// The same with several keys, likeliest first.
    pub fn of_keys(keys: Vec<FrameKey>, device: DeviceId) -> FrameOpener {
        let (start, clock, senders) = (Start::default(), Wall(0), Senders::default());
        FrameOpener { keys, device, start, clock, senders }
    }

    /// From now on open with these keys, likeliest first.
    pub fn set_keys(&mut self, keys: Vec<FrameKey>) {
        self.keys = keys;
    }

    /// From now on this device seals in this start.
    pub fn set_start(&mut self, start: Start) {
        self.start = start;
    }

    /// Our clock shows this now.
    pub fn set_clock(&mut self, clock: Wall) {
        self.clock = clock;
    }

    /// The keys that it opens with.
    pub fn keys(&self) -> &[FrameKey] {
        &self.keys
    }

    /// Open one frame. At most three decryptions for each key of the days that it may be of are
    /// spent on it, and nothing is remembered of it unless its tag verified.
    pub fn open(&mut self, frame: &[u8], now: Mono) -> Result<Opened, OpenError> {
        self.open_among(frame, &[], now)
    }

    /// The same where these are known to speak, likeliest first: a frame that does not say whose
    /// it is may be of one of the first [`SPEAKERS_MAX`], and costs so much for each of them.
    pub fn open_among(
        &mut self,
        frame: &[u8],
        speakers: &[DeviceId],
        now: Mono,
    ) -> Result<Opened, OpenError> {
        let keys = std::mem::take(&mut self.keys);
        let opened = self.open_with(frame, &keys, speakers, now);
        self.keys = keys;
        opened
    }

    /// The same with other keys than its own.
    pub fn open_with(
        &mut self,
        frame: &[u8],
        keys: &[FrameKey],
        speakers: &[DeviceId],
        now: Mono,
    ) -> Result<Opened, OpenError> {
        let view = FrameView::new(frame)?;
        let fitting = fitting(keys, view.header)?;
        let Some(sender) = view.header.sender else {
            return self.open_nameless(&view, fitting, speakers, now);
        };
        let open = |number| fitting.clone().find_map(|key| opened(key, &view, sender, number));
        if sender == self.device {
            return Err(self.own(view.header.number, open));
        }
        match view.header.number {
            HeaderNo::Whole(number) => {
                let standing = self.senders.standing(sender, number, now);
                if standing == Standing::Heard {
                    return Err(OpenError::Replayed);
                }
                let opened = open(number).ok_or(OpenError::NotAuthentic)?;
                self.take(opened, standing, now)
            }
            HeaderNo::Near { start_low, counter } => {
                let number = self.of_near(start_low, counter);
                let standing = self.senders.standing(sender, number, now);
                if standing == Standing::Heard {
                    return Err(OpenError::Replayed);
                }
                // Its clock may differ from ours: its whole number would help.
                let opened = open(number).ok_or(OpenError::UnknownStart)?;
                self.take(opened, standing, now)
            }
            HeaderNo::Low(low) => {
                let found = self.senders.candidates(sender, low).find_map(open);
                let found = found.ok_or(OpenError::UnknownStart)?;
                let standing = self.senders.standing(sender, found.number, now);
                self.take(found, standing, now)
            }
            // It says nothing by itself.
            HeaderNo::Absent => Err(OpenError::NotAuthentic),
        }
    }

    /// Open a frame that was carried by hand: it may be old, or be taken in twice, so its number
    /// must be written whole and is neither checked nor remembered. Only for what does not mind
    /// being repeated.
    pub fn open_carried(&self, frame: &[u8], keys: &[FrameKey]) -> Result<Opened, OpenError> {
        let view = FrameView::new(frame)?;
        let mut fitting = fitting(keys, view.header)?;
        let HeaderNo::Whole(number) = view.header.number else {
            return Err(OpenError::UnknownStart);
        };
        let Some(sender) = view.header.sender else { return Err(OpenError::UnknownStart) };
        let opened = fitting.find_map(|key| opened(key, &view, sender, number));
        opened.ok_or(OpenError::NotAuthentic)
    }

    /// True if some key could open this frame: its number is whole, or its sender was heard before.
    pub fn may_open(&self, frame: &[u8]) -> bool {
        FrameView::new(frame).is_ok_and(|view| match view.header.number {
            HeaderNo::Whole(_) | HeaderNo::Near { .. } => true,
            HeaderNo::Low(low) => view
                .header
                .sender
                .is_some_and(|sender| self.senders.candidates(sender, low).next().is_some()),
            HeaderNo::Absent => false,
        })
    }

    /// Remember the number of a frame that cannot be opened here and is known to be genuine: for
    /// whoever watches from outside. False if there is no room for its sender.
    pub fn acquaint(&mut self, sender: DeviceId, number: FrameNo, now: Mono) -> bool {
        self.senders.note(sender, number, now)
    }

    /// Senders remembered.
    pub fn senders(&self) -> usize {
        self.senders.len()
    }

    /// The newest start that this sender was heard in.
    pub fn newest_start(&self, sender: DeviceId) -> Option<Start> {
        self.senders.newest(sender).map(|(start, _)| start)
    }

    /// For how long it is heard in that one, ms: what is of an earlier start and was under way then
    /// arrives soon after, and later on it is a recording or another machine's.
    pub fn newest_for_ms(&self, sender: DeviceId, now: Mono) -> Option<u64> {
        self.senders.newest(sender).map(|(_, first_at)| now.since_ms(first_at))
    }

    /// An authentic frame.
    fn take(
        &mut self,
        mut opened: Opened,
        standing: Standing,
        now: Mono,
    ) -> Result<Opened, OpenError> {
        match standing {
            Standing::Heard => return Err(OpenError::Replayed),
            Standing::Old => return Err(OpenError::OldStart),
            Standing::NewStart => opened.is_new_start = true,
            Standing::News => {}
        }
        match self.senders.note(opened.sender, opened.number, now) {
            true => Ok(opened),
            false => Err(OpenError::TooManySenders),
        }
    }

    /// What a frame under our own number is.
    fn own<T>(&self, number: HeaderNo, open: impl Fn(FrameNo) -> Option<T>) -> OpenError {
        match number {
            HeaderNo::Whole(number) => self.own_or_twin(number, open),
            HeaderNo::Near { start_low, counter } => {
                self.own_or_twin(self.of_near(start_low, counter), open)
            }
            HeaderNo::Low(_) | HeaderNo::Absent => OpenError::Echo,
        }
    }

    fn own_or_twin<T>(&self, number: FrameNo, open: impl Fn(FrameNo) -> Option<T>) -> OpenError {
        let is_later = number.start > self.start;
        if is_later && open(number).is_some() { OpenError::Twin } else { OpenError::Echo }
    }

    /// The number that these bits of it mean, by our clock.
    fn of_near(&self, start_low: u32, counter: u64) -> FrameNo {
        FrameNo { start: Start::of_low(start_low, self.clock), counter }
    }
}

/// The keys that a frame may be sealed with; at least one.
fn fitting(
    keys: &[FrameKey],
    header: FrameHeader,
) -> Result<impl Iterator<Item = &FrameKey> + Clone, OpenError> {
    let error = keys.iter().try_fold(OpenError::WrongEpoch, |_, key| key.fits(header).err());
    match error {
        Some(error) => Err(error),
        None => Ok(keys.iter().filter(move |key| key.fits(header).is_ok())),
    }
}

fn opened(
    key: &FrameKey,
    view: &FrameView<'_>,
    sender: DeviceId,
    number: FrameNo,
) -> Option<Opened> {
    let plain = key.try_open(view, sender, number)?;
    let FrameHeader { brief, asks, .. } = view.header;
    Some(Opened { sender, number, is_new_start: false, asks, plain, brief, turn: key.turn })
}

#[cfg(test)]
mod tests;
