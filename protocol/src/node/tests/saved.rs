//! Nothing is spoken for before it is saved; what was confirmed survives; a failed disk refuses.

use super::converge::{order, saved_id};
use super::lab::Lab;
use super::made_up::udp;
use crate::local::{RefusalCode, Reply, Request};
use crate::node::Input;
use crate::node::input::BatchNo;

#[test]
fn an_order_is_neither_answered_nor_sent_before_it_is_saved() {
    let mut lab = Lab::new(2, 1);
    lab.join(&[0, 1], &udp("a-b"));
    lab.run_ms(10_000);
    lab.disks_work = false;
    let ask = lab.ask_later(0, order("U2", "转移"));
    let before = lab.status(1).records;
    lab.run_ms(5_000);
    assert!(lab.reply(0, ask).is_none(), "answered before it was saved");
    assert_eq!(lab.status(1).records, before, "sent before it was saved");
    lab.release_disks();
    lab.run_ms(5_000);
    saved_id(lab.reply(0, ask).expect("answered after it was saved"));
    assert_eq!(lab.status(1).records, before + 1);
}

#[test]
fn what_the_receiver_has_not_saved_is_not_delivered() {
    let mut lab = Lab::new(2, 1);
    lab.join(&[0, 1], &udp("a-b"));
    lab.run_ms(10_000);
    let id = saved_id(lab.ask(0, order("U2", "转移")));
    lab.disks_work = false;
    lab.run_ms(3_000);
    let delivered = |lab: &mut Lab| match lab.ask(0, Request::Order { id }) {
        Ok(Reply::Order(detail)) => detail.order.delivered,
        other => panic!("{other:?}"),
    };
    assert_eq!(delivered(&mut lab), 0);
    // The receiver loses power with the order unsaved; it comes again, and is saved this time.
    lab.disks_work = true;
    lab.start(1);
    lab.run_ms(30_000);
    assert_eq!(delivered(&mut lab), 1);
}

#[test]
fn a_confirmed_order_survives_a_crash_and_reaches_the_other() {
    let mut lab = Lab::new(2, 1);
    let id = saved_id(lab.ask(0, order("U2", "转移")));
    lab.start(0);
    lab.join(&[0, 1], &udp("a-b"));
    lab.run_ms(15_000);
    assert!(matches!(lab.ask(1, Request::Order { id }), Ok(Reply::Order(_))));
}

#[test]
fn a_failed_disk_refuses_and_says_so() {
    let mut lab = Lab::new(2, 1);
    lab.disks_work = false;
    let ask = lab.ask_later(0, order("U2", "转移"));
    lab.input(0, Input::SaveFailed { batch: BatchNo(1), reason: "磁盘已满".into() });
    let refusal = lab.reply(0, ask).expect("answered at once").expect_err("refused");
    assert_eq!(refusal.code, RefusalCode::NotSaved);
    let refusal = lab.ask(0, order("U2", "再试")).expect_err("still refused");
    assert_eq!(refusal.code, RefusalCode::NotSaved);
    assert!(lab.status(0).unsaved.is_some());
}

#[test]
fn no_counter_is_used_twice_across_restarts() {
    let mut lab = Lab::new(2, 1);
    lab.join(&[0, 1], &udp("a-b"));
    for _ in 0..5 {
        lab.run_ms(10_000);
        saved_id(lab.ask(0, order("U2", "转移")));
        lab.run_ms(2_000);
        lab.start(0);
    }
    lab.run_ms(10_000);
    // A counter used twice would be dropped by the other side as replayed.
    let Ok(Reply::Bearers { bearers }) = lab.ask(1, Request::Bearers) else { panic!("no rows") };
    assert_eq!(bearers[0].dropped, vec![]);
    assert!(lab.agree());
}

#[test]
fn a_delivery_that_the_issuers_disk_cannot_keep_is_not_shown() {
    let mut lab = Lab::new(2, 1);
    lab.join(&[0, 1], &udp("a-b"));
    lab.run_ms(10_000);
    lab.cut(0, 1, true);
    let id = saved_id(lab.ask(0, order("U2", "转移")));
    lab.input(0, Input::SaveFailed { batch: BatchNo(1), reason: "磁盘已满".into() });
    lab.cut(0, 1, false);
    lab.run_ms(180_000);
    let holds = |lab: &Lab, node: usize| {
        let book = lab.nodes[node].as_ref().expect("up").book();
        book.lanes().any(|(lane, it)| lane.author.0 == 1 && it.last_order(it.saved()).is_some())
    };
    assert!(holds(&lab, 1), "the order arrived");
    let delivered = |lab: &mut Lab| match lab.ask_now(0, Request::Order { id }) {
        Some(Ok(Reply::Order(detail))) => detail.order.delivered,
        other => panic!("{other:?}"),
    };
    assert_eq!(delivered(&mut lab), 0, "it would be gone after a crash");
    lab.start(0);
    lab.run_ms(180_000);
    assert_eq!(delivered(&mut lab), 1, "it is said again");
}
