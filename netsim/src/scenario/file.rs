//! The file of a scenario: what may stand in it, and how it becomes the options and events of a
//! world. Times are minutes after the begin.

use sanduan_protocol::base::class::Class;
use sanduan_protocol::base::time::Mono;
use sanduan_protocol::link::profile::BEACON_IP_MAX_S;
use serde::Deserialize;
use thiserror::Error;

use super::link::Link;
use super::lists;
use super::rates::{Clock, Rate};
use super::roll::Roll;
use crate::crypto::Crypto;
use crate::swarm::plot::{Deed, Event};
use crate::swarm::{AirFaults, Left, LinkPlan, Options};

/// Places in a scenario, at most.
const PLACES_MAX: usize = 128;
/// Behind the code of a town: everybody there, its villages too.
pub const WHOLE: char = '*';
/// A scenario lasts at most so long, minutes: four days.
const MINUTES_MAX: u64 = 5_760;

/// A world made by hand.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What it is called on screen.
    pub title: String,
    /// How long it lasts, min.
    pub minutes: u64,
    /// Which cryptography, if not the one that the seed draws.
    #[serde(default)]
    pub crypto: Option<Crypto>,
    /// Half of the people have answered after this long, s.
    #[serde(default = "median_s")]
    pub answer_median_s: u64,
    /// Of a hundred orders that reach a post, so many are never answered.
    #[serde(default = "silent_percent")]
    pub silent_percent: u64,
    /// Every place reports where it is this often, min; never if 0.
    #[serde(default)]
    pub report_every_min: u64,
    /// Frames lost on every link, per million.
    #[serde(default)]
    pub loss_ppm: u32,
    /// What else befalls frames and bearers.
    #[serde(default)]
    pub air: AirFaults,
    /// The whole district from its lists; then no places and links stand in the file.
    #[serde(default)]
    pub district: bool,
    /// The pass marks of a district are asked of it, as they always are of the district itself.
    #[serde(default)]
    pub judged: bool,
    /// Capacity of one message of the district's cards, bits; of the most common card if absent.
    pub card_bits: Option<u32>,
    /// Every team, and every boat of it, reports where it is this often, s; never if 0.
    #[serde(default)]
    pub track_every_s: u64,
    /// Longest time between two beacons on a quiet wire, s.
    #[serde(default = "beacon_s")]
    pub beacon_s: u32,
    /// The places; the first one holds the authority.
    #[serde(default)]
    pub places: Vec<Place>,
    /// What lies between them.
    #[serde(default)]
    pub links: Vec<Link>,
    /// What is entered all the time, by whom it concerns.
    #[serde(default)]
    pub rates: Vec<Rate>,
    /// Clocks that are wrong.
    #[serde(default)]
    pub clocks: Vec<Clock>,
    /// What fails, and for how long.
    #[serde(default)]
    pub outages: Vec<Outage>,
    /// Who orders what.
    #[serde(default)]
    pub orders: Vec<Order>,
    /// What is taken in or given out.
    #[serde(default)]
    pub goods: Vec<Goods>,
    /// Villages, boats, stores and items.
    #[serde(skip, default = "Roll::plain")]
    pub roll: Roll,
}

/// As the world's wires have it.
fn beacon_s() -> u32 {
    BEACON_IP_MAX_S
}

/// Median of the answer times of a real alert, as estimated in the field notes.
fn median_s() -> u64 {
    60
}

/// The same: posts that never answer.
fn silent_percent() -> u64 {
    8
}

/// One place: a machine, and the people at it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Short name within the file.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// Its level (区, 镇街, 队伍, 库 …): answer times are told by level.
    pub level: String,
}

/// Something that fails for a while.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outage {
    /// A place whose machine is off.
    pub place: Option<String>,
    /// A bearer of which nothing passes; with `place`, only at that place.
    pub bearer: Option<String>,
    /// From, min.
    pub from_min: u64,
    /// To, min.
    pub to_min: u64,
}

/// An order.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// When, min.
    pub at_min: u64,
    /// Who gives it.
    pub from: String,
    /// To whom; everybody if empty. `Z10*` is the town and everybody in it.
    #[serde(default)]
    pub to: Vec<String>,
    /// 0 特提 to 3 平急.
    #[serde(default)]
    pub class: u8,
    /// The text.
    pub text: String,
    /// A machine of each addressee must hold it after this long, s.
    #[serde(default = "within_s")]
    pub within_s: u64,
}

/// Five minutes: a town's receipt without the time that people take.
fn within_s() -> u64 {
    300
}

/// Goods taken in (above zero) or given out (below) at a depot.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Goods {
    /// When, min.
    pub at_min: u64,
    /// Where it is typed.
    pub place: String,
    /// The depot, from 1.
    pub depot: u16,
    /// The item, from 1: 冲锋舟, 救生衣, unless the district's list says otherwise.
    pub item: u16,
    /// How many.
    pub count: i64,
}

/// Why a file is no scenario.
#[derive(Debug, Error)]
pub enum BadScenario {
    /// Not TOML, or a field is missing or unknown.
    #[error("想定文件读不懂 / the scenario cannot be read: {0}")]
    Text(#[from] toml::de::Error),
    /// A code that no place has.
    #[error("没有这个地点或承载 / no place or bearer is called {0}")]
    Unknown(String),
    /// A number beyond its bounds.
    #[error("{0} 超出范围 / is out of bounds")]
    Bounds(&'static str),
}

impl Outage {
    fn covers(&self, now: Mono) -> bool {
        (self.from_min * 60_000..=self.to_min * 60_000).contains(&now.0)
    }
}

impl Scenario {
    /// Read a file's text.
    pub fn read(text: &str) -> Result<Scenario, BadScenario> {
        let mut scenario: Scenario = toml::from_str(text)?;
        if scenario.district {
            scenario.judged = true;
            lists::fill(&mut scenario);
        }
        if !(2..=PLACES_MAX).contains(&scenario.places.len()) {
            return Err(BadScenario::Bounds("places"));
        }
        if !(1..=MINUTES_MAX).contains(&scenario.minutes) {
            return Err(BadScenario::Bounds("minutes"));
        }
        if scenario.orders.iter().any(|order| usize::from(order.class) >= Class::ALL.len()) {
            return Err(BadScenario::Bounds("class"));
        }
        let known = |goods: &Goods| {
            let roll = &scenario.roll;
            (1..=roll.depots.len()).contains(&usize::from(goods.depot))
                && (1..=roll.items.len()).contains(&usize::from(goods.item))
                && goods.count != 0
        };
        if !scenario.goods.iter().all(known) {
            return Err(BadScenario::Bounds("goods"));
        }
        for order in &scenario.orders {
            let to = order.to.iter().map(|code| code.trim_end_matches(WHOLE));
            to.chain([order.from.as_str()]).try_for_each(|code| scenario.known(code))?;
        }
        scenario.goods.iter().try_for_each(|goods| scenario.known(&goods.place))?;
        scenario.options(0)?;
        scenario.events()?;
        Ok(scenario)
    }

    /// End it earlier, or later; what comes after its end does not happen.
    pub fn end_after(&mut self, minutes: u64) {
        self.minutes = minutes.clamp(1, MINUTES_MAX);
        self.orders.retain(|order| order.at_min < minutes);
        self.goods.retain(|goods| goods.at_min < minutes);
    }

    /// One message of every card of it has this capacity, bits.
    ///
    /// # Errors
    /// When no card of the world could be like that.
    pub fn set_card_bits(&mut self, bits: u32) -> Result<(), BadScenario> {
        for card in self.links.iter_mut().filter(|link| link.is_card()) {
            card.level_bits = Some(bits);
        }
        self.options(0).map(|_| ())
    }

    fn known(&self, code: &str) -> Result<(), BadScenario> {
        self.place(code).map(|_| ())
    }

    /// Number of the place with this code.
    pub fn place(&self, code: &str) -> Result<usize, BadScenario> {
        let found = self.places.iter().position(|place| place.code == code);
        found.ok_or_else(|| BadScenario::Unknown(code.to_owned()))
    }

    /// Nothing passes this bearer at this place now.
    pub fn is_cut(&self, place: usize, bearer: &str, now: Mono) -> bool {
        let code = &self.places[place].code;
        let of_bearer = self.outages.iter().filter(|one| one.bearer.as_deref() == Some(bearer));
        of_bearer
            .filter(|outage| outage.place.as_ref().is_none_or(|other| other == code))
            .any(|outage| outage.covers(now))
    }

    /// The machine of this place is off now.
    pub fn is_off(&self, place: usize, now: Mono) -> bool {
        let code = Some(&self.places[place].code);
        let of_place = self.outages.iter().filter(|one| one.bearer.is_none());
        of_place.filter(|outage| outage.place.as_ref() == code).any(|outage| outage.covers(now))
    }

    /// The world of it.
    pub fn options(&self, seed: u64) -> Result<Options, BadScenario> {
        let links = self.links.iter().map(|link| self.link(link));
        Ok(Options {
            seed,
            crypto: self.crypto.unwrap_or_else(|| Crypto::of_seed(seed)),
            nodes: self.places.len(),
            minutes: self.minutes,
            links: links.collect::<Result<_, _>>()?,
            loss_ppm: self.loss_ppm,
            air: self.air.clone(),
            ..Options::quiet()
        })
    }

    fn link(&self, link: &Link) -> Result<LinkPlan, BadScenario> {
        let places = link.places.iter().map(|code| self.place(code));
        link.plan(places.collect::<Result<_, _>>()?)
    }

    /// Its outages, as faults of the world.
    pub fn events(&self) -> Result<Vec<Event>, BadScenario> {
        let mut events = Vec::new();
        for outage in &self.outages {
            let place = outage.place.as_deref().map(|code| self.place(code)).transpose()?;
            let [from_ms, to_ms] = [outage.from_min, outage.to_min].map(|min| min * 60_000 + 1);
            let mut add = |begins: Deed, ends: Deed| {
                events.push(Event { at_ms: from_ms, deed: begins });
                events.push(Event { at_ms: to_ms, deed: ends });
            };
            match (place, &outage.bearer) {
                (None, None) => return Err(BadScenario::Bounds("outages")),
                (Some(place), None) => {
                    add(Deed::Crash { place, left: Left::None }, Deed::Restart { place });
                }
                (place, Some(bearer)) => {
                    for (link, place) in self.ends_of(bearer, place)? {
                        let flap = |up| Deed::Flap { place, link, up };
                        add(flap(false), flap(true));
                    }
                }
            }
        }
        for clock in &self.clocks {
            let (place, offset_ms) = (self.place(&clock.place)?, clock.ahead_s * 1000);
            events.push(Event { at_ms: 1, deed: Deed::Clock { place, offset_ms } });
        }
        events.sort_by_key(|event| event.at_ms);
        Ok(events)
    }

    /// Links of this bearer and the places at them, at one place or at all.
    fn ends_of(
        &self,
        bearer: &str,
        only: Option<usize>,
    ) -> Result<Vec<(usize, usize)>, BadScenario> {
        let mut ends = Vec::new();
        for (number, link) in self.links.iter().enumerate().filter(|(_, l)| l.bearer == bearer) {
            for code in &link.places {
                let place = self.place(code)?;
                if only.is_none_or(|only| only == place) {
                    ends.push((number, place));
                }
            }
        }
        if ends.is_empty() {
            return Err(BadScenario::Unknown(bearer.to_owned()));
        }
        Ok(ends)
    }
}
