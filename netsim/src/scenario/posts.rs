//! The people of a scenario at their machines: they order and move goods as written, report where
//! they are, look at their screens, and answer after a time drawn for each order and post, or
//! never.

use std::collections::{BTreeMap, BTreeSet};

use sanduan_protocol::base::class::Class;
use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::ids::{Lane, SpokenId, UnitId};
use sanduan_protocol::base::quantity::Quantity;
use sanduan_protocol::base::time::Mono;
use sanduan_protocol::local::Request;
use sanduan_protocol::local::request::{
    LineDraft, MovementDraft, MovementKind, Need, OrderDraft, OrderKind, PositionDraft,
    ReceiptDraft, Rung,
};
use sanduan_protocol::local::rows::{OrderRow, OrderState};

use super::file::{Goods, Order, Scenario, WHOLE};
use super::roll::Roll;
use crate::swarm::ground::Ground;
use crate::swarm::people::{People, Wish, spot};
use crate::world::district::unit_code;

/// Answer times as multiples of the median, per mille: the middles of sixteen equal shares of a
/// lognormal distribution whose logarithm has a standard deviation of 0.8.
const ANSWER_PERMILLE: [u64; 16] = [
    225, 348, 446, 537, 629, 725, 827, 939, 1_065, 1_209, 1_379, 1_589, 1_861, 2_243, 2_871, 4_440,
];
/// People try again this long after what they typed was refused or their machine was down, min.
const AGAIN_MIN: u64 = 1;
/// Half of what was ordered is carried out after so long, ms.
const DONE_MEDIAN_MS: u64 = 20 * 60_000;

/// An order as it was given.
#[derive(Clone, Debug)]
pub struct Given {
    /// The place that gave it.
    pub from: usize,
    /// Its class.
    pub class: Class,
    /// Its kind.
    pub kind: OrderKind,
    /// A machine of each addressee must hold it after this long, s.
    pub within_s: u64,
    /// Its text, which no other order has.
    pub text: String,
}

/// What somebody wants to order.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The place that gives it.
    pub from: usize,
    /// Audience as typed.
    pub to: String,
    /// Its class.
    pub class: Class,
    /// Its kind.
    pub kind: OrderKind,
    /// The rung wanted.
    pub need: Need,
    /// See [`Given`].
    pub within_s: u64,
    /// The text, without its number.
    pub text: String,
}

/// A tracker: the place that reports it, the unit if that is not its own, and when it is next due.
struct Tracker {
    place: usize,
    unit: Option<String>,
    next: Mono,
}

/// Everybody, and what they still have to do.
pub struct Posts {
    dice: Dice,
    orders: Vec<Order>,
    goods: Vec<Goods>,
    track_every_ms: u64,
    trackers: Vec<Tracker>,
    reports: i32,
    median_ms: u64,
    silent_percent: u64,
    /// When each post answers which order; never if silent. Kept so that it is drawn once.
    answers: BTreeMap<(usize, SpokenId), Option<Mono>>,
    /// Orders that each post owes an answer.
    owed: BTreeMap<usize, BTreeSet<SpokenId>>,
    /// Who will have carried out what, by moment.
    done: BTreeSet<(Mono, usize, SpokenId)>,
    /// When an answer was typed for the first time.
    pub entered: BTreeMap<(SpokenId, UnitId), Mono>,
    /// Orders so far.
    pub given: Vec<Given>,
}

/// The lognormal time around this median.
pub fn drawn_ms(dice: &mut Dice, median_ms: u64) -> u64 {
    median_ms * ANSWER_PERMILLE[dice.below(16) as usize] / 1000
}

impl Posts {
    /// The people of this scenario.
    pub fn new(scenario: &Scenario, seed: u64) -> Posts {
        let mut dice = Dice::new(seed ^ 0x90_57);
        let all = scenario.report_every_min * 60_000;
        let track_every_ms = if all > 0 { all } else { scenario.track_every_s * 1000 };
        let mut first = || Mono(60_000 + dice.below(track_every_ms.max(1)));
        let places = scenario.places.iter().enumerate();
        let moving = places.filter(|(_, place)| all > 0 || place.level == "队伍");
        let mut trackers: Vec<Tracker> =
            moving.map(|(place, _)| Tracker { place, unit: None, next: first() }).collect();
        // The boats of a team speak with its machine, which reports all of them together.
        let first = |team: usize| {
            let own = trackers.iter().find(|tracker| tracker.place == team);
            own.map_or(Mono(60_000), |tracker| tracker.next)
        };
        let boats = scenario.roll.boats.iter().enumerate().map(|(boat, one)| Tracker {
            place: one.team,
            unit: Some(format!("B{}", boat + 1)),
            next: first(one.team),
        });
        let boats: Vec<Tracker> = boats.collect();
        trackers.extend(boats);
        Posts {
            dice,
            orders: scenario.orders.clone(),
            goods: scenario.goods.clone(),
            track_every_ms,
            trackers,
            reports: 0,
            median_ms: scenario.answer_median_s * 1000,
            silent_percent: scenario.silent_percent,
            answers: BTreeMap::new(),
            owed: BTreeMap::new(),
            done: BTreeSet::new(),
            entered: BTreeMap::new(),
            given: Vec::new(),
        }
    }

    /// Do what is due now.
    pub fn act(&mut self, scenario: &Scenario, ground: &mut Ground, people: &mut People) {
        let minute = ground.world.now().0 / 60_000;
        self.order(scenario, minute, ground, people);
        self.move_goods(scenario, minute, ground, people);
        if self.track_every_ms > 0 {
            self.report(ground, people);
        }
        self.answer(ground, people);
    }

    /// Give an order now; false if the machine of that place is off.
    pub fn give(&mut self, wanted: Wanted, ground: &mut Ground, people: &mut People) -> bool {
        let Wanted { from, to, class, kind, need, within_s, text } = wanted;
        if ground.world.host(ground.hosts[from]).machine().is_none() {
            return false;
        }
        let text = format!("{}·{text}", self.given.len() + 1);
        let request = Request::SendOrder(OrderDraft {
            to,
            kind,
            class: Some(class),
            text: text.clone(),
            need,
            ..OrderDraft::default()
        });
        self.given.push(Given { from, class, kind, within_s, text });
        let wish = Wish::Record(Lane::Command);
        people.enter(&mut ground.world, ground.hosts[from], request, wish);
        true
    }

    fn order(
        &mut self,
        scenario: &Scenario,
        minute: u64,
        ground: &mut Ground,
        people: &mut People,
    ) {
        for mut order in std::mem::take(&mut self.orders) {
            let Ok(from) = scenario.place(&order.from) else { continue };
            if order.at_min > minute {
                self.orders.push(order);
                continue;
            }
            let to: Vec<String> = order.to.iter().map(|code| name_of(scenario, code)).collect();
            let wanted = Wanted {
                from,
                to: if to.is_empty() { "all".to_owned() } else { to.join(",") },
                class: Class::ALL[usize::from(order.class)],
                kind: OrderKind::default(),
                need: Need::default(),
                within_s: order.within_s,
                text: order.text.clone(),
            };
            if !self.give(wanted, ground, people) {
                order.at_min = minute + AGAIN_MIN;
                self.orders.push(order);
            }
        }
    }

    fn move_goods(
        &mut self,
        scenario: &Scenario,
        minute: u64,
        ground: &mut Ground,
        people: &mut People,
    ) {
        for mut goods in std::mem::take(&mut self.goods) {
            let Ok(place) = scenario.place(&goods.place) else { continue };
            let is_up = ground.world.host(ground.hosts[place]).machine().is_some();
            if goods.at_min > minute || !is_up {
                goods.at_min = goods.at_min.max(if is_up { 0 } else { minute + AGAIN_MIN });
                self.goods.push(goods);
                continue;
            }
            let is_in = goods.count > 0;
            let item = scenario.roll.items[usize::from(goods.item) - 1].0.clone();
            let quantity = Quantity::units(goods.count.abs());
            let request = Request::PostMovement(MovementDraft {
                kind: if is_in { MovementKind::Receive } else { MovementKind::Issue },
                depot: scenario.roll.depots[usize::from(goods.depot) - 1].code.clone(),
                lines: vec![LineDraft { item, quantity }],
                party: "现场".to_owned(),
                note: String::new(),
                person: None,
            });
            let wish = Wish::Record(Lane::Stock);
            people.enter(&mut ground.world, ground.hosts[place], request, wish);
        }
    }

    fn report(&mut self, ground: &mut Ground, people: &mut People) {
        let now = ground.world.now();
        for tracker in self.trackers.iter_mut().filter(|tracker| tracker.next <= now) {
            tracker.next = now.after_ms(self.track_every_ms);
            self.reports += 1;
            let (unit, point) = (tracker.unit.clone(), spot(self.reports));
            let wish = if unit.is_none() { Wish::Report(self.reports) } else { Wish::Unwatched };
            let request = Request::ReportPosition(PositionDraft { unit, point, state: None });
            people.enter(&mut ground.world, ground.hosts[tracker.place], request, wish);
        }
    }

    /// A screen shows this row.
    pub fn look(&mut self, place: usize, row: &OrderRow) {
        let owed = self.owed.entry(place).or_default();
        // Updates are read; only the first word of something new is answered.
        let is_asked = row.kind != OrderKind::Update || row.class == Class::Flash;
        let is_open = matches!(row.state, OrderState::Open | OrderState::Overdue);
        match row.unanswered_here && is_asked && is_open {
            true => owed.insert(row.id),
            false => owed.remove(&row.id),
        };
        if row.need == Need::Done && row.unanswered_here {
            let is_new = !self.answers.contains_key(&(place, row.id));
            if is_new {
                self.done_later(place, row.id);
            }
        }
    }

    fn done_later(&mut self, place: usize, id: SpokenId) {
        let took_ms = drawn_ms(&mut self.dice, DONE_MEDIAN_MS);
        self.done.insert((Mono(took_ms), place, id));
    }

    /// Give the answers whose time has come.
    fn answer(&mut self, ground: &mut Ground, people: &mut People) {
        let now = ground.world.now();
        let owed: Vec<(usize, SpokenId)> =
            self.owed.iter().flat_map(|(place, ids)| ids.iter().map(|id| (*place, *id))).collect();
        for (place, id) in owed {
            let due = match self.answers.get(&(place, id)) {
                Some(due) => *due,
                None => {
                    let after_ms = drawn_ms(&mut self.dice, self.median_ms);
                    let is_silent = self.dice.below(100) < self.silent_percent;
                    let due = (!is_silent).then_some(now.after_ms(after_ms));
                    self.answers.insert((place, id), due);
                    due
                }
            };
            if due.is_none_or(|due| due > now) {
                continue;
            }
            // Should it be lost, or refused by a full disk, they try again.
            self.answers.insert((place, id), Some(now.after_ms(AGAIN_MIN * 60_000)));
            self.enter(place, id, Rung::Acknowledged, ground, people);
        }
        let of_due = |(after, place, id): &(Mono, usize, SpokenId)| {
            let typed = self.entered.get(&(*id, UnitId(*place as u16 + 1)))?;
            (typed.after_ms(after.0) <= now).then_some((*after, *place, *id))
        };
        for (after, place, id) in self.done.iter().filter_map(of_due).collect::<Vec<_>>() {
            self.done.remove(&(after, place, id));
            self.enter(place, id, Rung::Done, ground, people);
        }
    }

    fn enter(
        &mut self,
        place: usize,
        id: SpokenId,
        rung: Rung,
        ground: &mut Ground,
        people: &mut People,
    ) {
        let host = ground.hosts[place];
        if ground.world.host(host).machine().is_none() {
            return;
        }
        let unit = UnitId(place as u16 + 1);
        self.entered.entry((id, unit)).or_insert(ground.world.now());
        let request = Request::SendReceipt(ReceiptDraft {
            id,
            rung,
            note: String::new(),
            person: Some("值班员".to_owned()),
            proxy: None,
            unit: None,
        });
        people.enter(&mut ground.world, host, request, Wish::Record(Lane::Command));
    }

    /// Answers that will never come, for those who ask who was silent.
    pub fn silent(&self) -> u64 {
        self.answers.values().filter(|due| due.is_none()).count() as u64
    }
}

/// What the directory calls an addressee of the file.
fn name_of(scenario: &Scenario, code: &str) -> String {
    let place = scenario.place(code.trim_end_matches(WHOLE)).unwrap_or_default();
    match code.ends_with(WHOLE) {
        true => format!("{}{WHOLE}", Roll::place_code(place)),
        false => unit_code(place),
    }
}
