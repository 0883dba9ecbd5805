//! Lists of the made-up directory, and an import that changes one line of it.

use sanduan_protocol::local::Reply;
use sanduan_protocol::local::request::ImportDraft;
use sanduan_protocol::local::rows::{ChangeKind, ChangeRow, EntryRow, ImportRow, ListRows};

/// The posts; no other list is made up.
pub fn list(list: &str) -> Option<Reply> {
    let columns = ["unit", "primary", "stand_in"].map(str::to_owned);
    let post = |index, code: &str, name: &str, primary: &str, withdrawn| EntryRow {
        index,
        code: code.to_owned(),
        name: name.to_owned(),
        withdrawn,
        since: 1,
        fields: columns
            .iter()
            .cloned()
            .zip(["区应急指挥中心", primary, ""].map(str::to_owned))
            .collect(),
    };
    let entries =
        vec![post(1, "P01", "总值班室", "甲员", false), post(2, "P02", "带班领导", "乙员", true)];
    let list = (list == "posts").then(|| list.to_owned())?;
    let rows = ListRows { list, version: 9, columns: columns.to_vec(), entries };
    Some(Reply::DirectoryList(Box::new(rows)))
}

/// One line changes, one is missing.
pub fn imported(draft: &ImportDraft) -> Reply {
    let row = |change, index, code: &str, name: &str| {
        let (code, name) = (code.to_owned(), name.to_owned());
        ChangeRow { change, list: "posts".to_owned(), index, code, name }
    };
    let lacks = if draft.withdraw { ChangeKind::Withdrawn } else { ChangeKind::Missing };
    let changes =
        vec![row(ChangeKind::Changed, 1, "P01", "总值班室"), row(lacks, 2, "P02", "带班领导")];
    let dry_run = draft.dry_run;
    Reply::Imported(Box::new(ImportRow { dry_run, version: 9, records: 1, bytes: 40, changes }))
}
