//! The file of a scenario: what may stand in it, and how it becomes the options and events of a
//! world. Times are minutes after the begin.

use sanduan_protocol::base::class::Class;
use serde::Deserialize;
use thiserror::Error;

use super::link::Link;
use crate::swarm::plot::{Deed, Event};
use crate::swarm::{AirFaults, Left, LinkPlan, Options};

/// Places in a scenario, at most.
const PLACES_MAX: usize = 64;
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
    /// The places; the first one holds the authority.
    pub places: Vec<Place>,
    /// What lies between them.
    pub links: Vec<Link>,
    /// What fails, and for how long.
    #[serde(default)]
    pub outages: Vec<Outage>,
    /// Who orders what.
    #[serde(default)]
    pub orders: Vec<Order>,
    /// What is taken in or given out.
    #[serde(default)]
    pub goods: Vec<Goods>,
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
    /// To whom; everybody if empty.
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
    /// The depot, 1 or 2.
    pub depot: u16,
    /// The item, 1 冲锋舟 or 2 救生衣.
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

impl Scenario {
    /// Read a file's text.
    pub fn read(text: &str) -> Result<Scenario, BadScenario> {
        let scenario: Scenario = toml::from_str(text)?;
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
            (1..=2).contains(&goods.depot) && (1..=2).contains(&goods.item) && goods.count != 0
        };
        if !scenario.goods.iter().all(known) {
            return Err(BadScenario::Bounds("goods"));
        }
        for order in &scenario.orders {
            order.to.iter().chain([&order.from]).try_for_each(|code| scenario.known(code))?;
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

    fn known(&self, code: &str) -> Result<(), BadScenario> {
        self.place(code).map(|_| ())
    }

    /// Number of the place with this code.
    pub fn place(&self, code: &str) -> Result<usize, BadScenario> {
        let found = self.places.iter().position(|place| place.code == code);
        found.ok_or_else(|| BadScenario::Unknown(code.to_owned()))
    }

    /// The world of it.
    pub fn options(&self, seed: u64) -> Result<Options, BadScenario> {
        let links = self.links.iter().map(|link| self.link(link));
        Ok(Options {
            seed,
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
