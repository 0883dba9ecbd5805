//! Lists that differ in a few heads: said as sketch and as delta, understood, or refused.

use super::*;
use crate::base::dice::Dice;
use crate::base::start::{FrameNo, Start};

const SALT: Salt = Salt { network_key: [7; 32], sender: DeviceId(3), number: NUMBER };
const NUMBER: FrameNo = FrameNo { start: Start::of_bytes([0; 6]), counter: 99 };

fn list(devices: u16, dice: &mut Dice) -> HeadVector {
    let lanes: Vec<LaneId> = (1..=devices)
        .flat_map(|device| PLACED.map(|lane| LaneId::first(DeviceId(device), lane)))
        .collect();
    let heads = lanes.iter().map(|_| dice.below(2_000) as u32).collect();
    HeadVector::new(lanes, heads, vec![(LaneId::first(DeviceId(1), Lane::Directory), 4)])
}

/// Some heads are larger by one to `by`.
fn risen(list: &HeadVector, count: usize, by: u64, dice: &mut Dice) -> HeadVector {
    let mut heads = list.heads.clone();
    for _ in 0..count {
        let at = dice.below(heads.len() as u64) as usize;
        heads[at] += 1 + dice.below(by) as u32;
    }
    HeadVector::new(list.lanes.to_vec(), heads, list.others.clone())
}

#[test]
fn a_list_that_follows_heads_is_the_list_of_those_heads() {
    let mut dice = Dice::new(9);
    let start = list(5, &mut dice);
    // The first two have places; the others come, rise, and go.
    let ids = [
        LaneId::first(DeviceId(2), Lane::Command),
        LaneId::first(DeviceId(5), Lane::Stock),
        LaneId::first(DeviceId(1), Lane::Directory),
        LaneId { incarnation: 3, ..LaneId::first(DeviceId(2), Lane::Command) },
        LaneId::first(DeviceId(9), Lane::Stock),
    ];
    let mut now = start.clone();
    for _ in 0..400 {
        let (id, head) = (ids[dice.below(5) as usize], dice.below(4) as u32);
        now.follow([(id, head)].into_iter());
        let mut all: std::collections::BTreeMap<LaneId, u32> = now.iter().collect();
        assert_eq!(all.insert(id, head).unwrap_or(0), head);
        let heads = start.lanes.iter().map(|lane| all.remove(lane).unwrap_or(0)).collect();
        let others = all.into_iter().filter(|(_, head)| *head > 0).collect();
        assert_eq!(now, HeadVector::new(start.lanes.to_vec(), heads, others));
    }
}

#[test]
fn a_sketch_tells_the_whole_list_to_one_who_is_behind_and_to_one_who_is_ahead() {
    let mut dice = Dice::new(1);
    for devices in [3, 30, 85, 86, 340] {
        let base = list(devices, &mut dice);
        let (a, b) = (risen(&base, 4, 60, &mut dice), risen(&base, 4, 60, &mut dice));
        let sketch = a.sketch(a.symbols_for(8), &SALT);
        assert_eq!(b.by_sketch(&sketch, &SALT), Some(a.clone()), "{devices}");
        assert_eq!(a.by_sketch(&sketch, &SALT), Some(a), "equal lists agree");
    }
}

#[test]
fn one_far_behind_is_not_taken_for_one_ahead() {
    let mut dice = Dice::new(2);
    let behind = list(20, &mut dice);
    let mut heads = behind.heads.clone();
    heads[7] += 200;
    let ahead = HeadVector::new(behind.lanes.to_vec(), heads, behind.others.clone());
    assert_eq!(behind.by_sketch(&ahead.sketch(16, &SALT), &SALT), None);
    assert_eq!(nearest(5, 250), 250, "there is no head below none");
    assert_eq!((nearest(300, 43), nearest(300, 250)), (299, 250));
}

#[test]
fn a_sketch_that_is_too_short_never_gives_a_wrong_list() {
    let mut dice = Dice::new(3);
    for _ in 0..300 {
        let base = list(40, &mut dice);
        let other = risen(&base, 12, 5, &mut dice);
        let learnt = base.by_sketch(&other.sketch(4, &SALT), &SALT);
        assert!(learnt.is_none_or(|learnt| learnt == other));
    }
}

#[test]
fn a_delta_costs_about_a_byte_for_each_lane_that_rose() {
    let mut dice = Dice::new(4);
    let base = list(100, &mut dice);
    let now = risen(&base, 40, 3, &mut dice);
    let delta = now.delta(&base, &SALT).expect("the same lanes");
    assert_eq!(base.by_delta(&delta, &SALT).as_ref(), Some(&now));
    assert_eq!(now.by_delta(&delta, &SALT), None, "it is not since this list");
    assert!(delta.packed().len() <= 10 + 45, "{} bytes", delta.packed().len());
    assert_eq!(base.delta(&now, &SALT), None, "heads never fall");
    assert_eq!(Delta::unpack_all(&delta.packed()), Ok(delta));
}

#[test]
fn another_list_of_lanes_is_not_understood() {
    let mut dice = Dice::new(5);
    let (short, long) = (list(30, &mut dice), list(31, &mut dice));
    assert_eq!(short.by_sketch(&long.sketch(16, &SALT), &SALT), None);
    assert_eq!(short.delta(&long, &SALT), None);
    let mut others = short.others.clone();
    others[0].1 += 1;
    let directory = HeadVector::new(short.lanes.to_vec(), short.heads.clone(), others);
    assert_eq!(short.by_sketch(&directory.sketch(16, &SALT), &SALT), None);
}

#[test]
fn what_is_lacking_of_a_list_is_told_in_half_the_bytes_of_names() {
    let mut dice = Dice::new(6);
    let base = list(200, &mut dice);
    let theirs = risen(&base, 30, 3, &mut dice);
    let lacked = base.iter().zip(theirs.iter()).filter(|((_, ours), (_, theirs))| theirs > ours);
    let wants: Vec<RecordId> = lacked.map(|((lane, ours), _)| lane.at(ours + 1)).collect();
    let lack = theirs.lack(&wants, &SALT).expect("all of it is in the list");
    assert_eq!(theirs.wanted(&lack, &SALT), Some(wants.clone()));
    assert_eq!(base.wanted(&lack, &SALT), None, "another list is meant");
    assert!(lack.packed().len() * 2 < wants.packed().len(), "{} bytes", lack.packed().len());
    let directory = LaneId::first(DeviceId(1), Lane::Directory).at(2);
    assert_eq!(theirs.lack(&[directory], &SALT), None, "that lane has no place");
    let beyond = wants[0].lane.at(u32::MAX);
    assert_eq!(theirs.lack(&[beyond], &SALT), None, "the list does not go so far");
    let hostile = Lack { changes: Changes(vec![(0, u32::MAX)]), ..lack.clone() };
    assert_eq!(theirs.wanted(&hostile, &SALT), None);
    let nowhere = Lack { changes: Changes(vec![(u16::MAX, 1)]), ..lack };
    assert_eq!(theirs.wanted(&nowhere, &SALT), None);
}
