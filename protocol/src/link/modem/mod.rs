//! Pure byte dialogues with real modems. Bytes and time in, frames and bytes out; no port here.

pub mod directip;
pub mod gateway;
pub mod kiss;
pub mod meshtastic;
pub mod pace;
pub mod rdss;
pub mod sbd;
pub mod sms;
