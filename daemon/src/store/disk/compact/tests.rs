//! Room comes back, what was erased is nowhere, and nothing else is lost by either.

use super::*;

fn sizes() -> Sizes {
    Sizes { segment_bytes: 256 * 1024, compact_from_bytes: u64::MAX }
}

fn open(folder: &Path, engine: Engine) -> DiskStore {
    DiskStore::open_with(folder, 7, engine, sizes()).expect("opens")
}

fn pair(number: u16, byte: u8) -> Pair {
    (number.to_be_bytes().to_vec(), vec![byte; 200])
}

/// All bytes of all files below a folder.
fn bytes_of(folder: &Path) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("readable").flatten() {
        match entry.path().is_dir() {
            true => found.extend(bytes_of(&entry.path())),
            false => found.push(std::fs::read(entry.path()).expect("readable")),
        }
    }
    found
}

fn hold(folder: &Path, words: &[u8]) -> bool {
    bytes_of(folder).iter().any(|bytes| bytes.windows(words.len()).any(|part| part == words))
}

#[test]
fn a_pair_with_an_empty_value_goes_and_stays_away_however_the_store_is_read() {
    for engine in Engine::ALL {
        let folder = tempfile::tempdir().expect("a folder");
        let kept = [pair(1, 1), pair(3, 3)];
        let mut store = open(folder.path(), engine);
        store.commit(&[&[pair(1, 1), pair(2, 2), pair(3, 3)]]).expect("room");
        store.settle(false).expect("sound");
        store.commit(&[&[(2_u16.to_be_bytes().to_vec(), Vec::new())]]).expect("room");
        store.settle(false).expect("sound");
        assert!(store.load().expect("loads") == kept, "{engine:?}");
        drop(store);
        let mut store = open(folder.path(), engine);
        assert!(store.load().expect("loads") == kept, "{engine:?} after a restart");
        assert!(store.journal.live().expect("reads") == kept, "{engine:?} by the journal");
        drop(store);
        std::fs::remove_dir_all(folder.path().join(engine.name())).expect("there");
        let mut store = open(folder.path(), engine);
        assert!(store.load().expect("loads") == kept, "{engine:?} rebuilt");
    }
}

#[test]
fn on_a_disk_that_is_low_the_store_takes_little_more_than_its_content() {
    for engine in Engine::ALL {
        let folder = tempfile::tempdir().expect("a folder");
        let mut store = open(folder.path(), engine);
        for round in 0..12 {
            for chunk in (0..4_000).collect::<Vec<u16>>().chunks(100) {
                let pairs: Vec<Pair> = chunk.iter().map(|n| pair(*n, round)).collect();
                store.commit(&[&pairs]).expect("room");
                store.settle(false).expect("sound");
            }
        }
        let gone: Vec<Pair> = (400..4_000_u16).map(|n| (n.to_be_bytes().into(), vec![])).collect();
        store.commit(&[&gone]).expect("room");
        store.settle(false).expect("sound");
        let before = folder_bytes(folder.path());
        assert!(before > 8 << 20, "{engine:?}: {before}, nobody said that it is low");
        store.upkeep().note_room(true);
        store.settle(false).expect("sound");
        let after = folder_bytes(folder.path());
        assert!(after < 3 << 20, "{engine:?}: {after} of {before} bytes");
        let kept: Vec<Pair> = (0..400).map(|n| pair(n, 11)).collect();
        assert!(store.load().expect("loads") == kept, "{engine:?}");
        // It goes on as before.
        store.commit(&[&[pair(1, 99)]]).expect("room");
        drop(store);
        let pairs = open(folder.path(), engine).load().expect("loads");
        assert!(pairs[1] == pair(1, 99) && pairs.len() == 400, "{engine:?}");
    }
}

#[test]
fn the_former_value_of_a_secret_is_in_no_file_a_day_later() {
    let words = b"the key of the day before yesterday";
    for engine in Engine::ALL {
        let folder = tempfile::tempdir().expect("a folder");
        let secret = |value: &[u8]| (SECRET_KEYS[0].to_vec(), value.to_vec());
        let mut store = open(folder.path(), engine);
        store.commit(&[&[pair(1, 1), secret(words)]]).expect("room");
        store.settle(false).expect("sound");
        store.commit(&[&[secret(b"the key of today")]]).expect("room");
        store.settle(false).expect("sound");
        assert!(hold(folder.path(), words), "{engine:?}: it lies there until it is time");
        // Nearly a day later, by the disk; over a restart.
        drop(store);
        let mut store = open(folder.path(), engine);
        store.settle(false).expect("sound");
        assert!(hold(folder.path(), words), "{engine:?}: not yet");
        let (began, opened) = store.room.began.expect("known");
        store.room.began = Some((began - ERASE_AFTER, opened));
        store.settle(false).expect("sound");
        assert!(!hold(folder.path(), words), "{engine:?}");
        assert!(hold(folder.path(), b"the key of today"), "{engine:?}");
        assert!(store.load().expect("loads") == [pair(1, 1), secret(b"the key of today")]);
        // Only once: nothing was erased since.
        let (began, opened) = store.room.began.expect("known");
        store.room.began = Some((began - ERASE_AFTER, opened));
        assert!(!store.room.is_erasure_due());
        store.commit(&[&[secret(b"the key of tomorrow")]]).expect("room");
        assert!(store.room.is_erasure_due());
    }
}

#[test]
fn a_cut_at_any_step_of_giving_back_leaves_a_store_that_opens_with_everything() {
    for engine in Engine::ALL {
        let folder = tempfile::tempdir().expect("a folder");
        let pairs: Vec<Pair> = (0..300).map(|n| pair(n, 5)).collect();
        let mut store = open(folder.path(), engine);
        store.commit(&[&pairs]).expect("room");
        store.settle(false).expect("sound");
        // The journal is written anew, and the query store is on its way out.
        store.rewrite(&pairs).expect("room");
        drop(store);
        let former = folder.path().join(format!("{}.former", engine.name()));
        std::fs::rename(folder.path().join(engine.name()), &former).expect("renamed");
        let mut store = open(folder.path(), engine);
        assert!(store.load().expect("loads") == pairs, "{engine:?}");
        assert!(!former.exists(), "{engine:?}");
        // A half of a new journal lies beside the old one.
        drop(store);
        let draft = folder.path().join("journal/journal.000099.new");
        std::fs::write(&draft, b"half").expect("writable");
        assert!(open(folder.path(), engine).load().expect("loads") == pairs, "{engine:?}");
        assert!(!draft.exists());
    }
}
