//! Where units are. Board values, never logged: the newest fix wins. The bytes of one fix live in
//! `fix`, the table of newest fixes in `tracks`.

pub mod fix;
pub mod tracks;

pub use fix::{Fix, FixSource, worth_sending};
pub use tracks::Tracks;
