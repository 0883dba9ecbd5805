//! What goes into the driver of a BeiDou terminal and what comes out of it. What happens in between
//! is in [`super::machine`].

use super::dialect::{Card, Dialect, Inhibit};
use super::message::Message;
use crate::base::time::{Mono, Wall};

/// What a terminal is driven by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Its sentences.
    pub dialect: Dialect,
    /// Bits of one message, where the card carries another number than its level says.
    pub level_bits: Option<u32>,
    /// Largest frame wanted, even if the card carries more.
    pub mtu_max: u16,
}

/// When a card last sent. Kept over restarts, so that a restart never sends early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotClock {
    /// Which card.
    pub card: u32,
    /// When it last sent.
    pub sent: Wall,
}

/// One thing that happened.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// The serial line is open (again).
    Opened,
    /// Bytes were read from it.
    Bytes(&'a [u8]),
    /// Send this frame to that card or group.
    Frame {
        /// Card or group number.
        to: u32,
        /// The frame, at most the mtu of [`RdssState::Up`].
        frame: &'a [u8],
    },
    /// Send this text, or this part of one, to that card.
    Text {
        /// Card number.
        to: u32,
        /// Named again in its fate.
        tag: u64,
        /// Its signs in GBK, at most the signs of [`RdssState::Up`].
        gb: &'a [u8],
    },
    /// A deadline passed.
    Tick,
}

/// One wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Keep this before the `Write` that follows.
    Save(SlotClock),
    /// Write to the serial line.
    Write(Vec<u8>),
    /// A frame came from that card.
    Heard {
        /// Card that sent it.
        from: u32,
        /// The frame.
        frame: Vec<u8>,
    },
    /// A text came from that card.
    Text {
        /// Card that sent it.
        from: u32,
        /// What it says.
        text: String,
    },
    /// A text, or a part of one, has left the antenna, as far as the terminal tells.
    TextSent(u64),
    /// It was given up: the terminal never understood it.
    TextLost(u64),
    /// The slot is open: one frame is wanted now. Said once a slot, only while up.
    Ready,
    /// The card may send again at this moment; said when it changes.
    Slot(Mono),
    /// Strength of the best satellite, 0 to 100; said when it changes.
    Signal(u8),
    /// This did not leave and will not leave here: another card may take it.
    Unsent(Message),
    /// The state changed.
    State(RdssState),
    /// Something was dropped or not answered; counted under this word.
    Dropped(&'static str),
    /// Nothing more now; tick at this moment if nothing happens before.
    Wait(Option<Mono>),
}

/// How the terminal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RdssState {
    /// Asked, not answered yet.
    Starting,
    /// Asked more than once without an answer.
    Mute,
    /// There is no card in it.
    NoCard,
    /// The card's level carries no frame of ours, or stands in no table (`None`).
    TooSmall {
        /// Level of the card.
        level: u8,
        /// Bytes it carries, if known.
        bytes: Option<u16>,
    },
    /// No satellite is heard.
    NoSignal,
    /// It may not send for the time being.
    Inhibited(Inhibit),
    /// It sends and receives.
    Up {
        /// The card in it.
        card: Card,
        /// Bytes of one frame.
        mtu: u16,
        /// Signs of one text.
        signs: u16,
    },
}
