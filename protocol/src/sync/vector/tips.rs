//! Two stories of equal length. Lists of heads are the same then, and digests, which are made of
//! chain hashes, are not. One node says a sketch of a byte of each chain hash, salted by its frame;
//! the other finds the lanes that differ and asks for their newest records, whose seals prove the
//! fork. A sketch of hashes is one of heads by its form; its check is turned around.

use super::*;
use crate::log::lane::ChainHash;

/// Symbols of a block: as many lanes as half of them can be found at once.
const SYMBOLS: usize = 32;
/// The same in lists of more than one block, so that a radio frame holds them.
const SYMBOLS_OF_MANY: usize = 16;

impl HeadVector {
    /// A sketch of the chain hashes of these lanes.
    pub fn tips(&self, book: &Book, salt: &Salt) -> Sketch {
        let values = self.tip_values(book, salt);
        let blocks = blocks_of(values.len());
        let count = if blocks > 1 { SYMBOLS_OF_MANY } else { SYMBOLS };
        let symbols = (0..blocks).flat_map(|block| symbols(&values, block, 0, count)).collect();
        let heads = salt.of(&self.tips_hash(book, &values));
        Sketch { check: !self.check, heads, count: count as u8, symbols }
    }

    /// True for a sketch of chain hashes.
    pub fn is_tips(&self, sketch: &Sketch) -> bool {
        sketch.check == !self.check
    }

    /// Lanes of which the one who said this sketch verified as much as we did, but another story.
    /// Lanes without a place are all in doubt if those with one agree and all together do not.
    /// `None` if the lists of heads are not the same, or too much differs.
    pub fn by_tips(&self, book: &Book, sketch: &Sketch, salt: &Salt) -> Option<Vec<LaneId>> {
        let ours = self.tip_values(book, salt);
        let mut theirs = ours.clone();
        let count = usize::from(sketch.count);
        if count == 0 || sketch.symbols.len() != count * blocks_of(ours.len()) {
            return None;
        }
        let mut blocks = sketch.symbols.chunks(count).enumerate();
        let is_read = blocks.all(|(block, symbols)| correct(&mut theirs, block, symbols));
        let agrees = salt.of(&self.tips_hash(book, &theirs)) == sketch.heads;
        match (is_read, agrees) {
            (true, true) => {}
            // It was said to another: whoever holds what its sender holds finds nothing.
            (true, false) if ours == theirs => {
                return Some(self.others.iter().map(|(lane, _)| *lane).collect());
            }
            (true | false, _) => return None,
        }
        let pairs = self.lanes.iter().zip(ours.iter().zip(&theirs));
        Some(pairs.filter(|(_, (ours, theirs))| ours != theirs).map(|(lane, _)| *lane).collect())
    }

    fn tip_values(&self, book: &Book, salt: &Salt) -> Vec<u8> {
        let tip = |lane: &LaneId| -> Option<ChainHash> { book.lane(*lane)?.tip() };
        self.lanes.iter().map(|lane| tip(lane).map_or(0, |tip| salt.of(&tip)[0])).collect()
    }

    /// Of the lists of heads, the values of lanes with a place, and the others' chain hashes.
    fn tips_hash(&self, book: &Book, values: &[u8]) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"tips").update(&self.hash()).update(values);
        for (lane, _) in &self.others {
            hasher.update(&book.lane(*lane).and_then(|lane| lane.tip()).unwrap_or_default());
        }
        *hasher.finalize().as_bytes()
    }
}
