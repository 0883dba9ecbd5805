//! What the gateway says by itself: help, and that something was never confirmed.

use super::super::handset::Handset;
use super::super::memory::Intent;
use super::super::words;
use super::Desk;
use crate::base::ids::SpokenId;

/// A handset that is not understood is told how to answer this often at most, so that two machines
/// never talk to each other for ever.
const HELP_MS: u64 = 120_000;

impl Desk {
    pub(super) fn help(&mut self, handset: &Handset, now_ms: u64) -> String {
        let key = handset.key();
        let heard = self.memory.heard.entry(key.clone()).or_default();
        let is_due = heard.helped_ms == 0 || now_ms.saturating_sub(heard.helped_ms) >= HELP_MS;
        if !is_due {
            return "没看懂 / not understood".to_owned();
        }
        heard.helped_ms = now_ms;
        self.write_to(&key, words::HELP.to_owned(), now_ms);
        "没看懂，已告知怎么回 / not understood; told how to answer".to_owned()
    }

    /// What waited too long for its confirmation is void, and its handset is told.
    pub(super) fn void_unconfirmed(&mut self, now_ms: u64) {
        let confirm_ms = self.settings.confirm_ms;
        let pending = self.memory.pending.iter();
        let is_old = |asked_ms: u64| now_ms.saturating_sub(asked_ms) >= confirm_ms;
        let old: Vec<String> =
            pending.filter(|(_, p)| is_old(p.asked_ms)).map(|(key, _)| key.clone()).collect();
        for key in old {
            self.memory.pending.remove(&key);
            self.write_to(&key, words::NEVER_CONFIRMED.to_owned(), now_ms);
        }
    }

    /// When the next one becomes void.
    pub(super) fn void_ms(&self) -> Option<u64> {
        let confirm_ms = self.settings.confirm_ms;
        self.memory.pending.values().map(|pending| pending.asked_ms + confirm_ms).min()
    }

    pub(super) fn forget_pending_of(&mut self, key: &str, order: SpokenId) {
        let is_of = self.memory.pending.get(key).is_some_and(|pending| match pending.intent {
            Intent::Answer { order: id, .. } => id == order,
            Intent::Report { .. } => false,
        });
        if is_of {
            self.memory.pending.remove(key);
        }
    }
}
