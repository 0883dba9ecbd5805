//! What a contact holds of a lane beyond its head, and what is known to be lost between. Hardly any
//! view has gaps, and a node keeps one of every lane for every contact: they lie apart, so that the
//! others are small.

use std::collections::BTreeSet;

use crate::base::time::Mono;

/// The gaps of one view.
#[derive(Clone, Debug, Default)]
pub(super) struct Gaps(Option<Box<Known>>);

#[derive(Clone, Debug, Default)]
struct Known {
    /// It holds these ranges beyond its head.
    islands: Vec<(u32, u32)>,
    /// Lost on the way: to be sent again at once.
    lost: BTreeSet<u32>,
    /// When a gap was last believed.
    believed_at: Option<Mono>,
}

impl Gaps {
    /// None at all, and nothing lost.
    pub(super) fn is_empty(&self) -> bool {
        self.0.as_ref().is_none_or(|known| known.islands.is_empty() && known.lost.is_empty())
    }

    /// The first record that was lost on the way.
    pub(super) fn first_lost(&self) -> Option<u32> {
        self.0.as_ref()?.lost.first().copied()
    }

    /// True if this record was lost on the way.
    pub(super) fn is_lost(&self, seq: u32) -> bool {
        self.0.as_ref().is_some_and(|known| known.lost.contains(&seq))
    }

    /// Records that were lost on the way.
    pub(super) fn lost_count(&self) -> usize {
        self.0.as_ref().map_or(0, |known| known.lost.len())
    }

    /// Ranges that it holds beyond its head.
    pub(super) fn islands(&self) -> &[(u32, u32)] {
        self.0.as_ref().map_or(&[], |known| &known.islands)
    }

    /// The island in which this record stands.
    pub(super) fn island_of(&self, seq: u32) -> Option<(u32, u32)> {
        self.islands().iter().find(|(from, to)| (*from..=*to).contains(&seq)).copied()
    }

    /// When a gap was last believed.
    pub(super) fn believed_at(&self) -> Option<Mono> {
        self.0.as_ref()?.believed_at
    }

    /// A gap is believed now.
    pub(super) fn believe(&mut self, now: Mono) {
        self.known().believed_at = Some(now);
    }

    /// This record was lost. True if that was not known.
    pub(super) fn lose(&mut self, seq: u32) -> bool {
        self.known().lost.insert(seq)
    }

    /// This record is not missing any more: it is there, or on its way.
    pub(super) fn find(&mut self, seq: u32) {
        if let Some(known) = &mut self.0 {
            known.lost.remove(&seq);
            self.thin();
        }
    }

    /// Nothing counts as lost any more.
    pub(super) fn forget_lost(&mut self) {
        if let Some(known) = &mut self.0 {
            known.lost.clear();
            self.thin();
        }
    }

    /// Everything up to here is there.
    pub(super) fn fill(&mut self, head: u32) {
        if let Some(known) = &mut self.0 {
            known.lost = known.lost.split_off(&head.saturating_add(1));
            self.thin();
        }
    }

    /// It is known of no island that ends before this record.
    pub(super) fn forget_islands(&mut self, up_to: u32) {
        if let Some(known) = &mut self.0 {
            known.islands.retain(|(_, to)| *to > up_to);
            self.thin();
        }
    }

    /// It holds these too.
    pub(super) fn add_island(&mut self, island: (u32, u32)) {
        self.known().islands.push(island);
    }

    fn known(&mut self) -> &mut Known {
        self.0.get_or_insert_default()
    }

    fn thin(&mut self) {
        self.0.take_if(|known| {
            known.islands.is_empty() && known.lost.is_empty() && known.believed_at.is_none()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_leaves_nothing_behind() {
        let mut gaps = Gaps::default();
        assert!(gaps.lose(4) && !gaps.lose(4) && gaps.lose(9));
        gaps.add_island((5, 8));
        assert_eq!((gaps.first_lost(), gaps.lost_count()), (Some(4), 2));
        assert_eq!((gaps.island_of(6), gaps.island_of(9)), (Some((5, 8)), None));
        gaps.fill(8);
        gaps.forget_islands(8);
        assert!(!gaps.is_empty() && gaps.is_lost(9) && !gaps.is_lost(4));
        gaps.find(9);
        assert!(gaps.is_empty() && gaps.0.is_none());
    }

    #[test]
    fn when_a_gap_was_believed_outlives_the_gap() {
        let mut gaps = Gaps::default();
        gaps.believe(Mono(5));
        gaps.lose(3);
        gaps.forget_lost();
        assert!(gaps.is_empty());
        assert_eq!(gaps.believed_at(), Some(Mono(5)));
    }
}
