//! The roster: which devices there are, for whom they speak and what they may write. Built from
//! directory records by a higher floor, asked by whoever verifies a seal or judges a record. It
//! believes what it is given: the directory's own seals are verified before.

use std::collections::BTreeMap;

use crate::base::caps::DEVICES_MAX;
use crate::base::ids::{DepotId, DeviceId, UnitId};
use crate::base::roles::Roles;
use crate::keys::sign::PUBLIC_BYTES;
use crate::keys::suite::Suite;

/// What is known of one device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its public key.
    pub public: [u8; PUBLIC_BYTES],
    /// The unit it speaks for.
    pub unit: UnitId,
    /// What it may write.
    pub roles: Roles,
    /// The one depot it may post for; `None`: those of its unit.
    pub depot_scope: Option<DepotId>,
}

impl Member {
    /// May it post stock of this depot, which `custodian` keeps? With `stock.all` always; with
    /// `stock.post` in its own scope.
    pub fn may_post(&self, depot: DepotId, custodian: UnitId) -> bool {
        let in_scope = match self.depot_scope {
            Some(scope) => scope == depot,
            None => custodian == self.unit,
        };
        self.roles.has(Roles::STOCK_ALL) || (self.roles.has(Roles::STOCK_POST) && in_scope)
    }
}

/// Why a device was not put on the roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RosterError {
    /// The table is full: [`DEVICES_MAX`] devices.
    Full,
    /// The public key is no key, or one that everybody could sign for.
    BadKey,
    /// Another device has this key: one key must never speak with two voices.
    KeyInUse,
}

impl RosterError {
    /// The reason in one word, for counters and logs.
    pub fn word(self) -> &'static str {
        match self {
            RosterError::Full => "roster_full",
            RosterError::BadKey => "bad_key",
            RosterError::KeyInUse => "key_in_use",
        }
    }
}

impl std::fmt::Display for RosterError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

impl std::error::Error for RosterError {}

/// Every device of the network that the directory names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    suite: Suite,
    members: BTreeMap<DeviceId, Member>,
    devices: BTreeMap<[u8; PUBLIC_BYTES], DeviceId>,
}

impl Roster {
    /// A roster without devices, of a network with suite 0.
    pub fn new() -> Roster {
        Roster::default()
    }

    /// A roster without devices.
    pub fn of(suite: Suite) -> Roster {
        Roster { suite, ..Roster::default() }
    }

    /// Put a device on the roster, or replace what was known of it. On an error nothing changes.
    pub fn insert(&mut self, device: DeviceId, member: Member) -> Result<(), RosterError> {
        if !self.members.contains_key(&device) && self.members.len() >= DEVICES_MAX {
            return Err(RosterError::Full);
        }
        if self.devices.get(&member.public).is_some_and(|owner| *owner != device) {
            return Err(RosterError::KeyInUse);
        }
        if !self.suite.is_sound(&member.public) {
            return Err(RosterError::BadKey);
        }
        if let Some(before) = self.members.insert(device, member) {
            self.devices.remove(&before.public);
        }
        self.devices.insert(member.public, device);
        Ok(())
    }

    /// Take a device off the roster; what was known of it is the answer.
    pub fn remove(&mut self, device: DeviceId) -> Option<Member> {
        let member = self.members.remove(&device)?;
        self.devices.remove(&member.public);
        Some(member)
    }

    /// What is known of a device.
    pub fn device(&self, device: DeviceId) -> Option<&Member> {
        self.members.get(&device)
    }

    /// The device that has this key.
    pub fn device_of_key(&self, public: &[u8; PUBLIC_BYTES]) -> Option<DeviceId> {
        self.devices.get(public).copied()
    }

    /// True if the device is known and has every one of these roles.
    pub fn may(&self, device: DeviceId, needed: Roles) -> bool {
        self.device(device).is_some_and(|member| member.roles.has(needed))
    }

    /// The devices that speak for a unit, by their numbers.
    pub fn devices_of(&self, unit: UnitId) -> impl Iterator<Item = DeviceId> {
        self.iter().filter(move |(_, member)| member.unit == unit).map(|(device, _)| device)
    }

    /// All devices, by their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (DeviceId, &Member)> {
        self.members.iter().map(|(device, member)| (*device, member))
    }

    /// How many devices there are.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// True without devices.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::sign::DeviceKey;

    fn member(number: u16, unit: u16) -> Member {
        let mut seed = [0; 32];
        seed[..2].copy_from_slice(&number.to_be_bytes());
        Member {
            public: DeviceKey::from_seed(seed).public(),
            unit: UnitId(unit),
            roles: Roles::RECEIPT.with(Roles::STOCK_POST),
            depot_scope: None,
        }
    }

    #[test]
    fn a_device_is_known_by_number_and_by_key() {
        let mut roster = Roster::new();
        assert!(roster.is_empty());
        roster.insert(DeviceId(4), member(4, 9)).expect("room");
        assert_eq!(roster.device(DeviceId(4)), Some(&member(4, 9)));
        assert_eq!(roster.device_of_key(&member(4, 9).public), Some(DeviceId(4)));
        assert_eq!(roster.device(DeviceId(5)), None);
        assert_eq!(roster.len(), 1);
    }

    #[test]
    fn a_renewed_key_replaces_the_old_one() {
        let mut roster = Roster::new();
        roster.insert(DeviceId(4), member(4, 9)).expect("room");
        roster.insert(DeviceId(4), member(40, 9)).expect("same device");
        assert_eq!(roster.device_of_key(&member(4, 9).public), None);
        roster.insert(DeviceId(5), member(4, 9)).expect("the old key is free");
        assert_eq!(roster.remove(DeviceId(4)), Some(member(40, 9)));
        assert_eq!(roster.device_of_key(&member(40, 9).public), None);
        assert_eq!(roster.remove(DeviceId(4)), None);
    }

    #[test]
    fn one_key_never_belongs_to_two_devices() {
        let mut roster = Roster::new();
        roster.insert(DeviceId(4), member(4, 9)).expect("room");
        assert_eq!(roster.insert(DeviceId(5), member(4, 9)), Err(RosterError::KeyInUse));
        assert_eq!(roster.insert(DeviceId(4), member(4, 7)), Ok(()));
        let weak = Member { public: [0; 32], ..member(1, 1) };
        assert_eq!(roster.insert(DeviceId(6), weak), Err(RosterError::BadKey));
        assert_eq!(roster.len(), 1);
    }

    #[test]
    fn the_roster_is_bounded_and_a_full_one_still_takes_renewals() {
        let mut roster = Roster::new();
        let max = u16::try_from(DEVICES_MAX).expect("indexes have two bytes");
        for number in 1..=max {
            roster.insert(DeviceId(number), member(number, 1)).expect("room");
        }
        let one_more = max + 1;
        let refused = roster.insert(DeviceId(one_more), member(one_more, 1));
        assert_eq!(refused, Err(RosterError::Full));
        assert_eq!(roster.insert(DeviceId(1), member(one_more, 2)), Ok(()));
        assert_eq!(roster.len(), DEVICES_MAX);
    }

    #[test]
    fn a_unit_has_several_devices_and_roles_are_asked_of_each() {
        let mut roster = Roster::new();
        for (number, unit) in [(3, 7), (1, 7), (2, 8)] {
            roster.insert(DeviceId(number), member(number, unit)).expect("room");
        }
        assert_eq!(roster.devices_of(UnitId(7)).collect::<Vec<_>>(), [DeviceId(1), DeviceId(3)]);
        assert!(roster.may(DeviceId(1), Roles::RECEIPT));
        assert!(!roster.may(DeviceId(1), Roles::RECEIPT.with(Roles::REVOKE)));
        assert!(!roster.may(DeviceId(9), Roles::NONE), "an unknown device may nothing");
    }

    #[test]
    fn stock_is_posted_in_scope_only() {
        let (own, other) = (UnitId(7), UnitId(8));
        let keeper = member(1, own.0);
        assert!(keeper.may_post(DepotId(1), own));
        assert!(!keeper.may_post(DepotId(1), other));
        let scoped = Member { depot_scope: Some(DepotId(2)), ..keeper };
        assert!(scoped.may_post(DepotId(2), other));
        assert!(!scoped.may_post(DepotId(1), own));
        let all = Member { roles: Roles::STOCK_ALL, ..keeper };
        assert!(all.may_post(DepotId(1), other));
        let none = Member { roles: Roles::RECEIPT, ..keeper };
        assert!(!none.may_post(DepotId(1), own));
    }
}
