//! Two nodes that were cut from each other tell in few bytes what they have verified, and still do
//! when one of them forgot what both agreed on.

use super::converge::{movement, order, saved_id};
use super::lab::Lab;
use super::made_up::{radio, udp};
use crate::base::ids::{DeviceId, Lane, LaneId, LinkId};
use crate::link::lists::Rung;
use crate::local::request::MovementKind;
use crate::node::Input;

const STATIONS: usize = 14;
const RADIO: usize = 1;

/// Everyone has written; 0 and 1 hold all of it, and a radio is all that is between the two.
fn everyone_has_written() -> Lab {
    let mut lab = Lab::new(STATIONS, 5);
    let wired: Vec<usize> = (0..STATIONS).filter(|node| *node != RADIO).collect();
    lab.join(&[0, RADIO], &radio(1200));
    lab.join(&wired, &udp("lan"));
    for node in 0..STATIONS {
        saved_id(lab.ask(node, order("U1", "水位报告")));
    }
    assert!(lab.run_until_agreed(1_800).is_some());
    lab.run_ms(900_000);
    lab
}

/// Lists said on the radio by 0 and 1.
fn said(lab: &Lab, rung: Rung) -> u64 {
    let of = |node: usize| {
        let link = lab.nodes[node].as_ref().and_then(|node| node.links.get(LinkId(1)));
        link.map_or(0, |link| link.lists.said(rung))
    };
    of(0) + of(RADIO)
}

/// What nobody waits for: it is not repeated to one that is not heard.
fn write_apart(lab: &mut Lab) {
    lab.cut(0, RADIO, true);
    saved_id(lab.ask(0, movement(MovementKind::Receive, "D01", 1)));
    saved_id(lab.ask(RADIO, movement(MovementKind::Receive, "D01", 1)));
    saved_id(lab.ask(5, movement(MovementKind::Receive, "D01", 1)));
    lab.run_ms(3_600_000);
    lab.cut(0, RADIO, false);
}

#[test]
fn what_rose_since_both_agreed_tells_the_whole_list() {
    let mut lab = everyone_has_written();
    lab.cut(0, RADIO, true);
    saved_id(lab.ask(RADIO, movement(MovementKind::Receive, "D01", 1)));
    // Sealed, and no longer passing.
    lab.run_ms(1_800_000);
    let (heads, now) = (said(&lab, Rung::Heads), lab.now().mono);
    let speaker = lab.nodes[RADIO].as_mut().expect("it runs");
    let link = speaker.links.get_mut(LinkId(1)).expect("the radio");
    (link.heads_at, link.lists.to) = (Some(now), DeviceId(1));
    lab.cut(0, RADIO, false);
    lab.input(RADIO, Input::Tick);
    assert_eq!((said(&lab, Rung::Delta), said(&lab, Rung::Heads)), (1, heads));
    lab.run_ms(3_000);
    let hearer = lab.nodes[0].as_ref().expect("it runs");
    let device = DeviceId(RADIO as u16 + 1);
    let view = hearer.links.get(LinkId(1)).expect("the radio").contacts[&device]
        .view(LaneId::first(device, Lane::Stock));
    assert_eq!(view.map(|view| view.said), Some(1));
    assert!(lab.run_until_agreed(600).is_some());
}

#[test]
fn one_that_restarted_tells_its_list_by_a_sketch() {
    let mut lab = everyone_has_written();
    lab.start(0);
    lab.start(RADIO);
    write_apart(&mut lab);
    lab.start(0);
    lab.start(RADIO);
    assert!(lab.run_until_agreed(3_600).is_some());
    assert!(said(&lab, Rung::Sketch) > 0);
    assert_eq!(said(&lab, Rung::Heads), 0);
}

#[test]
fn what_one_forgot_is_said_again_another_way_until_it_is_understood() {
    let mut lab = everyone_has_written();
    write_apart(&mut lab);
    // Only one of the two still knows what both agreed on.
    lab.start(RADIO);
    assert!(lab.run_until_agreed(3_600).is_some());
}
