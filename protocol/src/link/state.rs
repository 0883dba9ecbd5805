//! One link as it stands: who was heard on it, what is owed there, when it must speak again.
//! Decides deadlines; what goes into a frame is decided by `plan`.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::caps::CONTACTS_MAX;
use crate::base::dice::Dice;
use crate::base::ids::{DeviceId, LaneId, LinkId};
use crate::base::time::{Mono, Now, Wall};
use crate::link::answered::HeardNews;
use crate::link::condition::Condition;
use crate::link::contact::Contact;
pub use crate::link::counts::Counts;
use crate::link::doubts::Doubts;
use crate::link::due::Soonest;
use crate::link::line::HeardBurst;
use crate::link::lists::Lists;
use crate::link::load::Load;
use crate::link::meter::Gate;
use crate::link::mute::Mute;
use crate::link::notices::Notices;
use crate::link::number::Numbers;
use crate::link::posted::Posted;
use crate::link::profile::Profile;
use crate::link::proofs::Proofs;
use crate::link::quality::Quality;
use crate::link::roll::Roll;
use crate::link::size::FrameSize;
use crate::link::sums::Sums;
use crate::link::trail::Trail;
use crate::link::twice::TellsTwice;
use crate::log::book::Book;
use crate::sync::trickle::Trickle;

/// Stands for whoever may listen while nobody was heard yet: urgent records are said to it.
pub const ANYONE: DeviceId = DeviceId(0);
/// A contact not heard for this long gets urgent records only.
pub const LIVE_MS: u64 = 15 * 60_000;
/// The same in beacons of the whole channel for each device on it: where all agree, one beacon
/// speaks for all of them, and a device's own turn comes seldom.
const LIVE_BEACONS: u64 = 5;

/// On a card whoever has nothing urgent to say is silent for so many slots and was not away.
const SILENT_SLOTS: u64 = 10;

/// One link.
#[derive(Clone, Debug)]
pub struct Link {
    /// Its number.
    pub id: LinkId,
    /// What it can carry.
    pub profile: Profile,
    /// It carries frames now.
    pub up: bool,
    /// Why it does not.
    pub error: Option<String>,
    /// What its bearer last said of itself.
    pub condition: Condition,
    /// How well it answers.
    pub quality: Quality,
    /// It can take a frame now.
    pub ready: bool,
    /// Devices heard on it, and [`ANYONE`] while there are none.
    pub contacts: BTreeMap<DeviceId, Contact>,
    /// When to say a beacon.
    pub trickle: Trickle,
    /// When to say a beacon out of turn.
    pub digest_at: Option<Mono>,
    /// Lanes to acknowledge.
    pub ack_lanes: BTreeSet<LaneId>,
    /// When to acknowledge them, and the latest moment to do so.
    pub ack_at: Option<(Mono, Mono)>,
    /// What it would acknowledge is not on the disk yet: no passing of time helps it.
    pub ack_waits: bool,
    /// The next ack also tells whose acks of the same were heard.
    pub vouches: bool,
    /// When to say our heads, because someone's digest differed.
    pub heads_at: Option<Mono>,
    /// Authors whose heads remain to be said, if they did not fit one frame.
    pub heads_from: DeviceId,
    /// How the next list is said, and what others count from.
    pub lists: Lists,
    /// When lists were last compared here because digests differed.
    pub(super) listed_at: Option<Mono>,
    /// When to say that we hold the same, and which digest is meant.
    pub same_at: Option<(Mono, u8)>,
    /// Lanes to ask for, from which record on, and when.
    pub wants: BTreeMap<LaneId, (u32, Mono)>,
    /// Lanes that were asked for: not again before.
    pub asked: BTreeMap<LaneId, Mono>,
    /// Lanes whose newest records do not fit ours.
    pub doubts: Doubts,
    /// Proofs of forks.
    pub proofs: Proofs,
    /// When to say the newest rekey.
    pub notices: Notices,
    /// A device that may be running twice, to be told so.
    pub twice: TellsTwice,
    /// Beacons that say nothing.
    pub mute: Mute,
    /// Registers that were sent or heard here.
    pub posted: Posted,
    /// Registers wait until then: another may say them first.
    pub board_at: Option<Mono>,
    /// Since when registers that nobody is in a hurry for wait, see `plan::registers`.
    pub patient_since: Option<Mono>,
    /// When they go all the same.
    pub patient_at: Option<Mono>,
    /// When registers were last sent again because boards differed.
    pub board_repaired_at: Option<Mono>,
    /// How much of the channel is taken, and what fixes make of that.
    pub load: Load,
    /// Which frames carry their whole number.
    pub numbers: Numbers,
    /// How long frames should be, by what was lost.
    pub size: FrameSize,
    /// How long they may be, by what the bearer declared; 0 means its mtu.
    declared_bytes: u16,
    /// Until then records pass, see [`Link::note_flux`].
    pub flux_until: Mono,
    /// Since when a beacon waits for the records to have passed.
    pub digest_due: Option<Mono>,
    /// How long others and we have taken a shared channel so far, ms.
    pub busy_ms: u64,
    /// What was heard last, see `line`.
    pub(super) heard_burst: HeardBurst,
    /// Who is there, see `line`.
    pub(super) roll: Roll,
    /// When the line of answers to our last frame ends, see `line`.
    pub(super) line_until: Mono,
    /// Our turn to tell those who are back what they missed, see `turns`.
    pub(super) comeback_at: Mono,
    /// Our turn to say what nobody waits for, see `throng`.
    pub turn_at: Option<Mono>,
    /// Something was sent since the link came up: the others can know that we are here.
    pub is_introduced: bool,
    /// When what a cheaper link is to carry must be looked at again.
    pub look_at: Option<Mono>,
    /// Since when what is not urgent waits for company in a slot, see `plan::lull`.
    pub lull_since: Option<Mono>,
    /// Until then an urgent record waits for others of the same moment, and all else with it.
    pub gather_until: Option<Mono>,
    /// Cheaper links to which something was left when this one was looked at.
    pub leaves_to: BTreeSet<LinkId>,
    /// Repair in a throng, see `sums`.
    pub sums: Sums,
    /// What the last frames said.
    pub trail: Trail,
    /// Devices that need the records of the frame being filled.
    pub told: BTreeSet<DeviceId>,
    /// Bytes of records sent since the last answer.
    pub unanswered_bytes: usize,
    /// First byte of the last digest said, the book's version then, and when.
    pub said_digest: Option<(u8, u64, Mono)>,
    /// When a digest of another version of the book was last said.
    pub outdated_digest_at: Option<Mono>,
    /// What others said that was new, see `answered`.
    pub(super) news: HeardNews,
    /// Counts since start.
    pub counts: Counts,
    /// When a frame was last heard and sent, by the wall clock.
    pub last_heard: Option<Wall>,
    /// See `last_heard`.
    pub last_sent: Option<Wall>,
}

impl Link {
    /// A link that is not up yet.
    pub fn new(id: LinkId, profile: Profile, now: Mono, dice: &mut Dice) -> Link {
        let (shortest, longest) = (profile.beacon_min_ms(), u64::from(profile.beacon_max_ms));
        let trickle = Trickle::new(shortest, longest, now, dice);
        Link {
            id,
            profile,
            up: false,
            error: None,
            condition: Condition::default(),
            quality: Quality::default(),
            ready: false,
            contacts: BTreeMap::new(),
            trickle,
            digest_at: None,
            ack_lanes: BTreeSet::new(),
            ack_at: None,
            ack_waits: false,
            vouches: false,
            heads_at: None,
            heads_from: DeviceId(0),
            lists: Lists::default(),
            listed_at: None,
            same_at: None,
            wants: BTreeMap::new(),
            asked: BTreeMap::new(),
            doubts: Doubts::default(),
            proofs: Proofs::default(),
            notices: Notices::default(),
            twice: TellsTwice::default(),
            mute: Mute::default(),
            posted: Posted::default(),
            board_at: None,
            patient_since: None,
            patient_at: None,
            board_repaired_at: None,
            load: Load::default(),
            numbers: Numbers::default(),
            size: FrameSize::default(),
            declared_bytes: 0,
            flux_until: Mono(0),
            digest_due: None,
            busy_ms: 0,
            heard_burst: HeardBurst::default(),
            roll: Roll::default(),
            line_until: Mono(0),
            comeback_at: Mono(0),
            turn_at: None,
            sums: Sums::default(),
            trail: Trail::default(),
            is_introduced: false,
            look_at: None,
            lull_since: None,
            gather_until: None,
            leaves_to: BTreeSet::new(),
            told: BTreeSet::new(),
            unanswered_bytes: 0,
            said_digest: None,
            outdated_digest_at: None,
            news: HeardNews::default(),
            counts: Counts::default(),
            last_heard: None,
            last_sent: None,
        }
    }

    /// A device was heard. Returns true if it is new here or was long silent.
    pub fn hear(&mut self, device: DeviceId, book: &Book, now: Now, dice: &mut Dice) -> bool {
        self.last_heard = Some(now.wall);
        self.quality.note_heard();
        self.sums.note_heard(now.mono);
        if self.contacts.get(&device).is_some_and(Contact::is_proved) {
            self.forget_those_who_left(device);
        }
        let anyone = self.contacts.remove(&ANYONE);
        let (live_ms, soonest_ms) = (self.live_ms(), self.pause_ms(1));
        if let Some(contact) = self.contacts.get_mut(&device) {
            let returned = now.mono.since_ms(contact.heard_at) > live_ms;
            let silent_ms = now.mono.since_ms(contact.heard_at);
            contact.heard_at = now.mono;
            contact.heard_wall = now.wall;
            contact.end_calls();
            let quiet_ms = SILENT_SLOTS * u64::from(self.profile.min_interval_ms);
            let was_silent = silent_ms > soonest_ms.max(quiet_ms);
            if was_silent && contact.watched().any(|view| view.tries > 0) {
                contact.shorten_pauses(soonest_ms);
                self.take_turn(device, book, now.mono, dice);
            }
            return returned;
        }
        if self.contacts.len() >= CONTACTS_MAX {
            let oldest = self.contacts.iter().min_by_key(|(_, contact)| contact.heard_at);
            if let Some(device) = oldest.map(|(device, _)| *device) {
                self.contacts.remove(&device);
            }
        }
        let contact = match anyone.filter(|_| !self.is_shared()) {
            // On a link of two it is the one to whom everything was said so far.
            Some(contact) => contact.turned_out(now.mono, now.wall, soonest_ms),
            None => Contact::new(book, now.mono, now.wall),
        };
        self.contacts.insert(device, contact);
        true
    }

    /// The link came up: say so soon, and repeat what may have been lost.
    pub fn rise(&mut self, profile: Profile, book: &Book, now: Now, dice: &mut Dice) {
        self.declared_bytes = profile.frame_bytes;
        self.profile = profile;
        self.fit_frames();
        self.up = true;
        self.error = None;
        self.ready = false;
        if self.contacts.is_empty() {
            self.contacts.insert(ANYONE, Contact::new(book, now.mono, now.wall));
        }
        for contact in self.contacts.values_mut() {
            contact.calls.note_heard();
            let ours = contact.views_mut().filter(|view| !view.is_left_to_another());
            for view in ours {
                view.note_lost();
                view.tries = 0;
            }
        }
        self.is_introduced = false;
        self.digest_at = Some(self.beacon_soon(now.mono, dice));
        self.trickle.reset(now.mono, dice);
    }

    /// The link went down.
    pub fn fall(&mut self, reason: String) {
        self.up = false;
        self.ready = false;
        self.error = Some(reason);
    }

    /// The moment for a beacon out of turn: on a shared channel not at once, so that of several
    /// nodes that find each other one speaks first and the others answer.
    pub fn beacon_soon(&self, now: Mono, dice: &mut Dice) -> Mono {
        let spread_ms = match self.profile.half_duplex {
            true => self.turn_ms() + self.spread_ms(self.crowd(now), 1),
            false => 0,
        };
        now.after_ms(dice.below(spread_ms + 1))
    }

    /// How long a contact counts as there without being heard.
    pub fn live_ms(&self) -> u64 {
        let others = self.contacts.len().max(1) as u64;
        LIVE_MS.max(LIVE_BEACONS * others * u64::from(self.profile.beacon_max_ms))
    }

    /// The time from handing over a frame to the earliest answer.
    pub fn turn_ms(&self) -> u64 {
        match self.profile.half_duplex {
            true => 2 * u64::from(self.profile.per_burst_ms) + 2 * self.frame_ms() + 500,
            false => 300 + u64::from(self.profile.per_burst_ms),
        }
    }

    /// Bytes of records that may be on their way without an answer.
    pub fn window_bytes(&self) -> usize {
        // Shorter frames are more frames, not fewer bytes to an answer.
        usize::from(self.profile.mtu) * if self.profile.half_duplex { 8 } else { 64 }
    }

    /// Frames are as long as both the bearer and the loss allow.
    pub(super) fn fit_frames(&mut self) {
        let allowed = [self.declared_bytes, self.size.frame_bytes(&self.profile)];
        let shortest = allowed.into_iter().filter(|bytes| *bytes > 0).min();
        self.profile.frame_bytes = shortest.unwrap_or(0);
    }

    /// When the link must be looked at again. While its quota is spent, what it owes waits.
    pub fn next_deadline(&self) -> Option<Mono> {
        let gate = self.gate();
        if !self.up || gate == Gate::Shut {
            return None;
        }
        let mut soonest = Soonest::default();
        self.contacts.values().for_each(|to| soonest.note(to.next_deadline(self.busy_ms)));
        soonest.note_all([self.look_at, self.notices.at()]);
        if gate == Gate::FlashOnly {
            return soonest.0;
        }
        soonest.note_all([
            Some(self.trickle.next_at()),
            self.digest_at,
            self.ack_at.filter(|_| !self.ack_waits).map(|(at, _)| at),
            self.heads_at,
            self.same_at.map(|(at, _)| at),
            self.board_at,
            self.turn_at,
            self.sums.turn_at(),
            self.patient_at,
        ]);
        self.wants.values().for_each(|(_, at)| soonest.note(Some(*at)));
        self.proofs.times().for_each(|at| soonest.note(Some(at)));
        soonest.0.map(|at| self.gather_until.map_or(at, |until| at.max(until)))
    }

    /// A frame or what should have been one was dropped.
    pub fn note_dropped(&mut self, reason: &'static str) {
        *self.counts.dropped.entry(reason).or_default() += 1;
    }

    pub(super) fn frame_ms(&self) -> u64 {
        self.profile.bits_ms(usize::from(self.profile.frame_max()))
    }
}

#[cfg(test)]
mod tests;
