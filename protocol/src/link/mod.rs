//! One bearer to one peer, or one shared channel: what it can carry, who was heard on it.

pub mod agenda;
mod answered;
pub mod calls;
pub mod condition;
pub mod contact;
pub mod counts;
pub mod due;
pub mod line;
pub mod lists;
mod lost;
pub mod meter;
pub mod modem;
pub mod notices;
pub mod number;
pub mod patience;
pub mod posted;
pub mod profile;
pub mod purse;
pub mod quality;
pub mod size;
pub mod state;
pub mod sums;
pub mod throng;
pub mod trail;
pub mod turns;
pub mod view;
pub mod views;
