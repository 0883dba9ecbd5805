//! The most urgent thing leaves in the next frame, however much waits.

use super::converge::{movement, order, receipt, saved_id};
use super::lab::Lab;
use super::made_up::{card, radio, udp};
use crate::base::class::Class;
use crate::base::ids::{DeviceId, Lane, LaneId, LinkId, SpokenId};
use crate::link::profile::Profile;
use crate::local::request::{MovementKind, OrderDraft, Rung};
use crate::local::rows::OrderState;
use crate::local::{Reply, Request};
use crate::node::Input;

fn routine(text: &str) -> Request {
    Request::SendOrder(OrderDraft {
        to: "U2".into(),
        class: Some(Class::Routine),
        text: text.into(),
        person: Some("王".into()),
        ..OrderDraft::default()
    })
}

fn holds(lab: &mut Lab, node: usize, id: SpokenId) -> bool {
    match lab.ask_now(node, Request::Order { id }) {
        Some(Ok(Reply::Order(_))) => true,
        Some(Err(_)) => false,
        other => panic!("{other:?}"),
    }
}

/// Two stations in step, and at the first so much to say that the channel is taken for minutes:
/// its own stock and routine orders, and routine orders that came to it from a third.
fn backlog() -> Lab {
    let mut lab = Lab::new(3, 3);
    lab.join(&[0, 1], &radio(1200));
    lab.join(&[0, 2], &udp("a-c"));
    lab.run_ms(120_000);
    for number in 0..120 {
        lab.ask_later(0, movement(MovementKind::Receive, "D01", number + 1));
        for node in [0, 2] {
            let text = format!("第{number}号通报：请各单位按预案做好值守，逐级报告情况");
            lab.ask_later(node, routine(&text));
        }
    }
    lab.run_ms(20_000);
    // From now on every frame of the first is one on the radio.
    let reason = "cable".to_owned();
    lab.input(0, Input::LinkDown { link: LinkId(2), profile: udp("a-c"), reason });
    assert!(lab.status(0).outbox > 40, "a backlog: {}", lab.status(0).outbox);
    lab
}

#[test]
fn a_flash_order_leaves_in_the_very_next_frame_before_all_that_waits() {
    // Whenever it is given: in the middle of a frame, between two, while answers are awaited.
    for later_ms in (0..6_000).step_by(500) {
        let mut lab = backlog();
        lab.run_ms(later_ms);
        let ask = lab.ask_later(0, order("U2", "白沙镇滨江路立即转移"));
        let id = saved_id(lab.reply(0, ask).expect("saved at once in the lab"));
        assert_eq!(id.to_string(), "1.0-1");
        let sent = lab.sent_frames[0];
        while lab.sent_frames[0] == sent {
            lab.run_ms(1);
        }
        // It is on the air now; nothing else of ours has gone since it was given.
        assert!(!holds(&mut lab, 1, id), "not before it was sent");
        let air_ms = radio(1200).air_ms(256) + 50;
        let end = lab.now_ms + air_ms;
        while lab.now_ms < end && lab.sent_frames[0] == sent + 1 {
            lab.run_ms(1);
        }
        // What ends with the frame is heard in the same moment.
        lab.run_ms(1);
        assert!(lab.sent_frames[0] <= sent + 2, "one frame, and the next has begun");
        assert!(holds(&mut lab, 1, id), "given {later_ms} ms into the backlog");
        assert!(lab.status(0).outbox > 20, "and the rest still waits");
    }
}

#[test]
fn a_flash_order_is_answered_while_the_orders_before_it_still_wait() {
    let mut lab = backlog();
    let ask = lab.ask_later(0, order("U2", "白沙镇滨江路立即转移"));
    let id = saved_id(lab.reply(0, ask).expect("saved at once in the lab"));
    lab.run_ms(5_000);
    assert!(holds(&mut lab, 1, id) && lab.status(0).outbox > 20);
    let answer = lab.ask_now(1, receipt(id, Rung::Acknowledged));
    saved_id(answer.expect("saved at once in the lab"));
    lab.run_ms(10_000);
    match lab.ask_now(0, Request::Order { id }) {
        Some(Ok(Reply::Order(detail))) => assert_eq!(detail.order.acknowledged, 1),
        other => panic!("{other:?}"),
    }
    assert!(lab.status(0).outbox > 20, "and the rest still waits");
}

#[test]
fn a_withdrawal_overtakes_the_order_that_it_withdraws() {
    let mut lab = backlog();
    let ask = lab.ask_later(0, routine("到河滩清点船只"));
    let id = saved_id(lab.reply(0, ask).expect("saved at once in the lab"));
    let (reason, person) = ("水位上涨".to_owned(), None);
    lab.ask_later(0, Request::CancelOrder { id, reason, person });
    let mut seen = OrderState::Provisional;
    while seen == OrderState::Provisional {
        lab.run_ms(500);
        if let Some(Ok(Reply::Order(detail))) = lab.ask_now(1, Request::Order { id }) {
            seen = detail.order.state;
        }
    }
    assert_eq!(seen, OrderState::Cancelled, "it was never shown there as one to be carried out");
}

#[test]
fn a_flash_order_does_not_wait_for_the_answer_to_the_one_before_it() {
    let mut lab = Lab::new(2, 4);
    lab.join(&[0, 1], &radio(1200));
    lab.run_ms(120_000);
    lab.cut(0, 1, true);
    saved_id(lab.ask(0, order("U2", "白沙镇滨江路立即转移")));
    // By now the pauses between two calls are minutes long.
    lab.run_ms(600_000);
    let (sent, now_ms) = (lab.sent_frames[0], lab.now_ms);
    saved_id(lab.ask(0, order("U2", "石门镇码头立即转移")));
    while lab.sent_frames[0] == sent {
        assert!(lab.now_ms < now_ms + 3_000, "it is not on the air");
        lab.run_ms(10);
    }
}

/// The other end said the same once more: the first node has something to acknowledge at once.
fn owe_acks(lab: &mut Lab) {
    let node = lab.nodes[0].as_mut().expect("up");
    let now = node.now.mono;
    let lanes = [2, 3, 4].map(|author| LaneId::first(DeviceId(author), Lane::Stock));
    let link = node.links.get_mut(LinkId(1)).expect("the card");
    link.ack_lanes.extend(lanes);
    link.ack_at = Some((now, now));
}

#[test]
fn a_flash_order_is_not_kept_out_of_small_frames_by_acks() {
    // With so many signs it takes what is left beside acks, more than that, more than a frame.
    for signs in 1..30 {
        let mut lab = Lab::new(4, 5);
        lab.join(&[0, 1], &Profile { min_interval_ms: 10_000, rate_bit_s: 62, ..card(78) });
        lab.join(&[1, 2, 3], &udp("cable"));
        for node in 1..4 {
            lab.ask_later(node, movement(MovementKind::Receive, "D01", 1));
        }
        lab.run_ms(40 * 60_000);
        let text: String = (0..signs).filter_map(|n| char::from_u32(0x4e00 + 97 * n)).collect();
        let sent = lab.sent_frames[0];
        owe_acks(&mut lab);
        let ask = lab.ask_later(0, order("U2", &text));
        let id = saved_id(lab.reply(0, ask).expect("saved at once in the lab"));
        while lab.sent_frames[0] <= sent + 3 && !holds(&mut lab, 1, id) {
            owe_acks(&mut lab);
            lab.run_ms(500);
        }
        assert!(holds(&mut lab, 1, id), "{signs} signs, {} frames", lab.sent_frames[0] - sent);
    }
}
