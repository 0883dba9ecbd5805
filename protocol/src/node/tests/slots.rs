//! What the few slots of a card are used for: what the other end waits for goes first, what is
//! begun is ended, and what was lost goes again before its answer is missed.

use super::converge::{receipt, saved_id};
use super::lab::Lab;
use super::made_up::{card, udp};
use crate::base::class::Class;
use crate::base::ids::{DeviceId, Lane, LaneId};
use crate::link::profile::Profile;
use crate::local::request::{OrderDraft, Rung};
use crate::local::{Reply, Request};

const SLOT_MS: u64 = 60_000;
const CENTRE: usize = 0;
const TOWN: usize = 1;
const OTHERS: [usize; 2] = [2, 3];

/// A centre, a town with a card of so many bytes, and two posts with a wire that said something.
fn cut_town(bytes: u16) -> Lab {
    let mut lab = Lab::new(4, 5);
    lab.join(&[CENTRE, TOWN], &Profile { half_duplex: false, ..card(bytes) });
    for other in OTHERS {
        lab.join(&[CENTRE, other], &udp("wire"));
        saved_id(lab.ask(other, immediate("all")));
    }
    lab.run_ms(3 * 3_600_000);
    lab
}

/// How much of an author's orders and answers the town holds, and how much of it is verified.
fn held(lab: &Lab, author: usize) -> (u32, u32) {
    let node = lab.nodes[TOWN].as_ref().expect("it runs");
    let lane = node.book().lane(LaneId::first(DeviceId(author as u16 + 1), Lane::Command));
    lane.map_or((0, 0), |lane| (lane.head(), lane.sealed()))
}

fn immediate(to: &str) -> Request {
    Request::SendOrder(OrderDraft {
        to: to.into(),
        class: Some(Class::Immediate),
        text: "即报人数".into(),
        person: Some("王".into()),
        ..OrderDraft::default()
    })
}

#[test]
fn what_others_say_to_others_leaves_the_slot_open_and_goes_along_with_what_concerns_the_town() {
    let mut lab = cut_town(600);
    assert_eq!((held(&lab, 2), held(&lab, 3)), ((1, 1), (1, 1)));
    saved_id(lab.ask(2, immediate("U4")));
    lab.run_ms(3 * SLOT_MS);
    assert_eq!(held(&lab, 2), (1, 1), "it may wait for company");
    saved_id(lab.ask(CENTRE, immediate("U2")));
    lab.run_ms(SLOT_MS / 2);
    assert_eq!(held(&lab, CENTRE), (1, 1), "the slot was open");
    assert_eq!(held(&lab, 2), (2, 2), "there was room for it");
}

#[test]
fn what_others_say_to_others_arrives_without_company_too() {
    let mut lab = cut_town(600);
    saved_id(lab.ask(3, immediate("U3")));
    lab.run_ms(6 * SLOT_MS);
    assert_eq!(held(&lab, 3), (2, 2));
}

#[test]
fn an_answer_to_the_town_goes_before_orders_of_others() {
    let mut lab = cut_town(78);
    let id = saved_id(lab.ask(TOWN, immediate("U3")));
    assert!(lab.run_until_agreed(3_600).is_some());
    for _ in 0..9 {
        saved_id(lab.ask(3, immediate("U1")));
    }
    lab.run_ms(SLOT_MS);
    saved_id(lab.ask(2, receipt(id, Rung::Acknowledged)));
    lab.run_ms(6 * SLOT_MS);
    let Ok(Reply::Order(detail)) = lab.ask(TOWN, Request::Order { id }) else { panic!("no order") };
    assert_eq!(detail.order.acknowledged, 1, "it took no more than two frames");
    assert!(held(&lab, 3).1 < 10, "{:?}", held(&lab, 3));
}

#[test]
fn a_seal_of_which_half_went_out_is_ended_though_its_author_writes_on() {
    let mut lab = cut_town(78);
    for number in 0..9 {
        saved_id(lab.ask(CENTRE, immediate("U2")));
        lab.run_ms(SLOT_MS + 7_000);
        assert!(number < 5 || held(&lab, CENTRE).1 > 0, "{:?}", held(&lab, CENTRE));
    }
    assert!(held(&lab, CENTRE).1 >= 3, "{:?}", held(&lab, CENTRE));
}

#[test]
fn a_seal_begins_in_the_message_of_its_order_and_ends_in_the_next() {
    let mut lab = cut_town(78);
    let Request::SendOrder(draft) = immediate("U2") else { panic!("it is an order") };
    let text = "即赴滨江路三号楼接应被困二十人".into();
    saved_id(lab.ask(CENTRE, Request::SendOrder(OrderDraft { text, ..draft })));
    lab.run_ms(2 * SLOT_MS - 5_000);
    assert_eq!(held(&lab, CENTRE), (1, 1), "it took more than two messages");
}

#[test]
fn an_order_that_was_lost_goes_again_with_the_next_frame() {
    let mut lab = cut_town(600);
    lab.cut(CENTRE, TOWN, true);
    saved_id(lab.ask(CENTRE, immediate("U2")));
    lab.run_ms(SLOT_MS / 2);
    lab.cut(CENTRE, TOWN, false);
    lab.run_ms(SLOT_MS / 2 + 5_000);
    assert_eq!(held(&lab, CENTRE), (0, 0));
    saved_id(lab.ask(CENTRE, immediate("U2")));
    lab.run_ms(SLOT_MS);
    assert_eq!(held(&lab, CENTRE), (2, 2), "the first one was not answered and goes along");
}
