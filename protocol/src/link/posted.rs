//! Which registers of the board were said or heard on one link, and which are still to be said. A
//! board has thousands of registers and is asked for every frame, so only what changed since is
//! compared. Who needs to hear of a register is decided in `plan`.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::ids::{DeviceId, LaneId, LinkId, RecordId};
use crate::base::time::Mono;
use crate::link::state::Link;
use crate::sync::board::Board;
use crate::sync::heading::Headings;
use crate::wire::bundle::RegisterId;

/// A kind of register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Where units are.
    Fix,
    /// Which orders devices hold.
    Held,
    /// How devices are.
    Status,
}

impl Kind {
    fn of(id: RegisterId) -> Kind {
        match id {
            RegisterId::Fix(..) => Kind::Fix,
            RegisterId::Held(..) => Kind::Held,
            RegisterId::Status(_) => Kind::Status,
        }
    }
}

/// Whether everyone on a channel knows what waits is asked again this often, ms: only who hears
/// whom may have changed meanwhile.
const QUIET_MS: u64 = 5_000;

/// Who holds the orders of a lane is said so often again on a link, each time with a frame that
/// goes anyway: nobody acknowledges it, and one frame in four may be lost.
const AGAIN_TIMES: u8 = 6;
/// Not again before, ms.
const AGAIN_EVERY_MS: u64 = 60_000;

/// Who holds orders of one lane, as far as that is to be said.
#[derive(Clone, Debug, Default)]
struct Holders {
    devices: BTreeSet<DeviceId>,
    /// The link leads to the author: it is said here.
    leads: bool,
}

/// Where something is said.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// On this link.
    pub link: LinkId,
    /// Nobody else than this device hears it: what it holds need not be said here.
    pub alone: Option<DeviceId>,
}

/// What was said of the board on one link.
#[derive(Clone, Debug, Default)]
pub struct Posted {
    /// Fixes and states whose newest version was neither sent nor heard here.
    unsaid: BTreeSet<RegisterId>,
    /// The same of orders that devices hold, by lane.
    held: BTreeMap<LaneId, Holders>,
    /// Those of these lanes of which something is to be said here.
    open: BTreeSet<LaneId>,
    /// The version of the headings by which that is so, and who was alone here then.
    steered: u64,
    alone: Option<DeviceId>,
    /// The change of the board up to which that is known.
    seen: u64,
    /// What was sent or heard since, in which version.
    noted: Vec<(RegisterId, u32)>,
    /// Lanes whose holders were said and are said again so often, not before, and behind which.
    again: BTreeMap<LaneId, u8>,
    again_at: Mono,
    again_behind: Option<LaneId>,
    /// Fixes are to be said again.
    forgets_fixes: bool,
    /// Everyone there knows of all others than fixes, but for the fresh ones, as far as was found
    /// when it was last asked; it holds until then.
    quiet_until: Option<Mono>,
    /// What is to be said since that was asked.
    fresh: Vec<RegisterId>,
}

impl Posted {
    /// This version was sent or heard here.
    pub fn note(&mut self, id: RegisterId, version: u32) {
        self.noted.push((id, version));
    }

    /// It was said here who holds this order.
    pub fn note_holders(&mut self, order: RecordId, devices: &[DeviceId]) {
        for device in devices {
            self.note(RegisterId::Held(*device, order.lane), order.seq);
        }
        self.again.insert(order.lane, AGAIN_TIMES);
    }

    /// Lanes whose holders may be said again now, the one first that was not for longest.
    pub fn again(&self, now: Mono) -> Vec<LaneId> {
        if now < self.again_at {
            return Vec::new();
        }
        let leads = |lane: &&LaneId| self.held.get(lane).is_some_and(|holders| holders.leads);
        let is_behind = |lane: &LaneId| self.again_behind.is_none_or(|last| *lane > last);
        let (mut lanes, before): (Vec<LaneId>, Vec<LaneId>) =
            self.again.keys().filter(leads).copied().partition(is_behind);
        lanes.extend(before);
        lanes
    }

    /// The holders of this lane were said again.
    pub fn note_again(&mut self, lane: LaneId, now: Mono) {
        (self.again_at, self.again_behind) = (now.after_ms(AGAIN_EVERY_MS), Some(lane));
        let left = self.again.remove(&lane).unwrap_or(0);
        if left > 1 {
            self.again.insert(lane, left - 1);
        }
    }

    /// All fixes are to be said again, as far as somebody may lack them.
    pub fn forget_fixes(&mut self) {
        self.noted.retain(|(id, _)| !matches!(id, RegisterId::Fix(..)));
        self.forgets_fixes = true;
    }

    /// Compare with the board what changed on either side; this is what was said on `here`.
    pub fn compare(&mut self, board: &Board, headings: &Headings, here: Place) {
        let is_steered = self.steered != headings.version() || self.alone != here.alone;
        let is_same = self.seen == board.changes() && self.noted.is_empty();
        if is_same && !is_steered && !self.forgets_fixes {
            return;
        }
        if is_steered {
            self.steer(headings, here);
        }
        let mut noted = std::mem::take(&mut self.noted);
        // Of one register in the order in which it was noted.
        if noted.len() > 1 {
            noted.sort_by_cached_key(|(id, _)| id.rank());
        }
        for id in board.changed_after(self.seen) {
            if is_known(&noted, id, board) {
                // Most of what is new came on this link: it would be struck off again below.
                self.note_lane(id, headings, here);
            } else if self.enter(id, headings, here) && self.quiet_until.is_some() {
                self.fresh.push(id);
            }
        }
        self.seen = board.changes();
        if std::mem::take(&mut self.forgets_fixes) {
            self.unsaid.extend(board.fixes());
        }
        for (id, version) in noted {
            if board.version(id) <= version {
                self.leave(id);
            } else if self.enter(id, headings, here) {
                // Whoever said this has an older one than ours.
                self.fresh.push(id);
            }
        }
    }

    /// Other ways lead to authors than before, or another is alone here.
    fn steer(&mut self, headings: &Headings, here: Place) {
        (self.steered, self.alone, self.quiet_until) = (headings.version(), here.alone, None);
        for (lane, holders) in &mut self.held {
            let leads = headings.leads(*lane, here.link);
            if leads && !holders.leads {
                self.again.insert(*lane, AGAIN_TIMES);
            }
            holders.leads = leads;
            here.alone.map(|device| holders.devices.remove(&device));
        }
        let is_open = |(_, holders): &(_, &Holders)| holders.leads && !holders.devices.is_empty();
        self.open = self.held.iter().filter(is_open).map(|(lane, _)| *lane).collect();
    }

    /// Something is to be said from now on. False if nobody is to hear of it here.
    fn enter(&mut self, id: RegisterId, headings: &Headings, here: Place) -> bool {
        let RegisterId::Held(device, lane) = id else {
            self.unsaid.insert(id);
            return true;
        };
        let Some(holders) = self.note_lane(id, headings, here) else { return false };
        holders.devices.insert(device);
        let leads = holders.leads;
        if leads {
            self.open.insert(lane);
        }
        leads
    }

    /// Who holds orders of the lane of this register, if anybody is to hear of that here.
    fn note_lane(
        &mut self,
        id: RegisterId,
        headings: &Headings,
        here: Place,
    ) -> Option<&mut Holders> {
        let RegisterId::Held(device, lane) = id else { return None };
        if headings.is_own(lane) || here.alone == Some(device) {
            return None;
        }
        let anew = || Holders { leads: headings.leads(lane, here.link), ..Holders::default() };
        Some(self.held.entry(lane).or_insert_with(anew))
    }

    fn leave(&mut self, id: RegisterId) {
        let RegisterId::Held(device, lane) = id else {
            self.unsaid.remove(&id);
            return;
        };
        if let Some(holders) = self.held.get_mut(&lane) {
            holders.devices.remove(&device);
            if holders.devices.is_empty() {
                self.open.remove(&lane);
            }
        }
    }

    /// True if some register that is no fix, and of which not everyone `knows`, is to be said, as
    /// of the last comparison: orders that a device holds, and how devices are. Who knows of what
    /// is asked of all registers once in a while, and else only of what is new.
    pub fn has_patient(&mut self, now: Mono, knows: impl Fn(DeviceId) -> bool) -> (bool, bool) {
        let fresh = std::mem::take(&mut self.fresh);
        let found = if self.quiet_until.is_some_and(|until| now < until) {
            let is_held = |id: &RegisterId| match *id {
                RegisterId::Held(device, lane) => self.is_unsaid(device, lane) && !knows(device),
                RegisterId::Fix(..) | RegisterId::Status(_) => false,
            };
            let is_status =
                |id: &RegisterId| Kind::of(*id) == Kind::Status && self.unsaid.contains(id);
            (fresh.iter().any(is_held), fresh.iter().any(is_status))
        } else {
            let held = self.holders(knows).next().is_some();
            (held, self.unsaid.last().is_some_and(|id| Kind::of(*id) == Kind::Status))
        };
        self.quiet_until = match (found, self.quiet_until.filter(|until| now < *until)) {
            ((false, false), None) => Some(now.after_ms(QUIET_MS)),
            ((false, false), until) => until,
            ((true, _) | (_, true), _) => None,
        };
        found
    }

    fn is_unsaid(&self, device: DeviceId, lane: LaneId) -> bool {
        let holders = self.held.get(&lane).filter(|holders| holders.leads);
        holders.is_some_and(|holders| holders.devices.contains(&device))
    }

    /// Nothing is to be said, as of the last comparison.
    pub fn has_said_all(&self) -> bool {
        self.unsaid.is_empty() && self.open.is_empty()
    }

    /// Registers of one kind to be said, in order, as of the last comparison. Orders that a device
    /// holds are left out if it `knows` of them.
    pub fn unsaid(&self, kind: Kind, knows: impl Fn(DeviceId) -> bool) -> Vec<RegisterId> {
        let of_kind = |id: &&RegisterId| Kind::of(**id) == kind;
        match kind {
            Kind::Fix => self.unsaid.iter().take_while(of_kind).copied().collect(),
            Kind::Held => self.holders(knows).collect(),
            Kind::Status => self.unsaid.iter().skip_while(|id| !of_kind(id)).copied().collect(),
        }
    }

    /// True if fixes are to be said, as of the last comparison; they stand before all others.
    pub fn has_fixes(&self) -> bool {
        self.unsaid.first().is_some_and(|id| Kind::of(*id) == Kind::Fix)
    }

    /// Who holds orders of which lane, lane by lane.
    fn holders(&self, knows: impl Fn(DeviceId) -> bool) -> impl Iterator<Item = RegisterId> {
        let said_here = self.open.iter().filter_map(|lane| self.held.get_key_value(lane));
        let all = said_here
            .flat_map(|(lane, holders)| holders.devices.iter().map(|device| (*device, *lane)));
        // The same devices hold orders of most lanes.
        let mut asked: BTreeMap<DeviceId, bool> = BTreeMap::new();
        let mut is_known = move |device| *asked.entry(device).or_insert_with(|| knows(device));
        let unknown = all.filter(move |(device, _)| !is_known(*device));
        unknown.map(|(device, lane)| RegisterId::Held(device, lane))
    }
}

/// The newest version of a register is among these, which are in order.
fn is_known(noted: &[(RegisterId, u32)], id: RegisterId, board: &Board) -> bool {
    let first = noted.partition_point(|(other, _)| *other < id);
    let mut of_it = noted[first..].iter().take_while(|(other, _)| *other == id);
    of_it.any(|(_, version)| *version >= board.version(id))
}

impl Link {
    /// Compare what was said here with the board.
    pub fn compare_board(&mut self, board: &Board, headings: &Headings) {
        let other = self.contacts.keys().next().copied();
        let alone = other.filter(|_| !self.is_shared());
        self.posted.compare(board, headings, Place { link: self.id, alone });
    }
}

#[cfg(test)]
mod tests;
