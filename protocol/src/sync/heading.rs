//! Towards whom the word goes that a device holds an order: towards its author, who wants to know,
//! by the way on which the order came. Everyone else can do without it (decision 0047). What is
//! said on which link is up to `plan`.
//!
//! ```text
//! author ──order──→ post ──order──→ depot
//!        ←──held───      ←──held───        and nothing to the side, nothing back down
//! ```
//!
//! Whoever brought the newest order of a lane had it before us, and whoever brought it there had
//! it earlier still: these steps end at the author and never go round. Where nobody is known who
//! leads there, everyone is told, as long as that lasts.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::ids::{DeviceId, LaneId, LinkId};

/// What is known of the ways to authors.
#[derive(Clone, Debug)]
pub struct Headings {
    own: DeviceId,
    /// Who brought the newest order of each lane.
    sources: BTreeMap<LaneId, DeviceId>,
    /// On which links each device was heard lately.
    present: BTreeMap<DeviceId, BTreeSet<LinkId>>,
    /// Grows with every change.
    version: u64,
}

impl Headings {
    /// Nothing is known here yet, on this device.
    pub fn new(own: DeviceId) -> Headings {
        Headings { own, sources: BTreeMap::new(), present: BTreeMap::new(), version: 1 }
    }

    /// Grows with every change, from 1.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// This device brought the newest order of a lane.
    pub fn note_source(&mut self, lane: LaneId, device: DeviceId) {
        if self.sources.insert(lane, device) != Some(device) {
            self.version += 1;
        }
    }

    /// These devices were heard lately, on these links.
    pub fn note_present(&mut self, present: BTreeMap<DeviceId, BTreeSet<LinkId>>) {
        if self.present != present {
            self.present = present;
            self.version += 1;
        }
    }

    /// Nobody needs to be told of this lane: who wants to know is here.
    pub fn is_own(&self, lane: LaneId) -> bool {
        lane.author == self.own
    }

    /// Whoever is on this link is to hear who holds the orders of a lane.
    pub fn leads(&self, lane: LaneId, link: LinkId) -> bool {
        if self.is_own(lane) {
            return false;
        }
        let source = self.sources.get(&lane);
        let towards = [Some(&lane.author), source].into_iter().flatten();
        let links = towards.filter_map(|device| self.present.get(device)).next();
        links.is_none_or(|links| links.contains(&link))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::Lane;

    fn lane(author: u16) -> LaneId {
        LaneId::first(DeviceId(author), Lane::Command)
    }

    #[test]
    fn word_goes_to_the_author_or_to_whoever_brought_the_order_or_else_to_everyone() {
        let mut headings = Headings::new(DeviceId(9));
        let heard = |pairs: &[(u16, u16)]| {
            let mut present: BTreeMap<DeviceId, BTreeSet<LinkId>> = BTreeMap::new();
            for (device, link) in pairs {
                present.entry(DeviceId(*device)).or_default().insert(LinkId(*link));
            }
            present
        };
        let told = |headings: &Headings, author| {
            [1, 2, 3].map(|link| headings.leads(lane(author), LinkId(link)))
        };
        assert_eq!(told(&headings, 1), [true; 3], "nobody was heard yet");
        headings.note_present(heard(&[(1, 1), (2, 2), (2, 3), (3, 1)]));
        headings.note_source(lane(1), DeviceId(2));
        assert_eq!(told(&headings, 1), [true, false, false], "the author itself");
        headings.note_source(lane(7), DeviceId(2));
        assert_eq!(told(&headings, 7), [false, true, true], "who brought it, on both links");
        assert_eq!(told(&headings, 9), [false; 3], "ours");
        let before = headings.version();
        headings.note_source(lane(7), DeviceId(2));
        headings.note_present(heard(&[(1, 1), (2, 2), (2, 3), (3, 1)]));
        assert_eq!(headings.version(), before, "no news");
        headings.note_present(heard(&[(1, 1), (3, 1)]));
        assert_eq!(told(&headings, 7), [true; 3], "who brought it is not heard any more");
        assert!(headings.version() > before);
    }
}
