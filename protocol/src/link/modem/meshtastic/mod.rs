//! A Meshtastic node as a radio of ours: its serial or TCP interface carries our frames as packets
//! of a private application, broadcast on one channel. Its own acks, storing and channel secrets
//! are not relied on: frames are sealed before they come here and acked end to end.
//!
//! Built from the public protocol documentation and a made-up node; experimental.
//!
//! - [`words`]: the few messages and fields of its protocol that are needed
//! - [`stream`]: where they begin and end on a serial line
//! - [`air`]: how long a frame is on the air
//! - [`machine`]: what is said to the node and when

pub mod air;
pub mod machine;
pub mod stream;
pub mod words;

#[cfg(test)]
mod tests;

pub use air::{Lora, PRESET_COUNT, Preset};
pub use machine::{Input, MeshState, Meshtastic, Output, Settings};

/// Bytes of a payload: `Constants.DATA_PAYLOAD_LEN` of mesh.proto (Meshtastic protobufs 2.7).
pub const PAYLOAD_BYTES_MAX: usize = 233;
/// Application number for private use: `PortNum.PRIVATE_APP` of portnums.proto.
pub const PRIVATE_APP: u32 = 256;
/// Everyone on the channel.
pub const EVERYONE: u32 = u32::MAX;
/// What the radio adds to a payload: header 16, application number 3, payload key and length 3.
pub const FRAME_EXTRA_BYTES: u16 = 22;
