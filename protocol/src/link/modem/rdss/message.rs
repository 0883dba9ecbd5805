//! What takes one slot of a card: a frame for a machine, or a piece of a text for a person. Not
//! here: how it is written on the line ([`super::dialect`]), how a text is cut ([`super::text`]).

use super::text::signs_in;
use crate::base::time::Mono;

/// What goes to a card or group in one slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Card or group number.
    pub to: u32,
    /// What it holds.
    pub body: Body,
}

/// What a message holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// A frame.
    Frame(Vec<u8>),
    /// A text, or a part of one.
    Text {
        /// The text that it is a part of.
        tag: u64,
        /// Its signs in GBK, as they stand in the sentence.
        gb: Vec<u8>,
    },
}

/// A message that waits, and how often the terminal found it damaged.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    pub message: Message,
    pub tries: u8,
}

/// A message handed to the terminal.
#[derive(Clone, Debug)]
pub(super) struct Sending {
    pub waiting: Waiting,
    pub since: Mono,
}

impl Message {
    /// A frame to a card or group.
    pub fn frame(to: u32, frame: &[u8]) -> Message {
        Message { to, body: Body::Frame(frame.to_vec()) }
    }

    /// A card that takes frames of so many bytes and texts of so many signs takes it.
    pub fn fits(&self, mtu: u16, signs: u16) -> bool {
        match &self.body {
            Body::Frame(frame) => !frame.is_empty() && frame.len() <= usize::from(mtu),
            Body::Text { gb, .. } => !gb.is_empty() && signs_in(gb) <= usize::from(signs),
        }
    }

    /// The text that it is a part of; none if it holds a frame.
    pub fn tag(&self) -> Option<u64> {
        match self.body {
            Body::Frame(_) => None,
            Body::Text { tag, .. } => Some(tag),
        }
    }
}
