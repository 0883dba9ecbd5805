//! Everything that can happen to a node.

use zeroize::Zeroize;

use crate::base::geo::Point;
use crate::base::ids::{LinkId, UnitId};
use crate::base::room::Measured;
use crate::base::time::Wall;
use crate::link::condition::Condition;
use crate::link::profile::Profile;
use crate::local::Request;
use crate::local::request::UnitState;
use crate::local::rows::ScrubRow;

/// Number of a batch handed out in [`crate::node::Output::Save`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BatchNo(pub u64);

/// Number of a request, chosen by the daemon, repeated in the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AskId(pub u64);

/// The seed of an order key. Does not show in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct OrderSeed(pub [u8; 32]);

impl std::fmt::Debug for OrderSeed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OrderSeed(secret)")
    }
}

impl Drop for OrderSeed {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Input {
    /// A deadline passed; also the first input after opening.
    Tick,
    /// A link exists and carries frames. Opens it if new; repeated after `LinkDown`.
    LinkUp {
        /// Its number, chosen by the daemon.
        link: LinkId,
        /// What it can carry.
        profile: Profile,
    },
    /// A link stopped working; it is being tried again.
    LinkDown {
        /// Its number.
        link: LinkId,
        /// What it could carry (a link may be down from the start).
        profile: Profile,
        /// Why, with a remedy, for people.
        reason: String,
    },
    /// The bearer tells how it stands. May come at any time while the link exists.
    LinkSaid {
        /// Its number.
        link: LinkId,
        /// What it says.
        condition: Condition,
    },
    /// The link is taken away: it was removed from the configuration, or its peer is gone for
    /// good. Its number does not come back.
    LinkGone {
        /// Its number.
        link: LinkId,
    },
    /// The link can take one frame now. Said once after `LinkUp` and once after each `Send`.
    LinkReady {
        /// Its number.
        link: LinkId,
    },
    /// The link handed over one frame.
    Heard {
        /// Its number.
        link: LinkId,
        /// The frame as it came, the bearer's own framing removed.
        frame: Vec<u8>,
    },
    /// The bearer dropped something before it became a frame.
    Dropped {
        /// Which link.
        link: LinkId,
        /// Reason word, such as `kiss_too_long`.
        reason: &'static str,
    },
    /// The batch is on the disk.
    Saved {
        /// Which batch.
        batch: BatchNo,
    },
    /// The disk refused the batch: nothing of it may be relied on. The node stops accepting.
    SaveFailed {
        /// Which batch.
        batch: BatchNo,
        /// Why, for people.
        reason: String,
    },
    /// A local program asks.
    Ask {
        /// Number to repeat.
        ask: AskId,
        /// What it asks.
        request: Request,
    },
    /// A source (gpsd, NMEA) has a fix of this device.
    Fix(SourceFix),
    /// The battery was looked at; none if there is none. Said at the start and once a minute.
    Power {
        /// Percent.
        battery_pct: Option<u8>,
        /// Something charges it, or keeps it full.
        is_charged: bool,
    },
    /// The order key was opened by a passphrase, or closed. Its seed; secret.
    OrderKey(Option<OrderSeed>),
    /// The authority's key was opened by a passphrase, or closed, on the machine that has it. Its
    /// seed; secret.
    AuthorityKey(Option<OrderSeed>),
    /// The room left for the store was measured. Said at the start and twice a minute; a node that
    /// never hears of it takes in everything.
    Room(Measured),
    /// The store was read again, or that has come further.
    Scrubbed(Box<ScrubRow>),
}

/// A fix from a source.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceFix {
    /// Unit it belongs to; this device's unit if absent.
    pub unit: Option<UnitId>,
    /// Where, CGCS2000.
    pub point: Point,
    /// When it was taken, by the receiver's clock; the daemon's clock if the receiver has none.
    pub taken: Wall,
    /// Ground speed in dm/s.
    pub speed_dm_s: Option<u16>,
    /// Course in degrees from north.
    pub course_deg: Option<u16>,
    /// Satellites used.
    pub satellites: Option<u8>,
    /// What the unit is doing, if a person said so.
    pub state: Option<UnitState>,
}
