//! How many signatures and frames a core makes and checks in a second, for
//! `sanduan-sim bench crypto`: the suites of the product beside the stand-in of made-up worlds.

use std::fs::read_to_string;
use std::hint::black_box;
use std::io::{Write, stdout};
use std::time::{Duration, Instant};

use sanduan_protocol::base::ids::DeviceId;
use sanduan_protocol::base::start::Start;
use sanduan_protocol::keys::frame_key::{FrameKey, FrameOpener, FrameSealer, Manner};
use sanduan_protocol::keys::sign::{DeviceKey, NetworkId, SignContext, verify};
use serde::Serialize;

use crate::crypto::Crypto;

/// Every primitive is measured for so long.
const SPAN: Duration = Duration::from_millis(500);
/// Bytes of plain text: a frame of a radio.
const PLAIN_BYTES: usize = 200;

/// One provider, measured.
#[derive(Clone, Debug, Serialize)]
pub struct CryptoRow {
    /// Which.
    pub crypto: Crypto,
    /// Seals of a lane made in a second.
    pub signed_per_s: u64,
    /// Seals of a lane checked in a second.
    pub verified_per_s: u64,
    /// Frames of 200 bytes sealed in a second.
    pub sealed_per_s: u64,
    /// Frames of 200 bytes opened in a second.
    pub opened_per_s: u64,
}

/// All that this build has, a line for each.
pub fn crypto_speed(json: bool) {
    if !json {
        say(
            "每核每秒 a core in a second: 签名 signed  验签 verified  封帧 sealed  开帧 opened (200 B)",
        );
    }
    for row in Crypto::ALL.iter().copied().map(measure) {
        match json {
            true => say(&serde_json::to_string(&row).expect("numbers always serialise")),
            false => say(&format!(
                "{:>28} {:>12} {:>14} {:>12} {:>12}",
                row.crypto.name(),
                row.signed_per_s,
                row.verified_per_s,
                row.sealed_per_s,
                row.opened_per_s,
            )),
        }
    }
}

fn measure(crypto: Crypto) -> CryptoRow {
    let suite = crypto.suite();
    let key = DeviceKey::of(suite, [1; 32]);
    let (public, context) = (key.public(), SignContext::Seal(NetworkId([7; 8])));
    let parts: [&[u8]; 3] = [&[3; 3], &[0; 4], &[9; 32]];
    let seal = key.sign(context, &parts);
    let frame_key = || FrameKey::derive(suite, &[7; 32], 1);
    let sealer = || {
        let mut sealer = FrameSealer::new(frame_key(), DeviceId(1));
        sealer.begin(Start::default());
        sealer
    };
    let frame = sealer().seal(&[5; PLAIN_BYTES], Manner::WHOLE).expect("a start was begun");
    let (mut speaker, hearer) = (sealer(), FrameOpener::new(frame_key(), DeviceId(2)));
    CryptoRow {
        crypto,
        signed_per_s: per_s(|| _ = black_box(key.sign(context, &parts))),
        verified_per_s: per_s(|| assert!(verify(suite, &public, context, &parts, &seal))),
        sealed_per_s: per_s(|| _ = black_box(speaker.seal(&[5; PLAIN_BYTES], Manner::SHORT))),
        opened_per_s: per_s(|| assert!(hearer.open_carried(&frame, hearer.keys()).is_ok())),
    }
}

/// How often this is done in a second of the processor's own time for this thread.
pub(super) fn per_s(mut work: impl FnMut()) -> u64 {
    let (begun, before, mut rounds) = (Instant::now(), on_core_ns(), 0u64);
    while begun.elapsed() < SPAN {
        (0..16).for_each(|_| work());
        rounds += 16;
    }
    let on_core_ns = on_core_ns().zip(before).map(|(after, before)| after - before);
    let ns = on_core_ns.unwrap_or(begun.elapsed().as_nanos() as u64).max(1);
    (u128::from(rounds) * 1_000_000_000 / u128::from(ns)) as u64
}

/// Linux, Documentation/scheduler/sched-stats.rst, `/proc/<pid>/schedstat`.
fn on_core_ns() -> Option<u64> {
    let counts = read_to_string("/proc/thread-self/schedstat").ok()?;
    counts.split(' ').next()?.parse().ok()
}

fn say(line: &str) {
    // A reader that has gone away wants no more lines.
    let _ = writeln!(stdout(), "{line}");
}
