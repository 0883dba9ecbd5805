//! Many who hear each other, and lose frames: sums make up for what each of them lost.

use super::converge::saved_id;
use super::lab::Lab;
use super::made_up::radio;
use crate::base::class::Class;
use crate::base::ids::DeviceId;
use crate::local::Request;
use crate::local::request::OrderDraft;
use crate::node::Node;
use crate::wire::bundle::Heads;

/// Stations of a channel, each of which has written while nobody heard it.
const STATIONS: usize = 12;

fn order(text: &str) -> Request {
    Request::SendOrder(OrderDraft {
        to: "U1".into(),
        class: Some(Class::Routine),
        text: text.into(),
        person: Some("王".into()),
        ..OrderDraft::default()
    })
}

/// Stations that were apart hear each other again, with so many of a million frames lost at each.
fn channel(loss_ppm: u32, seed: u64) -> Lab {
    let mut lab = Lab::new(STATIONS, seed);
    let all: Vec<usize> = (0..STATIONS).collect();
    lab.join(&all, &radio(4800));
    // Everyone has heard everyone.
    lab.run_ms(600_000);
    assert!(lab.run_until_agreed(600).is_some());
    all.iter().for_each(|node| lab.cut(*node, (*node + 1) % STATIONS, true));
    for node in 0..STATIONS {
        for n in 0..2 {
            saved_id(lab.ask(node, order(&format!("第{n}批人员已到安置点"))));
        }
    }
    lab.run_ms(200_000);
    lab.loss_ppm = loss_ppm;
    all.iter().for_each(|node| lab.cut(*node, (*node + 1) % STATIONS, false));
    lab
}

#[test]
fn many_who_lost_different_frames_come_to_rest_by_sums() {
    let mut said = 0;
    for seed in 0..3 {
        let mut lab = channel(150_000, seed);
        let took = lab.run_until_agreed(1_800);
        assert!(took.is_some(), "seed {seed}");
        said += lab.sums_said();
    }
    assert!(said > 3, "sums were said: {said}");
}

#[test]
fn where_nothing_is_lost_sums_are_no_reason_to_disagree() {
    let mut lab = channel(0, 9);
    assert!(lab.run_until_agreed(1_800).is_some());
}

#[test]
fn whoever_tells_in_full_what_it_holds_is_owed_sums_of_what_it_lost() {
    let mut lab = Lab::new(STATIONS, 4);
    let all: Vec<usize> = (0..STATIONS).collect();
    lab.join(&all, &radio(4800));
    lab.run_ms(600_000);
    assert!(lab.run_until_agreed(600).is_some());
    for n in 0..3 {
        saved_id(lab.ask(n + 1, order(&format!("第{n}批人员已到安置点"))));
    }
    assert!(lab.run_until_agreed(600).is_some());
    let node = lab.nodes[0].as_mut().expect("it is up");
    let link = node.links.keys().next().expect("the radio");
    let owed = |node: &Node| node.links.get(link).map(|link| link.sums.owed());
    assert_eq!(owed(node), Some(0));
    // The last station says that it has nothing at all.
    let (from, to) = (DeviceId(0), DeviceId(u16::MAX));
    node.heard_heads(link, DeviceId(STATIONS as u16), &Heads { from, to, holdings: Vec::new() });
    assert!(owed(node) > Some(0), "what is left to sums is never said otherwise");
}
