//! What the gateway shows: handsets, and texts both ways.

use super::desk::Desk;
use super::handset::{Handset, Registry};
use super::memory::Memory;
use super::words;
use crate::local::rows::{HandsetRow, TextRow, VillageRows};

impl Desk {
    /// Handsets and texts.
    pub fn rows(&self) -> VillageRows {
        rows(self.registry(), self.memory(), self.own())
    }
}

fn rows(registry: &Registry, memory: &Memory, own: &[String]) -> VillageRows {
    let mut handsets: Vec<HandsetRow> =
        registry.iter().map(|handset| handset_row(handset, memory, own)).collect();
    handsets.sort_by(|one, other| (&one.unit, &one.role).cmp(&(&other.unit, &other.role)));
    let texts = memory.log.iter().map(|line| {
        let handset = registry.get(&line.key);
        let plain = line.key.split_once(':').map_or(line.key.as_str(), |(_, number)| number);
        TextRow {
            at_ms: line.at_ms,
            number: handset.map_or_else(|| plain.to_owned(), |handset| handset.number.clone()),
            person: handset.map_or_else(String::new, |handset| handset.person.clone()),
            text: line.text.clone(),
            fate: line.fate,
            note: line.note.clone(),
        }
    });
    VillageRows { handsets, texts: texts.collect() }
}

fn handset_row(handset: &Handset, memory: &Memory, own: &[String]) -> HandsetRow {
    let key = handset.key();
    HandsetRow {
        number: handset.number.clone(),
        means: handset.means,
        unit: handset.unit.clone(),
        person: handset.person.clone(),
        role: handset.letter().to_string(),
        place: handset.place_of(own).map(|place| place as u32 + 1),
        last_heard_ms: memory.heard.get(&key).map(|heard| heard.at_ms),
        pending: memory.pending.get(&key).map(|pending| words::intent_text(pending.intent)),
    }
}
