//! What nobody may act upon any more: it still goes, behind all else, and shows as expired.

use super::converge::{order, receipt, saved_id};
use super::lab::Lab;
use super::made_up::{radio, udp};
use crate::base::class::Class;
use crate::base::ids::SpokenId;
use crate::local::request::{OrderDraft, Rung};
use crate::local::rows::{OrderRow, OrderState};
use crate::local::{Event, Reply, Request};

fn of_class(class: Class, text: &str, expires_s: Option<u32>) -> Request {
    let Request::SendOrder(draft) = order("U2", text) else { unreachable!() };
    Request::SendOrder(OrderDraft { class: Some(class), expires_s, ..draft })
}

/// Words that no model of the language makes short.
fn rare_words(seed: u32) -> String {
    (0..150).filter_map(|n| char::from_u32(0x4E00 + (n * 7_919 + seed * 331) % 20_000)).collect()
}

fn shown(lab: &mut Lab, node: usize, id: SpokenId) -> Option<OrderRow> {
    match lab.ask_now(node, Request::Order { id }) {
        Some(Ok(Reply::Order(detail))) => Some(detail.order),
        Some(Err(_)) => None,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_order_that_comes_after_its_expiry_asks_for_nothing_and_says_why() {
    let mut lab = Lab::new(2, 7);
    lab.join(&[0, 1], &udp("a-b"));
    lab.run_ms(5_000);
    lab.cut(0, 1, true);
    let valid = of_class(Class::Flash, "桥将爆破，18时前全部撤到桥北", Some(60));
    let id = saved_id(lab.ask(0, valid));
    lab.run_ms(59_000);
    assert_eq!(shown(&mut lab, 0, id).map(|row| row.state), Some(OrderState::Open));
    lab.feeds.clear();
    lab.run_ms(3_000);
    // Its issuer hears by itself that it is over, and that it was not delivered.
    let told = lab.feeds.iter().any(|(who, event)| match event {
        Event::Order(row) => *who == 0 && row.id == id && row.state == OrderState::Expired,
        _ => false,
    });
    assert!(told, "{:?}", lab.feeds);
    lab.cut(0, 1, false);
    lab.run_ms(120_000);
    let late = shown(&mut lab, 1, id).expect("the chain has no gap");
    assert_eq!((late.state, late.unanswered_here), (OrderState::Expired, false));
    assert_eq!(lab.status(1).unanswered_here, 0, "nothing rings for it");

    let refusal = lab.ask(1, receipt(id, Rung::Accepted)).expect_err("nobody sets out now");
    assert!(refusal.zh.contains("有效期") && refusal.en.contains("expired"), "{refusal}");
    // What was done is a fact, whenever it is told.
    saved_id(lab.ask(1, receipt(id, Rung::Done)));
    lab.run_ms(60_000);
    let row = shown(&mut lab, 0, id).expect("its own");
    assert_eq!((row.state, row.done), (OrderState::Answered, 1));
}

#[test]
fn an_expired_flash_order_lets_a_routine_one_go_before_it() {
    // With the expiry behind it and without one: the other way round.
    for (expires_s, is_first) in [(Some(30), false), (None, true)] {
        let mut lab = Lab::new(2, 8);
        // Neither fits a frame together with the other.
        let flash = of_class(Class::Flash, &rare_words(1), expires_s);
        let flash = saved_id(lab.ask(0, flash));
        let routine = of_class(Class::Routine, &rare_words(2), None);
        let routine = saved_id(lab.ask(0, routine));
        lab.run_ms(60_000);
        lab.join(&[0, 1], &radio(1200));
        let end = lab.now_ms + 900_000;
        let (mut has_flash, mut has_routine) = (false, false);
        while !(has_flash || has_routine) && lab.now_ms < end {
            lab.run_ms(50);
            has_flash = shown(&mut lab, 1, flash).is_some();
            has_routine = shown(&mut lab, 1, routine).is_some();
        }
        assert_eq!((has_flash, has_routine), (is_first, !is_first), "expiry {expires_s:?}");
        lab.run_ms(600_000);
        assert!(shown(&mut lab, 1, flash).is_some(), "it comes all the same");
    }
}

#[test]
fn an_order_is_expired_after_a_restart_as_well() {
    let mut lab = Lab::new(2, 9);
    lab.join(&[0, 1], &udp("a-b"));
    let id = saved_id(lab.ask(0, of_class(Class::Immediate, "备车", Some(10))));
    lab.run_ms(20_000);
    for node in 0..2 {
        lab.start(node);
        lab.run_ms(1_000);
        let row = shown(&mut lab, node, id).expect("there");
        assert_eq!(row.state, OrderState::Expired, "node {node}");
    }
}
