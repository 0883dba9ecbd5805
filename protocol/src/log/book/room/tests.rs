//! Records that go: what the book says of itself to others stays what it was.

use super::*;
use crate::base::ids::{DeviceId, Lane as LaneName};
use crate::log::lane::ChainHash;

fn id() -> LaneId {
    LaneId::first(DeviceId(3), LaneName::Stock)
}

fn good(_: LaneId, _: u32, _: &ChainHash, _: &Signature) -> Option<bool> {
    Some(true)
}

fn book(records: u8) -> Book {
    let mut book = Book::default();
    for seq in 1..=records {
        book.offer(id().at(u32::from(seq)), &[seq; 40], &|_| Urgency::Stock);
        book.offer_seal(id().at(u32::from(seq)), &[1; 64]);
    }
    book.settle(id(), &good);
    let handed = book.hand_out();
    book.note_saved(&handed.marks);
    book
}

#[test]
fn digests_are_the_same_with_and_without_the_older_records() {
    let (whole, mut book) = (book(50), book(50));
    let version = book.version();
    assert!(book.evict(id().at(1), vec![Vec::new(); 30]).is_some());
    assert_eq!(book.gone_count(), 30);
    assert_eq!(book.verified_hash(), whole.verified_hash());
    assert_eq!(book.verified_hash(), book.verified_hash_anew());
    assert_eq!(book.state_hash(), whole.state_hash());
    assert!(book.changed_after(version).eq([id()]), "who lacks it is looked at anew");
}

#[test]
fn records_that_come_again_take_their_places_if_the_chain_agrees() {
    let (whole, mut book) = (book(50), book(50));
    let urgency = |_: &[u8]| Urgency::Stock;
    for first in [1, 20] {
        let left = vec![vec![9; 70], Vec::new(), Vec::new(), Vec::new()];
        assert!(book.evict(id().at(first), left).is_some());
    }
    let version = book.version();
    let records = |seqs: std::ops::RangeInclusive<u8>| -> Vec<Vec<u8>> {
        seqs.map(|seq| vec![seq; 40]).collect()
    };
    for wrong in [records(20..=22), records(20..=24), records(21..=24)] {
        assert!(!book.refill(id().at(20), &wrong, &urgency));
    }
    assert!(!book.refill(id().at(21), &records(21..=23), &urgency), "no row begins there");
    assert_eq!((book.version(), book.gone_count()), (version, 8));
    assert!(book.refill(id().at(20), &records(20..=23), &urgency));
    assert!(book.changed_after(version).eq([id()]), "who lacks it is looked at anew");
    assert_eq!(book.gone_count(), 4);
    assert!(book.refill(id().at(1), &records(1..=4), &urgency));
    let (lane, was) = (book.lane(id()).expect("here"), whole.lane(id()).expect("here"));
    for seq in 1..=50 {
        assert_eq!((lane.record(seq), lane.urgency(seq)), (was.record(seq), was.urgency(seq)));
        assert_eq!(lane.hash_before(seq), was.hash_before(seq), "{seq}");
    }
    assert_eq!((lane.gone_count(), lane.last_order(50)), (0, None));
    assert_eq!(book.verified_hash(), whole.verified_hash());
}

#[test]
fn a_branch_that_differs_within_what_went_is_no_fork_here_and_ends_nothing() {
    use crate::log::book::contest::Contest;
    use crate::wire::bundle::Run;
    let mut book = book(50);
    book.evict(id().at(1), vec![Vec::new(); 30]);
    let other = |first: u32| Run {
        lane: id(),
        first,
        records: vec![b"other".to_vec()],
        seal: Some([2; 64]),
    };
    assert_eq!(book.contest(&other(7), &good), Contest::None);
    assert_eq!(book.lane(id()).map(|lane| lane.head()), Some(50));
    // Behind it a fork is found as ever, and nothing more of the lane goes.
    assert_eq!(book.contest(&other(40), &good), Contest::Forked(40));
    assert!(book.evict(id().at(31), vec![Vec::new(); 4]).is_none());
    assert_eq!(book.lane(id()).map(|lane| (lane.head(), lane.gone_count())), Some((39, 30)));
}

#[test]
fn seals_that_newer_ones_say_are_handed_out_to_leave_the_disk_once() {
    let mut book = Book::default();
    let mut void = BTreeSet::new();
    for seq in 1..=40 {
        book.offer(id().at(seq), &[7; 9], &|_| Urgency::Stock);
        book.offer_seal(id().at(seq), &[1; 64]);
        book.settle(id(), &good);
        for gone in book.hand_out().void_seals {
            assert!(gone.seq < seq && void.insert(gone.seq), "{gone:?} twice, or the newest");
        }
    }
    assert!(void.len() > 30, "{void:?}");
}
