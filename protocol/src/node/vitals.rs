//! How devices are: our own battery and links onto the board, everybody's off it onto rows. What
//! the values mean and when they are worth the air is in `field::vitals`.

use crate::base::ids::DeviceId;
use crate::base::time::Mono;
use crate::field::vitals::{LinkKinds, Vitals, spares};
use crate::node::Node;
use crate::wire::bundle::{Register, RegisterId};
use crate::wire::pack::Pack;

/// What we last said of ourselves.
#[derive(Debug, Default)]
pub struct OwnVitals {
    battery_pct: Option<u8>,
    /// It is low and nothing charges it: what can wait does.
    is_sparing: bool,
    /// Since when we were told of our battery; silent before, as in worlds without devices.
    since: Option<Mono>,
    said: Option<Vitals>,
    said_at: Mono,
}

impl Node {
    /// The battery was looked at.
    pub(super) fn power(&mut self, battery_pct: Option<u8>, is_charged: bool) {
        let own = &mut self.own_vitals;
        own.battery_pct = battery_pct.map(|percent| percent.min(100));
        own.is_sparing = spares(own.is_sparing, own.battery_pct, is_charged);
        own.since.get_or_insert(self.now.mono);
    }

    /// Own fixes go seldom, as the battery is low.
    pub(super) fn is_sparing(&self) -> bool {
        self.own_vitals.is_sparing
    }

    /// How this device is.
    pub(super) fn vitals_now(&self) -> Vitals {
        let up = self.links.values().filter(|link| link.up);
        Vitals {
            battery_pct: self.own_vitals.battery_pct,
            links: LinkKinds::of(up.map(|link| link.profile.kind.as_str())),
        }
    }

    /// When our vitals must be said; none while the disk refuses, as they could not be kept.
    pub(super) fn vitals_at(&self) -> Option<Mono> {
        let own = &self.own_vitals;
        let since = own.since.filter(|_| self.disk.poisoned.is_none())?;
        let at = if own.said.is_some() { own.said_at } else { since };
        Some(self.vitals_now().due_at(own.said.as_ref(), at))
    }

    /// Say them if they are due.
    pub(super) fn vitals_due(&mut self) {
        if self.vitals_at().is_none_or(|at| at > self.now.mono) {
            return;
        }
        let vitals = self.vitals_now();
        (self.own_vitals.said, self.own_vitals.said_at) = (Some(vitals), self.now.mono);
        let id = RegisterId::Status(self.who.device);
        // A clock that was set back must not make us unheard.
        let seconds = u32::try_from(self.now.wall.0 / 1000).unwrap_or(u32::MAX);
        let version = seconds.max(self.board.version(id).saturating_add(1));
        let register = Register { id, version, value: vitals.packed() };
        if self.board.put(&register) {
            self.keep_register(register);
            self.feed_vitals(self.who.device);
        }
    }

    /// What a device last said of itself, and when by its own clock, seconds since 1970.
    pub(super) fn vitals_of(&self, device: DeviceId) -> Option<(Vitals, u32)> {
        let register = self.board.get(RegisterId::Status(device))?;
        Vitals::unpack_all(&register.value).ok().map(|vitals| (vitals, register.version))
    }

    /// The rows that show a device change with it.
    pub(super) fn feed_vitals(&mut self, device: DeviceId) {
        let links: Vec<_> = self.links.keys().collect();
        links.into_iter().for_each(|link| self.feed_peer(link, device));
        let units: Vec<_> = self
            .folds
            .tracks
            .iter()
            .filter(|(from, _)| *from == device)
            .map(|(_, fix)| fix.unit)
            .collect();
        units.into_iter().for_each(|unit| self.feed_position(unit));
    }
}
