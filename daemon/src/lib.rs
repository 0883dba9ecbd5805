//! The outside world of a node: disk, sockets, serial ports, clocks and the control API.
//!
//! Decisions are not made here; they come from `sanduan_protocol::node`. Start reading at
//! [`pump`], the loop that hands inputs to the machine and carries out its outputs.

pub mod api;
pub mod args;
pub mod bearer;
pub mod boot;
pub mod clock;
pub mod config;
pub mod entropy;
pub mod files;
pub mod home;
pub mod import;
pub mod machine;
pub mod offline;
pub mod power;
pub mod pump;
pub mod reload;
pub mod remarks;
pub mod said;
pub mod source;
pub mod store;
pub mod terminal;
pub mod usage;
pub mod vault;
pub mod village;
