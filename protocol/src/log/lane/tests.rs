//! One lane: order, duplication, seals, thinning.

use super::*;
use crate::base::ids::{DeviceId, Lane as LaneName};

const GOOD: Signature = [1; 64];
const BAD: Signature = [2; 64];

fn lane() -> Lane {
    Lane::new(LaneId::first(DeviceId(3), LaneName::Stock))
}

fn stock(_: &[u8]) -> Urgency {
    Urgency::Stock
}

fn record(seq: u32) -> Vec<u8> {
    format!("record {seq}").into_bytes()
}

fn known_key(_: LaneId, _: u32, _: &ChainHash, seal: &Signature) -> Option<bool> {
    Some(*seal == GOOD)
}

fn unknown_key(_: LaneId, _: u32, _: &ChainHash, _: &Signature) -> Option<bool> {
    None
}

#[test]
fn any_order_and_duplication_gives_the_same_chain() {
    let mut straight = lane();
    for seq in 1..=5 {
        assert_eq!(straight.offer(seq, &record(seq), &stock), Offered::New);
    }
    let mut mixed = lane();
    for (seq, expected) in [
        (3, Offered::Early),
        (3, Offered::Known),
        (5, Offered::Early),
        (1, Offered::New),
        (1, Offered::Known),
        (2, Offered::New),
        (4, Offered::New),
    ] {
        assert_eq!(mixed.offer(seq, &record(seq), &stock), expected, "{seq}");
    }
    assert_eq!(mixed.head(), 5);
    assert_eq!(mixed.head_hash(), straight.head_hash());
    assert_eq!(mixed.record(4), Some(record(4).as_slice()));
}

#[test]
fn another_record_in_the_same_place_is_a_conflict() {
    let mut lane = lane();
    lane.offer(1, b"one", &stock);
    assert_eq!(lane.offer(1, b"other", &stock), Offered::Conflict);
    assert_eq!(lane.record(1), Some(b"one".as_slice()));
}

#[test]
fn a_seal_waits_for_its_record_and_for_the_key() {
    let mut lane = lane();
    lane.offer_seal(2, &GOOD);
    lane.offer(1, &record(1), &stock);
    assert_eq!(lane.settle(&known_key), (vec![], 0));
    lane.offer(2, &record(2), &stock);
    assert_eq!(lane.settle(&unknown_key), (vec![], 0));
    assert_eq!(lane.settle(&known_key), (vec![(2, GOOD)], 0));
    assert_eq!(lane.sealed(), 2);
}

#[test]
fn a_bad_seal_verifies_nothing() {
    let mut lane = lane();
    lane.offer(1, &record(1), &stock);
    lane.offer_seal(1, &BAD);
    assert_eq!(lane.settle(&known_key), (vec![], 1));
    assert_eq!(lane.sealed(), 0);
    lane.offer_seal(1, &GOOD);
    assert_eq!(lane.settle(&known_key), (vec![(1, GOOD)], 0));
}

#[test]
fn what_is_not_saved_is_not_held() {
    let mut lane = lane();
    lane.offer(1, &record(1), &stock);
    assert_eq!(lane.holding().head, 0);
    assert_eq!(lane.hand_out(), 1..=1);
    assert!(lane.hand_out().is_empty());
    lane.note_saved(1, 0, 0);
    assert_eq!(lane.holding().head, 1);
    assert_eq!(lane.holding().sealed, 0);
}

#[test]
fn islands_name_what_is_missing() {
    let mut lane = lane();
    for seq in [1, 4, 5, 9] {
        lane.offer(seq, &record(seq), &stock);
    }
    lane.hand_out();
    lane.note_saved(1, 0, 0);
    assert_eq!(lane.holding().islands, vec![(2, 2), (3, 1)]);
}

#[test]
fn early_records_have_a_limit() {
    let mut lane = lane();
    for seq in 2..2 + PENDING_PER_LANE_MAX as u32 {
        assert_eq!(lane.offer(seq, &record(seq), &stock), Offered::Early);
    }
    assert_eq!(lane.offer(200, &record(200), &stock), Offered::NoRoom);
    assert_eq!(lane.offer(u32::MAX, &record(1), &stock), Offered::NoRoom);
    assert_eq!(lane.offer(1, &record(1), &stock), Offered::New);
    assert_eq!(lane.head(), 1 + PENDING_PER_LANE_MAX as u32);
}

#[test]
fn old_seals_are_thinned_but_a_long_lane_keeps_some() {
    let mut lane = lane();
    for seq in 1..=100 {
        lane.offer(seq, &record(seq), &stock);
        lane.offer_seal(seq, &GOOD);
        lane.settle(&known_key);
    }
    assert_eq!(lane.sealed(), 100);
    assert!(lane.seals.len() <= 8, "{}", lane.seals.len());
    assert!(lane.seals.len() >= 5, "{}", lane.seals.len());
    assert!(lane.seal_at(100).is_some());
}

#[test]
fn a_restart_checks_the_newest_seal_alone() {
    let mut lane = lane();
    for seq in 1..=40 {
        lane.offer(seq, &record(seq), &stock);
        lane.restore_seal(seq, &GOOD);
    }
    lane.note_restored();
    let asked = std::cell::Cell::new(0);
    let verify = |_: LaneId, _: u32, _: &ChainHash, _: &Signature| {
        asked.set(asked.get() + 1);
        Some(true)
    };
    assert_eq!(lane.settle_restored(&verify), 0);
    assert_eq!((lane.sealed(), lane.saved_sealed(), asked.get()), (40, 40, 1));
}

#[test]
fn dropping_the_unsealed_keeps_the_verified() {
    let mut lane = lane();
    for seq in 1..=3 {
        lane.offer(seq, &record(seq), &stock);
    }
    lane.offer_seal(2, &GOOD);
    lane.settle(&known_key);
    lane.drop_unsealed();
    assert_eq!((lane.head(), lane.sealed()), (2, 2));
    assert_eq!(lane.offer(3, b"the true one", &stock), Offered::New);
}

#[test]
fn a_record_in_parts_is_put_together() {
    let mut lane = lane();
    assert_eq!(lane.offer_part(1, 6, 3, b"def"), None);
    assert_eq!(lane.offer_part(1, 6, 0, b"abc"), Some(b"abcdef".to_vec()));
    lane.offer(1, b"abcdef", &stock);
    assert_eq!(lane.offer_part(1, 6, 0, b"abc"), None, "it is here already");
}

#[test]
fn a_seal_in_two_pieces_is_put_together_in_either_order() {
    let piece = |begin, room| SealPiece::of(&GOOD, begin, room).expect("a piece");
    for [one, other] in [[piece(0, 20), piece(20, 64)], [piece(20, 64), piece(0, 20)]] {
        let mut lane = lane();
        assert_eq!(lane.offer_piece(1, &one), None);
        assert_eq!(lane.offer_piece(1, &one), None, "the same piece twice is no seal");
        assert_eq!(lane.offer_piece(1, &other), Some(GOOD));
    }
}

#[test]
fn pieces_of_the_seals_of_two_records_are_not_put_together() {
    let mut lane = lane();
    let piece = |begin, room| SealPiece::of(&GOOD, begin, room).expect("a piece");
    assert_eq!(lane.offer_piece(1, &piece(0, 32)), None);
    assert_eq!(lane.offer_piece(2, &piece(32, 32)), None);
    assert_eq!(lane.offer_piece(2, &piece(0, 32)), Some(GOOD));
}

#[test]
fn a_save_from_before_a_tail_was_dropped_does_not_vouch_for_its_replacement() {
    let mut lane = lane();
    for seq in 1..=3 {
        lane.offer(seq, &record(seq), &stock);
    }
    lane.offer_seal(2, &GOOD);
    lane.settle(&known_key);
    lane.hand_out();
    let (head, sealed, drops) = (lane.head(), lane.sealed(), lane.drops());
    lane.drop_unsealed();
    lane.offer(3, b"the true one", &stock);
    lane.note_saved(head, sealed, drops);
    assert_eq!(lane.saved(), 2, "the third on the disk is the one that was dropped");
}

/// Eighty records, sealed every eight.
fn long_lane() -> Lane {
    let mut lane = lane();
    for seq in 1..=80 {
        lane.offer(seq, &record(seq), &stock);
        if seq % 8 == 0 {
            lane.offer_seal(seq, &GOOD);
            lane.settle(&known_key);
        }
    }
    lane.hand_out();
    lane.note_saved(80, 80, 0);
    lane
}

fn nothing_left(count: u32) -> Vec<Vec<u8>> {
    vec![Vec::new(); count as usize]
}

#[test]
fn a_lane_without_its_older_records_has_the_same_hashes_and_takes_none_of_them_again() {
    let (whole, mut lane) = (long_lane(), long_lane());
    let before = lane.bytes.len();
    let mut left = nothing_left(20);
    left[3] = b"left".to_vec();
    let stub = lane.evict(10, left).expect("verified and saved");
    assert_eq!(stub.hash, whole.hash_before(30).expect("within"));
    assert!(lane.evict(29, nothing_left(2)).is_none(), "29 went already");
    assert!(lane.bytes.len() + 150 < before);
    assert_eq!((lane.gone_count(), lane.gone_until(12)), (20, Some(29)));
    for seq in 1..=80 {
        let is_gone = (10..=29).contains(&seq);
        assert_eq!(lane.is_gone(seq), is_gone, "{seq}");
        assert_eq!(lane.record(seq), (!is_gone).then_some(record(seq).as_slice()), "{seq}");
        let before = whole.hash_before(seq).filter(|_| !(11..=29).contains(&seq));
        assert_eq!(lane.hash_before(seq), before, "{seq}");
        assert_eq!(lane.offer(seq, &record(seq), &stock), Offered::Known);
    }
    assert_eq!((lane.left(13), lane.left(14)), (Some(b"left".as_slice()), None));
    assert_eq!((lane.tip(), lane.head_hash()), (whole.tip(), whole.head_hash()));
    assert_eq!(lane.holding(), whole.holding());
    // The chain goes on.
    lane.offer(81, &record(81), &stock);
    lane.offer_seal(81, &GOOD);
    assert_eq!(lane.settle(&known_key).0.len(), 1);
}

#[test]
fn only_what_is_verified_and_saved_goes() {
    let mut lane = lane();
    for seq in 1..=20 {
        lane.offer(seq, &record(seq), &stock);
    }
    assert!(lane.evict(1, nothing_left(4)).is_none(), "not sealed");
    lane.offer_seal(10, &GOOD);
    lane.settle(&known_key);
    assert!(lane.evict(1, nothing_left(4)).is_none(), "not saved");
    lane.hand_out();
    lane.note_saved(20, 10, 0);
    assert!(lane.evict(8, nothing_left(4)).is_none(), "11 is not sealed");
    assert!(lane.evict(0, nothing_left(4)).is_none() && lane.evict(1, Vec::new()).is_none());
    assert!(lane.evict(1, nothing_left(10)).is_some());
}

#[test]
fn a_lane_is_read_back_over_its_stubs_and_verified_by_the_seal_behind_them() {
    let mut lane = long_lane();
    let first = lane.evict(1, nothing_left(9)).expect("may go");
    let mut left = nothing_left(30);
    left[0] = b"left".to_vec();
    let second = lane.evict(10, left).expect("may go");
    let check = |_: LaneId, seq: u32, hash: &ChainHash, _: &Signature| {
        Some(long_lane().hash_before(seq + 1) == Some(*hash))
    };
    let restored = |lost: Option<u32>| {
        let mut back = Lane::new(lane.id);
        back.restore_stub(10, second.clone());
        back.restore_stub(1, first.clone());
        for seq in (1..=80).filter(|seq| Some(*seq) != lost) {
            if let Some(record) = lane.record(seq) {
                back.offer(seq, record, &stock);
            }
        }
        lane.seals.iter().for_each(|(seq, seal)| back.restore_seal(*seq, seal));
        back.note_restored();
        assert_eq!(back.settle_restored(&check), 0, "a good seal is good");
        back
    };
    let back = restored(None);
    assert_eq!((back.head(), back.sealed(), back.gone_count()), (80, 80, 39));
    assert_eq!((back.tip(), back.left(10)), (lane.tip(), Some(b"left".as_slice())));
    // A record behind them that the disk lost is waited for; what stands before is verified by the
    // seals that are left.
    let back = restored(Some(60));
    assert_eq!((back.head(), back.early_count()), (59, 20));
    assert!(back.sealed() >= 40 && back.has_gap());
}

#[test]
fn a_stub_whose_lane_lost_the_record_before_it_waits_for_that_record() {
    let mut lane = long_lane();
    let stub = lane.evict(3, nothing_left(70)).expect("may go");
    let mut back = Lane::new(lane.id);
    back.restore_stub(3, stub);
    back.offer(1, &record(1), &stock);
    for seq in 73..=80 {
        back.offer(seq, &record(seq), &stock);
    }
    assert_eq!((back.head(), back.early_count()), (1, 8), "the second record is missing");
    assert_eq!(back.offer(2, &record(2), &stock), Offered::New);
    assert_eq!((back.head(), back.head_hash()), (80, lane.head_hash()));
}

#[test]
fn a_seal_that_a_newer_one_says_leaves_the_disk_and_the_newest_stays() {
    let mut lane = long_lane();
    let kept: Vec<u32> = lane.seals.keys().copied().collect();
    let void = lane.take_void();
    assert!(kept.contains(&80) && !void.is_empty());
    assert!(void.iter().all(|seq| !kept.contains(seq)), "{void:?} of {kept:?}");
    assert_eq!(kept.len() + void.len(), 10, "each is the one or the other");
}
