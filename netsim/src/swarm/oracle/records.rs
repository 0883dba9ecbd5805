//! S1, S2, S3: what was confirmed is there, one id is one byte string, nothing is verified that
//! its author did not write. The truth of an author is what its own disk holds.

use std::collections::{BTreeMap, BTreeSet};

use sanduan_protocol::base::ids::{DeviceId, Lane, LaneId, RecordId, UnitId};
use sanduan_protocol::field::track::Fix;
use sanduan_protocol::wire::bundle::RegisterId;
use sanduan_protocol::wire::pack::Pack;

use super::places::Places;
use super::{lane_key, place_of, record_key};
use crate::swarm::ground::Ground;
use crate::swarm::people::{Told, number_at};
use crate::world::HostId;

/// What each author wrote, and what each host was held to.
#[derive(Default)]
pub struct Records {
    truth: BTreeMap<RecordId, Vec<u8>>,
    /// What authors wrote at places that were taken, once their disk was put back to an older copy.
    second: BTreeMap<RecordId, BTreeSet<Vec<u8>>>,
    told: BTreeMap<HostId, Vec<RecordId>>,
    reports: BTreeMap<HostId, i32>,
    /// Starts and book version of a host when it was last checked, and each lane's mark.
    seen: Places<(u32, u64)>,
    marks: BTreeMap<(usize, LaneId), u32>,
    /// What a place's disk had taken in when its author's records were last read.
    kept: Places<u64>,
}

impl Records {
    /// Read what authors wrote since, and what people were told.
    pub fn learn(
        &mut self,
        ground: &Ground,
        touched: &[HostId],
        told: Vec<(HostId, Told)>,
        found: &mut Vec<(HostId, String)>,
    ) {
        for place in touched.iter().map(|host| usize::from(host.0)) {
            let kept = ground.world.host(ground.hosts[place]).disk().kept();
            if self.kept.insert(place, kept) == Some(kept) {
                continue;
            }
            for lane in LaneId::all_of(DeviceId(place as u16 + 1)) {
                self.learn_lane(ground, place, lane);
            }
        }
        for (host, told) in told {
            match told {
                Told::Record(lane, id) => {
                    self.told.entry(host).or_default().push(id.in_lane(lane));
                }
                Told::Report(number) => {
                    let last = self.reports.entry(host).or_default();
                    *last = number.max(*last);
                    self.check_report(ground, host, found);
                }
                Told::Taken(held) => check_taken(ground, host, &held, found),
            }
        }
    }

    fn learn_lane(&mut self, ground: &Ground, place: usize, lane: LaneId) {
        let host = ground.world.host(ground.hosts[place]);
        if ground.put_back.contains(&place) {
            for (id, truth) in self.truth.range(lane.at(0)..=lane.at(u32::MAX)) {
                let stored = host.disk().stored().get(&record_key(*id));
                if let Some(bytes) = stored.filter(|bytes| *bytes != truth) {
                    self.second.entry(*id).or_default().insert(bytes.clone());
                }
            }
        }
        let known = self.truth.range(lane.at(0)..=lane.at(u32::MAX)).next_back();
        let mut next = known.map_or(1, |(id, _)| id.seq + 1);
        while let Some(bytes) = host.disk().stored().get(&record_key(lane.at(next))) {
            self.truth.insert(lane.at(next), bytes.clone());
            next += 1;
        }
    }

    /// What the author of a record wrote, as far as it was seen on its disk.
    pub fn truth(&self, id: RecordId) -> Option<&[u8]> {
        self.truth.get(&id).map(Vec::as_slice)
    }

    /// What a host that is up holds, after whatever happened to it.
    pub fn check(&mut self, ground: &Ground, place: usize, found: &mut Vec<(HostId, String)>) {
        let host = ground.hosts[place];
        let Some(node) = ground.world.host(host).machine() else { return };
        let now = (ground.world.host(host).crashes(), node.book().version());
        let before = self.seen.insert(place, now);
        if before == Some(now) {
            return;
        }
        if before.is_none_or(|(crashes, _)| crashes != now.0) {
            self.marks.retain(|(at, _), _| *at != place);
            let told = self.told.get(&host).filter(|_| !ground.put_back.contains(&place));
            for id in told.into_iter().flatten() {
                if node.book().record(*id) != self.truth.get(id).map(Vec::as_slice) {
                    found.push((host, format!("S1 {id:?} was confirmed and is not there")));
                }
            }
            self.check_report(ground, host, found);
        }
        for (id, lane) in super::changed_lanes(node, now, before) {
            let is_own = place_of(ground, id.author) == Some(place);
            let held = if is_own { lane.saved() } else { lane.saved_sealed() };
            let mark = self.marks.entry((place, id)).or_insert(0);
            for seq in *mark + 1..=held {
                if lane.is_gone(seq) && !is_own {
                    // Its stub stands for it; what that says is told by the digests.
                    continue;
                }
                let Some(bytes) = lane.record(seq) else {
                    found.push((host, format!("S2 a gap at {:?}", id.at(seq))));
                    continue;
                };
                match self.truth.get(&id.at(seq)) {
                    Some(truth) if truth == bytes => {}
                    // Two stories of one device are both believed until they meet.
                    Some(_) if ground.equivocates && place_of(ground, id.author).is_none() => {}
                    Some(_) if is_second(&self.second, id.at(seq), bytes) => {}
                    Some(_) => found.push((host, format!("S2 {:?} differs", id.at(seq)))),
                    // One that was said and lost with the disk in the same second was never seen.
                    None if place_of(ground, id.author)
                        .is_none_or(|author| ground.put_back.contains(&author)) =>
                    {
                        self.truth.insert(id.at(seq), bytes.to_vec());
                    }
                    None => found.push((host, format!("S3 {:?} nobody wrote", id.at(seq)))),
                }
            }
            *mark = held;
        }
    }

    /// The newest report that was confirmed, or a later one, is what the host knows of itself.
    fn check_report(&self, ground: &Ground, host: HostId, found: &mut Vec<(HostId, String)>) {
        let is_whole = !ground.put_back.contains(&usize::from(host.0));
        let Some(number) = self.reports.get(&host).filter(|_| is_whole) else { return };
        let Some(node) = ground.world.host(host).machine() else { return };
        let index = host.0 + 1;
        let register = node.board().get(RegisterId::Fix(DeviceId(index), UnitId(index)));
        let fix = register.and_then(|register| Fix::unpack_all(&register.value).ok());
        let step = fix.map(|fix| number_at(fix.point));
        if step.is_none_or(|step| step < *number) {
            found.push((host, format!("S1 report {number} was confirmed, {step:?} is there")));
        }
    }
}

fn is_second(second: &BTreeMap<RecordId, BTreeSet<Vec<u8>>>, id: RecordId, bytes: &[u8]) -> bool {
    second.get(&id).is_some_and(|all| all.contains(bytes))
}

fn check_taken(
    ground: &Ground,
    host: HostId,
    held: &BTreeMap<LaneId, u32>,
    found: &mut Vec<(HostId, String)>,
) {
    let own = DeviceId(host.0 + 1);
    let disk = ground.world.host(host).disk();
    let stored = disk.stored();
    // A disk that is nearly full leaves such lanes in the file.
    let is_left =
        |lane: &LaneId| disk.has_quota() && matches!(lane.lane, Lane::Report | Lane::Stock);
    for (lane, head) in held.iter().filter(|(lane, head)| lane.author != own && **head > 0) {
        if is_left(lane) {
            continue;
        }
        let (first, last) = (lane_key(*lane), record_key(lane.at(u32::MAX)));
        let rotted = disk.rotted_between(&first, &last);
        let gone = disk.gone_between(&first, &last);
        let here = (stored.range(first..=last).count() + rotted) as u32 + gone;
        if here < *head {
            found.push((host, format!("S1 a file with {head} of {lane:?} gave {here}")));
        }
    }
}
