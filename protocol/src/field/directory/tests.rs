//! What the records of the directory add up to.

use proptest::prelude::*;

use super::sample::{BAISHA, BOATS, CENTRE, directory, records};
use super::*;

#[test]
fn a_record_that_was_applied_before_changes_nothing() {
    let mut twice = Directory::new();
    for (seq, entries) in (1..).zip(records()) {
        assert!(twice.apply_record(seq, &entries));
        assert!(!twice.apply_record(seq, &entries));
        assert!(!twice.apply_record(1, &entries));
    }
    assert_eq!(twice, directory());
    assert_eq!(twice.version(), 3);
}

#[test]
fn a_member_is_what_the_authority_says_of_the_device() {
    let directory = directory();
    let boats = directory.member(DeviceId(4)).expect("named in the sample");
    assert_eq!((boats.unit, boats.public), (BOATS, [4; 32]));
    assert!(boats.roles.has(Roles::RECEIPT) && !boats.roles.has(Roles::ORDER_ISSUE));
    assert_eq!(directory.member(DeviceId(99)), None);
    assert_eq!(directory.devices_of(BOATS).collect::<Vec<_>>(), [DeviceId(4), DeviceId(5)]);
    assert_eq!(directory.next_device(), Some(DeviceId(7)));
}

#[test]
fn what_is_retired_keeps_its_name_but_is_found_no_more() {
    let mut directory = directory();
    let retire = |noun, index| Entry::Retire(RetireEntry { noun, index });
    directory.apply_record(
        4,
        &[
            retire(Noun::Unit, BOATS.0),
            retire(Noun::Device, 4),
            retire(Noun::Place, 999),
            retire(Noun::Item, 4),
        ],
    );
    assert_eq!(directory.unit_name(BOATS), "水上救援队2");
    assert!(matches!(directory.unit("T07"), Err(NameError::Unknown { .. })));
    assert!(directory.rows().items.is_empty());
    let member = directory.member(DeviceId(4)).expect("its key still verifies what it wrote");
    assert!(member.retired);
    assert_eq!(directory.devices_of(BOATS).collect::<Vec<_>>(), [DeviceId(5)]);

    let entry = directory.unit_entry(BOATS).expect("kept").clone();
    directory.apply_record(5, &[Entry::Unit(entry)]);
    assert_eq!(directory.unit("T07"), Ok(BOATS));
    assert_eq!(directory.unit_since(BOATS), Some(2));
}

#[test]
fn a_line_of_a_later_version_is_counted_and_skipped() {
    let mut directory = directory();
    let before = directory.rows();
    directory.apply_record(4, &[Entry::Unknown { tag: 77, fields: vec![1, 2, 3] }]);
    assert_eq!(directory.unknown_count(), 1);
    assert_eq!(directory.rows().units, before.units);
}

#[test]
fn rows_list_what_is_in_use_with_names() {
    let rows = directory().rows();
    assert_eq!(rows.version, 3);
    assert_eq!((rows.places.len(), rows.units.len(), rows.devices.len()), (4, 8, 6));
    assert_eq!(rows.units[2].name, "白沙镇");
    assert_eq!(rows.units[2].kind, "town");
    assert_eq!(rows.devices[0].unit_name, "区应急局指挥中心");
    assert_eq!(rows.devices[5].key, "06060606");
    assert_eq!((rows.posts[0].name.as_str(), rows.posts[0].primary.as_str()), ("总值班室", "甲员"));
    assert!(rows.devices[0].roles.contains(&"authority".to_owned()));
    // Two people have one name.
    assert_eq!(rows.persons, ["丙员", "乙员", "甲员"]);
}

#[test]
fn an_unknown_index_says_that_the_directory_is_behind() {
    let directory = Directory::new();
    let text = directory.unit_name(BAISHA);
    assert_eq!(text, "编号 3（通讯录未更新）/no. 3 (directory not up to date)");
    assert_eq!(directory.device_unit_name(DeviceId(3)), text);
    assert_eq!(directory.custodian(DepotId(1)), None);
    assert_eq!(directory.unit_since(CENTRE), None);
}

proptest! {
    #[test]
    fn records_said_again_between_others_change_nothing(again in any::<[u8; 12]>()) {
        let records = records();
        let mut noisy = Directory::new();
        let mut again = again.into_iter();
        for next in 1..=records.len() {
            // The lane hands out records in order; the network repeats earlier ones.
            noisy.apply_record(next as u32, &records[next - 1]);
            for byte in again.by_ref().take(4) {
                let earlier = usize::from(byte) % next;
                prop_assert!(!noisy.apply_record(earlier as u32 + 1, &records[earlier]));
            }
        }
        prop_assert_eq!(noisy, directory());
    }
}
