//! Attachments: photos and scanned sheets that go beside the records. A record says that a file
//! exists, by its hash; everybody sees it. The file itself travels over broadband only and is
//! none of this floor's business.
//!
//! ```text
//! bits 1 | hash 32 | bytes varint | name | mime | order? | note …
//! bits 0 belongs to an order, 1-7 zero
//! ```
//!
//! `…` runs to the end of the record. A photo without a note is about 60 bytes.

mod shelf;

use crate::base::caps::{FILE_BYTES_MAX, MIME_BYTES_MAX};
use crate::base::ids::SpokenId;
use crate::field::order::paper::{put_spoken, take_spoken};
use crate::field::text::{check_name, take_rest};
use crate::wire::pack::{Pack, PackError, Reader};

pub use shelf::Shelf;

/// BLAKE3 of a file.
pub type FileHash = [u8; 32];

/// A file exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// BLAKE3 of its bytes.
    pub hash: FileHash,
    /// How many bytes, 1 to [`FILE_BYTES_MAX`].
    pub bytes: u64,
    /// Its name, without a folder.
    pub name: String,
    /// What it is, such as `image/jpeg`.
    pub mime: String,
    /// The order that it belongs to.
    pub about: Option<SpokenId>,
    /// What is seen on it.
    pub note: String,
}

const BIT_ABOUT: u8 = 1;

impl Attachment {
    /// True if every program may take it: sizes and signs are within limits.
    ///
    /// # Errors
    /// Which part is not.
    pub fn check(&self) -> Result<(), PackError> {
        check_name(&self.name)?;
        let is_folder = self.name.contains(['/', '\\']) || self.name.starts_with('.');
        let is_mime = self.mime.bytes().all(|byte| byte.is_ascii_graphic());
        if is_folder {
            return Err(PackError::BadValue("name"));
        }
        if self.bytes == 0 || self.bytes > FILE_BYTES_MAX {
            return Err(PackError::BadValue("file bytes"));
        }
        if self.mime.is_empty() || self.mime.len() > MIME_BYTES_MAX || !is_mime {
            return Err(PackError::BadValue("mime"));
        }
        Ok(())
    }
}

impl Pack for Attachment {
    fn pack(&self, to: &mut Vec<u8>) {
        to.push(if self.about.is_some() { BIT_ABOUT } else { 0 });
        to.extend_from_slice(&self.hash);
        self.bytes.pack(to);
        self.name.pack(to);
        self.mime.pack(to);
        if let Some(about) = self.about {
            put_spoken(to, about);
        }
        to.extend_from_slice(self.note.as_bytes());
    }

    fn unpack(from: &mut Reader<'_>) -> Result<Attachment, PackError> {
        let bits = from.byte()?;
        if bits & !BIT_ABOUT != 0 {
            return Err(PackError::BadValue("attachment bits"));
        }
        let attachment = Attachment {
            hash: from.array()?,
            bytes: u64::unpack(from)?,
            name: String::unpack(from)?,
            mime: String::unpack(from)?,
            about: if bits & BIT_ABOUT == 0 { None } else { Some(take_spoken(from)?) },
            note: take_rest(from)?,
        };
        attachment.check()?;
        Ok(attachment)
    }
}

#[cfg(test)]
mod tests;
