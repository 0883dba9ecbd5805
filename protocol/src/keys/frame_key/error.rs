//! Why a frame was dropped, by name. What is done about it is the node's business.

use crate::wire::frame::FrameError;

/// Why a frame was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OpenError {
    /// Shorter than a header and a tag.
    TooShort,
    /// Longer than any frame of ours.
    TooLong,
    /// Another version of the layout, or no frame of ours.
    BadVersion,
    /// Its number is written as none of ours is.
    BadNumber,
    /// Of a network with another suite of cryptography.
    BadSuite,
    /// Sealed in another epoch.
    WrongEpoch,
    /// Our own frame, heard back.
    Echo,
    /// Sealed under our number, in a start that is later than ours: another machine has our key.
    Twin,
    /// A short number, and no start is known here of its sender in which it opens; or what
    /// `NotAuthentic` says.
    UnknownStart,
    /// Another network's key, a forgery, or damage.
    NotAuthentic,
    /// Heard before, or too old to tell.
    Replayed,
    /// Authentic, and of an earlier start than was heard of its sender: a recording, or another
    /// machine with its key.
    OldStart,
    /// Authentic, but the table of senders is full.
    TooManySenders,
}

impl OpenError {
    /// Every reason, in the order of their checks.
    pub const ALL: [OpenError; 13] = [
        OpenError::TooShort,
        OpenError::TooLong,
        OpenError::BadVersion,
        OpenError::BadNumber,
        OpenError::BadSuite,
        OpenError::WrongEpoch,
        OpenError::Echo,
        OpenError::Twin,
        OpenError::UnknownStart,
        OpenError::NotAuthentic,
        OpenError::Replayed,
        OpenError::OldStart,
        OpenError::TooManySenders,
    ];

    /// The reason in one word, for counters and logs.
    pub fn word(self) -> &'static str {
        match self {
            OpenError::TooShort => "too_short",
            OpenError::TooLong => "too_long",
            OpenError::BadVersion => "bad_version",
            OpenError::BadNumber => "bad_number",
            OpenError::BadSuite => "bad_suite",
            OpenError::WrongEpoch => "wrong_epoch",
            OpenError::Echo => "echo",
            OpenError::Twin => "twin",
            OpenError::UnknownStart => "unknown_start",
            OpenError::NotAuthentic => "not_authentic",
            OpenError::Replayed => "replayed",
            OpenError::OldStart => "old_start",
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
            FrameError::BadNumber => OpenError::BadNumber,
        }
    }
}
