//! Which runs a sum is made of: what the others of a throng asked for, and what is new since all of
//! them agreed, as far as each fits a frame. Many lack another part of it, and one sum helps all.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::caps::PARITY_FRAMES_MAX;
use crate::base::class::Urgency;
use crate::base::dice::Dice;
use crate::base::ids::{DeviceId, Lane as LaneKind, LaneId};
use crate::field::air::Packer;
use crate::link::line::is_lazy;
use crate::link::state::{ANYONE, Link};
use crate::link::view::View;
use crate::log::book::Book;
use crate::log::lane::Lane;
use crate::plan::pick::{Filling, Stock};
use crate::plan::runs::frame_room;
use crate::sync::parity;
use crate::wire::bundle::{Item, Section};
use crate::wire::pack::Pack;

/// Bytes of a sum beside the longest of its runs: tag, seed, names of 32 runs, lengths.
const SUM_HEAD_BYTES: usize = 44;
/// So many who lack something, and fewer who hold it, speak for all.
const LACKING_MIN: usize = 2;
/// Whoever packs a run for a sum names its author, whoever that is.
const NOBODY: DeviceId = DeviceId(u16::MAX);

/// The bytes of a run as they count in sums: the same at everyone who has it with its seal.
pub fn bytes_of(lane: &Lane, item: &Item) -> Option<Vec<u8>> {
    let seal = lane.seal_at(item.last()).filter(|_| item.last() <= lane.saved_sealed())?;
    let mut packer = Packer::new(item.lane, item.first);
    for seq in item.first..=item.last() {
        packer.push(lane.record(seq)?);
    }
    Some(Section::Packed(packer.run(NOBODY, Some(*seal))).packed())
}

/// Leave to sums what can be: lanes that only those lack who have asked for them.
pub fn take_over(link: &mut Link, know: &Stock<'_>, lanes: &mut Vec<(Urgency, LaneId)>) {
    if !link.repairs_by_sums(know.now) {
        return;
    }
    let mut is_lost_by_all = false;
    lanes.retain(|(urgency, id)| {
        let last = know.book.lane(*id).map_or(0, Lane::saved_sealed);
        // What was never aired is no repair, and that is seen soonest.
        let is_aired = is_lazy(*urgency) && link.sums.was_aired(*id, last);
        let is_repair = is_aired && is_asked_for(link, *id);
        if is_repair && item_of(link, know, *id, frame_room(link)).is_some() {
            let is_lost = id.author == know.device && is_news_to_all(link, know.book, *id);
            is_lost_by_all |= is_lost;
            return is_lost;
        }
        true
    });
    if is_lost_by_all {
        // Nobody else can say it, and without it the others repair in vain.
        link.turn_at = Some(know.now);
    }
}

/// What we wrote ourselves was said when hardly anybody could hear it, most likely: more have said
/// that they lack it than that they hold it. Few sums of others tell of it, so it goes once more as
/// it is. That the rest hold it was presumed when it was said, see `link::throng`.
fn is_news_to_all(link: &Link, book: &Book, id: LaneId) -> bool {
    let last = book.lane(id).map_or(0, |lane| lane.saved_sealed());
    let others = link.contacts.iter().filter(|(device, _)| **device != ANYONE);
    let views = || others.clone().filter_map(|(_, contact)| contact.view(id));
    // Those that said so after it was said.
    let lacks =
        |view: &&View| view.has_asked && view.head < last && view.tries == 0 && !view.in_flight();
    let lacking = views().filter(lacks).count();
    let holding = views().filter(|view| view.said >= last).count();
    lacking >= LACKING_MIN && lacking > holding
}

/// Say one sum, if it is our turn and the frame is empty.
pub fn add(frame: &mut Filling, link: &mut Link, know: &Stock<'_>) {
    if !frame.is_empty() || !link.is_sum_turn(know.device, know.now) {
        return;
    }
    let runs = block(link, know, frame.room());
    let mut dice = Dice::new(u64::from(know.device.0) << 48 ^ know.now.0 ^ 1);
    let seed = dice.below(1 << 16) as u16;
    let sum = parity::sum(seed, &runs);
    match sum.filter(|sum| frame.push(&Section::Sum(sum.clone()))) {
        Some(sum) => {
            link.sums.note_ours();
            link.note_sum(&sum, know.now);
            link.end_turn(know.now);
        }
        // We have nothing that helps.
        None => link.owe_no_sums(),
    }
}

/// The runs of a sum: those asked for first, then those that are new since all agreed.
fn block(link: &Link, know: &Stock<'_>, room: usize) -> Vec<(Item, Vec<u8>)> {
    let asked = asked_for(link);
    let news = know.book.lanes().map(|(id, _)| *id).filter(|id| !asked.contains(id));
    let lanes = asked.iter().copied().chain(news);
    let runs = lanes.filter_map(|id| item_of(link, know, id, room)).take(PARITY_FRAMES_MAX);
    let runs: BTreeMap<Item, Vec<u8>> = runs.collect();
    runs.into_iter().collect()
}

/// Lanes that somebody here lacks and has asked for.
fn asked_for(link: &Link) -> BTreeSet<LaneId> {
    let mut asked = BTreeSet::new();
    let mut not_asked = BTreeSet::new();
    for (device, contact) in link.contacts.iter().filter(|(device, _)| **device != ANYONE) {
        for (id, _) in contact.wanting().filter(|(id, _)| id.author != *device) {
            let has_asked = contact.view(id).is_some_and(|view| view.has_asked);
            if has_asked {
                asked.insert(id)
            } else {
                not_asked.insert(id)
            };
        }
    }
    asked.retain(|id| !not_asked.contains(id));
    asked
}

/// True if somebody here lacks this lane, and all who do have asked for it: the same as to be among
/// those that [`asked_for`] finds, without a look at all others.
fn is_asked_for(link: &Link, id: LaneId) -> bool {
    let others = link.contacts.iter().filter(|(device, _)| ![ANYONE, id.author].contains(*device));
    let mut lacking = others.filter(|(_, contact)| contact.wants(id)).peekable();
    lacking.peek().is_some()
        && lacking.all(|(_, contact)| contact.view(id).is_some_and(|view| view.has_asked))
}

/// What is new of a lane since all agreed, as a run, if it is sealed, lazy and fits a frame.
fn item_of(link: &Link, know: &Stock<'_>, id: LaneId, room: usize) -> Option<(Item, Vec<u8>)> {
    let lane = know.book.lane(id).filter(|_| id.lane != LaneKind::Directory)?;
    let agreed = link.contacts.values().filter_map(|contact| contact.agreed.as_deref());
    let base = agreed.map(|list| list.head(id)).min().unwrap_or(0);
    let last = lane.saved_sealed();
    let count = last.checked_sub(base).filter(|count| (1..=room as u32).contains(count))?;
    let item = Item { lane: id, first: base + 1, count };
    if !link.sums.was_aired(id, last) {
        // News goes as it is: a sum helps nobody who lacks all of it.
        return None;
    }
    let is_all_lazy = (item.first..=last).all(|seq| is_lazy(lane.urgency(seq)));
    let bytes = bytes_of(lane, &item).filter(|_| is_all_lazy)?;
    (bytes.len() + SUM_HEAD_BYTES <= room).then_some((item, bytes))
}

#[cfg(test)]
mod tests;
