//! What waits to be sent by one modem: frames, and texts for people in their parts. Which is next
//! is decided here; the talking is [`super::machine`]'s.

use std::collections::VecDeque;

use super::number::Number;
use super::pdu::{Submit, validity_of_s};
use super::timing::{FRAME_TRIES_MAX, FRAME_VALID_S, TEXT_TRIES_MAX};
use crate::base::caps::{SMS_FRAMES_MAX, SMS_TEXTS_MAX};

/// One message that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// The message.
    pub submit: Submit,
    /// Of which text it is a part, and whether the last; none for a frame.
    pub text: Option<(u64, bool)>,
    /// How often it was tried.
    pub tries: u32,
}

impl Job {
    /// It was tried as often as makes sense.
    pub fn is_spent(&self) -> bool {
        self.tries >= if self.text.is_some() { TEXT_TRIES_MAX } else { FRAME_TRIES_MAX }
    }
}

/// The waiting messages.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    frames: VecDeque<Job>,
    texts: VecDeque<Job>,
    /// The frame's turn, when both wait: people and machines share the card evenly.
    frame_turn: bool,
    /// Number under which a phone puts the parts of a long text together.
    group: u8,
}

impl Queue {
    /// A frame waits now; the word says why not.
    pub fn push_frame(&mut self, to: &Number, frame: &[u8]) -> Result<(), &'static str> {
        let validity = validity_of_s(FRAME_VALID_S);
        let submit = Submit::frame(to, frame, false, validity).ok_or("sms_over_mtu")?;
        if self.frames.len() >= SMS_FRAMES_MAX {
            return Err("sms_queue_full");
        }
        self.frames.push_back(Job { submit, text: None, tries: 0 });
        Ok(())
    }

    /// A text waits now; false if there are too many already.
    pub fn push_text(&mut self, to: &Number, text: &str, tag: u64, wants_report: bool) -> bool {
        self.group = self.group.wrapping_add(1);
        let parts = Submit::text(to, text, self.group, wants_report);
        if self.texts.len() + parts.len() > SMS_TEXTS_MAX {
            return false;
        }
        let last = parts.len() - 1;
        let job = |(at, submit)| Job { submit, text: Some((tag, at == last)), tries: 0 };
        self.texts.extend(parts.into_iter().enumerate().map(job));
        true
    }

    /// Parts of this text wait.
    pub fn has_text(&self, tag: u64) -> bool {
        self.texts.iter().any(|job| job.text.is_some_and(|(of, _)| of == tag))
    }

    /// The message to send next, taken out.
    pub fn take(&mut self) -> Option<Job> {
        let frame = match self.frame_turn || self.texts.is_empty() {
            true => self.frames.pop_front(),
            false => None,
        };
        self.frame_turn = frame.is_none();
        frame.or_else(|| self.texts.pop_front())
    }

    /// A message failed and is to be tried again before others of its kind.
    pub fn put_back(&mut self, job: Job) {
        match job.text {
            Some(_) => self.texts.push_front(job),
            None => self.frames.push_front(job),
        }
    }

    /// The rest of a text is not worth sending.
    pub fn forget_text(&mut self, tag: u64) {
        self.texts.retain(|job| job.text.is_none_or(|(of, _)| of != tag));
    }

    /// Frames that waited too long are history; how many there were.
    pub fn clear_frames(&mut self) -> usize {
        std::mem::take(&mut self.frames).len()
    }

    /// No frame waits.
    pub fn wants_frame(&self) -> bool {
        self.frames.is_empty()
    }

    /// Nothing waits at all.
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty() && self.texts.is_empty()
    }
}
