//! The order keys that authors named: the first verified word of a command lane counts, and from a
//! word on nothing that binds others counts in its lane.

use std::collections::BTreeMap;

use crate::base::ids::{DeviceId, LaneId, RecordId};
use crate::field::order::OrderKey;
use crate::keys::sign::PUBLIC_BYTES;

/// What the words of all authors come to.
#[derive(Clone, Debug, Default)]
pub struct OrderKeys {
    named: BTreeMap<DeviceId, [u8; PUBLIC_BYTES]>,
    /// Lanes in which a word stands, and where.
    closed: BTreeMap<LaneId, u32>,
    /// Authors whose key was named since somebody asked.
    news: Vec<DeviceId>,
}

impl OrderKeys {
    /// The order key of an author, if it named one.
    pub fn of(&self, author: DeviceId) -> Option<&[u8; PUBLIC_BYTES]> {
        self.named.get(&author)
    }

    /// How many authors named one.
    pub fn count(&self) -> usize {
        self.named.len()
    }

    /// True if a record that binds others may stand there.
    pub(super) fn may_bind(&self, id: RecordId) -> bool {
        self.closed.get(&id.lane).is_none_or(|word| id.seq < *word)
    }

    /// Take in a verified word. Only one in the plain command lane names the key, so that whichever
    /// lane comes first, all nodes believe the same.
    pub(super) fn apply(&mut self, id: RecordId, word: &OrderKey) {
        if id.lane.is_keyed() {
            return;
        }
        let first = self.closed.entry(id.lane).or_insert(id.seq);
        *first = id.seq.min(*first);
        if !id.lane.is_flash() && !self.named.contains_key(&id.lane.author) {
            self.named.insert(id.lane.author, word.public);
            self.news.push(id.lane.author);
        }
    }

    /// Authors whose seals may be good now.
    pub fn take_news(&mut self) -> Vec<DeviceId> {
        std::mem::take(&mut self.news)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::Lane;

    const AUTHOR: DeviceId = DeviceId(4);

    #[test]
    fn the_first_word_of_the_command_lane_names_the_key() {
        let mut keys = OrderKeys::default();
        let lane = LaneId::first(AUTHOR, Lane::Command);
        keys.apply(LaneId::flash(AUTHOR).at(1), &OrderKey { public: [9; 32] });
        assert_eq!(keys.of(AUTHOR), None, "a word in the flash lane only closes it");
        keys.apply(lane.at(3), &OrderKey { public: [1; 32] });
        keys.apply(lane.at(7), &OrderKey { public: [2; 32] });
        assert_eq!(keys.of(AUTHOR), Some(&[1; 32]), "the first one stays");
        assert_eq!(keys.take_news(), vec![AUTHOR]);
        assert!(keys.may_bind(lane.at(2)), "what stands before the word counts");
        assert!(!keys.may_bind(lane.at(4)));
        assert!(!keys.may_bind(LaneId::flash(AUTHOR).at(2)));
        assert!(keys.may_bind(LaneId::keyed(AUTHOR, true).at(1)));
    }
}
