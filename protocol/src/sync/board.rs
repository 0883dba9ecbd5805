//! The board: newest values of registers, last writer wins by version. Never a log, never
//! repaired one by one: a register that changed goes out again, older values are forgotten.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::caps::BOARD_MAX;
use crate::base::ids::{DeviceId, LaneId};
use crate::base::set_hash::SetHash;
use crate::wire::bundle::{Register, RegisterId};
use crate::wire::pack::Pack;

/// The newest value of one register here.
#[derive(Clone, Debug)]
struct Known {
    version: u32,
    value: Vec<u8>,
    /// The change by which it came.
    change: u64,
}

/// All registers known here.
#[derive(Clone, Debug, Default)]
pub struct Board {
    /// All but those of `holders`.
    registers: BTreeMap<RegisterId, Known>,
    /// Which devices hold which lane up to which order: by far the most of all registers, and
    /// mostly told of again.
    holders: BTreeMap<LaneId, BTreeMap<DeviceId, Known>>,
    holder_count: usize,
    /// The register of each change that no later one of the same overtook.
    changed: BTreeMap<u64, RegisterId>,
    /// Grows with every change.
    changes: u64,
    /// Of all fixes, and how often one of them changed.
    fixes: SetHash,
    fix_changes: u64,
}

impl Board {
    /// Take in a value. True if it is newer than what was here. Equal versions with different
    /// values are decided by the larger bytes, so that all nodes end up with the same one.
    pub fn put(&mut self, register: &Register) -> bool {
        let (id, change) = (register.id, self.changes + 1);
        let room = self.registers.len() + self.holder_count < BOARD_MAX;
        let is_fix = matches!(id, RegisterId::Fix(..));
        let new = || Known { version: register.version, value: register.value.clone(), change };
        match self.known_mut(id) {
            Some(known) => {
                if (register.version, &register.value) <= (known.version, &known.value) {
                    return false;
                }
                let old = std::mem::replace(known, new());
                self.changed.remove(&old.change);
                if is_fix {
                    self.fixes.leave(element(id, old.version, &old.value));
                }
            }
            None if !room => return false,
            None => match id {
                RegisterId::Held(device, lane) => {
                    self.holder_count += 1;
                    self.holders.entry(lane).or_default().insert(device, new());
                }
                RegisterId::Fix(..) | RegisterId::Status(_) => {
                    self.registers.insert(id, new());
                }
            },
        }
        self.changes = change;
        self.changed.insert(change, id);
        if is_fix {
            self.fixes.enter(element(id, register.version, &register.value));
            self.fix_changes += 1;
        }
        true
    }

    fn known(&self, id: RegisterId) -> Option<&Known> {
        match id {
            RegisterId::Held(device, lane) => self.holders.get(&lane)?.get(&device),
            RegisterId::Fix(..) | RegisterId::Status(_) => self.registers.get(&id),
        }
    }

    fn known_mut(&mut self, id: RegisterId) -> Option<&mut Known> {
        match id {
            RegisterId::Held(device, lane) => self.holders.get_mut(&lane)?.get_mut(&device),
            RegisterId::Fix(..) | RegisterId::Status(_) => self.registers.get_mut(&id),
        }
    }

    /// Changes so far, counted from 1.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Changes of fixes so far. Of the other registers nobody is in a hurry.
    pub fn fix_changes(&self) -> u64 {
        self.fix_changes
    }

    /// Registers whose newest value came after this change, so that nobody has to look through
    /// all of them for what is new.
    pub fn changed_after(&self, change: u64) -> impl Iterator<Item = RegisterId> {
        self.changed.range(change + 1..).map(|(_, id)| *id)
    }

    /// The version of a register; 0 if it is not known.
    pub fn version(&self, id: RegisterId) -> u32 {
        self.known(id).map_or(0, |known| known.version)
    }

    /// The last order of a lane that any device is known to hold, its author not counted; 0 if
    /// there is none.
    pub fn held_most(&self, lane: LaneId) -> u32 {
        let others = self.holders(lane).filter(|(device, _)| *device != lane.author);
        others.map(|(_, head)| head).max().unwrap_or(0)
    }

    /// Devices that hold orders of this lane, and up to which.
    pub fn holders(&self, lane: LaneId) -> impl Iterator<Item = (DeviceId, u32)> {
        let all = self.holders.get(&lane).into_iter().flatten();
        all.map(|(device, known)| (*device, known.version))
    }

    /// One register.
    pub fn get(&self, id: RegisterId) -> Option<Register> {
        let known = self.known(id)?;
        Some(Register { id, version: known.version, value: known.value.clone() })
    }

    /// All registers in order.
    pub fn iter(&self) -> impl Iterator<Item = (RegisterId, u32, &[u8])> {
        let of_lane = |(lane, held): (&LaneId, &BTreeMap<DeviceId, Known>)| {
            held.keys().map(|device| RegisterId::Held(*device, *lane)).collect::<Vec<_>>()
        };
        let held = self.holders.iter().flat_map(of_lane);
        let ids: BTreeSet<RegisterId> = held.chain(self.registers.keys().copied()).collect();
        let known = move |id| Some((id, self.known(id)?));
        let all = ids.into_iter().filter_map(known);
        all.map(|(id, known)| (id, known.version, known.value.as_slice()))
    }

    /// All fixes in order; they stand before all other registers.
    pub fn fixes(&self) -> impl Iterator<Item = RegisterId> {
        self.registers.keys().copied().take_while(|id| matches!(id, RegisterId::Fix(..)))
    }

    /// A hash of all fixes. How much of a lane others hold is not part of it: two nodes may well
    /// know different things about a third. Nor is how devices are: not worth a repair.
    pub fn fixes_hash(&self) -> [u8; 32] {
        self.fixes.bytes()
    }
}

/// Bytes of most fixes.
const ELEMENT_BYTES: usize = 64;

/// What a fix adds to the hash of all.
fn element(id: RegisterId, version: u32, value: &[u8]) -> SetHash {
    let mut bytes = Vec::with_capacity(ELEMENT_BYTES);
    id.pack(&mut bytes);
    bytes.extend_from_slice(&version.to_be_bytes());
    bytes.extend_from_slice(value);
    SetHash::of(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::UnitId;

    fn fix(version: u32, value: &[u8]) -> Register {
        let id = RegisterId::Fix(DeviceId(1), UnitId(1));
        Register { id, version, value: value.to_vec() }
    }

    #[test]
    fn the_newest_wins_in_any_order() {
        let values = [fix(1, b"a"), fix(3, b"c"), fix(3, b"d"), fix(2, b"b")];
        let (mut forth, mut back) = (Board::default(), Board::default());
        for value in &values {
            forth.put(value);
        }
        for value in values.iter().rev() {
            back.put(value);
        }
        assert_eq!(forth.get(values[0].id), Some(fix(3, b"d")));
        assert_eq!(forth.fixes_hash(), back.fixes_hash());
        assert!(!forth.put(&fix(3, b"d")), "the same value again is no news");
    }

    #[test]
    fn all_are_told_in_order_of_kind_then_device_then_lane() {
        let lane = |author| LaneId::first(DeviceId(author), crate::base::ids::Lane::Command);
        let ids = [
            RegisterId::Fix(DeviceId(9), UnitId(1)),
            RegisterId::Held(DeviceId(1), lane(5)),
            RegisterId::Held(DeviceId(2), lane(4)),
            RegisterId::Held(DeviceId(2), lane(6)),
            RegisterId::Status(DeviceId(1)),
        ];
        let mut board = Board::default();
        for id in ids.into_iter().rev() {
            assert!(board.put(&Register { id, version: 2, value: vec![7] }));
            assert!(!board.put(&Register { id, version: 1, value: vec![8] }), "older");
        }
        let all: Vec<_> =
            board.iter().map(|(id, version, value)| (id, version, value[0])).collect();
        assert_eq!(all, ids.map(|id| (id, 2, 7)));
        assert_eq!(ids.map(|id| board.version(id)), [2; 5]);
        assert_eq!(board.holders(lane(6)).collect::<Vec<_>>(), [(DeviceId(2), 2)]);
    }

    #[test]
    fn what_changed_after_a_moment_is_told_once_however_often_it_changed() {
        let other = Register { id: RegisterId::Status(DeviceId(2)), ..fix(1, b"x") };
        let mut board = Board::default();
        [fix(1, b"a"), other.clone(), fix(2, b"b"), fix(1, b"old")].iter().for_each(|register| {
            board.put(register);
        });
        let told = |change| board.changed_after(change).collect::<Vec<_>>();
        assert_eq!(told(0), [other.id, fix(0, b"").id]);
        assert_eq!((told(2), told(board.changes())), (vec![fix(0, b"").id], Vec::new()));
    }
}
