//! Which epoch and day it is for this device, and the keys of it: one secret, stepped on every day
//! and renewed by a rekey. A machine that never goes back. Where it is kept is the node's
//! business ([`Epochs::to_bytes`]), and nothing is sealed with a key before that is done.
//!
//! ```text
//!   epoch 1                                   epoch 2
//!   day 0 ──▶ day 1 ──▶ day 2 ─ ─ ─ ─ ─ ─ ─▶ day 0 ──▶ …
//!         by the clock, or by a frame    by a rekey that this device can open:
//!         of a later day that opens      from the air, a stick or the directory
//!
//! secret of the next day  derive_key("sanduan day v1", secret)
//! standing secret         derive_key("sanduan digest key v1", secret of day 0): of the whole epoch
//! carry key               derive_key("sanduan carry key v1", standing | epoch 4)
//! ```
//!
//! Clocks may be wrong. One that is ahead moves everybody's day on, which costs nothing but the
//! protection of the days it skipped; one that is behind, or off by more than
//! [`DAYS_AHEAD_MAX`], moves nothing, and its device follows what it hears. Former keys are
//! kept for two days, to read with and never to seal.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use crate::base::caps::{DAYS_AHEAD_MAX, FORMER_KEYS_MAX, REKEY_PARTS_MAX};
use crate::base::ids::DeviceId;
use crate::base::time::{Mono, Now};
use crate::keys::frame_key::{FrameKey, Turn};
use crate::keys::rekey::{EpochSeed, Rekey, RekeyError};
use crate::keys::sign::{NetworkId, PUBLIC_BYTES};
use crate::keys::subtree::PathKeys;
use crate::keys::suite::{KEY_BYTES, Suite};

mod behind;
mod grant;
mod kept;

pub use behind::Behind;
pub use grant::EpochGrant;

/// How long a former key is kept to read with, ms: frames that were under way, and positions and
/// stock of those who have not heard of the rekey yet.
pub const FORMER_MS: u64 = 48 * 3_600_000;
const DAY_MS: u64 = 24 * 3_600_000;
/// Days that are tried without being asked: another's clock may run ahead of ours.
const DAYS_NEAR: u16 = 2;
/// Days of one epoch end here; the last one stays. A century and more.
const DAY_END: u16 = 60_000;

const DAY_CONTEXT: &str = "sanduan day v1";
const STANDING_CONTEXT: &str = "sanduan digest key v1";
const CARRY_CONTEXT: &str = "sanduan carry key v1";

/// A secret key.
type Key = Zeroizing<[u8; KEY_BYTES]>;

/// Whose epochs they are.
#[derive(Clone, Copy, Debug)]
pub struct Owner {
    /// The network's suite.
    pub suite: Suite,
    /// The network.
    pub network: NetworkId,
    /// Public key of its authority.
    pub authority: [u8; PUBLIC_BYTES],
    /// This device.
    pub device: DeviceId,
}

/// What a rekey did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The epoch it begins is this device's now.
    Moved,
    /// A part of the epoch we are in that was not here yet.
    NewPart,
    /// Nothing: it is known, or older.
    Known,
    /// This device stays behind: this is why, heard for the first time.
    LeftBehind(Behind),
}

/// A key that is not sealed with any more.
#[derive(Clone)]
struct Former {
    turn: Turn,
    key: Key,
    /// The standing secret of another epoch.
    standing: Option<Key>,
    /// When it was left, by the wall clock, ms since 1970.
    left_ms: u64,
    /// When it is forgotten, in this run.
    over: Mono,
}

/// Where a device stands, and its keys.
pub struct Epochs {
    owner: Owner,
    turn: Turn,
    began_s: u32,
    secret: Key,
    standing: Key,
    path: Option<PathKeys>,
    /// Newest first.
    former: Vec<Former>,
    /// The rekey that began this epoch, for those who have not heard of it.
    parts: BTreeMap<u16, Rekey>,
    /// A later epoch that this device cannot follow into.
    behind: Option<(u32, Behind)>,
}

impl Epochs {
    /// Where a device stands that was told a secret and perhaps more. Join files of old told no
    /// more than the secret: such a device knows no days and opens no rekey.
    pub fn new(
        owner: Owner,
        epoch: u32,
        secret: &[u8; KEY_BYTES],
        grant: Option<&EpochGrant>,
    ) -> Epochs {
        let known = grant.map(|grant| Zeroizing::new(grant.standing));
        Epochs {
            owner,
            turn: Turn { epoch, day: grant.map_or(0, |grant| grant.day) },
            began_s: grant.map_or(0, |grant| grant.began_s),
            secret: Zeroizing::new(*secret),
            standing: known.unwrap_or_else(|| standing(owner.suite, secret)),
            path: grant.and_then(|grant| grant.path.clone()),
            former: Vec::new(),
            parts: BTreeMap::new(),
            behind: None,
        }
    }

    /// Keys of the tree from elsewhere than a join file; true if there were none. A rekey that
    /// could not be opened without them is worth another try.
    pub fn give_path(&mut self, path: PathKeys) -> bool {
        let is_needed = self.path.is_none();
        if is_needed {
            self.path = Some(path);
            self.behind = self.behind.filter(|(_, why)| *why != Behind::NoKeys);
        }
        is_needed
    }

    /// Which epoch and day it is here.
    pub fn turn(&self) -> Turn {
        self.turn
    }

    /// When the epoch began by the authority's clock, seconds since 1970; 0 if nobody told.
    pub fn began_s(&self) -> u32 {
        self.began_s
    }

    /// What frames are sealed with.
    pub fn frame_key(&self) -> FrameKey {
        FrameKey::on_day(self.owner.suite, &self.secret, self.turn)
    }

    /// What frames are opened with, likeliest first.
    pub fn frame_keys(&self) -> Vec<FrameKey> {
        let mut keys = vec![self.frame_key()];
        keys.extend(self.keys_ahead(1..=DAYS_NEAR));
        let suite = self.owner.suite;
        keys.extend(self.former.iter().map(|old| FrameKey::of_bytes(suite, old.turn, &old.key)));
        keys
    }

    /// The keys of all days that may have passed elsewhere while this device stood in a store.
    pub fn far_keys(&self) -> Vec<FrameKey> {
        self.keys_ahead(DAYS_NEAR + 1..=DAYS_AHEAD_MAX)
    }

    /// What files carried by hand are sealed and, with the others, opened with.
    pub fn carry_keys(&self) -> Vec<FrameKey> {
        let (suite, epoch) = (self.owner.suite, self.turn.epoch);
        let own = carry_key(suite, epoch, &self.standing);
        let former = self.former.iter().filter_map(|old| {
            old.standing.as_ref().map(|standing| carry_key(suite, old.turn.epoch, standing))
        });
        std::iter::once(own).chain(former).collect()
    }

    /// Keys the digests of this epoch.
    pub fn digest_key(&self) -> [u8; KEY_BYTES] {
        *self.standing
    }

    /// What a device is given that joins now.
    pub fn grant(&self) -> (Key, EpochGrant) {
        let (began_s, day, standing) = (self.began_s, self.turn.day, *self.standing);
        (self.secret.clone(), EpochGrant { began_s, day, standing, path: self.path.clone() })
    }

    /// The rekey that began this epoch, in parts.
    pub fn parts(&self) -> impl Iterator<Item = &Rekey> {
        self.parts.values()
    }

    /// True with keys that open later epochs.
    pub fn has_path(&self) -> bool {
        self.path.is_some()
    }

    /// Why this device stays behind a later epoch, if it does.
    pub fn behind(&self) -> Option<Behind> {
        self.behind.map(|(_, why)| why)
    }

    /// Move on to the day that the clock shows, if it can be right. True if the day is another.
    pub fn follow_clock(&mut self, now: Now) -> bool {
        let Some(day) = self.day_of_clock(now) else { return false };
        day - self.turn.day <= DAYS_AHEAD_MAX && self.move_to_day(day, now)
    }

    /// Move on to the day of a frame that opened. True if the day is another.
    pub fn follow(&mut self, turn: Turn, now: Now) -> bool {
        turn.epoch == self.turn.epoch && self.move_to_day(turn.day, now)
    }

    /// Take in one part of a rekey.
    ///
    /// # Errors
    /// It is not the authority's, or the wrap for this device is not in it.
    pub fn hear(&mut self, rekey: &Rekey, now: Now) -> Result<Heard, RekeyError> {
        let Owner { suite, network, authority, device } = self.owner;
        let epoch = rekey.head().epoch;
        let is_known = self.parts.get(&rekey.first()) == Some(rekey);
        if epoch < self.turn.epoch || is_known {
            return Ok(Heard::Known);
        }
        if epoch > self.turn.epoch && self.behind.is_some_and(|(behind, _)| behind >= epoch) {
            return Ok(Heard::Known);
        }
        if !rekey.verify(suite, &authority, network) {
            return Err(RekeyError::BadSignature);
        }
        if epoch == self.turn.epoch {
            return Ok(self.keep_part(rekey));
        }
        let mut path = self.path.clone();
        let seed = match rekey.open(suite, device, path.as_mut()) {
            Ok(seed) => seed,
            Err(RekeyError::ShutOut) => return Ok(self.stay_behind(epoch, Behind::ShutOut)),
            Err(RekeyError::NoKeys | RekeyError::BadKeys) => {
                return Ok(self.stay_behind(epoch, Behind::NoKeys));
            }
            Err(error @ (RekeyError::OtherPart | RekeyError::BadSignature)) => return Err(error),
        };
        self.leave(now, true);
        self.keep_missed(&rekey.formers(&seed), now);
        self.turn = Turn { epoch, day: 0 };
        self.began_s = rekey.head().began_s;
        self.secret = seed.secret();
        self.standing = standing(suite, &self.secret);
        self.path = path;
        // A key that was used is stepped on at once: it opens no epoch again.
        if let Some(path) = &mut self.path {
            path.step_to(suite, epoch + 1);
        }
        self.parts.clear();
        self.parts.insert(rekey.first(), rekey.clone());
        self.behind = None;
        Ok(Heard::Moved)
    }

    /// A run begins: former keys are kept for what is left of their time. A clock that shows
    /// nonsense, now or when they were left, takes nothing away.
    pub fn begin(&mut self, now: Now) {
        for old in &mut self.former {
            let aged_ms = now.wall.0.saturating_sub(old.left_ms);
            let is_sane = aged_ms <= u64::from(DAYS_AHEAD_MAX) * DAY_MS;
            let left_ms = FORMER_MS.saturating_sub(if is_sane { aged_ms } else { 0 });
            old.over = now.mono.after_ms(left_ms);
        }
    }

    /// Forget the former keys whose time is over. True if there were any.
    pub fn forget(&mut self, now: Now) -> bool {
        let before = self.former.len();
        self.former.retain(|old| old.over > now.mono);
        self.former.len() < before
    }

    /// When this machine must be looked at again, if nothing else happens.
    pub fn next_at(&self, now: Now) -> Option<Mono> {
        let over = self.former.iter().map(|old| old.over).min();
        let began_ms = u64::from(self.began_s) * 1000;
        let next_ms = began_ms + (u64::from(self.turn.day) + 1) * DAY_MS;
        let is_ahead = self.began_s > 0 && self.turn.day < DAY_END && next_ms > now.wall.0;
        let day = is_ahead.then(|| now.mono.after_ms(next_ms - now.wall.0));
        over.into_iter().chain(day).min()
    }

    fn day_of_clock(&self, now: Now) -> Option<u16> {
        if self.began_s == 0 {
            return None;
        }
        let days = now.wall.0.checked_sub(u64::from(self.began_s) * 1000)? / DAY_MS;
        let day = u16::try_from(days).ok().filter(|day| *day < DAY_END)?;
        (day > self.turn.day).then_some(day)
    }

    fn move_to_day(&mut self, day: u16, now: Now) -> bool {
        if day <= self.turn.day {
            return false;
        }
        while self.turn.day < day {
            self.leave(now, false);
            self.secret = next_day(self.owner.suite, &self.secret);
            self.turn.day += 1;
        }
        let turn = self.turn;
        self.former.retain(|old| old.turn.epoch != turn.epoch || old.turn.day + 2 >= turn.day);
        true
    }

    /// The key of now becomes a former one.
    fn leave(&mut self, now: Now, for_another_epoch: bool) {
        let key = self.frame_key().to_bytes();
        let standing = for_another_epoch.then(|| self.standing.clone());
        let (turn, left_ms, over) = (self.turn, now.wall.0, now.mono.after_ms(FORMER_MS));
        self.former.insert(0, Former { turn, key, standing, left_ms, over });
        self.former.truncate(FORMER_KEYS_MAX);
    }

    /// Epochs that began and ended while this device did not hear of them.
    fn keep_missed(&mut self, formers: &[EpochSeed], now: Now) {
        let suite = self.owner.suite;
        let missed = formers.iter().filter(|former| former.epoch() > self.turn.epoch);
        for former in missed {
            let (secret, turn) = (former.secret(), Turn { epoch: former.epoch(), day: 0 });
            let key = FrameKey::on_day(suite, &secret, turn).to_bytes();
            let standing = Some(standing(suite, &secret));
            let (left_ms, over) = (now.wall.0, now.mono.after_ms(FORMER_MS));
            self.former.insert(0, Former { turn, key, standing, left_ms, over });
        }
        self.former.truncate(FORMER_KEYS_MAX);
    }

    fn keep_part(&mut self, rekey: &Rekey) -> Heard {
        let fits = self.parts.values().all(|part| part.head() == rekey.head());
        if !fits || self.parts.len() >= REKEY_PARTS_MAX || self.parts.contains_key(&rekey.first()) {
            return Heard::Known;
        }
        self.parts.insert(rekey.first(), rekey.clone());
        Heard::NewPart
    }

    fn stay_behind(&mut self, epoch: u32, why: Behind) -> Heard {
        self.behind = Some((epoch, why));
        Heard::LeftBehind(why)
    }

    fn keys_ahead(&self, days: std::ops::RangeInclusive<u16>) -> Vec<FrameKey> {
        let (suite, Turn { epoch, day }) = (self.owner.suite, self.turn);
        let mut secret = self.secret.clone();
        let mut keys = Vec::new();
        for ahead in 1..=*days.end() {
            secret = next_day(suite, &secret);
            let turn = Turn { epoch, day: day.saturating_add(ahead) };
            if days.contains(&ahead) && turn.day < DAY_END {
                keys.push(FrameKey::on_day(suite, &secret, turn));
            }
        }
        keys
    }
}

impl std::fmt::Debug for Epochs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Epochs({:?}, {} former, secret)", self.turn, self.former.len())
    }
}

fn next_day(suite: Suite, secret: &Key) -> Key {
    Zeroizing::new(suite.derive_key(DAY_CONTEXT, &[secret.as_slice()]))
}

fn standing(suite: Suite, secret: &[u8; KEY_BYTES]) -> Key {
    Zeroizing::new(suite.derive_key(STANDING_CONTEXT, &[secret]))
}

fn carry_key(suite: Suite, epoch: u32, standing: &Key) -> FrameKey {
    let key = suite.derive_key(CARRY_CONTEXT, &[standing.as_slice(), &epoch.to_be_bytes()]);
    FrameKey::of_bytes(suite, Turn { epoch, day: 0 }, &Zeroizing::new(key))
}

#[cfg(test)]
mod tests;
