//! One seed, one history: hosts with real machines, made-up disks, clocks, wires and radios, driven
//! through virtual time by one thread. For tests of the machines under loss, cuts and crashes.
//! Pure. Only `district` and `Reading` know what the machines mean by their bytes.
//!
//! ```text
//!   heap: next thing due ──→ Host: machine.handle(input, now), then poll_output() until Wait
//!     ↑                        Save ──→ Disk ──→ Saved, later, or lost in a crash
//!     │                        Send ──→ Wire or Radio ──→ Heard at the others, or not
//!     └──── due again ─────────Wait, Ready (the pacer), Synced, Arrive, Air, Act
//! ```
//!
//! 1. `World::new(seed)`, `add_host`, `add_wire`, `add_radio`.
//! 2. `start_all`, then `run_until`, `ask`, `cut`, `heal`, `crash`, `restart`, or `at` for later.
//! 3. `run_until_all` with a question that must become true; `breaches` must stay empty.

mod battery;
mod breach;
mod canary;
mod disk;
pub mod district;
mod fault;
mod host;
mod journal;
mod mangle;
mod meter;
mod power;
mod radio;
mod reading;
mod run;
mod saving;
mod schedule;
pub mod service;
mod serving;
mod tape;
mod telling;
mod trace;
mod vehicle;
mod wire;
// The room's own noun: everything else in this room is a part of it.
#[allow(clippy::module_inception)]
mod world;

pub use breach::{Breach, Checker};
pub use canary::Canary;
pub use disk::{Disk, Stored, Unsynced};
pub use fault::Fault;
pub(crate) use host::WALL_AT_START_MS as CLOCK_BEGINS_MS;
pub use host::{Answered, Host, HostId, Machine, Opener};
pub use mangle::Mangle;
pub use meter::Limits;
pub use radio::{RadioId, radio_profile};
pub use reading::Reading;
pub use schedule::Action;
pub use tape::Taped;
pub use vehicle::Vehicle;
pub use wire::{Wire, WireConfig, WireCounts, WireId};
pub use world::World;
