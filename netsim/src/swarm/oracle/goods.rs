//! S7: the ledger of a host adds up, and its shelves equal a second fold of the same records,
//! written apart from the first: all changes and counts of one shelf, sorted, then read once.

use std::collections::{BTreeMap, BTreeSet};

use sanduan_protocol::base::ids::{DepotId, ItemId, Lane, LaneId, RecordId};
use sanduan_protocol::base::roles::Roles;
use sanduan_protocol::base::time::Hlc;
use sanduan_protocol::field::body::Body;
use sanduan_protocol::field::stock::body::{Arrival, Count, Waybill};
use sanduan_protocol::field::stock::sealed::Closed;
use sanduan_protocol::field::stock::{self};
use sanduan_protocol::local::request::MovementKind;
use sanduan_protocol::node::Node;
use sanduan_protocol::wire::record::Head;

use super::place_of;
use crate::swarm::ground::Ground;
use crate::world::HostId;

type Stamp = (Hlc, RecordId);
type Shelf = (DepotId, ItemId);
/// A count: what was found, and what its author had seen.
type Tally = (Stamp, i128, Vec<(LaneId, u32)>);

/// Depots of a drawn world.
const DEPOTS: u16 = 2;

/// When the ledgers of places were last compared.
#[derive(Default)]
pub struct Goods {
    /// Starts of each place, and the version of its book.
    seen: BTreeMap<usize, (u32, u64)>,
}

impl Goods {
    /// True if anything that a ledger is made of changed since this was last asked.
    pub fn is_stale(&mut self, place: usize, node: &Node, starts: u32) -> bool {
        let now = (starts, node.book().version());
        let before = self.seen.insert(place, now);
        let tells = |(id, _): &(LaneId, _)| matches!(id.lane, Lane::Stock | Lane::Directory);
        super::changed_lanes(node, now, before).iter().any(tells)
    }
}

/// Compare the ledger of one host with the fold told apart.
pub fn check(ground: &Ground, place: usize, found: &mut Vec<(HostId, String)>) {
    let host = ground.hosts[place];
    let Some(node) = ground.world.host(host).machine() else { return };
    if !node.ledger().sum_is_zero() {
        found.push((host, "S7 the accounts do not add up".to_owned()));
    }
    let told = Told::read(ground, place, node);
    for depot in (1..=DEPOTS).map(DepotId) {
        let (ours, theirs) = (told.hidden(depot), node.ledger().is_shaded(depot));
        if ours.is_empty() == theirs {
            let what = format!("S7 depot {depot}: {} posts are hidden, told {theirs}", ours.len());
            found.push((host, what));
        }
    }
    for (depot, item) in told.shelves() {
        let (ours, theirs) = (told.is_clear((depot, item)), node.ledger().is_clear(depot, item));
        if ours != theirs {
            let what = format!("S7 depot {depot}, item {item}: known {theirs}, not {ours}");
            found.push((host, what));
        }
        let (ours, theirs) = (told.on_hand((depot, item)), node.ledger().on_hand(depot, item));
        if ours != i128::from(theirs.0) {
            let what = format!("S7 depot {depot}, item {item}: {} is not {ours}", theirs.0);
            found.push((host, what));
        }
    }
}

/// All that is told of shelves.
#[derive(Default)]
struct Told {
    changes: BTreeMap<Shelf, Vec<(Stamp, i128)>>,
    counts: BTreeMap<Shelf, Vec<Tally>>,
    /// Posts that are sealed to a group whose key is not here.
    hidden: BTreeSet<(DepotId, RecordId)>,
}

impl Told {
    fn read(ground: &Ground, place: usize, node: &Node) -> Told {
        let mut told = Told::default();
        let mut waybills: BTreeMap<RecordId, Waybill> = BTreeMap::new();
        let mut arrivals: Vec<(Stamp, Arrival)> = Vec::new();
        for (id, lane) in node.book().lanes().filter(|(id, _)| id.lane == Lane::Stock) {
            let roles = usize::from(id.author.0).checked_sub(1);
            let roles = roles.and_then(|at| ground.roles.get(at)).copied().unwrap_or(Roles::NONE);
            // A partner's device has every right within its own unit, which keeps no depot.
            let may = roles.has(Roles::STOCK_ALL) && !roles.has(Roles::PARTNER);
            if !may || node.directory().member(id.author).is_none() {
                continue;
            }
            let is_own = place_of(ground, id.author) == Some(place);
            let verified = if is_own { lane.saved() } else { lane.saved_sealed() };
            for seq in (1..=verified).filter(|seq| !node.directory().is_disowned(id.at(*seq))) {
                // Of what went to make room, what it meant is left.
                let Some((head, rest)) = lane.left(seq).and_then(|r| Head::split(r).ok()) else {
                    continue;
                };
                let body = match Body::parse(head.kind, rest) {
                    Ok(Body::Stock(body)) => body,
                    Ok(Body::SealedPost(post)) => match post.reveal(node.group_keys(), id.author) {
                        Ok(body) => body,
                        Err(Closed::NoKey) => {
                            told.hidden.insert((post.depot, id.at(seq)));
                            continue;
                        }
                        Err(Closed::Broken) => continue,
                    },
                    _ => continue,
                };
                let stamp = (head.at, id.at(seq));
                match body {
                    stock::Body::Movement(movement) => {
                        let is_in = match movement.kind {
                            MovementKind::Opening | MovementKind::Receive => 1,
                            MovementKind::Issue | MovementKind::Loss => -1,
                        };
                        for line in movement.lines {
                            let milli = i128::from(line.quantity.0) * is_in;
                            told.change((movement.depot, line.item), stamp, milli);
                        }
                    }
                    stock::Body::Waybill(waybill) => {
                        for line in &waybill.lines {
                            let milli = -i128::from(line.quantity.0);
                            told.change((waybill.from, line.item), stamp, milli);
                        }
                        waybills.insert(id.at(seq), waybill);
                    }
                    stock::Body::Arrival(arrival) => arrivals.push((stamp, arrival)),
                    stock::Body::Count(count) => told.count(stamp, count),
                }
            }
        }
        told.arrive(&waybills, arrivals);
        told
    }

    /// Every shelf that anything is told of.
    fn shelves(&self) -> BTreeSet<Shelf> {
        self.changes.keys().chain(self.counts.keys()).copied().collect()
    }

    /// Posts of this depot that cannot be read here.
    fn hidden(&self, depot: DepotId) -> Vec<RecordId> {
        let posts = self.hidden.iter().filter(|(hidden, _)| *hidden == depot);
        posts.map(|(_, id)| *id).collect()
    }

    /// The last count had seen all that is hidden of its depot.
    fn is_clear(&self, shelf: Shelf) -> bool {
        let last = self.counts.get(&shelf).into_iter().flatten().max_by_key(|(stamp, ..)| *stamp);
        let has_seen = |id: RecordId| last.is_some_and(|tally| has_counted(tally, id));
        self.hidden(shelf.0).into_iter().all(has_seen)
    }

    fn change(&mut self, shelf: Shelf, stamp: Stamp, milli: i128) {
        self.changes.entry(shelf).or_default().push((stamp, milli));
    }

    fn count(&mut self, stamp: Stamp, count: Count) {
        for line in count.lines {
            let told = (stamp, i128::from(line.counted.0), count.basis.clone());
            self.counts.entry((count.depot, line.item)).or_default().push(told);
        }
    }

    /// The earliest arrival at the right depot counts, once.
    fn arrive(
        &mut self,
        waybills: &BTreeMap<RecordId, Waybill>,
        mut arrivals: Vec<(Stamp, Arrival)>,
    ) {
        arrivals.sort_by_key(|(stamp, _)| *stamp);
        let mut done: Vec<RecordId> = Vec::new();
        for (stamp, arrival) in arrivals {
            let id = arrival.waybill.in_lane(Lane::Stock);
            let waybill = waybills.get(&id).filter(|waybill| waybill.to == arrival.to);
            let Some(waybill) = waybill.filter(|_| !done.contains(&id)) else { continue };
            done.push(id);
            let lines: Vec<(ItemId, i64)> = match arrival.lines.is_empty() {
                true => waybill.lines.iter().map(|line| (line.item, line.quantity.0)).collect(),
                false => arrival.lines.iter().map(|l| (l.item, l.received.0)).collect(),
            };
            for (item, milli) in lines {
                self.change((waybill.to, item), stamp, i128::from(milli));
            }
        }
    }

    /// The last count and what it had not seen; all changes if nobody counted.
    fn on_hand(&self, shelf: Shelf) -> i128 {
        let counts = self.counts.get(&shelf).into_iter().flatten();
        let last = counts.max_by_key(|(stamp, ..)| *stamp);
        let unseen = |id: RecordId| last.is_none_or(|tally| !has_counted(tally, id));
        let changes = self.changes.get(&shelf).into_iter().flatten();
        let sum: i128 = changes.filter(|((_, id), _)| unseen(*id)).map(|(_, milli)| milli).sum();
        last.map_or(0, |(_, counted, _)| *counted) + sum
    }
}

/// A count had seen this post: its author had it, or wrote it before.
fn has_counted(((_, count), _, basis): &Tally, id: RecordId) -> bool {
    let is_earlier = id.lane == count.lane && id.seq < count.seq;
    is_earlier || basis.iter().any(|(lane, seq)| *lane == id.lane && id.seq <= *seq)
}
