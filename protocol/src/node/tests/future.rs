//! Records of kinds that a later version will have: carried, sealed and passed on by nodes that
//! cannot read them.

use super::lab::Lab;
use super::made_up::{radio, udp};
use crate::base::ids::{DeviceId, Lane, LaneId};
use crate::node::said::urgency;
use crate::wire::record::{Head, Person};

/// A kind that no version has yet.
const KIND: u8 = 0x7e;

/// The first node writes a record of a kind unknown to all, as its next version would.
fn write(lab: &mut Lab, lane: Lane, body: &[u8]) -> Vec<u8> {
    let now = lab.now();
    let node = lab.nodes[0].as_mut().expect("it runs");
    let id = LaneId::first(DeviceId(1), lane);
    let at = node.clock.tick(now.wall);
    let record = Head { kind: KIND, at, person: Person::Nobody }.with_body(body);
    let seq = node.book.lane(id).map_or(0, |lane| lane.head()) + 1;
    node.book.offer(id.at(seq), &record, &urgency);
    node.seal_now(id);
    node.commit();
    lab.drain(0);
    record
}

/// What the last node holds of a lane of the first, if all of it is verified.
fn verified(lab: &Lab, node: usize, lane: Lane) -> Option<Vec<u8>> {
    let book = &lab.nodes[node].as_ref().expect("it runs").book;
    let lane = book.lane(LaneId::first(DeviceId(1), lane))?;
    let is_whole = lane.sealed() == lane.head() && lane.saved() == lane.head();
    lane.record(lane.head()).filter(|_| is_whole).map(<[u8]>::to_vec)
}

#[test]
fn a_record_of_a_later_version_passes_through_a_node_that_cannot_read_it() {
    let mut lab = Lab::new(3, 11);
    let mut narrow = radio(1200);
    narrow.mtu = 77;
    lab.join(&[0, 1], &narrow);
    lab.join(&[1, 2], &udp("1-2"));
    lab.run_ms(30_000);
    for lane in [Lane::Command, Lane::Report, Lane::Stock] {
        // Short enough for a frame, and so long that it goes in parts.
        for body in [vec![7; 12], (0..=255).cycle().take(700).collect()] {
            let record = write(&mut lab, lane, &body);
            assert!(lab.run_until_agreed(600).is_some(), "{lane:?}");
            assert_eq!(verified(&lab, 2, lane), Some(record), "{lane:?}");
        }
    }
}
