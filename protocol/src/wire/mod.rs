//! Floor 1: bytes ↔ packed values. Every layout is drawn at the head of its file.

pub mod armor;
pub mod bundle;
pub mod check;
pub mod frame;
pub mod pack;
pub mod record;
pub mod sheet;
