//! What goes into the driver of an Iridium modem and what comes out of it. What happens in between
//! is in [`super::machine`].

use crate::base::time::Mono;

/// What a modem is driven by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Largest frame, bytes: 270 between two modems, 340 to a shore station (9602).
    pub mtu: u16,
    /// Ask the gateway so often when nothing rang, ms; 0 for never. A ring can be missed.
    pub poll_ms: u64,
}

/// One thing that happened.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// The serial line is open (again).
    Opened,
    /// Bytes were read from it.
    Bytes(&'a [u8]),
    /// Send this frame, at most the mtu of [`SbdState::Up`].
    Frame(&'a [u8]),
    /// A deadline passed.
    Tick,
}

/// One wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Write to the serial line.
    Write(Vec<u8>),
    /// A frame came.
    Heard(Vec<u8>),
    /// A session may begin: one frame is wanted now. Said once, only while up.
    Ready,
    /// Strength of what it hears, 0 to 100; said when it changes.
    Signal(u8),
    /// No session may begin before this moment; none when one may. Said when it changes.
    Slot(Option<Mono>),
    /// The state changed.
    State(SbdState),
    /// Something was dropped or is uncertain; counted under this word.
    Dropped(&'static str),
    /// Nothing more now; tick at this moment if nothing happens before.
    Wait(Option<Mono>),
}

/// How the modem stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SbdState {
    /// Asked, not answered yet.
    Starting,
    /// It does not answer.
    Mute,
    /// No satellite is heard.
    NoSignal,
    /// Its radio is switched off.
    RadioOff,
    /// It sends and receives.
    Up {
        /// Bytes of one frame.
        mtu: u16,
    },
}
