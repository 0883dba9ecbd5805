//! Days and epochs of this node: which keys open and seal, what moves them on, who is told of a
//! rekey. Where a device stands is [`crate::keys::epochs`]'; here it is wired to frames, to the
//! directory and to the disk. Nothing is sealed with a key before it is saved that it is in use.
//!
//! ```text
//! frame of a later day ┐
//! clock                ├─▶ moved on ─▶ Save ─▶ Saved: seal with the new key
//! notice               │      └─▶ open with it at once  └─▶ tell every link, if it is an epoch
//! directory            ┘
//! frame of the former epoch ──▶ positions and stock are taken; its link owes a notice
//! ```

use crate::base::ids::{Lane, LinkId};
use crate::base::time::Mono;
use crate::keys::epochs::{Epochs, Heard, Owner};
use crate::keys::frame_key::{FrameKey, FrameSealer, OpenError, Opened, Turn};
use crate::keys::rekey::{Rekey, RekeyError};
use crate::keys::subtree::TreeMaster;
use crate::link::notices::Needs;
use crate::link::state::Link;
use crate::local::rows::KeysRow;
use crate::node::Node;
use crate::node::disk::Stored;
use crate::node::identity::Identity;
use crate::node::output::Output;
use crate::node::settings::Settings;
use crate::wire::bundle::Section;
use crate::wire::notice::{self, Gathering};
use crate::wire::pack::Pack;

/// Signatures of notices that are verified in one second: anybody can make one up.
const NOTICES_PER_S: u8 = 8;
/// Frames of a far day are looked for this often at most, ms, at first and in the end: it takes a
/// hundred tries, and a device is back from its store once.
const FAR_PAUSE_MS: (u64, u64) = (10_000, 3_600_000);

/// What a node keeps of days and epochs.
#[derive(Debug)]
pub(super) struct Turns {
    pub(super) epochs: Epochs,
    gathering: Gathering,
    /// Notices verified in this second.
    verified: (u64, u8),
    /// When a far day may be looked for, and how long to wait after that.
    far_at: Mono,
    far_pause_ms: u64,
    /// The keys of all days that may have passed elsewhere, and of which day here.
    far_keys: Option<(Turn, Vec<FrameKey>)>,
    /// The last epoch that this machine, as the authority, wrote of.
    pub(super) written: u32,
    /// The keys are in the store alone, and it has not told them.
    is_keyless: bool,
}

impl Turns {
    /// As the device was told when it joined.
    pub(super) fn new(settings: &Settings, who: &Identity) -> Turns {
        let network = &settings.network;
        let owner = owner(settings, who);
        let grant = network.grant.as_ref();
        let epochs = Epochs::new(owner, network.epoch, &network.epoch_secret, grant);
        let is_keyless = !network.has_secret();
        Turns { is_keyless, ..Turns::of(epochs, settings, who) }
    }

    fn of(mut epochs: Epochs, settings: &Settings, who: &Identity) -> Turns {
        if let Some(seed) = &settings.authority_seed {
            let master = TreeMaster::new(settings.suite, who.network, seed);
            epochs.give_path(master.path(settings.device, epochs.turn().epoch));
        }
        Turns {
            written: epochs.turn().epoch,
            epochs,
            gathering: Gathering::default(),
            verified: (0, 0),
            far_at: Mono(0),
            far_pause_ms: FAR_PAUSE_MS.0,
            far_keys: None,
            is_keyless: false,
        }
    }

    /// May one more signature be verified now?
    fn may_verify(&mut self, now: Mono) -> bool {
        let second = now.0 / 1000;
        if self.verified.0 != second {
            self.verified = (second, 0);
        }
        self.verified.1 += 1;
        self.verified.1 <= NOTICES_PER_S
    }
}

fn owner(settings: &Settings, who: &Identity) -> Owner {
    let (suite, device) = (settings.suite, settings.device);
    Owner { suite, network: who.network, authority: who.authority_public, device }
}

/// What is taken from a frame of a former epoch: positions and stock. A revoked device can still
/// seal such frames, and nobody acts on an order or its answer that came in one.
fn outlives_its_epoch(section: &Section) -> bool {
    match section {
        Section::Board(_) | Section::Holders(..) | Section::Fixes(_) => true,
        Section::Run(run) => run.lane.lane == Lane::Stock,
        Section::Part(part) => part.id.lane.lane == Lane::Stock,
        Section::Seal(id, _) | Section::Piece(id, _) => id.lane.lane == Lane::Stock,
        Section::Packed(_)
        | Section::Ack(_)
        | Section::Digest(_)
        | Section::Same(_)
        | Section::Heads(_)
        | Section::Want(_)
        | Section::Absent(..)
        | Section::Twice(_)
        | Section::Sketch(_)
        | Section::Delta(_)
        | Section::Vouch(_)
        | Section::Lack(_)
        | Section::Sum(_)
        | Section::Call(_) => false,
    }
}

impl Node {
    /// Which epoch and day it is here.
    pub fn turn(&self) -> Turn {
        self.turns.epochs.turn()
    }

    /// The same for people, and whether this device can follow.
    pub(super) fn keys_row(&self) -> KeysRow {
        let (Turn { epoch, day }, epochs) = (self.turn(), &self.turns.epochs);
        let behind = epochs.behind().map(|why| why.word().to_owned());
        KeysRow { epoch, day, behind, can_follow: epochs.has_path() }
    }

    /// The keys that frames heard here are opened with, likeliest first: for those who watch a
    /// made-up world. Secret.
    pub fn frame_keys(&self) -> Vec<crate::keys::frame_key::FrameKey> {
        self.turns.epochs.frame_keys()
    }

    /// False if only the disk could tell the keys of days and epochs, and did not: such a node must
    /// not speak.
    pub fn has_keys(&self) -> bool {
        !self.turns.is_keyless
    }

    /// Days, epochs and their keys as they are now, as a pair of the disk. Secret.
    pub fn epochs_pair(&self) -> (Vec<u8>, Vec<u8>) {
        Stored::Epochs(self.turns.epochs.to_bytes()).into_put()
    }

    /// What the disk kept of days and epochs; what the device was told when it joined is older.
    pub(super) fn restore_epochs(&mut self, bytes: &[u8]) {
        let owner = owner(&self.settings, &self.who);
        match Epochs::from_bytes(owner, bytes) {
            Ok(kept) if self.turns.is_keyless || kept.turn() >= self.turn() => {
                self.turns = Turns::of(kept, &self.settings, &self.who);
            }
            Ok(_) | Err(_) => {}
        }
    }

    /// The disk is read: begin to seal where it says.
    pub(super) fn begin_turns(&mut self) {
        self.turns.epochs.begin(self.now);
        let key = self.turns.epochs.frame_key();
        self.sealer = FrameSealer::new(key, self.settings.device);
        self.opener.set_keys(self.turns.epochs.frame_keys());
        self.who.digest_key = self.turns.epochs.digest_key();
    }

    /// What a frame of this day says, with what a former epoch may not say left out.
    pub(super) fn sections_of(&self, opened: &Opened) -> (Vec<Section>, Option<&'static str>) {
        let (mut sections, error) = self.sections(opened);
        let mut dropped = error.map(|_| "bad_bundle");
        if opened.turn.epoch < self.turn().epoch {
            let count = sections.len();
            sections.retain(outlives_its_epoch);
            if sections.len() < count {
                dropped = Some("former_epoch");
            }
        }
        (sections, dropped)
    }

    /// Whoever was revoked, and speaks in an epoch that we have left, can hear nothing of ours.
    pub(super) fn is_cut_off(&self, opened: &Opened) -> bool {
        opened.turn.epoch < self.turn().epoch
            && self.folds.directory.revocation(opened.sender).is_some()
    }

    pub(super) fn opened_frame(&mut self, id: LinkId, opened: Opened) -> Opened {
        self.opened_turn(id, opened.turn);
        self.note_number(id, &opened);
        opened
    }

    /// A frame of this day was genuine.
    pub(super) fn opened_turn(&mut self, id: LinkId, turn: Turn) {
        let ours = self.turn();
        if turn > ours && self.turns.epochs.follow(turn, self.now) {
            self.keys_moved();
        }
        if turn.epoch < ours.epoch {
            self.owe_notice(id, Needs::Proved);
        }
    }

    /// A device that stood in a store may be hundreds of days behind.
    pub(super) fn open_far(&mut self, frame: &[u8]) -> Option<Opened> {
        let now = self.now.mono;
        if self.turns.far_at > now || !self.opener.may_open(frame) {
            return None;
        }
        let turn = self.turn();
        // Hundreds of them, and whoever can make noise can ask for them.
        let known = self.turns.far_keys.take().filter(|(of, _)| *of == turn);
        let (_, keys) = known.unwrap_or_else(|| (turn, self.turns.epochs.far_keys()));
        let opened = self.opener.open_with(frame, &keys, &[], now).ok();
        self.turns.far_keys = Some((turn, keys));
        self.turns.far_pause_ms = match opened {
            Some(_) => FAR_PAUSE_MS.0,
            None => (2 * self.turns.far_pause_ms).min(FAR_PAUSE_MS.1),
        };
        self.turns.far_at = now.after_ms(self.turns.far_pause_ms);
        opened
    }

    /// Somebody of us cannot be understood: it or we may be behind. Tell it how to follow, and let
    /// it hear of what day we are.
    pub(super) fn answer_stranger(&mut self, id: LinkId) {
        let (began_s, epoch) = (self.turns.epochs.began_s(), self.turn().epoch);
        let knows_days = began_s > 0 || epoch > self.settings.network.epoch;
        let is_early = self.owe_notice(id, Needs::Unproved);
        let now = self.now.mono;
        self.links.get_mut(id).into_iter().for_each(|link| _ = link.note_number(true, false, now));
        if let Some(link) = self.links.get_mut(id).filter(|_| knows_days && !is_early) {
            let soon = link.beacon_soon(now, &mut self.dice);
            link.digest_at.get_or_insert(soon);
            link.mute.ask_digest();
            if link.notices.at().is_none() {
                link.notices.note_whole(epoch, now);
            }
        }
    }

    /// One piece of a notice from a link.
    pub(super) fn heard_notice(&mut self, id: LinkId, frame: &[u8]) {
        let epoch = match self.take_notice(frame) {
            Ok(Some(epoch)) => epoch,
            Ok(None) => return,
            Err(word) => return self.note_dropped(id, word),
        };
        let now = self.now.mono;
        if epoch < self.turn().epoch {
            self.owe_notice(id, Needs::Unproved);
        } else if let Some(link) = self.links.get_mut(id) {
            link.notices.note_whole(epoch, now);
        }
    }

    /// One piece of a notice; the epoch it tells of, if it was the last one that lacked.
    pub(super) fn take_notice(&mut self, frame: &[u8]) -> Result<Option<u32>, &'static str> {
        let Some(whole) = self.turns.gathering.take(frame) else { return Ok(None) };
        let rekey = Rekey::unpack_all(&whole).map_err(|_| "bad_notice")?;
        if !self.turns.may_verify(self.now.mono) {
            return Err("notice_flood");
        }
        self.hear_rekey(&rekey).map_err(RekeyError::word)?;
        Ok(Some(rekey.head().epoch))
    }

    /// Open a frame that was carried by hand.
    pub(super) fn open_carried(&self, frame: &[u8]) -> Result<Opened, OpenError> {
        let mut keys = self.turns.epochs.carry_keys();
        keys.extend_from_slice(self.opener.keys());
        self.opener.open_carried(frame, &keys)
    }

    /// The authority's word of a new epoch, from wherever it came.
    pub(super) fn hear_rekey(&mut self, rekey: &Rekey) -> Result<(), RekeyError> {
        match self.turns.epochs.hear(rekey, self.now)? {
            Heard::Known => {}
            Heard::NewPart | Heard::LeftBehind(_) => self.keep_epochs(),
            Heard::Moved => self.keys_moved(),
        }
        Ok(())
    }

    /// Keys of the tree and the rekey that the directory holds, if they are news.
    pub(super) fn follow_directory(&mut self) {
        self.take_path();
        let rekeys: Vec<Rekey> = self.folds.directory.rekeys().cloned().collect();
        for rekey in rekeys {
            // What is wrong with it was said where it came in; the lane itself is good.
            let _ = self.hear_rekey(&rekey);
        }
    }

    /// Days that passed, and former keys whose time is over.
    pub(super) fn turn_days(&mut self) {
        let now = self.now;
        if self.turns.epochs.follow_clock(now) {
            self.keys_moved();
        }
        if self.turns.epochs.forget(now) {
            self.opener.set_keys(self.turns.epochs.frame_keys());
            self.keep_epochs();
        }
    }

    /// When a day turns or a key is forgotten.
    pub(super) fn turns_at(&self) -> Option<Mono> {
        self.turns.epochs.next_at(self.now)
    }

    /// The disk has the state of this day: seal with its key.
    pub(super) fn turn_saved(&mut self, turn: Turn) {
        let before = self.sealer.turn();
        if turn != self.turn() || before == turn {
            return;
        }
        self.sealer.set_key(self.turns.epochs.frame_key());
        self.who.digest_key = self.turns.epochs.digest_key();
        if turn.epoch > before.epoch {
            let links: Vec<LinkId> = self.links.keys().collect();
            links.into_iter().for_each(|id| {
                self.owe_notice(id, Needs::Proved);
            });
        }
    }

    fn keys_moved(&mut self) {
        self.opener.set_keys(self.turns.epochs.frame_keys());
        self.keep_epochs();
        self.forget_revoked();
    }

    pub(super) fn keep_epochs(&mut self) {
        let kept = Stored::Epochs(self.turns.epochs.to_bytes());
        self.disk.put(kept, true);
        self.disk.meaning.turn = Some(self.turn());
    }

    /// True if one was said there too lately.
    fn owe_notice(&mut self, id: LinkId, needs: Needs) -> bool {
        // Until it is saved that we moved on, we have nothing to say of it.
        let is_saved = self.sealer.turn().epoch == self.turn().epoch;
        let has_one = is_saved && self.turns.epochs.parts().next().is_some();
        let (now, epoch) = (self.now.mono, self.turn().epoch);
        let Some(link) = self.links.get_mut(id) else { return true };
        let soonest = match link.is_shared() {
            true => link.beacon_soon(now, &mut self.dice),
            false => now,
        };
        let mut unsaid = link.notices;
        let notices = if has_one { &mut link.notices } else { &mut unsaid };
        notices.owe(needs, epoch, soonest, &link.profile)
    }

    /// The newest rekey in the clear, in frames of at most so many bytes.
    pub(super) fn notice_frames(&self, frame_bytes_max: usize) -> Vec<Vec<u8>> {
        let parts = self.turns.epochs.parts();
        parts.flat_map(|part| notice::pieces(&part.packed(), frame_bytes_max)).collect()
    }

    /// Hand over the next piece of a notice that is due on this link. True if there was one.
    pub(super) fn say_notice(&mut self, link: &mut Link) -> bool {
        let now = self.now.mono;
        if link.notices.at().is_none_or(|at| at > now) {
            return false;
        }
        let pieces = self.notice_frames(usize::from(link.profile.frame_max()));
        let place = link.notices.next_piece();
        let count = pieces.len();
        let Some(frame) = pieces.into_iter().nth(place) else {
            link.notices.note_whole(self.turn().epoch, now);
            return false;
        };
        link.notices.note_said(place + 1 >= count, now);
        link.ready = false;
        link.note_own(frame.len(), now);
        link.counts.sent_frames += 1;
        link.counts.sent_bytes += frame.len() as u64;
        link.last_sent = Some(self.now.wall);
        self.note_spent(link, frame.len());
        self.out.push_back(Output::Send { link: link.id, frame, bulk: false });
        true
    }
}
