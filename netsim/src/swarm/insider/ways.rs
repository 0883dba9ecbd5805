//! What the device that was carried off does beside forging: it withholds seals, tells two stories,
//! floods, and claims what nobody holds. Every frame of it is sealed with the network's key.

use sanduan_protocol::base::ids::{DeviceId, Lane, LaneId};
use sanduan_protocol::base::time::{Hlc, Mono};
use sanduan_protocol::log::lane::Lane as Chain;
use sanduan_protocol::wire::bundle::{Digest, Holding, Run, Section, Sketch};
use sanduan_protocol::wire::record::{Head, Person};

use super::{BEGIN_MS, Insider};
use crate::swarm::options::Foes;

/// Frames of one flood.
const FLOOD_FRAMES: u64 = 40;
/// Digests of one row of made-up inventories, and as many sketches.
const INVENTORIES: u64 = 6;
/// Kinds of records from here on belong to later versions.
const LATER_KINDS: u8 = 0x70;
/// A record number that nobody reaches here.
const FAR_HEAD: u32 = 50_000;

/// One way to do harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A record of its own without a seal.
    Withhold,
    /// Two records at one place, each under a good seal.
    Equivocate,
    /// Many questions at once.
    Flood,
    /// A digest and a holding that are not true.
    Claim,
    /// Digests and sketches that are of nothing.
    Inventory,
    /// A record of a kind that nobody here knows yet, under its own good seal.
    Newer,
}

impl Way {
    /// Those that are switched on.
    pub fn of(foes: &Foes) -> Vec<Way> {
        let all = [
            (foes.withholds, Way::Withhold),
            (foes.equivocates, Way::Equivocate),
            (foes.floods, Way::Flood),
            (foes.claims, Way::Claim),
            (foes.inventories, Way::Inventory),
            (foes.is_newer, Way::Newer),
        ];
        all.into_iter().filter(|(is_on, _)| *is_on).map(|(_, way)| way).collect()
    }
}

impl Insider {
    pub(super) fn misbehave(&mut self, way: Way, now: Mono) -> Vec<Section> {
        match way {
            Way::Withhold => {
                let which = self.dice.below(2) as usize;
                let record = self.record(which == 1, now);
                self.write(which, &record);
                let run = self.tail(which, &self.chains[which]);
                vec![Section::Run(Run { seal: None, ..run })]
            }
            Way::Newer => {
                let which = self.dice.below(2) as usize;
                let record = self.newer(now);
                self.write(which, &record);
                vec![Section::Run(self.tail(which, &self.chains[which]))]
            }
            Way::Equivocate => self.equivocate(now),
            Way::Flood => (0..FLOOD_FRAMES).map(|_| self.question()).collect(),
            Way::Claim => vec![self.digest(), self.holding()],
            Way::Inventory => {
                (0..INVENTORIES).flat_map(|_| [self.digest(), self.sketch()]).collect()
            }
        }
    }

    fn newer(&mut self, now: Mono) -> Vec<u8> {
        let kind = LATER_KINDS + self.dice.below(8) as u8;
        let body: Vec<u8> = (0..self.dice.below(60)).map(|_| self.dice.below(256) as u8).collect();
        let at = Hlc { wall_ms: BEGIN_MS + now.0, count: 0 };
        Head { kind, at, person: Person::Nobody }.with_body(&body)
    }

    fn equivocate(&mut self, now: Mono) -> Vec<Section> {
        let which = self.dice.below(2) as usize;
        let [one, other] = [0, 1].map(|_| self.record(which == 1, now));
        let mut pretended: Chain = self.chains[which].clone();
        let seq = pretended.head() + 1;
        // Differs in its last byte at least: the same words twice would be no second story.
        let mut other = other;
        if other == one {
            other.extend_from_slice(&[0]);
        }
        pretended.offer(seq, &other, &|_| sanduan_protocol::base::class::Urgency::Routine);
        self.write(which, &one);
        let told = [self.tail(which, &self.chains[which]), self.tail(which, &pretended)];
        told.map(Section::Run).to_vec()
    }

    fn question(&mut self) -> Section {
        let author = DeviceId(self.dice.between(1, 8) as u16);
        let lane = Lane::ALL[self.dice.below(4) as usize];
        Section::Want(vec![LaneId::first(author, lane).at(1)])
    }

    fn digest(&mut self) -> Section {
        let mut byte = || self.dice.below(256) as u8;
        let heads = [byte(), byte(), byte()];
        Section::Digest(Digest { heads, board: byte(), asks: self.dice.below(2) == 0 })
    }

    fn sketch(&mut self) -> Section {
        let mut byte = || self.dice.below(256) as u8;
        let (check, heads) = (u16::from(byte()), [byte(), byte(), byte()]);
        let symbols = (0..4).map(|_| byte()).collect();
        Section::Sketch(Sketch { check, heads, count: 4, symbols })
    }

    fn holding(&mut self) -> Section {
        let author = DeviceId(self.dice.between(1, 8) as u16);
        let lane = LaneId::first(author, Lane::Command);
        let holding = Holding { lane, head: FAR_HEAD, sealed: FAR_HEAD, islands: Vec::new() };
        Section::Ack(vec![holding])
    }
}
