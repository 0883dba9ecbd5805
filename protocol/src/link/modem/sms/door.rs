//! What goes into the driver of a modem for short messages and what comes out of it. What happens
//! in between is in [`super::machine`].

use super::fault::Fault;
use super::number::Number;
use crate::base::time::Mono;

/// How a modem is driven.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Ask the network to tell when a text has reached its phone.
    pub wants_reports: bool,
}

/// One thing that happened.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// The serial line is open (again).
    Opened,
    /// Bytes were read from it.
    Bytes(&'a [u8]),
    /// Send this frame.
    Frame {
        /// To whom.
        to: &'a Number,
        /// At most [`super::FRAME_BYTES_MAX`] bytes.
        frame: &'a [u8],
    },
    /// Send this text to a person.
    Text {
        /// To whom.
        to: &'a Number,
        /// What it says; long ones take several messages.
        text: &'a str,
        /// Named again in what is told of it; one that waits already is not taken twice.
        tag: u64,
    },
    /// A deadline passed.
    Tick,
}

/// One wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Write to the serial line.
    Write(Vec<u8>),
    /// A frame came.
    Heard {
        /// From whom.
        from: Number,
        /// The frame.
        frame: Vec<u8>,
    },
    /// A person wrote.
    Text {
        /// Who.
        from: Number,
        /// What.
        text: String,
    },
    /// The network took the whole text of this tag. That says nothing of its reader.
    TextSent(u64),
    /// It did not, and trying again is over.
    TextFailed(u64, Fault),
    /// The phone has the text of this tag, or never will. Still nobody has read it.
    TextReport(u64, bool),
    /// The queue is empty: one frame is wanted now. Said once, only while up.
    Ready,
    /// The state changed.
    State(SmsState),
    /// Strength of the signal, per cent.
    Signal(Option<u8>),
    /// Something was dropped or is uncertain; counted under this word.
    Dropped(&'static str),
    /// Nothing more now; tick at this moment if nothing happens before.
    Wait(Option<Mono>),
}

/// How the modem stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmsState {
    /// Asked, not answered yet.
    Starting,
    /// It does not answer.
    Mute,
    /// No card, or one that wants a code.
    NoCard,
    /// It cannot do PDU mode, so it cannot carry frames.
    NoPduMode,
    /// Registered nowhere.
    NoNetwork,
    /// It sends and receives.
    Up,
}
