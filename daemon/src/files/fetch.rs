//! Fetches wanted files, one at a time, from the links that can carry them: what one does not
//! have, another may; what was cut off goes on where it stopped.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sanduan_protocol::base::room::Level;
use sanduan_protocol::field::attachment::FileHash;
use sanduan_protocol::local::rows::FileRow;
use sanduan_protocol::local::{Event, Reply, Request};
use tokio::sync::mpsc;

use super::cabinet::PutError;
use super::{CHUNKS_WAITING_MAX, FileAsk, Files, lock};
use crate::api::Api;
use crate::home::file::to_hex;

/// How often wanted files are tried when nothing happens.
const AGAIN: Duration = Duration::from_secs(30);
/// A link that gives nothing for so long has stopped.
const SILENT_MAX: Duration = Duration::from_secs(60);
/// How often progress is told.
const TELL_EVERY: Duration = Duration::from_secs(1);

/// Fetch what is wanted, until the daemon ends.
pub async fn run(files: Arc<Files>, api: Arc<Api>) {
    loop {
        let wanted: Vec<FileHash> = lock(&files.wanted).iter().copied().collect();
        for hash in wanted {
            if !has_room(&api).await {
                break;
            }
            if let Some(row) = row_of(&api, &hash).await {
                fetch(&files, &api, &hash, row).await;
            }
        }
        let _ = tokio::time::timeout(AGAIN, files.bell.notified()).await;
    }
}

/// False while the disk has room for smaller things only; what is wanted waits.
async fn has_room(api: &Api) -> bool {
    match api.ask(Request::Status).await {
        Ok(Reply::Status(status)) => status.room.level < Level::NoBulk,
        Ok(_) | Err(_) => false,
    }
}

/// What the records say of a file; nothing may be fetched that no record speaks of.
async fn row_of(api: &Api, hash: &FileHash) -> Option<FileRow> {
    let hash = to_hex(hash);
    match api.ask(Request::Files).await {
        Ok(Reply::Files { files }) => files.into_iter().find(|row| row.hash == hash),
        Ok(_) | Err(_) => None,
    }
}

/// Fetch one file from the first link that gives all of it.
async fn fetch(files: &Arc<Files>, api: &Api, hash: &FileHash, row: FileRow) {
    for door in files.doors() {
        if !files.cabinet().held(hash).1 {
            take_from(files, api, hash, &row, &door).await;
        }
        if finish(files, hash, row.bytes).await {
            lock(&files.wanted).remove(hash);
            api.publish(&Event::File(Box::new(files.complete(row))));
            return;
        }
    }
}

/// Take what one link gives.
async fn take_from(
    files: &Arc<Files>,
    api: &Api,
    hash: &FileHash,
    row: &FileRow,
    door: &mpsc::Sender<FileAsk>,
) {
    let (to, mut chunks) = mpsc::channel(CHUNKS_WAITING_MAX);
    let mut held = files.cabinet().held(hash).0;
    if door.send(FileAsk { hash: *hash, offset: held, chunks: to }).await.is_err() {
        return;
    }
    let mut told = Instant::now();
    while held < row.bytes {
        let Ok(Some(chunk)) = tokio::time::timeout(SILENT_MAX, chunks.recv()).await else { return };
        let room = (row.bytes - held).min(chunk.len() as u64) as usize;
        match files.cabinet().append(hash, &chunk[..room]) {
            Ok(now_held) => held = now_held,
            Err(error) => {
                tracing::warn!(%error, "附件 / attachment");
                return;
            }
        }
        if told.elapsed() >= TELL_EVERY {
            told = Instant::now();
            api.publish(&Event::File(Box::new(files.complete(row.clone()))));
        }
    }
}

/// True if the file is whole and was verified.
async fn finish(files: &Arc<Files>, hash: &FileHash, bytes: u64) -> bool {
    let (held, is_whole) = files.cabinet().held(hash);
    if is_whole || held < bytes {
        return is_whole;
    }
    let (files, hash) = (files.clone(), *hash);
    // Reads all of it once more: not on the thread that carries frames.
    let finished = tokio::task::spawn_blocking(move || files.cabinet().finish(&hash)).await;
    match finished {
        Ok(Ok(())) => true,
        Ok(Err(error @ (PutError::WrongHash | PutError::NoRoom | PutError::Disk(_)))) => {
            tracing::warn!(%error, "附件 / attachment");
            false
        }
        Err(_) => false,
    }
}
