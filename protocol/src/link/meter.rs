//! What passed over a bearer and what it may still carry: sums of the day for each link, sums of
//! the quota's window for each bearer. Pure arithmetic on what the daemon counts; it keeps the
//! sums in the node's folder.
//!
//! ```text
//! window  ├────── anyone ──────┤─ flash only ─┤ nothing
//!         0            quota − reserve      quota      until the window begins anew
//! ```
//!
//! Days and windows begin at midnight in Beijing (UTC+8, no summer time).

use serde::{Deserialize, Serialize};

use crate::base::time::Wall;
use crate::link::condition::{Condition, QuotaLeft, Standing};
use crate::link::profile::{Price, Profile, Quota};
use crate::link::purse::PurseLeft;

/// Beijing's distance from UTC.
const BEIJING_MS: u64 = 8 * 3_600_000;
/// One day.
const DAY_MS: u64 = 86_400_000;
/// One part in so many of a quota is kept for flash orders.
const RESERVE_SHARE: u64 = 10;

/// What may leave now, as far as the quota is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Gate {
    /// Everything.
    Open,
    /// Orders of class flash: the rest of the quota is kept for them.
    FlashOnly,
    /// Nothing.
    Shut,
}

/// Sums of one link since midnight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayTally {
    /// When the day began.
    pub began: Wall,
    /// Bytes sent, the bearer's own included.
    pub sent_bytes: u64,
    /// Bytes heard, the bearer's own included.
    pub heard_bytes: u64,
    /// Messages sent.
    pub messages: u64,
    /// What they cost, millionths of a yuan: a price per 1,000 bytes then needs no rounding.
    pub micro_yuan: u64,
}

/// Sums of one bearer since its quota's window began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowTally {
    /// When the window began.
    pub began: Wall,
    /// Messages sent.
    pub messages: u64,
    /// Bytes sent, the bearer's own included.
    pub bytes: u64,
}

impl DayTally {
    /// Another day has begun: the sums start anew.
    pub fn turn(&mut self, now: Wall) {
        let began = beginning(now, DAY_MS);
        if has_turned(self.began, began, DAY_MS) {
            *self = DayTally { began, ..DayTally::default() };
        }
    }

    /// One message was sent.
    pub fn note_sent(&mut self, bytes: u64, price: &Price, now: Wall) {
        self.turn(now);
        self.sent_bytes = self.sent_bytes.saturating_add(bytes);
        self.messages = self.messages.saturating_add(1);
        self.micro_yuan = self.micro_yuan.saturating_add(price.micro_yuan(bytes));
    }

    /// One message was heard.
    pub fn note_heard(&mut self, bytes: u64, now: Wall) {
        self.turn(now);
        self.heard_bytes = self.heard_bytes.saturating_add(bytes);
    }
}

impl WindowTally {
    /// Another window has begun: the sums start anew.
    pub fn turn(&mut self, quota: &Quota, now: Wall) {
        let window_ms = window_ms(quota);
        let began = beginning(now, window_ms);
        if has_turned(self.began, began, window_ms) {
            *self = WindowTally { began, ..WindowTally::default() };
        }
    }

    /// One message was sent.
    pub fn note_sent(&mut self, bytes: u64, quota: &Quota, now: Wall) {
        self.turn(quota, now);
        self.messages = self.messages.saturating_add(1);
        self.bytes = self.bytes.saturating_add(bytes);
    }

    /// What the quota still allows, the reserve included.
    pub fn left(&self, quota: &Quota) -> QuotaLeft {
        QuotaLeft {
            messages: quota.messages.map(|messages| messages.saturating_sub(self.messages)),
            bytes: quota.bytes.map(|bytes| bytes.saturating_sub(self.bytes)),
            until: Wall(self.began.0.saturating_add(window_ms(quota))),
        }
    }
}

/// What may leave a link of this profile while this is left of its bearer's quota. The largest
/// frame must fit in whole: half a message is none.
pub fn gate(profile: &Profile, left: Option<&QuotaLeft>) -> Gate {
    let (Some(quota), Some(left)) = (&profile.quota, left) else { return Gate::Open };
    let frame_bytes = u64::from(profile.frame_max()) + u64::from(profile.per_frame_bytes);
    let messages = of(quota.messages, left.messages, 1);
    let bytes = of(quota.bytes, left.bytes, frame_bytes);
    match (messages, bytes) {
        (Gate::Shut, _) | (_, Gate::Shut) => Gate::Shut,
        (Gate::FlashOnly, _) | (_, Gate::FlashOnly) => Gate::FlashOnly,
        (Gate::Open, Gate::Open) => Gate::Open,
    }
}

/// What one count allows: `next` is what the next message takes of it.
fn of(limit: Option<u64>, left: Option<u64>, next: u64) -> Gate {
    let (Some(limit), Some(left)) = (limit, left) else { return Gate::Open };
    // At least one message, and never so much that nothing else could ever leave.
    let reserve = (limit / RESERVE_SHARE).max(next).min(limit / 2);
    if left < next {
        Gate::Shut
    } else if left < reserve.saturating_add(next) {
        Gate::FlashOnly
    } else {
        Gate::Open
    }
}

/// What a bearer says of itself, completed by what the meter knows.
pub fn complete(
    said: Condition,
    profile: &Profile,
    day: &DayTally,
    window: Option<&WindowTally>,
    purse_left: PurseLeft,
    now: Wall,
) -> Condition {
    let quota_left = match (&profile.quota, window) {
        (Some(quota), Some(window)) => Some(window.left(quota)),
        (Some(_), None) | (None, _) => said.quota_left,
    };
    let gate = gate(profile, quota_left.as_ref()).max(purse_left.gate());
    let is_over = said.next_slot.is_some_and(|slot| slot <= now);
    let standing = match (said.standing, gate) {
        // Without a signal nothing leaves anyway, and a person can do something about that.
        (Standing::NoSignal, _) => Standing::NoSignal,
        (_, Gate::FlashOnly | Gate::Shut) => Standing::QuotaSpent,
        (Standing::Cooling, Gate::Open) if is_over => Standing::Clear,
        (standing, Gate::Open) => standing,
    };
    Condition {
        standing,
        quota_left,
        purse_left,
        next_slot: said.next_slot.filter(|_| !is_over),
        today_bytes: (day.sent_bytes, day.heard_bytes),
        today_milli_yuan: day.micro_yuan / 1000,
        ..said
    }
}

/// A frame was handed over since the bearer told its condition: less is left than that says, for
/// every link of the bearer. Whoever fills the next frame must not wait to be told.
pub fn spend(condition: &mut Condition, profile: &Profile, frame_bytes: usize) {
    let wire_bytes = frame_bytes as u64 + u64::from(profile.per_frame_bytes);
    if let Some(left) = &mut condition.quota_left {
        left.messages = left.messages.map(|messages| messages.saturating_sub(1));
        left.bytes = left.bytes.map(|bytes| bytes.saturating_sub(wire_bytes));
    }
    condition.purse_left.spend(profile, frame_bytes, wire_bytes);
}

fn window_ms(quota: &Quota) -> u64 {
    u64::from(quota.window_s.max(1)) * 1000
}

/// The beginning of the span that holds `now`.
fn beginning(now: Wall, span_ms: u64) -> Wall {
    let beijing_ms = now.0.saturating_add(BEIJING_MS);
    Wall((beijing_ms - beijing_ms % span_ms).saturating_sub(BEIJING_MS))
}

/// True if sums that began at `known` end with a span that begins at `began`. A clock that was
/// set back by less than a span does not give a quota anew.
fn has_turned(known: Wall, began: Wall, span_ms: u64) -> bool {
    began > known || known.0 - began.0 > span_ms
}

#[cfg(test)]
mod tests;
