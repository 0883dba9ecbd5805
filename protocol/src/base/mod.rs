//! Floor 0: names, time values, dice, limits. Imports nothing of ours.

pub mod caps;
pub mod class;
pub mod dice;
pub mod geo;
pub mod ids;
pub mod quantity;
pub mod roles;
pub mod room;
pub mod set_hash;
pub mod start;
pub mod time;
