//! What a link sent and nobody answered: when it counts as lost, and what follows for the length
//! of its frames. What was sent to whom is in [`super::contact`].

use crate::base::ids::DeviceId;
use crate::base::time::Mono;
use crate::link::size::Tally;
use crate::link::state::{ANYONE, Link};
use crate::link::view::View;
use crate::wire::bundle::Holding;

/// Added to twice the longest way: what disks and clocks of both ends may need, ms.
const ARRIVAL_SLACK_MS: u64 = 2_000;

impl Link {
    /// How long a frame is on its way at most, as the bearer declares it; of one that does not, as
    /// long as its bits take.
    pub fn way_ms(&self) -> u64 {
        match self.profile.latency_ms.1 {
            0 => self.frame_ms(),
            most_ms => u64::from(most_ms),
        }
    }

    /// A contact answered with this what came after something urgent, but not that: it goes again
    /// at once. Only where frames keep their order, nobody else answers, and one frame too many is
    /// soon over.
    pub fn lose_overtaken(&mut self, device: DeviceId, said: &[Holding], now: Mono) {
        let overtaken = self.trail.lost(said);
        let is_meant =
            self.profile.half_duplex && self.profile.min_interval_ms == 0 && self.crowd(now) < 2;
        let Some(contact) = self.contacts.get_mut(&device).filter(|_| is_meant) else { return };
        for (lane, seq) in overtaken {
            let is_open = contact.view(lane).is_some_and(|view| view.head < seq);
            if is_open && contact.view_mut(lane).lose(seq) {
                self.counts.lost_records += 1;
            }
        }
    }

    /// A contact says what it holds of a lane, and what went long enough ago to have arrived is not
    /// in it: that was lost. Only where slots are so long that nobody makes a frame before it can
    /// leave, and one hears us.
    pub fn lose_unheard(&mut self, device: DeviceId, said: &Holding, now: Mono) {
        let is_meant = self.profile.long_slot_ms().is_some() && !self.is_shared();
        let arrives_ms = ARRIVAL_SLACK_MS + 2 * self.way_ms();
        let Some(contact) = self.contacts.get_mut(&device).filter(|_| is_meant) else { return };
        let Some(view) = contact.view(said.lane) else { return };
        let lacks_seal = !view.is_partway() && view.sent_sealed > said.sealed;
        let is_missing = view.sent > said.head || lacks_seal;
        if is_missing && now.since_ms(view.sent_at) >= arrives_ms {
            let lost = contact.view_mut(said.lane).expire();
            self.counts.lost_records += lost;
        }
    }

    /// What was sent long ago without an answer counts as lost.
    pub fn expire(&mut self, now: Mono) {
        let (mut lost, mut missed) = (0, 0);
        let mut tally = Tally::default();
        let busy_ms = self.busy_ms;
        for (device, contact) in &mut self.contacts {
            contact.calls.end(now);
            if contact.is_quiet(now, busy_ms) {
                continue;
            }
            let (mut silent, mut is_called) = (false, false);
            let heard_at = contact.heard_at;
            // One frame for all lanes of a contact that does not answer, not one for each.
            let is_in_vain = contact.calls.is_in_vain();
            let calls = contact.watched().any(|view| view.is_late(now, busy_ms));
            contact.change_watched(|_, view| {
                if view.is_late(now, busy_ms) || (calls && view.may_go_along(is_in_vain, now)) {
                    // One that was not heard since may be gone: that says nothing of the length.
                    let is_there = heard_at >= view.sent_at;
                    let is_left = view.is_left_to_another();
                    let is_call = is_in_vain && !is_there && !is_left && *device != ANYONE;
                    let expired = if is_call { view.rest() } else { view.expire() };
                    if is_there && !is_left && *device != ANYONE {
                        tally.lost += u32::try_from(expired.max(1)).unwrap_or(u32::MAX);
                    }
                    lost += expired;
                    missed += if is_there { 0 } else { expired };
                    silent = true;
                    is_called |= !is_left && !is_there;
                }
                view.end_hold(now);
            });
            if is_called && *device != ANYONE {
                contact.calls.note_unanswered(now);
            }
            contact.in_step &= !silent;
        }
        if lost > 0 {
            self.counts.lost_records += lost;
            self.counts.missed_records += missed;
            self.quality.note_unanswered();
            self.unanswered_bytes = 0;
        }
        self.note_tally(tally, now);
    }
}

impl View {
    /// What waits for its answer goes once more before that is missed.
    pub fn say_again(&mut self) {
        let tries = self.tries;
        self.note_lost();
        self.tries = tries;
    }

    /// What came after this record was answered, and it was not: it goes again at once. True if it
    /// was waited for.
    fn lose(&mut self, seq: u32) -> bool {
        let is_lost = self.via.is_none() && self.head < seq && self.sent >= seq;
        if is_lost {
            let tries = self.tries;
            self.note_lost();
            self.tries = tries;
        }
        is_lost
    }
}

#[cfg(test)]
mod tests;
