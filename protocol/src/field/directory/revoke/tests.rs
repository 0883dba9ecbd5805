//! A revocation's bytes, and where its cut falls.

use super::*;
use crate::field::directory::Entry;

fn revoked() -> RevokeEntry {
    let lane = |lane| LaneId::first(DeviceId(7), lane);
    RevokeEntry {
        index: DeviceId(7),
        reason: "途中遗失".into(),
        cut: BTreeMap::from([(lane(Lane::Command), 12), (lane(Lane::Stock), 300)]),
    }
}

#[test]
fn a_revocation_goes_both_ways_and_fits_a_satellite_message() {
    let entry = Entry::Revoke(revoked());
    let bytes = entry.packed();
    assert_eq!(Entry::unpack_all(&bytes), Ok(entry));
    assert!(bytes.len() <= 24, "{} bytes, and 64 of the seal", bytes.len());
    for end in 0..bytes.len() {
        assert!(Entry::unpack_all(&bytes[..end]).is_err());
    }
}

#[test]
fn what_stood_before_the_cut_stays_and_the_rest_is_disowned() {
    let mut directory = Directory::new();
    directory.apply_record(1, &[Entry::Revoke(revoked())]);
    let at = |lane, seq| LaneId::first(DeviceId(7), lane).at(seq);
    assert!(!directory.is_disowned(at(Lane::Command, 12)));
    assert!(directory.is_disowned(at(Lane::Command, 13)));
    assert!(!directory.is_disowned(at(Lane::Stock, 300)));
    assert!(directory.is_disowned(at(Lane::Report, 1)), "a lane that is not named");
    assert!(!directory.is_disowned(LaneId::first(DeviceId(8), Lane::Report).at(1)));
}

#[test]
fn a_revocation_that_is_said_again_gives_nothing_back() {
    let mut directory = Directory::new();
    directory.apply_record(1, &[Entry::Revoke(revoked())]);
    let lane = LaneId::first(DeviceId(7), Lane::Command);
    let later = RevokeEntry { cut: BTreeMap::from([(lane, 40)]), ..revoked() };
    directory.apply_record(2, &[Entry::Revoke(later)]);
    assert!(directory.is_disowned(lane.at(13)), "written after the first cut");
    assert!(!directory.is_disowned(lane.at(12)));
}

#[test]
fn more_lanes_than_a_device_can_have_are_refused() {
    let lanes = 0..=REVOKED_LANES_MAX as u8;
    let lane = |incarnation| LaneId { author: DeviceId(7), incarnation, lane: Lane::Command };
    let cut = lanes.map(|incarnation| (lane(incarnation), 1)).collect();
    let bytes = RevokeEntry { cut, ..revoked() }.packed();
    assert_eq!(RevokeEntry::unpack_all(&bytes), Err(PackError::TooLong));
}
