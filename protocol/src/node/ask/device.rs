//! What is known of one device: who it is, when it was heard, what it wrote, whether it is trusted.

use crate::base::ids::{DeviceId, RecordId};
use crate::field::directory::{RevokeEntry, key_begins};
use crate::local::rows::{AdmitterRow, DeviceDetail, DeviceLaneRow, DeviceRow, LogRow};
use crate::local::{Refusal, RefusalCode, Reply};
use crate::node::Node;
use crate::node::folds::parse;

/// Records of a lane that are looked at, from its end, for the last one that the log tells of.
const LOOKED_AT_MAX: u32 = 64;

impl Node {
    pub(super) fn device_detail(&self, device: DeviceId) -> Result<Reply, Refusal> {
        let directory = &self.folds.directory;
        let row = directory.any_device(device).ok_or_else(|| {
            Refusal::new(
                RefusalCode::UnknownId,
                format!(
                    "名录中没有终端 {device}。听到的终端见 sanduan peers；新入网的须等名录更新。"
                ),
                format!(
                    "The directory has no device {device}. Devices heard: sanduan peers; a device \
                     that has just joined is known when the directory is up to date."
                ),
            )
        })?;
        let row = DeviceRow { order_key: self.order_key_begins(device), ..row };
        let revocation = directory.revocation(device);
        let mut heard: Vec<_> =
            self.peer_rows().into_iter().filter(|peer| peer.device == device).collect();
        heard.sort_by_key(|peer| std::cmp::Reverse(peer.last_heard_ms));
        let last = self.last_of(device);
        Ok(Reply::DeviceDetail(Box::new(DeviceDetail {
            device: row,
            here: device == self.who.device,
            revoked: revocation.map(|entry| entry.reason.clone()),
            admitted_by: self.admitter(device),
            issuer: self.issuer_row(device),
            heard,
            lanes: self.lanes_of(device, revocation),
            last_ms: last.as_ref().map(|row| row.at_ms),
            last,
        })))
    }

    /// How the order key begins that a device named.
    pub(super) fn order_key_begins(&self, device: DeviceId) -> Option<String> {
        self.folds.order_keys.of(device).map(key_begins)
    }

    /// The issuer whose number a device has; none for those of the authority.
    fn admitter(&self, device: DeviceId) -> Option<AdmitterRow> {
        let directory = &self.folds.directory;
        let issuer = directory.issuers().find(|issuer| issuer.owns(device))?;
        let unit = directory.member(issuer.index)?.unit;
        Some(AdmitterRow { device: issuer.index, unit_name: directory.unit_name(unit) })
    }

    fn lanes_of(&self, device: DeviceId, revoked: Option<&RevokeEntry>) -> Vec<DeviceLaneRow> {
        let lanes = self.book.lanes().filter(|(id, lane)| id.author == device && lane.head() > 0);
        let row = |(id, lane): (&crate::base::ids::LaneId, &crate::log::lane::Lane)| {
            let counts = revoked.map(|entry| entry.cut.get(id).copied().unwrap_or(0));
            DeviceLaneRow {
                lane: format!("{:?}", id.lane).to_lowercase(),
                incarnation: id.incarnation,
                records: lane.head(),
                verified: lane.saved_sealed(),
                disowned: counts.map_or(0, |last| lane.head().saturating_sub(last)),
            }
        };
        lanes.map(row).collect()
    }

    /// The newest verified record of the device that the log has a line for.
    fn last_of(&self, device: DeviceId) -> Option<LogRow> {
        let mut newest: Option<(crate::base::time::Hlc, RecordId)> = None;
        for (id, lane) in self.book.lanes().filter(|(id, _)| id.author == device) {
            let end = lane.saved_sealed();
            let first = end.saturating_sub(LOOKED_AT_MAX).saturating_add(1);
            let found = (first..=end).rev().find_map(|seq| {
                let (head, _) = parse(lane, seq)?;
                self.log_row(id.at(seq)).map(|_| (head.at, id.at(seq)))
            });
            newest = newest.max(found);
        }
        newest.and_then(|(_, id)| self.log_row(id))
    }
}
