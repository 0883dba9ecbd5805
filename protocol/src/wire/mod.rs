//! Floor 1: bytes ↔ packed values. Every layout is drawn at the head of its file.

pub mod adaptive;
pub mod armor;
pub mod bits;
pub mod brief;
pub mod bundle;
pub mod check;
pub mod frame;
#[cfg(test)]
pub(crate) mod golden;
pub mod notice;
pub mod pack;
pub mod record;
pub mod sheet;
pub mod text;
