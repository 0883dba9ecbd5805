//! Villages: people with a handset behind the gateway of their town. The shipped machine of the
//! gateway decides what is texted and what an answer means; here are the network of the phones,
//! the people who hold them, and the runner who goes where no text can.

use std::collections::{BTreeMap, BTreeSet};

use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::ids::{Lane, SpokenId, UnitId};
use sanduan_protocol::base::time::Mono;
use sanduan_protocol::field::village::steps::StepTable;
use sanduan_protocol::field::village::{
    Desk, Fate, Input, Memory, Outcome, Output, Registry, Settings, Wish,
};
use sanduan_protocol::local::Request;
use sanduan_protocol::local::request::{Proxy, ReceiptDraft, Rung, TextMeans};
use sanduan_protocol::local::rows::UnitRow;

use super::file::Scenario;
use super::gateway::{Gateway, handset, means_of, number_of, whose};
use super::posts::drawn_ms;
use super::roll::village_code;
use crate::swarm::ground::Ground;
use crate::swarm::people::{self, People};
use crate::world::district::unit_code;

/// A gateway looks at its machine this often while something rings, ms.
const LOOK_MS: u64 = 5_000;
/// A text takes this long, s.
const TEXT_S: (u64, u64) = (4, 40);
/// A card in a village has one slot a minute.
const CARD_TEXT_S: (u64, u64) = (5, 65);
/// A reply finds no network: its writer tries again after this, ms.
const AGAIN_MS: u64 = 60_000;
/// Half of the villages without any text are reached by hand-held radio after so long, ms.
const RUNNER_MEDIAN_MS: u64 = 600_000;
/// Somebody, or a phone, does something later.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Later {
    /// A text arrives at a handset.
    Arrives(usize, u8, String),
    /// Its person answers this order.
    Writes(usize, u8, SpokenId),
    /// Somebody who was told by radio answers for a village.
    Runner(usize, SpokenId),
}

/// All gateways and handsets.
pub struct Villages {
    dice: Dice,
    gateways: BTreeMap<usize, Gateway>,
    later: BTreeMap<(Mono, u64), Later>,
    planned: u64,
    /// Orders that a handset holds and that were not answered yet.
    open: BTreeMap<(usize, u8), BTreeSet<SpokenId>>,
    runners: BTreeSet<(usize, SpokenId)>,
    median_ms: u64,
    silent_percent: u64,
    /// When the people of a village first saw an order.
    pub reached: BTreeMap<(SpokenId, UnitId), Mono>,
    /// When they first answered.
    pub answered: BTreeMap<(SpokenId, UnitId), Mono>,
    /// Texts that left, by means: short message, card; and runners.
    pub texts: [u64; 3],
}

impl Villages {
    /// The villages of this scenario.
    pub fn new(scenario: &Scenario, seed: u64) -> Villages {
        let places = scenario.places.len();
        let mut gateways = BTreeMap::new();
        let towns: BTreeSet<usize> = scenario.roll.villages.iter().map(|v| v.town).collect();
        for town in towns {
            let mut registry = Registry::default();
            let mut units = Vec::new();
            for (number, village) in scenario.roll.villages.iter().enumerate() {
                if village.town != town {
                    continue;
                }
                for turn in 0..2 {
                    // Numbers are all different and there is room, so none is refused.
                    let _ = registry.add(handset(number, turn, village.has_card));
                }
                units.push(UnitRow {
                    unit: UnitId(scenario.roll.village_unit(places, number)),
                    code: village_code(number),
                    name: village.name.clone(),
                    kind: "village".to_owned(),
                    place: None,
                    people: 10,
                });
            }
            let settings = Settings {
                own: vec![unit_code(town)],
                is_drill: true,
                steps: StepTable::default(),
                takeover_ms: 600_000,
                confirm_ms: 1_800_000,
                report_to: unit_code(0),
            };
            let mut desk = Desk::new(settings, registry, Memory::default());
            desk.handle(Input::Units(&units), 0);
            desk.handle(Input::Orders(Vec::new()), 0);
            gateways.insert(town, Gateway::new(desk));
        }
        Villages {
            dice: Dice::new(seed ^ 0x0_7111),
            gateways,
            later: BTreeMap::new(),
            planned: 0,
            open: BTreeMap::new(),
            runners: BTreeSet::new(),
            median_ms: scenario.answer_median_s * 1000,
            silent_percent: scenario.silent_percent,
            reached: BTreeMap::new(),
            answered: BTreeMap::new(),
            texts: [0; 3],
        }
    }

    /// An order changed at the machine of this place.
    pub fn ring(&mut self, place: usize, id: SpokenId) {
        if let Some(gateway) = self.gateways.get_mut(&place) {
            gateway.rung.insert(id);
        }
    }

    /// Do what is due now.
    pub fn act(&mut self, scenario: &Scenario, ground: &mut Ground, people: &mut People) {
        let now = ground.world.now();
        while let Some(first) = self.later.first_entry().filter(|one| one.key().0 <= now) {
            let later = first.remove();
            self.take_up(scenario, later, ground, people);
        }
        let towns: Vec<usize> = self.gateways.keys().copied().collect();
        for town in towns {
            self.look(scenario, town, ground, people);
        }
    }

    fn plan(&mut self, at: Mono, later: Later) {
        self.planned += 1;
        self.later.insert((at, self.planned), later);
    }

    /// The gateway looks at its machine, if something rang or its time has come.
    fn look(&mut self, scenario: &Scenario, town: usize, ground: &mut Ground, people: &mut People) {
        let (now, wall_ms) = (ground.world.now(), wall_ms(ground.world.now()));
        let Some(gateway) = self.gateways.get_mut(&town) else { return };
        let Some(node) = ground.world.host(ground.hosts[town]).machine() else { return };
        let rings = !gateway.rung.is_empty() && now.since_ms(gateway.looked) >= LOOK_MS;
        if rings {
            gateway.looked = now;
            let places = scenario.places.len();
            let is_own = |unit: UnitId| {
                let village = scenario.roll.village_of(places, unit.0);
                village.is_some_and(|village| scenario.roll.villages[village].town == town)
            };
            if gateway.read(node, &is_own) {
                let orders = gateway.orders.values().cloned().collect();
                gateway.desk.handle(Input::Orders(orders), wall_ms);
                gateway.hear_of_saved(wall_ms);
            }
        }
        gateway.give_up_waiting(now, wall_ms);
        let is_due = gateway.wake_ms.is_some_and(|at_ms| at_ms <= wall_ms);
        if is_due {
            gateway.desk.handle(Input::Tick, wall_ms);
        }
        if rings || is_due {
            self.drain(scenario, town, ground, people);
        }
    }

    fn drain(
        &mut self,
        scenario: &Scenario,
        town: usize,
        ground: &mut Ground,
        people: &mut People,
    ) {
        let (now, wall_ms) = (ground.world.now(), wall_ms(ground.world.now()));
        loop {
            let Some(gateway) = self.gateways.get_mut(&town) else { return };
            match gateway.desk.poll_output() {
                Output::Keep => {}
                Output::Wait(at_ms) => {
                    gateway.wake_ms = at_ms;
                    return;
                }
                Output::Text { tag, means, number, text } => {
                    let fate = match self.send(scenario, town, means, &number, text, now) {
                        true => Fate::Sent,
                        false => Fate::NoBearer,
                    };
                    if let Some(gateway) = self.gateways.get_mut(&town) {
                        gateway.desk.handle(Input::Text { tag, fate }, wall_ms);
                    }
                }
                Output::Wish { tag, wish } => {
                    let Wish::Receipt(draft) = wish else {
                        gateway.desk.handle(Input::Wish { tag, outcome: Outcome::Saved }, wall_ms);
                        continue;
                    };
                    let village = draft.unit.as_deref().and_then(|unit| unit_of(scenario, unit));
                    let unit = UnitId(village.unwrap_or(0));
                    gateway.wishes.insert(tag, (draft.id, unit, now));
                    let wish = people::Wish::Record(Lane::Command);
                    let request = Request::SendReceipt(draft);
                    people.enter(&mut ground.world, ground.hosts[town], request, wish);
                }
            }
        }
    }

    /// Hand a text to a network; false if there is none now.
    fn send(
        &mut self,
        scenario: &Scenario,
        town: usize,
        means: TextMeans,
        number: &str,
        text: String,
        now: Mono,
    ) -> bool {
        let Some((village, turn)) = whose(number) else { return true };
        if !is_open(scenario, town, means, now) {
            if let Some(id) = named(&text).filter(|id| self.runners.insert((village, *id))) {
                let at = now.after_ms(drawn_ms(&mut self.dice, RUNNER_MEDIAN_MS));
                self.plan(at, Later::Runner(village, id));
            }
            return false;
        }
        self.texts[usize::from(means == TextMeans::Beidou)] += 1;
        let at = now.after_ms(self.text_ms(means));
        self.plan(at, Later::Arrives(village, turn, text));
        true
    }

    fn text_ms(&mut self, means: TextMeans) -> u64 {
        let (least_s, most_s) = if means == TextMeans::Beidou { CARD_TEXT_S } else { TEXT_S };
        self.dice.between(least_s * 1000, most_s * 1000)
    }

    fn take_up(
        &mut self,
        scenario: &Scenario,
        later: Later,
        ground: &mut Ground,
        people: &mut People,
    ) {
        let now = ground.world.now();
        match later {
            Later::Arrives(village, turn, text) => {
                let Some(id) = named(&text) else { return };
                let unit = UnitId(scenario.roll.village_unit(scenario.places.len(), village));
                self.reached.entry((id, unit)).or_insert(now);
                let open = self.open.entry((village, turn)).or_default();
                if !open.insert(id) || self.dice.below(100) < self.silent_percent {
                    return;
                }
                let at = now.after_ms(drawn_ms(&mut self.dice, self.median_ms));
                self.answered.entry((id, unit)).or_insert(at);
                self.plan(at, Later::Writes(village, turn, id));
            }
            Later::Writes(village, turn, id) => {
                self.write_back(scenario, (village, turn), id, ground, people);
            }
            Later::Runner(village, id) => self.run(scenario, village, id, ground, people),
        }
    }

    fn write_back(
        &mut self,
        scenario: &Scenario,
        (village, turn): (usize, u8),
        id: SpokenId,
        ground: &mut Ground,
        people: &mut People,
    ) {
        let now = ground.world.now();
        let town = scenario.roll.villages[village].town;
        let means = means_of(scenario, village, turn);
        let is_up = ground.world.host(ground.hosts[town]).machine().is_some();
        if !is_up || !is_open(scenario, town, means, now) {
            return self.plan(now.after_ms(AGAIN_MS), Later::Writes(village, turn, id));
        }
        let open = self.open.entry((village, turn)).or_default();
        // With several open at once they copy the number that stands in the text.
        let text = match open.len() {
            0 | 1 => "1".to_owned(),
            _ => format!("1*{}*{}", id.author.0, id.seq),
        };
        open.remove(&id);
        // The gateway reads its machine before it understands a text, as the daemon's does.
        if let Some(gateway) = self.gateways.get_mut(&town) {
            gateway.looked = Mono(0);
            self.look(scenario, town, ground, people);
        }
        if let Some(gateway) = self.gateways.get_mut(&town) {
            let number = number_of(village, turn);
            let input = Input::Heard { means, number: &number, text: &text };
            gateway.desk.handle(input, wall_ms(now));
        }
        self.drain(scenario, town, ground, people);
    }

    /// Nobody could be texted: the town asks by hand-held radio and types the answer.
    fn run(
        &mut self,
        scenario: &Scenario,
        village: usize,
        id: SpokenId,
        ground: &mut Ground,
        people: &mut People,
    ) {
        let now = ground.world.now();
        let town = scenario.roll.villages[village].town;
        let unit = UnitId(scenario.roll.village_unit(scenario.places.len(), village));
        if self.answered.contains_key(&(id, unit)) {
            return;
        }
        if ground.world.host(ground.hosts[town]).machine().is_none() {
            return self.plan(now.after_ms(AGAIN_MS), Later::Runner(village, id));
        }
        self.texts[2] += 1;
        self.reached.entry((id, unit)).or_insert(now);
        self.answered.insert((id, unit), now);
        let request = Request::SendReceipt(ReceiptDraft {
            id,
            rung: Rung::Acknowledged,
            note: "电台通知".to_owned(),
            person: Some("村值班".to_owned()),
            proxy: Some(Proxy::Radio),
            unit: Some(village_code(village)),
        });
        let wish = people::Wish::Record(Lane::Command);
        people.enter(&mut ground.world, ground.hosts[town], request, wish);
    }
}

fn unit_of(scenario: &Scenario, code: &str) -> Option<u16> {
    let number: usize = code.strip_prefix('V')?.parse().ok()?;
    Some(scenario.roll.village_unit(scenario.places.len(), number.checked_sub(1)?))
}

/// The order that a text brings, by its number: `【特提】1-12号：…`.
fn named(text: &str) -> Option<SpokenId> {
    let (head, _) = text.split_once("号：")?;
    head.rsplit('】').next()?.parse().ok()
}

/// Phones work where the public network of the town does; cards wherever the sky is.
fn is_open(scenario: &Scenario, town: usize, means: TextMeans, now: Mono) -> bool {
    match means {
        TextMeans::Sms => !scenario.is_cut(town, "公网", now),
        TextMeans::Beidou => !scenario.is_cut(town, "北斗", now),
    }
}

/// The moment by the clock of the gateways: only its differences matter.
fn wall_ms(now: Mono) -> u64 {
    now.0 + 1_000
}
