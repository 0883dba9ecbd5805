//! Orders with their answers: each rule in a table, then any order of arrival.

mod drafts;

use proptest::prelude::*;

use super::*;
use crate::base::class::Class;
use crate::base::dice::Dice;
use crate::base::ids::{DeviceId, LaneId};
use crate::field::directory::sample::{
    BAISHA, BAISHA_TEAM, BOATS, CENTRE, FORWARD, ZHUYANG, directory,
};
use crate::local::request::{Need, OrderKind, Proxy, Rung};
use crate::local::rows::OrderRow;

/// The device of each unit in these tests.
const DEVICES: [(u16, UnitId); 5] =
    [(1, CENTRE), (2, FORWARD), (3, BAISHA), (4, BOATS), (7, ZHUYANG)];

const MINUTE_MS: u64 = 60_000;

/// A record as the log hands it out.
#[derive(Clone, Debug, PartialEq)]
enum Said {
    Order(Order),
    Cancel(Cancel),
    Receipt(Receipt),
}

#[derive(Clone, Debug)]
struct Sent {
    author: u16,
    seq: u32,
    minute: u64,
    said: Said,
}

fn order(targets: &[Target], need: Need) -> Said {
    Said::Order(Order {
        kind: OrderKind::Order,
        class: Class::Immediate,
        need,
        targets: targets.to_vec(),
        directory_version: 3,
        act_by_s: Some(20 * 60),
        expires_s: None,
        signer: Person::Nobody,
        text: "转移沿江一社".into(),
    })
}

fn number(author: u16, seq: u32) -> SpokenId {
    SpokenId { author: DeviceId(author), incarnation: 0, seq }
}

fn receipt(order: SpokenId, unit: UnitId, rung: Rung, proxy: Option<Proxy>) -> Said {
    Said::Receipt(Receipt { order, unit, rung, proxy, note: format!("{rung:?}") })
}

fn cancel(order: SpokenId) -> Said {
    Said::Cancel(Cancel { order, reason: "封控解除".into() })
}

fn sent(author: u16, seq: u32, minute: u64, said: Said) -> Sent {
    Sent { author, seq, minute, said }
}

fn apply(board: &mut OrderBoard, sent: &Sent) -> bool {
    let id = LaneId::first(DeviceId(sent.author), Lane::Command).at(sent.seq);
    let at = Hlc { wall_ms: sent.minute * MINUTE_MS, count: 0 };
    let person = Person::Name(format!("甲{}", sent.author));
    let unit = DEVICES.iter().find(|(device, _)| *device == sent.author).expect("known").1;
    let placed = Placed { id, at, person: &person, body: &() };
    match &sent.said {
        Said::Order(order) => board.apply_order(&placed.with(order), unit),
        Said::Cancel(cancel) => board.apply_cancel(&placed.with(cancel), unit, sent.author == 1),
        Said::Receipt(receipt) => board.apply_receipt(&placed.with(receipt), unit),
    }
}

fn board(all: &[Sent]) -> OrderBoard {
    let mut board = OrderBoard::new();
    all.iter().for_each(|sent| {
        apply(&mut board, sent);
    });
    board
}

fn row(board: &OrderBoard, id: SpokenId, minute: u64) -> OrderRow {
    let nobody = |_: UnitId, _: RecordId| false;
    let now_ms = minute * MINUTE_MS;
    board.row(id, &directory(), now_ms, &nobody, BAISHA).expect("the order is here")
}

/// Forward post (device 2) orders two units at minute 0, due at minute 20.
fn to_two(need: Need) -> Sent {
    sent(2, 1, 0, order(&[Target::Unit(BAISHA), Target::Unit(BOATS)], need))
}

#[test]
fn an_order_goes_from_open_to_answered() {
    let id = number(2, 1);
    let mut all = vec![to_two(Need::Done)];
    let steps = [
        (None, OrderState::Open, 0, 0),
        (Some((3, BAISHA, Rung::Acknowledged)), OrderState::Open, 1, 0),
        (Some((4, BOATS, Rung::Done)), OrderState::Open, 2, 1),
        (Some((3, BAISHA, Rung::Done)), OrderState::Answered, 2, 2),
    ];
    for (seq, (said, state, acknowledged, done)) in (1..).zip(steps) {
        if let Some((author, unit, rung)) = said {
            all.push(sent(author, seq, 5, receipt(id, unit, rung, None)));
        }
        let row = row(&board(&all), id, 10);
        assert_eq!((row.state, row.owed), (state, 2), "step {seq}");
        assert_eq!((row.acknowledged, row.done), (acknowledged, done), "step {seq}");
    }
    let late = row(&board(&all[..2]), id, 21);
    assert_eq!(late.state, OrderState::Overdue);
    assert_eq!(late.act_by_ms, Some(20 * MINUTE_MS));
}

#[test]
fn who_cannot_has_answered_and_the_order_has_failed() {
    let id = number(2, 1);
    let cannot = sent(3, 1, 1, receipt(id, BAISHA, Rung::Cannot, None));
    let done = sent(4, 1, 1, receipt(id, BOATS, Rung::Done, None));
    for need in [Need::Acknowledged, Need::Done] {
        let one = board(&[to_two(need), cannot.clone()]);
        assert_eq!(row(&one, id, 2).state, OrderState::Open);
        let both = row(&board(&[to_two(need), cannot.clone(), done.clone()]), id, 2);
        assert_eq!((both.state, both.refused, both.done), (OrderState::Failed, 1, 1));
        let after = sent(3, 2, 9, receipt(id, BAISHA, Rung::Done, None));
        let all = [to_two(need), cannot.clone(), done.clone(), after];
        assert_eq!(row(&board(&all), id, 10).state, OrderState::Answered);
    }
}

#[test]
fn a_machines_delivery_never_answers_an_order() {
    let board = board(&[to_two(Need::Acknowledged)]);
    let id = number(2, 1);
    let everyone = |_: UnitId, record: RecordId| record == id.in_lane(Lane::Command);
    let row = board.row(id, &directory(), 0, &everyone, BAISHA).expect("here");
    assert_eq!((row.delivered, row.acknowledged, row.done), (2, 0, 0));
    assert_eq!(row.state, OrderState::Open);
    assert!(row.unanswered_here);
}

#[test]
fn a_proxy_answer_counts_and_the_later_real_one_is_kept_beside_it() {
    let id = number(2, 1);
    let phone = Some(Proxy::Phone);
    let by_phone = sent(2, 2, 3, receipt(id, BAISHA, Rung::Acknowledged, phone));
    let real = sent(3, 1, 2, receipt(id, BAISHA, Rung::Acknowledged, None));
    let nobody = |_: UnitId, _: RecordId| false;
    let detail =
        |all: &[Sent]| board(all).detail(id, &directory(), 0, &nobody, BAISHA).expect("here");
    let first = detail(&[to_two(Need::Acknowledged), by_phone.clone()]);
    assert_eq!(first.order.acknowledged, 1);
    assert!(!first.order.unanswered_here);
    let baisha = &first.addressees[0];
    assert_eq!((baisha.proxy, baisha.delivered), (phone, false));
    assert_eq!(first.receipts[0].typed_by, "前方指挥部");

    let both = detail(&[to_two(Need::Acknowledged), by_phone, real]);
    assert_eq!((both.order.acknowledged, both.receipts.len()), (1, 2));
    let baisha = &both.addressees[0];
    assert_eq!((baisha.proxy, baisha.delivered), (None, true));
    assert_eq!(baisha.person.as_deref(), Some("甲3"));
    // Oldest first, whatever counts.
    assert_eq!(both.receipts[0].unit_name, "白沙镇");
    assert_eq!(both.receipts[1].proxy, phone);
}

#[test]
fn a_receipt_of_a_unit_that_owes_none_is_shown_and_not_counted() {
    let id = number(2, 1);
    let extra = sent(7, 1, 1, receipt(id, ZHUYANG, Rung::Done, None));
    let board = board(&[to_two(Need::Done), extra]);
    let nobody = |_: UnitId, _: RecordId| false;
    let detail = board.detail(id, &directory(), 0, &nobody, BAISHA).expect("here");
    assert_eq!((detail.order.done, detail.order.owed), (0, 2));
    assert_eq!(detail.receipts[0].unit, ZHUYANG);
    assert!(detail.addressees.iter().all(|row| row.unit != ZHUYANG));
}

#[test]
fn a_device_cannot_answer_for_another_unit_without_proxy() {
    let mut board = board(&[to_two(Need::Done)]);
    let forged = sent(3, 1, 1, receipt(number(2, 1), BOATS, Rung::Done, None));
    assert!(!apply(&mut board, &forged));
    assert_eq!(row(&board, number(2, 1), 2).done, 0);
}

#[test]
fn only_the_issuing_unit_or_the_authority_withdraws() {
    let id = number(2, 1);
    for (author, state) in
        [(3, OrderState::Open), (2, OrderState::Cancelled), (1, OrderState::Cancelled)]
    {
        let board = board(&[to_two(Need::Done), sent(author, 9, 4, cancel(id))]);
        let row = row(&board, id, 5);
        assert_eq!(row.state, state, "by device {author}");
        let is_over = state == OrderState::Cancelled;
        assert_eq!(row.cancel_reason.is_some(), is_over);
        assert_eq!(board.is_withdrawn(id), is_over);
        assert_eq!(row.unanswered_here, !is_over);
    }
}

#[test]
fn an_answer_after_the_withdrawal_is_kept() {
    let id = number(2, 1);
    let late = sent(3, 1, 9, receipt(id, BAISHA, Rung::Done, None));
    let row = row(&board(&[to_two(Need::Done), sent(2, 2, 4, cancel(id)), late]), id, 10);
    assert_eq!((row.state, row.done), (OrderState::Cancelled, 1));
}

#[test]
fn the_issuing_unit_owes_itself_nothing_unless_it_is_named() {
    let directory = directory();
    let owed = |targets: &[Target]| {
        board(&[sent(2, 1, 0, order(targets, Need::Done))]).owed(number(2, 1), &directory)
    };
    assert!(!owed(&[Target::All]).contains(&FORWARD));
    assert_eq!(owed(&[Target::All]).len(), 7);
    assert_eq!(owed(&[Target::Unit(FORWARD)]), [FORWARD]);
    let place = Target::Place(crate::base::ids::PlaceId(2));
    assert_eq!(owed(&[place]), [BAISHA, BAISHA_TEAM]);
    assert!(OrderBoard::new().owed(number(2, 1), &directory).is_empty());
}

#[test]
fn an_order_ahead_of_the_directory_stays_open() {
    let board = board(&[to_two(Need::Acknowledged)]);
    let nobody = |_: UnitId, _: RecordId| false;
    let empty = Directory::new();
    let row = board.row(number(2, 1), &empty, 0, &nobody, BAISHA).expect("here");
    assert_eq!((row.state, row.owed), (OrderState::Open, 0));
    assert!(row.to.contains("通讯录未更新"), "{}", row.to);
}

#[test]
fn an_unverified_order_is_hollow_until_its_seal_comes() {
    let mut board = OrderBoard::new();
    let Said::Order(body) = order(&[Target::Unit(BAISHA)], Need::Done) else { unreachable!() };
    let id = LaneId::first(DeviceId(2), Lane::Command).at(1);
    let placed = Placed { id, at: Hlc::default(), person: &Person::Nobody, body: &body };
    assert!(board.apply_provisional(&placed, FORWARD));
    let hollow = row(&board, number(2, 1), 0);
    assert_eq!((hollow.state, hollow.unanswered_here), (OrderState::Provisional, false));
    assert_eq!(board.open_count(&directory(), 0), 0);
    assert!(board.apply_order(&placed, FORWARD));
    assert!(!board.apply_provisional(&placed, FORWARD));
    let full = row(&board, number(2, 1), 0);
    assert_eq!((full.state, full.unanswered_here), (OrderState::Open, true));
}

#[test]
fn an_order_in_the_wrong_lane_is_no_order() {
    let mut board = OrderBoard::new();
    let Said::Order(body) = order(&[Target::All], Need::Done) else { unreachable!() };
    let id = LaneId::first(DeviceId(2), Lane::Report).at(1);
    let placed = Placed { id, at: Hlc::default(), person: &Person::Nobody, body: &body };
    assert!(!board.apply_order(&placed, FORWARD));
    assert!(board.is_empty());
}

#[test]
fn lists_and_counts_agree() {
    let all = [
        to_two(Need::Acknowledged),
        sent(2, 2, 7, order(&[Target::Unit(BAISHA)], Need::Done)),
        sent(1, 1, 3, order(&[Target::Unit(BOATS)], Need::Done)),
        sent(4, 1, 4, receipt(number(1, 1), BOATS, Rung::Done, None)),
    ];
    let mut board = board(&all);
    let nobody = |_: UnitId, _: RecordId| false;
    let rows = board.rows(&directory(), 8 * MINUTE_MS, &nobody, BAISHA);
    let ids: Vec<SpokenId> = rows.iter().map(|row| row.id).collect();
    assert_eq!(ids, [number(2, 2), number(1, 1), number(2, 1)], "newest first");
    assert_eq!(board.len(), 3);
    assert_eq!(board.open_count(&directory(), 8 * MINUTE_MS), 2);
    let waiting = board.unanswered_here(&directory(), BAISHA, 8 * MINUTE_MS);
    assert_eq!(waiting, [number(2, 1), number(2, 2)], "oldest first");
    assert_eq!(board.take_changed(), [number(1, 1), number(2, 1), number(2, 2)]);
    assert!(board.take_changed().is_empty());
}

#[test]
fn answers_that_wait_for_their_order_have_a_limit() {
    let mut board = OrderBoard::new();
    for seq in 1..=ORDERLESS_MAX as u32 {
        let early = receipt(number(2, seq), BAISHA, Rung::Done, None);
        assert!(apply(&mut board, &sent(3, seq, 0, early)));
    }
    let one_more = ORDERLESS_MAX as u32 + 1;
    let early = receipt(number(2, one_more), BAISHA, Rung::Done, None);
    assert!(!apply(&mut board, &sent(3, one_more, 0, early.clone())));
    assert_eq!((board.dropped_count(), board.len()), (1, 0));
    // An order is taken in whatever waits, and makes room for its answers.
    let late = sent(2, one_more, 0, order(&[Target::Unit(BAISHA)], Need::Done));
    assert!(apply(&mut board, &late));
    assert!(apply(&mut board, &sent(3, one_more, 0, early)));
    assert_eq!(row(&board, number(2, one_more), 1).state, OrderState::Answered);
}

/// A story of up to 60 records about four orders, made by dice.
fn story(seed: u64) -> Vec<Sent> {
    let mut dice = Dice::new(seed);
    let rungs = [Rung::Acknowledged, Rung::Accepted, Rung::Cannot, Rung::Done, Rung::Failed];
    let targets = [Target::All, Target::Unit(BAISHA), Target::Unit(BOATS)];
    let count = dice.below(60);
    let all = (1..=count as u32).map(|seq| {
        let (author, unit) = DEVICES[dice.below(DEVICES.len() as u64) as usize];
        let about = number(1 + dice.below(2) as u16, 1 + dice.below(2) as u32);
        let said = match dice.below(8) {
            0 => cancel(about),
            1 | 2 => {
                let target = targets[dice.below(3) as usize];
                let said = order(&[target], Need::Done);
                return sent(about.author.0, about.seq, u64::from(about.seq), said);
            }
            n => {
                let rung = rungs[dice.below(5) as usize];
                let proxy = (n == 7).then_some(Proxy::Radio);
                receipt(about, if n == 7 { BAISHA } else { unit }, rung, proxy)
            }
        };
        sent(author, 100 + seq, dice.below(30), said)
    });
    let mut all: Vec<Sent> = all.collect();
    // One number, one record: later ones of the same number are forks, which the log freezes.
    let mut seen = BTreeSet::new();
    all.retain(|sent| seen.insert((sent.author, sent.seq)));
    all
}

proptest! {
    #[test]
    fn any_order_of_arrival_and_any_repetition_show_the_same(seed: u64, shuffle: u64) {
        let all = story(seed);
        let mut dice = Dice::new(shuffle);
        let mut mixed = all.clone();
        mixed.extend((0..all.len()).map(|_| all[dice.below(all.len() as u64) as usize].clone()));
        for last in (1..mixed.len()).rev() {
            mixed.swap(last, dice.below(last as u64 + 1) as usize);
        }
        let (straight, mixed) = (board(&all), board(&mixed));
        prop_assert_eq!(&straight.cases, &mixed.cases);
        let nobody = |_: UnitId, _: RecordId| false;
        let rows = |board: &OrderBoard| board.rows(&directory(), 600_000, &nobody, BAISHA);
        prop_assert_eq!(rows(&straight), rows(&mixed));
        prop_assert_eq!(straight.len(), mixed.len());
    }
}
