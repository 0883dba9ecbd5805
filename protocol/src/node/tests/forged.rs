//! A record forged in another's name stands where the true one belongs, at more than one node.

use super::converge::{order, saved_id};
use super::lab::Lab;
use super::made_up::{card, settings, udp};
use crate::base::ids::{DeviceId, LaneId, LinkId};
use crate::base::start::Start;
use crate::keys::frame_key::{FrameKey, FrameSealer, Manner};
use crate::keys::suite::UNDER_TEST;
use crate::local::{Reply, Request};
use crate::node::Input;
use crate::wire::bundle::{Run, Section};
use crate::wire::pack::Pack;

/// The lane in which the first node gives its flash orders.
fn lane() -> LaneId {
    LaneId::flash(DeviceId(1))
}

/// The fourth device, carried off, says on the last link of a node what the first never wrote.
fn forge(lab: &mut Lab, node: usize, link: LinkId, counter: u64) {
    let network = settings(1).network;
    let key = FrameKey::derive(UNDER_TEST, &network.epoch_secret, network.epoch);
    let mut sealer = FrameSealer::new(key, DeviceId(4));
    sealer.begin(Start::of_bytes([0xff; 6]));
    sealer.skip_to(counter);
    let run = Run { lane: lane(), first: 1, records: vec![vec![0x10; 30]], seal: None };
    let mut plain = Vec::new();
    Section::Run(run).pack(&mut plain);
    let frame = sealer.seal(&plain, Manner::WHOLE).expect("a start was begun");
    lab.input(node, Input::Heard { link, frame });
}

fn verified(lab: &Lab, node: usize) -> u32 {
    let book = lab.nodes[node].as_ref().expect("up").book();
    book.lane(lane()).map_or(0, |lane| lane.sealed())
}

#[test]
fn one_carry_file_is_enough_to_put_the_true_record_there() {
    let mut lab = Lab::new(4, 1);
    lab.join(&[1, 2], &udp("b-c"));
    forge(&mut lab, 1, LinkId(1), 9);
    saved_id(lab.ask(0, order("U2", "转移")));
    let Ok(Reply::CarryFile { bytes, .. }) = lab.ask(0, Request::CarryExport { for_device: None })
    else {
        panic!("no file")
    };
    let taken = lab.ask(1, Request::CarryImport { bytes });
    let Ok(Reply::CarryTaken { new, .. }) = taken else { panic!("{taken:?}") };
    assert_eq!((new, verified(&lab, 1)), (1, 1));
}

#[test]
fn the_true_record_arrives_over_a_card_though_another_says_the_forged_one_again_and_again() {
    let mut lab = Lab::new(4, 1);
    lab.join(&[0, 1], &card(78));
    lab.join(&[1, 2], &udp("b-c"));
    lab.run_ms(600_000);
    saved_id(lab.ask(0, order("U2", "转移")));
    for counter in 9..369 {
        forge(&mut lab, 1, LinkId(2), counter);
        lab.run_ms(10_000);
    }
    assert_eq!(verified(&lab, 1), 1);
}

#[test]
fn whoever_cannot_answer_has_a_flash_order_though_it_said_that_it_holds_one_in_its_place() {
    let mut lab = Lab::new(4, 1);
    lab.join(&[0, 1], &udp("a-b"));
    lab.run_ms(30_000);
    forge(&mut lab, 1, LinkId(1), 9);
    lab.run_ms(10_000);
    let node = lab.nodes[0].as_mut().expect("up");
    let contact = &node.links.get_mut(LinkId(1)).expect("joined").contacts[&DeviceId(2)];
    assert_eq!(contact.view(lane()).map(|view| view.head), Some(1), "it said so");
    lab.silence(1, true);
    saved_id(lab.ask(0, order("U2", "转移")));
    lab.run_ms(1_000);
    assert_eq!(verified(&lab, 1), 1, "the order with its seal, in the first frame");
}
