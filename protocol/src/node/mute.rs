//! A mute beacon that was heard: whether its sender holds what we hold, held it when both last
//! agreed, or cannot be understood. When one is said is decided in [`crate::link::mute`].

use crate::base::ids::{DeviceId, LinkId};
use crate::keys::frame_key::{OpenError, Opened};
use crate::link::state::ANYONE;
use crate::link::turns::CROWD_MIN;
use crate::node::Node;
use crate::wire::frame::FrameView;

impl Node {
    /// True if the frame is a mute beacon. What it says is done then.
    pub(super) fn heard_mute(&mut self, id: LinkId, frame: &[u8]) -> bool {
        let Ok(view) = FrameView::new(frame) else { return false };
        if !view.is_mute() {
            return false;
        }
        let sender = view.header.sender;
        let ours = self.state();
        let agreed = self.links.get_mut(id).and_then(|link| link.mute.agreed(sender));
        let agreed = agreed.filter(|agreed| *agreed != ours);
        let held = [Some(ours), agreed].map(|state| state.map(|state| state.whole()));
        let held: Vec<&[u8]> = held.iter().flatten().map(|state| state.as_slice()).collect();
        match self.opener.open_mute(frame, &held, self.now.mono) {
            Ok((opened, which)) => {
                let older = agreed.filter(|_| which > 0);
                self.opened_mute(id, opened, older.map(|older| older.heads != ours.heads));
            }
            Err(OpenError::Echo) => {}
            Err(error @ (OpenError::OldStart | OpenError::Twin)) => {
                self.note_twin(frame, error);
                self.note_dropped(id, error.word());
            }
            Err(error) => {
                self.note_dropped(id, error.word());
                self.puzzled_by(id, sender, error);
            }
        }
        true
    }

    /// `differs`: none if its sender holds what we hold; else whether heads differ, or only boards.
    fn opened_mute(&mut self, id: LinkId, opened: Opened, differs: Option<bool>) {
        let opened = self.opened_frame(id, opened);
        let (sender, now) = (opened.sender, self.now.mono);
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
    fn puzzled_by(&mut self, id: LinkId, sender: DeviceId, error: OpenError) {
        let (now, version) = (self.now.mono, self.book.version());
        let Some(link) = self.links.get_mut(id) else { return };
        match error {
            OpenError::NotAuthentic | OpenError::WrongEpoch | OpenError::UnknownStart => {
                let is_answered = link.answer_puzzle(version, now, &mut self.dice);
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
