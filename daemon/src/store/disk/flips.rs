//! One bit flipped anywhere in the files of a store: what comes back is what was written, or it is
//! not there and said to be damaged; never anything else.
//!
//! A few dozen bits here; `SANDUAN_FLIPS=600 cargo test -p sanduan-daemon --lib flips --
//! --nocapture` flips more and says what became of them.

use std::fs;
use std::path::{Path, PathBuf};

use sanduan_protocol::base::dice::Dice;

use super::*;

const FLIPS: usize = 40;
/// Small, so that there are several segments.
const SIZES: Sizes = Sizes { segment_bytes: 8 * 1024, compact_from_bytes: 1024 * 1024 };
const STAMP_MS: u64 = 9;

fn flips_wanted() -> usize {
    std::env::var("SANDUAN_FLIPS").ok().and_then(|count| count.parse().ok()).unwrap_or(FLIPS)
}

fn pair(number: u16) -> Pair {
    let value: Vec<u8> = (0..90).map(|at| (number as u8).wrapping_mul(31) ^ at).collect();
    (number.to_be_bytes().to_vec(), value)
}

fn open(folder: &Path, engine: Engine) -> Result<DiskStore, StoreFault> {
    DiskStore::open_with(folder, STAMP_MS, engine, SIZES)
}

/// A store of three hundred pairs. Those from `settled` on are in the journal alone.
fn written(folder: &Path, engine: Engine, settled: u16) -> Vec<Pair> {
    let mut store = open(folder, engine).expect("opens");
    let pairs: Vec<Pair> = (0..300).map(pair).collect();
    for chunk in pairs[..settled.into()].chunks(10) {
        store.commit(&[chunk]).expect("commits");
    }
    store.settle(true).expect("settles");
    for chunk in pairs[settled.into()..].chunks(10) {
        store.commit(&[chunk]).expect("commits");
    }
    pairs
}

fn files_of(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("readable").flatten() {
        match entry.path().is_dir() {
            true => files.extend(files_of(&entry.path())),
            false => files.push(entry.path()),
        }
    }
    files.retain(|path| fs::metadata(path).is_ok_and(|known| known.len() > 0));
    files.sort();
    files
}

fn copy(from: &Path, to: &Path) {
    for file in files_of(from) {
        let inside = file.strip_prefix(from).expect("below it");
        let at = to.join(inside);
        fs::create_dir_all(at.parent().expect("a folder")).expect("writable");
        fs::copy(&file, &at).expect("copied");
    }
}

/// Flip one bit of one file, every file as often as any other; says where.
fn flip(folder: &Path, dice: &mut Dice) -> String {
    let files = files_of(folder);
    let file = &files[dice.below(files.len() as u64) as usize];
    let mut bytes = fs::read(file).expect("readable");
    let bit = dice.below(bytes.len() as u64 * 8);
    bytes[(bit / 8) as usize] ^= 1 << (bit % 8);
    fs::write(file, bytes).expect("writable");
    format!("bit {bit} of {}", file.strip_prefix(folder).expect("below it").display())
}

/// Something was set aside or is named as damaged.
fn is_named(folder: &Path, store: &DiskStore) -> bool {
    let aside = [".cut-", ".damaged-", ".corrupt-"];
    let is_aside = |path: &PathBuf| aside.iter().any(|mark| path.to_string_lossy().contains(mark));
    !store.journal.damage().is_empty() || files_of(folder).iter().any(is_aside)
}

#[test]
#[allow(clippy::print_stdout, reason = "a long run says what it found")]
fn a_bit_flipped_anywhere_is_healed_from_the_other_copy() {
    for engine in Engine::ALL {
        let (flips, mut named) = (flips_wanted(), 0);
        let origin = tempfile::tempdir().expect("a folder");
        let pairs = written(origin.path(), engine, 300);
        let mut dice = Dice::new(17);
        for _ in 0..flips {
            let folder = tempfile::tempdir().expect("a folder");
            copy(origin.path(), folder.path());
            let place = flip(folder.path(), &mut dice);
            let mut store = open(folder.path(), engine)
                .unwrap_or_else(|fault| panic!("{engine:?}, {place}: {fault}"));
            assert!(store.load().expect("loads") == pairs, "{engine:?}, {place}");
            named += usize::from(is_named(folder.path(), &store));
            drop(store);
            // What was healed is healed for good.
            let mut store = open(folder.path(), engine).expect("opens again");
            assert!(store.load().expect("loads") == pairs, "{engine:?}, {place}, again");
        }
        println!("{engine:?}: {flips} bits flipped, {named} found and named, 0 pairs lost");
        assert!(named > 0, "none of {flips} was noticed");
    }
}

#[test]
#[allow(clippy::print_stdout, reason = "a long run says what it found")]
fn a_bit_flipped_where_there_is_one_copy_costs_what_it_stood_in_and_is_named() {
    for engine in Engine::ALL {
        let (flips, mut lost) = (flips_wanted(), 0);
        let origin = tempfile::tempdir().expect("a folder");
        let pairs = written(origin.path(), engine, 100);
        let mut dice = Dice::new(18);
        for _ in 0..flips {
            let folder = tempfile::tempdir().expect("a folder");
            copy(origin.path(), folder.path());
            let place = flip(folder.path(), &mut dice);
            let mut store = open(folder.path(), engine)
                .unwrap_or_else(|fault| panic!("{engine:?}, {place}: {fault}"));
            let found = store.load().expect("loads");
            let is_ours = |pair: &Pair| pairs.binary_search(pair).is_ok();
            assert!(found.iter().all(is_ours), "{engine:?}, {place}: other bytes came back");
            if found != pairs {
                lost += 1;
                let is_known = is_named(folder.path(), &store);
                assert!(is_known, "{engine:?}, {place}: lost in silence");
            }
        }
        println!(
            "{engine:?}: {flips} bits flipped with one copy, {lost} cost something, all named"
        );
    }
}
