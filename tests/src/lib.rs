//! The lab: starts real daemons, consoles, radios, modems and receivers on this one machine, and
//! asks them what a person would ask. Journeys through the whole system live in `tests/`, the
//! story of `./demo` in [`story`]. What one crate can test alone stays with that crate.

pub mod air;
pub mod binaries;
pub mod config;
pub mod errand;
pub mod events;
pub mod figures;
pub mod ground;
pub mod http;
pub mod lab;
pub mod machine;
pub mod means;
pub mod modems;
pub mod process;
pub mod receiver;
pub mod relay;
pub mod round;
pub mod screen;
pub mod sky;
pub mod story;
pub mod trouble;
pub mod tunnel;
pub mod valley;
pub mod wait;
pub mod wifi_node;

pub use air::Air;
pub use config::Config;
pub use lab::{Lab, journey};
pub use machine::Machine;
pub use sky::Sky;
pub use trouble::{Outcome, Trouble};
pub use tunnel::{Slow, Tunnel};
pub use wait::{seconds, wait_for};
