//! Authors of one class take turns on a link that cannot carry all of them at once.

use super::lab::Lab;
use super::made_up::{card, radio, udp};
use crate::base::class::Class;
use crate::base::ids::{DeviceId, Lane, LaneId, LinkId};
use crate::local::Request;
use crate::local::request::OrderDraft;
use crate::node::Input;

/// Orders of each of two authors that wait at a relay.
const ORDERS: u32 = 60;

fn routine(number: u32) -> Request {
    Request::SendOrder(OrderDraft {
        to: "U2".into(),
        class: Some(Class::Routine),
        text: format!("第{number}号通报：请各单位按预案做好值守，逐级报告情况"),
        person: Some("王".into()),
        ..OrderDraft::default()
    })
}

/// Orders of the two authors that the station at the far end holds.
fn held(lab: &Lab) -> [u32; 2] {
    let book = lab.nodes[1].as_ref().expect("up").book();
    [3, 4].map(|author| {
        let lane = LaneId::first(DeviceId(author), Lane::Command);
        book.lane(lane).map_or(0, |lane| lane.head())
    })
}

#[test]
fn two_authors_with_much_to_say_advance_side_by_side() {
    let mut lab = Lab::new(4, 61);
    lab.join(&[0, 1], &radio(1200));
    lab.join(&[0, 2], &udp("c"));
    lab.join(&[0, 3], &udp("d"));
    lab.run_ms(120_000);
    for number in 0..ORDERS {
        lab.ask_later(2, routine(number));
        lab.ask_later(3, routine(number));
    }
    lab.run_ms(3_000);
    for (link, name) in [(LinkId(2), "c"), (LinkId(3), "d")] {
        let reason = "cable".to_owned();
        lab.input(0, Input::LinkDown { link, profile: udp(name), reason });
    }
    // As many as two full frames carry.
    let apart_max = 12;
    let mut looked = 0;
    while held(&lab).iter().sum::<u32>() < 2 * ORDERS && lab.now_ms < 900_000 {
        lab.run_ms(1_000);
        let [one, other] = held(&lab);
        looked += u32::from((1..ORDERS).contains(&one) && (1..ORDERS).contains(&other));
        assert!(one.abs_diff(other) <= apart_max, "{one} of one, {other} of the other");
    }
    assert_eq!(held(&lab), [ORDERS; 2]);
    assert!(looked > 5, "both were on their way for a while");
}

#[test]
fn seals_in_halves_of_many_authors_all_arrive_over_a_card() {
    let mut lab = Lab::new(8, 62);
    lab.join(&[0, 1], &card(78));
    for author in 2..8 {
        lab.join(&[0, author], &udp("wire"));
    }
    lab.run_ms(120_000);
    for author in 2..8 {
        lab.ask_later(author, routine(1));
    }
    // Six records and twelve halves; the answers come the other way.
    let agreed = lab.run_until_agreed(2 * 3600);
    assert!(agreed.is_some(), "halves were begun anew for ever");
}
