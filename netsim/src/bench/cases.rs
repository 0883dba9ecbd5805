//! The cases of `bench air`, one after another: each on a keyed radio and on a channel without
//! keying, as the peers were measured, or once where there is no channel.

use sanduan_protocol::base::class::Class;
use sanduan_protocol::base::geo::Point;
use sanduan_protocol::base::ids::{DeviceId, Lane, LaneId, SpokenId};
use sanduan_protocol::local::request::{OrderDraft, PositionDraft};
use sanduan_protocol::local::{Reply, Request};
use sanduan_protocol::node::Node;
use sanduan_protocol::wire::bundle::Section;

use super::reconcile::{agreement, reconcile};
use super::row::{Goal, Row};
use super::share::{relays, scattered};
use super::stage::{Cost, Stage};
use super::{Keying, Plan, bundle, fixes, ridge, slots, stock_view};
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
/// Teams say so often where they are (research, domain section 0), ms.
const POSITION_EVERY_MS: u64 = 600_000;

/// Seeds of the cases that take seconds of this machine's time for each, at most.
const SLOW_SEEDS_MAX: u64 = 9;

/// Something to measure.
pub(super) struct Case {
    /// The name, or how it begins.
    name: String,
    /// The channels that it is measured on; none where there is no channel.
    keyings: &'static [Keying],
    measure: Box<dyn Fn(Plan) -> Vec<Row>>,
}

impl Case {
    /// On both channels.
    fn on_air(name: &str, measure: impl Fn(Plan) -> Row + 'static) -> Case {
        let measure = Box::new(move |plan: Plan| vec![measure(plan).on(plan.keying)]);
        Case { name: name.to_owned(), keyings: &[Keying::Radio, Keying::None], measure }
    }

    /// Without a channel.
    pub(super) fn apart(name: &str, measure: impl Fn(Plan) -> Row + 'static) -> Case {
        Case::many_apart(name, move |plan| vec![measure(plan)])
    }

    /// The same with several rows.
    fn many_apart(name: &str, measure: impl Fn(Plan) -> Vec<Row> + 'static) -> Case {
        let rows = move |plan: Plan| measure(plan).into_iter().map(|row| row.on(Keying::None));
        let measure = Box::new(move |plan: Plan| rows(plan).collect());
        Case { name: name.to_owned(), keyings: &[Keying::None], measure }
    }
}

/// Measure every case whose name begins with `only`, on this channel or on both; `each` is told of
/// each row as it is done.
pub fn air(plan: Plan, keying: Option<Keying>, only: &str, mut each: impl FnMut(&Row)) -> Vec<Row> {
    let mut rows = Vec::new();
    for case in cases().into_iter().filter(|case| case.name.starts_with(only)) {
        let is_meant = |on: &&Keying| keying.is_none_or(|keying| keying == **on);
        for on in case.keyings.iter().filter(|on| case.keyings.len() == 1 || is_meant(on)) {
            for row in (case.measure)(Plan { keying: *on, ..plan }) {
                each(&row);
                rows.push(row);
            }
        }
    }
    rows
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let slow = |plan: Plan| Plan { seeds: plan.seeds.min(SLOW_SEEDS_MAX), ..plan };
    for hearers in [1, 3, 10, 30] {
        for loss in [0, 10] {
            let measure = move |plan| order(plan, hearers, loss);
            cases.push(Case::on_air(&format!("order-{hearers}"), measure));
        }
    }
    for loss in [0, 10] {
        cases.push(Case::on_air("preempt", move |plan| preempt(plan, loss)));
    }
    for (name, is_for_both) in [("meeting", false), ("meeting-both", true)] {
        cases.push(Case::on_air(name, move |plan| meeting(plan, is_for_both)));
    }
    cases.push(Case::apart("equal", equal));
    for (rate, loss) in [(9600, 0), (9600, 10), (1200, 0), (1200, 10)] {
        cases.push(Case::on_air("catchup-200", move |plan| catch_up(plan, rate, loss)));
    }
    for (hearers, is_first) in [(3, false), (10, false), (10, true)] {
        let name = position_name(hearers, is_first);
        cases.push(Case::on_air(&name, move |plan| position(plan, hearers, is_first)));
    }
    cases.push(Case::on_air("moving-30", fixes::moving));
    for knows_baseline in [false, true] {
        let measure = move |plan| reconciliation(plan, knows_baseline);
        cases.push(Case::apart("reconcile", measure));
    }
    cases.push(Case::on_air("relays-20", move |plan| relays(slow(plan))));
    for loss in [0, 10] {
        cases.push(Case::on_air("scattered-30", move |plan| scattered(slow(plan), 30, loss)));
    }
    for (valleys, loss) in [(2, 0), (5, 0), (5, 10), (10, 0)] {
        let name = format!("ridge-order-{valleys}");
        cases.push(Case::on_air(&name, move |plan| ridge::order(plan, valleys, loss)));
    }
    cases.push(Case::on_air("ridge-across-2", move |plan| ridge::across(plan, 2)));
    cases.extend(bundle::cases());
    cases.push(Case::apart("stock-view", stock_view::by_snapshot));
    cases.push(Case::apart("stock-counts", stock_view::by_counts));
    cases.push(Case::many_apart("card", move |plan| slots::rows(slow(plan).seeds)));
    for stations in [2, 8] {
        cases.push(Case::on_air(&format!("idle-{stations}"), move |plan| idle(plan, stations)));
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
        stage.measure(begun_ms, LIMIT_MS, |stage| is_delivered(stage, 0, id))
    });
    Row::new(&format!("order-{hearers}"), 1200, loss_percent, &costs)
        .named(
            &format!("60 字节签名指令到 {hearers} 台，含机器确认"),
            &format!("60-byte signed order to {hearers}, acked by machine"),
        )
        .aiming(match hearers {
            1 => Goal { bytes: Some(140), ms: Some(1_300), ..Goal::default() },
            30 => Goal { bytes: Some(900), ms: Some(15_000), ..Goal::default() },
            _ => Goal::default(),
        })
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
        .within_frames(1)
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
    let row = |case| Row::new(case, 1200, 0, &costs);
    match is_for_both {
        false => row("meeting")
            .named("两台内容相同，开机，一方认出一致", "equal stores meet, until one knows")
            .within(12),
        true => row("meeting-both")
            .named("同上，双方都认出一致", "the same, until both know")
            .within(40),
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
        .within(if loss_percent == 0 { 12_000 } else { 15_000 })
        .within_ms(match (rate_bit_s, loss_percent) {
            (9600, 0) => 12_000,
            (9600, _) => 17_000,
            (_, 0) => 90_000,
            (_, _) => 130_000,
        })
}

fn position_name(hearers: usize, is_first: bool) -> String {
    format!("position-{hearers}{}", if is_first { "-first" } else { "" })
}

/// One position of a team that says where it is from time to time, until every hearer has it; or
/// the first of one that said nothing since it was switched on but that it is there.
fn position(plan: Plan, hearers: usize, is_first: bool) -> Row {
    let costs = runs(plan, |seed| {
        let mut stage = Stage::new(hearers + 1, 1200, plan.keying, 0, seed).traced(plan.trace);
        let report = |stage: &mut Stage, lat_e7| {
            let point = Point { lat_e7, lon_e7: 1_061_254_321 };
            let draft = PositionDraft { unit: None, point, state: None };
            stage.ask(0, Request::ReportPosition(draft));
        };
        if !is_first {
            report(&mut stage, 290_602_345);
            stage.run_ms(POSITION_EVERY_MS);
        }
        let begun_ms = stage.begin();
        report(&mut stage, 290_612_345);
        stage.measure(begun_ms, LIMIT_MS, |stage| stage.world.agree(&stage.hosts, Node::holds))
    });
    let row = Row::new(&position_name(hearers, is_first), 1200, 0, &costs);
    match is_first {
        false => row
            .named(
                &format!("一队隔十分钟再报一次位置到 {hearers} 台（不逐台确认）"),
                &format!("a team's next position to {hearers}, not acknowledged"),
            )
            .within(22),
        true => row.named(
            &format!("开机后没说过话的台首次报位到 {hearers} 台"),
            &format!("the first position since it was switched on to {hearers}"),
        ),
    }
}

/// What is said when equal stores meet, counted as reconciling is.
fn equal(plan: Plan) -> Row {
    Row::new("equal", 0, 0, &runs(plan, agreement))
        .named("内容相同：摘要与应答", "equal stores: digest and assent")
        .within(12)
}

/// Two nodes with 1,000 authors and 10,000 records find out which 100 differ.
fn reconciliation(plan: Plan, knows_baseline: bool) -> Row {
    let costs = runs(plan, |seed| reconcile(seed, knows_baseline));
    let (case, zh, en, reach) = match knows_baseline {
        false => ("reconcile", "对账：千人万条差百条", "reconcile 100 of 10,000 of 1,000", 220),
        true => ("reconcile-known", "同上，有共同基线", "the same, with a baseline", 110),
    };
    Row::new(case, 0, 0, &costs).named(zh, en).within(reach)
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
        .within_frames(60)
        .within(400)
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

pub(super) fn is_delivered(stage: &mut Stage, author: usize, id: SpokenId) -> bool {
    match stage.ask(author, Request::Order { id }) {
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
