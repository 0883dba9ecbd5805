//! What comes in pieces: records in parts, seals in pieces. What a whole one does is in `heard`.

use crate::base::ids::RecordId;
use crate::field::air::alone;
use crate::node::Node;
use crate::node::heard::From;
use crate::wire::bundle::{Part, Run, SealPiece};

impl Node {
    pub(super) fn heard_part(&mut self, from: From, part: &Part) {
        let id = part.id;
        if self.is_left_to_witness(from.sender, id) {
            return self.note_dropped(from.link, "in_doubt");
        }
        let is_new = self.book.lane(id.lane).is_none_or(|lane| lane.head() < id.seq);
        let whole = self.book.offer_part(id, part.total, part.offset, &part.bytes);
        let is_end = part.offset as usize + part.bytes.len() == part.total as usize;
        if let Some(whole) = whole {
            let Ok(record) = alone::unpack(id, &whole) else {
                // Forged, or of a program that packs otherwise: it comes again in full.
                return self.note_dropped(from.link, "bad_parts");
            };
            let run = Run { lane: id.lane, first: id.seq, records: vec![record], seal: None };
            if self.is_contested(from.link, from.sender, &run) {
                return;
            }
            if !self.is_own(id.lane) {
                // The seal over it may wait here already, and nobody says it again.
                self.take_run(from.link, &run, id.seq);
                if is_new {
                    self.note_source(from.sender, id.lane, id.seq.saturating_sub(1));
                }
                self.owe_ack(from, id.lane, is_new);
            }
        } else if !is_new && is_end {
            // It was here already: our ack was lost, and its sender waits for one.
            self.owe_ack(from, id.lane, false);
        }
        self.note_said(from.link, from.sender, id.lane, id.seq.saturating_sub(1), 0);
    }

    pub(super) fn heard_piece(&mut self, from: From, id: RecordId, piece: &SealPiece) {
        if let Some(seal) = self.book.offer_piece(id, piece) {
            return self.heard_seal(from, id, &seal);
        }
        self.note_said(from.link, from.sender, id.lane, id.seq, id.seq);
        // A piece of a seal changes no mark, but the sender waits for a word of it.
        self.owe_ack(from, id.lane, !piece.is_last());
    }
}
