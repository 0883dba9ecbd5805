//! What goes on all the time in a district: orders to one post, reports, requests, goods and
//! counts, dealt by the rates of the file. Keeps the sum of every item as people typed it.

use std::collections::{BTreeMap, VecDeque};

use sanduan_protocol::base::class::Class;
use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::ids::{DepotId, ItemId, Lane};
use sanduan_protocol::base::quantity::Quantity;
use sanduan_protocol::base::time::Mono;
use sanduan_protocol::local::Request;
use sanduan_protocol::local::request::{
    ArrivalDraft, CountDraft, LineDraft, MovementDraft, MovementKind, Need, OrderKind, WaybillDraft,
};
use sanduan_protocol::local::rows::WaybillState;

use super::file::Scenario;
use super::posts::{Posts, Wanted};
use super::rates::{Kind, Rate, deal};
use crate::swarm::ground::Ground;
use crate::swarm::people::{People, Wish};
use crate::world::HostId;
use crate::world::district::unit_code;

/// Lines of one movement, waybill or count: five in the field (research, domain section 3).
const LINES: u64 = 5;
/// Opening lines of one movement.
const OPENING_LINES: usize = 32;
/// Whoever was off tries again after this, ms.
const AGAIN_MS: u64 = 60_000;
/// A first word must be at the centre within the hour (research, domain section 1, 23).
const FIRST_WITHIN_S: u64 = 3_600;
/// An order is held by a machine of its post within so long.
const ORDER_WITHIN_S: u64 = 600;
/// How things stand may take an hour.
const UPDATE_WITHIN_S: u64 = 3_600;

/// Whoever has nothing written to do.
pub struct Routine {
    dice: Dice,
    dealt: VecDeque<(Mono, usize)>,
    rates: Vec<Rate>,
    /// Places of each level.
    towns: Vec<usize>,
    posts: Vec<usize>,
    is_opened: bool,
    /// What was typed in, less what was given out, by item from 0.
    pub typed: BTreeMap<usize, i64>,
}

impl Routine {
    /// The routine of this scenario.
    pub fn new(scenario: &Scenario, seed: u64) -> Routine {
        let mut dice = Dice::new(seed ^ 0x0_7071);
        let of = |levels: &[&str]| {
            let places = scenario.places.iter().enumerate();
            let found = places.filter(|(_, place)| levels.contains(&place.level.as_str()));
            found.map(|(number, _)| number).collect::<Vec<_>>()
        };
        let mut typed: BTreeMap<usize, i64> = BTreeMap::new();
        for goods in &scenario.goods {
            *typed.entry(usize::from(goods.item) - 1).or_default() += goods.count;
        }
        Routine {
            dealt: deal(&scenario.rates, &mut dice),
            dice,
            rates: scenario.rates.clone(),
            towns: of(&["镇街"]),
            posts: of(&["镇街", "队伍"]),
            is_opened: false,
            typed,
        }
    }

    /// Do what is due now.
    pub fn act(
        &mut self,
        scenario: &Scenario,
        posts: &mut Posts,
        ground: &mut Ground,
        people: &mut People,
    ) {
        let now = ground.world.now();
        if !std::mem::replace(&mut self.is_opened, true) {
            self.open(scenario, ground, people);
        }
        while self.dealt.front().is_some_and(|(at, _)| *at <= now) {
            let Some((_, number)) = self.dealt.pop_front() else { return };
            let is_done = match self.rates[number].kind {
                Kind::Order | Kind::First | Kind::Update | Kind::Request => {
                    self.write(scenario, number, posts, ground, people)
                }
                Kind::Stock => self.move_goods(scenario, ground, people),
                Kind::Count => self.count(scenario, ground, people),
            };
            if !is_done {
                let at = now.after_ms(AGAIN_MS);
                let place = self.dealt.partition_point(|(other, _)| *other <= at);
                self.dealt.insert(place, (at, number));
            }
        }
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        of.get(self.dice.below(of.len() as u64) as usize).copied()
    }

    fn write(
        &mut self,
        scenario: &Scenario,
        number: usize,
        posts: &mut Posts,
        ground: &mut Ground,
        people: &mut People,
    ) -> bool {
        let rate = self.rates[number].clone();
        let is_up = |place: usize| ground.world.host(HostId(place as u16)).machine().is_some();
        // The backup speaks when the centre is off; it always hears.
        let centre = if is_up(0) { 0 } else { 1 };
        let centres = format!("{},{}", unit_code(0), unit_code(1));
        let (towns, all) = (self.towns.clone(), self.posts.clone());
        let (class, kind, within_s) = match rate.kind {
            Kind::First => (Class::Flash, OrderKind::Update, FIRST_WITHIN_S),
            Kind::Update => (Class::Priority, OrderKind::Update, UPDATE_WITHIN_S),
            Kind::Request => (Class::Immediate, OrderKind::Request, ORDER_WITHIN_S),
            Kind::Order | Kind::Stock | Kind::Count => {
                (Class::Immediate, OrderKind::Order, ORDER_WITHIN_S)
            }
        };
        let (from, to, need) = match rate.kind {
            Kind::First | Kind::Update => (self.one(&towns), centres, Need::Acknowledged),
            Kind::Request => (self.one(&all), centres, Need::Acknowledged),
            Kind::Order | Kind::Stock | Kind::Count => {
                let to = self.one(&all).map(unit_code).unwrap_or_default();
                (Some(if self.dice.below(3) == 0 { 2 } else { centre }), to, Need::Done)
            }
        };
        let Some(from) = from.filter(|from| *from < scenario.places.len()) else { return true };
        let text = rate.text;
        posts.give(Wanted { from, to, class, kind, need, within_s, text }, ground, people)
    }

    /// What lay on the shelves at the begin.
    fn open(&mut self, scenario: &Scenario, ground: &mut Ground, people: &mut People) {
        let mut by_depot: BTreeMap<usize, Vec<LineDraft>> = BTreeMap::new();
        for (depot, item, count) in &scenario.roll.opening {
            *self.typed.entry(*item).or_default() += count;
            let line = line(scenario, *item, *count);
            by_depot.entry(*depot).or_default().push(line);
        }
        for (depot, lines) in by_depot {
            for lines in lines.chunks(OPENING_LINES) {
                let (kind, lines) = (MovementKind::Opening, lines.to_vec());
                self.post(scenario, depot, kind, lines, ground, people);
            }
        }
    }

    fn post(
        &self,
        scenario: &Scenario,
        depot: usize,
        kind: MovementKind,
        lines: Vec<LineDraft>,
        ground: &mut Ground,
        people: &mut People,
    ) {
        let depot = &scenario.roll.depots[depot];
        let request = Request::PostMovement(MovementDraft {
            kind,
            depot: depot.code.clone(),
            lines,
            party: "现场".to_owned(),
            note: String::new(),
            person: None,
        });
        let host = ground.hosts[depot.keeper];
        people.enter(&mut ground.world, host, request, Wish::Record(Lane::Stock));
    }

    /// Goods come in, are given out, are sent on, or arrive; false if the store is off.
    fn move_goods(
        &mut self,
        scenario: &Scenario,
        ground: &mut Ground,
        people: &mut People,
    ) -> bool {
        let roll = &scenario.roll;
        let depot = self.dice.below(roll.depots.len().max(1) as u64) as usize;
        let Some(keeper) = roll.depots.get(depot).map(|depot| depot.keeper) else { return true };
        if ground.world.host(ground.hosts[keeper]).machine().is_none() {
            return false;
        }
        // Waybills that are on their way here come first.
        if self.dice.below(2) == 0 && self.arrive(scenario, depot, ground, people) {
            return true;
        }
        let shelf = self.shelf(scenario, depot, ground);
        if shelf.is_empty() {
            return true;
        }
        let kind = self.dice.below(5);
        let mut lines: BTreeMap<usize, i64> = BTreeMap::new();
        for _ in 0..self.dice.between(1, LINES) {
            let Some((item, held)) = self.one(&shelf) else { continue };
            lines.insert(item, self.dice.between(1, (held as u64 / 10).max(1)) as i64);
        }
        let drafts = |sign: i64, typed: &mut BTreeMap<usize, i64>| -> Vec<LineDraft> {
            let one = |(item, count): (&usize, &i64)| {
                *typed.entry(*item).or_default() += sign * count;
                line(scenario, *item, *count)
            };
            lines.iter().map(one).collect()
        };
        match kind {
            0 => {
                let lines = drafts(1, &mut self.typed);
                self.post(scenario, depot, MovementKind::Receive, lines, ground, people);
            }
            1 | 2 => {
                let lines = drafts(-1, &mut self.typed);
                self.post(scenario, depot, MovementKind::Issue, lines, ground, people);
            }
            _ => {
                let lines = drafts(0, &mut self.typed);
                self.ship(scenario, depot, lines, ground, people);
            }
        }
        true
    }

    /// What lies in a store by its own books: items from 0 and how many.
    fn shelf(&self, scenario: &Scenario, depot: usize, ground: &Ground) -> Vec<(usize, i64)> {
        let host = ground.hosts[scenario.roll.depots[depot].keeper];
        let Some(node) = ground.world.host(host).machine() else { return Vec::new() };
        let id = DepotId(depot as u16 + 1);
        let held = (0..scenario.roll.items.len()).map(|item| {
            let quantity = node.ledger().on_hand(id, ItemId(item as u16 + 1));
            (item, quantity.0 / 1000)
        });
        held.filter(|(_, count)| *count > 0).collect()
    }

    fn ship(
        &mut self,
        scenario: &Scenario,
        depot: usize,
        lines: Vec<LineDraft>,
        ground: &mut Ground,
        people: &mut People,
    ) {
        let depots = &scenario.roll.depots;
        let to = self.dice.below(depots.len() as u64) as usize;
        let to = if to == depot { (to + 1) % depots.len() } else { to };
        let request = Request::ShipWaybill(WaybillDraft {
            from: depots[depot].code.clone(),
            to: depots[to].code.clone(),
            lines,
            carrier: "渝C 应017".to_owned(),
            eta_s: Some(3 * 3600),
            note: String::new(),
            person: None,
        });
        let host = ground.hosts[depots[depot].keeper];
        people.enter(&mut ground.world, host, request, Wish::Record(Lane::Stock));
    }

    /// The oldest waybill that its keeper knows to be on its way arrives whole; false without one.
    fn arrive(
        &mut self,
        scenario: &Scenario,
        depot: usize,
        ground: &mut Ground,
        people: &mut People,
    ) -> bool {
        let depot = &scenario.roll.depots[depot];
        let host = ground.hosts[depot.keeper];
        let Some(node) = ground.world.host(host).machine() else { return false };
        let is_here =
            |state: WaybillState| matches!(state, WaybillState::InTransit | WaybillState::Late);
        let waybills = node.shown_waybills();
        let mut open = waybills.iter().filter(|row| is_here(row.state) && row.to == depot.name);
        let Some(id) = open.next_back().map(|row| row.id) else { return false };
        let request = Request::ArriveWaybill(ArrivalDraft {
            id,
            lines: Vec::new(),
            note: String::new(),
            person: None,
        });
        people.enter(&mut ground.world, host, request, Wish::Record(Lane::Stock));
        true
    }

    /// A store counts some of its shelves and finds what its books say.
    fn count(&mut self, scenario: &Scenario, ground: &mut Ground, people: &mut People) -> bool {
        let depot = self.dice.below(scenario.roll.depots.len().max(1) as u64) as usize;
        let Some(keeper) = scenario.roll.depots.get(depot).map(|depot| depot.keeper) else {
            return true;
        };
        let shelf = self.shelf(scenario, depot, ground);
        let counted: BTreeMap<usize, i64> = (0..LINES).filter_map(|_| self.one(&shelf)).collect();
        if counted.is_empty() {
            return ground.world.host(ground.hosts[keeper]).machine().is_some();
        }
        let request = Request::PostCount(CountDraft {
            depot: scenario.roll.depots[depot].code.clone(),
            lines: counted.iter().map(|(item, count)| line(scenario, *item, *count)).collect(),
            note: "盘点".to_owned(),
            person: None,
        });
        let host = ground.hosts[keeper];
        people.enter(&mut ground.world, host, request, Wish::Record(Lane::Stock));
        true
    }
}

fn line(scenario: &Scenario, item: usize, count: i64) -> LineDraft {
    LineDraft { item: scenario.roll.items[item].0.clone(), quantity: Quantity::units(count) }
}
