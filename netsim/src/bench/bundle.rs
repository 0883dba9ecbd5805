//! What records cost inside a bundle, beside the budgets of the design, and an order alone in its
//! frame. The bits of eight records that one author wrote in a row, without the head of their run
//! and without what a free text costs; an order as it leaves a real node.

use sanduan_protocol::base::class::Class;
use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::geo::Point;
use sanduan_protocol::base::ids::{
    DepotId, DeviceId, GroupId, ItemId, Lane, LaneId, PersonId, PlaceId, SpokenId, TemplateId,
    UnitId,
};
use sanduan_protocol::base::quantity::Quantity;
use sanduan_protocol::base::time::Hlc;
use sanduan_protocol::field::air::grid::{Grid, Ground};
use sanduan_protocol::field::air::{Packer, fixes};
use sanduan_protocol::field::body::Body;
use sanduan_protocol::field::directory::Target;
use sanduan_protocol::field::order::words::{Filled, Value, Words};
use sanduan_protocol::field::order::{Order, Receipt};
use sanduan_protocol::field::stock::{Body as StockBody, Line, Movement, SealedPost};
use sanduan_protocol::field::track::{Fix, FixSource};
use sanduan_protocol::keys::group::GroupKey;
use sanduan_protocol::local::request::{
    MovementKind, Need, OrderDraft, OrderKind, Rung, UnitState,
};
use sanduan_protocol::local::{Reply, Request};
use sanduan_protocol::wire::record::{Head, Person};
use sanduan_protocol::wire::text;

use super::cases::Case;
use super::row::Row;
use super::stage::{BAISHA, Cost, Stage};
use super::{Plan, text as texts};

/// Records of a bundle.
const RECORDS: u32 = 8;
/// 2026-08-19 02:10 Beijing time.
const BASE_S: u32 = 1_787_076_600;
/// What the length of a short text takes.
const LENGTH_BITS: usize = 6;
/// Head of a section of eight fixes: their number, and the grid with its check.
const FIXES_HEAD_BITS: usize = 7 + 1 + 6;
/// Within this time an order is at its only hearer, ms.
const LIMIT_MS: u64 = 60_000;

/// The cases of this file.
pub(super) fn cases() -> Vec<Case> {
    type Make = fn(&mut Dice) -> usize;
    let bundles: [(&str, &str, &str, u64, Make); 5] = [
        ("pack-order", "8 条指令头（不含文字）", "8 order headers, no text", 48, orders),
        ("pack-template", "8 条模板指令", "8 orders by template", 64, templates),
        ("pack-receipt", "8 条签收", "8 receipts", 32, receipts),
        ("pack-movement", "8 条出入库", "8 stock movements", 48, movements),
        ("pack-fix", "一镇 8 队位置", "8 fixes of teams in one town", 40, positions),
    ];
    let mut cases: Vec<Case> = Vec::new();
    for (case, zh, en, goal, make) in bundles {
        let measure = move |plan| bundle(plan, make, case).named(zh, en).within(goal);
        cases.push(Case::apart(case, measure));
    }
    cases.push(Case::apart("frame-36", lone_order));
    for is_english in [false, true] {
        let case = if is_english { "text-english" } else { "text-chinese" };
        cases.push(Case::apart(case, move |_| held_out(case, is_english)));
    }
    cases
}

/// Records of one author in a row, for whoever measures how long they take.
pub struct Bundle {
    /// What they are, Chinese and English.
    pub kind: &'static str,
    /// Their lane.
    pub lane: Lane,
    /// Their bytes.
    pub records: Vec<Vec<u8>>,
}

/// Eight of each kind, and what an author of orders writes in an hour.
pub fn bundles() -> Vec<Bundle> {
    type Make<'a> = &'a dyn Fn(&mut Dice) -> Body;
    let messages = texts::middling();
    let said = |dice: &mut Dice| messages[dice.below(messages.len() as u64) as usize].to_owned();
    let texted = |dice: &mut Dice| {
        let text = said(dice);
        order(dice, text)
    };
    let mixed = |dice: &mut Dice| if dice.below(4) == 0 { texted(dice) } else { receipt(dice) };
    let cases: [(&'static str, Lane, Make<'_>); 4] = [
        ("36 字指令 / orders of 36 characters", Lane::Command, &texted),
        ("签收 / receipts", Lane::Command, &receipt),
        ("出入库 / stock movements", Lane::Stock, &movement),
        ("一条指令三条签收 / one order to three receipts", Lane::Command, &mixed),
    ];
    let make = |(kind, lane, make): (&'static str, Lane, Make<'_>)| {
        let mut dice = Dice::new(1);
        let moments = moments(&mut dice);
        let records = moments.into_iter().map(|at_s| whole(at_s, &make(&mut dice)));
        Bundle { kind, lane, records: records.collect() }
    };
    cases.into_iter().map(make).collect()
}

fn bundle(plan: Plan, make: fn(&mut Dice) -> usize, case: &str) -> Row {
    let costs = (1..=plan.seeds).map(|seed| {
        let bytes = make(&mut Dice::new(seed)) as u64;
        Cost { bytes, frames: 0, done_ms: Some(0) }
    });
    Row::new(case, 0, 0, &costs.collect::<Vec<_>>())
}

/// A 36-character order to one machine, signed at once: bytes of the one frame that carries it,
/// its head and tag counted, those of a bearer not. Every seed takes another message.
fn lone_order(plan: Plan) -> Row {
    let messages = texts::middling();
    let costs: Vec<Cost> = (1..=plan.seeds)
        .map(|seed| {
            let mut stage = Stage::new(2, 1200, plan.keying, 0, seed).traced(plan.trace);
            stage.begin();
            let text = messages[seed as usize % messages.len()].to_owned();
            let draft = OrderDraft {
                to: "U2".to_owned(),
                class: Some(Class::Immediate),
                text,
                ..OrderDraft::default()
            };
            let Some(Reply::Saved { id: Some(_), .. }) = stage.ask(0, Request::SendOrder(draft))
            else {
                return Cost::default();
            };
            stage.run_ms(LIMIT_MS);
            // What carries the order is the only long frame: acks and beacons have a tenth of it.
            let long: Vec<usize> = stage.frame_bytes(0).filter(|bytes| *bytes > 60).collect();
            let bytes = long.iter().sum::<usize>() as u64;
            Cost { bytes, frames: long.len() as u64, done_ms: (long.len() == 1).then_some(0) }
        })
        .collect();
    Row::new("frame-36", 1200, 0, &costs)
        .named("约 36 字签名指令，一帧", "signed order of some 36 characters, one frame")
        .within(125)
}

/// All held-out messages of a language; what they may cost by the goals for a character.
fn held_out(case: &str, is_english: bool) -> Row {
    let rows = texts::text();
    let kind = if is_english { "english" } else { "all Chinese" };
    let row = rows.iter().find(|row| row.kind == kind);
    let bytes = row.map_or(0, |row| row.ours_bytes as u64);
    let chars = row.map_or(0, |row| row.chars as u64);
    // 9.0 bits a character, and three quarters of UTF-8.
    let goal = if is_english { chars * 6 / 8 } else { chars * 9 / 8 };
    let costs = [Cost { bytes, frames: 0, done_ms: row.map(|_| 0) }];
    let (zh, en) = match is_english {
        false => (format!("未见过的中文短文 {chars} 字"), format!("unseen Chinese, {chars} signs")),
        true => (format!("未见过的英文短文 {chars} 字"), format!("unseen English, {chars} signs")),
    };
    Row::new(case, 0, 0, &costs).named(&zh, &en).within(goal)
}

/// Records of one author as bits; `free_bits` are taken off.
fn bits_of(lane: Lane, bodies: Vec<(u32, Body)>, free_bits: usize) -> usize {
    let mut packer = Packer::new(LaneId::first(DeviceId(4), lane), 200);
    for (at_s, body) in bodies {
        packer.push(&whole(at_s, &body));
    }
    (packer.run(DeviceId(4), None).bits.len() * 8 - free_bits).div_ceil(8)
}

/// The bytes of a record, by a person of the directory.
fn whole(at_s: u32, body: &Body) -> Vec<u8> {
    let at = Hlc { wall_ms: u64::from(at_s) * 1000, count: 0 };
    let person = Person::Index(PersonId(3));
    Head { kind: body.kind(), at, person }.with_body(&body.packed())
}

/// Moments at which people write, 10 to 130 s apart.
fn moments(dice: &mut Dice) -> Vec<u32> {
    let mut at_s = BASE_S;
    let next = |_| {
        at_s += 10 + dice.below(120) as u32;
        at_s
    };
    (0..RECORDS).map(next).collect()
}

fn orders(dice: &mut Dice) -> usize {
    let letter_bits = LENGTH_BITS + 8 * text::encode("x", text::Model::standard()).len();
    let moments = moments(dice);
    let bodies = moments.into_iter().map(|at_s| (at_s, order(dice, "x")));
    bits_of(Lane::Command, bodies.collect(), letter_bits * RECORDS as usize)
}

fn order(dice: &mut Dice, text: impl Into<Words>) -> Body {
    Body::Order(Order {
        kind: OrderKind::Order,
        class: Class::Immediate,
        need: Need::Done,
        targets: vec![Target::Unit(UnitId(1 + dice.below(300) as u16))],
        directory_version: 40,
        act_by_s: Some(60 * (10 + dice.below(50) as u32)),
        expires_s: None,
        signer: Person::Nobody,
        text: text.into(),
    })
}

/// A quarter of the templates have no blank, half of them a place, the others a number too.
fn templates(dice: &mut Dice) -> usize {
    let moments = moments(dice);
    let bodies = moments.into_iter().map(|at_s| {
        let mut values = vec![
            Value::Place(PlaceId(1 + dice.below(300) as u16)),
            Value::Number(1 + dice.below(60) as u32),
        ];
        values.truncate([0, 1, 1, 2][dice.below(4) as usize]);
        let template = TemplateId(1 + dice.below(60) as u16);
        (at_s, order(dice, Words::Filled(Filled { template, values })))
    });
    bits_of(Lane::Command, bodies.collect(), 0)
}

fn receipts(dice: &mut Dice) -> usize {
    let moments = moments(dice);
    let bodies = moments.into_iter().map(|at_s| (at_s, receipt(dice)));
    bits_of(Lane::Command, bodies.collect(), 0)
}

fn receipt(dice: &mut Dice) -> Body {
    let order = SpokenId { author: DeviceId(1), incarnation: 0, seq: 100 + dice.below(60) as u32 };
    let rungs = [Rung::Acknowledged, Rung::Accepted, Rung::Done];
    let rung = rungs[dice.below(3) as usize];
    Body::Receipt(Receipt { order, unit: UnitId(7), rung, proxy: None, note: String::new() })
}

fn movements(dice: &mut Dice) -> usize {
    let moments = moments(dice);
    let bodies = moments.into_iter().map(|at_s| (at_s, movement(dice)));
    bits_of(Lane::Stock, bodies.collect(), 0)
}

/// Bytes of as many movements of one author as stand in a bundle, in the open and sealed to a
/// group, and how many they are.
pub(super) fn movements_open_and_sealed(key: &GroupKey, group: (GroupId, u32)) -> [usize; 3] {
    let sealed = |body: &Body| {
        let Body::Stock(post) = body else { return body.clone() };
        let sealed = SealedPost::conceal(post, key, group, DeviceId(4));
        sealed.map_or_else(|| body.clone(), Body::SealedPost)
    };
    let bytes = |change: &dyn Fn(&Body) -> Body| {
        let mut dice = Dice::new(1);
        let moments = moments(&mut dice);
        let bodies = moments.into_iter().map(|at_s| (at_s, change(&movement(&mut dice))));
        bits_of(Lane::Stock, bodies.collect(), 0)
    };
    [bytes(&Body::clone), bytes(&sealed), RECORDS as usize]
}

fn movement(dice: &mut Dice) -> Body {
    let amounts = [1, 2, 5, 12, 20, 40, 60, 85, 100, 150, 240, 500, 1_200];
    let amount = amounts[dice.below(amounts.len() as u64) as usize];
    let item = ItemId(1 + dice.below(130) as u16);
    Body::Stock(StockBody::Movement(Movement {
        kind: if dice.below(4) == 0 { MovementKind::Receive } else { MovementKind::Issue },
        depot: DepotId(31),
        lines: vec![Line { item, lot: 0, quantity: Quantity::units(amount) }],
        party: String::new(),
        note: String::new(),
    }))
}

/// Teams within a kilometre of each other, each with a device of its own, passed on by one who
/// hears them all, within half a minute.
fn positions(dice: &mut Dice) -> usize {
    let grid = Grid::around(BAISHA);
    let ground = Ground { grid: Some(grid), unit: Some(UnitId(4)) };
    let mut fixes_known = Vec::new();
    for team in 0..RECORDS as u16 {
        // 90,000 units of 10⁻⁷ degrees of latitude are a kilometre.
        let north = dice.below(90_000) as i32 - 45_000;
        let east = dice.below(100_000) as i32 - 50_000;
        let point = Point { lat_e7: BAISHA.lat_e7 + north, lon_e7: BAISHA.lon_e7 + east };
        let fix = Fix {
            taken_s: BASE_S - dice.below(30) as u32,
            unit: UnitId(40 + team),
            point: grid.snap(point),
            state: if dice.below(4) == 0 { UnitState::Arrived } else { UnitState::EnRoute },
            source: FixSource::Gps,
            speed_dm_s: None,
            course_deg: None,
            satellites: None,
            battery_pct: None,
        };
        fixes_known.push((DeviceId(60 + team), fix));
    }
    let packed = fixes::pack(&fixes_known, DeviceId(4), &ground);
    packed.map_or(0, |packed| (packed.bits.len() * 8 - FIXES_HEAD_BITS).div_ceil(8))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::row::Verdict;
    use crate::bench::{Keying, air};

    #[test]
    fn every_record_in_a_bundle_keeps_to_its_budget() {
        let plan = Plan { seeds: 5, keying: Keying::None, trace: false };
        for (case, count) in [("pack-", 5), ("frame-36", 1), ("text-", 2)] {
            let rows = air(plan, None, case, |_| {});
            assert_eq!(rows.len(), count);
            assert!(rows.iter().all(|row| row.verdict == Verdict::Ok && row.bytes > 0), "{rows:?}");
            assert!(rows.iter().all(|row| row.goal.bytes.is_some()), "{rows:?}");
        }
    }
}
