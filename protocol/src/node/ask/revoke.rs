//! The authority takes a device out: what it wrote up to now stays, what comes after is disowned,
//! and everybody else moves on to an epoch whose secret it cannot read.

use crate::base::caps::SHUT_OUT_MAX;
use crate::base::ids::{DeviceId, Lane};
use crate::field::body::Body;
use crate::field::directory::{Entry, RevokeEntry};
use crate::keys::rekey::{Rekey, RekeyHead};
use crate::keys::subtree::{EPOCH_END, TreeMaster};
use crate::local::{Refusal, RefusalCode, Reply};
use crate::node::Node;
use crate::node::ask::Answer;
use crate::wire::pack::Pack;
use crate::wire::record::Person;

impl Node {
    pub(super) fn revoke_device(
        &mut self,
        device: DeviceId,
        reason: &str,
    ) -> Result<Answer, Refusal> {
        self.authority()?;
        self.writable()?;
        if self.folds.directory.member(device).is_none() {
            return Err(Refusal::new(
                RefusalCode::UnknownId,
                format!("名录中没有终端 {device}。用 sanduan device list 查看编号。"),
                format!("The directory has no device {device}. See sanduan device list."),
            ));
        }
        if device == self.who.device {
            return Err(Refusal::new(
                RefusalCode::NotAllowed,
                "不能吊销本机：签发密钥在本机上。本机失密须重建网络。",
                "This machine cannot revoke itself: it holds the authority's key. If that key is \
                 lost to others, the network must be founded anew.",
            ));
        }
        let lanes = self.book.lanes().filter(|(id, lane)| {
            id.author == device && id.lane != Lane::Directory && lane.saved_sealed() > 0
        });
        let cut = lanes.map(|(id, lane)| (*id, lane.saved_sealed())).collect();
        let entry = Entry::Revoke(RevokeEntry { index: device, reason: reason.to_owned(), cut });
        if Entry::unpack_all(&entry.packed()).is_err() {
            return Err(Refusal::new(
                RefusalCode::BadValue,
                "原因过长或含有不能显示的字符。最多 40 个汉字。",
                "The reason is too long or cannot be shown: 40 Chinese characters at most.",
            ));
        }
        let rekeys = self.rekey_without(device)?;
        let groups = self.groups_without(device)?;
        let entries = std::iter::once(entry).chain(rekeys).chain(groups);
        let bodies: Vec<Body> = entries.map(|entry| Body::Directory(vec![entry])).collect();
        let records = bodies.len() as u32;
        for (body, number) in bodies.iter().zip(1..) {
            self.write(Lane::Directory, body, Person::Nobody, number == records);
        }
        Ok(Answer::WhenSaved(Reply::Saved { id: None, records }))
    }

    /// The parts of a rekey for all but those who were revoked, and this one.
    fn rekey_without(&mut self, device: DeviceId) -> Result<Vec<Entry>, Refusal> {
        let (key, seed) = self.authority()?;
        let directory = &self.folds.directory;
        let epoch = self.turns.written.max(self.turn().epoch) + 1;
        let head = RekeyHead {
            epoch,
            began_s: u32::try_from(self.now.wall.0 / 1000).unwrap_or(u32::MAX),
            last: directory.last_with_path(),
            shut_out: directory.revoked().chain([device]).collect(),
        };
        let master = TreeMaster::new(self.settings.suite, self.who.network, seed);
        let before = self.turns.epochs.parts().next();
        let parts = Rekey::make(&master, key, self.who.network, &head, before);
        let parts = parts.filter(|_| epoch < EPOCH_END).ok_or_else(|| {
            Refusal::new(
                RefusalCode::NotAllowed,
                format!("吊销的终端过多（上限 {SHUT_OUT_MAX} 台），无法换发密钥。须重建网络。"),
                format!(
                    "Too many devices were revoked (at most {SHUT_OUT_MAX}) to change the keys: \
                     the network must be founded anew."
                ),
            )
        })?;
        self.turns.written = epoch;
        Ok(parts.into_iter().map(|part| Entry::Rekey(Box::new(part))).collect())
    }
}
