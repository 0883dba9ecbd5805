//! `/v1/events`: the ring as server-sent events (WHATWG HTML, section 9.2). A client that comes
//! back with `Last-Event-ID` gets what it missed, or `reset` when that is gone. A client that
//! reads too slowly is told so and dropped; it may come back.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::extract::Request;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use sanduan_protocol::local::{Refusal, RefusalCode};
use tokio::sync::watch;

use super::Api;
use super::feed::{After, Numbered};

/// Streams open at once: a console and some scripts each for a few people.
const STREAMS_MAX: usize = 32;
/// A comment goes out after so long without an event, so that both ends notice a cut.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// Events taken from the ring at once.
const TAKE_MAX: usize = 64;

/// One client's place in the ring.
struct Reader {
    api: Arc<Api>,
    bell: watch::Receiver<u64>,
    after: u64,
    ready: VecDeque<Event>,
    fresh: bool,
    over: bool,
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.api.streams.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Begin a stream.
///
/// # Errors
/// Too many streams, or a `Last-Event-ID` that is no number.
pub fn stream(api: &Arc<Api>, http: &Request) -> Result<Response, Refusal> {
    let newest = api.feed.newest();
    let after = match http.headers().get("last-event-id") {
        None => newest,
        Some(id) => id.to_str().ok().and_then(|id| id.trim().parse().ok()).ok_or_else(|| {
            Refusal::new(
                RefusalCode::BadValue,
                "Last-Event-ID 须为此前收到的编号",
                "Last-Event-ID must be a number received before",
            )
        })?,
    };
    if api.streams.fetch_add(1, Ordering::Relaxed) >= STREAMS_MAX {
        api.streams.fetch_sub(1, Ordering::Relaxed);
        return Err(Refusal::new(
            RefusalCode::Busy,
            format!("已有 {STREAMS_MAX} 个变化流，请关掉一些"),
            format!("{STREAMS_MAX} event streams are open already; close some"),
        ));
    }
    // An id without data: the client knows where it stands before anything happens.
    let greeting = Event::default().id(after.to_string()).comment("sanduan");
    let reader = Reader {
        api: api.clone(),
        bell: api.feed.bell(),
        after,
        ready: VecDeque::from([greeting]),
        fresh: true,
        over: false,
    };
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE);
    Ok(Sse::new(stream::unfold(reader, next)).keep_alive(keep_alive).into_response())
}

async fn next(mut reader: Reader) -> Option<(Result<Event, Infallible>, Reader)> {
    loop {
        if let Some(event) = reader.ready.pop_front() {
            return Some((Ok(event), reader));
        }
        if reader.over {
            return None;
        }
        // Marked before looking, so that nothing published in between is slept through.
        reader.bell.mark_unchanged();
        match reader.api.feed.after(reader.after, TAKE_MAX) {
            After::Closed => return None,
            After::Lost { newest } => reader.lose(newest),
            After::Events(events) if events.is_empty() => {
                // The feed lives as long as the reader's `api`, so this only ends by a ring.
                reader.bell.changed().await.ok()?;
            }
            After::Events(events) => reader.take(events),
        }
    }
}

impl Reader {
    fn take(&mut self, events: Vec<Numbered>) {
        self.fresh = false;
        for Numbered { number, word, json } in events {
            self.after = number;
            self.ready.push_back(Event::default().id(number.to_string()).event(word).data(&*json));
        }
    }

    fn lose(&mut self, newest: u64) {
        let event = if self.fresh {
            self.after = newest;
            self.fresh = false;
            let id = newest.to_string();
            Event::default().id(id).event("reset").data(r#"{"event":"reset"}"#)
        } else {
            self.over = true;
            Event::default().event("dropped").data(concat!(
                r#"{"event":"dropped","zh":"接收过慢，已断开，请重新连接","#,
                r#""en":"reading too slowly, disconnected; connect again"}"#
            ))
        };
        self.ready.push_back(event);
    }
}
