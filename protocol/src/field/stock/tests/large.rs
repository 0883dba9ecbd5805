//! Which posts others must be able to count at once.

use super::*;

use MovementKind::{Issue, Loss, Opening, Receive};

/// What is on the book, what moves, and whether it is large.
#[test]
fn what_takes_half_of_what_the_book_has_is_large() {
    let cases: &[(i64, MovementKind, i64, bool)] = &[
        (100, Issue, 49, false),
        (100, Issue, 50, true),
        (100, Issue, 100, true),
        (100, Issue, 130, true),
        (100, Loss, 50, true),
        (100, Loss, 7, false),
        (1, Issue, 1, true),
        (3, Issue, 1, false),
        (100, Receive, 900, false),
        (100, Opening, 900, false),
    ];
    for (held, kind, moves, large) in cases {
        let opening = Pens::default().write(1, moved(Opening, BAISHA, &[line(VEST, *held)]));
        let ledger = folded([&opening]);
        let body = moved(*kind, BAISHA, &[line(VEST, *moves)]);
        assert_eq!(ledger.is_large(&body), *large, "{kind:?} {moves} of {held}");
        let elsewhere = moved(*kind, ZHUYANG, &[line(VEST, *moves)]);
        assert!(!ledger.is_large(&elsewhere), "where the book has nothing there is no share");
    }
}

#[test]
fn one_large_line_makes_a_post_large() {
    let mut pens = Pens::default();
    let opening = pens.write(1, moved(Opening, BAISHA, &[line(BOAT, 4), line(VEST, 100)]));
    let ledger = folded([&opening]);
    assert!(!ledger.is_large(&moved(Issue, BAISHA, &[line(BOAT, 1), line(VEST, 9)])));
    assert!(ledger.is_large(&moved(Issue, BAISHA, &[line(BOAT, 2), line(VEST, 9)])));
}

#[test]
fn a_book_that_is_over_issued_makes_no_seal_for_every_post() {
    let mut pens = Pens::default();
    let ledger = folded(&[
        pens.write(1, moved(Opening, BAISHA, &[line(VEST, 10)])),
        pens.write(1, moved(Issue, BAISHA, &[line(VEST, 12)])),
    ]);
    assert!(!ledger.is_large(&moved(Issue, BAISHA, &[line(VEST, 5)])));
}

#[test]
fn goods_that_are_only_heard_of_are_no_part_of_the_book() {
    let mut pens = Pens::default();
    let mut ledger = folded(&[pens.write(1, moved(Opening, BAISHA, &[line(VEST, 10)]))]);
    take(&mut ledger, &pens.write(2, moved(Opening, BAISHA, &[line(VEST, 1000)])), false);
    assert!(ledger.is_large(&moved(Issue, BAISHA, &[line(VEST, 5)])));
}

#[test]
fn the_cost_is_bounded_by_what_there_is() {
    let mut pens = Pens::default();
    let mut ledger = folded(&[pens.write(1, moved(Opening, BAISHA, &[line(VEST, 1000)]))]);
    let mut large = 0;
    while on_hand(&ledger, BAISHA, VEST) != "0" {
        let held = ledger.on_hand(BAISHA, VEST).0;
        let half = Quantity((held / 1000 + 1) / 2 * 1000);
        let lines = [Line { item: VEST, lot: 0, quantity: half }];
        let body = moved(Issue, BAISHA, &lines);
        assert!(ledger.is_large(&body));
        take(&mut ledger, &pens.write(1, body), true);
        large += 1;
    }
    assert_eq!(large, 10, "log2 of a thousand, and one");
}
