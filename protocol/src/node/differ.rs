//! How two nodes find out what differs between them, and ask for it: digests, heads, wants. What
//! the records then do is in `heard`.

use crate::base::caps::ABSENT_LANES_MAX;
use crate::base::ids::{DeviceId, Lane, LaneId, LinkId, RecordId};
use crate::base::room::Level;
use crate::base::start::FrameNo;
use crate::base::time::Mono;
use crate::link::contact::Contact;
use crate::link::line::is_lazy;
use crate::link::lists::Rung;
use crate::link::state::Link;
use crate::link::turns::CROWD_MIN;
use crate::log::book::Book;
use crate::node::Node;
use crate::wire::bundle::{Digest, Heads, Holding};

/// A board that differs is said again at most this often on a link.
const BOARD_REPAIR_MS: u64 = 20_000;
/// The same in slots of a card: fixes come every few slots, and cross the beacons.
const BOARD_REPAIR_SLOTS: u64 = 16;
/// An echo of our digest is believed for this long.
const SAID_DIGEST_MS: u64 = 120_000;

impl Node {
    pub(super) fn heard_digest(
        &mut self,
        id: LinkId,
        sender: DeviceId,
        number: FrameNo,
        theirs: Digest,
    ) {
        let ours = self.state().salted(&self.salt(sender, number));
        if ours.heads != theirs.heads {
            return self.differs_in_heads(id, sender);
        }
        let (now, version) = (self.now.mono, self.book.version());
        let Some(link) = self.links.get_mut(id) else { return };
        let wait = link.chorus_ms(now, &mut self.dice);
        link.heads_at = None;
        let boards_differ = ours.board != theirs.board && !link.is_loaded(now);
        match boards_differ {
            true => link.mute.ask_digest(),
            false => {
                link.hear_equal(sender, now, &mut self.dice);
                link.mute.note_equal_digest(now);
            }
        }
        if link.is_shared() && !boards_differ {
            // Whoever was to hear from us that all is the same has heard it now. But everyone
            // must be heard once, or nobody would know that it is there and repeat things for it.
            if link.is_introduced {
                (link.same_at, link.digest_at) = (None, None);
                link.mute.note_digest();
            }
        }
        // In a crowd, whoever was in step is told by the next beacon of anyone.
        let crowded = link.crowd(now) >= CROWD_MIN;
        let told = !theirs.asks
            && link
                .contacts
                .get(&sender)
                .is_some_and(|c| c.told_same == Some(version) || (crowded && c.in_step));
        let just_said = link
            .said_digest
            .is_some_and(|(_, said, at)| said == version && now.since_ms(at) <= link.turn_ms());
        if !told && just_said {
            // It has heard ours, which says the same.
            if let Some(contact) = link.contacts.get_mut(&sender) {
                contact.told_same = Some(version);
            }
        } else if !told {
            link.same_at = Some((now.after_ms(wait), theirs.heads[0]));
            if let Some(contact) = link.contacts.get_mut(&sender) {
                contact.told_same = Some(version);
            }
        }
        if boards_differ {
            self.repair_board(id, wait);
        }
        self.note_agreed(id, sender);
        self.note_in_step(id, sender);
    }

    /// What is verified here and there is not the same. That may be passing, or known.
    pub(super) fn differs_in_heads(&mut self, id: LinkId, sender: DeviceId) {
        if self.rests_from_lists(id) {
            return;
        }
        let now = self.now.mono;
        let Some(link) = self.links.get_mut(id) else { return };
        let wait = link.chorus_ms(now, &mut self.dice);
        if link.awaits_sums(now) {
            link.digest_at = None;
            return;
        }
        if link.is_answered_by_records(sender) {
            link.note_flux(now);
            link.digest_at = Some(link.flux_until.after_ms(1));
            return;
        }
        if link.is_throng(now) && link.is_in_flux(now) {
            // It told what our digest would: that all do not hold the same yet.
            link.digest_due = None;
        }
        // What is in flux makes the difference, most likely; the acks tell more.
        if !link.knows_what_differs(sender, now) && !link.is_in_flux(now) {
            self.heads_differ(id, sender, wait);
        }
    }

    /// What is verified here and there is not the same: in a while we say what we hold.
    fn heads_differ(&mut self, id: LinkId, sender: DeviceId, wait: u64) {
        self.owe_proofs(id);
        let now = self.now.mono;
        let Some(link) = self.links.get_mut(id) else { return };
        if let Some(contact) = link.contacts.get_mut(&sender) {
            contact.in_step = false;
            contact.told_same = None;
            link.lists.says_tips |= contact.same_list.take() == Some(self.book.version());
        }
        if !link.may_list_to(sender, self.book.version(), now) {
            return;
        }
        if link.heads_at.is_none() {
            link.lists.to = sender;
            link.heads_at = Some(now.after_ms(wait));
            link.heads_from = DeviceId(0);
        }
        link.trickle.reset(now, &mut self.dice);
    }

    /// Only what is on the board differs.
    pub(super) fn differs_in_board(&mut self, id: LinkId) {
        let now = self.now.mono;
        let Some(link) = self.links.get_mut(id).filter(|link| !link.is_loaded(now)) else { return };
        let wait = link.chorus_ms(now, &mut self.dice);
        self.repair_board(id, wait);
    }

    /// Boards differ: we say what we know, and our digest with it, as the other may know what we
    /// do not.
    fn repair_board(&mut self, id: LinkId, wait: u64) {
        let now = self.now.mono;
        let Some(link) = self.links.get_mut(id) else { return };
        let rest_ms =
            BOARD_REPAIR_MS.max(BOARD_REPAIR_SLOTS * u64::from(link.profile.min_interval_ms));
        let rested = link.board_repaired_at.is_none_or(|at| now.since_ms(at) >= rest_ms);
        // What is held for company makes the difference, most likely, and goes within minutes.
        if rested && link.lull_since.is_none() {
            link.board_repaired_at = Some(now);
            link.board_at = Some(now.after_ms(wait));
            link.digest_at = link.board_at;
            link.mute.ask_digest();
            link.trickle.reset(now, &mut self.dice);
            link.posted.forget_fixes();
        }
    }

    pub(super) fn heard_same(&mut self, id: LinkId, sender: DeviceId, echo: u8) {
        let now = self.now.mono;
        let Some(link) = self.links.get_mut(id) else { return };
        if link.is_introduced {
            link.same_at = link.same_at.filter(|(_, ours)| *ours != echo);
        }
        let meant = link.said_digest.is_some_and(|(first, version, at)| {
            first == echo
                && version == self.book.version()
                && self.now.mono.since_ms(at) <= SAID_DIGEST_MS
        });
        if !meant {
            return;
        }
        link.note_proved(sender);
        link.hear_equal(sender, self.now.mono, &mut self.dice);
        let is_recent = |at: Mono| self.now.mono.since_ms(at) <= SAID_DIGEST_MS;
        let is_pair = link.crowd(self.now.mono) < 2;
        let is_ours = is_pair && !link.outdated_digest_at.is_some_and(is_recent);
        if is_ours {
            // Should it be wrong, a list that counts from here is not understood and said in full.
            self.note_agreed(id, sender);
        }
        let state = self.state();
        let Some(link) = self.links.get_mut(id) else { return };
        let Some(contact) = link.contacts.get_mut(&sender) else { return };
        // One byte in 256 is another's: on a shared channel it may answer somebody else, whom we
        // need not hear at all, and anywhere it may be as late as the link stores frames and answer
        // an older digest of ours. So it is no proof of what its sender holds: what waits for an
        // answer still waits for it.
        let is_news = !std::mem::replace(&mut contact.in_step, true);
        link.unanswered_bytes = 0;
        if is_ours {
            contact.patience.note_progress();
            link.mute.note_agreed(sender, state);
            rest_beacon(link, now);
        }
        if is_news {
            self.feed_peer(id, sender);
        }
    }

    /// The contact holds all that we hold.
    pub(super) fn note_in_step(&mut self, id: LinkId, sender: DeviceId) {
        let state = self.state();
        let Some(link) = self.links.get_mut(id) else { return };
        link.mute.note_agreed(sender, state);
        self.note_holds_all(id, sender);
    }

    /// The contact has verified all that we have; boards may differ.
    pub(super) fn note_holds_all(&mut self, id: LinkId, sender: DeviceId) {
        let now = self.now.mono;
        let Some(link) = self.links.get_mut(id) else { return };
        let Some(contact) = link.contacts.get_mut(&sender) else { return };
        contact.patience.note_progress();
        let news = contact.hear_equal(&self.book, sender);
        let is_news = !contact.in_step;
        contact.in_step = true;
        link.unanswered_bytes = 0;
        rest_beacon(link, now);
        // Its acks may have been lost: what it holds is as good as said. What it said of the other
        // lanes was noted when it did.
        for lane in news {
            let head = self.book.lane(lane).map_or(0, |lane| lane.saved_sealed());
            self.note_held(sender, lane, head);
        }
        if is_news {
            self.feed_peer(id, sender);
        }
    }

    pub(super) fn heard_heads(&mut self, id: LinkId, sender: DeviceId, heads: &Heads) {
        let now = self.now.mono;
        let Some(link) = self.links.get_mut(id) else { return };
        link.heads_at = None;
        link.lists.rung = Rung::Delta;
        link.lists.is_widened = false;
        link.unanswered_bytes = 0;
        let arrives_ms = link.turn_ms();
        let Some(contact) = link.contacts.get_mut(&sender) else { return };
        contact.same_list = says_the_same(heads, &self.book).then(|| self.book.version());
        contact.hear_heads(heads, now, arrives_ms);
        let (from, to) = (LaneId::first(heads.from, Lane::ALL[0]), heads.to);
        let to = LaneId { author: to, incarnation: u8::MAX, lane: Lane::ALL[3] };
        self.owe_lost(id, sender, &(from..=to));
        self.leave_repairs(id, sender, from..=to);
        for holding in &heads.holdings {
            if self.is_held_beyond_fork(id, holding.lane, holding.head) {
                continue;
            }
            let (head, sealed) =
                self.book.lane(holding.lane).map_or((0, 0), |lane| (lane.head(), lane.sealed()));
            let has_more = match holding.lane.author == self.who.device {
                // What nobody sealed is not ours.
                true => holding.sealed > sealed,
                false => holding.head > head || (holding.head == head && holding.sealed > sealed),
            };
            if has_more {
                self.note_claim(id, sender, holding.lane, holding.sealed);
                self.want(id, holding.lane, head + 1);
            }
            self.note_held(sender, holding.lane, holding.sealed);
        }
    }

    /// What a contact turned out to have lost of these lanes, and nobody waits for, is owed as sums
    /// where many hear each other. In whichever form it told: what is left to sums and never owed
    /// would not be said at all.
    pub(super) fn owe_lost(
        &mut self,
        id: LinkId,
        device: DeviceId,
        lanes: &std::ops::RangeInclusive<LaneId>,
    ) {
        let now = self.now.mono;
        let Some(link) = self.links.get_mut(id).filter(|link| link.is_throng(now)) else { return };
        let Some(contact) = link.contacts.get_mut(&device) else { return };
        contact.compare(&self.book, device);
        let is_lost = |(lane, urgency): &(LaneId, _)| is_lazy(*urgency) && lanes.contains(lane);
        let lost = contact.wanting().filter(is_lost);
        let mut lost: Vec<LaneId> = lost.map(|(lane, _)| lane).collect();
        // The first of these are owed.
        lost.sort_unstable();
        link.owe_sums_of(&lost, &self.book, now);
    }

    /// What a contact turned out to lack of other authors' lanes is theirs to send first.
    pub(super) fn leave_repairs(
        &mut self,
        id: LinkId,
        device: DeviceId,
        lanes: std::ops::RangeInclusive<LaneId>,
    ) {
        let (now, own) = (self.now.mono, self.who.device);
        let Some(link) = self.links.get_mut(id) else { return };
        if !link.is_shared() {
            return;
        }
        for (lane_id, lane) in self.book.lanes_in(lanes) {
            let hold = link.repair_hold(own, *lane_id, device, now, &mut self.dice);
            let Some(contact) = link.contacts.get_mut(&device) else { return };
            let view = contact.view_mut(*lane_id);
            if view.next(lane).is_some() && !view.is_held_back(now) {
                view.hold(hold);
            }
        }
    }

    /// Ask for a lane soon, unless it comes by itself before.
    pub(super) fn want(&mut self, link: LinkId, lane: LaneId, from: u32) {
        let now = self.now.mono;
        let is_held_back = self.is_lane_held_back(lane, Level::OrdersOnly);
        self.held.note(is_held_back);
        let Some(link) = self.links.get_mut(link) else { return };
        if is_held_back || self.shares.wait_until(lane, now).is_some() {
            // It could not be taken yet: whoever has it is asked when it can.
            return;
        }
        let wait_ms = link.want_wait_ms(lane, now, &mut self.dice);
        let rested = link.asked.get(&lane).copied().unwrap_or(now).max(link.line_passes_until());
        let want = link.wants.entry(lane).or_insert((from, now.after_ms(wait_ms).max(rested)));
        want.0 = from;
    }

    pub(super) fn heard_wants(&mut self, id: LinkId, sender: DeviceId, wants: &[RecordId]) {
        let now = self.now.mono;
        let Some(link) = self.links.get_mut(id) else { return };
        link.leave_asking(wants, now, &mut self.dice);
        let lanes: Vec<LaneId> = wants.iter().map(|want| want.lane).collect();
        link.owe_sums_of(&lanes, &self.book, now);
        let turn_ms = link.turn_ms();
        let mut went: Vec<RecordId> = Vec::new();
        for want in wants {
            let Some(lane) = self.book.lane(want.lane) else { continue };
            if let Some(last) = lane.gone_until(want.seq)
                && link.lists.absent.len() < ABSENT_LANES_MAX
            {
                link.lists.absent.insert(want.lane, (want.seq, last - want.seq + 1));
            }
            went.extend(lane.is_gone(want.seq).then_some(*want));
            let hold = link.repair_hold(self.who.device, want.lane, sender, now, &mut self.dice);
            let Some(contact) = link.contacts.get_mut(&sender) else { return };
            let view = contact.view_mut(want.lane);
            let coming = view.in_flight()
                && now.since_ms(view.sent_at) < turn_ms
                && (view.head + 1..=view.sent).contains(&want.seq);
            if !coming {
                view.want_from(want.seq, lane, hold);
            }
            contact.in_step = false;
        }
        went.into_iter().for_each(|want| self.fetch_for(id, sender, want));
    }
}

/// Whoever is there knows already what our beacon would say.
fn rest_beacon(link: &mut Link, now: Mono) {
    let introduces = link.is_introduced || link.same_at.is_some();
    let differs = |contact: &Contact| !contact.in_step && link.is_present(contact, now);
    if introduces && link.board_at.is_none() && !link.contacts.values().any(differs) {
        link.digest_at = None;
    }
}

/// These are all heads, and the verified ones are ours.
fn says_the_same(heads: &Heads, book: &Book) -> bool {
    let ours = book.lanes().filter(|(_, lane)| lane.saved_sealed() > 0);
    let theirs = || heads.holdings.iter().filter(|holding| holding.sealed > 0);
    let is_ours = |holding: &Holding| {
        book.lane(holding.lane).is_some_and(|lane| lane.saved_sealed() == holding.sealed)
    };
    let is_whole = heads.from == DeviceId(0) && heads.to == DeviceId(u16::MAX);
    is_whole && ours.count() == theirs().count() && theirs().all(is_ours)
}
