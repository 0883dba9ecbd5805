//! S9, S10, S11: nothing beyond a revocation's cut is acted on, what was verified stays, and the
//! times that an author writes go forward, also beyond what it answers.

use std::collections::BTreeMap;

use sanduan_protocol::base::ids::{DeviceId, Lane, LaneId, RecordId};
use sanduan_protocol::base::time::Hlc;
use sanduan_protocol::field::body::Body;
use sanduan_protocol::node::Node;
use sanduan_protocol::wire::pack::Pack;
use sanduan_protocol::wire::record::Head;

use super::places::Places;
use super::{fork_key, lane_key, record_key};
use crate::swarm::ground::Ground;
use crate::world::{Disk, HostId};

/// Clocks run ahead by hearsay for up to so long (DESIGN section 3), ms.
const HEARSAY_MS: u64 = 600_000;
/// A record may be as old as this when it is first seen on the disk, ms.
const SEEN_LATE_MS: u64 = 10_000;
/// A clock that moved more than this against the world's is no measure, ms.
const STEADY_MS: u64 = 5_000;

/// What is remembered of trust and time.
#[derive(Default)]
pub struct Trust {
    /// Starts and book version of a host when it was last looked at.
    seen: Places<(u32, u64)>,
    /// How far a host had verified a lane.
    verified: BTreeMap<(usize, LaneId), u32>,
    /// Where each host first saw the lanes of a revoked device cut.
    cuts: BTreeMap<(usize, DeviceId), BTreeMap<LaneId, u32>>,
    /// The last record of each lane, as its author's disk has it.
    last: BTreeMap<LaneId, (u32, Hlc)>,
    /// Times of orders, and how far they were ahead of the world's clock when they were seen, ms.
    orders: BTreeMap<RecordId, (Hlc, i64)>,
    /// How far each clock was from the world's at first, and whether it stayed there.
    clocks: Places<(i64, bool)>,
    /// What a place's disk had taken in when its records were last read.
    kept: Places<u64>,
}

impl Trust {
    /// What this host shows and holds now.
    pub fn check(&mut self, ground: &Ground, place: usize, found: &mut Vec<(HostId, String)>) {
        self.learn_times(ground, place, found);
        let host = ground.hosts[place];
        let Some(node) = ground.world.host(host).machine() else { return };
        let now = (ground.world.host(host).crashes(), node.book().version());
        let before = self.seen.insert(place, now);
        if before == Some(now) {
            return;
        }
        self.check_cuts(ground, place, found);
        let disk = ground.world.host(host).disk();
        for id in node.went_wrongly() {
            // It was over when it went, and is open here until its answers come again.
            let lacks_answers = is_order(node, id) && disk.has_rotted_of(Lane::Command);
            if !lacks_answers {
                found.push((host, format!("S10 {id:?} went to make room and never may")));
            }
        }
        for (id, lane) in super::changed_lanes(node, now, before) {
            let before = self.verified.entry((place, id)).or_default();
            let held = lane.saved_sealed();
            if held >= *before {
                *before = held;
                continue;
            }
            // The key of a keyed lane is named in the command lane of its author.
            let naming = LaneId::first(id.author, Lane::Command);
            let is_damaged = has_rotted(disk, id)
                || (id.is_keyed() && has_rotted(disk, naming))
                || disk.has_rotted_directory()
                || ground.put_back.contains(&place);
            if !is_damaged && node.book().fork(id).is_none() {
                let what = format!("S10 {id:?} was verified up to {before}, now to {held}");
                found.push((host, what));
            }
            *before = held;
        }
    }

    /// A cut, once known, gives nothing back.
    fn check_cuts(&mut self, ground: &Ground, place: usize, found: &mut Vec<(HostId, String)>) {
        let host = ground.hosts[place];
        let Some(node) = ground.world.host(host).machine() else { return };
        for device in node.directory().revoked() {
            let is_of_here = (1..=ground.roles.len() as u16).contains(&device.0);
            let revoked = node.directory().revocation(device).filter(|_| is_of_here);
            let Some(revoked) = revoked else { continue };
            let cut = self.cuts.entry((place, device)).or_insert_with(|| revoked.cut.clone());
            let grows = |(lane, last): (&LaneId, &u32)| *last > cut.get(lane).copied().unwrap_or(0);
            if revoked.cut.iter().any(grows) {
                found.push((host, format!("S9 the cut of device {device} has moved on")));
                cut.clone_from(&revoked.cut);
            }
        }
    }

    /// Rows of revoked authors beyond the cut.
    pub fn check_rows(&self, ground: &Ground, place: usize, found: &mut Vec<(HostId, String)>) {
        let host = ground.hosts[place];
        let Some(node) = ground.world.host(host).machine() else { return };
        let orders = node.shown_order_ids().into_iter().map(|id| id.in_lane(Lane::Command));
        let waybills = node.ledger().waybill_ids();
        for id in orders.chain(waybills) {
            if node.directory().is_disowned(id) {
                found.push((host, format!("S9 {id:?} is shown and was revoked")));
            }
        }
    }

    fn learn_times(&mut self, ground: &Ground, place: usize, found: &mut Vec<(HostId, String)>) {
        let host = ground.world.host(ground.hosts[place]);
        let now = ground.world.now();
        let wall_ms = host.wall_ms(now);
        let offset_ms = wall_ms as i64 - now.0 as i64;
        let clock = self.clocks.or_insert(place, (offset_ms, true));
        clock.1 &= offset_ms.abs_diff(clock.0) < STEADY_MS;
        let is_steady = clock.1;
        let kept = host.disk().kept();
        // What an older copy of a disk goes on from is not what was last seen on it.
        let is_copy = ground.put_back.contains(&place);
        if self.kept.insert(place, kept) == Some(kept) || is_copy {
            return;
        }
        for lane in LaneId::all_of(DeviceId(place as u16 + 1)) {
            if !matches!(lane.lane, Lane::Command | Lane::Stock) {
                continue;
            }
            let mut next = self.last.get(&lane).map_or(1, |(seq, _)| seq + 1);
            while let Some(bytes) = host.disk().stored().get(&record_key(lane.at(next))) {
                let Ok((head, rest)) = Head::split(bytes) else { break };
                if self.last.get(&lane).is_some_and(|(_, before)| head.at <= *before) {
                    let what = format!("S11 {:?} is not later than the one before", lane.at(next));
                    found.push((ground.hosts[place], what));
                }
                self.last.insert(lane, (next, head.at));
                match Body::parse(head.kind, rest) {
                    Ok(Body::Order(_)) => {
                        let ahead_ms = head.at.wall_ms as i64 - now.0 as i64;
                        self.orders.insert(lane.at(next), (head.at, ahead_ms));
                    }
                    Ok(Body::Receipt(receipt)) if is_steady => {
                        let order = receipt.order.in_lane(Lane::Command);
                        let known = self.orders.get(&order).copied();
                        // Seen up to some seconds late, it was further ahead when it was written.
                        let is_near = |ahead_ms: i64| {
                            ahead_ms + SEEN_LATE_MS as i64 <= offset_ms + HEARSAY_MS as i64
                        };
                        if known.is_some_and(|(at, ahead)| head.at <= at && is_near(ahead)) {
                            let what = format!("S11 {:?} answers before the order", lane.at(next));
                            found.push((ground.hosts[place], what));
                        }
                    }
                    _ => {}
                }
                next += 1;
            }
        }
    }
}

/// This is an order that went although nobody answered it, and not the newest of its lane.
fn is_order(node: &Node, id: RecordId) -> bool {
    let newest = node.book().lane(id.lane).map_or(0, |lane| lane.head());
    id.lane.lane == Lane::Command && id.seq < newest
}

/// A record, a seal or the proof of a fork of this lane was lost to damaged bytes.
fn has_rotted(disk: &Disk, id: LaneId) -> bool {
    let (first, last) = (lane_key(id), record_key(id.at(u32::MAX)));
    let (mut seal_first, mut seal_last) = (first.clone(), last.clone());
    (seal_first[0], seal_last[0]) = (b's', b's');
    // What the proof of a fork holds lies in it alone.
    let fork = [b"f", id.packed().as_slice()].concat();
    disk.rotted_between(&first, &last) > 0
        || disk.rotted_between(&fork, &fork) > 0
        || disk.rotted_between(&seal_first, &seal_last) > 0
        // What stands before a fork has no seal but the proof.
        || disk.has_rotted(&fork_key(id))
}
