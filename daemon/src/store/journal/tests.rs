//! The journal against torn tails, flipped bits, rolled segments and snapshots.

use super::*;

#[test]
fn what_was_appended_is_replayed_in_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut journal = open(folder.path(), 0);
    for number in 0..10u8 {
        journal.append(&[payload(number)]).expect("appends");
    }
    drop(journal);
    assert_eq!(numbers(folder.path()), (0..10).collect::<Vec<_>>());
}

#[test]
fn every_torn_tail_is_cut_kept_aside_and_written_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut journal = open(folder.path(), 0);
    journal.append(&[payload(1)]).expect("appends");
    let sound = journal.end().offset;
    journal.append(&[payload(2)]).expect("appends");
    let whole = fs::read(segment_path(folder.path(), 1)).expect("readable");
    drop(journal);
    for end in sound + 1..whole.len() as u64 {
        fs::write(segment_path(folder.path(), 1), &whole[..end as usize]).expect("writable");
        let mut journal = open(folder.path(), end);
        let aside = journal.cut().expect("a tail was cut").to_owned();
        let kept = fs::read(aside).expect("kept");
        assert_eq!(kept, whole[sound as usize..end as usize]);
        journal.append(&[payload(3)]).expect("appends");
        drop(journal);
        assert_eq!(numbers(folder.path()), [1, 3], "cut at {end}");
        fs::remove_file(segment_path(folder.path(), 2)).expect("begun behind the cut");
    }
}

#[test]
fn a_damaged_frame_in_the_middle_costs_only_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut journal = open(folder.path(), 0);
    journal.append(&[payload(1)]).expect("appends");
    let place = journal.end().offset as usize;
    journal.append(&[payload(2)]).expect("appends");
    journal.append(&[payload(3)]).expect("appends");
    drop(journal);
    let path = segment_path(folder.path(), 1);
    let mut bytes = fs::read(&path).expect("readable");
    bytes[place + 20] ^= 0x40;
    fs::write(&path, bytes).expect("writable");
    let journal = open(folder.path(), 0);
    assert_eq!(journal.cut(), None);
    let at = Place { segment: 1, offset: place as u64 };
    assert_eq!(journal.damage(), [Damage { place: at, bytes: payload(2).len() as u64 + 12 }]);
    assert_eq!(numbers(folder.path()), [1, 3]);
}

#[test]
fn a_segment_whose_header_is_torn_is_set_aside() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut journal = open(folder.path(), 0);
    journal.append(&[payload(1)]).expect("appends");
    drop(journal);
    fs::write(segment_path(folder.path(), 2), b"SDJ").expect("writable");
    let mut journal = open(folder.path(), 5);
    assert!(journal.cut().is_some());
    journal.append(&[payload(2)]).expect("appends");
    drop(journal);
    assert_eq!(numbers(folder.path()), [1, 2]);
}

#[test]
fn a_snapshot_replaces_all_older_segments() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut journal = open(folder.path(), 0);
    for number in 0..50u8 {
        journal.append(&[payload(number)]).expect("appends");
    }
    let live = vec![(vec![7], vec![1; 600_000]), (vec![8], vec![2; 600_000])];
    journal.replace_by(&live, 0).expect("writes");
    journal.append(&[payload(9)]).expect("appends");
    drop(journal);
    assert!(!segment_path(folder.path(), 1).exists());
    assert_eq!(numbers(folder.path()), [7, 8, 9]);
}

#[test]
fn an_unfinished_snapshot_is_forgotten() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut journal = open(folder.path(), 0);
    journal.append(&[payload(1)]).expect("appends");
    drop(journal);
    let draft = folder.path().join("journal.000002.new");
    fs::write(&draft, frame::header(Kind::Snapshot, 2)).expect("writable");
    assert_eq!(numbers(folder.path()), [1]);
    assert!(!draft.exists());
}

#[test]
fn after_a_failed_write_nothing_more_is_taken() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut journal = open(folder.path(), 0);
    journal.append(&[payload(1)]).expect("appends");
    // A handle that cannot write stands for a disk that refuses.
    journal.file = File::open(segment_path(folder.path(), 1)).expect("readable");
    assert!(matches!(journal.append(&[payload(2)]), Err(StoreFault::Io { .. })));
    assert!(matches!(journal.append(&[payload(3)]), Err(StoreFault::Poisoned)));
    drop(journal);
    assert_eq!(numbers(folder.path()), [1]);
}

#[test]
fn a_damaged_length_or_header_costs_no_frame_but_its_own() {
    for (bit, left) in [(0, vec![1, 2, 3]), (9 * 8, vec![1, 2, 3]), (16 * 8 + 3, vec![2, 3])] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut journal = open(folder.path(), 0);
        for number in 1..=3 {
            journal.append(&[payload(number)]).expect("appends");
        }
        drop(journal);
        flip(&segment_path(folder.path(), 1), bit);
        let journal = open(folder.path(), 0);
        assert_eq!(journal.damage().len(), 1, "bit {bit}");
        assert_eq!(journal.cut(), None);
        drop(journal);
        assert_eq!(numbers(folder.path()), left, "bit {bit}");
    }
}

#[test]
fn a_torn_group_keeps_no_frame_behind_the_torn_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut journal = open(folder.path(), 0);
    journal.append(&[payload(1)]).expect("appends");
    let group = journal.end().offset;
    journal.append(&[payload(2), payload(3), payload(4)]).expect("appends");
    drop(journal);
    let frame = 12 + payload(2).len() as u64;
    flip(&segment_path(folder.path(), 1), (group + frame + 20) * 8);
    let journal = open(folder.path(), 0);
    assert!(journal.cut().is_some() && journal.damage().is_empty());
    drop(journal);
    assert_eq!(numbers(folder.path()), [1, 2]);
}

#[test]
fn a_damaged_group_with_another_behind_it_keeps_all_its_sound_frames() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut journal = open(folder.path(), 0);
    journal.append(&[payload(1), payload(2), payload(3)]).expect("appends");
    journal.append(&[payload(4)]).expect("appends");
    drop(journal);
    flip(&segment_path(folder.path(), 1), (16 + 12 + payload(1).len() as u64 + 20) * 8);
    assert_eq!(numbers(folder.path()), [1, 3, 4]);
}

#[test]
fn a_segment_that_cannot_be_begun_behind_a_snapshot_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut journal = open(folder.path(), 0);
    journal.append(&[payload(1)]).expect("appends");
    let barrier = segment_path(folder.path(), 3);
    fs::create_dir(&barrier).expect("writable");
    let live = vec![(vec![1], vec![1; 20])];
    assert!(matches!(journal.replace_by(&live, 0), Err(StoreFault::Io { .. })));
    journal.append(&[payload(2)]).expect("the journal goes on");
    drop(journal);
    fs::remove_dir(&barrier).expect("writable");
    assert_eq!(numbers(folder.path()), [1, 2]);
}

fn open(folder: &Path, stamp_ms: u64) -> Journal {
    Journal::open(folder, stamp_ms, SEGMENT_BYTES).expect("opens")
}

fn flip(path: &Path, bit: u64) {
    let mut bytes = fs::read(path).expect("readable");
    bytes[bit as usize / 8] ^= 1 << (bit % 8);
    fs::write(path, bytes).expect("writable");
}

fn payload(number: u8) -> Vec<u8> {
    codec::encode(&[(vec![number], vec![number; 20])]).expect("small")
}

/// The first byte of each key, in the order of a replay after reopening.
fn numbers(folder: &Path) -> Vec<u8> {
    let journal = open(folder, 0);
    let mut seen = Vec::new();
    let visit = &mut |pairs: Vec<Pair>| {
        seen.extend(pairs.iter().map(|(key, _)| key[0]));
        Ok(())
    };
    journal.replay(journal.start(), visit).expect("readable");
    seen
}
