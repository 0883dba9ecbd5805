//! Orders and their answers (叫应、指令、回执). The bytes live in `paper`, what the answers of one
//! unit add up to in `ladder`, all orders together in `board`, what a screen shows in `rows`,
//! what an order says in `words` and `fill`, what makes an order of a draft in `signature`, the key
//! that orders may be under in `key`, and the check of what people typed in `draft`.

pub mod board;
pub mod draft;
pub mod fill;
pub mod key;
pub mod ladder;
pub mod note;
pub mod paper;
mod rows;
pub mod sealed;
pub mod signature;
pub mod words;

pub use board::{OrderBoard, act_by_ms, expires_ms};
pub use key::OrderKey;
pub use note::SealedNote;
pub use paper::{Cancel, Order, Receipt};
pub use signature::Signature;
