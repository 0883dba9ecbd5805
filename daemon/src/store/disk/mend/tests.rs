//! Damage in the query store that opening did not see, found by the scrub and healed.

use std::os::unix::fs::FileExt;

use super::*;

/// More than sled keeps in memory, so that reading reads the disk.
fn pairs() -> Vec<Pair> {
    let value = |n: u16| (0..900_u16).map(move |at| n.wrapping_mul(31).wrapping_add(at) as u8);
    (0..14_000_u16).map(|n| (n.to_be_bytes().to_vec(), value(n).collect())).collect()
}

#[test]
fn what_goes_bad_in_the_query_store_while_it_runs_is_healed_from_the_journal() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = DiskStore::open(folder.path(), 9).expect("opens");
    for chunk in pairs().chunks(500) {
        store.commit(&[chunk]).expect("room");
        store.settle(false).expect("sound");
    }
    let db = folder.path().join("sled/db");
    let file = std::fs::OpenOptions::new().write(true).open(&db).expect("writable");
    let length = file.metadata().expect("there").len();
    for at in (0..length).step_by(100_001) {
        file.write_all_at(&[0x55; 64], at).expect("written");
    }
    let upkeep = store.upkeep();
    upkeep.scrub_every(1);
    store.scrub.skip_journal();
    let began = Instant::now();
    while upkeep.scrub().done_ms.is_none() {
        store.settle(false).expect("sound");
        assert!(began.elapsed() < Duration::from_secs(300), "{:?}", upkeep.scrub());
        std::thread::sleep(Duration::from_millis(5));
    }
    let row = upkeep.scrub();
    assert!(row.found == 1 && row.healed == 1 && row.words.contains("healed"), "{row:?}");
    assert!(store.load().expect("loads") == pairs());
    assert!(folder.path().join("sled.corrupt-9").is_dir(), "kept for a later look");
}
