//! Texts that wait for slots, piece by piece, until all of one have left or it goes back to whoever
//! wrote it. Not here: whose turn it is ([`super::bond`]).

use std::collections::{BTreeMap, VecDeque};

use super::message::{Body, Message};
use super::text::cut;
use crate::base::caps::RDSS_TEXTS_MAX;

/// What became of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterFate {
    /// Every piece has left an antenna; never that anybody has read it.
    Sent,
    /// No card can take it now; it may be written again.
    Back,
    /// It is longer than cards carry in the pieces that one may have.
    TooLong,
    /// A terminal did not understand a piece of it, however often it was told.
    Damaged,
}

/// The texts.
#[derive(Debug, Default)]
pub struct Letters {
    waiting: VecDeque<Message>,
    /// Pieces of each text that have not left yet.
    left: BTreeMap<u64, usize>,
    fates: VecDeque<(u64, LetterFate)>,
}

impl Letters {
    /// A text for a card waits; `signs` is what one message carries, `None` if no card is there. A
    /// text that waits already is the same one.
    pub fn add(&mut self, tag: u64, to: u32, text: &str, signs: Option<u16>) {
        if self.left.contains_key(&tag) {
            return;
        }
        let Some(signs) = signs.filter(|_| self.left.len() < RDSS_TEXTS_MAX) else {
            return self.fates.push_back((tag, LetterFate::Back));
        };
        let Some(pieces) = cut(text, signs) else {
            return self.fates.push_back((tag, LetterFate::TooLong));
        };
        self.left.insert(tag, pieces.len());
        let message = |gb| Message { to, body: Body::Text { tag, gb } };
        self.waiting.extend(pieces.into_iter().map(message));
    }

    /// The next piece, if any waits.
    pub fn first(&self) -> Option<&Message> {
        self.waiting.front()
    }

    /// Take it.
    pub fn pop(&mut self) -> Option<Message> {
        self.waiting.pop_front()
    }

    /// A piece did not leave: it is the next one again, unless its text went back meanwhile.
    pub fn give_back(&mut self, message: Message) {
        if message.tag().is_some_and(|tag| self.left.contains_key(&tag)) {
            self.waiting.push_front(message);
        }
    }

    /// A piece has left.
    pub fn piece_left(&mut self, tag: u64) {
        let Some(left) = self.left.get_mut(&tag) else { return };
        *left -= 1;
        if *left == 0 {
            self.end(tag, LetterFate::Sent);
        }
    }

    /// A piece was given up: so is its text.
    pub fn piece_lost(&mut self, tag: u64) {
        if self.left.contains_key(&tag) {
            self.end(tag, LetterFate::Damaged);
        }
    }

    /// All of them go back.
    pub fn let_go(&mut self) {
        for tag in self.left.keys().copied().collect::<Vec<_>>() {
            self.end(tag, LetterFate::Back);
        }
    }

    /// What became of a text, the earliest first.
    pub fn next_fate(&mut self) -> Option<(u64, LetterFate)> {
        self.fates.pop_front()
    }

    fn end(&mut self, tag: u64, fate: LetterFate) {
        self.left.remove(&tag);
        self.waiting.retain(|message| message.tag() != Some(tag));
        self.fates.push_back((tag, fate));
    }
}
