//! The vault's file: the wrapped data key, the sealed seed of the order key, and whether the store
//! is sealed yet. Kept twice, because
//! without it nothing in the folder can be opened.
//!
//! ```text
//! one line of JSON: version, store, by_key_file, by_passphrase, orders    bytes as hex
//! CRC-32C of that line, 8 hex digits
//! ```

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::stretch::{Cost, SALT_BYTES};
use crate::home::file::{bytes_of_hex, from_hex, read_small, to_hex, write_private};
use crate::said::Said;

/// Name of the file.
pub const FILE: &str = "vault";
/// Name of its copy.
pub const SPARE: &str = "vault.spare";

/// Layout of the file. Another number is another layout.
const VERSION: u32 = 1;
/// A wrapped key is 62 bytes; more is a damaged file.
const WRAPPED_BYTES_MAX: usize = 256;

/// Whether the values of the store are sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreForm {
    /// As written by versions without a vault.
    Clear,
    /// Each under the data key.
    Sealed,
}

/// The data key, wrapped by what a passphrase makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassphraseSlot {
    /// What one try costs.
    pub cost: Cost,
    /// Salt.
    pub salt: [u8; SALT_BYTES],
    /// The wrapped key.
    pub wrapped: Vec<u8>,
}

/// What the file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Whether the store is sealed.
    pub store: StoreForm,
    /// The data key wrapped by the key file, unless only a passphrase opens it.
    pub by_key_file: Option<Vec<u8>>,
    /// The data key wrapped by a passphrase, if one is set.
    pub by_passphrase: Option<PassphraseSlot>,
    /// The seed of the order key, sealed by what the passphrase makes; by the data key if there is
    /// no passphrase any more. `None` until a passphrase was set for the first time.
    pub orders: Option<Vec<u8>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    version: u32,
    store: StoreForm,
    by_key_file: Option<String>,
    by_passphrase: Option<PassphraseText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    orders: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PassphraseText {
    cost: Cost,
    salt: String,
    wrapped: String,
}

impl Header {
    /// The file in `folder`, or its copy if the file is damaged or missing; `None` when there is
    /// neither.
    ///
    /// # Errors
    /// Both are damaged, or the disk refuses.
    pub fn load(folder: &Path) -> Result<Option<Header>, Said> {
        let mut found = false;
        for name in [FILE, SPARE] {
            let path = folder.join(name);
            let Some(text) = read_small(&path)? else { continue };
            found = true;
            match Header::parse(&text) {
                Some(header) => {
                    if name == SPARE && header.save(folder).is_err() {
                        tracing::warn!("保险箱文件暂未修复 / the vault's file is not mended yet");
                    }
                    return Ok(Some(header));
                }
                None => tracing::warn!(
                    file = %path.display(),
                    "保险箱文件损坏 / a file of the vault is damaged"
                ),
            }
        }
        if !found {
            return Ok(None);
        }
        let folder = folder.display();
        Err(Said::new(
            format!("{folder} 的保险箱文件(vault、vault.spare)都已损坏：请从备份恢复其中一个"),
            format!(
                "both files of the vault in {folder} (vault, vault.spare) are damaged: restore \
                     one of them from a backup"
            ),
        ))
    }

    /// Write the file and its copy.
    ///
    /// # Errors
    /// The disk refuses. The file is as before then.
    pub fn save(&self, folder: &Path) -> Result<(), Said> {
        let text = self.to_text();
        // The copy first: whatever fails, the file still says what was known before.
        write_private(&folder.join(SPARE), text.as_bytes())?;
        write_private(&folder.join(FILE), text.as_bytes())
    }

    /// The file.
    pub fn to_text(&self) -> String {
        let text = Text {
            version: VERSION,
            store: self.store,
            by_key_file: self.by_key_file.as_deref().map(to_hex),
            by_passphrase: self.by_passphrase.as_ref().map(|slot| PassphraseText {
                cost: slot.cost,
                salt: to_hex(&slot.salt),
                wrapped: to_hex(&slot.wrapped),
            }),
            orders: self.orders.as_deref().map(to_hex),
        };
        let line = serde_json::to_string(&text);
        let line = line.expect("texts and numbers can always be written as JSON");
        format!("{line}\n{:08x}\n", crc32c::crc32c(line.as_bytes()))
    }

    fn parse(text: &str) -> Option<Header> {
        let (line, sum) = text.trim_end().split_once('\n')?;
        if u32::from_str_radix(sum, 16).ok()? != crc32c::crc32c(line.as_bytes()) {
            return None;
        }
        let text: Text = serde_json::from_str(line).ok()?;
        if text.version != VERSION {
            return None;
        }
        let by_key_file = match text.by_key_file {
            Some(hex) => Some(bytes_of(&hex)?),
            None => None,
        };
        let by_passphrase = match text.by_passphrase {
            Some(PassphraseText { cost, salt, wrapped }) => {
                Some(PassphraseSlot { cost, salt: from_hex(&salt)?, wrapped: bytes_of(&wrapped)? })
            }
            None => None,
        };
        let orders = match text.orders {
            Some(hex) => Some(bytes_of(&hex)?),
            None => None,
        };
        Some(Header { store: text.store, by_key_file, by_passphrase, orders })
    }
}

fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    bytes_of_hex(hex).filter(|bytes| bytes.len() <= WRAPPED_BYTES_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        let cost = Cost { memory_kib: 64, passes: 1 };
        let by_passphrase = PassphraseSlot { cost, salt: [3; SALT_BYTES], wrapped: vec![4; 62] };
        Header {
            store: StoreForm::Sealed,
            by_key_file: Some(vec![5; 62]),
            by_passphrase: Some(by_passphrase),
            orders: Some(vec![6; 62]),
        }
    }

    #[test]
    fn a_file_from_before_there_were_order_keys_is_read() {
        let without = Header { orders: None, ..header() };
        assert!(!without.to_text().contains("orders"));
        assert_eq!(Header::parse(&without.to_text()), Some(without));
    }

    #[test]
    fn the_file_reads_back_and_any_changed_character_is_noticed() {
        let text = header().to_text();
        assert_eq!(Header::parse(&text), Some(header()));
        for at in 0..text.trim_end().len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            assert_eq!(Header::parse(&changed), None, "character {at}");
        }
    }

    #[test]
    fn a_damaged_file_is_replaced_by_its_copy_and_two_damaged_ones_are_said() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(Header::load(folder.path()), Ok(None));
        header().save(folder.path()).expect("writable");
        std::fs::write(folder.path().join(FILE), "noise").expect("writable");
        assert_eq!(Header::load(folder.path()), Ok(Some(header())));
        assert_eq!(std::fs::read(folder.path().join(FILE)).ok(), Some(header().to_text().into()));
        std::fs::remove_file(folder.path().join(FILE)).expect("writable");
        assert_eq!(Header::load(folder.path()), Ok(Some(header())));
        for name in [FILE, SPARE] {
            std::fs::write(folder.path().join(name), "").expect("writable");
        }
        assert!(Header::load(folder.path()).is_err_and(|said| said.zh.contains("都已损坏")));
    }

    #[test]
    fn the_layout_of_the_file_does_not_change() {
        let first = "{\"version\":1,\"store\":\"sealed\",\"by_key_file\":\"0505";
        assert!(header().to_text().starts_with(first), "{}", header().to_text());
        assert!(
            header().to_text().contains("\"cost\":{\"memory_kib\":64,\"passes\":1},\"salt\":\"03")
        );
    }
}
