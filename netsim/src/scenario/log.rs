//! What chosen places of a story say on their links, one line a frame, for a person who wants to
//! know what every slot of a card was used for: how urgent each record is and how long ago it was
//! written. Frames are opened in [`crate::world::Reading`].

use std::collections::BTreeMap;

use sanduan_protocol::base::class::Urgency;
use sanduan_protocol::base::ids::{DeviceId, Lane, LaneId, RecordId, SpokenId, UnitId};
use sanduan_protocol::base::time::Mono;
use sanduan_protocol::node::Node;
use sanduan_protocol::wire::bundle::Section;

use super::file::{BadScenario, Scenario};
use crate::swarm::ground::Ground;
use crate::world::{Reading, Taped, district};

/// Whose frames are told, and to whom.
pub struct Listener<'a> {
    /// Codes of places as the file has them.
    pub codes: &'a [String],
    /// Takes one line at a time.
    pub say: &'a mut dyn FnMut(String),
}

/// Frames of some places, as lines.
pub(super) struct Log<'a> {
    places: Vec<usize>,
    reading: Reading,
    /// When each record of a lane was first seen at its author.
    written: BTreeMap<LaneId, Vec<Mono>>,
    say: &'a mut dyn FnMut(String),
}

impl<'a> Log<'a> {
    pub fn new(
        scenario: &Scenario,
        ground: &Ground,
        listener: Listener<'a>,
    ) -> Result<Log<'a>, BadScenario> {
        let places = listener.codes.iter().map(|code| scenario.place(code));
        Ok(Log {
            places: places.collect::<Result<_, _>>()?,
            reading: Reading::new(&district::settings_in(ground.suite, 0, 0)),
            written: BTreeMap::new(),
            say: listener.say,
        })
    }

    /// Look what was written since the last look.
    pub fn look(&mut self, ground: &Ground) {
        let now = ground.world.now();
        for host in &ground.hosts {
            let Some(node) = ground.world.host(*host).machine() else { continue };
            let own = DeviceId(host.0 + 1);
            let last = LaneId { incarnation: u8::MAX, ..LaneId::first(own, Lane::ALL[3]) };
            for (id, lane) in node.book().lanes_in(LaneId::first(own, Lane::ALL[0])..=last) {
                let written = self.written.entry(*id).or_default();
                written.resize(written.len().max(lane.head() as usize), now);
            }
        }
    }

    /// One frame, if it is of a place that is listened to.
    pub fn frame(&mut self, scenario: &Scenario, ground: &Ground, taped: &Taped, link: usize) {
        let host = usize::from(taped.host.0);
        if !self.places.contains(&host) {
            return;
        }
        let sender = DeviceId(taped.host.0 + 1);
        let said = self.reading.told(taped);
        let node = ground.world.host(taped.host).machine();
        let parts = said.into_iter().map(|(section, told)| {
            let record = section.as_ref().and_then(|section| last_record(section, sender));
            match record {
                Some(record) => format!("{told} [{}]", self.about(node, record, taped.at)),
                None => told,
            }
        });
        let parts: Vec<String> = parts.collect();
        let link = &scenario.links[link];
        let here = &scenario.places[host].code;
        let others = link.places.iter().filter(|code| *code != here);
        let others: Vec<&str> = others.map(String::as_str).collect();
        (self.say)(format!(
            "{:8}.{:03} {here} → {} {} {} B  {}",
            taped.at.0 / 1000,
            taped.at.0 % 1000,
            others.join(","),
            link.bearer,
            taped.frame.len(),
            parts.join("; ")
        ));
    }

    /// A place learned for the first time that a unit has answered an order: how long that took
    /// from the moment at which it was typed.
    pub fn answered(
        &mut self,
        scenario: &Scenario,
        place: usize,
        (order, unit): (SpokenId, UnitId),
        [typed, now]: [Mono; 2],
    ) {
        let from = scenario.places.get(usize::from(unit.0) - 1).filter(|_| {
            let places = [place, usize::from(unit.0) - 1];
            places.iter().any(|place| self.places.contains(place))
        });
        let Some(from) = from else { return };
        let (here, took_s) = (&scenario.places[place].code, now.since_ms(typed) / 1000);
        let (seconds, ms) = (now.0 / 1000, now.0 % 1000);
        let from = &from.code;
        (self.say)(format!(
            "{seconds:8}.{ms:03} {here} ⇐ {from} 回执 / answer {order}, {took_s} s"
        ));
    }

    /// How urgent a record is and how old.
    fn about(&self, node: Option<&Node>, record: RecordId, now: Mono) -> String {
        let lane = node.and_then(|node| node.book().lane(record.lane));
        let urgency = lane.map_or("—", |lane| word(lane.urgency(record.seq)));
        let seen = self.written.get(&record.lane);
        let seen = seen.and_then(|seen| seen.get(record.seq.saturating_sub(1) as usize));
        match seen {
            Some(at) => format!("{urgency} {} s", now.since_ms(*at) / 1000),
            None => urgency.to_owned(),
        }
    }
}

/// The newest record of which a section says something of its own.
fn last_record(section: &Section, sender: DeviceId) -> Option<RecordId> {
    match section {
        Section::Run(run) => Some(run.lane.at(run.first + run.records.len() as u32 - 1)),
        Section::Packed(run) => Some(run.lane_id(sender).at(run.first + run.count - 1)),
        Section::Part(part) => Some(part.id),
        Section::Seal(id, _) | Section::Piece(id, ..) => Some(*id),
        Section::Ack(_)
        | Section::Digest(_)
        | Section::Same(_)
        | Section::Heads(_)
        | Section::Want(_)
        | Section::Absent(..)
        | Section::Twice(_)
        | Section::Board(_)
        | Section::Holders(_, _)
        | Section::Sketch(_)
        | Section::Delta(_)
        | Section::Vouch(_)
        | Section::Lack(_)
        | Section::Sum(_)
        | Section::Fixes(_)
        | Section::Call(_) => None,
    }
}

fn word(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Flash => "特提",
        Urgency::Immediate => "特急",
        Urgency::Priority => "加急",
        Urgency::Routine => "平急",
        Urgency::Receipt => "回执",
        Urgency::Directory => "名录",
        Urgency::Board => "位置",
        Urgency::Stock => "物资",
        Urgency::Report => "报告",
    }
}
