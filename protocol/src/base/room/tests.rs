//! Every edge of the watermarks, on the way up and down, by the quota and by the file system.

use super::*;

const MB: u64 = 1024 * 1024;
const PLENTY: u64 = 1 << 40;

/// A store that takes so many percent of a quota of 100 MB on an empty disk.
fn of_quota(pct: u64) -> Measured {
    Measured { used_bytes: pct * MB, quota_bytes: 100 * MB, free_bytes: PLENTY }
}

#[test]
fn each_level_begins_at_its_mark_and_ends_four_percent_below_it() {
    use Level::{Ample, Low, NoBulk, OrdersOnly};
    let steps = [
        (69, Ample),
        (70, Low),
        (67, Low),
        (66, Low),
        (65, Ample),
        (84, Low),
        (85, NoBulk),
        (81, NoBulk),
        (80, Low),
        (94, NoBulk),
        (95, OrdersOnly),
        (91, OrdersOnly),
        (90, NoBulk),
        (100, OrdersOnly),
        (250, OrdersOnly),
        (80, Low),
        (96, OrdersOnly),
        (65, Ample),
    ];
    let mut room = Room::default();
    for (pct, expected) in steps {
        room.measure(of_quota(pct));
        assert_eq!(room.level(), expected, "at {pct} %");
    }
}

#[test]
fn a_store_around_a_mark_does_not_flicker() {
    let mut room = Room::default();
    room.measure(of_quota(95));
    for pct in [94, 95, 93, 95, 92, 96, 91] {
        let before = room.measure(of_quota(pct));
        assert_eq!((before, room.level()), (Level::OrdersOnly, Level::OrdersOnly), "at {pct} %");
    }
}

#[test]
fn all_is_ample_before_it_was_measured() {
    let room = Room::default();
    assert_eq!((room.level(), room.measured()), (Level::Ample, None));
}

#[test]
fn without_a_quota_only_the_file_system_counts() {
    let store = |used_bytes, free_bytes| Measured { used_bytes, quota_bytes: 0, free_bytes };
    assert_eq!(store(900 * MB, PLENTY).pct(), 0);
    assert_eq!(store(900 * MB, 100 * MB).pct(), 90);
    assert_eq!(store(0, 0).pct(), 100, "a full disk is full whoever filled it");
    // A small store counts as 128 MB: 95 % is when 6.7 MB are left.
    assert_eq!(store(MB, 128 * MB).pct(), 50);
    assert_eq!(store(MB, 7 * MB).pct(), 94);
    assert_eq!(store(MB, 6 * MB).pct(), 95);
}

#[test]
fn the_file_system_counts_beside_the_quota() {
    let small = |free_bytes| Measured { used_bytes: MB, quota_bytes: 64 * MB, free_bytes };
    assert_eq!(small(PLENTY).pct(), 1, "by its quota");
    assert_eq!(small(16 * MB).pct(), 50, "counted as a quarter of its quota");
    assert_eq!(small(0).pct(), 100);
    let tiny = Measured { used_bytes: 0, quota_bytes: 1, free_bytes: 0 };
    assert_eq!(tiny.pct(), 100);
}

#[test]
fn the_largest_figures_overflow_nothing() {
    let all = Measured { used_bytes: u64::MAX, quota_bytes: u64::MAX, free_bytes: u64::MAX };
    assert_eq!((all.quota_pct(), all.disk_pct()), (100, 100));
}
