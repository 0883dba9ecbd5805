//! A disk that is low lets go the words that nobody needs: what they meant, and what the machine
//! says of itself to others, stays, and so does everything of its own and everything open.

use super::converge::{movement, order, receipt, saved_id};
use super::lab::Lab;
use super::made_up::udp;
use crate::base::caps::{PENDING_MAX, PENDING_PER_LANE_MAX};
use crate::base::class::Urgency;
use crate::base::ids::{DeviceId, Lane, LaneId, LinkId, SpokenId};
use crate::base::quantity::Quantity;
use crate::base::room::Measured;
use crate::field::bare::CLEARED;
use crate::local::request::{LineDraft, MovementKind, Rung, WaybillDraft};
use crate::local::rows::{OrderDetail, OrderState, StockRow, WaybillRow};
use crate::local::{Reply, Request};
use crate::node::Input;
use crate::wire::bundle::Run;

const MB: u64 = 1024 * 1024;
const LONG: &str =
    "请于今日十八时前将滨江路沿线低洼处群众全部转移至白沙中学安置点，逐户核对，不漏一人";

fn room(pct: u64) -> Input {
    Input::Room(Measured { used_bytes: pct * MB, quota_bytes: 100 * MB, free_bytes: 1 << 40 })
}

/// The disk is measured as often as it takes until nothing more goes.
fn fill(lab: &mut Lab, node: usize, pct: u64) -> u32 {
    loop {
        let before = lab.status(node).room.evicted_records;
        lab.input(node, room(pct));
        lab.run_ms(1_000);
        let after = lab.status(node).room.evicted_records;
        if after == before {
            return after;
        }
    }
}

fn detail(lab: &mut Lab, node: usize, id: SpokenId) -> OrderDetail {
    match lab.ask(node, Request::Order { id }) {
        Ok(Reply::Order(detail)) => *detail,
        other => panic!("{other:?}"),
    }
}

fn stock(lab: &mut Lab, node: usize) -> (Vec<StockRow>, Vec<WaybillRow>) {
    let rows = lab.ask(node, Request::Stock { depot: None, item: None });
    let (Ok(Reply::Stock { stock, .. }), Ok(Reply::Waybills { waybills })) =
        (rows, lab.ask(node, Request::Waybills))
    else {
        panic!("no stock");
    };
    (stock, waybills)
}

fn live_bytes(lab: &Lab, node: usize) -> usize {
    lab.disks[node].iter().map(|(key, value)| key.len() + value.len() + 43).sum()
}

fn records_of(lab: &Lab, node: usize, author: u8, lane: Lane) -> usize {
    let begin = [b'r', 0, author, 0, lane as u8];
    lab.disks[node].keys().filter(|key| key.starts_with(&begin)).count()
}

/// Nodes 0 to 2 in a triangle; node 1 keeps a depot, node 0 took a snapshot of it.
fn district() -> Lab {
    let mut lab = triangle(41);
    fill_depot(&mut lab);
    lab
}

fn triangle(seed: u64) -> Lab {
    let mut lab = Lab::new(4, seed);
    lab.join(&[0, 1], &udp("a-b"));
    lab.join(&[0, 2], &udp("a-c"));
    lab.join(&[1, 2], &udp("b-c"));
    lab
}

fn fill_depot(lab: &mut Lab) {
    for n in 0..120 {
        let Request::PostMovement(mut draft) = movement(MovementKind::Receive, "D01", 100 + n)
        else {
            panic!("a movement")
        };
        draft.note = format!("民政局调拨单第{n}号，经办人当面点清");
        saved_id(lab.ask(1, Request::PostMovement(draft)));
        if n == 20 {
            let lines = vec![LineDraft { item: "冲锋舟".into(), quantity: Quantity::units(3) }];
            saved_id(lab.ask(
                1,
                Request::ShipWaybill(WaybillDraft {
                    from: "D01".into(),
                    to: "D02".into(),
                    lines,
                    carrier: "渝A12345".into(),
                    eta_s: None,
                    note: String::new(),
                    person: None,
                }),
            ));
        }
    }
    lab.run_ms(70_000);
    assert!(lab.run_until_agreed_among(&[0, 1, 2], 120).is_some());
    saved_id(lab.ask(0, Request::SnapshotStock { person: Some("王".into()) }));
    assert!(lab.run_until_agreed_among(&[0, 1, 2], 120).is_some());
}

#[test]
fn stock_that_a_snapshot_covers_loses_its_remarks_and_not_one_number() {
    let mut lab = district();
    let (shown, before) = (stock(&mut lab, 2), live_bytes(&lab, 2));
    assert_eq!(shown.1[0].carrier, "渝A12345", "on the road");
    assert_eq!(fill(&mut lab, 2, 60), 0, "there is ample room");
    let evicted = fill(&mut lab, 2, 75);
    assert!(evicted > 80, "{evicted}");
    assert_eq!(records_of(&lab, 2, 2, Lane::Stock), 121 - evicted as usize);
    assert_eq!(stock(&mut lab, 2), shown, "waybills on the road and all");
    let after = live_bytes(&lab, 2);
    assert!(after * 3 < before * 2, "{after} of {before} bytes");
    assert!(lab.agree_among(&[0, 1, 2]), "digests are the same");
    // So it is after a restart, and with a directory that folds everything anew.
    lab.start(2);
    assert_eq!((stock(&mut lab, 2), lab.status(2).room.evicted_records), (shown.clone(), evicted));
    lab.input(2, Input::Tick);
    assert!(lab.agree_among(&[0, 1, 2]));
    // What comes later counts as ever.
    saved_id(lab.ask(1, movement(MovementKind::Receive, "D01", 7)));
    lab.run_ms(70_000);
    assert!(lab.run_until_agreed_among(&[0, 1, 2], 120).is_some());
    assert_eq!(stock(&mut lab, 2).0, stock(&mut lab, 1).0);
    // The author and the authority's machine keep everything.
    assert_eq!((fill(&mut lab, 1, 90), fill(&mut lab, 0, 90)), (0, 0));
}

#[test]
fn nothing_of_it_is_fetched_again_while_nobody_lacks_it() {
    let mut lab = district();
    let evicted = fill(&mut lab, 2, 75);
    assert!(evicted > 80);
    // A newcomer beside it alone, which hears nobody else now, is told that it is not there, and
    // does not ask in a loop.
    lab.run_ms(600_000);
    assert_eq!(lab.status(2).room.evicted_records, evicted);
    assert_eq!(records_of(&lab, 2, 2, Lane::Stock), 121 - evicted as usize);
    lab.cut(0, 2, true);
    lab.cut(1, 2, true);
    lab.join(&[2, 3], &udp("c-d"));
    lab.run_ms(60_000);
    let sent = lab.sent_frames[2] + lab.sent_frames[3];
    lab.run_ms(1_200_000);
    let more = lab.sent_frames[2] + lab.sent_frames[3] - sent;
    assert!(more < 400, "{more} frames in twenty minutes over what cannot be had there");
    let head = |lab: &Lab, node: usize| {
        let node = lab.nodes[node].as_ref().expect("runs");
        let id = LaneId::first(DeviceId(2), Lane::Stock);
        node.book.lane(id).map_or(0, |lane| lane.saved_sealed())
    };
    assert!(head(&lab, 3) < 121, "the rest has to come from another");
    // Orders pass all the same.
    let id = saved_id(lab.ask(2, order("U4", LONG)));
    lab.run_ms(20_000);
    assert_eq!(detail(&mut lab, 3, id).order.text, LONG);
    // As soon as it meets one who has it, it has all of it.
    lab.join(&[1, 3], &udp("b-d"));
    assert!(lab.run_until_agreed(120).is_some());
    assert_eq!((head(&lab, 3), stock(&mut lab, 3)), (121, stock(&mut lab, 2)));
}

#[test]
fn orders_that_are_over_lose_their_words_and_open_ones_keep_them() {
    let mut lab = Lab::new(4, 42);
    lab.over_kept_ms = 600_000;
    (0..4).for_each(|node| lab.start(node));
    for pair in [[0, 1], [0, 2], [1, 2], [2, 3], [0, 3]] {
        lab.join(&pair, &udp("a-b"));
    }
    let mut over = Vec::new();
    for n in 0..50 {
        let id = saved_id(lab.ask(0, order("U2", &format!("第{n}号：{LONG}"))));
        over.push(id);
        lab.run_ms(2_000);
        saved_id(lab.ask(1, receipt(id, Rung::Acknowledged)));
    }
    let open = saved_id(lab.ask(0, order("U4", LONG)));
    lab.run_ms(60_000);
    let late: Vec<_> = (0..40).map(|_| saved_id(lab.ask(0, order("U2", LONG)))).collect();
    lab.run_ms(5_000);
    for id in late {
        saved_id(lab.ask(1, receipt(id, Rung::Acknowledged)));
    }
    assert!(lab.run_until_agreed(120).is_some());
    let before: Vec<_> = over.iter().map(|id| detail(&mut lab, 2, *id)).collect();
    assert_eq!(fill(&mut lab, 2, 75), 0, "none is old enough");
    lab.run_ms(1_300_000);
    let evicted = fill(&mut lab, 2, 75);
    assert!(evicted >= 90, "{evicted}");
    for (id, was) in over.iter().zip(before) {
        let is = detail(&mut lab, 2, *id);
        assert_eq!((is.order.state, is.order.text.as_str()), (OrderState::Answered, CLEARED));
        assert_eq!(
            (was.order.owed, was.order.acknowledged),
            (is.order.owed, is.order.acknowledged)
        );
        assert_eq!(is.receipts.len(), was.receipts.len());
        assert_eq!(
            (is.receipts[0].rung, is.receipts[0].at_ms),
            (Rung::Acknowledged, was.receipts[0].at_ms)
        );
    }
    assert_eq!(detail(&mut lab, 2, open).order.text, LONG, "open");
    assert!(lab.agree());
    // On those who wrote them they stay, whatever the disk.
    fill(&mut lab, 1, 75);
    assert_eq!(fill(&mut lab, 0, 99), 0);
    assert_eq!(records_of(&lab, 1, 2, Lane::Command), 90, "its own receipts");
    assert!(detail(&mut lab, 0, over[0]).order.text.contains(LONG));
    // Restarted it shows the same, and hears no old bell ring.
    lab.start(2);
    assert_eq!(lab.status(2).room.evicted_records, evicted);
    assert_eq!(detail(&mut lab, 2, over[3]).order.state, OrderState::Answered);
    assert_eq!(lab.status(2).unanswered_here, 0);
}

#[test]
fn what_two_others_are_not_known_to_hold_stays() {
    let mut lab = Lab::new(3, 43);
    lab.over_kept_ms = 1_000;
    (0..3).for_each(|node| lab.start(node));
    lab.join(&[0, 2], &udp("a-c"));
    let ids: Vec<_> = (0..60).map(|_| saved_id(lab.ask(0, order("U3", LONG)))).collect();
    lab.run_ms(20_000);
    for id in &ids {
        saved_id(lab.ask(2, receipt(*id, Rung::Acknowledged)));
    }
    assert!(lab.run_until_agreed_among(&[0, 2], 60).is_some());
    lab.run_ms(10_000);
    assert_eq!(fill(&mut lab, 2, 90), 0, "its author alone has it beside us");
    assert_eq!(detail(&mut lab, 2, ids[0]).order.text, LONG);
}

#[test]
fn what_a_neighbour_of_today_lacks_stays_until_nothing_but_orders_is_taken_in() {
    let wait_for_it = |pct| {
        let mut lab = triangle(44);
        lab.join(&[2, 3], &udp("c-d"));
        saved_id(lab.ask(0, order("U4", LONG)));
        lab.run_ms(20_000);
        lab.cut(2, 3, true);
        fill_depot(&mut lab);
        let gone = fill(&mut lab, 2, pct);
        lab.cut(2, 3, false);
        (gone, lab.run_until_agreed(900).is_some(), lab)
    };
    // Node 3 hears nobody else.
    let (gone, is_told, mut lab) = wait_for_it(80);
    assert_eq!((gone, is_told), (0, true));
    // With nothing to go it was not looked for again at once.
    lab.run_ms(600_000);
    assert!(fill(&mut lab, 2, 80) > 80, "once it is there as well, it goes");
    let (gone, is_told, mut lab) = wait_for_it(96);
    assert!(gone > 80 && !is_told, "{gone}");
    assert_eq!(lab.status(2).room.evicted_records, gone, "it would go again at once");
    // As soon as there is room, it is fetched from the author, and stays until it is held there.
    lab.input(2, room(80));
    let agreed_ms = lab.run_until_agreed(900);
    assert!(agreed_ms.is_some());
    let shown = stock(&mut lab, 1);
    assert_eq!((stock(&mut lab, 2), stock(&mut lab, 3)), (shown.clone(), shown));
    let held =
        |lab: &mut Lab| (records_of(lab, 2, 2, Lane::Stock), lab.status(2).room.evicted_records);
    assert_eq!(held(&mut lab), (121, 0), "remarks and all");
    assert!(!lab.disks[2].keys().any(|key| key[0] == b'g'), "no stub is left");
    lab.start(2);
    assert_eq!(held(&mut lab), (121, 0));
    lab.input(2, Input::Tick);
    assert!(lab.agree());
    assert!(fill(&mut lab, 2, 80) > 80, "once it is there as well, it goes again");
}

#[test]
fn what_is_false_does_not_take_the_place_of_what_went() {
    let mut lab = district();
    let gone = fill(&mut lab, 2, 75);
    let lane = LaneId::first(DeviceId(2), Lane::Stock);
    let node = lab.nodes[2].as_mut().expect("runs");
    let (first, last) = node.book.lane(lane).and_then(|lane| lane.row_around(5)).expect("a row");
    node.links.get_mut(LinkId(1)).expect("joined").note_proved(DeviceId(1));
    node.fetch_for(LinkId(1), DeviceId(1), lane.at(5));
    let run = |first, count: u32| Run {
        lane,
        first,
        records: (0..count).map(|_| b"forged".to_vec()).collect(),
        seal: None,
    };
    // What does not go on from what is here is passed over, and so is what was not asked for.
    node.take_fetched(LinkId(1), &run(first + 1, 4));
    node.take_fetched(LinkId(1), &Run { lane: LaneId::flash(DeviceId(2)), ..run(first, 4) });
    node.take_fetched(LinkId(1), &run(first, last - first));
    assert_eq!(lab.status(2).room.evicted_records, gone);
    let node = lab.nodes[2].as_mut().expect("runs");
    node.take_fetched(LinkId(1), &run(last, 1));
    assert_eq!(lab.status(2).room.evicted_records, gone, "the chain tells");
    let Ok(Reply::Bearers { bearers }) = lab.ask(2, Request::Bearers) else { panic!("no rows") };
    let dropped: Vec<_> = bearers.iter().flat_map(|bearer| &bearer.dropped).collect();
    assert!(dropped.iter().any(|(why, _)| why == "not_what_went"), "{dropped:?}");
}

#[test]
fn a_carry_file_brings_what_stands_behind_what_went() {
    let mut lab = district();
    let carry = |lab: &mut Lab| {
        let export = Request::CarryExport { for_device: None };
        let Ok(Reply::CarryFile { bytes, records }) = lab.ask(2, export) else { panic!("no file") };
        assert!(lab.ask(3, Request::CarryImport { bytes }).is_ok());
        records
    };
    let before = carry(&mut lab);
    let gone = fill(&mut lab, 2, 75);
    assert!(gone > 80);
    for _ in 0..3 {
        saved_id(lab.ask(1, movement(MovementKind::Receive, "D01", 7)));
    }
    saved_id(lab.ask(0, order("U4", LONG)));
    lab.run_ms(70_000);
    assert!(lab.run_until_agreed_among(&[0, 1, 2], 120).is_some());
    // Node 3 hears nobody: whatever it has came on the stick.
    assert_eq!(carry(&mut lab), before + 4 - gone);
    lab.run_ms(1_000);
    assert!(lab.agree_among(&[0, 1, 2, 3]));
    assert_eq!(stock(&mut lab, 3).0, stock(&mut lab, 1).0);
}

#[test]
fn what_a_carry_file_brings_early_leaves_half_of_the_room_to_links() {
    let mut lab = district();
    assert!(fill(&mut lab, 2, 75) > 80);
    let export = Request::CarryExport { for_device: None };
    let Ok(Reply::CarryFile { bytes, .. }) = lab.ask(2, export) else { panic!("no file") };
    let mut refused = |lanes: u16| {
        lab.start(3);
        let node = lab.nodes[3].as_mut().expect("runs");
        for author in 0..lanes {
            let lane = LaneId::first(DeviceId(100 + author), Lane::Report);
            for seq in 2..2 + PENDING_PER_LANE_MAX as u32 {
                node.book.offer(lane.at(seq), &[1; 9], &|_| Urgency::Report);
            }
        }
        match lab.ask(3, Request::CarryImport { bytes: bytes.clone() }) {
            Ok(Reply::CarryTaken { refused, .. }) => refused,
            other => panic!("{other:?}"),
        }
    };
    let half = (PENDING_MAX / PENDING_PER_LANE_MAX / 2) as u16;
    assert_eq!(refused(half - 1), vec![]);
    let refused = refused(half);
    assert!(matches!(&refused[..], [(why, 20..)] if why == "no_room"), "{refused:?}");
}
