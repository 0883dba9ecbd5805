//! A small directory for the tests of this floor: a district, two towns, a village, a team.

use crate::base::ids::{
    CardId, DepotId, DeviceId, DutyId, ItemId, PersonId, PlaceId, PlanId, PostId, UnitId,
};
use crate::base::roles::Roles;
use crate::field::directory::Directory;
use crate::field::directory::entry::{
    DepotEntry, DeviceEntry, Entry, ItemEntry, PersonEntry, PlaceEntry, PostEntry, UnitEntry,
    UnitKind,
};
use crate::field::directory::noun::Noun;
use crate::field::directory::paper::{AliasEntry, CardEntry, DutyEntry, PlanEntry};

/// 区应急局指挥中心.
pub(crate) const CENTRE: UnitId = UnitId(1);
/// 前方指挥部.
pub(crate) const FORWARD: UnitId = UnitId(2);
/// 白沙镇, in the place of that name.
pub(crate) const BAISHA: UnitId = UnitId(3);
/// 朱杨镇.
pub(crate) const ZHUYANG: UnitId = UnitId(4);
/// 水上救援队2.
pub(crate) const BOATS: UnitId = UnitId(5);
/// 区库.
pub(crate) const DEPOT: UnitId = UnitId(6);
/// 羊石村, in 朱杨镇.
pub(crate) const YANGSHI: UnitId = UnitId(7);
/// 白沙镇综合应急救援队.
pub(crate) const BAISHA_TEAM: UnitId = UnitId(8);

/// One place of the sample.
pub(crate) fn place(index: u16, code: &str, name: &str, parent: Option<u16>) -> Entry {
    let (code, name) = (code.to_owned(), name.to_owned());
    let parent = parent.map(PlaceId);
    Entry::Place(PlaceEntry { index: PlaceId(index), code, name, point: None, parent })
}

/// One unit of the sample.
pub(crate) fn unit(
    index: UnitId,
    code: &str,
    name: &str,
    kind: UnitKind,
    place: Option<u16>,
) -> Entry {
    let (code, name) = (code.to_owned(), name.to_owned());
    Entry::Unit(UnitEntry { index, code, name, kind, place: place.map(PlaceId), people: 20 })
}

/// One device of the sample; its key is its index, repeated.
pub(crate) fn device(index: u16, unit: UnitId, roles: Roles) -> Entry {
    let public = [index as u8; 32];
    Entry::Device(DeviceEntry { index: DeviceId(index), public, unit, roles, depot_scope: None })
}

fn person(index: u16, name: &str, unit: UnitId) -> Entry {
    Entry::Person(PersonEntry { index: PersonId(index), name: name.to_owned(), unit })
}

/// The records of the sample, version 1 to 3.
pub(crate) fn records() -> Vec<Vec<Entry>> {
    let own = Roles::RECEIPT.with(Roles::POSITION);
    let issue = own.with(Roles::ORDER_ISSUE);
    vec![
        vec![
            place(1, "500116", "江津区", None),
            place(2, "500116108", "白沙镇", Some(1)),
            place(3, "500116104", "朱杨镇", Some(1)),
            place(4, "500116104201", "羊石村", Some(3)),
        ],
        vec![
            unit(CENTRE, "C01", "区应急局指挥中心", UnitKind::Centre, Some(1)),
            unit(FORWARD, "F01", "前方指挥部", UnitKind::Forward, Some(1)),
            unit(BAISHA, "Z08", "白沙镇", UnitKind::Town, Some(2)),
            unit(ZHUYANG, "Z04", "朱杨镇", UnitKind::Town, Some(3)),
            unit(BOATS, "T07", "水上救援队2", UnitKind::Team, None),
            unit(DEPOT, "D00", "区库", UnitKind::Depot, Some(1)),
            unit(YANGSHI, "V01", "羊石村", UnitKind::Village, Some(4)),
            unit(BAISHA_TEAM, "T24", "白沙镇综合应急救援队", UnitKind::Team, Some(2)),
        ],
        vec![
            person(1, "甲员", CENTRE),
            person(2, "乙员", BAISHA),
            person(3, "丙员", BOATS),
            person(4, "丙员", YANGSHI),
            device(1, CENTRE, issue.with(Roles::AUTHORITY)),
            device(2, FORWARD, issue),
            device(3, BAISHA, own),
            device(4, BOATS, own),
            device(5, BOATS, own),
            device(6, DEPOT, own.with(Roles::STOCK_POST)),
            Entry::Item(ItemEntry {
                index: ItemId(4),
                code: "E004".into(),
                name: "救生衣".into(),
                unit: "件".into(),
            }),
            Entry::Depot(DepotEntry {
                index: DepotId(1),
                code: "K00".into(),
                name: "区应急物资储备库".into(),
                custodian: DEPOT,
                point: None,
            }),
            Entry::Post(PostEntry {
                index: PostId(1),
                code: "P01".into(),
                name: "总值班室".into(),
                unit: CENTRE,
                primary: PersonId(1),
                stand_in: None,
            }),
        ],
    ]
}

/// The sample, folded.
pub(crate) fn directory() -> Directory {
    let mut directory = Directory::new();
    for (seq, entries) in (1..).zip(records()) {
        assert!(directory.apply_record(seq, &entries));
    }
    directory
}

/// An evacuation card.
pub(crate) fn card() -> CardEntry {
    let [code, when, who, leader, to, care] =
        ["C1", "水位到 180 米", "沿江一、二社", "社长", "镇中心小学", "村医到点"]
            .map(str::to_owned);
    let (index, place) = (CardId(1), PlaceId(2));
    CardEntry { index, code, place, people: 38, when, who, leader, to, care }
}

/// One line of each paper.
pub(crate) fn papers() -> Vec<Entry> {
    let codes = vec!["500116008".to_owned(), "白沙公社".to_owned()];
    let (code, name, text) = ("P1".into(), "防汛预案简本".into(), "一、\n二、".into());
    let (day, shift) = ("2025-08-19".into(), "08:00-20:00".into());
    vec![
        Entry::Alias(AliasEntry { noun: Noun::Place, index: 2, codes }),
        Entry::Plan(PlanEntry { index: PlanId(1), code, name, text }),
        Entry::Card(card()),
        Entry::Duty(DutyEntry {
            index: DutyId(7),
            post: PostId(1),
            day,
            shift,
            person: PersonId(3),
        }),
    ]
}

/// What an issuer admits: another device of the boats.
pub(crate) fn admission() -> DeviceEntry {
    let roles = Roles::RECEIPT.with(Roles::POSITION);
    let index = DeviceId(4_033);
    DeviceEntry { index, public: [9; 32], unit: BOATS, roles, depot_scope: None }
}
