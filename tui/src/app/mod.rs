//! The console's core, Elm-shaped: a model, messages, `update` from one model to the next with
//! the effects to carry out, and `view` in `screen`. No clock, socket or terminal in here except
//! in `run`, which only carries messages and effects to and fro.

mod answers;
mod effect;
mod mirror;
mod model;
pub mod run;
mod update;

pub use effect::{AskId, Effect, Load, Msg, Pending};
pub use mirror::Mirror;
pub use model::{Connection, Model, Notice, Screen};
pub use update::update;

#[cfg(test)]
mod tests;
