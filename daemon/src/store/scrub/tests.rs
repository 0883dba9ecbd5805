//! A bit that goes bad in what nobody reads is found while the store runs, named, and healed.

use std::fs;
use std::path::{Path, PathBuf};

use sanduan_protocol::base::dice::Dice;

use super::super::disk::{DiskStore, Sizes};
use super::super::engine::Engine;
use super::super::{Pair, Store};
use super::*;

const SIZES: Sizes = Sizes { segment_bytes: 16 * 1024, compact_from_bytes: u64::MAX };

fn open(folder: &Path, engine: Engine) -> Result<DiskStore, StoreFault> {
    DiskStore::open_with(folder, 9, engine, SIZES)
}

fn pairs() -> Vec<Pair> {
    let value = |n: u16| (0..90).map(|at| (n as u8).wrapping_mul(31) ^ at).collect();
    (0..1_200_u16).map(|n| (n.to_be_bytes().to_vec(), value(n))).collect()
}

fn written(folder: &Path, engine: Engine) -> DiskStore {
    let mut store = open(folder, engine).expect("opens");
    for chunk in pairs().chunks(20) {
        store.commit(&[chunk]).expect("room");
        store.settle(false).expect("sound");
    }
    store.settle(true).expect("sound");
    store
}

/// Let it read everything once.
fn scrub(store: &mut DiskStore) -> ScrubRow {
    let upkeep = store.upkeep();
    upkeep.scrub_every(1);
    let began = Instant::now();
    loop {
        store.settle(false).expect("sound");
        let row = upkeep.scrub();
        if row.done_ms.is_some() {
            upkeep.scrub_every(0);
            return row;
        }
        assert!(began.elapsed() < Duration::from_secs(120), "{row:?}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn flip(path: &Path, dice: &mut Dice) {
    let mut bytes = fs::read(path).expect("readable");
    let bit = dice.below(bytes.len() as u64 * 8);
    bytes[(bit / 8) as usize] ^= 1 << (bit % 8);
    fs::write(path, bytes).expect("writable");
}

fn cold_segment(folder: &Path, dice: &mut Dice) -> PathBuf {
    let all = fs::read_dir(folder.join("journal")).expect("readable").flatten();
    let mut all: Vec<PathBuf> = all.map(|entry| entry.path()).collect();
    all.sort();
    let cold = all.len() as u64 - 1;
    assert!(cold > 3, "{all:?}");
    all[dice.below(cold) as usize].clone()
}

#[test]
fn a_sound_store_is_read_from_end_to_end_and_nothing_is_found() {
    for engine in Engine::ALL {
        let folder = tempfile::tempdir().expect("a folder");
        let mut store = written(folder.path(), engine);
        let row = scrub(&mut store);
        assert_eq!((row.found, row.words.as_str(), row.running_pct), (0, "", None), "{engine:?}");
        assert!(row.journal_bytes >= store.journal_bytes() - 16 * 64 && row.pairs > 900, "{row:?}");
    }
}

#[test]
fn a_bit_flipped_in_a_cold_segment_is_found_named_and_healed_while_the_store_runs() {
    let mut dice = Dice::new(23);
    for round in 0..12 {
        let engine = Engine::ALL[round % 2];
        let folder = tempfile::tempdir().expect("a folder");
        let mut store = written(folder.path(), engine);
        flip(&cold_segment(folder.path(), &mut dice), &mut dice);
        let row = scrub(&mut store);
        assert!(row.found > 0 && row.healed == row.found, "{engine:?}, {round}: {row:?}");
        assert!(row.words.contains("补齐") && row.words.contains("healed"), "{row:?}");
        let kept = fs::read_dir(folder.path().join("journal")).expect("readable").flatten();
        let is_kept = |name: String| name.contains(".damaged-");
        let mut kept = kept.map(|entry| entry.file_name().to_string_lossy().into_owned());
        assert!(kept.any(is_kept), "the damaged one is kept for a later look");
        assert!(store.load().expect("loads") == pairs());
        let more = (b"later".to_vec(), b"goes on".to_vec());
        store.commit(&[std::slice::from_ref(&more)]).expect("room");
        drop(store);
        let mut store = open(folder.path(), engine).expect("opens");
        assert_eq!(store.load().expect("loads").len(), pairs().len() + 1, "{engine:?}, {round}");
    }
}

#[test]
fn it_waits_while_power_is_low_and_where_it_is_switched_off() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = written(folder.path(), Engine::Sled);
    let upkeep = store.upkeep();
    let looks = |store: &mut DiskStore| {
        (0..5).for_each(|_| store.settle(false).expect("sound"));
        upkeep.scrub() != ScrubRow::default()
    };
    assert!(!looks(&mut store), "nobody asked for it");
    upkeep.note_power(true);
    upkeep.scrub_every(1);
    std::thread::sleep(Duration::from_millis(5));
    assert!(!looks(&mut store), "power is low");
    upkeep.note_power(false);
    assert!(looks(&mut store));
}
