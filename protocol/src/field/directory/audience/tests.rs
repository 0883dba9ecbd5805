//! Audiences: what people type, and who owes an answer on every node.

use proptest::prelude::*;

use super::*;
use crate::field::directory::entry::RetireEntry;
use crate::field::directory::noun::Noun;
use crate::field::directory::sample::{
    BAISHA, BAISHA_TEAM, BOATS, CENTRE, DEPOT, FORWARD, YANGSHI, ZHUYANG, directory, place, unit,
};
use crate::field::directory::{Entry, NameError};

#[test]
fn typed_audiences_are_understood() {
    let directory = directory();
    let kind = Target::Kind;
    for (text, targets) in [
        ("all", vec![Target::All]),
        ("全体", vec![Target::All]),
        ("白沙镇", vec![Target::Unit(BAISHA)]),
        ("z08, T07", vec![Target::Unit(BAISHA), Target::Unit(BOATS)]),
        ("白沙镇、朱杨镇；T07，", {
            vec![Target::Unit(BAISHA), Target::Unit(ZHUYANG), Target::Unit(BOATS)]
        }),
        ("白沙镇,Z08,#3,3", vec![Target::Unit(BAISHA)]),
        ("白沙镇*", vec![Target::Place(PlaceId(2))]),
        ("江津区", vec![Target::Place(PlaceId(1))]),
        ("Towns", vec![kind(UnitKind::Town)]),
        ("全部镇街;teams", vec![kind(UnitKind::Town), kind(UnitKind::Team)]),
        ("储备库", vec![kind(UnitKind::Depot)]),
        ("总值班室", vec![Target::Unit(CENTRE)]),
        ("区应急物资储备库", vec![Target::Unit(DEPOT)]),
    ] {
        assert_eq!(directory.parse_audience(text), Ok(targets), "{text}");
    }
}

#[test]
fn an_audience_that_is_not_understood_says_what_is_near() {
    let directory = directory();
    let error = directory.parse_audience("白沙镇,白沙").expect_err("白沙 is no full name");
    let NameError::Unknown { name, near, .. } = error else { panic!("{error:?}") };
    assert_eq!(name, "白沙");
    assert!(near.contains(&"白沙镇".to_owned()), "{near:?}");
    let names: std::collections::BTreeSet<&String> = near.iter().collect();
    assert_eq!(names.len(), near.len(), "a unit and its place have one name: {near:?}");
    for text in ["", " , 、\n"] {
        assert!(matches!(directory.parse_audience(text), Err(NameError::Empty { .. })));
    }
}

#[test]
fn an_audience_has_a_limit() {
    let mut directory = directory();
    let units = (100..200)
        .map(|n| unit(UnitId(n), &format!("X{n}"), &format!("分队{n}"), UnitKind::Team, None));
    directory.apply_record(4, &units.collect::<Vec<_>>());
    let codes = |count| (100..100 + count).map(|n| format!("X{n}")).collect::<Vec<_>>().join(",");
    let most = directory.parse_audience(&codes(AUDIENCE_MAX)).expect("just fits");
    assert_eq!(most.len(), AUDIENCE_MAX);
    assert_eq!(directory.parse_audience(&codes(AUDIENCE_MAX + 1)), Err(NameError::TooMany));
}

#[test]
fn targets_expand_to_units() {
    let directory = directory();
    let expand = |targets: &[Target]| directory.expand(targets, 3);
    assert_eq!(expand(&[Target::All]).len(), 8);
    assert_eq!(expand(&[Target::Unit(BOATS), Target::Unit(BOATS)]), [BOATS]);
    assert_eq!(expand(&[Target::Place(PlaceId(2))]), [BAISHA, BAISHA_TEAM]);
    // A place holds the places in it.
    assert_eq!(expand(&[Target::Place(PlaceId(3))]), [ZHUYANG, YANGSHI]);
    assert_eq!(expand(&[Target::Place(PlaceId(1))]).len(), 7);
    assert_eq!(
        expand(&[Target::Kind(UnitKind::Town), Target::Unit(FORWARD)]),
        [FORWARD, BAISHA, ZHUYANG]
    );
    assert!(expand(&[Target::Unit(UnitId(99)), Target::Place(PlaceId(99))]).is_empty());
}

#[test]
fn later_changes_do_not_change_who_owed_an_answer() {
    let mut later = directory();
    later.apply_record(
        4,
        &[
            unit(UnitId(50), "T50", "新队", UnitKind::Team, Some(2)),
            unit(BAISHA_TEAM, "T24", "白沙镇综合应急救援队", UnitKind::Team, Some(3)),
            Entry::Retire(RetireEntry { noun: Noun::Unit, index: ZHUYANG.0 }),
            place(4, "500116104201", "羊石村", Some(2)),
        ],
    );
    let before = directory();
    for targets in [
        vec![Target::All],
        vec![Target::Place(PlaceId(2))],
        vec![Target::Place(PlaceId(3))],
        vec![Target::Kind(UnitKind::Team), Target::Unit(ZHUYANG)],
        vec![Target::Unit(UnitId(50))],
    ] {
        assert_eq!(later.expand(&targets, 3), before.expand(&targets, 3), "{targets:?}");
    }
    assert_eq!(later.expand(&[Target::Place(PlaceId(2))], 4), [BAISHA, YANGSHI, UnitId(50)]);
    assert_eq!(later.expand(&[Target::Place(PlaceId(3))], 4), [BAISHA_TEAM]);
}

#[test]
fn places_in_a_circle_end() {
    let mut directory = directory();
    directory.apply_record(4, &[place(1, "500116", "江津区", Some(4))]);
    assert_eq!(directory.expand(&[Target::Place(PlaceId(2))], 4), [BAISHA, BAISHA_TEAM]);
}

#[test]
fn an_audience_reads_back_in_words() {
    let directory = directory();
    let targets = [Target::Unit(BAISHA), Target::Place(PlaceId(3)), Target::Kind(UnitKind::Town)];
    assert_eq!(directory.audience_text(&targets), "白沙镇、朱杨镇*、全部镇街/all towns");
    for (_, target, shown) in KIND_WORDS {
        assert_eq!(directory.audience_text(&[target]), shown);
    }
}

#[test]
fn the_shown_words_of_kinds_can_be_typed() {
    let directory = directory();
    for (_, target, shown) in KIND_WORDS {
        let (zh, _) = shown.split_once('/').expect("both languages");
        assert_eq!(directory.parse_audience(zh), Ok(vec![target]), "{zh}");
    }
}

proptest! {
    #[test]
    fn targets_go_both_ways(sort in 0..4u8, number in 1..=u16::MAX, kind in 0..7usize) {
        let target = match sort {
            0 => Target::All,
            1 => Target::Unit(UnitId(number)),
            2 => Target::Place(PlaceId(number)),
            _ => Target::Kind(UnitKind::ALL[kind]),
        };
        let bytes = target.packed();
        prop_assert!(bytes.len() <= 3);
        prop_assert_eq!(Target::unpack_all(&bytes), Ok(target));
    }

    #[test]
    fn hostile_targets_never_panic(bytes: Vec<u8>) {
        let _ = Vec::<Target>::unpack_all(&bytes);
    }

    #[test]
    fn any_typed_audience_is_answered(text in "\\PC{0,60}") {
        let _ = directory().parse_audience(&text);
    }
}
