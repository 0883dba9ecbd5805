//! The file in which a card's last send is kept, so that a restart never sends early.

use std::path::{Path, PathBuf};

use sanduan_protocol::base::time::Wall;
use sanduan_protocol::link::modem::rdss::SlotClock;

use crate::home::file::{read_small, write_private};

/// Where one bearer keeps its slot clock.
#[derive(Clone, Debug)]
pub struct SlotFile(PathBuf);

impl SlotFile {
    /// The file of the bearer of this name in the node's folder. Two names that differ only in
    /// signs share a file; the card number in it keeps that harmless.
    pub fn of(folder: &Path, name: &str) -> SlotFile {
        let plain = |sign: char| if sign.is_alphanumeric() { sign } else { '_' };
        let name: String = name.chars().map(plain).collect();
        SlotFile(folder.join(format!("slot-{name}")))
    }

    /// What was kept, if anything that can be read.
    pub fn load(&self) -> Option<SlotClock> {
        let text = match read_small(&self.0) {
            Ok(text) => text?,
            Err(said) => {
                tracing::warn!(%said, "slot clock");
                return None;
            }
        };
        let mut words = text.split_whitespace();
        let card = words.next()?.parse().ok()?;
        let sent = Wall(words.next()?.parse().ok()?);
        Some(SlotClock { card, sent })
    }

    /// Keep it. A disk that refuses costs one refused send after a restart, so sending goes on.
    pub fn save(&self, slot: SlotClock) {
        let text = format!("{} {}\n", slot.card, slot.sent.0);
        if let Err(said) = write_private(&self.0, text.as_bytes()) {
            tracing::warn!(%said, "slot clock");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back_and_nonsense_does_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = SlotFile::of(folder.path(), "北斗/1 号");
        assert_eq!(file.load(), None);
        let slot = SlotClock { card: 412_345, sent: Wall(1_700_000_000_123) };
        file.save(slot);
        assert_eq!(file.load(), Some(slot));
        assert_eq!(SlotFile::of(folder.path(), "北斗_1_号").load(), Some(slot));
        for nonsense in ["", "412345", "x 1", "1 x"] {
            std::fs::write(&file.0, nonsense).expect("written");
            assert_eq!(file.load(), None, "{nonsense}");
        }
    }
}
