//! One scenario told to its end: people work, outages come and go, the oracle looks every second;
//! then everything heals. What it came to is read by [`super::count`].

use std::collections::{BTreeMap, VecDeque};

use sanduan_protocol::base::ids::{Lane, LaneId, SpokenId, UnitId};
use sanduan_protocol::base::time::Mono;
use sanduan_protocol::local::rows::OrderRow;
use sanduan_protocol::node::Node;

use super::file::{BadScenario, Scenario};
use super::fresh::Fresh;
use super::log::{Listener, Log};
use super::marks::Marks;
use super::paths::{Way, way};
use super::posts::Posts;
use super::roll::Roll;
use super::routine::Routine;
use super::villages::Villages;
use crate::report::Gauges;
use crate::swarm::ground::Ground;
use crate::swarm::oracle::Oracle;
use crate::swarm::people::People;
use crate::swarm::{Calm, Options, Watch};
use crate::world::Taped;

/// Of the two who may ask which orders changed, this one; the other is the oracle.
const SCREEN: usize = 1;
/// Screens of a whole district are compared this often, looks: twice a day.
const SCREENS_EVERY: u64 = 43_200;
/// A town that was cut off is compared with the centre this often, s.
const COMPARE_EVERY_S: u64 = 10;

/// Tell a scenario under a seed; `each` hears the minute at the begin of each. What was read off
/// it on the way comes along, for a page.
pub fn tell(
    scenario: &Scenario,
    seed: u64,
    each: &mut dyn FnMut(u64),
) -> Result<(Marks, Gauges), BadScenario> {
    Ok(Story::new(scenario, seed)?.tell(each))
}

/// The same, and some places are listened to.
pub fn tell_aloud<'a>(
    scenario: &'a Scenario,
    seed: u64,
    each: &mut dyn FnMut(u64),
    listener: Listener<'a>,
) -> Result<(Marks, Gauges), BadScenario> {
    let mut story = Story::new(scenario, seed)?;
    story.log = Some(Log::new(scenario, &story.ground, listener)?);
    Ok(story.tell(each))
}

/// A place is back: what the centre held at that moment, and when the place had all of it.
pub(super) struct Return {
    pub place: usize,
    pub at: Mono,
    pub held: BTreeMap<LaneId, u32>,
    pub agreed: Option<Mono>,
}

/// An order as its issuer knows it.
#[derive(Clone, Debug, Default)]
pub(super) struct Issued {
    pub id: Option<SpokenId>,
    pub at: Mono,
    /// Units that owe an answer: places and villages.
    pub units: Vec<UnitId>,
}

pub(super) struct Story<'a> {
    pub scenario: &'a Scenario,
    pub options: Options,
    pub ground: Ground,
    people: People,
    pub posts: Posts,
    pub routine: Routine,
    pub villages: Villages,
    oracle: Oracle,
    /// By number of the order.
    pub issued: Vec<Issued>,
    /// Number of an order by its text, and by its id once that is known.
    texts: BTreeMap<String, usize>,
    ids: BTreeMap<SpokenId, usize>,
    /// When the machine of a place first showed an order.
    pub reached: BTreeMap<(usize, usize), Mono>,
    /// When the issuer first knew of an answer of a unit.
    pub answered: BTreeMap<(usize, UnitId), Mono>,
    /// Starts of each host when it was last looked at, and its inputs.
    seen: Vec<Option<(u32, u64)>>,
    /// Links of each place, in the order in which its host counts them.
    links_at: Vec<Vec<usize>>,
    /// Frames and bytes by link of the file.
    pub bearers: BTreeMap<usize, (u64, u64)>,
    pub returns: Vec<Return>,
    pub fresh: Fresh,
    gauges: Gauges,
    log: Option<Log<'a>>,
    /// Moments at which a place is back, ms, the last one first.
    comes_back: Vec<(u64, usize)>,
}

impl<'a> Story<'a> {
    fn new(scenario: &'a Scenario, seed: u64) -> Result<Story<'a>, BadScenario> {
        let options = scenario.options(seed)?;
        let is_plain = scenario.roll == Roll::plain();
        let directory = (!is_plain).then(|| scenario.roll.entries(&scenario.places));
        let mut ground = Ground::with(&options, directory);
        for (number, link) in scenario.links.iter().enumerate() {
            if link.every_s.is_none() {
                ground.set_beacon(number, scenario.beacon_s * 1000);
            }
        }
        ground.plan(&scenario.events()?);
        let mut people = People::new(&options);
        people.follow(VecDeque::new());
        let mut oracle = Oracle::new(&ground);
        if scenario.district {
            oracle.look_at_screens_every(SCREENS_EVERY);
        }
        ground.world.start_all();
        let of_place = |outage: &super::file::Outage| {
            let place = scenario.place(outage.place.as_deref()?).ok()?;
            let counts = outage.bearer.as_deref().is_none_or(|bearer| bearer == "公网");
            counts.then_some((outage.to_min * 60_000 + 1_000, place))
        };
        let mut comes_back: Vec<_> = scenario.outages.iter().filter_map(of_place).collect();
        comes_back.retain(|(_, place)| *place != 0);
        comes_back.sort_by(|a, b| b.cmp(a));
        Ok(Story {
            posts: Posts::new(scenario, seed),
            routine: Routine::new(scenario, seed),
            villages: Villages::new(scenario, seed),
            seen: vec![None; options.nodes],
            links_at: (0..options.nodes).map(|place| options.links_at(place).collect()).collect(),
            scenario,
            options,
            ground,
            people,
            oracle,
            issued: Vec::new(),
            texts: BTreeMap::new(),
            ids: BTreeMap::new(),
            reached: BTreeMap::new(),
            answered: BTreeMap::new(),
            bearers: BTreeMap::new(),
            returns: Vec::new(),
            fresh: Fresh::default(),
            comes_back,
            log: None,
            gauges: Gauges::new(
                scenario.minutes,
                scenario.places.iter().map(|place| place.name.as_str()),
                scenario.links.iter().map(|link| link.bearer.as_str()),
            ),
        })
    }

    fn tell(mut self, each: &mut dyn FnMut(u64)) -> (Marks, Gauges) {
        while self.ground.world.now() < Mono(self.options.minutes * 60_000) {
            let now = self.ground.world.now();
            if now.0.is_multiple_of(60_000) {
                each(now.0 / 60_000);
                self.sample(now.0 / 60_000);
            }
            self.ground.world.run_until(now.after_ms(1000));
            self.people.go_round(&mut self.ground);
            self.work();
            (0..self.options.nodes).for_each(|place| self.look_at(place));
            self.compare();
            self.fresh.look(self.scenario, &self.ground);
            self.watch_frames();
        }
        self.sample(self.options.minutes);
        self.ground.calm(None);
        let watch = Watch {
            core: self.ground.hosts.clone(),
            ground: &mut self.ground,
            people: &mut self.people,
            oracle: &mut self.oracle,
        };
        let calm: Calm = watch.run(&self.options);
        let marks = super::count::marks(&self, calm);
        (marks, self.gauges.close())
    }

    /// What a page will show of this minute.
    fn sample(&mut self, minute: u64) {
        if !self.gauges.is_due(minute) {
            return;
        }
        let counts = super::count::so_far(self);
        let (bearers, links_at) = (&self.bearers, &self.links_at);
        let bytes = |link: usize| bearers.get(&link).map_or(0, |(_, bytes)| *bytes);
        let of_place = |place: usize| links_at[place].clone();
        self.gauges.sample((minute, &self.ground), counts, &bytes, &of_place);
    }

    /// What people entered and were told is saved, and what was refused.
    pub fn entered(&self) -> (u64, u64) {
        (self.people.answers.confirmed, self.people.answers.refused)
    }

    fn work(&mut self) {
        let (scenario, ground, people) = (self.scenario, &mut self.ground, &mut self.people);
        self.routine.act(scenario, &mut self.posts, ground, people);
        self.posts.act(scenario, ground, people);
        self.villages.act(scenario, ground, people);
        for number in self.issued.len()..self.posts.given.len() {
            self.texts.insert(self.posts.given[number].text.clone(), number);
            self.issued.push(Issued { at: self.ground.world.now(), ..Issued::default() });
        }
    }

    /// The screen of one place: what has arrived there, what it owes, what it learned.
    fn look_at(&mut self, place: usize) {
        let host = self.ground.world.host(self.ground.hosts[place]);
        let Some(node) = host.machine() else { return };
        let mark = (host.crashes(), host.inputs());
        let before = self.seen[place].replace(mark);
        if before == Some(mark) {
            return;
        }
        let is_new = before.is_none_or(|(crashes, _)| crashes != mark.0);
        let all = is_new.then(|| node.shown_orders());
        let host = self.ground.hosts[place];
        let changed = self.ground.world.take_changed_orders(host, SCREEN);
        let row = |id| self.ground.world.host(host).machine()?.shown_row(id);
        for row in all.unwrap_or_else(|| changed.into_iter().filter_map(row).collect()) {
            self.read(place, &row);
        }
    }

    fn read(&mut self, place: usize, row: &OrderRow) {
        let number = match self.ids.get(&row.id) {
            Some(number) => *number,
            None => {
                let Some(number) = self.texts.get(&row.text).copied() else { return };
                self.ids.insert(row.id, number);
                number
            }
        };
        let now = self.ground.world.now();
        self.posts.look(place, row);
        self.villages.ring(place, row.id);
        self.reached.entry((number, place)).or_insert(now);
        if self.posts.given[number].from != place {
            return;
        }
        let knows = self.issued[number].id.is_some();
        let host = self.ground.world.host(self.ground.hosts[place]);
        if knows && row.acknowledged == 0 {
            return;
        }
        let Some(detail) = host.machine().and_then(|node| node.shown_order(row.id)) else { return };
        if !knows {
            let own = UnitId(place as u16 + 1);
            let counts = |unit: &UnitId| *unit != own && self.counts(*unit);
            let units = detail.addressees.iter().map(|one| one.unit).filter(counts);
            self.issued[number].units = units.collect();
            self.issued[number].id = Some(row.id);
        }
        for one in detail.addressees.iter().filter(|one| one.rung.is_some()) {
            let is_news = !self.answered.contains_key(&(number, one.unit));
            self.answered.entry((number, one.unit)).or_insert(now);
            let typed = self.posts.entered.get(&(row.id, one.unit)).copied();
            if let (Some(log), Some(typed), true) = (&mut self.log, typed, is_news) {
                log.answered(self.scenario, place, (row.id, one.unit), [typed, now]);
            }
        }
    }

    /// Somebody is there: a place of the story, or a village.
    fn counts(&self, unit: UnitId) -> bool {
        let places = self.options.nodes;
        usize::from(unit.0) <= places || self.scenario.roll.village_of(places, unit.0).is_some()
    }

    /// Has a town that was cut off caught up with what the centre held when it came back?
    fn compare(&mut self) {
        let now = self.ground.world.now();
        if !now.0.is_multiple_of(COMPARE_EVERY_S * 1000) {
            return;
        }
        let world = &self.ground.world;
        let node = |place: usize| world.host(self.ground.hosts[place]).machine();
        while self.comes_back.last().is_some_and(|(at_ms, _)| *at_ms <= now.0) {
            let Some((_, place)) = self.comes_back.pop() else { break };
            let centre = usize::from(node(0).is_none());
            let Some(held) = node(centre).map(sealed) else { continue };
            if way(self.scenario, centre, place, now) != Way::Quick {
                // It has power again and nothing but a card: it is as cut off as it was.
                continue;
            }
            self.returns.push(Return { place, at: now, held, agreed: None });
        }
        for back in self.returns.iter_mut().filter(|back| back.agreed.is_none()) {
            let has = |here: &BTreeMap<LaneId, u32>| {
                back.held.iter().all(|(lane, head)| here.get(lane) >= Some(head))
            };
            if node(back.place).map(sealed).is_some_and(|here| has(&here)) {
                back.agreed = Some(now);
            }
        }
    }

    fn watch_frames(&mut self) {
        if let Some(log) = &mut self.log {
            log.look(&self.ground);
        }
        let (links_at, bearers) = (&self.links_at, &mut self.bearers);
        let mut heard = Vec::new();
        let is_told = self.log.is_some();
        let mut count = |taped: &Taped| {
            let links = &links_at[usize::from(taped.host.0)];
            if let Some(link) = links.get(usize::from(taped.link.0).saturating_sub(1)) {
                let (frames, bytes) = bearers.entry(*link).or_default();
                *frames += 1;
                *bytes += taped.frame.len() as u64;
                heard.extend(is_told.then(|| (taped.clone(), *link)));
            }
        };
        self.oracle.look_with(&mut self.ground, &mut self.people, &mut count);
        if let Some(log) = &mut self.log {
            heard.iter().for_each(|(taped, link)| {
                log.frame(self.scenario, &self.ground, taped, *link);
            });
        }
    }
}

/// What a node has verified of each lane of orders and goods.
fn sealed(node: &Node) -> BTreeMap<LaneId, u32> {
    let lanes = node.book().lanes().filter(|(id, _)| id.lane != Lane::Directory);
    lanes.map(|(id, lane)| (*id, lane.saved_sealed())).collect()
}
