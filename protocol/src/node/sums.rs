//! Sums that were heard: what follows from them and from what is here goes the way of any run that
//! was heard, seal and all.

use crate::field::air;
use crate::node::Node;
use crate::node::heard::From;
use crate::plan::sums::bytes_of;
use crate::sync::parity;
use crate::wire::bundle::{self, Item, Section, Sum};

impl Node {
    pub(super) fn heard_sum(&mut self, from: From, sum: &Sum) {
        let now = self.now.mono;
        let Some(link) = self.links.get_mut(from.link) else { return };
        link.note_sum(sum, now);
        link.sums.keep(sum.clone());
        let book = &self.book;
        let known = |item: &Item| bytes_of(book.lane(item.lane)?, item);
        let is_here =
            |item: &Item| book.lane(item.lane).is_some_and(|lane| lane.sealed() >= item.last());
        link.sums.retain(|sum| !sum.items.iter().all(is_here));
        let mut found = parity::recover(link.sums.heard(), known);
        found.retain(|(item, _)| !is_here(item));
        for (item, bytes) in found {
            self.take_found(from, &item, &bytes);
        }
        // Its sender has all of it; what we cannot tell yet is left out.
        for item in &sum.items {
            if self.book.lane(item.lane).is_some_and(|lane| lane.head() >= item.last()) {
                self.note_said(from.link, from.sender, item.lane, item.last(), item.last());
            }
        }
    }

    /// A run that followed from sums. Should it be none, or another, nothing of it is believed.
    fn take_found(&mut self, from: From, item: &Item, bytes: &[u8]) {
        let (sections, error) = bundle::read(bytes);
        let run = match (sections.as_slice(), error) {
            ([Section::Packed(run)], None) => air::open(run, from.sender),
            _ => return self.note_dropped(from.link, "bad_sum"),
        };
        match run {
            Ok(run) if run.lane == item.lane && run.first == item.first && run.seal.is_some() => {
                self.heard_run(from, &run);
            }
            Ok(_) | Err(_) => self.note_dropped(from.link, "bad_sum"),
        }
    }
}
