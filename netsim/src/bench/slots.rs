//! What satellite cards with a slot a minute make of a day, and of an alert to everyone: how long
//! the urgent waits. Made-up time, one command: `sanduan-sim bench slots`.

use sanduan_protocol::base::class::Class;
use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::geo::Point;
use sanduan_protocol::base::ids::{DeviceId, Lane, LaneId, LinkId, SpokenId};
use sanduan_protocol::base::quantity::Quantity;
use sanduan_protocol::link::profile::Medium;
use sanduan_protocol::local::Request;
use sanduan_protocol::local::request::{
    LineDraft, MovementDraft, MovementKind, OrderDraft, PositionDraft, ReceiptDraft, Rung,
};

use super::cards::Outside;
use super::columns::columns;
use super::row::{Goal, Row};
use super::sky::{Cards, Sky};
use super::stage::Cost;
use crate::realtime::Language;

const MINUTE_MS: u64 = 60_000;
const HOUR_MS: u64 = 60 * MINUTE_MS;
const DAY_MS: u64 = 24 * HOUR_MS;
/// Bytes of the largest frame on a BDS-3 regional card: its message carries 1,750, our frames end
/// at 1,200 (research, bearers section 1).
const BDS3_BYTES: u16 = 1_200;
/// Bytes of a message on a civil card of level 3, BDS-2.
const BDS2_BYTES: u16 = 77;
/// BeiDou terminals of a district (research, domain section 4).
const TERMINALS: usize = 54;

/// One case, measured.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct SlotRow {
    /// Short name.
    pub case: String,
    /// What it is, in Chinese.
    pub zh: String,
    /// What it is, in English.
    pub en: String,
    /// Urgent records that were to arrive, in all runs.
    pub urgent: usize,
    /// Of these, those that arrived.
    pub arrived: usize,
    /// Until so many of a hundred were there, ms, worst of the runs.
    pub p95_ms: u64,
    /// Until the last was there, ms, worst of the runs.
    pub worst_ms: u64,
    /// Messages of all cards, median of the runs.
    pub messages: u64,
    /// What the 95th of a hundred may take.
    pub goal_p95_ms: Option<u64>,
    /// What the last may take.
    pub goal_worst_ms: u64,
    /// Everything arrived within the goals.
    pub ok: bool,
}

/// What one run came to.
struct Run {
    /// Times of what arrived, ms.
    took_ms: Vec<u64>,
    urgent: usize,
    messages: u64,
    outside: Outside,
}

/// Every case with so many seeds.
pub fn slots(seeds: u64) -> Vec<SlotRow> {
    let day = |mtu, loss_ppm| runs(seeds, |seed| town_day(mtu, loss_ppm, seed));
    let alert = |group, cards| runs(seeds, |seed| alert(group, cards, 0, seed));
    vec![
        row("town-day", &day(BDS3_BYTES, 4_000), Some(60_000), 120_000).named(
            "断联镇一张 60 秒卡（北三，丢 0.4%），每日 1,128 条，紧急类",
            "cut town, one 60-s card (BDS-3, 0.4 % lost), 1,128 records a day, the urgent",
        ),
        row("town-day-77", &day(BDS2_BYTES, 45_000), None, 30 * MINUTE_MS).named(
            "同上，77 字节卡（北二，丢 4.5%）",
            "the same on a 77-byte card (BDS-2, 4.5 % lost)",
        ),
        row("meet", &runs(seeds, |seed| meet(BDS2_BYTES, seed)), None, 30 * MINUTE_MS).named(
            "两岗各有 12 条平急指令，77 字节卡初次相通",
            "two posts with 12 routine orders each meet over 77-byte cards",
        ),
        row("alert-group", &alert(true, 1), None, 120_000)
            .named("一条叫应通播 54 台终端", "one alert to 54 terminals by group send"),
        // The last of 54 leaves in the 14th slot, and is on its way for a few seconds.
        row("alert-4-cards", &alert(false, 4), None, 13 * MINUTE_MS + 6_000)
            .named("同上，四卡捆绑逐台发", "the same, one by one over 4 bonded cards"),
    ]
}

/// The same for the table of all cases: messages in place of frames.
pub(super) fn rows(seeds: u64) -> Vec<Row> {
    let row = |slot: SlotRow| {
        let goal =
            Goal { ms: slot.goal_p95_ms, ms_max: Some(slot.goal_worst_ms), ..Goal::default() };
        let costs: Vec<Cost> = Vec::new();
        Row {
            frames: slot.messages,
            ms: Some(slot.p95_ms),
            ms_max: Some(slot.worst_ms),
            done_runs: slot.arrived,
            runs: slot.urgent,
            ..Row::new(&format!("card-{}", slot.case), 0, 0, &costs)
        }
        .named(&slot.zh, &slot.en)
        .aiming(goal)
    };
    slots(seeds).into_iter().map(row).collect()
}

fn runs(seeds: u64, run: impl Fn(u64) -> Run) -> Vec<Run> {
    (1..=seeds).map(run).collect()
}

fn row(case: &str, runs: &[Run], goal_p95_ms: Option<u64>, goal_worst_ms: u64) -> SlotRow {
    let of_100 = |run: &Run, part: usize| {
        let mut sorted = run.took_ms.clone();
        sorted.sort_unstable();
        let place = (sorted.len() * part).div_ceil(100).max(1) - 1;
        sorted.get(place).copied().unwrap_or(u64::MAX)
    };
    let p95_ms = runs.iter().map(|run| of_100(run, 95)).max().unwrap_or(u64::MAX);
    let worst_ms = runs.iter().map(|run| of_100(run, 100)).max().unwrap_or(u64::MAX);
    let mut messages: Vec<u64> = runs.iter().map(|run| run.messages).collect();
    messages.sort_unstable();
    let urgent = runs.iter().map(|run| run.urgent).sum();
    let arrived = runs.iter().map(|run| run.took_ms.len()).sum();
    let is_quick = goal_p95_ms.is_none_or(|goal| p95_ms <= goal) && worst_ms <= goal_worst_ms;
    SlotRow {
        case: case.to_owned(),
        zh: String::new(),
        en: String::new(),
        urgent,
        arrived,
        p95_ms,
        worst_ms,
        messages: messages.get(messages.len() / 2).copied().unwrap_or(0),
        goal_p95_ms,
        goal_worst_ms,
        ok: is_quick && urgent > 0 && arrived == urgent,
    }
}

impl SlotRow {
    fn named(self, zh: &str, en: &str) -> SlotRow {
        SlotRow { zh: zh.to_owned(), en: en.to_owned(), ..self }
    }
}

/// The command post and the town it can reach by card only.
const POST: usize = 0;
const TOWN: usize = 1;
/// Teams whose trackers report to the town's machine.
const TRACKERS: u64 = 6;

/// A day of a cut town: 864 positions of its teams, 96 of its own, 128 movements of stock, 26
/// requests, and 14 receipts at once (research, domain section 0).
fn town_day(mtu: u16, loss_ppm: u32, seed: u64) -> Run {
    let cards = Cards { interval_ms: MINUTE_MS as u32, mtu, loss_ppm };
    let mut sky = Sky::new(&[1, 1], 2 + TRACKERS as usize, cards, seed);
    let link = LinkId(1);
    sky.line(POST, link, &[(TOWN, link)], Medium::Unicast);
    sky.line(TOWN, link, &[(POST, link)], Medium::Unicast);
    sky.run_until(HOUR_MS, |_| {});
    let begun_ms = sky.now_ms();
    let mut plan = load(begun_ms, &mut Dice::new(seed ^ 0xDA7));
    plan.sort_by_key(|(at_ms, _, _)| *at_ms);
    let sent_before: u64 = sky.sent.iter().sum();
    let lane = LaneId::first(DeviceId(TOWN as u16 + 1), Lane::Command);
    let mut watch = Watch::default();
    for (at_ms, node, request) in plan {
        sky.run_until(at_ms, |sky| watch.look(sky, lane));
        let head = |sky: &Sky| sky.node(TOWN).book().lane(lane).map_or(0, |lane| lane.head());
        let before = head(&sky);
        sky.ask(node, request);
        (before..head(&sky)).for_each(|_| watch.given_ms.push(at_ms));
    }
    sky.run_until(begun_ms + DAY_MS + 2 * HOUR_MS, |sky| watch.look(sky, lane));
    let messages = sky.sent.iter().sum::<u64>() - sent_before;
    let outside = sky.outside;
    Run { took_ms: watch.took_ms, urgent: watch.given_ms.len(), messages, outside }
}

/// Headers and tags of what that day takes on a card of 77 bytes.
pub(super) fn town_day_frames() -> Outside {
    town_day(BDS2_BYTES, 45_000, 1).outside
}

/// When each record of a lane was given, and how long it took to be verified at the post.
#[derive(Default)]
struct Watch {
    given_ms: Vec<u64>,
    took_ms: Vec<u64>,
}

impl Watch {
    fn look(&mut self, sky: &Sky, lane: LaneId) {
        let there = sky.node(POST).book().lane(lane).map_or(0, |lane| lane.saved_sealed());
        while self.took_ms.len() < there as usize {
            let Some(given_ms) = self.given_ms.get(self.took_ms.len()) else { return };
            self.took_ms.push(sky.now_ms() - given_ms);
        }
    }
}

/// The moment, the node and what is asked of it.
type Plan = Vec<(u64, usize, Request)>;

fn load(begun_ms: u64, dice: &mut Dice) -> Plan {
    let mut plan = Plan::new();
    for unit in 2..=2 + TRACKERS {
        let every_ms = if unit == 2 { 15 * MINUTE_MS } else { 10 * MINUTE_MS };
        let mut at_ms = begun_ms + dice.below(every_ms);
        while at_ms < begun_ms + DAY_MS {
            let (lat_e7, lon_e7) = (290_600_000, 1_061_200_000);
            let moved = |dice: &mut Dice| dice.below(2_000_000) as i32;
            let point = Point { lat_e7: lat_e7 + moved(dice), lon_e7: lon_e7 + moved(dice) };
            let draft = PositionDraft { unit: Some(format!("U{unit}")), point, state: None };
            plan.push((at_ms, TOWN, Request::ReportPosition(draft)));
            at_ms += every_ms;
        }
    }
    for _ in 0..128 {
        plan.push((begun_ms + dice.below(DAY_MS), TOWN, movement()));
    }
    for number in 0..26 {
        plan.push((begun_ms + dice.below(DAY_MS), TOWN, order("U1", number)));
    }
    // Fourteen orders to the town by day, and by the evening all of them are answered at once.
    let evening_ms = begun_ms + 18 * HOUR_MS;
    for seq in 1..=14 {
        plan.push((begun_ms + 6 * HOUR_MS + u64::from(seq) * MINUTE_MS, POST, order("U2", seq)));
        plan.push((
            evening_ms,
            TOWN,
            receipt(SpokenId { author: DeviceId(1), incarnation: 0, seq }),
        ));
    }
    plan
}

fn movement() -> Request {
    Request::PostMovement(MovementDraft {
        kind: MovementKind::Receive,
        depot: "D002".to_owned(),
        lines: vec![LineDraft { item: "救生衣".to_owned(), quantity: Quantity::units(20) }],
        party: "单位3".to_owned(),
        note: String::new(),
        person: None,
    })
}

fn order(to: &str, number: u32) -> Request {
    Request::SendOrder(OrderDraft {
        to: to.to_owned(),
        class: Some(Class::Immediate),
        text: format!("滨江路{number}号楼二十人被困，请派冲锋舟"),
        ..OrderDraft::default()
    })
}

fn receipt(id: SpokenId) -> Request {
    Request::SendReceipt(ReceiptDraft {
        id,
        rung: Rung::Acknowledged,
        note: String::new(),
        person: None,
        proxy: None,
        unit: None,
    })
}

/// Two that wrote more than is said to a stranger without a question reach each other by card from
/// now on: until each has verified what the other wrote.
fn meet(mtu: u16, seed: u64) -> Run {
    const ORDERS: u32 = 12;
    let cards = Cards { interval_ms: MINUTE_MS as u32, mtu, loss_ppm: 45_000 };
    let mut sky = Sky::new(&[1, 1], 2, cards, seed);
    for (node, to) in [(POST, "U2"), (TOWN, "U1")] {
        for number in 0..ORDERS {
            let Request::SendOrder(draft) = order(to, number) else { continue };
            let class = Some(Class::Routine);
            sky.ask(node, Request::SendOrder(OrderDraft { class, ..draft }));
        }
    }
    sky.run_until(HOUR_MS, |_| {});
    let begun_ms = sky.now_ms();
    let link = LinkId(1);
    sky.line(POST, link, &[(TOWN, link)], Medium::Unicast);
    sky.line(TOWN, link, &[(POST, link)], Medium::Unicast);
    let mut took_ms = vec![None; 2];
    sky.run_until(begun_ms + 6 * HOUR_MS, |sky| {
        for (node, took_ms) in took_ms.iter_mut().enumerate() {
            let lane = LaneId::first(DeviceId(2 - node as u16), Lane::Command);
            let there = sky.node(node).book().lane(lane).map_or(0, |lane| lane.saved_sealed());
            if took_ms.is_none() && there == ORDERS {
                *took_ms = Some(sky.now_ms() - begun_ms);
            }
        }
    });
    let messages = sky.sent.iter().sum();
    let took_ms = took_ms.into_iter().flatten().collect();
    Run { took_ms, urgent: 2, messages, outside: sky.outside }
}

/// One flash order of the post to every terminal, by one message to the group or one by one.
fn alert(by_group: bool, cards: usize, loss_ppm: u32, seed: u64) -> Run {
    let sort = Cards { interval_ms: MINUTE_MS as u32, mtu: BDS3_BYTES, loss_ppm };
    let mut cards_of = vec![1; TERMINALS + 1];
    cards_of[POST] = cards;
    let mut sky = Sky::new(&cards_of, TERMINALS + 1, sort, seed);
    let home = LinkId(1);
    let to_terminal = |node: usize| if by_group { home } else { LinkId(node as u16) };
    for node in 1..=TERMINALS {
        sky.line(node, home, &[(POST, to_terminal(node))], Medium::Unicast);
        if !by_group {
            sky.line(POST, to_terminal(node), &[(node, home)], Medium::Unicast);
        }
    }
    if by_group {
        let all: Vec<(usize, LinkId)> = (1..=TERMINALS).map(|node| (node, home)).collect();
        sky.line(POST, home, &all, Medium::Broadcast);
    }
    sky.run_until(6 * HOUR_MS, |_| {});
    let (begun_ms, sent_before) = (sky.now_ms(), sky.sent.iter().sum::<u64>());
    let flash = OrderDraft {
        to: "all".to_owned(),
        class: Some(Class::Flash),
        text: "上游水库即将泄洪，沿江立即转移".to_owned(),
        ..OrderDraft::default()
    };
    sky.ask(POST, Request::SendOrder(flash));
    let lane = LaneId::flash(DeviceId(1));
    let mut took_ms = vec![None; TERMINALS];
    sky.run_until(begun_ms + HOUR_MS, |sky| {
        for (node, took_ms) in (1..).zip(&mut took_ms) {
            let there = sky.node(node).book().lane(lane).map_or(0, |lane| lane.saved_sealed());
            if took_ms.is_none() && there > 0 {
                *took_ms = Some(sky.now_ms() - begun_ms);
            }
        }
    });
    let messages = sky.sent.iter().sum::<u64>() - sent_before;
    let took_ms = took_ms.into_iter().flatten().collect();
    Run { took_ms, urgent: TERMINALS, messages, outside: sky.outside }
}

const COLUMNS: usize = 8;

/// All rows for a terminal.
pub fn slots_table(rows: &[SlotRow], language: Language) -> String {
    let headings = match language {
        Language::Zh => ["情形", "紧急", "到达", "95% 秒", "最慢秒", "报文", "目标", "达标"],
        Language::En => {
            ["case", "urgent", "arrived", "95 % s", "worst s", "messages", "goal", "ok"]
        }
    };
    let seconds = |ms: u64| format!("{}.{}", ms / 1000, ms % 1000 / 100);
    let cells = rows.iter().map(|row| {
        let p95 = row.goal_p95_ms.map_or_else(String::new, |ms| format!("≤{}/", ms / 1000));
        [
            language.pick(&row.zh, &row.en).to_owned(),
            row.urgent.to_string(),
            row.arrived.to_string(),
            seconds(row.p95_ms),
            seconds(row.worst_ms),
            row.messages.to_string(),
            format!("{p95}≤{}", row.goal_worst_ms / 1000),
            if row.ok { "ok" } else { "MISS" }.to_owned(),
        ]
    });
    let lines: Vec<[String; COLUMNS]> =
        std::iter::once(headings.map(str::to_owned)).chain(cells).collect();
    let mut text = columns(&lines);
    text.push_str(language.pick(
        "先进先出、一条一报：同样的一天 95% 为 723 秒（他处推算，非本次运行）。\n",
        "First in first out, a record a message: 95 % of the same day within 723 s (calculated \
         elsewhere, not in this run).\n",
    ));
    text
}
