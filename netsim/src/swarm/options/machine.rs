//! What a seed draws for single machines: their disks, clocks and power.

use sanduan_protocol::base::dice::Dice;
use serde::{Deserialize, Serialize};

use super::{off_in_a_third, rate_s};

/// A battery lasts for so long at least, min.
const BATTERY_MIN: u64 = 5;
/// One is charged for so long at most, min.
const CHARGE_MIN_MAX: u64 = 60;

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
    /// The disk of this place is copied into a second machine, which takes part from then on
    /// beside the first, by a wire of its own.
    #[serde(default)]
    pub twin: Option<Twin>,
}

impl DiskFaults {
    pub(super) fn draw(dice: &mut Dice) -> DiskFaults {
        DiskFaults {
            sync_fails_every_s: rate_s(dice, 200),
            rots_every_s: rate_s(dice, 200),
            unreadable_every_s: rate_s(dice, 400),
            old_copy: None,
            // Of dice of their own, see `draw_room` and `draw_copies`.
            fills_every_s: None,
            twin: None,
        }
    }

    /// How often disks are nearly full: drawn later than the rest, which stays what it was.
    pub(super) fn draw_room(&mut self, dice: &mut Dice) {
        self.fills_every_s = rate_s(dice, 150);
    }

    /// Copies of disks, each in a tenth of the worlds, with dice of their own.
    pub(super) fn draw_copies(
        &mut self,
        dice: &mut Dice,
        nodes: usize,
        minutes: u64,
        has_long_frames: &dyn Fn(usize) -> bool,
    ) {
        let end_s = minutes * 60;
        let (is_old, is_twin) = (dice.below(10) == 0, dice.below(10) == 0);
        // An authority that is put back to before a rekey writes another epoch of the same number
        // (`docs/found.md`, open).
        let place = dice.between(1, nodes as u64 - 1) as usize;
        let copied_s = dice.between(10, end_s / 2);
        let put_back_s = dice.between(copied_s + 30, copied_s + 30 + end_s / 3);
        // Its own records come back only where one fits a frame with its seal (`docs/found.md`).
        let is_old = is_old && has_long_frames(place);
        self.old_copy = is_old.then_some((place, copied_s, put_back_s));
        // The authority writes by itself, and a directory of two stories ends a network.
        let place = dice.between(1, nodes as u64 - 1) as usize;
        let beside = (place + dice.between(1, nodes as u64 - 1) as usize) % nodes;
        let copied_s = dice.between(10, end_s / 2);
        let restarted_s = dice.between(copied_s + 30, copied_s + end_s);
        self.twin = is_twin.then_some(Twin { place, beside, copied_s, restarted_s });
    }
}

/// A second machine with the disk of a first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Twin {
    /// Whose disk.
    pub place: usize,
    /// To which place its wire leads.
    pub beside: usize,
    /// When it is copied and begins, s.
    pub copied_s: u64,
    /// When its power fails once, s.
    pub restarted_s: u64,
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
    /// Every other place runs from a battery: a full one lasts for up to so long, min, while
    /// nothing is sent, and an empty one is charged for up to so long, min.
    #[serde(default)]
    pub batteries: Option<(u64, u64)>,
}

impl PowerFaults {
    pub(super) fn draw(dice: &mut Dice) -> PowerFaults {
        PowerFaults {
            brown_outs_every_s: rate_s(dice, 200),
            pauses_every_s: rate_s(dice, 200),
            // Of dice of their own, see `draw_batteries`.
            batteries: None,
        }
    }

    /// How long batteries last: drawn later than the rest, which stays what it was. At least one is
    /// empty once, most likely.
    pub(super) fn draw_batteries(&mut self, dice: &mut Dice, minutes: u64) {
        self.batteries = off_in_a_third(dice, |dice| {
            (dice.between(BATTERY_MIN, minutes.max(BATTERY_MIN)), dice.between(1, CHARGE_MIN_MAX))
        });
    }
}
