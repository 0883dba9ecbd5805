//! Groups as lines and as a fold: turns, members, names, limits.

use super::*;
use crate::field::directory::sample::directory;
use crate::field::directory::{Entry, RevokeEntry};

fn entry(turn: u32, units: &[u16], devices: &[u16]) -> GroupEntry {
    GroupEntry {
        index: GroupId(1),
        name: "指挥组".into(),
        turn,
        began_s: 1_787_000_000 + turn,
        units: units.iter().copied().map(UnitId).collect(),
        wraps: devices.iter().map(|device| (DeviceId(*device), [*device as u8; 16])).collect(),
        depots: Vec::new(),
    }
}

/// The sample with these lines after it.
fn with(lines: &[GroupEntry]) -> Directory {
    let mut directory = directory();
    for (line, seq) in lines.iter().zip(directory.version() + 1..) {
        assert!(directory.apply_record(seq, &[Entry::Group(line.clone())]));
    }
    directory
}

fn turns_of(directory: &Directory, device: u16) -> Vec<u32> {
    directory.wraps_for(DeviceId(device)).map(|(turn, _)| turn.turn).collect()
}

#[test]
fn a_line_goes_both_ways_and_no_part_of_it_is_taken_for_the_whole() {
    let line = Entry::Group(entry(3, &[1, 300], &[1, 2, 4_000]));
    let bytes = line.packed();
    assert_eq!(Entry::unpack_all(&bytes), Ok(line));
    for cut in 0..bytes.len() {
        assert!(Entry::unpack_all(&bytes[..cut]).is_err(), "{cut}");
    }
    // Two units, three devices: 16 bytes a device, and their numbers.
    assert_eq!(bytes.len(), 2 + 1 + 10 + 1 + 4 + 4 + 1 + 3 * 16 + 4);
}

#[test]
fn a_longer_line_than_anybody_writes_is_refused() {
    let many: Vec<u16> = (1..=GROUP_WRAPS_MAX as u16 + 1).collect();
    assert!(Entry::unpack_all(&Entry::Group(entry(1, &[1], &many[1..])).packed()).is_ok());
    assert!(Entry::unpack_all(&Entry::Group(entry(1, &[1], &many)).packed()).is_err());
    let units: Vec<u16> = (1..=GROUP_UNITS_MAX as u16 + 1).collect();
    assert!(Entry::unpack_all(&Entry::Group(entry(1, &units, &[1])).packed()).is_err());
}

#[test]
fn a_line_of_the_same_turn_adds_and_one_of_the_next_begins_anew() {
    let directory = with(&[entry(1, &[1], &[1, 2]), entry(1, &[1, 2], &[3])]);
    let group = directory.group(GroupId(1)).expect("it was named");
    assert_eq!((group.newest().0, group.units()), (1, &[UnitId(1), UnitId(2)][..]));
    assert!([1, 2, 3].iter().all(|device| group.holds(DeviceId(*device))));
    let directory = with(&[entry(1, &[1], &[1, 2]), entry(2, &[1], &[1])]);
    let group = directory.group(GroupId(1)).expect("it was named");
    assert!(group.holds(DeviceId(1)) && !group.holds(DeviceId(2)), "it has left");
    // What was sealed before stays readable to whoever could read it then.
    assert_eq!((turns_of(&directory, 1), turns_of(&directory, 2)), (vec![1, 2], vec![1]));
}

#[test]
fn a_turn_that_began_at_another_time_is_another_key() {
    let other = GroupEntry { began_s: 7, ..entry(1, &[1], &[2]) };
    let directory = with(&[entry(1, &[1], &[1]), other]);
    assert_eq!((turns_of(&directory, 1), turns_of(&directory, 2)), (vec![], vec![1]));
    let late = entry(1, &[9], &[9]);
    let directory = with(&[entry(2, &[1], &[1]), late]);
    assert!(turns_of(&directory, 9).is_empty(), "an older turn changes nothing");
}

#[test]
fn a_group_is_found_by_name_or_number_until_it_is_over() {
    let directory = with(&[entry(1, &[1], &[1])]);
    assert_eq!(directory.group_named(" 指挥组 "), Ok(GroupId(1)));
    assert_eq!(directory.group_named("1"), Ok(GroupId(1)));
    let Err(NameError::Unknown { near, .. }) = directory.group_named("指挥部") else {
        panic!("there is no such group")
    };
    assert_eq!(near, ["指挥组"]);
    assert!(matches!(directory.group_named(""), Err(NameError::Empty { .. })));
    let over = with(&[entry(1, &[1], &[1]), entry(2, &[], &[])]);
    assert!(over.group_named("指挥组").is_err() && over.group_rows(DeviceId(1)).is_empty());
    assert_eq!(over.next_group(), Some(GroupId(2)), "its number is not given again");
    assert_eq!(over.group_mark(GroupId(1), true).name, "指挥组");
}

#[test]
fn a_row_says_who_has_the_key_and_who_lacks_it() {
    let mut directory = with(&[entry(1, &[1, 2], &[1])]);
    let row = directory.group_rows(DeviceId(1)).remove(0);
    assert_eq!((row.devices, row.missing, row.readable), (1, vec![DeviceId(2)], true));
    assert!(!directory.group_rows(DeviceId(2))[0].readable);
    // A revoked device lacks nothing.
    let (index, seq) = (DeviceId(2), directory.version() + 1);
    let (reason, cut) = (String::new(), BTreeMap::new());
    directory.apply_record(seq, &[Entry::Revoke(RevokeEntry { index, reason, cut })]);
    assert!(directory.group_rows(DeviceId(1))[0].missing.is_empty());
}

#[test]
fn there_are_no_more_groups_than_the_limit() {
    let mut directory = directory();
    for number in 1..=GROUPS_MAX as u16 + 1 {
        let line = GroupEntry { index: GroupId(number), ..entry(1, &[1], &[1]) };
        directory.apply_group(&line);
    }
    assert_eq!(directory.groups().count(), GROUPS_MAX);
    assert_eq!(directory.next_group(), None);
}

#[test]
fn a_line_with_depots_ends_with_them_and_one_without_is_as_ever() {
    let plain = Entry::Group(entry(1, &[1], &[1]));
    let depots = vec![DepotId(2), DepotId(300)];
    let line = Entry::Group(GroupEntry { depots: depots.clone(), ..entry(1, &[1], &[1]) });
    assert_eq!(Entry::unpack_all(&line.packed()).as_ref(), Ok(&line));
    assert_eq!(line.packed().len(), plain.packed().len() + 4, "a count and two numbers");
    let many = (1..=GROUP_DEPOTS_MAX as u16 + 1).map(DepotId).collect();
    let long = GroupEntry { depots: many, ..entry(1, &[1], &[1]) };
    assert!(Entry::unpack_all(&Entry::Group(long).packed()).is_err());
}

#[test]
fn the_newest_line_says_which_depots_are_sealed_and_none_are_when_the_group_is_over() {
    let sealed = |turn, units: &[u16], depots: &[u16]| GroupEntry {
        depots: depots.iter().copied().map(DepotId).collect(),
        ..entry(turn, units, &[1])
    };
    let of = |directory: &Directory, depot| {
        directory.group_of_depot(DepotId(depot)).map(|(index, _)| index)
    };
    let directory = with(&[sealed(1, &[1], &[2, 3]), sealed(1, &[1], &[3])]);
    assert_eq!((of(&directory, 2), of(&directory, 3)), (None, Some(GroupId(1))));
    let directory = with(&[sealed(1, &[1], &[3]), sealed(2, &[], &[3])]);
    assert_eq!(of(&directory, 3), None);
}
