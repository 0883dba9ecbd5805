//! Files over one connection: beside the frames, never before them. A file has a stream of lower
//! rank than every frame, and at most half of the link's rate.
//!
//! ```text
//! asks     bi stream: 'F' | hash 32 | offset 8
//! answers  bytes of the whole file 8 | the file from offset on; nothing if it is not here
//! ```
//!
//! Numbers are big-endian.

use std::io::Read;
use std::time::Duration;

use quinn::{Connection, RecvStream, SendStream};
use tokio::time::Instant;

use crate::files::{CHUNK_BYTES, FileAsk, Files};

/// First byte of a stream that asks for a file.
pub const ASK_FILE: u8 = b'F';
/// Below the frames, which have 0.
const RANK: i32 = -10;
const QUESTION_BYTES: usize = 32 + 8;

/// Ask the peer for a file, and hand on what it gives.
pub async fn ask(connection: &Connection, ask: FileAsk) {
    // Whatever fails, the pieces end early, and the file is asked for again later.
    let _ = try_ask(connection, ask).await;
}

async fn try_ask(connection: &Connection, ask: FileAsk) -> Option<()> {
    let (mut to, mut from) = connection.open_bi().await.ok()?;
    let _ = to.set_priority(RANK);
    let question = [&[ASK_FILE][..], &ask.hash, &ask.offset.to_be_bytes()].concat();
    to.write_all(&question).await.ok()?;
    to.finish().ok()?;
    let mut bytes = [0; 8];
    from.read_exact(&mut bytes).await.ok()?;
    while let Some(piece) = from.read_chunk(CHUNK_BYTES, true).await.ok()? {
        if ask.chunks.send(piece.bytes.to_vec()).await.is_err() {
            // Nobody wants the rest.
            let _ = from.stop(super::close::STOPPING);
            return None;
        }
    }
    Some(())
}

/// Answer a peer that asks for a file.
pub async fn answer(files: &Files, rate_bit_s: u32, mut to: SendStream, mut from: RecvStream) {
    let mut question = [0; QUESTION_BYTES];
    if from.read_exact(&mut question).await.is_err() {
        return;
    }
    let (hash, offset) = question.split_at(32);
    let hash = hash.try_into().expect("split after 32 bytes");
    let offset = u64::from_be_bytes(offset.try_into().expect("the other 8 bytes"));
    let _ = to.set_priority(RANK);
    if let Some((file, bytes)) = files.cabinet().read(&hash, offset)
        && to.write_all(&bytes.to_be_bytes()).await.is_ok()
    {
        give(file, rate_bit_s, &mut to).await;
    }
    let _ = to.finish();
}

async fn give(mut file: impl Read, rate_bit_s: u32, to: &mut SendStream) {
    let share_bytes_s = u64::from(rate_bit_s / 16).max(1);
    // A quarter of a second at a time, so that a frame never waits longer for its turn.
    let piece_bytes = (share_bytes_s / 4).clamp(512, CHUNK_BYTES as u64);
    let mut buffer = vec![0; piece_bytes as usize];
    let mut next = Instant::now();
    loop {
        // A quarter of a second's worth comes from the disk's memory in no time.
        let Ok(read @ 1..) = file.read(&mut buffer) else { return };
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
        let took = Duration::from_micros(read as u64 * 1_000_000 / share_bytes_s);
        next = next.max(Instant::now() - took) + took;
        tokio::time::sleep_until(next).await;
    }
}
