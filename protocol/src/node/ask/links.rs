//! Links and contacts as rows; what waits for them is in `outbox`.

use crate::base::ids::{DeviceId, LinkId};
use crate::link::profile::Price;
use crate::link::state::{ANYONE, Link};
use crate::local::Event;
use crate::local::rows::{BearerRow, PeerRow};
use crate::node::Node;
use crate::node::links::link_state;

impl Node {
    pub(in crate::node) fn bearer_rows(&self) -> Vec<BearerRow> {
        self.links.values().map(|link| self.bearer_row(link)).collect()
    }

    fn bearer_row(&self, link: &Link) -> BearerRow {
        let (counts, condition) = (&link.counts, &link.condition);
        let is_priced = link.profile.price != Price::default();
        let waiting = link.contacts.iter().filter(|(device, _)| **device != ANYONE);
        BearerRow {
            link: link.id,
            name: link.profile.name.clone(),
            kind: link.profile.kind.clone(),
            target: link.profile.target.clone(),
            state: link_state(link),
            error: link.error.clone(),
            rate_bit_s: link.profile.rate_bit_s,
            mtu: link.profile.mtu,
            sent_frames: counts.sent_frames,
            sent_bytes: counts.sent_bytes,
            heard_frames: counts.heard_frames,
            heard_bytes: counts.heard_bytes,
            dropped: counts.dropped.iter().map(|(why, n)| ((*why).to_owned(), *n)).collect(),
            queue: waiting.map(|(_, contact)| contact.lacks(&self.book)).max().unwrap_or(0),
            last_heard_ms: condition.last_heard.or(link.last_heard).map(|wall| wall.0),
            last_sent_ms: condition.last_sent.or(link.last_sent).map(|wall| wall.0),
            loss_permille: link.lost_on_the_way_permille(),
            signal_pct: condition.signal_pct,
            next_slot_ms: condition.next_slot.map(|slot| slot.0),
            quota_messages: condition.quota_left.and_then(|left| left.messages),
            quota_bytes: condition.quota_left.and_then(|left| left.bytes),
            quota_until_ms: condition.quota_left.map(|left| left.until.0),
            air_left_ms: condition.purse_left.air.map(|left| left.left),
            money_left_milli_yuan: condition.purse_left.money.map(|left| left.left),
            latency_ms: link.quality.median_ms().or(condition.latency_ms),
            today_sent_bytes: condition.today_bytes.0,
            today_heard_bytes: condition.today_bytes.1,
            today_milli_yuan: is_priced.then_some(condition.today_milli_yuan),
            experimental: link.profile.experimental,
        }
    }

    pub(in crate::node) fn peer_rows(&self) -> Vec<PeerRow> {
        let mut rows = Vec::new();
        for link in self.links.values() {
            for device in link.contacts.keys().filter(|device| **device != ANYONE) {
                rows.extend(self.peer_row(link, *device));
            }
        }
        rows
    }

    fn peer_row(&self, link: &Link, device: DeviceId) -> Option<PeerRow> {
        let contact = link.contacts.get(&device)?;
        let said = self.vitals_of(device);
        let lacks = contact.lacks(&self.book);
        let holds_all = lacks == 0 || contact.is_said_to_hold_all(&self.book);
        Some(PeerRow {
            device,
            unit_name: self.folds.directory.device_unit_name(device),
            link: link.id,
            link_name: link.profile.name.clone(),
            last_heard_ms: contact.heard_wall.0,
            in_step: contact.in_step && holds_all,
            lacks,
            battery_pct: said.and_then(|(vitals, _)| vitals.battery_pct),
            links_up: said.map_or_else(Vec::new, |(vitals, _)| vitals.links.words()),
            status_ms: said.map(|(_, at_s)| u64::from(at_s) * 1000),
        })
    }

    /// Records that some contact is not known to hold, over all links, and our own that nobody is
    /// known to hold while nobody was met.
    pub(super) fn outbox_count(&self) -> u32 {
        let waiting = self.bearer_rows().iter().map(|row| row.queue).fold(0, u32::saturating_add);
        waiting.saturating_add(self.unmet_count())
    }

    pub(in crate::node) fn feed_bearer(&mut self, link: LinkId) {
        if self.is_unheard {
            return;
        }
        if let Some(row) = self.links.get(link).map(|link| self.bearer_row(link)) {
            self.feed(Event::Bearer(Box::new(row)));
        }
    }

    pub(in crate::node) fn feed_peer(&mut self, link: LinkId, device: DeviceId) {
        if self.is_unheard {
            return;
        }
        let row = self.links.get(link).and_then(|link| self.peer_row(link, device));
        if let Some(row) = row {
            self.feed(Event::Peer(Box::new(row)));
        }
    }
}
