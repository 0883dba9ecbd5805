//! Prints how long a store with many records takes to open again. Run it in release:
//! `cargo run --release -p sanduan-daemon --example reopen_store -- 100000`

use std::io::Write;
use std::time::Instant;

use sanduan_daemon::store::disk::DiskStore;
use sanduan_daemon::store::sealed::SealedStore;
use sanduan_daemon::store::{Pair, Store};
use sanduan_protocol::keys::vault::VaultKey;

/// Bytes of one value: an ordinary signed record.
const VALUE_BYTES: usize = 100;
/// Records of one batch.
const BATCH: usize = 100;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let count: usize = match std::env::args().nth(1) {
        Some(text) => text.parse()?,
        None => 100_000,
    };
    let folder = std::env::temp_dir().join(format!("sanduan-reopen-{}", std::process::id()));
    let mut out = std::io::stdout();
    let key = VaultKey::from_bytes([7; 32]);
    let open = |sealed: bool| -> Result<SealedStore<DiskStore>, Box<dyn std::error::Error>> {
        let below = DiskStore::open(&folder, 0)?;
        Ok(if sealed { SealedStore::new(below, key.clone()) } else { SealedStore::clear(below) })
    };
    let ways = [("planned end", false), ("planned end", true), ("killed", false), ("killed", true)];
    for (ending, sealed) in ways {
        let mut store = open(sealed)?;
        let start = Instant::now();
        for first in (0..count).step_by(BATCH) {
            let pairs: Vec<Pair> = (first..count.min(first + BATCH)).map(pair).collect();
            store.commit(&[&pairs])?;
            store.settle(false)?;
        }
        let written = start.elapsed();
        if ending == "planned end" {
            store.settle(true)?;
        }
        drop(store);
        let start = Instant::now();
        let mut store = open(sealed)?;
        let opened = start.elapsed();
        let pairs = store.load()?;
        let loaded = start.elapsed();
        writeln!(
            out,
            "{ending}, {}: {} records written in {written:?}, opened in {opened:?}, loaded after \
             {loaded:?}",
            if sealed { "sealed" } else { "in clear" },
            pairs.len()
        )?;
        drop(store);
        std::fs::remove_dir_all(&folder)?;
    }
    Ok(())
}

fn pair(number: usize) -> Pair {
    let value = (0..VALUE_BYTES).map(|at| (number * 31 + at * 7) as u8).collect();
    (format!("r/{number:012}").into_bytes(), value)
}
