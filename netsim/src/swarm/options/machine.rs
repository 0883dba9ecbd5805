//! What a seed draws for single machines: their disks, clocks and power.

use sanduan_protocol::base::dice::Dice;
use serde::{Deserialize, Serialize};

use super::{off_in_a_third, rate_s};

/// What befalls disks beside refusing and being slow. A rate of nothing: switched off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiskFaults {
    /// A sync fails this often, s; the machine is started again a little later.
    pub sync_fails_every_s: Option<u64>,
    /// Bytes of others' records go bad this often, s, and are found at the next start.
    pub rots_every_s: Option<u64>,
    /// A disk cannot be read for some minutes after a crash this often, s.
    pub unreadable_every_s: Option<u64>,
    /// A disk is nearly full this often, s, for minutes to an hour: what is there is most of its
    /// quota, and grows.
    #[serde(default)]
    pub fills_every_s: Option<u64>,
    /// The disk of this place is copied, and put back to that copy later: place, and both times, s.
    #[serde(default)]
    pub old_copy: Option<OldCopy>,
}

impl DiskFaults {
    pub(super) fn draw(dice: &mut Dice) -> DiskFaults {
        DiskFaults {
            sync_fails_every_s: rate_s(dice, 200),
            rots_every_s: rate_s(dice, 200),
            unreadable_every_s: rate_s(dice, 400),
            // Not drawn until the product copes: `docs/found.md`, open.
            old_copy: None,
            // Of dice of its own, see `draw_room`.
            fills_every_s: None,
        }
    }

    /// How often disks are nearly full: drawn later than the rest, which stays what it was.
    pub(super) fn draw_room(&mut self, dice: &mut Dice) {
        self.fills_every_s = rate_s(dice, 150);
    }
}

/// Place, time of the copy, time at which it is put back, s.
pub type OldCopy = (usize, u64, u64);

/// What befalls clocks beside skew and steps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockFaults {
    /// Clocks without a satellite fix run wrong by up to this, millionths.
    pub drift_ppm: Option<u64>,
    /// A clock stands at 1970 after a power cut this often, s, until a satellite is heard again.
    pub starts_at_1970_every_s: Option<u64>,
    /// False satellite time, up to a day off, at some places this often, s.
    pub spoofs_every_s: Option<u64>,
}

impl ClockFaults {
    pub(super) fn draw(dice: &mut Dice) -> ClockFaults {
        ClockFaults {
            drift_ppm: off_in_a_third(dice, |dice| dice.between(1, 200)),
            starts_at_1970_every_s: rate_s(dice, 200),
            spoofs_every_s: rate_s(dice, 300),
        }
    }
}

/// What befalls the power of machines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PowerFaults {
    /// The voltage drops again and again for a while this often, s: up to twenty starts in a row.
    pub brown_outs_every_s: Option<u64>,
    /// A machine stands still this often, s, for minutes or hours.
    pub pauses_every_s: Option<u64>,
}

impl PowerFaults {
    pub(super) fn draw(dice: &mut Dice) -> PowerFaults {
        PowerFaults { brown_outs_every_s: rate_s(dice, 200), pauses_every_s: rate_s(dice, 200) }
    }
}
