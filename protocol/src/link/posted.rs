//! Which registers of the board were said or heard on one link, and which are still to be said. A
//! board has thousands of registers and is asked for every frame, so only what changed since is
//! compared. Who needs to hear of a register is decided in `plan`.

use std::collections::BTreeSet;
use std::ops::Bound::{Excluded, Included, Unbounded};

use crate::base::ids::{DeviceId, Lane, LaneId};
use crate::base::time::Mono;
use crate::sync::board::Board;
use crate::wire::bundle::RegisterId;

/// The last of all lanes.
const LAST_LANE: LaneId =
    LaneId { author: DeviceId(u16::MAX), incarnation: u8::MAX, lane: Lane::Stock };
/// The first of the registers that tell which orders devices hold; fixes stand before them.
const FIRST_HELD: RegisterId = RegisterId::Held(DeviceId(0), FIRST_LANE);
/// The first of all lanes.
const FIRST_LANE: LaneId = LaneId { author: DeviceId(0), incarnation: 0, lane: Lane::Command };
/// The first of the registers that tell how devices are; all others stand before them.
const FIRST_STATUS: RegisterId = RegisterId::Status(DeviceId(0));

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

/// Whether everyone on a channel knows what waits is asked again this often, ms: only who hears
/// whom may have changed meanwhile.
const QUIET_MS: u64 = 5_000;

/// What was said of the board on one link.
#[derive(Clone, Debug, Default)]
pub struct Posted {
    /// Registers whose newest version was neither sent nor heard here.
    unsaid: BTreeSet<RegisterId>,
    /// The change of the board up to which that is known.
    seen: u64,
    /// What was sent or heard since, in which version.
    noted: Vec<(RegisterId, u32)>,
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

    /// All fixes are to be said again, as far as somebody may lack them.
    pub fn forget_fixes(&mut self) {
        self.noted.retain(|(id, _)| !matches!(id, RegisterId::Fix(..)));
        self.forgets_fixes = true;
    }

    /// Compare with the board what changed on either side.
    pub fn compare(&mut self, board: &Board) {
        if self.seen != board.changes() {
            self.unsaid.extend(board.changed_after(self.seen));
            if self.quiet_until.is_some() {
                self.fresh.extend(board.changed_after(self.seen));
            }
            self.seen = board.changes();
        }
        if std::mem::take(&mut self.forgets_fixes) {
            self.unsaid.extend(board.fixes());
        }
        for (id, version) in std::mem::take(&mut self.noted) {
            if board.version(id) <= version {
                self.unsaid.remove(&id);
            } else {
                // Whoever said this has an older one than ours.
                self.unsaid.insert(id);
                self.fresh.push(id);
            }
        }
    }

    /// True if some register that is no fix, and of which not everyone `knows`, is to be said, as
    /// of the last comparison: orders that a device holds, and how devices are. Who knows of what
    /// is asked of all registers once in a while, and else only of what is new.
    pub fn has_patient(&mut self, now: Mono, knows: impl Fn(DeviceId) -> bool) -> (bool, bool) {
        let fresh = std::mem::take(&mut self.fresh);
        let found = if self.quiet_until.is_some_and(|until| now < until) {
            let fresh = || fresh.iter().filter(|id| self.unsaid.contains(id));
            let is_held =
                |id: &RegisterId| matches!(id, RegisterId::Held(device, _) if !knows(*device));
            let is_status = |id: &RegisterId| matches!(id, RegisterId::Status(_));
            (fresh().any(is_held), fresh().any(is_status))
        } else {
            let held = self.unsaid(Kind::Held, knows).next().is_some();
            (held, self.unsaid(Kind::Status, |_| false).next().is_some())
        };
        self.quiet_until = match (found, self.quiet_until.filter(|until| now < *until)) {
            ((false, false), None) => Some(now.after_ms(QUIET_MS)),
            ((false, false), until) => until,
            ((true, _) | (_, true), _) => None,
        };
        found
    }

    /// What this device holds need not be said here: nobody but itself would hear it.
    pub fn leave_out(&mut self, device: DeviceId) {
        let first = RegisterId::Held(device, FIRST_LANE);
        let last = RegisterId::Held(device, LAST_LANE);
        while let Some(id) = self.unsaid.range(first..=last).next().copied() {
            self.unsaid.remove(&id);
        }
    }

    /// Nothing is to be said, as of the last comparison.
    pub fn has_said_all(&self) -> bool {
        self.unsaid.is_empty()
    }

    /// Registers of one kind to be said, in order, as of the last comparison. Orders that a device
    /// holds are left out if it `knows` of them.
    pub fn unsaid(
        &self,
        kind: Kind,
        knows: impl Fn(DeviceId) -> bool,
    ) -> impl Iterator<Item = RegisterId> {
        let (mut from, to) = match kind {
            Kind::Fix => (Unbounded, Excluded(FIRST_HELD)),
            Kind::Held => (Included(FIRST_HELD), Excluded(FIRST_STATUS)),
            Kind::Status => (Included(FIRST_STATUS), Unbounded),
        };
        let mut asked: Option<DeviceId> = None;
        std::iter::from_fn(move || {
            loop {
                let id = *self.unsaid.range((from, to)).next()?;
                from = Excluded(id);
                match id {
                    RegisterId::Held(device, _) if asked != Some(device) => {
                        if knows(device) {
                            from = Excluded(RegisterId::Held(device, LAST_LANE));
                            continue;
                        }
                        asked = Some(device);
                    }
                    RegisterId::Held(..) | RegisterId::Fix(..) | RegisterId::Status(_) => {}
                }
                return Some(id);
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::UnitId;
    use crate::wire::bundle::Register;

    #[test]
    fn a_register_is_to_be_said_until_its_newest_version_was() {
        let fix = RegisterId::Fix(DeviceId(1), UnitId(1));
        let held =
            |author| RegisterId::Held(DeviceId(2), LaneId::first(DeviceId(author), Lane::Command));
        let status = RegisterId::Status(DeviceId(3));
        let mut board = Board::default();
        let put = |board: &mut Board, id, version| {
            board.put(&Register { id, version, value: Vec::new() });
        };
        [fix, held(4), held(5), status].into_iter().for_each(|id| put(&mut board, id, 1));
        let mut posted = Posted::default();
        let unsaid = |posted: &mut Posted, board: &Board, kind, knows| {
            posted.compare(board);
            posted.unsaid(kind, |_| knows).collect::<Vec<_>>()
        };
        assert_eq!(unsaid(&mut posted, &board, Kind::Fix, true), [fix]);
        assert_eq!(unsaid(&mut posted, &board, Kind::Held, false), [held(4), held(5)]);
        assert_eq!(unsaid(&mut posted, &board, Kind::Held, true), []);
        assert_eq!(unsaid(&mut posted, &board, Kind::Status, false), [status]);
        posted.note(fix, 1);
        posted.note(held(4), 1);
        assert_eq!(unsaid(&mut posted, &board, Kind::Held, false), [held(5)]);
        assert_eq!(unsaid(&mut posted, &board, Kind::Fix, false), []);
        put(&mut board, held(4), 2);
        assert_eq!(unsaid(&mut posted, &board, Kind::Held, false), [held(4), held(5)]);
        posted.forget_fixes();
        assert_eq!(unsaid(&mut posted, &board, Kind::Fix, false), [fix]);
        posted.note(held(5), 1);
        put(&mut board, held(5), 3);
        assert_eq!(unsaid(&mut posted, &board, Kind::Held, false), [held(4), held(5)]);
        posted.leave_out(DeviceId(2));
        assert_eq!(unsaid(&mut posted, &board, Kind::Held, false), []);
        posted.note(held(5), 2);
        assert_eq!(unsaid(&mut posted, &board, Kind::Held, false), [held(5)], "older is there");
        assert!(!posted.has_said_all());
    }

    #[test]
    fn what_everyone_knew_is_not_asked_again_for_a_while_and_news_is() {
        let held =
            |device| RegisterId::Held(DeviceId(device), LaneId::first(DeviceId(9), Lane::Command));
        let mut board = Board::default();
        let mut posted = Posted::default();
        let mut ask = |device: u16, version, at_ms, known: u16| {
            board.put(&Register { id: held(device), version, value: Vec::new() });
            posted.compare(&board);
            posted.has_patient(Mono(at_ms), |device| device.0 <= known)
        };
        assert_eq!(ask(1, 1, 0, 1), (false, false));
        assert_eq!(ask(1, 1, 10, 0), (false, false), "the same register, asked again too soon");
        assert_eq!(ask(2, 1, 20, 2), (false, false));
        assert_eq!(ask(3, 1, 30, 2), (true, false), "news that not everyone knows");
        assert_eq!(ask(3, 1, 40, 2), (true, false), "until it is said");
        assert_eq!(ask(3, 1, 50, 3), (false, false));
        assert_eq!(ask(3, 1, 50 + QUIET_MS, 2), (true, false), "asked anew after a while");
    }
}
