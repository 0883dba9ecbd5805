//! All attachments together: which files exist, and who says so.

use std::collections::BTreeMap;

use crate::base::caps::FILES_MAX;
use crate::base::ids::{RecordId, SpokenId};
use crate::base::time::Hlc;
use crate::field::attachment::Attachment;
use crate::field::body::Placed;
use crate::field::directory::Directory;
use crate::local::rows::FileRow;
use crate::wire::record::Person;

/// Every attachment that is known, newest kept when there are too many. The order of time decides
/// which are kept, so that every machine keeps the same ones.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shelf {
    files: BTreeMap<(Hlc, RecordId), (Person, Attachment)>,
}

impl Shelf {
    /// A record says that a file exists.
    pub fn apply(&mut self, placed: &Placed<'_, Attachment>) {
        let entry = (placed.person.clone(), placed.body.clone());
        self.files.insert((placed.at, placed.id), entry);
        if self.files.len() > FILES_MAX {
            self.files.pop_first();
        }
    }

    /// All of them, newest first.
    pub fn rows(&self, directory: &Directory) -> Vec<FileRow> {
        let row = |(key, entry): (&(Hlc, RecordId), &(Person, Attachment))| {
            let ((at, id), (person, file)) = (key, entry);
            FileRow {
                id: SpokenId::from(*id),
                hash: hex(&file.hash),
                name: file.name.clone(),
                mime: file.mime.clone(),
                bytes: file.bytes,
                about: file.about,
                note: file.note.clone(),
                unit_name: directory.device_unit_name(id.lane.author),
                person: directory.person_name(person),
                at_ms: at.wall_ms,
                held_bytes: 0,
                fetching: false,
            }
        };
        self.files.iter().rev().map(row).collect()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
