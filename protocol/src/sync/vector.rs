//! The list of what a node has verified of every lane, in an order that both ends derive from the
//! directory, and what can be said of it in few bytes: a sketch, or what rose since another list.
//!
//! Places are the command, report and stock lanes of every device of the directory, by device, and
//! behind them the flash lane of one that may issue orders, and its keyed lanes if its orders are
//! under a key of their own. The other lanes (the directory's, those of further lives) hardly ever
//! differ: they are part of the check of the list, and where they differ the heads are said in
//! full.

use std::sync::Arc;

use crate::base::caps::{DEVICES_MAX, VECTOR_PLACES_MAX};
use crate::base::ids::{DeviceId, Lane, LaneId, RecordId};
use crate::base::set_hash::SetHash;
use crate::log::book::Book;
use crate::sync::digest::Salt;
use crate::sync::sketch::{blocks_of, correct, symbols};
use crate::wire::bundle::{Changes, Delta, Lack, Sketch};
use crate::wire::pack::Pack;

mod tips;

/// Lanes of a device that have places.
const PLACED: [Lane; 3] = [Lane::Command, Lane::Report, Lane::Stock];
/// Symbols of a block, at least: fewer are too often taken for another list (4 % at eight).
pub const SYMBOLS_MIN: usize = 16;

/// Which lanes a device has beside those that every device has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Commands {
    /// It gives no orders.
    Never,
    /// It may: a flash lane.
    Plainly,
    /// It does, under an order key: the two keyed lanes too.
    Keyed,
}

/// What a node has verified of every lane.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeadVector {
    lanes: Arc<Vec<LaneId>>,
    heads: Vec<u32>,
    others: Vec<(LaneId, u32)>,
    check: u16,
    /// Of all heads that are not 0.
    sum: SetHash,
}

impl HeadVector {
    /// Of a book, with the places of these devices, which come in order.
    pub fn of(devices: impl Iterator<Item = (DeviceId, Commands)>, book: &Book) -> HeadVector {
        let of_device = |(device, commands): (DeviceId, Commands)| {
            let keyed = |is_flash| LaneId::keyed(device, is_flash);
            let more = match commands {
                Commands::Never => [None, None, None],
                Commands::Plainly => [None, Some(LaneId::flash(device)), None],
                Commands::Keyed => {
                    [Some(keyed(false)), Some(LaneId::flash(device)), Some(keyed(true))]
                }
            };
            let first = PLACED.map(|lane| LaneId::first(device, lane));
            first.into_iter().chain(more.into_iter().flatten())
        };
        let lanes: Vec<LaneId> = devices.take(DEVICES_MAX).flat_map(of_device).collect();
        debug_assert!(lanes.is_sorted() && lanes.len() <= VECTOR_PLACES_MAX, "devices in order");
        let verified = |id: &LaneId| book.lane(*id).map_or(0, |lane| lane.saved_sealed());
        let heads = lanes.iter().map(verified).collect();
        let held = book.lanes().map(|(id, lane)| (*id, lane.saved_sealed()));
        let others =
            held.filter(|(id, head)| *head > 0 && lanes.binary_search(id).is_err()).collect();
        HeadVector::new(lanes, heads, others)
    }

    /// Of these lanes and heads, both in order.
    pub fn new(lanes: Vec<LaneId>, heads: Vec<u32>, others: Vec<(LaneId, u32)>) -> HeadVector {
        let check = check_of(&lanes, &others);
        let sum = SetHash::default();
        let mut list = HeadVector { lanes: Arc::new(lanes), heads, others, check, sum };
        let all = list.lanes.iter().zip(&list.heads).map(|(lane, head)| (*lane, *head));
        for (lane, head) in all.chain(list.others.iter().copied()) {
            list.sum.enter(element(lane, head));
        }
        list
    }

    /// The same list with other heads.
    fn with_heads(&self, heads: Vec<u32>) -> HeadVector {
        let mut sum = self.sum;
        for ((lane, before), now) in self.lanes.iter().zip(&self.heads).zip(&heads) {
            if before != now {
                sum.leave(element(*lane, *before));
                sum.enter(element(*lane, *now));
            }
        }
        HeadVector { heads, sum, ..self.clone() }
    }

    /// So much is verified of these lanes now.
    pub fn follow(&mut self, heads: impl Iterator<Item = (LaneId, u32)>) {
        let mut others_moved = false;
        for (id, verified) in heads {
            let before = match self.lanes.binary_search(&id) {
                Ok(place) => std::mem::replace(&mut self.heads[place], verified),
                Err(_) => {
                    let before = replace_head(&mut self.others, id, verified);
                    others_moved |= before != verified;
                    before
                }
            };
            if before != verified {
                self.sum.leave(element(id, before));
                self.sum.enter(element(id, verified));
            }
        }
        if others_moved {
            self.check = check_of(&self.lanes, &self.others);
        }
    }

    /// Of the list of lanes: two of which it differs cannot be compared by places.
    pub fn check(&self) -> u16 {
        self.check
    }

    /// A hash of all heads: whoever verified as much of every lane has the same one.
    pub fn hash(&self) -> [u8; 32] {
        self.sum.bytes()
    }

    /// Every lane and how much of it is verified.
    pub fn iter(&self) -> impl Iterator<Item = (LaneId, u32)> {
        let placed = self.lanes.iter().copied().zip(self.heads.iter().copied());
        placed.chain(self.others.iter().copied())
    }

    /// How much of a lane is verified.
    pub fn head(&self, id: LaneId) -> u32 {
        let placed = self.lanes.binary_search(&id).ok().and_then(|place| self.heads.get(place));
        let other = || self.others.iter().find(|(other, _)| *other == id).map(|(_, head)| head);
        placed.or_else(other).copied().unwrap_or(0)
    }

    /// Lanes of which something else is verified here than in another list; none if it is a list
    /// of other lanes.
    pub fn changed_since(&self, other: &HeadVector) -> Option<impl Iterator<Item = LaneId>> {
        let is_like = self.check == other.check && self.places() == other.places();
        let both = self.lanes.iter().zip(self.heads.iter().zip(&other.heads));
        is_like.then(|| both.filter(|(_, (ours, theirs))| ours != theirs).map(|(lane, _)| *lane))
    }

    /// How many lanes have places.
    pub fn places(&self) -> usize {
        self.lanes.len()
    }

    /// Symbols of a block that tell of so many differences in all, with room for more of them in
    /// one block than in another.
    pub fn symbols_for(&self, differences: usize) -> usize {
        let in_block = differences.div_ceil(blocks_of(self.places()));
        let uneven = if blocks_of(self.places()) > 1 { in_block.isqrt() } else { 0 };
        (2 * (in_block + uneven)).clamp(SYMBOLS_MIN, 254)
    }

    /// The list as sums, so many of each block.
    pub fn sketch(&self, count: usize, salt: &Salt) -> Sketch {
        let (count, values) = (count.clamp(2, 254), self.values());
        let blocks = 0..blocks_of(values.len());
        let symbols = blocks.flat_map(|block| symbols(&values, block, 0, count)).collect();
        let (check, heads) = (self.check, salt.of(&self.hash()));
        Sketch { check, heads, count: count as u8, symbols }
    }

    /// What rose since another list of the same lanes.
    pub fn delta(&self, since: &HeadVector, salt: &Salt) -> Option<Delta> {
        if self.check != since.check || self.places() != since.places() {
            return None;
        }
        let mut changes = Vec::new();
        for ((place, now), before) in (0u16..).zip(&self.heads).zip(&since.heads) {
            match now.checked_sub(*before)? {
                0 => {}
                amount => changes.push((place, amount)),
            }
        }
        let (heads, base) = (salt.of(&self.hash()), salt.of(&since.hash()));
        Some(Delta { check: self.check, heads, base, changes: Changes(changes) })
    }

    /// The list of the one who said this sketch. `None` if more differs than it tells, or another
    /// list of lanes is meant.
    pub fn by_sketch(&self, sketch: &Sketch, salt: &Salt) -> Option<HeadVector> {
        let mut values = self.values();
        let count = usize::from(sketch.count);
        let is_meant = sketch.check == self.check
            && count > 0
            && sketch.symbols.len() == count * blocks_of(values.len());
        if !is_meant {
            return None;
        }
        let mut blocks = sketch.symbols.chunks(count).enumerate();
        if !blocks.all(|(block, symbols)| correct(&mut values, block, symbols)) {
            return None;
        }
        let heads = self.heads.iter().zip(values).map(|(ours, low)| nearest(*ours, low)).collect();
        let theirs = self.with_heads(heads);
        (salt.of(&theirs.hash()) == sketch.heads).then_some(theirs)
    }

    /// The list of the one who said this delta, if it is one since this list.
    pub fn by_delta(&self, delta: &Delta, salt: &Salt) -> Option<HeadVector> {
        if delta.check != self.check || delta.base != salt.of(&self.hash()) {
            return None;
        }
        let mut heads = self.heads.clone();
        for (place, amount) in &delta.changes.0 {
            let head = heads.get_mut(usize::from(*place))?;
            *head = head.checked_add(*amount)?;
        }
        let theirs = self.with_heads(heads);
        (salt.of(&theirs.hash()) == delta.heads).then_some(theirs)
    }

    /// Asks the one who said this list for these lanes, each from a record on; `None` if the list
    /// does not have one of them.
    pub fn lack(&self, wants: &[RecordId], salt: &Salt) -> Option<Lack> {
        let mut changes = Vec::with_capacity(wants.len());
        for want in wants {
            let place = self.lanes.binary_search(&want.lane).ok()?;
            let before = want.seq.checked_sub(1)?;
            let amount = self.heads[place].checked_sub(before).filter(|amount| *amount > 0)?;
            changes.push((u16::try_from(place).ok()?, amount));
        }
        changes.sort_unstable();
        let is_once = changes.is_sorted_by(|(a, _), (b, _)| a < b);
        is_once.then(|| Lack { heads: salt.of(&self.hash()), changes: Changes(changes) })
    }

    /// What is asked for, if this is the list that is meant.
    pub fn wanted(&self, lack: &Lack, salt: &Salt) -> Option<Vec<RecordId>> {
        if lack.heads != salt.of(&self.hash()) {
            return None;
        }
        let want = |(place, amount): &(u16, u32)| {
            let place = usize::from(*place);
            let before = self.heads.get(place)?.checked_sub(*amount)?;
            Some(self.lanes[place].at(before + 1))
        };
        lack.changes.0.iter().map(want).collect()
    }

    fn values(&self) -> Vec<u8> {
        self.heads.iter().map(|head| *head as u8).collect()
    }
}

/// Bytes of a lane and its head, at most.
const ELEMENT_BYTES: usize = 16;

/// What a head adds to the hash of all; nothing while it is 0.
fn element(lane: LaneId, head: u32) -> SetHash {
    match head {
        0 => SetHash::default(),
        _ => {
            let mut bytes = Vec::with_capacity(ELEMENT_BYTES);
            lane.pack(&mut bytes);
            bytes.extend_from_slice(&head.to_be_bytes());
            SetHash::of(&bytes)
        }
    }
}

/// What tells lists of other lanes apart: the lanes that have places, and the heads of the rest.
fn check_of(lanes: &[LaneId], others: &[(LaneId, u32)]) -> u16 {
    let mut bytes = Vec::with_capacity((lanes.len() + others.len()) * ELEMENT_BYTES);
    for lane in lanes {
        lane.pack(&mut bytes);
    }
    for (lane, head) in others {
        lane.pack(&mut bytes);
        bytes.extend_from_slice(&head.to_be_bytes());
    }
    let [high, low, ..] = *blake3::hash(&bytes).as_bytes();
    u16::from_be_bytes([high, low])
}

/// Put a head among others, which are in order and none of which is 0. What it was before.
fn replace_head(others: &mut Vec<(LaneId, u32)>, id: LaneId, head: u32) -> u32 {
    match others.binary_search_by_key(&id, |(other, _)| *other) {
        Ok(place) if head == 0 => others.remove(place).1,
        Ok(place) => std::mem::replace(&mut others[place].1, head),
        Err(_) if head == 0 => 0,
        Err(place) => {
            others.insert(place, (id, head));
            0
        }
    }
}

/// The head nearest to ours that ends in this byte.
fn nearest(ours: u32, low: u8) -> u32 {
    let up = low.wrapping_sub(ours as u8);
    match up {
        0..128 => ours.saturating_add(u32::from(up)),
        _ => ours.checked_sub(u32::from(up.wrapping_neg())).unwrap_or(u32::from(low)),
    }
}

#[cfg(test)]
mod tests;
