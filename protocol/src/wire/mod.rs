//! Floor 1: bytes and packed values, both ways. No keys, no meaning, no state.

pub mod armor;
pub mod check;
pub mod frame;
