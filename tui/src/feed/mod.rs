//! The way to the daemon: questions and answers over HTTP, changes over server-sent events, both
//! on its Unix socket. Blocking, without an async runtime. `Feed` is the door; tests and the
//! sandbox put a made-up daemon behind it. What rows mean and how they look is not decided here.

mod body;
mod error;
mod follow;
mod http;
mod route;
mod socket;
mod sse;

use sanduan_protocol::local::{Event, Reply, Request};

pub use error::FeedError;
pub use follow::{Heard, follow};
pub use route::bare;
pub use socket::{SocketFeed, find_socket};

/// Somebody who answers requests and tells changes: the daemon, or a made-up one.
pub trait Feed: Send {
    /// Asks and waits for the answer.
    ///
    /// # Errors
    /// The daemon is unreachable, silent, unintelligible, or it refused.
    fn ask(&mut self, request: &Request) -> Result<Reply, FeedError>;

    /// Opens the stream of changes after the one numbered `after`, or from now on.
    ///
    /// # Errors
    /// As for [`Feed::ask`].
    fn listen(&mut self, after: Option<&str>) -> Result<Box<dyn EventStream>, FeedError>;
}

/// An open stream of changes.
pub trait EventStream: Send {
    /// The next change; waits for it.
    ///
    /// # Errors
    /// The stream broke, or nothing came for longer than the daemon may stay silent.
    fn next(&mut self) -> Result<Change, FeedError>;
}

/// One thing said on the stream.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A row changed.
    Event {
        /// Number to resume after.
        id: Option<String>,
        /// What changed.
        event: Box<Event>,
    },
    /// Changes were missed: everything must be asked for again.
    Reset {
        /// Number to resume after.
        id: Option<String>,
    },
    /// A sign of life without content, or a change of a kind this program is too old to know.
    Quiet {
        /// Number to resume after.
        id: Option<String>,
    },
}

#[cfg(test)]
mod tests;
