//! Floor 4: finding out what another holds, for the fewest bytes.

pub mod board;
pub mod digest;
pub mod gf256;
pub mod heading;
pub mod parity;
pub mod sketch;
pub mod trickle;
pub mod vector;
