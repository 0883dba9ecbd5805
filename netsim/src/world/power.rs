//! How a machine and the bearers of its links go off and on again. What it does while it is on is
//! in [`super::run`].

use sanduan_protocol::base::ids::LinkId;
use sanduan_protocol::base::time::{Mono, Now, Wall};
use sanduan_protocol::node::Input;

use super::canary::Canary;
use super::disk::Unsynced;
use super::host::{HostId, Machine, WALL_AT_START_MS};
use super::world::World;

impl<M: Machine> World<M> {
    /// The machine is gone at once, with these of its unsynced batches. What waits in its TNCs
    /// still goes on the air.
    pub fn crash(&mut self, id: HostId, unsynced: Unsynced) {
        self.trace.note(self.now, id.0, "crash", &[]);
        self.touch(id);
        self.note_changed_orders(id);
        let host = &mut self.hosts[usize::from(id.0)];
        host.machine = None;
        host.boot += 1;
        host.wake = None;
        host.paused_until = Mono(0);
        host.disk.crash(unsynced, &mut self.dice);
        for end in 0..self.host(id).ends.len() {
            self.close_end(id, end);
        }
    }

    /// Start a host from its disk; nothing happens if it is up.
    pub fn start(&mut self, id: HostId) {
        let at = self.now;
        let canary = self.canary;
        let forgets = canary == Some(Canary::ForgetsCounters);
        let is_flat = self.is_flat(id);
        let host = self.host_mut(id);
        if host.machine.is_some() || host.disk.is_unreadable || is_flat {
            return;
        }
        let mut now = host.now(at);
        if forgets {
            // What keeps two starts apart is on the disk, the clock, and the chance of the moment.
            host.disk.forget(b"n");
            now = Now { mono: Mono(0), wall: Wall(WALL_AT_START_MS) };
        }
        host.disk.is_read();
        let mut machine = (host.open)(host.disk.stored(), now);
        if let Some(canary) = canary {
            machine.break_promise(canary);
        }
        if host.changed_orders.is_some() {
            machine.unheard();
        }
        host.machine = Some(machine);
        host.last_batch = None;
        let ends: Vec<_> = host.ends.iter().map(|end| (end.link, end.profile.clone())).collect();
        self.trace.note(at, id.0, "start", &[]);
        self.drive(id, Input::Tick);
        self.forget_told(id);
        self.tell_power(id);
        for (number, (link, profile)) in ends.into_iter().enumerate() {
            if self.host(id).ends[number].down {
                continue;
            }
            self.drive(id, Input::LinkUp { link, profile });
            self.introduce(id, number);
            self.first_ready(id, number);
        }
    }

    /// A link that was just opened may be handed a frame, or will say so itself.
    fn first_ready(&mut self, id: HostId, number: usize) {
        self.host_mut(id).ends[number].ready = false;
        if !self.opens_itself(id, number) {
            self.say_ready(id, number);
        }
    }

    /// The bearer of a link fails, or works again; its daemon tells the machine.
    pub(super) fn flap(&mut self, id: HostId, link: LinkId, up: bool) {
        let Some(number) = self.host(id).ends.iter().position(|end| end.link == link) else {
            return;
        };
        let end = &mut self.host_mut(id).ends[number];
        let (was_down, profile) = (end.down, end.profile.clone());
        end.down = !up;
        if !up {
            end.ready = false;
            let reason = "made up".to_owned();
            self.close_end(id, number);
            self.drive(id, Input::LinkDown { link, profile, reason });
        } else if was_down {
            self.drive(id, Input::LinkUp { link, profile });
            self.introduce(id, number);
            self.first_ready(id, number);
        }
    }
}
