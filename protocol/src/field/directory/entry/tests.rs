//! Entries as bytes: both ways, hostile, and of later versions.

use proptest::prelude::*;

use super::*;

fn name() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9一-龥()-]{1,20}"
}

fn point() -> impl Strategy<Value = Option<Point>> {
    let inside = (-900_000_000..=900_000_000_i32, -1_800_000_000..=1_800_000_000_i32);
    proptest::option::of(inside.prop_map(|(lat_e7, lon_e7)| Point { lat_e7, lon_e7 }))
}

fn entry() -> impl Strategy<Value = Entry> {
    let kind = proptest::sample::select(UnitKind::ALL.to_vec());
    let texts = (name(), name(), name());
    let numbers = (1..=u16::MAX, any::<u16>(), any::<u32>(), proptest::option::of(any::<u16>()));
    (0..8u8, numbers, texts, kind, point(), any::<[u8; 32]>()).prop_map(
        |(tag, (index, other, people, maybe), (code, name, unit), kind, point, public)| match tag {
            0 => Entry::Place(PlaceEntry {
                index: PlaceId(index),
                code,
                name,
                point,
                parent: maybe.map(PlaceId),
            }),
            1 => Entry::Unit(UnitEntry {
                index: UnitId(index),
                code,
                name,
                kind,
                place: maybe.map(PlaceId),
                people,
            }),
            2 => {
                let unit = UnitId(other);
                Entry::Person(PersonEntry { index: PersonId(index), name, unit })
            }
            3 => Entry::Device(DeviceEntry {
                index: DeviceId(index),
                public,
                unit: UnitId(other),
                roles: Roles(other),
                depot_scope: maybe.map(DepotId),
            }),
            4 => Entry::Item(ItemEntry { index: ItemId(index), code, name, unit }),
            5 => Entry::Depot(DepotEntry {
                index: DepotId(index),
                code,
                name,
                custodian: UnitId(other),
                point,
            }),
            6 => Entry::Post(PostEntry {
                index: PostId(index),
                code,
                name,
                unit: UnitId(other),
                primary: PersonId(other),
                stand_in: maybe.map(PersonId),
            }),
            _ => Entry::Retire(RetireEntry { noun: Noun::Depot, index }),
        },
    )
}

proptest! {
    #[test]
    fn entries_go_both_ways(entries in proptest::collection::vec(entry(), 0..6)) {
        prop_assert_eq!(Vec::<Entry>::unpack_all(&entries.packed()), Ok(entries));
    }

    #[test]
    fn hostile_entries_never_panic(bytes: Vec<u8>) {
        let _ = Vec::<Entry>::unpack_all(&bytes);
    }

    #[test]
    fn cut_entries_are_refused(entry in entry(), part in 0.0..1.0f64) {
        let bytes = entry.packed();
        let cut = (bytes.len() as f64 * part) as usize;
        prop_assert!(Entry::unpack_all(&bytes[..cut]).is_err());
    }
}

#[test]
fn fields_that_a_later_version_appended_are_skipped() {
    let retire = RetireEntry { noun: Noun::Unit, index: 7 };
    let mut fields = retire.packed();
    fields.extend([9, 9, 9]);
    let mut bytes = vec![8];
    put_bytes(&mut bytes, &fields);
    assert_eq!(Entry::unpack_all(&bytes), Ok(Entry::Retire(retire)));
}

#[test]
fn a_line_that_cannot_be_shown_or_pointed_at_is_refused() {
    let item = |index, name: &str| ItemEntry {
        index: ItemId(index),
        code: "E004".into(),
        name: name.into(),
        unit: "件".into(),
    };
    for (entry, error) in [
        (item(0, "救生衣"), PackError::BadValue("index")),
        (item(1, " "), PackError::BadValue("name")),
        (item(1, "救\u{1b}[2J"), PackError::BadValue("name")),
        (item(1, &"长".repeat(41)), PackError::TooLong),
    ] {
        assert_eq!(Entry::unpack_all(&Entry::Item(entry).packed()), Err(error));
    }
}

#[test]
fn words_of_unit_kinds_go_both_ways() {
    for kind in UnitKind::ALL {
        assert_eq!(UnitKind::from_word(kind.word()), Some(kind));
    }
    assert_eq!(UnitKind::from_word("king"), None);
}
