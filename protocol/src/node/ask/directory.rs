//! The directory asked for list by list, changed from tables, and given away as a file. Admitting
//! and revoking devices is done elsewhere.

use crate::base::ids::Lane;
use crate::base::time::Now;
use crate::field::body::Body;
use crate::field::directory::draft::{Import, Missing, chunk, refusal};
use crate::field::directory::noun::Noun;
use crate::local::request::ImportDraft;
use crate::local::rows::{DirectoryRows, ImportRow};
use crate::local::{Refusal, RefusalCode, Reply, Request};
use crate::node::Node;
use crate::node::ask::Answer;
use crate::node::input::AskId;
use crate::wire::pack::Pack;
use crate::wire::record::Person;

impl Node {
    /// Everything in use, and the groups as this device stands to them.
    pub(super) fn directory_rows(&self) -> Reply {
        let directory = &self.folds.directory;
        let groups = directory.group_rows(self.who.device);
        let mut rows = DirectoryRows { groups, ..directory.rows() };
        rows.devices.iter_mut().for_each(|row| row.order_key = self.order_key_begins(row.device));
        Reply::Directory(Box::new(rows))
    }

    /// Take tables into the directory, or say what they would change. What stands in them was
    /// read by whoever has the files; a mistake found there is the answer. Drain the outputs
    /// afterwards, as after `handle`.
    pub fn import(
        &mut self,
        ask: AskId,
        draft: &ImportDraft,
        read: Result<Import, Refusal>,
        now: Now,
    ) {
        self.now = now;
        let answer = self.take_import(draft, read);
        self.answer(ask, answer);
        self.follow_up();
    }

    /// Code of the district of this network.
    pub fn district(&self) -> &str {
        &self.settings.network.district
    }

    fn take_import(
        &mut self,
        draft: &ImportDraft,
        read: Result<Import, Refusal>,
    ) -> Result<Answer, Refusal> {
        self.authority()?;
        self.writable()?;
        if !self.own_lines_are_folded() {
            return Err(Refusal::new(
                RefusalCode::Busy,
                "上一次改动还在写盘。请过几秒再导入。",
                "The last change is still on its way to the disk. Import again in a few seconds.",
            ));
        }
        let missing = if draft.withdraw { Missing::Withdraw } else { Missing::Stay };
        let directory = &self.folds.directory;
        let difference = read?.difference(directory, missing).map_err(|errors| refusal(&errors))?;
        let version = directory.version();
        let groups = chunk(difference.entries);
        let bytes: usize = groups.iter().map(|group| group.packed().len()).sum();
        let done = ImportRow {
            dry_run: draft.dry_run,
            version,
            records: groups.len() as u32,
            bytes: bytes as u32,
            changes: difference.changes,
        };
        if draft.dry_run || groups.is_empty() {
            return Ok(Answer::Now(Reply::Imported(Box::new(done))));
        }
        let count = groups.len();
        for (at, group) in groups.into_iter().enumerate() {
            let is_last = at + 1 == count;
            self.write(Lane::Directory, &Body::Directory(group), Person::Nobody, is_last);
        }
        Ok(Answer::WhenSaved(Reply::Imported(Box::new(done))))
    }

    pub(super) fn directory_list(&self, list: &str) -> Result<Reply, Refusal> {
        let noun = Noun::from_word(list).ok_or_else(|| {
            let words: Vec<&str> = Noun::ALL.into_iter().map(Noun::word).collect();
            let words = words.join(", ");
            let list: String = list.chars().take(40).collect();
            Refusal::new(
                RefusalCode::UnknownName,
                format!("名录没有“{list}”这一类。可用：{words}。"),
                format!("The directory has no list \"{list}\". There are: {words}."),
            )
        })?;
        Ok(Reply::DirectoryList(Box::new(self.folds.directory.list(noun))))
    }

    pub(super) fn directory_export(&mut self) -> Result<Answer, Refusal> {
        let again = Request::ExportDirectory;
        if let Some(wait) = self.sealed_first(&again)? {
            return Ok(wait);
        }
        let (plains, records) = self.directory_plains();
        if let Some(wait) = self.numbers_first(plains.len(), again)? {
            return Ok(wait);
        }
        let bytes = self.carry_file(&plains)?;
        Ok(Answer::Now(Reply::CarryFile { bytes, records }))
    }
}

/// The machine reads no files.
pub(super) fn unread() -> Refusal {
    Refusal::new(
        RefusalCode::NotAllowed,
        "表格须由守护进程读取。请经控制接口导入。",
        "Tables are read by the daemon. Import them through its control interface.",
    )
}
