//! The control API.

pub mod feed;
