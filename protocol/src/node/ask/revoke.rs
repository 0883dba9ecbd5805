//! The authority takes a device out: what it wrote up to now stays, what comes after is disowned.

use crate::base::ids::{DeviceId, Lane};
use crate::field::body::Body;
use crate::field::directory::{Entry, RevokeEntry};
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
        self.write(Lane::Directory, &Body::Directory(vec![entry]), Person::Nobody, true);
        Ok(Answer::WhenSaved(Reply::Saved { id: None, records: 1 }))
    }
}
