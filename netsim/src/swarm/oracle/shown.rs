//! S4, S5 and S14: what screens show of orders. Nobody sees an order of a device that may issue
//! none; who is said to hold an order holds it; rungs of people never go back, over any crash; and
//! what is sealed to a group is read by nobody who was never asked into it.

use std::collections::{BTreeMap, BTreeSet};

use sanduan_protocol::base::ids::{DeviceId, LaneId, SpokenId, UnitId};
use sanduan_protocol::base::roles::Roles;
use sanduan_protocol::field::order::ladder::height;
use sanduan_protocol::local::request::OrderKind;
use sanduan_protocol::node::Node;
use sanduan_protocol::wire::bundle::RegisterId;

use super::places::Places;
use super::{fork_key, place_of, record_key};
use crate::swarm::ground::Ground;
use crate::world::HostId;

/// What was shown so far.
#[derive(Default)]
pub struct Shown {
    /// Holdings that were found true: disks forget nothing.
    held: BTreeSet<(DeviceId, LaneId, u32)>,
    /// Starts of a place and version of its board when it was last checked.
    seen: Places<(u32, u64)>,
    rungs: BTreeMap<(usize, SpokenId, UnitId), u8>,
    /// How often a start of each place had found its disk damaged when it was last looked at, and
    /// how many forks it knew.
    rotted: Places<(u64, usize)>,
}

impl Shown {
    /// Whoever this host believes to hold an order has it on its disk.
    pub fn check_held(&mut self, ground: &Ground, place: usize, found: &mut Vec<(HostId, String)>) {
        let host = ground.world.host(ground.hosts[place]);
        let Some(node) = host.machine() else { return };
        let now = (host.crashes(), node.board().changes());
        let before = self.seen.insert(place, now);
        if before == Some(now) {
            return;
        }
        let since = before.filter(|(starts, _)| *starts == now.0).map_or(0, |(_, seen)| seen);
        for id in node.board().changed_after(since) {
            let RegisterId::Held(device, lane) = id else { continue };
            let version = node.board().version(id);
            if self.held.contains(&(device, lane, version)) {
                continue;
            }
            // An older copy of a disk does not have what its machine said it held.
            // Two machines of one device hold for it what either holds.
            let is_one = |at: &usize| ground.twin.is_none_or(|(_, place)| place != *at);
            let holder = place_of(ground, device).filter(|at| !ground.put_back.contains(at));
            let holder = holder.filter(is_one);
            let Some(holder) = holder else { continue };
            let holder = ground.world.host(ground.hosts[holder]);
            let disk = holder.disk();
            let knows_fork = |node: &Node| node.book().fork(lane).is_some();
            let fork = fork_key(lane);
            let has_proof = disk.stored().contains_key(&fork) || disk.has_rotted(&fork);
            if knows_fork(node) || has_proof || holder.machine().is_some_and(knows_fork) {
                // Whoever holds one of the two stories may have dropped it for the proof, or says
                // both as the proof without ever having held one. It is on its disk then, also
                // while the machine is off, unless bytes go bad there.
                continue;
            }
            let key = record_key(lane.at(version));
            if disk.holds_record(&key) || disk.has_rotted(&key) {
                self.held.insert((device, lane, version));
            } else {
                let what = format!("S5 device {device} is said to hold {:?}", lane.at(version));
                found.push((ground.hosts[place], what));
            }
        }
    }

    /// The rows of orders of this host.
    pub fn check_rows(&mut self, ground: &Ground, place: usize, found: &mut Vec<(HostId, String)>) {
        let Some(node) = ground.world.host(ground.hosts[place]).machine() else { return };
        for id in node.shown_order_ids() {
            self.check_row(ground, place, id, found);
        }
    }

    /// One order of this host, if it is shown there.
    pub fn check_row(
        &mut self,
        ground: &Ground,
        place: usize,
        order: SpokenId,
        found: &mut Vec<(HostId, String)>,
    ) {
        let host = ground.hosts[place];
        let Some(node) = ground.world.host(host).machine() else { return };
        let lost = ground.world.host(host).disk().rots_found();
        let lost = (lost, node.book().forks().count());
        if self.rotted.insert(place, lost) != Some(lost) || ground.put_back.contains(&place) {
            // A receipt that the disk has lost is missing until it comes again, and one of a key
            // that tells two stories counts no more.
            self.rungs.retain(|(at, ..), _| *at != place);
        }
        let Some(rungs) = node.shown_rungs(order) else { return };
        let roles = usize::from(order.author.0).checked_sub(1);
        let roles = roles.and_then(|at| ground.roles.get(at)).copied().unwrap_or(Roles::NONE);
        // Whoever has a voice may plead. A partner's device orders for others than its own unit
        // whenever it orders.
        let may = match node.shown_kind(order) {
            Some(OrderKind::Request) => roles.has_any(Roles::SPEAKS),
            _ => roles.has(Roles::ORDER_ISSUE) && !roles.has(Roles::PARTNER),
        };
        if !may {
            found.push((host, format!("S4 order {order} is shown")));
        }
        check_words(ground, place, node, order, found);
        let rungs: BTreeMap<UnitId, u8> =
            rungs.into_iter().map(|(unit, rung)| (unit, height(rung))).collect();
        let (first, last) = ((place, order, UnitId(0)), (place, order, UnitId(u16::MAX)));
        for ((.., unit), before) in self.rungs.range_mut(first..=last) {
            let now = rungs.get(unit).copied().unwrap_or(0);
            // What a key that tells two stories had answered goes with the branch it stood in: at
            // once, or when its proof is saved.
            let is_contested = node.book().forks().any(|(lane, _)| lane.author.0 == unit.0);
            if now < *before && !is_contested {
                let what = format!("S5 order {order}, unit {unit}: a rung less, {before} to {now}");
                found.push((host, what));
            }
            *before = now;
        }
        for (unit, rung) in rungs {
            self.rungs.insert((place, order, unit), rung);
        }
    }
}

/// What is said to a group, only those read who were asked into it at some time.
fn check_words(
    ground: &Ground,
    place: usize,
    node: &Node,
    order: SpokenId,
    found: &mut Vec<(HostId, String)>,
) {
    let Some(group) = node.shown_group(order).filter(|group| group.readable) else { return };
    let member = (group.name, place);
    if !ground.members.contains(&member) {
        let what = format!("S14 order {order}, sealed to {}, is read", member.0);
        found.push((ground.hosts[place], what));
    }
}
