//! Orders, receipts, fixes and stock end up the same everywhere: over hops, loss, doubling, cuts.

use super::lab::Lab;
use super::made_up::{radio, udp};
use crate::base::class::Class;
use crate::base::geo::Point;
use crate::base::quantity::Quantity;
use crate::local::request::{
    LineDraft, MovementDraft, MovementKind, OrderDraft, PositionDraft, ReceiptDraft, Rung,
    WaybillDraft,
};
use crate::local::rows::OrderState;
use crate::local::{Reply, Request};

pub fn order(to: &str, text: &str) -> Request {
    Request::SendOrder(OrderDraft {
        to: to.into(),
        class: Some(Class::Flash),
        text: text.into(),
        person: Some("王".into()),
        ..OrderDraft::default()
    })
}

pub fn receipt(id: crate::base::ids::SpokenId, rung: Rung) -> Request {
    Request::SendReceipt(ReceiptDraft {
        id,
        rung,
        note: "到位".into(),
        person: Some("李".into()),
        proxy: None,
        unit: None,
    })
}

pub fn movement(kind: MovementKind, depot: &str, count: i64) -> Request {
    Request::PostMovement(MovementDraft {
        kind,
        depot: depot.into(),
        lines: vec![LineDraft { item: "冲锋舟".into(), quantity: Quantity::units(count) }],
        party: "单位3".into(),
        note: String::new(),
        person: None,
    })
}

pub fn saved_id(reply: Result<Reply, crate::local::Refusal>) -> crate::base::ids::SpokenId {
    match reply {
        Ok(Reply::Saved { id: Some(id), .. }) => id,
        other => panic!("{other:?}"),
    }
}

fn fix(lab: &Lab) -> Request {
    let point = Point { lat_e7: 290_600_000 + lab.now_ms as i32 % 10_000, lon_e7: 1_061_250_000 };
    Request::ReportPosition(PositionDraft { unit: None, point, state: None })
}

#[test]
fn an_order_over_two_hops_is_delivered_acknowledged_and_done() {
    let mut lab = Lab::new(3, 1);
    lab.join(&[0, 1], &udp("a-b"));
    lab.join(&[1, 2], &radio(1200));
    lab.run_ms(5_000);
    let id = saved_id(lab.ask(0, order("U3", "即赴白沙镇滨江路3号楼接应被困约20人")));
    lab.run_ms(20_000);
    let Ok(Reply::Order(detail)) = lab.ask(0, Request::Order { id }) else { panic!("no order") };
    assert_eq!((detail.order.owed, detail.order.delivered), (1, 1), "{detail:?}");
    assert_eq!(detail.order.state, OrderState::Open);
    saved_id(lab.ask(2, receipt(id, Rung::Acknowledged)));
    saved_id(lab.ask(2, receipt(id, Rung::Done)));
    lab.run_ms(20_000);
    let Ok(Reply::Order(detail)) = lab.ask(0, Request::Order { id }) else { panic!("no order") };
    assert_eq!(detail.order.state, OrderState::Answered);
    assert_eq!(detail.addressees[0].rung, Some(Rung::Done));
    assert_eq!(detail.addressees[0].person.as_deref(), Some("李"));
    assert!(lab.agree());
}

#[test]
fn stock_moves_once_and_adds_up_on_every_node() {
    let mut lab = Lab::new(3, 2);
    lab.join(&[0, 1], &udp("a-b"));
    lab.join(&[1, 2], &udp("b-c"));
    saved_id(lab.ask(0, movement(MovementKind::Opening, "D01", 24)));
    let waybill = Request::ShipWaybill(WaybillDraft {
        from: "D01".into(),
        to: "D02".into(),
        lines: vec![LineDraft { item: "E001".into(), quantity: Quantity::units(4) }],
        carrier: "渝C".into(),
        eta_s: Some(3600),
        note: String::new(),
        person: None,
    });
    let id = saved_id(lab.ask(0, waybill));
    lab.run_ms(3_000);
    let arrive = Request::ArriveWaybill(crate::local::request::ArrivalDraft {
        id,
        lines: Vec::new(),
        note: String::new(),
        person: None,
    });
    saved_id(lab.ask(1, arrive.clone()));
    assert!(lab.ask(1, arrive).is_err(), "goods arrive once");
    assert!(lab.run_until_agreed(30).is_some());
    for node in 0..3 {
        let Ok(Reply::Stock { stock, .. }) =
            lab.ask(node, Request::Stock { depot: None, item: None })
        else {
            panic!("no stock")
        };
        let on_hand: Vec<String> = stock.iter().map(|row| row.on_hand.to_string()).collect();
        assert_eq!(on_hand, ["20", "4"], "node {node}");
    }
}

/// Everyone writes while links lose, double and are cut; then all is healed.
fn history(seed: u64) -> (Option<u64>, Vec<String>) {
    let mut lab = Lab::new(4, seed);
    lab.join(&[0, 1], &udp("a-b"));
    lab.join(&[1, 2, 3], &radio(4800));
    (lab.loss_ppm, lab.double_ppm) = (150_000, 50_000);
    for round in 0..6 {
        if round == 2 {
            lab.cut(0, 1, true);
        }
        for node in 0..4 {
            saved_id(lab.ask(node, order("all", &format!("第{round}轮 {node} 报告情况"))));
            lab.ask(node, fix(&lab)).expect("a valid fix");
            saved_id(lab.ask(node, movement(MovementKind::Receive, "D01", 1)));
            lab.run_ms(700);
        }
        if round == 3 {
            lab.start(2);
        }
    }
    lab.cut(0, 1, false);
    lab.run_ms(61_000);
    let took = lab.run_until_agreed(900);
    let digests = (0..4).map(|node| lab.status(node).digest).collect();
    (took, digests)
}

#[test]
fn after_loss_doubling_cuts_and_a_restart_all_nodes_agree() {
    for seed in 0..12 {
        let (took, digests) = history(seed);
        assert!(took.is_some(), "seed {seed}: {digests:?}");
    }
}

#[test]
fn the_same_seed_gives_the_same_history() {
    assert_eq!(history(5), history(5));
}

#[test]
fn a_node_that_was_away_gets_everything_it_missed() {
    let mut lab = Lab::new(2, 3);
    lab.join(&[0, 1], &radio(9600));
    lab.run_ms(30_000);
    lab.cut(0, 1, true);
    for n in 0..40 {
        saved_id(lab.ask(0, order("U2", &format!("每两小时用北斗报一次人数、伤亡、存粮 {n}"))));
    }
    lab.run_ms(600_000);
    lab.cut(0, 1, false);
    let took = lab.run_until_agreed(240);
    assert!(took.is_some_and(|seconds| seconds < 180), "{took:?}");
}

#[test]
fn an_order_in_parts_arrives_over_a_narrow_link() {
    let mut lab = Lab::new(2, 4);
    let mut narrow = radio(1200);
    narrow.mtu = 77;
    lab.join(&[0, 1], &narrow);
    lab.loss_ppm = 100_000;
    lab.run_ms(30_000);
    let text = "道路抢通前你镇自主指挥，每两小时用北斗报一次人数、伤亡、存粮。".repeat(6);
    let id = saved_id(lab.ask(0, order("U2", &text)));
    assert!(lab.run_until_agreed(600).is_some());
    let Ok(Reply::Order(detail)) = lab.ask(1, Request::Order { id }) else { panic!("no order") };
    assert_eq!(detail.order.text, text);
}

#[test]
fn an_order_whose_ack_was_lost_is_delivered_once_the_digests_agree() {
    let mut lab = Lab::new(2, 6);
    lab.join(&[0, 1], &radio(1200));
    lab.run_ms(300_000);
    let id = saved_id(lab.ask(0, order("U2", "转移")));
    while !matches!(lab.ask(1, Request::Order { id }), Ok(Reply::Order(_))) {
        lab.run_ms(100);
    }
    lab.loss_ppm = 1_000_000;
    lab.run_ms(4_000);
    lab.loss_ppm = 0;
    // It has nothing to acknowledge after a restart; only its beacon says what it holds.
    lab.start(1);
    lab.run_ms(60_000);
    let Ok(Reply::Order(detail)) = lab.ask(0, Request::Order { id }) else { panic!("no order") };
    assert_eq!(detail.order.delivered, 1);
}

#[test]
fn an_order_that_nobody_answers_in_time_says_so_by_itself() {
    let mut lab = Lab::new(2, 5);
    lab.join(&[0, 1], &udp("a-b"));
    lab.run_ms(5_000);
    let Request::SendOrder(draft) = order("U2", "转移") else { unreachable!() };
    let draft = OrderDraft { act_by_s: Some(20), ..draft };
    let id = saved_id(lab.ask(0, Request::SendOrder(draft)));
    lab.run_ms(19_000);
    lab.feeds.clear();
    lab.run_ms(2_000);
    for node in 0..2 {
        let told = lab.feeds.iter().any(|(who, event)| match event {
            crate::local::Event::Order(row) => {
                *who == node && row.id == id && row.state == OrderState::Overdue
            }
            _ => false,
        });
        assert!(told, "node {node}: {:?}", lab.feeds);
    }
}

#[test]
fn a_node_that_restarts_is_told_within_a_minute_that_it_missed_nothing() {
    let mut lab = Lab::new(2, 6);
    let mut quiet = radio(9600);
    quiet.beacon_max_ms = 300_000;
    lab.join(&[0, 1], &quiet);
    lab.run_ms(1_200_000);
    lab.start(1);
    lab.run_ms(45_000);
    let Ok(Reply::Peers { peers }) = lab.ask(1, Request::Peers) else { panic!("no rows") };
    assert!(peers.len() == 1 && peers[0].in_step, "{peers:?}");
}

#[test]
fn a_fix_that_was_lost_on_a_quiet_radio_is_there_a_minute_later() {
    for number in 0..6 {
        let mut lab = Lab::new(2, 70 + number);
        let mut quiet = radio(1200);
        quiet.beacon_max_ms = 600_000;
        lab.join(&[0, 1], &quiet);
        // The pauses between beacons are at their longest.
        lab.run_ms(1_800_000 + number * 91_000);
        lab.loss_ppm = 1_000_000;
        let here = fix(&lab);
        lab.ask(0, here).expect("it is saved");
        lab.run_ms(5_000);
        lab.loss_ppm = 0;
        assert!(!lab.agree(), "it was lost");
        let took_s = lab.run_until_agreed(600);
        assert!(took_s.is_some_and(|took_s| took_s <= 60), "{took_s:?} s");
    }
}
