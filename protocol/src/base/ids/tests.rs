//! Numbers that people say.

use super::*;

#[test]
fn a_number_is_said_and_read_in_one_way() {
    for (text, incarnation) in [("3-12", 0), ("3.1-12", 1), ("3.127-12", 127)] {
        let id = SpokenId { author: DeviceId(3), incarnation, seq: 12 };
        assert_eq!((id.to_string().as_str(), text.parse()), (text, Ok(id)));
        assert!(!id.is_flash());
    }
    for (text, incarnation) in [("3.0-12", 0x80), ("3.01-12", 0x81), ("3.0127-12", 0xff)] {
        let id = SpokenId { author: DeviceId(3), incarnation, seq: 12 };
        assert_eq!((id.to_string().as_str(), text.parse()), (text, Ok(id)));
        assert!(id.is_flash() && id.in_lane(Lane::Command).lane.is_flash());
    }
    for text in ["3", "3.-1", "3.00-1", "3.010x-1", "3.128-1", "3.0128-1", "3.256-1", "-1", "a-1"] {
        assert_eq!(text.parse::<SpokenId>(), Err(BadSpokenId), "{text}");
    }
}

#[test]
fn the_lanes_of_an_author_come_in_the_order_of_their_names() {
    let lanes = LaneId::all_of(DeviceId(4));
    assert!(lanes.is_sorted());
    let keyed = |is_flash| LaneId::keyed(DeviceId(4), is_flash);
    let flash: Vec<LaneId> = lanes.into_iter().filter(|lane| lane.is_flash()).collect();
    assert_eq!(flash, [LaneId::flash(DeviceId(4)), keyed(true)]);
    let under_the_key: Vec<LaneId> = lanes.into_iter().filter(|lane| lane.is_keyed()).collect();
    assert_eq!(under_the_key, [keyed(false), keyed(true)]);
}

#[test]
fn names_stand_in_the_order_of_their_parts() {
    let parts = |lane: LaneId| (lane.author, lane.incarnation, lane.lane);
    let mut dice = crate::base::dice::Dice::new(5);
    let mut some = |most: u64| dice.below(most);
    let records: Vec<RecordId> = (0..300)
        .map(|_| {
            let lane = Lane::ALL[some(4) as usize];
            let author = DeviceId(65_534 + some(2) as u16);
            let incarnation = [0, 1, 0x80, 0xff][some(4) as usize];
            LaneId { author, incarnation, lane }.at(u32::MAX - some(2) as u32)
        })
        .collect();
    for a in &records {
        for b in &records {
            let ours = (parts(a.lane), a.seq).cmp(&(parts(b.lane), b.seq));
            assert_eq!((a.cmp(b), a.lane.cmp(&b.lane)), (ours, parts(a.lane).cmp(&parts(b.lane))));
            let spoken = |id: RecordId| (id.lane.author, id.lane.incarnation, id.seq);
            let ours = spoken(*a).cmp(&spoken(*b));
            assert_eq!(SpokenId::from(*a).cmp(&SpokenId::from(*b)), ours);
        }
    }
}
