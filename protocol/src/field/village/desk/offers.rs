//! Handing out what waits: texts to bearers, records to the machine. Each once, until its fate is
//! told or the gateway starts anew.

use super::super::memory::{Outgoing, Wish, Wished};
use super::super::words;
use super::{Desk, Output};

/// A text that the network will not take for so long is history.
const OUTBOX_MS_MAX: u64 = 24 * 3_600_000;

/// A text without a fate is offered anew after so long: the bearer that had it may have been taken
/// away. One that still has it knows its tag.
const OFFER_ANEW_MS: u64 = 1_800_000;

impl Desk {
    /// Hand out what was not handed out; gives when to look again.
    pub(super) fn offer(&mut self, now_ms: u64) -> Option<u64> {
        self.drop_written(now_ms);
        let is_old = |outgoing: &Outgoing| now_ms.saturating_sub(outgoing.made_ms) > OUTBOX_MS_MAX;
        self.memory.outbox.retain(|_, outgoing| !is_old(outgoing));
        let texts: Vec<u64> = self.memory.outbox.keys().copied().collect();
        for tag in texts.into_iter().filter(|tag| self.is_due(*tag, now_ms)).collect::<Vec<_>>() {
            let Some(outgoing) = self.memory.outbox.get(&tag) else { continue };
            let Some(handset) = self.registry.get(&outgoing.key) else { continue };
            let (means, number) = (handset.means, handset.number.clone());
            let text = outgoing.text.clone();
            self.out.push_back(Output::Text { tag, means, number, text });
            self.offered.insert(tag, Some(now_ms + OFFER_ANEW_MS));
            self.unsent.remove(&tag);
        }
        // Before the orders are known nobody can tell what was written already.
        if self.knows_orders {
            let wishes: Vec<u64> = self.memory.wishes.keys().copied().collect();
            for tag in
                wishes.into_iter().filter(|tag| self.is_due(*tag, now_ms)).collect::<Vec<_>>()
            {
                let Some(wished) = self.memory.wishes.get(&tag) else { continue };
                self.out.push_back(Output::Wish { tag, wish: wished.wish.clone() });
                self.offered.insert(tag, None);
            }
        }
        let (outbox, wishes) = (&self.memory.outbox, &self.memory.wishes);
        self.offered.retain(|tag, _| outbox.contains_key(tag) || wishes.contains_key(tag));
        self.offered.values().copied().flatten().min()
    }

    fn is_due(&self, tag: u64, now_ms: u64) -> bool {
        match self.offered.get(&tag) {
            None => true,
            Some(again_ms) => again_ms.is_some_and(|again_ms| now_ms >= again_ms),
        }
    }

    /// What a gateway that ended had asked for and did not hear the end of may be written already.
    fn drop_written(&mut self, now_ms: u64) {
        if !self.knows_orders {
            return;
        }
        let is_written = |(tag, wished): (&u64, &Wished)| {
            let is_done = match &wished.wish {
                Wish::Receipt(draft) => self.orders.get(&draft.id).is_some_and(|detail| {
                    detail.receipts.iter().any(|receipt| {
                        draft.person.as_ref() == Some(&receipt.person)
                            && draft.rung == receipt.rung
                            && draft.note == receipt.note
                            && draft.proxy == receipt.proxy
                    })
                }),
                Wish::Report { .. } => false,
            };
            (is_done && !self.offered.contains_key(tag)).then_some(*tag)
        };
        let written: Vec<u64> = self.memory.wishes.iter().filter_map(is_written).collect();
        for tag in written {
            let Some(Wished { key, wish: Wish::Receipt(draft) }) = self.memory.wishes.remove(&tag)
            else {
                continue;
            };
            self.write_to(&key, words::recorded(draft.id, draft.rung, &draft.note), now_ms);
        }
    }
}
