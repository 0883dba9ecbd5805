//! Crashes, corruption and reopening, the same for every store that uses a disk.

use std::fs;

use super::super::memory::JournalStore;
use super::*;

type Open = fn(&Path) -> Box<dyn Store>;

const KINDS: [(&str, Open); 3] = [
    ("journal and sled", |folder| Box::new(open(folder, 1, Engine::Sled))),
    ("journal and redb", |folder| Box::new(open(folder, 1, Engine::Redb))),
    ("journal only", |folder| Box::new(JournalStore::open(folder, 1).expect("opens"))),
];

/// A store that three pairs were written to, one by one, and that was closed in order.
fn three_settled(folder: &Path, engine: Engine) {
    let mut store = open(folder, 1, engine);
    for number in 1..=3 {
        store.commit(&[&[pair(number, 1)]]).expect("commits");
    }
    store.settle(true).expect("settles");
}

/// Flip a bit in the middle of the journal.
fn damage_journal(folder: &Path) {
    let mut bytes = fs::read(segment(folder)).expect("readable");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    fs::write(segment(folder), bytes).expect("writable");
}

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
fn a_damaged_query_store_is_set_aside_and_rebuilt_from_the_journal() {
    for engine in Engine::ALL {
        let folder = tempfile::tempdir().expect("a folder");
        let mut store = open(folder.path(), 1, engine);
        let pairs: Vec<Pair> = (0..200).map(|number| pair(number, 1)).collect();
        store.commit(&[&pairs]).expect("commits");
        store.settle(true).expect("settles");
        drop(store);
        let file = match engine {
            Engine::Sled => "sled/conf",
            Engine::Redb => "redb/pairs.redb",
        };
        fs::write(folder.path().join(file), b"segment_size: nonsense").expect("writable");
        let mut store = open(folder.path(), 77, engine);
        assert_eq!(store.load().expect("loads"), pairs);
        assert!(folder.path().join(format!("{}.corrupt-77", engine.name())).is_dir());
    }
}

#[test]
fn a_lost_journal_is_completed_from_the_query_store() {
    for engine in Engine::ALL {
        let folder = tempfile::tempdir().expect("a folder");
        let mut store = open(folder.path(), 1, engine);
        store.commit(&[&[pair(1, 1)]]).expect("commits");
        store.settle(true).expect("settles");
        drop(store);
        fs::remove_dir_all(folder.path().join("journal")).expect("writable");
        drop(open(folder.path(), 2, engine));
        fs::remove_dir_all(folder.path().join(engine.name())).expect("writable");
        let mut store = open(folder.path(), 3, engine);
        assert_eq!(store.load().expect("loads"), [pair(1, 1)]);
    }
}

#[test]
fn a_journal_far_larger_than_its_content_is_replaced() {
    for engine in Engine::ALL {
        let folder = tempfile::tempdir().expect("a folder");
        let mut store = open(folder.path(), 1, engine);
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
        fs::remove_dir_all(folder.path().join(engine.name())).expect("writable");
        let mut store = open(folder.path(), 2, engine);
        assert_eq!(store.load().expect("loads").len(), 65);
    }
}

#[test]
fn only_the_newest_of_what_was_set_aside_is_kept() {
    for engine in Engine::ALL {
        let folder = tempfile::tempdir().expect("a folder");
        for stamp in 10..16 {
            fs::create_dir(folder.path().join(format!("{}.corrupt-{stamp}", engine.name())))
                .expect("writable");
        }
        drop(open(folder.path(), 1, engine));
        let left = (10..16)
            .filter(|n| folder.path().join(format!("{}.corrupt-{n}", engine.name())).exists());
        assert_eq!(left.collect::<Vec<_>>(), [13, 14, 15]);
    }
}

#[test]
fn without_a_query_store_everything_is_still_read_from_the_journal() {
    for engine in Engine::ALL {
        let folder = tempfile::tempdir().expect("a folder");
        let mut store = open(folder.path(), 1, engine);
        store.commit(&[&[pair(1, 1), pair(2, 1)]]).expect("commits");
        // As after a write that sled refused, or an opening on a full disk.
        store.query = None;
        store.settle(false).expect("nothing to settle");
        store.commit(&[&[pair(2, 2)]]).expect("the journal goes on");
        assert_eq!(store.load().expect("loads"), [pair(1, 1), pair(2, 2)]);
        drop(store);
        let mut store = open(folder.path(), 2, engine);
        assert_eq!(store.load().expect("loads"), [pair(1, 1), pair(2, 2)]);
    }
}

#[test]
fn a_damaged_journal_is_completed_from_the_query_store_and_kept_aside() {
    for engine in Engine::ALL {
        let folder = tempfile::tempdir().expect("a folder");
        three_settled(folder.path(), engine);
        damage_journal(folder.path());
        drop(open(folder.path(), 7, engine));
        assert!(folder.path().join("journal/journal.000001.damaged-7").exists());
        fs::remove_dir_all(folder.path().join(engine.name())).expect("writable");
        let mut store = open(folder.path(), 8, engine);
        assert_eq!(store.load().expect("loads"), [pair(1, 1), pair(2, 1), pair(3, 1)]);
    }
}

#[test]
fn a_journal_that_lost_its_end_puts_no_old_value_over_a_newer_one() {
    for engine in Engine::ALL {
        let folder = tempfile::tempdir().expect("a folder");
        let mut store = open(folder.path(), 1, engine);
        store.commit(&[&[pair(1, 1)]]).expect("commits");
        let end = segment_length(folder.path());
        store.commit(&[&[pair(1, 2)]]).expect("commits");
        store.settle(true).expect("settles");
        drop(store);
        let file = fs::OpenOptions::new().write(true).open(segment(folder.path())).expect("there");
        file.set_len(end + 20).expect("writable");
        let mut store = open(folder.path(), 2, engine);
        assert_eq!(store.load().expect("loads"), [pair(1, 2)]);
        drop(store);
        fs::remove_dir_all(folder.path().join(engine.name())).expect("writable");
        let mut store = open(folder.path(), 3, engine);
        assert_eq!(store.load().expect("loads"), [pair(1, 2)]);
    }
}

#[test]
fn a_journal_of_the_first_format_is_completed_from_the_query_store() {
    for engine in Engine::ALL {
        let folder = tempfile::tempdir().expect("a folder");
        let mut store = open(folder.path(), 1, engine);
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
        let mut store = open(folder.path(), 7, engine);
        assert_eq!(store.load().expect("loads"), [pair(1, 1), pair(2, 1)]);
        drop(store);
        assert_eq!(fs::read(folder.path().join("journal/journal.000001.cut-7")).ok(), Some(first));
        fs::remove_dir_all(folder.path().join(engine.name())).expect("writable");
        let mut store = open(folder.path(), 8, engine);
        assert_eq!(store.load().expect("loads"), [pair(1, 1), pair(2, 1)]);
    }
}

#[test]
fn another_engine_takes_over_what_the_former_one_held_and_the_former_goes() {
    for (former, chosen) in [(Engine::Sled, Engine::Redb), (Engine::Redb, Engine::Sled)] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut store = open(folder.path(), 1, former);
        store.commit(&[&[pair(1, 1), pair(2, 1)]]).expect("commits");
        store.settle(true).expect("settles");
        store.commit(&[&[pair(2, 2)]]).expect("commits, and the end is not applied");
        drop(store);
        let mut store = open(folder.path(), 2, chosen);
        assert_eq!(store.load().expect("loads"), [pair(1, 1), pair(2, 2)], "{chosen:?}");
        store.commit(&[&[pair(3, 1)]]).expect("commits");
        drop(store);
        assert!(!folder.path().join(former.name()).exists(), "{former:?} is gone");
        let mut store = open(folder.path(), 3, former);
        let held = [pair(1, 1), pair(2, 2), pair(3, 1)];
        assert_eq!(store.load().expect("loads"), held, "and back to {former:?}");
    }
}

#[test]
fn a_journal_damaged_before_the_engine_changes_is_completed_from_the_former_one() {
    for (former, chosen) in [(Engine::Sled, Engine::Redb), (Engine::Redb, Engine::Sled)] {
        let folder = tempfile::tempdir().expect("a folder");
        three_settled(folder.path(), former);
        damage_journal(folder.path());
        let mut store = open(folder.path(), 7, chosen);
        assert_eq!(store.load().expect("loads"), [pair(1, 1), pair(2, 1), pair(3, 1)]);
    }
}

#[test]
fn a_former_store_that_was_on_its_way_out_is_never_read_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = open(folder.path(), 1, Engine::Sled);
    store.commit(&[&[pair(1, 1)]]).expect("commits");
    store.settle(true).expect("settles");
    drop(store);
    // As after a cut between the new name and the removal.
    fs::rename(folder.path().join("sled"), folder.path().join("sled.former")).expect("writable");
    let mut store = open(folder.path(), 2, Engine::Redb);
    assert_eq!(store.load().expect("loads"), [pair(1, 1)]);
    assert!(!folder.path().join("sled.former").exists());
}

#[test]
fn a_journal_of_a_later_format_is_refused_by_name_and_left_as_it_is() {
    for engine in Engine::ALL {
        let folder = tempfile::tempdir().expect("a folder");
        let mut store = open(folder.path(), 1, engine);
        store.commit(&[&[pair(1, 1)]]).expect("commits");
        drop(store);
        let mut bytes = fs::read(segment(folder.path())).expect("readable");
        bytes[3] += 1;
        let sum = crc32c::crc32c(&bytes[..12]).to_le_bytes();
        bytes[12..16].copy_from_slice(&sum);
        fs::write(segment(folder.path()), &bytes).expect("writable");
        let opened = DiskStore::open_with(folder.path(), 2, engine, Sizes::default()).map(|_| ());
        assert!(matches!(opened, Err(StoreFault::Later { .. })), "{opened:?}");
        assert_eq!(fs::read(segment(folder.path())).expect("readable"), bytes);
        assert_eq!(fs::read_dir(folder.path().join("journal")).expect("readable").count(), 1);
    }
}

fn open(folder: &Path, stamp_ms: u64, engine: Engine) -> DiskStore {
    DiskStore::open_with(folder, stamp_ms, engine, Sizes::default()).expect("opens")
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
