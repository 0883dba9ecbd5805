//! Disks that lose, tear and rot what was not synced.

use super::*;

fn disk_with(batches: u8) -> Disk {
    let mut disk = Disk::default();
    for n in 0..batches {
        let puts = vec![(vec![n], vec![n, n])];
        disk.take(Batch { batch: BatchNo(u64::from(n)), urgent: n % 2 == 1, puts });
    }
    disk
}

#[test]
fn only_what_was_there_when_the_sync_began_is_safe() {
    let mut disk = disk_with(2);
    assert!(disk.begin_sync());
    disk.take(Batch { batch: BatchNo(2), urgent: true, puts: vec![(vec![2], vec![2])] });
    assert!(!disk.begin_sync(), "one sync at a time");
    assert_eq!(disk.end_sync(), [BatchNo(0), BatchNo(1)]);
    assert_eq!((disk.stored().len(), disk.waiting_batches()), (2, 1));
    assert!(disk.wants_sync());
}

#[test]
fn a_crash_keeps_a_run_from_the_front() {
    let mut dice = Dice::new(4);
    let mut sizes = std::collections::BTreeSet::new();
    for _ in 0..100 {
        let mut disk = disk_with(3);
        disk.crash(Unsynced::Drawn, &mut dice);
        let keys: Vec<u8> = disk.stored().keys().map(|key| key[0]).collect();
        assert_eq!(keys, (0..keys.len() as u8).collect::<Vec<u8>>());
        sizes.insert(keys.len());
    }
    assert_eq!(sizes.into_iter().collect::<Vec<_>>(), [0, 1, 2, 3]);
    for (unsynced, left) in [(Unsynced::Lost, 0), (Unsynced::Kept, 3)] {
        let mut disk = disk_with(3);
        disk.crash(unsynced, &mut dice);
        assert_eq!((disk.stored().len(), disk.waiting_batches()), (left, 0));
    }
}

#[test]
fn a_torn_crash_keeps_whole_batches_from_the_front() {
    let mut dice = Dice::new(11);
    let mut sizes = std::collections::BTreeSet::new();
    for _ in 0..200 {
        let mut disk = Disk::default();
        for n in 0..4_u8 {
            let puts = vec![(vec![n, 0], vec![n; 400]), (vec![n, 1], vec![n; 400])];
            disk.take(Batch { batch: BatchNo(u64::from(n)), urgent: true, puts });
        }
        disk.crash(Unsynced::Torn, &mut dice);
        let keys: Vec<u8> = disk.stored().keys().map(|key| key[0]).collect();
        assert!(keys.chunks(2).enumerate().all(|(n, pair)| *pair == [n as u8; 2]), "{keys:?}");
        sizes.insert(keys.len() / 2);
    }
    assert_eq!(sizes.into_iter().collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
}

#[test]
fn after_a_failed_sync_nothing_is_trusted_until_the_next_start() {
    let mut disk = disk_with(2);
    disk.fails_once = true;
    assert!(disk.begin_sync() && disk.is_failing());
    assert_eq!(disk.refuse_all(), [BatchNo(0), BatchNo(1)]);
    disk.take(Batch { batch: BatchNo(2), urgent: true, puts: vec![(vec![2], vec![2])] });
    assert!(disk.begin_sync() && disk.is_failing(), "a second sync must not look good");
    disk.refuse_all();
    disk.crash(Unsynced::Kept, &mut Dice::new(1));
    assert_eq!((disk.stored().len(), disk.is_failing()), (3, false));
}

#[test]
fn only_what_may_rot_rots_and_it_is_remembered() {
    let mut disk = disk_with(4);
    disk.crash(Unsynced::Kept, &mut Dice::new(1));
    disk.rot(9, &mut Dice::new(2), |key| key[0] != 1);
    assert_eq!(disk.stored().keys().map(|key| key[0]).collect::<Vec<_>>(), [1]);
    assert!(disk.has_rotted(&[3]) && !disk.has_rotted(&[1]));
    assert_eq!(disk.rots_found(), 0, "the machine that runs knows nothing of it");
    disk.is_read();
    assert_eq!(disk.rots_found(), 1);
}
