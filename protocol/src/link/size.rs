//! How long frames should be on a radio, judged by what our own acks say was lost. Long frames
//! die first in noise: where no 200-byte frame passes, half of the 60-byte frames still do
//! (research, bearers 2.1). What is no noise (a collision, a hidden station) takes short frames as
//! well; then shorter ones only cost more, and the length goes back.
//!
//! ```text
//!          loss over one in four                       not a quarter better than before
//!  mtu ──────────────────────────→ 120 B → 90 B → 64 B ──────────────→ one step back, and stay
//!   ↑                                │
//!   └─── loss under one in four ─────┘   one step after a while, later each time it was too soon
//! ```

use crate::base::time::Mono;
use crate::link::profile::{Medium, Profile};
use crate::link::state::Link;

#[cfg(test)]
mod tests;

/// Lengths below the mtu, bytes. A seal fits whole into 90; 64 is the least a profile may have.
const STEPS: [u16; 3] = [120, 90, 64];
/// Loss from which shorter frames carry more, 1/1000. Below it they only cost: every frame has 20
/// bytes that are no records, and one that is lost costs a wait however long it was. On the channel
/// model at 1,200 bit/s, 200 orders where a quarter of 256-byte frames dies take as long either
/// way; where half dies, 199 s and 18 kB instead of 221 s and 22 kB; where all die, 6 minutes
/// instead of never.
const SHRINK_PERMILLE: u32 = 250;
/// Loss that is seldom anything but noise, 1/1000.
const HIGH_PERMILLE: u32 = 300;
/// So much loss at once may be noise however short the frame: nothing to learn from a comparison.
const DEEP_PERMILLE: u32 = 500;
/// Frames lost above what is borne before frames become shorter: three more than chance. It is
/// frames that noise takes; what acks tell of is records, so these are counted as the frames that
/// they were, see [`FrameSize::fill`].
const EXCESS_MIN: u32 = 3;
/// Frames before two lengths are compared, and before longer frames are tried.
const EVIDENCE_MIN: u32 = 16;
/// Older evidence counts half beyond so many frames.
const EVIDENCE_MAX: u32 = 32;
/// Frames lost at once that count at most: a peer that is switched off says nothing of noise. Three
/// of them alone are not yet three more than chance.
const LOST_AT_ONCE_MAX: u32 = 3;
/// Frames that arrive before longer frames are tried, the first time and at most.
const GROW_AFTER_MIN: u32 = 24;
const GROW_AFTER_MAX: u32 = 384;
/// On a quiet link so long without a change is enough, ms.
const GROW_AFTER_MS: u64 = 15 * 60_000;
/// After it turned out that length is not to blame, it is left alone for so many frames.
const HOLD_FRAMES: u32 = 128;
/// Records that a frame is taken to hold at least. Several hearers may miss one frame of few
/// records, and each of them tells of it.
const FILL_MIN: u32 = 4;
/// More records than any frame of a radio holds.
const RECORDS_MAX: u32 = 64;
/// The records of the last frames are kept in parts of a record, so that their mean may follow.
const FILL_PARTS: u32 = 16;

/// What became of records that were sent on a link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Said to be there.
    pub arrived: u32,
    /// Said to be missing, or not answered for.
    pub lost: u32,
}

/// The length of frames on one link.
#[derive(Clone, Debug, Default)]
pub struct FrameSize {
    /// Steps below the mtu.
    step: usize,
    seen: Tally,
    /// Records that arrived since the last change.
    arrived: u32,
    changed_at: Mono,
    /// Loss before the last step down, 1/1000.
    before_permille: Option<u32>,
    /// How many frames must arrive before the next step up.
    grow_after: u32,
    /// Records until which the length is left alone.
    hold: u32,
    /// Records of a frame in the mean of the last ones, in [`FILL_PARTS`].
    fill_parts: u32,
}

impl FrameSize {
    /// Bytes that frames of this link should have at most, as [`Profile::frame_bytes`] has it.
    pub fn frame_bytes(&self, profile: &Profile) -> u16 {
        match steps(profile).nth(self.step.wrapping_sub(1)) {
            Some(bytes) if self.step > 0 => bytes,
            Some(_) | None => 0,
        }
    }

    /// Some records arrived or were lost. True if the length changes by it.
    pub fn note(&mut self, tally: Tally, profile: &Profile, now: Mono) -> bool {
        let fill = self.fill();
        let lost = tally.lost.min(LOST_AT_ONCE_MAX * fill);
        self.seen.arrived += tally.arrived;
        self.seen.lost += lost;
        self.arrived = self.arrived.saturating_add(tally.arrived);
        self.hold = self.hold.saturating_sub(tally.arrived + lost);
        if self.seen.arrived + self.seen.lost > EVIDENCE_MAX * fill {
            self.seen = Tally { arrived: self.seen.arrived / 2, lost: self.seen.lost / 2 };
        }
        let count = steps(profile).count();
        let evidence = self.seen.arrived + self.seen.lost;
        let permille = self.seen.lost * 1000 / evidence.max(1);
        let excess = self.seen.lost.saturating_sub(evidence * SHRINK_PERMILLE / 1000);
        if count == 0 {
            return false;
        }
        if let Some(before) = self.before_permille
            && permille < DEEP_PERMILLE
        {
            if evidence < EVIDENCE_MIN * fill {
                return false;
            }
            self.before_permille = None;
            // The deeper the noise, the less a wrong guess that it is none may cost.
            let kept_percent = if before > HIGH_PERMILLE { 90 } else { 75 };
            if permille * 100 > before * kept_percent {
                self.hold = HOLD_FRAMES * fill;
                return self.go(self.step - 1, now);
            }
        }
        if excess >= EXCESS_MIN * fill && self.step < count && self.hold == 0 {
            // Longer frames were tried a short while ago: the next time comes later.
            let is_too_soon = self.grow_after > 0 && self.arrived < 2 * self.grow_after * fill;
            let doubled = (self.grow_after * 2).min(GROW_AFTER_MAX);
            self.grow_after = if is_too_soon { doubled } else { 0 };
            self.before_permille = Some(permille);
            return self.go(self.step + 1, now);
        }
        let waited = self.arrived >= self.grow_after.max(GROW_AFTER_MIN) * fill
            || now.since_ms(self.changed_at) >= GROW_AFTER_MS;
        if permille < SHRINK_PERMILLE && self.step > 0 && waited {
            self.grow_after = self.grow_after.max(GROW_AFTER_MIN);
            return self.go(self.step - 1, now);
        }
        false
    }

    /// A frame leaves with so many records. How many one holds hangs on what is said, on the length
    /// of frames and on how well records are packed: between one and twenty.
    pub fn note_frame(&mut self, records: u32) {
        let now = records.min(RECORDS_MAX) * FILL_PARTS;
        self.fill_parts = match (records, self.fill_parts) {
            (0, before) => before,
            (_, 0) => now,
            (_, before) => (before * 3 + now) / 4,
        };
    }

    /// Records that one lost frame takes along.
    fn fill(&self) -> u32 {
        (self.fill_parts.div_ceil(FILL_PARTS)).max(FILL_MIN)
    }

    fn go(&mut self, step: usize, now: Mono) -> bool {
        self.step = step;
        self.seen = Tally::default();
        self.arrived = 0;
        self.changed_at = now;
        true
    }
}

/// The lengths that this link can go down to; none where a shorter frame costs a whole slot, or
/// where nothing dies of its length.
fn steps(profile: &Profile) -> impl Iterator<Item = u16> {
    let is_radio =
        profile.half_duplex && profile.medium == Medium::Broadcast && profile.min_interval_ms == 0;
    let mtu = if is_radio { profile.mtu } else { 0 };
    STEPS.into_iter().filter(move |bytes| *bytes < mtu)
}

impl Link {
    /// What became of records: frames may become shorter or longer by it.
    pub fn note_tally(&mut self, tally: Tally, now: Mono) {
        if tally != Tally::default() && self.size.note(tally, &self.profile, now) {
            self.fit_frames();
        }
    }
}
