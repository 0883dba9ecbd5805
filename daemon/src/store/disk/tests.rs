//! Crashes, corruption and reopening, the same for both stores that use a disk.

use std::fs;

use super::super::memory::JournalStore;
use super::*;

type Open = fn(&Path) -> Box<dyn Store>;

const KINDS: [(&str, Open); 2] = [
    ("journal and sled", |folder| Box::new(DiskStore::open(folder, 1).expect("opens"))),
    ("journal only", |folder| Box::new(JournalStore::open(folder, 1).expect("opens"))),
];

#[test]
fn committed_pairs_are_there_after_any_end() {
    for (name, open) in KINDS {
        for settled in [false, true] {
            let folder = tempfile::tempdir().expect("a folder");
            let mut store = open(folder.path());
            store.commit(&[&[pair(2, 1)], &[pair(1, 1), pair(2, 2)]]).expect("commits");
            store.settle(settled).expect("settles");
            store.commit(&[&[pair(3, 1)]]).expect("commits");
            drop(store);
            let pairs = open(folder.path()).load().expect("loads");
            assert_eq!(pairs, [pair(1, 1), pair(2, 2), pair(3, 1)], "{name}, settled {settled}");
        }
    }
}

#[test]
fn a_power_cut_at_any_byte_loses_only_what_was_not_confirmed() {
    for (name, open) in KINDS {
        let folder = tempfile::tempdir().expect("a folder");
        let mut ends = Vec::new();
        let mut store = open(folder.path());
        for number in 0..8 {
            store.commit(&[&[pair(number, number)]]).expect("commits");
            ends.push(segment_length(folder.path()));
        }
        drop(store);
        let whole = fs::read(segment(folder.path())).expect("readable");
        for end in (ends[0]..=ends[7]).step_by(5) {
            let confirmed = ends.iter().filter(|confirmed| **confirmed <= end).count();
            let fresh = tempfile::tempdir().expect("a folder");
            fs::create_dir(fresh.path().join("journal")).expect("writable");
            fs::write(segment(fresh.path()), &whole[..end as usize]).expect("writable");
            let pairs = open(fresh.path()).load().expect("loads");
            assert_eq!(pairs.len(), confirmed, "{name}, cut at {end}");
        }
    }
}

#[test]
fn a_damaged_sled_is_set_aside_and_rebuilt_from_the_journal() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = DiskStore::open(folder.path(), 1).expect("opens");
    let pairs: Vec<Pair> = (0..200).map(|number| pair(number, 1)).collect();
    store.commit(&[&pairs]).expect("commits");
    store.settle(true).expect("settles");
    drop(store);
    fs::write(folder.path().join("sled/conf"), b"segment_size: nonsense").expect("writable");
    let mut store = DiskStore::open(folder.path(), 77).expect("opens");
    assert_eq!(store.load().expect("loads"), pairs);
    assert!(folder.path().join("sled.corrupt-77").is_dir());
}

#[test]
fn a_lost_journal_is_completed_from_sled() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = DiskStore::open(folder.path(), 1).expect("opens");
    store.commit(&[&[pair(1, 1)]]).expect("commits");
    store.settle(true).expect("settles");
    drop(store);
    fs::remove_dir_all(folder.path().join("journal")).expect("writable");
    drop(DiskStore::open(folder.path(), 2).expect("opens"));
    fs::remove_dir_all(folder.path().join("sled")).expect("writable");
    let mut store = DiskStore::open(folder.path(), 3).expect("opens");
    assert_eq!(store.load().expect("loads"), [pair(1, 1)]);
}

#[test]
fn a_journal_far_larger_than_its_content_is_replaced() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = DiskStore::open(folder.path(), 1).expect("opens");
    let rewrite: Vec<Pair> = (0..64).map(|n| (vec![n], vec![n; 16 * 1024])).collect();
    for _ in 0..18 {
        store.commit(&[&rewrite]).expect("commits");
        store.settle(false).expect("settles");
    }
    let before = store.journal_bytes();
    store.settle(true).expect("settles");
    assert!(store.journal_bytes() < before / 8, "{before} → {}", store.journal_bytes());
    store.commit(&[&[pair(200, 1)]]).expect("commits");
    drop(store);
    fs::remove_dir_all(folder.path().join("sled")).expect("writable");
    let mut store = DiskStore::open(folder.path(), 2).expect("opens");
    assert_eq!(store.load().expect("loads").len(), 65);
}

#[test]
fn only_the_newest_of_what_was_set_aside_is_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    for stamp in 10..16 {
        fs::create_dir(folder.path().join(format!("sled.corrupt-{stamp}"))).expect("writable");
    }
    drop(DiskStore::open(folder.path(), 1).expect("opens"));
    let left = (10..16).filter(|n| folder.path().join(format!("sled.corrupt-{n}")).exists());
    assert_eq!(left.collect::<Vec<_>>(), [13, 14, 15]);
}

#[test]
fn without_sled_everything_is_still_read_from_the_journal() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = DiskStore::open(folder.path(), 1).expect("opens");
    store.commit(&[&[pair(1, 1), pair(2, 1)]]).expect("commits");
    // As after a write that sled refused, or an opening on a full disk.
    store.tree = None;
    store.settle(false).expect("nothing to settle");
    store.commit(&[&[pair(2, 2)]]).expect("the journal goes on");
    assert_eq!(store.load().expect("loads"), [pair(1, 1), pair(2, 2)]);
    drop(store);
    let mut store = DiskStore::open(folder.path(), 2).expect("opens");
    assert_eq!(store.load().expect("loads"), [pair(1, 1), pair(2, 2)]);
}

#[test]
fn a_damaged_journal_is_completed_from_sled_and_kept_aside() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = DiskStore::open(folder.path(), 1).expect("opens");
    for number in 1..=3 {
        store.commit(&[&[pair(number, 1)]]).expect("commits");
    }
    store.settle(true).expect("settles");
    drop(store);
    let mut bytes = fs::read(segment(folder.path())).expect("readable");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    fs::write(segment(folder.path()), bytes).expect("writable");
    drop(DiskStore::open(folder.path(), 7).expect("opens"));
    assert!(folder.path().join("journal/journal.000001.damaged-7").exists());
    fs::remove_dir_all(folder.path().join("sled")).expect("writable");
    let mut store = DiskStore::open(folder.path(), 8).expect("opens");
    assert_eq!(store.load().expect("loads"), [pair(1, 1), pair(2, 1), pair(3, 1)]);
}

#[test]
fn a_journal_that_lost_its_end_puts_no_old_value_over_a_newer_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = DiskStore::open(folder.path(), 1).expect("opens");
    store.commit(&[&[pair(1, 1)]]).expect("commits");
    let end = segment_length(folder.path());
    store.commit(&[&[pair(1, 2)]]).expect("commits");
    store.settle(true).expect("settles");
    drop(store);
    let file = fs::OpenOptions::new().write(true).open(segment(folder.path())).expect("there");
    file.set_len(end + 20).expect("writable");
    let mut store = DiskStore::open(folder.path(), 2).expect("opens");
    assert_eq!(store.load().expect("loads"), [pair(1, 2)]);
    drop(store);
    fs::remove_dir_all(folder.path().join("sled")).expect("writable");
    let mut store = DiskStore::open(folder.path(), 3).expect("opens");
    assert_eq!(store.load().expect("loads"), [pair(1, 2)]);
}

#[test]
fn a_journal_of_the_first_format_is_completed_from_sled() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = DiskStore::open(folder.path(), 1).expect("opens");
    store.commit(&[&[pair(1, 1), pair(2, 1)]]).expect("commits");
    store.settle(true).expect("settles");
    drop(store);
    let payload = codec::encode(&[pair(1, 1), pair(2, 1)]).expect("small");
    let mut first = b"SDJ\x01\0\0\0\0\x01\0\0\0".to_vec();
    first.extend(crc32c::crc32c(&first).to_le_bytes());
    first.extend((payload.len() as u32).to_le_bytes());
    first.extend(crc32c::crc32c(&payload).to_le_bytes());
    first.extend(payload);
    fs::write(segment(folder.path()), &first).expect("writable");
    let mut store = DiskStore::open(folder.path(), 7).expect("opens");
    assert_eq!(store.load().expect("loads"), [pair(1, 1), pair(2, 1)]);
    drop(store);
    assert_eq!(fs::read(folder.path().join("journal/journal.000001.cut-7")).ok(), Some(first));
    fs::remove_dir_all(folder.path().join("sled")).expect("writable");
    let mut store = DiskStore::open(folder.path(), 8).expect("opens");
    assert_eq!(store.load().expect("loads"), [pair(1, 1), pair(2, 1)]);
}

fn pair(key: u8, value: u8) -> Pair {
    (vec![key], vec![value; 30])
}

fn segment(folder: &Path) -> PathBuf {
    folder.join("journal/journal.000001")
}

fn segment_length(folder: &Path) -> u64 {
    fs::metadata(segment(folder)).expect("there").len()
}
