//! Names as people type them.

use super::*;
use crate::field::directory::UnitKind;
use crate::field::directory::sample::{BAISHA, BOATS, directory, unit};

#[test]
fn code_then_name_then_index() {
    let mut directory = directory();
    for text in ["Z08", "z08", " 白沙镇 ", "3", "#3"] {
        assert_eq!(directory.unit(text), Ok(BAISHA), "{text}");
    }
    assert_eq!(directory.item("E004"), Ok(ItemId(4)));
    assert_eq!(directory.item("救生衣"), Ok(ItemId(4)));
    assert_eq!(directory.depot("K00"), Ok(DepotId(1)));
    assert_eq!(directory.place("500116104"), Ok(PlaceId(3)));
    // A code that looks like an index is a code.
    directory.apply_record(4, &[unit(UnitId(20), "3", "三号点", UnitKind::Team, None)]);
    assert_eq!(directory.unit("3"), Ok(UnitId(20)));
    assert_eq!(directory.unit("#3"), Ok(BAISHA));
}

#[test]
fn an_unknown_name_suggests_what_is_near_and_says_what_to_do() {
    let directory = directory();
    let error = directory.unit("水救队2").expect_err("not the full name");
    let NameError::Unknown { near, .. } = &error else { panic!("{error:?}") };
    assert_eq!(near.first().map(String::as_str), Some("水上救援队2"));
    let refusal = Refusal::from(error);
    assert_eq!(refusal.code, RefusalCode::UnknownName);
    assert!(refusal.zh.contains("水救队2") && refusal.zh.contains("水上救援队2"));
    assert!(refusal.en.contains("Did you mean"), "{}", refusal.en);

    let error = directory.item("坦克").expect_err("not ours");
    assert_eq!(error, {
        let what = What::Noun(Noun::Item);
        NameError::Unknown { what, name: "坦克".into(), near: vec![] }
    });
    let refusal = Refusal::from(error);
    for sentence in [refusal.zh, refusal.en] {
        assert!(sentence.contains("sanduan directory list items"), "{sentence}");
    }
}

#[test]
fn a_name_of_two_asks_for_the_code() {
    let mut directory = directory();
    directory.apply_record(4, &[unit(UnitId(30), "T30", "白沙镇", UnitKind::Team, None)]);
    let refusal = Refusal::from(directory.unit("白沙镇").expect_err("two of them"));
    assert_eq!(refusal.code, RefusalCode::AmbiguousName);
    assert!(refusal.zh.contains("白沙镇(Z08)、白沙镇(T30)"), "{}", refusal.zh);
    assert_eq!(directory.unit("T30"), Ok(UnitId(30)));
}

#[test]
fn nothing_typed_is_its_own_refusal() {
    let refusal = Refusal::from(directory().depot("  ").expect_err("empty"));
    assert_eq!(refusal.code, RefusalCode::BadValue);
    assert!(refusal.zh.contains("储备库") && refusal.en.contains("depot"));
}

#[test]
fn a_hostile_name_is_shortened_before_it_is_shown() {
    let error = directory().unit(&"很长".repeat(5000)).expect_err("unknown");
    let NameError::Unknown { name, .. } = error else { panic!("unknown name expected") };
    assert_eq!(name.chars().count(), 40);
}

#[test]
fn a_device_is_found_by_index_or_by_a_unit_with_one() {
    let directory = directory();
    assert_eq!(directory.device("#4"), Ok(DeviceId(4)));
    assert_eq!(directory.device("白沙镇"), Ok(DeviceId(3)));
    let two = directory.device("T07").expect_err("the team has two");
    let NameError::Ambiguous { candidates, .. } = two else { panic!("{two:?}") };
    assert_eq!(candidates, ["#4", "#5"]);
    let none = directory.device("羊石村").expect_err("no device there");
    assert!(matches!(none, NameError::Unknown { what: What::Noun(Noun::Device), .. }));
}

#[test]
fn a_person_is_an_index_only_if_the_name_is_one_persons() {
    let directory = directory();
    assert_eq!(directory.who("甲员"), Person::Index(PersonId(1)));
    assert_eq!(directory.who("丙员"), Person::Name("丙员".into()));
    assert_eq!(directory.who("村支书"), Person::Name("村支书".into()));
    assert_eq!(directory.who(" "), Person::Nobody);
    assert_eq!(directory.person_name(&Person::Index(PersonId(1))), "甲员");
    assert!(directory.person_name(&Person::Index(PersonId(77))).contains("77"));
    assert_eq!(directory.person("3"), Ok(PersonId(3)));
    assert!(matches!(directory.person("丙员"), Err(NameError::Ambiguous { .. })));
    assert_eq!(directory.devices_of(BOATS).count(), 2);
}
