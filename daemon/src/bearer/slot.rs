//! The file in which the last sends of a bearer's cards are kept, so that a restart never sends
//! early, whichever terminal a card is in then.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use sanduan_protocol::base::time::Wall;
use sanduan_protocol::link::modem::rdss::SlotClock;

use crate::home::file::{read_small, write_private};

/// Cards that are remembered: those of the most terminals of one bearer and as many spare ones.
const CARDS_MAX: usize = 32;

/// Where one bearer keeps its slot clocks. Clones share them.
#[derive(Clone, Debug)]
pub struct SlotFile {
    path: PathBuf,
    /// Newest last.
    slots: Arc<Mutex<Vec<SlotClock>>>,
}

impl SlotFile {
    /// The file of the bearer of this name in the node's folder, as far as it can be read. Two
    /// names that differ only in signs share a file; the card numbers in it keep that harmless.
    pub fn of(folder: &Path, name: &str) -> SlotFile {
        let plain = |sign: char| if sign.is_alphanumeric() { sign } else { '_' };
        let name: String = name.chars().map(plain).collect();
        let path = folder.join(format!("slot-{name}"));
        let slots = load(&path);
        SlotFile { path, slots: Arc::new(Mutex::new(slots)) }
    }

    /// When the cards last sent, as far as known.
    pub fn all(&self) -> Vec<SlotClock> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keep it. A disk that refuses costs one refused send after a restart, so sending goes on.
    pub fn save(&self, slot: SlotClock) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.retain(|kept| kept.card != slot.card);
        if slots.len() >= CARDS_MAX {
            slots.remove(0);
        }
        slots.push(slot);
        let lines = slots.iter().map(|slot| format!("{} {}\n", slot.card, slot.sent.0));
        // Written while the lock is held, so that the newest file is the last one written.
        if let Err(said) = write_private(&self.path, lines.collect::<String>().as_bytes()) {
            tracing::warn!(%said, "时隙记录 / slots");
        }
    }
}

fn load(path: &Path) -> Vec<SlotClock> {
    let text = match read_small(path) {
        Ok(text) => text.unwrap_or_default(),
        Err(said) => {
            tracing::warn!(%said, "时隙记录 / slots");
            return Vec::new();
        }
    };
    let read = |line: &str| {
        let (card, sent) = line.split_once(' ')?;
        Some(SlotClock { card: card.parse().ok()?, sent: Wall(sent.trim().parse().ok()?) })
    };
    text.lines().filter_map(read).take(CARDS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(card: u32, sent: u64) -> SlotClock {
        SlotClock { card, sent: Wall(sent) }
    }

    #[test]
    fn what_is_kept_comes_back_for_every_card_and_nonsense_does_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = SlotFile::of(folder.path(), "北斗/1 号");
        assert_eq!(file.all(), []);
        file.save(slot(412_345, 1_700_000_000_123));
        file.clone().save(slot(498_765, 1_700_000_000_456));
        file.save(slot(412_345, 1_700_000_060_000));
        let kept = [slot(498_765, 1_700_000_000_456), slot(412_345, 1_700_000_060_000)];
        assert_eq!(file.all(), kept);
        assert_eq!(SlotFile::of(folder.path(), "北斗_1_号").all(), kept);
        for (text, want) in [("", vec![]), ("412345", vec![]), ("x 1\n7 8", vec![slot(7, 8)])] {
            std::fs::write(&file.path, text).expect("written");
            assert_eq!(SlotFile::of(folder.path(), "北斗/1 号").all(), want, "{text}");
        }
    }

    #[test]
    fn the_oldest_card_is_forgotten_when_there_are_too_many() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = SlotFile::of(folder.path(), "many");
        for card in 0..=CARDS_MAX as u32 {
            file.save(slot(card, 1));
        }
        let kept = file.all();
        assert_eq!((kept.len(), kept[0].card), (CARDS_MAX, 1));
    }
}
