//! What keys cost, for `sanduan-sim bench keys`: their bytes as [`crate::bench`] counts them, and
//! how often a core takes in records under seals and follows a rekey.

use std::io::{Write, stdout};

use sanduan_protocol::base::class::Urgency;
use sanduan_protocol::base::ids::{DeviceId, Lane, LaneId};
use sanduan_protocol::keys::sign::{DeviceKey, NetworkId, SignContext, verify};
use sanduan_protocol::keys::suite::SUITE_0;
use sanduan_protocol::log::book::Book;
use sanduan_protocol::wire::bundle::Signature;

use super::crypto_speed::{crypto_speed, per_s};
use crate::bench::{card_frames, key_sizes};

/// Records under one seal.
const BATCH: u32 = 64;
/// Records that a core has to take in and verify in a second.
const INGEST_GOAL: u64 = 150_000;
/// Bytes of a record: an order of ordinary length.
const RECORD_BYTES: usize = 40;

/// Print all of it. True if every goal is met.
pub fn key_speed(json: bool) -> bool {
    let mut rows = key_sizes();
    rows.extend(card_frames());
    let ingested = ingested_per_s();
    let all_fit = rows.iter().all(|row| row.goal.is_none_or(|goal| row.bytes <= goal));
    for row in &rows {
        let goal = row.goal.map_or_else(String::new, |goal| format!("≤ {goal}"));
        match json {
            true => say(&serde_json::to_string(row).expect("numbers always serialise")),
            false => say(&format!("{:>7} B  {goal:>8}  {}", row.bytes, row.what)),
        }
    }
    match json {
        true => say(&serde_json::json!({ "ingested_per_s": ingested }).to_string()),
        false => say(&format!(
            "{ingested:>9}  ≥ {INGEST_GOAL}  每核每秒收录并验签的记录，{BATCH} 条一封 records taken in and \
             verified a second, {BATCH} under a seal"
        )),
    }
    crypto_speed(json);
    all_fit && ingested >= INGEST_GOAL
}

/// Records of one lane, chained, under one seal for each batch: taken in and verified.
fn ingested_per_s() -> u64 {
    let (key, context) = (DeviceKey::of(SUITE_0, [1; 32]), SignContext::Seal(NetworkId([7; 8])));
    let (public, lane) = (key.public(), LaneId::first(DeviceId(4), Lane::Command));
    let message = |seq: u32, hash: &[u8; 32]| [&seq.to_be_bytes()[..], hash].concat();
    let record = |seq: u32| {
        let mut record = vec![0x10; RECORD_BYTES];
        record[8..12].copy_from_slice(&seq.to_be_bytes());
        record
    };
    let urgency = |_: &[u8]| Urgency::Routine;
    let records: Vec<Vec<u8>> = (1..=BATCH).map(record).collect();
    let fill = |book: &mut Book| {
        for (record, seq) in records.iter().zip(1..) {
            book.offer(lane.at(seq), record, &urgency);
        }
    };
    let mut seal: Signature = [0; 64];
    let mut author = Book::of(SUITE_0);
    fill(&mut author);
    author.seal_head(lane, |seq, hash| {
        seal = key.sign(context, &[&message(seq, hash)]);
        Some(seal)
    });
    let take_in = || {
        let mut book = Book::of(SUITE_0);
        fill(&mut book);
        book.offer_seal(lane.at(BATCH), &seal);
        let bad = book.settle(lane, &|_, seq, hash, seal| {
            Some(verify(SUITE_0, &public, context, &[&message(seq, hash)], seal))
        });
        let verified = book.lane(lane).map_or(0, |lane| lane.sealed());
        assert_eq!((bad, verified), (0, BATCH), "what is measured must be right");
    };
    per_s(take_in) * u64::from(BATCH)
}

fn say(line: &str) {
    // A reader that has gone away wants no more lines.
    let _ = writeln!(stdout(), "{line}");
}
