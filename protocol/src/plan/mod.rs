//! Floor 5: what leaves next, and by which link. Nothing waits in packed form: a frame is made at
//! the moment a link can take it, so the most urgent thing always goes next.

mod fit;
mod holders;
pub mod idle;
mod list;
pub mod lull;
pub mod pick;
mod proofs;
mod registers;
pub mod route;
pub mod runs;
mod seals;
pub mod sums;
mod told;
pub mod whom;
