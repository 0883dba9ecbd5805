//! The language between the daemon and local programs: requests, replies, rows, events, refusals.
//! Plain values with serde names; the HTTP form of it lives in the daemon, the words in the
//! console. Rows are already folded: a program shows them, it does not compute them. The outer
//! shape of a carry file is here too, because programs without keys move such files about.

pub mod carry_file;
#[cfg(feature = "command-line")]
pub mod command_line;
pub mod event;
mod file;
pub mod misuse;
pub mod refusal;
pub mod reply;
pub mod request;
pub mod rows;
pub mod system;

pub use event::Event;
pub use refusal::{Refusal, RefusalCode, halves};
pub use reply::Reply;
pub use request::Request;
