//! Mute frames: how one is sealed, and what becomes of one that was heard: whether its sender
//! holds what we hold, held it when both last agreed, or cannot be understood. When one is said is
//! decided in [`crate::link::mute`].

use std::collections::BTreeSet;

use crate::base::ids::{DeviceId, LinkId};
use crate::base::time::Now;
use crate::keys::frame_key::{
    FrameSealer, OpenError, OpenedMute, beacon_steps, said_by_ack, said_by_beacon,
};
use crate::link::state::{ANYONE, Link};
use crate::link::turns::CROWD_MIN;
use crate::node::Node;
use crate::plan::pick::Form;
use crate::sync::digest::StateHashes;
use crate::wire::bundle::Holding;
use crate::wire::frame::FrameView;

/// Seal a mute frame of one who holds this.
pub(super) fn seal(
    sealer: &FrameSealer,
    link: &mut Link,
    form: Form,
    held: &StateHashes,
    (knows_nobody, now): (bool, Now),
) -> Vec<u8> {
    match form {
        Form::MuteAck(answered) => {
            sealer.seal_mute(&said_by_ack(&held.heads, &answered), false, false)
        }
        Form::Whole | Form::Brief | Form::Mute => {
            link.mute.note_said(now.mono);
            let step = beacon_steps(now.wall).next().unwrap_or_default();
            let said = said_by_beacon(step, &held.whole());
            sealer.seal_mute(&said, true, knows_nobody)
        }
    }
}

impl Node {
    /// True if the frame is mute. What it says is done then.
    pub(super) fn heard_mute(&mut self, id: LinkId, frame: &[u8]) -> bool {
        let Ok(view) = FrameView::new(frame) else { return false };
        let Some(sender) = view.header.sender.filter(|_| view.is_mute()) else { return false };
        let opened = match view.header.brief {
            true => self.heard_mute_beacon(id, sender, frame),
            false => self.heard_mute_ack(id, frame),
        };
        match opened {
            Ok(()) | Err(OpenError::Echo) => {}
            Err(error) => {
                self.note_dropped(id, error.word());
                if view.header.brief {
                    self.puzzled_by(id, (sender, view.header.asks), error);
                } else if let Some(link) = self.links.get_mut(id) {
                    link.hear_unknown_ack(self.now.mono);
                }
            }
        }
        true
    }

    fn heard_mute_beacon(
        &mut self,
        id: LinkId,
        sender: DeviceId,
        frame: &[u8],
    ) -> Result<(), OpenError> {
        let ours = self.state();
        let agreed = self.links.get_mut(id).and_then(|link| link.mute.agreed(sender));
        let agreed = agreed.filter(|agreed| *agreed != ours);
        let steps: Vec<u32> = beacon_steps(self.now.wall).collect();
        let both = [Some(ours), agreed].into_iter().flatten();
        let of_all = |held: StateHashes| {
            steps.iter().map(move |step| said_by_beacon(*step, &held.whole())).collect::<Vec<_>>()
        };
        let said: Vec<_> = both.flat_map(of_all).collect();
        let said: Vec<&[u8]> = said.iter().map(|said| said.as_slice()).collect();
        let opened = self.opener.open_mute(frame, &said)?;
        let older = agreed.filter(|_| opened.which >= steps.len());
        self.opened_mute(id, opened, older.map(|older| older.heads != ours.heads));
        Ok(())
    }

    /// Its sender has verified all that is verified here, and says so to a frame of a moment ago.
    fn heard_mute_ack(&mut self, id: LinkId, frame: &[u8]) -> Result<(), OpenError> {
        let (ours, now) = (self.state(), self.now.mono);
        let Some(link) = self.links.get_mut(id) else { return Ok(()) };
        let said: Vec<_> =
            link.mute.answered(now).map(|answered| said_by_ack(&ours.heads, answered)).collect();
        let said: Vec<&[u8]> = said.iter().map(|said| said.as_slice()).collect();
        let opened = self.opener.open_mute(frame, &said)?;
        let sender = opened.sender;
        self.opened_turn(id, opened.turn);
        self.meet(id, sender);
        if opened.turn.epoch < self.turn().epoch {
            return Ok(());
        }
        let book = &self.book;
        let Some(link) = self.links.get_mut(id) else { return Ok(()) };
        let Some(contact) = link.contacts.get(&sender) else { return Ok(()) };
        let held = |lane| {
            let sealed = book.lane(lane).map_or(0, |lane| lane.saved_sealed());
            (sealed > 0).then(|| Holding::whole(lane, sealed))
        };
        // What is on its way to it, and what all heard of late: who acknowledges that is here, and
        // so is who said it.
        let lanes: BTreeSet<_> = contact.restless().chain(link.news_lanes()).collect();
        let held: Vec<Holding> = lanes.into_iter().filter_map(held).collect();
        self.heard_ack(id, sender, &held);
        self.note_agreed(id, sender);
        self.note_holds_all(id, sender);
        Ok(())
    }

    /// `differs`: none if its sender holds what we hold; else whether heads differ, or only boards.
    fn opened_mute(&mut self, id: LinkId, opened: OpenedMute, differs: Option<bool>) {
        let (sender, now) = (opened.sender, self.now.mono);
        self.opened_turn(id, opened.turn);
        if opened.asks {
            self.links.get_mut(id).into_iter().for_each(|link| link.numbers.owe());
        }
        let is_met = self.meet(id, sender);
        if opened.turn.epoch < self.turn().epoch {
            return;
        }
        if let Some(in_heads) = differs {
            if is_met {
                self.greet(id);
            }
            return match in_heads {
                true => self.differs_in_heads(id, sender),
                false => self.differs_in_board(id),
            };
        }
        let Some(link) = self.links.get_mut(id) else { return };
        if is_met && link.crowd(now) >= CROWD_MIN {
            // Many must know each other, or their answers to one order meet in the air: one of them
            // asks the newcomer, and what follows is heard by all.
            self.greet(id);
        } else {
            link.hear_mute(sender, now, &mut self.dice);
        }
        self.note_agreed(id, sender);
        self.note_in_step(id, sender);
        self.note_told(id, sender);
    }

    /// Its next beacon tells as much as this one did: it need not be told that all is the same.
    fn note_told(&mut self, id: LinkId, sender: DeviceId) {
        let version = self.book.version();
        let contact = self.links.get_mut(id).and_then(|link| link.contacts.get_mut(&sender));
        if let Some(contact) = contact {
            contact.told_same = Some(version);
        }
    }

    /// Noise, a replay, or somebody who holds something else, or is of another day.
    fn puzzled_by(&mut self, id: LinkId, (sender, asks): (DeviceId, bool), error: OpenError) {
        let (now, version) = (self.now.mono, self.book.version());
        let Some(link) = self.links.get_mut(id) else { return };
        match error {
            OpenError::NotAuthentic | OpenError::WrongEpoch | OpenError::UnknownStart => {
                let is_answered = link.answer_puzzle(version, now, &mut self.dice);
                if is_answered && asks {
                    // It knows nobody's start, and its clock may be as wrong as its store.
                    link.numbers.owe_whole();
                }
                if is_answered && link.is_first_puzzle(version) {
                    // Nobody was heard here yet, and somebody may be there.
                    self.say_unheld_to(id, ANYONE, sender);
                }
            }
            OpenError::TooShort
            | OpenError::TooLong
            | OpenError::BadVersion
            | OpenError::BadNumber
            | OpenError::BadSuite
            | OpenError::Twin
            | OpenError::OldStart
            | OpenError::Echo
            | OpenError::Replayed
            | OpenError::TooManySenders => {}
        }
    }
}
