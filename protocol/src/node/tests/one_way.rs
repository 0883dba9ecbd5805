//! A card that carries one way only: what the other end lacks goes there without a question.

use super::converge::{movement, saved_id};
use super::lab::Lab;
use super::made_up::card;
use crate::base::class::Class;
use crate::base::ids::{DeviceId, Lane, LaneId};
use crate::link::profile::Profile;
use crate::local::Request;
use crate::local::request::{MovementKind, OrderDraft};

const HOUR_MS: u64 = 3_600_000;
const CENTRE: usize = 0;
const TOWN: usize = 1;

fn to_all(class: Class, number: u32) -> Request {
    Request::SendOrder(OrderDraft {
        to: "all".into(),
        class: Some(class),
        text: format!("第{number}号：沿江各村即报人数"),
        person: Some("王".into()),
        ..OrderDraft::default()
    })
}

/// What the town has verified of a lane of the centre.
fn verified(lab: &Lab, lane: LaneId) -> u32 {
    let book = lab.nodes[TOWN].as_ref().expect("it runs").book();
    book.lane(lane).map_or(0, |lane| lane.sealed())
}

#[test]
fn a_town_that_cannot_answer_has_the_orders_of_a_cut_without_asking_for_one() {
    for (bytes, orders) in [(78, 6), (600, 6)] {
        let mut lab = Lab::new(2, 11);
        lab.join(&[CENTRE, TOWN], &Profile { half_duplex: false, ..card(bytes) });
        lab.run_ms(3 * HOUR_MS);
        lab.cut(CENTRE, TOWN, true);
        for number in 1..=orders {
            saved_id(lab.ask(CENTRE, to_all(Class::Immediate, number)));
        }
        saved_id(lab.ask(CENTRE, to_all(Class::Flash, 7)));
        saved_id(lab.ask(CENTRE, movement(MovementKind::Receive, "D01", 1)));
        lab.run_ms(HOUR_MS);
        let lanes = [LaneId::first(DeviceId(1), Lane::Command), LaneId::flash(DeviceId(1))];
        assert_eq!(lanes.map(|lane| verified(&lab, lane)), [0, 0]);
        lab.cut(CENTRE, TOWN, false);
        lab.silence(TOWN, true);
        lab.run_ms(3 * HOUR_MS);
        assert_eq!(lanes.map(|lane| verified(&lab, lane)), [orders, 1], "a card of {bytes} bytes");
        // Who hears again is answered with the rest.
        lab.silence(TOWN, false);
        assert!(lab.run_until_agreed(3 * 3_600).is_some(), "a card of {bytes} bytes");
    }
}

#[test]
fn calls_to_a_town_that_is_gone_leave_two_thirds_of_the_slots_of_a_card_to_others() {
    const HOURS: u64 = 24;
    let mut lab = Lab::new(2, 11);
    lab.join(&[CENTRE, TOWN], &Profile { half_duplex: false, ..card(78) });
    lab.run_ms(3 * HOUR_MS);
    lab.cut(CENTRE, TOWN, true);
    for number in 1..=60 {
        saved_id(lab.ask(CENTRE, to_all(Class::Immediate, number)));
    }
    let before = lab.sent_frames[CENTRE];
    lab.run_ms(HOURS * HOUR_MS);
    let frames = lab.sent_frames[CENTRE] - before;
    assert!(frames < HOURS * 60 / 3, "{frames} of {} slots", HOURS * 60);
}
