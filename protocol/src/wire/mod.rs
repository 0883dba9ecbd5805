//! Floor 1: bytes ↔ packed values. Every layout is drawn at the head of its file.

pub mod bundle;
pub mod frame;
pub mod pack;
pub mod record;
