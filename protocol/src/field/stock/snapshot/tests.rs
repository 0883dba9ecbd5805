//! Pages go both ways, hostile ones are refused, and the bytes are those of the golden file.

use proptest::prelude::*;

use super::*;
use crate::base::ids::DeviceId;
use crate::wire::golden;

fn lane(author: u16, incarnation: u8) -> LaneId {
    LaneId { author: DeviceId(author), incarnation, lane: Lane::Stock }
}

fn depot(index: u16, counted_min: Option<u32>, rows: &[(u16, i64)]) -> DepotRows {
    let rows = rows.iter().map(|(item, milli)| (ItemId(*item), Quantity(*milli)));
    DepotRows { depot: DepotId(index), counted_min, rows: rows.collect() }
}

fn small() -> Snapshot {
    Snapshot {
        basis: vec![(lane(3, 0), 40), (lane(3, 2), 1), (lane(9, 0), 700)],
        depots: vec![
            depot(1, Some(95), &[(4, 2_400_000), (9, 1_500), (58, -3_000)]),
            depot(31, None, &[(4, 2_400_000)]),
            depot(32, Some(0), &[(9, 0), (58, i64::MAX), (60, i64::MIN)]),
        ],
    }
}

#[test]
fn the_bytes_of_a_page_are_those_of_the_golden_file() {
    let made = [("snapshot", small().packed())];
    let golden = include_str!("../../../../golden/snapshot.hex");
    golden::compare("snapshot.hex", golden, &made);
    assert_eq!(Snapshot::unpack_all(&golden::bytes(golden, "snapshot")), Ok(small()));
}

#[test]
fn villages_that_keep_the_same_cost_three_bytes_each() {
    let kit: Vec<(u16, i64)> = (1..=8).map(|item| (item * 9, i64::from(item) * 20_000)).collect();
    let page = |count| {
        let depots = (1..=count).map(|index| depot(index, None, &kit)).collect();
        let basis = (1..=count).map(|author| (lane(author, 0), 2)).collect();
        Snapshot { basis, depots }.packed().len()
    };
    let each = (page(300) - page(100)) as f64 / 200.0;
    assert!(each < 3.0, "{each}");
}

#[test]
fn what_a_page_may_not_say_is_refused() {
    type Spoil = fn(&mut Snapshot);
    let spoils: [Spoil; 8] = [
        |page| page.depots.clear(),
        |page| page.depots[0].rows.clear(),
        |page| page.depots.swap(0, 1),
        |page| page.depots[0].rows.swap(0, 1),
        |page| page.basis.swap(0, 2),
        |page| page.basis[0].1 = 0,
        |page| page.basis[0].0.lane = Lane::Report,
        |page| {
            page.depots = (1..600).map(|index| depot(index, None, &[(1, 1)])).collect();
        },
    ];
    assert_eq!(small().check(), Ok(()));
    for (number, spoil) in spoils.into_iter().enumerate() {
        let mut page = small();
        spoil(&mut page);
        assert!(page.check().is_err(), "{number}");
    }
}

fn rows() -> impl Strategy<Value = Vec<(ItemId, Quantity)>> {
    let amount = prop_oneof![
        (0i64..200).prop_map(|units| units * 1_000),
        (0i64..90).prop_map(|units| units * 1_000_000),
        any::<i64>(),
    ];
    prop::collection::btree_map(1u16..90, amount, 1..30).prop_map(|rows| {
        rows.into_iter().map(|(item, milli)| (ItemId(item), Quantity(milli))).collect()
    })
}

proptest! {
    #[test]
    fn a_page_goes_both_ways(
        depots in prop::collection::btree_map(
            any::<u16>(), (prop::option::of(any::<u32>()), rows()), 1..40),
        basis in prop::collection::btree_map((any::<u16>(), 0u8..3), 1u32.., 0..40),
    ) {
        let depots = depots.into_iter().map(|(index, (counted_min, rows))| {
            DepotRows { depot: DepotId(index), counted_min, rows }
        });
        let basis = basis.into_iter().map(|((author, life), seq)| (lane(author, life), seq));
        let page = Snapshot { basis: basis.collect(), depots: depots.collect() };
        prop_assert_eq!(page.check(), Ok(()));
        prop_assert_eq!(Snapshot::unpack_all(&page.packed()), Ok(page));
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes: Vec<u8>) {
        if let Ok(page) = Snapshot::unpack_all(&bytes) {
            prop_assert_eq!(page.check(), Ok(()));
        }
    }

    #[test]
    fn a_bent_page_is_read_without_panic(at in 0usize..60, bit in 0u32..8) {
        let mut bytes = small().packed();
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        let _ = Snapshot::unpack_all(&bytes);
        let _ = Snapshot::unpack_all(&bytes[..at]);
    }
}
