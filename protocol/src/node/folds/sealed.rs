//! What is sealed to a group is read where its key is, and elsewhere told to be there. All of it
//! is folded anew when a key comes: the directory has changed then.

use super::Folds;
use crate::base::ids::RecordId;
use crate::field::body::Placed;
use crate::field::order::words::Words;
use crate::field::order::{Order, SealedNote};
use crate::field::stock::SealedPost;
use crate::field::stock::sealed::Closed;

impl Folds {
    /// The words of an order or draft.
    pub(super) fn reveal(&mut self, id: RecordId, order: &Order) {
        if let Words::Sealed(sealed) = &order.text
            && let Some(words) = sealed.reveal(&self.ring, id.lane.author)
        {
            self.orders.reveal(id.into(), words);
        }
    }

    /// What an answer or a withdrawal says.
    pub(super) fn take_note(&mut self, id: RecordId, note: &SealedNote) {
        let words = note.words.reveal(&self.ring, id.lane.author);
        let words = words.unwrap_or_else(|| Words::Sealed(note.words.clone()));
        self.orders.apply_note(note.order, note.about, words);
    }

    /// A movement or a count of a depot.
    pub(super) fn take_post(&mut self, post: &Placed<'_, SealedPost>, verified: bool) {
        let id = post.id;
        match post.body.reveal(&self.ring, id.lane.author) {
            Ok(body) => {
                self.ledger.note_sealed(post.body.depot);
                self.ledger.apply(post.with(&body), verified);
            }
            Err(Closed::NoKey) if verified => {
                self.ledger.apply_hidden(post);
            }
            Err(Closed::NoKey) => {}
            Err(Closed::Broken) => self.refuse(id, "unreadable"),
        }
    }
}
