//! The village gateway: speaks for people who have a handset with number keys and nothing else.
//! An order for their unit goes out as a short text; what they key in becomes a receipt under
//! their own name. All of it is decided here; the daemon brings rows of orders and texts, and
//! carries out what is wished.
//!
//! - [`handset`]: whose number it is, for which unit, in which turn (A角, B角).
//! - [`grammar`]: what a text of digits says.
//! - [`steps`]: who is texted when, as a table.
//! - [`words`]: what handsets are told.
//! - [`memory`]: what must outlive a restart.
//! - [`desk`]: the machine over all of these.
//!
//! A text that left, or that reached its phone, is a machine's word and never a receipt. Nothing
//! is guessed: where a digit could mean two things, the handset is asked.

pub mod desk;
pub mod grammar;
pub mod handset;
pub mod memory;
mod rows;
pub mod steps;
pub mod words;

#[cfg(test)]
mod tests;

pub use desk::{Desk, Fate, Input, Outcome, Output, Settings};
pub use handset::{Handset, Registry};
pub use memory::{Memory, Wish};
