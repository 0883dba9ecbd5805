//! The cases of `bench air`, one after another.

use sanduan_protocol::base::class::Class;
use sanduan_protocol::base::geo::Point;
use sanduan_protocol::base::ids::{DeviceId, Lane, LaneId, SpokenId};
use sanduan_protocol::local::request::{OrderDraft, PositionDraft};
use sanduan_protocol::local::{Reply, Request};
use sanduan_protocol::node::Node;
use sanduan_protocol::wire::bundle::Section;

use super::reconcile::{agreement, reconcile};
use super::row::Row;
use super::share::{relays, scattered};
use super::stage::{Cost, Stage};
use super::stock_view;
use super::{Plan, bundle, fixes};
use crate::air::Pair;
use crate::world::Action;
use crate::world::Unsynced;

/// 20 characters, 60 bytes in UTF-8.
const TEXT: &str = "即赴白沙镇滨江路三号楼接应被困二十人速办";
const _: () = assert!(TEXT.len() == 60);
/// Records written while the two were cut off from each other.
const MISSED_RECORDS: u64 = 200;
/// Routine orders that wait before an order of class flash.
const BACKLOG_ORDERS: u32 = 120;
/// A run that is not done by then counts as failed, ms.
pub(super) const LIMIT_MS: u64 = 30 * 60_000;
/// One hour, ms.
const HOUR_MS: u64 = 3_600_000;

/// A case by its name, not measured yet.
type Case = (String, Box<dyn Fn() -> Row>);

/// Measured by name only: they take minutes of this machine's time.
const SLOW: [&str; 2] = ["relays", "scattered"];

/// Measure every case whose name begins with `only`; `each` is told of each row as it is done.
pub fn air(plan: Plan, only: &str, mut each: impl FnMut(&Row)) -> Vec<Row> {
    let mut rows = Vec::new();
    let is_slow = |name: &str| SLOW.iter().any(|slow| name.starts_with(slow));
    let is_meant = |name: &str| name.starts_with(only) && !(only.is_empty() && is_slow(name));
    for (_, measure) in cases(plan).into_iter().filter(|(name, _)| is_meant(name)) {
        let row = measure().on(plan.keying);
        each(&row);
        rows.push(row);
    }
    rows
}

fn cases(plan: Plan) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for hearers in [1, 3, 10, 30] {
        for loss in [0, 10] {
            let measure = move || order(plan, hearers, loss);
            cases.push((format!("order-{hearers}"), Box::new(measure)));
        }
    }
    for loss in [0, 10] {
        cases.push(("preempt".to_owned(), Box::new(move || preempt(plan, loss))));
    }
    for (case, is_for_both) in [("meeting", false), ("meeting-both", true)] {
        cases.push((case.to_owned(), Box::new(move || meeting(plan, is_for_both))));
    }
    for (rate, loss) in [(9600, 0), (9600, 10), (1200, 0), (1200, 10)] {
        let measure = move || catch_up(plan, rate, loss);
        cases.push((format!("catchup-{MISSED_RECORDS}"), Box::new(measure)));
    }
    for hearers in [3, 10] {
        let measure = move || position(plan, hearers);
        cases.push((format!("position-{hearers}"), Box::new(measure)));
    }
    cases.push(("moving-30".to_owned(), Box::new(move || fixes::moving(plan))));
    cases.push(("equal".to_owned(), Box::new(move || equal(plan))));
    for knows_baseline in [false, true] {
        let measure = move || reconciliation(plan, knows_baseline);
        cases.push(("reconcile".to_owned(), Box::new(measure)));
    }
    cases.push(("relays-20".to_owned(), Box::new(move || relays(plan))));
    for loss in [0, 10] {
        cases.push(("scattered-30".to_owned(), Box::new(move || scattered(plan, 30, loss))));
    }
    cases.extend(bundle::cases(plan));
    cases.push(("stock-view".to_owned(), Box::new(move || stock_view::by_snapshot(plan))));
    cases.push(("stock-counts".to_owned(), Box::new(move || stock_view::by_counts(plan))));
    for stations in [2, 8] {
        cases.push((format!("idle-{stations}"), Box::new(move || idle(plan, stations))));
    }
    cases
}

/// An order signed at once, until the sender knows that every hearer has it on its disk.
fn order(plan: Plan, hearers: usize, loss_percent: u32) -> Row {
    let costs = runs(plan, |seed| {
        let mut stage =
            Stage::new(hearers + 1, 1200, plan.keying, loss_percent, seed).traced(plan.trace);
        let begun_ms = stage.begin();
        let Some(Reply::Saved { id: Some(id), .. }) = stage.ask(0, send(Class::Flash)) else {
            return Cost::default();
        };
        stage.measure(begun_ms, LIMIT_MS, |stage| is_delivered(stage, id))
    });
    Row::new(&format!("order-{hearers}"), 1200, loss_percent, &costs)
        .named(
            &format!("60 字节签名指令到 {hearers} 台，含机器确认"),
            &format!("60-byte signed order to {hearers}, acked by machine"),
        )
        .with_goal((hearers == 1 && loss_percent == 0).then_some(220))
        .reaching(if hearers == 1 { 140 } else { 900 })
}

/// A flash order of one whose own routine orders and stock take the channel for minutes, until it
/// is verified at the hearer. Frames that its author began since it was given, up to the one that
/// carries it.
fn preempt(plan: Plan, loss_percent: u32) -> Row {
    let costs = runs(plan, |seed| {
        let mut stage = Stage::new(2, 1200, plan.keying, loss_percent, seed).traced(plan.trace);
        for _ in 0..BACKLOG_ORDERS {
            stage.ask(0, send(Class::Routine));
        }
        // In the middle of a frame, between two, while an answer is awaited.
        stage.run_ms(5_000 + seed * 1_370 % 10_000);
        let hearer = stage.hosts[1];
        let held = |stage: &Stage, lane: LaneId| -> u32 {
            let node = stage.world.host(hearer).machine();
            node.and_then(|node| node.book().lane(lane)).map_or(0, |lane| lane.saved_sealed())
        };
        let begun_ms = stage.begin();
        stage.ask(0, send(Class::Flash));
        while held(&stage, LaneId::flash(DeviceId(1))) == 0
            && stage.world.now().0 < begun_ms + LIMIT_MS
        {
            stage.run_ms(100);
        }
        let took_ms = stage.world.now().0 - begun_ms;
        let flash = LaneId::flash(DeviceId(1)).incarnation;
        let is_flash = |said: &Section| match said {
            Section::Packed(run) => run.incarnation == flash,
            _ => false,
        };
        let (frames, bytes) = stage.until_said(0, is_flash);
        let waits = held(&stage, LaneId::first(DeviceId(1), Lane::Command)) < BACKLOG_ORDERS;
        Cost { bytes, frames, done_ms: (waits && took_ms < LIMIT_MS).then_some(took_ms) }
    });
    Row::new("preempt", 1200, loss_percent, &costs)
        .named(
            "本机平急指令占满信道时发特提，到对方核验",
            "flash order while its author's routine orders fill the channel",
        )
        .with_frames_goal(1)
}

/// Two nodes that hold the same are switched on; until one, or each, knows that the other holds the
/// same.
fn meeting(plan: Plan, is_for_both: bool) -> Row {
    let costs = runs(plan, |seed| {
        let mut stage = Stage::new(2, 1200, plan.keying, 0, seed).traced(plan.trace);
        for host in stage.hosts.clone() {
            stage.world.crash(host, Unsynced::Kept);
        }
        let begun_ms = stage.begin();
        stage.world.start_all();
        stage.measure(begun_ms, LIMIT_MS, |stage| {
            let known = (0..2).filter(|place| is_in_step(stage, *place)).count();
            known > usize::from(is_for_both)
        })
    });
    let row = |case| Row::new(case, 1200, 0, &costs).with_goal(Some(40));
    match is_for_both {
        false => row("meeting")
            .named("两台内容相同，开机，一方认出一致", "equal stores meet, until one knows")
            .reaching(12),
        true => row("meeting-both").named("同上，双方都认出一致", "the same, until both know"),
    }
}

/// 200 orders, each signed, were written during a cut. Bytes from its end, seconds from the moment
/// at which one hears the other again, until both hold the same.
fn catch_up(plan: Plan, rate_bit_s: u32, loss_percent: u32) -> Row {
    let costs = runs(plan, |seed| {
        let mut stage =
            Stage::new(2, rate_bit_s, plan.keying, loss_percent, seed).traced(plan.trace);
        let pair =
            Pair { from: crate::air::StationId(0), to: crate::air::StationId(1), both_ways: true };
        stage.world.act(Action::CutRadio(stage.radio, pair));
        for _ in 0..MISSED_RECORDS {
            stage.ask(0, send(Class::Routine));
            stage.run_ms(500);
        }
        stage.run_ms(HOUR_MS);
        stage.world.act(Action::HealRadio(stage.radio, pair));
        stage.begin();
        let begun_ms = stage.until_heard();
        stage.measure(begun_ms, LIMIT_MS, |stage| stage.world.agree(&stage.hosts, Node::holds))
    });
    Row::new("catchup-200", rate_bit_s, loss_percent, &costs)
        .named("断一小时后补 200 条 60 字节签名记录", "200 signed 60-byte records after a cut")
        .with_goal((rate_bit_s == 9600).then_some(24_000))
        .reaching(if loss_percent == 0 { 12_000 } else { 15_000 })
}

/// One position, until every hearer has it.
fn position(plan: Plan, hearers: usize) -> Row {
    let costs = runs(plan, |seed| {
        let mut stage = Stage::new(hearers + 1, 1200, plan.keying, 0, seed).traced(plan.trace);
        let begun_ms = stage.begin();
        let point = Point { lat_e7: 290_612_345, lon_e7: 1_061_254_321 };
        let draft = PositionDraft { unit: None, point, state: None };
        stage.ask(0, Request::ReportPosition(draft));
        stage.measure(begun_ms, LIMIT_MS, |stage| stage.world.agree(&stage.hosts, Node::holds))
    });
    Row::new(&format!("position-{hearers}"), 1200, 0, &costs)
        .named(
            &format!("一个位置到 {hearers} 台（不逐台确认）"),
            &format!("one position to {hearers}, not acknowledged"),
        )
        .reaching(22)
}

/// What is said when equal stores meet, counted as reconciling is.
fn equal(plan: Plan) -> Row {
    Row::new("equal", 0, 0, &runs(plan, agreement))
        .named("内容相同：摘要与应答", "equal stores: digest and assent")
        .reaching(12)
}

/// Two nodes with 1,000 authors and 10,000 records find out which 100 differ.
fn reconciliation(plan: Plan, knows_baseline: bool) -> Row {
    let costs = runs(plan, |seed| reconcile(seed, knows_baseline));
    let (case, zh, en, reach) = match knows_baseline {
        false => ("reconcile", "对账：千人万条差百条", "reconcile 100 of 10,000 of 1,000", 220),
        true => ("reconcile-known", "同上，有共同基线", "the same, with a baseline", 110),
    };
    Row::new(case, 0, 0, &costs).named(zh, en).reaching(reach)
}

/// An hour in which nothing happens.
fn idle(plan: Plan, stations: usize) -> Row {
    let costs = runs(plan, |seed| {
        let mut stage = Stage::new(stations, 1200, plan.keying, 0, seed).traced(plan.trace);
        stage.begin();
        stage.run_ms(HOUR_MS);
        Cost { done_ms: Some(HOUR_MS), ..stage.count() }
    });
    Row::new(&format!("idle-{stations}"), 1200, 0, &costs)
        .named(
            &format!("{stations} 台静默一小时（全信道）"),
            &format!("{stations} stations idle for an hour, all of them together"),
        )
        .with_frames_goal(60)
        .reaching(400)
}

pub(super) fn runs(plan: Plan, run: impl Fn(u64) -> Cost) -> Vec<Cost> {
    (1..=plan.seeds).map(run).collect()
}

pub(super) fn send(class: Class) -> Request {
    Request::SendOrder(OrderDraft {
        to: "all".to_owned(),
        class: Some(class),
        text: TEXT.to_owned(),
        ..OrderDraft::default()
    })
}

fn is_delivered(stage: &mut Stage, id: SpokenId) -> bool {
    match stage.ask(0, Request::Order { id }) {
        Some(Reply::Order(detail)) => {
            detail.order.owed > 0 && detail.order.delivered == detail.order.owed
        }
        _ => false,
    }
}

fn is_in_step(stage: &mut Stage, place: usize) -> bool {
    match stage.ask(place, Request::Peers) {
        Some(Reply::Peers { peers }) => !peers.is_empty() && peers.iter().all(|peer| peer.in_step),
        _ => false,
    }
}
