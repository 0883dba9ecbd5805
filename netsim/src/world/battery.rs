//! Hosts that run from a battery: standing by empties it slowly, sending quickly, and a machine
//! whose battery is empty is gone until somebody has charged it.
//!
//! ```text
//! full ── minutes pass, frames leave ──→ empty: the power fails ── charged ──→ full, started
//! ```

use sanduan_protocol::base::time::Mono;
use sanduan_protocol::node::Input;

use super::disk::Unsynced;
use super::host::{HostId, Machine};
use super::schedule::{Action, Due};
use super::world::World;

/// A daemon looks at its battery this often, ms (`daemon::device`).
const LOOKS_EVERY_MS: u64 = 60_000;
/// A second of sending empties it as much as so many of listening: a handset of 5 W draws about
/// ten times as much on the air as on standby (our guess, from what handsets state).
const SENDING_TIMES: u64 = 10;
/// A machine that stands still empties it so many times as slowly.
const STILL_SHARE: u64 = 10;

/// The battery of one host, in milliseconds of standing by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Battery {
    full_ms: u64,
    left_ms: u64,
    /// To charge it takes so long, ms.
    charge_ms: u64,
    looked_at: Mono,
    /// Until then it is charged.
    charged_at: Mono,
}

impl Battery {
    fn percent(&self) -> u8 {
        (self.left_ms * 100 / self.full_ms.max(1)).min(100) as u8
    }
}

impl<M: Machine> World<M> {
    /// From now on the host runs from a full battery that lasts so long, and is charged for so
    /// long whenever it is empty; none for one that is plugged in.
    pub(super) fn unplug(&mut self, id: HostId, lasts: Option<(u64, u64)>) {
        let now = self.now;
        let is_new = self.host(id).battery.is_none();
        let battery = |(full_ms, charge_ms)| Battery {
            full_ms,
            left_ms: full_ms,
            charge_ms,
            looked_at: now,
            charged_at: Mono(0),
        };
        self.host_mut(id).battery = lasts.map(battery);
        self.tell_power(id);
        if is_new && lasts.is_some() {
            self.schedule.plan(now.after_ms(LOOKS_EVERY_MS), Due::Battery { host: id });
        }
    }

    /// A frame was so long on the air.
    pub(super) fn drain(&mut self, id: HostId, air_ms: u64) {
        if let Some(battery) = &mut self.host_mut(id).battery {
            battery.left_ms = battery.left_ms.saturating_sub(air_ms * SENDING_TIMES);
        }
    }

    /// True while the battery is charged and the machine cannot be started.
    pub(super) fn is_flat(&self, id: HostId) -> bool {
        self.host(id).battery.is_some_and(|battery| battery.charged_at > self.now)
    }

    /// The daemon looks at its battery, and says what it finds.
    pub(super) fn look_at_battery(&mut self, id: HostId) {
        let (now, is_up) = (self.now, self.host(id).machine().is_some());
        let share = if self.stands_still(id) { STILL_SHARE } else { 1 };
        let Some(battery) = &mut self.host_mut(id).battery else { return };
        let passed_ms = now.since_ms(battery.looked_at) / share;
        battery.looked_at = now;
        if is_up {
            battery.left_ms = battery.left_ms.saturating_sub(passed_ms);
        }
        if is_up && battery.left_ms == 0 {
            battery.left_ms = battery.full_ms;
            battery.charged_at = now.after_ms(battery.charge_ms);
            let charged_at = battery.charged_at;
            self.crash(id, Unsynced::Torn);
            self.at(charged_at, Action::Restart(id));
        }
        self.tell_power(id);
        self.schedule.plan(now.after_ms(LOOKS_EVERY_MS), Due::Battery { host: id });
    }

    /// The machine is told of the battery, if it was ever told of one.
    pub(super) fn tell_power(&mut self, id: HostId) {
        let host = self.host_mut(id);
        host.has_battery |= host.battery.is_some();
        if host.has_battery && !self.stands_still(id) {
            let battery_pct = self.host(id).battery.map(|battery| battery.percent());
            self.drive(id, Input::Power { battery_pct, is_charged: false });
        }
    }
}

#[cfg(test)]
mod tests;
