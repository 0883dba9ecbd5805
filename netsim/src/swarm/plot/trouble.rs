//! What befalls one link of a drawn world for a while, as a file can hold it.

use serde::{Deserialize, Serialize};

/// A trouble, or its end. What a kind of link does not know passes it by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Trouble {
    /// A jammer on a radio.
    Jam {
        /// It is on the air.
        on: bool,
    },
    /// A radio or satellite has this rate; none for the planned one.
    Rate {
        /// Bit/s.
        rate_bit_s: Option<u32>,
    },
    /// A satellite lets frames of so many bytes pass; none for the planned ones.
    Mtu {
        /// Bytes.
        mtu: Option<u16>,
    },
    /// On a local network, what a place sends and is sent waits.
    Clog {
        /// The place.
        place: usize,
        /// It waits; else it comes.
        clogged: bool,
    },
}

impl Trouble {
    /// The place in it, to be renumbered.
    pub fn place_mut(&mut self) -> Option<&mut usize> {
        match self {
            Trouble::Clog { place, .. } => Some(place),
            Trouble::Jam { .. } | Trouble::Rate { .. } | Trouble::Mtu { .. } => None,
        }
    }

    /// The family of faults that it belongs to.
    pub fn family(&self) -> &'static str {
        match self {
            Trouble::Jam { .. } => "jam",
            Trouble::Rate { .. } => "rate",
            Trouble::Mtu { .. } => "mtu",
            Trouble::Clog { .. } => "clog",
        }
    }
}
