//! A request whose key has a number already. One key under two numbers would be two authors for
//! all who count answers, and one device for whoever checks seals: so the second admission is
//! refused, or, asked for by name, gives the first one's join file once more.

use crate::base::ids::UnitId;
use crate::base::roles::Roles;
use crate::field::directory::{DeviceEntry, Member};
use crate::keys::enrol::EnrolRequest;
use crate::local::{Refusal, RefusalCode, Reply};
use crate::node::Node;
use crate::node::ask::Answer;

impl Node {
    /// The join file of a device that was admitted before, with its number, unit and roles. Nothing
    /// is written.
    ///
    /// # Errors
    /// It was revoked, is to be something else than it is, or is another issuer's.
    pub(super) fn admit_again(
        &self,
        request: &EnrolRequest,
        known: &Member,
        (unit, roles): (UnitId, Roles),
    ) -> Result<Answer, Refusal> {
        if known.retired || (known.unit, known.roles) != (unit, roles) {
            return Err(self.has_a_number(known));
        }
        let (device, directory) = (known.device, &self.folds.directory);
        let (.., issuer) = self.signer()?;
        if issuer.is_some_and(|issuer| !issuer.owns(device)) {
            return Err(Refusal::new(
                RefusalCode::NotAllowed,
                format!("{device} 号不是本机接纳的。请由接纳它的机器或指挥中心再发入网文件。"),
                format!(
                    "Device {device} was not admitted here. Whoever admitted it, or the centre, \
                     can give its join file again."
                ),
            ));
        }
        let entry = DeviceEntry {
            index: device,
            public: known.public,
            unit,
            roles,
            depot_scope: known.depot_scope,
        };
        // An issuer's term is what the directory says; `device renew` begins another.
        let certificate = match directory.issuer(device) {
            Some(term) => term.certificate,
            None => self.certificate_of(&entry)?,
        };
        let join = self.join_file(&entry, certificate)?;
        let check_words = request.check_words().to_vec();
        Ok(Answer::Now(Reply::Admitted { device, join, check_words }))
    }

    /// The key of a request has a number already: which, and what to do.
    pub(super) fn has_a_number(&self, known: &Member) -> Refusal {
        let (device, unit) = (known.device, self.folds.directory.unit_name(known.unit));
        let (words, words_zh) = (known.roles.words(), known.roles.words_zh());
        let (words, words_zh) = (words.join(", "), words_zh.join("、"));
        let (zh, en) = match known.retired {
            true => (
                format!(
                    "此申请的密钥是已吊销的 {device} 号（{unit}）。不再接纳这把密钥：请在那台机器的\
                     新目录中重新运行 sanduan device request。"
                ),
                format!(
                    "The key of this request is that of device {device} ({unit}), which is \
                     revoked. It is not admitted again: run sanduan device request in a new folder \
                     on that machine."
                ),
            ),
            false => (
                format!(
                    "此申请的密钥已是 {device} 号（{unit}；{words_zh}），不再另给编号。入网文件\
                     丢了：加 --again，单位和权限照旧，再发 {device} 号的入网文件。单位或权限\
                     要改：在那台机器的新目录中重新申请，再吊销 {device} 号。"
                ),
                format!(
                    "The key of this request has number {device} already ({unit}; {words}), and \
                     gets no second one. If its join file was lost, add --again, with the same \
                     unit and roles, to make it once more. For another unit or other roles, let \
                     that machine ask from a new folder, and revoke device {device}."
                ),
            ),
        };
        Refusal::new(RefusalCode::AlreadyOver, zh, en)
    }
}

/// The key of a request has no number, and was said to have one.
pub(super) fn has_no_number() -> Refusal {
    Refusal::new(
        RefusalCode::UnknownId,
        "此申请的密钥还没有编号，不能再发入网文件。核对申请文件；是新终端就去掉 --again。",
        "The key of this request has no number yet, so there is no join file to make again. Check \
         the request file; for a new device leave --again away.",
    )
}
