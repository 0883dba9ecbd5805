//! S13: once a person was told that an order of class flash is saved, at most one frame with
//! records that are no orders or receipts leaves before it, on the link by which it leaves first.
//! (A frame that was being said cannot be called back.)
//!
//! Not watched: an order behind another record of its author's orders of the last minutes, which
//! may wait for its answer and is in front of it in the chain; a frame with what is in front of it
//! in the chain, whatever fills the rest of that frame; the second in which the order was saved; a
//! machine that was started again meanwhile; an order to its author's own unit, for which nobody
//! elsewhere waits (on a card it then goes behind what others wait for).

use std::collections::BTreeMap;

use sanduan_protocol::base::class::Class;
use sanduan_protocol::base::ids::{DeviceId, Lane, LaneId, LinkId, RecordId, UnitId};
use sanduan_protocol::base::time::Mono;
use sanduan_protocol::field::body::Body;
use sanduan_protocol::field::directory::Target;
use sanduan_protocol::keys::frame_key::Opened;
use sanduan_protocol::wire::bundle::{self, Section};
use sanduan_protocol::wire::record::Head;

use crate::world::{HostId, Taped};

/// Frames with lower records that may leave before it.
const BEFORE_MAX: u32 = 1;
/// An author whose last order or receipt is younger than this may still wait for its answer, ms.
const LANE_RESTS_MS: u64 = 600_000;

/// Orders that have not left yet.
#[derive(Default)]
pub struct Urgent {
    waiting: BTreeMap<RecordId, Waiting>,
    /// When each lane was last written, as far as people were told.
    written: BTreeMap<LaneId, Mono>,
    watched: u64,
}

struct Waiting {
    host: HostId,
    starts: u32,
    since: Mono,
    lower: BTreeMap<LinkId, u32>,
}

/// What a frame carries of one lane.
pub(super) struct Carried {
    pub lane: LaneId,
    pub first: u32,
    pub last: u32,
}

impl Urgent {
    /// A person was told that this record is saved.
    pub fn told(&mut self, host: HostId, starts: u32, id: RecordId, record: &[u8], now: Mono) {
        let last = self.written.insert(id.lane, now);
        let rests = last.is_none_or(|at| now.since_ms(at) >= LANE_RESTS_MS);
        if rests && is_flash(record, UnitId(id.lane.author.0)) {
            let waiting = Waiting { host, starts, since: now, lower: BTreeMap::new() };
            self.waiting.insert(id, waiting);
            self.watched += 1;
        }
    }

    /// A frame left, and this is what it says. `starts` counts the starts of its host.
    pub fn left(
        &mut self,
        taped: &Taped,
        starts: u32,
        opened: &Opened,
        found: &mut Vec<(HostId, String)>,
    ) {
        self.waiting.retain(|_, order| order.host != taped.host || order.starts == starts);
        if opened.brief || !self.waiting.values().any(|order| order.host == taped.host) {
            return;
        }
        let (sections, _) = bundle::read(&opened.plain);
        let carried: Vec<Carried> =
            sections.iter().filter_map(|section| carried(section, opened.sender)).collect();
        self.count(taped.host, taped.link, taped.at, &carried, found);
    }

    fn count(
        &mut self,
        host: HostId,
        link: LinkId,
        at: Mono,
        carried: &[Carried],
        found: &mut Vec<(HostId, String)>,
    ) {
        let is_lower = carried.iter().any(|part| part.lane.lane != Lane::Command);
        let mut gone = Vec::new();
        for (id, order) in self.waiting.iter_mut().filter(|(_, order)| order.host == host) {
            let is_it =
                |part: &Carried| part.lane == id.lane && (part.first..=part.last).contains(&id.seq);
            if carried.iter().any(is_it) {
                gone.push(*id);
                let before = order.lower.get(&link).copied().unwrap_or(0);
                if before > BEFORE_MAX {
                    let what = format!("S13 {before} lower frames on link {link} before {id:?}");
                    found.push((host, what));
                }
            } else if is_lower
                && at > order.since
                && !carried.iter().any(|part| is_before(part, *id))
            {
                *order.lower.entry(link).or_default() += 1;
            }
        }
        gone.iter().for_each(|id| {
            self.waiting.remove(id);
        });
    }
}

/// This stands before that record in its chain, so that it goes first.
fn is_before(part: &Carried, id: RecordId) -> bool {
    part.lane == id.lane && part.first < id.seq
}

/// An order of class flash to others than this unit that never gives way to what is lower.
fn is_flash(record: &[u8], own: UnitId) -> bool {
    let Ok((head, rest)) = Head::split(record) else { return false };
    match Body::parse(head.kind, rest) {
        Ok(Body::Order(order)) => {
            let is_for_others = order.targets.iter().any(|target| *target != Target::Unit(own));
            order.class == Class::Flash && order.expires_s.is_none() && is_for_others
        }
        Ok(_) | Err(_) => false,
    }
}

/// The records of a section; a seal is none.
pub(super) fn carried(section: &Section, sender: DeviceId) -> Option<Carried> {
    match section {
        Section::Packed(run) => {
            let lane = run.lane_id(sender);
            Some(Carried { lane, first: run.first, last: run.first + run.count.max(1) - 1 })
        }
        Section::Run(run) => {
            let last = run.first + run.records.len().max(1) as u32 - 1;
            Some(Carried { lane: run.lane, first: run.first, last })
        }
        Section::Part(part) => {
            Some(Carried { lane: part.id.lane, first: part.id.seq, last: part.id.seq })
        }
        // Opened before, or no records.
        Section::Seal(..)
        | Section::Piece(..)
        | Section::Ack(_)
        | Section::Digest(_)
        | Section::Same(_)
        | Section::Heads(_)
        | Section::Want(_)
        | Section::Absent(..)
        | Section::Twice(_)
        | Section::Board(_)
        | Section::Call(_)
        | Section::Sketch(_)
        | Section::Lack(_)
        | Section::Sum(_)
        | Section::Delta(_)
        | Section::Holders(..)
        | Section::Vouch(_)
        | Section::Fixes(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: HostId = HostId(0);

    fn lane(lane: Lane) -> LaneId {
        LaneId::first(DeviceId(1), lane)
    }

    fn carries(of: Lane, seq: u32) -> Vec<Carried> {
        vec![Carried { lane: lane(of), first: seq, last: seq }]
    }

    /// What is found when an order leaves after so many frames of this lane, on link 1.
    fn found(before: u32, of: Lane, on: u16) -> usize {
        let mut urgent = Urgent::default();
        let order = Waiting { host: HOST, starts: 0, since: Mono(5), lower: BTreeMap::new() };
        urgent.waiting.insert(lane(Lane::Command).at(9), order);
        let mut found = Vec::new();
        for n in 0..before {
            urgent.count(HOST, LinkId(on), Mono(6 + u64::from(n)), &carries(of, n), &mut found);
        }
        urgent.count(HOST, LinkId(1), Mono(99), &carries(Lane::Command, 9), &mut found);
        assert!(urgent.waiting.is_empty());
        found.len()
    }

    #[test]
    fn one_lower_frame_may_leave_before_an_order_and_no_second_one() {
        assert_eq!([0, 1, 2, 9].map(|before| found(before, Lane::Stock, 1)), [0, 0, 1, 1]);
        assert_eq!(found(9, Lane::Command, 1), 0, "other orders and receipts are no inversion");
        assert_eq!(found(9, Lane::Stock, 2), 0, "nor is what another link carries");
    }

    #[test]
    fn a_frame_with_what_stands_before_an_order_in_its_chain_is_no_lower_frame() {
        let mut urgent = Urgent::default();
        let order = Waiting { host: HOST, starts: 0, since: Mono(5), lower: BTreeMap::new() };
        urgent.waiting.insert(lane(Lane::Command).at(9), order);
        let mut found = Vec::new();
        let mut leaves = |of_chain: std::ops::Range<u32>| {
            for seq in of_chain {
                let mut both = carries(Lane::Command, seq);
                both.extend(carries(Lane::Stock, seq));
                urgent.count(HOST, LinkId(1), Mono(6), &both, &mut found);
            }
            found.len()
        };
        assert_eq!(leaves(1..9), 0);
        // What stands behind it may wait.
        assert_eq!((leaves(10..12), leaves(9..10)), (0, 1));
    }
}
