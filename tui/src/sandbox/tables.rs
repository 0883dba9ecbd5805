//! Lists of the made-up directory, and an import that changes one line of it.

use sanduan_protocol::local::Reply;
use sanduan_protocol::local::request::ImportDraft;
use sanduan_protocol::local::rows::{ChangeKind, ChangeRow, EntryRow, ImportRow, ListRows};

/// The posts and the templates; no other list is made up.
pub fn list(list: &str) -> Option<Reply> {
    let (columns, entries): (&[&str], Vec<EntryRow>) = match list {
        "posts" => {
            let columns = &["unit", "primary", "stand_in"];
            let post = |index, code, name, primary, withdrawn| {
                let fields = ["区应急指挥中心", primary, ""];
                EntryRow { withdrawn, ..entry(index, code, name, columns, &fields) }
            };
            let first = post(1, "P01", "总值班室", "甲员", false);
            (columns, vec![first, post(2, "P02", "带班领导", "乙员", true)])
        }
        "templates" => {
            let columns = &["zh", "en", "fields"];
            let (zh, en) = ("向{单位}移交现场指挥", "Hand over command of the scene to {单位}");
            (columns, vec![entry(7, "M07", zh, columns, &[zh, en, "单位:unit"])])
        }
        _ => return None,
    };
    let columns = columns.iter().map(|name| (*name).to_owned()).collect();
    let rows = ListRows { list: list.to_owned(), version: 9, columns, entries };
    Some(Reply::DirectoryList(Box::new(rows)))
}

fn entry(index: u16, code: &str, name: &str, columns: &[&str], fields: &[&str]) -> EntryRow {
    let fields = columns.iter().zip(fields);
    EntryRow {
        index,
        code: code.to_owned(),
        name: name.to_owned(),
        withdrawn: false,
        since: 1,
        fields: fields.map(|(name, field)| ((*name).to_owned(), (*field).to_owned())).collect(),
    }
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
