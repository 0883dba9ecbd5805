//! Short messages over a modem that speaks AT commands in PDU mode: a driver ([`machine`]) over the
//! reader of its answers ([`answer`]) and the codec of what it carries ([`pdu`]). No port, no
//! clock. Called by the daemon's `sms` bearer; the simulated modems use the codec from its other
//! side.
//!
//! Two kinds of message share a card: frames of the network, 8-bit data addressed to a port, and
//! plain text written to and by people, which is the village gateway's business.
//!
//! Written from 3GPP TS 27.005 (commands), TS 23.040 (PDUs) and TS 23.038 (alphabets), and tried
//! against the simulated modem only.

pub mod alphabet;
pub mod answer;
pub mod door;
pub mod fault;
pub mod machine;
pub mod number;
pub mod pdu;
mod queue;
pub mod timing;

#[cfg(test)]
mod tests;

pub use door::{Input, Output, Settings, SmsState};
pub use fault::Fault;
pub use machine::Sms;
pub use number::Number;
pub use pdu::{FRAME_BYTES_MAX, Incoming, PORT};
