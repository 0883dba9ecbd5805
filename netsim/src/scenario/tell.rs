//! One scenario told to its end: people work, outages come and go, the oracle looks every second;
//! then everything heals and is counted.

use std::collections::{BTreeMap, VecDeque};

use sanduan_protocol::base::ids::{DepotId, ItemId, SpokenId};
use sanduan_protocol::base::time::Mono;

use super::file::{BadScenario, Order, Scenario};
use super::marks::{Bearer, Item, Level, Marks};
use super::posts::Posts;
use crate::report::Gauges;
use crate::swarm::ground::Ground;
use crate::swarm::oracle::Oracle;
use crate::swarm::people::People;
use crate::swarm::{Calm, Options, Watch};
use crate::world::{HostId, Taped};

/// Lines told of late orders and of broken promises, each.
const LINES_MAX: usize = 12;

/// Tell a scenario under a seed; `each` hears the minute at the begin of each. What was read off
/// it on the way comes along, for a page.
pub fn tell(
    scenario: &Scenario,
    seed: u64,
    each: &mut dyn FnMut(u64),
) -> Result<(Marks, Gauges), BadScenario> {
    let options = scenario.options(seed)?;
    let mut ground = Ground::new(&options);
    ground.plan(&scenario.events()?);
    let mut people = People::new(&options);
    people.follow(VecDeque::new());
    let oracle = Oracle::new(&ground);
    ground.world.start_all();
    let posts = Posts::new(scenario, seed);
    let story = Story {
        scenario,
        options,
        ground,
        people,
        posts,
        oracle,
        copies: BTreeMap::new(),
        seen: BTreeMap::new(),
        owed: BTreeMap::new(),
        bearers: BTreeMap::new(),
        gauges: Gauges::new(
            scenario.minutes,
            scenario.places.iter().map(|place| place.name.as_str()),
            scenario.links.iter().map(|link| link.bearer.as_str()),
        ),
    };
    Ok(story.tell(each))
}

/// One order at one addressee.
#[derive(Clone, Copy, Debug, Default)]
struct Copy {
    reached: Option<Mono>,
    answered: Option<Mono>,
}

struct Story<'a> {
    scenario: &'a Scenario,
    options: Options,
    ground: Ground,
    people: People,
    posts: Posts,
    oracle: Oracle,
    /// By text of the order and place; the issuer's own tells when it was given.
    copies: BTreeMap<(String, usize), Copy>,
    /// Starts and book version of each place when it was last looked at.
    seen: BTreeMap<usize, (u32, u64)>,
    /// What each place still owes.
    owed: BTreeMap<usize, Vec<SpokenId>>,
    /// Frames and bytes by place and link of the file.
    bearers: BTreeMap<usize, (u64, u64)>,
    gauges: Gauges,
}

impl Story<'_> {
    fn tell(mut self, each: &mut dyn FnMut(u64)) -> (Marks, Gauges) {
        while self.ground.world.now() < Mono(self.options.minutes * 60_000) {
            let now = self.ground.world.now();
            if now.0.is_multiple_of(60_000) {
                each(now.0 / 60_000);
                self.sample(now.0 / 60_000);
            }
            self.ground.world.run_until(now.after_ms(1000));
            self.people.go_round(&mut self.ground);
            self.posts.act(self.scenario, &mut self.ground, &mut self.people);
            (0..self.options.nodes).for_each(|place| self.look_at(place));
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
        let calm = watch.run(&self.options);
        let marks = self.marks(calm);
        (marks, self.gauges.close())
    }

    /// What a page will show of this minute.
    fn sample(&mut self, minute: u64) {
        if !self.gauges.is_due(minute) {
            return;
        }
        let mut counts = [0; 3];
        for (text, order) in &self.posts.given {
            let Ok(from) = self.scenario.place(&order.from) else { continue };
            for place in self.addressees(order, from) {
                let copy = self.copies.get(&(text.clone(), place)).copied().unwrap_or_default();
                counts[0] += 1;
                counts[1] += u64::from(copy.reached.is_some());
                counts[2] += u64::from(copy.answered.is_some());
            }
        }
        let (bearers, options) = (&self.bearers, &self.options);
        let bytes = |link: usize| bearers.get(&link).map_or(0, |(_, bytes)| *bytes);
        let links_at = |place: usize| options.links_at(place).collect();
        self.gauges.sample((minute, &self.ground), counts, &bytes, &links_at);
    }

    /// The screen of one place: what has arrived there, what it owes, what it learned.
    fn look_at(&mut self, place: usize) {
        let host = self.ground.world.host(self.ground.hosts[place]);
        let Some(node) = host.machine() else { return };
        let mark = (host.crashes(), node.book().version());
        if self.seen.insert(place, mark) != Some(mark) {
            let now = self.ground.world.now();
            let rows = node.shown_orders();
            for row in &rows {
                let copy = self.copies.entry((row.text.clone(), place)).or_default();
                copy.reached.get_or_insert(now);
                if usize::from(row.id.author.0) != place + 1 || row.acknowledged == 0 {
                    continue;
                }
                let Some(detail) = node.shown_order(row.id) else { continue };
                for addressee in detail.addressees.iter().filter(|one| one.rung.is_some()) {
                    let key = (row.text.clone(), usize::from(addressee.unit.0) - 1);
                    self.copies.entry(key).or_default().answered.get_or_insert(now);
                }
            }
            let owed = rows.iter().filter(|row| row.unanswered_here).map(|row| row.id);
            self.owed.insert(place, owed.collect());
        }
        if let Some(owed) = self.owed.get(&place).filter(|owed| !owed.is_empty()) {
            self.posts.answer(place, owed, &mut self.ground, &mut self.people);
        }
    }

    fn watch_frames(&mut self) {
        let (options, bearers) = (&self.options, &mut self.bearers);
        let mut count = |taped: &Taped| {
            let mut links = options.links_at(usize::from(taped.host.0));
            if let Some(link) = links.nth(usize::from(taped.link.0).saturating_sub(1)) {
                let (frames, bytes) = bearers.entry(link).or_default();
                *frames += 1;
                *bytes += taped.frame.len() as u64;
            }
        };
        self.oracle.look_with(&mut self.ground, &mut self.people, &mut count);
    }

    fn marks(&mut self, calm: Calm) -> Marks {
        // What arrived while all was calm is late, but not lost.
        let reached_in_calm = |ground: &Ground, text: &str, place: usize| {
            let node = ground.world.host(HostId(place as u16)).machine();
            node.is_some_and(|node| node.shown_orders().iter().any(|row| row.text == text))
        };
        let mut marks = Marks {
            title: self.scenario.title.clone(),
            seed: self.options.seed,
            fingerprint: self.ground.world.fingerprint(),
            minutes: self.options.minutes,
            places: self.options.nodes as u64,
            orders: self.posts.given.len() as u64,
            silent: self.posts.silent(),
            agreed_s: calm.agreed_s,
            items: self.items(),
            bearers: self.bearers(),
            ..Marks::default()
        };
        let mut levels: BTreeMap<&str, Level> = BTreeMap::new();
        for (text, order) in &self.posts.given {
            let Ok(from) = self.scenario.place(&order.from) else { continue };
            let copy = |place: usize| self.copies.get(&(text.clone(), place)).copied();
            let Some(given) = copy(from).and_then(|copy| copy.reached) else { continue };
            for place in self.addressees(order, from) {
                marks.owed += 1;
                let name = &self.scenario.places[place].level;
                let level = levels.entry(name).or_default();
                let Copy { reached, answered } = copy(place).unwrap_or_default();
                marks.answered += u64::from(answered.is_some());
                let took_s = reached.map(|reached| reached.since_ms(given) / 1000);
                let holds = took_s.is_some() || reached_in_calm(&self.ground, text, place);
                marks.reached += u64::from(holds);
                level.reached_s.extend(took_s);
                if let (Some(reached), Some(answered)) = (reached, answered) {
                    level.answered_s.push(answered.since_ms(reached) / 1000);
                }
                if took_s.is_some_and(|took_s| took_s <= order.within_s) {
                    marks.in_time += 1;
                } else if marks.late.len() < LINES_MAX {
                    let who = &self.scenario.places[place].name;
                    marks.late.push(match took_s {
                        Some(took_s) => format!("{who}: {took_s} s > {} s {text}", order.within_s),
                        None => format!("{who}: 中断结束后才到 / after the outages {text}"),
                    });
                }
            }
        }
        for (name, mut level) in levels {
            level.name = name.to_owned();
            level.reached_s.sort_unstable();
            level.answered_s.sort_unstable();
            marks.levels.push(level);
        }
        let breaches = self.ground.world.breaches().iter().take(LINES_MAX);
        marks.breaches = breaches.map(ToString::to_string).collect();
        marks
    }

    fn addressees(&self, order: &Order, from: usize) -> Vec<usize> {
        match order.to.is_empty() {
            true => (0..self.options.nodes).filter(|place| *place != from).collect(),
            false => order.to.iter().filter_map(|code| self.scenario.place(code).ok()).collect(),
        }
    }

    fn items(&self) -> Vec<Item> {
        let hosts = self.ground.hosts.iter();
        let nodes: Vec<_> =
            hosts.filter_map(|host| self.ground.world.host(*host).machine()).collect();
        let one = |(number, name): (u16, &str)| {
            let of = self.scenario.goods.iter().filter(|goods| goods.item == number);
            let booked = |depot| {
                nodes
                    .iter()
                    .map(move |node| node.ledger().on_hand(DepotId(depot), ItemId(number)).0)
            };
            let sums = booked(1).zip(booked(2)).map(|(a, b)| (a + b) / 1000);
            let sums: Vec<i64> = sums.collect();
            Item {
                name: name.to_owned(),
                typed: of.map(|goods| goods.count).sum(),
                booked: (
                    sums.iter().copied().min().unwrap_or(0),
                    sums.iter().copied().max().unwrap_or(0),
                ),
            }
        };
        [(1, "冲锋舟"), (2, "救生衣")].into_iter().map(one).collect()
    }

    fn bearers(&self) -> Vec<Bearer> {
        let mut bearers: Vec<Bearer> = Vec::new();
        for (number, link) in self.scenario.links.iter().enumerate() {
            let (frames, bytes) = self.bearers.get(&number).copied().unwrap_or_default();
            match bearers.iter_mut().find(|bearer| bearer.name == link.bearer) {
                Some(bearer) => {
                    bearer.frames += frames;
                    bearer.bytes += bytes;
                }
                None => bearers.push(Bearer { name: link.bearer.clone(), frames, bytes }),
            }
        }
        bearers
    }
}
