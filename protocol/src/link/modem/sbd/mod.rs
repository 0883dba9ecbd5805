//! Iridium short burst data over the serial line of a 9602 or 9603: one driver ([`machine`]) over
//! a parser of its answers ([`answer`]). No port, no clock. Called by the daemon's `sbd` bearer;
//! the simulated modem uses the codes of [`status`].
//!
//! A successful session says that the gateway has the message, never that the peer has it.

pub mod answer;
pub mod door;
pub mod machine;
pub mod status;
mod step;
pub mod timing;

#[cfg(test)]
mod tests;

pub use door::{Input, Output, SbdState, Settings};
pub use machine::Sbd;
