//! Attachments: what is known of them, and the record that says that there is a new one.

use crate::base::ids::Lane;
use crate::field::attachment::Attachment;
use crate::field::body::Body;
use crate::field::order::draft;
use crate::local::request::FileDraft;
use crate::local::{Refusal, RefusalCode, Reply};
use crate::node::Node;
use crate::node::ask::{Answer, hash_of_hex};

impl Node {
    pub(super) fn file_rows(&self) -> Reply {
        Reply::Files { files: self.folds.shelf.rows(&self.folds.directory) }
    }

    /// Sealed at once: a photo of a breach must be seen at the desk now, not in a quarter of an
    /// hour.
    pub(super) fn attach_file(&mut self, draft: &FileDraft) -> Result<Answer, Refusal> {
        self.writable()?;
        let bad = |zh: &str, en: &str| Refusal::new(RefusalCode::BadValue, zh, en);
        let hash = hash_of_hex(&draft.hash).ok_or_else(|| {
            bad("文件摘要须为 64 位十六进制。", "The hash of a file is 64 hex digits.")
        })?;
        let attachment = Attachment {
            hash,
            bytes: draft.bytes,
            name: draft.name.trim().to_owned(),
            mime: draft.mime.clone(),
            about: draft.about,
            note: draft::checked_text(&draft.note)?,
        };
        attachment.check().map_err(|_| {
            bad(
                "附件不合要求：文件名一行、不含斜杠、不以点开头；大小为 1 字节到 64 MB。",
                "The attachment is not as required: a name of one line without slashes that does \
                 not begin with a dot, and 1 byte to 64 MB.",
            )
        })?;
        if let Some(about) = draft.about {
            draft::known(&self.folds.orders, about)?;
        }
        let directory = &self.folds.directory;
        let person = draft::person(draft.person.as_deref(), self.operator(), directory)?;
        let body = Body::Attachment(attachment);
        self.check_right(&body)?;
        let id = self.write(Lane::Report, &body, person, true).into();
        Ok(Answer::WhenSaved(Reply::FileSaved { id, hash: draft.hash.clone() }))
    }
}

/// Files themselves are not the machine's business.
pub(super) fn daemon_answers() -> Refusal {
    Refusal::new(
        RefusalCode::BadValue,
        "文件本身由守护进程存取，请经控制接口操作。",
        "Files are kept by the daemon; use its control interface.",
    )
}
