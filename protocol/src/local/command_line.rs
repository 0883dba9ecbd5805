//! What the command lines of the programs have in common: reading what their parser found wrong.
//! The parser speaks only English, so its errors become a [`Misuse`](super::misuse::Misuse) here,
//! which has words in both languages. Behind a feature that only the programs turn on, because the
//! machines need no parser (decision 0084). Where a sentence is shown, each program knows itself.

pub mod wrong;
