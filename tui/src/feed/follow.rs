//! Following the stream of changes for as long as the program runs: connect, read, and when it
//! breaks, say so, wait a little longer each time, and resume after the last number heard.

use std::time::Duration;

use sanduan_protocol::local::Event;

use super::{Change, Feed, FeedError};

/// Waits between two tries: quick at first, because a daemon restarts in a second, then slow,
/// because a laptop on battery has better things to do.
const WAITS_MS: [u64; 6] = [200, 500, 1_000, 2_000, 5_000, 10_000];

/// Whoever has just given the passphrase does not want to wait for what is behind it.
const LOCKED_WAIT_MS: u64 = 1_000;

/// What the follower tells.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// The stream is open. `resumed` is false when everything must be asked for again.
    Connected {
        /// True if the stream goes on after the last change heard.
        resumed: bool,
    },
    /// A row changed.
    Event(Box<Event>),
    /// Changes were missed: everything must be asked for again.
    Reset,
    /// The daemon is gone, for this reason. It is being tried again.
    Lost(FeedError),
}

/// Follows the stream until `tell` returns false. `pause` waits; tests do not.
pub fn follow(
    feed: &mut dyn Feed,
    mut tell: impl FnMut(Heard) -> bool,
    mut pause: impl FnMut(Duration),
) {
    let mut after: Option<String> = None;
    let mut failures = 0;
    loop {
        let resumed = after.is_some();
        let error = match feed.listen(after.as_deref()) {
            Err(error) => error,
            Ok(mut stream) => {
                if !tell(Heard::Connected { resumed }) {
                    return;
                }
                loop {
                    match stream.next() {
                        Ok(change) => {
                            failures = 0;
                            if !pass_on(change, &mut after, &mut tell) {
                                return;
                            }
                        }
                        Err(error) => break error,
                    }
                }
            }
        };
        let is_locked = error.is_locked();
        if !tell(Heard::Lost(error)) {
            return;
        }
        let wait_ms = match is_locked {
            true => LOCKED_WAIT_MS,
            false => WAITS_MS[std::cmp::min(failures, WAITS_MS.len() - 1)],
        };
        failures += usize::from(!is_locked);
        pause(Duration::from_millis(wait_ms));
    }
}

fn pass_on(
    change: Change,
    after: &mut Option<String>,
    tell: &mut impl FnMut(Heard) -> bool,
) -> bool {
    match change {
        Change::Quiet { id } => {
            if id.is_some() {
                *after = id;
            }
            true
        }
        Change::Reset { id } => {
            *after = id;
            tell(Heard::Reset)
        }
        Change::Event { id, event } => {
            if id.is_some() {
                *after = id;
            }
            tell(Heard::Event(event))
        }
    }
}
