//! What a bearer may spend of air time and of money: two buckets that fill evenly with time and are
//! emptied by what is sent. Pure arithmetic; the daemon keeps the buckets, so that a restart does
//! not fill them.
//!
//! ```text
//! level  full ├──── anyone ────┤ a tenth: flash only ┤ 0
//! air time, beyond 0: flash orders borrow up to one more bucket, paid back before anyone else
//! ```

use serde::{Deserialize, Serialize};

use crate::base::time::Wall;
use crate::link::meter::Gate;
use crate::link::profile::Profile;

/// Air time is shared out over ten minutes: long enough for a burst after a cut, short enough that
/// the neighbours of a channel get their turn (research, bearers section 5, rule 2).
const AIR_SPAN_MS: u64 = 10 * 60_000;
/// Money is shared out over a day.
const MONEY_SPAN_MS: u64 = 86_400_000;
/// One part in so many is kept for flash orders.
const RESERVE_SHARE: i64 = 10;

/// What may be spent, from the configuration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowance {
    /// Share of all time that may be spent on the air, in 1/1000; none where it is not limited.
    pub air_permille: Option<u16>,
    /// Money for a day, thousandths of a yuan; none where it is not limited.
    pub day_milli_yuan: Option<u32>,
}

/// One bucket. A level below nothing is borrowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    level: i64,
    at: Wall,
}

/// The buckets of one bearer: microseconds of air, millionths of a yuan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Purse {
    air: Option<Bucket>,
    money: Option<Bucket>,
}

/// What is left of one bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// What there is, below nothing if it was borrowed: ms of air, thousandths of a yuan.
    pub left: i64,
    /// What there may be at most, in the same.
    pub full: u64,
    /// When it is open to everyone again; the moment of asking if it is.
    pub opens: Wall,
    /// What may leave.
    pub gate: Gate,
}

/// What is left of both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurseLeft {
    /// Of air time, if that is limited.
    pub air: Option<Left>,
    /// Of money, if that is limited.
    pub money: Option<Left>,
}

impl Bucket {
    /// As much comes in as time has passed. A clock that was set back fills nothing.
    fn fill(&mut self, full: i64, span_ms: u64, now: Wall) {
        let passed_ms = now.0.saturating_sub(self.at.0).min(2 * span_ms);
        let gain = i128::from(full) * i128::from(passed_ms) / i128::from(span_ms);
        self.level = self.level.saturating_add(gain as i64).min(full);
        if gain > 0 || now < self.at || self.level == full {
            // What is too little to be counted yet is counted with the next.
            self.at = now;
        }
    }

    fn left(&self, full: i64, span_ms: u64, may_borrow: bool, unit: i64) -> Left {
        let reserve = full / RESERVE_SHARE;
        let gate = gate(self.level, full, may_borrow);
        let lacks = (reserve + 1).saturating_sub(self.level).max(0);
        let wait_ms = i128::from(lacks) * i128::from(span_ms) / i128::from(full.max(1));
        let opens = match gate {
            Gate::Open => self.at,
            Gate::FlashOnly | Gate::Shut => Wall(self.at.0.saturating_add(wait_ms as u64 + 1)),
        };
        Left { left: self.level / unit, full: (full / unit).unsigned_abs(), opens, gate }
    }
}

impl Purse {
    /// One frame of `frame_bytes` was handed over, `wire_bytes` with the bearer's own.
    pub fn note_sent(&mut self, profile: &Profile, frame_bytes: usize, wire_bytes: u64, now: Wall) {
        self.fill(profile, now);
        if let Some(air) = &mut self.air {
            let spent = i64::try_from(profile.air_ms(frame_bytes)).unwrap_or(i64::MAX / 1000);
            air.level = air.level.saturating_sub(spent.saturating_mul(1000));
        }
        if let Some(money) = &mut self.money {
            let spent = i64::try_from(profile.price.micro_yuan(wire_bytes)).unwrap_or(i64::MAX);
            money.level = money.level.saturating_sub(spent);
        }
    }

    /// What is left now.
    pub fn left(&mut self, profile: &Profile, now: Wall) -> PurseLeft {
        self.fill(profile, now);
        let (air_full, money_full) = fulls(profile);
        PurseLeft {
            air: self.air.map(|air| air.left(air_full, AIR_SPAN_MS, true, 1000)),
            money: self.money.map(|money| money.left(money_full, MONEY_SPAN_MS, false, 1000)),
        }
    }

    fn fill(&mut self, profile: &Profile, now: Wall) {
        let (air_full, money_full) = fulls(profile);
        for (bucket, full, span_ms) in
            [(&mut self.air, air_full, AIR_SPAN_MS), (&mut self.money, money_full, MONEY_SPAN_MS)]
        {
            match bucket {
                _ if full == 0 => *bucket = None,
                // A new one begins full: nothing was spent of it.
                None => *bucket = Some(Bucket { level: full, at: now }),
                Some(bucket) => bucket.fill(full, span_ms, now),
            }
        }
    }
}

impl PurseLeft {
    /// A frame of `frame_bytes`, `wire_bytes` with the bearer's own, was handed over since this was
    /// told. Rounded to the dear side: the next word of the bucket knows better.
    pub(super) fn spend(&mut self, profile: &Profile, frame_bytes: usize, wire_bytes: u64) {
        let air_ms = profile.air_ms(frame_bytes);
        let milli_yuan = profile.price.micro_yuan(wire_bytes).div_ceil(1000);
        for (left, spent, may_borrow) in
            [(&mut self.air, air_ms, true), (&mut self.money, milli_yuan, false)]
        {
            let Some(left) = left else { continue };
            left.left = left.left.saturating_sub(i64::try_from(spent).unwrap_or(i64::MAX));
            let full = i64::try_from(left.full).unwrap_or(i64::MAX);
            left.gate = left.gate.max(gate(left.left, full, may_borrow));
        }
    }

    /// What may leave, as far as both are concerned.
    pub fn gate(&self) -> Gate {
        [self.air, self.money]
            .into_iter()
            .flatten()
            .map(|left| left.gate)
            .max()
            .unwrap_or(Gate::Open)
    }
}

/// What may leave while a bucket that holds `full` is at this level.
fn gate(level: i64, full: i64, may_borrow: bool) -> Gate {
    let floor = if may_borrow { -full } else { 0 };
    if level > full / RESERVE_SHARE {
        Gate::Open
    } else if level > floor {
        Gate::FlashOnly
    } else {
        Gate::Shut
    }
}

/// Both buckets when full, in their small units; 0 where there is no limit.
fn fulls(profile: &Profile) -> (i64, i64) {
    let Allowance { air_permille, day_milli_yuan } = profile.allowance;
    // A thousandth of a millisecond for each millisecond and each 1/1000.
    let air = air_permille.map_or(0, |permille| i64::from(permille) * AIR_SPAN_MS as i64);
    let money = day_milli_yuan.map_or(0, |milli_yuan| i64::from(milli_yuan) * 1000);
    (air, money)
}

#[cfg(test)]
mod tests;
