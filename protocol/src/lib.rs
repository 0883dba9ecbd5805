//! The machines of sanduan, pure: bytes, records and time go in; decisions come out.
//!
//! No clock, no dice of its own, no disk, no socket, no thread. Whoever drives a [`node::Node`]
//! keeps one rule: change once, then drain.
//!
//! 1. Build a `Node` from its settings and hand it everything the disk holds.
//! 2. `handle(input, now)` with one input.
//! 3. `poll_output()` until it says `Wait(deadline)`.
//! 4. Carry out each output: `Save` to the disk (then hand in `Saved`), `Send` to a link (then
//!    hand in `LinkReady`), `Reply` and `Feed` to local programs.
//! 5. At the deadline, or when something happens, go to 2.
//!
//! The floors, imports go down only:
//! `base → wire → keys → log → field, sync, link → plan, local → node`.

pub mod base;
pub mod field;
pub mod keys;
pub mod link;
pub mod local;
pub mod log;
pub mod node;
pub mod plan;
pub mod sync;
pub mod wire;
