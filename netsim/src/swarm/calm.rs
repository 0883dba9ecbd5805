//! The second half of a history: all faults have stopped, nobody writes. Now the core must come to
//! agree, know of every delivery, and fall silent.

use std::collections::BTreeSet;

use sanduan_protocol::base::geo::Point;
use sanduan_protocol::base::ids::{self, DeviceId, GroupId, RecordId, UnitId};
use sanduan_protocol::field::directory::group::Group;
use sanduan_protocol::local::Request;
use sanduan_protocol::local::request::PositionDraft;
use sanduan_protocol::log::lane::Lane;
use sanduan_protocol::node::Node;

use super::gap;
use super::ground::Ground;
use super::options::Options;
use super::oracle::Oracle;
use super::people::People;
use crate::world::HostId;

mod bound;

/// A seal's bytes.
const SEAL_BYTES: u64 = 64;
/// Between agreement and the test of silence, ms.
const SETTLE_MS: u64 = 1_200_000;
/// Whoever serves again confirms a report within this, ms.
const SERVES_WITHIN_MS: u64 = 60_000;
/// How long silence is watched, minutes.
const SILENCE_MIN: u64 = 20;

/// What calm showed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Calm {
    /// Bytes of records that somebody in the core lacked at its begin.
    pub missing_bytes: u64,
    /// The time it was given to agree, s.
    pub bound_s: u64,
    /// The time until all of the core agreed, s.
    pub agreed_s: Option<u64>,
    /// Orders that arrived and whose issuer does not know it in the end: told once, and lost.
    pub unknown_deliveries: u64,
    /// Frames a minute and node in the end, in thousandths.
    pub silent_frames_milli: u64,
}

/// Watches the core from the moment when the faults stopped.
pub struct Watch<'a> {
    /// The world.
    pub ground: &'a mut Ground,
    /// Its people, who read answers only.
    pub people: &'a mut People,
    /// The oracle goes on looking.
    pub oracle: &'a mut Oracle,
    /// Hosts of the core.
    pub core: Vec<HostId>,
}

impl Watch<'_> {
    /// Run until all is quiet; broken promises are noted in the world.
    pub fn run(mut self, options: &Options) -> Calm {
        let missing_bytes = self.missing_bytes();
        let bound_ms = bound::bound_ms(options, missing_bytes);
        let mut calm = Calm { missing_bytes, bound_s: bound_ms / 1000, ..Calm::default() };
        calm.agreed_s = self.wait(bound_ms);
        let mut since = "the faults stopped";
        if calm.agreed_s.is_some() && self.is_to_hear_news() {
            // What a place left behind gave to a vehicle is read where that stops next.
            since = "a vehicle brought the last news";
            while self.is_to_hear_news() {
                self.second();
            }
            // The last stick is still being read.
            (0..SERVES_WITHIN_MS / 1000).for_each(|_| self.second());
            calm.agreed_s = self.wait(bound_ms).and(calm.agreed_s);
        }
        if calm.agreed_s.is_none() {
            let after_s = bound_ms / 1000;
            let gap = gap::between(&self.ground.world, &self.core);
            let what = format!("L1 no agreement {after_s} s after {since}: {gap}");
            self.ground.world.note_breach(self.core[0], what);
            return calm;
        }
        for _ in 0..SETTLE_MS / 1000 {
            self.second();
        }
        if !self.agrees() {
            let what = "L1 the core agreed, and does no more".to_owned();
            self.ground.world.note_breach(self.core[0], what);
        }
        calm.unknown_deliveries = self.check_delivered();
        calm.silent_frames_milli = self.check_silence(options);
        self.check_verified();
        self.check_revoked();
        self.check_groups();
        self.check_serves();
        calm
    }

    /// Until all of the core agree, at most so long: the time that took, s.
    fn wait(&mut self, bound_ms: u64) -> Option<u64> {
        let begin = self.ground.world.now();
        let mut happened = 0;
        while self.ground.world.now().since_ms(begin) < bound_ms {
            self.second();
            let before = std::mem::replace(&mut happened, self.ground.world.happened());
            if before != happened && self.agrees() {
                return Some(self.ground.world.now().since_ms(begin) / 1000);
            }
        }
        None
    }

    /// True if a vehicle is on its way with what one of the core lacks.
    fn is_to_hear_news(&self) -> bool {
        let mut nodes = self.core.iter().filter_map(|host| self.ground.world.host(*host).machine());
        nodes.any(|node| self.people.bring_news_to(node))
    }

    /// All of the core hold the same, and none of them has yet to seal what it wrote: that is news
    /// once it is sealed, and takes its way.
    fn agrees(&self) -> bool {
        let world = &self.ground.world;
        let nodes = self.core.iter().filter_map(|host| Some((*host, world.host(*host).machine()?)));
        let has_sealed = |(host, node): (HostId, &Node)| {
            let mut own = node.book().lanes().filter(|(id, _)| id.author.0 == host.0 + 1);
            own.all(|(_, lane)| lane.fork().is_some() || lane.saved_sealed() == lane.saved())
        };
        world.agree(&self.core, Node::verified) && nodes.into_iter().all(has_sealed)
    }

    /// L6: what the core wrote is verified all over the core.
    fn check_verified(&mut self) {
        let mut found = Vec::new();
        for host in &self.core {
            let Some(node) = self.ground.world.host(*host).machine() else { continue };
            for (id, lane) in node.book().lanes() {
                let author = self.core.iter().find(|host| host.0 + 1 == id.author.0);
                let author = author.and_then(|host| self.ground.world.host(*host).machine());
                // What nobody but a forger wrote stays unverified, and should.
                let written = author.and_then(|node| node.book().lane(*id)).map_or(0, Lane::saved);
                let (saved, sealed) = (lane.saved().min(written), lane.saved_sealed());
                if saved > sealed && node.book().fork(*id).is_none() {
                    found.push((*host, format!("L6 {id:?}: {saved} here, {sealed} verified")));
                }
            }
        }
        self.note(found);
    }

    /// L5: a revocation that one of the core knows, all know, and all moved on with it.
    fn check_revoked(&mut self) {
        let devices = self.ground.roles.len() as u16;
        let mut found = Vec::new();
        for device in (1..=devices).map(DeviceId) {
            let nodes = self.core.iter().filter_map(|host| {
                let node = self.ground.world.host(*host).machine()?;
                Some((*host, node.directory().revocation(device)))
            });
            let nodes: Vec<_> = nodes.collect();
            let Some(known) = nodes.iter().find_map(|(_, known)| *known) else { continue };
            for (host, _) in nodes.iter().filter(|(_, theirs)| *theirs != Some(known)) {
                found.push((*host, format!("L5 the revocation of {device} is not known")));
            }
        }
        let turns = self.core.iter().filter_map(|host| {
            let node = self.ground.world.host(*host).machine()?;
            Some((*host, node.turn().epoch))
        });
        let turns: Vec<_> = turns.collect();
        let newest = turns.iter().map(|(_, epoch)| *epoch).max();
        for (host, epoch) in turns.iter().filter(|(_, epoch)| Some(*epoch) < newest) {
            found.push((*host, format!("L5 it stayed in epoch {epoch}")));
        }
        self.note(found);
    }

    /// L7: all know the same groups, and whoever is in one can read what is said to it.
    fn check_groups(&mut self) {
        let mut found = Vec::new();
        let mut known: Option<Vec<_>> = None;
        for host in &self.core {
            let Some(node) = self.ground.world.host(*host).machine() else { continue };
            let told = |(index, group): (GroupId, &Group)| {
                let (units, depots) = (group.units().to_vec(), group.depots().to_vec());
                (index, group.newest().0, units, depots)
            };
            let groups: Vec<_> = node.directory().groups().map(told).collect();
            for (index, turn, units, _) in &groups {
                let is_in = units.contains(&UnitId(host.0 + 1));
                if is_in && node.group_keys().key(*index, *turn).is_none() {
                    found.push((*host, format!("L7 it has no key {turn} of group {index}")));
                }
            }
            if *known.get_or_insert_with(|| groups.clone()) != groups {
                found.push((*host, format!("L7 it knows other groups: {groups:?}")));
            }
        }
        self.note(found);
    }

    /// L4: everyone takes in a report of where they are, and confirms it.
    fn check_serves(&mut self) {
        let point = Point { lat_e7: 290_000_000, lon_e7: 1_061_250_000 };
        let draft = PositionDraft { unit: None, point, state: None };
        let asks: Vec<_> = { self.core.clone().into_iter() }
            .map(|host| (host, self.ground.world.ask(host, Request::ReportPosition(draft.clone()))))
            .collect();
        let until = self.ground.world.now().after_ms(SERVES_WITHIN_MS);
        self.ground.world.run_until(until);
        let mut found = Vec::new();
        for (host, ask) in asks {
            let mut answers = self.ground.world.host(host).answers();
            let answer = answers.find(|answer| answer.ask == ask).map(|answer| &answer.reply);
            let node = self.ground.world.host(host).machine();
            // Whose key tells two stories is told to report by voice.
            let is_forked = node.is_some_and(|node| {
                node.book().forks().any(|(lane, _)| lane.author.0 == host.0 + 1)
            });
            if !matches!(answer, Some(Ok(_))) && !is_forked {
                found.push((host, format!("L4 it does not serve: {answer:?}")));
            }
        }
        self.note(found);
    }

    fn note(&mut self, found: Vec<(HostId, String)>) {
        for (host, what) in found {
            self.ground.world.note_breach(host, what);
        }
    }

    fn second(&mut self) {
        let until = self.ground.world.now().after_ms(1000);
        self.ground.world.run_until(until);
        self.people.go_round(self.ground);
        self.oracle.look(self.ground, self.people);
    }

    fn missing_bytes(&self) -> u64 {
        let mut all: BTreeSet<(RecordId, usize)> = BTreeSet::new();
        let nodes = || self.core.iter().filter_map(|host| self.ground.world.host(*host).machine());
        for node in nodes() {
            for (id, lane) in node.book().lanes() {
                let records = (1..=lane.saved())
                    .filter_map(|seq| lane.record(seq).map(|record| (id.at(seq), record.len())));
                all.extend(records);
            }
        }
        let lacks = |node: &Node| -> u64 {
            let missing = all.iter().filter(|(id, _)| {
                node.book().lane(id.lane).is_none_or(|lane| lane.saved() < id.seq)
            });
            missing.map(|(_, bytes)| *bytes as u64 + SEAL_BYTES).sum()
        };
        nodes().map(lacks).sum()
    }

    /// L2: everyone who is owed to in the core has each order of the core. How many issuers do not
    /// know it?
    fn check_delivered(&mut self) -> u64 {
        let core: Vec<u16> = self.core.iter().map(|host| host.0 + 1).collect();
        let (mut late, mut unknown) = (Vec::new(), 0);
        for host in &self.core {
            let Some(node) = self.ground.world.host(*host).machine() else { continue };
            for row in node.shown_orders().iter().filter(|row| row.id.author.0 == host.0 + 1) {
                let Some(detail) = node.shown_order(row.id) else { continue };
                for addressee in detail.addressees {
                    if !core.contains(&addressee.unit.0) {
                        continue;
                    }
                    let holder = HostId(addressee.unit.0 - 1);
                    let id = row.id.in_lane(ids::Lane::Command);
                    let theirs = self.ground.world.host(holder).machine();
                    let holds = theirs.is_some_and(|node| node.shown_order(row.id).is_some());
                    if !holds {
                        late.push((holder, format!("L2 order {id:?} did not arrive")));
                    }
                    unknown += u64::from(holds && !addressee.delivered);
                }
            }
        }
        for (host, what) in late {
            self.ground.world.note_breach(host, what);
        }
        unknown
    }

    /// L3: at most a beacon and its answer per link and interval, else one frame a minute.
    fn check_silence(&mut self, options: &Options) -> u64 {
        let before: Vec<u64> = self.core.iter().map(|host| self.oracle.said_by(*host)).collect();
        for _ in 0..SILENCE_MIN * 60 {
            self.second();
        }
        let mut most = 0;
        for (host, before) in self.core.clone().into_iter().zip(before) {
            let said = self.oracle.said_by(host) - before;
            most = most.max(said * 1000 / SILENCE_MIN);
            let beacons: u64 = self
                .ground
                .world
                .host(host)
                .links()
                .map(|(_, link)| SILENCE_MIN * 60_000 / u64::from(link.beacon_max_ms) + 2)
                .sum();
            let allowed = SILENCE_MIN.max(2 * beacons);
            // Whoever is left behind, or was carried off, is called again now and then; so is one
            // whose frame an outsider repeated where it never was.
            let is_alone = options.left_behind.is_none()
                && options.insider_every_s.is_none()
                && options.foes.outsider_every_s.is_none();
            if said > if is_alone { allowed } else { 3 * allowed } {
                let what = format!("L3 {said} frames in {SILENCE_MIN} min, {allowed} allowed");
                self.ground.world.note_breach(host, what);
            }
        }
        most
    }
}
