//! The people of a scenario: they order and move goods as written, look at their screens, and
//! answer after a time drawn for each order and post, or never.

use std::collections::BTreeMap;

use sanduan_protocol::base::class::Class;
use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::geo::Point;
use sanduan_protocol::base::ids::{Lane, SpokenId};
use sanduan_protocol::base::quantity::Quantity;
use sanduan_protocol::base::time::Mono;
use sanduan_protocol::local::Request;
use sanduan_protocol::local::request::{
    LineDraft, MovementDraft, MovementKind, OrderDraft, PositionDraft, ReceiptDraft, Rung,
};

use super::file::{Goods, Order, Scenario};
use crate::swarm::ground::Ground;
use crate::swarm::people::{People, Wish};
use crate::world::district::unit_code;

/// Answer times as multiples of the median, per mille: the middles of sixteen equal shares of a
/// lognormal distribution whose logarithm has a standard deviation of 0.8.
const ANSWER_PERMILLE: [u64; 16] = [
    225, 348, 446, 537, 629, 725, 827, 939, 1_065, 1_209, 1_379, 1_589, 1_861, 2_243, 2_871, 4_440,
];
/// People try again this long after what they typed was refused or their machine was down, min.
const AGAIN_MIN: u64 = 1;

/// Everybody, and what they still have to do.
pub struct Posts {
    dice: Dice,
    orders: Vec<Order>,
    goods: Vec<Goods>,
    report_every_ms: u64,
    next_reports: Vec<Mono>,
    reports: i32,
    median_ms: u64,
    silent_percent: u64,
    /// When each post answers which order; never if silent. Kept so that it is drawn once.
    answers: BTreeMap<(usize, SpokenId), Option<Mono>>,
    /// Texts of orders, each its own, with the order as written.
    pub given: Vec<(String, Order)>,
}

impl Posts {
    /// The people of this scenario.
    pub fn new(scenario: &Scenario, seed: u64) -> Posts {
        let report_every_ms = scenario.report_every_min * 60_000;
        let mut dice = Dice::new(seed ^ 0x90_57);
        let first = (0..scenario.places.len()).map(|_| Mono(60_000 + dice.below(report_every_ms)));
        let next_reports = first.collect();
        Posts {
            next_reports,
            dice,
            orders: scenario.orders.clone(),
            goods: scenario.goods.clone(),
            report_every_ms,
            reports: 0,
            median_ms: scenario.answer_median_s * 1000,
            silent_percent: scenario.silent_percent,
            answers: BTreeMap::new(),
            given: Vec::new(),
        }
    }

    /// Do what is due now.
    pub fn act(&mut self, scenario: &Scenario, ground: &mut Ground, people: &mut People) {
        let minute = ground.world.now().0 / 60_000;
        self.order(scenario, minute, ground, people);
        self.move_goods(scenario, minute, ground, people);
        if self.report_every_ms > 0 {
            self.report(ground, people);
        }
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
            if ground.world.host(ground.hosts[from]).machine().is_none() {
                order.at_min = minute + AGAIN_MIN;
                self.orders.push(order);
                continue;
            }
            let to = order.to.iter().filter_map(|code| scenario.place(code).ok()).map(unit_code);
            let to: Vec<String> = to.collect();
            let text = format!("{}·{}", self.given.len() + 1, order.text);
            let request = Request::SendOrder(OrderDraft {
                to: if to.is_empty() { "all".to_owned() } else { to.join(",") },
                class: Some(Class::ALL[usize::from(order.class)]),
                text: text.clone(),
                ..OrderDraft::default()
            });
            self.given.push((text, order));
            let wish = Wish::Record(Lane::Command);
            people.enter(&mut ground.world, ground.hosts[from], request, wish);
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
            let item = ["冲锋舟", "救生衣"][usize::from(goods.item) - 1].to_owned();
            let quantity = Quantity::units(goods.count.abs());
            let request = Request::PostMovement(MovementDraft {
                kind: if is_in { MovementKind::Receive } else { MovementKind::Issue },
                depot: format!("D0{}", goods.depot),
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
        for place in 0..ground.hosts.len() {
            if self.next_reports[place] > now {
                continue;
            }
            self.next_reports[place] = now.after_ms(self.report_every_ms);
            self.reports += 1;
            let lat_e7 = 200_000_000 + self.reports * crate::swarm::people::STEP_E7 % 100_000_000;
            let point = Point { lat_e7, lon_e7: 1_061_250_000 };
            let draft = PositionDraft { unit: None, point, state: None };
            let wish = Wish::Report(self.reports);
            let host = ground.hosts[place];
            people.enter(&mut ground.world, host, Request::ReportPosition(draft), wish);
        }
    }

    /// A post owes an answer to these orders; give those whose time has come.
    pub fn answer(
        &mut self,
        place: usize,
        owed: &[SpokenId],
        ground: &mut Ground,
        people: &mut People,
    ) {
        let now = ground.world.now();
        for id in owed {
            let due = match self.answers.get(&(place, *id)) {
                Some(due) => *due,
                None => {
                    let share = ANSWER_PERMILLE[self.dice.below(16) as usize];
                    let is_silent = self.dice.below(100) < self.silent_percent;
                    let due = now.after_ms(self.median_ms * share / 1000);
                    let due = (!is_silent).then_some(due);
                    self.answers.insert((place, *id), due);
                    due
                }
            };
            if due.is_none_or(|due| due > now) {
                continue;
            }
            // Should it be lost, or refused by a full disk, they try again.
            self.answers.insert((place, *id), Some(now.after_ms(AGAIN_MIN * 60_000)));
            let request = Request::SendReceipt(ReceiptDraft {
                id: *id,
                rung: Rung::Acknowledged,
                note: String::new(),
                person: Some("值班员".to_owned()),
                proxy: None,
                unit: None,
            });
            let wish = Wish::Record(Lane::Command);
            people.enter(&mut ground.world, ground.hosts[place], request, wish);
        }
    }

    /// Answers that will never come, for those who ask who was silent.
    pub fn silent(&self) -> u64 {
        self.answers.values().filter(|due| due.is_none()).count() as u64
    }
}
