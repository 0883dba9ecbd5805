//! Bearers between hosts that are neither a plain wire nor a radio channel: satellite cards, store
//! and forward, satellite IP, local networks. Each is a pure model with the same few words; here
//! is what they have in common, and who is asked.
//!
//! ```text
//! open/close(seat) ─┐
//! offer(seat, frame)├─> model ── poll(now) ──> Told: a frame came out, a device is free,
//! change(fault) ────┘     └ next_deadline()          a slot is so far away
//! ```
//!
//! A seat is one end of one link; a place may have several. How a model is put into a world is in
//! [`super::serving`].

mod agenda;
mod cards;
mod mailbox;
mod satellite;
mod segment;

use sanduan_protocol::base::time::Mono;
use sanduan_protocol::link::profile::Profile;

use crate::air::Fading;

pub use cards::{CardConfig, CardCounts, Cards};
pub use mailbox::{Mailbox, MailboxConfig, MailboxCounts};
pub use satellite::{Satellite, SatelliteConfig, SatelliteCounts};
pub use segment::{Segment, SegmentConfig, SegmentCounts};

/// Number of a service in its world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceId(pub u16);

/// Number of a link's end at its service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seat(pub usize);

/// What a model tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// A frame came out at this end.
    Heard {
        /// Which end.
        seat: Seat,
        /// The frame.
        frame: Vec<u8>,
    },
    /// The device behind this end can take a frame.
    Ready {
        /// Which end.
        seat: Seat,
    },
    /// It may send again then.
    Slot {
        /// Which end.
        seat: Seat,
        /// When.
        until: Mono,
    },
}

/// A fault of a service, or its end. Places are counted within the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// A place sees no sky (cards, modems) or its frames go nowhere (satellite IP), or no longer.
    Block(usize, bool),
    /// In a local network, the second place hears the first, or not.
    Hearing(usize, usize, bool),
    /// In a local network, what a place sends and is sent waits, or comes.
    Clog(usize, bool),
    /// A satellite's rate is this, bit/s, or as agreed.
    Rate(Option<u32>),
    /// A satellite lets frames of so many bytes pass, or those agreed.
    Mtu(Option<u16>),
    /// A satellite fades, or not.
    Fading(Option<Fading>),
    /// No fault any more, of any kind.
    Calm,
}

/// One service.
#[derive(Clone, Debug)]
pub enum Service {
    /// Satellite cards.
    Cards(Cards),
    /// Store and forward.
    Mailbox(Mailbox),
    /// Satellite IP.
    Satellite(Satellite),
    /// A local network.
    Segment(Segment),
}

impl Service {
    /// The place of each end, in order, where so many places take part.
    pub fn places(&self, places: usize) -> Vec<usize> {
        match self {
            Service::Cards(cards) => cards.places(),
            Service::Mailbox(_) => (0..places).collect(),
            Service::Satellite(_) => vec![0, 1],
            Service::Segment(segment) => segment.places(),
        }
    }

    /// What the daemon declares of a link over it, name and target left out.
    pub fn profile(&self, places: usize) -> Profile {
        match self {
            Service::Cards(cards) => cards.config().profile(),
            Service::Mailbox(mailbox) => mailbox.config().profile(places),
            Service::Satellite(satellite) => satellite.config().profile(),
            Service::Segment(segment) => segment.config().profile(),
        }
    }

    /// True if it says itself when a device is free; else the daemon paces by the rate.
    pub fn says_ready(&self) -> bool {
        match self {
            Service::Cards(_) | Service::Mailbox(_) => true,
            Service::Satellite(_) | Service::Segment(_) => false,
        }
    }

    /// A daemon opens a link.
    pub fn open(&mut self, seat: Seat, now: Mono) {
        match self {
            Service::Cards(cards) => cards.open(seat, now),
            Service::Mailbox(mailbox) => mailbox.open(seat, now),
            Service::Satellite(_) | Service::Segment(_) => {}
        }
    }

    /// A daemon is gone, or a link of it.
    pub fn close(&mut self, seat: Seat) {
        match self {
            Service::Cards(cards) => cards.close(seat),
            Service::Mailbox(mailbox) => mailbox.close(seat),
            Service::Satellite(_) | Service::Segment(_) => {}
        }
    }

    /// A link hands over a frame.
    pub fn offer(&mut self, seat: Seat, frame: Vec<u8>, now: Mono) {
        match self {
            Service::Cards(cards) => cards.offer(seat, frame, now),
            Service::Mailbox(mailbox) => mailbox.offer(seat, frame, now),
            Service::Satellite(satellite) => satellite.offer(seat, frame, now),
            Service::Segment(segment) => segment.offer(seat, frame, now),
        }
    }

    /// What there is to tell up to now. Ask until `None`.
    pub fn poll(&mut self, now: Mono) -> Option<Told> {
        match self {
            Service::Cards(cards) => cards.poll(now),
            Service::Mailbox(mailbox) => mailbox.poll(now),
            Service::Satellite(satellite) => satellite.poll(now),
            Service::Segment(segment) => segment.poll(now),
        }
    }

    /// When to poll again; it may lie in the past.
    pub fn next_deadline(&self) -> Option<Mono> {
        match self {
            Service::Cards(cards) => cards.next_deadline(),
            Service::Mailbox(mailbox) => mailbox.next_deadline(),
            Service::Satellite(satellite) => satellite.next_deadline(),
            Service::Segment(segment) => segment.next_deadline(),
        }
    }

    /// A fault, or its end. Those that do not befall this kind are nothing to it.
    pub fn change(&mut self, change: Change, now: Mono) {
        match self {
            Service::Cards(cards) => match change {
                Change::Block(place, is_blocked) => cards.block(place, is_blocked),
                Change::Calm => cards.calm(),
                Change::Hearing(..)
                | Change::Clog(..)
                | Change::Rate(_)
                | Change::Mtu(_)
                | Change::Fading(_) => {}
            },
            Service::Mailbox(mailbox) => match change {
                Change::Block(place, is_blocked) => mailbox.block(place, is_blocked, now),
                Change::Calm => mailbox.calm(now),
                Change::Hearing(..)
                | Change::Clog(..)
                | Change::Rate(_)
                | Change::Mtu(_)
                | Change::Fading(_) => {}
            },
            Service::Satellite(satellite) => match change {
                Change::Block(place, is_cut) => satellite.cut(place, is_cut),
                Change::Rate(rate_bit_s) => satellite.set_rate(rate_bit_s),
                Change::Mtu(mtu) => satellite.set_mtu(mtu),
                Change::Fading(fading) => satellite.set_fading(fading),
                Change::Calm => satellite.calm(),
                Change::Hearing(..) | Change::Clog(..) => {}
            },
            Service::Segment(segment) => match change {
                Change::Hearing(from, to, hears) => segment.set_hearing(from, to, hears),
                Change::Clog(place, is_clogged) => segment.clog(place, is_clogged, now),
                Change::Calm => segment.join(now),
                Change::Block(..) | Change::Rate(_) | Change::Mtu(_) | Change::Fading(_) => {}
            },
        }
    }
}
