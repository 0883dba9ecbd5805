//! What befalls one machine: its disk, its clock, its power. Links and crashes have actions of
//! their own.

use sanduan_protocol::base::time::Mono;
use sanduan_protocol::node::Input;
use serde::{Deserialize, Serialize};

use super::host::{HostId, Machine};
use super::schedule::{Action, Due};
use super::world::World;

/// Something that goes wrong with one machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fault {
    /// The next sync of its disk fails; nothing is taken until it was started again.
    SyncFails,
    /// The disk cannot be read, or can again: the host does not start from it meanwhile.
    Unreadable {
        /// It cannot.
        unreadable: bool,
    },
    /// Bytes go bad under so many pairs that are not this device's own records.
    Rot {
        /// How many.
        pairs: u64,
    },
    /// From now on the clock runs wrong by so much.
    Drift {
        /// Millionths; below zero it is slow.
        ppm: i64,
    },
    /// The machine stands still, hears nothing and loses nothing: saving battery, or its lid shut.
    Pause {
        /// For so long, ms.
        for_ms: u64,
    },
    /// It runs from a battery from now on, or is plugged in again.
    Battery {
        /// A full one lasts so long while nothing is sent, ms; 0 for one that is plugged in.
        lasts_ms: u64,
        /// An empty one is charged for so long, ms.
        charge_ms: u64,
    },
    /// What lies on the disk now is so many percent of its quota from now on, and that is measured.
    Quota {
        /// Percent; 0 for no quota.
        pct: u64,
    },
    /// What lies on the disk is measured, if it has a quota.
    Measure,
    /// What is on the disk is copied.
    BackUp,
    /// The machine is gone, and the copy is put over its disk.
    PutBack,
    /// What is on the disk is copied into another machine, which is started with it.
    CopyTo {
        /// Number of that host, which was down so far.
        host: u16,
    },
}

impl Fault {
    /// The family that it belongs to.
    pub fn family(&self) -> &'static str {
        match self {
            Fault::SyncFails => "sync_fails",
            Fault::Unreadable { .. } => "unreadable",
            Fault::Rot { .. } => "rot",
            Fault::Drift { .. } => "drift",
            Fault::Pause { .. } => "pause",
            Fault::Battery { .. } => "battery",
            Fault::Quota { .. } | Fault::Measure => "quota",
            Fault::BackUp | Fault::PutBack => "rollback",
            Fault::CopyTo { .. } => "twin",
        }
    }
}

impl<M: Machine> World<M> {
    pub(super) fn befall(&mut self, id: HostId, fault: Fault) {
        let now = self.now;
        self.trace.note(now, id.0, fault.family(), &[]);
        let host = &mut self.hosts[usize::from(id.0)];
        match fault {
            Fault::SyncFails => host.disk.fails_once = true,
            Fault::Unreadable { unreadable } => host.disk.is_unreadable = unreadable,
            Fault::Rot { pairs } => {
                let own = (id.0 + 1).to_be_bytes();
                let may = |key: &[u8]| is_of_another(key, own);
                host.disk.rot(pairs, &mut self.dice, may);
            }
            Fault::Drift { ppm } => {
                host.clock_offset_ms += host.drifted_ms(now);
                host.drift = (ppm, now);
            }
            // One that is off does not stand still. One that does goes on after the longer of two:
            // what was due meanwhile was put off until then.
            Fault::Pause { for_ms } if host.machine.is_some() => {
                host.paused_until = host.paused_until.max(now.after_ms(for_ms));
            }
            Fault::Pause { .. } => {}
            Fault::Battery { lasts_ms, charge_ms } => {
                self.unplug(id, (lasts_ms > 0).then_some((lasts_ms, charge_ms)));
            }
            Fault::Quota { pct } => {
                host.disk.fill_to(pct);
                self.measure(id);
            }
            Fault::Measure if host.disk.has_quota() => self.measure(id),
            Fault::Measure => {}
            Fault::BackUp => host.disk.back_up(),
            Fault::CopyTo { host: twin } => {
                let (stored, twin) = (host.disk.stored().clone(), HostId(twin));
                if usize::from(twin.0) < self.hosts.len() {
                    self.host_mut(twin).disk.is_unreadable = false;
                    self.put_on_disk(twin, stored);
                    self.start(twin);
                }
            }
            Fault::PutBack => {
                if self.hosts[usize::from(id.0)].disk.put_back() {
                    self.crash(id, super::disk::Unsynced::Lost);
                }
            }
        }
    }

    /// The daemon measures its disk.
    fn measure(&mut self, id: HostId) {
        if self.host(id).machine.is_some() && !self.stands_still(id) {
            let measured = self.host(id).disk.measured();
            self.drive(id, Input::Room(measured));
        }
    }

    /// What concerns a machine that stands still happens once it goes on.
    pub(super) fn unless_paused(&mut self, action: Action) -> Option<Action> {
        let host = match &action {
            Action::Ask(host, ..) | Action::LinkUp(host, ..) => *host,
            Action::Cut(_)
            | Action::CutFrom(..)
            | Action::Heal(_)
            | Action::CutRadio(..)
            | Action::HealRadio(..)
            | Action::RadioLoss(..)
            | Action::RadioFading(..)
            | Action::RadioRate(..)
            | Action::Jam(..)
            | Action::Service(..)
            | Action::Crash(..)
            | Action::Restart(_)
            | Action::DiskRefuses(..)
            | Action::DiskSpeed(..)
            | Action::WireBecomes(..)
            | Action::Inject(..)
            | Action::SetClock(..)
            | Action::Befall(..) => return Some(action),
        };
        let Some(until) = self.paused_until(host) else { return Some(action) };
        match action {
            // It waits in the machine's socket, and is gone if the machine falls.
            Action::Ask(host, ask, request) => {
                let boot = self.host(host).boot;
                self.schedule.plan(until, Due::Asked { host, boot, ask, request });
            }
            action => self.at(until, action),
        }
        None
    }

    /// The same for what was planned.
    pub(super) fn unless_standing_still(&mut self, due: Due) -> Option<Due> {
        let host = match &due {
            Due::Tick { host, .. }
            | Due::Ready { host, .. }
            | Due::Meter { host, .. }
            | Due::Flush { host, .. }
            | Due::Synced { host, .. }
            | Due::Told { host, .. }
            | Due::Asked { host, .. } => *host,
            Due::Arrive { .. }
            | Due::Air { .. }
            | Due::Service { .. }
            | Due::Battery { .. }
            | Due::Act(_) => {
                return Some(due);
            }
        };
        match self.paused_until(host) {
            None => Some(due),
            // It stands still for longer than was known: what was asked keeps its order.
            Some(until) if matches!(due, Due::Asked { .. }) => {
                self.schedule.put_off(until, due);
                None
            }
            Some(until) => {
                self.schedule.plan(until, due);
                None
            }
        }
    }

    /// True while this machine stands still.
    pub fn stands_still(&self, id: HostId) -> bool {
        self.paused_until(id).is_some()
    }

    /// Until when the machine stands still, if it does.
    fn paused_until(&self, id: HostId) -> Option<Mono> {
        let until = self.host(id).paused_until;
        (until > self.now).then_some(until)
    }
}

/// True for a record, seal, proof or register of another device. A device's own records, and its
/// counters, are taken to be safe: the daemon keeps them twice (journal and queried store), and
/// no peer can give counters back.
fn is_of_another(key: &[u8], own: [u8; 2]) -> bool {
    match key.first() {
        Some(b'r' | b's' | b'f') => key.get(1..3) != Some(&own[..]),
        _ => false,
    }
}
