//! How text becomes columns. Chinese glyphs are two columns wide; nothing here or above may count
//! `char`s or bytes for layout.

pub mod fit;
pub mod table;
