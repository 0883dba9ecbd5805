//! A shared half-duplex radio channel, as KISS TNCs make it: who hears whom, keying delay, access
//! by slots and persistence, collisions, hidden terminals, loss. Virtual time in, events out, the
//! same story for the same seed. No sockets here: [`crate::realtime`] has them.
//!
//! One transmission of a station:
//!
//! ```text
//!  offer          key down                                     key up
//!    │ wait, slots │ TXDELAY │ frame │ frame │ … while any waits │ TXTAIL │
//!    └─────────────┘         └───────┴─ at its end a frame is judged at every hearer:
//!                                        delivered, lost, collided, or missed while sending
//! ```
//!
//! Calibrated to Dire Wolf 1.6 within 25 %, see `tests/calibration.rs`.

mod channel;
mod config;
mod counts;
mod fading;
mod framing;
mod hearing;
mod station;

pub use channel::{Air, Offer};
pub use config::Config;
pub use counts::Counts;
pub use fading::{Fading, Spell};
pub use framing::Framing;
pub use hearing::{BadPair, Hearing, Pair};
pub use station::{AirEvent, Miss, STATIONS_MAX, StationId};
