//! What a frame that was heard does: links learn who holds what, the book takes in records, the
//! board newer values. Nothing is answered here; links only note what they owe.

use crate::base::class::Urgency;
use crate::base::ids::{DeviceId, Lane, LaneId, LinkId, RecordId};
use crate::link::line::{Answer, is_lazy};
use crate::node::Node;
use crate::node::said::{acked_alone, called_in};
use crate::wire::bundle::{Devices, Holding, Register, Run, Section, Signature};

/// Whom a frame came from, and how it wants to be answered.
#[derive(Clone, Copy)]
pub(super) struct From {
    pub(super) link: LinkId,
    pub(super) sender: DeviceId,
    pub(super) answer: Answer,
}

impl Node {
    /// One frame from a link.
    pub(super) fn heard(&mut self, id: LinkId, frame: &[u8]) {
        let Some(link) = self.links.get_mut(id) else { return };
        link.counts.heard_frames += 1;
        link.counts.heard_bytes += frame.len() as u64;
        link.note_busy(frame.len(), self.now.mono);
        self.opener.set_clock(self.now.wall);
        if self.heard_mute(id, frame) {
            return;
        }
        let Some(opened) = self.open_frame(id, frame) else { return };
        let sender = opened.sender;
        if self.is_cut_off(&opened) {
            return self.note_dropped(id, "revoked");
        }
        let is_met = self.meet(id, sender);
        let (sections, dropped) = self.sections_of(&opened);
        let called = sections.iter().find_map(called_in);
        let now = self.now.mono;
        let from = match self.links.get_mut(id) {
            Some(link) => {
                link.mute.note_frame(frame, now);
                link.note_named(called.as_deref(), now);
                link.note_roll(called.as_deref().unwrap_or_default(), now);
                From {
                    link: id,
                    sender,
                    answer: link.answer(self.who.device, sender, called.as_deref(), now),
                }
            }
            None => return,
        };
        dropped.into_iter().for_each(|reason| self.note_dropped(id, reason));
        let acked = sections.iter().find_map(acked_alone).cloned();
        if is_met && !acked.as_ref().is_some_and(|held| self.is_one_of_us(id, held)) {
            self.greet(id);
        }
        for section in sections {
            match section {
                Section::Run(run) => self.heard_run(from, &run),
                Section::Part(part) => self.heard_part(from, &part),
                Section::Seal(record, seal) => self.heard_seal(from, record, &seal),
                Section::Piece(record, piece) => {
                    self.heard_piece(from, record, &piece);
                }
                Section::Ack(holdings) => self.heard_ack(id, sender, &holdings),
                Section::Digest(digest) => self.heard_digest(id, sender, opened.number, digest),
                Section::Same(echo) => self.heard_same(id, sender, echo),
                Section::Heads(heads) => self.heard_heads(id, sender, &heads),
                Section::Sketch(sketch) => self.heard_sketch(id, sender, opened.number, &sketch),
                Section::Delta(delta) => self.heard_delta(id, sender, opened.number, &delta),
                Section::Vouch(devices) => self.heard_vouch(id, acked.as_ref(), &devices),
                Section::Want(wants) => self.heard_wants(id, sender, &wants),
                Section::Lack(lack) => self.heard_lack(id, sender, opened.number, &lack),
                Section::Sum(sum) => self.heard_sum(from, &sum),
                Section::Absent(first, count) => self.heard_absent(id, first, count),
                Section::Twice(twice) => self.heard_twice(twice),
                Section::Board(registers) => self.heard_registers(id, sender, &registers),
                Section::Holders(order, devices) => {
                    self.heard_registers(id, sender, &Register::of_holders(order, &devices.0));
                }
                // Looked at and opened before all others.
                Section::Call(_) | Section::Packed(_) | Section::Fixes(_) => {}
            }
        }
    }

    pub(super) fn is_own(&self, lane: LaneId) -> bool {
        lane.author == self.who.device
    }

    /// Records of our own that we lost come back under our own seal, while nothing of ours waits
    /// for one. Nobody else can put a record or a seal into our lane.
    pub(super) fn may_take_back(&self, run: &Run) -> bool {
        let (head, sealed) = self.book.lane(run.lane).map_or((0, 0), |l| (l.head(), l.sealed()));
        let last = run.first + run.records.len() as u32 - 1;
        // Without the key that was named, a seal of our own could not be told from a forged one.
        let is_named = self.folds.order_keys.of(self.who.device).is_some();
        (is_named || !run.lane.is_keyed())
            && last > head
            && run.seal.is_some()
            && head == sealed
            && run.first <= head + 1
    }

    pub(super) fn heard_run(&mut self, from: From, run: &Run) {
        let last = run.first + run.records.len() as u32 - 1;
        if self.is_contested(from.link, from.sender, run) {
            return;
        }
        self.take_fetched(from.link, run);
        if self.is_own(run.lane) && !self.may_take_back(run) {
            let same = |(seq, record): (u32, &Vec<u8>)| {
                self.book.record(run.lane.at(seq)) == Some(record.as_slice())
            };
            if (run.first..).zip(&run.records).all(same) {
                self.note_said(from.link, from.sender, run.lane, last, 0);
            }
            return;
        }
        if self.leaves_for_later(from.link, run.lane.at(last)) {
            return;
        }
        let first = run.lane.at(run.first);
        if run.seal.is_none() && self.is_left_to_witness(from.sender, first) {
            return self.note_dropped(from.link, "in_doubt");
        }
        let before = self.marks(run.lane);
        let dropped = self.take_run(from.link, run, last);
        if dropped && run.seal.is_some() {
            // What stood in their place was forged, or these are: their seal tells.
            if self.is_contested(from.link, from.sender, run) {
                return;
            }
            if self.take_run(from.link, run, last) {
                self.note_witness(from.link, from.sender, run.lane.at(last));
                self.doubt_tail(from.link, run.lane);
                return;
            }
            // It cannot be told before what stands between is here again. If that was what was
            // dropped, the two stories part before it.
            if self.book.lane(run.lane).is_some_and(|lane| lane.head() < run.first) {
                self.doubt_tail(from.link, run.lane);
            }
        }
        let sealed = if run.seal.is_some() { last } else { 0 };
        self.note_said(from.link, from.sender, run.lane, last, sealed);
        self.note_source(from.sender, run.lane, before.0);
        let is_new = self.marks(run.lane) != before;
        self.note_overheard(from, run.lane, run.first..=last, (sealed, is_new));
        self.owe_ack(from, run.lane, is_new);
    }

    /// Offer a run to the book. True if a seal did not fit, and what nobody sealed was dropped.
    pub(super) fn take_run(&mut self, link: LinkId, run: &Run, last: u32) -> bool {
        for (seq, record) in (run.first..).zip(&run.records) {
            self.heard_record(link, run.lane.at(seq), record);
        }
        self.settle_run(link, run, last)
    }

    pub(super) fn heard_seal(&mut self, from: From, id: RecordId, seal: &Signature) {
        if self.is_seal_contested(from.link, id, seal) || self.leaves_for_later(from.link, id) {
            return;
        }
        let before = self.marks(id.lane);
        if !self.is_own(id.lane) {
            self.book.offer_seal(id, seal);
            if self.settle(from.link, id.lane) {
                self.note_witness(from.link, from.sender, id);
                self.doubt_tail(from.link, id.lane);
                return;
            }
        }
        self.note_said(from.link, from.sender, id.lane, id.seq, id.seq);
        let is_new = self.marks(id.lane) != before;
        self.note_overheard(from, id.lane, id.seq..=id.seq, (id.seq, is_new));
        self.owe_ack(from, id.lane, is_new);
    }

    /// What a lane holds, to see whether anything was new.
    fn marks(&self, lane: LaneId) -> (u32, u32, usize) {
        let lane = self.book.lane(lane);
        lane.map_or((0, 0, 0), |lane| (lane.head(), lane.sealed(), lane.early_count()))
    }

    /// How far a seal at `seq` speaks for its sender: as far as we have verified the same.
    fn verified_of(&self, lane: LaneId, seq: u32) -> u32 {
        let ours = self.book.lane(lane).map_or(0, |lane| lane.sealed());
        if seq <= ours { seq } else { 0 }
    }

    /// The sender holds what it sends, and all before it.
    pub(super) fn note_said(
        &mut self,
        link: LinkId,
        sender: DeviceId,
        lane: LaneId,
        head: u32,
        sealed: u32,
    ) {
        let ours = self.book.lane(lane).map_or(0, |lane| lane.head());
        // It may be passing on what somebody forged: only its seal says more than that it verified
        // what came before.
        let verified = if sealed > 0 { self.verified_of(lane, sealed) } else { 0 };
        let now = self.now.mono;
        let Some(link) = self.links.get_mut(link) else { return };
        let Some(contact) = link.contacts.get_mut(&sender) else { return };
        let view = contact.view_mut(lane);
        view.note_said(verified);
        let known = Holding {
            lane,
            head: head.max(view.head),
            sealed: sealed.max(view.sealed),
            islands: Vec::new(),
        };
        view.hear(&known, now, u64::MAX);
        if head > ours && !link.doubts.keeps_ack(lane, now) {
            // Its answer to our ack would come anyway; ask only if that is lost.
            link.ack_lanes.insert(lane);
        }
        self.note_held(sender, lane, verified);
    }

    /// On a shared channel the others heard it too, most likely: leave it to the sender for a
    /// while to find out who did not.
    fn note_overheard(
        &mut self,
        from: From,
        id: LaneId,
        heard: std::ops::RangeInclusive<u32>,
        (sealed, is_new): (u32, bool),
    ) {
        let now = self.now.mono;
        let Some(link) = self.links.get_mut(from.link) else { return };
        if is_new || link.is_shared() {
            // What is repeated to us alone changes nothing. Were it taken for a change, a seal that
            // we cannot check would keep us from ever finding out what we lack to check it.
            link.note_flux(now);
        }
        link.note_aired(id, *heard.end(), now);
        if is_new {
            link.note_news(id.at(*heard.end()), from.sender, now);
        }
        if !link.is_shared() || id.author == self.who.device {
            return;
        }
        let Some(lane) = self.book.lane(id) else { return };
        let (busy_ms, crowd) = (link.busy_ms, link.crowd(now));
        let others: Vec<DeviceId> = link.contacts.keys().copied().collect();
        for device in others.into_iter().filter(|device| *device != from.sender) {
            let wait_ms = link.overheard_wait_ms(from.sender, device, crowd, now, &mut self.dice);
            let Some(contact) = link.contacts.get_mut(&device) else { continue };
            let view = contact.view_mut(id);
            let is_ours = view.in_flight() && !view.is_left_to_another();
            if view.overhear(heard.clone(), sealed, lane) && !is_ours {
                view.leave_to(from.sender, now, wait_ms, busy_ms);
            }
        }
    }

    /// Acknowledge a lane, if something of it was new or the sender asks for it again.
    pub(super) fn owe_ack(&mut self, from: From, lane: LaneId, is_new: bool) {
        if !is_new && matches!(from.answer, Answer::NotNamed(_)) {
            return;
        }
        if is_new {
            self.whom.came(lane.author, from.sender);
        }
        let urgency = self.book.lane(lane).map_or(Urgency::Flash, |held| held.urgency(held.head()));
        let can_wait = self.can_wait_for_ack(from.sender, lane);
        let now = self.now.mono;
        self.miss_directory(from.link, lane);
        let Some(link) = self.links.get_mut(from.link) else { return };
        link.note_ack_owed(is_new, now);
        match link.profile.long_slot_ms().filter(|_| can_wait && !link.is_shared()) {
            Some(slot_ms) => link.owe_ack_in_company(lane, slot_ms, now),
            None => link.owe_ack(lane, from.answer, is_lazy(urgency), now, &mut self.dice),
        }
    }

    /// Nothing of this lane that came of late concerns anybody here or behind us, or its seal is
    /// still to come, and is answered with it.
    fn can_wait_for_ack(&self, sender: DeviceId, id: LaneId) -> bool {
        let Some(lane) = self.book.lane(id) else { return false };
        match id.lane {
            Lane::Stock | Lane::Report => true,
            Lane::Directory => false,
            Lane::Command => {
                let fresh = (id, (lane.saved_sealed() + 1).min(lane.head()), lane.head());
                let concerns_us = self.whom.concerns_here(sender, fresh, self.who.device);
                !lane.has_gap() && (lane.head() > lane.sealed() || !concerns_us)
            }
        }
    }

    pub(super) fn heard_ack(&mut self, id: LinkId, sender: DeviceId, holdings: &[Holding]) {
        let now = self.now.mono;
        for holding in holdings {
            let ours = self.book.lane(holding.lane).map_or(0, |lane| lane.head());
            let Some(link) = self.links.get_mut(id) else { return };
            let gap_after_ms = link.turn_ms();
            let before_ms = link.line_before_ms(self.who.device, sender, now);
            let Some(contact) = link.contacts.get_mut(&sender) else { return };
            let view = contact.view(holding.lane);
            let after_ms = view.and_then(|view| view.answered_after_ms(holding, now));
            let is_answer = contact.hear(holding, now, gap_after_ms);
            let after_ms = after_ms.map(|after_ms| after_ms.saturating_sub(before_ms));
            after_ms.into_iter().for_each(|after_ms| link.quality.note_answer(after_ms));
            let tally = contact.view_mut(holding.lane).take_tally();
            link.note_tally(tally, now);
            if is_answer {
                link.note_proved(sender);
            }
            link.note_acked(sender, holding, now);
            link.lose_unheard(sender, holding, now);
            if !holding.islands.is_empty() {
                self.leave_repairs(id, sender, holding.lane..=holding.lane);
            }
            let Some(link) = self.links.get_mut(id) else { return };
            link.unanswered_bytes = 0;
            let held = if self.is_own(holding.lane) { holding.sealed } else { holding.head };
            let is_cut = self.is_held_beyond_fork(id, holding.lane, holding.head);
            if held > ours && !is_cut {
                self.note_claim(id, sender, holding.lane, holding.sealed);
                self.want(id, holding.lane, ours + 1);
            }
            self.stop_elsewhere(sender, holding.lane, holding.head, holding.sealed);
            self.note_held(sender, holding.lane, holding.sealed);
        }
        if let Some(link) = self.links.get_mut(id) {
            link.lose_overtaken(sender, holdings, now);
        }
        let all = self.links.get_mut(id).and_then(|link| link.contacts.get_mut(&sender));
        let in_step = all.is_some_and(|contact| contact.holds_all(&self.book, sender));
        if in_step {
            self.note_in_step(id, sender);
            let version = self.book.version();
            let contact = self.links.get_mut(id).and_then(|link| link.contacts.get_mut(&sender));
            if let Some(contact) = contact {
                // It holds what we sent, so it knows that we hold the same.
                contact.told_same = Some(version);
            }
        }
    }

    /// The sender heard these devices say what its ack said. We may have missed that: then they
    /// need not say it again.
    fn heard_vouch(&mut self, id: LinkId, said: Option<&Holding>, devices: &Devices) {
        let Some(holding) = said else { return };
        let ours = self.book.lane(holding.lane).map_or(0, |lane| lane.head());
        if holding.head > ours {
            return;
        }
        let (now, own) = (self.now.mono, self.who.device);
        for device in devices.0.iter().filter(|device| **device != own) {
            let Some(link) = self.links.get_mut(id) else { return };
            let gap_after_ms = link.turn_ms();
            let Some(contact) = link.contacts.get_mut(device) else { continue };
            if contact.view(holding.lane).is_some_and(|view| view.said >= holding.sealed) {
                continue;
            }
            let is_answer = contact.hear(holding, now, gap_after_ms);
            let tally = contact.view_mut(holding.lane).take_tally();
            link.note_tally(tally, now);
            if is_answer {
                link.note_proved(*device);
            }
            self.note_held(*device, holding.lane, holding.sealed);
        }
    }
}
