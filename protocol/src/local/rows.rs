//! Rows: what a screen shows, already folded. Times are ms since 1970; ages are for the screen.

mod conduct;
mod device;
mod directory;
mod file;
mod fork;
mod group;
mod link;
mod log;
mod order;
mod position;
mod room;
mod scrub;
mod status;
mod stock;
mod vault;
mod village;

pub use conduct::*;
pub use device::*;
pub use directory::*;
pub use file::*;
pub use fork::*;
pub use group::*;
pub use link::*;
pub use log::*;
pub use order::*;
pub use position::*;
pub use room::*;
pub use scrub::*;
pub use status::*;
pub use stock::*;
pub use vault::*;
pub use village::*;

pub use crate::base::roles::ROLE_WORDS;
