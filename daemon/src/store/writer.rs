//! The one thread that writes: gathers batches, commits them together, says so, then lets the
//! store settle. Urgent batches go at once with whatever is queued; lazy ones wait a moment for
//! company, so that relayed traffic does not cost one sync each.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use sanduan_protocol::node::Input;
use sanduan_protocol::node::output::{Batch, LAZY_SAVE_MS};
use tokio::sync::mpsc::UnboundedSender;

use super::{Pair, Store, check_pairs};

/// Batches that may wait for the disk before the pump waits too.
const QUEUE_BATCHES_MAX: usize = 1024;
/// Bytes after which a group is closed, so that one sync never takes long.
const GROUP_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The door to the writer thread.
#[derive(Debug)]
pub struct Writer {
    batches: Option<SyncSender<Batch>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Start the thread. It answers each batch with `Saved` or `SaveFailed` on `fates`, in
    /// order. That channel needs no limit of its own: it holds at most one answer a batch.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn start(store: Box<dyn Store>, fates: UnboundedSender<Input>) -> std::io::Result<Writer> {
        let (batches, queue) = sync_channel(QUEUE_BATCHES_MAX);
        let thread = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || run(store, &queue, &fates))?;
        Ok(Writer { batches: Some(batches), thread: Some(thread) })
    }

    /// Queue a batch; waits when the disk is far behind. False if the thread is gone.
    pub fn save(&self, batch: Batch) -> bool {
        self.batches.as_ref().is_some_and(|batches| batches.send(batch).is_ok())
    }

    /// Write what is queued, take a checkpoint and end.
    pub fn close(mut self) {
        self.finish();
    }

    fn finish(&mut self) {
        self.batches = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the writer was printed when it happened; the pump saw its channel end.
            let _ = thread.join();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.finish();
    }
}

fn run(mut store: Box<dyn Store>, queue: &Receiver<Batch>, fates: &UnboundedSender<Input>) {
    loop {
        let next = match store.settle_after_ms() {
            Some(ms) => queue.recv_timeout(Duration::from_millis(ms)),
            None => queue.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match next {
            Ok(first) => {
                let group = gather(queue, first);
                commit(store.as_mut(), group, fates);
                settle(store.as_mut(), false);
            }
            Err(RecvTimeoutError::Timeout) => settle(store.as_mut(), false),
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    settle(store.as_mut(), true);
}

fn gather(queue: &Receiver<Batch>, first: Batch) -> Vec<Batch> {
    let until = Instant::now() + Duration::from_millis(LAZY_SAVE_MS);
    let mut urgent = first.urgent;
    let mut bytes = size(&first);
    let mut group = vec![first];
    while bytes < GROUP_BYTES_MAX {
        let next = match queue.try_recv() {
            Ok(batch) => Some(batch),
            Err(_) if urgent => None,
            Err(_) => queue.recv_timeout(until.saturating_duration_since(Instant::now())).ok(),
        };
        let Some(batch) = next else { break };
        urgent |= batch.urgent;
        bytes += size(&batch);
        group.push(batch);
    }
    group
}

fn size(batch: &Batch) -> usize {
    batch.puts.iter().map(|(key, value)| key.len() + value.len()).sum()
}

fn commit(store: &mut dyn Store, group: Vec<Batch>, fates: &UnboundedSender<Input>) {
    let sound = group.iter().all(|batch| check_pairs(&batch.puts).is_ok());
    if !sound && group.len() > 1 {
        // One batch breaks the contract; its neighbours must not suffer for it.
        for batch in group {
            commit(store, vec![batch], fates);
        }
        return;
    }
    let pairs: Vec<&[Pair]> = group.iter().map(|batch| batch.puts.as_slice()).collect();
    let done = store.commit(&pairs);
    if let Err(fault) = &done {
        tracing::error!(%fault, batches = group.len(), "保存失败 / saving failed");
    }
    for Batch { batch, .. } in group {
        let fate = match &done {
            Ok(()) => Input::Saved { batch },
            Err(fault) => Input::SaveFailed { batch, reason: fault.to_string() },
        };
        // The pump may be gone at shutdown; what is saved stays saved.
        let _ = fates.send(fate);
    }
}

fn settle(store: &mut dyn Store, closing: bool) {
    if let Err(fault) = store.settle(closing) {
        tracing::warn!(%fault, "查询库停用，日志继续 / query store given up, the journal goes on");
    }
}

#[cfg(test)]
mod tests {
    use sanduan_protocol::node::input::BatchNo;
    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

    use super::super::memory::MemoryStore;
    use super::*;

    #[test]
    fn lazy_batches_share_one_sync_and_are_answered_in_order() {
        let (store, writer, mut fates) = started();
        for number in 1..=20 {
            assert!(writer.save(batch(number, false)));
        }
        writer.close();
        assert!(store.commits() < 20, "{} syncs", store.commits());
        for number in 1..=20 {
            assert!(
                matches!(fates.try_recv(), Ok(Input::Saved { batch: BatchNo(n) }) if n == number)
            );
        }
        assert_eq!(store.get(b"20"), Some(b"v".to_vec()));
    }

    #[test]
    fn a_full_disk_is_said_for_every_batch() {
        let (store, writer, mut fates) = started();
        store.fill_up();
        writer.save(batch(1, true));
        writer.save(batch(2, true));
        writer.close();
        for _ in 0..2 {
            let Ok(Input::SaveFailed { reason, .. }) = fates.try_recv() else { panic!("told") };
            assert!(reason.contains("磁盘已满") && reason.contains("disk is full"));
        }
    }

    #[test]
    fn a_batch_beyond_the_limits_fails_alone() {
        let (store, writer, mut fates) = started();
        let mut huge = batch(2, false);
        huge.puts[0].1 = vec![0; super::super::VALUE_BYTES_MAX + 1];
        for batch in [batch(1, false), huge, batch(3, false)] {
            writer.save(batch);
        }
        writer.close();
        assert!(matches!(fates.try_recv(), Ok(Input::Saved { .. })));
        assert!(matches!(fates.try_recv(), Ok(Input::SaveFailed { .. })));
        assert!(matches!(fates.try_recv(), Ok(Input::Saved { .. })));
        assert_eq!(store.get(b"3"), Some(b"v".to_vec()));
    }

    fn started() -> (MemoryStore, Writer, UnboundedReceiver<Input>) {
        let store = MemoryStore::default();
        let (tell, fates) = unbounded_channel();
        let writer = Writer::start(Box::new(store.clone()), tell).expect("a thread");
        (store, writer, fates)
    }

    fn batch(number: u64, urgent: bool) -> Batch {
        let puts = vec![(number.to_string().into_bytes(), b"v".to_vec())];
        Batch { batch: BatchNo(number), urgent, puts }
    }
}
