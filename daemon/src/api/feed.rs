//! The ring of events: numbered, bounded, written by the pump, read by every client at its own
//! pace. A client that falls behind the ring is told, never waited for.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sanduan_protocol::base::time::Wall;
use sanduan_protocol::local::Event;
use tokio::sync::watch;

/// Events kept for clients that come back.
pub const EVENTS_MAX: usize = 4096;
/// Bytes of JSON kept, so that long orders do not make the ring heavy.
const BYTES_MAX: usize = 4 * 1024 * 1024;
/// Numbers start at the wall clock times this, so that they grow across restarts as long as
/// fewer than 65 events a millisecond happen.
const NUMBERS_PER_MS: u64 = 1 << 16;

/// One event, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbered {
    /// Its number.
    pub number: u64,
    /// Word of the `event:` line.
    pub word: &'static str,
    /// JSON of the `data:` line.
    pub json: Arc<str>,
}

/// What a client gets when it asks for what came after a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum After {
    /// These, oldest first; empty when there is nothing new.
    Events(Vec<Numbered>),
    /// The number is not in the ring any more, or not from here: ask for everything again.
    Lost {
        /// Go on from here.
        newest: u64,
    },
    /// The daemon is stopping.
    Closed,
}

/// The ring.
#[derive(Debug)]
pub struct Feed {
    ring: Mutex<Ring>,
    newest: watch::Sender<u64>,
}

#[derive(Debug)]
struct Ring {
    events: VecDeque<Numbered>,
    newest: u64,
    bytes: usize,
    closed: bool,
}

impl Feed {
    /// An empty ring whose numbers start behind those of earlier runs.
    pub fn new(wall: Wall) -> Feed {
        let newest = wall.0.saturating_mul(NUMBERS_PER_MS);
        let ring = Ring { events: VecDeque::new(), newest, bytes: 0, closed: false };
        Feed { ring: Mutex::new(ring), newest: watch::Sender::new(newest) }
    }

    /// Number an event and keep it.
    pub fn publish(&self, event: &Event) {
        let json: Arc<str> = match serde_json::to_string(event) {
            Ok(json) => Arc::from(json),
            Err(error) => {
                tracing::error!(%error, "推送写不出 / an event cannot be written as JSON");
                return;
            }
        };
        let mut ring = self.ring();
        ring.newest += 1;
        let number = ring.newest;
        ring.bytes += json.len();
        while ring.events.len() >= EVENTS_MAX || ring.bytes > BYTES_MAX {
            let Some(oldest) = ring.events.pop_front() else { break };
            ring.bytes -= oldest.json.len();
        }
        ring.events.push_back(Numbered { number, word: event.word(), json });
        drop(ring);
        self.newest.send_replace(number);
    }

    /// Number of the newest event.
    pub fn newest(&self) -> u64 {
        self.ring().newest
    }

    /// At most `limit` events after `number`.
    pub fn after(&self, number: u64, limit: usize) -> After {
        let ring = self.ring();
        if ring.closed {
            return After::Closed;
        }
        let oldest_known = ring.newest - ring.events.len() as u64;
        if number < oldest_known || number > ring.newest {
            return After::Lost { newest: ring.newest };
        }
        let skip = (number - oldest_known) as usize;
        After::Events(ring.events.iter().skip(skip).take(limit).cloned().collect())
    }

    /// A bell that rings when there is something new.
    pub fn bell(&self) -> watch::Receiver<u64> {
        self.newest.subscribe()
    }

    /// End every stream.
    pub fn close(&self) {
        self.ring().closed = true;
        // Any change wakes the streams; they then see that the ring is closed.
        self.newest.send_modify(|newest| *newest += 1);
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        // Every change under the lock is complete before anything can panic.
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_resumes_where_it_left_and_is_told_when_that_is_too_old() {
        let feed = Feed::new(Wall(1000));
        let start = feed.newest();
        for version in 0..EVENTS_MAX as u32 + 10 {
            feed.publish(&Event::Directory { version });
        }
        assert_eq!(feed.after(start, 10), After::Lost { newest: feed.newest() });
        let After::Events(events) = feed.after(start + 10, 2) else { panic!("kept") };
        assert_eq!(events[0].number, start + 11);
        assert_eq!(&*events[0].json, r#"{"event":"directory","version":10}"#);
        assert_eq!(feed.after(feed.newest(), 10), After::Events(Vec::new()));
        assert_eq!(feed.after(feed.newest() + 1, 10), After::Lost { newest: feed.newest() });
    }

    #[test]
    fn the_ring_is_bounded_in_bytes_too() {
        let feed = Feed::new(Wall(0));
        let depots = vec!["库".repeat(20_000)];
        for _ in 0..200 {
            feed.publish(&Event::Stock { depots: depots.clone() });
        }
        let After::Events(kept) = feed.after(feed.newest() - 60, 200) else { panic!("kept") };
        assert_eq!(kept.len(), 60);
        assert!(matches!(feed.after(feed.newest() - 80, 200), After::Lost { .. }));
    }

    #[test]
    fn numbers_grow_across_restarts() {
        let before = Feed::new(Wall(1000));
        for version in 0..60_000 {
            before.publish(&Event::Directory { version });
        }
        assert!(Feed::new(Wall(1001)).newest() > before.newest());
    }

    #[test]
    fn closing_wakes_and_ends_the_streams() {
        let feed = Feed::new(Wall(0));
        let bell = feed.bell();
        feed.close();
        assert!(bell.has_changed().expect("alive"));
        assert_eq!(feed.after(0, 1), After::Closed);
    }
}
