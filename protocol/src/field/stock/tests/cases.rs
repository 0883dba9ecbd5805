//! Cases from the field: counts and what they had not seen, the last boats handed out on both
//! sides of a cut, kits that lie in no village.

use super::*;
use crate::local::rows::StockEvent;

use MovementKind::{Issue, Opening, Receive};

#[test]
fn of_296_kits_for_276_villages_20_lie_nowhere() {
    let mut pens = Pens::default();
    let kit = |kits: i64| [line(BLOWER, kits), line(BEATER, 30 * kits), line(MACHETE, 10 * kits)];
    let mut records = vec![pens.write(1, moved(Opening, DISTRICT, &kit(296)))];
    for _ in 0..276 {
        records.push(pens.write(1, moved(Issue, DISTRICT, &kit(1))));
    }
    let mut ledger = Ledger::new();
    for written in &records {
        take(&mut ledger, written, true);
    }
    for (item, book, placed, nowhere) in
        [(BLOWER, -296, 276, 20), (BEATER, -8_880, 8_280, 600), (MACHETE, -2_960, 2_760, 200)]
    {
        let supplied = ledger.balance(Account::Supplied(Source::Opening), item);
        assert_eq!(supplied, Quantity::units(book));
        assert_eq!(ledger.balance(Account::Consumed, item), Quantity::units(placed));
        assert_eq!(ledger.on_hand(DISTRICT, item), Quantity::units(nowhere));
    }
    assert!(ledger.sum_is_zero());
}

#[test]
fn the_last_ten_boats_issued_on_both_sides_of_a_cut_are_minus_ten_and_both_are_kept() {
    let mut pens = Pens::default();
    let opening = pens.write(1, moved(Opening, DISTRICT, &[line(BOAT, 10)]));
    let here = pens.write(1, moved(Issue, DISTRICT, &[line(BOAT, 10)]));
    let there = pens.write(2, moved(Issue, DISTRICT, &[line(BOAT, 10)]));
    let (mut left, mut right) = (folded([&opening, &here]), folded([&opening, &there]));
    assert!(left.over_issued().is_empty() && right.over_issued().is_empty());
    take(&mut left, &there, true);
    take(&mut right, &here, true);
    for ledger in [&left, &right] {
        assert_eq!(ledger.over_issued(), [(DISTRICT, BOAT, Quantity::units(-10))]);
        let events: Vec<_> =
            ledger.card(&Signs, BOAT, None).iter().map(|row| (row.id, row.balance)).collect();
        let expected = [(&opening, 10), (&here, 0), (&there, -10)];
        let expected = expected.map(|(w, units)| (w.id.into(), Quantity::units(units)));
        assert_eq!(events, expected);
        assert!(ledger.sum_is_zero());
    }
    assert_eq!(left.rows(&Signs, None, None), right.rows(&Signs, None, None));
}

#[test]
fn a_count_of_203_against_a_book_of_210_finds_seven_missing() {
    let mut pens = Pens::default();
    let opening = pens.write(2, moved(Opening, BAISHA, &[line(VEST, 210)]));
    let count = pens.write(2, counted(BAISHA, VEST, 203, &[(2, 1)]));
    for order in [[&opening, &count], [&count, &opening]] {
        let ledger = folded(order);
        let shown = row(&ledger, BAISHA, VEST);
        assert_eq!(shown.on_hand, Quantity::units(203));
        assert_eq!(shown.difference, Some(Quantity::units(-7)));
        assert_eq!(shown.counted_ms, Some(count.at.wall_ms));
        assert_eq!(shown.ambiguous, 0);
        assert_eq!(ledger.balance(Account::Lost(Cause::Missing), VEST), Quantity::units(7));
        let card = ledger.card(&Signs, VEST, Some(BAISHA));
        let last = &card[1];
        assert_eq!((last.event, last.balance), (StockEvent::Count, Quantity::units(203)));
        assert_eq!(last.note, "实盘/counted 203, 账面/book 210");
        assert_eq!(last.person, "李");
    }
}

#[test]
fn a_count_that_finds_more_is_supplied_found() {
    let mut pens = Pens::default();
    let count = pens.write(2, counted(BAISHA, VEST, 5, &[]));
    let ledger = folded([&count]);
    assert_eq!(on_hand(&ledger, BAISHA, VEST), "5");
    assert_eq!(ledger.balance(Account::Supplied(Source::Found), VEST), Quantity::units(-5));
}

#[test]
fn movements_after_the_count_are_ordinary_and_those_of_before_that_it_had_not_seen_are_named() {
    let mut pens = Pens::default();
    let opening = pens.write(2, moved(Opening, BAISHA, &[line(VEST, 210)]));
    let late = pens.write(7, moved(Issue, BAISHA, &[line(VEST, 7)]));
    let count = pens.write(2, counted(BAISHA, VEST, 203, &[(2, 1)]));
    let after = pens.write(7, moved(Issue, BAISHA, &[line(VEST, 3)]));
    let ledger = folded([&opening, &count, &after]);
    assert_eq!(
        (row(&ledger, BAISHA, VEST).on_hand, row(&ledger, BAISHA, VEST).ambiguous),
        (Quantity::units(200), 0)
    );
    // The loan of before the count comes late: it is booked on top, and a person must look.
    let ledger = folded([&opening, &count, &after, &late]);
    let shown = row(&ledger, BAISHA, VEST);
    assert_eq!((shown.on_hand, shown.ambiguous), (Quantity::units(193), 1));
    assert_eq!(shown.difference, Some(Quantity::units(-7)));
    assert_eq!(ledger.ambiguous(BAISHA, VEST), [late.id]);
    // The next count has seen it all: nothing is ambiguous any more.
    let again = pens.write(2, counted(BAISHA, VEST, 200, &[(2, 2), (7, 2)]));
    let ledger = folded([&again, &opening, &count, &after, &late]);
    let shown = row(&ledger, BAISHA, VEST);
    assert_eq!((shown.on_hand, shown.ambiguous), (Quantity::units(200), 0));
    assert_eq!(shown.difference, Some(Quantity::units(7)));
    assert!(ledger.ambiguous(BAISHA, VEST).is_empty());
}

#[test]
fn a_late_record_inside_the_basis_changes_the_difference_and_not_what_is_on_hand() {
    let mut pens = Pens::default();
    let opening = pens.write(2, moved(Opening, BAISHA, &[line(VEST, 210)]));
    let issue = pens.write(7, moved(Issue, BAISHA, &[line(VEST, 7)]));
    let count = pens.write(2, counted(BAISHA, VEST, 203, &[(7, 1)]));
    let mut ledger = folded([&opening, &count]);
    assert_eq!(row(&ledger, BAISHA, VEST).difference, Some(Quantity::units(-7)));
    take(&mut ledger, &issue, true);
    let shown = row(&ledger, BAISHA, VEST);
    assert_eq!((shown.on_hand, shown.difference), (Quantity::units(203), Some(Quantity::ZERO)));
    assert_eq!(ledger.balance(Account::Lost(Cause::Missing), VEST), Quantity::ZERO);
    assert!(ledger.sum_is_zero());
}

#[test]
fn the_counters_own_lane_is_always_seen() {
    let mut pens = Pens::default();
    let opening = pens.write(2, moved(Opening, BAISHA, &[line(VEST, 210)]));
    let count = pens.write(2, counted(BAISHA, VEST, 203, &[]));
    let shown = row(&folded([&opening, &count]), BAISHA, VEST);
    assert_eq!(
        (shown.on_hand, shown.difference),
        (Quantity::units(203), Some(Quantity::units(-7)))
    );
}

#[test]
fn two_keepers_who_count_apart_post_the_difference_once() {
    let mut pens = Pens::default();
    let opening = pens.write(1, moved(Opening, BAISHA, &[line(VEST, 210)]));
    let one = pens.write(2, counted(BAISHA, VEST, 203, &[(1, 1)]));
    let other = pens.write(3, counted(BAISHA, VEST, 203, &[(1, 1)]));
    let ledger = folded([&opening, &other, &one]);
    let shown = row(&ledger, BAISHA, VEST);
    assert_eq!(shown.on_hand, Quantity::units(203));
    assert_eq!(shown.difference, Some(Quantity::units(-7)));
    let card = ledger.card(&Signs, VEST, Some(BAISHA));
    let changes: Vec<_> = card.iter().map(|row| row.change).collect();
    assert_eq!(changes, [210, -7, 0].map(Quantity::units));
}

#[test]
fn a_count_includes_the_adjustment_of_the_count_before_it() {
    let mut pens = Pens::default();
    let records = [
        pens.write(2, moved(Opening, BAISHA, &[line(VEST, 210)])),
        pens.write(2, counted(BAISHA, VEST, 203, &[(2, 1)])),
        pens.write(2, moved(Receive, BAISHA, &[line(VEST, 7)])),
        pens.write(2, counted(BAISHA, VEST, 210, &[(2, 3)])),
        pens.write(2, moved(Issue, BAISHA, &[line(VEST, 10)])),
        pens.write(2, counted(BAISHA, VEST, 199, &[(2, 5)])),
    ];
    let ledger = folded(records.iter().rev());
    let shown = row(&ledger, BAISHA, VEST);
    assert_eq!(
        (shown.on_hand, shown.difference),
        (Quantity::units(199), Some(Quantity::units(-1)))
    );
    let balances: Vec<_> = ledger.card(&Signs, VEST, None).iter().map(|row| row.balance).collect();
    assert_eq!(balances, [210, 203, 210, 210, 200, 199].map(Quantity::units));
    assert_eq!(ledger.balance(Account::Lost(Cause::Missing), VEST), Quantity::units(8));
}

#[test]
fn goods_that_arrived_inside_the_basis_belong_to_the_book_of_the_count() {
    let mut pens = Pens::default();
    let waybill = pens.write(1, shipped(DISTRICT, BAISHA, &[line(VEST, 50)]));
    let arrival = pens.write(2, arrived(&waybill, BAISHA, &[]));
    let count = pens.write(2, counted(BAISHA, VEST, 49, &[]));
    let ledger = folded([&count, &arrival, &waybill]);
    let shown = row(&ledger, BAISHA, VEST);
    assert_eq!((shown.on_hand, shown.difference), (Quantity::units(49), Some(Quantity::units(-1))));
}

#[test]
fn a_basis_holds_only_lanes_that_touched_what_is_counted() {
    let mut pens = Pens::default();
    let records = [
        pens.write(1, moved(Opening, DISTRICT, &[line(VEST, 900)])),
        pens.write(2, moved(Opening, BAISHA, &[line(VEST, 210)])),
        pens.write(7, moved(Opening, BAISHA, &[line(BED, 10)])),
        pens.write(8, counted(BAISHA, VEST, 210, &[])),
    ];
    let ledger = folded(&records);
    let heads: BTreeMap<LaneId, u32> =
        [1, 2, 7, 8, 9].into_iter().map(|author| (lane(author), 5)).collect();
    let basis = |item| ledger.basis(BAISHA, &[item].into(), &heads);
    assert_eq!(basis(VEST), [(lane(2), 5), (lane(8), 5)]);
    assert_eq!(basis(BED), [(lane(7), 5)]);
    assert_eq!(basis(BOAT), []);
}
