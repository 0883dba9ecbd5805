//! The starts of this device, and what is seen of those of others: when one is drawn and saved,
//! and what is done with a frame that does not open. Devices that may be running twice are told of
//! in `twins`, what a start is for in [`crate::keys::frame_key`], and when a number goes whole in
//! `link::number`.

use std::collections::BTreeMap;

use crate::base::dice::Dice;
use crate::base::ids::{DeviceId, LinkId};
use crate::base::start::Start;
use crate::base::time::{Mono, Wall};
use crate::keys::frame_key::{OpenError, Opened};
use crate::link::contact::Contact;
use crate::link::state::Link;
use crate::node::Node;
use crate::node::disk::Stored;
use crate::wire::frame::FrameView;
use crate::wire::notice;

/// Parts this chance from the jitter of the same seed.
const CHANCE: u64 = 0x5354_4152_5453_2e2e;

/// What a node keeps of starts.
#[derive(Debug)]
pub(super) struct Starts {
    /// Chance of its own, so that jitter does not depend on it.
    dice: Dice,
    /// The greatest that was drawn, whether it is on the disk yet or not.
    newest: Option<Start>,
    /// The disk has one.
    is_remembered: bool,
    /// It was handed to the disk and is not confirmed.
    is_asked: bool,
    /// Devices of which frames of two starts were heard that cannot both be of one machine, and
    /// when last.
    pub(super) twins: BTreeMap<DeviceId, (Mono, Wall)>,
}

impl Starts {
    /// None yet, with chance that is another at every start of the program.
    pub(super) fn new(dice_seed: u64) -> Starts {
        let dice = Dice::new(dice_seed ^ CHANCE);
        Starts { dice, newest: None, is_remembered: false, is_asked: false, twins: BTreeMap::new() }
    }

    /// The disk remembers this one.
    pub(super) fn restore(&mut self, start: Start) {
        self.newest = self.newest.max(Some(start));
        self.is_remembered = true;
    }

    /// The greatest that was drawn here, on the disk or on its way.
    pub(super) fn newest(&self) -> Option<Start> {
        self.newest
    }

    /// True if this device was started before.
    pub(super) fn has_one(&self) -> bool {
        self.is_remembered
    }
}

impl Node {
    /// Hand a start to the disk, if it is time.
    pub(super) fn save_start(&mut self) {
        if self.sealer.wants_start() && self.disk.poisoned.is_none() {
            self.ask_start();
        }
    }

    /// Draw a start and have it saved, unless one is on its way.
    pub(super) fn ask_start(&mut self) {
        if self.starts.is_asked {
            return;
        }
        let before = self.starts.newest.unwrap_or_default();
        let start = Start::draw(self.now.wall, before, &mut self.starts.dice);
        (self.starts.newest, self.starts.is_asked) = (Some(start), true);
        self.disk.meaning.start = Some(start);
        self.disk.put(Stored::Start(start), true);
    }

    /// The disk has it: frames may be sealed in it.
    pub(super) fn start_saved(&mut self, start: Start) {
        (self.starts.is_asked, self.starts.is_remembered) = (false, true);
        self.sealer.begin(start);
        self.opener.set_start(start);
    }

    /// Open a frame, whatever key it may need; a notice is taken in here. `None` if nothing more
    /// is to be done with it.
    pub(super) fn open_frame(&mut self, id: LinkId, frame: &[u8]) -> Option<Opened> {
        if notice::is_notice(frame) {
            self.heard_notice(id, frame);
            return None;
        }
        let speakers = self.links.get(id).map(Link::speakers).unwrap_or_default();
        let opened = self.opener.open_among(frame, &speakers, self.now.mono);
        let error = match opened {
            Ok(opened) => return Some(self.opened_frame(id, opened)),
            Err(OpenError::Echo) => return None,
            Err(error) => error,
        };
        match error {
            OpenError::NotAuthentic | OpenError::WrongEpoch if self.is_of_member(frame) => {
                if let Some(opened) = self.open_far(frame) {
                    return Some(self.opened_frame(id, opened));
                }
                self.answer_stranger(id);
            }
            OpenError::UnknownStart if self.may_be_of_member(frame) => self.ask_for_number(id),
            OpenError::OldStart => self.heard_old_start(id, frame),
            OpenError::Twin => self.note_twin(self.who.device),
            OpenError::NotAuthentic
            | OpenError::WrongEpoch
            | OpenError::UnknownStart
            | OpenError::TooShort
            | OpenError::TooLong
            | OpenError::BadVersion
            | OpenError::BadNumber
            | OpenError::BadSuite
            | OpenError::Echo
            | OpenError::Replayed
            | OpenError::TooManySenders => {}
        }
        self.note_dropped(id, error.word());
        None
    }

    /// True if the frame says that a device of the directory sealed it that is trusted, or does not
    /// say who did: neither is proved.
    fn is_of_member(&self, frame: &[u8]) -> bool {
        let Ok(view) = FrameView::new(frame) else { return false };
        let directory = &self.folds.directory;
        view.header.sender.is_none_or(|sender| {
            directory.member(sender).is_some() && directory.revocation(sender).is_none()
        })
    }

    /// The same, or there is no directory here that could tell: it was lost, or never came.
    fn may_be_of_member(&self, frame: &[u8]) -> bool {
        self.folds.directory.devices().next().is_none() || self.is_of_member(frame)
    }

    /// What the number of a frame that opened says beside itself.
    pub(super) fn note_number(&mut self, id: LinkId, opened: &Opened) {
        let now = self.now.mono;
        if opened.is_new_start {
            // Its disk may have lost what it said it holds.
            let links: Vec<LinkId> = self.links.keys().collect();
            for link in links {
                let link = self.links.get_mut(link);
                let contact = link.and_then(|link| link.contacts.get_mut(&opened.sender));
                contact.into_iter().for_each(Contact::forget_acked);
            }
        }
        let Some(link) = self.links.get_mut(id) else { return };
        if link.note_number(opened.asks, opened.is_new_start, now) {
            let soon = link.beacon_soon(now, &mut self.dice);
            link.digest_at.get_or_insert(soon);
        }
    }

    /// One of us cannot be understood: its start was missed here, most likely.
    pub(super) fn ask_for_number(&mut self, id: LinkId) {
        let now = self.now.mono;
        let Some(link) = self.links.get_mut(id) else { return };
        if link.note_unopened(now) {
            let soon = link.beacon_soon(now, &mut self.dice);
            link.digest_at.get_or_insert(soon);
        }
        if link.asks_in_vain() {
            self.answer_stranger(id);
        }
    }
}
