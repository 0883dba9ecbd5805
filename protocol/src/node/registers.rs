//! The board: what devices say of themselves, and which orders others are known to hold. Taken in
//! here, told to local programs, and passed on to whoever does not hear the sender.

use crate::base::ids::{DeviceId, Lane, LaneId, LinkId};
use crate::node::Node;
use crate::wire::bundle::{Register, RegisterId};

impl Node {
    pub(super) fn heard_registers(&mut self, id: LinkId, sender: DeviceId, registers: &[Register]) {
        // Asked of all that are there, and the same for the whole frame.
        let mut is_unheard = None;
        for register in registers {
            let may = match register.id {
                RegisterId::Fix(device, unit) => self.may_report(device, unit),
                RegisterId::Held(..) | RegisterId::Status(_) => true,
            };
            if !may {
                self.note_dropped(id, "no_right");
                continue;
            }
            if matches!(register.id, RegisterId::Held(..)) && self.cannot_save() {
                continue;
            }
            if let RegisterId::Fix(device, unit) = register.id
                && device == self.who.device
                && self.own_fix.is_unsaved(unit)
            {
                // What others remember of us is older than what goes to the disk now.
                continue;
            }
            let is_news = self.board.put(register);
            if is_news {
                self.hashes.board_stale = true;
                self.keep_register(register.clone());
                self.take_register(register);
                self.feed_register(register);
            }
            if let RegisterId::Fix(device, _) | RegisterId::Status(device) = register.id
                && is_news
            {
                self.whom.came(device, sender);
            }
            if let RegisterId::Fix(device, unit) = register.id
                && is_news
                && device == self.who.device
            {
                self.stand_by_fix(unit);
            }
            let Some(link) = self.links.get_mut(id) else { return };
            let is_for_others =
                is_news && *is_unheard.get_or_insert_with(|| link.has_deaf_to(sender));
            if is_for_others {
                // Who does not hear the sender hears it from us.
                let wait_ms = link.chorus_ms(self.now.mono, &mut self.dice);
                link.board_at.get_or_insert(self.now.mono.after_ms(wait_ms));
            } else {
                // The sender has this version; if ours is newer, ours goes out.
                link.posted.note(register.id, register.version);
            }
        }
    }

    /// A device is known to hold a lane up to here. Only orders are of interest to others. While
    /// the disk refuses it is not taken in, nor said: it would be gone after a crash, and what was
    /// shown as delivered would be so no more. Whoever holds the order says so again.
    pub(super) fn note_held(&mut self, device: DeviceId, id: LaneId, head: u32) {
        self.stop_elsewhere(device, id, head, head);
        self.note_handed(device, id, head);
        if id.lane != Lane::Command || self.cannot_save() {
            return;
        }
        let Some(lane) = self.book.lane(id) else { return };
        let known = self.board.version(RegisterId::Held(device, id));
        let last = lane.last_order(head.min(lane.saved())).filter(|seq| *seq > known);
        let Some(version) = last else { return };
        let register = Register { id: RegisterId::Held(device, id), version, value: Vec::new() };
        if self.board.put(&register) {
            self.keep_register(register.clone());
            self.feed_register(&register);
        }
    }

    /// A device said on one link that it holds this much: no other link need say it again.
    pub(super) fn stop_elsewhere(&mut self, device: DeviceId, id: LaneId, head: u32, sealed: u32) {
        let Some(lane) = self.book.lane(id) else { return };
        let (head, sealed) = (head.min(lane.saved()), sealed.min(lane.saved_sealed()));
        if head == 0 {
            return;
        }
        self.links.learn(device, (id, lane), head, sealed);
    }

    /// The console hears of orders whose delivery or place changed.
    fn feed_register(&mut self, register: &Register) {
        match register.id {
            RegisterId::Fix(_, unit) => self.feed_position(unit),
            RegisterId::Status(device) => self.feed_vitals(device),
            RegisterId::Held(_, lane) => {
                self.stale_rows.insert(lane.at(register.version).into());
            }
        }
    }
}
