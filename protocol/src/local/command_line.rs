//! What the command lines of the programs have in common: reading what their parser found wrong,
//! and breaking a sentence for a terminal. The parser speaks only English, so its errors become a
//! [`Misuse`](super::misuse::Misuse) here, which has words in both languages. Behind a feature
//! that only the programs turn on, because the machines need no parser (decision 0084). How wide
//! the terminal is and which language is spoken, each program knows itself.

pub mod sentence;
pub mod wrong;
